//! Lists: timelines of their own for some of those whom somebody follows. Only their owner sees that they exist.

use std::collections::HashSet;

use super::accounts::list_shown;
use super::slices::Slice;
use super::visibility::is_listed;
use super::{Error, Result, list_fanout, refills, timelines};
use crate::id::{AccountId, ListId};
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::lists::{List, Member};
use crate::store::statuses::Status;
use crate::store::{self, Conn, ListReplies, Page, QueryResult, Tx};

/// The longest title, in characters.
const LONGEST_TITLE: usize = 256;

/// What a list is to be; what is none is as usual, or stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// What its owner calls it.
    pub title: Option<String>,
    /// Which answers it shows.
    pub replies: Option<ListReplies>,
    /// Whether the home timeline does without its members.
    pub is_exclusive: Option<bool>,
}

/// Makes a list.
///
/// # Errors
/// [`Error::Invalid`] for a title that is missing or too long, and where the viewer has as many lists as they may.
pub async fn create(node: &Node, viewer: AccountId, wishes: Wishes) -> Result<List> {
    let title = read_title(wishes.title.as_deref().unwrap_or_default())?;
    let most = node.config.limits.lists_per_account;
    node.db
        .write(move |tx| {
            if store::lists::list_by(tx, viewer)?.len() >= most {
                let sentence = format!("You have {most} lists, which is as many as one may have");
                return Err(Error::Invalid(sentence));
            }
            let list = List {
                id: ListId(tx.new_id()),
                account_id: viewer,
                title,
                replies: wishes.replies.unwrap_or(ListReplies::Members),
                is_exclusive: wishes.is_exclusive.unwrap_or(false),
                created_at: tx.now(),
            };
            store::lists::insert(tx, &list)?;
            Ok(list)
        })
        .await
}

fn read_title(text: &str) -> Result<String> {
    let title = text.trim();
    if title.is_empty() {
        return Err(Error::invalid("Validation failed: Title can't be blank"));
    }
    if title.chars().count() > LONGEST_TITLE {
        let sentence =
            format!("Validation failed: Title is too long (maximum is {LONGEST_TITLE} characters)");
        return Err(Error::Invalid(sentence));
    }
    Ok(title.to_owned())
}

/// Changes a list. Whether it is exclusive counts for what its members posted lately, too.
///
/// # Errors
/// [`Error::NotFound`] for a list that is not the viewer's, [`Error::Invalid`] for a title as in [`create`].
pub async fn update(node: &Node, viewer: AccountId, id: ListId, wishes: Wishes) -> Result<List> {
    let title = wishes.title.as_deref().map(read_title).transpose()?;
    node.db
        .write(move |tx| {
            let mut list = find(tx, viewer, id)?;
            let was_exclusive = list.is_exclusive;
            if let Some(title) = title {
                list.title = title;
            }
            list.replies = wishes.replies.unwrap_or(list.replies);
            list.is_exclusive = wishes.is_exclusive.unwrap_or(was_exclusive);
            store::lists::update(tx, &list)?;
            if list.is_exclusive != was_exclusive {
                let members = store::lists::list_members(tx, id)?;
                share(tx, &list, &members)?;
            }
            Ok(list)
        })
        .await
}

/// Takes the members of a list out of the home timeline, or puts back those whom no exclusive list has.
fn share(tx: &mut Tx, list: &List, members: &[AccountId]) -> QueryResult<()> {
    let owner = list.account_id;
    if list.is_exclusive {
        let others: Vec<AccountId> = members.iter().copied().filter(|id| *id != owner).collect();
        return store::home::remove_authors(tx, owner, &others);
    }
    give_back(tx, owner, members)
}

/// Puts the newest statuses of these authors into the home timeline of `owner`, but for those whom an exclusive list
/// has.
fn give_back(tx: &mut Tx, owner: AccountId, authors: &[AccountId]) -> QueryResult<()> {
    let taken: HashSet<AccountId> = store::lists::list_holding(tx, authors)?
        .into_iter()
        .filter(|(list, _)| list.account_id == owner && list.is_exclusive)
        .map(|(_, member)| member)
        .collect();
    let free: Vec<AccountId> = authors
        .iter()
        .copied()
        .filter(|author| !taken.contains(author))
        .collect();
    refills::fill_home(tx, owner, &free)
}

/// Removes a list; of an exclusive one, its members come back to the home timeline.
///
/// # Errors
/// [`Error::NotFound`] for a list that is not the viewer's.
pub async fn delete(node: &Node, viewer: AccountId, id: ListId) -> Result<()> {
    node.db
        .write(move |tx| {
            let list = find(tx, viewer, id)?;
            let members = store::lists::list_members(tx, id)?;
            store::lists::delete(tx, id)?;
            if list.is_exclusive {
                give_back(tx, viewer, &members)?;
            }
            Ok(())
        })
        .await
}

/// One of the viewer's lists.
///
/// # Errors
/// [`Error::NotFound`] for a list that is not the viewer's.
pub fn find(conn: &mut Conn, viewer: AccountId, id: ListId) -> Result<List> {
    store::lists::find_own(conn, viewer, id)?.ok_or(Error::NotFound)
}

