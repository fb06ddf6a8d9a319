//! Received activities as the staff sees them.

use crate::api::entities::Instant;
use crate::api::entities::receipts::{Receipt, ReceiptWithBody};
use crate::social::receipts::Shown;
use crate::store::{self, ReceiptState};

/// As lists show it.
#[must_use]
pub fn receipt(row: store::receipts::Receipt) -> Receipt {
    let waits = row.state == ReceiptState::Waiting;
    Receipt {
        id: row.id,
        activity: row.activity_uri,
        actor: row.actor_uri,
        state: row.state.word(),
        reason: row.reason,
        attempts: row.attempts,
        received_at: Instant(row.received_at),
        due_at: waits.then_some(Instant(row.due_at)),
    }
}

/// With its document.
#[must_use]
pub fn with_body(shown: Shown) -> ReceiptWithBody {
    let Shown {
        receipt: mut row,
        owners,
    } = shown;
    let body = std::mem::take(&mut row.body);
    ReceiptWithBody {
        receipt: receipt(row),
        inboxes: owners,
        body,
    }
}
