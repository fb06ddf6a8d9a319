//! Documents of servers that show them to one form of signatures only.

use super::peers::Peer;
use super::support::TestNode;
use crate::clock::MINUTE;
use crate::federation::resolve;
use crate::store::{self, Conn, QueryResult, SignatureForm, Tx, signature_forms};

#[tokio::test]
async fn a_server_that_shows_documents_to_messages_only_is_read() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let (bob, eve) = (peer.person("bob"), peer.person("eve"));
    let domain = peer.authority.clone();
    let make_known = move |tx: &mut Tx<'_>| store::peers::ensure(tx, &domain);
    node.db.write(make_known).await.unwrap();
    peer.demand_messages();
    let account = resolve::actor(&node, &bob.id).await.unwrap();
    assert_eq!(account.uri, bob.id);
    let domain = peer.authority.clone();
    let find = move |conn: &mut Conn| signature_forms::find(conn, &domain);
    let form = node.db.read(find).await.unwrap();
    assert_eq!(form, Some(SignatureForm::Message));
    let count = |path: &str| peer.asked().iter().filter(|asked| *asked == path).count();
    assert_eq!(count("/users/bob"), 2);
    resolve::actor(&node, &eve.id).await.unwrap();
    assert_eq!(count("/users/eve"), 1, "it is remembered");
}

#[tokio::test]
async fn what_was_written_down_of_a_server_is_used_after_a_start() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let bob = peer.person("bob");
    let domain = peer.authority.clone();
    let write = move |tx: &mut Tx<'_>| -> QueryResult<()> {
        store::peers::ensure(tx, &domain)?;
        signature_forms::record(tx, &domain, SignatureForm::Message)
    };
    node.db.write(write).await.unwrap();
    peer.demand_messages();
    resolve::actor(&node, &bob.id).await.unwrap();
    let asked = peer.asked();
    assert_eq!(asked.iter().filter(|path| *path == "/users/bob").count(), 1);
}

#[tokio::test]
async fn what_is_refused_for_another_reason_is_asked_for_twice_once() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    for (number, status) in [(1, 401), (2, 401), (3, 403)] {
        let path = format!("/users/{number}");
        peer.fail(&path, status);
        let refused = resolve::actor(&node, &peer.at(&path)).await;
        assert!(refused.is_err(), "{path}");
        node.clock.advance(MINUTE);
    }
    let asked = peer.asked();
    assert_eq!(asked, ["/users/1", "/users/1", "/users/2", "/users/3"]);
}
