//! Pins between servers.

use serde_json::{Value, json};

use super::peers::{Peer, Person};
use super::support::TestNode;
use crate::federation::activities::Verdict;
use crate::id::StatusId;
use crate::social::pins;
use crate::store::accounts::Account;
use crate::store::{self, Conn, Page, QueryResult, Visibility};

async fn pinned(node: &TestNode, uri: &str) -> Vec<String> {
    let account = node.account_at(uri).await.unwrap();
    let look = move |conn: &mut Conn| -> QueryResult<Vec<String>> {
        let rows = pins::list(conn, None, account.id, &Page::newest(40))?.items;
        Ok(rows.into_iter().map(|status| status.uri).collect())
    };
    node.db.read(look).await.unwrap()
}

fn featured(person: &Person) -> String {
    format!("{}/featured", person.id)
}

/// Bob with a featured collection of these notes.
fn show(peer: &Peer, bob: &Person, items: &Value) {
    let mut actor = bob.actor();
    actor["featured"] = json!(featured(bob));
    peer.show("/users/bob", &actor);
    let collection = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "type": "OrderedCollection",
        "id": featured(bob), "orderedItems": items,
    });
    peer.show("/users/bob/featured", &collection);
}

async fn stage() -> (TestNode, Peer, Account, Person) {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let ann = node.add_person("ann").await;
    let bob = peer.person("bob");
    (node, peer, ann, bob)
}

#[tokio::test]
async fn pins_go_out_to_followers_and_stand_in_the_collection() {
    let (node, _peer, ann, bob) = stage().await;
    let follow = bob.does("Follow", "follows/1", &json!(ann.uri));
    node.take(&follow, &bob).await;
    let mut statuses = Vec::new();
    for (text, visibility) in [
        ("one", Visibility::Public),
        ("two", Visibility::Private),
        ("three", Visibility::Unlisted),
    ] {
        let status = node.post(ann.id, text, visibility).await;
        pins::pin(&node, ann.id, status.id).await.unwrap();
        statuses.push(status);
    }
    node.do_jobs().await;
    let kinds = |sent: &[(String, Value)], kind: &str| -> Vec<Value> {
        let found = sent.iter().filter(|(_, document)| document["type"] == kind);
        found
            .map(|(_, document)| document["object"].clone())
            .collect()
    };
    let added = kinds(&node.outgoing().await, "Add");
    let uris: Vec<&str> = statuses.iter().map(|status| status.uri.as_str()).collect();
    assert_eq!(added, uris);
    let collection = async || node.get("/users/ann/collections/featured").await.json();
    let shown = collection().await;
    assert_eq!(
        shown["totalItems"], 2,
        "strangers see what is for everybody"
    );
    assert_eq!(shown["orderedItems"][0]["id"], uris[2]);
    assert_eq!(shown["orderedItems"][1]["content"], "<p>one</p>");
    pins::unpin(&node, ann.id, statuses[0].id).await.unwrap();
    node.do_jobs().await;
    let sent = node.outgoing().await;
    assert_eq!(kinds(&sent, "Remove"), uris[..1]);
    let (_, removed) = sent.last().unwrap();
    assert_eq!(
        removed["target"],
        format!("{}/collections/featured", ann.uri)
    );
    assert_eq!(collection().await["totalItems"], 1);
}

#[tokio::test]
async fn pins_come_in_from_the_collection_and_by_add_and_remove() {
    let (node, peer, ann, bob) = stage().await;
    let id = |name: &str| format!("{}/notes/{name}", bob.id);
    let elsewhere = "https://elsewhere.example/notes/1";
    let items = json!([
        bob.note_document("new", "<p>new</p>"),
        id("old"),
        elsewhere,
        id("gone")
    ]);
    show(&peer, &bob, &items);
    for name in ["new", "old", "later"] {
        let path = format!("/users/bob/notes/{name}");
        peer.show(&path, &bob.note_document(name, "<p>x</p>"));
    }
    node.follow(ann.id, &bob).await;
    node.do_jobs().await;
    assert_eq!(pinned(&node, &bob.id).await, [id("new"), id("old")]);
    assert!(!peer.asked().contains(&elsewhere.to_owned()));
    let does = |kind: &str, name: &str, object: &str, target: &str| {
        let mut activity = bob.does(kind, name, &json!(object));
        activity["target"] = json!(target);
        activity
    };
    let add = does("Add", "add/1", &id("later"), &featured(&bob));
    assert_eq!(node.take(&add, &bob).await, Verdict::Applied);
    assert_eq!(
        pinned(&node, &bob.id).await,
        [id("later"), id("new"), id("old")]
    );
    let remove = does("Remove", "remove/1", &id("new"), &featured(&bob));
    assert_eq!(node.take(&remove, &bob).await, Verdict::Applied);
    assert_eq!(pinned(&node, &bob.id).await, [id("later"), id("old")]);
    let other = does(
        "Remove",
        "remove/2",
        &id("old"),
        &format!("{}/other", bob.id),
    );
    let eve = peer.person("eve");
    let mut forged = eve.does("Remove", "remove/3", &json!(id("old")));
    forged["target"] = json!(featured(&bob));
    for (activity, by) in [(&other, &bob), (&forged, &eve)] {
        let verdict = node.take(activity, by).await;
        assert!(matches!(verdict, Verdict::Ignored(_)), "{verdict:?}");
    }
    assert_eq!(pinned(&node, &bob.id).await, [id("later"), id("old")]);
    // A deletion takes the pin along.
    let deleted = bob.does("Delete", "delete/1", &json!(id("old")));
    node.take(&deleted, &bob).await;
    assert_eq!(pinned(&node, &bob.id).await, [id("later")]);
}

#[tokio::test]
async fn somebody_elsewhere_has_so_many_pins_at_most() {
    let (node, peer, ann, bob) = stage().await;
    show(&peer, &bob, &json!([]));
    node.follow(ann.id, &bob).await;
    node.do_jobs().await;
    let most = usize::try_from(pins::MOST_REMOTE).unwrap();
    let mut ids: Vec<StatusId> = Vec::new();
    for number in 0..most + 2 {
        let name = format!("n{number}");
        let made = bob.note(&name, "<p>x</p>");
        let create = bob.does("Create", &format!("create/{name}"), &made);
        node.take(&create, &bob).await;
        let mut add = bob.does("Add", &format!("add/{name}"), &made["id"]);
        add["target"] = json!(featured(&bob));
        assert_eq!(node.take(&add, &bob).await, Verdict::Applied);
        ids.push(
            node.status_at(made["id"].as_str().unwrap())
                .await
                .unwrap()
                .id,
        );
    }
    assert_eq!(pinned(&node, &bob.id).await.len(), most);
    let kept = node
        .db
        .read(move |conn| store::pins::list_pinned(conn, &ids[..2]))
        .await;
    assert_eq!(kept.unwrap(), [], "the oldest went");
}
