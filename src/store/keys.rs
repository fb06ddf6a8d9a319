//! Keys of actors: public ones of everybody, private ones of local accounts.

use diesel::prelude::*;

use super::columns::KeyAlgorithm;
use super::conn::{Conn, on};
use super::schema::{account_keys, accounts};
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
    /// PEM, of whichever sort.
    pub public_pem: String,
    /// PEM; local accounts only.
    pub private_pem: Option<String>,
    /// Since when it is known, in milliseconds.
    pub created_at: i64,
    /// How it signs.
    pub algorithm: KeyAlgorithm,
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

/// The keys that an id on the wire may mean: the one with this id; or, as some servers name the owner instead of the
/// key, all of the actor with this id, oldest first.
pub fn list_named(conn: &mut Conn, id: &str) -> QueryResult<Vec<Key>> {
    if let Some(key) = find(conn, id)? {
        return Ok(vec![key]);
    }
    on!(conn, |c| account_keys::table
        .inner_join(accounts::table.on(accounts::id.eq(account_keys::account_id)))
        .filter(accounts::uri.eq(id))
        .order((account_keys::created_at.asc(), account_keys::key_id.asc()))
        .select(Key::as_select())
        .load(c))
}

/// The keys of an account, oldest first.
pub fn list(conn: &mut Conn, account: AccountId) -> QueryResult<Vec<Key>> {
    on!(conn, |c| account_keys::table
        .filter(account_keys::account_id.eq(account))
        .order((account_keys::created_at.asc(), account_keys::key_id.asc()))
        .select(Key::as_select())
        .load(c))
}

/// The newest key of an account that signs in this way, if there is one.
pub fn find_newest(
    conn: &mut Conn,
    account: AccountId,
    algorithm: KeyAlgorithm,
) -> QueryResult<Option<Key>> {
    on!(conn, |c| account_keys::table
        .filter(account_keys::account_id.eq(account))
        .filter(account_keys::algorithm.eq(algorithm))
        .order(account_keys::created_at.desc())
        .select(Key::as_select())
        .first(c)
        .optional())
}

/// Those of these accounts that have a key that signs in this way, each once.
pub fn list_owners(
    conn: &mut Conn,
    accounts: &[AccountId],
    algorithm: KeyAlgorithm,
) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| account_keys::table
        .filter(account_keys::account_id.eq_any(accounts))
        .filter(account_keys::algorithm.eq(algorithm))
        .select(account_keys::account_id)
        .distinct()
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
