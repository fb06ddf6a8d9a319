//! What somebody posted already, for a timeline that begins to hold them: somebody was put on a list, or a list gives
//! its members back to the home timeline.

use std::collections::{HashMap, HashSet};

use super::fanout::{Reading, wants};
use super::timelines::keep_wanted_boosts;
use super::visibility::keep_visible;
use crate::id::{AccountId, StatusId};
use crate::store::follows::Follow;
use crate::store::home::Entry;
use crate::store::statuses::Status;
use crate::store::timelines::ProfileFilter;
use crate::store::{self, Page, QueryResult, Tx, Visibility};

/// The most that is taken from one account.
const DEEPEST: usize = 40;
/// The least that is taken from one account.
const SHALLOWEST: usize = 5;
/// About how much is taken together.
const TOGETHER: usize = 800;

/// The newest statuses of those of `authors` whom `reader` follows that belong in the reader's home timeline. Costs a
/// query for each author, and a fixed number for the rest.
pub(super) fn recent(
    tx: &mut Tx,
    reader: AccountId,
    authors: &[AccountId],
) -> QueryResult<Vec<Status>> {
    let follows: HashMap<AccountId, Follow> = store::follows::list_by(tx, reader, authors)?
        .into_iter()
        .filter(|follow| follow.is_accepted)
        .map(|follow| (follow.target_id, follow))
        .collect();
    let found = load(tx, reader, &follows, authors)?;
    let now = tx.now();
    let visible = keep_visible(tx, Some(reader), found)?;
    let wanted = keep_wanted_boosts(tx, reader, visible, now)?;
    keep_interesting(tx, reader, &follows, wanted)
}

fn load(
    tx: &mut Tx,
    reader: AccountId,
    follows: &HashMap<AccountId, Follow>,
    authors: &[AccountId],
) -> QueryResult<Vec<Status>> {
    let depth = (TOGETHER / authors.len().max(1)).clamp(SHALLOWEST, DEEPEST);
    let page = Page::newest(i64::try_from(depth).unwrap_or(i64::MAX));
    let filter = ProfileFilter {
        visibilities: Visibility::ALL.to_vec(),
        ..ProfileFilter::default()
    };
    let mut ids: Vec<StatusId> = Vec::new();
    for author in authors {
        if follows.contains_key(author) || *author == reader {
            ids.extend(store::timelines::page_profile(tx, *author, &filter, &page)?);
        }
    }
    store::statuses::list(tx, &ids)
}

/// Keeps what the fan-out would have put into the reader's home timeline.
fn keep_interesting(
    tx: &mut Tx,
    reader: AccountId,
    follows: &HashMap<AccountId, Follow>,
    statuses: Vec<Status>,
) -> QueryResult<Vec<Status>> {
    let originals: Vec<StatusId> = statuses.iter().filter_map(|one| one.boost_of_id).collect();
    let originals: HashMap<StatusId, AccountId> = store::statuses::list(tx, &originals)?
        .into_iter()
        .map(|original| (original.id, original.account_id))
        .collect();
    let answered: Vec<AccountId> = statuses
        .iter()
        .filter_map(|one| one.in_reply_to_account_id)
        .collect();
    let known: HashSet<AccountId> = store::follows::list_by(tx, reader, &answered)?
        .into_iter()
        .filter(|follow| follow.is_accepted)
        .map(|follow| follow.target_id)
        .collect();
    let ids: Vec<StatusId> = statuses.iter().map(|one| one.id).collect();
    let addressed: HashSet<StatusId> = store::mentions::list_addressed(tx, reader, &ids)?
        .into_iter()
        .collect();
    Ok(statuses
        .into_iter()
        .filter(|status| {
            let Some(follow) = follows.get(&status.account_id) else {
                return status.account_id == reader;
            };
            let other = match status.boost_of_id {
                Some(id) => originals.get(&id).copied(),
                None => status
                    .in_reply_to_account_id
                    .filter(|parent| *parent != status.account_id),
            };
            let reading = Reading {
                other,
                is_addressed: addressed.contains(&status.id),
                knows_other: other.is_some_and(|other| known.contains(&other)),
            };
            wants(follow, status, reading)
        })
        .collect())
}

/// Puts the newest statuses of these authors back into the reader's home timeline.
pub(super) fn fill_home(tx: &mut Tx, reader: AccountId, authors: &[AccountId]) -> QueryResult<()> {
    let entries: Vec<Entry> = recent(tx, reader, authors)?
        .iter()
        .map(|status| Entry {
            account_id: reader,
            status_id: status.id,
            author_id: status.account_id,
        })
        .collect();
    store::home::insert(tx, &entries)
}
