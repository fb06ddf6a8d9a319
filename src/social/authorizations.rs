//! Letting an application act for a person: what it asks for, the code it gets, the token it gets for the code.
//!
//! Source: <https://docs.joinmastodon.org/methods/oauth/>, <https://www.rfc-editor.org/rfc/rfc6749#section-4.1>

use super::redirect_uris::{OUT_OF_BAND, with_parameters};
use super::scopes::Scopes;
use super::tokens::{self, Issued};
use super::{Error, Result, applications};
use crate::clock::{DAY, MINUTE};
use crate::id::AccountId;
use crate::keys::digests::{is_equal, is_pkce_match, sha256_hex};
use crate::keys::{Secret, random};
use crate::node::Node;
use crate::store::applications::Application;
use crate::store::tokens::Code;
use crate::store::{self, QueryResult, Tx};

/// How long a code can be redeemed, in milliseconds.
pub const CODE_LIFETIME: i64 = 10 * MINUTE;
/// How long a code is remembered, so that its second use is noticed, in milliseconds.
const CODE_MEMORY: i64 = DAY;
/// The most bytes of a `state` that is given back.
const LONGEST_STATE: usize = 4_096;

/// What an application sends a person with; every part as it came.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Must be `code`.
    pub response_type: String,
    /// Which application.
    pub client_id: String,
    /// Where the person goes afterwards.
    pub redirect_uri: String,
    /// What it asks for; nothing means `read`.
    pub scope: String,
    /// Given back unread.
    pub state: Option<String>,
    /// The PKCE challenge.
    pub code_challenge: Option<String>,
    /// Must be `S256` when there is a challenge.
    pub code_challenge_method: Option<String>,
}

/// A request that can be put to a person.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// Which application asks.
    pub application: Application,
    /// Where the person goes afterwards: one of the application's own addresses.
    pub redirect_uri: String,
    /// What it asks for.
    pub scopes: Scopes,
    /// Given back unread.
    pub state: Option<String>,
    /// The PKCE challenge (S256).
    pub challenge: Option<String>,
}

/// Why a request cannot be put to a person.
#[derive(Debug)]
pub enum Refusal {
    /// The person is told, as there is no address that could be trusted.
    Tell(Error),
    /// The application is told: the person goes to this address.
    Redirect(String),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Tell(error)
    }
}

/// Checks what an application asks for.
///
/// # Errors
/// [`Refusal::Tell`] for an unknown application or an address that is not its own, byte for byte;
/// [`Refusal::Redirect`] for everything else that is wrong.
pub async fn check(node: &Node, asked: Asked) -> std::result::Result<Authorization, Refusal> {
    let found = applications::find_by_client_id(node, &asked.client_id).await?;
    let Some(application) = found else {
        let sentence =
            "This application is not known here. Remove the account from it and try again";
        return Err(Error::invalid(sentence).into());
    };
    judge(application, asked)
}

/// The pure part of [`check`].
fn judge(application: Application, asked: Asked) -> std::result::Result<Authorization, Refusal> {
    let is_registered = application
        .redirect_uris
        .lines()
        .any(|registered| registered == asked.redirect_uri);
    if !is_registered {
        let sentence = "The application asks to send you to an address that it has not registered";
        return Err(Error::invalid(sentence).into());
    }
    let state = asked.state.filter(|state| !state.is_empty());
    let refuse = |code: &str, why: &str, state: &Option<String>| {
        refusal(&asked.redirect_uri, state.as_deref(), code, why)
    };
    if state
        .as_ref()
        .is_some_and(|state| state.len() > LONGEST_STATE)
    {
        return Err(refuse("invalid_request", "The state is too long", &None));
    }
    if asked.response_type != "code" {
        let why = "The only response type is code";
        return Err(refuse("unsupported_response_type", why, &state));
    }
    let registered = Scopes::stored(&application.scopes);
    let scopes = Scopes::parse(&asked.scope)
        .ok()
        .filter(|scopes| registered.covers_all(scopes));
    let Some(scopes) = scopes else {
        let why = "A scope is unknown, or the application did not register for it";
        return Err(refuse("invalid_scope", why, &state));
    };
    let challenge = asked.code_challenge.filter(|given| !given.is_empty());
    if let Some(given) = &challenge
        && (asked.code_challenge_method.as_deref() != Some("S256") || !is_challenge(given))
    {
        let why = "The code challenge must be made by S256";
        return Err(refuse("invalid_request", why, &state));
    }
    Ok(Authorization {
        application,
        redirect_uri: asked.redirect_uri,
        scopes,
        state,
        challenge,
    })
}

