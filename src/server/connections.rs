//! How many connections the server holds open: enough for people, few enough that files and outgoing
//! connections are left over when strangers open as many as they can.

/// The most connections that are ever held open.
const MOST: usize = 8_192;

/// The fewest, however little the operating system grants.
const FEWEST: usize = 64;

/// What the operating system is taken to grant when it does not tell.
const USUAL_FILES: usize = 1_024;

/// How many open files the operating system grants this process, where it tells (Linux).
pub(crate) fn file_limit() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    read_file_limit(&limits)
}

/// How many connections may be streams: three of four. The rest stays for people's requests.
pub(super) fn for_streams() -> usize {
    all() / 4 * 3
}

/// How many connections each of `workers` threads may hold open: half of the open files, shared among them.
pub(super) fn for_each_worker(workers: usize) -> usize {
    all().div_ceil(workers.max(1))
}

/// How many connections are held open at most.
fn all() -> usize {
    let files = file_limit().unwrap_or(USUAL_FILES);
    (files / 2).clamp(FEWEST, MOST)
}

fn read_file_limit(limits: &str) -> Option<usize> {
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))?;
    let soft = line.split_whitespace().nth(3)?;
    if soft == "unlimited" {
        return Some(usize::MAX);
    }
    soft.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_system_grants() {
        let limits = |soft: &str| {
            format!(
                "Limit                     Soft Limit           Hard Limit           Units     \n\
                 Max cpu time              unlimited            unlimited            seconds   \n\
                 Max open files            {soft}                 524288               files     \n"
            )
        };
        assert_eq!(read_file_limit(&limits("1024")), Some(1_024));
        assert_eq!(read_file_limit(&limits("unlimited")), Some(usize::MAX));
        assert_eq!(read_file_limit(&limits("many")), None);
        assert_eq!(read_file_limit(""), None);
    }

    #[test]
    fn there_are_always_some_and_never_too_many() {
        for workers in [0, 1, 2, 64] {
            let all = for_each_worker(workers) * workers.max(1);
            assert!((FEWEST..=MOST + workers).contains(&all), "{workers}: {all}");
            assert!(for_streams() < all, "{workers}: {all}");
        }
    }
}
