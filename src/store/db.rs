//! The database as the rest of the house sees it: closures go in, results come out.

use std::sync::Arc;

use diesel::result::{DatabaseErrorKind, Error};
use tokio::sync::{broadcast, oneshot};

use super::channels::{Channels, Read};
use super::conn::{Conn, Engine};
use super::open::{self, OpenError, Settings};
use super::tx::{Event, Tx};
use super::writer::{Outcome, Write};
use crate::clock::Clock;

/// A handle to the database; clones share its threads. The threads end with the last handle.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Channels>,
}

impl Db {
    /// Opens the database, brings its schema up to date and starts its threads.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the location, the server or a migration.
    pub async fn open(settings: Settings, clock: Clock) -> Result<Self, OpenError> {
        let (answer, opened) = oneshot::channel();
        let thread = std::thread::Builder::new().name("database".to_owned());
        thread
            .spawn(move || {
                let _ = answer.send(open::open(&settings, &clock));
            })
            .map_err(|error| OpenError(format!("no thread for the database: {error}")))?;
        let inner = opened
            .await
            .map_err(|_| OpenError("the database could not be opened".to_owned()))??;
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Runs queries on a reader thread. The closure is synchronous: nothing in it can wait for a network.
    ///
    /// # Errors
    /// What the closure returns, or that the database has stopped.
    pub async fn read<T, E>(
        &self,
        query: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let read: Read = Box::new(move |conn| {
            let _ = answer.send(query(conn));
        });
        if self.inner.reads.send(read).is_err() {
            return Err(stopped().into());
        }
        answered.await.unwrap_or_else(|_| Err(stopped().into()))
    }

    /// Runs a write: all of it is committed durably before this returns `Ok`, or none of it happened.
    ///
    /// # Errors
    /// What the closure returns (its changes are undone), or what the database says of the commit.
    pub async fn write<T, E>(
        &self,
        change: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let write: Write = Box::new(move |tx| {
            let result = change(tx);
            Outcome {
                keeps: result.is_ok(),
                finish: Box::new(move |committed| {
                    let result = match committed {
                        Ok(()) => result,
                        Err(error) => result.and(Err(error.into())),
                    };
                    let _ = answer.send(result);
                }),
            }
        });
        if self.inner.writes.send(write).is_err() {
            return Err(stopped().into());
        }
        answered.await.unwrap_or_else(|_| Err(stopped().into()))
    }

    /// Hears of events from now on. A slow listener may miss some: rows tell what there is to do.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }

    /// How many writes wait for the writer.
    #[must_use]
    pub fn waiting_writes(&self) -> usize {
        self.inner.writes.len()
    }

    /// Which database this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.inner.engine
    }

    /// The migrations that opening this database ran.
    #[must_use]
    pub fn migrated(&self) -> &[String] {
        &self.inner.migrated
    }
}

/// The answer when the database's threads are gone or a closure panicked.
fn stopped() -> Error {
    Error::DatabaseError(
        DatabaseErrorKind::ClosedConnection,
        Box::new("the database did not carry this out".to_owned()),
    )
}
