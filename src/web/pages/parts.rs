//! Small pieces that many pages use: safe addresses, instants, numbers, icons.

use chrono::DateTime;
use maud::{Markup, PreEscaped, html};

use crate::clock::to_rfc3339;

/// Pictures drawn inside the page, so that they take the colour of the text around them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Icon {
    Mark,
    Reply,
    Boost,
    Favourite,
    Warning,
    Check,
    Lock,
}

/// The icon as an inline picture that screen readers skip.
pub(super) fn icon(icon: Icon) -> PreEscaped<&'static str> {
    PreEscaped(match icon {
        Icon::Mark => include_str!("../static/mark.svg"),
        Icon::Reply => include_str!("../static/icons/reply.svg"),
        Icon::Boost => include_str!("../static/icons/boost.svg"),
        Icon::Favourite => include_str!("../static/icons/favourite.svg"),
        Icon::Warning => include_str!("../static/icons/warning.svg"),
        Icon::Check => include_str!("../static/icons/check.svg"),
        Icon::Lock => include_str!("../static/icons/lock.svg"),
    })
}

/// An address that is safe to follow: http, https, or a path of this node.
///
/// Addresses come from other servers and from applications; escaping alone would let `javascript:` through.
pub(super) fn safe_url(url: &str) -> Option<&str> {
    let starts_with = |scheme: &str| {
        url.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    let own_path = url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\");
    (own_path || starts_with("https://") || starts_with("http://")).then_some(url)
}

/// An instant as people read it: `8 Aug 2026, 12:34 UTC`.
pub(super) fn long_time(millis: i64) -> Markup {
    time(millis, "%-d %b %Y, %H:%M UTC")
}

/// The day of an instant: `8 Aug 2026`; the full instant is in the tooltip.
pub(super) fn short_time(millis: i64) -> Markup {
    time(millis, "%-d %b %Y")
}

/// The month of an instant: `August 2026`.
pub(super) fn month(millis: i64) -> Markup {
    time(millis, "%B %Y")
}

/// The time of day of an instant, to the second: `12:34:56` (UTC).
pub(super) fn clock_time(millis: i64) -> Markup {
    time(millis, "%H:%M:%S")
}

fn time(millis: i64, format: &str) -> Markup {
    let instant = DateTime::from_timestamp_millis(millis).unwrap_or_default();
    html! {
        time datetime=(to_rfc3339(millis)) title=(instant.format("%-d %b %Y, %H:%M UTC")) {
            (instant.format(format))
        }
    }
}

/// A count with commas between the thousands: `12,345`; a negative one is none.
pub(super) fn count(number: i64) -> String {
    let digits = number.max(0).to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 reply`, `2 replies`.
pub(super) fn counted(number: i64, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{} {noun}", count(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_only_web_addresses() {
        for (url, safe) in [
            ("https://a.test/x", true),
            ("HTTP://a.test", true),
            ("/@ada", true),
            ("//evil.test", false),
            ("/\\evil.test", false),
            ("javascript:alert(1)", false),
            (" javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("éé", false),
            ("", false),
        ] {
            assert_eq!(safe_url(url).is_some(), safe, "{url}");
        }
    }

    #[test]
    fn writes_numbers_for_people() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (-3, "0")] {
            assert_eq!(count(number), text);
        }
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(1, "reply", "replies"), "1 reply");
        assert_eq!(counted(1_200, "reply", "replies"), "1,200 replies");
    }

    #[test]
    fn writes_instants_for_people_and_programs() {
        let text = long_time(1_786_192_496_789).into_string();
        assert!(text.contains("datetime=\"2026-08-08T12:34:56.789Z\""));
        assert!(text.contains(">8 Aug 2026, 12:34 UTC<"));
        assert!(short_time(i64::MAX).into_string().contains("1970"));
        assert!(
            month(1_786_192_496_789)
                .into_string()
                .contains(">August 2026<")
        );
    }
}
