//! Liking a status, and keeping one for later.

use super::Result;
use super::notifications::notify;
use super::slices::Slice;
use super::timelines::hydrate;
use super::visibility::find_original;
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::bookmarks::Bookmark;
use crate::store::facts::Fact;
use crate::store::favourites::Favourite;
use crate::store::jobs::Job;
use crate::store::statuses::Status;
use crate::store::{self, Conn, NotificationKind, Page, QueryResult, Tx};

/// Likes a status; of a boost, the original. Gives back the original. Doing it twice is no error.
///
/// # Errors
/// [`super::Error::NotFound`] if the viewer may not see it.
pub async fn favourite(node: &Node, viewer: AccountId, id: StatusId) -> Result<StatusId> {
    let urls = node.urls.clone();
    node.db
        .write(move |tx| {
            let status = find_original(tx, Some(viewer), id)?;
            let account = super::follows::require(tx, viewer)?;
            let number = tx.new_id();
            let uri = format!("{}/likes/{number}", urls.actor(&account.username));
            if !like(tx, number, &account, &status, &uri)? {
                return Ok(status.id);
            }
            super::visitors::note_interaction(tx, viewer)?;
            if !status.is_local {
                let fact = Fact::Liked {
                    account: viewer,
                    uri,
                    status: status.id,
                };
                tx.queue(&Job::Distribute(fact))?;
            }
            Ok(status.id)
        })
        .await
}

/// Likes a status no longer. Gives back the original. Nothing happens if it was not liked.
///
/// # Errors
/// [`super::Error::NotFound`] if the viewer may not see it.
pub async fn unfavourite(node: &Node, viewer: AccountId, id: StatusId) -> Result<StatusId> {
    node.db
        .write(move |tx| {
            let status = find_original(tx, Some(viewer), id)?;
            let Some(favourite) = unlike(tx, viewer, &status)? else {
                return Ok(status.id);
            };
            if !status.is_local {
                let fact = Fact::Unliked {
                    account: viewer,
                    uri: favourite.uri,
                    status: status.id,
                };
                tx.queue(&Job::Distribute(fact))?;
            }
            Ok(status.id)
        })
        .await
}

/// Keeps a status for later; of a boost, the original. Doing it twice is no error.
///
/// # Errors
/// [`super::Error::NotFound`] if the viewer may not see it.
pub async fn bookmark(node: &Node, viewer: AccountId, id: StatusId) -> Result<StatusId> {
    node.db
        .write(move |tx| {
            let status = find_original(tx, Some(viewer), id)?;
            let bookmark = Bookmark {
                id: tx.new_id(),
                account_id: viewer,
                status_id: status.id,
                created_at: tx.now(),
            };
            store::bookmarks::insert(tx, &bookmark)?;
            Ok(status.id)
        })
        .await
}

/// Keeps a status no longer. Nothing happens if it was not kept.
///
/// # Errors
/// [`super::Error::NotFound`] if the viewer may not see it.
pub async fn unbookmark(node: &Node, viewer: AccountId, id: StatusId) -> Result<StatusId> {
    node.db
        .write(move |tx| {
            let status = find_original(tx, Some(viewer), id)?;
            store::bookmarks::delete(tx, viewer, status.id)?;
            Ok(status.id)
        })
        .await
}

/// A peer's account likes a status here. A Like that was undone before it came stays undone.
///
/// # Errors
/// Whatever the database says.
pub fn receive(tx: &mut Tx, account: &Account, status: &Status, uri: &str) -> QueryResult<()> {
    if store::tombstones::find(tx, uri)?.is_some_and(|by| by == account.uri) {
        return Ok(());
    }
    let id = tx.new_id();
    like(tx, id, account, status, uri).map(drop)
}

/// A peer's account likes a status no longer.
///
/// # Errors
/// Whatever the database says.
pub fn receive_end(
    tx: &mut Tx,
    account: &Account,
    status: &Status,
    uri: Option<&str>,
) -> QueryResult<()> {
    if let Some(uri) = uri {
        store::tombstones::insert(tx, uri, &account.uri)?;
    }
    unlike(tx, account.id, status).map(drop)
}

/// A page of what an account likes, the newest like first.
///
/// # Errors
/// Whatever the database says.
pub fn list(conn: &mut Conn, viewer: AccountId, page: &Page) -> QueryResult<Slice<Status>> {
    let rows = store::favourites::page_by(conn, viewer, page)?;
    let ids: Vec<StatusId> = rows.iter().map(|row| row.status_id).collect();
    let items = hydrate(conn, Some(viewer), &ids)?;
    Ok(Slice::new(items, &rows, |row| row.id))
}

/// A page of what an account keeps for later, the last one kept first.
///
/// # Errors
/// Whatever the database says.
pub fn list_bookmarks(
    conn: &mut Conn,
    viewer: AccountId,
    page: &Page,
) -> QueryResult<Slice<Status>> {
    let rows = store::bookmarks::page_by(conn, viewer, page)?;
    let ids: Vec<StatusId> = rows.iter().map(|row| row.status_id).collect();
    let items = hydrate(conn, Some(viewer), &ids)?;
    Ok(Slice::new(items, &rows, |row| row.id))
}

/// A page of who likes a status, the newest like first. Whom the viewer has no contact with is left out.
///
/// # Errors
/// [`super::Error::NotFound`] if the viewer may not see the status.
pub fn list_fans(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    id: StatusId,
    page: &Page,
) -> Result<Slice<Account>> {
    let status = find_original(conn, viewer, id)?;
    let rows = store::favourites::page_of(conn, status.id, page)?;
    let ids: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
    let items = super::relationships::list_met(conn, viewer, &ids)?;
    Ok(Slice::new(items, &rows, |row| row.id))
}

fn like(tx: &mut Tx, id: i64, account: &Account, status: &Status, uri: &str) -> QueryResult<bool> {
    let favourite = Favourite {
        id,
        account_id: account.id,
        status_id: status.id,
        uri: uri.to_owned(),
        created_at: tx.now(),
    };
    if !store::favourites::insert(tx, &favourite)? {
        return Ok(false);
    }
    store::statuses::add_favourites(tx, status.id, 1)?;
    notify(
        tx,
        status.account_id,
        NotificationKind::Favourite,
        account.id,
        Some(status.id),
    )?;
    Ok(true)
}

fn unlike(tx: &mut Tx, account: AccountId, status: &Status) -> QueryResult<Option<Favourite>> {
    let removed = store::favourites::delete(tx, account, status.id)?;
    if removed.is_some() {
        store::statuses::add_favourites(tx, status.id, -1)?;
        let kind = NotificationKind::Favourite;
        store::notifications::withdraw(tx, status.account_id, kind, account, Some(status.id))?;
    }
    Ok(removed)
}
