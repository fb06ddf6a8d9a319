//! Which streams are open, for whom and from where, and how many may be.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::http::StatusCode;
use tokio::sync::watch;

use super::channels::Channel;
use super::mailbox::{End, Mailbox};
use crate::api::error::ApiError;
use crate::id::{AccountId, TokenId};
use crate::social::streams::Directory;

/// How many streams may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// In this process.
    pub all: usize,
    /// Of one person.
    pub per_account: usize,
    /// From one address; of IPv6 one network.
    pub per_address: usize,
}

/// The open streams of one process. Clones are the same hub.
#[derive(Clone)]
pub struct Hub {
    inside: Arc<Inside>,
}

struct Inside {
    registry: Mutex<Registry>,
    caps: Caps,
    closing: watch::Sender<bool>,
}

#[derive(Default)]
struct Registry {
    lines: BTreeMap<u64, Line>,
    next: u64,
    roll: Option<Arc<Roll>>,
    position: Position,
    accounts: HashMap<AccountId, usize>,
    addresses: HashMap<u128, usize>,
    seats: usize,
}

/// How streams are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Style {
    /// Server-sent events.
    Events,
    /// WebSocket.
    Socket,
}

/// One open connection.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) viewer: AccountId,
    pub(super) token: TokenId,
    pub(super) style: Style,
    pub(super) channels: Vec<Channel>,
    pub(super) mailbox: Arc<Mailbox>,
}

/// The open connections at one moment, and who of them listens to what.
#[derive(Debug, Default)]
pub(super) struct Roll {
    pub(super) lines: Vec<Line>,
    pub(super) directory: Directory,
}

impl Roll {
    pub(super) fn of(lines: Vec<Line>) -> Self {
        let feeds: Vec<_> = lines
            .iter()
            .map(|line| {
                let feeds: Vec<_> = line.channels.iter().map(|one| one.feed.clone()).collect();
                (line.viewer, feeds)
            })
            .collect();
        let listeners = feeds.iter().map(|(viewer, feeds)| (*viewer, &feeds[..]));
        let directory = Directory::of(listeners);
        Self { lines, directory }
    }
}

/// How far the news have been told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    /// The newest that was told.
    pub(super) last: i64,
    /// Everything up to this one was told or will never come.
    pub(super) safe: i64,
}

/// The right to have a stream. Dropping it ends the stream's place in the hub.
pub(super) struct Seat {
    hub: Hub,
    number: u64,
    viewer: AccountId,
    address: u128,
    /// What waits for this reader.
    pub(super) mailbox: Arc<Mailbox>,
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").finish_non_exhaustive()
    }
}

impl Hub {
    /// A hub without streams.
    #[must_use]
    pub fn new(caps: Caps) -> Self {
        let (closing, _) = watch::channel(false);
        Self {
            inside: Arc::new(Inside {
                registry: Mutex::default(),
                caps,
                closing,
            }),
        }
    }

    /// Ends all streams and opens no more.
    pub fn close(&self) {
        let _ = self.inside.closing.send_replace(true);
        self.break_off();
    }

