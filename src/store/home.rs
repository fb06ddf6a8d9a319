//! Home timelines: one entry for each status in each local follower's timeline, written when it appears.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::{follows, home_entries, status_tags, tag_follows};
use super::tx::Tx;
use crate::id::{AccountId, StatusId, TagId};

/// One place in one home timeline.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = home_entries, treat_none_as_default_value = false)]
pub struct Entry {
    /// Whose timeline.
    pub account_id: AccountId,
    /// Which status or boost.
    pub status_id: StatusId,
    /// Who posted or boosted it.
    pub author_id: AccountId,
}

/// A page of a home timeline, as ids.
pub fn page(conn: &mut Conn, account: AccountId, page: &Page) -> QueryResult<Vec<StatusId>> {
    on!(conn, |c| {
        let query = home_entries::table
            .filter(home_entries::account_id.eq(account))
            .select(home_entries::status_id)
            .into_boxed();
        cut!(c, query, home_entries::status_id, page, StatusId)
    })
}

/// In whose timelines these statuses are: (status, reader).
pub fn list_readers(
    conn: &mut Conn,
    statuses: &[StatusId],
) -> QueryResult<Vec<(StatusId, AccountId)>> {
    if statuses.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| home_entries::table
        .filter(home_entries::status_id.eq_any(statuses))
        .select((home_entries::status_id, home_entries::account_id))
        .load(c))
}

/// Adds entries that are not there yet.
pub fn insert(tx: &mut Tx, entries: &[Entry]) -> QueryResult<()> {
    // SQLite binds at most 32,766 values in a statement.
    for part in entries.chunks(5_000) {
        on!(&mut **tx, |c| diesel::insert_into(home_entries::table)
            .values(part)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Takes out of the timeline of `account` what only a tag brought there that it follows no longer: what carries it, is
/// by nobody whom the account follows, and carries no other tag that it follows.
pub fn remove_tagged(tx: &mut Tx, account: AccountId, tag: TagId) -> QueryResult<()> {
    on!(&mut **tx, |c| {
        let tagged = status_tags::table
            .filter(status_tags::tag_id.eq(tag))
            .filter(status_tags::status_id.eq(home_entries::status_id));
        let followed = follows::table
            .filter(follows::account_id.eq(account))
            .filter(follows::target_id.eq(home_entries::author_id));
        let still = status_tags::table
            .inner_join(tag_follows::table.on(tag_follows::tag_id.eq(status_tags::tag_id)))
            .filter(status_tags::status_id.eq(home_entries::status_id))
            .filter(tag_follows::account_id.eq(account));
        diesel::delete(
            home_entries::table
                .filter(home_entries::account_id.eq(account))
                .filter(home_entries::author_id.ne(account))
                .filter(exists(tagged))
                .filter(not(exists(followed)))
                .filter(not(exists(still))),
        )
        .execute(c)
    })
    .map(drop)
}

/// Takes everything by `author` out of the timeline of `account`.
pub fn remove_author(tx: &mut Tx, account: AccountId, author: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        home_entries::table
            .filter(home_entries::account_id.eq(account))
            .filter(home_entries::author_id.eq(author))
    )
    .execute(c))
    .map(drop)
}

/// Takes everything by these authors out of the timeline of `account`.
pub fn remove_authors(tx: &mut Tx, account: AccountId, authors: &[AccountId]) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        home_entries::table
            .filter(home_entries::account_id.eq(account))
            .filter(home_entries::author_id.eq_any(authors))
    )
    .execute(c))
    .map(drop)
}
