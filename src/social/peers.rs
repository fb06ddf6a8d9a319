//! Other servers, for whoever looks after the node: how each does, and what is decided about it.

use std::collections::HashMap;

use super::staff::By;
use super::{Error, Result};
use crate::clock::MINUTE;
use crate::id::made_at;
use crate::node::Node;
use crate::store::peer_health::{self, Backlog, Chosen, Health};
use crate::store::{Conn, QueryResult, Tx, outcomes, peers};
use crate::text::spans::in_words;

/// A peer that takes deliveries is slow when something waits for it for longer than this, in milliseconds.
pub const SLOW_AFTER: i64 = 5 * MINUTE;
/// Domains that everybody is shown.
const MOST_DOMAINS: i64 = 10_000;
/// Deliveries that one write drops at most.
const DROPPED_AT_ONCE: i64 = 500;
/// What people are told of a delivery that was dropped.
const DROPPED: &str = "dropped by an administrator";

/// How a peer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It takes deliveries, as far as is known.
    Up,
    /// It takes them, but something waits for long.
    Slow,
    /// It takes none at the moment.
    Down,
    /// It is sent nothing, and not tried, until an administrator says so.
    Paused,
}

impl State {
    /// The word that stands for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Slow => "slow",
            Self::Down => "down",
            Self::Paused => "paused",
        }
    }
}

/// The words by which lists of peers are narrowed, and what they mean.
pub const FILTERS: [(&str, Chosen); 5] = [
    ("up", Chosen::Up),
    ("down", Chosen::Down),
    ("slow", Chosen::Slow),
    ("paused", Chosen::Paused),
    ("backlog", Chosen::WithBacklog),
];

/// Which peers a word means; an empty one means all.
///
/// # Errors
/// [`Error::Invalid`] that names the words.
pub fn filter_of(word: &str) -> Result<Chosen> {
    if word.is_empty() {
        return Ok(Chosen::All);
    }
    let found = FILTERS.iter().find(|(known, _)| *known == word);
    found.map(|(_, chosen)| *chosen).ok_or_else(|| {
        let words = FILTERS.map(|(known, _)| known).join(", ");
        Error::invalid(format!("The state must be one of {words}"))
    })
}

/// A peer, what waits for it, and how it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// What is known of it.
    pub health: Health,
    /// What waits for it.
    pub backlog: Backlog,
    /// How it does.
    pub state: State,
}

impl Peer {
    fn new(health: Health, backlog: Backlog, now: i64) -> Self {
        let waits_since = backlog.oldest.map(|id| made_at(id.0));
        let state = if health.paused_at.is_some() {
            State::Paused
        } else if health.next_probe_at.is_some() {
            State::Down
        } else if waits_since.is_some_and(|since| since < now - SLOW_AFTER) {
            State::Slow
        } else {
            State::Up
        };
        Self {
            health,
            backlog,
            state,
        }
    }

    /// Since when the oldest document waits for it, in milliseconds.
    #[must_use]
    pub fn waits_since(&self) -> Option<i64> {
        self.backlog.oldest.map(|id| made_at(id.0))
    }

    /// How it does at the instant `now` (milliseconds), in words.
    #[must_use]
    pub fn in_words(&self, now: i64) -> String {
        let health = &self.health;
        let mut words = match self.state {
            State::Up if self.backlog.deliveries == 0 => "takes deliveries".to_owned(),
            State::Up => "is being sent what waits".to_owned(),
            State::Slow => {
                let since = self.waits_since().unwrap_or(now);
                format!("takes deliveries, but is {} behind", in_words(now - since))
            }
            State::Paused => {
                let since = health.paused_at.unwrap_or(now);
                format!(
                    "paused {} ago: nothing is sent to it, what is for it waits",
                    in_words(now - since)
                )
            }
            State::Down => {
                let since = health.down_since.unwrap_or(now);
                let next = health.next_probe_at.unwrap_or(now);
                let next = if next > now {
                    format!("next try in {}", in_words(next - now))
                } else {
                    "next try now".to_owned()
                };
                format!("has taken nothing for {}; {next}", in_words(now - since))
            }
        };
        if let Some(error) = health.last_error.as_ref().filter(|_| self.is_troubled()) {
            words.push_str("; last error: ");
            words.push_str(error);
        }
        words
    }

    fn is_troubled(&self) -> bool {
        self.health.down_since.is_some()
    }
}

/// A part of the list of peers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The peers, by domain.
    pub peers: Vec<Peer>,
    /// The domain after which the list goes on, when there is more.
    pub next: Option<String>,
}

