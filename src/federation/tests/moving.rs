//! People who move from one account to another.

use serde_json::{Value, json};

use super::peers::{Peer, Person};
use super::support::TestNode;
use crate::clock::DAY;
use crate::federation::activities::Verdict;
use crate::id::AccountId;
use crate::keys::Secret;
use crate::social::follows::Wishes;
use crate::social::{Error, moves, users};
use crate::store::{self, Conn};

/// The Move of a person to another account.
fn moving(person: &Person, target: &str) -> Value {
    let mut activity = person.does("Move", "move", &json!(person.id));
    activity["target"] = json!(target);
    activity
}

/// Lets a person name another account as an alias.
fn name(peer: &Peer, person: &Person, alias: &str) {
    let mut actor = person.actor();
    actor["alsoKnownAs"] = json!([alias]);
    peer.show(&format!("/users/{}", person.name), &actor);
}

async fn follows(node: &TestNode, follower: AccountId, uri: &str) -> bool {
    let Some(target) = node.account_at(uri).await else {
        return false;
    };
    let look = move |conn: &mut Conn| store::follows::find(conn, follower, target.id);
    node.db.read(look).await.unwrap().is_some()
}

#[tokio::test]
async fn followers_go_along_with_whoever_moves() {
    let (node, peer, other) = (
        TestNode::start_with_actor().await,
        Peer::start(),
        Peer::named("other.localhost"),
    );
    let ann = node.add_person("ann").await;
    let (bob, new) = (peer.person("bob"), other.person("bob"));
    node.follow(ann.id, &bob).await;
    name(&other, &new, &bob.id);
    assert_eq!(
        node.take(&moving(&bob, &new.id), &bob).await,
        Verdict::Applied
    );
    node.do_jobs().await;
    assert!(follows(&node, ann.id, &new.id).await);
    assert!(!follows(&node, ann.id, &bob.id).await);
    let account = node.account_at(&bob.id).await.unwrap();
    let moved = moves::show(&node, account.id).await.unwrap().moved_to;
    assert_eq!(moved.unwrap().uri, new.id);
}

#[tokio::test]
async fn nobody_is_moved_without_the_other_accounts_word() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let ann = node.add_person("ann").await;
    let (bob, eve) = (peer.person("bob"), peer.person("eve"));
    node.follow(ann.id, &bob).await;
    for (activity, by) in [
        (moving(&bob, &eve.id), &bob),
        (moving(&bob, &bob.id), &bob),
        (moving(&bob, "nonsense"), &bob),
        (
            {
                let mut forged = moving(&eve, &eve.id);
                forged["object"] = json!(bob.id);
                forged["target"] = json!(peer.at("/users/else"));
                forged
            },
            &eve,
        ),
    ] {
        node.clock.advance(1_000);
        let mut activity = activity;
        activity["id"] = json!(format!("{}#{}", by.id, node.clock.now()));
        let verdict = node.take(&activity, by).await;
        assert!(
            matches!(verdict, Verdict::Ignored(_) | Verdict::Rejected(_)),
            "{verdict:?}"
        );
    }
    node.do_jobs().await;
    assert!(follows(&node, ann.id, &bob.id).await);
}

#[tokio::test]
async fn people_of_this_node_move_away() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let (ann, cid) = (node.add_person("ann").await, node.add_person("cid").await);
    let new = peer.person("ann");
    let target = crate::federation::resolve::actor(&node, &new.id)
        .await
        .unwrap();
    crate::social::follows::follow(&node, cid.id, ann.id, Wishes::default())
        .await
        .unwrap();
    let bob = peer.person("bob");
    let follow = bob.does("Follow", "follow", &json!(ann.uri));
    assert_eq!(node.take(&follow, &bob).await, Verdict::Applied);
    let person = users::find_by_id(&node, ann.id).await.unwrap().unwrap();
    let away = async |password: &str| {
        let password = Secret::new(password.to_owned());
        moves::move_away(&node, &person, password, target.id).await
    };
    assert!(matches!(away("wrong").await, Err(Error::Forbidden(_))));
    assert!(
        matches!(away("correct horse").await, Err(Error::Invalid(_))),
        "no alias yet"
    );
    name(&peer, &new, &ann.uri);
    crate::federation::resolve::refresh_account(&node, &new.id)
        .await
        .unwrap();
    away("correct horse").await.unwrap();
    node.do_jobs().await;
    assert!(
        follows(&node, cid.id, &new.id).await,
        "people here go along"
    );
    let told: Vec<Value> = node
        .outgoing()
        .await
        .into_iter()
        .map(|(_, document)| document)
        .collect();
    let moved = told.iter().find(|document| document["type"] == "Move");
    let moved = moved.unwrap_or_else(|| panic!("no Move in {told:?}"));
    assert_eq!(
        (&moved["object"], &moved["target"]),
        (&json!(ann.uri), &json!(new.id))
    );
    let shown = node.get("/users/ann").await.json();
    assert_eq!(shown["movedTo"], new.id);
    assert!(
        matches!(away("correct horse").await, Err(Error::Invalid(_))),
        "once a week"
    );
    node.clock.advance(8 * DAY);
    moves::stay(&node, ann.id).await.unwrap();
    assert_eq!(node.get("/users/ann").await.json().get("movedTo"), None);
}

#[tokio::test]
async fn aliases_are_told() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let ann = node.add_person("ann").await;
    let old = peer.person("ann");
    let other = crate::federation::resolve::actor(&node, &old.id)
        .await
        .unwrap();
    moves::add_alias(&node, ann.id, &other).await.unwrap();
    moves::add_alias(&node, ann.id, &other).await.unwrap();
    assert_eq!(
        node.get("/users/ann").await.json()["alsoKnownAs"],
        json!([old.id])
    );
    assert!(moves::add_alias(&node, ann.id, &ann).await.is_err());
    moves::remove_alias(&node, ann.id, old.id.clone())
        .await
        .unwrap();
    assert_eq!(node.get("/users/ann").await.json().get("alsoKnownAs"), None);
}
