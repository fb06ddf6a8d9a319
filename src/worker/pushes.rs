//! Web Push: messages to push services, in a crew of their own so that a service that hangs holds up no other work, and a
//! few at a time to each host, so that it holds up no other service either.
//!
//! Endpoints are as good as passwords: the log names hosts.

use std::collections::HashMap;

use super::bell::Bell;
use super::crew::Crew;
use super::pauses;
use crate::api::render::{self, View};
use crate::clock::MINUTE;
use crate::id::PushId;
use crate::node::Node;
use crate::social::push::sending::{self, Answer, Found};
use crate::social::{self, Result};
use crate::store::push_subscriptions::Subscription;
use crate::store::pushes::Push;
use crate::store::{self, QueryResult, Trouble, Tx};

/// Messages under way at the same time.
const AT_ONCE: usize = 32;
/// Of these, messages to one host.
const TO_ONE_HOST: usize = 4;
/// How many that are due are looked at, to find some whose hosts have room.
const LOOKED_AT: i64 = 128;
/// How long a message belongs to whoever claimed it, in milliseconds: longer than any request takes.
const LEASE: i64 = 2 * MINUTE;

/// Sends messages whenever the bell rings, until it is time to stop; then lets those under way end.
pub(super) async fn run(node: Node, mut bell: Bell) {
    let mut desk = Desk::new(node);
    loop {
        if let Err(error) = desk.fill().await {
            store::report(&error, "pushes could not be claimed");
        }
        tokio::select! {
            Some((item, end)) = desk.crew.next() => desk.close(item, end).await,
            more = bell.ring() => {
                if !more {
                    break;
                }
                desk.may_have_more = true;
            }
        }
    }
    while desk.close_next().await {}
}

/// Sends every message that is due; gives how many were tried.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn work_off(node: &Node) -> QueryResult<usize> {
    let mut desk = Desk::new(node.clone());
    loop {
        desk.may_have_more = true;
        desk.fill().await?;
        if !desk.close_next().await {
            return Ok(desk.tried);
        }
    }
}

/// What became of a message.
enum End {
    Sent,
    Unwanted,
    /// Its subscription is of no use any more.
    Gone(Box<Subscription>, String),
    /// It is tried again, not before so many milliseconds.
    Later(Option<i64>, String),
    /// This node's own database stood in the way.
    Hindered,
}

/// A message in hand, and the host that it goes to.
struct InHand {
    push: Push,
    host: String,
}

/// The messages in hand.
struct Desk {
    node: Node,
    crew: Crew<InHand, End>,
    hosts: HashMap<String, usize>,
    may_have_more: bool,
    tried: usize,
}

impl Desk {
    fn new(node: Node) -> Self {
        Self {
            node,
            crew: Crew::new(),
            hosts: HashMap::new(),
            may_have_more: true,
            tried: 0,
        }
    }

    /// Takes more in hand, as long as there is room and something due that fits.
    async fn fill(&mut self) -> QueryResult<()> {
        while self.may_have_more && self.crew.len() < AT_ONCE {
            self.may_have_more = false;
            let full: Vec<String> = self
                .hosts
                .iter()
                .filter(|(_, count)| **count >= TO_ONE_HOST)
                .map(|(host, _)| host.clone())
                .collect();
            let now = self.node.clock.now();
            let look =
                move |conn: &mut store::Conn| store::pushes::list_due(conn, now, &full, LOOKED_AT);
            let due = self.node.db.read(look).await?;
            let room = AT_ONCE.saturating_sub(self.crew.len());
            let mut chosen = choose(&due, &self.hosts, room);
            if chosen.is_empty() {
                return Ok(());
            }
            let ids: Vec<PushId> = chosen.keys().copied().collect();
            let lease_end = now + LEASE;
            let claim = move |tx: &mut Tx| store::pushes::claim(tx, &ids, lease_end);
            for push in self.node.db.write_later(claim).await? {
                let Some(host) = chosen.remove(&push.id) else {
                    continue;
                };
                self.start(push, host);
            }
            self.may_have_more = true;
        }
        Ok(())
    }

    fn start(&mut self, push: Push, host: String) {
        *self.hosts.entry(host.clone()).or_default() += 1;
        let (node, mine) = (self.node.clone(), push.clone());
        let work = async move { send(&node, &mine).await };
        self.crew.start(InHand { push, host }, work);
    }

    /// Waits until one of those in hand comes to its end; false when there is none.
    async fn close_next(&mut self) -> bool {
        let Some((item, end)) = self.crew.next().await else {
            return false;
        };
        self.close(item, end).await;
        true
    }

