//! The signs of life of this process, by which others that share the database know that it works.

use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::clock::SECOND;
use crate::node::Node;
use crate::store::{self, QueryResult};

/// How often a sign is given at least.
const PULSE: Duration = Duration::from_secs(5);

/// Registers this process.
///
/// # Errors
/// Whatever the database says, and that there are too many processes.
pub(super) async fn join(node: &Node) -> QueryResult<()> {
    node.db.join(&name_of(node), timeout_of(node)).await
}

/// Gives signs of life until it is dropped.
pub(super) async fn live(node: Node) {
    if node.db.process().is_none() {
        return std::future::pending().await;
    }
    let timeout = timeout_of(&node);
    let quarter = Duration::from_millis(timeout.unsigned_abs() / 4);
    let mut pulse = tokio::time::interval(PULSE.min(quarter));
    pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        pulse.tick().await;
        if let Err(error) = node.db.renew(&name_of(&node), timeout).await {
            store::report(&error, "this process could give no sign of life");
        }
    }
}

/// Gives back what this process holds.
pub(super) async fn leave(node: &Node) {
    if let Err(error) = node.db.leave().await {
        store::report(
            &error,
            "this process leaves without a word: others find out",
        );
    }
}

fn name_of(node: &Node) -> String {
    format!("{} ({})", node.config.server.listen, std::process::id())
}

fn timeout_of(node: &Node) -> i64 {
    i64::from(node.config.database.process_timeout_seconds) * SECOND
}
