//! Links in the fields of local profiles: when the pages behind them are looked at, and what was found.

use crate::clock::DAY;
use crate::id::AccountId;
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::jobs::Job;
use crate::store::{self, QueryResult, Tx};
use crate::text::profile::find_lone_url;

/// How long a page is believed, in milliseconds.
const BELIEVED: i64 = 7 * DAY;

/// Whether a field of this account can be verified.
fn has_links(account: &Account) -> bool {
    let mut fields = account.fields.0.iter();
    fields.any(|field| find_lone_url(&field.source).is_some())
}

/// Has the pages that an account's fields name looked at, now and then again and again.
pub(super) fn plan(tx: &mut Tx, account: &Account) -> QueryResult<()> {
    if !has_links(account) {
        return store::profiles::set_links_due(tx, account.id, None);
    }
    let next = tx.now() + BELIEVED;
    store::profiles::set_links_due(tx, account.id, Some(next))?;
    let account = account.id;
    tx.queue(&Job::CheckLinks { account })
}

/// Has the pages looked at that are due, of at most `limit` accounts; gives their number.
///
/// # Errors
/// Whatever the database says.
pub fn plan_due_links(tx: &mut Tx, limit: i64) -> QueryResult<usize> {
    let now = tx.now();
    let due = store::profiles::list_links_due(tx, now, limit)?;
    for id in &due {
        match store::accounts::find(tx, *id)? {
            Some(account) if account.suspended_at.is_none() => plan(tx, &account)?,
            _ => store::profiles::set_links_due(tx, *id, None)?,
        }
    }
    Ok(due.len())
}

/// Notes which fields, by their values as typed, link to pages that link back, and which do not. What was found of a
/// value that has changed meanwhile counts for nothing.
///
/// # Errors
/// Only of the database.
pub async fn note_links(node: &Node, id: AccountId, said: Vec<(String, bool)>) -> QueryResult<()> {
    let write = move |tx: &mut Tx| -> QueryResult<()> {
        let Some(mut account) = store::accounts::find(tx, id)? else {
            return Ok(());
        };
        let (now, before) = (tx.now(), account.fields.clone());
        for field in &mut account.fields.0 {
            let found = said.iter().find(|(source, _)| *source == field.source);
            match found {
                Some((_, true)) => field.verified_at = field.verified_at.or(Some(now)),
                Some((_, false)) => field.verified_at = None,
                None => {}
            }
        }
        if account.fields == before {
            return Ok(());
        }
        store::accounts::update(tx, &account)
    };
    node.db.write_later(write).await
}
