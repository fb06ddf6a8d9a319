//! The database as the rest of the house sees it: closures go in, results come out.

use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::Sender;
use diesel::result::{DatabaseErrorKind, Error};
use tokio::sync::{broadcast, oneshot};

use super::channels::{Channels, Query, Read};
use super::conn::{Conn, Engine};
use super::load::Load;
use super::location::{OpenError, Settings};
use super::open;
use super::troubles::Trouble;
use super::tx::{Event, Tx};
use super::writer::{Change, Outcome, Write};
use crate::clock::Clock;

/// A handle to the database; clones share its threads. The threads end with the last handle.
#[derive(Clone)]
pub struct Db {
    pub(super) inner: Arc<Channels>,
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
        let query: Query = Box::new(move |line| {
            let result = match line {
                Ok(line) => {
                    let result = query(line.conn());
                    // Whatever the query says of a broken connection, the trouble is the connection.
                    if result.is_err() && line.is_broken() {
                        Err(Trouble::Away.error().into())
                    } else {
                        result
                    }
                }
                Err(error) => Err(error.into()),
            };
            let _ = answer.send(result);
        });
        let since = Instant::now();
        if self.inner.reads.send(Read { query, since }).is_err() {
            return Err(stopped().into());
        }
        answered.await.unwrap_or_else(|_| Err(stopped().into()))
    }

    /// Runs a write for which a person or another server waits: all of it is committed durably before this returns
    /// `Ok`, or none of it happened.
    ///
    /// # Errors
    /// What the closure returns (its changes are undone), or what the database says of the commit. Of all errors only
    /// [`Trouble::Unsure`] leaves open whether it happened.
    pub async fn write<T, E>(
        &self,
        change: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.queue(&self.inner.writes, change).await
    }

    /// Runs a write for which nobody waits in particular: behind all writes of [`Db::write`], but not for ever. It is
    /// short, since they wait while it runs.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_later<T, E>(
        &self,
        change: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.queue(&self.inner.writes_later, change).await
    }

    async fn queue<T, E>(
        &self,
        queue: &Sender<Write>,
        change: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let change: Change = Box::new(move |tx| {
            let result = match tx {
                Ok(tx) => change(tx),
                Err(error) => Err(error.into()),
            };
            Outcome {
                keeps: result.is_ok(),
                finish: Box::new(move |committed| {
                    let result = match committed {
                        Ok(()) => result,
                        // What the closure said may have been no more than a symptom.
                        Err(error) if Trouble::of(&error) == Some(Trouble::Away) => {
                            Err(error.into())
                        }
                        Err(error) => result.and(Err(error.into())),
                    };
                    let _ = answer.send(result);
                }),
            }
        });
        let since = Instant::now();
        if queue.send(Write { change, since }).is_err() {
            return Err(stopped().into());
        }
        answered.await.unwrap_or_else(|_| Err(stopped().into()))
    }

    /// How busy the store is.
    #[must_use]
    pub fn load(&self) -> Load {
        Load {
            waiting_reads: self.inner.reads.len(),
            waiting_writes: self.inner.writes.len(),
            waiting_later: self.inner.writes_later.len(),
            is_away: self.inner.presence.is_lost(),
            ..self.inner.counters.read()
        }
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
        DatabaseErrorKind::Unknown,
        Box::new("the database did not carry this out".to_owned()),
    )
}
