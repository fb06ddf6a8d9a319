//! Peers that move, and peers that are heard of.

use actix_web::test::TestRequest;
use url::Url;

use super::peers::{Peer, Person};
use super::support::TestNode;
use crate::clock::DAY;
use crate::federation::moves;
use crate::federation::signatures::sign::sign_get;
use crate::id::InboxId;
use crate::store::{self, QueryResult};

/// A node with somebody who asks two people of a peer to be followed, and the inbox of all of these requests.
async fn start() -> (TestNode, Peer, [Person; 2], InboxId) {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let ann = node.add_person("ann").await;
    let people = [peer.person("bob"), peer.person("eve")];
    for person in &people {
        node.follow(ann.id, person).await;
    }
    node.do_jobs().await;
    let old = peer.at("/inbox");
    let find = move |conn: &mut store::Conn| store::inboxes::find_by_url(conn, &old);
    let inbox = node.db.read(find).await.unwrap().unwrap();
    (node, peer, people, inbox.id)
}

async fn inboxes(node: &TestNode) -> Vec<String> {
    let outgoing = node.outgoing().await;
    outgoing.into_iter().map(|(inbox, _)| inbox).collect()
}

#[tokio::test]
async fn a_backlog_follows_actors_that_name_another_inbox() {
    let (node, peer, people, inbox) = start().await;
    let (old, new) = (peer.at("/inbox"), peer.at("/elsewhere"));
    assert_eq!(inboxes(&node).await, [old.clone(), old.clone()]);
    moves::check(&node, inbox).await.unwrap();
    assert_eq!(node.do_jobs().await, [], "nobody has moved");
    for person in &people {
        let mut actor = person.actor();
        actor["endpoints"]["sharedInbox"] = new.clone().into();
        peer.show(&format!("/users/{}", person.name), &actor);
    }
    moves::check(&node, inbox).await.unwrap();
    assert_eq!(
        inboxes(&node).await,
        [old.clone(), old],
        "one is there still"
    );
    assert_eq!(node.do_jobs().await, [Ok(())], "who is fetched too");
    assert_eq!(inboxes(&node).await, [new.clone(), new]);
}

#[tokio::test]
async fn only_an_actor_that_is_gone_takes_its_backlog_along() {
    let (node, peer, people, inbox) = start().await;
    let count = inboxes(&node).await.len();
    for status in [404, 401, 500] {
        for person in &people {
            peer.fail(&format!("/users/{}", person.name), status);
        }
        moves::check(&node, inbox).await.unwrap();
        assert_eq!(inboxes(&node).await.len(), count, "{status}");
        node.clock.advance(DAY);
    }
    for person in &people {
        peer.fail(&format!("/users/{}", person.name), 410);
        moves::check(&node, inbox).await.unwrap();
        node.clock.advance(DAY);
    }
    moves::check(&node, inbox).await.unwrap();
    assert!(inboxes(&node).await.is_empty());
    for person in &people {
        assert!(node.account_at(&person.id).await.is_none());
    }
}

#[tokio::test]
async fn a_signed_question_wakes_the_lane_of_a_peer_that_is_down() {
    let (node, peer, [bob, _], _) = start().await;
    let (domain, far) = (peer.authority.clone(), node.clock.now() + DAY);
    let fail = move |tx: &mut store::Tx<'_>| -> QueryResult<i64> {
        let id = store::peers::ensure(tx, &domain)?;
        store::peers::record_failure(tx, id, "refused", far)?;
        Ok(id)
    };
    let id = node.db.write(fail).await.unwrap();
    let mut events = node.db.listen();
    let url = Url::parse(&node.urls.at("/users/ann/outbox")).unwrap();
    let mut request = TestRequest::get()
        .uri("/users/ann/outbox")
        .insert_header(("accept", "application/activity+json"))
        .insert_header(("host", node.urls.authority()));
    for (name, value) in sign_get(&bob.identity(), &url, node.clock.now()).unwrap() {
        request = request.insert_header((name, value));
    }
    assert_eq!(node.request(request).await.status, 200);
    assert_eq!(events.recv().await, Ok(store::Event::PeerHeard(id)));
    let look = move |conn: &mut store::Conn| store::peers::find(conn, id);
    let found = node.db.read(look).await.unwrap().unwrap();
    assert_eq!(found.next_probe_at, Some(node.clock.now()));
}
