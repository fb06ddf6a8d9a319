//! Which process sends to a peer, where several share the database: whoever holds the peer's lane, from the beginning
//! of a shift to its end. Where one process serves, none of this costs anything.
//!
//! Every process hears of every new delivery. So that they do not all reach for the same lane, each has its part of
//! the peers and reaches for others only when they have waited: then whoever should send is busy, or gone.

use super::lane::Lane;
use crate::clock::SECOND;
use crate::store::{QueryResult, leases};

/// How long a peer of another process's part waits before this one sends, in milliseconds.
const PATIENCE: i64 = 3 * SECOND;

/// Asks for the lane; false if it is left to another process, which has been woken by the same news.
pub(super) async fn take(lane: &Lane<'_>) -> QueryResult<bool> {
    let (db, peer) = (&lane.node.db, lane.peer);
    if db.process().is_none() {
        return Ok(true);
    }
    if !db.is_first_for(peer) {
        let now = lane.node.clock.now();
        let since = db.read(move |c| leases::waits_since(c, peer, now)).await?;
        if since.is_none_or(|since| since + PATIENCE > now) {
            return Ok(false);
        }
    }
    db.take_lane(peer).await
}

/// Gives the lane back, for whoever hears of the next message.
pub(super) async fn give_back(lane: &Lane<'_>) -> QueryResult<()> {
    if lane.node.db.process().is_none() {
        return Ok(());
    }
    lane.node.db.give_lane_back(lane.peer).await
}