/// Whether a text has the form of an S256 challenge: 43 characters of base64url, perhaps with padding.
fn is_challenge(text: &str) -> bool {
    let text = text.trim_end_matches('=');
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.len() == 43 && text.bytes().all(is_base64url)
}

/// The application hears why; whoever waits for a code to copy is told themselves.
fn refusal(redirect_uri: &str, state: Option<&str>, code: &str, why: &str) -> Refusal {
    if redirect_uri == OUT_OF_BAND {
        return Refusal::Tell(Error::invalid(why));
    }
    let mut parameters = vec![("error", code), ("error_description", why)];
    parameters.extend(state.map(|state| ("state", state)));
    Refusal::Redirect(with_parameters(redirect_uri, &parameters))
}

impl Authorization {
    /// Whether the code is shown on a page instead of sent somewhere.
    #[must_use]
    pub fn is_out_of_band(&self) -> bool {
        self.redirect_uri == OUT_OF_BAND
    }

    /// Where the person goes with a code; none when it is shown on a page.
    #[must_use]
    pub fn url_with_code(&self, code: &str) -> Option<String> {
        let mut parameters = vec![("code", code)];
        parameters.extend(self.state.as_deref().map(|state| ("state", state)));
        (!self.is_out_of_band()).then(|| with_parameters(&self.redirect_uri, &parameters))
    }

    /// What happens when the person denies.
    #[must_use]
    pub fn denied(&self) -> Refusal {
        refusal(
            &self.redirect_uri,
            self.state.as_deref(),
            "access_denied",
            "You did not let the application use your account",
        )
    }
}

/// Whether this person has let the application do exactly this before, and has not taken it back.
///
/// # Errors
/// Only of the database.
pub async fn is_granted(
    node: &Node,
    account: AccountId,
    authorization: &Authorization,
) -> Result<bool> {
    let application = authorization.application.id;
    let scopes = authorization.scopes.clone();
    node.db
        .read(move |conn| {
            let tokens = store::tokens::list_valid(conn, account)?;
            Ok(tokens.iter().any(|token| {
                token.application_id == application
                    && Scopes::stored(&token.scopes).is_same_as(&scopes)
            }))
        })
        .await
        .map_err(Error::Internal)
}

/// Gives the application a code in this person's name.
///
/// # Errors
/// Only of the database.
pub async fn grant(
    node: &Node,
    account: AccountId,
    authorization: &Authorization,
) -> Result<Secret<String>> {
    let secret = random::token();
    let code = Code {
        digest: sha256_hex(secret.as_bytes()),
        application_id: authorization.application.id,
        account_id: account,
        redirect_uri: authorization.redirect_uri.clone(),
        scopes: authorization.scopes.to_string(),
        challenge: authorization.challenge.clone(),
        created_at: node.clock.now(),
        token_id: None,
    };
    node.db
        .write(move |tx| {
            store::tokens::delete_codes(tx, code.created_at - CODE_MEMORY)?;
            store::tokens::insert_code(tx, &code)
        })
        .await
        .map_err(Error::Internal)?;
    Ok(Secret::new(secret))
}

/// The application that a code which can still be redeemed was given to.
///
/// # Errors
/// Only of the database.
pub async fn find_application(node: &Node, code: &str) -> Result<Option<Application>> {
    let digest = sha256_hex(code.as_bytes());
    let now = node.clock.now();
    node.db
        .read(move |conn| match store::tokens::find_code(conn, &digest)? {
            Some(code) if is_fresh(&code, now) => {
                store::applications::find(conn, code.application_id)
            }
            _ => Ok(None),
        })
        .await
        .map_err(Error::Internal)
}

fn is_fresh(code: &Code, now: i64) -> bool {
    code.token_id.is_none() && now - code.created_at < CODE_LIFETIME
}

/// What an application brings to get its token.
#[derive(Clone, Debug)]
pub struct Redemption {
    /// The code.
    pub code: Secret<String>,
    /// Where the code was sent.
    pub redirect_uri: String,
    /// What the PKCE challenge was made of.
    pub verifier: Option<Secret<String>>,
}