    /// Writes what became of a message. If that cannot be done, it is sent once more when its lease ends.
    async fn close(&mut self, item: InHand, end: std::result::Result<End, String>) {
        let InHand { push, host } = item;
        if let Some(count) = self.hosts.get_mut(&host) {
            *count -= 1;
            if *count == 0 {
                self.hosts.remove(&host);
            }
        }
        self.tried += 1;
        let end = end.unwrap_or_else(|panic| End::Later(None, panic));
        // What was hindered is taken up again with the next ring of the bell.
        self.may_have_more |= !matches!(end, End::Hindered);
        note(&push, &host, &end);
        let now = self.node.clock.now();
        let write = move |tx: &mut Tx| record(tx, &push, &end, now);
        if let Err(error) = self.node.db.write_later(write).await {
            store::report(&error, "what became of a push could not be written");
        }
    }
}

/// Those of the due messages, with their hosts, that may be under way beside those to the hosts in `busy`.
fn choose(
    due: &[(PushId, String)],
    busy: &HashMap<String, usize>,
    room: usize,
) -> HashMap<PushId, String> {
    let mut busy = busy.clone();
    let mut chosen = HashMap::new();
    for (id, host) in due {
        let count = busy.entry(host.clone()).or_default();
        if chosen.len() < room && *count < TO_ONE_HOST {
            *count += 1;
            chosen.insert(*id, host.clone());
        }
    }
    chosen
}

fn note(push: &Push, host: &str, end: &End) {
    let (push, attempts) = (push.id.0, push.attempts);
    match end {
        End::Gone(_, reason) => {
            tracing::info!(host, reason, "a subscription to Web Push has ended");
        }
        End::Later(_, reason) => {
            tracing::info!(push, host, attempts, reason, "a push was not taken");
        }
        End::Sent | End::Unwanted | End::Hindered => {}
    }
}

fn record(tx: &mut Tx, push: &Push, end: &End, now: i64) -> QueryResult<()> {
    match end {
        End::Sent | End::Unwanted => store::pushes::finish(tx, push.id),
        End::Gone(subscription, _) => {
            let endpoint = &subscription.endpoint;
            store::push_subscriptions::delete_gone(tx, subscription.id, endpoint)?;
            store::pushes::finish(tx, push.id)
        }
        End::Later(wait, _) => match sending::due_after(push, *wait, now) {
            Some(due) => store::pushes::retry(tx, push, due, true),
            None => store::pushes::finish(tx, push.id),
        },
        End::Hindered => store::pushes::retry(tx, push, now + pauses::OF_TROUBLES, false),
    }
}

async fn send(node: &Node, push: &Push) -> End {
    match try_to_send(node, push).await {
        Ok(end) => end,
        Err(social::Error::Internal(error)) if Trouble::of(&error).is_some() => End::Hindered,
        Err(error) => End::Later(None, error.to_string()),
    }
}

async fn try_to_send(node: &Node, push: &Push) -> Result<End> {
    let (mine, view) = (push.clone(), View::of(node, None));
    let look = move |conn: &mut store::Conn| {
        let found = sending::find(conn, &mine, view.now)?;
        let text = match &found {
            Found::Parcel(parcel) => Some(render::push::message(conn, &view, parcel)?),
            _ => None,
        };
        Ok::<_, social::Error>((found, text))
    };
    let (parcel, text) = match node.db.read(look).await? {
        (Found::Parcel(parcel), Some(text)) => (parcel, text),
        (Found::Broken(subscription), _) => {
            let reason = "its token cannot be opened".to_owned();
            return Ok(End::Gone(Box::new(subscription), reason));
        }
        _ => return Ok(End::Unwanted),
    };
    let text =
        serde_json::to_vec(&text).map_err(|error| social::Error::Broken(error.to_string()))?;
    let (endpoint, message) = sending::wrap(node, &parcel, &text)?;
    let reply = node
        .http
        .post(&endpoint, &message.headers, message.body)
        .await;
    let reason = match &reply {
        Ok(reply) => format!("the push service answered {}", reply.status),
        Err(error) => error.to_string(),
    };
    Ok(match sending::meaning(&reply) {
        Answer::Taken => End::Sent,
        Answer::Gone => End::Gone(Box::new(parcel.subscription), reason),
        Answer::Later(wait) => End::Later(wait, reason),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_host_takes_the_room_of_others() {
        let slow = (0..100).map(|id| (PushId(id), "slow.test".to_owned()));
        let quick = (100..103).map(|id| (PushId(id), "quick.test".to_owned()));
        let due: Vec<_> = slow.chain(quick).collect();
        let count = |chosen: &HashMap<PushId, String>, wanted: &str| {
            chosen.values().filter(|host| *host == wanted).count()
        };
        for (busy, room, expected) in [
            (&[][..], 32, (4, 3)),
            (&[("slow.test", 3)], 32, (1, 3)),
            (&[("slow.test", 4)], 32, (0, 3)),
            (&[("slow.test", 4), ("quick.test", 2)], 32, (0, 2)),
            (&[], 5, (4, 1)),
            (&[], 0, (0, 0)),
        ] {
            let busy = busy
                .iter()
                .map(|(host, count)| ((*host).to_owned(), *count));
            let chosen = choose(&due, &busy.collect(), room);
            let counts = (count(&chosen, "slow.test"), count(&chosen, "quick.test"));
            assert_eq!(counts, expected, "{room}");
        }
    }
}
