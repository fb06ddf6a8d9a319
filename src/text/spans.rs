//! Spans of time as people say them.

use crate::clock::{DAY, HOUR, MINUTE, SECOND};

/// A span of milliseconds in its largest full unit: `3 days`, `41 minutes`, `1 second`. Days begin after two of them, so
/// that `30 hours` are not `1 day`.
#[must_use]
pub fn in_words(millis: i64) -> String {
    let (unit, name) = match millis {
        ..MINUTE => (SECOND, "second"),
        MINUTE..HOUR => (MINUTE, "minute"),
        _ if millis < 2 * DAY => (HOUR, "hour"),
        _ => (DAY, "day"),
    };
    match millis.max(0) / unit {
        1 => format!("1 {name}"),
        number => format!("{number} {name}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_full_unit_counts() {
        for (millis, words) in [
            (-5, "0 seconds"),
            (1_999, "1 second"),
            (59 * SECOND, "59 seconds"),
            (MINUTE, "1 minute"),
            (41 * MINUTE + 59 * SECOND, "41 minutes"),
            (HOUR, "1 hour"),
            (30 * HOUR, "30 hours"),
            (3 * DAY, "3 days"),
        ] {
            assert_eq!(in_words(millis), words);
        }
    }
}
