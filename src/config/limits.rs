//! The `limits` section: how often people's programs may ask. The defaults are those that programs know
//! from other servers of this interface.

use std::fmt;
use std::str::FromStr;

use crate::clock::{DAY, HOUR, MINUTE, SECOND};

use super::given::Given;
use super::rules::between;
use super::setting::{Mismatch, Setting, quote, read_text};
use super::table::section;

section! {
    /// How often people's programs may ask, as "COUNT per TIME": "30 per 30 minutes", "400 per day".
    pub struct Limits in limits {
        /// Whether there are limits at all.
        pub enabled: bool = true;

        /// Requests of one person, from all programs together.
        pub requests_per_account: Rate = Rate::new(1_500, 5 * MINUTE);

        /// Requests with one access token.
        pub requests_per_token: Rate = Rate::new(300, 5 * MINUTE);

        /// Requests from one address without an access token.
        pub requests_per_address: Rate = Rate::new(300, 5 * MINUTE);

        /// Requests from one address for later pages of public lists.
        pub paging_per_address: Rate = Rate::new(300, 15 * MINUTE);

        /// Posts of one person.
        pub posts_per_account: Rate = Rate::new(300, 3 * HOUR);

        /// Deleted posts and withdrawn boosts of one person.
        pub deletions_per_account: Rate = Rate::new(30, 30 * MINUTE);

        /// Follows of one person.
        pub follows_per_account: Rate = Rate::new(400, DAY);

        /// Uploaded files of one person.
        pub uploads_per_account: Rate = Rate::new(30, 30 * MINUTE);

        /// Programs registered from one address.
        pub apps_per_address: Rate = Rate::new(5, 10 * MINUTE);

        /// Open streams of one person, from all programs together; a number, as they last.
        pub streams_per_account: usize [between(1, 100_000)] = 50;

        /// Open streams from one address.
        pub streams_per_address: usize [between(1, 100_000)] = 250;

        /// Lists of one person.
        pub lists_per_account: usize [between(1, 10_000)] = 50;

        /// Accounts on one list.
        pub accounts_per_list: usize [between(1, 10_000)] = 1_000;

        /// Accounts made from one address.
        pub sign_ups_per_address: Rate = Rate::new(5, 30 * MINUTE);

        /// Mails with links that one address of the network asks for.
        pub mails_per_address: Rate = Rate::new(10, 30 * MINUTE);

        /// Mails with links to one e-mail address: confirmations and new passwords.
        pub links_per_email: Rate = Rate::new(5, 30 * MINUTE);

        /// Attempts to sign in from one address.
        pub sign_ins_per_address: Rate = Rate::new(25, 5 * MINUTE);

        /// Attempts to sign in to one account, from all addresses together.
        pub sign_ins_per_account: Rate = Rate::new(25, HOUR);
    }
}

/// So many in so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many; at least 1 when read from a configuration.
    pub count: u32,
    /// In which window, in milliseconds; a whole number of seconds and at least one when read from a configuration.
    pub window_millis: i64,
}

/// The words for lengths of time, longest first.
const UNITS: [(&str, i64); 4] = [
    ("day", DAY),
    ("hour", HOUR),
    ("minute", MINUTE),
    ("second", SECOND),
];

/// The longest window of a rate, in milliseconds.
const LONGEST_WINDOW: i64 = 366 * DAY;

/// A text that is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRate;

impl Rate {
    /// `count` in `window_millis` milliseconds.
    #[must_use]
    pub const fn new(count: u32, window_millis: i64) -> Self {
        Self {
            count,
            window_millis,
        }
    }
}

impl FromStr for Rate {
    type Err = NoRate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut words = text.split_whitespace();
        let count: u32 = words
            .next()
            .and_then(|word| word.parse().ok())
            .ok_or(NoRate)?;
        if words.next() != Some("per") {
            return Err(NoRate);
        }
        let rest: Vec<&str> = words.collect();
        let (number, unit) = match rest.as_slice() {
            [unit] => (1, *unit),
            [number, unit] => (number.parse().map_err(|_| NoRate)?, *unit),
            _ => return Err(NoRate),
        };
        let unit = unit.strip_suffix('s').unwrap_or(unit);
        let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit).ok_or(NoRate)?;
        let window_millis = millis.checked_mul(number).ok_or(NoRate)?;
        if count == 0 || !(SECOND..=LONGEST_WINDOW).contains(&window_millis) {
            return Err(NoRate);
        }
        Ok(Self {
            count,
            window_millis,
        })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, millis) = UNITS
            .iter()
            .find(|(_, millis)| self.window_millis % millis == 0)
            .unwrap_or(&("second", SECOND));
        match self.window_millis / millis {
            1 => write!(f, "{} per {name}", self.count),
            number => write!(f, "{} per {number} {name}s", self.count),
        }
    }
}

impl Setting for Rate {
    fn read(given: &Given) -> Result<Self, Mismatch> {
        let expected = "a rate such as \"30 per 30 minutes\" or \"400 per day\"";
        read_text(given, expected, |text| text.parse().ok())
    }

    fn to_toml(&self) -> String {
        quote(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_rates() {
        let table = [
            (
                "30 per 30 minutes",
                Rate::new(30, 30 * MINUTE),
                "30 per 30 minutes",
            ),
            ("400 per day", Rate::new(400, DAY), "400 per day"),
            ("1 per 1 hours", Rate::new(1, HOUR), "1 per hour"),
            (
                " 5  per 90 seconds",
                Rate::new(5, 90 * SECOND),
                "5 per 90 seconds",
            ),
            (
                "5 per 120 seconds",
                Rate::new(5, 2 * MINUTE),
                "5 per 2 minutes",
            ),
        ];
        for (text, rate, written) in table {
            assert_eq!(text.parse(), Ok(rate), "{text}");
            assert_eq!(rate.to_string(), written);
        }
    }

    #[test]
    fn refuses_what_is_no_rate() {
        let table = [
            "",
            "30",
            "30 per",
            "30 in 5 minutes",
            "0 per day",
            "-1 per day",
            "5 per 0 days",
            "5 per -1 days",
            "5 per 400 days",
            "5 per 5 moons",
            "5 per 5 minutes more",
            "5 per 9223372036854775807 days",
        ];
        for text in table {
            assert_eq!(text.parse::<Rate>(), Err(NoRate), "{text}");
        }
    }
}
