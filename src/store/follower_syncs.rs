//! What actors elsewhere say of their followers here, and which of an account's followers live on one server.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::{accounts, follower_syncs, follows};
use super::tx::Tx;
use crate::id::AccountId;

/// What an actor elsewhere last said of its followers here.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = follower_syncs, treat_none_as_default_value = false)]
pub struct FollowerSync {
    /// The actor.
    pub account_id: AccountId,
    /// Where its followers here are listed.
    pub url: String,
    /// The digest of that list, as 64 hexadecimal digits.
    pub digest: String,
    /// When it said so, in milliseconds.
    pub seen_at: i64,
    /// When it was last looked into, in milliseconds.
    pub checked_at: i64,
}

/// What this actor last said.
pub fn find(conn: &mut Conn, account: AccountId) -> QueryResult<Option<FollowerSync>> {
    on!(conn, |c| follower_syncs::table
        .find(account)
        .select(FollowerSync::as_select())
        .first(c)
        .optional())
}

/// Remembers what an actor says.
pub fn set(tx: &mut Tx, sync: &FollowerSync) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(follower_syncs::table)
        .values(sync)
        .on_conflict(follower_syncs::account_id)
        .do_update()
        .set(sync)
        .execute(c))
    .map(drop)
}

/// The wire ids of local accounts that follow `target`, accepted.
pub fn list_local_uris(conn: &mut Conn, target: AccountId) -> QueryResult<Vec<String>> {
    on!(conn, |c| follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::account_id)))
        .filter(follows::target_id.eq(target))
        .filter(follows::is_accepted.eq(true))
        .filter(accounts::domain.is_null())
        .select(accounts::uri)
        .load(c))
}

/// The wire ids of accounts that follow `target`, accepted, and begin with `prefix`, in their order.
pub fn list_uris_below(
    conn: &mut Conn,
    target: AccountId,
    prefix: &str,
) -> QueryResult<Vec<String>> {
    let escaped = prefix
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    let pattern = format!("{escaped}%");
    let mut uris: Vec<String> = on!(conn, |c| follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::account_id)))
        .filter(follows::target_id.eq(target))
        .filter(follows::is_accepted.eq(true))
        .filter(accounts::domain.is_not_null())
        .filter(accounts::suspended_at.is_null())
        .filter(accounts::uri.like(&pattern).escape('\\'))
        .select(accounts::uri)
        .load(c))?;
    uris.retain(|uri| uri.starts_with(prefix));
    uris.sort_unstable();
    Ok(uris)
}

/// How many follow `target`, as counted.
pub fn count_followers(conn: &mut Conn, target: AccountId) -> QueryResult<i64> {
    use super::schema::account_counts;
    let found: Option<i64> = on!(conn, |c| account_counts::table
        .find(target)
        .select(account_counts::followers)
        .first(c)
        .optional())?;
    Ok(found.unwrap_or(0))
}
