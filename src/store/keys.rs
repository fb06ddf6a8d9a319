//! Keys of actors: public ones of everybody, private ones of local accounts.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::account_keys;
use super::tx::Tx;
use crate::id::AccountId;

/// One key of one actor.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = account_keys, treat_none_as_default_value = false)]
pub struct Key {
    /// Its id on the wire.
    pub key_id: String,
    /// Whose.
    pub account_id: AccountId,
    /// PEM.
    pub public_pem: String,
    /// PEM; local accounts only.
    pub private_pem: Option<String>,
    /// Since when it is known, in milliseconds.
    pub created_at: i64,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// The key with this id on the wire.
pub fn find(conn: &mut Conn, key_id: &str) -> QueryResult<Option<Key>> {
    on!(conn, |c| account_keys::table
        .find(key_id)
        .select(Key::as_select())
        .first(c)
        .optional())
}

/// The keys of an account, oldest first.
pub fn list(conn: &mut Conn, account: AccountId) -> QueryResult<Vec<Key>> {
    on!(conn, |c| account_keys::table
        .filter(account_keys::account_id.eq(account))
        .order(account_keys::created_at.asc())
        .select(Key::as_select())
        .load(c))
}

/// Adds a key.
pub fn insert(tx: &mut Tx, key: &Key) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(account_keys::table)
        .values(key)
        .execute(c))
    .map(drop)
}

/// Replaces the public keys of a remote account.
pub fn replace(tx: &mut Tx, account: AccountId, keys: &[Key]) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        account_keys::table.filter(account_keys::account_id.eq(account))
    )
    .execute(c))?;
    on!(&mut **tx, |c| diesel::insert_into(account_keys::table)
        .values(keys)
        .on_conflict_do_nothing()
        .execute(c))
    .map(drop)
}
