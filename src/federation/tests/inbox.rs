//! Who is believed at the inbox: every refusal changes nothing.

use serde_json::{Value, json};
use url::Url;

use super::peers::{Peer, Person};
use super::support::TestNode;
use crate::clock::{DAY, HOUR, MINUTE};
use crate::federation::activities::Verdict;
use crate::federation::signatures::sign::{Header, SigningIdentity, sign_post};
use crate::keys::digests::digest_header;
use crate::keys::rsa;
use crate::store::{self, QueryResult};

fn follow(person: &Person, name: &str) -> Value {
    person.does("Follow", name, &"http://node.localhost/users/ann".into())
}

fn replace(headers: &[Header], name: &str, value: &str) -> Vec<Header> {
    let mut changed = headers.to_vec();
    for header in changed.iter_mut().filter(|header| header.0 == name) {
        header.1 = value.to_owned();
    }
    changed
}

fn without(headers: &[Header], name: &str) -> Vec<Header> {
    headers
        .iter()
        .filter(|header| header.0 != name)
        .cloned()
        .collect()
}

fn edit(headers: &[Header], from: &str, to: &str) -> Vec<Header> {
    let signature = &headers
        .iter()
        .find(|header| header.0 == "signature")
        .unwrap()
        .1;
    assert!(signature.contains(from), "{signature}");
    replace(headers, "signature", &signature.replacen(from, to, 1))
}

#[tokio::test]
async fn what_is_signed_well_is_stored_once() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    node.add_person("ann").await;
    let bob = peer.person("bob");
    for path in ["/inbox", "/users/ann/inbox", "/actor/inbox", "/inbox"] {
        let answer = node.deliver(path, &follow(&bob, "follows/1"), &bob).await;
        assert_eq!((answer.status, answer.body.as_str()), (202, ""), "{path}");
    }
    assert_eq!(node.count_receipts().await, 1);
    let fetches = peer
        .asked()
        .iter()
        .filter(|path| *path == "/users/bob")
        .count();
    assert_eq!(fetches, 1, "the key is kept");
    assert_eq!(
        node.deliver("/users/eve/inbox", &follow(&bob, "x"), &bob)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn forged_signatures_are_refused() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    node.add_person("ann").await;
    let bob = peer.person("bob");
    let body = follow(&bob, "follows/1").to_string();
    let body = body.as_bytes();
    let now = node.clock.now();
    let good = bob.sign("http://node.localhost/inbox", body, now);
    let sign = |url: &str, at: i64| bob.sign(url, body, at);
    let eve = rsa::generate().unwrap();
    let stolen = Person {
        keys: eve,
        ..peer_person(&bob)
    };
    let cases: Vec<(&str, Vec<Header>, u16)> = vec![
        ("unsigned", without(&good, "signature"), 401),
        ("empty list", edit(&good, "(request-target)", ""), 401),
        (
            "unknown algorithm",
            edit(&good, "rsa-sha256", "rsa-sha1"),
            401,
        ),
        ("other key type", edit(&good, "rsa-sha256", "ed25519"), 401),
        (
            "bad base64",
            edit(&good, "signature=\"", "signature=\"!"),
            400,
        ),
        (
            "twice the same parameter",
            edit(&good, "keyId=", "keyId=\"x\",keyId="),
            400,
        ),
        ("no digest", without(&good, "digest"), 401),
        (
            "other digest",
            replace(&good, "digest", &digest_header(b"x")),
            401,
        ),
        (
            "other target",
            sign("http://node.localhost/users/ann/inbox", now),
            401,
        ),
        ("other host", sign("http://else.localhost/inbox", now), 401),
        (
            "too old",
            sign("http://node.localhost/inbox", now - DAY),
            401,
        ),
        (
            "in the future",
            sign("http://node.localhost/inbox", now + 2 * HOUR),
            401,
        ),
        (
            "made by another key",
            stolen.sign("http://node.localhost/inbox", body, now),
            401,
        ),
    ];
    for (name, headers, status) in cases {
        let answer = node.post_raw("/inbox", body, &headers).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.body);
        assert!(
            answer.json()["error"].as_str().unwrap().len() > 10,
            "{name}"
        );
    }
    let mut twice = good.clone();
    twice.push(
        good.iter()
            .find(|header| header.0 == "signature")
            .unwrap()
            .clone(),
    );
    assert_eq!(node.post_raw("/inbox", body, &twice).await.status, 400);
    let mut conflicting = good.clone();
    conflicting.push(("digest", digest_header(b"x")));
    assert_eq!(
        node.post_raw("/inbox", body, &conflicting).await.status,
        401
    );
    assert_eq!(node.count_receipts().await, 0);
    assert_eq!(node.post_raw("/inbox", body, &good).await.status, 202);
}

