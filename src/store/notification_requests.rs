//! Senders of filtered notifications, until the recipient accepts or dismisses them.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::columns::NotificationPlace;
use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::notifications;
use super::schema_attention::notification_requests;
use super::tx::Tx;
use crate::id::{AccountId, NotificationRequestId, StatusId};

/// One sender who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = notification_requests, treat_none_as_default_value = false)]
pub struct Request {
    /// Its id; lists are paged by it.
    pub id: NotificationRequestId,
    /// Who is to accept.
    pub account_id: AccountId,
    /// The sender.
    pub from_account_id: AccountId,
    /// The newest status that a filtered notification is about.
    pub last_status_id: Option<StatusId>,
    /// Since when, in milliseconds.
    pub created_at: i64,
    /// When the newest filtered notification came, in milliseconds.
    pub updated_at: i64,
}

/// Whether something of the sender is put aside: it may have been withdrawn.
macro_rules! has_something {
    () => {
        exists(
            notifications::table
                .filter(notifications::account_id.eq(notification_requests::account_id))
                .filter(notifications::from_account_id.eq(notification_requests::from_account_id))
                .filter(notifications::place.eq(NotificationPlace::Filtered)),
        )
    };
}

/// A page of those who wait for an account.
pub fn page(conn: &mut Conn, account: AccountId, page: &Page) -> QueryResult<Vec<Request>> {
    on!(conn, |c| {
        let query = notification_requests::table
            .filter(notification_requests::account_id.eq(account))
            .filter(has_something!())
            .select(Request::as_select())
            .into_boxed();
        cut!(c, query, notification_requests::id, page, Request)
    })
}

/// Those of these that wait for this account.
pub fn list_own(
    conn: &mut Conn,
    account: AccountId,
    ids: &[NotificationRequestId],
) -> QueryResult<Vec<Request>> {
    on!(conn, |c| notification_requests::table
        .filter(notification_requests::id.eq_any(ids))
        .filter(notification_requests::account_id.eq(account))
        .select(Request::as_select())
        .load(c))
}

/// How many wait for an account, counted up to `limit`.
pub fn count(conn: &mut Conn, account: AccountId, limit: i64) -> QueryResult<i64> {
    let ids: Vec<NotificationRequestId> = on!(conn, |c| notification_requests::table
        .filter(notification_requests::account_id.eq(account))
        .filter(has_something!())
        .select(notification_requests::id)
        .limit(limit)
        .load(c))?;
    Ok(i64::try_from(ids.len()).unwrap_or(limit))
}

/// Lets a sender wait, or notes that there is more of one who waits already.
pub fn upsert(tx: &mut Tx, request: Request) -> QueryResult<()> {
    on!(&mut **tx, |c| {
        let more = diesel::insert_into(notification_requests::table)
            .values(request)
            .on_conflict((
                notification_requests::account_id,
                notification_requests::from_account_id,
            ))
            .do_update();
        match request.last_status_id {
            Some(status) => more
                .set((
                    notification_requests::updated_at.eq(request.updated_at),
                    notification_requests::last_status_id.eq(status),
                ))
                .execute(c),
            None => more
                .set(notification_requests::updated_at.eq(request.updated_at))
                .execute(c),
        }
    })
    .map(drop)
}

/// Lets a sender wait no longer.
pub fn delete(tx: &mut Tx, account: AccountId, from: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        notification_requests::table
            .filter(notification_requests::account_id.eq(account))
            .filter(notification_requests::from_account_id.eq(from))
    )
    .execute(c))
    .map(drop)
}
