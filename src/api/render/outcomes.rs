//! What became of a post, as the API tells it.

use crate::api::entities::Instant;
use crate::api::entities::outcomes::{Delivery, DeliveryHost, DeliveryTotals, DeliveryWait};
use crate::social::outcomes::{Host, Outcomes, Totals};

/// What became of a post.
#[must_use]
pub fn delivery(outcomes: Outcomes) -> Delivery {
    Delivery {
        status_id: outcomes.status.id,
        uri: outcomes.status.uri,
        totals: totals(outcomes.totals),
        hosts: outcomes.hosts.into_iter().map(host).collect(),
    }
}

fn totals(totals: Totals) -> DeliveryTotals {
    DeliveryTotals {
        hosts: totals.hosts,
        delivered: totals.delivered,
        pending: totals.pending,
        refused: totals.refused,
        expired: totals.expired,
        superseded: totals.superseded,
    }
}

fn host(host: Host) -> DeliveryHost {
    let waiting = host.peer.map(|peer| DeliveryWait {
        down_since: peer.down_since.map(Instant),
        next_try_at: peer.next_probe_at.or(host.set_aside_until).map(Instant),
        last_error: peer.last_error,
        paused_at: peer.paused_at.map(Instant),
        refusals: host.refusals,
    });
    DeliveryHost {
        host: host.domain,
        state: host.state.word(),
        at: Instant(host.at),
        reason: host.reason,
        inboxes: host.inboxes,
        waiting,
    }
}
