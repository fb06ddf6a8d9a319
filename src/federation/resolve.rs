//! From a handle or id to a row here: known ones at once, others fetched from their servers within a budget.
//!
//! Ours are answered from the store and never asked for over the network.

use super::documents::{Incoming, understand};
pub use super::fetch::FetchError as ResolveError;
use super::fetch::{FetchError, Reach};
use super::remote_actors::{fetch_actor, known_actor, receive_actor};
use super::remote_notes::known_status;
use super::{handles, notes, pages};
use crate::clock::DAY;
use crate::node::Node;
use crate::social::remote_accounts;
use crate::store::accounts::Account;
use crate::store::jobs::Job;
use crate::store::statuses::Status;
use crate::store::threads::Link;
use crate::store::{self, Conn, QueryResult, Trouble};
use crate::text::{Handle, scan};
use crate::urls::Place;

/// After how long a remote profile is fetched anew when somebody looks for it.
const STALE: i64 = DAY;
/// Unknown handles of one text that are looked up.
const HANDLES: usize = 10;
/// How long a text waits for the handles in it.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(8);
/// How far up a thread is fetched: a chain of this many statuses below the missing one.
const LONGEST_CHAIN: usize = 20;
/// Statuses of one thread that are looked at for its length.
const LARGEST_THREAD: i64 = 1_000;

/// What a URL leads to.
#[derive(Clone, Debug)]
pub enum Resolved {
    /// An account.
    Account(Box<Account>),
    /// A status.
    Status(Box<Status>),
}

/// Why a job was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobError {
    /// Another time may work.
    Retry(String),
    /// This node's own database stood in the way, so that it does not count as a try.
    Hindered(Trouble),
    /// It cannot be done.
    Fail(String),
}

impl From<FetchError> for JobError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Database {
                trouble: Some(trouble),
                ..
            } => Self::Hindered(trouble),
            _ if error.may_pass() => Self::Retry(error.to_string()),
            _ => Self::Fail(error.to_string()),
        }
    }
}

impl From<store::Error> for JobError {
    fn from(cause: store::Error) -> Self {
        match Trouble::of(&cause) {
            Some(trouble) => Self::Hindered(trouble),
            None => Self::Retry(format!("the database failed: {cause}")),
        }
    }
}

/// The account with this handle. One that is known but was not fetched for a day is also refreshed, later.
///
/// # Errors
/// When it does not exist, or its server does not confirm it or cannot be reached.
pub async fn handle(node: &Node, handle: &Handle) -> Result<Account, ResolveError> {
    let handle = handle.clone().relative_to(node.urls.authority());
    let key = handle.folded().to_string();
    let look = move |conn: &mut Conn| store::accounts::find_by_handle(conn, &key);
    if let Some(account) = node.db.read(look).await? {
        refresh_if_stale(node, &account).await?;
        return Ok(account);
    }
    if handle.domain.is_none() {
        return Err(FetchError::Missing(format!("{handle} is not here")));
    }
    let reach = Reach::new(node);
    let bound = handles::find(reach.data().await?, &handle).await?;
    known_actor(&reach, &bound.actor).await
}

async fn refresh_if_stale(node: &Node, account: &Account) -> QueryResult<()> {
    let is_stale = node.clock.now() - account.fetched_at > STALE;
    if account.is_local() || !is_stale {
        return Ok(());
    }
    let job = Job::RefreshAccount {
        uri: account.uri.clone(),
    };
    let mut account = account.clone();
    // Marks the row, so that everybody who looks for it within the day does not queue the same again.
    account.fetched_at = node.clock.now();
    node.db
        .write(move |tx| {
            store::accounts::update(tx, &account)?;
            tx.queue(&job)
        })
        .await
}

