//! Sections E and H: floods of the inbox. What is acknowledged is stored, what people wait for is refused last, and
//! strangers make the node neither ask nor grow.

use futures_util::future::join_all;
use serde_json::{Value, json};
use whimbrel::clock::Clock;
use whimbrel::store::{Conn, QueryResult, ReceiptState, receipts};

use crate::support::databases::{NOON, on_both};
use crate::support::fingerprints::Fingerprint;
use crate::support::hostile::{Hostile, PUBLIC};
use crate::support::nodes::TestNode;
use crate::support::wire::{Reply, Wire};

/// Deliveries that are under way at the same time.
const AT_ONCE: usize = 100;

async fn flood(node: &TestNode, peer: &Hostile, activities: &[(String, Value)]) -> Vec<Reply> {
    let wire = Wire::to(node);
    let parcels: Vec<_> = activities
        .iter()
        .map(|(by, activity)| peer.parcel(node, "/inbox", by, activity.to_string().as_bytes()))
        .collect();
    let mut replies = Vec::new();
    for some in parcels.chunks(AT_ONCE) {
        replies.extend(join_all(some.iter().map(|parcel| wire.send(parcel))).await);
    }
    replies
}

async fn count_receipts(node: &TestNode) -> i64 {
    let count = |conn: &mut Conn| -> QueryResult<i64> {
        let mut all = 0;
        for state in ReceiptState::ALL {
            all += receipts::count(conn, *state)?;
        }
        Ok(all)
    };
    node.node.db.read(count).await.unwrap()
}

fn retry_after(reply: &Reply) -> u64 {
    reply.header("retry-after").parse().unwrap_or(0)
}

on_both! {
    async fn e2_two_hundred_activities_of_a_stranger_cause_one_fetch(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let peer = Hostile::start().await;
        let ann = node.person("ann").await;
        let bob = peer.resident("good", "bob");
        let object = json!(format!("{}/users/{}", node.origin(), ann.username));
        let activities: Vec<(String, Value)> = (0..200)
            .map(|number| (bob.clone(), peer.deed(&bob, "Like", &number.to_string(), &object)))
            .collect();
        let parcels: Vec<_> = activities
            .iter()
            .map(|(by, activity)| peer.parcel(&node, "/inbox", by, activity.to_string().as_bytes()))
            .collect();
        let wire = Wire::to(&node);
        let replies = join_all(parcels.iter().map(|parcel| wire.send(parcel))).await;
        let refused: Vec<&Reply> = replies.iter().filter(|reply| reply.status != 202).collect();
        assert!(refused.is_empty(), "{refused:#?}");
        assert_eq!(peer.asked(), std::slice::from_ref(&bob), "its actor is asked for once");
        assert_eq!(count_receipts(&node).await, 200);
        // A failure is shared and remembered too.
        let eve = peer.actor("evil", "eve")["id"].as_str().unwrap().to_owned();
        let activities: Vec<(String, Value)> = (0..100)
            .map(|number| (eve.clone(), peer.deed(&eve, "Like", &number.to_string(), &object)))
            .collect();
        let replies = flood(&node, &peer, &activities).await;
        assert!(replies.iter().all(|reply| reply.status == 401));
        assert_eq!(peer.asked().iter().filter(|url| **url == eve).count(), 1);
    }
}

on_both! {
    async fn e15_deletions_of_strangers_cost_nothing(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let peer = Hostile::start().await;
        let before = Fingerprint::of(&node).await;
        let activities: Vec<(String, Value)> = (0..2_000)
            .map(|number| {
                let stranger = peer.at("good", &format!("/users/x{number}"));
                let delete = peer.deed(&stranger, "Delete", "delete", &json!(stranger));
                (stranger, delete)
            })
            .collect();
        let replies = flood(&node, &peer, &activities).await;
        assert!(replies.iter().all(|reply| reply.status == 202));
        assert_eq!(peer.asked(), Vec::<String>::new());
        let grown = before.differences(&Fingerprint::of(&node).await);
        assert!(grown.is_empty(), "{grown:#?}");
    }
}

