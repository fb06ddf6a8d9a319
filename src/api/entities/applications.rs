//! Registered client applications.

use serde::Serialize;

use crate::id::ApplicationId;

/// A registered application.
///
/// Source: <https://docs.joinmastodon.org/entities/Application/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Application {
    /// The application's id.
    pub id: ApplicationId,
    /// Its name.
    pub name: String,
    /// Its page.
    pub website: Option<String>,
    /// The scopes that it may ask for.
    pub scopes: Vec<String>,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<String>,
    /// The same, one a line: kept for clients that need it.
    pub redirect_uri: String,
    /// The node's public key for Web Push.
    pub vapid_key: String,
}

/// A freshly registered application with its credentials; not `Debug`, as it holds a secret.
///
/// Source: <https://docs.joinmastodon.org/entities/Application/#CredentialApplication>
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct CredentialApplication {
    /// What everybody with a token of it may see.
    #[serde(flatten)]
    pub application: Application,
    /// The public name in OAuth.
    pub client_id: String,
    /// The password in OAuth.
    pub client_secret: String,
    /// When the secret ends, in seconds since the Unix epoch; 0 means never.
    pub client_secret_expires_at: i64,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_application_has_its_documented_keys() {
        let application = Application {
            id: ApplicationId(1),
            name: "toot".into(),
            website: None,
            scopes: vec!["read".into(), "write".into()],
            redirect_uris: vec!["urn:ietf:wg:oauth:2.0:oob".into()],
            redirect_uri: "urn:ietf:wg:oauth:2.0:oob".into(),
            vapid_key: String::new(),
        };
        let mut expected = json!({
            "id": "1", "name": "toot", "website": null, "scopes": ["read", "write"],
            "redirect_uris": ["urn:ietf:wg:oauth:2.0:oob"],
            "redirect_uri": "urn:ietf:wg:oauth:2.0:oob", "vapid_key": "",
        });
        assert_eq!(json!(application), expected);
        let registered = CredentialApplication {
            application,
            client_id: "id".into(),
            client_secret: "secret".into(),
            client_secret_expires_at: 0,
        };
        expected["client_id"] = json!("id");
        expected["client_secret"] = json!("secret");
        expected["client_secret_expires_at"] = json!(0);
        assert_eq!(json!(registered), expected);
    }
}
