//! A status is deleted by its author: gone here at once, and everybody who has it hears of it.

use super::edit::find_own;
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social::{Result, audience, boosts, conversations, news, quotes};
use crate::store::attachments::Attachment;
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::statuses::Status;
use crate::store::{self, QueryResult, Tx, Visibility};

/// What was deleted, so that its author can write it anew.
#[derive(Clone, Debug)]
pub struct Deleted {
    /// The status as it was.
    pub status: Status,
    /// Its files; unless they were to be deleted too, they can be attached again.
    pub files: Vec<Attachment>,
}

/// Deletes an own status, and its files too if `with_files`; takes an own boost back.
///
/// # Errors
/// [`crate::social::Error::NotFound`] for what is not the author's own.
pub async fn delete(
    node: &Node,
    author: AccountId,
    id: StatusId,
    with_files: bool,
) -> Result<Deleted> {
    node.db
        .write(move |tx| {
            if let Some(boost) = find_own_boost(tx, author, id)? {
                boosts::take_back(tx, &boost)?;
                return Ok(Deleted {
                    status: boost,
                    files: Vec::new(),
                });
            }
            let status = find_own(tx, author, id)?;
            let files = store::attachments::list(tx, &[id])?;
            let destinations = audience::of_poll(tx, &status)?;
            let actor = crate::social::follows::require(tx, author)?;
            remove(tx, &status)?;
            if matches!(status.visibility, Visibility::Public | Visibility::Unlisted) {
                // 410 from now on. For what strangers never saw, even that would tell that it was there.
                store::tombstones::insert(tx, &status.uri, &actor.uri)?;
            }
            if with_files {
                remove_files(tx, &files)?;
            }
            let fact = Fact::Deleted {
                account: author,
                uri: status.uri.clone(),
                destinations,
            };
            tx.queue(&Job::Distribute(fact))?;
            Ok(Deleted { status, files })
        })
        .await
}

fn find_own_boost(tx: &mut Tx, author: AccountId, id: StatusId) -> QueryResult<Option<Status>> {
    let found = store::statuses::find(tx, id)?;
    Ok(found.filter(|it| it.account_id == author && it.boost_of_id.is_some()))
}

/// Removes a status with its boosts, counts, notifications and places in timelines.
pub(in crate::social) fn remove(tx: &mut Tx, status: &Status) -> QueryResult<()> {
    for (boost, _) in store::statuses::list_boosters(tx, status.id)? {
        if let Some(boost) = store::statuses::find(tx, boost)? {
            boosts::remove(tx, &boost)?;
        }
    }
    if let Some(parent) = status.in_reply_to_id {
        store::statuses::add_replies(tx, parent, -1)?;
    }
    news::gone(tx, status)?;
    quotes::settling::removing(tx, status.id)?;
    store::accounts::add_statuses(tx, status.account_id, -1, None)?;
    store::statuses::orphan_replies(tx, status.id)?;
    conversations::removing(tx, status.id, |tx| store::statuses::delete(tx, status.id))?;
    store::accounts::forget_status_at(tx, status.account_id, status.created_at)
}

/// Removes files: rows now, blobs by a job.
pub(in crate::social) fn remove_files(tx: &mut Tx, files: &[Attachment]) -> QueryResult<()> {
    let mut keys = Vec::new();
    for file in files {
        store::attachments::delete(tx, file.id)?;
        keys.extend(file.blob_keys());
    }
    if keys.is_empty() {
        Ok(())
    } else {
        tx.queue(&Job::RemoveBlobs { keys })
    }
}
