//! Another server, for the staff: this node's own, no entity of Mastodon's.

use serde::Serialize;

use super::Instant;

/// Another server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Peer {
    /// Its domain, with the port if it has one.
    pub domain: String,
    /// `up`, `slow`, `down` or `paused`.
    pub state: &'static str,
    /// The same in a sentence.
    pub description: String,
    /// What waits for it.
    pub backlog: PeerBacklog,
    /// Since when it is known.
    pub known_since: Instant,
    /// When it last took something.
    pub last_success_at: Option<Instant>,
    /// When it last sent something.
    pub last_heard_at: Option<Instant>,
    /// Since when it takes nothing.
    pub down_since: Option<Instant>,
    /// When it is tried next.
    pub next_try_at: Option<Instant>,
    /// Failed tries in a row.
    pub failures: i64,
    /// What the last failure was.
    pub last_error: Option<String>,
    /// Since when it is paused.
    pub paused_at: Option<Instant>,
    /// What it runs, as it says itself.
    pub software: Option<String>,
    /// The version of that.
    pub software_version: Option<String>,
    /// How far its clock is ahead of ours, in milliseconds.
    pub clock_skew_ms: Option<i64>,
    /// Requests in its name that were not believed.
    pub signature_failures: SignatureFailures,
}

/// What waits for a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PeerBacklog {
    /// How many deliveries.
    pub deliveries: i64,
    /// When the oldest of them was made.
    pub oldest_at: Option<Instant>,
}

/// Requests in the name of a server that were not believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignatureFailures {
    /// How many.
    pub count: i64,
    /// Why the last was not.
    pub last_reason: Option<String>,
    /// When the last came.
    pub last_at: Option<Instant>,
}
