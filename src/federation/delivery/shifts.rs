//! The shift of one peer's lane: what waits goes out while the peer is up; while it is down, one message at a time is
//! tried when its time has come.

use super::backlog::{Start, limit_of};
use super::documents::Documents;
use super::lane::Lane;
use super::leases;
use super::ledger::Tally;
use super::parcels::Parcel;
use super::probe::{self, Probed, probe};
use super::replay::replay;
use crate::store::{Conn, QueryResult, peers};

/// How a shift ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shift {
    /// What became of what was sent.
    pub(super) tally: Tally,
    /// Until when the peer is left alone, in milliseconds, if it is.
    pub(super) sleeps_until: Option<i64>,
}

/// What a lane finds when it looks.
enum Sight {
    /// Nothing can be sent.
    Nothing,
    /// The peer is left alone until that instant.
    Asleep(i64),
    /// The peer is down and is tried with this.
    Down(Parcel),
    /// The peer is up.
    Up(Start),
}

/// Sends what can be sent now: until nothing is due, the peer fails, or everything stops.
///
/// # Errors
/// Whatever the database says; what was sent meanwhile may then be sent once more.
pub(super) async fn work_off(lane: &Lane<'_>) -> QueryResult<Shift> {
    if !leases::take(lane).await? {
        return Ok(Shift::default());
    }
    let done = work(lane).await;
    leases::give_back(lane).await?;
    done
}

async fn work(lane: &Lane<'_>) -> QueryResult<Shift> {
    let mut shift = Shift::default();
    while !lane.is_stopping() {
        let (peer, now, limit) = (lane.peer, lane.node.clock.now(), limit_of(lane));
        let documents = lane.documents.clone();
        let sight = lane
            .node
            .db
            .read(move |c| look(c, &documents, peer, now, limit));
        let done = match sight.await? {
            Sight::Nothing => break,
            Sight::Asleep(until) => {
                shift.sleeps_until = Some(until);
                break;
            }
            Sight::Down(parcel) => match probe(lane, parcel).await? {
                Probed::Done(done) => done,
                Probed::Gone => continue,
            },
            Sight::Up(start) => replay(lane, start).await?,
        };
        shift.tally += done;
        if done.attempts() == 0 {
            break;
        }
    }
    Ok(shift)
}

/// The peer's state and what it asks for, in one reading.
fn look(
    conn: &mut Conn,
    documents: &Documents,
    peer: i64,
    now: i64,
    limit: usize,
) -> QueryResult<Sight> {
    let Some(peer) = peers::find(conn, peer)? else {
        return Ok(Sight::Nothing);
    };
    if peer.paused_at.is_some() {
        return Ok(Sight::Nothing);
    }
    Ok(match peer.next_probe_at {
        Some(at) if at > now => Sight::Asleep(at),
        Some(_) => match probe::choose(conn, documents, &peer, now)? {
            Some(parcel) => Sight::Down(parcel),
            None => Sight::Nothing,
        },
        None => Sight::Up(Start::read(conn, documents, &peer, now, limit)?),
    })
}
