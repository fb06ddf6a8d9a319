//! Peers that move: where an inbox does not answer any more, somebody who uses it is asked whether they have another.
//!
//! The answer is the document under the account's own id, so nobody can send away what waits for somebody else. What
//! follows from it (the backlog moves along) is a rule of `social::remote_accounts`.

use super::resolve::{self, JobError};
use crate::id::{ActivityId, InboxId};
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::jobs::Job;
use crate::store::{self, Conn, QueryResult, Tx, inboxes};

/// Accounts that are fetched anew at most because one of them has another inbox now.
const AT_ONCE: i64 = 500;

/// Fetches an account that uses this inbox. If it has another, all others that still name the old one are fetched too,
/// each by a job of its own.
///
/// # Errors
/// Only of the database: whoever cannot be fetched is asked again another day.
pub async fn check(node: &Node, inbox: InboxId) -> Result<(), JobError> {
    let look = move |conn: &mut Conn| -> QueryResult<Option<(String, Option<Account>)>> {
        let Some(inbox) = inboxes::find(conn, inbox)? else {
            return Ok(None);
        };
        let users = inboxes::list_users(conn, &inbox.url, 1)?;
        Ok(Some((inbox.url, users.into_iter().next())))
    };
    let Some((url, user)) = node.db.read(look).await? else {
        return Ok(());
    };
    let Some(user) = user else {
        return Ok(abandon(node, &url).await?);
    };
    match resolve::refresh_account(node, &user.uri).await {
        Ok(()) => {}
        Err(hindered @ JobError::Hindered(_)) => return Err(hindered),
        Err(cause) => {
            tracing::debug!(inbox = url, account = user.uri, ?cause, "no other inbox");
            return Ok(());
        }
    }
    let follow = move |tx: &mut Tx| -> QueryResult<()> {
        let user = store::accounts::find(tx, user.id)?;
        if user.is_some_and(|user| user.best_inbox() != url) {
            for other in inboxes::list_users(tx, &url, AT_ONCE)? {
                tx.queue(&Job::RefreshAccount { uri: other.uri })?;
            }
        }
        Ok(())
    };
    Ok(node.db.write(follow).await?)
}

/// Gives up, a little at a time, what waits for an inbox that nobody uses any more.
async fn abandon(node: &Node, url: &str) -> QueryResult<()> {
    let mut last = Some(ActivityId(0));
    while let Some(after) = last {
        let url = url.to_owned();
        let abandon = move |tx: &mut Tx| inboxes::abandon(tx, &url, after);
        last = node.db.write_later(abandon).await?;
    }
    Ok(())
}
