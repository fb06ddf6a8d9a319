//! What was pulled after absences, an entity of this program's own.

use serde::Serialize;

use super::Instant;
use crate::id::AbsenceId;

/// An absence and what was pulled after it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CatchUp {
    /// Its id.
    pub id: AbsenceId,
    /// Why something may have been missed: `node`, `peer` or `hand`.
    pub cause: &'static str,
    /// How far it has come: `waiting`, `running` or `done`.
    pub state: &'static str,
    /// The peer that is asked; null for all.
    pub host: Option<String>,
    /// When the absence began.
    pub away_from: Instant,
    /// When it ended.
    pub away_until: Instant,
    /// When the last peer was done with.
    pub ended_at: Option<Instant>,
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
    /// Requests for each of them; null while there are none.
    pub requests_per_post: Option<f64>,
    /// At most 100 of the peers that were given up.
    pub failed: Vec<FailedHost>,
    /// All of that in a sentence.
    pub summary: String,
}

/// A peer that was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailedHost {
    /// Its domain.
    pub host: String,
    /// Why.
    pub error: String,
}
