//! A thread's connection, made anew when it breaks, and what all threads of a process know of the database's absence.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::result::Error;

use super::conn::{Conn, move_bytes};
use super::connect::{Ended, connect};
use super::location::{OpenError, Settings};
use super::troubles::Trouble;

/// The first pause before a database that does not answer is tried again; each further one is twice as long.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Queries.
    Read,
    /// Transactions.
    Write,
}

impl Purpose {
    /// What a new connection is told first.
    fn preparation(self, conn: &Conn) -> &'static str {
        match (self, conn) {
            (Self::Read, Conn::Sqlite(_)) => "PRAGMA query_only = ON",
            // Should this process freeze in the middle of a transaction, others wait no longer than this.
            (Self::Write, Conn::Postgres(_)) => {
                "SET idle_in_transaction_session_timeout = '10s'; SET lock_timeout = '10s'"
            }
            _ => "",
        }
    }
}

/// A connection that is made anew when it breaks.
pub(super) struct Line {
    settings: Settings,
    purpose: Purpose,
    conn: Conn,
    ended: Ended,
    presence: Arc<Presence>,
    noted: Noted,
}

/// The trouble that a statement met last.
type Noted = Arc<Mutex<Option<Trouble>>>;

impl Line {
    /// Connects.
    ///
    /// # Errors
    /// A sentence that says why there is no connection.
    pub(super) fn open(
        settings: &Settings,
        purpose: Purpose,
        presence: Arc<Presence>,
    ) -> Result<Self, OpenError> {
        let noted = Noted::default();
        let (conn, ended) = open(settings, purpose, &noted)?;
        Ok(Self {
            settings: settings.clone(),
            purpose,
            conn,
            ended,
            presence,
            noted,
        })
    }

    /// The connection, working or not.
    pub(super) fn conn(&mut self) -> &mut Conn {
        &mut self.conn
    }

    /// Sees to it that the connection works, as far as can be known without asking.
    ///
    /// # Errors
    /// [`Trouble::Away`], at once while the database is known to be away.
    pub(super) fn ready(&mut self) -> Result<(), Error> {
        self.hear();
        if !self.ended.is_set() {
            return Ok(());
        }
        if !self.presence.may_try() {
            return Err(Trouble::Away.error());
        }
        match open(&self.settings, self.purpose, &self.noted) {
            Ok((conn, ended)) => {
                (self.conn, self.ended) = (conn, ended);
                self.presence.is_back();
                Ok(())
            }
            Err(error) => {
                self.presence.is_away(&error);
                Err(Trouble::Away.error())
            }
        }
    }

    /// After something failed: whether that was because the connection is broken.
    pub(super) fn is_broken(&mut self) -> bool {
        match &self.conn {
            Conn::Sqlite(_) => false,
            // A server that ends a session says so first and closes the connection a moment later.
            Conn::Postgres(_) => {
                let _ = self.conn.execute("");
                self.hear();
                self.ended.is_set()
            }
        }
    }

    /// The trouble that a statement of a writer met since this was asked last.
    pub(super) fn take_trouble(&mut self) -> Option<Trouble> {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.take()
    }

    /// Notes what the server has said or done since the last query, such as closing the connection.
    fn hear(&self) {
        if let Conn::Postgres(_) = self.conn {
            move_bytes();
        }
    }
}

fn open(settings: &Settings, purpose: Purpose, noted: &Noted) -> Result<(Conn, Ended), OpenError> {
    let (mut conn, ended) = connect(settings)?;
    if purpose == Purpose::Write {
        let noted = noted.clone();
        conn.watch(move |error| {
            if let Some(trouble) = Trouble::of(error) {
                let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
                *noted = Some(trouble);
            }
        });
    }
    let preparation = purpose.preparation(&conn);
    if !preparation.is_empty() {
        conn.execute(preparation)
            .map_err(|error| OpenError(error.to_string()))?;
    }
    Ok((conn, ended))
}

/// Whether the database answers, as far as this process knows.
#[derive(Debug, Default)]
pub(super) struct Presence {
    absence: Mutex<Option<Absence>>,
}

#[derive(Debug)]
struct Absence {
    since: Instant,
    failures: u32,
    next_try: Instant,
}

impl Presence {
    /// Whether the database is known to be away.
    pub(super) fn is_lost(&self) -> bool {
        self.lock().is_some()
    }

    /// Whether it may be tried now; while it is away, one thread after each pause may.
    fn may_try(&self) -> bool {
        let now = Instant::now();
        match &mut *self.lock() {
            None => true,
            Some(absence) if absence.next_try <= now => {
                absence.next_try = now + pause(absence.failures);
                true
            }
            Some(_) => false,
        }
    }

    /// Notes a try in vain.
    pub(super) fn is_away(&self, error: &OpenError) {
        let now = Instant::now();
        let mut known = self.lock();
        let absence = known.get_or_insert_with(|| {
            tracing::error!(%error, "the database is away");
            Absence {
                since: now,
                failures: 0,
                next_try: now,
            }
        });
        absence.next_try = now + pause(absence.failures);
        absence.failures = absence.failures.saturating_add(1);
    }

    /// Notes that it answers.
    pub(super) fn is_back(&self) {
        if let Some(absence) = self.lock().take() {
            let seconds = absence.since.elapsed().as_secs_f64();
            let tries = absence.failures;
            tracing::warn!(seconds, tries, "the database is back");
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Absence>> {
        self.absence.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long is waited after so many tries in vain.
pub(super) fn pause(failures: u32) -> Duration {
    SHORTEST_PAUSE
        .saturating_mul(1 << failures.min(16))
        .min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_from_a_blink_to_five_seconds() {
        let pauses: Vec<u128> = (0..9).map(|failures| pause(failures).as_millis()).collect();
        assert_eq!(pauses, [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
        assert_eq!(pause(u32::MAX), LONGEST_PAUSE);
    }

    #[test]
    fn an_absent_database_is_tried_by_one_thread_at_a_time_and_a_present_one_by_all() {
        let presence = Presence::default();
        assert!(presence.may_try() && presence.may_try());
        for _ in 0..8 {
            presence.is_away(&OpenError("nobody answers".to_owned()));
        }
        assert!(presence.is_lost());
        assert!(!presence.may_try(), "a pause has begun");
        presence.is_back();
        assert!(presence.may_try() && !presence.is_lost());
    }
}
