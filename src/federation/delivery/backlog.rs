//! What is to be sent to a peer that is up, read a little at a time, and which of it is next: by class and age, and
//! never two at once about the same thing.

use std::collections::{HashMap, HashSet, VecDeque};

use super::attempts::{Attempt, Outcome};
use super::documents::Documents;
use super::lane::Lane;
use super::parcels::{Parcel, Topic, pack};
use super::shares::Shares;
use crate::id::ActivityId;
use crate::store::deliveries::{self, Delivery, Waiting};
use crate::store::peers::{self, Peer};
use crate::store::{Conn, DeliveryClass, QueryResult};

/// What waits in one class.
struct Queue {
    class: DeliveryClass,
    /// Where the next reading goes on.
    last: Delivery,
    waiting: VecDeque<Parcel>,
}

/// What a walk through a backlog begins with.
pub(super) struct Start {
    outage: i64,
    set_aside: HashMap<Topic, ActivityId>,
    first: Vec<Parcel>,
}

/// What is to be sent: a body is in memory only shortly before it leaves.
pub(super) struct Backlog<'a> {
    lane: &'a Lane<'a>,
    /// The count of the peer's outages when the walk began.
    outage: i64,
    queues: Vec<Queue>,
    shares: Shares,
    /// Messages that may leave before the classes are looked at again.
    until_reading: usize,
    is_read: bool,
    under_way: HashSet<Topic>,
    /// Topics of which an older message is set aside.
    set_aside: HashMap<Topic, ActivityId>,
}

impl Start {
    /// Reads the beginning, `limit` messages of each class at most.
    pub(super) fn read(
        conn: &mut Conn,
        documents: &Documents,
        peer: &Peer,
        now: i64,
        limit: usize,
    ) -> QueryResult<Self> {
        let mut set_aside = HashMap::new();
        for (activity, inbox, about) in deliveries::list_set_aside(conn, peer.id, now)? {
            note(&mut set_aside, (inbox, about.into()), activity);
        }
        let all = DeliveryClass::ALL.iter();
        let places: Vec<Delivery> = all
            .map(|class| Delivery::before_all(peer.id, *class))
            .collect();
        let rows = list_rows(conn, &places, now, limit)?;
        Ok(Self {
            outage: peer.outage,
            set_aside,
            first: pack(conn, documents, &rows)?,
        })
    }
}

impl<'a> Backlog<'a> {
    /// What is left of a backlog after its beginning was read.
    pub(super) fn new(lane: &'a Lane<'a>, start: Start) -> Self {
        let queue = |class: &DeliveryClass| Queue {
            class: *class,
            last: Delivery::before_all(lane.peer, *class),
            waiting: VecDeque::new(),
        };
        let mut backlog = Self {
            lane,
            outage: start.outage,
            queues: DeliveryClass::ALL.iter().map(queue).collect(),
            shares: Shares::default(),
            until_reading: 0,
            is_read: false,
            under_way: HashSet::new(),
            set_aside: start.set_aside,
        };
        backlog.add(start.first);
        backlog
    }

    /// The next message that may leave; none if there is none, or if all have to wait for some under way.
    pub(super) async fn next(&mut self) -> QueryResult<Option<Parcel>> {
        loop {
            let is_empty = self.queues.iter().all(|queue| queue.waiting.is_empty());
            if !self.is_read && (is_empty || self.until_reading == 0) {
                self.read().await?;
            }
            let Some(parcel) = self.take() else {
                let has_more = self.queues.iter().any(|queue| !queue.waiting.is_empty());
                if has_more || self.is_read {
                    return Ok(None);
                }
                continue;
            };
            let topic = parcel.topic();
            let older = self.set_aside.get(&topic);
            if older.is_some_and(|older| *older < parcel.row.delivery.activity_id) {
                continue;
            }
            self.until_reading = self.until_reading.saturating_sub(1);
            self.under_way.insert(topic);
            return Ok(Some(parcel));
        }
    }

    /// The first of the class whose turn it is, among the classes whose first need not wait.
    fn take(&mut self) -> Option<Parcel> {
        let may_leave = |queue: &&Queue| {
            let first = queue.waiting.front();
            first.is_some_and(|parcel| !self.under_way.contains(&parcel.topic()))
        };
        let ready: Vec<DeliveryClass> = self
            .queues
            .iter()
            .filter(may_leave)
            .map(|queue| queue.class)
            .collect();
        let class = self.shares.choose(&ready)?;
        let queue = self.queues.iter_mut().find(|queue| queue.class == class)?;
        queue.waiting.pop_front()
    }

    /// Reads on in the classes of which nothing is in memory: something more urgent may have come.
    async fn read(&mut self) -> QueryResult<()> {
        let empty = self.queues.iter().filter(|queue| queue.waiting.is_empty());
        let places: Vec<Delivery> = empty.map(|queue| queue.last).collect();
        let (peer, now, outage) = (self.lane.peer, self.lane.node.clock.now(), self.outage);
        let limit = limit_of(self.lane);
        let documents = self.lane.documents.clone();
        let read = move |c: &mut Conn| {
            let rows = list_rows(c, &places, now, limit)?;
            // What was queued in an outage may be taken back until the peer is tried with it. So nothing that could
            // have been queued in one is sent from here: the state is read after the rows.
            let is_up = peers::find(c, peer)?
                .is_some_and(|peer| peer.next_probe_at.is_none() && peer.outage == outage);
            let rows = if is_up { rows } else { Vec::new() };
            pack(c, &documents, &rows)
        };
        let parcels = self.lane.node.db.read(read).await?;
        self.is_read =
            parcels.is_empty() && self.queues.iter().all(|queue| queue.waiting.is_empty());
        self.until_reading = limit;
        self.add(parcels);
        Ok(())
    }

    fn add(&mut self, parcels: Vec<Parcel>) {
        self.until_reading = self.until_reading.max(limit_of(self.lane));
        for parcel in parcels {
            let class = parcel.row.delivery.class;
            if let Some(queue) = self.queues.iter_mut().find(|queue| queue.class == class) {
                queue.last = parcel.row.delivery;
                queue.waiting.push_back(parcel);
            }
        }
    }

    /// Takes note of what came of a message: others about the same thing may follow, or have to wait.
    pub(super) fn close(&mut self, attempt: &Attempt) {
        let topic = attempt.parcel.topic();
        self.under_way.remove(&topic);
        if !matches!(attempt.outcome, Outcome::Taken | Outcome::Undeliverable) {
            let activity = attempt.parcel.row.delivery.activity_id;
            note(&mut self.set_aside, topic, activity);
        }
    }
}

/// How many messages of a class are in memory at most.
pub(super) fn limit_of(lane: &Lane<'_>) -> usize {
    lane.node.config.federation.per_peer_in_flight * 2
}

fn list_rows(
    conn: &mut Conn,
    places: &[Delivery],
    now: i64,
    limit: usize,
) -> QueryResult<Vec<Waiting>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = Vec::new();
    for place in places {
        rows.extend(deliveries::list_due(conn, *place, now, limit)?);
    }
    Ok(rows)
}

/// Keeps the oldest message of each topic.
fn note(set_aside: &mut HashMap<Topic, ActivityId>, topic: Topic, activity: ActivityId) {
    let oldest = set_aside.entry(topic).or_insert(activity);
    *oldest = activity.min(*oldest);
}
