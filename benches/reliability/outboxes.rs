//! Peers that keep their posts in outboxes like those of Mastodon, and do not deliver them: they gave up on a node
//! that was away.
//!
//! An outbox is a root and pages of twenty, newest first, that go on by `max_id` and `min_id`. It holds Creates and
//! Announces; what is for followers only is among them for a GET that a follower has signed, and for nobody else.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use whimbrel::clock::{self, Clock};
use whimbrel::federation::signatures::requests::SignedRequest;
use whimbrel::federation::signatures::verify::check;
use whimbrel::keys::actors::VerifyingKey;

use crate::shared::people::PUBLIC;
use crate::shared::sinks::{CONTEXT, Sinks};
use crate::shared::sites::{Reply, Request};

/// Entries of a page.
const PAGE: usize = 20;
/// Who is boosted, on every host; nobody follows them.
pub const STRANGER: &str = "zoe";

/// What may be in an outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A note for everybody.
    Public,
    /// A note for followers.
    Private,
    /// A boost of a note of somebody else on the same host.
    Boost,
}

/// One entry.
#[derive(Clone, Debug)]
struct Entry {
    id: u64,
    kind: Kind,
    published: i64,
}

/// The outboxes of the actors of some sinks.
pub struct Outboxes {
    clock: Clock,
    follower: String,
    key: VerifyingKey,
    /// By actor, oldest first.
    entries: Mutex<HashMap<String, Vec<Entry>>>,
    /// GETs of anything.
    pub requests: AtomicUsize,
    /// GETs of outboxes and their pages that a follower had signed.
    pub signed: AtomicUsize,
}

impl Outboxes {
    /// Adds outboxes to sinks. `follower` follows everybody there and signs with `key`.
    pub fn add_to(sinks: &Sinks, clock: &Clock, follower: &str, key: VerifyingKey) -> Arc<Self> {
        let outboxes = Arc::new(Self {
            clock: clock.clone(),
            follower: follower.to_owned(),
            key,
            entries: Mutex::default(),
            requests: AtomicUsize::new(0),
            signed: AtomicUsize::new(0),
        });
        let inside = outboxes.clone();
        sinks.show_also(move |request| inside.show(request));
        outboxes
    }

    /// Adds an entry; gives back the id of its note or, of a boost, of its Announce, and the activity.
    pub fn publish(&self, actor: &str, kind: Kind) -> (String, Value) {
        let mut all = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entries = all.entry(actor.to_owned()).or_default();
        let entry = Entry {
            id: 1_000 + entries.len() as u64,
            kind,
            published: self.clock.now(),
        };
        entries.push(entry.clone());
        let activity = activity(actor, &entry);
        let id = match kind {
            Kind::Boost => activity["id"].as_str(),
            _ => activity["object"]["id"].as_str(),
        };
        (id.unwrap().to_owned(), activity)
    }

