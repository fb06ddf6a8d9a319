//! How long what failed is left alone before it is tried again, and when it is given up. All in milliseconds.

use crate::clock::{HOUR, MINUTE, SECOND};

/// The pauses of a job after its first, second, ... failure; after the last comes one more try.
const OF_JOBS: [i64; 7] = [
    10 * SECOND,
    MINUTE,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    6 * HOUR,
    12 * HOUR,
];
/// The same of a received activity: about a day, in which whatever it needs from others should be back.
const OF_RECEIPTS: [i64; 7] = [
    MINUTE,
    3 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    6 * HOUR,
    16 * HOUR,
];

/// How long what this node's own database stood in the way of is left alone: some of it may fit on a disk that is nearly
/// full, and would be tried without a pause.
pub(super) const OF_TROUBLES: i64 = 2 * SECOND;

/// When a job that has failed `attempts` times is tried again; never if these were enough.
pub(super) fn job_due_after(attempts: i64, now: i64) -> Option<i64> {
    due_after(&OF_JOBS, attempts, now)
}

/// When a received activity that has failed `attempts` times is tried again; never if these were enough.
pub(super) fn receipt_due_after(attempts: i64, now: i64) -> Option<i64> {
    due_after(&OF_RECEIPTS, attempts, now)
}

fn due_after(pauses: &[i64], attempts: i64, now: i64) -> Option<i64> {
    let place = usize::try_from(attempts - 1).unwrap_or(0);
    pauses.get(place).map(|pause| now + pause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::DAY;

    #[test]
    fn everything_is_tried_eight_times_in_about_a_day() {
        for due_after in [job_due_after, receipt_due_after] {
            let mut now = 0;
            for attempts in 1..=7 {
                let due = due_after(attempts, now).unwrap();
                assert!(due > now);
                now = due;
            }
            assert!((DAY / 2..DAY + 2 * HOUR).contains(&now), "{now}");
            assert_eq!(due_after(8, now), None);
            assert_eq!(due_after(99, now), None);
        }
    }
}
