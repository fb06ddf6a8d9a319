//! The handle: what is measured, what is under way, and whether there is room for more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::backlog::Backlog;
use super::gauge::{Class, Level, share};

/// How old the oldest received activity may be before that alone makes the node full, in milliseconds.
const OLDEST: u64 = 600_000;
/// What age can do alone: what is stored is safe, so it never makes the node refuse what people wait for.
const MOST_BY_AGE: u64 = 840;
/// Writes that may wait for the database.
const WRITES: u64 = 1_024;
/// After how long the backlog is counted anew, in milliseconds.
const CORRECT_EVERY: i64 = 5_000;

/// What may be under way or waiting at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Received activities that wait.
    pub backlog: u64,
    /// The same, of one host.
    pub backlog_per_host: u64,
    /// Deliveries to inboxes that are being taken.
    pub in_flight: u64,
    /// The bodies of these, in bytes.
    pub body_bytes: u64,
}

/// How much the node has to do. Cheap to clone; clones share everything.
#[derive(Clone, Debug)]
pub struct Load {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    level: Level,
    backlog: Backlog,
    oldest: u64,
    corrected_at: Option<i64>,
    in_flight: u64,
    by_host: HashMap<String, u64>,
    waiting_for_keys: u64,
    body_bytes: u64,
}

/// Why something is not taken now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The pressure in thousandths, from which follows when to come back.
    pub pressure: u64,
    /// A sentence for the sender.
    pub reason: &'static str,
}

