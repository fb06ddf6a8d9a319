//! How the whole node does: how much waits, and how far it lags behind. Taken with a fixed number of queries, at most
//! once in some seconds whoever asks.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::Result;
use crate::clock::{MINUTE, SECOND};
use crate::node::Node;
use crate::store::vitals::{self, Counts};
use crate::text::spans::in_words;

/// How long what was counted is believed, in milliseconds.
const BELIEVED: i64 = 5 * SECOND;

/// How the node does at one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vitals {
    /// When this was counted, in milliseconds.
    pub taken_at: i64,
    /// What waits, and since when.
    pub counts: Counts,
}

/// How far the node lags behind, by part, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lag {
    /// Deliveries to peers that take them.
    pub deliveries: i64,
    /// Facts of which no document was made yet.
    pub facts: i64,
    /// Received activities that have no effect yet.
    pub receipts: i64,
}

impl Lag {
    /// The worst of all, in milliseconds: the lag of the node.
    #[must_use]
    pub fn worst(&self) -> i64 {
        self.deliveries.max(self.facts).max(self.receipts)
    }

    /// The same as a sentence.
    #[must_use]
    pub fn in_words(&self) -> String {
        if self.worst() < MINUTE {
            "Posts leave and arrive without delay.".to_owned()
        } else {
            format!("Posts are up to {} late.", in_words(self.worst()))
        }
    }
}

impl Vitals {
    /// How far the node lags behind.
    #[must_use]
    pub fn lag(&self) -> Lag {
        let age = |since: Option<i64>| since.map_or(0, |since| (self.taken_at - since).max(0));
        Lag {
            deliveries: age(self.counts.oldest_delivery_due),
            facts: age(self.counts.oldest_fact),
            receipts: age(self.counts.oldest_receipt),
        }
    }

    /// How long the oldest delivery waits, for whatever peer, in milliseconds.
    #[must_use]
    pub fn oldest_delivery(&self) -> i64 {
        let since = self.counts.oldest_delivery;
        since.map_or(0, |since| (self.taken_at - since).max(0))
    }

    /// Peers that take deliveries, as far as is known.
    #[must_use]
    pub fn peers_up(&self) -> i64 {
        let peers = self.counts.peers;
        (peers.all - peers.down - peers.paused).max(0)
    }
}

/// The last count. Clones share it; one is enough for a process.
#[derive(Clone, Debug, Default)]
pub struct Gauges(Arc<Mutex<Option<Vitals>>>);

impl Gauges {
    /// Nothing counted yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How the node does, counted some seconds ago at most. Who comes while it is counted waits for that.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn take(&self, node: &Node) -> Result<Vitals> {
        let mut last = self.0.lock().await;
        let now = node.clock.now();
        if let Some(vitals) = last.filter(|vitals| (0..BELIEVED).contains(&(now - vitals.taken_at)))
        {
            return Ok(vitals);
        }
        let counts = node.db.read(move |conn| vitals::count(conn, now)).await?;
        let vitals = Vitals {
            taken_at: now,
            counts,
        };
        *last = Some(vitals);
        Ok(vitals)
    }
}
