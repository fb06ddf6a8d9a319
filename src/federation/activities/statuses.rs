//! Create, Update and Delete of statuses.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#supported-activities-for-statuses>.

use super::super::documents::notes::IncomingNote;
use super::super::documents::{Incoming, Visibility, understand};
use super::super::fetch::Reach;
use super::super::notes::{self, Circle};
use super::cases::{Case, Outcome, ignored, rejected};
use super::votes;
use crate::id::AccountId;
use crate::social::boosts;
use crate::social::fanout::Arrival;
use crate::social::quotes::revoking;
use crate::social::statuses::receive;
use crate::store::{self, Conn, QueryResult};

pub(super) async fn create(case: &Case<'_>, note: &IncomingNote) -> Outcome {
    take(case, note.clone()).await
}

/// What is only named is fetched from its own server, and must be the actor's.
pub(super) async fn create_reference(case: &Case<'_>, id: &str) -> Outcome {
    let note = fetch_own(case, id).await?;
    take(case, note).await
}

pub(super) async fn update(case: &Case<'_>, note: &IncomingNote) -> Outcome {
    revise(case, note.clone()).await
}

pub(super) async fn update_reference(case: &Case<'_>, id: &str) -> Outcome {
    let note = fetch_own(case, id).await?;
    revise(case, note).await
}

/// A status of the actor's, from its own server.
pub(super) async fn fetch_own(case: &Case<'_>, id: &str) -> Outcome<IncomingNote> {
    let reach = Reach::new(case.node);
    let document = reach.document(id).await?;
    match understand(&document, &reach.data().await?.ours)? {
        Incoming::Note(note) if note.attributed_to == case.actor.uri => Ok(*note),
        Incoming::Note(_) => rejected("the object belongs to another actor"),
        _ => ignored("the object is no status"),
    }
}

/// A new status, if it is anybody's business here.
async fn take(case: &Case<'_>, note: IncomingNote) -> Outcome {
    if note.vote.is_some() {
        return votes::take(case, &[note]).await;
    }
    let is_direct = note.visibility(case.actor.followers_url.as_deref()) == Visibility::Direct;
    // Whoever is told without being addressed has a blind copy.
    let told = if is_direct {
        case.owners().await?
    } else {
        Vec::new()
    };
    if told.is_empty() && !may_concern(case, &note, is_direct).await? {
        return ignored("nobody here follows the author, is named, quoted or was replied to");
    }
    let mut circle = notes::gather(&Reach::new(case.node), &note).await?;
    for owner in told {
        circle.add_silent(owner);
    }
    if is_direct && !circle.has_local {
        return ignored("it is addressed to nobody here");
    }
    store(case, note, circle).await
}

async fn store(case: &Case<'_>, note: IncomingNote, circle: Circle) -> Outcome {
    let remote = notes::shape(&case.node.bans, note, &case.actor, circle);
    case.write(move |tx| receive::receive(tx, &remote, Arrival::Live).map(drop))
        .await
}

/// Whether a status may concern anybody here: somebody is named or addressed or, if it is not direct, follows the
/// author, or it quotes a local status, or replies to one or to somebody who is followed from here. Asked before anything
/// is fetched.
pub(super) async fn may_concern(
    case: &Case<'_>,
    note: &IncomingNote,
    is_direct: bool,
) -> Outcome<bool> {
    let urls = &case.node.urls;
    let names_local = note
        .mentions
        .iter()
        .any(|mention| urls.is_local(&mention.href))
        || note.addressees.all().any(|address| urls.is_local(address));
    let quoted = note.quote.as_ref().and_then(|quote| quote.id.as_deref());
    let quotes_local = quoted.is_some_and(|quoted| urls.is_local(quoted));
    if names_local || is_direct || quotes_local {
        return Ok(names_local || quotes_local);
    }
    let (author, parent) = (case.actor.id, note.in_reply_to.clone());
    let look = move |conn: &mut Conn| is_followed_or_answers(conn, author, parent.as_deref());
    case.read(look).await
}

fn is_followed_or_answers(
    conn: &mut Conn,
    author: AccountId,
    parent: Option<&str>,
) -> QueryResult<bool> {
    if store::follows::has_local_follower(conn, author)? {
        return Ok(true);
    }
    let parent = match parent {
        Some(uri) => store::statuses::find_by_uri(conn, uri)?,
        None => None,
    };
    match parent {
        Some(parent) if parent.is_local => Ok(true),
        Some(parent) => store::follows::has_local_follower(conn, parent.account_id),
        None => Ok(false),
    }
}

/// A change of a status. One that is not known yet comes in its newest form; the older one is then no news.
async fn revise(case: &Case<'_>, note: IncomingNote) -> Outcome {
    let uri = note.id.clone();
    let look = move |conn: &mut Conn| store::statuses::find_by_uri(conn, &uri);
    let Some(known) = case.read(look).await? else {
        return take(case, note).await;
    };
    if known.account_id != case.actor.id {
        return rejected("the status belongs to another actor");
    }
    if known.boost_of_id.is_some() {
        return rejected("it is a boost and no status");
    }
    if note.in_reply_to != known.in_reply_to_uri {
        return rejected("an edit cannot move a status to another thread");
    }
    let mut circle = notes::gather(&Reach::new(case.node), &note).await?;
    if note.visibility(case.actor.followers_url.as_deref()) == Visibility::Direct {
        for owner in case.owners().await? {
            circle.add_silent(owner);
        }
    }
    let remote = notes::shape(&case.node.bans, note, &case.actor, circle);
    case.write(move |tx| receive::receive_edit(tx, &known, &remote, Arrival::Live))
        .await
}

/// What is deleted stays deleted, also if it comes later. Only its author can do that. It may be a consent to be quoted.
pub(super) async fn delete(case: &Case<'_>, object: &str) -> Outcome {
    let uri = object.to_owned();
    let look = move |conn: &mut Conn| -> QueryResult<_> {
        let is_account = store::accounts::find_by_uri(conn, &uri)?.is_some();
        Ok((store::statuses::find_by_uri(conn, &uri)?, is_account))
    };
    let (known, is_account) = case.read(look).await?;
    let is_theirs = known
        .as_ref()
        .is_none_or(|status| status.account_id == case.actor.id);
    if is_account || !is_theirs {
        return rejected("what it deletes belongs to another actor");
    }
    let is_boost = known.is_some_and(|status| status.boost_of_id.is_some());
    let (actor, uri, own) = (case.actor.clone(), object.to_owned(), case.uri());
    case.write(move |tx| {
        // It was taken back before it came.
        if store::tombstones::find(tx, &own)?.is_some_and(|by| by == actor.uri) {
            return Ok(());
        }
        if is_boost {
            return boosts::receive_end(tx, &actor, Some(&uri), None);
        }
        revoking::receive(tx, &actor, &uri)?;
        receive::receive_deletion(tx, &uri, &actor)
    })
    .await
}
