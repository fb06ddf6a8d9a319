//! What people pinned to their profiles.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::pins;
use super::tx::Tx;
use crate::id::{AccountId, StatusId};

/// One pin.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = pins)]
pub struct Pin {
    /// Lists are paged by it: the newest pin is the highest.
    pub id: i64,
    /// Whose: the author of the status.
    pub account_id: AccountId,
    /// Of what.
    pub status_id: StatusId,
    /// When, in milliseconds.
    pub created_at: i64,
}

/// Which of these statuses their authors have pinned.
pub fn list_pinned(conn: &mut Conn, statuses: &[StatusId]) -> QueryResult<Vec<StatusId>> {
    if statuses.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| pins::table
        .filter(pins::status_id.eq_any(statuses))
        .select(pins::status_id)
        .load(c))
}

/// A page of an account's pins.
pub fn page_by(conn: &mut Conn, account: AccountId, page: &Page) -> QueryResult<Vec<Pin>> {
    on!(conn, |c| {
        let query = pins::table
            .filter(pins::account_id.eq(account))
            .select(Pin::as_select())
            .into_boxed();
        cut!(c, query, pins::id, page, Pin)
    })
}

/// How many statuses an account has pinned.
pub fn count_by(conn: &mut Conn, account: AccountId) -> QueryResult<i64> {
    on!(conn, |c| pins::table
        .filter(pins::account_id.eq(account))
        .count()
        .get_result(c))
}

/// Adds a pin unless there is one; tells whether it is new.
pub fn insert(tx: &mut Tx, pin: &Pin) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::insert_into(pins::table)
        .values(pin)
        .on_conflict_do_nothing()
        .execute(c))
    .map(|added| added > 0)
}

/// Removes the pin of a status; tells whether it was there.
pub fn delete(tx: &mut Tx, status: StatusId) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::delete(
        pins::table.filter(pins::status_id.eq(status))
    )
    .execute(c))
    .map(|removed| removed > 0)
}

/// Removes all pins of an account.
pub fn clear(tx: &mut Tx, account: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        pins::table.filter(pins::account_id.eq(account))
    )
    .execute(c))
    .map(drop)
}
