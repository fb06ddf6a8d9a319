//! What the node tells applications about its OAuth endpoints.

use serde::Serialize;

/// OAuth authorization server metadata.
///
/// Source: <https://docs.joinmastodon.org/methods/oauth/#authorization-server-metadata>,
/// <https://www.rfc-editor.org/rfc/rfc8414#section-2>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OauthServer {
    /// The node's origin with a slash behind it.
    pub issuer: String,
    /// Where people agree.
    pub authorization_endpoint: String,
    /// Where codes become tokens.
    pub token_endpoint: String,
    /// Where tokens are given back.
    pub revocation_endpoint: String,
    /// Who the token's holder is; left out when the node does not offer it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_endpoint: Option<String>,
    /// Where applications register.
    pub app_registration_endpoint: String,
    /// All scopes that exist.
    pub scopes_supported: Vec<String>,
    /// What the authorization endpoint gives.
    pub response_types_supported: Vec<&'static str>,
    /// How the authorization endpoint gives it.
    pub response_modes_supported: Vec<&'static str>,
    /// What the token endpoint takes.
    pub grant_types_supported: Vec<&'static str>,
    /// How applications prove who they are.
    pub token_endpoint_auth_methods_supported: Vec<&'static str>,
    /// How codes are bound to the asking application.
    pub code_challenge_methods_supported: Vec<&'static str>,
    /// Where the endpoints are described.
    pub service_documentation: String,
}

/// Who a token acts for.
///
/// Source: <https://docs.joinmastodon.org/methods/oauth/#userinfo>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UserInfo {
    /// The node's origin with a slash behind it.
    pub iss: String,
    /// The actor's id on the wire.
    pub sub: String,
    /// The name that the person chose; may be empty.
    pub name: String,
    /// The username.
    pub preferred_username: String,
    /// The profile page.
    pub profile: String,
    /// The avatar.
    pub picture: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn metadata_have_their_documented_keys() {
        let server = OauthServer {
            issuer: "https://alpha.example/".into(),
            authorization_endpoint: "https://alpha.example/oauth/authorize".into(),
            token_endpoint: "https://alpha.example/oauth/token".into(),
            revocation_endpoint: "https://alpha.example/oauth/revoke".into(),
            userinfo_endpoint: None,
            app_registration_endpoint: "https://alpha.example/api/v1/apps".into(),
            scopes_supported: vec!["read".into()],
            response_types_supported: vec!["code"],
            response_modes_supported: vec!["query"],
            grant_types_supported: vec!["authorization_code"],
            token_endpoint_auth_methods_supported: vec!["client_secret_basic"],
            code_challenge_methods_supported: vec!["S256"],
            service_documentation: "https://docs.joinmastodon.org/".into(),
        };
        let expected = json!({
            "issuer": "https://alpha.example/",
            "authorization_endpoint": "https://alpha.example/oauth/authorize",
            "token_endpoint": "https://alpha.example/oauth/token",
            "revocation_endpoint": "https://alpha.example/oauth/revoke",
            "app_registration_endpoint": "https://alpha.example/api/v1/apps",
            "scopes_supported": ["read"], "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "service_documentation": "https://docs.joinmastodon.org/",
        });
        assert_eq!(json!(server), expected);
    }
}
