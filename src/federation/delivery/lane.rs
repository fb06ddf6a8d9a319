//! What every part of a lane needs: whose it is, when to stop, and how what came of it is written down.

use tokio::sync::watch;

use super::attempts::{Attempt, Outcome};
use super::documents::Documents;
use super::ledger::{self, Tally};
use super::slots::Slots;
use crate::federation::heard::Ear;
use crate::node::Node;
use crate::store::QueryResult;

/// A lane at work.
pub(super) struct Lane<'a> {
    /// The node.
    pub(super) node: &'a Node,
    /// Whose turn it is among all lanes.
    pub(super) slots: &'a Slots,
    /// What is sent.
    pub(super) documents: &'a Documents,
    /// Becomes true when nothing new may start.
    pub(super) stop: &'a watch::Receiver<bool>,
    /// The peer.
    pub(super) peer: i64,
}

impl Lane<'_> {
    /// Whether nothing new may start: the node stops, or this process slept so long that others have its lanes.
    pub(super) fn is_stopping(&self) -> bool {
        *self.stop.borrow() || !self.node.db.holds_its_place(self.node.clock.now())
    }

    /// Writes what came of these attempts; tells whether the peer is left alone now.
    ///
    /// While the node stops, its own connections are cut: what then did not arrive says nothing about the peer, and
    /// goes out after the next start.
    pub(super) async fn record(&self, mut attempts: Vec<Attempt>) -> QueryResult<(Tally, bool)> {
        if self.is_stopping() {
            attempts.retain(|attempt| !matches!(attempt.outcome, Outcome::Unavailable { .. }));
        }
        let (peer, ear) = (self.peer, Ear::of(self.node));
        let refusals = count_refusals(&attempts);
        let recorded = self
            .node
            .db
            .write_later(move |tx| ledger::record(tx, peer, &attempts, &ear))
            .await?;
        self.measure(recorded.0, refusals);
        Ok(recorded)
    }

    fn measure(&self, tally: Tally, refusals: usize) {
        let meters = &self.node.meters.deliveries;
        meters.taken.add(tally.taken);
        meters.kept.add(tally.kept);
        meters.dropped.add(tally.dropped);
        meters.refusals.add(refusals);
    }
}

/// How many of these attempts the peer answered with no.
fn count_refusals(attempts: &[Attempt]) -> usize {
    let is_refusal = |attempt: &&Attempt| matches!(attempt.outcome, Outcome::Refused(_));
    attempts.iter().filter(is_refusal).count()
}
