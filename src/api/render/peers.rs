//! Other servers, as the API tells of them.

use crate::api::entities::Instant;
use crate::api::entities::peers::{Peer, PeerBacklog, SignatureFailures};
use crate::social::peers;

/// One peer at the instant `now` (milliseconds).
#[must_use]
pub fn peer(found: peers::Peer, now: i64) -> Peer {
    let description = found.in_words(now);
    let backlog = PeerBacklog {
        deliveries: found.backlog.deliveries,
        oldest_at: found.waits_since().map(Instant),
    };
    let health = found.health;
    Peer {
        domain: health.domain,
        state: found.state.word(),
        description,
        backlog,
        known_since: Instant(health.created_at),
        last_success_at: health.last_success_at.map(Instant),
        last_heard_at: health.last_heard_at.map(Instant),
        down_since: health.down_since.map(Instant),
        next_try_at: health.next_probe_at.map(Instant),
        failures: health.failures,
        last_error: health.last_error,
        paused_at: health.paused_at.map(Instant),
        software: health.software,
        software_version: health.software_version,
        clock_skew_ms: health.clock_skew_ms,
        signature_failures: SignatureFailures {
            count: health.signature_failures,
            last_reason: health.signature_failure,
            last_at: health.signature_failed_at.map(Instant),
        },
    }
}