/// Which part of the list of peers is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Which peers.
    pub chosen: Chosen,
    /// Only those after this domain.
    pub after: String,
    /// How many at most.
    pub limit: i64,
}

/// Peers by domain.
///
/// # Errors
/// [`Error::NotFound`] for people outside the staff.
pub async fn list(node: &Node, by: By, wanted: Wanted) -> Result<Listing> {
    by.check_look()?;
    let now = node.clock.now();
    let limit = wanted.limit.max(1);
    let read = move |conn: &mut Conn| -> QueryResult<Listing> {
        let Wanted { chosen, after, .. } = wanted;
        let after = after.to_lowercase();
        let mut found = peer_health::list(conn, chosen, now - SLOW_AFTER, &after, limit + 1)?;
        let has_more = i64::try_from(found.len()).is_ok_and(|rows| rows > limit);
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let peers = with_backlogs(conn, found, now)?;
        let last = peers.last().map(|peer| peer.health.domain.clone());
        let next = last.filter(|_| has_more);
        Ok(Listing { peers, next })
    };
    Ok(node.db.read(read).await?)
}

fn with_backlogs(conn: &mut Conn, found: Vec<Health>, now: i64) -> QueryResult<Vec<Peer>> {
    let ids: Vec<i64> = found.iter().map(|health| health.id).collect();
    let backlogs: HashMap<i64, Backlog> = peer_health::list_backlogs(conn, &ids)?
        .into_iter()
        .collect();
    let peer = |health: Health| {
        let backlog = backlogs.get(&health.id).copied().unwrap_or_default();
        Peer::new(health, backlog, now)
    };
    Ok(found.into_iter().map(peer).collect())
}

/// One peer.
///
/// # Errors
/// [`Error::NotFound`] if nothing was ever exchanged with it, and for people outside the staff.
pub async fn show(node: &Node, by: By, domain: &str) -> Result<Peer> {
    by.check_look()?;
    let (domain, now) = (domain.to_lowercase(), node.clock.now());
    node.db
        .read(move |conn| {
            let health = peer_health::find(conn, &domain)?.ok_or(Error::NotFound)?;
            let mut found = with_backlogs(conn, vec![health], now)?;
            found.pop().ok_or(Error::NotFound)
        })
        .await
}

/// The domains of known servers that begin so, for everybody: at most 10,000.
///
/// # Errors
/// Only of the database.
pub async fn list_domains(node: &Node, beginning: String) -> Result<Vec<String>> {
    let bans = node.bans.get();
    let read = move |conn: &mut Conn| peers::list_domains(conn, &beginning, MOST_DOMAINS);
    let mut found = node.db.read(read).await?;
    // With whom the node does not talk, it is not connected.
    found.retain(|domain| !bans.bars(domain));
    Ok(found)
}

/// What can be decided about a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// To try it at once; ends its pause.
    Retry,
    /// To send it nothing and not to try it; what is for it waits.
    Pause,
    /// To go on after a pause; it is tried when it would have been.
    Resume,
    /// To drop what waits for it, and to begin with it anew.
    Forget,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Self; 4] = [Self::Retry, Self::Pause, Self::Resume, Self::Forget];

    /// The word that stands for it in addresses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Forget => "forget",
        }
    }

    /// The decision that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|decision| decision.word() == word)
    }
}

/// Decides about a peer and gives it as it is then. Doing it twice is no error.
///
/// # Errors
/// [`Error::NotFound`] if nothing was ever exchanged with it, and for people outside the staff; [`Error::Forbidden`] for
/// moderators.
pub async fn decide(node: &Node, by: By, domain: &str, decision: Decision) -> Result<Peer> {
    by.check_act()?;
    let id = show(node, by, domain).await?.health.id;
    if decision == Decision::Forget {
        drop_backlog(node, id).await?;
    }
    let carry_out = move |tx: &mut Tx| match decision {
        Decision::Retry => peer_health::retry(tx, id),
        Decision::Pause => peer_health::pause(tx, id),
        Decision::Resume => peer_health::resume(tx, id),
        Decision::Forget => peer_health::reset(tx, id),
    };
    node.db.write(carry_out).await?;
    tracing::info!(
        peer = domain,
        decision = decision.word(),
        ?by,
        "decided about a peer"
    );
    show(node, by, domain).await
}

/// In several writes, so that others do not wait for a long backlog.
async fn drop_backlog(node: &Node, peer: i64) -> Result<()> {
    loop {
        let drop = move |tx: &mut Tx| outcomes::drop_backlog(tx, peer, DROPPED, DROPPED_AT_ONCE);
        if node.db.write(drop).await? == 0 {
            return Ok(());
        }
    }
}
