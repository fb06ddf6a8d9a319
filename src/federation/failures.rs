//! What failed lately and is not asked again at once: keys, actors and handles that could not be fetched.
//!
//! Strangers choose what we ask for, so the memory is bounded, and each host is asked only so often.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use quick_cache::sync::Cache;

use super::fetch::FetchError;
use crate::clock::{MINUTE, SECOND};
use crate::node::Node;

/// Failures that are remembered at most.
const FAILURES: usize = 8_192;
/// Hosts whose requests are counted at most.
const HOSTS: usize = 4_096;
/// How long a failure that may pass is not tried again.
const PAUSE: i64 = 30 * SECOND;
/// How long a failure for good is not tried again.
const REST: i64 = 5 * MINUTE;
/// Requests to one host within [`WINDOW`] that strangers may cause.
const REQUESTS: u32 = 300;
const WINDOW: i64 = MINUTE;

#[derive(Clone, Debug)]
struct Failure {
    until: i64,
    error: FetchError,
}

#[derive(Clone, Copy, Debug, Default)]
struct Spent {
    since: i64,
    requests: u32,
}

static FAILED: LazyLock<Cache<String, Failure>> = LazyLock::new(|| Cache::new(FAILURES));
static ASKED: LazyLock<Cache<String, Arc<Mutex<Spent>>>> = LazyLock::new(|| Cache::new(HOSTS));

/// Nodes of one process do not share what failed.
fn place(node: &Node, what: &str) -> String {
    format!("{}\n{what}", node.number)
}

/// Why `what` failed lately, if it is too early to ask again.
pub(super) fn find(node: &Node, what: &str) -> Option<FetchError> {
    let failure = FAILED.get(&place(node, what))?;
    (failure.until > node.clock.now()).then_some(failure.error)
}

/// Remembers that `what` failed.
pub(super) fn remember(node: &Node, what: &str, error: &FetchError) {
    let pause = match error {
        FetchError::Database { .. } | FetchError::Closed => return,
        FetchError::Unreachable(_) => PAUSE,
        FetchError::Missing(_) | FetchError::Gone(_) | FetchError::Untrue(_) => REST,
    };
    let failure = Failure {
        until: node.clock.now() + pause,
        error: error.clone(),
    };
    FAILED.insert(place(node, what), failure);
}

/// Counts a request that a stranger causes to `host`.
///
/// # Errors
/// When the host was asked too often lately.
pub(super) fn spend(node: &Node, host: &str) -> Result<(), FetchError> {
    let spent =
        ASKED.get_or_insert_with(&place(node, host), || Ok::<_, FetchError>(Arc::default()))?;
    let mut spent = spent.lock().unwrap_or_else(PoisonError::into_inner);
    let now = node.clock.now();
    if now - spent.since >= WINDOW {
        *spent = Spent {
            since: now,
            requests: 0,
        };
    }
    spent.requests += 1;
    if spent.requests > REQUESTS {
        return Err(FetchError::Unreachable(format!(
            "{host} was asked too often in the last minute"
        )));
    }
    Ok(())
}
