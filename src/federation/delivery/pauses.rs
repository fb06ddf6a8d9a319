//! How long a peer that takes nothing, or a message that is refused, is left alone. All in milliseconds.

use crate::clock::{DAY, HOUR, MINUTE, SECOND};
use crate::keys::random;

/// The pause after a peer's first failure.
const FIRST: i64 = 30 * SECOND;
/// The longest pause of a peer that has not been down for long.
const LONGEST: i64 = HOUR;
/// After this time a peer counts as down for long.
const LONG: i64 = 2 * DAY;
/// The pause of a peer that has been down for long.
const RARE: i64 = 6 * HOUR;
/// The pause of a message after its first refusal.
const ASIDE: i64 = 10 * MINUTE;
/// The longest pause of a message.
const LONGEST_ASIDE: i64 = 12 * HOUR;
/// Pauses vary by one part in this many, so that peers that failed together are not tried together.
const JITTER: i64 = 10;

/// How long a peer is left alone that has failed `failures` times in a row (this time included), the first time
/// `down_for` ago. What it asked for itself counts, up to six hours.
pub(super) fn of_peer(failures: i64, down_for: i64, retry_after: Option<i64>) -> i64 {
    if let Some(asked) = retry_after {
        return asked.clamp(SECOND, RARE);
    }
    if down_for >= LONG {
        return spread(RARE);
    }
    spread(doubled(FIRST, failures, LONGEST))
}

/// How long a message is set aside that was refused `times` times, this time included.
pub(super) fn of_message(times: i64) -> i64 {
    spread(doubled(ASIDE, times, LONGEST_ASIDE))
}

fn doubled(first: i64, times: i64, longest: i64) -> i64 {
    let doublings = times.clamp(1, 20) - 1;
    first.saturating_mul(1 << doublings).min(longest)
}

/// Up to a tenth shorter.
fn spread(pause: i64) -> i64 {
    let part = u64::try_from(pause / JITTER).unwrap_or(0);
    pause - i64::try_from(random::below(part + 1)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_their_longest() {
        for (failures, down_for, longest) in [
            (1, 0, 30 * SECOND),
            (2, MINUTE, MINUTE),
            (5, 10 * MINUTE, 8 * MINUTE),
            (8, HOUR, HOUR),
            (i64::MAX, DAY, HOUR),
            (60, 3 * DAY, 6 * HOUR),
        ] {
            for _ in 0..50 {
                let pause = of_peer(failures, down_for, None);
                assert!(pause <= longest && pause >= longest - longest / 10);
            }
        }
        assert!(of_message(1) > 8 * MINUTE && of_message(99) <= 12 * HOUR);
    }

    #[test]
    fn what_the_peer_asks_for_counts_within_reason() {
        for (asked, pause) in [(0, SECOND), (90 * SECOND, 90 * SECOND), (30 * DAY, RARE)] {
            assert_eq!(of_peer(9, 3 * DAY, Some(asked)), pause);
        }
    }
}
