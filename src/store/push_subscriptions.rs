//! Which tokens' holders are told of notifications by Web Push: where, and of what.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::columns::{Json, PushPolicy};
use super::conn::{Conn, on};
use super::schema::tokens;
use super::schema_attention::push_subscriptions;
use super::tx::Tx;
use crate::id::{AccountId, SubscriptionId, TokenId};

/// For each kind of notification by its word: whether it is wanted. What is missing is not.
pub type Alerts = BTreeMap<String, bool>;

/// One subscription. It is not shown: whoever knows its endpoint can send there.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = push_subscriptions)]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// The token that it belongs to; each has one at most.
    pub token_id: TokenId,
    /// Who is told.
    pub account_id: AccountId,
    /// Where messages are posted.
    pub endpoint: String,
    /// The endpoint's host, with its port.
    pub host: String,
    /// The subscriber's key as base64url.
    pub public_key: String,
    /// The subscriber's secret as base64url.
    pub secret: String,
    /// Whether messages are encrypted as the standard says, and not as the draft before it.
    pub is_standard: bool,
    /// By whose deeds they want to be disturbed.
    pub policy: PushPolicy,
    /// Of what.
    pub alerts: Json<Alerts>,
    /// The token itself, sealed.
    pub sealed_token: String,
    /// When it was made or replaced, in milliseconds.
    pub created_at: i64,
}

/// A subscription to be made.
#[derive(Clone, Insertable, AsChangeset)]
#[diesel(table_name = push_subscriptions)]
pub struct NewSubscription {
    /// The token that it belongs to.
    pub token_id: TokenId,
    /// Who is told.
    pub account_id: AccountId,
    /// Where messages are posted.
    pub endpoint: String,
    /// The endpoint's host, with its port.
    pub host: String,
    /// The subscriber's key as base64url.
    pub public_key: String,
    /// The subscriber's secret as base64url.
    pub secret: String,
    /// Whether messages are encrypted as the standard says, and not as the draft before it.
    pub is_standard: bool,
    /// By whose deeds they want to be disturbed.
    pub policy: PushPolicy,
    /// Of what.
    pub alerts: Json<Alerts>,
    /// The token itself, sealed.
    pub sealed_token: String,
    /// When, in milliseconds.
    pub created_at: i64,
}

/// What a subscription asks for.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Wish {
    /// The subscription.
    pub id: SubscriptionId,
    /// Who is told.
    pub account_id: AccountId,
    /// By whose deeds they want to be disturbed.
    pub policy: PushPolicy,
    /// Of what.
    pub alerts: Json<Alerts>,
}

/// The subscription of this token.
pub fn find_of_token(conn: &mut Conn, token: TokenId) -> QueryResult<Option<Subscription>> {
    on!(conn, |c| push_subscriptions::table
        .filter(push_subscriptions::token_id.eq(token))
        .select(Subscription::as_select())
        .first(c)
        .optional())
}

/// The subscription with this id.
pub fn find(conn: &mut Conn, id: SubscriptionId) -> QueryResult<Option<Subscription>> {
    on!(conn, |c| push_subscriptions::table
        .find(id)
        .select(Subscription::as_select())
        .first(c)
        .optional())
}

/// What the subscriptions of these accounts ask for, in no order.
pub fn list_wishes(conn: &mut Conn, accounts: &[AccountId]) -> QueryResult<Vec<Wish>> {
    let mut found = Vec::new();
    // SQLite binds at most 32,766 values in a statement.
    for part in accounts.chunks(10_000) {
        let some: Vec<Wish> = on!(conn, |c| push_subscriptions::table
            .filter(push_subscriptions::account_id.eq_any(part))
            .select((
                push_subscriptions::id,
                push_subscriptions::account_id,
                push_subscriptions::policy,
                push_subscriptions::alerts,
            ))
            .load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// Makes a token's subscription, or replaces it: what is still to be sent then goes to the new endpoint.
pub fn put(tx: &mut Tx, new: &NewSubscription) -> QueryResult<Subscription> {
    on!(&mut **tx, |c| diesel::insert_into(
        push_subscriptions::table
    )
    .values(new)
    .on_conflict(push_subscriptions::token_id)
    .do_update()
    .set(new)
    .returning(Subscription::as_returning())
    .get_result(c))
}

/// Changes what a token's subscription asks for; gives it back if there is one.
pub fn change(
    tx: &mut Tx,
    token: TokenId,
    policy: PushPolicy,
    alerts: &Json<Alerts>,
) -> QueryResult<Option<Subscription>> {
    on!(&mut **tx, |c| diesel::update(
        push_subscriptions::table.filter(push_subscriptions::token_id.eq(token))
    )
    .set((
        push_subscriptions::policy.eq(policy),
        push_subscriptions::alerts.eq(alerts),
    ))
    .returning(Subscription::as_returning())
    .get_result(c)
    .optional())
}

/// Ends a token's subscription.
pub fn delete(tx: &mut Tx, token: TokenId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        push_subscriptions::table.filter(push_subscriptions::token_id.eq(token))
    )
    .execute(c))
    .map(drop)
}

/// Ends a subscription that its push service no longer knows, unless another endpoint has taken its place meanwhile.
pub fn delete_gone(tx: &mut Tx, id: SubscriptionId, endpoint: &str) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        push_subscriptions::table
            .filter(push_subscriptions::id.eq(id))
            .filter(push_subscriptions::endpoint.eq(endpoint))
    )
    .execute(c))
    .map(drop)
}

/// Ends the subscriptions of those tokens of an account that are void.
pub(super) fn delete_void(tx: &mut Tx, account: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| {
        let void = tokens::table
            .filter(tokens::account_id.eq(account))
            .filter(tokens::revoked_at.is_not_null())
            .select(tokens::id);
        diesel::delete(
            push_subscriptions::table
                .filter(push_subscriptions::account_id.eq(account))
                .filter(push_subscriptions::token_id.eq_any(void)),
        )
        .execute(c)
    })
    .map(drop)
}
