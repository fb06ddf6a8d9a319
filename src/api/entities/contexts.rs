//! The conversation around a status.

use serde::Serialize;

use super::Status;

/// What stands above and below a status in its conversation.
///
/// Source: <https://docs.joinmastodon.org/entities/Context/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Context {
    /// What it answers, oldest first.
    pub ancestors: Vec<Status>,
    /// What answers it, in the order of the tree.
    pub descendants: Vec<Status>,
}
