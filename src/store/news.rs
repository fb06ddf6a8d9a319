//! What streams tell, kept for a few minutes in the order of its commits.
//!
//! Ids are sequential and never used again. On PostgreSQL another process may commit a lower id later than a higher
//! one: whoever reads in order has to come back for the ids that were missing.

use diesel::dsl::max;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::columns::{Json, NewsKind};
use super::conn::{Conn, on};
use super::schema::news;
use super::tx::{Event, Tx};
use crate::id::AccountId;

/// One piece of news.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = news)]
pub struct News {
    /// Its place in the order.
    pub id: i64,
    /// What happened.
    pub kind: NewsKind,
    /// To which status, or by which notification.
    pub subject_id: i64,
    /// The status's author, or who is notified.
    pub account_id: AccountId,
    /// What is left to know of a status that is gone.
    pub remains: Option<Json<Remains>>,
    /// When, in milliseconds.
    pub created_at: i64,
}

/// A piece of news to be told.
#[derive(Clone, Debug, PartialEq, Eq, Insertable)]
#[diesel(table_name = news, treat_none_as_default_value = false)]
pub struct NewNews {
    /// What happened.
    pub kind: NewsKind,
    /// To which status, or by which notification.
    pub subject_id: i64,
    /// The status's author, or who is notified.
    pub account_id: AccountId,
    /// What is left to know of a status that is gone.
    pub remains: Option<Json<Remains>>,
    /// When, in milliseconds.
    pub created_at: i64,
}

/// Who may hear that a status is gone: its rows no longer tell.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about the status"
)]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remains {
    /// Whom it addressed.
    pub addressed: Vec<i64>,
    /// Whether its author's followers had it.
    pub for_followers: bool,
    /// Whether public timelines held it.
    pub is_listed: bool,
    /// Whether it was made here.
    pub is_local: bool,
    /// Whether it had files.
    pub has_media: bool,
    /// The tags of a public one.
    pub tags: Vec<String>,
    /// The emoji of a reaction, which has no row of its own when it was taken back.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reaction: String,
}

/// Adds a piece of news, and wakes those who tell it.
pub fn insert(tx: &mut Tx, new: &NewNews) -> QueryResult<()> {
    tx.tell(Event::News);
    on!(&mut **tx, |c| diesel::insert_into(news::table)
        .values(new)
        .execute(c))
    .map(drop)
}

/// The news behind `after` and up to `until`, in order, and what has come late of the ids in `missing`.
pub fn list(
    conn: &mut Conn,
    after: i64,
    until: i64,
    missing: &[i64],
    limit: i64,
) -> QueryResult<Vec<News>> {
    let mut found: Vec<News> = if missing.is_empty() {
        Vec::new()
    } else {
        on!(conn, |c| news::table
            .filter(news::id.eq_any(missing))
            .order(news::id.asc())
            .select(News::as_select())
            .load(c))?
    };
    let fresh: Vec<News> = on!(conn, |c| news::table
        .filter(news::id.gt(after))
        .filter(news::id.le(until))
        .order(news::id.asc())
        .limit(limit)
        .select(News::as_select())
        .load(c))?;
    found.extend(fresh);
    Ok(found)
}

/// The ids of the news behind `after`, in order.
pub fn list_ids(conn: &mut Conn, after: i64) -> QueryResult<Vec<i64>> {
    on!(conn, |c| news::table
        .filter(news::id.gt(after))
        .order(news::id.asc())
        .select(news::id)
        .load(c))
}

/// The id of the newest piece of news, and 0 when there is none.
pub fn newest(conn: &mut Conn) -> QueryResult<i64> {
    let newest: Option<i64> = on!(conn, |c| news::table.select(max(news::id)).first(c))?;
    Ok(newest.unwrap_or(0))
}

/// The id of the oldest piece of news that is kept, if there is any.
pub fn oldest(conn: &mut Conn) -> QueryResult<Option<i64>> {
    on!(conn, |c| news::table
        .order(news::id.asc())
        .select(news::id)
        .first(c)
        .optional())
}

/// Forgets what was told before `before` (milliseconds), at most `limit` at a time but for the newest of all, so
/// that a reader can tell that nothing was missed. Gives the number of those forgotten.
pub fn prune(tx: &mut Tx, before: i64, limit: i64) -> QueryResult<usize> {
    let newest = newest(tx)?;
    let oldest: Vec<(i64, i64)> = on!(&mut **tx, |c| news::table
        .order(news::id.asc())
        .limit(limit)
        .select((news::id, news::created_at))
        .load(c))?;
    let last = oldest
        .into_iter()
        .take_while(|(id, created_at)| *created_at < before && *id < newest)
        .last();
    let Some((last, _)) = last else { return Ok(0) };
    on!(&mut **tx, |c| diesel::delete(
        news::table.filter(news::id.le(last))
    )
    .execute(c))
}
