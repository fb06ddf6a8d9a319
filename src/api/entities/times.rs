//! How instants and days are written.
//!
//! Source: <https://docs.joinmastodon.org/api/datetime-format/>

use serde::{Serialize, Serializer};

use crate::clock;

/// An instant in milliseconds since the Unix epoch, written as `2026-08-08T12:34:56.789Z`.
///
/// Always three decimals: a widely used client takes any other form for the present moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub i64);

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&clock::to_rfc3339(self.0))
    }
}

/// A day in UTC, kept as any instant of it in milliseconds, written as `2026-08-08`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub i64);

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let instant = clock::to_rfc3339(self.0);
        let (day, _) = instant.split_once('T').unwrap_or((&instant, ""));
        serializer.serialize_str(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_three_decimals_and_days_none() {
        for (millis, instant, day) in [
            (0, "1970-01-01T00:00:00.000Z", "1970-01-01"),
            (1_786_192_496_789, "2026-08-08T12:34:56.789Z", "2026-08-08"),
            (1_786_233_599_999, "2026-08-08T23:59:59.999Z", "2026-08-08"),
            (-1, "1969-12-31T23:59:59.999Z", "1969-12-31"),
        ] {
            assert_eq!(serde_json::json!(Instant(millis)), instant);
            assert_eq!(serde_json::json!(Date(millis)), day);
        }
    }
}
