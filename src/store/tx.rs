//! A write in progress: a connection inside a transaction, and what leaves with the commit.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};

use super::conn::Conn;
use super::membership::Membership;

/// Something that the commit makes known, in every process that shares the database. Rows hold the facts; an event
/// only wakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Event {
    /// A job was queued.
    Jobs,
    /// A received activity was stored.
    Receipts,
    /// Deliveries to this peer were queued.
    Peer(i64),
    /// The pause of this peer has ended early.
    PeerHeard(i64),
    /// Events of other processes may have been missed, or there were too many of them: everybody looks at rows.
    Missed,
    /// There is something new for streams to tell.
    News,
    /// A token became void, or somebody may not use the node any more.
    Access,
    /// The staff decided something about a server or an address.
    Bans,
}

/// A transaction. Dereferences to its connection, so every query function works inside it.
pub struct Tx<'a> {
    conn: &'a mut Conn,
    membership: &'a Membership,
    now: i64,
    events: Vec<Event>,
}

impl<'a> Tx<'a> {
    pub(super) fn new(conn: &'a mut Conn, membership: &'a Membership, now: i64) -> Self {
        Self {
            conn,
            membership,
            now,
            events: Vec::new(),
        }
    }

    /// The instant of this write, in milliseconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.now
    }

    /// A new id of this instant.
    #[must_use]
    pub fn new_id(&self) -> i64 {
        self.membership.ids().make(self.now)
    }

    /// The number of this process among those that share the database; none if it is not registered.
    #[must_use]
    pub fn process(&self) -> Option<i64> {
        self.membership.number()
    }

    /// The number under which this process claims things, so that they can be told from what waits.
    pub(super) fn claimant(&self) -> i64 {
        self.membership.claimant()
    }

    /// From now on ids are made in this lane.
    pub(super) fn set_id_lane(&self, lane: u16) {
        self.membership.ids().set_lane(lane);
    }

    /// An id that sorts at `millis`, for things that were made elsewhere and earlier; instants in the future count
    /// as now. Another thing of the same instant may have it already: the table decides.
    #[must_use]
    pub(super) fn propose_id_at(&self, millis: i64) -> i64 {
        const SPREAD: i64 = 1 << crate::id::SEQUENCE_BITS;
        let fresh = self.new_id();
        if millis >= self.now {
            return fresh;
        }
        // Other servers write whole seconds, so the low bits have to be spread well.
        let mixed = fresh.wrapping_mul(-7_046_029_254_386_353_131);
        crate::id::first_at(millis) | (mixed >> 40).rem_euclid(SPREAD)
    }

    /// Makes `event` known after the commit.
    pub fn tell(&mut self, event: Event) {
        // Others of the same are left out after the commit: there may be thousands.
        if self.events.last() != Some(&event) {
            self.events.push(event);
        }
    }

    pub(super) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}

impl Deref for Tx<'_> {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.conn
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        self.conn
    }
}
