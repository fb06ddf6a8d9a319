//! Conversations by direct statuses: each of those in one who is here has it for themselves, with what they have read.
//!
//! A status comes into its conversations in the commit in which it appears.

use super::slices::Slice;
use super::{Error, Result, news};
use crate::id::{AccountId, ConversationId, StatusId};
use crate::node::Node;
use crate::store::conversations::{Conversation, Part};
use crate::store::jobs::Job;
use crate::store::mentions::Mention;
use crate::store::statuses::Status;
use crate::store::{self, Conn, Page, QueryResult, Tx, Visibility};

/// Statuses that one piece of the sorting takes.
const SORTED_AT_ONCE: i64 = 100;

/// How a status comes into a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// As it happens: streams are told.
    Live,
    /// Afterwards, but it was not read yet.
    Late,
    /// From before there were conversations: it counts as read.
    Old,
}

/// Puts a direct status into the conversation that `owner` has with the others in it.
fn add(
    tx: &mut Tx,
    status: &Status,
    mentions: &[Mention],
    owner: AccountId,
    manner: Manner,
) -> QueryResult<()> {
    let named = mentions.iter().filter(|mention| !mention.is_silent);
    let mut participants: Vec<AccountId> = named.map(|mention| mention.account_id).collect();
    participants.push(status.account_id);
    participants.retain(|account| *account != owner);
    participants.sort_unstable();
    participants.dedup();
    let part = Part {
        account: owner,
        participants,
        thread: status.conversation_id,
        status: status.id,
        is_unread: manner != Manner::Old && status.account_id != owner,
    };
    match store::conversations::add(tx, &part)? {
        Some(id) if manner == Manner::Live => news::conversed(tx, id, owner),
        _ => Ok(()),
    }
}

/// Puts a direct status that appeared into the conversation of one of those in it: its author, or somebody whom it
/// addresses and who wants to hear of it.
pub(super) fn appeared(
    tx: &mut Tx,
    status: &Status,
    mentions: &[Mention],
    owner: AccountId,
    is_live: bool,
) -> QueryResult<()> {
    if status.visibility != Visibility::Direct {
        return Ok(());
    }
    let manner = if is_live { Manner::Live } else { Manner::Late };
    add(tx, status, mentions, owner, manner)
}

/// Puts a direct status into the conversation of somebody who has accepted its author now.
pub(super) fn accepted(tx: &mut Tx, status: &Status, owner: AccountId) -> QueryResult<()> {
    let mentions = store::mentions::list(tx, &[status.id])?;
    appeared(tx, status, &mentions, owner, false)
}

/// Takes a status that is about to go out of its conversations, and removes it with `remove`.
pub(super) fn removing(
    tx: &mut Tx,
    status: StatusId,
    remove: impl FnOnce(&mut Tx) -> QueryResult<()>,
) -> QueryResult<()> {
    let touched = store::conversations::list_with(tx, status)?;
    remove(tx)?;
    store::conversations::mend(tx, &touched)
}

/// Takes all statuses of an author who is about to go out of their conversations, and removes them with `remove`.
pub(super) fn removing_author(
    tx: &mut Tx,
    author: AccountId,
    remove: impl FnOnce(&mut Tx) -> QueryResult<()>,
) -> QueryResult<()> {
    let touched = store::conversations::list_with_author(tx, author)?;
    remove(tx)?;
    store::conversations::mend(tx, &touched)
}

/// Sorts statuses from before there were conversations into them: a hundred, and a job for the next ones.
///
/// # Errors
/// Whatever the database says.
pub async fn sort_old(node: &Node, after: StatusId) -> QueryResult<()> {
    node.db
        .write_later(move |tx| {
            let ids = store::conversations::list_direct(tx, after, SORTED_AT_ONCE)?;
            let mut statuses = store::statuses::list(tx, &ids)?;
            statuses.sort_unstable_by_key(|status| status.id);
            for status in &statuses {
                sort(tx, status)?;
            }
            match ids.last() {
                Some(last) => tx.queue(&Job::SortConversations { after: *last }),
                None => Ok(()),
            }
        })
        .await
}

fn sort(tx: &mut Tx, status: &Status) -> QueryResult<()> {
    let mentions = store::mentions::list(tx, &[status.id])?;
    let mut people: Vec<AccountId> = mentions.iter().map(|mention| mention.account_id).collect();
    people.push(status.account_id);
    let owners = store::accounts::list(tx, &people)?;
    for owner in owners.iter().filter(|account| account.is_local()) {
        let blocks = store::blocks::find(tx, owner.id, status.account_id)?;
        if blocks.is_none() {
            add(tx, status, &mentions, owner.id, Manner::Old)?;
        }
    }
    Ok(())
}

/// A page of the conversations of an account.
///
/// # Errors
/// Whatever the database says.
pub fn list(conn: &mut Conn, viewer: AccountId, page: &Page) -> QueryResult<Slice<Conversation>> {
    let found = store::conversations::page(conn, viewer, page)?;
    Ok(Slice::new(found.clone(), &found, |one| {
        one.last_status_id.0
    }))
}

/// Notes whether a conversation was read; gives it back.
///
/// # Errors
/// [`Error::NotFound`] if it is not theirs.
pub async fn set_unread(
    node: &Node,
    viewer: AccountId,
    id: ConversationId,
    is_unread: bool,
) -> Result<Conversation> {
    node.db
        .write(move |tx| {
            store::conversations::set_unread(tx, viewer, id, is_unread)?;
            store::conversations::find_own(tx, viewer, id)?.ok_or(Error::NotFound)
        })
        .await
}

/// Removes a conversation from an account's list; its statuses stay, and what comes next begins it anew.
///
/// # Errors
/// [`Error::NotFound`] if it is not theirs.
pub async fn delete(node: &Node, viewer: AccountId, id: ConversationId) -> Result<()> {
    node.db
        .write(move |tx| {
            if store::conversations::delete(tx, viewer, id)? {
                Ok(())
            } else {
                Err(Error::NotFound)
            }
        })
        .await
}
