//! Knowing that something may have been missed: this node was away, a peer was, or somebody says so. What is to be
//! pulled then is planned here, as rows; reading it from other servers is the work of the servers' door.

use std::collections::{BTreeMap, HashMap};

use super::reports::duration;
use crate::clock::{DAY, HOUR, MINUTE};
use crate::id::{AbsenceId, AccountId};
use crate::store::absences::{Absence, Host, Task};
use crate::store::facts::Fact;
use crate::store::follows::Destination;
use crate::store::gaps::{self, Relation};
use crate::store::jobs::Job;
use crate::store::{
    self, AbsenceCause, AbsenceState, HostState, QueryResult, TaskKind, Tx, settings,
};

/// The name of the setting that says when this node last lived.
const ALIVE: &str = "alive_at";
/// What a peer sent earlier than so long before an absence is not looked for, in milliseconds.
pub const MARGIN: i64 = HOUR;
/// Threads in which somebody here took part within this time before an absence are looked at, in milliseconds.
const ACTIVE: i64 = 3 * DAY;
/// Statuses of one thread whose replies are read.
const STATUSES_OF_A_THREAD: usize = 5;
/// Requests that a peer may be made, and how many more for each thing to be read there.
const BUDGET: (i64, i64) = (500, 5);
/// Outages of a peer that are shorter are not even noted, in milliseconds.
const BLINK: i64 = MINUTE;
/// Inboxes that one fact names.
const INBOXES: usize = 500;

/// Notes that this node lives.
///
/// # Errors
/// Whatever the database says.
pub fn beat(tx: &mut Tx) -> QueryResult<()> {
    let now = tx.now();
    settings::set(tx, ALIVE, &now.to_string())
}

/// Notes that this node lives again. If it was away for longer than `after_minutes` (0 for never mind), what it missed
/// will be pulled. A node that never lived before missed nothing.
///
/// # Errors
/// Whatever the database says.
pub fn arrive(tx: &mut Tx, after_minutes: u32) -> QueryResult<Option<AbsenceId>> {
    let last = settings::find(tx, ALIVE)?.and_then(|last| last.parse::<i64>().ok());
    beat(tx)?;
    let Some(last) = last else { return Ok(None) };
    let is_long = tx.now() - last > i64::from(after_minutes) * MINUTE;
    if after_minutes == 0 || !is_long {
        return Ok(None);
    }
    tracing::info!(
        "this node was away {}: what it missed is pulled from its peers",
        duration(tx.now() - last)
    );
    note(tx, None, AbsenceCause::Node, last).map(Some)
}

/// A peer is heard of, or takes deliveries, that took none since the instant `since` (milliseconds): what it may not
/// have been able to send meanwhile is pulled, once.
///
/// # Errors
/// Whatever the database says.
pub fn peer_returned(tx: &mut Tx, host: &str, since: i64) -> QueryResult<()> {
    if tx.now() - since < BLINK || store::absences::find_of_peer(tx, host, since)?.is_some() {
        return Ok(());
    }
    note(tx, Some(host.to_owned()), AbsenceCause::Peer, since).map(drop)
}

/// A peer is heard of that may have been away: see [`peer_returned`].
///
/// # Errors
/// Whatever the database says.
pub fn peer_heard(tx: &mut Tx, peer: i64) -> QueryResult<()> {
    let Some(peer) = store::peers::find(tx, peer)? else {
        return Ok(());
    };
    match peer.down_since {
        Some(since) => peer_returned(tx, &peer.domain, since),
        None => Ok(()),
    }
}

/// Somebody wants everything since the instant `since` (milliseconds) to be pulled, from one peer or from all.
///
/// # Errors
/// Whatever the database says.
pub fn ask(tx: &mut Tx, since: i64, host: Option<String>) -> QueryResult<AbsenceId> {
    note(tx, host, AbsenceCause::Hand, since)
}

fn note(
    tx: &mut Tx,
    host: Option<String>,
    cause: AbsenceCause,
    away_from: i64,
) -> QueryResult<AbsenceId> {
    let id = AbsenceId(tx.new_id());
    let absence = Absence {
        id,
        host,
        cause,
        away_from,
        away_until: tx.now(),
        state: AbsenceState::Waiting,
        peers: 0,
        peers_done: 0,
        peers_failed: 0,
        requests: 0,
        recovered: 0,
        created_at: tx.now(),
        ended_at: None,
    };
    store::absences::insert(tx, &absence)?;
    tx.queue(&Job::CatchUp { absence: id })?;
    Ok(id)
}

