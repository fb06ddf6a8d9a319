//! `whimbrel catch-up`: what was pulled from other servers after absences, and pulling by hand.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::failure::Failure;
use super::globals::Globals;
use super::output;
use crate::clock::{DAY, HOUR, MINUTE, from_rfc3339, to_rfc3339};
use crate::node::Node;
use crate::social::absences::{self, Report};
use crate::store::{AbsenceState, Conn, gaps};
use crate::text::domains::normalise_domain;

/// Absences that are shown.
const SHOWN: i64 = 20;
/// How far back one may ask, in milliseconds.
const FARTHEST: i64 = 366 * DAY;

/// What can be done about what was missed.
#[derive(Debug, Subcommand)]
pub(super) enum CatchUpCommand {
    /// Shows what was pulled after the newest absences
    Show(Show),
    /// Lets the running node pull what its peers posted; it begins within seconds, or at the next start
    Start(Start),
}

/// What was pulled.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// Pulling by hand.
#[derive(Debug, Args)]
pub(super) struct Start {
    /// Since when: a length of time such as 90min, 24h or 7d, or an instant such as 2026-08-08T12:00:00Z
    #[arg(long, default_value = "24h", value_name = "TIME")]
    since: String,
    /// Only from this server
    #[arg(long, value_name = "DOMAIN")]
    host: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

impl CatchUpCommand {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let node = globals.open().await?;
        match self {
            Self::Show(command) => show(&node, &command).await,
            Self::Start(command) => start(&node, command).await,
        }
    }
}

async fn show(node: &Node, command: &Show) -> Result<(), Failure> {
    let reports = node.db.read(|conn| absences::list(conn, SHOWN)).await?;
    if command.json {
        let reports: Vec<Value> = reports.iter().map(describe).collect();
        return output::json(&reports);
    }
    if reports.is_empty() {
        return output::line("Neither this node nor one of its peers was away for long.");
    }
    for report in &reports {
        let began = to_rfc3339(report.absence.away_from);
        let mut line = format!("{began}  {}", report.sentence());
        if report.absence.state != AbsenceState::Done {
            line.push_str(" (not done yet)");
        }
        if let Some(each) = report.requests_per_post() {
            let _ = write!(line, "; {each:.2} requests a post");
        }
        output::line(&line)?;
        for host in &report.failed {
            let why = host.last_error.as_deref().unwrap_or_default();
            output::line(&format!("    {}: {why}", host.host))?;
        }
    }
    Ok(())
}

fn describe(report: &Report) -> Value {
    let absence = &report.absence;
    let failed = report.failed.iter();
    let failed: Vec<Value> = failed
        .map(|host| json!({"host": host.host, "error": host.last_error}))
        .collect();
    json!({
        "id": absence.id,
        "cause": absence.cause.word(),
        "state": absence.state.word(),
        "host": absence.host,
        "away_from": to_rfc3339(absence.away_from),
        "away_until": to_rfc3339(absence.away_until),
        "ended_at": absence.ended_at.map(to_rfc3339),
        "peers": absence.peers,
        "peers_done": absence.peers_done,
        "peers_failed": absence.peers_failed,
        "requests": absence.requests,
        "recovered": absence.recovered,
        "requests_per_post": report.requests_per_post(),
        "failed": failed,
        "summary": report.sentence(),
    })
}

async fn start(node: &Node, command: Start) -> Result<(), Failure> {
    let since = read_since(&command.since, node.clock.now()).map_err(Failure::Failed)?;
    let host =
        match &command.host {
            Some(host) => Some(normalise_domain(host).map_err(|error| {
                Failure::Failed(format!("{host} is no server's name: {error}."))
            })?),
            None => None,
        };
    if let Some(host) = host.clone() {
        let asked = host.clone();
        let look = move |conn: &mut Conn| gaps::list_followed(conn, Some(&asked));
        if node.db.read(look).await?.is_empty() {
            return Err(Failure::Failed(format!(
                "Nobody here follows anybody on {host}, so there is nothing to pull."
            )));
        }
    }
    let id = node
        .db
        .write(move |tx| absences::ask(tx, since, host))
        .await?;
    if command.json {
        return output::json(&json!({"id": id, "since": to_rfc3339(since)}));
    }
    output::line(&format!(
        "What was posted since {} will be pulled. `whimbrel catch-up show` says how far it has come.",
        to_rfc3339(since)
    ))
}

/// The instant that a length of time before `now`, or an instant, names.
fn read_since(text: &str, now: i64) -> Result<i64, String> {
    let unclear = || {
        format!(
            "{text:?} is neither a length of time (90min, 24h, 7d) nor an instant \
             (2026-08-08T12:00:00Z)."
        )
    };
    let since = if let Some(instant) = from_rfc3339(text) {
        instant
    } else {
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let unit = match text.get(digits.len()..).unwrap_or_default().trim() {
            "m" | "min" => MINUTE,
            "h" => HOUR,
            "d" => DAY,
            _ => return Err(unclear()),
        };
        let number: i64 = digits.parse().map_err(|_| unclear())?;
        now - number.saturating_mul(unit).min(now)
    };
    if since >= now {
        return Err(format!("{text} is not in the past."));
    }
    if now - since > FARTHEST {
        return Err(format!("{text} is more than a year ago."));
    }
    Ok(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_and_instants_are_read() {
        let now = 1_786_192_496_789;
        for (text, expected) in [
            ("24h", Some(now - DAY)),
            ("90min", Some(now - 90 * MINUTE)),
            ("5m", Some(now - 5 * MINUTE)),
            ("7 d", Some(now - 7 * DAY)),
            ("2026-08-08T12:00:00Z", Some(1_786_190_400_000)),
            ("2036-08-08T12:00:00Z", None),
            ("0h", None),
            ("9999d", None),
            ("99999999999999999999h", None),
            ("-3h", None),
            ("h", None),
            ("24", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(read_since(text, now).ok(), expected, "{text}");
        }
    }
}
