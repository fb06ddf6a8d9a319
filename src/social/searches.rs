//! Searches in what this node knows: accounts by the beginning of their handle, tags by the beginning of their name,
//! accounts and statuses by their exact address. Nothing is fetched, and texts of statuses are not searched.

use std::collections::HashSet;

use super::Error;
use super::accounts::{find_by_handle, keep_shown};
use super::visibility::{find_visible, is_listed, list_limited};
use crate::id::{AccountId, TagId};
use crate::store::accounts::Account;
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult};
use crate::text::Handle;
use crate::text::scan::normalise_hashtag;
use crate::urls::{Place, Urls};

/// A search among accounts.
#[derive(Clone, Debug)]
pub struct AccountSearch {
    /// What was typed.
    pub query: String,
    /// How many at most.
    pub limit: i64,
    /// How many to skip.
    pub offset: i64,
    /// Only those that this account follows.
    pub followed_by: Option<AccountId>,
    /// Who searches.
    pub viewer: Option<AccountId>,
}

/// Accounts whose handle begins with what was typed, the one that is named exactly first. Accounts that the viewer
/// blocks are found too, or nobody could unblock them.
///
/// # Errors
/// Whatever the database says.
pub fn accounts(conn: &mut Conn, urls: &Urls, search: &AccountSearch) -> QueryResult<Vec<Account>> {
    if is_address(&search.query) && search.offset == 0 {
        let found = account_at(conn, urls, search.query.trim())?;
        return keep_followed(conn, search.followed_by, found.into_iter().collect());
    }
    let Some(handle) = read_handle(&search.query) else {
        return Ok(Vec::new());
    };
    let named = find_by_handle(conn, urls, &handle)?;
    let has_domain = handle.domain.is_some();
    let handle = handle.relative_to(urls.authority()).folded();
    // With this node's own domain written out, the handle is complete.
    let mut found = if has_domain && handle.domain.is_none() {
        Vec::new()
    } else {
        store::accounts::search(conn, &handle.to_string(), search.limit, search.offset)?
    };
    let ids: Vec<AccountId> = found.iter().map(|account| account.id).collect();
    let hidden = list_limited(conn, search.viewer, &ids)?;
    found.retain(|account| !hidden.contains(&account.id));
    // Whoever is named in full is found, limited or not.
    if let Some(named) = named.filter(|_| search.offset == 0) {
        found.retain(|account| account.id != named.id);
        found.insert(0, named);
        found.truncate(usize::try_from(search.limit).unwrap_or(0));
    }
    found.retain(is_listed);
    let found = keep_shown(conn, found)?;
    keep_followed(conn, search.followed_by, found)
}

/// What was typed as the beginning of a handle: `al`, `@al`, `al@good.te`; none for what cannot begin one.
fn read_handle(query: &str) -> Option<Handle> {
    let query = query.trim();
    if let Ok(handle) = Handle::parse(query) {
        return Some(handle);
    }
    // An unfinished domain is no domain yet; the store compares it as it stands.
    let text = query.strip_prefix('@').unwrap_or(query);
    let (username, domain) = text.split_once('@')?;
    let is_beginning = domain
        .chars()
        .all(|c| c.is_alphanumeric() || ".-:".contains(c));
    Handle::parse(username)
        .ok()
        .filter(|_| is_beginning)
        .map(|handle| Handle {
            domain: Some(domain.to_lowercase()),
            ..handle
        })
}

fn keep_followed(
    conn: &mut Conn,
    follower: Option<AccountId>,
    mut found: Vec<Account>,
) -> QueryResult<Vec<Account>> {
    let Some(follower) = follower else {
        return Ok(found);
    };
    let ids: Vec<AccountId> = found.iter().map(|account| account.id).collect();
    let kept: HashSet<AccountId> = store::follows::list_by(conn, follower, &ids)?
        .into_iter()
        .filter(|follow| follow.is_accepted)
        .map(|follow| follow.target_id)
        .collect();
    found.retain(|account| kept.contains(&account.id));
    Ok(found)
}

/// Tags whose name begins with what was typed, with or without `#`, in the order of their names.
///
/// # Errors
/// Whatever the database says.
pub fn tags(
    conn: &mut Conn,
    query: &str,
    limit: i64,
    offset: i64,
) -> QueryResult<Vec<(TagId, String)>> {
    match normalise_hashtag(query) {
        Some(prefix) => store::tags::search(conn, &prefix, limit, offset),
        None => Ok(Vec::new()),
    }
}

