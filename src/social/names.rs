//! Finding people by the words of their names. Candidates are looked up by an index, no more than a fixed number, and
//! then put into an order: whom the viewer follows, then who reaches farthest.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::collections;
use crate::clock::DAY;
use crate::id::AccountId;
use crate::node::Node;
use crate::store::account_words::{self, Found, reach_of};
use crate::store::jobs::Job;
use crate::store::{self, Conn, QueryResult};
use crate::text::names::words_sought;

/// Candidates that are put into an order, of those whom the viewer follows and of everybody.
const CANDIDATES: usize = 400;
/// Candidates that are looked up by the beginning of their handle as it was typed.
const BY_HANDLE: i64 = 80;
/// After how long without a post somebody counts as silent, in milliseconds.
const SILENT: i64 = 180 * DAY;
/// Accounts whose names one write splits into words.
const INDEXED_AT_ONCE: i64 = 500;

/// Whom somebody seeks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sought<'s> {
    /// What was typed, if it is to be found in names.
    pub(super) words: &'s str,
    /// The beginning of a handle (lower case), if it can be one.
    pub(super) handle: Option<&'s str>,
    /// Who seeks.
    pub(super) viewer: Option<AccountId>,
    /// Only among those that this account follows.
    pub(super) followed_by: Option<AccountId>,
    /// The time, in milliseconds.
    pub(super) now: i64,
}

/// Those who are meant, the likeliest first. Costs a fixed number of queries.
pub(super) fn find(conn: &mut Conn, sought: &Sought) -> QueryResult<Vec<AccountId>> {
    let words = words_sought(sought.words);
    let mut ids = Vec::new();
    if let Some(follower) = sought.followed_by.or(sought.viewer) {
        ids = followed(conn, follower, &words)?;
    }
    if sought.followed_by.is_none() {
        ids.extend(everybody(conn, &words)?);
    }
    if let Some(beginning) = sought.handle {
        let found = store::accounts::list_by_beginning(conn, beginning, BY_HANDLE)?;
        ids.extend(found);
    }
    ids.sort_unstable();
    ids.dedup();
    let followed = match sought.followed_by.or(sought.viewer) {
        Some(follower) => list_accepted(conn, follower, &ids)?,
        None => HashSet::new(),
    };
    if sought.followed_by.is_some() {
        ids.retain(|id| followed.contains(id));
    }
    let mut found = account_words::weigh(conn, &ids)?;
    rank(&mut found, &followed, sought.now);
    Ok(found.into_iter().map(|found| found.id).collect())
}

fn followed(conn: &mut Conn, follower: AccountId, words: &[String]) -> QueryResult<Vec<AccountId>> {
    let Some((first, others)) = words.split_first() else {
        return Ok(Vec::new());
    };
    let limit = i64::try_from(CANDIDATES).unwrap_or(i64::MAX);
    let found = account_words::list_followed(conn, follower, first, limit)?;
    keep_all(conn, found, others)
}

fn everybody(conn: &mut Conn, words: &[String]) -> QueryResult<Vec<AccountId>> {
    let Some((first, others)) = words.split_first() else {
        return Ok(Vec::new());
    };
    let found = account_words::list(conn, first, CANDIDATES)?;
    keep_all(conn, found, others)
}

/// Those that have all of these words.
fn keep_all(
    conn: &mut Conn,
    mut ids: Vec<AccountId>,
    words: &[String],
) -> QueryResult<Vec<AccountId>> {
    for word in words {
        ids = account_words::keep(conn, &ids, word)?;
    }
    Ok(ids)
}

/// Those of these accounts that somebody follows.
pub(super) fn list_accepted(
    conn: &mut Conn,
    follower: AccountId,
    ids: &[AccountId],
) -> QueryResult<HashSet<AccountId>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let follows = store::follows::list_by(conn, follower, ids)?;
    Ok(follows
        .into_iter()
        .filter(|follow| follow.is_accepted)
        .map(|follow| follow.target_id)
        .collect())
}

/// Followed ones first, then those that reach farther, where who was silent for long counts less; then those with more
/// followers, then those that have been known for longer.
fn rank(found: &mut [Found], followed: &HashSet<AccountId>, now: i64) {
    found.sort_by_cached_key(|one| {
        let is_active = one.last_status_at.is_some_and(|at| now - at < SILENT);
        let standing = reach_of(one.followers) + i16::from(is_active);
        (
            Reverse(followed.contains(&one.id)),
            Reverse(standing),
            Reverse(one.followers),
            one.id,
        )
    });
}

/// Splits the names of accounts after this one, and of their collections, into words; what is left is another job.
///
/// # Errors
/// Whatever the database says.
pub async fn index(node: &Node, after: AccountId) -> QueryResult<()> {
    node.db
        .write_later(move |tx| {
            let accounts = store::accounts::list_after(tx, after, INDEXED_AT_ONCE)?;
            for account in &accounts {
                store::accounts::index_names(tx, account)?;
                if account.is_local() {
                    collections::index_names_of(tx, account.id)?;
                }
            }
            match accounts.last() {
                Some(last) => tx.queue(&Job::IndexNames { after: last.id }),
                None => Ok(()),
            }
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn followed_ones_come_first_then_those_who_reach_far() {
        let one = |id, followers, last_status_at| Found {
            id: AccountId(id),
            followers,
            last_status_at,
        };
        let now = 10 * SILENT;
        let mut found = vec![
            one(1, 0, None),
            one(2, 5_000, Some(now - SILENT)),
            one(3, 900, Some(now - 1)),
            one(4, 950, Some(now - 1)),
            one(5, 90_000, None),
            one(6, 3, Some(now)),
            one(7, 0, None),
        ];
        rank(&mut found, &HashSet::from([AccountId(6)]), now);
        let order: Vec<i64> = found.iter().map(|found| found.id.0).collect();
        assert_eq!(order, [6, 5, 2, 4, 3, 1, 7]);
    }
}
