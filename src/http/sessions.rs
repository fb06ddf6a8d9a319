//! TLS sessions that can be taken up again: whoever was spoken with lately is recognised without certificates and
//! signatures, which are most of the work of a new connection.
//!
//! The library's own memory keeps the certificates of a host once for each of up to eight tickets, and forgets the host
//! that it has known for longest. A post goes to thousands of hosts, so this one keeps little for each of many.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use quick_cache::sync::Cache;
use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;

/// Hosts that are remembered, at most; each takes some kilobytes, mostly for its certificates.
const HOSTS: usize = 4_096;
/// Tickets that are kept for each host, each good for one connection. Servers usually give two at a time.
const TICKETS: usize = 2;

/// What is remembered of one host.
#[derive(Default)]
struct Remembered {
    group: Option<NamedGroup>,
    tls12: Option<Tls12ClientSessionValue>,
    /// The oldest first.
    tickets: VecDeque<Tls13ClientSessionValue>,
}

/// The sessions of one client.
pub(super) struct Sessions {
    hosts: Cache<ServerName<'static>, Arc<Mutex<Remembered>>>,
}

impl Sessions {
    pub(super) fn new() -> Self {
        Self {
            hosts: Cache::new(HOSTS),
        }
    }

    /// Looks at what is remembered of a host, if anything is.
    fn look<T>(&self, host: &ServerName<'_>, at: impl FnOnce(&mut Remembered) -> T) -> Option<T> {
        let remembered = self.hosts.get(&host.to_owned())?;
        let mut remembered = remembered.lock().unwrap_or_else(PoisonError::into_inner);
        Some(at(&mut remembered))
    }

    /// Remembers something of a host.
    fn note(&self, host: &ServerName<'static>, change: impl FnOnce(&mut Remembered)) {
        let fresh = || Ok::<_, std::convert::Infallible>(Arc::default());
        let remembered = match self.hosts.get_or_insert_with(host, fresh) {
            Ok(remembered) => remembered,
            Err(never) => match never {},
        };
        change(&mut remembered.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl fmt::Debug for Sessions {
    // Whoever has a ticket can read what is sent with it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

impl ClientSessionStore for Sessions {
    fn set_kx_hint(&self, host: ServerName<'static>, group: NamedGroup) {
        self.note(&host, |remembered| remembered.group = Some(group));
    }

    fn kx_hint(&self, host: &ServerName<'_>) -> Option<NamedGroup> {
        self.look(host, |remembered| remembered.group).flatten()
    }

    fn set_tls12_session(&self, host: ServerName<'static>, session: Tls12ClientSessionValue) {
        self.note(&host, |remembered| remembered.tls12 = Some(session));
    }

    fn tls12_session(&self, host: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.look(host, |remembered| remembered.tls12.clone())
            .flatten()
    }

    fn remove_tls12_session(&self, host: &ServerName<'static>) {
        self.look(host, |remembered| remembered.tls12 = None);
    }

    fn insert_tls13_ticket(&self, host: ServerName<'static>, ticket: Tls13ClientSessionValue) {
        self.note(&host, |remembered| {
            if remembered.tickets.len() >= TICKETS {
                remembered.tickets.pop_front();
            }
            remembered.tickets.push_back(ticket);
        });
    }

    fn take_tls13_ticket(&self, host: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.look(host, |remembered| remembered.tickets.pop_back())
            .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_of_hosts_are_remembered_and_not_more() {
        let sessions = Sessions::new();
        let host = |number: usize| ServerName::try_from(format!("h{number}.test")).unwrap();
        for number in 0..2_000 {
            sessions.set_kx_hint(host(number), NamedGroup::X25519);
        }
        for number in 0..2_000 {
            assert_eq!(
                sessions.kx_hint(&host(number)),
                Some(NamedGroup::X25519),
                "{number}"
            );
        }
        for number in 0..3 * HOSTS {
            sessions.set_kx_hint(host(number), NamedGroup::X25519);
        }
        assert!(sessions.hosts.len() <= HOSTS);
        assert!(sessions.hosts.len() > HOSTS / 2);
    }
}
