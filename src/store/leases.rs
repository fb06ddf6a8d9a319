//! What one process at a time may do: send to a peer, and the duties that one does for all. Leases have no end of their
//! own: they end with the process that holds them, see [`super::processes`].

use diesel::prelude::*;
use diesel::result::Error;

use super::conn::{Conn, on};
use super::db::Db;
use super::desk::{Request, Wish};
use super::schema::{deliveries, duties, peers};
use super::troubles::{Trouble, copy};
use super::tx::Tx;
use crate::id::{ActivityId, made_at};

/// What one process at a time does for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Making documents of facts, strictly in order.
    Facts,
    /// Tidying up.
    Schedule,
    /// Pulling what was missed while this node was away.
    CatchUp,
}

impl Duty {
    fn name(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::Schedule => "schedule",
            Self::CatchUp => "catch-up",
        }
    }
}

impl Db {
    /// Whether this process has a duty, which it takes if nobody has. It keeps it for as long as it lives. Where no
    /// process is registered everybody has every duty.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn has_duty(&self, duty: Duty) -> QueryResult<bool> {
        let Some(own) = self.process() else {
            return Ok(true);
        };
        let held_by = self.read(move |c| find_holder(c, duty)).await?;
        match held_by {
            Some(holder) => Ok(holder == own),
            None => self.write(move |tx| take_duty(tx, duty)).await,
        }
    }

    /// Asks for the right to send to a peer; false if another process has it.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn take_lane(&self, peer: i64) -> QueryResult<bool> {
        self.ask_desk(peer, Wish::Take).await
    }

    /// Gives back the right to send to a peer.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn give_lane_back(&self, peer: i64) -> QueryResult<()> {
        self.ask_desk(peer, Wish::Give).await.map(drop)
    }

    /// Whether deliveries to this peer are first of all this process's: each living process has its part of them, so
    /// that they do not all run for the same ones.
    #[must_use]
    pub fn is_first_for(&self, peer: i64) -> bool {
        self.inner.membership.place().is_none_or(|place| {
            let count = place.living.len().max(1);
            let turn = usize::try_from(peer).unwrap_or_default() % count;
            place
                .living
                .get(turn)
                .is_none_or(|first| *first == place.number)
        })
    }

    async fn ask_desk(&self, peer: i64, wish: Wish) -> QueryResult<bool> {
        let answered = self.inner.desk.ask(peer, wish);
        let turn = self.inner.desk.turn.lock().await;
        let requests = self.inner.desk.take_all();
        if !requests.is_empty() {
            self.answer(requests).await;
        }
        drop(turn);
        // Whoever wrote for all may have been broken off.
        answered
            .await
            .unwrap_or_else(|_| Err(Trouble::Busy.error()))
    }

    async fn answer(&self, requests: Vec<Request>) {
        let of = |wish| -> Vec<i64> {
            let wishes = requests.iter().filter(|request| request.wish == wish);
            wishes.map(|request| request.peer).collect()
        };
        let (takes, gives) = (of(Wish::Take), of(Wish::Give));
        let written = self
            .write_later(move |tx| {
                give_lanes_back(tx, &gives)?;
                take_lanes(tx, &takes)
            })
            .await;
        for request in requests {
            let is_own = written
                .as_ref()
                .map(|own| request.wish == Wish::Take && own.contains(&request.peer))
                .map_err(copy);
            let _ = request.answer.send(is_own);
        }
    }
}

/// Takes those of these peers that nobody else has; all, if this process is not registered.
fn take_lanes(tx: &mut Tx, wanted: &[i64]) -> QueryResult<Vec<i64>> {
    let Some(own) = tx.process() else {
        return Ok(wanted.to_vec());
    };
    let mut taken = Vec::new();
    for part in wanted.chunks(500) {
        let free = peers::lane_held_by
            .is_null()
            .or(peers::lane_held_by.eq(own));
        let ids: Vec<i64> = on!(&mut **tx, |c| diesel::update(
            peers::table.filter(peers::id.eq_any(part)).filter(free)
        )
        .set(peers::lane_held_by.eq(own))
        .returning(peers::id)
        .get_results(c))?;
        taken.extend(ids);
    }
    Ok(taken)
}

fn give_lanes_back(tx: &mut Tx, given: &[i64]) -> QueryResult<()> {
    let Some(own) = tx.process() else {
        return Ok(());
    };
    for part in given.chunks(500) {
        on!(&mut **tx, |c| diesel::update(
            peers::table
                .filter(peers::id.eq_any(part))
                .filter(peers::lane_held_by.eq(own))
        )
        .set(peers::lane_held_by.eq(None::<i64>))
        .execute(c))?;
    }
    Ok(())
}

fn find_holder(conn: &mut Conn, duty: Duty) -> QueryResult<Option<i64>> {
    on!(conn, |c| duties::table
        .find(duty.name())
        .select(duties::held_by)
        .first(c)
        .optional())
}

fn take_duty(tx: &mut Tx, duty: Duty) -> QueryResult<bool> {
    let Some(own) = tx.process() else {
        return Ok(true);
    };
    on!(&mut **tx, |c| diesel::insert_into(duties::table)
        .values((duties::name.eq(duty.name()), duties::held_by.eq(own)))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(find_holder(tx, duty)? == Some(own))
}

/// Since when something could be sent to a peer, in milliseconds: the age of the oldest message that is due, or the
/// time of the next try if the peer is down.
pub fn waits_since(conn: &mut Conn, peer: i64, now: i64) -> QueryResult<Option<i64>> {
    let oldest: Option<ActivityId> = on!(conn, |c| deliveries::table
        .filter(deliveries::peer_id.eq(peer))
        .filter(deliveries::due_at.le(now))
        .order(deliveries::activity_id.asc())
        .select(deliveries::activity_id)
        .first(c)
        .optional())?;
    let Some(oldest) = oldest else {
        return Ok(None);
    };
    let next_try: Option<Option<i64>> = on!(conn, |c| peers::table
        .find(peer)
        .select(peers::next_probe_at)
        .first(c)
        .optional())?;
    Ok(Some(made_at(oldest.0).max(next_try.flatten().unwrap_or(0))))
}

/// Which process sends to a peer at the moment.
pub fn find_lane_holder(conn: &mut Conn, peer: i64) -> QueryResult<Option<i64>> {
    let held: Option<Option<i64>> = on!(conn, |c| peers::table
        .find(peer)
        .select(peers::lane_held_by)
        .first(c)
        .optional())?;
    held.flatten()
        .map_or(Ok(None), |holder| Ok::<_, Error>(Some(holder)))
}
