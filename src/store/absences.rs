//! Times in which something may have been missed, the peers that are asked for it, and what is left to be read there.
//!
//! Everything that pulling needs is in these rows, so that it goes on where it was after any end of the process.

use diesel::prelude::*;

use super::columns::{AbsenceCause, AbsenceState, HostState, TaskKind};
use super::conn::{Conn, on};
use super::schema::{absence_hosts, absence_tasks, absences};
use super::tx::{Event, Tx};
use crate::id::AbsenceId;

/// Rows that one insert adds at most.
const CHUNK: usize = 500;

/// A time in which something may have been missed.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = absences, treat_none_as_default_value = false)]
pub struct Absence {
    /// Its id.
    pub id: AbsenceId,
    /// The peer that is asked; none for all of them.
    pub host: Option<String>,
    /// Why something may have been missed.
    pub cause: AbsenceCause,
    /// When it began, in milliseconds.
    pub away_from: i64,
    /// When it ended, in milliseconds.
    pub away_until: i64,
    /// How far pulling has come.
    pub state: AbsenceState,
    /// Peers to be asked.
    pub peers: i64,
    /// Peers that were asked for everything.
    pub peers_done: i64,
    /// Peers that were given up.
    pub peers_failed: i64,
    /// Requests made.
    pub requests: i64,
    /// Posts and boosts that were new here.
    pub recovered: i64,
    /// When this row was made, in milliseconds.
    pub created_at: i64,
    /// When the last peer was done with, in milliseconds.
    pub ended_at: Option<i64>,
}

/// One peer that is asked for what was missed.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = absence_hosts, treat_none_as_default_value = false)]
pub struct Host {
    /// What was missed.
    pub absence_id: AbsenceId,
    /// The peer's domain.
    pub host: String,
    /// How far asking it has come.
    pub state: HostState,
    /// When it is asked next, in milliseconds.
    pub due_at: i64,
    /// Since when it cannot be reached, in milliseconds.
    pub failing_since: Option<i64>,
    /// Failures in a row.
    pub failures: i64,
    /// What the last failure was.
    pub last_error: Option<String>,
    /// Requests that it may be made.
    pub budget: i64,
    /// Requests made.
    pub requests: i64,
    /// Posts and boosts that were new here.
    pub recovered: i64,
}

/// Something that is left to be read at a peer.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = absence_tasks, treat_none_as_default_value = false)]
pub struct Task {
    /// Its id; a peer's are done in this order.
    pub id: i64,
    /// What was missed.
    pub absence_id: AbsenceId,
    /// The peer's domain.
    pub host: String,
    /// What is read.
    pub kind: TaskKind,
    /// Whose, or to what: an id on the wire.
    pub target: String,
    /// The page to be read next; none before the first.
    pub cursor: Option<String>,
    /// Pages read so far.
    pub pages: i64,
}

/// What a part of the work at a peer came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gain {
    /// Requests made.
    pub requests: i64,
    /// Posts and boosts that were new here.
    pub recovered: i64,
}

/// Adds an absence.
pub fn insert(tx: &mut Tx, absence: &Absence) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(absences::table)
        .values(absence)
        .execute(c))
    .map(drop)
}

/// The absence with this id.
pub fn find(conn: &mut Conn, id: AbsenceId) -> QueryResult<Option<Absence>> {
    on!(conn, |c| absences::table
        .find(id)
        .select(Absence::as_select())
        .first(c)
        .optional())
}

/// The absence of a peer that began at this instant (milliseconds).
pub fn find_of_peer(conn: &mut Conn, host: &str, away_from: i64) -> QueryResult<Option<Absence>> {
    on!(conn, |c| absences::table
        .filter(absences::host.eq(host))
        .filter(absences::away_from.eq(away_from))
        .filter(absences::cause.eq(AbsenceCause::Peer))
        .select(Absence::as_select())
        .first(c)
        .optional())
}

/// Up to `limit` absences, newest first; skipped ones are left out.
pub fn list(conn: &mut Conn, limit: i64) -> QueryResult<Vec<Absence>> {
    on!(conn, |c| absences::table
        .filter(absences::state.ne(AbsenceState::Skipped))
        .order(absences::id.desc())
        .limit(limit)
        .select(Absence::as_select())
        .load(c))
}

/// Up to `limit` absences of one peer, or of this node itself, newest first; skipped ones are left out.
pub fn list_of(conn: &mut Conn, host: Option<&str>, limit: i64) -> QueryResult<Vec<Absence>> {
    on!(conn, |c| {
        let query = absences::table
            .filter(absences::state.ne(AbsenceState::Skipped))
            .order(absences::id.desc())
            .limit(limit)
            .select(Absence::as_select())
            .into_boxed();
        match host {
            Some(host) => query.filter(absences::host.eq(host)),
            None => query.filter(absences::host.is_null()),
        }
        .load(c)
    })
}

