//! Replies that are listed elsewhere and did not come here.

use serde_json::{Value, json};

use super::peers::{Peer, Person};
use super::support::TestNode;
use crate::clock::MINUTE;
use crate::social::refreshes;
use crate::store::statuses::Status;

/// A note of Bob's with this list of replies, which the node knows.
async fn thread(node: &TestNode, peer: &Peer, bob: &Person, listed: &Value) -> Status {
    let mut root = bob.note_document("root", "<p>root</p>");
    root["replies"] = json!(peer.at("/users/bob/notes/root/replies"));
    peer.show("/users/bob/notes/root", &root);
    let page = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "type": "CollectionPage",
        "id": peer.at("/users/bob/notes/root/replies"), "items": listed,
        "next": "https://elsewhere.example/more",
    });
    peer.show("/users/bob/notes/root/replies", &page);
    let uri = root["id"].as_str().unwrap().to_owned();
    let status = crate::federation::resolve::status(node, &uri)
        .await
        .unwrap();
    node.clock.advance(5 * MINUTE);
    status
}

#[tokio::test]
async fn what_cannot_be_had_does_not_keep_the_others() {
    let (node, peer, other) = (
        TestNode::start_with_actor().await,
        Peer::start(),
        Peer::named("other.localhost"),
    );
    let (bob, cat) = (peer.person("bob"), other.person("cat"));
    let mut reply = cat.note_document("reply", "<p>yes</p>");
    reply["inReplyTo"] = json!(peer.at("/users/bob/notes/root"));
    // A list that leads back to the beginning ends the walk there.
    reply["replies"] =
        json!({ "type": "Collection", "first": other.at("/users/cat/notes/reply/replies") });
    other.show("/users/cat/notes/reply", &reply);
    let circle = json!({
        "type": "CollectionPage", "id": other.at("/users/cat/notes/reply/replies"),
        "items": [peer.at("/users/bob/notes/root"), other.at("/users/cat/notes/reply")],
    });
    other.show("/users/cat/notes/reply/replies", &circle);
    let forged = cat.note_document("forged", "<p>I am Cat</p>");
    peer.show("/forged", &forged);
    let listed = json!([
        peer.at("/gone"),
        "https://unreachable.invalid/notes/1",
        peer.at("/forged"),
        reply["id"],
        node.urls.origin(),
    ]);
    let root = thread(&node, &peer, &bob, &listed).await;
    let begun = refreshes::begin(&node, root.id)
        .await
        .unwrap()
        .expect("it is time");
    node.do_jobs().await;
    let ended = refreshes::find(&node, begun.id).await.unwrap();
    assert_eq!((ended.found, ended.ended_at), (1, Some(node.clock.now())));
    let found = node
        .status_at(reply["id"].as_str().unwrap())
        .await
        .expect("it came");
    assert_eq!(found.in_reply_to_id, Some(root.id));
    assert!(
        node.status_at(forged["id"].as_str().unwrap())
            .await
            .is_none()
    );
    assert!(
        !peer.asked().iter().any(|path| path.contains("more")),
        "pages of others are not read"
    );
}

#[tokio::test]
async fn a_refresh_that_was_lost_is_begun_anew() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let bob = peer.person("bob");
    let root = thread(&node, &peer, &bob, &json!([])).await;
    let begun = refreshes::begin(&node, root.id)
        .await
        .unwrap()
        .expect("it is time");
    let same = refreshes::begin(&node, root.id)
        .await
        .unwrap()
        .expect("it runs");
    assert_eq!(begun, same);
    node.clock.advance(15 * MINUTE);
    assert!(!refreshes::is_running(&begun, node.clock.now()));
    let next = refreshes::begin(&node, root.id)
        .await
        .unwrap()
        .expect("it is time again");
    assert_ne!(begun.id, next.id);
    assert!(
        refreshes::find(&node, begun.id).await.is_err(),
        "the last takes the place of the one before"
    );
}
