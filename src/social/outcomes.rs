//! What became of a post at each server that it concerns: who has it, who does not yet and why. For its author and the
//! staff.

use std::collections::{BTreeMap, HashMap};

use super::staff::By;
use super::{Error, Result, visibility};
use crate::id::{AccountId, ActivityId, InboxId, StatusId, made_at};
use crate::store::outcomes::{self, Mark, Outcome, Waiting};
use crate::store::peer_health::{self, Health};
use crate::store::statuses::Status;
use crate::store::{self, Conn, OutcomeState, QueryResult};
use crate::text::spans::in_words;

/// How far a post has come at one server. A server with several inboxes is as far as the one that lacks most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Something newer took its place before it was sent.
    Superseded,
    /// The server has it.
    Delivered,
    /// It waited for longer than deliveries are kept.
    Expired,
    /// It was given up: the server refused it for good, or an administrator dropped it.
    Refused,
    /// It waits.
    Pending,
}

impl State {
    /// Every state, the one that people care for most first.
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Refused,
        Self::Expired,
        Self::Delivered,
        Self::Superseded,
    ];

    /// The word that stands for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Superseded => "superseded",
            Self::Delivered => "delivered",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Pending => "pending",
        }
    }

    /// The state that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    fn of(ended: Option<OutcomeState>) -> Self {
        match ended {
            None => Self::Pending,
            Some(OutcomeState::Taken) => Self::Delivered,
            Some(OutcomeState::Refused) => Self::Refused,
            Some(OutcomeState::Expired) => Self::Expired,
            Some(OutcomeState::Superseded) => Self::Superseded,
        }
    }
}

/// How many servers are how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// All servers that the post was meant for.
    pub hosts: usize,
    /// Those that have it.
    pub delivered: usize,
    /// Those that do not have it yet.
    pub pending: usize,
    /// Those for which it was given up.
    pub refused: usize,
    /// Those that did not take it in time.
    pub expired: usize,
    /// Those that were told something newer instead.
    pub superseded: usize,
}

impl Totals {
    fn count(states: impl Iterator<Item = State>) -> Self {
        let mut totals = Self::default();
        for state in states {
            totals.hosts += 1;
            *match state {
                State::Superseded => &mut totals.superseded,
                State::Delivered => &mut totals.delivered,
                State::Expired => &mut totals.expired,
                State::Refused => &mut totals.refused,
                State::Pending => &mut totals.pending,
            } += 1;
        }
        totals
    }
}

impl Totals {
    /// The same in one line: `Delivered to 12 of 14 servers · 2 waiting`.
    #[must_use]
    pub fn in_words(&self) -> String {
        if self.hosts == 0 {
            return "Not sent to other servers, or too long ago to be remembered".to_owned();
        }
        let servers = if self.hosts == 1 { "server" } else { "servers" };
        let mut words = format!(
            "Delivered to {} of {} {servers}",
            self.delivered, self.hosts
        );
        for (number, what) in [
            (self.pending, "waiting"),
            (self.refused, "refused"),
            (self.expired, "expired"),
            (self.superseded, "superseded"),
        ] {
            if number > 0 {
                words.push_str(" · ");
                words.push_str(&number.to_string());
                words.push(' ');
                words.push_str(what);
            }
        }
        words
    }
}

/// How far a post has come at one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its domain.
    pub domain: String,
    /// How far.
    pub state: State,
    /// Since when that is so, in milliseconds: when it was taken or given up, or since when it waits.
    pub at: i64,
    /// Why it was given up.
    pub reason: Option<String>,
    /// Inboxes of this server that the post was meant for.
    pub inboxes: usize,
    /// How often the server said no to what waits, while it took other things.
    pub refusals: i64,
    /// Until when what waits is set aside, in milliseconds.
    pub set_aside_until: Option<i64>,
    /// The server, while something waits for it.
    pub peer: Option<Health>,
}

impl Host {
    /// Why it is as it is at the instant `now` (milliseconds), in words; empty where there is nothing to say.
    #[must_use]
    pub fn why(&self, now: i64) -> String {
        let Some(peer) = &self.peer else {
            return self.reason.clone().unwrap_or_default();
        };
        if peer.paused_at.is_some() {
            return "an administrator has paused this server".to_owned();
        }
        let mut parts = Vec::new();
        if let Some(since) = peer.down_since {
            parts.push(format!("takes nothing for {}", in_words(now - since)));
        }
        if self.refusals > 0 {
            let times = if self.refusals == 1 { "time" } else { "times" };
            parts.push(format!("refused {} {times}", self.refusals));
        }
        let next = peer.next_probe_at.or(self.set_aside_until);
        if let Some(next) = next.filter(|next| *next > now) {
            parts.push(format!("next try in {}", in_words(next - now)));
        }
        if let Some(error) = peer
            .last_error
            .as_ref()
            .filter(|_| peer.down_since.is_some())
        {
            parts.push(format!("last error: {error}"));
        }
        parts.join("; ")
    }
}

