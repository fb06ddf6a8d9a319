//! How often somebody may try a password: counted per address and per name, in memory, in fixed windows.
//!
//! A restart forgets the counts; what matters is that guessing is slow, not that it is remembered.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use quick_cache::unsync::Cache;

use super::{Error, Result};
use crate::clock::Clock;
use crate::config::{Limits, Rate};
use crate::keys::digests::sha256;

/// How many addresses and names are remembered at a time; the least used are forgotten first.
const CAPACITY: usize = 20_000;

/// Counts attempts to sign in. Clones share their counts; one is enough for a process.
#[derive(Clone)]
pub struct Attempts {
    counts: Arc<Mutex<Cache<Key, Window>>>,
    clock: Clock,
    limits: Limits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// A host, or the network of 64 bits that one customer has.
    Address(IpAddr),
    /// The digest of what was entered as a name.
    Name([u8; 32]),
}

#[derive(Clone, Copy, Debug)]
struct Window {
    began_at: i64,
    count: u32,
}

impl Attempts {
    /// Starts counting.
    #[must_use]
    pub fn new(clock: Clock, limits: Limits) -> Self {
        Self {
            counts: Arc::new(Mutex::new(Cache::new(CAPACITY))),
            clock,
            limits,
        }
    }

    /// Counts one attempt from an address on a name.
    ///
    /// # Errors
    /// [`Error::TooMany`] when either has used up its attempts.
    pub(super) fn count(&self, address: Option<IpAddr>, name: &str) -> Result<()> {
        if !self.limits.enabled {
            return Ok(());
        }
        let by_address = address.is_none_or(|address| {
            self.add(
                Key::Address(network_of(address)),
                self.limits.sign_ins_per_address,
            )
        });
        let by_name = self.add(
            Key::Name(sha256(name.as_bytes())),
            self.limits.sign_ins_per_account,
        );
        if by_address && by_name {
            return Ok(());
        }
        Err(Error::TooMany(
            "There were too many attempts to sign in. Wait a while and try again".to_owned(),
        ))
    }

    /// Forgets the attempts on a name after a right password.
    pub(super) fn forget(&self, name: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.remove(&Key::Name(sha256(name.as_bytes())));
    }

    /// Adds one; tells whether it is still within the rate.
    fn add(&self, key: Key, rate: Rate) -> bool {
        let now = self.clock.now();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = counts.get(&key).copied();
        let mut window = known
            .filter(|window| now - window.began_at < rate.window_millis)
            .unwrap_or(Window {
                began_at: now,
                count: 0,
            });
        window.count = window.count.saturating_add(1);
        counts.insert(key, window);
        window.count <= rate.count
    }
}

/// The address itself, or the first 64 bits of an IPv6 address.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let bits = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(bits))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{HOUR, MINUTE};

    fn attempts(clock: &Clock) -> Attempts {
        let limits = Limits {
            sign_ins_per_address: Rate::new(3, 5 * MINUTE),
            sign_ins_per_account: Rate::new(2, HOUR),
            ..Limits::default()
        };
        Attempts::new(clock.clone(), limits)
    }

    #[test]
    fn names_and_addresses_have_their_own_counts() {
        let clock = Clock::stepped(0);
        let attempts = attempts(&clock);
        let address = |text: &str| text.parse().ok();
        for (from, name, is_allowed) in [
            ("192.0.2.1", "ann", true),
            ("192.0.2.2", "ann", true),
            ("192.0.2.3", "ann", false),
            ("192.0.2.1", "bob", true),
            ("192.0.2.1", "cat", true),
            ("192.0.2.1", "dan", false),
            ("::ffff:192.0.2.1", "eve", false),
            ("2001:db8::1", "f", true),
            ("2001:db8::2", "g", true),
            ("2001:db8::3", "h", true),
            ("2001:db8::4", "i", false),
            ("2001:db8:0:1::1", "j", true),
        ] {
            let counted = attempts.count(address(from), name);
            assert_eq!(counted.is_ok(), is_allowed, "{from} {name}");
        }
        clock.advance(HOUR);
        assert!(attempts.count(address("192.0.2.1"), "ann").is_ok());
    }

    #[test]
    fn a_right_password_clears_the_name() {
        let attempts = attempts(&Clock::stepped(0));
        for _ in 0..5 {
            assert!(attempts.count(None, "ann").is_ok());
            attempts.forget("ann");
        }
    }

    #[test]
    fn nothing_is_limited_when_limits_are_off() {
        let limits = Limits {
            enabled: false,
            ..Limits::default()
        };
        let attempts = Attempts::new(Clock::stepped(0), limits);
        assert!((0..1_000).all(|_| attempts.count(None, "ann").is_ok()));
    }
}
