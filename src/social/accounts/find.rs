//! Finding accounts by what people write, and which accounts may be shown to anybody.

use std::collections::HashSet;

use crate::id::AccountId;
use crate::social::users::has_arrived;
use crate::social::{Error, Result};
use crate::store::accounts::Account;
use crate::store::{self, AccountKind, Conn, QueryResult};
use crate::text::Handle;
use crate::urls::Urls;

/// The account that a handle names, if this node knows it. A handle with this node's own domain names a local one.
///
/// # Errors
/// Whatever the database says.
pub fn find_by_handle(
    conn: &mut Conn,
    urls: &Urls,
    handle: &Handle,
) -> QueryResult<Option<Account>> {
    let handle = handle.clone().relative_to(urls.authority()).folded();
    store::accounts::find_by_handle(conn, &handle.to_string())
}

/// The account that `name`, `@name` or `name@domain` names. Nothing is fetched.
///
/// # Errors
/// [`Error::NotFound`] for what is no handle, for accounts that nobody here has heard of, and for those that are not
/// shown.
pub fn find_by_acct(conn: &mut Conn, urls: &Urls, acct: &str) -> Result<Account> {
    let handle = Handle::parse(acct).map_err(|_| Error::NotFound)?;
    let account = find_by_handle(conn, urls, &handle)?.ok_or(Error::NotFound)?;
    keep_shown(conn, vec![account])?
        .pop()
        .ok_or(Error::NotFound)
}

/// The account with this id. Suspended accounts are shown, blank; sign-ups that wait for consent or for the confirmation
/// of an address are not.
///
/// # Errors
/// [`Error::NotFound`] where there is none, or none to show.
pub fn find_shown(conn: &mut Conn, id: AccountId) -> Result<Account> {
    let account = store::accounts::find(conn, id)?.ok_or(Error::NotFound)?;
    keep_shown(conn, vec![account])?
        .pop()
        .ok_or(Error::NotFound)
}

/// The accounts with these ids, in the order asked for; those that are missing or not shown are left out.
///
/// # Errors
/// Whatever the database says.
pub fn list_shown(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<Account>> {
    let found = store::accounts::list(conn, ids)?;
    let mut found = keep_shown(conn, found)?;
    let place = |account: &Account| ids.iter().position(|id| *id == account.id);
    found.sort_by_key(place);
    Ok(found)
}

/// Leaves out the node's own actor and people whose sign-up is not complete. The order stays.
///
/// # Errors
/// Whatever the database says.
pub(in crate::social) fn keep_shown(
    conn: &mut Conn,
    accounts: Vec<Account>,
) -> QueryResult<Vec<Account>> {
    let local: Vec<AccountId> = accounts
        .iter()
        .filter(|account| account.is_local())
        .map(|account| account.id)
        .collect();
    let waiting: HashSet<AccountId> = store::users::list(conn, &local)?
        .iter()
        .filter(|user| !has_arrived(user))
        .map(|user| user.account_id)
        .collect();
    Ok(accounts
        .into_iter()
        .filter(|account| {
            let is_node = account.is_local() && account.kind == AccountKind::Application;
            !is_node && !waiting.contains(&account.id)
        })
        .collect())
}
