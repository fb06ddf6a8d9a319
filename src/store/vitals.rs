//! How much waits on the whole node, and since when: the figures from which people and programs see how it does.

use diesel::prelude::*;

use super::columns::{HostState, ReceiptState};
use super::conn::{Conn, on};
use super::jobs::Job;
use super::peer_health::{self, Numbers};
use super::schema::{absence_hosts, deliveries, jobs, peers, receipts};
use super::{deliveries as backlog, receipts as inbox};
use crate::id::{ActivityId, made_at};

/// How much waits, and since when. Instants are in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Deliveries that wait, for whatever peer.
    pub backlog: i64,
    /// When the oldest document was made that waits for any peer.
    pub oldest_delivery: Option<i64>,
    /// When the oldest document was made that waits for a peer that takes deliveries, and may be sent.
    pub oldest_delivery_due: Option<i64>,
    /// Since when the oldest fact waits of which no document was made yet.
    pub oldest_fact: Option<i64>,
    /// Since when the oldest received activity waits.
    pub oldest_receipt: Option<i64>,
    /// Received activities that wait.
    pub receipts_waiting: i64,
    /// Received activities that were given up.
    pub receipts_failed: i64,
    /// Jobs that wait.
    pub jobs_waiting: i64,
    /// Jobs that were given up.
    pub jobs_dead: i64,
    /// Servers that are still to be asked for what was missed, once for each absence.
    pub catch_up_open: i64,
    /// The other servers.
    pub peers: Numbers,
}

/// Counts what waits at the instant `now` (milliseconds), with a fixed number of queries.
pub fn count(conn: &mut Conn, now: i64) -> QueryResult<Counts> {
    Ok(Counts {
        backlog: backlog::count(conn, None)?,
        oldest_delivery: find_oldest_delivery(conn)?,
        oldest_delivery_due: find_oldest_delivery_due(conn, now)?,
        oldest_fact: find_oldest_fact(conn, now)?,
        oldest_receipt: find_oldest_receipt(conn, now)?,
        receipts_waiting: inbox::count(conn, ReceiptState::Waiting)?,
        receipts_failed: inbox::count(conn, ReceiptState::Failed)?,
        jobs_waiting: count_jobs(conn, false)?,
        jobs_dead: count_jobs(conn, true)?,
        catch_up_open: count_catch_up(conn)?,
        peers: peer_health::count(conn)?,
    })
}

fn find_oldest_delivery(conn: &mut Conn) -> QueryResult<Option<i64>> {
    let oldest: Option<ActivityId> = on!(conn, |c| deliveries::table
        .select(diesel::dsl::min(deliveries::activity_id))
        .first(c))?;
    Ok(oldest.map(|id| made_at(id.0)))
}

fn find_oldest_delivery_due(conn: &mut Conn, now: i64) -> QueryResult<Option<i64>> {
    let oldest: Option<ActivityId> = on!(conn, |c| {
        let takers = peers::table
            .filter(peers::next_probe_at.is_null())
            .filter(peers::paused_at.is_null())
            .select(peers::id);
        deliveries::table
            .filter(deliveries::peer_id.eq_any(takers))
            .filter(deliveries::due_at.le(now))
            .select(diesel::dsl::min(deliveries::activity_id))
            .first(c)
    })?;
    Ok(oldest.map(|id| made_at(id.0)))
}

fn find_oldest_fact(conn: &mut Conn, now: i64) -> QueryResult<Option<i64>> {
    on!(conn, |c| jobs::table
        .filter(jobs::is_dead.eq(false))
        .filter(jobs::due_at.le(now))
        .filter(jobs::kind.eq(Job::DISTRIBUTE))
        .select(diesel::dsl::min(jobs::due_at))
        .first(c))
}

fn find_oldest_receipt(conn: &mut Conn, now: i64) -> QueryResult<Option<i64>> {
    on!(conn, |c| receipts::table
        .filter(receipts::state.eq(ReceiptState::Waiting))
        .filter(receipts::due_at.le(now))
        .select(diesel::dsl::min(receipts::due_at))
        .first(c))
}

fn count_catch_up(conn: &mut Conn) -> QueryResult<i64> {
    on!(conn, |c| absence_hosts::table
        .filter(absence_hosts::state.eq(HostState::Open))
        .count()
        .get_result(c))
}

fn count_jobs(conn: &mut Conn, is_dead: bool) -> QueryResult<i64> {
    on!(conn, |c| jobs::table
        .filter(jobs::is_dead.eq(is_dead))
        .count()
        .get_result(c))
}
