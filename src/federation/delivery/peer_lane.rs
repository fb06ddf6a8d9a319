//! The lane of one peer: what waits for it goes out while it is up; while it is down, one message at a time is tried
//! when its time has come.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use super::attempts::{Attempt, Signer, attempt};
use super::ledger::{self, Tally};
use super::replay::replay;
use super::slots::Slots;
use crate::federation::identities;
use crate::id::{AccountId, ActivityId, InboxId};
use crate::node::Node;
use crate::store::deliveries::{self, Parcel};
use crate::store::peers::{self, Peer};
use crate::store::{Conn, QueryResult};

/// From so many failures on, a message that was tried in vain gives way to others: it may be the cause.
const FAILURES_OF_ONE_MESSAGE: i64 = 4;
/// Messages among which the one to try is looked for.
const CANDIDATES: i64 = 8;

/// A lane at work.
pub(super) struct Lane<'a> {
    /// The node.
    pub(super) node: &'a Node,
    /// Whose turn it is among all lanes.
    pub(super) slots: &'a Slots,
    /// Becomes true when nothing new may start.
    pub(super) stop: &'a watch::Receiver<bool>,
    /// The peer.
    pub(super) peer: i64,
}

/// Messages with those who sign them.
pub(super) struct Batch {
    /// The messages.
    pub(super) parcels: Vec<Parcel>,
    /// Who signs.
    pub(super) signers: HashMap<AccountId, Signer>,
}

impl Lane<'_> {
    /// Sends what can be sent now: until nothing is due, the peer fails, or everything stops.
    ///
    /// # Errors
    /// Whatever the database says; what was sent meanwhile may then be sent once more.
    pub(super) async fn work_off(&self) -> QueryResult<Tally> {
        let mut tally = Tally::default();
        while !self.is_stopping() {
            let id = self.peer;
            let Some(peer) = self.node.db.read(move |c| peers::find(c, id)).await? else {
                break;
            };
            let done = match peer.next_probe_at {
                Some(at) if at > self.node.clock.now() => break,
                Some(_) => self.probe(&peer).await?,
                None => replay(self).await?,
            };
            tally += done;
            if done.attempts() == 0 {
                break;
            }
        }
        Ok(tally)
    }

    /// Whether nothing new may start.
    pub(super) fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Tries one message at a peer that is down.
    async fn probe(&self, peer: &Peer) -> QueryResult<Tally> {
        let (peer, now) = (peer.clone(), self.node.clock.now());
        let batch = self
            .node
            .db
            .read(move |c| {
                let parcels = find_probe(c, &peer, now)?.into_iter().collect();
                with_signers(c, parcels)
            })
            .await?;
        let Batch { parcels, signers } = batch;
        let Some((parcel, signer)) = parcels.into_iter().find_map(|parcel| {
            let signer = signers.get(&parcel.account_id)?.clone();
            Some((parcel, signer))
        }) else {
            return Ok(Tally::default());
        };
        let request = async {
            if self.is_stopping() {
                return None;
            }
            Some(attempt(self.node, parcel, signer).await)
        };
        let Some(attempt) = self.slots.probe(request).await else {
            return Ok(Tally::default());
        };
        Ok(self.record(vec![attempt]).await?.0)
    }

    /// Sends one message to a peer that is up, unless the lane has halted before its turn came.
    pub(super) async fn send(
        &self,
        parcel: Parcel,
        signer: Signer,
        has_halted: &AtomicBool,
    ) -> Option<Attempt> {
        let request = async {
            if has_halted.load(Ordering::Relaxed) || self.is_stopping() {
                return None;
            }
            Some(attempt(self.node, parcel, signer).await)
        };
        self.slots.send(request).await
    }

    /// Writes what came of these attempts; tells whether the peer is left alone now.
    pub(super) async fn record(&self, attempts: Vec<Attempt>) -> QueryResult<(Tally, bool)> {
        let peer = self.peer;
        self.node
            .db
            .write(move |tx| ledger::record(tx, peer, &attempts))
            .await
    }
}

/// The message with which a peer is tried: the oldest; after some failures the one that was not tried for longest.
/// Never one that would overtake an older one about the same thing.
fn find_probe(conn: &mut Conn, peer: &Peer, now: i64) -> QueryResult<Option<Parcel>> {
    let mut candidates = Vec::new();
    if peer.failures < FAILURES_OF_ONE_MESSAGE {
        let start = (ActivityId(0), InboxId(0));
        candidates = deliveries::list_due(conn, peer.id, now, start, CANDIDATES)?;
    }
    candidates.extend(deliveries::list_by_last_try(conn, peer.id, CANDIDATES)?);
    for candidate in candidates {
        if !deliveries::is_behind(conn, &candidate)? {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

/// Adds to messages those who sign them.
pub(super) fn with_signers(conn: &mut Conn, parcels: Vec<Parcel>) -> QueryResult<Batch> {
    let mut signers = HashMap::new();
    for parcel in &parcels {
        if let Entry::Vacant(place) = signers.entry(parcel.account_id) {
            place.insert(identities::find(conn, parcel.account_id)?);
        }
    }
    Ok(Batch { parcels, signers })
}
