//! Keys that clients send so that a repeated request posts once.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::idempotency_keys;
use super::tx::Tx;
use crate::id::{AccountId, StatusId};

/// The status that a request with this key made after `since` (milliseconds).
pub fn find(
    conn: &mut Conn,
    account: AccountId,
    value: &str,
    since: i64,
) -> QueryResult<Option<StatusId>> {
    on!(conn, |c| idempotency_keys::table
        .filter(idempotency_keys::account_id.eq(account))
        .filter(idempotency_keys::value.eq(value))
        .filter(idempotency_keys::created_at.gt(since))
        .select(idempotency_keys::status_id)
        .first(c)
        .optional())
}

/// Remembers what a request with this key made.
pub fn insert(tx: &mut Tx, account: AccountId, value: &str, status: StatusId) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::account_id.eq(account),
            idempotency_keys::value.eq(value),
            idempotency_keys::status_id.eq(status),
            idempotency_keys::created_at.eq(now),
        ))
        .on_conflict((idempotency_keys::account_id, idempotency_keys::value))
        .do_update()
        .set((
            idempotency_keys::status_id.eq(status),
            idempotency_keys::created_at.eq(now)
        ))
        .execute(c))
    .map(drop)
}

/// Forgets keys older than `before` (milliseconds).
pub fn prune(tx: &mut Tx, before: i64) -> QueryResult<usize> {
    on!(&mut **tx, |c| diesel::delete(
        idempotency_keys::table.filter(idempotency_keys::created_at.lt(before))
    )
    .execute(c))
}
