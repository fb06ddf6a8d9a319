//! Who an activity is from that somebody else brings: shown by a proof in it, or not at all.
//!
//! Replies are forwarded by the servers of those whom they answer, posts by relays.
//! Source: <https://www.w3.org/TR/activitypub/#inbox-forwarding>

use std::sync::LazyLock;

use super::claims::{Claim, Refused};
use super::documents::Document;
use super::documents::origins::is_same_origin;
use super::documents::references::{self, Properties};
use super::fetch::Reach;
use super::integrity::Proof;
use super::overload;
use super::remote_actors::known_actor;
use super::signatures::caches::VerifyingKeys;
use crate::load::Place;
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::{self, Conn, QueryResult};

/// Proofs of one document that are looked at.
const MOST_PROOFS: usize = 4;

static PARSED: LazyLock<VerifyingKeys> = LazyLock::new(VerifyingKeys::default);

/// The actor of an activity that somebody else brings, if a proof in it shows that it is theirs. None is no fault: it
/// can be asked for where it belongs.
///
/// # Errors
/// When the actor's key would have to be waited for and there is no room, or the database fails.
pub(super) async fn find_author(
    node: &Node,
    document: &Document,
    claim: &Claim,
    place: &mut Place,
) -> Result<Option<Account>, Refused> {
    let properties = document.properties();
    let proofs = list_proofs(properties, claim, node.clock.now());
    if proofs.is_empty() || !may_be_forwarded(properties, claim) {
        return Ok(None);
    }
    if let Some(author) = find_prover(node, properties, claim, &proofs).await? {
        return Ok(Some(author));
    }
    let actor = claim.actor.clone();
    let look = move |conn: &mut Conn| store::accounts::find_by_uri(conn, &actor);
    if node.db.read(look).await?.is_some() {
        return Ok(None);
    }
    place.wait_for_key().map_err(overload::refused)?;
    match known_actor(&Reach::new(node), &claim.actor).await {
        Ok(_) => find_prover(node, properties, claim, &proofs).await,
        Err(cause) => {
            tracing::debug!(%cause, actor = claim.actor, "a proof cannot be checked");
            Ok(None)
        }
    }
}

/// What other servers send on: posts, and what becomes of them. Everything else would only be played again by others.
fn may_be_forwarded(properties: &Properties, claim: &Claim) -> bool {
    let is_of_a_post = match references::list_of(properties, "type") {
        [kind] => matches!(kind.as_str(), Some("Create" | "Update" | "Delete")),
        _ => false,
    };
    is_of_a_post && references::id(properties, "object") != Some(claim.actor.as_str())
}

/// The timely proofs of a document that name a key of its actor's server.
fn list_proofs(properties: &Properties, claim: &Claim, now: i64) -> Vec<Proof> {
    let values = references::list_of(properties, "proof").iter();
    let proofs = values.take(MOST_PROOFS).filter_map(Proof::read);
    proofs
        .filter(|proof| proof.is_timely(now) && is_same_origin(&proof.method, &claim.actor))
        .collect()
}

/// The claimed actor, if one of these proofs was made with a key of theirs that is known here.
async fn find_prover(
    node: &Node,
    properties: &Properties,
    claim: &Claim,
    proofs: &[Proof],
) -> Result<Option<Account>, Refused> {
    for proof in proofs {
        let method = proof.method.clone();
        let look = move |conn: &mut Conn| -> QueryResult<_> {
            let Some(key) = store::keys::find(conn, &method)? else {
                return Ok(None);
            };
            let owner = store::accounts::find(conn, key.account_id)?;
            Ok(owner.map(|owner| (key, owner)))
        };
        let Some((key, owner)) = node.db.read(look).await? else {
            continue;
        };
        let parsed = PARSED.parse(&key.key_id, &key.public_pem);
        let is_theirs = owner.uri == claim.actor && !owner.is_local();
        if is_theirs && parsed.is_ok_and(|key| proof.holds(properties, &key)) {
            return Ok(Some(owner));
        }
    }
    Ok(None)
}
