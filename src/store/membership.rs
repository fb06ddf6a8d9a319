//! This process among those that share the database: its number, how long it holds, and the ids that it makes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::id::IdMaker;

/// The numbers of registered processes are below this one; commands, which are short, draw theirs from here on.
pub const FIRST_GUEST: u16 = 48;

/// No process has this number: it stands for one that is not registered, which shares its work with nobody.
pub(super) const ALONE: i64 = -1;

/// A number that this process holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The number.
    pub(super) number: i64,
    /// Until when nobody takes this process for dead, in milliseconds.
    pub(super) holds_until: i64,
    /// The numbers of all living processes, in order.
    pub(super) living: Vec<i64>,
}

/// What is known of this process.
#[derive(Debug)]
pub(super) struct Membership {
    /// Tells this process from every other that ever was.
    token: u64,
    ids: IdMaker,
    place: Mutex<Option<Place>>,
}

impl Membership {
    pub(super) fn new(token: u64, lane: u16) -> Self {
        Self {
            token,
            ids: IdMaker::new(lane),
            place: Mutex::new(None),
        }
    }

    /// What tells this process from every other.
    pub(super) fn token(&self) -> u64 {
        self.token
    }

    /// What makes its ids.
    pub(super) fn ids(&self) -> &IdMaker {
        &self.ids
    }

    /// The number that it holds, for as long as it holds.
    pub(super) fn place(&self) -> Option<Place> {
        self.lock().clone()
    }

    /// The number that it holds.
    pub(super) fn number(&self) -> Option<i64> {
        self.lock().as_ref().map(|place| place.number)
    }

    /// The number under which it claims things, registered or not.
    pub(super) fn claimant(&self) -> i64 {
        self.number().unwrap_or(ALONE)
    }

    /// Whether it has no number, or one that nobody else can have taken at the instant `now` (milliseconds).
    pub(super) fn holds(&self, now: i64) -> bool {
        self.lock()
            .as_ref()
            .is_none_or(|place| now < place.holds_until)
    }

    pub(super) fn set(&self, place: Option<Place>) {
        *self.lock() = place;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Place>> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
