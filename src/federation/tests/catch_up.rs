//! Pulling from peers that are unlike this node: outboxes of names, pages of others, and peers that want a rest.

use serde_json::{Value, json};

use super::peers::{ACTIVITY, Canned, Peer, Person};
use super::support::TestNode;
use crate::clock::{DAY, SECOND};
use crate::federation::catch_up::{Pace, claim, visit};
use crate::social::absences::{self, Report};
use crate::store::absences::Host;
use crate::store::{self, AbsenceState};

/// Somebody on the peer who has an outbox and is followed from here; the peer is to be asked for the last day.
async fn followed(node: &TestNode, peer: &Peer) -> Person {
    let bob = peer.person("bob");
    let mut actor = bob.actor();
    actor["outbox"] = format!("{}/outbox", bob.id).into();
    peer.show("/users/bob", &actor);
    let ann = node.add_person("ann").await;
    node.follow(ann.id, &bob).await;
    let since = node.clock.now() - DAY;
    let plan = move |tx: &mut store::Tx<'_>| {
        let id = absences::ask(tx, since, None)?;
        absences::plan(tx, id, 10)
    };
    node.db.write(plan).await.unwrap();
    bob
}

/// Asks whoever is due.
async fn ask(node: &TestNode) -> Vec<Host> {
    let due = claim(node, 10).await.unwrap();
    for host in &due {
        visit(node, host, Pace::Brisk, || false).await.unwrap();
    }
    due
}

async fn report(node: &TestNode) -> Report {
    node.db.read(absences::latest).await.unwrap().unwrap()
}

fn collection(peer: &Peer, path: &str, more: &Value) {
    let mut page = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": peer.at(path),
        "type": "OrderedCollectionPage",
    });
    for (key, value) in more.as_object().unwrap() {
        page[key] = value.clone();
    }
    peer.show(path, &page);
}

#[tokio::test]
async fn names_are_fetched_and_nobody_speaks_for_others() {
    let node = TestNode::start_with_actor().await;
    let (peer, other) = (Peer::start(), Peer::named("other.localhost"));
    let bob = followed(&node, &peer).await;
    let eve = other.person("eve");
    let named = bob.note_document("named", "only named");
    peer.show("/users/bob/notes/named", &named);
    let mut old = bob.note("old", "long ago");
    old["published"] = "2026-08-01T11:00:00Z".into();
    collection(
        &peer,
        "/users/bob/outbox",
        &json!({"type": "OrderedCollection", "first": peer.at("/users/bob/outbox?limit=2")}),
    );
    collection(
        &peer,
        "/users/bob/outbox?limit=2",
        &json!({
            "next": peer.at("/users/bob/outbox?limit=2&max=1"),
            "orderedItems": [
                bob.does("Create", "c1", &named["id"]),
                bob.does("Create", "c2", &bob.note("inline", "as it stands")),
                eve.note("forged", "never said"),
                peer.at("/users/bob/notes/gone"),
            ],
        }),
    );
    collection(
        &peer,
        "/users/bob/outbox?limit=2&max=1",
        &json!({
            "next": peer.at("/users/bob/outbox?limit=2&max=0"),
            "orderedItems": [bob.does("Create", "c0", &old)],
        }),
    );
    ask(&node).await;
    for (name, is_there) in [
        ("named", true),
        ("inline", true),
        ("old", false),
        ("gone", false),
    ] {
        let found = node.status_at(&format!("{}/notes/{name}", bob.id)).await;
        assert_eq!(found.is_some(), is_there, "{name}");
    }
    assert!(
        node.status_at(&format!("{}/notes/forged", eve.id))
            .await
            .is_none()
    );
    let asked = peer.asked();
    assert!(
        !asked.contains(&"/users/bob/outbox?limit=2&max=0".to_owned()),
        "{asked:?}"
    );
    let done = report(&node).await.absence;
    // The root, two pages, what is named, what is gone.
    assert_eq!(
        (done.state, done.recovered, done.requests),
        (AbsenceState::Done, 2, 5)
    );
}

#[tokio::test]
async fn a_peer_that_wants_a_rest_gets_it() {
    let node = TestNode::start_with_actor().await;
    let peer = Peer::start();
    let bob = followed(&node, &peer).await;
    peer.answer(
        "/users/bob/outbox",
        Canned {
            status: 429,
            // The header goes out behind this one.
            content_type: "text/plain\r\nRetry-After: 90".to_owned(),
            location: None,
            body: String::new(),
        },
    );
    assert_eq!(ask(&node).await.len(), 1);
    node.clock.advance(89 * SECOND);
    assert_eq!(ask(&node).await, [], "it is left alone");
    assert_eq!(
        peer.asked()
            .iter()
            .filter(|path| path.ends_with("/outbox"))
            .count(),
        1
    );
    let whole = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": peer.at("/users/bob/outbox"),
        "type": "OrderedCollection",
        "orderedItems": [bob.does("Create", "c", &bob.note("late", "at last"))],
    });
    peer.show_as("/users/bob/outbox", ACTIVITY, &whole);
    node.clock.advance(SECOND);
    assert_eq!(ask(&node).await.len(), 1);
    assert!(
        node.status_at(&format!("{}/notes/late", bob.id))
            .await
            .is_some()
    );
    assert_eq!(report(&node).await.absence.state, AbsenceState::Done);
}

#[tokio::test]
async fn a_peer_is_asked_only_so_often() {
    let node = TestNode::start_with_actor().await;
    let peer = Peer::start();
    followed(&node, &peer).await;
    // A page that always leads to another, newer than anything.
    let names: Vec<String> = (0..400)
        .map(|n| peer.at(&format!("/users/bob/notes/{n}")))
        .collect();
    collection(
        &peer,
        "/users/bob/outbox",
        &json!({"next": peer.at("/users/bob/outbox?2"), "orderedItems": names}),
    );
    let more: Vec<String> = names.iter().map(|name| format!("{name}x")).collect();
    collection(&peer, "/users/bob/outbox?2", &json!({"orderedItems": more}));
    ask(&node).await;
    let done = report(&node).await;
    assert_eq!((done.absence.requests, done.absence.peers_failed), (505, 1));
    assert_eq!(
        done.failed[0].last_error.as_deref(),
        Some("it was asked 505 times, which is the most")
    );
}