impl Load {
    /// Nothing to do yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let state = Mutex::default();
        Self {
            inner: Arc::new(Inner { limits, state }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        let state = self.inner.state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the backlog should be counted anew; if so, the caller is the one to do it.
    #[must_use]
    pub fn take_correction(&self, now: i64) -> bool {
        let mut state = self.state();
        let is_due = state
            .corrected_at
            .is_none_or(|last| now - last >= CORRECT_EVERY);
        if is_due {
            state.corrected_at = Some(now);
        }
        is_due
    }

    /// Takes what the database says of the backlog: its size, and the age of its oldest in milliseconds. Tells whether
    /// the hosts should be counted anew too.
    #[must_use]
    pub fn correct(&self, total: u64, oldest: u64) -> bool {
        let mut state = self.state();
        state.oldest = oldest;
        state.backlog.is_off(total)
    }

    /// Takes the backlog of each actor as the database counts it.
    pub fn replace_backlog(&self, actors: &[(String, u64)]) {
        self.state().backlog.replace(actors);
    }

    /// An activity of this host was stored.
    pub fn arrived(&self, host: &str) {
        self.state().backlog.add(host);
    }

    /// Somebody has an activity of this host in hand.
    pub fn taken(&self, host: &str) {
        self.state().backlog.remove(host);
    }

    /// The pressure in thousandths and the level, while so many writes wait for the database.
    #[must_use]
    pub fn measure(&self, writes: u64) -> (u64, Level) {
        let limits = self.inner.limits;
        let mut state = self.state();
        let age = share(state.oldest, OLDEST).min(MOST_BY_AGE);
        let pressure = share(state.backlog.total(), limits.backlog)
            .max(age)
            .max(share(writes, WRITES))
            .max(share(state.body_bytes, limits.body_bytes));
        state.level = state.level.step(pressure);
        (pressure, state.level)
    }

    /// Lets a delivery in that says it is from this host.
    ///
    /// # Errors
    /// When too many are under way, in all or from this host, or too much of the host waits.
    pub fn enter(&self, host: &str) -> Result<Place, Refusal> {
        let limits = self.inner.limits;
        let mut state = self.state();
        let refuse = |reason| {
            Err(Refusal {
                pressure: 1_000,
                reason,
            })
        };
        if state.in_flight >= limits.in_flight {
            return refuse("too many deliveries are under way; try again later");
        }
        let theirs = state.by_host.get(host).copied().unwrap_or(0);
        if !host.is_empty() && theirs >= limits.in_flight.div_ceil(2) {
            return refuse("too many deliveries of this server are under way; try again later");
        }
        state.in_flight += 1;
        *state.by_host.entry(host.to_owned()).or_default() += 1;
        drop(state);
        Ok(Place {
            load: self.clone(),
            host: host.to_owned(),
            bytes: 0,
            is_waiting: false,
        })
    }

    /// Whether an activity of this class and host is taken at this level.
    ///
    /// # Errors
    /// When it is not, at present.
    pub fn check(&self, class: Class, host: &str, measured: (u64, Level)) -> Result<(), Refusal> {
        let (pressure, level) = measured;
        if !level.takes(class) {
            return Err(Refusal {
                pressure,
                reason: "the node has too much to do; try again later",
            });
        }
        self.check_host(host)
    }

    /// Whether there is room for one more activity of this host.
    ///
    /// # Errors
    /// When too much of it waits.
    pub fn check_host(&self, host: &str) -> Result<(), Refusal> {
        let limit = self.inner.limits.backlog_per_host;
        let waits = self.state().backlog.of(host);
        if waits < limit {
            return Ok(());
        }
        Err(Refusal {
            pressure: share(waits, limit),
            reason: "too much of this server waits here; try again later",
        })
    }
}

/// A delivery that is being taken. Dropping it makes room for another.
#[derive(Debug)]
pub struct Place {
    load: Load,
    host: String,
    bytes: u64,
    is_waiting: bool,
}

impl Place {
    /// Notes that so many more bytes of its body are in memory.
    ///
    /// # Errors
    /// When that is too much, with all other bodies.
    pub fn hold(&mut self, bytes: usize) -> Result<(), Refusal> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let mut state = self.load.state();
        let held = state.body_bytes.saturating_add(bytes);
        if held > self.load.inner.limits.body_bytes {
            return Err(Refusal {
                pressure: 1_000,
                reason: "too many bodies are under way; try again later",
            });
        }
        state.body_bytes = held;
        self.bytes += bytes;
        Ok(())
    }

    /// Waits for a key from now on. A quarter of all places is kept for those who need not wait, so that servers that
    /// do not answer never fill them all.
    ///
    /// # Errors
    /// When too many wait for keys.
    pub fn wait_for_key(&mut self) -> Result<(), Refusal> {
        let limit = (self.load.inner.limits.in_flight * 3).div_ceil(4);
        let mut state = self.load.state();
        if self.is_waiting {
            return Ok(());
        }
        if state.waiting_for_keys >= limit {
            return Err(Refusal {
                pressure: 1_000,
                reason: "too many deliveries wait for keys; try again later",
            });
        }
        state.waiting_for_keys += 1;
        self.is_waiting = true;
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.load.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        state.body_bytes = state.body_bytes.saturating_sub(self.bytes);
        if self.is_waiting {
            state.waiting_for_keys = state.waiting_for_keys.saturating_sub(1);
        }
        if let Some(count) = state.by_host.get_mut(&self.host) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                state.by_host.remove(&self.host);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load() -> Load {
        Load::new(Limits {
            backlog: 10,
            backlog_per_host: 4,
            in_flight: 4,
            body_bytes: 1_000,
        })
    }

    #[test]
    fn everything_that_is_measured_raises_the_level() {
        let fresh = load();
        assert_eq!(fresh.measure(0), (0, Level::Calm));
        assert_eq!(fresh.measure(512), (500, Level::Strained));
        assert_eq!(fresh.measure(0), (0, Level::Calm));
        for _ in 0..7 {
            fresh.arrived("a");
        }
        assert_eq!(fresh.measure(0), (700, Level::Heavy));
        fresh.taken("a");
        assert_eq!(fresh.measure(0), (600, Level::Heavy), "with inertia");
        fresh.taken("a");
        assert_eq!(fresh.measure(0), (500, Level::Strained));
        let aged = load();
        assert!(!aged.correct(0, OLDEST * 9));
        assert_eq!(
            aged.measure(0).1,
            Level::Heavy,
            "age alone refuses nobody's message"
        );
        let held = load();
        let mut place = held.enter("a").unwrap();
        assert!(place.hold(900).is_ok());
        assert!(place.hold(101).is_err());
        assert_eq!(held.measure(0), (900, Level::Severe));
        drop(place);
        assert_eq!(held.measure(0), (0, Level::Calm));
    }

    #[test]
    fn places_are_bounded_and_given_back() {
        let load = load();
        let first = [load.enter("a").unwrap(), load.enter("a").unwrap()];
        assert!(load.enter("a").is_err(), "half of them is for others");
        let mut others = vec![load.enter("b").unwrap(), load.enter("").unwrap()];
        assert!(load.enter("c").is_err());
        drop(first);
        others.push(load.enter("c").unwrap());
        others.push(load.enter("a").unwrap());
        let waits: Vec<bool> = others
            .iter_mut()
            .map(|place| place.wait_for_key().is_ok())
            .collect();
        assert_eq!(waits, [true, true, true, false]);
        assert!(others[0].wait_for_key().is_ok(), "it waits already");
        drop(others);
        let state = load.state();
        assert_eq!(
            (state.in_flight, state.waiting_for_keys, state.by_host.len()),
            (0, 0, 0)
        );
    }

    #[test]
    fn one_host_does_not_use_up_the_room_of_others() {
        let load = load();
        for _ in 0..4 {
            assert_eq!(load.check(Class::Other, "a", load.measure(0)), Ok(()));
            load.arrived("a");
        }
        let measured = load.measure(0);
        assert!(load.check(Class::Vital, "a", measured).is_err());
        assert!(load.check(Class::Other, "b", measured).is_ok());
        load.taken("a");
        assert!(load.check(Class::Vital, "a", measured).is_ok());
    }

    #[test]
    fn the_backlog_is_counted_anew_by_one_at_a_time() {
        let load = load();
        assert!(load.take_correction(0));
        assert!(!load.take_correction(CORRECT_EVERY - 1));
        assert!(load.correct(900, 0));
        load.replace_backlog(&[("https://a/x".to_owned(), 900)]);
        assert!(!load.correct(900, 0));
        assert_eq!(load.measure(0).1, Level::Full);
        assert!(load.take_correction(CORRECT_EVERY));
    }
}
