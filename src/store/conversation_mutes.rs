//! Threads whose mentions somebody wants to hear no more of.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::conversation_mutes;
use super::tx::Tx;
use crate::id::AccountId;

/// Who mutes which of these conversations: (conversation, account).
pub fn list_of(conn: &mut Conn, conversations: &[i64]) -> QueryResult<Vec<(i64, AccountId)>> {
    if conversations.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| conversation_mutes::table
        .filter(conversation_mutes::conversation_id.eq_any(conversations))
        .select((
            conversation_mutes::conversation_id,
            conversation_mutes::account_id
        ))
        .load(c))
}

/// Which of these conversations this account mutes.
pub fn list_by(
    conn: &mut Conn,
    account: AccountId,
    conversations: &[i64],
) -> QueryResult<Vec<i64>> {
    if conversations.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| conversation_mutes::table
        .filter(conversation_mutes::account_id.eq(account))
        .filter(conversation_mutes::conversation_id.eq_any(conversations))
        .select(conversation_mutes::conversation_id)
        .load(c))
}

/// Mutes a conversation unless it is muted.
pub fn insert(tx: &mut Tx, account: AccountId, conversation: i64) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::insert_into(
        conversation_mutes::table
    )
    .values((
        conversation_mutes::account_id.eq(account),
        conversation_mutes::conversation_id.eq(conversation),
        conversation_mutes::created_at.eq(now),
    ))
    .on_conflict_do_nothing()
    .execute(c))
    .map(drop)
}

/// Mutes a conversation no longer.
pub fn delete(tx: &mut Tx, account: AccountId, conversation: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        conversation_mutes::table.find((account, conversation))
    )
    .execute(c))
    .map(drop)
}

/// Whoever mutes the conversation `from`, which becomes a part of `to`, mutes that from now on.
pub fn follow_move(tx: &mut Tx, from: i64, to: i64) -> QueryResult<()> {
    if from == to {
        return Ok(());
    }
    for (_, account) in list_of(tx, &[from])? {
        insert(tx, account, to)?;
        delete(tx, account, from)?;
    }
    Ok(())
}