fn peer_person(person: &Person) -> Person {
    Person {
        id: person.id.clone(),
        name: person.name.clone(),
        authority: person.authority.clone(),
        keys: rsa::generate().unwrap(),
    }
}

#[tokio::test]
async fn nobody_speaks_for_others() {
    let (node, peer, evil) = (
        TestNode::start_with_actor().await,
        Peer::start(),
        Peer::named("evil.localhost"),
    );
    let ann = node.add_person("ann").await;
    let (bob, eve) = (peer.person("bob"), evil.person("eve"));
    // Both keys are known from here on.
    node.take(&follow(&bob, "follows/1"), &bob).await;
    node.take(&follow(&eve, "follows/1"), &eve).await;
    let before = node.count_receipts().await;
    for kind in [
        "Follow", "Create", "Update", "Delete", "Like", "Announce", "Undo", "Block",
    ] {
        let forged = bob.does(kind, "forged", &ann.uri.as_str().into());
        for path in ["/inbox", "/users/ann/inbox"] {
            let answer = node.deliver(path, &forged, &eve).await;
            assert!(
                [202, 401].contains(&answer.status),
                "{kind}: {}",
                answer.status
            );
        }
    }
    assert_eq!(node.count_receipts().await, before, "nothing was stored");
    for (name, status, activity) in [
        ("an id elsewhere", 400, json!({"id": bob.id.clone() + "#x"})),
        (
            "an id of ours",
            400,
            json!({"id": "http://node.localhost/x"}),
        ),
        ("our own actor", 400, json!({"actor": ann.uri.as_str()})),
        ("no actor", 400, json!({"actor": null})),
        ("an id that is none", 400, json!({"id": "javascript:x"})),
    ] {
        let mut changed = follow(&eve, "changed");
        for (key, value) in activity.as_object().unwrap() {
            changed[key] = value.clone();
        }
        assert_eq!(
            node.deliver("/inbox", &changed, &eve).await.status,
            status,
            "{name}"
        );
    }
    assert_eq!(node.count_receipts().await, before, "nothing was stored");
    // An actor as an object is no other actor; without an id one is made of the bytes.
    let mut tolerant = follow(&eve, "x");
    tolerant["actor"] = json!({"id": eve.id, "type": "Person"});
    tolerant["id"] = Value::Null;
    assert_eq!(node.deliver("/inbox", &tolerant, &eve).await.status, 202);
    assert_eq!(node.deliver("/inbox", &tolerant, &eve).await.status, 202);
    assert_eq!(node.count_receipts().await, before + 1);
}

#[tokio::test]
async fn a_key_counts_only_if_its_owner_lists_it() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    node.add_person("ann").await;
    let (bob, mut eve) = (peer.person("bob"), peer.person("eve"));
    // Eve's document claims a key id of Bob's, and a key that says it is Bob's.
    let mut actor = eve.actor();
    actor["publicKey"]["id"] = bob.key_id().into();
    actor["publicKey"]["owner"] = bob.id.as_str().into();
    peer.show("/users/eve", &actor);
    let as_bob = Person {
        id: bob.id.clone(),
        ..eve
    };
    let answer = node
        .deliver("/inbox", &follow(&as_bob, "follows/1"), &as_bob)
        .await;
    assert_eq!(answer.status, 401, "{}", answer.body);
    eve = Person {
        id: peer.at("/users/eve"),
        ..as_bob
    };
    let answer = node
        .deliver("/inbox", &follow(&eve, "follows/1"), &eve)
        .await;
    assert_eq!(answer.status, 401, "{}", answer.body);
    assert_eq!(node.count_receipts().await, 0);
}

