//! What goes with an account that is deleted: its follows, and what its owner alone saw.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::follows::Follow;
use super::schema::{
    account_notes, blocks, bookmarks, conversation_mutes, dismissed_suggestions, endorsements,
    featured_tags, follows, home_entries, idempotency_keys, lists, markers, mutes, notifications,
    pins, scheduled_statuses, tag_follows, user_addresses, user_days, user_domain_blocks,
};
use super::schema_attention::{
    conversations, filters, notification_permissions, notification_policies, notification_requests,
    push_subscriptions,
};
use super::tx::Tx;
use crate::id::AccountId;

/// Follows of an account and by it, in no order; at most twice `limit`.
pub fn list_follows(conn: &mut Conn, account: AccountId, limit: i64) -> QueryResult<Vec<Follow>> {
    let mut found: Vec<Follow> = on!(conn, |c| follows::table
        .filter(follows::account_id.eq(account))
        .limit(limit)
        .select(Follow::as_select())
        .load(c))?;
    let further: Vec<Follow> = on!(conn, |c| follows::table
        .filter(follows::target_id.eq(account))
        .limit(limit)
        .select(Follow::as_select())
        .load(c))?;
    found.extend(further);
    Ok(found)
}

macro_rules! forget {
    ($tx:ident, $account:ident: $($table:ident)+) => {
        $(
            on!(&mut **$tx, |c| diesel::delete(
                $table::table.filter($table::account_id.eq($account))
            )
            .execute(c))?;
        )+
    };
}

/// Forgets what the owner of an account noted for themselves, and where they were.
pub fn forget_private(tx: &mut Tx, account: AccountId) -> QueryResult<()> {
    forget!(tx, account: bookmarks blocks mutes home_entries markers idempotency_keys notifications);
    forget!(tx, account: user_addresses user_days push_subscriptions conversations filters);
    forget!(tx, account: notification_permissions notification_policies notification_requests);
    forget!(tx, account: account_notes dismissed_suggestions endorsements featured_tags lists);
    forget!(tx, account: tag_follows user_domain_blocks conversation_mutes pins scheduled_statuses);
    Ok(())
}
