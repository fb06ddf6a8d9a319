//! The one thread that writes. It takes waiting writes into one transaction (group commit): a savepoint keeps each
//! apart from the others, and one fsync makes all of them durable before any is acknowledged.
//!
//! People come first: a group takes what they wait for before anything of the background, and what they send while it
//! is open as well. The background gets a share of each group, so that it is not starved, and no more, so that it
//! cannot keep people waiting.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, select};
use diesel::result::Error;
use tokio::sync::broadcast;

use super::conn::Engine;
use super::line::Line;
use super::load::Counters;
use super::membership::Membership;
use super::messages;
use super::troubles::{Trouble, copy};
use super::tx::{Event, Tx};
use crate::clock::Clock;

/// Writes of people that share one commit at most.
const LARGEST_GROUP: usize = 128;
/// Writes of the background that share one commit at most; one of those that wait is always taken.
const LARGEST_SHARE: usize = 32;
/// How long a group may be busy with the background before it is committed.
const SHARE_TIME: Duration = Duration::from_millis(15);
/// The same where somebody waits for the commit: everybody in the group waits as long as it takes.
const SHARE_TIME_AMONG_OTHERS: Duration = Duration::from_millis(3);
/// How long a group stays open at most.
const GROUP_TIME: Duration = Duration::from_millis(50);

/// How long at least one trouble is over before the next one's end is told.
const CALM: Duration = Duration::from_secs(5);

/// The lock of whoever writes, among all processes on one PostgreSQL database.
const WRITERS_LOCK: i64 = 7_205_759_403_792_794;

/// What one write comes to: whether its rows stay, and whom to tell once the group is committed.
pub(super) struct Outcome {
    pub(super) keeps: bool,
    pub(super) finish: Box<dyn FnOnce(Result<(), Error>) + Send>,
}

/// A change, as a closure that runs inside the group's transaction, or hears why there is none.
pub(super) type Change = Box<dyn FnOnce(Result<&mut Tx<'_>, Error>) -> Outcome + Send>;

/// One write in a queue.
pub(super) struct Write {
    pub(super) change: Change,
    pub(super) since: Instant,
}

/// Who waits for a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A person or another server.
    Urgent,
    /// Nobody in particular.
    Later,
}

/// The two queues.
pub(super) struct Queues {
    pub(super) urgent: Receiver<Write>,
    pub(super) later: Receiver<Write>,
}

impl Queues {
    /// Waits for a write; none once every sender is gone and nothing is left.
    fn wait(&self) -> Option<(Class, Write)> {
        if let Ok(write) = self.urgent.try_recv() {
            return Some((Class::Urgent, write));
        }
        select! {
            recv(self.urgent) -> write => match write {
                Ok(write) => Some((Class::Urgent, write)),
                Err(_) => self.later.try_recv().ok().map(|write| (Class::Later, write)),
            },
            recv(self.later) -> write => match write {
                Ok(write) => Some((Class::Later, write)),
                Err(_) => self.urgent.try_recv().ok().map(|write| (Class::Urgent, write)),
            },
        }
    }
}

/// How much of a group is taken by whom.
struct Shares {
    began: Instant,
    urgent: usize,
    later: usize,
    later_time: Duration,
}

impl Shares {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            urgent: 0,
            later: 0,
            later_time: Duration::ZERO,
        }
    }

    fn count(&mut self, class: Class, time: Duration) {
        match class {
            Class::Urgent => self.urgent += 1,
            Class::Later => {
                self.later += 1;
                self.later_time += time;
            }
        }
    }

    /// The next write that belongs into this group.
    fn next(&self, queues: &Queues) -> Option<(Class, Write)> {
        let is_open = self.began.elapsed() < GROUP_TIME;
        if is_open
            && self.urgent < LARGEST_GROUP
            && let Ok(write) = queues.urgent.try_recv()
        {
            return Some((Class::Urgent, write));
        }
        let share_time = match self.urgent {
            0 => SHARE_TIME,
            _ => SHARE_TIME_AMONG_OTHERS,
        };
        let has_share = self.later == 0
            || (is_open && self.later < LARGEST_SHARE && self.later_time < share_time);
        let later = has_share.then(|| queues.later.try_recv().ok()).flatten();
        later.map(|write| (Class::Later, write))
    }
}

/// What the writer thread needs.
pub(super) struct Writer {
    pub(super) line: Line,
    pub(super) membership: Arc<Membership>,
    pub(super) clock: Clock,
    pub(super) events: broadcast::Sender<Event>,
    pub(super) counters: Arc<Counters>,
    /// What failed last, if writes fail at the moment: it is said once, however many fail.
    pub(super) said: Option<String>,
    /// When everybody was told last that writes succeed again.
    pub(super) rung_at: Option<Instant>,
}

/// What was done so far in a transaction.
#[derive(Default)]
struct Group {
    done: Vec<Done>,
    events: Vec<Event>,
    /// Why the transaction is gone, and all that was done in it.
    lost: Option<Error>,
}

/// A write that ran, and how its savepoint ended.
struct Done {
    finish: Box<dyn FnOnce(Result<(), Error>) + Send>,
    keeps: bool,
    ended: Result<(), Error>,
}

impl Writer {
    /// Serves writes until every sender is gone.
    pub(super) fn run(mut self, queues: &Queues) {
        while let Some((class, write)) = queues.wait() {
            match self.begin() {
                Ok(()) => self.commit_group(class, write, queues),
                Err(error) => {
                    self.say(&error);
                    self.count_wait(class, &write);
                    let outcome = (write.change)(Err(copy(&error)));
                    (outcome.finish)(Err(error));
                }
            }
        }
    }

