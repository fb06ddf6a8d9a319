//! Replies to statuses of other servers that never came here: asked for when somebody looks at a thread, not too often,
//! while the reader already has what is known.

use super::{Error, Result};
use crate::clock::MINUTE;
use crate::id::{RefreshId, StatusId};
use crate::node::Node;
use crate::store::jobs::Job;
use crate::store::statuses::Status;
use crate::store::thread_refreshes::ThreadRefresh;
use crate::store::{self, Conn, QueryResult, Tx, Visibility, thread_refreshes};

/// How old a status is before its replies are asked for: those who reply at once are known to send it here themselves.
const RIPE: i64 = 3 * MINUTE;
/// For how long the replies are not asked for again.
const PAUSE: i64 = 15 * MINUTE;

/// What is to be done about the replies to a status.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Due {
    /// Nothing: it is ours, too young, for few eyes, or was asked for not long ago.
    Nothing,
    /// They are being fetched.
    Running(ThreadRefresh),
    /// They are to be fetched.
    Now,
}

/// Lets the replies to a status be fetched, if it is time; gives the refresh that is under way.
///
/// # Errors
/// Only of the database.
pub async fn begin(node: &Node, id: StatusId) -> Result<Option<ThreadRefresh>> {
    if !node.config.federation.enabled {
        return Ok(None);
    }
    let now = node.clock.now();
    let look = move |conn: &mut Conn| what_is_due(conn, id, now);
    match node.db.read(look).await? {
        Due::Nothing => Ok(None),
        Due::Running(refresh) => Ok(Some(refresh)),
        Due::Now => {
            // Asked again where nobody else writes: two readers who come together cause one fetch.
            let begin = move |tx: &mut Tx| match what_is_due(tx, id, now)? {
                Due::Nothing => Ok(None),
                Due::Running(refresh) => Ok(Some(refresh)),
                Due::Now => start(tx, id).map(Some),
            };
            Ok(node.db.write(begin).await?)
        }
    }
}

fn start(tx: &mut Tx, status: StatusId) -> QueryResult<ThreadRefresh> {
    let refresh = ThreadRefresh {
        id: RefreshId(tx.new_id()),
        status_id: status,
        begun_at: tx.now(),
        ended_at: None,
        found: 0,
    };
    thread_refreshes::replace(tx, &refresh)?;
    tx.queue(&Job::FetchReplies {
        refresh: refresh.id,
    })?;
    Ok(refresh)
}

fn what_is_due(conn: &mut Conn, id: StatusId, now: i64) -> QueryResult<Due> {
    let Some(status) = store::statuses::find(conn, id)? else {
        return Ok(Due::Nothing);
    };
    if !has_replies_elsewhere(&status, now) {
        return Ok(Due::Nothing);
    }
    Ok(match thread_refreshes::find_of(conn, id)? {
        Some(last) if is_running(&last, now) => Due::Running(last),
        Some(last) if now - last.begun_at < PAUSE => Due::Nothing,
        _ => Due::Now,
    })
}

fn has_replies_elsewhere(status: &Status, now: i64) -> bool {
    let is_open = matches!(status.visibility, Visibility::Public | Visibility::Unlisted);
    !status.is_local && status.boost_of_id.is_none() && is_open && now - status.created_at >= RIPE
}

/// Whether a refresh is still under way. One that takes longer than the pause is taken for lost.
#[must_use]
pub fn is_running(refresh: &ThreadRefresh, now: i64) -> bool {
    refresh.ended_at.is_none() && now - refresh.begun_at < PAUSE
}

/// A refresh by its id.
///
/// # Errors
/// [`Error::NotFound`] where there is none.
pub async fn find(node: &Node, id: RefreshId) -> Result<ThreadRefresh> {
    let look = move |conn: &mut Conn| thread_refreshes::find(conn, id);
    node.db.read(look).await?.ok_or(Error::NotFound)
}
