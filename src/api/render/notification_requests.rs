//! Those whose notifications were put aside.
//!
//! Source: <https://docs.joinmastodon.org/entities/NotificationRequest/>

use std::collections::HashMap;

use super::{View, accounts, only, statuses};
use crate::api::entities::notification_policies::NotificationRequest;
use crate::api::entities::{self, Instant};
use crate::id::{AccountId, StatusId};
use crate::social::notification_requests::Waiting;
use crate::social::visibility::keep_visible;
use crate::store::{self, Conn, QueryResult};

/// These requests, in their order. Costs a fixed number of queries, whatever the length of the page.
///
/// # Errors
/// Whatever the database says.
pub fn page(
    conn: &mut Conn,
    view: &View,
    rows: &[Waiting],
) -> QueryResult<Vec<NotificationRequest>> {
    let requests = || rows.iter().map(|row| row.request);
    let senders: Vec<AccountId> = requests().map(|request| request.from_account_id).collect();
    let mut senders: HashMap<AccountId, entities::Account> =
        accounts::by_ids(conn, view, &senders)?
            .into_iter()
            .map(|account| (account.id, account))
            .collect();
    let ids: Vec<StatusId> = requests()
        .filter_map(|request| request.last_status_id)
        .collect();
    let found = store::statuses::list(conn, &ids)?;
    let found = keep_visible(conn, view.viewer, found)?;
    let statuses: HashMap<StatusId, entities::Status> = statuses::page(conn, view, found)?
        .into_iter()
        .map(|status| (status.id, status))
        .collect();
    Ok(rows
        .iter()
        .filter_map(|row| {
            let request = row.request;
            let status = request.last_status_id;
            Some(NotificationRequest {
                id: request.id,
                created_at: Instant(request.created_at),
                updated_at: Instant(request.updated_at),
                account: senders.remove(&request.from_account_id)?,
                notifications_count: row.count,
                last_status: status.and_then(|id| statuses.get(&id).cloned()),
            })
        })
        .collect())
}

/// One request.
///
/// # Errors
/// Whatever the database says.
pub fn single(conn: &mut Conn, view: &View, row: Waiting) -> QueryResult<NotificationRequest> {
    only(page(conn, view, &[row])?)
}
