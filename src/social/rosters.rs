//! Lists of accounts that belong to an account: followers, follows, requests, blocks, mutes.
//!
//! Such lists are paged by the ids of the rows behind them, which clients learn from the `Link` header alone.

use std::collections::HashMap;

use super::Result;
use super::accounts::{find_shown, keep_shown};
use super::visibility::is_listed;
use crate::id::AccountId;
use crate::store::accounts::Account;
use crate::store::follows::Follow;
use crate::store::mutes::Mute;
use crate::store::{self, Conn, Page, QueryResult};

/// How many accounts are shown that somebody is followed by.
const MOST_FAMILIAR: i64 = 80;

/// One page of a list of accounts.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// The ids of the rows on this page, newest first; also of those whose account is not shown.
    pub cursors: Vec<i64>,
    /// The accounts, in the order of their rows.
    pub accounts: Vec<Account>,
}

/// Who follows an account. Nobody is shown to others by an account that hides its lists, nor to whom it blocks.
///
/// # Errors
/// [`super::Error::NotFound`] for an unknown account.
pub fn followers(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    id: AccountId,
    page: &Page,
) -> Result<Roster> {
    let account = find_shown(conn, id)?;
    if hides_lists(conn, viewer, &account)? {
        return Ok(Roster::default());
    }
    let rows = store::follows::page_of(conn, id, true, page)?;
    Ok(of_follows(conn, &rows, |follow| follow.account_id)?)
}

/// Whom an account follows, as far as it shows that.
///
/// # Errors
/// [`super::Error::NotFound`] for an unknown account.
pub fn following(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    id: AccountId,
    page: &Page,
) -> Result<Roster> {
    let account = find_shown(conn, id)?;
    if hides_lists(conn, viewer, &account)? {
        return Ok(Roster::default());
    }
    let rows = store::follows::page_by(conn, id, page)?;
    Ok(of_follows(conn, &rows, |follow| follow.target_id)?)
}

/// Who asks to follow the viewer.
///
/// # Errors
/// Whatever the database says.
pub fn follow_requests(conn: &mut Conn, viewer: AccountId, page: &Page) -> QueryResult<Roster> {
    let rows = store::follows::page_of(conn, viewer, false, page)?;
    of_follows(conn, &rows, |follow| follow.account_id)
}

/// Whom the viewer blocks.
///
/// # Errors
/// Whatever the database says.
pub fn blocks(conn: &mut Conn, viewer: AccountId, page: &Page) -> QueryResult<Roster> {
    let rows = store::blocks::page(conn, viewer, page)?;
    let rows = rows.iter().map(|block| (block.id, block.target_id));
    roster(conn, rows.collect())
}

/// Whom the viewer mutes at `now`, with the mutes by account.
///
/// # Errors
/// Whatever the database says.
pub fn mutes(
    conn: &mut Conn,
    viewer: AccountId,
    now: i64,
    page: &Page,
) -> QueryResult<(Roster, HashMap<AccountId, Mute>)> {
    let rows = store::mutes::page(conn, viewer, now, page)?;
    let pairs = rows.iter().map(|mute| (mute.id, mute.target_id)).collect();
    let mutes = rows.into_iter().map(|mute| (mute.target_id, mute));
    Ok((roster(conn, pairs)?, mutes.collect()))
}

/// For each of these accounts those whom the viewer follows and who follow it; accounts that are not known are left
/// out.
///
/// # Errors
/// Whatever the database says.
pub fn familiar_followers(
    conn: &mut Conn,
    viewer: AccountId,
    ids: &[AccountId],
) -> QueryResult<Vec<(AccountId, Vec<Account>)>> {
    let mut answers = Vec::with_capacity(ids.len());
    for account in super::accounts::list_shown(conn, ids)? {
        let followers = if hides_lists(conn, Some(viewer), &account)? {
            Vec::new()
        } else {
            store::follows::list_familiar(conn, viewer, account.id, MOST_FAMILIAR)?
        };
        let mut followers = super::accounts::list_shown(conn, &followers)?;
        followers.retain(is_listed);
        answers.push((account.id, followers));
    }
    Ok(answers)
}

/// Whether the viewer is not shown who follows an account and whom it follows.
fn hides_lists(conn: &mut Conn, viewer: Option<AccountId>, account: &Account) -> QueryResult<bool> {
    if viewer == Some(account.id) {
        return Ok(false);
    }
    if account.hides_collections || !is_listed(account) {
        return Ok(true);
    }
    Ok(match viewer {
        Some(viewer) => store::blocks::find(conn, account.id, viewer)?.is_some(),
        None => false,
    })
}

fn of_follows(
    conn: &mut Conn,
    rows: &[Follow],
    other: impl Fn(&Follow) -> AccountId,
) -> QueryResult<Roster> {
    let rows = rows.iter().map(|follow| (follow.id.0, other(follow)));
    roster(conn, rows.collect())
}

fn roster(conn: &mut Conn, rows: Vec<(i64, AccountId)>) -> QueryResult<Roster> {
    let (cursors, ids): (Vec<i64>, Vec<AccountId>) = rows.into_iter().unzip();
    let mut found: HashMap<AccountId, Account> = store::accounts::list(conn, &ids)?
        .into_iter()
        .map(|account| (account.id, account))
        .collect();
    let ordered: Vec<Account> = ids.iter().filter_map(|id| found.remove(id)).collect();
    let listed = ordered.into_iter().filter(is_listed).collect();
    Ok(Roster {
        cursors,
        accounts: keep_shown(conn, listed)?,
    })
}
