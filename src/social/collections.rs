//! Collections: lists of accounts of this node that people show to others.
//!
//! Only accounts of this node can be in them: whether an account elsewhere agrees could not be asked. An account here
//! agrees by wanting to be found ([`may_be_featured`]), and takes itself out of any collection for good.

use std::collections::{HashMap, HashSet};

use super::accounts::{find_shown, list_shown};
use super::{Error, Result};
use crate::id::{AccountId, CollectionId, CollectionItemId};
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::collections::{Collection, CollectionItem};
use crate::store::{self, Conn, QueryResult, Tx};
use crate::text::clean_line;
use crate::text::languages::normalise_language;
use crate::text::names::{words_of, words_sought};
use crate::text::scan::normalise_hashtag;

/// Collections that one person may have.
pub const MOST_COLLECTIONS: i64 = 10;
/// Accounts in one collection.
pub const MOST_ITEMS: usize = 25;
/// Collections that a search looks at.
const MOST_SOUGHT: i64 = 200;
/// Characters of the longest name.
pub const MAX_NAME: usize = 40;
/// Characters of the longest description.
pub const MAX_DESCRIPTION: usize = 100;

/// What a collection shall be; what is none stays, and is empty in a new one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// At most [`MAX_NAME`] characters.
    pub name: Option<String>,
    /// At most [`MAX_DESCRIPTION`] characters.
    pub description: Option<String>,
    /// An ISO 639 code; an empty text clears it.
    pub language: Option<String>,
    /// Whether it is covered at first.
    pub sensitive: Option<bool>,
    /// Whether profiles and searches show it.
    pub discoverable: Option<bool>,
    /// A hashtag that describes it; an empty text clears it.
    pub tag: Option<String>,
}

impl Wish {
    fn apply(&self, row: &mut Collection) -> Result<()> {
        if let Some(name) = &self.name {
            row.name = line("Name", name, MAX_NAME)?;
        }
        if row.name.is_empty() {
            return Err(Error::invalid("Validation failed: Name can't be blank"));
        }
        if let Some(text) = &self.description {
            row.description = line("Description", text, MAX_DESCRIPTION)?;
        }
        if let Some(language) = self.language.as_deref() {
            let known = normalise_language(language).map(str::to_owned);
            if known.is_none() && !language.is_empty() {
                return Err(Error::invalid("Validation failed: Language is invalid"));
            }
            row.language = known;
        }
        if let Some(tag) = self.tag.as_deref() {
            row.tag = normalise_hashtag(tag);
            if row.tag.is_none() && !tag.trim().is_empty() {
                return Err(Error::invalid("Validation failed: Tag is not a hashtag"));
            }
        }
        row.sensitive = self.sensitive.unwrap_or(row.sensitive);
        row.discoverable = self.discoverable.unwrap_or(row.discoverable);
        Ok(())
    }
}

fn line(name: &str, text: &str, limit: usize) -> Result<String> {
    if text.trim().chars().count() > limit {
        let sentence = format!("Validation failed: {name} character limit of {limit} exceeded");
        return Err(Error::invalid(sentence));
    }
    Ok(clean_line(text, limit))
}

/// Whether somebody may put this account into a collection without asking: it lives here and wants to be found.
#[must_use]
pub fn may_be_featured(account: &Account) -> bool {
    account.is_local() && account.suspended_at.is_none() && account.discoverable == Some(true)
}

/// A collection with what the viewer may see of its items, in their order.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The collection.
    pub collection: Collection,
    /// Its items.
    pub items: Vec<CollectionItem>,
}

/// Which part of a list that is cut by numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// How many at most.
    pub limit: i64,
    /// How many to skip.
    pub offset: i64,
}

/// The collections of an account; its own holder sees those too that profiles do not show. Costs a fixed number of
/// queries.
///
/// # Errors
/// [`Error::NotFound`] for an unknown account.
pub fn list_of(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    account: AccountId,
    cut: Cut,
) -> Result<Vec<Shown>> {
    let account = find_shown(conn, account)?;
    if account.suspended_at.is_some() || is_shut_out(conn, account.id, viewer)? {
        return Ok(Vec::new());
    }
    let is_own = viewer == Some(account.id);
    let rows = store::collections::list_of(conn, account.id, is_own, cut.limit, cut.offset)?;
    Ok(with_items(conn, rows)?)
}

