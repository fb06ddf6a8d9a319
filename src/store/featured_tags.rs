//! The hashtags that profiles show, and how their owners use them.

use diesel::dsl::{count_star, max};
use diesel::prelude::*;

use super::columns::Visibility;
use super::conn::{Conn, on};
use super::schema::{featured_tags, status_tags, statuses};
use super::tx::Tx;
use crate::id::{AccountId, TagId};

/// One hashtag on a profile.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = featured_tags)]
pub struct FeaturedTag {
    /// Its id.
    pub id: i64,
    /// Whose profile.
    pub account_id: AccountId,
    /// Which hashtag.
    pub tag_id: TagId,
    /// As its owner writes it, without `#`.
    pub name: String,
}

/// The hashtags on a profile, the first one featured first.
pub fn list(conn: &mut Conn, account: AccountId) -> QueryResult<Vec<FeaturedTag>> {
    on!(conn, |c| featured_tags::table
        .filter(featured_tags::account_id.eq(account))
        .order(featured_tags::id.asc())
        .select(FeaturedTag::as_select())
        .load(c))
}

/// What an account posted for everybody under these tags: (tag, how many, the id of the newest).
pub fn list_uses(
    conn: &mut Conn,
    account: AccountId,
    tags: &[TagId],
) -> QueryResult<Vec<(TagId, i64, Option<i64>)>> {
    if tags.is_empty() {
        return Ok(Vec::new());
    }
    let shown = [Visibility::Public, Visibility::Unlisted];
    on!(conn, |c| statuses::table
        .inner_join(status_tags::table.on(status_tags::status_id.eq(statuses::id)))
        .filter(statuses::account_id.eq(account))
        .filter(statuses::visibility.eq_any(shown))
        .filter(statuses::boost_of_id.is_null())
        .filter(status_tags::tag_id.eq_any(tags))
        .group_by(status_tags::tag_id)
        .select((status_tags::tag_id, count_star(), max(statuses::id)))
        .load(c))
}

/// Adds a hashtag to a profile unless it is there.
pub fn insert(tx: &mut Tx, featured: &FeaturedTag) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(featured_tags::table)
        .values(featured)
        .on_conflict_do_nothing()
        .execute(c))
    .map(drop)
}

/// Takes a hashtag off a profile.
pub fn delete(tx: &mut Tx, id: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(featured_tags::table.find(id))
        .execute(c))
    .map(drop)
}
