//! The shift of one peer's lane: what waits goes out while the peer is up; while it is down, one message at a time is
//! tried when its time has come.

use super::lane::Lane;
use super::ledger::Tally;
use super::probe::probe;
use super::replay::replay;
use crate::store::{QueryResult, peers};

/// Sends what can be sent now: until nothing is due, the peer fails, or everything stops.
///
/// # Errors
/// Whatever the database says; what was sent meanwhile may then be sent once more.
pub(super) async fn work_off(lane: &Lane<'_>) -> QueryResult<Tally> {
    let mut tally = Tally::default();
    while !lane.is_stopping() {
        let id = lane.peer;
        let Some(peer) = lane.node.db.read(move |c| peers::find(c, id)).await? else {
            break;
        };
        if peer.paused_at.is_some() {
            break;
        }
        let done = match peer.next_probe_at {
            Some(at) if at > lane.node.clock.now() => break,
            Some(_) => probe(lane, &peer).await?,
            None => replay(lane).await?,
        };
        tally += done;
        if done.attempts() == 0 {
            break;
        }
    }
    Ok(tally)
}
