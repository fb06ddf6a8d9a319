//! One walk through what waits for a peer that is up: oldest first, a few at a time, and never two at once about the
//! same thing, so that a Delete cannot overtake its Create.

use std::collections::{HashMap, HashSet, VecDeque};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::attempts::{Attempt, Outcome, Signer, attempt};
use super::lane::{Lane, with_signers};
use super::ledger::Tally;
use crate::id::{AccountId, ActivityId, InboxId};
use crate::store::QueryResult;
use crate::store::deliveries::{self, Parcel};

/// What must stay in order: messages about one thing to one inbox.
type Topic = (InboxId, String);

/// Sends everything that is due, each message once at most.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn replay(lane: &Lane<'_>) -> QueryResult<Tally> {
    let has_halted = AtomicBool::new(false);
    let mut backlog = Backlog::open(lane).await?;
    let mut flights = FuturesUnordered::new();
    let mut landed: Vec<Attempt> = Vec::new();
    // One write at a time: what lands meanwhile goes into the next, so that a busy lane writes in batches.
    let mut writing: Option<Pin<Box<_>>> = None;
    let mut window = Window::new(lane.node.config.federation.per_peer_in_flight);
    let mut tally = Tally::default();
    loop {
        while flights.len() < window.size && !has_halted.load(Ordering::Relaxed) {
            let Some((parcel, signer)) = backlog.next().await? else {
                break;
            };
            flights.push(send(lane, parcel, signer, &has_halted));
        }
        if writing.is_none() && !landed.is_empty() {
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
                let (done, is_down) = recorded?;
                tally += done;
                if is_down {
                    has_halted.store(true, Ordering::Relaxed);
                }
            }
            else => return Ok(tally),
        }
    }
}

/// Sends one message to a peer that is up, unless the lane has halted before its turn came.
async fn send(
    lane: &Lane<'_>,
    parcel: Parcel,
    signer: Signer,
    has_halted: &AtomicBool,
) -> Option<Attempt> {
    let request = async {
        if has_halted.load(Ordering::Relaxed) || lane.is_stopping() {
            return None;
        }
        Some(attempt(lane.node, parcel, signer).await)
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

/// What is to be sent, read a little at a time: a body is in memory only shortly before it leaves.
struct Backlog<'a> {
    lane: &'a Lane<'a>,
    waiting: VecDeque<Parcel>,
    signers: HashMap<AccountId, Signer>,
    last: (ActivityId, InboxId),
    is_read: bool,
    under_way: HashSet<Topic>,
    /// Topics of which an older message is set aside.
    set_aside: HashMap<Topic, ActivityId>,
}

impl<'a> Backlog<'a> {
    async fn open(lane: &'a Lane<'a>) -> QueryResult<Self> {
        let (peer, now) = (lane.peer, lane.node.clock.now());
        let read = move |c: &mut _| deliveries::list_set_aside(c, peer, now);
        let mut set_aside = HashMap::new();
        for (activity, inbox, about) in lane.node.db.read(read).await? {
            note(&mut set_aside, (inbox, about), activity);
        }
        Ok(Self {
            lane,
            waiting: VecDeque::new(),
            signers: HashMap::new(),
            last: (ActivityId(0), InboxId(0)),
            is_read: false,
            under_way: HashSet::new(),
            set_aside,
        })
    }

    /// The next message that may leave; none if there is none, or if the next has to wait for one under way.
    async fn next(&mut self) -> QueryResult<Option<(Parcel, Signer)>> {
        loop {
            if self.waiting.is_empty() && !self.is_read {
                self.read().await?;
            }
            let Some(parcel) = self.waiting.front() else {
                return Ok(None);
            };
            let topic = topic_of(parcel);
            if self.under_way.contains(&topic) {
                return Ok(None);
            }
            let Some(parcel) = self.waiting.pop_front() else {
                return Ok(None);
            };
            let older = self.set_aside.get(&topic);
            let is_behind = older.is_some_and(|older| *older < parcel.delivery.activity_id);
            let signer = self.signers.get(&parcel.account_id).cloned();
            if let Some(signer) = signer.filter(|_| !is_behind) {
                self.under_way.insert(topic);
                return Ok(Some((parcel, signer)));
            }
        }
    }

    async fn read(&mut self) -> QueryResult<()> {
        let (peer, after, now) = (self.lane.peer, self.last, self.lane.node.clock.now());
        let limit = self.lane.node.config.federation.per_peer_in_flight * 2;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = move |c: &mut _| {
            let parcels = deliveries::list_due(c, peer, now, after, limit)?;
            with_signers(c, parcels)
        };
        let batch = self.lane.node.db.read(read).await?;
        self.is_read = batch.parcels.is_empty();
        if let Some(last) = batch.parcels.last() {
            self.last = (last.delivery.activity_id, last.delivery.inbox_id);
        }
        self.waiting.extend(batch.parcels);
        self.signers = batch.signers;
        Ok(())
    }

    /// Takes note of what came of a message: others about the same thing may follow, or have to wait.
    fn close(&mut self, attempt: &Attempt) {
        let topic = topic_of(&attempt.parcel);
        self.under_way.remove(&topic);
        if !matches!(attempt.outcome, Outcome::Taken | Outcome::Undeliverable) {
            let activity = attempt.parcel.delivery.activity_id;
            note(&mut self.set_aside, topic, activity);
        }
    }
}

fn topic_of(parcel: &Parcel) -> Topic {
    (parcel.delivery.inbox_id, parcel.object_uri.clone())
}

/// Keeps the oldest message of each topic.
fn note(set_aside: &mut HashMap<Topic, ActivityId>, topic: Topic, activity: ActivityId) {
    let oldest = set_aside.entry(topic).or_insert(activity);
    *oldest = activity.min(*oldest);
}
