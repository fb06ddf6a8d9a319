//! Which servers a status concerns: followers for what followers see, and everybody it addresses.

use crate::id::{AccountId, StatusId};
use crate::store::accounts::Account;
use crate::store::follows::{Destination, list_follower_destinations};
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult, Visibility};

/// The inboxes that a status and everything about it go to, each once.
///
/// # Errors
/// Whatever the database says.
pub fn of_status(conn: &mut Conn, status: &Status) -> QueryResult<Vec<Destination>> {
    let mut destinations = match status.visibility {
        Visibility::Direct => Vec::new(),
        _ => list_follower_destinations(conn, status.account_id)?,
    };
    let mut involved: Vec<AccountId> = named(conn, status.id)?;
    involved.extend(
        status
            .in_reply_to_account_id
            .filter(|_| status.visibility != Visibility::Direct),
    );
    involved.extend(quoted_author(conn, status)?);
    if let Some(original) = status.boost_of_id {
        involved.extend(store::statuses::find(conn, original)?.map(|original| original.account_id));
    }
    destinations.extend(of_accounts(conn, &involved)?);
    tidy(&mut destinations);
    Ok(destinations)
}

/// The author of what a status quotes, unless it is for mentioned people alone.
fn quoted_author(conn: &mut Conn, status: &Status) -> QueryResult<Option<AccountId>> {
    if status.visibility == Visibility::Direct {
        return Ok(None);
    }
    let quote = store::quotes::find_by_status(conn, status.id)?;
    let quoted = match quote.and_then(|quote| quote.quoted_id) {
        Some(id) => store::statuses::find(conn, id)?,
        None => None,
    };
    Ok(quoted.map(|quoted| quoted.account_id))
}

/// The inboxes of those whom a status names, answers or quotes.
///
/// # Errors
/// Whatever the database says.
pub fn of_named(conn: &mut Conn, status: &Status) -> QueryResult<Vec<Destination>> {
    let mut involved = named(conn, status.id)?;
    involved.extend(status.in_reply_to_account_id);
    involved.extend(quoted_author(conn, status)?);
    of_accounts(conn, &involved)
}

/// The inboxes that the end or edit of a status goes to: also those of everybody who boosted or quoted it.
///
/// # Errors
/// Whatever the database says.
pub fn of_change(conn: &mut Conn, status: &Status) -> QueryResult<Vec<Destination>> {
    let mut destinations = of_status(conn, status)?;
    let boosters: Vec<AccountId> = store::statuses::list_boosters(conn, status.id)?
        .into_iter()
        .map(|(_, account)| account)
        .collect();
    destinations.extend(of_accounts(conn, &boosters)?);
    let quoters = store::quotes::list_quoters(conn, status.id, false)?;
    destinations.extend(of_accounts(conn, &quoters)?);
    tidy(&mut destinations);
    Ok(destinations)
}

/// The inboxes that the numbers of a poll and the end of its status go to: also those of everybody who voted.
///
/// # Errors
/// Whatever the database says.
pub fn of_poll(conn: &mut Conn, status: &Status) -> QueryResult<Vec<Destination>> {
    let mut destinations = of_change(conn, status)?;
    destinations.extend(store::polls::list_voter_destinations(conn, status.id)?);
    tidy(&mut destinations);
    Ok(destinations)
}

/// The inboxes of these accounts; local and suspended ones have none.
///
/// # Errors
/// Whatever the database says.
pub fn of_accounts(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<Destination>> {
    Ok(store::accounts::list(conn, ids)?
        .iter()
        .filter_map(of_account)
        .collect())
}

/// The inbox of a remote account.
#[must_use]
pub fn of_account(account: &Account) -> Option<Destination> {
    let domain = account
        .domain
        .clone()
        .filter(|_| account.suspended_at.is_none())?;
    Some(Destination {
        domain,
        inbox_url: account.best_inbox().to_owned(),
    })
}

fn named(conn: &mut Conn, id: StatusId) -> QueryResult<Vec<AccountId>> {
    Ok(store::mentions::list(conn, &[id])?
        .into_iter()
        .map(|mention| mention.account_id)
        .collect())
}

/// Leaves each inbox once.
pub(super) fn tidy(destinations: &mut Vec<Destination>) {
    destinations.sort_unstable_by(|a, b| a.inbox_url.cmp(&b.inbox_url));
    destinations.dedup_by(|a, b| a.inbox_url == b.inbox_url);
}
