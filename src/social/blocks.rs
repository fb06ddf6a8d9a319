//! Blocking: no contact in either direction.

use super::follows::{end_own, end_theirs, require, require_any};
use super::{Error, Result, notifications};
use crate::id::AccountId;
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::blocks::Block;
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::{self, QueryResult, Tx};

/// Blocks an account: follows end both ways, and what it caused here disappears from sight.
///
/// # Errors
/// [`Error::NotFound`] for an unknown target, [`Error::Forbidden`] for oneself.
pub async fn block(node: &Node, viewer: AccountId, target: AccountId) -> Result<()> {
    let urls = node.urls.clone();
    node.db
        .write(move |tx| {
            let (account, target) = (require(tx, viewer)?, require(tx, target)?);
            if account.id == target.id {
                return Err(Error::forbidden("This action is not allowed"));
            }
            let id = tx.new_id();
            let uri = format!("{}/blocks/{id}", urls.actor(&account.username));
            end_own(tx, account.id, &target)?;
            end_theirs(tx, account.id, &target)?;
            if !record(tx, id, &account, &target, &uri)? || target.is_local() {
                return Ok(());
            }
            let fact = Fact::Blocked {
                account: account.id,
                target: target.id,
                uri,
            };
            Ok(tx.queue(&Job::Distribute(fact))?)
        })
        .await
}

fn record(
    tx: &mut Tx,
    id: i64,
    account: &Account,
    target: &Account,
    uri: &str,
) -> QueryResult<bool> {
    let block = Block {
        id,
        account_id: account.id,
        target_id: target.id,
        uri: uri.to_owned(),
        created_at: tx.now(),
    };
    store::home::remove_author(tx, account.id, target.id)?;
    store::collections::part(tx, account.id, target.id)?;
    store::collections::part(tx, target.id, account.id)?;
    notifications::forget_sender(tx, account.id, target.id)?;
    store::blocks::insert(tx, &block)
}

/// Blocks an account no longer. Nothing happens if it is not blocked.
///
/// # Errors
/// [`Error::NotFound`] for an unknown target.
pub async fn unblock(node: &Node, viewer: AccountId, target: AccountId) -> Result<()> {
    node.db
        .write(move |tx| {
            let target = require_any(tx, target)?;
            let Some(block) = store::blocks::delete(tx, viewer, target.id)? else {
                return Ok(());
            };
            if target.is_local() {
                return Ok(());
            }
            let fact = Fact::Unblocked {
                account: viewer,
                target: target.id,
                uri: block.uri,
            };
            Ok(tx.queue(&Job::Distribute(fact))?)
        })
        .await
}

/// A peer's account blocks a local one: follows end both ways.
///
/// # Errors
/// Whatever the database says.
pub fn receive(tx: &mut Tx, account: &Account, target: &Account, uri: &str) -> QueryResult<()> {
    if store::tombstones::find(tx, uri)?.is_some_and(|by| by == account.uri) {
        return Ok(());
    }
    // No Undo and no Reject is sent: their server has ended these follows already.
    super::follows::receive_end(tx, account, target, None)?;
    super::follows::receive_answer(tx, account, target, false)?;
    let id = tx.new_id();
    record(tx, id, account, target, uri).map(drop)
}

/// A peer's account blocks a local one no longer.
///
/// # Errors
/// Whatever the database says.
pub fn receive_end(
    tx: &mut Tx,
    account: &Account,
    target: &Account,
    uri: Option<&str>,
) -> QueryResult<()> {
    if let Some(uri) = uri {
        store::tombstones::insert(tx, uri, &account.uri)?;
    }
    store::blocks::delete(tx, account.id, target.id).map(drop)
}