on_both! {
    async fn e19_one_server_does_not_use_up_the_room_of_others(engine) {
        let clock = Clock::stepped(NOON);
        let node = TestNode::start_with(engine, "alpha", &clock, |config| {
            config.federation.inbox_backlog_per_host = 10;
        })
        .await;
        let peer = Hostile::start().await;
        let ann = json!(format!("{}/users/{}", node.origin(), node.person("ann").await.username));
        let (eve, bob) = (peer.resident("evil", "eve"), peer.resident("good", "bob"));
        for number in 0..15 {
            let like = peer.deed(&eve, "Like", &number.to_string(), &ann);
            let reply = peer.deliver(&node, &eve, &like).await;
            assert_eq!(reply.status, if number < 10 { 202 } else { 503 }, "{number}");
            assert_eq!(retry_after(&reply) > 0, number >= 10, "{number}");
        }
        assert_eq!(count_receipts(&node).await, 10, "what is acknowledged is stored, and nothing else");
        let reply = peer.deliver(&node, &bob, &peer.deed(&bob, "Like", "1", &ann)).await;
        assert_eq!(reply.status, 202, "{}", reply.body);
        node.settle().await;
        let reply = peer.deliver(&node, &eve, &peer.deed(&eve, "Like", "last", &ann)).await;
        assert_eq!(reply.status, 202, "{}", reply.body);
    }
}

on_both! {
    async fn h2_under_a_surge_messages_to_people_are_refused_last(engine) {
        let clock = Clock::stepped(NOON);
        let node = TestNode::start_with(engine, "alpha", &clock, |config| {
            config.federation.inbox_backlog_limit = 20;
        })
        .await;
        let peer = Hostile::start().await;
        let ann = node.person("ann").await;
        let uri = json!(format!("{}/users/ann", node.origin()));
        let bob = peer.resident("good", "bob");
        let mut stored = 0;
        let mut made = 0;
        let mut waits = Vec::new();
        // So many wait already when something comes: what it is, and whether it is taken.
        for (waiting, kind, is_taken) in [
            (9, "Like", true),
            (10, "Like", false),
            (10, "Announce", false),
            (10, "Undo", false),
            (10, "public", true),
            (14, "public", false),
            (14, "Flag", true),
            (17, "Flag", false),
            (17, "mention", true),
            (18, "Delete", true),
            (19, "Follow", true),
            (20, "Follow", false),
            (20, "mention", false),
        ] {
            while stored < waiting {
                made += 1;
                let follow = peer.deed(&bob, "Follow", &format!("fill/{made}"), &uri);
                assert_eq!(peer.deliver(&node, &bob, &follow).await.status, 202);
                stored += 1;
            }
            made += 1;
            let name = made.to_string();
            let mut note = peer.note(&bob, &name, "<p>x</p>");
            if kind == "mention" {
                note["to"] = json!([PUBLIC, uri]);
            }
            let object = match kind {
                "public" | "mention" => note,
                "Undo" => peer.deed(&bob, "Like", "undone", &uri),
                "Delete" => json!(format!("{bob}/notes/none")),
                _ => uri.clone(),
            };
            let kind = if object["type"] == "Note" { "Create" } else { kind };
            let reply = peer.deliver(&node, &bob, &peer.deed(&bob, kind, &name, &object)).await;
            assert_eq!(reply.status, if is_taken { 202 } else { 503 }, "{waiting} {kind}: {}", reply.body);
            stored += i64::from(is_taken);
            if !is_taken {
                waits.push(retry_after(&reply));
            }
            assert_eq!(count_receipts(&node).await, stored);
        }
        assert!(waits.iter().all(|seconds| (15..=900).contains(seconds)), "{waits:?}");
        assert!(waits.last() > Some(&45), "the wait grows: {waits:?}");
        // People notice nothing.
        ann.says("hello").await;
        assert!(!ann.home().await.is_empty());
        node.settle().await;
        let reply = peer.deliver(&node, &bob, &peer.deed(&bob, "Like", "calm", &uri)).await;
        assert_eq!(reply.status, 202, "{}", reply.body);
    }
}
