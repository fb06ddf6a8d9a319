//! When the replies to statuses of other servers were asked for.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::thread_refreshes;
use super::tx::Tx;
use crate::id::{RefreshId, StatusId};

/// The last time that the replies to a status were asked for.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = thread_refreshes, treat_none_as_default_value = false)]
pub struct ThreadRefresh {
    /// Its id; each time has a new one.
    pub id: RefreshId,
    /// The status.
    pub status_id: StatusId,
    /// When it began, in milliseconds.
    pub begun_at: i64,
    /// When it ended, in milliseconds.
    pub ended_at: Option<i64>,
    /// Replies that were not known before.
    pub found: i64,
}

/// A refresh by its id.
pub fn find(conn: &mut Conn, id: RefreshId) -> QueryResult<Option<ThreadRefresh>> {
    on!(conn, |c| thread_refreshes::table
        .find(id)
        .select(ThreadRefresh::as_select())
        .first(c)
        .optional())
}

/// The last refresh of what replies to a status.
pub fn find_of(conn: &mut Conn, status: StatusId) -> QueryResult<Option<ThreadRefresh>> {
    on!(conn, |c| thread_refreshes::table
        .filter(thread_refreshes::status_id.eq(status))
        .select(ThreadRefresh::as_select())
        .first(c)
        .optional())
}

/// Puts a refresh in the place of the last one of its status.
pub fn replace(tx: &mut Tx, refresh: &ThreadRefresh) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        thread_refreshes::table.filter(thread_refreshes::status_id.eq(refresh.status_id))
    )
    .execute(c))?;
    on!(&mut **tx, |c| diesel::insert_into(thread_refreshes::table)
        .values(refresh)
        .execute(c))
    .map(drop)
}

/// Counts replies that were found.
pub fn add(tx: &mut Tx, id: RefreshId, found: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        thread_refreshes::table.find(id)
    )
    .set(thread_refreshes::found.eq(thread_refreshes::found + found))
    .execute(c))
    .map(drop)
}

/// Notes that a refresh has ended.
pub fn end(tx: &mut Tx, id: RefreshId) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(
        thread_refreshes::table.find(id)
    )
    .set(thread_refreshes::ended_at.eq(now))
    .execute(c))
    .map(drop)
}
