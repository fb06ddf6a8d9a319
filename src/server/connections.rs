//! How many connections the server holds open: enough for people, few enough that files and outgoing
//! connections are left over when strangers open as many as they can.

use crate::load::open_files;

/// How many connections may be streams: three of four. The rest stays for people's requests.
pub(super) fn for_streams() -> usize {
    open_files::for_callers() / 4 * 3
}

/// How many connections each of `workers` threads may hold open: all of them together as many as there may be.
pub(super) fn for_each_worker(workers: usize) -> usize {
    open_files::for_callers().div_ceil(workers.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_always_some_and_never_too_many() {
        for workers in [0, 1, 2, 64] {
            let all = for_each_worker(workers) * workers.max(1);
            assert!((64..=8_192 + workers).contains(&all), "{workers}: {all}");
            assert!(for_streams() < all, "{workers}: {all}");
        }
    }
}
