//! Absences and what was pulled after them.

use crate::api::entities::Instant;
use crate::api::entities::catch_up::{CatchUp, FailedHost};
use crate::social::absences::Report;

/// One absence.
pub(in crate::api) fn one(report: Report) -> CatchUp {
    let summary = report.sentence();
    let requests_per_post = report.requests_per_post();
    let Report { absence, failed } = report;
    CatchUp {
        id: absence.id,
        cause: absence.cause.word(),
        state: absence.state.word(),
        host: absence.host,
        away_from: Instant(absence.away_from),
        away_until: Instant(absence.away_until),
        ended_at: absence.ended_at.map(Instant),
        peers: absence.peers,
        peers_done: absence.peers_done,
        peers_failed: absence.peers_failed,
        requests: absence.requests,
        recovered: absence.recovered,
        requests_per_post,
        failed: failed
            .into_iter()
            .map(|host| FailedHost {
                host: host.host,
                error: host.last_error.unwrap_or_default(),
            })
            .collect(),
        summary,
    }
}
