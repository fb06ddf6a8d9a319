//! Counting in fixed windows: so many of one kind from one subject in each stretch of time.
//!
//! The counters live in a bounded cache: however many subjects strangers invent, memory stays the same, and
//! the subjects that are seen least are forgotten first.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use quick_cache::UnitWeighter;
use quick_cache::sync::Cache;

use crate::config::Rate;
use crate::id::{AccountId, TokenId};

/// Counters kept at the same time, at most.
const MOST_COUNTERS: u64 = 65_536;

/// Counters that memory is set aside for at the start.
const USUAL_COUNTERS: usize = 1_024;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Requests.
    Requests,
    /// Later pages of public lists.
    Pages,
    /// New posts.
    Posts,
    /// Deleted posts and withdrawn boosts.
    Deletions,
    /// Follows.
    Follows,
    /// Uploaded files.
    Uploads,
    /// Registered programs.
    Apps,
    /// New accounts.
    SignUps,
    /// Attempts to sign in.
    SignIns,
    /// Asking for mails.
    Mails,
}

/// Whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    /// A person's, from all programs together.
    Account(AccountId),
    /// One access token's.
    Token(TokenId),
    /// One address's; of IPv6 one network's, as whoever has one address there has all of them.
    Address(u64),
}

impl Subject {
    /// The subject that calls from `address`.
    pub(super) fn of_address(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::Address(u64::from(address.to_bits())),
            // Global IPv6 networks begin with other bits than zero, so they meet no IPv4 address.
            IpAddr::V6(address) => {
                Self::Address(u64::try_from(address.to_bits() >> 64).unwrap_or_default())
            }
        }
    }
}

/// Where a subject stands within its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// How many are allowed in a window.
    pub(super) limit: u32,
    /// How many are left in this one.
    pub(super) remaining: u32,
    /// When the next one begins, in milliseconds.
    pub(super) reset: i64,
    /// Whether this one was too many.
    pub(super) is_refused: bool,
}

/// The counters of one server.
pub(super) struct Windows(Cache<(Kind, Subject, i64), Arc<AtomicU32>>);

impl Windows {
    pub(super) fn new() -> Self {
        Self(Cache::with_weighter(
            USUAL_COUNTERS,
            MOST_COUNTERS,
            UnitWeighter,
        ))
    }

    /// Counts one and tells where that leaves the subject.
    pub(super) fn count(&self, kind: Kind, subject: Subject, rate: Rate, now: i64) -> Standing {
        let length = rate.window_millis.max(1);
        let number = now.div_euclid(length);
        // The number of the window is part of the key: a new window begins at nothing.
        let counter = self
            .0
            .get_or_insert_with(&(kind, subject, number), || {
                Ok::<_, std::convert::Infallible>(Arc::new(AtomicU32::new(0)))
            })
            .unwrap_or_default();
        let before = counter.fetch_add(1, Ordering::Relaxed);
        if before >= rate.count {
            // Refused ones are not counted on, lest the counter come round.
            counter.store(rate.count, Ordering::Relaxed);
        }
        Standing {
            limit: rate.count,
            remaining: rate.count.saturating_sub(before.saturating_add(1)),
            reset: number.saturating_add(1).saturating_mul(length),
            is_refused: before >= rate.count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::MINUTE;

    const RATE: Rate = Rate::new(2, 5 * MINUTE);

    fn alice() -> Subject {
        Subject::Account(AccountId(1))
    }

    #[test]
    fn a_window_ends_and_the_next_begins_at_nothing() {
        let windows = Windows::new();
        let start = 7 * RATE.window_millis;
        let end = start + RATE.window_millis;
        let table = [
            (start, 1, false, end),
            (start + 1, 0, false, end),
            (end - 1, 0, true, end),
            (end - 1, 0, true, end),
            (end, 1, false, end + RATE.window_millis),
        ];
        for (now, remaining, is_refused, reset) in table {
            let expected = Standing {
                limit: 2,
                remaining,
                reset,
                is_refused,
            };
            let standing = windows.count(Kind::Requests, alice(), RATE, now);
            assert_eq!(standing, expected, "{now}");
        }
    }

    #[test]
    fn kinds_and_subjects_are_counted_apart() {
        let windows = Windows::new();
        let subjects = [
            alice(),
            Subject::Account(AccountId(2)),
            Subject::Token(TokenId(1)),
            Subject::Address(1),
        ];
        for kind in [Kind::Requests, Kind::Posts] {
            for subject in subjects {
                let standing = windows.count(kind, subject, RATE, 0);
                assert_eq!(standing.remaining, 1, "{kind:?} {subject:?}");
            }
        }
    }

    #[test]
    fn a_network_of_ipv6_is_one_subject() {
        let of = |address: &str| Subject::of_address(address.parse().unwrap());
        assert_eq!(of("2001:db8:0:1::1"), of("2001:db8:0:1:ffff::2"));
        assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
        assert_eq!(of("::ffff:203.0.113.9"), of("203.0.113.9"));
        assert_ne!(of("203.0.113.9"), of("203.0.113.8"));
    }

    #[test]
    fn memory_is_bounded() {
        let windows = Windows::new();
        for number in 0..MOST_COUNTERS * 2 {
            windows.count(Kind::Requests, Subject::Address(number), RATE, 0);
        }
        assert!(windows.0.len() <= usize::try_from(MOST_COUNTERS).unwrap());
    }
}
