//! Lets the previews be fetched that people here wish for.

use std::time::Duration;

use tokio::sync::watch;

use crate::node::Node;
use crate::social::previews;
use crate::store;

/// How long wishes are gathered before they are granted together.
const BREATH: Duration = Duration::from_millis(500);

/// Grants wishes until it is time to stop.
pub(super) async fn run(node: Node, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = node.wishes.wait() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        tokio::time::sleep(BREATH).await;
        if let Err(error) = previews::grant(&node).await {
            store::report(&error, "wishes for previews could not be written");
        }
    }
}
