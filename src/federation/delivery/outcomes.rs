//! What is remembered of attempts that ended a delivery, for people who want to know what became of a post.

use super::attempts::{Attempt, Outcome};
use crate::store::{OutcomeState, QueryResult, Tx, outcomes};

/// Remembers what became of deliveries that these attempts ended.
pub(super) fn record(tx: &mut Tx, ended: &[&Attempt]) -> QueryResult<()> {
    let now = tx.now();
    let rows: Vec<outcomes::Outcome> = ended
        .iter()
        .map(|attempt| {
            let delivery = attempt.parcel.row.delivery;
            if attempt.outcome == Outcome::Taken {
                return outcomes::Outcome::of(delivery, OutcomeState::Taken, now, None);
            }
            let reason = Some(attempt.words.clone());
            outcomes::Outcome::of(delivery, OutcomeState::Refused, now, reason)
        })
        .collect();
    outcomes::insert(tx, &rows)
}
