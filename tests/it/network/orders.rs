//! What peers send is applied once, whatever the order in which it comes, and for each inbox that it comes through.

use serde_json::{Value, json};
use whimbrel::clock::{Clock, DAY, MINUTE};
use whimbrel::federation::activities::{Verdict, apply};
use whimbrel::store::{Engine, Tx, receipts, tombstones};
use whimbrel::worker;

use crate::support::databases::{NOON, on_both};
use crate::support::fingerprints::Fingerprint;
use crate::support::hostile::Hostile;
use crate::support::nodes::TestNode;
use crate::support::people::{Person, plain};
use crate::support::wire::Wire;

/// Everything that people see, and what is remembered as gone.
const SEEN: &[&str] = &[
    "account_counts",
    "attachments",
    "blocks",
    "favourites",
    "follows",
    "home_entries",
    "notifications",
    "status_mentions",
    "status_tags",
    "statuses",
    "tombstones",
];

struct Stage {
    node: TestNode,
    peer: Hostile,
    ann: Person,
    bob: String,
}

impl Stage {
    /// Ann is here, Bob elsewhere; she follows him and has one post.
    async fn open(engine: Engine) -> Self {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let peer = Hostile::start().await;
        let ann = node.person("ann").await;
        let bob = peer.resident("good", "bob");
        let id = ann.finds("accounts", &bob).await;
        ann.post(&format!("/api/v1/accounts/{id}/follow"), json!({}))
            .await
            .ok();
        node.settle().await;
        let accept = json!({ "type": "Follow", "actor": format!("{}/users/ann", node.origin()), "object": bob });
        let accept = peer.deed(&bob, "Accept", "accept", &accept);
        peer.give(&node, &bob, &accept).await;
        Self {
            node,
            peer,
            ann,
            bob,
        }
    }

    fn ann_uri(&self) -> String {
        format!("{}/users/ann", self.node.origin())
    }

    fn create(&self) -> Value {
        let mut note = self.peer.note(&self.bob, "1", "<p>first #words</p>");
        note["tag"] =
            json!([{ "type": "Hashtag", "name": "#words", "href": "https://x.example/words" }]);
        self.peer.deed(&self.bob, "Create", "create", &note)
    }

    fn update(&self) -> Value {
        let mut note = self.peer.note(&self.bob, "1", "<p>second</p>");
        note["updated"] = json!("2026-08-08T12:00:00.500Z");
        self.peer.deed(&self.bob, "Update", "update", &note)
    }

    /// A direct note that names nobody: a blind copy.
    fn whisper(&self) -> Value {
        let mut note = self.peer.note(&self.bob, "2", "<p>between us</p>");
        note["to"] = json!([]);
        note["cc"] = json!([]);
        self.peer.deed(&self.bob, "Create", "whisper", &note)
    }

    async fn send_to(&self, path: &str, activity: &Value) {
        let parcel = self
            .peer
            .parcel(&self.node, path, &self.bob, activity.to_string().as_bytes());
        assert_eq!(Wire::to(&self.node).send(&parcel).await.status, 202);
    }
}

/// The activities of one story; of some the object is Ann's post.
fn story(stage: &Stage, name: &str, post: &str) -> Vec<Value> {
    let (peer, bob, ann) = (&stage.peer, stage.bob.as_str(), json!(stage.ann_uri()));
    let undo = |deed: &Value| peer.deed(bob, "Undo", "undo", deed);
    match name {
        "edited" => vec![stage.create(), stage.update()],
        "deleted" => {
            let delete = peer.deed(bob, "Delete", "delete", &stage.create()["object"]["id"]);
            vec![stage.create(), stage.update(), delete]
        }
        "boost deleted" => {
            let boost = peer.deed(bob, "Announce", "boost", &json!(post));
            let delete = peer.deed(bob, "Delete", "delete", &boost["id"]);
            vec![boost, delete]
        }
        kind => {
            let object = if matches!(kind, "Like" | "Announce") {
                json!(post)
            } else {
                ann
            };
            let deed = peer.deed(bob, kind, "deed", &object);
            vec![deed.clone(), undo(&deed)]
        }
    }
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in permutations(count - 1) {
        for place in 0..count {
            let mut longer = shorter.clone();
            longer.insert(place, count - 1);
            all.push(longer);
        }
    }
    all
}

/// What is there in the end if a story comes in this order, each activity twice.
async fn tell(engine: Engine, name: &str, order: &[usize]) -> (Vec<String>, Vec<String>) {
    let stage = Stage::open(engine).await;
    let post = stage
        .ann
        .post("/api/v1/statuses", json!({ "status": "hello" }))
        .await
        .ok();
    stage.node.settle().await;
    let before = Fingerprint::of(&stage.node).await.story(SEEN);
    let activities = story(&stage, name, post["uri"].as_str().unwrap());
    assert_eq!(activities.len(), order.len());
    for place in order {
        stage
            .peer
            .give(&stage.node, &stage.bob, &activities[*place])
            .await;
        stage
            .peer
            .give(&stage.node, &stage.bob, &activities[*place])
            .await;
    }
    (before, Fingerprint::of(&stage.node).await.story(SEEN))
}

