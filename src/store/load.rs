//! How busy the store is, in figures that cost next to nothing to keep.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// How busy the store is. Sums and counts are those since the process began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Reads that wait for a thread.
    pub waiting_reads: usize,
    /// Writes that wait, of people and peers.
    pub waiting_writes: usize,
    /// Writes that wait, of the background.
    pub waiting_later: usize,
    /// Reads that were begun.
    pub reads: u64,
    /// Writes of people and peers that were begun.
    pub writes: u64,
    /// Writes of the background that were begun.
    pub writes_later: u64,
    /// Commits, each of a group of writes.
    pub groups: u64,
    /// Groups that could not be begun or committed, or in which something was undone, for the database's own reasons.
    pub failures: u64,
    /// Writes in the last group.
    pub last_group: usize,
    /// How long the last group took, from its beginning to its commit.
    pub last_group_time: Duration,
    /// How long all groups took together.
    pub group_time: Duration,
    /// How long reads waited, together.
    pub waited_reads: Duration,
    /// How long writes of people and peers waited for their turn, together.
    pub waited_writes: Duration,
    /// How long writes of the background waited for their turn, together.
    pub waited_later: Duration,
    /// Whether the database does not answer.
    pub is_away: bool,
}

/// What passes a queue.
#[derive(Debug, Default)]
pub(super) struct Passage {
    count: AtomicU64,
    waited_micros: AtomicU64,
}

impl Passage {
    /// Counts one that waited so long.
    pub(super) fn count(&self, waited: Duration) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.waited_micros
            .fetch_add(micros(waited), Ordering::Relaxed);
    }

    fn read(&self) -> (u64, Duration) {
        let waited = self.waited_micros.load(Ordering::Relaxed);
        (
            self.count.load(Ordering::Relaxed),
            Duration::from_micros(waited),
        )
    }
}

/// The figures as they are kept.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) reads: Passage,
    pub(super) writes: Passage,
    pub(super) writes_later: Passage,
    groups: AtomicU64,
    failures: AtomicU64,
    group_micros: AtomicU64,
    last_group: AtomicUsize,
    last_group_micros: AtomicU64,
}

impl Counters {
    /// Counts a group of so many writes that took so long.
    pub(super) fn count_group(&self, writes: usize, time: Duration) {
        let micros = micros(time);
        self.groups.fetch_add(1, Ordering::Relaxed);
        self.group_micros.fetch_add(micros, Ordering::Relaxed);
        self.last_group.store(writes, Ordering::Relaxed);
        self.last_group_micros.store(micros, Ordering::Relaxed);
    }

    /// Counts a group that failed for the database's own reasons.
    pub(super) fn count_failure(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    /// The figures at this moment, without those of the queues.
    pub(super) fn read(&self) -> Load {
        let (reads, waited_reads) = self.reads.read();
        let (writes, waited_writes) = self.writes.read();
        let (writes_later, waited_later) = self.writes_later.read();
        let time = |micros: &AtomicU64| Duration::from_micros(micros.load(Ordering::Relaxed));
        Load {
            reads,
            writes,
            writes_later,
            groups: self.groups.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
            last_group: self.last_group.load(Ordering::Relaxed),
            last_group_time: time(&self.last_group_micros),
            group_time: time(&self.group_micros),
            waited_reads,
            waited_writes,
            waited_later,
            ..Load::default()
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
