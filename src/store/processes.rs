//! The processes that share a database: each has a number, gives signs of life, and is buried by the others when it
//! gives none, which frees whatever it held. On SQLite one process serves, so that none of this is needed there.

use std::collections::HashSet;

use diesel::prelude::*;

use super::columns::ReceiptState;
use super::conn::{Conn, Engine, on};
use super::db::Db;
use super::listener::session_name;
use super::membership::{FIRST_GUEST, Place};
use super::schema::{duties, jobs, peers, processes, receipts};
use super::schema_attention::pushes;
use super::tx::{Event, Tx};

diesel::table! {
    /// The sessions that a PostgreSQL server sees.
    pg_stat_activity (pid) {
        /// The server's process behind the session.
        pid -> Integer,
        /// What the client calls itself.
        application_name -> Nullable<Text>,
    }
}

/// A process that shares the database.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = processes)]
pub struct Process {
    /// Its number, the smallest that was free when it began.
    pub id: i64,
    /// Tells it from whoever had its number before.
    pub token: i64,
    /// Where it listens, and its number in the operating system.
    pub name: String,
    /// When it began, in milliseconds.
    pub started_at: i64,
    /// When it last gave a sign of life, in milliseconds.
    pub seen_at: i64,
}

/// All processes that are not taken for dead, by number.
pub fn list(conn: &mut Conn) -> QueryResult<Vec<Process>> {
    on!(conn, |c| processes::table
        .order(processes::id.asc())
        .select(Process::as_select())
        .load(c))
}

impl Db {
    /// Registers this process under a name, so that others leave alone what it holds, and take over what it leaves
    /// behind. Without a sign of life ([`Db::renew`]) it is taken for dead after `timeout` (milliseconds).
    ///
    /// # Errors
    /// Whatever the database says, and that there are too many processes.
    pub async fn join(&self, name: &str, timeout: i64) -> QueryResult<()> {
        let membership = self.inner.membership.clone();
        if self.engine() == Engine::Sqlite {
            return self
                .write(|tx| {
                    tx.set_id_lane(0);
                    Ok(())
                })
                .await;
        }
        let (name, token) = (name.to_owned(), token_of(membership.token()));
        let place = self
            .write(move |tx| join(tx, token, &name, timeout))
            .await?;
        let lane = u16::try_from(place.number).unwrap_or_default();
        membership.set(Some(place));
        self.write(move |tx| {
            tx.set_id_lane(lane);
            Ok(())
        })
        .await
    }

    /// Gives a sign of life and buries the dead. A process that was taken for dead itself, having slept for too long,
    /// begins anew with another number.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn renew(&self, name: &str, timeout: i64) -> QueryResult<()> {
        let membership = self.inner.membership.clone();
        let Some(place) = membership.place() else {
            return Ok(());
        };
        let (number, token) = (place.number, token_of(membership.token()));
        let renewed = self
            .write(move |tx| renew(tx, number, token, timeout))
            .await?;
        if let Some(place) = renewed {
            membership.set(Some(place));
            return Ok(());
        }
        tracing::warn!(
            number,
            "this process gave no sign of life for too long; it begins anew"
        );
        self.join(name, timeout).await
    }

    /// Gives back everything that this process holds, its number last: it has ended its work.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn leave(&self) -> QueryResult<()> {
        let membership = self.inner.membership.clone();
        let Some(place) = membership.place() else {
            return Ok(());
        };
        membership.set(None);
        let token = token_of(membership.token());
        self.write(move |tx| {
            if keep(tx, place.number, token)?.is_some() {
                bury(tx, place.number)?;
            }
            Ok(())
        })
        .await
    }

    /// Whether what this process holds is still its own; false when it has slept for so long that others may have
    /// taken over.
    #[must_use]
    pub fn holds_its_place(&self, now: i64) -> bool {
        self.inner.membership.holds(now)
    }

    /// The number of this process; none while it is not registered, which says that it shares its work with nobody.
    #[must_use]
    pub fn process(&self) -> Option<i64> {
        self.inner.membership.number()
    }
}

/// Random bits as the database keeps them.
fn token_of(token: u64) -> i64 {
    i64::from_ne_bytes(token.to_ne_bytes())
}

fn join(tx: &mut Tx, token: i64, name: &str, timeout: i64) -> QueryResult<Place> {
    bury_the_dead(tx, timeout)?;
    bury_the_gone(tx, token)?;
    let living = numbers(tx)?;
    let Some(number) = (0..i64::from(FIRST_GUEST)).find(|number| !living.contains(number)) else {
        let words = format!("{FIRST_GUEST} processes share this database already");
        return Err(diesel::result::Error::QueryBuilderError(words.into()));
    };
    let now = tx.now();
    let row = Process {
        id: number,
        token,
        name: name.to_owned(),
        started_at: now,
        seen_at: now,
    };
    on!(&mut **tx, |c| diesel::insert_into(processes::table)
        .values(&row)
        .execute(c))?;
    tx.tell(Event::Missed);
    place(tx, number, timeout)
}

