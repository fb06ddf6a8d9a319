//! What the staff decided of other servers and of addresses, in memory, because every request asks for it. The rows are
//! in the store, the rules in `social`; this only answers. Pure.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use crate::config::Network;
use crate::text::domains::{is_ip_literal, normalise_domain, without_port};

/// What was decided of one server and of all below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a decision of its own"
)]
pub struct HostBan {
    /// Nothing comes from there or goes there.
    pub is_suspended: bool,
    /// Its accounts are limited.
    pub is_silenced: bool,
    /// Its pictures and files are not shown.
    pub rejects_media: bool,
    /// Its reports are not taken.
    pub rejects_reports: bool,
}

/// What was decided, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    /// How many decisions there had been.
    pub version: i64,
    /// By domain without its port.
    pub hosts: HashMap<String, HostBan>,
    /// The only servers that are talked with, where the node's federation is limited.
    pub allowed: Option<HashSet<String>>,
    /// From where nobody may come, with the end of it in milliseconds if it has one.
    pub closed_to: Vec<(Network, Option<i64>)>,
}

/// The present decisions. Cheap to clone; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Bans(Arc<RwLock<Arc<Decisions>>>);

impl Bans {
    /// Puts other decisions in the place of the present ones.
    pub fn replace(&self, decisions: Decisions) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(decisions);
    }

    /// The present decisions.
    #[must_use]
    pub fn get(&self) -> Arc<Decisions> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Whether nothing comes from this server or goes there. What is no domain is barred wherever anything is.
    #[must_use]
    pub fn bars(&self, host: &str) -> bool {
        self.get().bars(host)
    }

    /// What was decided of this server; of several decisions the one of the longest domain counts.
    #[must_use]
    pub fn find(&self, host: &str) -> HostBan {
        self.get().find(host)
    }

    /// Whether nobody may come from this address at the instant `now` (milliseconds).
    #[must_use]
    pub fn are_closed_to(&self, address: IpAddr, now: i64) -> bool {
        let decisions = self.get();
        let mut closed = decisions.closed_to.iter();
        closed.any(|(network, until)| {
            until.is_none_or(|until| until > now) && network.contains(address)
        })
    }
}

impl Decisions {
    /// As [`Bans::bars`].
    #[must_use]
    pub fn bars(&self, host: &str) -> bool {
        if self.hosts.is_empty() && self.allowed.is_none() {
            return false;
        }
        let Some(name) = plain(host) else { return true };
        let is_allowed = |allowed: &HashSet<String>| {
            lineage(&name)
                .iter()
                .any(|domain| allowed.contains(*domain))
        };
        self.find(&name).is_suspended || self.allowed.as_ref().is_some_and(|all| !is_allowed(all))
    }

    /// As [`Bans::find`].
    #[must_use]
    pub fn find(&self, host: &str) -> HostBan {
        let Some(name) = plain(host).filter(|_| !self.hosts.is_empty()) else {
            return HostBan::default();
        };
        let found = lineage(&name)
            .into_iter()
            .find_map(|domain| self.hosts.get(domain));
        found.copied().unwrap_or_default()
    }
}

/// The one spelling of a server's name for decisions: lower case, ASCII, without port.
#[must_use]
pub fn plain(host: &str) -> Option<String> {
    let name = normalise_domain(host).ok()?;
    Some(without_port(&name).to_owned())
}

/// A plain domain, then what it lies below, the nearest first.
#[must_use]
pub fn lineage(domain: &str) -> Vec<&str> {
    if is_ip_literal(domain) {
        return vec![domain];
    }
    let mut above = vec![domain];
    let mut rest = domain;
    while let Some((_, parent)) = rest.split_once('.') {
        above.push(parent);
        rest = parent;
    }
    above
}

/// The server that a URL names, without its port.
#[must_use]
pub fn host_of(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    plain(url.host_str()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bans(allowed: Option<&[&str]>) -> Bans {
        let suspended = HostBan {
            is_suspended: true,
            ..HostBan::default()
        };
        let silenced = HostBan {
            is_silenced: true,
            ..HostBan::default()
        };
        let bans = Bans::default();
        bans.replace(Decisions {
            version: 1,
            hosts: [
                ("evil.test", suspended),
                ("good.evil.test", silenced),
                ("xn--bcher-kva.test", suspended),
                ("192.0.2.7", suspended),
            ]
            .map(|(domain, ban)| (domain.to_owned(), ban))
            .into(),
            allowed: allowed.map(|all| all.iter().map(|one| (*one).to_owned()).collect()),
            closed_to: vec![
                ("198.51.100.0/24".parse().unwrap(), None),
                ("2001:db8::/32".parse().unwrap(), Some(10)),
            ],
        });
        bans
    }

    #[test]
    fn a_blocked_server_is_barred_in_every_spelling_and_so_is_what_lies_below_it() {
        let bans = bans(None);
        for (host, expected) in [
            ("evil.test", true),
            ("EVIL.test.", true),
            ("evil.test:443", true),
            ("evil.test:8443", true),
            ("x.y.evil.test", true),
            ("b\u{fc}cher.test", true),
            ("XN--BCHER-KVA.TEST", true),
            ("192.0.2.7", true),
            ("192.0.2.7:81", true),
            ("notevil.test", false),
            ("evil.test.example", false),
            ("test", false),
            ("good.evil.test", false),
            ("x.good.evil.test", false),
            ("192.0.2.8", false),
            ("a b", true),
        ] {
            assert_eq!(bans.bars(host), expected, "{host}");
        }
        assert!(bans.find("x.good.evil.test").is_silenced);
        assert!(!Bans::default().bars("evil.test"));
    }

    #[test]
    fn limited_federation_knows_only_those_who_are_allowed() {
        let bans = bans(Some(&["friend.test", "evil.test"]));
        for (host, expected) in [
            ("friend.test", false),
            ("x.friend.test", false),
            ("stranger.test", true),
            ("evil.test", true),
        ] {
            assert_eq!(bans.bars(host), expected, "{host}");
        }
    }

    #[test]
    fn addresses_are_closed_for_as_long_as_was_decided() {
        let bans = bans(None);
        for (address, now, expected) in [
            ("198.51.100.9", 99, true),
            ("::ffff:198.51.100.9", 99, true),
            ("198.51.101.9", 0, false),
            ("2001:db8::1", 9, true),
            ("2001:db8::1", 10, false),
        ] {
            let is_closed = bans.are_closed_to(address.parse().unwrap(), now);
            assert_eq!(is_closed, expected, "{address} at {now}");
        }
    }

    #[test]
    fn the_server_of_a_url_has_no_port() {
        for (url, expected) in [
            ("https://Evil.test:8443/users/a", Some("evil.test")),
            ("https://evil.test", Some("evil.test")),
            ("nonsense", None),
        ] {
            assert_eq!(host_of(url).as_deref(), expected, "{url}");
        }
    }
}
