//! Polls of statuses elsewhere: taken in with them, and brought up to date as their authors tell.

use super::drafts::plan_end;
use super::telling;
use crate::clock::MINUTE;
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::store::polls::{Poll, PollOption};
use crate::store::statuses::Status;
use crate::store::{self, QueryResult, Tx};

/// How long the numbers of a poll elsewhere are good before they are asked for again, in milliseconds.
const GOOD_FOR: i64 = MINUTE;

/// A poll as a peer tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemotePoll {
    /// Texts and numbers of the options.
    pub options: Vec<(String, i64)>,
    /// Whether several options may be chosen.
    pub multiple: bool,
    /// When it ends or ended, in milliseconds.
    pub ends: Option<i64>,
    /// Whether it is said to be over.
    pub is_closed: bool,
    /// How many people voted, if that is told.
    pub voters: Option<i64>,
}

impl RemotePoll {
    /// What is said to be over is over, whatever its end.
    fn end(&self, now: i64) -> Option<i64> {
        if self.is_closed {
            Some(self.ends.map_or(now, |end| end.min(now)))
        } else {
            self.ends
        }
    }
}

/// Hangs a poll onto a status from elsewhere, in the place of the one that it had.
///
/// # Errors
/// Whatever the database says.
pub(in crate::social) fn begin(tx: &mut Tx, id: StatusId, remote: &RemotePoll) -> QueryResult<()> {
    let poll = Poll {
        status_id: id,
        multiple: remote.multiple,
        hides_totals: false,
        expires_at: remote.end(tx.now()),
        closed_at: None,
        voters: remote.voters,
        told_at: 0,
        fetched_at: tx.now(),
    };
    let options: Vec<PollOption> = (0..)
        .zip(&remote.options)
        .map(|(position, (title, votes))| PollOption {
            status_id: id,
            position,
            title: title.clone(),
            votes: *votes,
        })
        .collect();
    store::polls::replace(tx, &poll, &options)
}

/// Brings the poll of a status up to what its author says now. What there is to choose from changes only with a true
/// edit of the status; numbers always do.
///
/// # Errors
/// Whatever the database says.
pub fn receive(
    tx: &mut Tx,
    status: &Status,
    remote: &RemotePoll,
    is_edit: bool,
) -> QueryResult<()> {
    let Some(poll) = store::polls::lock(tx, status.id)? else {
        return if is_edit {
            begin(tx, status.id, remote)
        } else {
            Ok(())
        };
    };
    let options = store::polls::list_options(tx, &[status.id])?;
    let known = options.iter().map(|option| option.title.as_str());
    let told = remote.options.iter().map(|(title, _)| title.as_str());
    if poll.multiple != remote.multiple || !known.eq(told) {
        return if is_edit {
            begin(tx, status.id, remote)
        } else {
            Ok(())
        };
    }
    renew(tx, &poll, &options, remote)
}

fn renew(tx: &mut Tx, poll: &Poll, options: &[PollOption], remote: &RemotePoll) -> QueryResult<()> {
    let now = tx.now();
    let mut end = remote.end(now);
    // That it is over does not move an end that is past.
    if remote.is_closed && poll.is_over(now) {
        end = poll.expires_at;
    }
    let renewed = Poll {
        expires_at: end,
        voters: remote.voters.or(poll.voters),
        fetched_at: now,
        ..poll.clone()
    };
    store::polls::update(tx, &renewed)?;
    let tallies: Vec<i64> = remote.options.iter().map(|(_, votes)| *votes).collect();
    let is_same = options
        .iter()
        .map(|option| option.votes)
        .eq(tallies.iter().copied());
    if !is_same {
        store::polls::set_tallies(tx, poll.status_id, &tallies)?;
    }
    if end != poll.expires_at && poll.closed_at.is_none() {
        replan(tx, &renewed)?;
    }
    let is_same = is_same && end == poll.expires_at && renewed.voters == poll.voters;
    if is_same {
        Ok(())
    } else {
        telling::plan(tx, &renewed)
    }
}

/// Whoever voted here hears of the end when it comes.
fn replan(tx: &mut Tx, poll: &Poll) -> QueryResult<()> {
    let voters = store::polls::list_local_voters(tx, poll.status_id, AccountId(0), 1)?;
    match poll.expires_at {
        Some(end) if !voters.is_empty() => plan_end(tx, poll.status_id, end),
        _ => Ok(()),
    }
}

/// Whether it is time to ask how a status's poll stands. Whoever is told so asks; for a minute nobody else is.
///
/// # Errors
/// Whatever the database says.
pub async fn claim_refresh(node: &Node, status: &Status) -> QueryResult<bool> {
    let (id, now) = (status.id, node.clock.now());
    if status.is_local {
        return Ok(false);
    }
    let is_stale = move |poll: &Poll| {
        // What was asked for after the end does not change any more.
        let is_final = poll.expires_at.is_some_and(|end| poll.fetched_at > end);
        !is_final && now - poll.fetched_at > GOOD_FOR
    };
    let known = node
        .db
        .read(move |conn| store::polls::find(conn, id))
        .await?;
    if !known.as_ref().is_some_and(is_stale) {
        return Ok(false);
    }
    node.db
        .write(move |tx| {
            let poll = store::polls::lock(tx, id)?;
            let is_stale = poll.as_ref().is_some_and(is_stale);
            if is_stale {
                store::polls::set_fetched(tx, id, now)?;
            }
            Ok(is_stale)
        })
        .await
}