/// The collections that an account is in; itself sees those too that profiles do not show.
///
/// # Errors
/// [`Error::NotFound`] for an unknown account.
pub fn list_with(
    conn: &mut Conn,
    viewer: AccountId,
    account: AccountId,
    cut: Cut,
) -> Result<Vec<Shown>> {
    let account = find_shown(conn, account)?;
    let is_own = viewer == account.id;
    let rows = store::collections::list_with(conn, account.id, is_own, cut.limit, cut.offset)?;
    let curators: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
    let shut: HashSet<AccountId> = store::blocks::list_of(conn, viewer, &curators)?
        .into_iter()
        .collect();
    let rows = rows
        .into_iter()
        .filter(|row| !shut.contains(&row.account_id))
        .collect();
    Ok(with_items(conn, rows)?)
}

/// One collection: whoever has its id may see it, but not whom its owner blocks.
///
/// # Errors
/// [`Error::NotFound`] where there is none to see.
pub fn show(conn: &mut Conn, viewer: Option<AccountId>, id: CollectionId) -> Result<Shown> {
    let row = store::collections::find(conn, id)?.ok_or(Error::NotFound)?;
    let curator = find_shown(conn, row.account_id)?;
    if curator.suspended_at.is_some() || is_shut_out(conn, curator.id, viewer)? {
        return Err(Error::NotFound);
    }
    with_items(conn, vec![row])?.pop().ok_or(Error::NotFound)
}

fn is_shut_out(conn: &mut Conn, owner: AccountId, viewer: Option<AccountId>) -> QueryResult<bool> {
    match viewer {
        Some(viewer) => Ok(store::blocks::find(conn, owner, viewer)?.is_some()),
        None => Ok(false),
    }
}

/// These collections with their items: neither those that were revoked nor those of suspended accounts.
fn with_items(conn: &mut Conn, rows: Vec<Collection>) -> QueryResult<Vec<Shown>> {
    let ids: Vec<CollectionId> = rows.iter().map(|row| row.id).collect();
    let mut items = store::collections::list_items(conn, &ids)?;
    items.retain(|item| item.revoked_at.is_none());
    let mut people: Vec<AccountId> = items.iter().map(|item| item.account_id).collect();
    people.sort_unstable();
    people.dedup();
    let shown: HashSet<AccountId> = list_shown(conn, &people)?
        .into_iter()
        .filter(|account| account.suspended_at.is_none())
        .map(|account| account.id)
        .collect();
    let mut by_collection: HashMap<CollectionId, Vec<CollectionItem>> = HashMap::new();
    for item in items {
        if shown.contains(&item.account_id) {
            by_collection
                .entry(item.collection_id)
                .or_default()
                .push(item);
        }
    }
    Ok(rows
        .into_iter()
        .map(|collection| Shown {
            items: by_collection.remove(&collection.id).unwrap_or_default(),
            collection,
        })
        .collect())
}