#[tokio::test]
async fn a_key_may_be_named_by_its_owner() {
    let (node, peer, evil) = (
        TestNode::start_with_actor().await,
        Peer::start(),
        Peer::named("evil.localhost"),
    );
    node.add_person("ann").await;
    let (bob, eve) = (peer.person("bob"), evil.person("eve"));
    for (what, signs, key_id, activity, status) in [
        ("not known yet", &bob, &bob.id, follow(&bob, "1"), 202),
        ("known", &bob, &bob.id, follow(&bob, "2"), 202),
        ("his name only", &eve, &bob.id, follow(&eve, "1"), 401),
        ("in his name", &eve, &bob.id, follow(&bob, "3"), 401),
        ("her own", &eve, &eve.id, follow(&eve, "2"), 202),
        ("hers for him", &eve, &eve.id, follow(&bob, "4"), 202),
    ] {
        let identity = SigningIdentity {
            key_id: key_id.clone(),
            ..signs.identity()
        };
        let url = Url::parse("http://node.localhost/inbox").unwrap();
        let body = activity.to_string();
        let headers = sign_post(&identity, &url, body.as_bytes(), node.clock.now()).unwrap();
        let answer = node.post_raw("/inbox", body.as_bytes(), &headers).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
    }
    assert_eq!(
        node.count_receipts().await,
        3,
        "the last was a hint of nothing"
    );
}

#[tokio::test]
async fn a_changed_key_is_fetched_once() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    node.add_person("ann").await;
    let mut bob = peer.person("bob");
    assert_eq!(
        node.deliver("/inbox", &follow(&bob, "1"), &bob)
            .await
            .status,
        202
    );
    bob.keys = rsa::generate().unwrap();
    peer.show("/users/bob", &bob.actor());
    assert_eq!(
        node.deliver("/inbox", &follow(&bob, "2"), &bob)
            .await
            .status,
        202
    );
    let stranger = peer_person(&bob);
    let asked = peer.asked().len();
    for name in ["3", "4"] {
        let answer = node
            .deliver("/inbox", &follow(&stranger, name), &stranger)
            .await;
        assert_eq!(answer.status, 401);
    }
    assert_eq!(peer.asked().len(), asked, "not again within five minutes");
    node.clock.advance(6 * MINUTE);
    assert_eq!(
        node.deliver("/inbox", &follow(&stranger, "5"), &stranger)
            .await
            .status,
        401
    );
    assert_eq!(peer.asked().len(), asked + 1);
}

#[tokio::test]
async fn a_key_that_cannot_be_had_now_is_no_forgery() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    node.add_person("ann").await;
    let (bob, carl) = (peer.person("bob"), peer.person("carl"));
    peer.fail("/users/bob", 503);
    peer.fail("/users/carl", 404);
    for _ in 0..3 {
        let answer = node.deliver("/inbox", &follow(&bob, "1"), &bob).await;
        assert_eq!((answer.status, answer.header("retry-after")), (503, "60"));
        assert_eq!(
            node.deliver("/inbox", &follow(&carl, "1"), &carl)
                .await
                .status,
            401
        );
    }
    let fetches = |name: &str| {
        peer.asked()
            .iter()
            .filter(|path| path.ends_with(name))
            .count()
    };
    assert_eq!(
        (fetches("/bob"), fetches("/carl")),
        (1, 1),
        "failures are remembered"
    );
    peer.show("/users/bob", &bob.actor());
    node.clock.advance(MINUTE);
    assert_eq!(
        node.deliver("/inbox", &follow(&bob, "1"), &bob)
            .await
            .status,
        202
    );
}

