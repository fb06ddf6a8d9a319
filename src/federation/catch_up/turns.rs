//! One request at a time to one server, however many peers are asked at the same time: a boost at one leads to another.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex as Lock, PoisonError, Weak};

use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::node::Node;

static TURNS: LazyLock<Lock<HashMap<String, Weak<Mutex<()>>>>> = LazyLock::new(Lock::default);

/// Waits until nobody else here asks this server while catching up; it is the caller's turn until the guard goes.
pub(super) async fn take(node: &Node, server: &str) -> OwnedMutexGuard<()> {
    // Nodes of one process do not wait for each other.
    let place = format!("{}\n{server}", node.number);
    let turn = {
        let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        let known = turns.get(&place).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let turn = Arc::new(Mutex::new(()));
            turns.insert(place, Arc::downgrade(&turn));
            turn
        })
    };
    turn.lock_owned().await
}
