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
use super::overload;
use super::readers::holds;
use super::remote_actors::{fetch_actor, is_under_way, known_actor};
use super::signatures::unverified::Unverified;
use crate::clock::MINUTE;
use crate::load::Place;
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
    place: &mut Place,
) -> Result<Option<Account>, Refused> {
    let known = find(node, unverified.key_id(), &claim.actor).await?;
    if let Some((keys, account)) = known.keys {
        if holds(unverified, &keys) {
            return Ok(Some(account));
        }
        if !may_refetch(node, unverified.key_id(), &account.uri) {
            return Err(wrong_signature());
        }
        place.wait_for_key().map_err(overload::refused)?;
        let fetched = fetch_actor(&Reach::new(node), &account.uri).await;
        return verify_anew(node, unverified, &account.uri, fetched)
            .await
            .map(Some);
    }
    if claim.ends_actor && !known.has_actor {
        return Ok(None);
    }
    if !is_same_origin(unverified.key_id(), &claim.actor) {
        return Err(Refused::new(
            StatusCode::UNAUTHORIZED,
            "the key is not known here and is not on the actor's server",
        ));
    }
    // A known actor that signs with another key may have changed it.
    if known.has_actor && !may_refetch(node, unverified.key_id(), &claim.actor) {
        return Err(unknown_key());
    }
    place.wait_for_key().map_err(overload::refused)?;
    let reach = Reach::new(node);
    let fetched = if known.has_actor {
        fetch_actor(&reach, &claim.actor).await
    } else {
        known_actor(&reach, &claim.actor).await
    };
    verify_anew(node, unverified, &claim.actor, fetched)
        .await
        .map(Some)
}

/// What is known here of a key and of who claims to have signed with it.
struct Known {
    has_actor: bool,
    keys: Option<(Vec<Key>, Account)>,
}

/// The actor is looked for first: an actor that is there has its keys there too.
async fn find(node: &Node, key_id: &str, actor: &str) -> Result<Known, Refused> {
    let (key_id, actor) = (key_id.to_owned(), actor.to_owned());
    let look = move |conn: &mut Conn| -> QueryResult<_> {
        let has_actor = store::accounts::find_by_uri(conn, &actor)?.is_some();
        let keys = store::keys::list_named(conn, &key_id)?;
        let Some(owner) = keys.first().map(|key| key.account_id) else {
            return Ok(Known {
                has_actor,
                keys: None,
            });
        };
        let account = store::accounts::find(conn, owner)?;
        let keys = account
            .filter(|account| !account.is_local())
            .map(|account| (keys, account));
        Ok(Known { has_actor, keys })
    };
    Ok(node.db.read(look).await?)
}

/// Whether a key may be fetched anew; if so, that is noted. Where its actor is being fetched already, one may wait for
/// that.
fn may_refetch(node: &Node, key_id: &str, actor: &str) -> bool {
    let place = format!("{}\n{key_id}", node.number);
    let now = node.clock.now();
    let is_early = REFETCHED.get(&place).is_some_and(|last| now - last < PAUSE);
    if !is_early {
        REFETCHED.insert(place, now);
    }
    !is_early || is_under_way(node, actor)
}

/// Checks the signature against the keys of an actor that was fetched for it.
async fn verify_anew(
    node: &Node,
    unverified: &Unverified,
    actor: &str,
    fetched: Result<Account, FetchError>,
) -> Result<Account, Refused> {
    if let Err(cause) = fetched {
        return Err(match cause {
            FetchError::Unreachable(_) | FetchError::Database { .. } | FetchError::Closed => {
                Refused::later(format!("the actor's key cannot be fetched now: {cause}"))
            }
            _ => Refused::new(
                StatusCode::UNAUTHORIZED,
                format!("the actor's key cannot be had: {cause}"),
            ),
        });
    }
    match find(node, unverified.key_id(), actor).await?.keys {
        Some((keys, account)) if account.uri == actor => {
            if holds(unverified, &keys) {
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
