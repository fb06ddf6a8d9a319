//! What was pulled after absences, and how far that has come, as rows and as sentences for people.

use std::fmt::Write as _;

use crate::clock::{DAY, HOUR, MINUTE, SECOND};
use crate::id::AbsenceId;
use crate::store::absences::{Absence, Host};
use crate::store::{self, AbsenceCause, AbsenceState, Conn, HostState, QueryResult};

/// Peers that a sentence names.
const NAMED: usize = 3;

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

/// Up to `limit` absences, newest first, with the last one of this node itself however many peers were away since.
///
/// # Errors
/// Whatever the database says.
pub fn list_recent(conn: &mut Conn, limit: usize) -> QueryResult<Vec<Report>> {
    let mut absences = store::absences::list(conn, i64::try_from(limit).unwrap_or(i64::MAX))?;
    if absences.iter().all(|absence| absence.host.is_some())
        && let Some(own) = store::absences::list_of(conn, None, 1)?.pop()
    {
        absences.truncate(limit.saturating_sub(1));
        absences.push(own);
    }
    let reports = absences.into_iter().map(|absence| report(conn, absence));
    reports.collect()
}

/// The newest absence of one peer.
///
/// # Errors
/// Whatever the database says.
pub fn find_last_of(conn: &mut Conn, host: &str) -> QueryResult<Option<Report>> {
    let last = store::absences::list_of(conn, Some(host), 1)?.pop();
    last.map(|absence| report(conn, absence)).transpose()
}

/// How far asking one peer has come for what this node itself missed last, in words; none if it is not asked.
///
/// # Errors
/// Whatever the database says.
pub fn find_standing(conn: &mut Conn, host: &str) -> QueryResult<Option<String>> {
    let Some(own) = store::absences::list_of(conn, None, 1)?.pop() else {
        return Ok(None);
    };
    let found = store::absences::find_host(conn, own.id, host)?;
    Ok(found.as_ref().map(standing))
}

fn standing(host: &Host) -> String {
    let posts = counted(host.recovered, "post");
    let error = host.last_error.as_deref().unwrap_or("no reason known");
    match host.state {
        HostState::Done => format!("asked for everything; {posts} recovered"),
        HostState::Failed => format!("given up, {posts} recovered: {error}"),
        HostState::Open if host.failures > 0 => {
            format!("asked again until it answers, {posts} recovered so far: {error}")
        }
        HostState::Open => format!("being asked; {posts} recovered so far"),
    }
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

    /// Whether peers are still asked, or about to be.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        matches!(
            self.absence.state,
            AbsenceState::Waiting | AbsenceState::Running
        )
    }

    /// Peers that were neither asked for everything yet nor given up.
    #[must_use]
    pub fn peers_open(&self) -> i64 {
        let absence = &self.absence;
        (absence.peers - absence.peers_done - absence.peers_failed).max(0)
    }

    /// What it came to, as a sentence for people without a full stop: `away 6 h 12 min: recovered 412 posts from 87
    /// of 90 peers`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let absence = &self.absence;
        let length = duration(absence.away_until - absence.away_from);
        let text = match (&absence.host, absence.cause) {
            (Some(host), AbsenceCause::Hand) => format!("asked {host} for the last {length}"),
            (None, AbsenceCause::Hand) => format!("asked for the last {length}"),
            (Some(host), _) => format!("{host} was away {length}"),
            (None, _) => format!("away {length}"),
        };
        let came_to = match absence.state {
            AbsenceState::Waiting => "about to begin".to_owned(),
            AbsenceState::Skipped => "too short to be looked at".to_owned(),
            AbsenceState::Done if absence.peers == 0 => "there was nobody to be asked".to_owned(),
            AbsenceState::Running | AbsenceState::Done => self.outcome(),
        };
        format!("{text}: {came_to}")
    }

    fn outcome(&self) -> String {
        let absence = &self.absence;
        let posts = counted(absence.recovered, "post");
        let mut text = if absence.state == AbsenceState::Done {
            format!("recovered {posts}")
        } else {
            format!("so far recovered {posts}")
        };
        if absence.host.is_some() {
            if absence.peers_failed > 0 {
                text.push_str(" (it could not be asked for all)");
            }
            return text;
        }
        let of = counted(absence.peers, "peer");
        let _ = write!(text, " from {} of {of}", absence.peers_done);
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
                "a.example was away 6 h 12 min: recovered 412 posts",
            ),
            (
                done(Some("a.example"), AbsenceCause::Peer, &["a.example"]),
                "a.example was away 6 h 12 min: recovered 412 posts (it could not be asked for all)",
            ),
            (
                done(Some("a.example"), AbsenceCause::Hand, &[]),
                "asked a.example for the last 6 h 12 min: recovered 412 posts",
            ),
            (
                done(None, AbsenceCause::Hand, &[]),
                "asked for the last 6 h 12 min: recovered 412 posts from 90 of 90 peers",
            ),
            (
                under_way(AbsenceState::Running, 90),
                "away 6 h 12 min: so far recovered 412 posts from 40 of 90 peers (1 could not be asked for all: a)",
            ),
            (
                under_way(AbsenceState::Waiting, 0),
                "away 6 h 12 min: about to begin",
            ),
            (
                under_way(AbsenceState::Done, 0),
                "away 6 h 12 min: there was nobody to be asked",
            ),
        ] {
            assert_eq!(report.sentence(), expected);
        }
    }

    /// An absence of the node in this state, with 40 of so many peers asked and one given up.
    fn under_way(state: AbsenceState, peers: i64) -> Report {
        let mut report = done(None, AbsenceCause::Node, &["a"]);
        report.absence.state = state;
        report.absence.peers = peers;
        report.absence.peers_done = 40;
        report
    }

    #[test]
    fn peers_are_open_until_they_are_done_or_given_up() {
        for (state, peers, is_under_way, open) in [
            (AbsenceState::Waiting, 0, true, 0),
            (AbsenceState::Running, 90, true, 49),
            (AbsenceState::Done, 41, false, 0),
        ] {
            let report = under_way(state, peers);
            assert_eq!(
                (report.is_under_way(), report.peers_open()),
                (is_under_way, open),
                "{state:?}"
            );
        }
    }

    #[test]
    fn one_peers_standing_is_told_in_words() {
        for (state, failures, expected) in [
            (HostState::Open, 0, "being asked; 1 post recovered so far"),
            (
                HostState::Open,
                3,
                "asked again until it answers, 1 post recovered so far: no",
            ),
            (HostState::Done, 0, "asked for everything; 1 post recovered"),
            (HostState::Failed, 9, "given up, 1 post recovered: no"),
        ] {
            let mut host = done(None, AbsenceCause::Node, &["a"]).failed.remove(0);
            (host.state, host.failures, host.recovered) = (state, failures, 1);
            assert_eq!(standing(&host), expected);
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
}
