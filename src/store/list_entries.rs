//! The timelines of lists: one entry for each status on each list, written when it appears.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::list_entries;
use super::tx::Tx;
use crate::id::{AccountId, ListId, StatusId};

/// One place on one list.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = list_entries, treat_none_as_default_value = false)]
pub struct Entry {
    /// Which list.
    pub list_id: ListId,
    /// Which status or boost.
    pub status_id: StatusId,
    /// Who posted or boosted it.
    pub author_id: AccountId,
}

/// A page of a list's timeline, as ids.
pub fn page(conn: &mut Conn, list: ListId, page: &Page) -> QueryResult<Vec<StatusId>> {
    on!(conn, |c| {
        let query = list_entries::table
            .filter(list_entries::list_id.eq(list))
            .select(list_entries::status_id)
            .into_boxed();
        cut!(c, query, list_entries::status_id, page, StatusId)
    })
}

/// On which lists these statuses are: (status, list).
pub fn list_places(conn: &mut Conn, statuses: &[StatusId]) -> QueryResult<Vec<(StatusId, ListId)>> {
    if statuses.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| list_entries::table
        .filter(list_entries::status_id.eq_any(statuses))
        .select((list_entries::status_id, list_entries::list_id))
        .load(c))
}

/// Adds entries that are not there yet.
pub fn insert(tx: &mut Tx, entries: &[Entry]) -> QueryResult<()> {
    // SQLite binds at most 32,766 values in a statement.
    for part in entries.chunks(5_000) {
        on!(&mut **tx, |c| diesel::insert_into(list_entries::table)
            .values(part)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Takes everything by these authors off these lists.
pub fn remove_authors(tx: &mut Tx, lists: &[ListId], authors: &[AccountId]) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        list_entries::table
            .filter(list_entries::list_id.eq_any(lists))
            .filter(list_entries::author_id.eq_any(authors))
    )
    .execute(c))
    .map(drop)
}