/// What somebody means who types a URL, or a handle in any of its forms (`@user@host`, `acct:user@host`).
///
/// # Errors
/// When it is neither, and as [`url`] and [`handle`].
pub async fn address(node: &Node, typed: &str) -> Result<Resolved, ResolveError> {
    let typed = typed.trim();
    if typed.contains("://") {
        return url(node, typed).await;
    }
    let named = Handle::parse(typed)
        .map_err(|_| FetchError::Untrue(format!("{typed} is neither a handle nor a URL")))?;
    let account = handle(node, &named).await?;
    Ok(Resolved::Account(Box::new(account)))
}

/// What a URL leads to: an account or a status, by id or page, or by a page that names its document.
///
/// # Errors
/// When there is nothing, what there is is neither, or its server cannot be reached.
pub async fn url(node: &Node, url: &str) -> Result<Resolved, ResolveError> {
    if let Some(found) = find(node, url).await? {
        return Ok(found);
    }
    let reach = Reach::new(node);
    let document = match reach.document(url).await {
        Ok(document) => document,
        Err(error) if reach.met_page() => {
            let Some(target) = pages::find_document(node, url).await? else {
                return Err(error);
            };
            if let Some(found) = find(node, &target).await? {
                return Ok(found);
            }
            reach.document(&target).await?
        }
        Err(error) => return Err(error),
    };
    let id = document.id().unwrap_or_default().to_owned();
    if let Some(found) = find(node, &id).await? {
        return Ok(found);
    }
    let data = reach.data().await?;
    match understand(&document, &data.ours)? {
        Incoming::Actor(_) => {
            let account = receive_actor(&reach, &document).await?;
            Ok(Resolved::Account(Box::new(account)))
        }
        Incoming::Note(found) => {
            let status = notes::store(&reach, *found).await?;
            Ok(Resolved::Status(Box::new(status)))
        }
        Incoming::Tombstone { id } => Err(FetchError::Gone(format!("{id} was deleted"))),
        _ => Err(FetchError::Untrue(format!(
            "{url} is neither an account nor a status"
        ))),
    }
}

/// What is known here under a URL.
async fn find(node: &Node, url: &str) -> Result<Option<Resolved>, FetchError> {
    let place = node.urls.place(url);
    let url = url.to_owned();
    let look = move |conn: &mut Conn| -> QueryResult<Option<Resolved>> {
        let by_place = match &place {
            Some(Place::Account(name)) => store::accounts::find_by_handle(conn, name)?,
            _ => None,
        };
        let account = match by_place {
            Some(account) => Some(account),
            None => match store::accounts::find_by_uri(conn, &url)? {
                Some(account) => Some(account),
                None => store::accounts::find_by_url(conn, &url)?,
            },
        };
        if let Some(account) = account {
            return Ok(Some(Resolved::Account(Box::new(account))));
        }
        let status = find_status(conn, place.as_ref(), &url)?;
        Ok(status.map(|status| Resolved::Status(Box::new(status))))
    };
    Ok(node.db.read(look).await?)
}

fn find_status(conn: &mut Conn, place: Option<&Place>, url: &str) -> QueryResult<Option<Status>> {
    let Some(Place::Status(name, id)) = place else {
        return store::statuses::find_by_uri(conn, url);
    };
    let Some(status) = store::statuses::find(conn, *id)? else {
        return Ok(None);
    };
    let author = store::accounts::find(conn, status.account_id)?;
    Ok(author
        .filter(|author| author.handle == *name)
        .map(|_| status))
}

/// Makes the accounts known that a local text names, as far as that is possible in reasonable time.
pub async fn mentions(node: &Node, text: &str) {
    let named = scan::mentions(text);
    let foreign = named
        .into_iter()
        .map(|handle| handle.relative_to(node.urls.authority()))
        .filter(|handle| handle.domain.is_some())
        .take(HANDLES);
    let look_up = async {
        for named in foreign {
            if let Err(cause) = handle(node, &named).await {
                tracing::debug!(handle = %named, %cause, "somebody who is named stays unknown");
            }
        }
    };
    if tokio::time::timeout(PATIENCE, look_up).await.is_err() {
        tracing::debug!("not everybody who is named could be looked up in time");
    }
}

