//! What happens with time: a poll is told while it runs, and those who took part are told that it has ended.

use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social::news;
use crate::social::notifications::{notify, notify_own};
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::polls::Poll;
use crate::store::statuses::Status;
use crate::store::{self, NotificationKind, QueryResult, Tx};

/// Voters whom one write tells at most.
const AT_ONCE: i64 = 200;

/// Ends the poll that was meant to end at `end` (milliseconds), unless that was moved since: its author and everybody
/// here who voted are told once, those with ids above `after` if some were told already.
///
/// # Errors
/// Whatever the database says.
pub async fn close(
    node: &Node,
    id: StatusId,
    end: i64,
    after: Option<AccountId>,
) -> QueryResult<()> {
    node.db
        .write(move |tx| {
            let poll = store::polls::lock(tx, id)?;
            let Some(poll) = poll.filter(|poll| poll.expires_at == Some(end)) else {
                return Ok(());
            };
            let Some(status) = store::statuses::find(tx, id)? else {
                return Ok(());
            };
            if after.is_none() && !end_once(tx, &poll, &status)? {
                return Ok(());
            }
            tell_voters(tx, &status, end, after)
        })
        .await
}

/// False if it was done before.
fn end_once(tx: &mut Tx, poll: &Poll, status: &Status) -> QueryResult<bool> {
    if poll.closed_at.is_some() {
        return Ok(false);
    }
    let ended = Poll {
        closed_at: Some(tx.now()),
        ..poll.clone()
    };
    store::polls::update(tx, &ended)?;
    if status.is_local {
        let (author, kind) = (status.account_id, NotificationKind::Poll);
        notify_own(tx, author, kind, status.id)?;
    }
    tell_all(tx, status)?;
    Ok(true)
}

fn tell_voters(
    tx: &mut Tx,
    status: &Status,
    end: i64,
    after: Option<AccountId>,
) -> QueryResult<()> {
    let after = after.unwrap_or(AccountId(0));
    let voters = store::polls::list_local_voters(tx, status.id, after, AT_ONCE)?;
    for voter in &voters {
        let kind = NotificationKind::Poll;
        notify(tx, *voter, kind, status.account_id, Some(status.id))?;
    }
    let is_full = i64::try_from(voters.len()).is_ok_and(|told| told >= AT_ONCE);
    match voters.last() {
        Some(last) if is_full => tx.queue(&Job::ClosePoll {
            poll: status.id,
            end,
            after: Some(*last),
        }),
        _ => Ok(()),
    }
}

/// Tells streams and, if it was made here, peers how a poll stands.
///
/// # Errors
/// Whatever the database says.
pub async fn tell(node: &Node, id: StatusId) -> QueryResult<()> {
    node.db
        .write(move |tx| {
            let has_poll = store::polls::find(tx, id)?.is_some();
            match store::statuses::find(tx, id)? {
                Some(status) if has_poll => tell_all(tx, &status),
                _ => Ok(()),
            }
        })
        .await
}

fn tell_all(tx: &mut Tx, status: &Status) -> QueryResult<()> {
    if status.is_local {
        tx.queue(&Job::Distribute(Fact::PollChanged { status: status.id }))?;
    }
    news::edited(tx, status)
}