/// Plans what is to be read at which peer, and says hello to everybody. Nothing happens if that was done before.
///
/// # Errors
/// Whatever the database says.
pub fn plan(tx: &mut Tx, id: AbsenceId, after_minutes: u32) -> QueryResult<()> {
    let Some(absence) = store::absences::find(tx, id)? else {
        return Ok(());
    };
    if absence.state != AbsenceState::Waiting {
        return Ok(());
    }
    if !is_worth_it(&absence, after_minutes) {
        return store::absences::set_state(tx, id, AbsenceState::Skipped);
    }
    // A peer that returned was just written to, or wrote.
    if absence.cause != AbsenceCause::Peer {
        say_hello(tx, absence.host.as_deref())?;
    }
    let tasks = list_tasks(tx, &absence)?;
    let hosts = list_hosts(tx, &absence, &tasks);
    let state = if hosts.is_empty() {
        AbsenceState::Done
    } else {
        AbsenceState::Running
    };
    store::absences::plan(tx, id, &hosts, &tasks)?;
    store::absences::set_state(tx, id, state)
}

fn is_worth_it(absence: &Absence, after_minutes: u32) -> bool {
    let length = absence.away_until - absence.away_from;
    absence.cause == AbsenceCause::Hand
        || (after_minutes > 0 && length > i64::from(after_minutes) * MINUTE)
}

/// Lets every peer that follows somebody here, or is followed, hear from somebody whom it knows: the ordinary
/// deliveries carry it. A server that gave up on this node begins again when it gets a signed activity.
fn say_hello(tx: &mut Tx, host: Option<&str>) -> QueryResult<()> {
    let mut speakers: BTreeMap<String, Relation> = BTreeMap::new();
    for relation in gaps::list_relations(tx, host)? {
        let Some(domain) = relation.host.clone() else {
            continue;
        };
        // The same few accounts speak to all, so that few documents are made.
        let speaker = speakers.entry(domain).or_insert_with(|| relation.clone());
        if relation.account_id < speaker.account_id {
            *speaker = relation;
        }
    }
    let mut inboxes: BTreeMap<AccountId, Vec<Destination>> = BTreeMap::new();
    for (domain, relation) in speakers {
        let inbox_url = relation.shared_inbox_url.unwrap_or(relation.inbox_url);
        let inbox = Destination { domain, inbox_url };
        inboxes.entry(relation.account_id).or_default().push(inbox);
    }
    for (account, inboxes) in inboxes {
        for some in inboxes.chunks(INBOXES) {
            tx.queue(&Job::Distribute(Fact::Returned {
                account,
                destinations: some.to_vec(),
            }))?;
        }
    }
    Ok(())
}

fn list_tasks(tx: &mut Tx, absence: &Absence) -> QueryResult<Vec<Task>> {
    let task = |tx: &Tx, kind, host: String, target| Task {
        id: tx.new_id(),
        absence_id: absence.id,
        host,
        kind,
        target,
        cursor: None,
        pages: 0,
    };
    let mut tasks = Vec::new();
    for followed in gaps::list_followed(tx, absence.host.as_deref())? {
        tasks.push(task(tx, TaskKind::Outbox, followed.host, followed.uri));
    }
    let mut seen: HashMap<i64, usize> = HashMap::new();
    for status in gaps::list_threads(tx, absence.away_from - ACTIVE)? {
        let of_thread = seen.entry(status.conversation_id).or_default();
        let Some(host) = status.host else { continue };
        let is_asked = absence.host.as_ref().is_none_or(|asked| *asked == host);
        if is_asked && *of_thread < STATUSES_OF_A_THREAD {
            *of_thread += 1;
            tasks.push(task(tx, TaskKind::Replies, host, status.uri));
        }
    }
    Ok(tasks)
}

fn list_hosts(tx: &Tx, absence: &Absence, tasks: &[Task]) -> Vec<Host> {
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for task in tasks {
        *counts.entry(&task.host).or_default() += 1;
    }
    let (least, each) = BUDGET;
    let host = |(host, tasks): (&str, i64)| Host {
        absence_id: absence.id,
        host: host.to_owned(),
        state: HostState::Open,
        due_at: tx.now(),
        failing_since: None,
        failures: 0,
        last_error: None,
        budget: least + each * tasks,
        requests: 0,
        recovered: 0,
    };
    counts.into_iter().map(host).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_absences_are_not_worth_it_unless_somebody_asks() {
        let with = |cause, length| Absence {
            id: AbsenceId(1),
            host: None,
            cause,
            away_from: 0,
            away_until: length,
            state: AbsenceState::Waiting,
            peers: 0,
            peers_done: 0,
            peers_failed: 0,
            requests: 0,
            recovered: 0,
            created_at: 0,
            ended_at: None,
        };
        for (cause, length, after, expected) in [
            (AbsenceCause::Node, 11 * MINUTE, 10, true),
            (AbsenceCause::Peer, 10 * MINUTE, 10, false),
            (AbsenceCause::Peer, DAY, 0, false),
            (AbsenceCause::Hand, MINUTE, 10, true),
            (AbsenceCause::Hand, MINUTE, 0, true),
        ] {
            assert_eq!(
                is_worth_it(&with(cause, length), after),
                expected,
                "{cause:?} {length}"
            );
        }
    }
}