    /// How many streams are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().seats
    }

    pub(super) fn closing(&self) -> watch::Receiver<bool> {
        self.inside.closing.subscribe()
    }

    /// Ends all streams; their readers may come back at once and lose nothing.
    pub(super) fn break_off(&self) {
        let lines = std::mem::take(&mut self.lock().lines);
        self.lock().roll = None;
        for line in lines.values() {
            line.mailbox.close(End::Stopping);
        }
    }

    /// Opens a stream, and tells how far the news have been told to those who came before.
    ///
    /// # Errors
    /// 429 when this person or address has too many, 503 when the node has, or stops.
    pub(super) fn join(&self, line: Line, address: IpAddr) -> Result<(Seat, Position), ApiError> {
        let address = network_of(address);
        let caps = self.inside.caps;
        let mut registry = self.lock();
        if *self.inside.closing.borrow() {
            return Err(unavailable("The node is stopping; try again in a moment"));
        }
        if registry.seats >= caps.all {
            return Err(unavailable(
                "The node has as many open streams as it can take; try again later",
            ));
        }
        let of_account = registry.accounts.get(&line.viewer).copied().unwrap_or(0);
        let of_address = registry.addresses.get(&address).copied().unwrap_or(0);
        if of_account >= caps.per_account || of_address >= caps.per_address {
            return Err(ApiError::new(
                StatusCode::TOO_MANY_REQUESTS,
                "You have too many open streams; close some of them",
            ));
        }
        registry.accounts.insert(line.viewer, of_account + 1);
        registry.addresses.insert(address, of_address + 1);
        registry.seats += 1;
        let number = registry.next;
        registry.next += 1;
        let seat = Seat {
            hub: self.clone(),
            number,
            viewer: line.viewer,
            address,
            mailbox: line.mailbox.clone(),
        };
        registry.lines.insert(number, line);
        registry.roll = None;
        Ok((seat, registry.position))
    }

    /// Notes how far the news are told from now on, and gives those who hear them. Who joins later has to look for
    /// itself what it missed up to there.
    pub(super) fn advance(&self, position: Position) -> Arc<Roll> {
        let mut registry = self.lock();
        registry.position = position;
        if let Some(roll) = &registry.roll {
            return roll.clone();
        }
        let roll = Arc::new(Roll::of(registry.lines.values().cloned().collect()));
        registry.roll = Some(roll.clone());
        roll
    }

    /// The tokens that streams were opened with, each once.
    pub(super) fn tokens(&self) -> Vec<TokenId> {
        let mut tokens: Vec<TokenId> = self.lock().lines.values().map(|line| line.token).collect();
        tokens.sort_unstable();
        tokens.dedup();
        tokens
    }

    /// Ends the streams of these tokens.
    pub(super) fn shut_out(&self, tokens: &[TokenId]) {
        let mut registry = self.lock();
        registry.roll = None;
        registry.lines.retain(|_, line| {
            let is_out = tokens.contains(&line.token);
            if is_out {
                line.mailbox.close(End::NoAccess);
            }
            !is_out
        });
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        let registry = self.inside.registry.lock();
        registry.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Listens to one more stream, unless it does already; tells from where on.
    pub(super) fn add(&self, channel: Channel) -> Option<Position> {
        let mut registry = self.hub.lock();
        let position = registry.position;
        let line = registry.lines.get_mut(&self.number)?;
        if line
            .channels
            .iter()
            .any(|known| known.label == channel.label)
        {
            return None;
        }
        line.channels.push(channel);
        registry.roll = None;
        Some(position)
    }

    /// Listens to a stream no longer.
    pub(super) fn remove(&self, label: &str) {
        let mut registry = self.hub.lock();
        if let Some(line) = registry.lines.get_mut(&self.number) {
            line.channels.retain(|channel| &*channel.label != label);
        }
        registry.roll = None;
    }

    /// How many streams it listens to.
    pub(super) fn channels(&self) -> usize {
        let registry = self.hub.lock();
        let line = registry.lines.get(&self.number);
        line.map_or(0, |line| line.channels.len())
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut registry = self.hub.lock();
        if registry.lines.remove(&self.number).is_some() {
            registry.roll = None;
        }
        registry.seats = registry.seats.saturating_sub(1);
        give_back(&mut registry.accounts, &self.viewer);
        give_back(&mut registry.addresses, &self.address);
    }
}

fn give_back<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

fn unavailable(sentence: &'static str) -> ApiError {
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, sentence)
}

/// An address; of IPv6 its network, as whoever has one address there has all of them.
fn network_of(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => (address.to_bits() >> 64) << 64,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::ResponseError as _;

    use super::*;

    const CAPS: Caps = Caps {
        all: 4,
        per_account: 2,
        per_address: 3,
    };

    fn join(hub: &Hub, viewer: i64, address: &str) -> Result<Seat, u16> {
        let line = Line {
            viewer: AccountId(viewer),
            token: TokenId(viewer),
            style: Style::Events,
            channels: Vec::new(),
            mailbox: Arc::default(),
        };
        let joined = hub.join(line, address.parse().unwrap());
        joined
            .map(|(seat, _)| seat)
            .map_err(|error| error.status_code().as_u16())
    }

    #[test]
    fn there_are_never_too_many() {
        let hub = Hub::new(CAPS);
        let first = join(&hub, 1, "192.0.2.1").unwrap();
        let _second = join(&hub, 1, "192.0.2.2").unwrap();
        assert_eq!(join(&hub, 1, "192.0.2.3").err(), Some(429));
        let _third = join(&hub, 2, "2001:db8::1").unwrap();
        let _fourth = join(&hub, 3, "2001:db8::2").unwrap();
        assert_eq!(join(&hub, 4, "192.0.2.4").err(), Some(503));
        drop(first);
        assert_eq!(hub.count(), 3);
        let _fifth = join(&hub, 4, "2001:db8::3").unwrap();
        hub.close();
        assert_eq!(join(&hub, 5, "192.0.2.5").err(), Some(503));
    }

    #[test]
    fn one_network_is_one_address() {
        let hub = Hub::new(Caps { all: 9, ..CAPS });
        let seats: Vec<_> = (1..=3)
            .map(|number| join(&hub, number, &format!("2001:db8::{number}")).unwrap())
            .collect();
        assert_eq!(join(&hub, 9, "2001:db8::ffff").err(), Some(429));
        drop(seats);
        assert!(join(&hub, 9, "2001:db8::ffff").is_ok());
    }
}
