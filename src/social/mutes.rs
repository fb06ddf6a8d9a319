//! Muting: somebody disappears from sight and does not learn of it.

use super::follows::{require, require_any};
use super::{Error, Result, notifications};
use crate::id::AccountId;
use crate::node::Node;
use crate::store;
use crate::store::mutes::Mute;

/// Mutes an account for `duration` milliseconds, or for ever, or changes the mute that is there.
///
/// # Errors
/// [`Error::NotFound`] for an unknown target, [`Error::Forbidden`] for oneself.
pub async fn mute(
    node: &Node,
    viewer: AccountId,
    target: AccountId,
    hides_notifications: bool,
    duration: Option<i64>,
) -> Result<()> {
    node.db
        .write(move |tx| {
            let target = require(tx, target)?;
            if target.id == viewer {
                return Err(Error::forbidden("This action is not allowed"));
            }
            let now = tx.now();
            let mute = Mute {
                id: tx.new_id(),
                account_id: viewer,
                target_id: target.id,
                hides_notifications,
                expires_at: duration.map(|duration| now.saturating_add(duration)),
                created_at: now,
            };
            store::mutes::upsert(tx, &mute)?;
            if hides_notifications {
                notifications::forget_sender(tx, viewer, target.id)?;
            }
            Ok(store::home::remove_author(tx, viewer, target.id)?)
        })
        .await
}

/// Mutes an account no longer. Nothing happens if it is not muted.
///
/// # Errors
/// [`Error::NotFound`] for an unknown target.
pub async fn unmute(node: &Node, viewer: AccountId, target: AccountId) -> Result<()> {
    node.db
        .write(move |tx| {
            let target = require_any(tx, target)?;
            store::mutes::delete(tx, viewer, target.id)?;
            Ok(())
        })
        .await
}
