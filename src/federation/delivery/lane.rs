//! What every part of a lane needs: whose it is, when to stop, and how what came of it is written down.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::attempts::{Attempt, Outcome};
use super::documents::Documents;
use super::ledger::{self, Tally};
use super::slots::Slots;
use crate::federation::heard::Ear;
use crate::federation::knocks::Knocks;
use crate::node::Node;
use crate::store::{self, QueryResult, Trouble, Tx};

/// How long is waited before what could not be saved is tried again.
const MOMENT: Duration = Duration::from_millis(500);

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

    /// Writes what came of these attempts; tells whether the peer is left alone now. While nothing can be saved it waits:
    /// what is forgotten here would be sent once more.
    ///
    /// While the node stops, its own connections are cut: what then did not arrive says nothing about the peer, and
    /// goes out after the next start.
    pub(super) async fn record(&self, mut attempts: Vec<Attempt>) -> QueryResult<(Tally, bool)> {
        if self.is_stopping() {
            attempts.retain(|attempt| !matches!(attempt.outcome, Outcome::Unavailable { .. }));
        }
        let (peer, mut attempts) = (self.peer, Arc::new(attempts));
        loop {
            let (written, ear) = (attempts.clone(), Ear::of(self.node));
            let record = move |tx: &mut Tx| ledger::record(tx, peer, &written, &ear);
            match self.node.db.write_later(record).await {
                Err(error) if Trouble::of(&error).is_some() && !*self.stop.borrow() => {
                    store::report(&error, "what became of deliveries could not be written");
                    self.wait().await;
                    // Whoever may have this lane by now knows better how the peer does.
                    if self.is_stopping()
                        && let Some(attempts) = Arc::get_mut(&mut attempts)
                    {
                        attempts.retain(|attempt| is_certain(&attempt.outcome));
                    }
                }
                recorded => {
                    let recorded = recorded?;
                    let knocks = Knocks::of(self.node);
                    for learned in attempts
                        .iter()
                        .filter_map(|attempt| attempt.learned.as_ref())
                    {
                        knocks.is_written(&learned.host);
                    }
                    self.measure(recorded.0, count_refusals(&attempts));
                    return Ok(recorded);
                }
            }
        }
    }

    /// Waits a moment, less when the node stops.
    async fn wait(&self) {
        let mut stop = self.stop.clone();
        let stops = stop.wait_for(|stops| *stops);
        // Time is up, or it stops: either way the wait is over.
        let _ = tokio::time::timeout(MOMENT, stops).await;
    }

    fn measure(&self, tally: Tally, refusals: usize) {
        let meters = &self.node.meters.deliveries;
        meters.taken.add(tally.taken);
        meters.kept.add(tally.kept);
        meters.dropped.add(tally.dropped);
        meters.refusals.add(refusals);
    }
}

/// Whether this stays true whoever sends to the peer meanwhile.
fn is_certain(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Taken | Outcome::Undeliverable)
}

/// How many of these attempts the peer answered with no.
fn count_refusals(attempts: &[Attempt]) -> usize {
    let is_refusal = |attempt: &&Attempt| matches!(attempt.outcome, Outcome::Refused(_));
    attempts.iter().filter(is_refusal).count()
}
