//! Who blocks whom.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::blocks;
use super::tx::Tx;
use crate::id::AccountId;

/// One block.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = blocks)]
pub struct Block {
    /// Lists are paged by it.
    pub id: i64,
    /// Who blocks.
    pub account_id: AccountId,
    /// Whom.
    pub target_id: AccountId,
    /// The Block activity's id on the wire.
    pub uri: String,
    /// When, in milliseconds.
    pub created_at: i64,
}

/// The block of `target` by `account`.
pub fn find(conn: &mut Conn, account: AccountId, target: AccountId) -> QueryResult<Option<Block>> {
    on!(conn, |c| blocks::table
        .filter(blocks::account_id.eq(account))
        .filter(blocks::target_id.eq(target))
        .select(Block::as_select())
        .first(c)
        .optional())
}

/// Whom of `targets` this account blocks.
pub fn list_by(
    conn: &mut Conn,
    account: AccountId,
    targets: &[AccountId],
) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| blocks::table
        .filter(blocks::account_id.eq(account))
        .filter(blocks::target_id.eq_any(targets))
        .select(blocks::target_id)
        .load(c))
}

/// Who of `accounts` blocks this target.
pub fn list_of(
    conn: &mut Conn,
    target: AccountId,
    accounts: &[AccountId],
) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| blocks::table
        .filter(blocks::target_id.eq(target))
        .filter(blocks::account_id.eq_any(accounts))
        .select(blocks::account_id)
        .load(c))
}

/// Every block by any of these accounts: (who blocks, whom).
pub fn list_all_by(
    conn: &mut Conn,
    accounts: &[AccountId],
) -> QueryResult<Vec<(AccountId, AccountId)>> {
    on!(conn, |c| blocks::table
        .filter(blocks::account_id.eq_any(accounts))
        .select((blocks::account_id, blocks::target_id))
        .load(c))
}

/// Every block of any of these targets: (who blocks, whom).
pub fn list_all_of(
    conn: &mut Conn,
    targets: &[AccountId],
) -> QueryResult<Vec<(AccountId, AccountId)>> {
    on!(conn, |c| blocks::table
        .filter(blocks::target_id.eq_any(targets))
        .select((blocks::account_id, blocks::target_id))
        .load(c))
}

/// A page of an account's blocks.
pub fn page(conn: &mut Conn, account: AccountId, page: &Page) -> QueryResult<Vec<Block>> {
    on!(conn, |c| {
        let query = blocks::table
            .filter(blocks::account_id.eq(account))
            .select(Block::as_select())
            .into_boxed();
        cut!(c, query, blocks::id, page, Block)
    })
}

/// Adds a block unless there is one; tells whether it was added.
pub fn insert(tx: &mut Tx, block: &Block) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::insert_into(blocks::table)
        .values(block)
        .on_conflict_do_nothing()
        .execute(c))
    .map(|added| added > 0)
}

/// Removes a block; gives it back if it was there.
pub fn delete(tx: &mut Tx, account: AccountId, target: AccountId) -> QueryResult<Option<Block>> {
    let found = find(tx, account, target)?;
    if let Some(block) = &found {
        on!(&mut **tx, |c| diesel::delete(blocks::table.find(block.id))
            .execute(c))?;
    }
    Ok(found)
}