fn renew(tx: &mut Tx, number: i64, token: i64, timeout: i64) -> QueryResult<Option<Place>> {
    let Some(last_sign) = keep(tx, number, token)? else {
        return Ok(None);
    };
    // If this one could give no sign for a while, neither could others: they get the time to give one now.
    if last_sign > tx.now() - timeout {
        bury_the_dead(tx, timeout)?;
    }
    place(tx, number, timeout).map(Some)
}

/// Notes a sign of life; gives the instant of the one before, if the number is still this process's own.
fn keep(tx: &mut Tx, number: i64, token: i64) -> QueryResult<Option<i64>> {
    let now = tx.now();
    on!(&mut **tx, |c| {
        let own = processes::table.find(number);
        let last_sign: Option<i64> = own
            .filter(processes::token.eq(token))
            .select(processes::seen_at)
            .first(c)
            .optional()?;
        if last_sign.is_some() {
            diesel::update(own)
                .set(processes::seen_at.eq(now))
                .execute(c)?;
        }
        Ok(last_sign)
    })
}

fn place(tx: &mut Tx, number: i64, timeout: i64) -> QueryResult<Place> {
    Ok(Place {
        number,
        // Earlier than others think, whose clocks may be a little ahead.
        holds_until: tx.now() + timeout - timeout / 5,
        living: numbers(tx)?,
    })
}

fn numbers(tx: &mut Tx) -> QueryResult<Vec<i64>> {
    on!(&mut **tx, |c| processes::table
        .order(processes::id.asc())
        .select(processes::id)
        .load(c))
}

/// Removes those who gave no sign for `timeout` (milliseconds), and frees what they held.
fn bury_the_dead(tx: &mut Tx, timeout: i64) -> QueryResult<()> {
    let horizon = tx.now() - timeout;
    let dead: Vec<(i64, String)> = on!(&mut **tx, |c| processes::table
        .filter(processes::seen_at.lt(horizon))
        .select((processes::id, processes::name))
        .load(c))?;
    for (number, name) in dead {
        tracing::warn!(
            number,
            name,
            "a process is taken for dead: others take over its work"
        );
        bury(tx, number)?;
    }
    Ok(())
}

/// Removes those of whom the server sees no session any more: their programs were killed a moment ago, and what they
/// held need not wait. Who only connects anew at this moment begins anew. Of `own` (a token) nothing is left either.
fn bury_the_gone(tx: &mut Tx, own: i64) -> QueryResult<()> {
    let sessions: HashSet<String> = match &mut **tx {
        Conn::Sqlite(_) => return Ok(()),
        Conn::Postgres(c) => pg_stat_activity::table
            .select(pg_stat_activity::application_name)
            .load::<Option<String>>(c)?
            .into_iter()
            .flatten()
            .collect(),
    };
    for process in list(tx)? {
        let token = u64::from_ne_bytes(process.token.to_ne_bytes());
        if process.token == own || !sessions.contains(&session_name(token)) {
            tracing::info!(
                number = process.id,
                name = process.name,
                "a process has ended"
            );
            bury(tx, process.id)?;
        }
    }
    Ok(())
}

/// Removes a process and frees what it held, for whoever looks next.
fn bury(tx: &mut Tx, number: i64) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| {
        diesel::update(jobs::table.filter(jobs::claimed_by.eq(number)))
            .set((jobs::claimed_by.eq(None::<i64>), jobs::due_at.eq(now)))
            .execute(c)?;
        diesel::update(pushes::table.filter(pushes::claimed_by.eq(number)))
            .set((pushes::claimed_by.eq(None::<i64>), pushes::due_at.eq(now)))
            .execute(c)?;
        diesel::update(
            receipts::table
                .filter(receipts::claimed_by.eq(number))
                .filter(receipts::state.eq(ReceiptState::Waiting)),
        )
        .set((
            receipts::claimed_by.eq(None::<i64>),
            receipts::due_at.eq(now),
        ))
        .execute(c)?;
        diesel::update(peers::table.filter(peers::lane_held_by.eq(number)))
            .set(peers::lane_held_by.eq(None::<i64>))
            .execute(c)?;
        diesel::delete(duties::table.filter(duties::held_by.eq(number))).execute(c)?;
        diesel::delete(processes::table.find(number)).execute(c)?;
        QueryResult::Ok(())
    })?;
    tx.tell(Event::Missed);
    Ok(())
}
