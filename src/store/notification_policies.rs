//! From whom people want to be notified: one row for each who ever said so, and whom they accepted for good.

use diesel::prelude::*;

use super::columns::Treatment;
use super::conn::{Conn, on};
use super::schema_attention::{notification_permissions, notification_policies};
use super::tx::Tx;
use crate::id::AccountId;

/// What becomes of notifications that others cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = notification_policies)]
pub struct Policy {
    /// Whose policy it is.
    pub account_id: AccountId,
    /// Of those whom they do not follow.
    pub not_following: Treatment,
    /// Of those who do not follow them, or only since a few days.
    pub not_followers: Treatment,
    /// Of accounts that are new.
    pub new_accounts: Treatment,
    /// Of direct statuses that answer nothing of theirs.
    pub private_mentions: Treatment,
    /// Of those whom the staff has limited.
    pub limited_accounts: Treatment,
}

/// The policy of an account, if it ever said one.
pub fn find(conn: &mut Conn, account: AccountId) -> QueryResult<Option<Policy>> {
    on!(conn, |c| notification_policies::table
        .find(account)
        .select(Policy::as_select())
        .first(c)
        .optional())
}

/// Sets the policy of an account.
pub fn upsert(tx: &mut Tx, policy: Policy) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(
        notification_policies::table
    )
    .values(policy)
    .on_conflict(notification_policies::account_id)
    .do_update()
    .set(policy)
    .execute(c))
    .map(drop)
}

/// Whether an account accepted a sender for good.
pub fn is_permitted(conn: &mut Conn, account: AccountId, from: AccountId) -> QueryResult<bool> {
    let found: Option<AccountId> = on!(conn, |c| notification_permissions::table
        .find((account, from))
        .select(notification_permissions::account_id)
        .first(c)
        .optional())?;
    Ok(found.is_some())
}

/// Accepts a sender for good.
pub fn permit(tx: &mut Tx, account: AccountId, from: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(
        notification_permissions::table
    )
    .values((
        notification_permissions::account_id.eq(account),
        notification_permissions::from_account_id.eq(from)
    ))
    .on_conflict_do_nothing()
    .execute(c))
    .map(drop)
}

/// Accepts a sender no longer.
pub fn forbid(tx: &mut Tx, account: AccountId, from: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        notification_permissions::table.find((account, from))
    )
    .execute(c))
    .map(drop)
}