/// Collections whose names have all the words that were typed, the newest first: only those that searches show, and none
/// of whoever blocks the viewer. Costs a fixed number of queries.
///
/// # Errors
/// Whatever the database says.
pub fn search(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    typed: &str,
    cut: Cut,
) -> QueryResult<Vec<Shown>> {
    let words = words_sought(typed);
    let Some((first, others)) = words.split_first() else {
        return Ok(Vec::new());
    };
    let mut ids = store::collection_words::list(conn, first, MOST_SOUGHT)?;
    for word in others {
        ids = store::collection_words::keep(conn, &ids, word)?;
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.dedup();
    let mut rows = store::collections::list(conn, &ids)?;
    keep_open(conn, viewer, &mut rows)?;
    let from = usize::try_from(cut.offset).unwrap_or(usize::MAX);
    let most = usize::try_from(cut.limit).unwrap_or(0);
    let rows = rows.into_iter().skip(from).take(most).collect();
    with_items(conn, rows)
}

/// These collections by their ids, the newest first, as far as the viewer may see them. Costs a fixed number of queries.
///
/// # Errors
/// Whatever the database says.
pub fn list(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    ids: &[CollectionId],
) -> QueryResult<Vec<Shown>> {
    let mut rows = store::collections::list(conn, ids)?;
    keep_open(conn, viewer, &mut rows)?;
    with_items(conn, rows)
}

/// These collections by their ids, the newest first, whosever they are: for the staff.
///
/// # Errors
/// Whatever the database says.
pub fn list_all(conn: &mut Conn, ids: &[CollectionId]) -> QueryResult<Vec<Shown>> {
    let rows = store::collections::list(conn, ids)?;
    with_items(conn, rows)
}

/// Leaves out what belongs to accounts that are not shown, or that block the viewer.
fn keep_open(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    rows: &mut Vec<Collection>,
) -> QueryResult<()> {
    let curators: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
    let mut open: HashSet<AccountId> = list_shown(conn, &curators)?
        .into_iter()
        .filter(|account| account.suspended_at.is_none())
        .map(|account| account.id)
        .collect();
    if let Some(viewer) = viewer {
        for blocking in store::blocks::list_of(conn, viewer, &curators)? {
            open.remove(&blocking);
        }
    }
    rows.retain(|row| open.contains(&row.account_id));
    Ok(())
}

/// Splits the name of a collection into the words by which it is found, if searches show it.
fn index_name(tx: &mut Tx, row: &Collection) -> QueryResult<()> {
    let words = if row.discoverable {
        words_of(&[&row.name])
    } else {
        Vec::new()
    };
    store::collection_words::set(tx, row.id, &words)
}

/// Does that for all collections of an account.
pub(super) fn index_names_of(tx: &mut Tx, account: AccountId) -> QueryResult<()> {
    for row in store::collections::list_of(tx, account, true, MOST_COLLECTIONS, 0)? {
        index_name(tx, &row)?;
    }
    Ok(())
}

/// Makes a collection of these accounts.
///
/// # Errors
/// [`Error::Invalid`] says what is wrong, [`Error::Forbidden`] names an account that does not want to be in one;
/// nothing is made then.
pub async fn create(
    node: &Node,
    viewer: AccountId,
    wish: Wish,
    accounts: Vec<AccountId>,
) -> Result<CollectionId> {
    let write = move |tx: &mut Tx| -> Result<CollectionId> {
        if store::collections::count_of(tx, viewer)? >= MOST_COLLECTIONS {
            let sentence =
                format!("Validation failed: At most {MOST_COLLECTIONS} collections are allowed");
            return Err(Error::invalid(sentence));
        }
        let mut row = Collection {
            id: CollectionId(tx.new_id()),
            account_id: viewer,
            name: String::new(),
            description: String::new(),
            language: None,
            sensitive: false,
            discoverable: false,
            tag: None,
            created_at: tx.now(),
            updated_at: tx.now(),
        };
        wish.apply(&mut row)?;
        store::collections::insert(tx, &row)?;
        index_name(tx, &row)?;
        for account in &accounts {
            put(tx, &row, *account)?;
        }
        Ok(row.id)
    };
    node.db.write(write).await
}

/// Changes an own collection.
///
/// # Errors
/// [`Error::NotFound`] for what is not the viewer's own, [`Error::Invalid`] says what is wrong.
pub async fn update(node: &Node, viewer: AccountId, id: CollectionId, wish: Wish) -> Result<()> {
    let write = move |tx: &mut Tx| -> Result<()> {
        let mut row = require_own(tx, viewer, id)?;
        wish.apply(&mut row)?;
        row.updated_at = tx.now();
        store::collections::update(tx, &row)?;
        Ok(index_name(tx, &row)?)
    };
    node.db.write(write).await
}

/// Removes an own collection.
///
/// # Errors
/// [`Error::NotFound`] for what is not the viewer's own.
pub async fn remove(node: &Node, viewer: AccountId, id: CollectionId) -> Result<()> {
    let write = move |tx: &mut Tx| -> Result<()> {
        require_own(tx, viewer, id)?;
        Ok(store::collections::delete(tx, id)?)
    };
    node.db.write(write).await
}

/// Puts an account into an own collection; gives the item, also the one that is there already.
///
/// # Errors
/// [`Error::NotFound`] for what is not the viewer's own, and for an unknown account; [`Error::Forbidden`] if the account
/// does not want to be in one; [`Error::Invalid`] if there is no more room.
pub async fn add_item(
    node: &Node,
    viewer: AccountId,
    id: CollectionId,
    account: AccountId,
) -> Result<CollectionItem> {
    let write = move |tx: &mut Tx| -> Result<CollectionItem> {
        let mut row = require_own(tx, viewer, id)?;
        let item = put(tx, &row, account)?;
        row.updated_at = tx.now();
        store::collections::update(tx, &row)?;
        Ok(item)
    };
    node.db.write(write).await
}

fn put(tx: &mut Tx, row: &Collection, account: AccountId) -> Result<CollectionItem> {
    let refused = || Error::forbidden("This account does not allow to be in collections");
    let target = find_shown(tx, account)?;
    let items = store::collections::list_items(tx, &[row.id])?;
    if let Some(known) = items.iter().find(|item| item.account_id == account) {
        return match known.revoked_at {
            None => Ok(known.clone()),
            Some(_) => Err(refused()),
        };
    }
    let is_own = account == row.account_id;
    if is_shut_out(tx, account, Some(row.account_id))? || !(is_own || may_be_featured(&target)) {
        return Err(refused());
    }
    let room = items
        .iter()
        .filter(|item| item.revoked_at.is_none())
        .count();
    if room >= MOST_ITEMS {
        let sentence =
            format!("Validation failed: A collection holds {MOST_ITEMS} accounts at most");
        return Err(Error::invalid(sentence));
    }
    let item = CollectionItem {
        id: CollectionItemId(tx.new_id()),
        collection_id: row.id,
        account_id: account,
        created_at: tx.now(),
        revoked_at: None,
    };
    store::collections::insert_item(tx, &item)?;
    Ok(item)
}

/// Takes an account out of an own collection.
///
/// # Errors
/// [`Error::NotFound`] for what is not in an own collection.
pub async fn remove_item(
    node: &Node,
    viewer: AccountId,
    id: CollectionId,
    item: CollectionItemId,
) -> Result<()> {
    let write = move |tx: &mut Tx| -> Result<()> {
        require_own(tx, viewer, id)?;
        let item = require_item(tx, id, item)?;
        Ok(store::collections::delete_item(tx, item.id)?)
    };
    node.db.write(write).await
}

/// Takes the viewer out of somebody's collection, for good.
///
/// # Errors
/// [`Error::NotFound`] unless the item is there; [`Error::Forbidden`] if it names somebody else.
pub async fn revoke(
    node: &Node,
    viewer: AccountId,
    id: CollectionId,
    item: CollectionItemId,
) -> Result<()> {
    let write = move |tx: &mut Tx| -> Result<()> {
        let item = require_item(tx, id, item)?;
        if item.account_id != viewer {
            return Err(Error::forbidden("This action is not allowed"));
        }
        Ok(store::collections::revoke_item(tx, item.id)?)
    };
    node.db.write(write).await
}

fn require_own(tx: &mut Tx, viewer: AccountId, id: CollectionId) -> Result<Collection> {
    store::collections::find(tx, id)?
        .filter(|row| row.account_id == viewer)
        .ok_or(Error::NotFound)
}

fn require_item(tx: &mut Tx, id: CollectionId, item: CollectionItemId) -> Result<CollectionItem> {
    let items = store::collections::list_items(tx, &[id])?;
    items
        .into_iter()
        .find(|known| known.id == item && known.revoked_at.is_none())
        .ok_or(Error::NotFound)
}