/// A search for several kinds of things.
#[derive(Clone, Debug)]
pub struct Search {
    /// Among accounts; it carries what was typed, and how many things of each kind are wanted.
    pub accounts: AccountSearch,
    /// Who searches.
    pub viewer: Option<AccountId>,
    /// Only things of this kind.
    pub kind: Option<Kind>,
}

/// A kind of things that are searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Accounts.
    Accounts,
    /// Statuses.
    Statuses,
    /// Hashtags.
    Tags,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Accounts.
    pub accounts: Vec<Account>,
    /// Statuses.
    pub statuses: Vec<Status>,
    /// Hashtags, by id and name.
    pub tags: Vec<(TagId, String)>,
}

/// Everything that was found. An address finds exactly what it is the address of.
///
/// # Errors
/// Whatever the database says.
pub fn everything(conn: &mut Conn, urls: &Urls, search: &Search) -> QueryResult<Found> {
    let wants = |kind| search.kind.is_none_or(|wanted| wanted == kind);
    let AccountSearch {
        query,
        limit,
        offset,
        ..
    } = &search.accounts;
    let mut found = Found::default();
    if is_address(query) {
        let address = query.trim();
        if wants(Kind::Accounts) {
            found.accounts = accounts(conn, urls, &search.accounts)?;
        }
        if wants(Kind::Statuses) && *offset == 0 {
            let status = status_at(conn, urls, search.viewer, address)?;
            found.statuses.extend(status);
        }
        return Ok(found);
    }
    if wants(Kind::Accounts) && !query.trim().starts_with('#') {
        found.accounts = accounts(conn, urls, &search.accounts)?;
    }
    if wants(Kind::Tags) && !query.trim().starts_with('@') {
        found.tags = tags(conn, query, *limit, *offset)?;
    }
    Ok(found)
}

/// Whether what was typed is an address and not words.
#[must_use]
pub fn is_address(query: &str) -> bool {
    let query = query.trim();
    (query.starts_with("https://") || query.starts_with("http://"))
        && !query.contains(char::is_whitespace)
}

/// The known account whose profile page or actor has this address.
///
/// # Errors
/// Whatever the database says.
pub fn account_at(conn: &mut Conn, urls: &Urls, address: &str) -> QueryResult<Option<Account>> {
    let found = match urls.place(address) {
        Some(Place::Account(name)) => store::accounts::find_by_handle(conn, &name)?,
        Some(_) => None,
        None => match store::accounts::find_by_uri(conn, address)? {
            Some(account) => Some(account),
            None => store::accounts::find_by_url(conn, address)?,
        },
    };
    let found: Vec<Account> = found.into_iter().filter(is_listed).collect();
    Ok(keep_shown(conn, found)?.pop())
}

/// The known status with this address, if this viewer may see it.
///
/// # Errors
/// Whatever the database says.
pub fn status_at(
    conn: &mut Conn,
    urls: &Urls,
    viewer: Option<AccountId>,
    address: &str,
) -> QueryResult<Option<Status>> {
    let id = match urls.place(address) {
        Some(Place::Status(_, id)) => Some(id),
        Some(_) => None,
        None => store::statuses::find_by_uri(conn, address)?.map(|status| status.id),
    };
    let Some(id) = id else { return Ok(None) };
    match find_visible(conn, viewer, id) {
        Ok(status) => Ok(Some(status)),
        Err(Error::Internal(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_handles_are_read_as_they_stand() {
        for (query, expected) in [
            ("al", Some("al")),
            (" @Al ", Some("Al")),
            ("@al@good.test", Some("al@good.test")),
            ("al@go", Some("al@go")),
            ("al@", Some("al@")),
            ("al@LOCALHOST:80", Some("al@localhost:80")),
            ("al bert", None),
            ("al@go od", None),
            ("", None),
            ("@", None),
            ("https://good.test/@al", None),
        ] {
            let read = read_handle(query).map(|handle| handle.to_string());
            assert_eq!(read.as_deref(), expected, "{query}");
        }
    }

    #[test]
    fn addresses_are_told_from_words() {
        for (query, expected) in [
            ("https://good.test/@al", true),
            (" http://good.test ", true),
            ("https://good.test is good", false),
            ("good.test", false),
            ("@al@good.test", false),
        ] {
            assert_eq!(is_address(query), expected, "{query}");
        }
    }
}
