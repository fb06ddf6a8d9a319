//! Meters: what this process has done since it started, as numbers that only grow. They are for whoever watches the
//! node; nothing is decided by them, and they are gone with the process.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Counts `more` on.
    pub fn add(&self, more: usize) {
        let more = u64::try_from(more).unwrap_or(u64::MAX);
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// Counts one on.
    pub fn increase(&self) {
        self.add(1);
    }

    /// The number now.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Everything that is counted.
#[derive(Debug, Default)]
pub struct Meters {
    /// When the process opened the node, in milliseconds.
    pub started_at: i64,
    /// Attempts to deliver.
    pub deliveries: Deliveries,
    /// What other servers sent.
    pub inbox: Inbox,
    /// Requests, by the door through which they came.
    pub requests: Requests,
}

impl Meters {
    /// Meters that begin at `now` (milliseconds).
    #[must_use]
    pub fn new(now: i64) -> Self {
        Self {
            started_at: now,
            ..Self::default()
        }
    }
}

/// What came of attempts to deliver.
#[derive(Debug, Default)]
pub struct Deliveries {
    /// The peer took it.
    pub taken: Counter,
    /// It was not taken, and waits on.
    pub kept: Counter,
    /// It was given up: refused for good, or nobody can send it.
    pub dropped: Counter,
    /// The peer said no, whatever became of the message then.
    pub refusals: Counter,
}

/// What came of requests to the inboxes.
#[derive(Debug, Default)]
pub struct Inbox {
    /// Acknowledged.
    pub accepted: Counter,
    /// Refused for good (4xx).
    pub refused: Counter,
    /// Asked to come again (503).
    pub postponed: Counter,
}

/// A door of the node, as requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// The client API.
    Api,
    /// The inboxes.
    Inbox,
    /// Pages, documents, stored files and everything else.
    Pages,
}

impl Door {
    /// Every door.
    pub const ALL: [Self; 3] = [Self::Api, Self::Inbox, Self::Pages];

    /// The word that stands for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Inbox => "inbox",
            Self::Pages => "pages",
        }
    }
}

/// Requests, by door.
#[derive(Debug, Default)]
pub struct Requests {
    api: Answers,
    inbox: Answers,
    pages: Answers,
}

impl Requests {
    /// The answers that one door gave.
    #[must_use]
    pub fn of(&self, door: Door) -> &Answers {
        match door {
            Door::Api => &self.api,
            Door::Inbox => &self.inbox,
            Door::Pages => &self.pages,
        }
    }
}

/// The upper edges of the buckets of [`Answers`], in milliseconds.
pub const EDGES: [u64; 10] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000];

/// Answers of one door: how many of each class of status, and how long they took.
#[derive(Debug, Default)]
pub struct Answers {
    classes: [Counter; 5],
    buckets: [Counter; EDGES.len()],
    millis: Counter,
}

impl Answers {
    /// Counts an answer with this status that took `millis` milliseconds.
    pub fn count(&self, status: u16, millis: i64) {
        let class = usize::from(status / 100).saturating_sub(1);
        if let Some(class) = self.classes.get(class) {
            class.increase();
        }
        let millis = u64::try_from(millis).unwrap_or(0);
        self.millis.add(usize::try_from(millis).unwrap_or(0));
        let bucket = EDGES.iter().position(|edge| millis <= *edge);
        // What takes longer than the last edge is in none: it is in the total.
        if let Some(bucket) = bucket.and_then(|bucket| self.buckets.get(bucket)) {
            bucket.increase();
        }
    }

    /// How many answers there were of each class, from 1xx to 5xx.
    #[must_use]
    pub fn by_class(&self) -> [u64; 5] {
        self.classes.each_ref().map(Counter::get)
    }

    /// How many answers took at most as long as each of [`EDGES`].
    #[must_use]
    pub fn up_to_edges(&self) -> [u64; EDGES.len()] {
        let mut sum = 0;
        self.buckets.each_ref().map(|bucket| {
            sum += bucket.get();
            sum
        })
    }

    /// How long all answers took together, in milliseconds.
    #[must_use]
    pub fn millis(&self) -> u64 {
        self.millis.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_sorted_by_class_and_time() {
        let answers = Answers::default();
        for (status, millis) in [
            (200, 3),
            (204, 5),
            (302, 6),
            (404, 20_000),
            (500, -7),
            (0, 1),
        ] {
            answers.count(status, millis);
        }
        assert_eq!(answers.by_class(), [1, 2, 1, 1, 1]);
        let edges = answers.up_to_edges();
        assert_eq!((edges[0], edges[1], edges[9]), (4, 5, 5));
        assert_eq!(answers.millis(), 3 + 5 + 6 + 20_000 + 1);
    }
}
