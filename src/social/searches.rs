//! Searches in what this node knows: accounts and collections by the words of their names, tags by the beginning of their
//! name, all of them and statuses by their exact address. Nothing is fetched, and texts of statuses are not searched.

use std::collections::HashMap;

use super::accounts::{find_by_handle, keep_shown, list_shown};
use super::collections::{Cut, Shown};
use super::names::Sought;
use super::visibility::{find_visible, is_listed, list_limited};
use super::{Error, collections, names};
use crate::id::{AccountId, StatusId, TagId};
use crate::store::accounts::Account;
use crate::store::reviews::TagReview;
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
    /// When, in milliseconds.
    pub now: i64,
}

/// Accounts whose handle or whose names begin with what was typed: the one that is named exactly, then those whom the
/// viewer follows, then those with the most followers. Accounts that the viewer blocks are found too, or nobody could
/// unblock them. Costs a fixed number of queries, and looks at a limited number of accounts, however many there are.
///
/// # Errors
/// Whatever the database says.
pub fn accounts(conn: &mut Conn, urls: &Urls, search: &AccountSearch) -> QueryResult<Vec<Account>> {
    if is_address(&search.query) {
        let found = account_at(conn, urls, search.query.trim())?;
        let found = found.filter(|_| search.offset == 0);
        return keep_followed(conn, search.followed_by, found.into_iter().collect());
    }
    let handle = read_handle(&search.query);
    let named = match &handle {
        Some(handle) => find_by_handle(conn, urls, handle)?.filter(is_listed),
        None => None,
    };
    let named = keep_followed(conn, search.followed_by, named.into_iter().collect())?;
    let mut ids = list_meant(conn, urls, search, handle)?;
    let hidden = list_limited(conn, search.viewer, &ids)?;
    ids.retain(|id| !hidden.contains(id) && named.iter().all(|named| named.id != *id));
    // Whoever is named in full is found, limited or not.
    ids.splice(0..0, named.iter().map(|named| named.id));
    let from = usize::try_from(search.offset).unwrap_or(usize::MAX);
    let most = usize::try_from(search.limit).unwrap_or(0);
    let page: Vec<AccountId> = ids.into_iter().skip(from).take(most).collect();
    list_shown(conn, &page)
}

/// Those whom somebody may have meant, the likeliest first.
fn list_meant(
    conn: &mut Conn,
    urls: &Urls,
    search: &AccountSearch,
    handle: Option<Handle>,
) -> QueryResult<Vec<AccountId>> {
    let has_domain = handle.as_ref().is_some_and(|it| it.domain.is_some());
    let handle = handle.map(|handle| handle.relative_to(urls.authority()).folded());
    // With this node's own domain written out, the handle is complete.
    if has_domain && handle.as_ref().is_some_and(|it| it.domain.is_none()) {
        return Ok(Vec::new());
    }
    let handle = handle.map(|handle| handle.to_string());
    names::find(
        conn,
        &Sought {
            words: if has_domain { "" } else { &search.query },
            handle: handle.as_deref(),
            viewer: search.viewer,
            followed_by: search.followed_by,
            now: search.now,
        },
    )
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
    let kept = names::list_accepted(conn, follower, &ids)?;
    found.retain(|account| kept.contains(&account.id));
    Ok(found)
}

/// Tags whose name begins with what was typed, with or without `#`, in the order of their names.
///
/// # Errors
/// Whatever the database says.
pub fn tags(conn: &mut Conn, search: &Search) -> QueryResult<Vec<(TagId, String)>> {
    let AccountSearch {
        query,
        limit,
        offset,
        ..
    } = &search.accounts;
    let Some(prefix) = normalise_hashtag(query) else {
        return Ok(Vec::new());
    };
    let mut found = store::tags::search(conn, &prefix, *limit, *offset)?;
    let ids: Vec<TagId> = found.iter().map(|(id, _)| *id).collect();
    let reviews: HashMap<TagId, TagReview> = store::reviews::list_of_tags(conn, &ids)?
        .into_iter()
        .map(|review| (review.tag_id, review))
        .collect();
    found.retain(|(id, _)| match reviews.get(id) {
        Some(review) => {
            review.is_listable && (review.reviewed_at.is_some() || !search.only_reviewed)
        }
        None => !search.only_reviewed,
    });
    Ok(found)
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
    /// Only hashtags that the staff has looked at.
    pub only_reviewed: bool,
    /// Which statuses.
    pub statuses: StatusFilter,
}

/// Which statuses are wanted; none of these things excludes anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusFilter {
    /// Only those by this account.
    pub by: Option<AccountId>,
    /// Only those after this one.
    pub after: Option<StatusId>,
    /// Only those before this one.
    pub before: Option<StatusId>,
}

impl StatusFilter {
    fn lets(self, status: &Status) -> bool {
        self.by.is_none_or(|by| status.account_id == by)
            && self.after.is_none_or(|after| status.id > after)
            && self.before.is_none_or(|before| status.id < before)
    }
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
    /// Collections.
    Collections,
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
    /// Collections.
    pub collections: Vec<Shown>,
}

/// Everything that was found. An address finds exactly what it is the address of.
///
/// # Errors
/// Whatever the database says.
pub fn everything(conn: &mut Conn, urls: &Urls, search: &Search) -> QueryResult<Found> {
    let wants = |kind| search.kind.is_none_or(|wanted| wanted == kind);
    let query = search.accounts.query.trim();
    if is_address(query) {
        return found_at(conn, urls, search, query);
    }
    let mut found = Found::default();
    if wants(Kind::Accounts) && !query.starts_with('#') {
        found.accounts = accounts(conn, urls, &search.accounts)?;
    }
    if wants(Kind::Tags) && !query.starts_with('@') {
        found.tags = tags(conn, search)?;
    }
    if wants(Kind::Collections) && !query.starts_with(['#', '@']) {
        let cut = Cut {
            limit: search.accounts.limit,
            offset: search.accounts.offset,
        };
        found.collections = collections::search(conn, search.viewer, query, cut)?;
    }
    Ok(found)
}

/// What has this address.
fn found_at(conn: &mut Conn, urls: &Urls, search: &Search, address: &str) -> QueryResult<Found> {
    let wants = |kind| search.kind.is_none_or(|wanted| wanted == kind);
    let mut found = Found::default();
    if search.accounts.offset > 0 {
        return Ok(found);
    }
    if wants(Kind::Accounts) {
        found.accounts = accounts(conn, urls, &search.accounts)?;
    }
    if wants(Kind::Statuses) {
        let status = status_at(conn, urls, search.viewer, address)?;
        found.statuses = status.into_iter().collect();
        found.statuses.retain(|status| search.statuses.lets(status));
    }
    if wants(Kind::Collections)
        && let Some(id) = urls.find_collection(address)
    {
        found.collections = collections::list(conn, search.viewer, &[id])?;
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
