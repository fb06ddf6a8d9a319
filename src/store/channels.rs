//! The ways to the database's threads.

use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::Sender;
use diesel::result::Error;
use tokio::sync::{broadcast, oneshot};

use super::conn::Engine;
use super::desk::Desk;
use super::line::{Line, Presence};
use super::load::Counters;
use super::membership::Membership;
use super::tx::Event;
use super::writer::Write;

/// One read, as a closure that a reader thread runs, or that hears why it cannot.
pub(super) type Query = Box<dyn FnOnce(Result<&mut Line, Error>) + Send>;

/// One read in the queue.
pub(super) struct Read {
    pub(super) query: Query,
    pub(super) since: Instant,
}

/// What a handle holds of an open database. The threads end when the last handle is gone.
pub(super) struct Channels {
    pub(super) reads: Sender<Read>,
    pub(super) writes: Sender<Write>,
    pub(super) writes_later: Sender<Write>,
    pub(super) events: broadcast::Sender<Event>,
    pub(super) engine: Engine,
    pub(super) migrated: Vec<String>,
    pub(super) counters: Arc<Counters>,
    pub(super) presence: Arc<Presence>,
    pub(super) membership: Arc<Membership>,
    pub(super) desk: Desk,
    /// Ends the listener when it is dropped.
    pub(super) _listener: Option<oneshot::Sender<()>>,
}
