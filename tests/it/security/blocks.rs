//! Section C: who was blocked, muted or suspended reaches nobody by another way.

use serde_json::json;
use whimbrel::clock::Clock;
use whimbrel::store::{self, Conn, QueryResult};
use whimbrel::worker;

use crate::support::databases::{NOON, on_both};
use crate::support::fingerprints::Fingerprint;
use crate::support::hostile::Hostile;
use crate::support::nodes::TestNode;

on_both! {
    async fn c1_a_suspended_account_comes_in_by_no_way(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let (ann, peer) = (node.person("ann").await, Hostile::start().await);
        let (bob, carl) = (peer.resident("evil", "bob"), peer.resident("good", "carl"));
        let own = ann.says("hello").await;
        for actor in [&bob, &carl] {
            let id = ann.finds("accounts", actor).await;
            ann.post(&format!("/api/v1/accounts/{id}/follow"), json!({})).await.ok();
            let request = json!({ "type": "Follow", "actor": format!("{}/users/ann", node.origin()), "object": actor });
            peer.give(&node, actor, &peer.deed(actor, "Accept", "accept", &request)).await;
        }
        let uri = bob.clone();
        node.node.db.write(move |tx| -> QueryResult<()> {
            let mut account = store::accounts::find_by_uri(tx, &uri)?.expect("Bob is known");
            account.suspended_at = Some(tx.now());
            store::accounts::update(tx, &account)
        }).await.expect("a database");
        let mut note = peer.note(&bob, "1", "forbidden fruit");
        note["inReplyTo"] = own["uri"].clone();
        let id = note["id"].as_str().expect("an id").to_owned();
        peer.show(&id, &note);
        let mut reply = peer.note(&carl, "1", "an answer");
        reply["inReplyTo"] = id.as_str().into();
        for (by, kind, object) in [(&bob, "Create", note), (&carl, "Announce", id.as_str().into()), (&carl, "Create", reply)] {
            peer.deliver(&node, by, &peer.deed(by, kind, kind, &object)).await;
            // The job that looks for what the reply answers fails: that is what is wanted.
            let _ = worker::settle(&node.node).await;
        }
        let query: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
        let found = ann.get(&format!("/api/v2/search?resolve=true&q={query}")).await.ok();
        assert_eq!(found["statuses"], json!([]), "by search");
        let _ = worker::settle(&node.node).await;
        let look = move |conn: &mut Conn| store::statuses::find_by_uri(conn, &id);
        let stored = node.node.db.read(look).await.expect("a database");
        assert!(stored.is_none(), "it came in: {stored:?}");
        assert!(ann.home_texts().await.contains(&"an answer".to_owned()), "others are not touched");
        for path in ["/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/notifications"] {
            assert!(!ann.get(path).await.ok().to_string().contains("forbidden"), "{path}");
        }
    }
}

on_both! {
    async fn c10_who_is_blocked_or_muted_is_seen_nowhere(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let (ann, carl) = (node.person("ann").await, node.person("carl").await);
        let (blocked, muted) = (node.person("blocked").await, node.person("muted").await);
        let post = ann.says("hello").await["id"].as_str().unwrap().to_owned();
        for other in [&carl, &blocked, &muted] {
            ann.post(&format!("/api/v1/accounts/{}/follow", other.id.unwrap()), json!({})).await.ok();
        }
        for other in [&blocked, &muted] {
            let early = json!({ "status": format!("@ann an early word of {}", other.username), "in_reply_to_id": post });
            other.post("/api/v1/statuses", early).await.ok();
        }
        let blocks = format!("/api/v1/accounts/{}/block", blocked.id.unwrap());
        ann.post(&blocks, json!({})).await.ok();
        ann.post(&format!("/api/v1/accounts/{}/mute", muted.id.unwrap()), json!({})).await.ok();
        for other in [&blocked, &muted] {
            let text = format!("@ann a word of {} #tagged", other.username);
            let said = other.says(&text).await["id"].as_str().unwrap().to_owned();
            carl.post(&format!("/api/v1/statuses/{said}/reblog"), json!({})).await.ok();
            other.post("/api/v1/statuses", json!({ "status": format!("@ann again a word of {}", other.username), "in_reply_to_id": post })).await;
            other.post(&format!("/api/v1/statuses/{post}/favourite"), json!({})).await;
            other.post(&format!("/api/v1/statuses/{post}/reblog"), json!({})).await;
            other.post(&format!("/api/v1/accounts/{}/follow", ann.id.unwrap()), json!({})).await;
        }
        node.settle().await;
        for path in ["/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/timelines/tag/tagged", "/api/v1/notifications",
            &format!("/api/v1/statuses/{post}/context")]
        {
            let answer = ann.get(path).await.ok().to_string();
            for other in [&blocked, &muted] {
                let is_seen = answer.contains(&format!("word of {}", other.username));
                assert!(!is_seen, "{} on {path}: {answer}", other.username);
            }
        }
        let notices = ann.notices().await;
        assert!(notices.iter().all(|(_, from)| from == "carl"), "{notices:?}");
        let own = ann.get(&format!("/api/v1/statuses/{post}")).await.ok();
        assert_eq!((&own["favourites_count"], &own["reblogs_count"]), (&json!(1), &json!(1)), "the blocked one could not");
    }
}

on_both! {
    async fn c13_c15_what_is_not_for_here_changes_nothing(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let (ann, peer) = (node.person("ann").await, Hostile::start().await);
        let bob = peer.resident("evil", "bob");
        let private = ann.post("/api/v1/statuses", json!({ "status": "for followers", "visibility": "private" })).await.ok();
        let like = peer.deed(&bob, "Like", "first", &format!("{}/users/ann", node.origin()).into());
        peer.give(&node, &bob, &like).await;
        let before = Fingerprint::of(&node).await;
        for (kind, object) in [
            ("Create", peer.note(&bob, "spam", "nobody asked")), ("Announce", private["uri"].clone()), ("Like", private["uri"].clone()),
            ("Announce", peer.at("good", "/notes/1").into()), ("Add", private["uri"].clone()), ("Move", bob.as_str().into()),
            ("Flag", private["uri"].clone()), ("Question", private["uri"].clone()), ("Nonsense", json!([[[]]])),
        ] {
            let deed = peer.deed(&bob, kind, &format!("{kind}-{}", object.to_string().len()), &object);
            let status = peer.deliver(&node, &bob, &deed).await.status;
            assert_eq!(status, 202, "{kind}");
            node.settle().await;
        }
        let changes = before.differences(&Fingerprint::of(&node).await);
        let changes: Vec<_> = changes.iter().filter(|row| !row.contains(" receipts ")).collect();
        assert!(changes.is_empty(), "{changes:#?}");
    }
}
