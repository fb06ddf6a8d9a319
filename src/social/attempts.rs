//! How often somebody may try to sign in to one account: counted per name, in memory, in fixed windows.
//!
//! Attempts from one address are counted by the server, like all its requests; these here are from all addresses
//! together. A restart forgets the counts: what matters is that guessing is slow.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quick_cache::unsync::Cache;

use super::{Error, Result};
use crate::clock::Clock;
use crate::config::Limits;
use crate::keys::digests::sha256;

/// How many names are remembered at a time; the least used are forgotten first.
const CAPACITY: usize = 20_000;

/// Counts attempts to sign in. Clones share their counts; one is enough for a process.
#[derive(Clone)]
pub struct Attempts {
    counts: Arc<Mutex<Counts>>,
    clock: Clock,
    limits: Limits,
}

/// By the digest of what was entered as a name.
type Counts = Cache<[u8; 32], Window>;

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

    /// Counts one attempt on a name. Names that nobody has are counted too, so that the limit tells nothing.
    ///
    /// # Errors
    /// [`Error::TooMany`] when its attempts are used up.
    pub(super) fn count(&self, name: &str) -> Result<()> {
        let (now, rate) = (self.clock.now(), self.limits.sign_ins_per_account);
        let key = sha256(name.as_bytes());
        let mut counts = self.counts();
        let known = counts.get(&key).copied();
        let is_current = |window: &Window| now - window.began_at < rate.window_millis;
        let mut window = known.filter(is_current).unwrap_or(Window {
            began_at: now,
            count: 0,
        });
        window.count = window.count.saturating_add(1);
        counts.insert(key, window);
        if window.count <= rate.count || !self.limits.enabled {
            return Ok(());
        }
        let sentence = "There were too many attempts to sign in. Wait a while and try again";
        Err(Error::TooMany(sentence.to_owned()))
    }

    /// Forgets the attempts on a name after a right password.
    pub(super) fn forget(&self, name: &str) {
        self.counts().remove(&sha256(name.as_bytes()));
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::HOUR;
    use crate::config::Rate;

    fn attempts(clock: &Clock, enabled: bool) -> Attempts {
        let limits = Limits {
            enabled,
            sign_ins_per_account: Rate::new(2, HOUR),
            ..Limits::default()
        };
        Attempts::new(clock.clone(), limits)
    }

    #[test]
    fn each_name_has_its_own_count() {
        let clock = Clock::stepped(0);
        let attempts = attempts(&clock, true);
        for (name, is_allowed) in [
            ("ann", true),
            ("ann", true),
            ("ann", false),
            ("bob", true),
            ("ann", false),
        ] {
            assert_eq!(attempts.count(name).is_ok(), is_allowed, "{name}");
        }
        clock.advance(HOUR);
        assert!(attempts.count("ann").is_ok());
    }

    #[test]
    fn a_right_password_clears_the_name() {
        let attempts = attempts(&Clock::stepped(0), true);
        for _ in 0..5 {
            assert!(attempts.count("ann").is_ok());
            attempts.forget("ann");
        }
    }

    #[test]
    fn nothing_is_limited_when_limits_are_off() {
        let attempts = attempts(&Clock::stepped(0), false);
        assert!((0..10).all(|_| attempts.count("ann").is_ok()));
    }
}
