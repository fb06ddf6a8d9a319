//! Knowing that something may have been missed: this node was away, a peer was, or somebody says so. What is to be
//! pulled then is planned here, as rows; reading it from other servers is the work of the servers' door.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use crate::clock::{DAY, HOUR, MINUTE, SECOND};
use crate::id::{AbsenceId, AccountId};
use crate::store::absences::{Absence, Host, Task};
use crate::store::facts::Fact;
use crate::store::follows::Destination;
use crate::store::gaps::{self, Relation};
use crate::store::jobs::Job;
use crate::store::{
    self, AbsenceCause, AbsenceState, Conn, HostState, QueryResult, TaskKind, Tx, settings,
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
/// Peers that a sentence names.
const NAMED: usize = 3;

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

/// An absence, and the peers that were given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The absence.
    pub absence: Absence,
    /// At most 100 peers that were given up, each with its reason.
    pub failed: Vec<Host>,
}

/// Up to `limit` absences, newest first.
///
/// # Errors
/// Whatever the database says.
pub fn list(conn: &mut Conn, limit: i64) -> QueryResult<Vec<Report>> {
    let mut reports = Vec::new();
    for absence in store::absences::list(conn, limit)? {
        reports.push(report(conn, absence)?);
    }
    Ok(reports)
}

/// The newest absence.
///
/// # Errors
/// Whatever the database says.
pub fn latest(conn: &mut Conn) -> QueryResult<Option<Report>> {
    Ok(list(conn, 1)?.pop())
}

/// One absence.
///
/// # Errors
/// Whatever the database says.
pub fn find(conn: &mut Conn, id: AbsenceId) -> QueryResult<Option<Report>> {
    match store::absences::find(conn, id)? {
        Some(absence) => report(conn, absence).map(Some),
        None => Ok(None),
    }
}

fn report(conn: &mut Conn, absence: Absence) -> QueryResult<Report> {
    let failed = store::absences::list_hosts(conn, absence.id, HostState::Failed, 100)?;
    Ok(Report { absence, failed })
}

impl Report {
    /// Requests for each post that was new here; none while there are none.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub fn requests_per_post(&self) -> Option<f64> {
        let (requests, recovered) = (self.absence.requests, self.absence.recovered);
        (recovered > 0).then(|| requests as f64 / recovered as f64)
    }

    /// What it came to, as a sentence for people without a full stop: `away 6 h 12 min: recovered 412 posts from 87
    /// of 90 peers`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let absence = &self.absence;
        let length = duration(absence.away_until - absence.away_from);
        let mut text = match (&absence.host, absence.cause) {
            (_, AbsenceCause::Hand) => format!("asked for the last {length}"),
            (Some(host), _) => format!("{host} was away {length}"),
            (None, _) => format!("away {length}"),
        };
        let verb = if absence.state == AbsenceState::Done {
            "recovered"
        } else {
            "so far recovered"
        };
        let _ = write!(
            text,
            ": {verb} {} from {} of {}",
            counted(absence.recovered, "post"),
            absence.peers_done,
            counted(absence.peers, "peer"),
        );
        if absence.peers_failed > 0 {
            let hosts: Vec<&str> = self.failed.iter().map(|host| host.host.as_str()).collect();
            let more = if hosts.len() > NAMED { ", ..." } else { "" };
            let named = hosts.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
            let failed = absence.peers_failed;
            let _ = write!(
                text,
                " ({failed} could not be asked for all: {named}{more})"
            );
        }
        text
    }
}

fn counted(number: i64, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        number => format!("{number} {noun}s"),
    }
}

/// A length of time (milliseconds) in its two largest units: `6 h 12 min`.
#[must_use]
pub fn duration(millis: i64) -> String {
    let units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s")];
    let mut left = millis.max(0);
    let mut parts = Vec::new();
    for (unit, name) in units {
        let number = left / unit;
        left %= unit;
        if number > 0 {
            parts.push(format!("{number} {name}"));
        } else if !parts.is_empty() {
            break;
        }
    }
    parts.truncate(2);
    if parts.is_empty() {
        return "0 s".to_owned();
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(host: Option<&str>, cause: AbsenceCause, failed: &[&str]) -> Report {
        let absence = Absence {
            id: AbsenceId(1),
            host: host.map(str::to_owned),
            cause,
            away_from: 0,
            away_until: 6 * HOUR + 12 * MINUTE + 5,
            state: AbsenceState::Done,
            peers: 90,
            peers_done: 90 - i64::try_from(failed.len()).unwrap(),
            peers_failed: i64::try_from(failed.len()).unwrap(),
            requests: 500,
            recovered: 412,
            created_at: 0,
            ended_at: Some(1),
        };
        let failed = failed.iter().map(|name| Host {
            absence_id: AbsenceId(1),
            host: (*name).to_owned(),
            state: HostState::Failed,
            due_at: 0,
            failing_since: None,
            failures: 1,
            last_error: Some("no".to_owned()),
            budget: 1,
            requests: 1,
            recovered: 0,
        });
        let failed = failed.collect();
        Report { absence, failed }
    }

    #[test]
    fn a_sentence_says_what_it_came_to() {
        let node = AbsenceCause::Node;
        for (report, expected) in [
            (
                done(None, node, &[]),
                "away 6 h 12 min: recovered 412 posts from 90 of 90 peers",
            ),
            (
                done(None, node, &["a.example", "b.example"]),
                "away 6 h 12 min: recovered 412 posts from 88 of 90 peers (2 could not be asked for all: a.example, b.example)",
            ),
            (
                done(None, node, &["a", "b", "c", "d"]),
                "away 6 h 12 min: recovered 412 posts from 86 of 90 peers (4 could not be asked for all: a, b, c, ...)",
            ),
            (
                done(Some("a.example"), AbsenceCause::Peer, &[]),
                "a.example was away 6 h 12 min: recovered 412 posts from 90 of 90 peers",
            ),
            (
                done(Some("a.example"), AbsenceCause::Hand, &[]),
                "asked for the last 6 h 12 min: recovered 412 posts from 90 of 90 peers",
            ),
        ] {
            assert_eq!(report.sentence(), expected);
        }
    }

    #[test]
    fn durations_have_two_units() {
        for (millis, expected) in [
            (-5, "0 s"),
            (999, "0 s"),
            (61 * SECOND, "1 min 1 s"),
            (DAY + 5 * MINUTE, "1 d"),
            (30 * DAY + 7 * HOUR + MINUTE, "30 d 7 h"),
            (HOUR, "1 h"),
        ] {
            assert_eq!(duration(millis), expected);
        }
    }

    #[test]
    fn short_absences_are_not_worth_it_unless_somebody_asks() {
        let with = |cause, length| Absence {
            away_until: length,
            ..done(None, cause, &[]).absence
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
