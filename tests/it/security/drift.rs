//! Section H: what two servers know of each other drifts apart, and somebody makes use of it.

use serde_json::{Value, json};
use whimbrel::clock::MINUTE;
use whimbrel::social::{tokens, users};
use whimbrel::store::{Engine, Role};

use super::stages::Stage;
use crate::support::answers::Answer;
use crate::support::databases::{NOON, on_both};
use crate::support::hostile::{ACTIVITY, Hostile};
use crate::support::wire::Wire;

/// The digest of a list without anybody.
const NOBODY: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A post for Bob's followers.
fn post(peer: &Hostile, bob: &str, name: &str) -> Value {
    let mut note = peer.note(bob, name, name);
    note["to"] = json!([format!("{bob}/followers")]);
    note["cc"] = json!([]);
    peer.deed(bob, "Create", &format!("create-{name}"), &note)
}

/// Whether Ann follows Bob.
async fn follows(stage: &Stage) -> bool {
    let id = stage.ann.finds("accounts", &stage.bob).await;
    let path = format!("/api/v1/accounts/relationships?id[]={id}");
    stage.ann.get(&path).await.ok()[0]["following"] == true
}

on_both! {
    async fn h1_a_header_alone_ends_no_follow(engine) {
        let stage = Stage::open(engine).await;
        let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
        stage.follow(bob).await;
        let eve = peer.resident("evil", "eve");
        let followers = format!("{bob}/followers");
        let nobody = |id: &str| json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "Collection", "items": [] });
        let (own, elsewhere, away) = (format!("{bob}/sync"), peer.at("evil", "/sync"), format!("{bob}/away"));
        let others = format!("{bob}/others");
        peer.show(&own, &nobody(&own));
        peer.show(&elsewhere, &nobody(&elsewhere));
        peer.redirect(&away, &elsewhere);
        peer.show(&others, &nobody(&elsewhere));
        let wrong = NOBODY.replace('0', "a");
        let header = |of: &str, url: &str, digest: &str| format!(r#"collectionId="{of}", url="{url}", digest="{digest}""#);
        for (number, (what, by, value)) in [
            ("signed by somebody else", eve.as_str(), header(&followers, &own, NOBODY)),
            ("of another collection", bob, header(&format!("{eve}/followers"), &own, NOBODY)),
            ("listed elsewhere", bob, header(&followers, &elsewhere, NOBODY)),
            ("the list leads elsewhere", bob, header(&followers, &away, NOBODY)),
            ("the list is another server's", bob, header(&followers, &others, NOBODY)),
            ("the list is missing", bob, header(&followers, &format!("{bob}/none"), NOBODY)),
            ("the digest is of another list", bob, header(&followers, &own, &wrong)),
            ("no digest", bob, format!(r#"collectionId="{followers}", url="{own}""#)),
            ("given twice", bob, header(&followers, &own, NOBODY) + &format!(r#", url="{own}""#)),
            ("nonsense", bob, "\"\"\"".to_owned()),
        ].into_iter().enumerate() {
            node.node.clock.advance(6 * MINUTE);
            let activity = post(peer, bob, &format!("p{number}"));
            let parcel = peer.parcel(node, "/inbox", by, activity.to_string().as_bytes());
            let status = Wire::to(node).send(&parcel.with("Collection-Synchronization", &value)).await.status;
            assert_eq!(status == 202, by == bob, "{what}: {status}");
            node.settle().await;
            assert!(follows(&stage).await, "{what}");
        }
        // Bob's own server led there once; what was found was not believed.
        assert_eq!(stage.asked(&elsewhere).len(), 1, "no other server is asked for Bob's followers");
        // What Bob's own server says by all the rules counts.
        node.node.clock.advance(6 * MINUTE);
        let parcel = peer.parcel(node, "/inbox", bob, post(peer, bob, "last").to_string().as_bytes());
        let honest = parcel.with("Collection-Synchronization", &header(&followers, &own, NOBODY));
        assert_eq!(Wire::to(node).send(&honest).await.status, 202);
        node.settle().await;
        assert!(!follows(&stage).await, "the honest header");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h4_a_clock_that_is_wrong_shows_at_every_peer() {
    let stage = Stage::open(Engine::Sqlite).await;
    let (node, peer) = (&stage.node, &stage.peer);
    let id = stage.ann.id.expect("an id");
    users::set_role(&node.node, id, Role::Admin)
        .await
        .expect("a role");
    let token = tokens::create_for(&node.node, id, "tests", "admin:read")
        .await
        .expect("a token");
    let staff = node
        .again(&stage.ann)
        .await
        .with_token(token.secret.expose().to_owned());
    let inbox = format!("{}/inbox", node.origin());
    for (host, ahead) in [
        ("one", 10 * MINUTE),
        ("two", 10 * MINUTE),
        ("three", -7 * MINUTE),
    ] {
        let actor = peer.resident(host, "bob");
        let follow = peer.deed(&actor, "Follow", "follow", &stage.ann_uri().into());
        let body = follow.to_string();
        let mut parcel = peer.parcel(node, "/inbox", &actor, body.as_bytes());
        parcel.headers = peer.sign(&actor, &inbox, body.as_bytes(), NOON + ahead);
        assert_eq!(Wire::to(node).send(&parcel).await.status, 202, "{host}");
        // A redirect of what is asked of them changes nothing.
        peer.answer(
            "GET",
            &peer.at(host, "/.well-known/nodeinfo"),
            Answer::of(ACTIVITY),
        );
        node.settle().await;
        let known = staff
            .get(&format!("/api/whimbrel/v1/peers/{}", peer.domain(host)))
            .await
            .ok();
        let skew = known["clock_skew_ms"].as_i64().expect("it is known");
        assert!((skew - ahead).abs() < 1_000, "{host}: {skew}");
    }
}
