//! Whom people feature on their profiles, and what they note about others.

use super::accounts::{find_shown, list_shown};
use super::follows::{require, require_any};
use super::slices::Slice;
use super::visibility::is_listed;
use super::{Error, Result};
use crate::id::AccountId;
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::endorsements::Endorsement;
use crate::store::{self, Conn, Page, QueryResult};

/// The longest note about somebody, in characters.
const LONGEST_NOTE: usize = 2_000;

/// Features an account on the viewer's profile. Nothing happens if it is there already.
///
/// # Errors
/// [`Error::NotFound`] for an unknown account, [`Error::Invalid`] for one that the viewer does not follow.
pub async fn endorse(node: &Node, viewer: AccountId, target: AccountId) -> Result<()> {
    node.db
        .write(move |tx| {
            let target = require(tx, target)?;
            let follow = store::follows::find(tx, viewer, target.id)?;
            if !follow.is_some_and(|follow| follow.is_accepted) {
                let sentence = "Validation failed: Only accounts that you follow can be featured";
                return Err(Error::invalid(sentence));
            }
            let endorsement = Endorsement {
                id: tx.new_id(),
                account_id: viewer,
                target_id: target.id,
            };
            Ok(store::endorsements::insert(tx, &endorsement)?)
        })
        .await
}

/// Takes an account off the viewer's profile. Nothing happens if it is not there.
///
/// # Errors
/// [`Error::NotFound`] for an unknown account.
pub async fn unendorse(node: &Node, viewer: AccountId, target: AccountId) -> Result<()> {
    node.db
        .write(move |tx| {
            let target = require_any(tx, target)?;
            Ok(store::endorsements::delete(tx, viewer, target.id)?)
        })
        .await
}

/// A page of those whom an account features, the last one first.
///
/// # Errors
/// [`Error::NotFound`] for an unknown account.
pub fn list(conn: &mut Conn, account: AccountId, page: &Page) -> Result<Slice<Account>> {
    let account = find_shown(conn, account)?;
    if !is_listed(&account) {
        return Ok(Slice::empty());
    }
    Ok(load(conn, account.id, page)?)
}

fn load(conn: &mut Conn, account: AccountId, page: &Page) -> QueryResult<Slice<Account>> {
    let rows = store::endorsements::page(conn, account, page)?;
    let ids: Vec<AccountId> = rows.iter().map(|row| row.target_id).collect();
    let mut accounts = list_shown(conn, &ids)?;
    accounts.retain(is_listed);
    Ok(Slice::new(accounts, &rows, |row| row.id))
}

/// Notes something about an account for the viewer alone; an empty text removes the note.
///
/// # Errors
/// [`Error::NotFound`] for an unknown account, [`Error::Invalid`] for a text that is too long.
pub async fn note(node: &Node, viewer: AccountId, target: AccountId, text: String) -> Result<()> {
    if text.chars().count() > LONGEST_NOTE {
        let sentence = format!(
            "Validation failed: Comment is too long (maximum is {LONGEST_NOTE} characters)"
        );
        return Err(Error::Invalid(sentence));
    }
    node.db
        .write(move |tx| {
            let target = find_shown(tx, target)?;
            if text.trim().is_empty() {
                return Ok(store::account_notes::delete(tx, viewer, target.id)?);
            }
            Ok(store::account_notes::upsert(tx, viewer, target.id, &text)?)
        })
        .await
}
