//! A status that everybody may see reaches the home timelines of those who follow one of its hashtags, and counts as a
//! use of each.
//!
//! One query finds all who follow any of its tags; who of them wants nothing of its author is asked by author, so the
//! cost hangs on the readers alone in what is written.

use std::collections::HashSet;

use super::tags::{DAYS, day_of};
use crate::id::AccountId;
use crate::store::home::Entry;
use crate::store::statuses::Status;
use crate::store::{self, QueryResult, Tx, Visibility};

/// Writes the home timelines of those who follow a tag of this status, where it is not yet.
pub(super) fn enter(tx: &mut Tx, status: &Status) -> QueryResult<()> {
    if status.visibility != Visibility::Public || status.boost_of_id.is_some() {
        return Ok(());
    }
    let tags = store::tags::list_ids(tx, status.id)?;
    if tags.is_empty() {
        return Ok(());
    }
    let day = day_of(status.created_at);
    if day > day_of(tx.now()) - DAYS {
        store::tag_uses::add(tx, &tags, day, status.account_id)?;
    }
    let readers = store::tag_follows::list_followers(tx, &tags)?;
    if readers.is_empty() {
        return Ok(());
    }
    let unwilling = list_unwilling(tx, status.account_id)?;
    let entries: Vec<Entry> = readers
        .into_iter()
        .filter(|reader| *reader != status.account_id && !unwilling.contains(reader))
        .map(|reader| Entry {
            account_id: reader,
            status_id: status.id,
            author_id: status.account_id,
        })
        .collect();
    store::home::insert(tx, &entries)
}

/// Everybody who is not to find this author in the home timeline: blocks either way, mutes, blocks of the author's
/// domain, and lists that have the author for themselves.
fn list_unwilling(tx: &mut Tx, author: AccountId) -> QueryResult<HashSet<AccountId>> {
    let now = tx.now();
    let mut unwilling = HashSet::new();
    let blocks = store::blocks::list_all_of(tx, &[author])?;
    unwilling.extend(blocks.into_iter().map(|(blocker, _)| blocker));
    let blocked = store::blocks::list_all_by(tx, &[author])?;
    unwilling.extend(blocked.into_iter().map(|(_, target)| target));
    let mutes = store::mutes::list_all_of(tx, &[author])?;
    let holding = mutes.into_iter().filter(|mute| mute.holds(now));
    unwilling.extend(holding.map(|mute| mute.account_id));
    let domains = store::user_domain_blocks::list_all_of(tx, &[author])?;
    unwilling.extend(domains.into_iter().map(|(blocker, _)| blocker));
    let lists = store::lists::list_holding(tx, &[author])?;
    let exclusive = lists.into_iter().filter(|(list, _)| list.is_exclusive);
    unwilling.extend(exclusive.map(|(list, _)| list.account_id));
    Ok(unwilling)
}
