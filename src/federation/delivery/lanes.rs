//! Which lanes work, and when: woken by events, and by looking now and then for what nobody told.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{broadcast, watch};
use tokio::task::{self, JoinError, JoinSet};
use tokio::time::MissedTickBehavior;

use super::lane::Lane;
use super::ledger::Tally;
use super::shifts::work_off;
use super::slots::Slots;
use crate::node::Node;
use crate::store::{self, Event, QueryResult, peers};

/// How often the database is asked which peers can be sent something: probes that have come due, and deliveries that
/// other processes queued.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Delivers until `stop` becomes true, then lets requests that are under way end and returns. They end by themselves,
/// by the deadline of the HTTP client; who drops this future earlier loses nothing, as every delivery is a row until
/// the peer has taken it. Where the node talks with no other server (`federation.enabled`), nothing is sent, and what
/// waits goes on waiting.
pub async fn run(node: Node, mut stop: watch::Receiver<bool>) {
    if !node.config.federation.enabled {
        return;
    }
    let mut events = node.db.listen();
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut lanes = Lanes {
        slots: Arc::new(slots_of(&node)),
        node,
        stop: stop.clone(),
        tasks: JoinSet::new(),
        peers: HashMap::new(),
        awake: HashMap::new(),
    };
    while !*stop.borrow() {
        tokio::select! {
            event = events.recv() => match event {
                Ok(Event::Peer(peer)) => lanes.wake(peer),
                Ok(Event::Missed) | Err(broadcast::error::RecvError::Lagged(_)) => {
                    lanes.wake_due().await;
                }
                Ok(_) => {}
                Err(broadcast::error::RecvError::Closed) => break,
            },
            Some(ended) = lanes.tasks.join_next_with_id() => lanes.end(ended),
            _ = look.tick() => lanes.wake_due().await,
            changed = stop.changed() => if changed.is_err() { break },
        }
    }
    while lanes.tasks.join_next().await.is_some() {}
}

/// Sends all that is due at this instant, to all peers at the same time, until nothing due is left; tells what became
/// of it. For tests and commands, which want to know the end. Sends nothing where [`run`] would send nothing.
///
/// # Errors
/// Whatever the database says.
pub async fn deliver_all_due(node: &Node) -> QueryResult<Tally> {
    if !node.config.federation.enabled {
        return Ok(Tally::default());
    }
    let slots = slots_of(node);
    let (_never, stop) = watch::channel(false);
    let mut tally = Tally::default();
    loop {
        let now = node.clock.now();
        let due = node.db.read(move |c| peers::list_due(c, now)).await?;
        let lanes: Vec<Lane<'_>> = due
            .into_iter()
            .map(|peer| Lane {
                node,
                slots: &slots,
                stop: &stop,
                peer,
            })
            .collect();
        let mut ends: FuturesUnordered<_> = lanes.iter().map(work_off).collect();
        let mut done = Tally::default();
        while let Some(ended) = ends.next().await {
            done += ended?;
        }
        if done.attempts() == 0 {
            return Ok(tally);
        }
        tally += done;
    }
}

fn slots_of(node: &Node) -> Slots {
    Slots::new(node.config.federation.deliveries_in_flight)
}

/// The lanes of a running node, a task for each peer that is at work.
struct Lanes {
    node: Node,
    slots: Arc<Slots>,
    stop: watch::Receiver<bool>,
    tasks: JoinSet<QueryResult<Tally>>,
    /// Whose lane a task is.
    peers: HashMap<task::Id, i64>,
    /// Peers whose lane is at work, and whether something came up since it last looked.
    awake: HashMap<i64, bool>,
}

impl Lanes {
    /// Lets a peer's lane work, and once more if it is at work already: it may have looked before the news.
    fn wake(&mut self, peer: i64) {
        if let Some(has_news) = self.awake.get_mut(&peer) {
            *has_news = true;
            return;
        }
        self.awake.insert(peer, false);
        let (node, slots, stop) = (self.node.clone(), self.slots.clone(), self.stop.clone());
        let task = self.tasks.spawn(async move {
            let lane = Lane {
                node: &node,
                slots: &slots,
                stop: &stop,
                peer,
            };
            work_off(&lane).await
        });
        self.peers.insert(task.id(), peer);
    }

    async fn wake_due(&mut self) {
        let now = self.node.clock.now();
        match self.node.db.read(move |c| peers::list_due(c, now)).await {
            Ok(due) => {
                for peer in due {
                    if !self.awake.contains_key(&peer) {
                        self.wake(peer);
                    }
                }
            }
            Err(error) => store::report(&error, "the peers with a backlog could not be read"),
        }
    }

    fn end(&mut self, ended: Result<(task::Id, QueryResult<Tally>), JoinError>) {
        let id = match &ended {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        };
        let Some(peer) = self.peers.remove(&id) else {
            return;
        };
        match ended {
            Ok((_, Ok(_))) => {}
            Ok((_, Err(error))) => {
                store::report(
                    &error,
                    &format!("deliveries to peer {peer} were interrupted"),
                );
            }
            Err(error) => tracing::error!(peer, %error, "a lane broke off"),
        }
        if self.awake.remove(&peer) == Some(true) {
            self.wake(peer);
        }
    }
}
