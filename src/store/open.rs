//! Opening: from a location to connections, migrations and running threads.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, unbounded};
use diesel::{Connection, SqliteConnection};
use diesel_async::AsyncPgConnection;
use rustls_platform_verifier::ConfigVerifierExt;
use tokio::sync::broadcast;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::channels::{Channels, Read};
use super::conn::{Conn, Engine, PostgresConnection, block_on};
use super::writer::Writer;
use super::{migrate, planner};
use crate::clock::Clock;
use crate::id::IdMaker;

/// Events that a slow listener may lag behind.
const EVENT_BACKLOG: usize = 4_096;

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file; its folder must exist.
    Sqlite(PathBuf),
    /// A `postgres://` URL.
    Postgres(String),
}

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it is.
    pub location: Location,
    /// Reader threads, each with its connection.
    pub readers: usize,
    /// Mebibytes of a SQLite file that each connection may hold in memory; PostgreSQL has a cache of its own.
    pub cache_mebibytes: u32,
    /// Tells apart the ids of processes that share the database; its lowest 6 bits count.
    pub lane: u16,
}

/// Why a database could not be opened, as a sentence.
#[derive(Debug)]
pub struct OpenError(pub(super) String);

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OpenError {}

impl Location {
    /// Reads `sqlite:PATH`, `postgres://...` or `postgresql://...`.
    ///
    /// # Errors
    /// A sentence that names the accepted forms.
    pub fn parse(url: &str) -> Result<Self, OpenError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Ok(Self::Sqlite(PathBuf::from(
                path.strip_prefix("//").unwrap_or(path),
            )));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(OpenError(
            "a database is given as sqlite:PATH or postgres://USER@HOST/NAME".to_owned(),
        ))
    }

    fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }
}

impl Settings {
    fn connect(&self) -> Result<Conn, OpenError> {
        match &self.location {
            Location::Sqlite(path) => connect_sqlite(path, self.cache_mebibytes),
            Location::Postgres(url) => connect_postgres(url),
        }
    }
}

/// Opens everything; runs on a plain thread, since PostgreSQL is spoken on thread-own runtimes.
pub(super) fn open(settings: &Settings, clock: &Clock) -> Result<Channels, OpenError> {
    let mut first = settings.connect()?;
    let migrated = migrate::run(&mut first)
        .map_err(|error| OpenError(format!("a migration failed: {error}")))?;
    drop(first);
    let (reads, waiting_reads) = unbounded::<Read>();
    let (writes, waiting_writes) = unbounded();
    let (events, _) = broadcast::channel(EVENT_BACKLOG);
    for number in 0..settings.readers.max(1) {
        start_reader(number, settings.clone(), waiting_reads.clone())?;
    }
    let own = settings.clone();
    let (clock, events_out) = (clock.clone(), events.clone());
    start("database-writer", move || {
        let conn = own.connect()?;
        let single = Writer {
            conn,
            ids: Arc::new(IdMaker::new(own.lane)),
            clock,
            events: events_out,
        };
        Ok(move || single.run(&waiting_writes))
    })?;
    Ok(Channels {
        reads,
        writes,
        events,
        engine: settings.location.engine(),
        migrated,
    })
}

fn start_reader(
    number: usize,
    settings: Settings,
    waiting: Receiver<Read>,
) -> Result<(), OpenError> {
    start(&format!("database-reader-{number}"), move || {
        let mut conn = settings.connect()?;
        if let Conn::Sqlite(_) = conn {
            conn.execute("PRAGMA query_only = ON")
                .map_err(|error| OpenError(error.to_string()))?;
        }
        Ok(move || {
            while let Ok(read) = waiting.recv() {
                // A panic in one read must not take the thread from the others.
                let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| read(&mut conn)));
            }
        })
    })
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

fn connect_sqlite(path: &Path, cache_mebibytes: u32) -> Result<Conn, OpenError> {
    planner::keep_plans();
    let place = path.display();
    let connection = SqliteConnection::establish(&path.to_string_lossy()).map_err(|error| {
        OpenError(format!(
            "the database file {place} could not be opened: {error}"
        ))
    })?;
    let mut conn = Conn::Sqlite(connection);
    // FULL: what was acknowledged survives a power cut; group commit makes it cost nothing.
    // SQLite takes a negative size of its cache in kibibytes.
    let kibibytes = i64::from(cache_mebibytes) * 1024;
    conn.execute(&format!(
        "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         PRAGMA foreign_keys = ON; PRAGMA cache_size = -{kibibytes}; PRAGMA temp_store = MEMORY;",
    ))
    .map_err(|error| {
        OpenError(format!(
            "the file {place} is not usable as a database: {error}"
        ))
    })?;
    Ok(conn)
}

fn connect_postgres(url: &str) -> Result<Conn, OpenError> {
    block_on(async {
        let config: tokio_postgres::Config = url
            .parse()
            .map_err(|error| OpenError(format!("the PostgreSQL URL is not valid: {error}")))?;
        let refused = |error: &dyn std::fmt::Display| {
            OpenError(format!("PostgreSQL refused the connection: {error}"))
        };
        let connection = if config.get_ssl_mode() == SslMode::Disable {
            let (client, driver) = config
                .connect(tokio_postgres::NoTls)
                .await
                .map_err(|error| refused(&error))?;
            AsyncPgConnection::try_from_client_and_connection(client, driver).await
        } else {
            let tls =
                rustls::ClientConfig::with_platform_verifier().map_err(|error| refused(&error))?;
            let connected = config.connect(MakeRustlsConnect::new(tls)).await;
            let (client, driver) = connected.map_err(|error| refused(&error))?;
            AsyncPgConnection::try_from_client_and_connection(client, driver).await
        };
        let connection = connection.map_err(|error| refused(&error))?;
        Ok(Conn::Postgres(PostgresConnection::from(connection)))
    })
}

#[cfg(test)]
mod tests {
    use diesel::RunQueryDsl as _;
    use diesel::dsl::sql;
    use diesel::sql_types::BigInt;

    use super::*;

    #[test]
    fn a_connection_has_the_cache_that_was_set() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            location: Location::Sqlite(folder.path().join("whimbrel.db")),
            readers: 1,
            cache_mebibytes: 3,
            lane: 0,
        };
        let Ok(Conn::Sqlite(mut conn)) = settings.connect() else {
            panic!("the file opens");
        };
        let kept = diesel::select(sql::<BigInt>("(SELECT cache_size FROM pragma_cache_size)"));
        assert_eq!(kept.get_result::<i64>(&mut conn), Ok(-3 * 1024));
    }
}
