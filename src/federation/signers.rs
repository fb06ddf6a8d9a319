//! Whose signature an incoming request carries: the key is looked up here, or fetched with its actor, once.
//!
//! A key counts only if its owner's own document lists it. So an unknown key is found by fetching the actor that the
//! activity names, and never by fetching the key's own address. Failed attempts are remembered, and a key that does
//! not fit is fetched anew at most once in five minutes: strangers could make us ask otherwise.
//! Source: <https://swicg.github.io/activitypub-http-signature/#how-to-obtain-a-signature-s-public-key>.

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use quick_cache::sync::Cache;

use super::claims::{Claim, Refused};
use super::documents::origins::is_same_origin;
use super::fetch::{FetchError, Reach};
use super::readers::PARSED;
use super::remote_actors::fetch_actor;
use super::signatures::verify::Unverified;
use crate::clock::MINUTE;
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::keys::Key;
use crate::store::{self, Conn, QueryResult};

/// How long a key that did not fit is not fetched anew.
const PAUSE: i64 = 5 * MINUTE;

/// When keys were last fetched because a signature did not fit, by node and key id.
static REFETCHED: LazyLock<Cache<String, i64>> = LazyLock::new(|| Cache::new(8_192));

/// Whose signature a request carries; none if an actor that is not known here says that it is gone.
///
/// # Errors
/// 401 if the signature does not hold, 503 if that cannot be found out now.
pub(super) async fn identify(
    node: &Node,
    unverified: &Unverified,
    claim: &Claim,
) -> Result<Option<Account>, Refused> {
    if let Some((key, account)) = find(node, unverified.key_id()).await? {
        if holds(unverified, &key) {
            return Ok(Some(account));
        }
        if !may_refetch(node, unverified.key_id()) {
            return Err(wrong_signature());
        }
        return verify_anew(node, unverified, &account.uri).await.map(Some);
    }
    if claim.ends_actor && find_actor(node, &claim.actor).await?.is_none() {
        return Ok(None);
    }
    if !is_same_origin(unverified.key_id(), &claim.actor) {
        return Err(Refused::new(
            StatusCode::UNAUTHORIZED,
            "the key is not known here and is not on the actor's server",
        ));
    }
    // A known actor that signs with another key may have changed it.
    let is_known = find_actor(node, &claim.actor).await?.is_some();
    if is_known && !may_refetch(node, unverified.key_id()) {
        return Err(unknown_key());
    }
    verify_anew(node, unverified, &claim.actor).await.map(Some)
}

async fn find(node: &Node, key_id: &str) -> Result<Option<(Key, Account)>, Refused> {
    let key_id = key_id.to_owned();
    let look = move |conn: &mut Conn| -> QueryResult<_> {
        let Some(key) = store::keys::find(conn, &key_id)? else {
            return Ok(None);
        };
        let account = store::accounts::find(conn, key.account_id)?;
        Ok(account
            .filter(|account| !account.is_local())
            .map(|account| (key, account)))
    };
    Ok(node.db.read(look).await?)
}

async fn find_actor(node: &Node, uri: &str) -> Result<Option<Account>, Refused> {
    let uri = uri.to_owned();
    let look = move |conn: &mut Conn| store::accounts::find_by_uri(conn, &uri);
    Ok(node.db.read(look).await?)
}

fn holds(unverified: &Unverified, key: &Key) -> bool {
    PARSED
        .parse(&key.key_id, &key.public_pem)
        .is_ok_and(|parsed| unverified.verify(&parsed).is_ok())
}

/// Whether a key may be fetched anew; if so, that is noted.
fn may_refetch(node: &Node, key_id: &str) -> bool {
    let place = format!("{}\n{key_id}", node.urls.origin());
    let now = node.clock.now();
    let is_early = REFETCHED.get(&place).is_some_and(|last| now - last < PAUSE);
    if !is_early {
        REFETCHED.insert(place, now);
    }
    !is_early
}

/// Fetches an actor with its keys and checks the signature against them.
async fn verify_anew(
    node: &Node,
    unverified: &Unverified,
    actor: &str,
) -> Result<Account, Refused> {
    let fetched = fetch_actor(&Reach::new(node), actor).await;
    if let Err(cause) = fetched {
        return Err(match cause {
            FetchError::Unreachable(_) | FetchError::Database(_) | FetchError::Closed => {
                Refused::later(format!("the actor's key cannot be fetched now: {cause}"))
            }
            _ => Refused::new(
                StatusCode::UNAUTHORIZED,
                format!("the actor's key cannot be had: {cause}"),
            ),
        });
    }
    match find(node, unverified.key_id()).await? {
        Some((key, account)) if account.uri == actor => {
            if holds(unverified, &key) {
                Ok(account)
            } else {
                Err(wrong_signature())
            }
        }
        _ => Err(unknown_key()),
    }
}

fn wrong_signature() -> Refused {
    Refused::new(
        StatusCode::UNAUTHORIZED,
        "the signature was not made with this key over this request",
    )
}

fn unknown_key() -> Refused {
    Refused::new(
        StatusCode::UNAUTHORIZED,
        "the actor's own document does not list the key",
    )
}
