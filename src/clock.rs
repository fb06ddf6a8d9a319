//! The clock: real for a running node, stepped by tests. Instants are milliseconds since the Unix epoch.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SecondsFormat, Utc};

/// One second in milliseconds.
pub const SECOND: i64 = 1_000;
/// One minute in milliseconds.
pub const MINUTE: i64 = 60 * SECOND;
/// One hour in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// One day in milliseconds.
pub const DAY: i64 = 24 * HOUR;

/// Tells the time in milliseconds since the Unix epoch.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The computer's own clock.
    #[must_use]
    pub fn real() -> Self {
        Self(None)
    }

    /// A clock that stands still at `millis` until [`Clock::advance`] moves it.
    #[must_use]
    pub fn stepped(millis: i64) -> Self {
        Self(Some(Arc::new(AtomicI64::new(millis))))
    }

    /// The present instant.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the only place that asks the computer for the time"
    )]
    pub fn now(&self) -> i64 {
        match &self.0 {
            Some(stepped) => stepped.load(Ordering::SeqCst),
            None => Utc::now().timestamp_millis(),
        }
    }

    /// Moves a stepped clock forward; a real clock is left alone.
    pub fn advance(&self, millis: i64) {
        if let Some(stepped) = &self.0 {
            stepped.fetch_add(millis, Ordering::SeqCst);
        }
    }

    /// Whether tests step this clock.
    #[must_use]
    pub fn is_stepped(&self) -> bool {
        self.0.is_some()
    }
}

/// An instant as `2026-08-08T12:34:56.789Z`; instants beyond the calendar become its first moment.
#[must_use]
pub fn to_rfc3339(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Reads an RFC 3339 instant such as `2026-08-08T12:34:56Z`.
#[must_use]
pub fn from_rfc3339(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text.trim())
        .ok()
        .map(|instant| instant.timestamp_millis())
}

/// An instant in the form of the HTTP `Date` header: `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>
#[must_use]
pub fn to_http_date(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis)
        .unwrap_or_default()
        .format("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

/// Reads an HTTP `Date` header.
#[must_use]
pub fn from_http_date(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc2822(text.trim())
        .ok()
        .map(|instant| instant.timestamp_millis())
}

/// The midnight (UTC) at which the day of `millis` began.
#[must_use]
pub fn midnight(millis: i64) -> i64 {
    millis - millis.rem_euclid(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_instants() {
        let instant = 1_786_192_496_789;
        assert_eq!(from_rfc3339(&to_rfc3339(instant)), Some(instant));
        assert_eq!(to_rfc3339(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(
            to_http_date(784_111_777_000),
            "Sun, 06 Nov 1994 08:49:37 GMT"
        );
        assert_eq!(
            from_http_date("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(784_111_777_000)
        );
        assert_eq!(from_rfc3339("yesterday"), None);
    }

    #[test]
    fn a_stepped_clock_moves_only_by_hand() {
        let clock = Clock::stepped(5);
        clock.advance(DAY);
        assert_eq!(clock.now(), DAY + 5);
        assert_eq!(midnight(clock.now()), DAY);
    }
}
