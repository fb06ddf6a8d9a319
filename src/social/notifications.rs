//! Who is told about what, and how they manage what they were told.

use std::collections::HashSet;

use super::markers::{self, Timeline};
use super::slices::Slice;
use super::{Error, Result, news};
use crate::id::{AccountId, NotificationId, StatusId};
use crate::node::Node;
use crate::store::notifications::{Filter, NewNotification, Notification};
use crate::store::statuses::Status;
use crate::store::{self, Conn, NotificationKind, Page, QueryResult, Tx};

/// Tells a local account that `from` did something, unless one of the two wants no contact.
///
/// # Errors
/// Whatever the database says.
pub fn notify(
    tx: &mut Tx,
    to: AccountId,
    kind: NotificationKind,
    from: AccountId,
    status: Option<StatusId>,
) -> QueryResult<()> {
    if to == from || !is_wanted(tx, to, from)? {
        return Ok(());
    }
    let new = NewNotification {
        account_id: to,
        kind,
        from_account_id: from,
        status_id: status,
        created_at: tx.now(),
    };
    match store::notifications::insert(tx, &new)? {
        Some(id) => news::notified(tx, id, to),
        None => Ok(()),
    }
}

/// Tells a local account of something that was missed and is known only now: the notification bears the instant `at`
/// (milliseconds) at which it happened.
///
/// # Errors
/// Whatever the database says.
pub fn notify_late(
    tx: &mut Tx,
    to: AccountId,
    kind: NotificationKind,
    status: &Status,
    at: i64,
) -> QueryResult<()> {
    let from = status.account_id;
    if to == from || !is_wanted(tx, to, from)? {
        return Ok(());
    }
    let new = NewNotification {
        account_id: to,
        kind,
        from_account_id: from,
        status_id: Some(status.id),
        created_at: at.min(tx.now()),
    };
    store::notifications::insert(tx, &new).map(drop)
}

fn is_wanted(tx: &mut Tx, to: AccountId, from: AccountId) -> QueryResult<bool> {
    let now = tx.now();
    let is_local = store::accounts::find(tx, to)?.is_some_and(|account| account.is_local());
    if !is_local || store::blocks::find(tx, to, from)?.is_some() {
        return Ok(false);
    }
    if !store::user_domain_blocks::list_by(tx, to, &[from])?.is_empty() {
        return Ok(false);
    }
    let mutes = store::mutes::list_by(tx, to, &[from])?;
    Ok(!mutes
        .iter()
        .any(|mute| mute.hides_notifications && mute.holds(now)))
}

/// A page of what an account was told; whatever it may no longer see is left out.
///
/// # Errors
/// Whatever the database says.
pub fn list(
    conn: &mut Conn,
    viewer: AccountId,
    filter: &Filter,
    page: &Page,
) -> QueryResult<Slice<Notification>> {
    let found = store::notifications::page(conn, viewer, filter, page)?;
    let kept = keep_visible(conn, viewer, found.clone())?;
    Ok(Slice::new(kept, &found, |told| told.id.0))
}

/// Leaves out what is about statuses that the viewer may no longer see.
fn keep_visible(
    conn: &mut Conn,
    viewer: AccountId,
    found: Vec<Notification>,
) -> QueryResult<Vec<Notification>> {
    let ids: Vec<StatusId> = found.iter().filter_map(|told| told.status_id).collect();
    let statuses = store::statuses::list(conn, &ids)?;
    let visible: HashSet<StatusId> = super::visibility::keep_visible(conn, Some(viewer), statuses)?
        .into_iter()
        .map(|status| status.id)
        .collect();
    Ok(found
        .into_iter()
        .filter(|told| told.status_id.is_none_or(|id| visible.contains(&id)))
        .collect())
}

/// One notification of this account.
///
/// # Errors
/// [`Error::NotFound`] if it is not theirs, or about a status that they may no longer see.
pub fn find(conn: &mut Conn, viewer: AccountId, id: NotificationId) -> Result<Notification> {
    let found = store::notifications::find_own(conn, viewer, id)?;
    keep_visible(conn, viewer, found.into_iter().collect())?
        .pop()
        .ok_or(Error::NotFound)
}

/// Removes one notification of this account.
///
/// # Errors
/// [`Error::NotFound`] if it is not theirs.
pub async fn dismiss(node: &Node, viewer: AccountId, id: NotificationId) -> Result<()> {
    node.db
        .write(move |tx| {
            if store::notifications::dismiss(tx, viewer, id)? {
                Ok(())
            } else {
                Err(Error::NotFound)
            }
        })
        .await
}

/// Removes all notifications of this account.
///
/// # Errors
/// Whatever the database says.
pub async fn clear(node: &Node, viewer: AccountId) -> Result<()> {
    node.db
        .write(move |tx| Ok(store::notifications::clear(tx, viewer)?))
        .await
}

/// How many notifications came after the reading position, counted up to `limit`.
///
/// # Errors
/// Whatever the database says.
pub fn count_unread(conn: &mut Conn, viewer: AccountId, limit: i64) -> QueryResult<i64> {
    let read = markers::find(conn, viewer, Timeline::Notifications)?;
    let read = read.map_or(0, |marker| marker.last_read_id);
    store::notifications::count_after(conn, viewer, read, limit)
}