on_both! {
    async fn h6_every_order_of_arrival_ends_in_the_same_rows(engine) {
        for (name, leaves) in [
            ("edited", "second"),
            ("deleted", "tombstones"),
            ("boost deleted", "tombstones"),
            ("Follow", "tombstones"),
            ("Like", "tombstones"),
            ("Announce", "tombstones"),
        ] {
            let count = if name == "deleted" { 3 } else { 2 };
            let mut expected: Option<Vec<String>> = None;
            for order in permutations(count) {
                let (before, after) = tell(engine, name, &order).await;
                assert_ne!(before, after, "{name} {order:?}");
                let new: Vec<&String> = after.iter().filter(|row| !before.contains(row)).collect();
                assert!(new.iter().any(|row| row.contains(leaves)), "{name} {order:?}: {new:#?}");
                let expected = expected.get_or_insert_with(|| after.clone());
                let differences: Vec<&String> = after
                    .iter()
                    .filter(|row| !expected.contains(row))
                    .chain(expected.iter().filter(|row| !after.contains(row)))
                    .collect();
                assert!(differences.is_empty(), "{name} {order:?}: {differences:#?}");
            }
        }
    }
}

on_both! {
    async fn one_activity_reaches_the_owner_of_each_inbox(engine) {
        let stage = Stage::open(engine).await;
        let others = [stage.node.person("bea").await, stage.node.person("cat").await, stage.node.person("eve").await];
        let whisper = stage.whisper();
        let uri = whisper["object"]["id"].as_str().unwrap().to_owned();
        // To everybody's inbox first, where nobody is told; then to two before it is applied, to one afterwards.
        stage.send_to("/inbox", &whisper).await;
        stage.node.settle().await;
        stage.send_to("/users/ann/inbox", &whisper).await;
        stage.send_to("/users/bea/inbox", &whisper).await;
        stage.node.settle().await;
        let once = Fingerprint::of(&stage.node).await.story(SEEN);
        stage.send_to("/users/cat/inbox", &whisper).await;
        stage.send_to("/users/cat/inbox", &whisper).await;
        stage.node.settle().await;
        let find = move |conn: &mut whimbrel::store::Conn| whimbrel::store::statuses::find_by_uri(conn, &uri);
        let id = stage.node.node.db.read(find).await.unwrap().unwrap().id.0;
        for (reader, sees) in [(&stage.ann, 200), (&others[0], 200), (&others[1], 200), (&others[2], 404)] {
            let answer = reader.get(&format!("/api/v1/statuses/{id}")).await;
            assert_eq!(answer.status, sees, "{}", reader.username);
        }
        let home = stage.ann.home().await;
        assert_eq!(home.iter().filter(|status| plain(status).contains("between us")).count(), 1);
        let twice = Fingerprint::of(&stage.node).await.story(SEEN);
        let new: Vec<&String> = twice.iter().filter(|row| !once.contains(row)).collect();
        assert_eq!(twice.len(), once.len() + 1, "one more may see it and nothing else: {new:#?}");
        stage.send_to("/users/eve/inbox", &whisper).await;
        let delete = stage.peer.deed(&stage.bob, "Delete", "delete", &whisper["object"]["id"]);
        stage.send_to("/inbox", &delete).await;
        stage.node.settle().await;
        stage.send_to("/users/ann/inbox", &whisper).await;
        stage.node.settle().await;
        assert_eq!(others[2].get(&format!("/api/v1/statuses/{id}")).await.status, 404);
        assert!(stage.ann.home().await.iter().all(|status| !plain(status).contains("between us")));
    }
}

on_both! {
    async fn an_inbox_that_comes_while_the_activity_is_applied_counts_too(engine) {
        let stage = Stage::open(engine).await;
        stage.node.person("bea").await;
        let whisper = stage.whisper();
        stage.send_to("/users/ann/inbox", &whisper).await;
        let claim = |tx: &mut Tx<'_>| { let end = tx.now() + MINUTE; receipts::claim(tx, 9, end) };
        let in_hand = stage.node.node.db.write(claim).await.unwrap().remove(0);
        stage.send_to("/users/bea/inbox", &whisper).await;
        let lease = in_hand.lease();
        let finish = move |tx: &mut Tx<'_>| receipts::finish(tx, lease, whimbrel::store::ReceiptState::Ignored, Some("no"));
        assert!(!stage.node.node.db.write(finish).await.unwrap(), "the lease is lost");
        assert_eq!(apply(&stage.node.node, &in_hand).await, Verdict::Applied);
        assert_eq!(stage.node.settle().await, 1, "it is done once more");
        let seen = Fingerprint::of(&stage.node).await.story(&["statuses", "status_mentions"]);
        assert_eq!(seen.iter().filter(|row| row.starts_with("statuses")).count(), 1, "{seen:#?}");
        assert_eq!(seen.iter().filter(|row| row.starts_with("status_mentions")).count(), 2, "{seen:#?}");
    }
}

on_both! {
    async fn what_is_gone_is_remembered_for_ninety_days(engine) {
        let stage = Stage::open(engine).await;
        let (bob, ours) = (stage.bob.clone(), stage.ann_uri());
        let insert = move |tx: &mut Tx<'_>| {
            for number in 0..1_200 {
                tombstones::insert(tx, &format!("{bob}/notes/{number}"), &bob)?;
            }
            tombstones::insert(tx, &format!("{ours}/statuses/1"), &ours)
        };
        stage.node.node.db.write(insert).await.unwrap();
        for (days, gone) in [(89, 0), (2, 1_200), (400, 0)] {
            stage.node.node.clock.advance(days * DAY);
            assert_eq!(worker::tidy(&stage.node.node).await.unwrap().tombstones, gone, "{days}");
        }
        let left = Fingerprint::of(&stage.node).await.story(&["tombstones"]);
        assert_eq!(left.len(), 1, "what was deleted here stays known: {left:#?}");
    }
}
