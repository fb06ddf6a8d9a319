//! A write in progress: a connection inside a transaction, and what leaves with the commit.

use std::ops::{Deref, DerefMut};

use super::conn::Conn;
use crate::id::IdMaker;

/// Something that the commit makes known inside this process. Rows hold the facts; an event only wakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// A job was queued.
    Jobs,
    /// A received activity was stored.
    Receipts,
    /// Deliveries to this peer were queued.
    Peer(i64),
    /// The pause of this peer has ended early.
    PeerHeard(i64),
}

/// A transaction. Dereferences to its connection, so every query function works inside it.
pub struct Tx<'a> {
    conn: &'a mut Conn,
    ids: &'a IdMaker,
    now: i64,
    events: Vec<Event>,
}

impl<'a> Tx<'a> {
    pub(super) fn new(conn: &'a mut Conn, ids: &'a IdMaker, now: i64) -> Self {
        Self {
            conn,
            ids,
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
        self.ids.make(self.now)
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
        if !self.events.contains(&event) {
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
