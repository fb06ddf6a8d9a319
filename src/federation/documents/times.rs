//! Instants in documents: RFC 3339 texts outside, milliseconds since the Unix epoch inside.
//!
//! Source: <https://www.w3.org/TR/activitystreams-core/#dates>.

use chrono::{DateTime, NaiveDateTime, SecondsFormat};

use super::references::{Properties, text};

/// The last millisecond of the year 9999, after which no date has four digits for its year.
const LATEST: i64 = 253_402_300_799_999;

/// Milliseconds of a date text; nothing when it is no date between 1970 and 9999.
///
/// A date without a time zone is taken as UTC; a zone may lack its colon (Threads).
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let without_colon = |_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z");
    let with_zone = DateTime::parse_from_rfc3339(text).or_else(without_colon);
    let millis = with_zone.map(|at| at.timestamp_millis()).or_else(|_| {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
            .map(|at| at.and_utc().timestamp_millis())
    });
    millis.ok().filter(|millis| (0..=LATEST).contains(millis))
}

/// The instant in a property.
#[must_use]
pub fn instant(properties: &Properties, key: &str) -> Option<i64> {
    text(properties, key).and_then(parse)
}

/// The date text of an instant, in UTC; the fraction is left out when it is zero.
#[must_use]
pub fn format(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis.clamp(0, LATEST))
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The date text of the day's beginning in which an instant lies.
#[must_use]
pub fn format_day(millis: i64) -> String {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    format(millis.clamp(0, LATEST) / DAY * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dates_of_all_servers() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2021-11-05T11:46:50Z", Some(1_636_112_810_000)),
            ("2021-11-05T11:46:50.123456Z", Some(1_636_112_810_123)),
            ("2021-11-05T12:46:50+01:00", Some(1_636_112_810_000)),
            ("2021-11-05T12:46:50+0100", Some(1_636_112_810_000)),
            ("2021-11-05T11:46:50.5", Some(1_636_112_810_500)),
            ("1969-12-31T23:59:59Z", None),
            ("+9999999-01-01T00:00:00Z", None),
            ("10000-01-01T00:00:00Z", None),
            ("-1", None),
            ("", None),
            ("yesterday", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_written_reads_as_the_same_instant() {
        for millis in [0, 1, 1_636_112_810_000, 1_636_112_810_123, LATEST] {
            assert_eq!(parse(&format(millis)), Some(millis));
        }
        assert_eq!(format(1_636_112_810_000), "2021-11-05T11:46:50Z");
        assert_eq!(format_day(1_636_112_810_123), "2021-11-05T00:00:00Z");
        assert_eq!(format(i64::MIN), "1970-01-01T00:00:00Z");
        assert_eq!(parse(&format(i64::MAX)), Some(LATEST));
    }
}