/// The viewer's lists, the oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn list(conn: &mut Conn, viewer: AccountId) -> QueryResult<Vec<List>> {
    store::lists::list_by(conn, viewer)
}

/// The viewer's lists that an account is on, the oldest first.
///
/// # Errors
/// [`Error::NotFound`] for an unknown account.
pub fn list_holding(conn: &mut Conn, viewer: AccountId, target: AccountId) -> Result<Vec<List>> {
    super::accounts::find_shown(conn, target)?;
    Ok(store::lists::list_by_holding(conn, viewer, target)?)
}

/// A page of those on one of the viewer's lists, the last one added first.
///
/// # Errors
/// [`Error::NotFound`] for a list that is not the viewer's.
pub fn members(
    conn: &mut Conn,
    viewer: AccountId,
    id: ListId,
    page: &Page,
) -> Result<Slice<Account>> {
    find(conn, viewer, id)?;
    let rows = store::lists::page_members(conn, id, page)?;
    let ids: Vec<AccountId> = rows.iter().map(|member| member.target_id).collect();
    let mut accounts = list_shown(conn, &ids)?;
    accounts.retain(is_listed);
    Ok(Slice::new(accounts, &rows, |member| member.id))
}

/// Puts accounts on a list, with what they posted lately: all of them, or none.
///
/// # Errors
/// [`Error::NotFound`] for a list that is not the viewer's or an unknown account; [`Error::Invalid`] for somebody whom
/// the viewer neither follows nor asked to, for somebody who is on the list, and where there is no more room.
pub async fn add(
    node: &Node,
    viewer: AccountId,
    id: ListId,
    targets: Vec<AccountId>,
) -> Result<()> {
    let most = node.config.limits.accounts_per_list;
    node.db
        .write(move |tx| {
            let list = find(tx, viewer, id)?;
            for target in &targets {
                super::follows::require(tx, *target)?;
            }
            check_new(tx, &list, &targets, most)?;
            let members: Vec<Member> = targets
                .iter()
                .map(|target| Member {
                    id: tx.new_id(),
                    list_id: id,
                    target_id: *target,
                })
                .collect();
            store::lists::insert_members(tx, &members)?;
            let recent = refills::recent(tx, viewer, &targets)?;
            list_fanout::fill(tx, &list, &recent)?;
            if list.is_exclusive {
                share(tx, &list, &targets)?;
            }
            Ok(())
        })
        .await
}

fn check_new(tx: &mut Tx, list: &List, targets: &[AccountId], most: usize) -> Result<()> {
    let followed: HashSet<AccountId> = store::follows::list_by(tx, list.account_id, targets)?
        .into_iter()
        .map(|follow| follow.target_id)
        .collect();
    let is_known = |target: &AccountId| *target == list.account_id || followed.contains(target);
    if !targets.iter().all(is_known) {
        let sentence = "Validation failed: Only accounts that you follow can be on a list";
        return Err(Error::invalid(sentence));
    }
    let members: HashSet<AccountId> = store::lists::list_members(tx, list.id)?
        .into_iter()
        .collect();
    if targets.iter().any(|target| members.contains(target)) {
        let sentence = "Validation failed: Account is on this list already";
        return Err(Error::invalid(sentence));
    }
    if members.len() + targets.len() > most {
        let sentence = format!("Validation failed: A list can hold {most} accounts at most");
        return Err(Error::Invalid(sentence));
    }
    Ok(())
}

/// What one of the viewer's lists holds.
///
/// # Errors
/// [`Error::NotFound`] for a list that is not the viewer's.
pub fn timeline(
    conn: &mut Conn,
    viewer: AccountId,
    id: ListId,
    page: &Page,
    now: i64,
) -> Result<Slice<Status>> {
    find(conn, viewer, id)?;
    let ids = store::list_entries::page(conn, id, page)?;
    let found = timelines::hydrate(conn, Some(viewer), &ids)?;
    let kept = timelines::keep_wanted_boosts(conn, viewer, found, now)?;
    Ok(Slice::new(kept, &ids, |id| id.0))
}

/// Takes accounts off a list, with what they posted. Nothing happens to those who are not on it.
///
/// # Errors
/// [`Error::NotFound`] for a list that is not the viewer's.
pub async fn remove(
    node: &Node,
    viewer: AccountId,
    id: ListId,
    targets: Vec<AccountId>,
) -> Result<()> {
    node.db
        .write(move |tx| {
            let list = find(tx, viewer, id)?;
            let gone = store::lists::list_members_among(tx, &[id], &targets)?;
            let gone: Vec<AccountId> = gone.into_iter().map(|(_, member)| member).collect();
            if gone.is_empty() {
                return Ok(());
            }
            list_fanout::take_off(tx, &[id], &gone)?;
            if list.is_exclusive {
                give_back(tx, viewer, &gone)?;
            }
            Ok(())
        })
        .await
}