/// What became of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcomes {
    /// The post.
    pub status: Status,
    /// How many servers are how far.
    pub totals: Totals,
    /// A part of the servers, by domain.
    pub hosts: Vec<Host>,
    /// The domain after which the list goes on, when there is more.
    pub next: Option<String>,
}

/// Which servers are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Only those that are so far.
    pub state: Option<State>,
    /// Only those after this domain.
    pub after: String,
    /// How many at most.
    pub limit: usize,
}

/// The post of this node with this id, for somebody who may know what became of it.
///
/// # Errors
/// [`Error::NotFound`] if there is no such post here, and for everybody but its author and those of the staff who may
/// see the post itself.
pub fn find(conn: &mut Conn, viewer: AccountId, by: By, id: StatusId) -> Result<Status> {
    let status = find_any(conn, id)?;
    if status.account_id != viewer && !by.may_look() {
        return Err(Error::NotFound);
    }
    visibility::find_visible(conn, Some(viewer), id)
}

/// The post of this node with this id.
///
/// # Errors
/// [`Error::NotFound`] if there is none.
pub fn find_any(conn: &mut Conn, id: StatusId) -> Result<Status> {
    let found = store::statuses::find(conn, id)?;
    found
        .filter(|status| status.is_local)
        .ok_or(Error::NotFound)
}

/// How many servers are how far with this post.
///
/// # Errors
/// Whatever the database says.
pub fn count(conn: &mut Conn, status: &Status) -> QueryResult<Totals> {
    let ids = list_messages(conn, status)?;
    let servers = fold(&outcomes::list_marks(conn, &ids)?);
    Ok(Totals::count(servers.values().map(|server| server.state)))
}

/// What became of this post, with a part of the servers that it concerns at the instant `now` (milliseconds).
///
/// # Errors
/// Whatever the database says.
pub fn show(conn: &mut Conn, status: Status, wanted: &Wanted, now: i64) -> QueryResult<Outcomes> {
    let ids = list_messages(conn, &status)?;
    let servers = fold(&outcomes::list_marks(conn, &ids)?);
    let totals = Totals::count(servers.values().map(|server| server.state));
    let mut page: Vec<(&String, &Server)> = servers
        .iter()
        .filter(|(domain, _)| domain.as_str() > wanted.after.as_str())
        .filter(|(_, server)| wanted.state.is_none_or(|state| server.state == state))
        .take(wanted.limit.saturating_add(1))
        .collect();
    let has_more = page.len() > wanted.limit;
    page.truncate(wanted.limit);
    let next = page.last().map(|(domain, _)| (*domain).clone());
    let hosts = detail(conn, &ids, &page, now)?;
    Ok(Outcomes {
        status,
        totals,
        hosts,
        next: next.filter(|_| has_more),
    })
}

/// The documents that carried this post, or this boost.
fn list_messages(conn: &mut Conn, status: &Status) -> QueryResult<Vec<ActivityId>> {
    let original = match status.boost_of_id {
        Some(original) => store::statuses::find(conn, original)?,
        None => None,
    };
    let (about, kinds): (&str, &[&str]) = match &original {
        Some(original) => (&original.uri, &["Announce"]),
        None => (&status.uri, &["Create", "Update"]),
    };
    let author = status.account_id;
    let messages = outcomes::list_messages(conn, author, about, kinds, status.created_at)?;
    Ok(messages.into_iter().map(|message| message.id).collect())
}

/// How far a post has come at one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Server {
    peer: i64,
    state: State,
    inboxes: usize,
}

/// Puts the marks of several documents together, by domain. At each inbox the newest document counts that is not
/// superseded, unless an older one still waits.
fn fold(marks: &[Mark]) -> BTreeMap<String, Server> {
    let mut inboxes: HashMap<(i64, InboxId), (State, ActivityId, &Mark)> = HashMap::new();
    for mark in marks {
        let (state, age) = (State::of(mark.state), mark.activity_id);
        let rank = |state: State, age: ActivityId| match state {
            State::Superseded => (0, age),
            State::Pending => (2, age),
            _ => (1, age),
        };
        let place = (mark.peer_id, mark.inbox_id);
        let known = inboxes.entry(place).or_insert((state, age, mark));
        if rank(state, age) > rank(known.0, known.1) {
            *known = (state, age, mark);
        }
    }
    let mut servers: BTreeMap<String, Server> = BTreeMap::new();
    for (state, _, mark) in inboxes.into_values() {
        let server = servers.entry(mark.domain.clone()).or_insert(Server {
            peer: mark.peer_id,
            state,
            inboxes: 0,
        });
        server.state = server.state.max(state);
        server.inboxes += 1;
    }
    servers
}

