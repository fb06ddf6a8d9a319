//! One walk through what waits for a peer that is up: a few at a time, in the order that the backlog says.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::attempts::{Attempt, Outcome, attempt};
use super::backlog::{Backlog, Start};
use super::lane::Lane;
use super::ledger::Tally;
use super::parcels::Parcel;
use crate::store::QueryResult;

/// Windows of messages that may be sent and not yet written down.
const UNWRITTEN: usize = 2;

/// Sends everything that is due, each message once at most.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn replay(lane: &Lane<'_>, start: Start) -> QueryResult<Tally> {
    let has_halted = AtomicBool::new(false);
    let mut backlog = Backlog::new(lane, start);
    let mut flights = FuturesUnordered::new();
    let mut landed: Vec<Attempt> = Vec::new();
    // One write at a time: what lands meanwhile goes into the next, so that a busy lane writes in batches.
    let mut writing: Option<Pin<Box<_>>> = None;
    let mut written = 0;
    let largest = lane.node.config.federation.per_peer_in_flight;
    let mut window = Window::new(largest);
    let mut tally = Tally::default();
    // What was sent already is written before this ends with a failure: it would be sent once more.
    let mut failure = None;
    loop {
        // What was sent and not yet written is what a kill repeats, so that is bounded too.
        while flights.len() < window.size
            && flights.len() + landed.len() + written < UNWRITTEN * largest
            && !has_halted.load(Ordering::Relaxed)
        {
            match backlog.next().await {
                Ok(Some(parcel)) => flights.push(send(lane, parcel, &has_halted)),
                Ok(None) => break,
                Err(error) => {
                    has_halted.store(true, Ordering::Relaxed);
                    failure = Some(error);
                }
            }
        }
        if writing.is_none() && !landed.is_empty() {
            written = landed.len();
            writing = Some(Box::pin(lane.record(std::mem::take(&mut landed))));
        }
        tokio::select! {
            Some(attempt) = flights.next() => {
                let Some(attempt) = attempt else {
                    has_halted.store(true, Ordering::Relaxed);
                    continue;
                };
                backlog.close(&attempt);
                window.fit(&attempt.outcome);
                if matches!(attempt.outcome, Outcome::Unavailable { .. }) {
                    has_halted.store(true, Ordering::Relaxed);
                }
                landed.push(attempt);
            }
            Some(recorded) = end_of(&mut writing) => {
                writing = None;
                written = 0;
                let (done, is_down) = recorded?;
                tally += done;
                if is_down {
                    has_halted.store(true, Ordering::Relaxed);
                }
            }
            else => return failure.map_or(Ok(tally), Err),
        }
    }
}

/// Sends one message to a peer that is up, unless the lane has halted before its turn came.
async fn send(lane: &Lane<'_>, parcel: Parcel, has_halted: &AtomicBool) -> Option<Attempt> {
    let request = async {
        if has_halted.load(Ordering::Relaxed) || lane.is_stopping() {
            return None;
        }
        Some(attempt(lane.node, parcel).await)
    };
    lane.slots.send(request).await
}

/// The end of what is under way, if anything is.
async fn end_of<F: Future>(under_way: &mut Option<Pin<Box<F>>>) -> Option<F::Output> {
    match under_way {
        Some(future) => Some(future.await),
        None => None,
    }
}

/// How many requests a lane has under way: one at first, more while the peer takes them.
struct Window {
    size: usize,
    largest: usize,
}

impl Window {
    fn new(largest: usize) -> Self {
        Self { size: 1, largest }
    }

    fn fit(&mut self, outcome: &Outcome) {
        self.size = match outcome {
            Outcome::Taken => (self.size * 2).min(self.largest),
            _ => 1,
        };
    }
}
