//! Who mutes whom, and until when.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::mutes;
use super::tx::Tx;
use crate::id::AccountId;

/// One mute.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = mutes, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Mute {
    /// Lists are paged by it.
    pub id: i64,
    /// Who mutes.
    pub account_id: AccountId,
    /// Whom.
    pub target_id: AccountId,
    /// Whether notifications are hidden too.
    pub hides_notifications: bool,
    /// Until when, in milliseconds; for ever if none.
    pub expires_at: Option<i64>,
    /// Since when, in milliseconds.
    pub created_at: i64,
}

impl Mute {
    /// Whether it still holds at the instant `now`.
    #[must_use]
    pub fn holds(&self, now: i64) -> bool {
        self.expires_at.is_none_or(|end| end > now)
    }
}

/// Mutes by `account` of any of `targets`, ended ones included.
pub fn list_by(
    conn: &mut Conn,
    account: AccountId,
    targets: &[AccountId],
) -> QueryResult<Vec<Mute>> {
    on!(conn, |c| mutes::table
        .filter(mutes::account_id.eq(account))
        .filter(mutes::target_id.eq_any(targets))
        .select(Mute::as_select())
        .load(c))
}

/// Mutes of `target` by any of `accounts`, ended ones included.
pub fn list_of(
    conn: &mut Conn,
    target: AccountId,
    accounts: &[AccountId],
) -> QueryResult<Vec<Mute>> {
    on!(conn, |c| mutes::table
        .filter(mutes::target_id.eq(target))
        .filter(mutes::account_id.eq_any(accounts))
        .select(Mute::as_select())
        .load(c))
}

/// Every mute of any of these targets, ended ones included.
pub fn list_all_of(conn: &mut Conn, targets: &[AccountId]) -> QueryResult<Vec<Mute>> {
    on!(conn, |c| mutes::table
        .filter(mutes::target_id.eq_any(targets))
        .select(Mute::as_select())
        .load(c))
}

/// A page of an account's mutes that hold at `now`.
pub fn page(conn: &mut Conn, account: AccountId, now: i64, page: &Page) -> QueryResult<Vec<Mute>> {
    on!(conn, |c| {
        let query = mutes::table
            .filter(mutes::account_id.eq(account))
            .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt(now)))
            .select(Mute::as_select())
            .into_boxed();
        cut!(c, query, mutes::id, page, Mute)
    })
}

/// Adds a mute, or changes the one that is there.
pub fn upsert(tx: &mut Tx, mute: &Mute) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(mutes::table)
        .values(mute)
        .on_conflict((mutes::account_id, mutes::target_id))
        .do_update()
        .set((
            mutes::hides_notifications.eq(mute.hides_notifications),
            mutes::expires_at.eq(mute.expires_at)
        ))
        .execute(c))
    .map(drop)
}

/// Removes a mute; tells whether it was there.
pub fn delete(tx: &mut Tx, account: AccountId, target: AccountId) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::delete(
        mutes::table
            .filter(mutes::account_id.eq(account))
            .filter(mutes::target_id.eq(target))
    )
    .execute(c))
    .map(|removed| removed > 0)
}
