//! Add and Remove: what an actor pins to its profile. Other collections are not kept here.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#featured>.

use super::super::documents::activities::Placed;
use super::super::fetch::Reach;
use super::super::remote_notes::known_status;
use super::cases::{Case, Outcome, ignored, rejected};
use crate::social::pins;
use crate::store::statuses::Status;
use crate::store::{self, Conn};

/// A pinned status that is not known is fetched if somebody here follows the actor.
pub(super) async fn add(case: &Case<'_>, placed: &Placed) -> Outcome {
    check_target(case, placed)?;
    let status = match find(case, placed).await? {
        Some(status) => status,
        None => fetch(case, placed).await?,
    };
    check_owner(case, &status)?;
    case.write(move |tx| pins::receive(tx, &status)).await
}

pub(super) async fn remove(case: &Case<'_>, placed: &Placed) -> Outcome {
    check_target(case, placed)?;
    let Some(status) = find(case, placed).await? else {
        return ignored("it is about a status that is not known here");
    };
    check_owner(case, &status)?;
    case.write(move |tx| pins::receive_end(tx, &status)).await
}

fn check_target(case: &Case<'_>, placed: &Placed) -> Outcome {
    if case.actor.featured_url.as_ref() == Some(&placed.target) {
        return Ok(());
    }
    ignored("it is about a collection that is not kept here")
}

fn check_owner(case: &Case<'_>, status: &Status) -> Outcome {
    if status.account_id == case.actor.id && status.boost_of_id.is_none() {
        return Ok(());
    }
    rejected("what it pins is no status of the actor's")
}

async fn find(case: &Case<'_>, placed: &Placed) -> Outcome<Option<Status>> {
    let uri = placed.object.clone();
    let look = move |conn: &mut Conn| store::statuses::find_by_uri(conn, &uri);
    case.read(look).await
}

async fn fetch(case: &Case<'_>, placed: &Placed) -> Outcome<Status> {
    let actor = case.actor.id;
    let look = move |conn: &mut Conn| store::follows::has_local_follower(conn, actor);
    if !case.read(look).await? {
        return ignored("nobody here follows the actor, and the status is not known");
    }
    let reach = Reach::late(case.node, None);
    Ok(known_status(&reach, &placed.object).await?)
}
