//! What people note about others, for themselves.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::account_notes;
use super::tx::Tx;
use crate::id::AccountId;

/// What an account noted about any of `targets`: (whom, what).
pub fn list_by(
    conn: &mut Conn,
    account: AccountId,
    targets: &[AccountId],
) -> QueryResult<Vec<(AccountId, String)>> {
    on!(conn, |c| account_notes::table
        .filter(account_notes::account_id.eq(account))
        .filter(account_notes::target_id.eq_any(targets))
        .select((account_notes::target_id, account_notes::text))
        .load(c))
}

/// Writes a note, or replaces the one that is there.
pub fn upsert(tx: &mut Tx, account: AccountId, target: AccountId, text: &str) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(account_notes::table)
        .values((
            account_notes::account_id.eq(account),
            account_notes::target_id.eq(target),
            account_notes::text.eq(text),
        ))
        .on_conflict((account_notes::account_id, account_notes::target_id))
        .do_update()
        .set(account_notes::text.eq(text))
        .execute(c))
    .map(drop)
}

/// Removes a note if there is one.
pub fn delete(tx: &mut Tx, account: AccountId, target: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        account_notes::table
            .filter(account_notes::account_id.eq(account))
            .filter(account_notes::target_id.eq(target))
    )
    .execute(c))
    .map(drop)
}