/// The account of an actor, fetched if it is not known.
///
/// # Errors
/// When it does not exist, is not believed, or its server cannot be reached.
pub async fn actor(node: &Node, uri: &str) -> Result<Account, ResolveError> {
    known_actor(&Reach::new(node), uri).await
}

/// The status with this id, fetched if it is not known.
///
/// # Errors
/// When it does not exist, is not believed, or its server cannot be reached.
pub async fn status(node: &Node, uri: &str) -> Result<Status, ResolveError> {
    known_status(&Reach::new(node), uri).await
}

/// Brings a remote account up to date, or removes it when its server says that it is gone.
///
/// # Errors
/// [`JobError::Retry`] while its server cannot be reached.
pub async fn refresh_account(node: &Node, uri: &str) -> Result<(), JobError> {
    match fetch_actor(&Reach::new(node), uri).await {
        Ok(account) if account.featured_url.is_some() => {
            let job = Job::FetchFeatured {
                account: account.id,
            };
            node.db.write(move |tx| tx.queue(&job)).await?;
            Ok(())
        }
        Ok(_) => Ok(()),
        Err(FetchError::Gone(_)) => {
            let uri = uri.to_owned();
            node.db
                .write(move |tx| match store::accounts::find_by_uri(tx, &uri)? {
                    Some(account) if !account.is_local() => remote_accounts::remove(tx, &account),
                    _ => Ok(()),
                })
                .await?;
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Fetches what a status replies to. What that replies to in turn is a job of its own, until the chain is long.
///
/// # Errors
/// [`JobError::Retry`] while its server cannot be reached, [`JobError::Fail`] if it is not to be had.
pub async fn fetch_parent(node: &Node, uri: &str) -> Result<(), JobError> {
    let key = uri.to_owned();
    let look = move |conn: &mut Conn| chain_below(conn, &key);
    if node.db.read(look).await? >= LONGEST_CHAIN {
        return Err(JobError::Fail(format!(
            "the thread is longer than {LONGEST_CHAIN} statuses"
        )));
    }
    status(node, uri).await?;
    Ok(())
}

/// How many statuses hang below a missing one, each on the other.
fn chain_below(conn: &mut Conn, uri: &str) -> QueryResult<usize> {
    let mut longest = 0;
    let waiting = store::statuses::list_waiting_for(conn, uri)?;
    for reply in store::statuses::list(conn, &waiting)?.iter().take(HANDLES) {
        let links = store::threads::list(conn, reply.conversation_id, LARGEST_THREAD)?;
        longest = longest.max(depth(&links, reply.id));
    }
    Ok(longest)
}

/// The length of the longest chain from `top` down, itself included.
fn depth(links: &[Link], top: crate::id::StatusId) -> usize {
    let mut level = vec![top];
    let mut depth = 0;
    while !level.is_empty() && depth < LONGEST_CHAIN {
        depth += 1;
        level = links
            .iter()
            .filter(|link| link.parent.is_some_and(|parent| level.contains(&parent)))
            .map(|link| link.id)
            .collect();
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::StatusId;

    #[test]
    fn the_longest_chain_counts() {
        let link = |id, parent| Link {
            id: StatusId(id),
            parent: Some(StatusId(parent)),
        };
        let broad = [link(2, 1), link(3, 1), link(4, 3)];
        assert_eq!(depth(&broad, StatusId(1)), 3);
        assert_eq!(depth(&broad, StatusId(4)), 1);
        let circle = [link(2, 1), link(1, 2)];
        assert_eq!(depth(&circle, StatusId(1)), LONGEST_CHAIN);
    }

    #[test]
    fn a_fetch_that_may_pass_is_tried_again() {
        for (error, expected) in [
            (FetchError::Unreachable("x".into()), true),
            (FetchError::Missing("x".into()), false),
            (FetchError::Gone("x".into()), false),
            (FetchError::Untrue("x".into()), false),
        ] {
            assert_eq!(
                matches!(JobError::from(error), JobError::Retry(_)),
                expected
            );
        }
    }
}
