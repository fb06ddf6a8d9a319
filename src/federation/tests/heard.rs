//! What is noted of servers that send something, and of requests in their names that are not believed.

use serde_json::json;

use super::peers::{Peer, Person};
use super::support::TestNode;
use crate::clock::{DAY, MINUTE, SECOND};
use crate::keys::rsa;
use crate::store::peer_health::{self, Health};

async fn health(node: &TestNode, peer: &Peer) -> Option<Health> {
    let domain = peer.authority.clone();
    let find = move |conn: &mut crate::store::Conn| peer_health::find(conn, &domain);
    node.db.read(find).await.unwrap()
}

#[tokio::test]
async fn a_server_is_heard_once_a_minute_and_asked_what_it_runs_once_a_day() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    node.add_person("ann").await;
    let bob = peer.person("bob");
    let links = json!({"links": [{
        "rel": "http://nodeinfo.diaspora.software/ns/schema/2.0",
        "href": peer.at("/nodeinfo/2.0"),
    }]});
    peer.show_as("/.well-known/nodeinfo", "application/json", &links);
    let software = json!({"software": {"name": "Snac", "version": "2.75"}});
    peer.show_as("/nodeinfo/2.0", "application/json", &software);
    let start = node.clock.now();
    for (number, heard_at) in [(0, start), (1, start), (2, start + MINUTE + 2 * SECOND)] {
        if number == 2 {
            node.clock.advance(MINUTE);
        }
        let follow = bob.does(
            "Follow",
            &format!("follows/{number}"),
            &"http://node.localhost/users/ann".into(),
        );
        let answer = node.deliver("/inbox", &follow, &bob).await;
        assert_eq!(answer.status, 202);
        let health = health(&node, &peer).await.unwrap();
        assert_eq!(health.last_heard_at, Some(heard_at), "{number}");
        assert!(health.clock_skew_ms.unwrap().abs() < SECOND, "{health:?}");
        node.clock.advance(SECOND);
    }
    node.do_jobs().await;
    let known = health(&node, &peer).await.unwrap();
    assert_eq!(known.software.as_deref(), Some("snac"));
    assert_eq!(known.software_version.as_deref(), Some("2.75"));
    let asked = |peer: &Peer| {
        let asked = peer.asked();
        asked.iter().filter(|path| *path == "/nodeinfo/2.0").count()
    };
    assert_eq!(asked(&peer), 1);
    assert_eq!(node.meters.inbox.accepted.get(), 3);
}

#[tokio::test]
async fn requests_that_are_not_believed_are_counted_for_known_servers_alone() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    node.add_person("ann").await;
    let bob = peer.person("bob");
    let ann = "http://node.localhost/users/ann";
    let body = bob.does("Follow", "follows/1", &ann.into()).to_string();
    let inbox = "http://node.localhost/inbox";
    let late = bob.sign(inbox, body.as_bytes(), node.clock.now() - DAY);
    let answer = node.post_raw("/inbox", body.as_bytes(), &late).await;
    assert_eq!(answer.status, 401);
    assert_eq!(health(&node, &peer).await, None, "a name makes no row");
    node.clock.advance(MINUTE);
    let good = bob.sign(inbox, body.as_bytes(), node.clock.now());
    assert_eq!(
        node.post_raw("/inbox", body.as_bytes(), &good).await.status,
        202
    );
    let eve = Person {
        keys: rsa::generate().unwrap(),
        id: bob.id.clone(),
        name: bob.name.clone(),
        authority: bob.authority.clone(),
    };
    node.clock.advance(MINUTE);
    let now = node.clock.now();
    let forged = eve.sign(inbox, body.as_bytes(), now);
    for _ in 0..3 {
        let answer = node.post_raw("/inbox", body.as_bytes(), &forged).await;
        assert_eq!(answer.status, 401);
    }
    let first = health(&node, &peer).await.unwrap();
    assert_eq!(first.signature_failures, 1, "written once a minute");
    assert_eq!(first.signature_failed_at, Some(now));
    assert!(first.signature_failure.unwrap().contains("signature"));
    node.clock.advance(MINUTE);
    node.post_raw("/inbox", body.as_bytes(), &forged).await;
    let again = health(&node, &peer).await.unwrap();
    assert_eq!(again.signature_failures, 4, "nothing is lost in between");
    let meters = &node.meters.inbox;
    assert_eq!((meters.accepted.get(), meters.refused.get()), (1, 5));
}