fn detail(
    conn: &mut Conn,
    ids: &[ActivityId],
    page: &[(&String, &Server)],
    now: i64,
) -> QueryResult<Vec<Host>> {
    let peers: Vec<i64> = page.iter().map(|(_, server)| server.peer).collect();
    let ended = outcomes::list(conn, ids, &peers)?;
    let waiting = outcomes::list_waiting(conn, ids, &peers)?;
    let healths = peer_health::list_by_id(conn, &peers)?;
    let host = |(domain, server): &(&String, &Server)| {
        let health = healths.iter().find(|health| health.id == server.peer);
        if server.state == State::Pending {
            pending(domain, server, &waiting, health, now)
        } else {
            done(domain, server, &ended)
        }
    };
    Ok(page.iter().map(host).collect())
}

fn pending(
    domain: &str,
    server: &Server,
    waiting: &[Waiting],
    health: Option<&Health>,
    now: i64,
) -> Host {
    let own = || waiting.iter().filter(|row| row.peer_id == server.peer);
    let since = own().map(|row| made_at(row.activity_id.0)).min();
    let until = own().map(|row| row.due_at).max();
    Host {
        domain: domain.to_owned(),
        state: server.state,
        at: since.unwrap_or(now),
        reason: None,
        inboxes: server.inboxes,
        refusals: own().map(|row| row.refusals).max().unwrap_or(0),
        set_aside_until: until.filter(|until| *until > now),
        peer: health.cloned(),
    }
}

fn done(domain: &str, server: &Server, ended: &[Outcome]) -> Host {
    let is_it = |outcome: &&Outcome| {
        outcome.peer_id == server.peer && State::of(Some(outcome.state)) == server.state
    };
    let last = ended.iter().filter(is_it).max_by_key(|outcome| outcome.at);
    Host {
        domain: domain.to_owned(),
        state: server.state,
        at: last.map_or(0, |outcome| outcome.at),
        reason: last.and_then(|outcome| outcome.reason.clone()),
        inboxes: server.inboxes,
        refusals: 0,
        set_aside_until: None,
        peer: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(activity: i64, inbox: i64, domain: &str, state: Option<OutcomeState>) -> Mark {
        Mark {
            activity_id: ActivityId(activity),
            inbox_id: InboxId(inbox),
            peer_id: i64::from(domain.as_bytes()[0]),
            domain: domain.to_owned(),
            state,
        }
    }

    #[test]
    fn a_server_is_as_far_as_its_inbox_that_lacks_most() {
        use OutcomeState::{Expired, Refused, Superseded, Taken};
        for (marks, state, inboxes) in [
            (vec![(1, 1, Some(Taken))], State::Delivered, 1),
            (vec![(1, 1, None)], State::Pending, 1),
            (vec![(1, 1, Some(Taken)), (1, 2, None)], State::Pending, 2),
            (
                vec![(1, 1, Some(Taken)), (1, 2, Some(Refused))],
                State::Refused,
                2,
            ),
            // An edit that has arrived says more than what came before it.
            (
                vec![(2, 1, Some(Taken)), (1, 1, Some(Refused))],
                State::Delivered,
                1,
            ),
            (
                vec![(1, 1, Some(Taken)), (2, 1, Some(Expired))],
                State::Expired,
                1,
            ),
            (vec![(1, 1, None), (2, 1, Some(Taken))], State::Pending, 1),
            // What gave way to something newer counts only while that is all there is.
            (
                vec![(1, 1, Some(Taken)), (2, 1, Some(Superseded))],
                State::Delivered,
                1,
            ),
            (vec![(1, 1, Some(Superseded))], State::Superseded, 1),
        ] {
            let given: Vec<Mark> = marks
                .iter()
                .map(|(activity, inbox, state)| mark(*activity, *inbox, "a.test", *state))
                .collect();
            let servers = fold(&given);
            let server = servers["a.test"];
            assert_eq!(
                (server.state, server.inboxes),
                (state, inboxes),
                "{marks:?}"
            );
        }
    }

    #[test]
    fn servers_are_counted_once_each_by_state() {
        let marks = [
            mark(1, 1, "b.test", Some(OutcomeState::Taken)),
            mark(1, 2, "a.test", None),
            mark(1, 3, "c.test", Some(OutcomeState::Taken)),
            mark(1, 4, "c.test", Some(OutcomeState::Taken)),
        ];
        let servers = fold(&marks);
        let domains: Vec<&String> = servers.keys().collect();
        assert_eq!(domains, ["a.test", "b.test", "c.test"]);
        let totals = Totals::count(servers.values().map(|server| server.state));
        let expected = Totals {
            hosts: 3,
            delivered: 2,
            pending: 1,
            ..Totals::default()
        };
        assert_eq!(totals, expected);
    }
}
