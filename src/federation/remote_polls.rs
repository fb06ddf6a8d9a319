//! Polls elsewhere, asked for anew when somebody looks at one. Doing it seldom enough is the rule's part
//! ([`claim_refresh`](crate::social::polls::remote::claim_refresh)).
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#Question>.

use std::time::Duration;

use super::documents::{Incoming, understand};
use super::fetch::{FetchError, Reach};
use super::notes;
use crate::node::Node;
use crate::social::polls::remote;
use crate::store;
use crate::store::statuses::Status;

/// How long somebody who looks at a poll waits for its numbers.
const PATIENCE: Duration = Duration::from_secs(3);

/// Brings the numbers of a poll elsewhere up to date if they are old, within a few seconds. What cannot be had stays as
/// it is.
///
/// # Errors
/// Whatever the database says.
pub async fn refresh(node: &Node, status: &Status) -> store::QueryResult<()> {
    if !remote::claim_refresh(node, status).await? {
        return Ok(());
    }
    match tokio::time::timeout(PATIENCE, fetch(node, status)).await {
        Ok(Ok(())) => {}
        Ok(Err(cause)) => tracing::debug!(poll = status.uri, %cause, "a poll stays as it was"),
        Err(_) => tracing::debug!(poll = status.uri, "a poll was not told in time"),
    }
    Ok(())
}

async fn fetch(node: &Node, status: &Status) -> Result<(), FetchError> {
    let reach = Reach::new(node);
    let document = reach.document(&status.uri).await?;
    let Incoming::Note(told) = understand(&document, &reach.data().await?.ours)? else {
        return Err(FetchError::Untrue("it is no poll".to_owned()));
    };
    let known = status.clone();
    let author = node
        .db
        .read(move |conn| store::accounts::find(conn, known.account_id))
        .await?;
    let is_theirs = author.is_some_and(|author| author.uri == told.attributed_to);
    let (Some(poll), true) = (told.poll, is_theirs && told.id == status.uri) else {
        return Err(FetchError::Untrue("it is no poll of its author".to_owned()));
    };
    let (poll, known) = (notes::poll(poll), status.clone());
    node.db
        .write(move |tx| remote::receive(tx, &known, &poll, false))
        .await?;
    Ok(())
}
