//! What became of a post at other servers: this node's own, no entity of Mastodon's.

use serde::Serialize;

use super::Instant;
use crate::id::StatusId;

/// What became of a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// The post.
    pub status_id: StatusId,
    /// The post on the wire.
    pub uri: String,
    /// How many servers are how far.
    pub totals: DeliveryTotals,
    /// A part of the servers, by domain.
    pub hosts: Vec<DeliveryHost>,
}

/// How many servers are how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DeliveryTotals {
    /// All servers that the post was meant for.
    pub hosts: usize,
    /// Those that have it.
    pub delivered: usize,
    /// Those that do not have it yet.
    pub pending: usize,
    /// Those for which it was given up.
    pub refused: usize,
    /// Those that did not take it in time.
    pub expired: usize,
    /// Those that were told something newer instead.
    pub superseded: usize,
}

/// How far a post has come at one server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeliveryHost {
    /// Its domain.
    pub host: String,
    /// `delivered`, `pending`, `refused`, `expired` or `superseded`.
    pub state: &'static str,
    /// Since when that is so.
    pub at: Instant,
    /// Why it was given up.
    pub reason: Option<String>,
    /// Inboxes of this server that the post was meant for.
    pub inboxes: usize,
    /// Why it waits, while it does.
    pub waiting: Option<DeliveryWait>,
}

/// Why a post waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeliveryWait {
    /// Since when the server takes nothing.
    pub down_since: Option<Instant>,
    /// When it is tried next.
    pub next_try_at: Option<Instant>,
    /// What the last failure was.
    pub last_error: Option<String>,
    /// Since when an administrator has paused it.
    pub paused_at: Option<Instant>,
    /// How often it said no to this post while it took others.
    pub refusals: i64,
}
