//! The ways to the database's threads.

use crossbeam_channel::Sender;
use tokio::sync::broadcast;

use super::conn::{Conn, Engine};
use super::tx::Event;
use super::writer::Write;

/// One read, as a closure that a reader thread runs.
pub(super) type Read = Box<dyn FnOnce(&mut Conn) + Send>;

/// What a handle holds of an open database. The threads end when the last handle is gone.
pub(super) struct Channels {
    pub(super) reads: Sender<Read>,
    pub(super) writes: Sender<Write>,
    pub(super) events: broadcast::Sender<Event>,
    pub(super) engine: Engine,
    pub(super) migrated: Vec<String>,
}
