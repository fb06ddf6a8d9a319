//! The open files that the operating system grants this process, and how they are shared: connections of callers,
//! connections to other servers that are kept for the next request, and a rest for all else.
//!
//! Systems grant 1,024 by habit, for the sake of old programs, and more to whoever asks.

/// The most that this process asks for.
#[cfg(unix)]
const WANTED: u64 = 65_536;
/// What the operating system is taken to grant when it does not tell.
const USUAL: usize = 1_024;

/// The most connections of callers that are ever held open.
const MOST_CALLERS: usize = 8_192;
/// The fewest, however little the operating system grants.
const FEWEST_CALLERS: usize = 64;

/// The database, uploaded files, the log.
const RESERVE: usize = 64;
/// Each kept connection takes some 30 KiB, so more than these are not kept, whatever the operating system grants.
const MOST_KEPT: usize = 2_048;
/// The fewest kept connections, however little the operating system grants.
const FEWEST_KEPT: usize = 32;

/// How many open files the operating system grants this process, where it tells.
#[cfg(unix)]
#[must_use]
pub fn granted() -> Option<usize> {
    let (soft, _) = system::limits();
    Some(usize::try_from(soft).unwrap_or(usize::MAX))
}

/// Asks for as many as this process may have and has use for. Where that is refused, what was granted stays.
#[cfg(unix)]
pub fn ask_for_more() {
    let (soft, hard) = system::limits();
    if let Some(more) = more_than(soft, hard) {
        system::set(more, hard);
    }
}

/// This system does not tell.
#[cfg(not(unix))]
#[must_use]
pub fn granted() -> Option<usize> {
    None
}

/// This system grants what it grants.
#[cfg(not(unix))]
pub fn ask_for_more() {}

/// How many connections of callers are held open at most: half of the open files.
#[must_use]
pub fn for_callers() -> usize {
    callers(granted().unwrap_or(USUAL))
}

/// How many connections to other servers are kept at most for the next request: half of what callers and the reserve
/// leave. The other half is for requests under way.
#[must_use]
pub fn for_kept_connections() -> usize {
    kept(granted().unwrap_or(USUAL))
}

/// The limit to ask for, where `soft` is granted and `hard` would be.
#[cfg(unix)]
fn more_than(soft: u64, hard: u64) -> Option<u64> {
    let more = hard.min(WANTED);
    (more > soft).then_some(more)
}

fn callers(files: usize) -> usize {
    (files / 2).clamp(FEWEST_CALLERS, MOST_CALLERS)
}

fn kept(files: usize) -> usize {
    let rest = files.saturating_sub(callers(files) + RESERVE);
    (rest / 2).clamp(FEWEST_KEPT, MOST_KEPT)
}

#[cfg(unix)]
mod system {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    /// What is granted, and what is granted to whoever asks.
    pub(super) fn limits() -> (u64, u64) {
        let limit = getrlimit(Resource::Nofile);
        // No limit is a very large one.
        let number = |limit: Option<u64>| limit.unwrap_or(u64::MAX);
        (number(limit.current), number(limit.maximum))
    }

    pub(super) fn set(soft: u64, hard: u64) {
        let limit = Rlimit {
            current: Some(soft),
            maximum: (hard < u64::MAX).then_some(hard),
        };
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::debug!(%error, "the system grants no more open files");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn asks_for_what_it_may_have_and_needs() {
        for (soft, hard, more) in [
            (1_024, 524_288, Some(WANTED)),
            (1_024, 4_096, Some(4_096)),
            (1_024, u64::MAX, Some(WANTED)),
            (4_096, 4_096, None),
            (100_000, 524_288, None),
            (u64::MAX, u64::MAX, None),
        ] {
            assert_eq!(more_than(soft, hard), more, "{soft} of {hard}");
        }
    }

    #[test]
    fn all_that_is_granted_is_shared() {
        for (files, for_callers, for_kept) in [
            (0, 64, 32),
            (256, 128, 32),
            (1_024, 512, 224),
            (4_096, 2_048, 992),
            (20_000, 8_192, 2_048),
            (usize::MAX, 8_192, 2_048),
        ] {
            assert_eq!(callers(files), for_callers, "{files}");
            assert_eq!(kept(files), for_kept, "{files}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_system_tells() {
        let granted = granted().unwrap();
        assert!(granted >= 16, "{granted}");
        assert!(for_callers() + for_kept_connections() < granted.max(128));
    }
}
