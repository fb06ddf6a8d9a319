//! How a peer that is down is tried: with one message at a time.

use super::attempts::attempt;
use super::lane::{Batch, Lane, with_signers};
use super::ledger::Tally;
use crate::id::{ActivityId, InboxId};
use crate::store::deliveries::{self, Parcel};
use crate::store::peers::Peer;
use crate::store::{Conn, QueryResult};

/// From so many failures on, a message that was tried in vain gives way to others: it may be the cause.
const FAILURES_OF_ONE_MESSAGE: i64 = 4;
/// Messages among which the one to try is looked for.
const CANDIDATES: i64 = 8;

/// Tries one message at a peer that is down.
pub(super) async fn probe(lane: &Lane<'_>, peer: &Peer) -> QueryResult<Tally> {
    let (peer, now) = (peer.clone(), lane.node.clock.now());
    let batch = lane
        .node
        .db
        .read(move |c| {
            let parcels = find_probe(c, &peer, now)?.into_iter().collect();
            with_signers(c, parcels)
        })
        .await?;
    let Batch { parcels, signers } = batch;
    let Some((parcel, signer)) = parcels.into_iter().find_map(|parcel| {
        let signer = signers.get(&parcel.account_id)?.clone();
        Some((parcel, signer))
    }) else {
        return Ok(Tally::default());
    };
    let request = async {
        if lane.is_stopping() {
            return None;
        }
        Some(attempt(lane.node, parcel, signer).await)
    };
    let Some(attempt) = lane.slots.probe(request).await else {
        return Ok(Tally::default());
    };
    Ok(lane.record(vec![attempt]).await?.0)
}

/// The message with which a peer is tried: the oldest; after some failures the one that was not tried for longest.
/// Never one that would overtake an older one about the same thing.
fn find_probe(conn: &mut Conn, peer: &Peer, now: i64) -> QueryResult<Option<Parcel>> {
    let mut candidates = Vec::new();
    if peer.failures < FAILURES_OF_ONE_MESSAGE {
        let start = (ActivityId(0), InboxId(0));
        candidates = deliveries::list_due(conn, peer.id, now, start, CANDIDATES)?;
    }
    candidates.extend(deliveries::list_by_last_try(conn, peer.id, CANDIDATES)?);
    for candidate in candidates {
        if !deliveries::is_behind(conn, &candidate)? {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}
