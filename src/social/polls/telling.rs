//! When streams and peers are told how a poll stands: soon after a vote, but seldom, however many vote.

use crate::clock::{MINUTE, SECOND};
use crate::store::jobs::Job;
use crate::store::polls::Poll;
use crate::store::{self, QueryResult, Tx};

/// How long votes are gathered before the first of them are told, in milliseconds.
const SOON: i64 = 10 * SECOND;
/// The least time between two tellings, in milliseconds.
const EVERY: i64 = 3 * MINUTE;

/// Has it told how a poll stands, unless that is planned already. The poll must be locked, and as it is stored.
pub(super) fn plan(tx: &mut Tx, poll: &Poll) -> QueryResult<()> {
    let Some(due) = due_after(poll.told_at, tx.now()) else {
        return Ok(());
    };
    let told = Poll {
        told_at: due,
        ..poll.clone()
    };
    store::polls::update(tx, &told)?;
    let job = Job::TellPoll {
        poll: poll.status_id,
    };
    tx.queue_at(&job, due)
}

/// When what changes at `now` is told; none if a telling is still to come.
fn due_after(told: i64, now: i64) -> Option<i64> {
    (told <= now).then(|| (told + EVERY).max(now + SOON))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_soon_and_then_seldom() {
        let now = 1_000 * MINUTE;
        for (told, expected) in [
            (0, Some(now + SOON)),
            (now - EVERY, Some(now + SOON)),
            (now - MINUTE, Some(now + 2 * MINUTE)),
            (now, Some(now + EVERY)),
            (now + 1, None),
        ] {
            assert_eq!(due_after(told, now), expected, "{told}");
        }
    }
}
