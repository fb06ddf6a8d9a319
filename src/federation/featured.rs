//! What an actor elsewhere has pinned: read from its featured collection, a few statuses at most.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#featured>.

use serde_json::Value;

use super::documents::collections::IncomingCollection;
use super::documents::origins::is_same_origin;
use super::documents::references;
use super::fetch::{FetchError, Reach};
use super::remote_collections::collection;
use super::remote_notes::known_status;
use super::resolve::JobError;
use crate::id::AccountId;
use crate::node::Node;
use crate::social::pins;
use crate::store::accounts::Account;
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult};

/// Pins that are looked at.
const MOST: usize = 10;
/// Statuses that are fetched for them.
const FETCHED: usize = 5;

/// Takes over what an actor elsewhere has pinned. Statuses that cannot be had are left out; if the collection cannot be
/// had, all stays as it is until the actor is fetched the next time.
///
/// # Errors
/// Only of the database.
pub async fn fetch(node: &Node, account: AccountId) -> Result<(), JobError> {
    let look = move |conn: &mut Conn| store::accounts::find(conn, account);
    let Some(account) = node.db.read(look).await? else {
        return Ok(());
    };
    let Some(url) = account.featured_url.clone().filter(|_| is_wanted(&account)) else {
        return Ok(());
    };
    let reach = Reach::late(node, None);
    let ids = match list_ids(&reach, &account, &url).await {
        Ok(ids) => ids,
        Err(error @ FetchError::Database { .. }) => return Err(error.into()),
        Err(cause) => {
            tracing::debug!(url, %cause, "what is pinned stays unknown");
            return Ok(());
        }
    };
    let pinned = gather(&reach, &account, &ids).await?;
    node.db
        .write(move |tx| pins::receive_all(tx, account.id, &pinned))
        .await?;
    Ok(())
}

fn is_wanted(account: &Account) -> bool {
    !account.is_local() && account.suspended_at.is_none()
}

/// The ids that the collection, or else its first page, lists on the actor's own origin, in their order.
async fn list_ids(
    reach: &Reach<'_>,
    account: &Account,
    url: &str,
) -> Result<Vec<String>, FetchError> {
    let mut found: IncomingCollection = collection(reach, url).await?;
    if let (true, Some(first)) = (found.items.is_empty(), found.first.take()) {
        found = collection(reach, &first).await?;
    }
    let id = |item: &Value| references::id_in(item).map(str::to_owned);
    let ids = found.items.iter().filter_map(id);
    Ok(ids
        .filter(|id| is_same_origin(id, &account.uri))
        .take(MOST)
        .collect())
}

async fn gather(
    reach: &Reach<'_>,
    account: &Account,
    ids: &[String],
) -> Result<Vec<Status>, FetchError> {
    let (mut pinned, mut fetched) = (Vec::new(), 0);
    for id in ids {
        let uri = id.clone();
        let look =
            move |conn: &mut Conn| -> QueryResult<_> { store::statuses::find_by_uri(conn, &uri) };
        if let Some(known) = reach.node.db.read(look).await? {
            pinned.push(known);
            continue;
        }
        if fetched >= FETCHED {
            continue;
        }
        fetched += 1;
        match known_status(reach, id).await {
            Ok(status) => pinned.push(status),
            Err(error @ FetchError::Database { .. }) => return Err(error),
            Err(cause) => tracing::debug!(id, %cause, "a pinned status stays unknown"),
        }
    }
    pinned.retain(|status| status.account_id == account.id);
    Ok(pinned)
}
