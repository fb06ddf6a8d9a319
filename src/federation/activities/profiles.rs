//! The actor changes or deletes itself.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#supported-activities-for-profiles>.

use super::super::fetch::{FetchError, Reach};
use super::super::{profiles, remote_actors};
use super::cases::{Case, Outcome, ignored};
use crate::social::{moves, remote_accounts};
use crate::store::{self, Conn};

/// The actor is fetched from its own server, so that an old message cannot bring back an old profile.
pub(super) async fn refresh(case: &Case<'_>) -> Outcome {
    let reach = Reach::new(case.node);
    let document = reach.document(&case.actor.uri).await?;
    let profile = profiles::read(reach.data().await?, &document).await?;
    if profile.uri != case.actor.uri {
        return Err(FetchError::Untrue("the actor has another id by now".to_owned()).into());
    }
    case.write(move |tx| remote_accounts::receive(tx, &profile).map(drop))
        .await
}

/// The actor moved: the other account is fetched anew, and must name this one as an alias.
pub(super) async fn depart(case: &Case<'_>, target: &str) -> Outcome {
    let (node, reach) = (case.node, Reach::new(case.node));
    let target = if node.urls.is_local(target) {
        let uri = target.to_owned();
        let look = move |conn: &mut Conn| store::accounts::find_by_uri(conn, &uri);
        node.db.read(look).await?
    } else {
        Some(remote_actors::fetch_actor(&reach, target).await?)
    };
    let Some(target) = target else {
        return ignored("nobody here is where it moved to");
    };
    let (actor, other, now) = (case.actor.clone(), target.clone(), node.clock.now());
    let check = move |conn: &mut Conn| moves::check(conn, &actor, &other, now);
    let refusal = node.db.read(check).await?;
    if let Some(refusal) = refusal {
        return ignored(refusal);
    }
    let actor = case.actor.clone();
    case.write(move |tx| moves::receive(tx, &actor, &target))
        .await
}

pub(super) async fn remove(case: &Case<'_>) -> Outcome {
    let actor = case.actor.clone();
    case.write(move |tx| remote_accounts::remove(tx, &actor))
        .await
}
