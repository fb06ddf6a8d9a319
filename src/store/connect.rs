//! Making one connection, of either database.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::{Connection, SqliteConnection};
use diesel_async::AsyncPgConnection;
use futures_util::StreamExt as _;
use futures_util::stream::{self, Stream};
use rustls_platform_verifier::ConfigVerifierExt;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::TlsStream;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::conn::{Conn, PostgresConnection, block_on};
use super::location::{Location, OpenError, Settings};
use super::planner;

/// How long a PostgreSQL server may take to accept a connection; the URL may say otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a connection may be silent before it is asked whether its other end is still there.
const KEEPALIVE: Duration = Duration::from_secs(15);
/// How long a server may leave bytes unacknowledged, as one that lost its power does.
const SILENCE: Duration = Duration::from_secs(20);

/// Whether a connection has ended. A SQLite file never does.
#[derive(Clone, Debug, Default)]
pub(super) struct Ended(Arc<AtomicBool>);

impl Ended {
    /// Whether it has.
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    fn set(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Connects to the database on this thread.
///
/// # Errors
/// A sentence that says what is wrong with the location or the server.
pub(super) fn connect(settings: &Settings) -> Result<(Conn, Ended), OpenError> {
    match &settings.location {
        Location::Sqlite(path) => Ok((
            connect_sqlite(path, settings.cache_mebibytes)?,
            Ended::default(),
        )),
        Location::Postgres(url) => block_on(connect_postgres(url)),
    }
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

async fn connect_postgres(url: &str) -> Result<(Conn, Ended), OpenError> {
    let ended = Ended::default();
    let (client, messages) = open_session(url).await?;
    drive(messages, ended.clone());
    let connection = AsyncPgConnection::try_from(client)
        .await
        .map_err(|error| refused(&error))?;
    Ok((Conn::Postgres(PostgresConnection::from(connection)), ended))
}

/// What a PostgreSQL server says beside its answers. The session's bytes move while this is polled, and it ends with
/// the session.
pub(super) type Messages =
    Pin<Box<dyn Stream<Item = Result<AsyncMessage, tokio_postgres::Error>> + Send>>;

/// Opens a session with the server of this URL.
///
/// # Errors
/// A sentence that says what is wrong with the URL or the server.
pub(super) async fn open_session(url: &str) -> Result<(Client, Messages), OpenError> {
    let mut config: Config = url
        .parse()
        .map_err(|error| OpenError(format!("the PostgreSQL URL is not valid: {error}")))?;
    config.keepalives_idle(KEEPALIVE);
    config.tcp_user_timeout(SILENCE);
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_application_name().is_none() {
        config.application_name("whimbrel");
    }
    if config.get_ssl_mode() == SslMode::Disable {
        let connected = config.connect(NoTls).await;
        let (client, driver) = connected.map_err(|error| refused(&error))?;
        return Ok((client, messages(driver)));
    }
    let tls = rustls::ClientConfig::with_platform_verifier().map_err(|error| refused(&error))?;
    let connected = config.connect(MakeRustlsConnect::new(tls)).await;
    let (client, driver) = connected.map_err(|error| refused(&error))?;
    Ok((client, messages(driver)))
}

fn messages<S>(mut driver: tokio_postgres::Connection<Socket, S>) -> Messages
where
    S: TlsStream + Unpin + Send + 'static,
{
    Box::pin(stream::poll_fn(move |context| driver.poll_message(context)))
}

fn refused(error: &dyn std::error::Error) -> OpenError {
    let cause = error
        .source()
        .map_or_else(String::new, |cause| format!(": {cause}"));
    OpenError(format!("PostgreSQL refused the connection: {error}{cause}"))
}

/// Moves the bytes of a session on this thread's own runtime until it ends.
#[expect(
    clippy::disallowed_methods,
    reason = "the task belongs to the connection, lives on its thread's own runtime and ends with it"
)]
fn drive(mut messages: Messages, ended: Ended) {
    drop(tokio::spawn(async move {
        while let Some(message) = messages.next().await {
            if let Err(error) = message {
                tracing::debug!(%error, "a connection to PostgreSQL ended");
                break;
            }
        }
        ended.set();
    }));
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
        let Ok((Conn::Sqlite(mut conn), _)) = connect(&settings) else {
            panic!("the file opens");
        };
        let kept = diesel::select(sql::<BigInt>("(SELECT cache_size FROM pragma_cache_size)"));
        assert_eq!(kept.get_result::<i64>(&mut conn), Ok(-3 * 1024));
    }
}
