//! Opening: from a location to connections, migrations and running threads.

use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, unbounded};
use tokio::sync::{broadcast, oneshot};

use super::channels::{Channels, Read};
use super::connect::connect;
use super::desk::Desk;
use super::line::{Line, Presence, Purpose};
use super::listener::Listener;
use super::load::Counters;
use super::location::{Location, OpenError, Settings};
use super::membership::Membership;
use super::migrate;
use super::tx::Event;
use super::writer::{Queues, Writer};
use crate::clock::Clock;
use crate::keys::random;

/// Events that a slow listener may lag behind.
const EVENT_BACKLOG: usize = 4_096;

/// Opens everything; runs on a plain thread, since PostgreSQL is spoken on thread-own runtimes.
pub(super) fn open(settings: &Settings, clock: &Clock) -> Result<Channels, OpenError> {
    let (mut first, _) = connect(settings)?;
    let migrated = migrate::run(&mut first)
        .map_err(|error| OpenError(format!("a migration failed: {error}")))?;
    drop(first);
    let (reads, waiting_reads) = unbounded::<Read>();
    let (writes, urgent_writes) = unbounded();
    let (writes_later, background_writes) = unbounded();
    let (events, _) = broadcast::channel(EVENT_BACKLOG);
    let counters = Arc::new(Counters::default());
    let presence = Arc::new(Presence::default());
    let membership = Arc::new(Membership::new(random::below(u64::MAX), settings.lane));
    let listener = start_listener(settings, membership.token(), &events)?;
    for number in 0..settings.readers.max(1) {
        let (waiting, counters) = (waiting_reads.clone(), counters.clone());
        start_reader(number, settings, waiting, (presence.clone(), counters))?;
    }
    let (own, presence_of_writer) = (settings.clone(), presence.clone());
    let (clock, events_out) = (clock.clone(), events.clone());
    let (member, figures) = (membership.clone(), counters.clone());
    start("database-writer", move || {
        let single = Writer {
            line: Line::open(&own, Purpose::Write, presence_of_writer)?,
            membership: member,
            clock,
            events: events_out,
            counters: figures,
            said: None,
            rung_at: None,
        };
        Ok(move || {
            single.run(&Queues {
                urgent: urgent_writes,
                later: background_writes,
            });
        })
    })?;
    Ok(Channels {
        reads,
        writes,
        writes_later,
        events,
        engine: settings.location.engine(),
        migrated,
        counters,
        presence,
        membership,
        desk: Desk::default(),
        _listener: listener,
    })
}

fn start_reader(
    number: usize,
    settings: &Settings,
    waiting: Receiver<Read>,
    (presence, counters): (Arc<Presence>, Arc<Counters>),
) -> Result<(), OpenError> {
    let settings = settings.clone();
    start(&format!("database-reader-{number}"), move || {
        let mut line = Line::open(&settings, Purpose::Read, presence)?;
        Ok(move || {
            while let Ok(Read { query, since }) = waiting.recv() {
                counters.reads.count(since.elapsed());
                match line.ready() {
                    // A panic in one read must not take the thread from the others.
                    Ok(()) => drop(std::panic::catch_unwind(std::panic::AssertUnwindSafe(
                        || query(Ok(&mut line)),
                    ))),
                    Err(error) => query(Err(error)),
                }
            }
        })
    })
}

/// Hears what other processes tell; only on PostgreSQL there are any.
fn start_listener(
    settings: &Settings,
    own: u64,
    events: &broadcast::Sender<Event>,
) -> Result<Option<oneshot::Sender<()>>, OpenError> {
    let Location::Postgres(url) = &settings.location else {
        return Ok(None);
    };
    let listener = Listener {
        url: url.clone(),
        own,
        events: events.clone(),
    };
    let (end, ended) = oneshot::channel();
    start("database-listener", move || {
        let session = listener.open()?;
        Ok(move || listener.run(session, ended))
    })?;
    Ok(Some(end))
}

/// Starts a thread that first makes its connection; returns once that has worked.
fn start<F, R>(name: &str, prepare: F) -> Result<(), OpenError>
where
    F: FnOnce() -> Result<R, OpenError> + Send + 'static,
    R: FnOnce(),
{
    let (ready, readiness) = crossbeam_channel::bounded(1);
    let thread = thread::Builder::new().name(name.to_owned());
    let started = thread.spawn(move || match prepare() {
        Ok(run) => {
            let _ = ready.send(Ok(()));
            run();
        }
        Err(error) => {
            let _ = ready.send(Err(error));
        }
    });
    started.map_err(|error| OpenError(format!("no thread for the database: {error}")))?;
    readiness
        .recv()
        .unwrap_or_else(|_| Err(OpenError("a database thread ended early".to_owned())))
}
