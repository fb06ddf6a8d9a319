//! Fetching the replies to a status of another server that never came here: what its own server lists, and what is
//! listed of those in turn, within bounds.
//!
//! Source: <https://www.w3.org/TR/activitystreams-vocabulary/#dfn-replies>

use std::collections::{HashSet, VecDeque};

use super::documents::collections::IncomingCollection;
use super::documents::listings::replies_of;
use super::documents::origins::is_same_origin;
use super::fetch::{FetchError, Reach};
use super::remote_collections::collection;
use super::remote_notes::known_status;
use super::resolve::JobError;
use crate::id::RefreshId;
use crate::node::Node;
use crate::store::{self, Conn, QueryResult, Tx, gaps, thread_refreshes};

/// Statuses whose lists of replies are read.
const LISTS: usize = 20;
/// Pages of one list that are read.
const PAGES: usize = 4;
/// Replies that are fetched.
const REPLIES: usize = 200;

/// One walk through a thread.
struct Walk<'a> {
    node: &'a Node,
    refresh: RefreshId,
    /// Statuses whose replies were not asked for yet.
    waiting: VecDeque<String>,
    /// Everything that was come across.
    met: HashSet<String>,
    fetched: usize,
}

/// Fetches what replies to the status of a refresh, and ends the refresh. What cannot be had is left out.
///
/// # Errors
/// Only of the database.
pub async fn fetch(node: &Node, id: RefreshId) -> Result<(), JobError> {
    let look = move |conn: &mut Conn| -> QueryResult<Option<String>> {
        let Some(refresh) = thread_refreshes::find(conn, id)? else {
            return Ok(None);
        };
        let status = store::statuses::find(conn, refresh.status_id)?;
        Ok(status.map(|status| status.uri))
    };
    let Some(uri) = node.db.read(look).await? else {
        return Ok(());
    };
    let mut walk = Walk {
        node,
        refresh: id,
        met: HashSet::from([uri.clone()]),
        waiting: VecDeque::from([uri]),
        fetched: 0,
    };
    for _ in 0..LISTS {
        let Some(uri) = walk.waiting.pop_front() else {
            break;
        };
        passing(walk.read(&uri).await)?;
    }
    node.db
        .write(move |tx| thread_refreshes::end(tx, id))
        .await?;
    Ok(())
}

/// What cannot be had is no reason to ask again; what the database says is.
fn passing(end: Result<(), FetchError>) -> Result<(), FetchError> {
    match end {
        Err(error @ FetchError::Database { .. }) => Err(error),
        Err(cause) => {
            tracing::debug!(%cause, "replies cannot be had");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

impl Walk<'_> {
    /// Reads what is listed below one status.
    async fn read(&mut self, uri: &str) -> Result<(), FetchError> {
        // Each list has a budget of its own; all of them together are bounded by their number.
        let reach = Reach::late(self.node, None);
        let document = reach.document(uri).await?;
        let listed = replies_of(document.properties()).map(str::to_owned);
        let mut next = listed.filter(|listed| is_same_origin(listed, uri));
        for _ in 0..PAGES {
            let Some(place) = next.take() else {
                break;
            };
            let page = collection(&reach, &place).await?;
            self.take(&page).await?;
            let onward = if page.items.is_empty() {
                page.first.or(page.next)
            } else {
                page.next
            };
            next = onward.filter(|onward| *onward != place && is_same_origin(onward, uri));
        }
        Ok(())
    }

    /// Fetches what is new on a page, each from its own server, and counts it.
    async fn take(&mut self, page: &IncomingCollection) -> Result<(), FetchError> {
        let mut uris = page.ids();
        uris.retain(|uri| !self.node.urls.is_local(uri) && self.met.insert(uri.clone()));
        let asked = uris.clone();
        let look = move |conn: &mut Conn| gaps::list_known(conn, &asked);
        let known = self.node.db.read(look).await?;
        let mut found = 0;
        for uri in uris {
            let is_known = known.iter().any(|(known, ..)| *known == uri);
            if is_known || self.fetch(&uri).await? {
                found += i64::from(!is_known);
                self.waiting.push_back(uri);
            }
        }
        if found > 0 {
            let refresh = self.refresh;
            let add = move |tx: &mut Tx| thread_refreshes::add(tx, refresh, found);
            self.node.db.write(add).await?;
        }
        Ok(())
    }

    /// Whether a reply could be had.
    async fn fetch(&mut self, uri: &str) -> Result<bool, FetchError> {
        if self.fetched >= REPLIES {
            return Ok(false);
        }
        self.fetched += 1;
        match known_status(&Reach::late(self.node, None), uri).await {
            Ok(_) => Ok(true),
            Err(error @ FetchError::Database { .. }) => Err(error),
            Err(cause) => {
                tracing::debug!(uri, %cause, "a reply cannot be had");
                Ok(false)
            }
        }
    }
}
