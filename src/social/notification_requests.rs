//! Those whose notifications were put aside: the recipient accepts them for good, or dismisses what they sent.

use std::collections::HashMap;

use super::slices::Slice;
use super::{Error, Result, conversations, news};
use crate::id::{AccountId, NotificationRequestId, StatusId};
use crate::node::Node;
use crate::store::notification_requests::Request;
use crate::store::statuses::Status;
use crate::store::{self, Conn, NotificationKind, Page, QueryResult, Tx};

/// Requests that one call accepts or dismisses at most.
const MOST_AT_ONCE: usize = 100;

/// Somebody who waits, and for how many notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The request.
    pub request: Request,
    /// How many of their notifications were put aside.
    pub count: i64,
}

/// A page of those who wait for an account; whose notifications are all gone is left out.
///
/// # Errors
/// Whatever the database says.
pub fn list(conn: &mut Conn, viewer: AccountId, page: &Page) -> QueryResult<Slice<Waiting>> {
    let found = store::notification_requests::page(conn, viewer, page)?;
    let counted = count(conn, viewer, &found)?;
    Ok(Slice::new(counted, &found, |request| request.id.0))
}

fn count(conn: &mut Conn, viewer: AccountId, found: &[Request]) -> QueryResult<Vec<Waiting>> {
    let senders: Vec<AccountId> = found
        .iter()
        .map(|request| request.from_account_id)
        .collect();
    let counts: HashMap<AccountId, i64> =
        store::notifications::count_filtered_by(conn, viewer, &senders)?
            .into_iter()
            .collect();
    let waiting = found.iter().filter_map(|request| {
        let count = *counts.get(&request.from_account_id)?;
        Some(Waiting {
            request: *request,
            count,
        })
    });
    Ok(waiting.collect())
}

/// One who waits for this account.
///
/// # Errors
/// [`Error::NotFound`] if there is no such request.
pub fn find(conn: &mut Conn, viewer: AccountId, id: NotificationRequestId) -> Result<Waiting> {
    let found = store::notification_requests::list_own(conn, viewer, &[id])?;
    let request = *found.first().ok_or(Error::NotFound)?;
    let counted = count(conn, viewer, &found)?;
    // A request outlives the last of its notifications for a moment: it can still be accepted.
    let count = counted.first().map_or(0, |waiting| waiting.count);
    Ok(Waiting { request, count })
}

/// Accepts these senders for good: what was put aside is shown, in one commit.
///
/// # Errors
/// [`Error::NotFound`] if one of them does not wait for this account; [`Error::Invalid`] for too many.
pub async fn accept(node: &Node, viewer: AccountId, ids: Vec<NotificationRequestId>) -> Result<()> {
    node.db
        .write(move |tx| {
            let requests = require(tx, viewer, &ids)?;
            for request in &requests {
                let from = request.from_account_id;
                store::notification_policies::permit(tx, viewer, from)?;
                store::notification_requests::delete(tx, viewer, from)?;
                show(tx, viewer, from)?;
            }
            if !requests.is_empty() {
                news::merged(tx, viewer)?;
            }
            Ok(())
        })
        .await
}

/// Shows what was put aside of a sender, and puts their direct statuses into conversations.
fn show(tx: &mut Tx, viewer: AccountId, from: AccountId) -> QueryResult<()> {
    let shown = store::notifications::show_filtered(tx, viewer, from)?;
    let mentions = shown
        .iter()
        .filter(|told| told.kind == NotificationKind::Mention);
    let ids: Vec<StatusId> = mentions.filter_map(|told| told.status_id).collect();
    let mut statuses: Vec<Status> = Vec::new();
    for part in ids.chunks(1_000) {
        statuses.extend(store::statuses::list(tx, part)?);
    }
    statuses.sort_unstable_by_key(|status| status.id);
    for status in &statuses {
        conversations::accepted(tx, status, viewer)?;
    }
    Ok(())
}

/// Removes what was put aside of these senders. What they send next is judged anew.
///
/// # Errors
/// [`Error::NotFound`] if one of them does not wait for this account; [`Error::Invalid`] for too many.
pub async fn dismiss(
    node: &Node,
    viewer: AccountId,
    ids: Vec<NotificationRequestId>,
) -> Result<()> {
    node.db
        .write(move |tx| {
            for request in require(tx, viewer, &ids)? {
                forget(tx, viewer, request.from_account_id)?;
            }
            Ok(())
        })
        .await
}

fn forget(tx: &mut Tx, account: AccountId, from: AccountId) -> QueryResult<()> {
    store::notification_requests::delete(tx, account, from)?;
    store::notifications::remove_filtered(tx, account, from)
}

fn require(tx: &mut Tx, viewer: AccountId, ids: &[NotificationRequestId]) -> Result<Vec<Request>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > MOST_AT_ONCE {
        return Err(Error::invalid(format!(
            "At most {MOST_AT_ONCE} requests can be decided at once"
        )));
    }
    let found = store::notification_requests::list_own(tx, viewer, &ids)?;
    if found.len() < ids.len() {
        return Err(Error::NotFound);
    }
    Ok(found)
}