/// Gives the token for a code; none when the code is unknown, old, used, or was given for something else.
/// A second use ends the token that the first one gave.
///
/// # Errors
/// Only of the database.
pub async fn redeem(
    node: &Node,
    application: &Application,
    brought: Redemption,
) -> Result<Option<Issued>> {
    let id = application.id;
    let digest = sha256_hex(brought.code.expose().as_bytes());
    node.db
        .write(move |tx| {
            let code = store::tokens::find_code(tx, &digest)?;
            let Some(code) = code.filter(|code| code.application_id == id) else {
                return Ok(None);
            };
            if let Some(given) = code.token_id {
                store::tokens::revoke(tx, given)?;
                return Ok(None);
            }
            if !is_fresh(&code, tx.now()) || !is_match(&code, &brought) {
                return Ok(None);
            }
            exchange(tx, &code).map(Some)
        })
        .await
        .map_err(Error::Internal)
}

/// Whether what was brought belongs to the code. A verifier without a challenge does not: it means that
/// somebody took the challenge away on its way here.
fn is_match(code: &Code, brought: &Redemption) -> bool {
    let is_verified = match (&code.challenge, &brought.verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => is_pkce_match(verifier.expose(), challenge),
        _ => false,
    };
    is_verified && is_equal(&code.redirect_uri, &brought.redirect_uri)
}

fn exchange(tx: &mut Tx, code: &Code) -> QueryResult<Issued> {
    let scopes = Scopes::stored(&code.scopes);
    let issued = tokens::issue(tx, code.application_id, Some(code.account_id), &scopes)?;
    store::tokens::redeem_code(tx, &code.digest, issued.token.id)?;
    Ok(issued)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ApplicationId;

    const HOME: &str = "https://app.example/back";

    fn application() -> Application {
        Application {
            id: ApplicationId(1),
            client_id: "client".to_owned(),
            secret_digest: String::new(),
            name: "An app".to_owned(),
            website: None,
            redirect_uris: format!("{HOME}\n{OUT_OF_BAND}"),
            scopes: "read write:media".to_owned(),
            created_at: 0,
        }
    }

    fn asked() -> Asked {
        Asked {
            response_type: "code".to_owned(),
            client_id: "client".to_owned(),
            redirect_uri: HOME.to_owned(),
            scope: "read".to_owned(),
            state: Some("s".to_owned()),
            ..Asked::default()
        }
    }

    #[test]
    fn only_registered_addresses_are_trusted() {
        for (address, is_fine) in [
            (HOME, true),
            (OUT_OF_BAND, true),
            ("https://app.example/back/", false),
            ("https://app.example/back?x=y", false),
            ("https://app.example/", false),
            ("https://app.example.evil.example/back", false),
            ("HTTPS://app.example/back", false),
            ("", false),
        ] {
            let redirect_uri = address.to_owned();
            let judged = judge(
                application(),
                Asked {
                    redirect_uri,
                    ..asked()
                },
            );
            match judged {
                Ok(_) => assert!(is_fine, "{address}"),
                Err(Refusal::Tell(_)) => assert!(!is_fine, "{address}"),
                Err(Refusal::Redirect(url)) => panic!("{address} was trusted: {url}"),
            }
        }
    }

    #[test]
    fn the_application_hears_what_else_is_wrong() {
        let challenge = |challenge: &str, method: Option<&str>| Asked {
            code_challenge: Some(challenge.to_owned()),
            code_challenge_method: method.map(str::to_owned),
            ..asked()
        };
        let good = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        for (asked, expected) in [
            (asked(), None),
            (challenge(good, Some("S256")), None),
            (challenge("", None), None),
            (challenge(good, Some("plain")), Some("invalid_request")),
            (challenge(good, None), Some("invalid_request")),
            (challenge("short", Some("S256")), Some("invalid_request")),
            (
                Asked {
                    response_type: "token".into(),
                    ..asked()
                },
                Some("unsupported_response_type"),
            ),
            (
                Asked {
                    scope: "read write".into(),
                    ..asked()
                },
                Some("invalid_scope"),
            ),
            (
                Asked {
                    scope: "everything".into(),
                    ..asked()
                },
                Some("invalid_scope"),
            ),
            (
                Asked {
                    scope: "read:lists write:media".into(),
                    ..asked()
                },
                None,
            ),
        ] {
            match judge(application(), asked) {
                Ok(_) => assert_eq!(expected, None),
                Err(Refusal::Tell(error)) => panic!("told: {error}"),
                Err(Refusal::Redirect(url)) => {
                    let start = format!("{HOME}?error={}&", expected.unwrap_or("none"));
                    assert!(
                        url.starts_with(&start) && url.ends_with("&state=s"),
                        "{url}"
                    );
                }
            }
        }
    }
}
