//! A node that talks with no other server: it takes nothing, asks nobody, and sends nothing.

use serde_json::Value;

use super::peers::Peer;
use super::support::TestNode;
use crate::federation::resolve::{self, JobError, ResolveError};
use crate::text::Handle;

async fn closed() -> TestNode {
    TestNode::start_with(|config| config.federation.enabled = false).await
}

#[tokio::test]
async fn a_closed_inbox_refuses_with_a_sentence() {
    let (node, peer) = (closed().await, Peer::start());
    node.add_person("ann").await;
    let bob = peer.person("bob");
    let ann = Value::from("http://node.localhost/users/ann");
    for path in ["/inbox", "/users/ann/inbox", "/actor/inbox"] {
        let answer = node
            .deliver(path, &bob.does("Follow", "follows/1", &ann), &bob)
            .await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(answer.body.contains("does not talk"), "{}", answer.body);
    }
    assert_eq!(node.count_receipts().await, 0);
    assert!(peer.asked().is_empty(), "{:?}", peer.asked());
}

#[tokio::test]
async fn a_closed_node_asks_nobody_but_finds_what_it_has() {
    let (node, peer) = (closed().await, Peer::start());
    let ann = node.add_person("ann").await;
    let bob = peer.person("bob");
    let handle = Handle::parse(&format!("bob@{}", peer.authority)).unwrap();
    for error in [
        resolve::handle(&node, &handle).await.unwrap_err(),
        resolve::url(&node, &bob.id).await.unwrap_err(),
        resolve::actor(&node, &bob.id).await.unwrap_err(),
        resolve::status(&node, &bob.id).await.unwrap_err(),
    ] {
        assert!(matches!(error, ResolveError::Closed), "{error}");
    }
    let refreshed = resolve::refresh_account(&node, &bob.id).await;
    assert!(matches!(refreshed, Err(JobError::Retry(_))));
    assert!(peer.asked().is_empty(), "{:?}", peer.asked());
    let own = Handle::parse("ann").unwrap();
    assert_eq!(resolve::handle(&node, &own).await.unwrap().id, ann.id);
}
