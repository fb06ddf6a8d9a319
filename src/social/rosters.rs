//! Lists of accounts that belong to an account: followers, follows, requests, blocks, mutes.
//!
//! Such lists are paged by the ids of the rows behind them, which clients learn from the `Link` header alone.

use std::collections::HashMap;

use super::Result;
use super::accounts::{find_shown, list_shown};
use super::slices::Slice;
use super::visibility::is_listed;
use crate::id::AccountId;
use crate::store::accounts::Account;
use crate::store::follows::Follow;
use crate::store::mutes::Mute;
use crate::store::{self, Conn, Page, QueryResult};

/// How many accounts are shown that somebody is followed by.
const MOST_FAMILIAR: i64 = 80;

/// Who follows an account. Nobody is shown to others by an account that hides its lists, nor to whom it blocks.
///
/// # Errors
/// [`super::Error::NotFound`] for an unknown account.
pub fn followers(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    id: AccountId,
    page: &Page,
) -> Result<Slice<Account>> {
    let account = find_shown(conn, id)?;
    if hides_lists(conn, viewer, &account)? {
        return Ok(Slice::empty());
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
) -> Result<Slice<Account>> {
    let account = find_shown(conn, id)?;
    if hides_lists(conn, viewer, &account)? {
        return Ok(Slice::empty());
    }
    let rows = store::follows::page_by(conn, id, page)?;
    Ok(of_follows(conn, &rows, |follow| follow.target_id)?)
}

/// Who asks to follow the viewer.
///
/// # Errors
/// Whatever the database says.
pub fn follow_requests(
    conn: &mut Conn,
    viewer: AccountId,
    page: &Page,
) -> QueryResult<Slice<Account>> {
    let rows = store::follows::page_of(conn, viewer, false, page)?;
    of_follows(conn, &rows, |follow| follow.account_id)
}

/// Whom the viewer blocks.
///
/// # Errors
/// Whatever the database says.
pub fn blocks(conn: &mut Conn, viewer: AccountId, page: &Page) -> QueryResult<Slice<Account>> {
    let rows = store::blocks::page(conn, viewer, page)?;
    let rows: Vec<(i64, AccountId)> = rows
        .iter()
        .map(|block| (block.id, block.target_id))
        .collect();
    of_rows(conn, &rows)
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
) -> QueryResult<(Slice<Account>, HashMap<AccountId, Mute>)> {
    let rows = store::mutes::page(conn, viewer, now, page)?;
    let pairs: Vec<(i64, AccountId)> = rows.iter().map(|mute| (mute.id, mute.target_id)).collect();
    let mutes = rows.into_iter().map(|mute| (mute.target_id, mute));
    Ok((of_rows(conn, &pairs)?, mutes.collect()))
}

/// For each of these accounts those whom the viewer follows and who follow it; accounts that are not known are left
/// out. Costs a fixed number of queries.
///
/// # Errors
/// Whatever the database says.
pub fn familiar_followers(
    conn: &mut Conn,
    viewer: AccountId,
    ids: &[AccountId],
) -> QueryResult<Vec<(AccountId, Vec<Account>)>> {
    let accounts = list_shown(conn, ids)?;
    let blocking = store::blocks::list_of(conn, viewer, ids)?;
    let open: Vec<AccountId> = accounts
        .iter()
        .filter(|account| {
            let hides = account.hides_collections || !is_listed(account);
            account.id == viewer || !(hides || blocking.contains(&account.id))
        })
        .map(|account| account.id)
        .collect();
    let pairs = store::follows::list_familiar(conn, viewer, &open, MOST_FAMILIAR)?;
    let mut known: Vec<AccountId> = pairs.iter().map(|pair| pair.account_id).collect();
    known.sort_unstable();
    known.dedup();
    let known: HashMap<AccountId, Account> = list_shown(conn, &known)?
        .into_iter()
        .filter(is_listed)
        .map(|account| (account.id, account))
        .collect();
    let followers = |of: AccountId| {
        let pairs = pairs.iter().filter(|pair| pair.target_id == of);
        pairs
            .filter_map(|pair| known.get(&pair.account_id).cloned())
            .collect()
    };
    Ok(accounts
        .iter()
        .map(|account| (account.id, followers(account.id)))
        .collect())
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
) -> QueryResult<Slice<Account>> {
    let rows: Vec<(i64, AccountId)> = rows
        .iter()
        .map(|follow| (follow.id.0, other(follow)))
        .collect();
    of_rows(conn, &rows)
}

/// The accounts of these rows, each with the row's id.
fn of_rows(conn: &mut Conn, rows: &[(i64, AccountId)]) -> QueryResult<Slice<Account>> {
    let ids: Vec<AccountId> = rows.iter().map(|(_, account)| *account).collect();
    let mut accounts = list_shown(conn, &ids)?;
    accounts.retain(is_listed);
    Ok(Slice::new(accounts, rows, |(id, _)| *id))
}
