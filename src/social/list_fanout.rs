//! A status that reaches somebody's home timeline also reaches those of their lists that its author is on.
//!
//! A list never shows what the home timeline would not: it only shows fewer answers. An exclusive list takes its
//! members out of the home timeline.

use std::collections::HashSet;

use super::news::answers_others;
use crate::id::{AccountId, ListId};
use crate::store::list_entries::Entry;
use crate::store::lists::List;
use crate::store::statuses::Status;
use crate::store::{self, ListReplies, QueryResult, Tx};

/// Writes the lists of those whom a status reached; tells whose home timelines do without its author.
pub(super) fn enter(
    tx: &mut Tx,
    status: &Status,
    reached: &HashSet<AccountId>,
) -> QueryResult<HashSet<AccountId>> {
    let lists: Vec<List> = store::lists::list_holding(tx, &[status.account_id])?
        .into_iter()
        .map(|(list, _)| list)
        .collect();
    let elsewhere = lists
        .iter()
        .filter(|list| list.is_exclusive && list.account_id != status.account_id)
        .map(|list| list.account_id)
        .collect();
    let may_hold = |owner: AccountId| {
        reached.contains(&owner) || (status.is_local && owner == status.account_id)
    };
    let open: Vec<&List> = lists
        .iter()
        .filter(|list| may_hold(list.account_id))
        .collect();
    let circles = Circles::load(tx, &open, std::slice::from_ref(status))?;
    let entries: Vec<Entry> = open
        .iter()
        .filter(|list| circles.show(list, status))
        .map(|list| entry(list.id, status))
        .collect();
    store::list_entries::insert(tx, &entries)?;
    Ok(elsewhere)
}

/// Puts these statuses, which their owner may and wants to see, into a list.
pub(super) fn fill(tx: &mut Tx, list: &List, statuses: &[Status]) -> QueryResult<()> {
    let circles = Circles::load(tx, &[list], statuses)?;
    let entries: Vec<Entry> = statuses
        .iter()
        .filter(|status| circles.show(list, status))
        .map(|status| entry(list.id, status))
        .collect();
    store::list_entries::insert(tx, &entries)
}

/// Takes accounts off lists, with what they posted.
pub(super) fn take_off(tx: &mut Tx, lists: &[ListId], members: &[AccountId]) -> QueryResult<()> {
    store::lists::delete_members(tx, lists, members)?;
    store::list_entries::remove_authors(tx, lists, members)
}

/// Takes an account off every list of another one, which follows it no longer.
pub(super) fn drop_member(tx: &mut Tx, owner: AccountId, member: AccountId) -> QueryResult<()> {
    let lists = store::lists::list_by_holding(tx, owner, member)?;
    if lists.is_empty() {
        return Ok(());
    }
    let ids: Vec<ListId> = lists.iter().map(|list| list.id).collect();
    take_off(tx, &ids, &[member])
}

fn entry(list: ListId, status: &Status) -> Entry {
    Entry {
        list_id: list,
        status_id: status.id,
        author_id: status.account_id,
    }
}

/// Who of those who are answered is on which list.
struct Circles {
    members: HashSet<(ListId, AccountId)>,
}

impl Circles {
    fn load(tx: &mut Tx, lists: &[&List], statuses: &[Status]) -> QueryResult<Self> {
        let asking: Vec<ListId> = lists
            .iter()
            .filter(|list| list.replies == ListReplies::Members)
            .map(|list| list.id)
            .collect();
        let answered: Vec<AccountId> = statuses
            .iter()
            .filter(|status| status.boost_of_id.is_none() && answers_others(status))
            .filter_map(|status| status.in_reply_to_account_id)
            .collect();
        let found = store::lists::list_members_among(tx, &asking, &answered)?;
        Ok(Self {
            members: found.into_iter().collect(),
        })
    }

    /// Whether a list shows a status that its owner's home timeline would show.
    fn show(&self, list: &List, status: &Status) -> bool {
        if status.boost_of_id.is_some() || !answers_others(status) {
            return true;
        }
        let answered = status.in_reply_to_account_id;
        if answered == Some(list.account_id) {
            return true;
        }
        match list.replies {
            ListReplies::Followed => true,
            ListReplies::Members => {
                answered.is_some_and(|id| self.members.contains(&(list.id, id)))
            }
            ListReplies::Nobody => false,
        }
    }
}