    fn show(&self, request: &Request) -> Option<Reply> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let origin = format!("http://{}", request.host());
        let (path, query) = request
            .target()
            .split_once('?')
            .unwrap_or((request.target(), ""));
        let document = match path.strip_prefix("/users/")?.split_once('/')? {
            (name, "outbox") => {
                let actor = format!("{origin}/users/{name}");
                self.outbox(&actor, query, self.is_follower(request))
            }
            (name, rest) => {
                let id: u64 = rest.strip_prefix("statuses/")?.parse().ok()?;
                let actor = format!("{origin}/users/{name}");
                self.note(&actor, id, self.is_follower(request))?
            }
        };
        let kind = "application/activity+json";
        Some(Reply::Answer(200, kind, document.to_string()))
    }

    /// Whether the GET carries the signature of the follower, over this request and at this time.
    fn is_follower(&self, request: &Request) -> bool {
        let headers: Vec<(&str, &str)> = request
            .head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name, value.trim()))
            .collect();
        let origin = format!("http://{}", request.host());
        let asked = SignedRequest {
            method: request.method(),
            path_and_query: request.target(),
            headers: &headers,
            body: None,
            origin: &origin,
            now: self.clock.now(),
        };
        let Ok(unverified) = check(&asked) else {
            return false;
        };
        let is_theirs = unverified.key_id().starts_with(&self.follower);
        is_theirs && unverified.verify(&self.key).is_ok()
    }

    fn outbox(&self, actor: &str, query: &str, is_follower: bool) -> Value {
        self.signed
            .fetch_add(usize::from(is_follower), Ordering::SeqCst);
        let outbox = format!("{actor}/outbox");
        let all = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entries: Vec<Entry> = all.get(actor).cloned().unwrap_or_default();
        drop(all);
        if !query.contains("page=true") {
            return json!({
                "@context": CONTEXT, "id": outbox, "type": "OrderedCollection", "totalItems": entries.len(),
                "first": format!("{outbox}?page=true"), "last": format!("{outbox}?min_id=0&page=true"),
            });
        }
        let bound = |name: &str| {
            url::form_urlencoded::parse(query.as_bytes())
                .find(|(key, _)| key == name)
                .and_then(|(_, value)| value.parse::<u64>().ok())
        };
        let (max, min) = (bound("max_id"), bound("min_id"));
        let mut shown: Vec<&Entry> = entries
            .iter()
            .filter(|entry| is_follower || entry.kind != Kind::Private)
            .filter(|entry| max.is_none_or(|max| entry.id < max))
            .filter(|entry| min.is_none_or(|min| entry.id > min))
            .collect();
        if min.is_none() {
            // From the newest down; with `min_id` it is from the oldest up.
            shown.reverse();
        }
        shown.truncate(PAGE);
        shown.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.id));
        let mut page = json!({
            "@context": CONTEXT, "id": format!("{outbox}?{query}"), "type": "OrderedCollectionPage", "partOf": outbox,
            "orderedItems": shown.iter().map(|entry| activity(actor, entry)).collect::<Vec<_>>(),
        });
        if let (Some(first), Some(last)) = (shown.first(), shown.last()) {
            page["prev"] = json!(format!("{outbox}?min_id={}&page=true", first.id));
            if shown.len() == PAGE {
                page["next"] = json!(format!("{outbox}?max_id={}&page=true", last.id));
            }
        }
        page
    }

    fn note(&self, actor: &str, id: u64, is_follower: bool) -> Option<Value> {
        if actor.ends_with(STRANGER) {
            let entry = Entry {
                id,
                kind: Kind::Public,
                published: self.clock.now() - clock::DAY,
            };
            return Some(activity(actor, &entry)["object"].clone());
        }
        let all = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = all.get(actor)?.iter().find(|entry| entry.id == id)?;
        if entry.kind == Kind::Private && !is_follower {
            return None;
        }
        Some(activity(actor, entry)["object"].clone())
    }
}

fn activity(actor: &str, entry: &Entry) -> Value {
    let when = clock::to_rfc3339(entry.published);
    let id = format!("{actor}/statuses/{}", entry.id);
    let followers = format!("{actor}/followers");
    if entry.kind == Kind::Boost {
        let host = actor.split("/users/").next().unwrap_or_default();
        let boosted = format!("{host}/users/{STRANGER}/statuses/{}", entry.id);
        return json!({
            "@context": CONTEXT, "id": format!("{id}/activity"), "type": "Announce", "actor": actor,
            "published": when, "to": [PUBLIC], "cc": [followers], "object": boosted,
        });
    }
    let (to, cc) = match entry.kind {
        Kind::Private => (json!([followers]), json!([])),
        _ => (json!([PUBLIC]), json!([followers])),
    };
    let note = json!({
        "@context": CONTEXT, "id": id, "type": "Note", "attributedTo": actor, "published": when, "to": to, "cc": cc,
        "url": id, "content": format!("<p>number {} of somebody with a full outbox</p>", entry.id),
    });
    json!({
        "@context": CONTEXT, "id": format!("{id}/activity"), "type": "Create", "actor": actor, "published": when,
        "to": to, "cc": cc, "object": note,
    })
}
