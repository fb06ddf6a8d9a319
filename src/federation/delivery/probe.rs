//! How a peer that is down is tried: with one message at a time.
//!
//! Before it leaves, the message is marked as tried, in a write of its own. What carries no mark was not sent, whenever
//! this process may be killed, so what ends it may take it back; see `store::mailings`.

use super::attempts::attempt;
use super::documents::Documents;
use super::lane::Lane;
use super::ledger::Tally;
use super::parcels::{Parcel, pack};
use crate::store::deliveries::{self, Delivery, Waiting};
use crate::store::peers::Peer;
use crate::store::{Conn, DeliveryClass, QueryResult};

/// From so many failures on, a message that was tried in vain gives way to others: it may be the cause.
const FAILURES_OF_ONE_MESSAGE: i64 = 4;
/// Messages among which the one to try is looked for.
const CANDIDATES: i64 = 8;

/// How a probe ended.
pub(super) enum Probed {
    /// It was sent, or there was nothing to send.
    Done(Tally),
    /// The message was taken back before its turn came: another must be chosen.
    Gone,
}

/// Tries one message at a peer that is down.
pub(super) async fn probe(lane: &Lane<'_>, parcel: Parcel) -> QueryResult<Probed> {
    let delivery = parcel.row.delivery;
    let request = async {
        if lane.is_stopping() {
            return Ok(None);
        }
        let mark = lane
            .node
            .db
            .write(move |tx| deliveries::mark_tried(tx, delivery));
        if !mark.await? {
            return Ok(Some(None));
        }
        let mut attempt = attempt(lane.node, parcel).await;
        attempt.is_marked = true;
        QueryResult::Ok(Some(Some(attempt)))
    };
    match lane.slots.probe(request).await? {
        None => Ok(Probed::Done(Tally::default())),
        Some(None) => Ok(Probed::Gone),
        Some(Some(attempt)) => Ok(Probed::Done(lane.record(vec![attempt]).await?.0)),
    }
}

/// The message with which a peer is tried: the oldest of the most urgent; after some failures the one that was not
/// tried for longest. Never one that would overtake an older one about the same thing.
pub(super) fn choose(
    conn: &mut Conn,
    documents: &Documents,
    peer: &Peer,
    now: i64,
) -> QueryResult<Option<Parcel>> {
    let mut candidates: Vec<Waiting> = Vec::new();
    if peer.failures < FAILURES_OF_ONE_MESSAGE {
        for class in DeliveryClass::ALL {
            let place = Delivery::before_all(peer.id, *class);
            candidates.extend(deliveries::list_due(conn, place, now, CANDIDATES)?);
        }
    }
    candidates.extend(deliveries::list_by_last_try(conn, peer.id, CANDIDATES)?);
    for candidate in candidates {
        for parcel in pack(conn, documents, &[candidate])? {
            if !deliveries::is_behind(conn, candidate.delivery, &parcel.document.about)? {
                return Ok(Some(parcel));
            }
        }
    }
    Ok(None)
}
