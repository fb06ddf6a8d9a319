//! A database of its own for each test, of either kind.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::OnceCell;
use whimbrel::clock::Clock;
use whimbrel::store::{Db, Engine, Location, Settings};

use super::postgres;

/// The instant at which the stepped clocks of tests stand first: 2026-08-08 12:34:56.789 UTC.
pub const NOON: i64 = 1_786_192_496_789;

/// A database that nobody else uses. Its files go with it.
pub struct TestDatabase {
    /// Where it is.
    pub location: Location,
    _folder: Option<tempfile::TempDir>,
}

/// The same test on SQLite and on `PostgreSQL`: two tests of one body, which gets the engine.
macro_rules! on_both {
    ($(#[$meta:meta])* async fn $name:ident($engine:ident) $body:block) => {
        mod $name {
            #[allow(unused_imports, reason = "each body needs others")]
            use super::*;

            async fn run($engine: whimbrel::store::Engine) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                run(whimbrel::store::Engine::Sqlite).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if $crate::support::postgres::server().is_none() {
                    println!("skipped: PostgreSQL is not installed");
                    return;
                }
                run(whimbrel::store::Engine::Postgres).await;
            }
        }
    };
}
pub(crate) use on_both;

impl TestDatabase {
    /// A new database.
    pub async fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().expect("a folder for the database");
                let location = Location::Sqlite(folder.path().join("whimbrel.db"));
                Self {
                    location,
                    _folder: Some(folder),
                }
            }
            Engine::Postgres => Self {
                location: Location::Postgres(new_postgres_database().await),
                _folder: None,
            },
        }
    }

    /// Opens it; may be done more than once.
    pub async fn open(&self, clock: &Clock) -> Db {
        let settings = Settings {
            location: self.location.clone(),
            readers: 2,
            cache_mebibytes: 16,
            lane: u16::try_from(next_number() % 64).expect("a small number"),
        };
        Db::open(settings, clock.clone())
            .await
            .expect("the database opens")
    }
}

fn next_number() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Copies a migrated template, which is quicker than migrating.
async fn new_postgres_database() -> String {
    static TEMPLATE: OnceCell<()> = OnceCell::const_new();
    let server = postgres::server().expect("PostgreSQL runs");
    TEMPLATE
        .get_or_init(|| async {
            execute(&server.url("postgres"), "CREATE DATABASE template_whimbrel").await;
            let settings = Settings {
                location: Location::Postgres(server.url("template_whimbrel")),
                readers: 1,
                cache_mebibytes: 16,
                lane: 0,
            };
            drop(
                Db::open(settings, Clock::real())
                    .await
                    .expect("the template opens"),
            );
        })
        .await;
    let name = format!("test_{}", next_number());
    // The template's own connections end a moment after its handle.
    let sql = format!("CREATE DATABASE {name} TEMPLATE template_whimbrel");
    for _ in 0..200 {
        match try_execute(&server.url("postgres"), &sql).await {
            Ok(()) => return server.url(&name),
            Err(error) if error.contains("being accessed") => tokio::task::yield_now().await,
            Err(error) => panic!("no new database: {error}"),
        }
    }
    panic!("the template database stays in use");
}

async fn execute(url: &str, sql: &str) {
    try_execute(url, sql).await.expect("the statement runs");
}

async fn try_execute(url: &str, sql: &str) -> Result<(), String> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .map_err(|e| e.to_string())?;
    let driver = tokio::task::spawn(connection);
    let done = client.batch_execute(sql).await;
    drop(client);
    let _ = driver.await;
    done.map_err(|error| {
        error.as_db_error().map_or(error.to_string(), |db| {
            db.message().to_owned() + db.detail().unwrap_or("")
        })
    })
}
