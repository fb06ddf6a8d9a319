//! What a local account keeps for later; nobody else learns of it.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::bookmarks;
use super::tx::Tx;
use crate::id::{AccountId, StatusId};

/// One bookmark.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = bookmarks)]
pub struct Bookmark {
    /// Lists are paged by it.
    pub id: i64,
    /// Whose.
    pub account_id: AccountId,
    /// Of what.
    pub status_id: StatusId,
    /// When, in milliseconds.
    pub created_at: i64,
}

/// Which of these statuses this account has bookmarked.
pub fn list_by(
    conn: &mut Conn,
    account: AccountId,
    statuses: &[StatusId],
) -> QueryResult<Vec<StatusId>> {
    on!(conn, |c| bookmarks::table
        .filter(bookmarks::account_id.eq(account))
        .filter(bookmarks::status_id.eq_any(statuses))
        .select(bookmarks::status_id)
        .load(c))
}

/// Who has bookmarked which of these statuses: (status, account).
pub fn list_all(conn: &mut Conn, statuses: &[StatusId]) -> QueryResult<Vec<(StatusId, AccountId)>> {
    on!(conn, |c| bookmarks::table
        .filter(bookmarks::status_id.eq_any(statuses))
        .select((bookmarks::status_id, bookmarks::account_id))
        .load(c))
}

/// A page of an account's bookmarks.
pub fn page_by(conn: &mut Conn, account: AccountId, page: &Page) -> QueryResult<Vec<Bookmark>> {
    on!(conn, |c| {
        let query = bookmarks::table
            .filter(bookmarks::account_id.eq(account))
            .select(Bookmark::as_select())
            .into_boxed();
        cut!(c, query, bookmarks::id, page, Bookmark)
    })
}

/// Adds a bookmark unless there is one.
pub fn insert(tx: &mut Tx, bookmark: &Bookmark) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(bookmarks::table)
        .values(bookmark)
        .on_conflict_do_nothing()
        .execute(c))
    .map(drop)
}

/// Removes a bookmark if it is there.
pub fn delete(tx: &mut Tx, account: AccountId, status: StatusId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        bookmarks::table
            .filter(bookmarks::account_id.eq(account))
            .filter(bookmarks::status_id.eq(status))
    )
    .execute(c))
    .map(drop)
}
