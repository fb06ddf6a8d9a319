//! What people are told about. Ids are small and sequential.

use diesel::prelude::*;

use super::columns::NotificationKind;
use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::{notification_subjects, notifications};
use super::tx::Tx;
use crate::id::{AccountId, NotificationId, StatusId};

/// One notification.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = notifications)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// Who is told.
    pub account_id: AccountId,
    /// What about.
    pub kind: NotificationKind,
    /// Who caused it.
    pub from_account_id: AccountId,
    /// Which status it is about.
    pub status_id: Option<StatusId>,
    /// When, in milliseconds.
    pub created_at: i64,
}

/// A notification to be made.
#[derive(Clone, Debug, PartialEq, Eq, Insertable)]
#[diesel(table_name = notifications, treat_none_as_default_value = false)]
pub struct NewNotification {
    /// Who is told.
    pub account_id: AccountId,
    /// What about.
    pub kind: NotificationKind,
    /// Who caused it.
    pub from_account_id: AccountId,
    /// Which status it is about.
    pub status_id: Option<StatusId>,
    /// When, in milliseconds.
    pub created_at: i64,
}

/// Which notifications are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only these kinds; all if none are named.
    pub kinds: Vec<NotificationKind>,
    /// Not these kinds.
    pub excluded: Vec<NotificationKind>,
    /// Only those that this account caused.
    pub from: Option<AccountId>,
}

/// A page of an account's notifications.
pub fn page(
    conn: &mut Conn,
    account: AccountId,
    filter: &Filter,
    page: &Page,
) -> QueryResult<Vec<Notification>> {
    on!(conn, |c| {
        let mut query = notifications::table
            .filter(notifications::account_id.eq(account))
            .select(Notification::as_select())
            .into_boxed();
        if !filter.kinds.is_empty() {
            query = query.filter(notifications::kind.eq_any(&filter.kinds));
        }
        if !filter.excluded.is_empty() {
            query = query.filter(notifications::kind.ne_all(&filter.excluded));
        }
        if let Some(from) = filter.from {
            query = query.filter(notifications::from_account_id.eq(from));
        }
        cut!(c, query, notifications::id, page, Notification)
    })
}

/// One notification, if it is for this account.
pub fn find_own(
    conn: &mut Conn,
    account: AccountId,
    id: NotificationId,
) -> QueryResult<Option<Notification>> {
    on!(conn, |c| notifications::table
        .find(id)
        .filter(notifications::account_id.eq(account))
        .select(Notification::as_select())
        .first(c)
        .optional())
}

/// How many notifications are newer than `after`, counted up to `limit`.
pub fn count_after(
    conn: &mut Conn,
    account: AccountId,
    after: i64,
    limit: i64,
) -> QueryResult<i64> {
    let ids: Vec<NotificationId> = on!(conn, |c| notifications::table
        .filter(notifications::account_id.eq(account))
        .filter(notifications::id.gt(NotificationId(after)))
        .select(notifications::id)
        .limit(limit)
        .load(c))?;
    Ok(i64::try_from(ids.len()).unwrap_or(limit))
}

/// The notifications with these ids, in no order.
pub fn list(conn: &mut Conn, ids: &[NotificationId]) -> QueryResult<Vec<Notification>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| notifications::table
        .filter(notifications::id.eq_any(ids))
        .select(Notification::as_select())
        .load(c))
}

/// Makes a notification unless the same was made before; gives its id if it is new.
pub fn insert(tx: &mut Tx, new: &NewNotification) -> QueryResult<Option<NotificationId>> {
    on!(&mut **tx, |c| diesel::insert_into(notifications::table)
        .values(new)
        .on_conflict_do_nothing()
        .returning(notifications::id)
        .get_result(c)
        .optional())
}

/// Notes what a notification is about that is about no status.
pub fn set_subject(tx: &mut Tx, id: NotificationId, subject: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(
        notification_subjects::table
    )
    .values((
        notification_subjects::notification_id.eq(id),
        notification_subjects::subject_id.eq(subject)
    ))
    .on_conflict_do_nothing()
    .execute(c))
    .map(drop)
}

/// What these notifications are about that are about no status.
pub fn list_subjects(
    conn: &mut Conn,
    ids: &[NotificationId],
) -> QueryResult<Vec<(NotificationId, i64)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| notification_subjects::table
        .filter(notification_subjects::notification_id.eq_any(ids))
        .select((
            notification_subjects::notification_id,
            notification_subjects::subject_id
        ))
        .load(c))
}

/// Takes back what a withdrawn action caused.
pub fn withdraw(
    tx: &mut Tx,
    account: AccountId,
    kind: NotificationKind,
    from: AccountId,
    status: Option<StatusId>,
) -> QueryResult<()> {
    on!(&mut **tx, |c| {
        let base = diesel::delete(notifications::table)
            .filter(notifications::account_id.eq(account))
            .filter(notifications::kind.eq(kind))
            .filter(notifications::from_account_id.eq(from))
            .into_boxed();
        match status {
            Some(id) => base.filter(notifications::status_id.eq(id)).execute(c),
            None => base.filter(notifications::status_id.is_null()).execute(c),
        }
    })
    .map(drop)
}

/// Removes what `from` caused for `account`, as a block does.
pub fn remove_sender(tx: &mut Tx, account: AccountId, from: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        notifications::table
            .filter(notifications::account_id.eq(account))
            .filter(notifications::from_account_id.eq(from))
    )
    .execute(c))
    .map(drop)
}

/// Removes one notification of this account; tells whether it was there.
pub fn dismiss(tx: &mut Tx, account: AccountId, id: NotificationId) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::delete(
        notifications::table
            .filter(notifications::id.eq(id))
            .filter(notifications::account_id.eq(account))
    )
    .execute(c))
    .map(|removed| removed > 0)
}

/// Removes all notifications of this account.
pub fn clear(tx: &mut Tx, account: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        notifications::table.filter(notifications::account_id.eq(account))
    )
    .execute(c))
    .map(drop)
}
