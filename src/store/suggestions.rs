//! Accounts that somebody may want to follow, and those of them that they do not want to see again.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::{account_counts, accounts, dismissed_suggestions, follows};
use super::tx::Tx;
use crate::id::AccountId;

/// Whom the last `friends` that an account followed follow themselves, one row for each pair, at most `limit`. Friends
/// who hide whom they follow are left out.
pub fn list_followed_by_friends(
    conn: &mut Conn,
    account: AccountId,
    friends: i64,
    limit: i64,
) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| {
        let near: Vec<AccountId> = follows::table
            .inner_join(accounts::table.on(accounts::id.eq(follows::target_id)))
            .filter(follows::account_id.eq(account))
            .filter(follows::is_accepted.eq(true))
            .filter(accounts::hides_collections.eq(false))
            .order(follows::id.desc())
            .limit(friends)
            .select(follows::target_id)
            .load(c)?;
        follows::table
            .filter(follows::account_id.eq_any(near))
            .filter(follows::is_accepted.eq(true))
            .limit(limit)
            .select(follows::target_id)
            .load(c)
    })
}

/// The local accounts that want to be found and have the most followers.
pub fn list_most_followed(conn: &mut Conn, limit: i64) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| accounts::table
        .inner_join(account_counts::table.on(account_counts::account_id.eq(accounts::id)))
        .filter(accounts::domain.is_null())
        .filter(accounts::discoverable.eq(true))
        .filter(accounts::suspended_at.is_null())
        .order((account_counts::followers.desc(), accounts::id.desc()))
        .limit(limit)
        .select(accounts::id)
        .load(c))
}

/// Which of these an account does not want to see again.
pub fn list_dismissed(
    conn: &mut Conn,
    account: AccountId,
    targets: &[AccountId],
) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| dismissed_suggestions::table
        .filter(dismissed_suggestions::account_id.eq(account))
        .filter(dismissed_suggestions::target_id.eq_any(targets))
        .select(dismissed_suggestions::target_id)
        .load(c))
}

/// Remembers that an account does not want to see another one again.
pub fn dismiss(tx: &mut Tx, account: AccountId, target: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(
        dismissed_suggestions::table
    )
    .values((
        dismissed_suggestions::account_id.eq(account),
        dismissed_suggestions::target_id.eq(target),
    ))
    .on_conflict_do_nothing()
    .execute(c))
    .map(drop)
}
