//! One connection, of either database, and the macro that gives both the same query body.

use std::cell::RefCell;
use std::future::Future;

use diesel::connection::{InstrumentationEvent, SimpleConnection};
use diesel::result::Error;
use diesel::{Connection, QueryResult, SqliteConnection};
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::{AsyncConnectionWrapper, BlockOn};
use tokio::runtime::{Builder, Runtime};

/// A PostgreSQL connection with diesel's synchronous interface.
pub type PostgresConnection = AsyncConnectionWrapper<AsyncPgConnection, ThreadRuntime>;

/// A connection to the node's database.
#[expect(
    clippy::large_enum_variant,
    reason = "a handful exist, one for each database thread"
)]
pub enum Conn {
    /// The embedded database.
    Sqlite(SqliteConnection),
    /// A PostgreSQL server.
    Postgres(PostgresConnection),
}

/// Which database a node runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded database.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

impl Conn {
    /// Which database this connection speaks to.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// Counts the statements that this connection starts from now on.
    #[cfg(test)]
    pub(crate) fn count_queries(&mut self) -> std::sync::Arc<std::sync::atomic::AtomicUsize> {
        use std::sync::atomic::{AtomicUsize, Ordering};

        let started = std::sync::Arc::new(AtomicUsize::new(0));
        let counter = started.clone();
        let count = move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        };
        on!(self, |c| c.set_instrumentation(count));
        started
    }

    /// Lets `note` hear of every statement that fails.
    pub(super) fn watch(&mut self, note: impl Fn(&Error) + Send + 'static) {
        let watch = move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::FinishQuery {
                error: Some(error), ..
            } = event
            {
                note(error);
            }
        };
        on!(self, |c| c.set_instrumentation(watch));
    }

    /// Runs statements that take no parameters and give no rows.
    ///
    /// # Errors
    /// Whatever the database says.
    pub(super) fn execute(&mut self, sql: &str) -> QueryResult<()> {
        on!(self, |c| c.batch_execute(sql))
    }
}

/// Expands one query body for both native connections.
///
/// Two native connections instead of diesel's `MultiConnection`, which knows no `ON CONFLICT`, no batch
/// insert and no `UNION`.
macro_rules! on {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::store::Conn::Sqlite($c) => $body,
            $crate::store::Conn::Postgres($c) => $body,
        }
    };
}
pub(super) use on;

thread_local! {
    static RUNTIME: RefCell<Option<Runtime>> = const { RefCell::new(None) };
}

/// Drives a PostgreSQL connection's future to its end on the database thread that owns the connection.
pub struct ThreadRuntime;

impl BlockOn for ThreadRuntime {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        block_on(future)
    }

    fn get_runtime() -> Self {
        Self
    }
}

/// Runs `future` on this thread's own runtime, where the connection's background task lives too.
pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    RUNTIME.with_borrow_mut(|slot| slot.get_or_insert_with(new_runtime).block_on(future))
}

/// Lets the connections of this thread send and take what they can at once; costs a few system calls.
pub(super) fn move_bytes() {
    block_on(async {
        // The first turn asks the operating system, the second lets the connections read.
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
    });
}

#[expect(
    clippy::expect_used,
    reason = "a process that cannot have an event loop cannot run at all"
)]
fn new_runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the operating system grants an event loop")
}
