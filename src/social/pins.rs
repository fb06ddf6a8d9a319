//! What people pin to their profiles: the newest pin first.

use super::slices::Slice;
use super::timelines::hydrate;
use super::visibility::find_visible;
use super::{Error, Result};
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::pins::Pin;
use crate::store::statuses::Status;
use crate::store::{self, Conn, Page, QueryResult, Tx, Visibility};

/// Statuses that one account here may pin.
pub const MOST: i64 = 5;
/// Pins of an account elsewhere that are kept.
pub const MOST_REMOTE: i64 = 20;

/// Pins an own status. Doing it twice is no error.
///
/// # Errors
/// [`Error::NotFound`] if the viewer may not see it, [`Error::Invalid`] says why it cannot be pinned.
pub async fn pin(node: &Node, viewer: AccountId, id: StatusId) -> Result<()> {
    node.db
        .write(move |tx| {
            let status = find_visible(tx, Some(viewer), id)?;
            check(viewer, &status)?;
            if !store::pins::list_pinned(tx, &[id])?.is_empty() {
                return Ok(());
            }
            if store::pins::count_by(tx, viewer)? >= MOST {
                let sentence = format!("Validation failed: You cannot pin more than {MOST} posts");
                return Err(Error::Invalid(sentence));
            }
            add(tx, &status)?;
            let (account, status) = (viewer, id);
            Ok(tx.queue(&Job::Distribute(Fact::Pinned { account, status }))?)
        })
        .await
}

fn check(viewer: AccountId, status: &Status) -> Result<()> {
    let reason = if status.boost_of_id.is_some() {
        "A boost cannot be pinned"
    } else if status.account_id != viewer {
        "Somebody else's post cannot be pinned"
    } else if status.visibility == Visibility::Direct {
        "A post for mentioned people alone cannot be pinned"
    } else {
        return Ok(());
    };
    Err(Error::Invalid(format!("Validation failed: {reason}")))
}

/// Pins a status no longer. Nothing happens if it was not pinned by the viewer.
///
/// # Errors
/// [`Error::NotFound`] if the viewer may not see it.
pub async fn unpin(node: &Node, viewer: AccountId, id: StatusId) -> Result<()> {
    node.db
        .write(move |tx| {
            let status = find_visible(tx, Some(viewer), id)?;
            if status.account_id != viewer || !store::pins::delete(tx, id)? {
                return Ok(());
            }
            let (account, status) = (viewer, id);
            Ok(tx.queue(&Job::Distribute(Fact::Unpinned { account, status }))?)
        })
        .await
}

/// What an account has pinned, as far as the viewer may see it.
///
/// # Errors
/// Whatever the database says.
pub fn list(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    account: AccountId,
    page: &Page,
) -> QueryResult<Slice<Status>> {
    let rows = store::pins::page_by(conn, account, page)?;
    let ids: Vec<StatusId> = rows.iter().map(|row| row.status_id).collect();
    let items = hydrate(conn, viewer, &ids)?;
    Ok(Slice::new(items, &rows, |row| row.id))
}

/// Somebody elsewhere pinned a status of their own. The oldest pin goes if there are too many.
///
/// # Errors
/// Whatever the database says.
pub fn receive(tx: &mut Tx, status: &Status) -> QueryResult<()> {
    if !add(tx, status)? {
        return Ok(());
    }
    let pins = store::pins::page_by(tx, status.account_id, &Page::newest(MOST_REMOTE + 1))?;
    for pin in pins
        .iter()
        .skip(usize::try_from(MOST_REMOTE).unwrap_or(usize::MAX))
    {
        store::pins::delete(tx, pin.status_id)?;
    }
    Ok(())
}

/// Somebody elsewhere pins a status of their own no longer.
///
/// # Errors
/// Whatever the database says.
pub fn receive_end(tx: &mut Tx, status: &Status) -> QueryResult<()> {
    store::pins::delete(tx, status.id).map(drop)
}

/// All that somebody elsewhere has pinned, the newest pin first. What is not theirs is left out.
///
/// # Errors
/// Whatever the database says.
pub fn receive_all(tx: &mut Tx, account: AccountId, statuses: &[Status]) -> QueryResult<()> {
    store::pins::clear(tx, account)?;
    let own = |status: &&Status| status.account_id == account && status.boost_of_id.is_none();
    let own: Vec<&Status> = statuses.iter().filter(own).collect();
    for status in own.into_iter().rev() {
        add(tx, status)?;
    }
    Ok(())
}

fn add(tx: &mut Tx, status: &Status) -> QueryResult<bool> {
    let pin = Pin {
        id: tx.new_id(),
        account_id: status.account_id,
        status_id: status.id,
        created_at: tx.now(),
    };
    store::pins::insert(tx, &pin)
}
