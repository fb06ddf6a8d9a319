//! What the staff thinks of hashtags, and of statuses that trend.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::{status_reviews, tag_reviews, tags};
use super::tx::Tx;
use crate::id::{StatusId, TagId};

/// What the staff thinks of a hashtag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tag_reviews, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct TagReview {
    /// Which hashtag.
    pub tag_id: TagId,
    /// Whether it may trend; none while nobody has said.
    pub is_trendable: Option<bool>,
    /// Whether posts made here may carry it.
    pub is_usable: bool,
    /// Whether searches find it.
    pub is_listable: bool,
    /// When somebody looked, in milliseconds.
    pub reviewed_at: Option<i64>,
}

impl TagReview {
    /// What holds while nobody has looked.
    #[must_use]
    pub fn none(tag_id: TagId) -> Self {
        Self {
            tag_id,
            is_trendable: None,
            is_usable: true,
            is_listable: true,
            reviewed_at: None,
        }
    }
}

/// What the staff thinks of these hashtags; those that nobody looked at are missing.
pub fn list_of_tags(conn: &mut Conn, ids: &[TagId]) -> QueryResult<Vec<TagReview>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| tag_reviews::table
        .filter(tag_reviews::tag_id.eq_any(ids))
        .select(TagReview::as_select())
        .load(c))
}

/// Those of these names that posts made here may not carry.
pub fn list_unusable(conn: &mut Conn, names: &[String]) -> QueryResult<Vec<String>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| tags::table
        .inner_join(tag_reviews::table.on(tag_reviews::tag_id.eq(tags::id)))
        .filter(tags::name.eq_any(names))
        .filter(tag_reviews::is_usable.eq(false))
        .select(tags::name)
        .load(c))
}

/// A page of all hashtags, the newest first.
pub fn page_tags(conn: &mut Conn, page: &Page) -> QueryResult<Vec<(TagId, String)>> {
    on!(conn, |c| {
        let query = tags::table.select((tags::id, tags::name)).into_boxed();
        cut!(c, query, tags::id, page, (TagId, String))
    })
}

/// Writes what the staff thinks of a hashtag.
pub fn put_tag(tx: &mut Tx, review: &TagReview) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(tag_reviews::table)
        .values(review)
        .on_conflict(tag_reviews::tag_id)
        .do_update()
        .set(review)
        .execute(c))
    .map(drop)
}

/// Which of these statuses may trend, as the staff said; those that nobody looked at are missing.
pub fn list_of_statuses(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<Vec<(StatusId, bool)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| status_reviews::table
        .filter(status_reviews::status_id.eq_any(ids))
        .select((status_reviews::status_id, status_reviews::is_trendable))
        .load(c))
}

/// Writes whether a status may trend.
pub fn put_status(tx: &mut Tx, id: StatusId, is_trendable: bool) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::insert_into(status_reviews::table)
        .values((
            status_reviews::status_id.eq(id),
            status_reviews::is_trendable.eq(is_trendable),
            status_reviews::reviewed_at.eq(now),
        ))
        .on_conflict(status_reviews::status_id)
        .do_update()
        .set((
            status_reviews::is_trendable.eq(is_trendable),
            status_reviews::reviewed_at.eq(now),
        ))
        .execute(c))
    .map(drop)
}
