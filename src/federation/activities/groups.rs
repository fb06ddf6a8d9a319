//! What groups pass on: activities of others within an Announce. And dislikes, which groups count.
//!
//! Nothing that is passed on is believed. It may make us look at something that is known here, at its own server.
//! Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/1b12/fep-1b12.md>.

use url::Url;

use super::super::documents::activities::Announced;
use super::super::documents::notes::IncomingNote;
use super::super::documents::{Incoming, understand};
use super::super::failures;
use super::super::fetch::{FetchError, Reach};
use super::super::notes;
use super::cases::{Case, Outcome, ignored, rejected};
use super::reactions;
use crate::social::fanout::Arrival;
use crate::social::statuses::receive;
use crate::social::{boosts, favourites};
use crate::store::accounts::Account;
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult, Visibility};

/// A boost; or, from a group, an activity of somebody else's.
pub(super) async fn announce(case: &Case<'_>, announced: &Announced) -> Outcome {
    let Some(wrapped) = &announced.wrapped else {
        return reactions::boost(case, &announced.object).await;
    };
    let kind = wrapped.kind.as_str();
    let Some(object) = &wrapped.object else {
        return ignored(format!("it sends on a {kind} of nothing"));
    };
    match kind {
        // What is restored is in the group again.
        "Create" | "Undo of Delete" => reactions::boost(case, object).await,
        "Update" | "Remove" => look_again(case, object, Claim::Changed).await,
        "Delete" => look_again(case, object, Claim::Gone).await,
        kind => ignored(format!("it sends on a {kind}")),
    }
}

/// What a group says of something that is not its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// It was edited, or taken out of a collection.
    Changed,
    /// It was deleted, by its author or by those who look after the group.
    Gone,
}

/// What the server of a status says of it now.
enum Found {
    Note(Box<IncomingNote>),
    Nothing,
}

/// Looks at a status that is known here, at its own server. What the group no longer has, it boosts no longer.
async fn look_again(case: &Case<'_>, uri: &str, claim: Claim) -> Outcome {
    let Some((status, author)) = find_known(case, uri).await? else {
        return ignored("it sends on news of something that is not known here");
    };
    let group = case.actor.id;
    let look = move |conn: &mut Conn| store::follows::has_local_follower(conn, group);
    if !case.read(look).await? {
        return ignored("nobody here follows the actor");
    }
    if status.is_local {
        return match claim {
            Claim::Gone => end_boost(case, status).await,
            Claim::Changed => ignored("it sends on news of something of ours"),
        };
    }
    match ask(case, &status, claim).await? {
        Found::Nothing => {
            case.write(move |tx| receive::receive_absence(tx, &status))
                .await
        }
        Found::Note(note) if note.id != status.uri || note.attributed_to != author.uri => {
            rejected("its server shows something else")
        }
        Found::Note(note) if note.in_reply_to != status.in_reply_to_uri => {
            rejected("an edit cannot move a status to another thread")
        }
        Found::Note(note) => {
            let circle = notes::gather(&Reach::new(case.node), &note).await?;
            let remote = notes::shape(&case.node.bans, *note, &author, circle);
            let group = case.actor.clone();
            case.write(move |tx| {
                if claim == Claim::Gone {
                    boosts::receive_end(tx, &group, None, Some(&status))?;
                }
                receive::receive_edit(tx, &status, &remote, Arrival::Live)
            })
            .await
        }
    }
}

/// A status that is no boost, and its author, if that one may still change things here.
async fn find_known(case: &Case<'_>, uri: &str) -> Outcome<Option<(Status, Account)>> {
    let uri = uri.to_owned();
    let look = move |conn: &mut Conn| -> QueryResult<_> {
        let known = store::statuses::find_by_uri(conn, &uri)?;
        let Some(status) = known.filter(|status| status.boost_of_id.is_none()) else {
            return Ok(None);
        };
        let author = store::accounts::find(conn, status.account_id)?;
        let author = author.filter(|author| author.suspended_at.is_none());
        Ok(author.map(|author| (status, author)))
    };
    case.read(look).await
}

async fn end_boost(case: &Case<'_>, status: Status) -> Outcome {
    let group = case.actor.clone();
    case.write(move |tx| boosts::receive_end(tx, &group, None, Some(&status)))
        .await
}

/// What is not for everybody may be missing only for us.
async fn ask(case: &Case<'_>, status: &Status, claim: Claim) -> Outcome<Found> {
    let host = Url::parse(&status.uri).ok();
    let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
    failures::spend(case.node, host)?;
    let reach = Reach::new(case.node);
    let is_open = matches!(status.visibility, Visibility::Public | Visibility::Unlisted);
    let document = match reach.document(&status.uri).await {
        Ok(document) => document,
        Err(FetchError::Gone(_)) => return Ok(Found::Nothing),
        Err(FetchError::Missing(_)) if is_open && claim == Claim::Gone => {
            return Ok(Found::Nothing);
        }
        Err(error) => return Err(error.into()),
    };
    match understand(&document, &reach.data().await?.ours)? {
        Incoming::Note(note) => Ok(Found::Note(note)),
        Incoming::Tombstone { id } if id == status.uri => Ok(Found::Nothing),
        _ => rejected("its server shows something else"),
    }
}

/// Dislikes are not kept, but whoever dislikes something likes it no longer: some servers send only the one.
pub(super) async fn dislike(case: &Case<'_>, object: &str) -> Outcome {
    let found = reactions::find_visible(case, object).await?;
    let Some(status) = found.filter(|status| status.is_local) else {
        return ignored("it dislikes nothing of ours");
    };
    let (actor, id) = (case.actor.clone(), status.id);
    let look = move |conn: &mut Conn| store::favourites::find(conn, actor.id, id);
    if case.read(look).await?.is_none() {
        return ignored("dislikes are not kept");
    }
    let actor = case.actor.clone();
    case.write(move |tx| favourites::receive_end(tx, &actor, &status, None))
        .await
}
