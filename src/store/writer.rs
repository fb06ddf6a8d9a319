//! The one thread that writes. It takes all waiting writes into one transaction (group commit): a savepoint
//! keeps each apart from the others, and one fsync makes all of them durable before any is acknowledged.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crossbeam_channel::Receiver;
use diesel::result::{DatabaseErrorKind, Error};
use tokio::sync::broadcast;

use super::conn::{Conn, Engine};
use super::tx::{Event, Tx};
use crate::clock::Clock;
use crate::id::IdMaker;

/// Writes that share one commit at most.
const LARGEST_GROUP: usize = 128;

/// What one write comes to: whether its rows stay, and whom to tell once the group is committed.
pub(super) struct Outcome {
    pub(super) keeps: bool,
    pub(super) finish: Box<dyn FnOnce(Result<(), Error>) + Send>,
}

/// One write, as a closure that runs inside the group's transaction.
pub(super) type Write = Box<dyn FnOnce(&mut Tx<'_>) -> Outcome + Send>;

/// What the writer thread needs.
pub(super) struct Writer {
    pub(super) conn: Conn,
    pub(super) ids: Arc<IdMaker>,
    pub(super) clock: Clock,
    pub(super) events: broadcast::Sender<Event>,
}

impl Writer {
    /// Serves writes until every sender is gone.
    pub(super) fn run(mut self, writes: &Receiver<Write>) {
        while let Ok(first) = writes.recv() {
            let mut group = Vec::with_capacity(8);
            group.push(first);
            group.extend(writes.try_iter().take(LARGEST_GROUP - 1));
            self.commit_group(group);
        }
    }

    fn commit_group(&mut self, group: Vec<Write>) {
        let begin = match self.conn.engine() {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN",
        };
        if let Err(error) = self.conn.execute(begin) {
            // The writes are dropped unrun, which their callers see as an error.
            tracing::error!(%error, "a transaction could not begin");
            return;
        }
        let mut events = Vec::new();
        let done: Vec<Done> = group
            .into_iter()
            .filter_map(|write| self.run_one(write, &mut events))
            .collect();
        let committed = self.conn.execute("COMMIT");
        if let Err(error) = &committed {
            tracing::error!(%error, "a commit failed");
            events.clear();
            let _ = self.conn.execute("ROLLBACK");
        }
        for Done { finish, ended } in done {
            finish(ended.and_then(|()| committed.as_ref().copied().map_err(copy)));
        }
        events.sort_unstable();
        events.dedup();
        for event in events {
            // Nobody listening is no error: the rows are there and will be found.
            let _ = self.events.send(event);
        }
    }

    /// Runs one write inside a savepoint; a panic inside it undoes that write alone.
    fn run_one(&mut self, write: Write, events: &mut Vec<Event>) -> Option<Done> {
        if let Err(error) = self.conn.execute("SAVEPOINT one") {
            tracing::error!(%error, "a savepoint could not begin");
            return None;
        }
        let mut tx = Tx::new(&mut self.conn, &self.ids, self.clock.now());
        let outcome = catch_unwind(AssertUnwindSafe(|| write(&mut tx))).ok();
        let told = tx.take_events();
        let keeps = outcome.as_ref().is_some_and(|outcome| outcome.keeps);
        let end = if keeps {
            "RELEASE one"
        } else {
            "ROLLBACK TO one; RELEASE one"
        };
        let ended = self.conn.execute(end);
        if keeps && ended.is_ok() {
            events.extend(told);
        }
        outcome.map(|outcome| Done {
            finish: outcome.finish,
            ended,
        })
    }
}

/// A write that ran, and how its savepoint ended.
struct Done {
    finish: Box<dyn FnOnce(Result<(), Error>) + Send>,
    ended: Result<(), Error>,
}

/// The same error once more: several writes may have to hear of one failed commit.
fn copy(error: &Error) -> Error {
    Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(error.to_string()))
}
