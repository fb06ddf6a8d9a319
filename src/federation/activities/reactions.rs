//! Like, reactions with an emoji, and Announce, and what undoes them.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#supported-activities-for-statuses>.

use super::super::documents::activities::{Reaction, Undone};
use super::super::fetch::Reach;
use super::super::portraits;
use super::super::remote_notes::known_status;
use super::cases::{Case, Outcome, ignored};
use crate::social::boosts::RemoteBoost;
use crate::social::fanout::Arrival;
use crate::social::visibility::keep_visible;
use crate::social::{boosts, favourites, reactions};
use crate::store::accounts::Account;
use crate::store::reactions::ReactionEmoji;
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult, Tx, tombstones};

/// The status with this id, if it is known here and the actor may see it. What is hidden is answered like what is
/// missing.
pub(super) async fn find_visible(case: &Case<'_>, uri: &str) -> Outcome<Option<Status>> {
    let (uri, actor) = (uri.to_owned(), case.actor.id);
    let look = move |conn: &mut Conn| -> QueryResult<Option<Status>> {
        match find_original(conn, &uri)? {
            Some(status) => Ok(keep_visible(conn, Some(actor), vec![status])?.pop()),
            None => Ok(None),
        }
    };
    case.read(look).await
}

/// A status by its id; of a boost, what it boosts.
fn find_original(conn: &mut Conn, uri: &str) -> QueryResult<Option<Status>> {
    let found = store::statuses::find_by_uri(conn, uri)?;
    match found.as_ref().and_then(|status| status.boost_of_id) {
        Some(original) => store::statuses::find(conn, original),
        None => Ok(found),
    }
}

/// Likes of statuses elsewhere are counted there.
pub(super) async fn like(case: &Case<'_>, object: &str) -> Outcome {
    let found = find_visible(case, object).await?;
    let Some(status) = found.filter(|status| status.is_local) else {
        return ignored("it likes nothing of ours");
    };
    let (actor, uri) = (case.actor.clone(), case.uri());
    case.write(move |tx| favourites::receive(tx, &actor, &status, &uri))
        .await
}

/// Nobody but those who send them knows all reactions to a status elsewhere, so what comes is kept for those as well.
pub(super) async fn react(case: &Case<'_>, object: &str, emoji: &Reaction) -> Outcome {
    let Some(status) = find_visible(case, object).await? else {
        return ignored("it reacts to nothing that is known here");
    };
    let (actor, urls) = (case.actor.clone(), case.node.urls.clone());
    let received = reactions::Received {
        emoji: as_kept(emoji),
        uri: case.uri(),
    };
    case.write(move |tx| reactions::receive(tx, &urls, &actor, &status, received))
        .await
}

fn as_kept(emoji: &Reaction) -> ReactionEmoji {
    ReactionEmoji {
        name: emoji.name.clone(),
        url: emoji.url.clone(),
    }
}

/// The end of a reaction, by its id or by its emoji; whatever else it is, is a like that ends.
pub(super) async fn undo_like(case: &Case<'_>, undone: &Undone) -> Outcome {
    let (actor, id, object) = (case.actor.clone(), undone.id.clone(), undone.object.clone());
    let (emoji, urls) = (
        undone.reaction.as_ref().map(as_kept),
        case.node.urls.clone(),
    );
    case.write(move |tx| {
        if let Some(id) = &id
            && reactions::receive_end(tx, &actor, id)?
        {
            return Ok(());
        }
        let status = match &object {
            Some(uri) => find_original(tx, uri)?,
            None => None,
        };
        if let (Some(emoji), Some(status)) = (emoji, &status) {
            let is_ended = reactions::receive_end_with(tx, &urls, &actor, status, emoji)?;
            let liked = store::favourites::find(tx, actor.id, status.id)?;
            // Before reactions were told from likes, they were kept as these.
            let was_like = liked.is_some_and(|liked| Some(&liked.uri) == id.as_ref());
            if is_ended || !was_like {
                return match &id {
                    Some(id) => tombstones::insert(tx, id, &actor.uri),
                    None => Ok(()),
                };
            }
        }
        match (status, &id) {
            (Some(status), id) => favourites::receive_end(tx, &actor, &status, id.as_deref()),
            (None, Some(id)) => tombstones::insert(tx, id, &actor.uri),
            (None, None) => Ok(()),
        }
    })
    .await
}

/// What is boosted is taken from here or from its own server, never from the activity.
pub(super) async fn boost(case: &Case<'_>, object: &str) -> Outcome {
    let original = match find_visible(case, object).await? {
        Some(status) if status.is_local => status,
        known => {
            let actor = case.actor.id;
            let look = move |conn: &mut Conn| store::follows::has_local_follower(conn, actor);
            if !case.read(look).await? {
                return ignored("nobody here follows the actor");
            }
            match known {
                Some(status) => status,
                None => known_status(&Reach::new(case.node), object).await?,
            }
        }
    };
    let actor = case.actor.clone();
    let followers = actor.followers_url.as_deref();
    let remote = RemoteBoost {
        uri: case.uri(),
        published: case.activity.published,
        visibility: portraits::visibility(case.activity.addressees.visibility(followers)),
        arrival: Arrival::Live,
    };
    case.write(move |tx| boosts::receive(tx, &actor, &original, &remote).map(drop))
        .await
}

pub(super) async fn undo_boost(case: &Case<'_>, undone: &Undone) -> Outcome {
    let (actor, id, object) = (case.actor.clone(), undone.id.clone(), undone.object.clone());
    case.write(move |tx| {
        let original = match &object {
            Some(uri) => find_original(tx, uri)?,
            None => None,
        };
        end_boost(tx, &actor, id.as_deref(), original.as_ref())
    })
    .await
}

/// Ends a boost of the actor's, and remembers that it ended.
pub(super) fn end_boost(
    tx: &mut Tx,
    actor: &Account,
    uri: Option<&str>,
    original: Option<&Status>,
) -> QueryResult<()> {
    boosts::receive_end(tx, actor, uri, original)
}
