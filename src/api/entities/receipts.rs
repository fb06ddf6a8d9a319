//! What another server sent, as the staff sees it: an entity of this node's own.

use serde::Serialize;

use super::Instant;
use crate::id::{AccountId, ReceiptId};

/// A received activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Its id here; lists are paged by it.
    pub id: ReceiptId,
    /// The activity's id.
    pub activity: String,
    /// Who sent it.
    pub actor: String,
    /// How far it has come: `waiting`, `applied`, `ignored`, `rejected` or `failed`.
    pub state: &'static str,
    /// Why it had no effect, or why it is tried again.
    pub reason: Option<String>,
    /// Tries so far.
    pub attempts: i64,
    /// When it came.
    pub received_at: Instant,
    /// When it is tried next, of one that waits.
    pub due_at: Option<Instant>,
}

/// A received activity with its document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiptWithBody {
    /// What lists show.
    #[serde(flatten)]
    pub receipt: Receipt,
    /// The owners of the personal inboxes that it came through.
    pub inboxes: Vec<AccountId>,
    /// The document as it came; empty once it was applied or ignored.
    pub body: String,
}

/// How many are due again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Renewed {
    /// The number.
    pub renewed: usize,
}