/// Sets how far an absence has come.
pub fn set_state(tx: &mut Tx, id: AbsenceId, state: AbsenceState) -> QueryResult<()> {
    let ended = matches!(state, AbsenceState::Done | AbsenceState::Skipped).then_some(tx.now());
    on!(&mut **tx, |c| diesel::update(absences::table.find(id))
        .set((absences::state.eq(state), absences::ended_at.eq(ended)))
        .execute(c))
    .map(drop)
}

/// Adds what is to be read at peers, and counts the peers.
pub fn plan(tx: &mut Tx, id: AbsenceId, hosts: &[Host], tasks: &[Task]) -> QueryResult<()> {
    for some in hosts.chunks(CHUNK) {
        on!(&mut **tx, |c| diesel::insert_into(absence_hosts::table)
            .values(some)
            .execute(c))?;
    }
    for some in tasks.chunks(CHUNK) {
        on!(&mut **tx, |c| diesel::insert_into(absence_tasks::table)
            .values(some)
            .execute(c))?;
    }
    let peers = i64::try_from(hosts.len()).unwrap_or(i64::MAX);
    on!(&mut **tx, |c| diesel::update(absences::table.find(id))
        .set(absences::peers.eq(peers))
        .execute(c))?;
    tx.tell(Event::Jobs);
    Ok(())
}

/// Takes up to `limit` peers that are to be asked, those first that waited longest, and leaves them to the caller
/// until `lease_end` (milliseconds), when they are due again if nothing became of them.
pub fn claim(tx: &mut Tx, limit: i64, lease_end: i64) -> QueryResult<Vec<Host>> {
    let now = tx.now();
    let due: Vec<Host> = on!(&mut **tx, |c| absence_hosts::table
        .filter(absence_hosts::state.eq(HostState::Open))
        .filter(absence_hosts::due_at.le(now))
        .order((absence_hosts::due_at.asc(), absence_hosts::absence_id.asc()))
        .limit(limit)
        .select(Host::as_select())
        .load(c))?;
    let mut claimed = Vec::new();
    for host in due {
        let taken = on!(&mut **tx, |c| diesel::update(
            absence_hosts::table
                .find((host.absence_id, &host.host))
                .filter(absence_hosts::due_at.eq(host.due_at))
        )
        .set(absence_hosts::due_at.eq(lease_end))
        .execute(c))?;
        if taken > 0 {
            claimed.push(host);
        }
    }
    Ok(claimed)
}

/// Whether a peer is to be asked at the instant `now` (milliseconds).
pub fn is_due(conn: &mut Conn, now: i64) -> QueryResult<bool> {
    use diesel::dsl::{exists, select};
    on!(conn, |c| select(exists(
        absence_hosts::table
            .filter(absence_hosts::state.eq(HostState::Open))
            .filter(absence_hosts::due_at.le(now))
    ))
    .get_result(c))
}

/// Makes due at once what was claimed and did not fail: whoever claimed it is gone, or does not ask the same peer twice at
/// a time.
pub fn release(tx: &mut Tx) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(
        absence_hosts::table
            .filter(absence_hosts::state.eq(HostState::Open))
            .filter(absence_hosts::due_at.gt(now))
            .filter(absence_hosts::failing_since.is_null())
    )
    .set(absence_hosts::due_at.eq(now))
    .execute(c))
    .map(drop)
}

/// One peer of an absence.
pub fn find_host(conn: &mut Conn, id: AbsenceId, host: &str) -> QueryResult<Option<Host>> {
    on!(conn, |c| absence_hosts::table
        .find((id, host))
        .select(Host::as_select())
        .first(c)
        .optional())
}

/// Up to `limit` peers of an absence that are in this state, by name.
pub fn list_hosts(
    conn: &mut Conn,
    id: AbsenceId,
    state: HostState,
    limit: i64,
) -> QueryResult<Vec<Host>> {
    on!(conn, |c| absence_hosts::table
        .filter(absence_hosts::absence_id.eq(id))
        .filter(absence_hosts::state.eq(state))
        .order(absence_hosts::host.asc())
        .limit(limit)
        .select(Host::as_select())
        .load(c))
}

/// What is to be read next at a peer.
pub fn next_task(conn: &mut Conn, host: &Host) -> QueryResult<Option<Task>> {
    on!(conn, |c| absence_tasks::table
        .filter(absence_tasks::absence_id.eq(host.absence_id))
        .filter(absence_tasks::host.eq(&host.host))
        .order(absence_tasks::id.asc())
        .select(Task::as_select())
        .first(c)
        .optional())
}

/// How much is left to be read at a peer.
pub fn count_tasks(conn: &mut Conn, id: AbsenceId, host: &str) -> QueryResult<i64> {
    on!(conn, |c| absence_tasks::table
        .filter(absence_tasks::absence_id.eq(id))
        .filter(absence_tasks::host.eq(host))
        .count()
        .get_result(c))
}

