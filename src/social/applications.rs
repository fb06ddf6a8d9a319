//! Client applications: registering them and recognising them again.
//!
//! Source: <https://docs.joinmastodon.org/methods/apps/>

use url::Url;

use super::redirect_uris;
use super::scopes::Scopes;
use super::{Error, Result};
use crate::id::ApplicationId;
use crate::keys::digests::{is_equal, sha256_hex};
use crate::keys::{Secret, random};
use crate::node::Node;
use crate::store;
use crate::store::applications::Application;

/// The most characters of an application's name.
const LONGEST_NAME: usize = 60;
/// The most bytes of an application's website.
const LONGEST_WEBSITE: usize = 2_000;

/// An application to be registered.
#[derive(Clone, Debug, Default)]
pub struct NewApplication {
    /// Its name.
    pub name: String,
    /// Its page; blank counts as none.
    pub website: Option<String>,
    /// Where people may be sent back to; each text may hold several, separated by white space.
    pub redirect_uris: Vec<String>,
    /// What it may ever ask for, separated by white space; nothing means `read`.
    pub scopes: String,
}

/// A fresh application with its secret, which is shown once and not kept.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The application.
    pub application: Application,
    /// What it proves itself with.
    pub secret: Secret<String>,
}

/// Registers an application.
///
/// # Errors
/// [`Error::Invalid`] when the name, the website, an address or a scope is not accepted.
pub async fn register(node: &Node, new: NewApplication) -> Result<Registered> {
    let secret = random::token();
    let application = check(&new, &secret)?;
    let application = node
        .db
        .write(move |tx| {
            let application = Application {
                id: ApplicationId(tx.new_id()),
                created_at: tx.now(),
                ..application
            };
            store::applications::insert(tx, &application)?;
            Ok::<_, Error>(application)
        })
        .await?;
    Ok(Registered {
        application,
        secret: Secret::new(secret),
    })
}

/// The row of a new application, but for what the write adds: id and instant.
fn check(new: &NewApplication, secret: &str) -> Result<Application> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(invalid("Name can't be blank"));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(invalid("Name is too long (maximum is 60 characters)"));
    }
    let website = new.website.as_deref().map(str::trim);
    let website = website.filter(|website| !website.is_empty());
    if website.is_some_and(|website| !is_website(website)) {
        return Err(invalid("Website is not a valid URL"));
    }
    Ok(Application {
        id: ApplicationId(0),
        client_id: random::token(),
        secret_digest: sha256_hex(secret.as_bytes()),
        name: name.to_owned(),
        website: website.map(str::to_owned),
        redirect_uris: redirect_uris::check_all(&new.redirect_uris)?.join("\n"),
        scopes: Scopes::parse(&new.scopes)?.to_string(),
        created_at: 0,
    })
}

fn invalid(what: &str) -> Error {
    Error::invalid(format!("Validation failed: {what}"))
}

fn is_website(text: &str) -> bool {
    let url = Url::parse(text);
    text.len() <= LONGEST_WEBSITE
        && url.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// The application with this id.
///
/// # Errors
/// Only of the database.
pub async fn find(node: &Node, id: ApplicationId) -> Result<Option<Application>> {
    node.db
        .read(move |conn| store::applications::find(conn, id))
        .await
        .map_err(Error::Internal)
}

/// The application that calls itself `client_id`.
///
/// # Errors
/// Only of the database.
pub async fn find_by_client_id(node: &Node, client_id: &str) -> Result<Option<Application>> {
    let client_id = client_id.to_owned();
    node.db
        .read(move |conn| store::applications::find_by_client_id(conn, &client_id))
        .await
        .map_err(Error::Internal)
}

/// The application that calls itself `client_id`, if it knows its secret.
///
/// # Errors
/// Only of the database.
pub async fn authenticate(
    node: &Node,
    client_id: &str,
    secret: &Secret<String>,
) -> Result<Option<Application>> {
    let found = find_by_client_id(node, client_id).await?;
    let digest = sha256_hex(secret.expose().as_bytes());
    Ok(found.filter(|application| is_equal(&application.secret_digest, &digest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new() -> NewApplication {
        NewApplication {
            name: "An app".to_owned(),
            website: Some("https://app.example".to_owned()),
            redirect_uris: vec![redirect_uris::OUT_OF_BAND.to_owned()],
            scopes: "read write".to_owned(),
        }
    }

    #[test]
    fn refuses_what_is_missing_or_unknown() {
        let website = |website: &str| NewApplication {
            website: Some(website.to_owned()),
            ..new()
        };
        let name = |name: &str| NewApplication {
            name: name.to_owned(),
            ..new()
        };
        for (application, is_fine) in [
            (new(), true),
            (website(""), true),
            (website("javascript:alert(1)"), false),
            (website("not an address"), false),
            (name("  "), false),
            (name(&"a".repeat(61)), false),
            (
                NewApplication {
                    scopes: String::new(),
                    ..new()
                },
                true,
            ),
            (
                NewApplication {
                    scopes: "read everything".to_owned(),
                    ..new()
                },
                false,
            ),
            (
                NewApplication {
                    redirect_uris: Vec::new(),
                    ..new()
                },
                false,
            ),
        ] {
            assert_eq!(check(&application, "s").is_ok(), is_fine, "{application:?}");
        }
    }
}
