//! How many received activities nobody has in hand yet, in all and of each host. Counted as they come and go, and
//! corrected now and then by what the database says, since other processes count for themselves.

use std::collections::HashMap;

/// The counts.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    total: u64,
    hosts: HashMap<String, u64>,
}

impl Backlog {
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn of(&self, host: &str) -> u64 {
        self.hosts.get(host).copied().unwrap_or(0)
    }

    /// One more waits.
    pub(super) fn add(&mut self, host: &str) {
        self.total += 1;
        match self.hosts.get_mut(host) {
            Some(count) => *count += 1,
            None => drop(self.hosts.insert(host.to_owned(), 1)),
        }
    }

    /// Somebody has one in hand. Hosts with nothing left are forgotten.
    pub(super) fn remove(&mut self, host: &str) {
        self.total = self.total.saturating_sub(1);
        if let Some(count) = self.hosts.get_mut(host) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.hosts.remove(host);
            }
        }
    }

    /// Whether this total is so far from what was counted that the hosts should be counted anew.
    pub(super) fn is_off(&self, total: u64) -> bool {
        self.total.abs_diff(total) > 16 + total / 16
    }

    /// Takes what was counted anew, by actor.
    pub(super) fn replace(&mut self, actors: &[(String, u64)]) {
        self.hosts.clear();
        self.total = 0;
        for (actor, count) in actors {
            self.total += count;
            *self.hosts.entry(host_of(actor).to_owned()).or_default() += count;
        }
    }
}

/// The host of an address with its port, in whatever letters it is written; empty if there is none.
#[must_use]
pub fn host_of(uri: &str) -> &str {
    let rest = uri.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_counted_and_forgotten() {
        let mut backlog = Backlog::default();
        for host in ["a", "b", "a"] {
            backlog.add(host);
        }
        assert_eq!(
            (
                backlog.total(),
                backlog.of("a"),
                backlog.of("b"),
                backlog.of("c")
            ),
            (3, 2, 1, 0)
        );
        for host in ["a", "a", "a", "c"] {
            backlog.remove(host);
        }
        assert_eq!(
            (backlog.total(), backlog.of("a"), backlog.hosts.len()),
            (0, 0, 1)
        );
        let counted = [
            ("https://a/users/x", 5),
            ("https://a/users/y", 7),
            ("https://b:8/z", 1),
        ];
        let counted = counted.map(|(actor, count)| (actor.to_owned(), count));
        backlog.replace(&counted);
        assert_eq!(
            (
                backlog.total(),
                backlog.of("a"),
                backlog.of("b:8"),
                backlog.of("b")
            ),
            (13, 12, 1, 0)
        );
        for (total, is_off) in [
            (13, false),
            (29, false),
            (32, true),
            (0, false),
            (100, true),
        ] {
            assert_eq!(backlog.is_off(total), is_off, "{total}");
        }
    }

    #[test]
    fn addresses_have_hosts() {
        for (uri, host) in [
            ("https://a.test/users/x", "a.test"),
            ("http://a.test:80#x", "a.test:80"),
            ("https://a.test", "a.test"),
            ("a.test/users", ""),
            ("", ""),
        ] {
            assert_eq!(host_of(uri), host, "{uri}");
        }
    }
}
