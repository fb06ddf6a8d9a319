//! Who reads: the account that signed a GET, as far as its key is known here.
//!
//! Reading needs no signature; one that does not hold makes a stranger of the reader, never an error. Keys are not
//! fetched for it, so that asking costs us nothing. Source: <https://docs.joinmastodon.org/spec/security/#http>.

use std::sync::LazyLock;

use actix_web::HttpRequest;

use super::answers::Keep;
use super::heard;
use super::signatures::caches::VerifyingKeys;
use super::signatures::refusals::Refusal;
use super::signatures::verify::{self, SignedRequest, Unverified};
use crate::id::AccountId;
use crate::node::Node;
use crate::store::{QueryResult, keys};

/// Found by key id and text together, so that a replaced key is never answered from here.
pub(super) static PARSED: LazyLock<VerifyingKeys> = LazyLock::new(VerifyingKeys::default);

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

/// Finds out who reads.
///
/// # Errors
/// Whatever the database says.
pub async fn of(node: &Node, request: &HttpRequest) -> QueryResult<Reader> {
    let is_signed = request.headers().contains_key("signature");
    let stranger = Reader {
        account: None,
        is_signed,
    };
    let Ok(unverified) = check(node, request, None) else {
        return Ok(stranger);
    };
    let key_id = unverified.key_id().to_owned();
    let key = node.db.read(move |conn| keys::find(conn, &key_id)).await?;
    let holds = key.filter(|key| {
        PARSED
            .parse(&key.key_id, &key.public_pem)
            .is_ok_and(|parsed| unverified.verify(&parsed).is_ok())
    });
    let account = holds.map(|key| key.account_id);
    if let Some(account) = account {
        heard::note(node, account).await;
    }
    Ok(Reader {
        account,
        ..stranger
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
        authority: node.urls.authority(),
        now: node.clock.now(),
    })
}
