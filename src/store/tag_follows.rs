//! Who follows which hashtag.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::{tag_follows, tags};
use super::tx::Tx;
use crate::id::{AccountId, TagId};

/// One follow of a hashtag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tag_follows)]
pub struct TagFollow {
    /// Pages are cut by it.
    pub id: i64,
    /// Who follows.
    pub account_id: AccountId,
    /// Which hashtag.
    pub tag_id: TagId,
}

/// Which of these tags an account follows.
pub fn list_among(conn: &mut Conn, account: AccountId, tags: &[TagId]) -> QueryResult<Vec<TagId>> {
    on!(conn, |c| tag_follows::table
        .filter(tag_follows::account_id.eq(account))
        .filter(tag_follows::tag_id.eq_any(tags))
        .select(tag_follows::tag_id)
        .load(c))
}

/// A page of the tags that an account follows, the last one followed first.
pub fn page(conn: &mut Conn, account: AccountId, page: &Page) -> QueryResult<Vec<TagFollow>> {
    on!(conn, |c| {
        let query = tag_follows::table
            .filter(tag_follows::account_id.eq(account))
            .select(TagFollow::as_select())
            .into_boxed();
        cut!(c, query, tag_follows::id, page, TagFollow)
    })
}

/// Everybody who follows any of these tags, each once.
pub fn list_followers(conn: &mut Conn, tags: &[TagId]) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| tag_follows::table
        .filter(tag_follows::tag_id.eq_any(tags))
        .select(tag_follows::account_id)
        .distinct()
        .load(c))
}

/// Who follows the tags of these names: (name, follower).
pub fn list_followers_by_name(
    conn: &mut Conn,
    names: &[String],
) -> QueryResult<Vec<(String, AccountId)>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| tag_follows::table
        .inner_join(tags::table.on(tags::id.eq(tag_follows::tag_id)))
        .filter(tags::name.eq_any(names))
        .select((tags::name, tag_follows::account_id))
        .load(c))
}

/// Adds a follow unless there is one.
pub fn insert(tx: &mut Tx, follow: &TagFollow) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(tag_follows::table)
        .values(follow)
        .on_conflict_do_nothing()
        .execute(c))
    .map(drop)
}

/// Removes a follow; tells whether it was there.
pub fn delete(tx: &mut Tx, account: AccountId, tag: TagId) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::delete(
        tag_follows::table
            .filter(tag_follows::account_id.eq(account))
            .filter(tag_follows::tag_id.eq(tag))
    )
    .execute(c))
    .map(|removed| removed > 0)
}
