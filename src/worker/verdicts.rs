//! What became of a received activity, as its receipt says it.

use super::pauses;
use crate::federation::activities::Verdict;
use crate::store::receipts::{self, Receipt};
use crate::store::{QueryResult, ReceiptState, Tx};

/// Writes what became of an activity, unless it ended in the transaction of its effects.
///
/// # Errors
/// Whatever the database says.
pub(super) fn record(tx: &mut Tx, receipt: &Receipt, verdict: &Verdict) -> QueryResult<()> {
    let (id, lease) = (receipt.id.0, receipt.lease());
    match verdict {
        Verdict::Applied => Ok(()),
        Verdict::Ignored(reason) => {
            receipts::finish(tx, lease, ReceiptState::Ignored, Some(reason)).map(drop)
        }
        Verdict::Rejected(reason) => {
            tracing::info!(receipt = id, reason, "a received activity is rejected");
            receipts::finish(tx, lease, ReceiptState::Rejected, Some(reason)).map(drop)
        }
        Verdict::Retry(cause) => {
            if let Some(due) = pauses::receipt_due_after(receipt.attempts, tx.now()) {
                return receipts::retry(tx, lease, cause, due);
            }
            tracing::warn!(receipt = id, cause, "a received activity is given up");
            receipts::finish(tx, lease, ReceiptState::Failed, Some(cause)).map(drop)
        }
        Verdict::Hindered(trouble) => {
            tracing::debug!(receipt = id, %trouble, "a received activity is not applied yet");
            receipts::give_back(tx, lease, tx.now() + pauses::OF_TROUBLES)
        }
    }
}
