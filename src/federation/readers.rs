//! Who reads: the account that signed a GET, as far as its key is known here.
//!
//! Reading needs no signature; one that does not hold makes a stranger of the reader, never an error. Keys are not
//! fetched for it, so that asking costs us nothing. Source: <https://docs.joinmastodon.org/spec/security/#http>.

use std::sync::LazyLock;

use actix_web::HttpRequest;

use super::answers::{Absence, Keep};
use super::heard;
use super::signatures::caches::VerifyingKeys;
use super::signatures::refusals::Refusal;
use super::signatures::requests::SignedRequest;
use super::signatures::unverified::Unverified;
use super::signatures::verify;
use crate::id::AccountId;
use crate::load::host_of;
use crate::node::Node;
use crate::store::keys::Key;
use crate::store::{self, Conn, QueryResult, keys};

/// Found by key id and text together, so that a replaced key is never answered from here.
static PARSED: LazyLock<VerifyingKeys> = LazyLock::new(VerifyingKeys::default);

/// What is told to those with whom the node does not talk.
const CLOSED: &str = "this node does not show this to your server";

/// The reader of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reader {
    /// Whose signature the request carries.
    pub account: Option<AccountId>,
    is_signed: bool,
}

impl Reader {
    /// Who may keep what this reader is answered.
    #[must_use]
    pub fn keep(&self) -> Keep {
        if self.is_signed {
            Keep::Nobody
        } else {
            Keep::Public
        }
    }
}

/// Finds out who reads. A suspended account is a stranger.
///
/// # Errors
/// [`Absence::Withheld`] for servers that this node does not talk with, and, where its federation is limited, for
/// everybody who is not known; whatever the database says.
pub async fn of(node: &Node, request: &HttpRequest) -> Result<Reader, Absence> {
    let reader = identify(node, request).await?;
    if node.config.federation.limited && reader.account.is_none() {
        return Err(Absence::Withheld(CLOSED));
    }
    Ok(reader)
}

async fn identify(node: &Node, request: &HttpRequest) -> Result<Reader, Absence> {
    let is_signed = request.headers().contains_key("signature");
    let stranger = Reader {
        account: None,
        is_signed,
    };
    let Ok(unverified) = check(node, request, None) else {
        return Ok(stranger);
    };
    if node.bans.bars(host_of(unverified.key_id())) {
        return Err(Absence::Withheld(CLOSED));
    }
    let key_id = unverified.key_id().to_owned();
    let find = move |conn: &mut Conn| list_keys(conn, &key_id);
    let keys = node.db.read(find).await?;
    let owner = keys.first().map(|key| key.account_id);
    let account = owner.filter(|_| holds(&unverified, &keys));
    if let Some(account) = account {
        heard::note(node, account).await;
    }
    Ok(Reader {
        account,
        ..stranger
    })
}

/// The keys that an id may mean, all of one owner; none if that one is suspended here.
fn list_keys(conn: &mut Conn, key_id: &str) -> QueryResult<Vec<Key>> {
    let found = keys::list_named(conn, key_id)?;
    let Some(owner) = found.first().map(|key| key.account_id) else {
        return Ok(found);
    };
    let is_suspended = !store::accounts::list_suspended(conn, &[owner])?.is_empty();
    Ok(if is_suspended { Vec::new() } else { found })
}

/// Whether one of these keys made the signature.
pub(super) fn holds(unverified: &Unverified, keys: &[Key]) -> bool {
    keys.iter().any(|key| {
        PARSED
            .parse(&key.key_id, &key.public_pem)
            .is_ok_and(|parsed| unverified.verify(&parsed).is_ok())
    })
}

/// Everything about a request's signature that needs no key.
///
/// # Errors
/// As [`verify::check`].
pub(super) fn check(
    node: &Node,
    request: &HttpRequest,
    body: Option<&[u8]>,
) -> Result<Unverified, Refusal> {
    let mut headers: Vec<(&str, &str)> = Vec::new();
    for (name, value) in request.headers() {
        if let Ok(value) = value.to_str() {
            headers.push((name.as_str(), value));
        }
    }
    // With HTTP/2 the host stands in the target instead of a header.
    let authority = request.uri().authority().map(ToString::to_string);
    if let (None, Some(host)) = (request.headers().get("host"), &authority) {
        headers.push(("host", host));
    }
    let target = request.uri().path_and_query();
    verify::check(&SignedRequest {
        method: request.method().as_str(),
        path_and_query: target.map_or("/", |target| target.as_str()),
        headers: &headers,
        body,
        origin: node.urls.origin(),
        now: node.clock.now(),
    })
}