#[tokio::test]
async fn the_end_of_somebody_unknown_costs_nothing() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let bob = peer.person("bob");
    let delete = bob.does("Delete", "delete", &bob.id.as_str().into());
    assert_eq!(node.deliver("/inbox", &delete, &bob).await.status, 202);
    assert_eq!(peer.asked(), Vec::<String>::new());
    assert_eq!(node.count_receipts().await, 0);
}

#[tokio::test]
async fn malformed_bodies_are_refused() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let bob = peer.person("bob");
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let deep = format!(
        "{{\"type\":\"Like\",\"actor\":\"{}\",\"object\":{}",
        bob.id,
        &deep[..60_000]
    );
    let twice = format!(
        "{{\"actor\":\"{0}\",\"actor\":\"{0}\",\"type\":\"Like\"}}",
        bob.id
    );
    let large = vec![b' '; 65 * 1024];
    let cases: Vec<(&str, &[u8], u16)> = vec![
        ("empty", b"", 400),
        ("no JSON", b"hello", 400),
        ("no object", b"[]", 400),
        ("not UTF-8", b"{\"actor\":\"\xff\"}", 400),
        ("a mark at the start", b"\xef\xbb\xbf{}", 400),
        ("NUL", b"{\"actor\":\"a\\u0000\"}", 400),
        ("half a pair", b"{\"actor\":\"\\ud800\"}", 400),
        ("deep", deep.as_bytes(), 400),
        ("a key twice", twice.as_bytes(), 400),
        ("large", &large, 413),
    ];
    for (name, body, status) in cases {
        let headers = bob.sign("http://node.localhost/inbox", body, node.clock.now());
        let answer = node.post_raw("/inbox", body, &headers).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.body);
    }
    let body = follow(&bob, "1").to_string();
    let headers = bob.sign(
        "http://node.localhost/inbox",
        body.as_bytes(),
        node.clock.now(),
    );
    for content_type in ["text/plain", "application/json", "text/html"] {
        let headers = replace(&headers, "content-type", content_type);
        let answer = node.post_raw("/inbox", body.as_bytes(), &headers).await;
        assert_eq!(answer.status, 415, "{content_type}");
    }
    assert_eq!(peer.asked(), Vec::<String>::new(), "nothing was fetched");
    assert_eq!(node.count_receipts().await, 0);
}

#[tokio::test]
async fn hearing_of_a_server_wakes_its_lane() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    node.add_person("ann").await;
    let bob = peer.person("bob");
    let domain = peer.authority.clone();
    let far = node.clock.now() + DAY;
    let write = move |tx: &mut store::Tx<'_>| -> QueryResult<i64> {
        let id = store::peers::ensure(tx, &domain)?;
        store::peers::record_failure(tx, id, "refused", far)?;
        Ok(id)
    };
    let id = node.db.write(write).await.unwrap();
    node.deliver("/inbox", &follow(&bob, "1"), &bob).await;
    let look = move |conn: &mut store::Conn| store::peers::find(conn, id);
    let found = node.db.read(look).await.unwrap().unwrap();
    assert_eq!(found.next_probe_at, Some(node.clock.now()));
}

#[tokio::test]
async fn what_is_applied_twice_has_one_effect() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let ann = node.add_person("ann").await;
    let bob = peer.person("bob");
    let request = follow(&bob, "follows/1");
    assert_eq!(node.take(&request, &bob).await, Verdict::Applied);
    let undo = bob.does("Undo", "undo/1", &request);
    assert_eq!(node.take(&undo, &bob).await, Verdict::Applied);
    assert_eq!(node.deliver("/inbox", &request, &bob).await.status, 202);
    assert!(node.apply_all().await.is_empty(), "it was received before");
    let again = bob.does("Undo", "undo/2", &follow(&bob, "follows/2"));
    node.take(&again, &bob).await;
    node.take(&follow(&bob, "follows/2"), &bob).await;
    let bob = node.account_at(&bob.id).await.unwrap();
    let look = move |conn: &mut store::Conn| store::follows::find(conn, bob.id, ann.id);
    assert_eq!(
        node.db.read(look).await.unwrap(),
        None,
        "what was undone stays so"
    );
}
