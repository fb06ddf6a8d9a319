//! Takes into memory what the staff decided of other servers and addresses, in this process or another.

use super::bell::Bell;
use crate::node::Node;
use crate::store;

/// Keeps the memory true until the bell says that it is time to stop.
pub(super) async fn run(node: Node, mut bell: Bell) {
    while bell.ring().await {
        if let Err(error) = node.load_bans().await {
            store::report(&error, "what the staff decided could not be read anew");
        }
    }
}