/// Notes that a page was read: the next one is at `next`, or there is none. The peer stays the caller's until
/// `lease_end` (milliseconds).
pub fn advance(tx: &mut Tx, task: &Task, next: Option<&str>, lease_end: i64) -> QueryResult<()> {
    match next {
        Some(next) => on!(&mut **tx, |c| diesel::update(
            absence_tasks::table.find(task.id)
        )
        .set((
            absence_tasks::cursor.eq(next),
            absence_tasks::pages.eq(task.pages + 1)
        ))
        .execute(c))?,
        None => on!(&mut **tx, |c| diesel::delete(
            absence_tasks::table.find(task.id)
        )
        .execute(c))?,
    };
    let place = (task.absence_id, &task.host);
    on!(&mut **tx, |c| diesel::update(
        absence_hosts::table.find(place)
    )
    .set((
        absence_hosts::due_at.eq(lease_end),
        absence_hosts::failing_since.eq(None::<i64>),
        absence_hosts::failures.eq(0_i64),
        absence_hosts::last_error.eq(None::<String>),
    ))
    .execute(c))
    .map(drop)
}

/// Adds to what was asked and found at a peer.
pub fn add(tx: &mut Tx, id: AbsenceId, host: &str, gain: Gain) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        absence_hosts::table.find((id, host))
    )
    .set((
        absence_hosts::requests.eq(absence_hosts::requests + gain.requests),
        absence_hosts::recovered.eq(absence_hosts::recovered + gain.recovered),
    ))
    .execute(c))?;
    on!(&mut **tx, |c| diesel::update(absences::table.find(id))
        .set((
            absences::requests.eq(absences::requests + gain.requests),
            absences::recovered.eq(absences::recovered + gain.recovered),
        ))
        .execute(c))
    .map(drop)
}

/// Lets a peer be asked again at `due_at` (milliseconds). With an error that counts as a failure.
pub fn postpone(
    tx: &mut Tx,
    id: AbsenceId,
    host: &str,
    due_at: i64,
    error: Option<&str>,
) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        absence_hosts::table.find((id, host))
    )
    .set(absence_hosts::due_at.eq(due_at))
    .execute(c))?;
    let Some(error) = error else { return Ok(()) };
    let now = tx.now();
    on!(&mut **tx, |c| {
        diesel::update(absence_hosts::table.find((id, host)))
            .set((
                absence_hosts::failures.eq(absence_hosts::failures + 1),
                absence_hosts::last_error.eq(error),
            ))
            .execute(c)?;
        diesel::update(
            absence_hosts::table
                .find((id, host))
                .filter(absence_hosts::failing_since.is_null()),
        )
        .set(absence_hosts::failing_since.eq(now))
        .execute(c)
    })
    .map(drop)
}

/// Ends the asking of a peer, given up with a reason or done. Tells whether that ended the whole absence.
pub fn finish_host(
    tx: &mut Tx,
    id: AbsenceId,
    host: &str,
    failure: Option<&str>,
) -> QueryResult<bool> {
    let state = match failure {
        Some(_) => HostState::Failed,
        None => HostState::Done,
    };
    let ended = on!(&mut **tx, |c| diesel::update(
        absence_hosts::table
            .find((id, host))
            .filter(absence_hosts::state.eq(HostState::Open))
    )
    .set((
        absence_hosts::state.eq(state),
        absence_hosts::last_error.eq(failure)
    ))
    .execute(c))?;
    if ended == 0 {
        return Ok(false);
    }
    on!(&mut **tx, |c| diesel::delete(
        absence_tasks::table
            .filter(absence_tasks::absence_id.eq(id))
            .filter(absence_tasks::host.eq(host))
    )
    .execute(c))?;
    let failed = i64::from(failure.is_some());
    on!(&mut **tx, |c| diesel::update(absences::table.find(id))
        .set((
            absences::peers_done.eq(absences::peers_done + 1 - failed),
            absences::peers_failed.eq(absences::peers_failed + failed),
        ))
        .execute(c))?;
    let open: i64 = on!(&mut **tx, |c| absence_hosts::table
        .filter(absence_hosts::absence_id.eq(id))
        .filter(absence_hosts::state.eq(HostState::Open))
        .count()
        .get_result(c))?;
    if open == 0 {
        set_state(tx, id, AbsenceState::Done)?;
    }
    Ok(open == 0)
}

/// Removes ended absences that are older than `before` (milliseconds), with their peers.
pub fn prune(tx: &mut Tx, before: i64) -> QueryResult<usize> {
    on!(&mut **tx, |c| diesel::delete(
        absences::table
            .filter(absences::created_at.lt(before))
            .filter(absences::state.eq_any([AbsenceState::Done, AbsenceState::Skipped]))
    )
    .execute(c))
}
