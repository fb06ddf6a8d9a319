//! Collections: lists of accounts that people show to others.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::{collection_items, collections};
use super::tx::Tx;
use crate::id::{AccountId, CollectionId, CollectionItemId};

/// One collection.
#[derive(
    Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Identifiable, AsChangeset,
)]
#[diesel(table_name = collections, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Collection {
    /// Its id.
    pub id: CollectionId,
    /// Whose.
    pub account_id: AccountId,
    /// Plain text.
    pub name: String,
    /// Plain text.
    pub description: String,
    /// An ISO 639 code.
    pub language: Option<String>,
    /// Whether it is covered at first.
    pub sensitive: bool,
    /// Whether profiles and searches show it.
    pub discoverable: bool,
    /// A hashtag that describes it, normalised.
    pub tag: Option<String>,
    /// When it was made, in milliseconds.
    pub created_at: i64,
    /// When it last changed, in milliseconds.
    pub updated_at: i64,
}

/// One account in a collection.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = collection_items, treat_none_as_default_value = false)]
pub struct CollectionItem {
    /// Its id.
    pub id: CollectionItemId,
    /// In which collection.
    pub collection_id: CollectionId,
    /// Which account.
    pub account_id: AccountId,
    /// Since when, in milliseconds.
    pub created_at: i64,
    /// When the account took itself out, in milliseconds.
    pub revoked_at: Option<i64>,
}

/// The one with this id.
pub fn find(conn: &mut Conn, id: CollectionId) -> QueryResult<Option<Collection>> {
    on!(conn, |c| collections::table
        .find(id)
        .select(Collection::as_select())
        .first(c)
        .optional())
}

/// Those with these ids, the newest first.
pub fn list(conn: &mut Conn, ids: &[CollectionId]) -> QueryResult<Vec<Collection>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| collections::table
        .filter(collections::id.eq_any(ids))
        .order(collections::id.desc())
        .select(Collection::as_select())
        .load(c))
}

/// Those of an account, the newest first; only discoverable ones unless `with_hidden`.
pub fn list_of(
    conn: &mut Conn,
    account: AccountId,
    with_hidden: bool,
    limit: i64,
    offset: i64,
) -> QueryResult<Vec<Collection>> {
    on!(conn, |c| {
        let mut query = collections::table
            .filter(collections::account_id.eq(account))
            .order(collections::id.desc())
            .limit(limit)
            .offset(offset)
            .select(Collection::as_select())
            .into_boxed();
        if !with_hidden {
            query = query.filter(collections::discoverable.eq(true));
        }
        query.load(c)
    })
}

/// Those that an account is in, the newest first; only discoverable ones unless `with_hidden`.
pub fn list_with(
    conn: &mut Conn,
    account: AccountId,
    with_hidden: bool,
    limit: i64,
    offset: i64,
) -> QueryResult<Vec<Collection>> {
    on!(conn, |c| {
        let mut query = collections::table
            .inner_join(
                collection_items::table.on(collection_items::collection_id.eq(collections::id)),
            )
            .filter(collection_items::account_id.eq(account))
            .filter(collection_items::revoked_at.is_null())
            .order(collections::id.desc())
            .limit(limit)
            .offset(offset)
            .select(Collection::as_select())
            .into_boxed();
        if !with_hidden {
            query = query.filter(collections::discoverable.eq(true));
        }
        query.load(c)
    })
}

/// How many an account has.
pub fn count_of(conn: &mut Conn, account: AccountId) -> QueryResult<i64> {
    on!(conn, |c| collections::table
        .filter(collections::account_id.eq(account))
        .count()
        .get_result(c))
}

/// Adds one.
pub fn insert(tx: &mut Tx, collection: &Collection) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(collections::table)
        .values(collection)
        .execute(c))
    .map(drop)
}

/// Writes one as it is now.
pub fn update(tx: &mut Tx, collection: &Collection) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        collections::table.find(collection.id)
    )
    .set(collection)
    .execute(c))
    .map(drop)
}

/// Removes one with its items.
pub fn delete(tx: &mut Tx, id: CollectionId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(collections::table.find(id))
        .execute(c))
    .map(drop)
}

/// The items of these, in the order in which they were added, revoked ones too.
pub fn list_items(conn: &mut Conn, ids: &[CollectionId]) -> QueryResult<Vec<CollectionItem>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| collection_items::table
        .filter(collection_items::collection_id.eq_any(ids))
        .order(collection_items::id.asc())
        .select(CollectionItem::as_select())
        .load(c))
}

/// Adds an item.
pub fn insert_item(tx: &mut Tx, item: &CollectionItem) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(collection_items::table)
        .values(item)
        .execute(c))
    .map(drop)
}

/// Removes an item.
pub fn delete_item(tx: &mut Tx, id: CollectionItemId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        collection_items::table.find(id)
    )
    .execute(c))
    .map(drop)
}

/// Notes that the account took itself out.
pub fn revoke_item(tx: &mut Tx, id: CollectionItemId) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(
        collection_items::table.find(id)
    )
    .set(collection_items::revoked_at.eq(now))
    .execute(c))
    .map(drop)
}

/// Takes an account out of every collection of another.
pub fn part(tx: &mut Tx, curator: AccountId, account: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        collection_items::table
            .filter(collection_items::account_id.eq(account))
            .filter(
                collection_items::collection_id.eq_any(
                    collections::table
                        .filter(collections::account_id.eq(curator))
                        .select(collections::id)
                )
            )
    )
    .execute(c))
    .map(drop)
}

/// Removes all collections of an account, and takes it out of those of others.
pub fn forget_account(tx: &mut Tx, account: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        collections::table.filter(collections::account_id.eq(account))
    )
    .execute(c))?;
    on!(&mut **tx, |c| diesel::delete(
        collection_items::table.filter(collection_items::account_id.eq(account))
    )
    .execute(c))
    .map(drop)
}