    /// Begins a transaction, on a new connection if the old one turns out to be broken.
    ///
    /// Processes that share a database write one after the other, as the threads of one process do: what a rule has
    /// read stays true until it has written, and no two of them can deadlock.
    fn begin(&mut self) -> Result<(), Error> {
        let mut is_last = false;
        loop {
            self.line.ready()?;
            let begin = match self.line.conn().engine() {
                Engine::Sqlite => "BEGIN IMMEDIATE".to_owned(),
                Engine::Postgres => format!("BEGIN; SELECT pg_advisory_xact_lock({WRITERS_LOCK})"),
            };
            let Err(error) = self.line.conn().execute(&begin) else {
                return Ok(());
            };
            if !self.line.is_broken() {
                let _ = self.line.conn().execute("ROLLBACK");
                return Err(error);
            }
            if is_last {
                return Err(Trouble::Away.error());
            }
            is_last = true;
        }
    }

    fn commit_group(&mut self, class: Class, write: Write, queues: &Queues) {
        let mut shares = Shares::new();
        let mut group = Group::default();
        let mut next = Some((class, write));
        while let Some((class, write)) = next {
            self.count_wait(class, &write);
            let began = Instant::now();
            self.run_one(write, &mut group);
            shares.count(class, began.elapsed());
            next = match group.lost {
                Some(_) => None,
                None => shares.next(queues),
            };
        }
        self.end(group);
        let writes = shares.urgent + shares.later;
        self.counters.count_group(writes, shares.began.elapsed());
    }

    /// Runs one write inside a savepoint; a panic inside it undoes that write alone.
    fn run_one(&mut self, write: Write, group: &mut Group) {
        if let Err(error) = self.line.conn().execute("SAVEPOINT one") {
            let Outcome { finish, keeps } = (write.change)(Err(copy(&error)));
            let ended = Ok(());
            group.done.push(Done {
                finish,
                keeps,
                ended,
            });
            group.lost = Some(error);
            return;
        }
        let now = self.clock.now();
        let mut tx = Tx::new(self.line.conn(), &self.membership, now);
        let outcome = catch_unwind(AssertUnwindSafe(|| (write.change)(Ok(&mut tx)))).ok();
        let told = tx.take_events();
        let mut ended = Ok(());
        let keeps = outcome.as_ref().is_some_and(|outcome| outcome.keeps);
        if keeps {
            ended = self.line.conn().execute("RELEASE one");
        }
        if keeps && ended.is_ok() {
            group.events.extend(told);
        } else if let Err(error) = self.line.conn().execute("ROLLBACK TO one; RELEASE one") {
            // The connection is broken, or the database has undone the whole transaction, as SQLite may when its
            // disk is full.
            group.lost = Some(error);
        }
        if let Some(Outcome { finish, .. }) = outcome {
            group.done.push(Done {
                finish,
                keeps,
                ended,
            });
        }
    }

    /// Commits what was done and tells everybody who waits for it.
    fn end(&mut self, group: Group) {
        let Group {
            done,
            mut events,
            lost,
        } = group;
        events.sort_unstable();
        events.dedup();
        let committed = match lost {
            Some(error) => Err(self.undo(error, Trouble::Away)),
            None => self.commit(&events),
        };
        let trouble = self.line.take_trouble();
        match (&committed, trouble) {
            (Err(error), _) => {
                self.say(error);
                events.clear();
            }
            (Ok(()), Some(trouble)) => self.say(&trouble.error()),
            (Ok(()), None) if done.iter().any(|done| done.keeps) => self.say_end(),
            (Ok(()), None) => {}
        }
        for Done { finish, ended, .. } in done {
            finish(ended.and_then(|()| committed.as_ref().copied().map_err(copy)));
        }
        for event in events {
            // Nobody listening is no error: the rows are there and will be found.
            let _ = self.events.send(event);
        }
    }

    fn commit(&mut self, events: &[Event]) -> Result<(), Error> {
        let conn = self.line.conn();
        let told = match conn.engine() {
            Engine::Sqlite => String::new(),
            Engine::Postgres => messages::statement(self.membership.token(), events),
        };
        let committed = conn.execute(&format!("{told}COMMIT"));
        committed.map_err(|error| self.undo(error, Trouble::Unsure))
    }

    /// Ends a transaction that failed; gives the error that its writes hear of.
    fn undo(&mut self, error: Error, if_broken: Trouble) -> Error {
        let _ = self.line.conn().execute("ROLLBACK");
        if self.line.is_broken() {
            return if_broken.error();
        }
        match &error {
            // SQLite has undone everything, for a reason that it gave before, and then knows no savepoint.
            Error::DatabaseError(_, words) if words.message().contains("no such savepoint") => {
                let cause = self.line.take_trouble();
                cause.unwrap_or(Trouble::Failing).error()
            }
            _ => error,
        }
    }

    fn count_wait(&self, class: Class, write: &Write) {
        let passage = match class {
            Class::Urgent => &self.counters.writes,
            Class::Later => &self.counters.writes_later,
        };
        passage.count(write.since.elapsed());
    }

    fn say(&mut self, error: &Error) {
        self.counters.count_failure();
        let words = error.to_string();
        if self.said.as_ref() != Some(&words) {
            tracing::error!(%error, "nothing can be saved");
            self.said = Some(words);
        }
    }

    /// Whoever gave up meanwhile looks again. Where some writes fit and others do not, troubles begin and end all the time:
    /// those who look unasked will do.
    fn say_end(&mut self) {
        if self.said.is_none() || self.rung_at.is_some_and(|at| at.elapsed() < CALM) {
            return;
        }
        self.said = None;
        self.rung_at = Some(Instant::now());
        tracing::warn!("what comes is saved again");
        let _ = self.events.send(Event::Missed);
    }
}
