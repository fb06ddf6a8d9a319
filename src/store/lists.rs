//! Lists of accounts, and who is on them. What they hold is in `list_entries`.

use diesel::prelude::*;

use super::columns::ListReplies;
use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::{list_members, lists};
use super::tx::Tx;
use crate::id::{AccountId, ListId};

/// One list.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = lists)]
pub struct List {
    /// Its id.
    pub id: ListId,
    /// Whose list it is.
    pub account_id: AccountId,
    /// What its owner calls it; plain text.
    pub title: String,
    /// Which answers it shows.
    pub replies: ListReplies,
    /// Whether its owner's home timeline does without its members.
    pub is_exclusive: bool,
    /// When it was made, in milliseconds.
    pub created_at: i64,
}

/// Somebody on a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = list_members, treat_none_as_default_value = false)]
pub struct Member {
    /// Pages of members are cut by it.
    pub id: i64,
    /// Which list.
    pub list_id: ListId,
    /// Who.
    pub target_id: AccountId,
}

/// The list with this id, if it is this account's.
pub fn find_own(conn: &mut Conn, account: AccountId, id: ListId) -> QueryResult<Option<List>> {
    on!(conn, |c| lists::table
        .filter(lists::id.eq(id))
        .filter(lists::account_id.eq(account))
        .select(List::as_select())
        .first(c)
        .optional())
}

/// Every list of an account, the oldest first.
pub fn list_by(conn: &mut Conn, account: AccountId) -> QueryResult<Vec<List>> {
    on!(conn, |c| lists::table
        .filter(lists::account_id.eq(account))
        .order(lists::id.asc())
        .select(List::as_select())
        .load(c))
}

/// Every list, whoever owns it, that any of these accounts is on, with who of them.
pub fn list_holding(conn: &mut Conn, targets: &[AccountId]) -> QueryResult<Vec<(List, AccountId)>> {
    on!(conn, |c| list_members::table
        .inner_join(lists::table.on(lists::id.eq(list_members::list_id)))
        .filter(list_members::target_id.eq_any(targets))
        .select((List::as_select(), list_members::target_id))
        .load(c))
}

/// The lists of an account that another one is on, the oldest first.
pub fn list_by_holding(
    conn: &mut Conn,
    account: AccountId,
    target: AccountId,
) -> QueryResult<Vec<List>> {
    on!(conn, |c| list_members::table
        .inner_join(lists::table.on(lists::id.eq(list_members::list_id)))
        .filter(list_members::target_id.eq(target))
        .filter(lists::account_id.eq(account))
        .order(lists::id.asc())
        .select(List::as_select())
        .load(c))
}

/// Who of `targets` is on which of these lists.
pub fn list_members_among(
    conn: &mut Conn,
    ids: &[ListId],
    targets: &[AccountId],
) -> QueryResult<Vec<(ListId, AccountId)>> {
    if ids.is_empty() || targets.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| list_members::table
        .filter(list_members::list_id.eq_any(ids))
        .filter(list_members::target_id.eq_any(targets))
        .select((list_members::list_id, list_members::target_id))
        .load(c))
}

/// Everybody on a list.
pub fn list_members(conn: &mut Conn, id: ListId) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| list_members::table
        .filter(list_members::list_id.eq(id))
        .select(list_members::target_id)
        .load(c))
}

/// A page of those on a list, the last one added first.
pub fn page_members(conn: &mut Conn, id: ListId, page: &Page) -> QueryResult<Vec<Member>> {
    on!(conn, |c| {
        let query = list_members::table
            .filter(list_members::list_id.eq(id))
            .select(Member::as_select())
            .into_boxed();
        cut!(c, query, list_members::id, page, Member)
    })
}

/// Adds a list.
pub fn insert(tx: &mut Tx, list: &List) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(lists::table)
        .values(list)
        .execute(c))
    .map(drop)
}

/// Writes the whole row of a known list.
pub fn update(tx: &mut Tx, list: &List) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        lists::table.filter(lists::id.eq(list.id))
    )
    .set(list)
    .execute(c))
    .map(drop)
}

/// Removes a list with its members and entries.
pub fn delete(tx: &mut Tx, id: ListId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(lists::table.find(id))
        .execute(c))
    .map(drop)
}

/// Adds members that are not on the list yet.
pub fn insert_members(tx: &mut Tx, members: &[Member]) -> QueryResult<()> {
    // SQLite binds at most 32,766 values in a statement.
    for part in members.chunks(5_000) {
        on!(&mut **tx, |c| diesel::insert_into(list_members::table)
            .values(part)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Takes accounts off lists.
pub fn delete_members(tx: &mut Tx, ids: &[ListId], targets: &[AccountId]) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        list_members::table
            .filter(list_members::list_id.eq_any(ids))
            .filter(list_members::target_id.eq_any(targets))
    )
    .execute(c))
    .map(drop)
}
