//! Which lanes work, and when: woken by events, and by looking now and then for what nobody told.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{broadcast, watch};
use tokio::task::{self, JoinError, JoinSet};
use tokio::time::MissedTickBehavior;

use super::documents::Documents;
use super::lane::Lane;
use super::ledger::Tally;
use super::shifts::{Shift, work_off};
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
    let mut lanes = Lanes::new(node, stop.clone());
    while !*stop.borrow() {
        tokio::select! {
            event = events.recv() => match event {
                Ok(Event::Peer(peer)) => lanes.wake(peer),
                Ok(Event::Missed) | Err(broadcast::error::RecvError::Lagged(_)) => {
                    lanes.wake_due().await;
                }
                Ok(Event::PeerHeard(peer)) => lanes.rouse(peer),
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
    let (slots, documents) = (slots_of(node), Documents::new());
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
                documents: &documents,
                stop: &stop,
                peer,
            })
            .collect();
        let mut ends: FuturesUnordered<_> = lanes.iter().map(work_off).collect();
        let mut done = Tally::default();
        while let Some(ended) = ends.next().await {
            done += ended?.tally;
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

/// What came up since a lane at work last looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum News {
    Nothing,
    /// Something was queued.
    Queued,
    /// The peer's pause ended.
    Heard,
}

/// The lanes of a running node, a task for each peer that is at work.
struct Lanes {
    node: Node,
    slots: Arc<Slots>,
    documents: Documents,
    stop: watch::Receiver<bool>,
    tasks: JoinSet<QueryResult<Shift>>,
    /// Whose lane a task is.
    peers: HashMap<task::Id, i64>,
    /// Peers whose lane is at work.
    awake: HashMap<i64, News>,
    /// Peers that are left alone, and until when in milliseconds: what is queued for them wakes nobody.
    asleep: HashMap<i64, i64>,
}

impl Lanes {
    fn new(node: Node, stop: watch::Receiver<bool>) -> Self {
        Self {
            slots: Arc::new(slots_of(&node)),
            documents: Documents::new(),
            node,
            stop,
            tasks: JoinSet::new(),
            peers: HashMap::new(),
            awake: HashMap::new(),
            asleep: HashMap::new(),
        }
    }

    /// Lets a peer's lane work because something was queued, unless the peer is left alone; once more if it is at work
    /// already: it may have looked before the news.
    fn wake(&mut self, peer: i64) {
        if let Some(news) = self.awake.get_mut(&peer) {
            *news = News::Queued.max(*news);
            return;
        }
        let now = self.node.clock.now();
        if self.asleep.get(&peer).is_none_or(|until| *until <= now) {
            self.start(peer);
        }
    }

    /// Lets a peer's lane work because its pause has ended.
    fn rouse(&mut self, peer: i64) {
        match self.awake.get_mut(&peer) {
            Some(news) => *news = News::Heard,
            None => self.start(peer),
        }
    }

    fn start(&mut self, peer: i64) {
        self.asleep.remove(&peer);
        self.awake.insert(peer, News::Nothing);
        let (node, slots, stop) = (self.node.clone(), self.slots.clone(), self.stop.clone());
        let documents = self.documents.clone();
        let task = self.tasks.spawn(async move {
            let lane = Lane {
                node: &node,
                slots: &slots,
                documents: &documents,
                stop: &stop,
                peer,
            };
            work_off(&lane).await
        });
        self.peers.insert(task.id(), peer);
    }

    async fn wake_due(&mut self) {
        let now = self.node.clock.now();
        self.asleep.retain(|_, until| *until > now);
        match self.node.db.read(move |c| peers::list_due(c, now)).await {
            Ok(due) => {
                for peer in due {
                    if !self.awake.contains_key(&peer) {
                        self.start(peer);
                    }
                }
            }
            Err(error) => store::report(&error, "the peers with a backlog could not be read"),
        }
    }

    fn end(&mut self, ended: Result<(task::Id, QueryResult<Shift>), JoinError>) {
        let id = match &ended {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        };
        let Some(peer) = self.peers.remove(&id) else {
            return;
        };
        let mut sleeps_until = None;
        match ended {
            Ok((_, Ok(shift))) => sleeps_until = shift.sleeps_until,
            Ok((_, Err(error))) => {
                store::report(
                    &error,
                    &format!("deliveries to peer {peer} were interrupted"),
                );
            }
            Err(error) => tracing::error!(peer, %error, "a lane broke off"),
        }
        let news = self.awake.remove(&peer).unwrap_or(News::Nothing);
        match sleeps_until {
            Some(until) if news < News::Heard => drop(self.asleep.insert(peer, until)),
            None if news == News::Nothing => {}
            _ => self.start(peer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, MINUTE};
    use crate::config::Config;

    #[tokio::test]
    async fn what_is_queued_for_a_peer_that_is_left_alone_wakes_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.server.data = folder.path().to_owned();
        crate::testing::give_database(&mut config).await;
        let node = Node::open(config, Clock::stepped(MINUTE)).await.unwrap();
        let clock = node.clock.clone();
        let (_stop, stopped) = watch::channel(false);
        let mut lanes = Lanes::new(node, stopped);
        for peer in 0..1_000 {
            lanes.asleep.insert(peer, 2 * MINUTE);
        }
        for peer in 0..1_000 {
            lanes.wake(peer);
        }
        assert_eq!((lanes.tasks.len(), lanes.awake.len()), (0, 0));
        lanes.rouse(7);
        assert_eq!((lanes.tasks.len(), lanes.asleep.len()), (1, 999));
        clock.advance(MINUTE);
        lanes.wake(8);
        assert_eq!((lanes.tasks.len(), lanes.asleep.len()), (2, 998));
        // A pause that ends while the lane is at work makes it look again.
        lanes.rouse(8);
        let mut looks = 0;
        while let Some(ended) = lanes.tasks.join_next_with_id().await {
            looks += 1;
            lanes.end(ended);
        }
        assert_eq!((looks, lanes.awake.len()), (3, 0));
    }
}
