//! Domains of which somebody wants to see nothing. Not to be confused with what the node itself blocks.

use diesel::dsl::{count_star, exists, select};
use diesel::prelude::*;

use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::{accounts, follows, home_entries, notifications, user_domain_blocks};
use super::tx::Tx;
use crate::id::AccountId;

/// One domain of one person.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = user_domain_blocks)]
pub struct UserDomainBlock {
    /// Pages are cut by it.
    pub id: i64,
    /// Who blocks.
    pub account_id: AccountId,
    /// Which domain, normalised.
    pub domain: String,
}

/// Whether an account blocks a domain.
pub fn holds(conn: &mut Conn, account: AccountId, domain: &str) -> QueryResult<bool> {
    on!(conn, |c| select(exists(
        user_domain_blocks::table
            .filter(user_domain_blocks::account_id.eq(account))
            .filter(user_domain_blocks::domain.eq(domain))
    ))
    .get_result(c))
}

/// Who of `others` lives on a domain that this account blocks.
pub fn list_by(
    conn: &mut Conn,
    account: AccountId,
    others: &[AccountId],
) -> QueryResult<Vec<AccountId>> {
    if others.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| accounts::table
        .inner_join(
            user_domain_blocks::table
                .on(user_domain_blocks::domain.nullable().eq(accounts::domain))
        )
        .filter(accounts::id.eq_any(others))
        .filter(user_domain_blocks::account_id.eq(account))
        .select(accounts::id)
        .load(c))
}

/// Everybody who blocks the domain of any of these accounts: (who blocks, whom that concerns).
pub fn list_all_of(
    conn: &mut Conn,
    others: &[AccountId],
) -> QueryResult<Vec<(AccountId, AccountId)>> {
    if others.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| accounts::table
        .inner_join(
            user_domain_blocks::table
                .on(user_domain_blocks::domain.nullable().eq(accounts::domain))
        )
        .filter(accounts::id.eq_any(others))
        .select((user_domain_blocks::account_id, accounts::id))
        .load(c))
}

/// A page of the domains that an account blocks, the last one first.
pub fn page(conn: &mut Conn, account: AccountId, page: &Page) -> QueryResult<Vec<UserDomainBlock>> {
    on!(conn, |c| {
        let query = user_domain_blocks::table
            .filter(user_domain_blocks::account_id.eq(account))
            .select(UserDomainBlock::as_select())
            .into_boxed();
        cut!(c, query, user_domain_blocks::id, page, UserDomainBlock)
    })
}

/// Adds one unless it is there; tells whether it was added.
pub fn insert(tx: &mut Tx, block: &UserDomainBlock) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::insert_into(
        user_domain_blocks::table
    )
    .values(block)
    .on_conflict_do_nothing()
    .execute(c))
    .map(|added| added > 0)
}

/// Removes one if it is there.
pub fn delete(tx: &mut Tx, account: AccountId, domain: &str) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        user_domain_blocks::table
            .filter(user_domain_blocks::account_id.eq(account))
            .filter(user_domain_blocks::domain.eq(domain))
    )
    .execute(c))
    .map(drop)
}

/// How many of a domain an account follows.
pub fn count_following(conn: &mut Conn, account: AccountId, domain: &str) -> QueryResult<i64> {
    on!(conn, |c| follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::target_id)))
        .filter(follows::account_id.eq(account))
        .filter(accounts::domain.eq(domain))
        .select(count_star())
        .first(c))
}

/// How many of a domain follow an account.
pub fn count_followers(conn: &mut Conn, account: AccountId, domain: &str) -> QueryResult<i64> {
    on!(conn, |c| follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::account_id)))
        .filter(follows::target_id.eq(account))
        .filter(accounts::domain.eq(domain))
        .select(count_star())
        .first(c))
}

/// Some of those of a domain whom an account follows or asked to follow.
pub fn list_followed(
    conn: &mut Conn,
    account: AccountId,
    domain: &str,
    limit: i64,
) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::target_id)))
        .filter(follows::account_id.eq(account))
        .filter(accounts::domain.eq(domain))
        .limit(limit)
        .select(follows::target_id)
        .load(c))
}

/// Some of those of a domain who follow an account or asked to.
pub fn list_followers(
    conn: &mut Conn,
    account: AccountId,
    domain: &str,
    limit: i64,
) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::account_id)))
        .filter(follows::target_id.eq(account))
        .filter(accounts::domain.eq(domain))
        .limit(limit)
        .select(follows::account_id)
        .load(c))
}

/// Takes everything by a domain's accounts out of the home timeline of an account, and out of its notifications.
pub fn clear(tx: &mut Tx, account: AccountId, domain: &str) -> QueryResult<()> {
    on!(&mut **tx, |c| {
        let theirs = || {
            accounts::table
                .filter(accounts::domain.eq(domain))
                .select(accounts::id)
        };
        diesel::delete(
            home_entries::table
                .filter(home_entries::account_id.eq(account))
                .filter(home_entries::author_id.eq_any(theirs())),
        )
        .execute(c)?;
        diesel::delete(
            notifications::table
                .filter(notifications::account_id.eq(account))
                .filter(notifications::from_account_id.eq_any(theirs())),
        )
        .execute(c)
    })
    .map(drop)
}
