//! Who likes which status.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::favourites;
use super::tx::Tx;
use crate::id::{AccountId, StatusId};

/// One favourite.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = favourites)]
pub struct Favourite {
    /// Lists are paged by it.
    pub id: i64,
    /// Who likes.
    pub account_id: AccountId,
    /// What.
    pub status_id: StatusId,
    /// The Like activity's id on the wire.
    pub uri: String,
    /// When, in milliseconds.
    pub created_at: i64,
}

/// The favourite of a status by an account.
pub fn find(
    conn: &mut Conn,
    account: AccountId,
    status: StatusId,
) -> QueryResult<Option<Favourite>> {
    on!(conn, |c| favourites::table
        .filter(favourites::account_id.eq(account))
        .filter(favourites::status_id.eq(status))
        .select(Favourite::as_select())
        .first(c)
        .optional())
}

/// Which of these statuses this account likes.
pub fn list_by(
    conn: &mut Conn,
    account: AccountId,
    statuses: &[StatusId],
) -> QueryResult<Vec<StatusId>> {
    on!(conn, |c| favourites::table
        .filter(favourites::account_id.eq(account))
        .filter(favourites::status_id.eq_any(statuses))
        .select(favourites::status_id)
        .load(c))
}

/// Who of `accounts` likes which of these statuses: (status, account).
pub fn list_among(
    conn: &mut Conn,
    accounts: &[AccountId],
    statuses: &[StatusId],
) -> QueryResult<Vec<(StatusId, AccountId)>> {
    if statuses.is_empty() || accounts.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| favourites::table
        .filter(favourites::status_id.eq_any(statuses))
        .filter(favourites::account_id.eq_any(accounts))
        .select((favourites::status_id, favourites::account_id))
        .load(c))
}

/// A page of what an account likes.
pub fn page_by(conn: &mut Conn, account: AccountId, page: &Page) -> QueryResult<Vec<Favourite>> {
    on!(conn, |c| {
        let query = favourites::table
            .filter(favourites::account_id.eq(account))
            .select(Favourite::as_select())
            .into_boxed();
        cut!(c, query, favourites::id, page, Favourite)
    })
}

/// A page of who likes a status.
pub fn page_of(conn: &mut Conn, status: StatusId, page: &Page) -> QueryResult<Vec<Favourite>> {
    on!(conn, |c| {
        let query = favourites::table
            .filter(favourites::status_id.eq(status))
            .select(Favourite::as_select())
            .into_boxed();
        cut!(c, query, favourites::id, page, Favourite)
    })
}

/// Adds a favourite unless there is one; tells whether it was added.
pub fn insert(tx: &mut Tx, favourite: &Favourite) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::insert_into(favourites::table)
        .values(favourite)
        .on_conflict_do_nothing()
        .execute(c))
    .map(|added| added > 0)
}

/// Removes a favourite; gives it back if it was there.
pub fn delete(tx: &mut Tx, account: AccountId, status: StatusId) -> QueryResult<Option<Favourite>> {
    let found = find(tx, account, status)?;
    if let Some(favourite) = &found {
        on!(&mut **tx, |c| diesel::delete(
            favourites::table.find(favourite.id)
        )
        .execute(c))?;
    }
    Ok(found)
}
