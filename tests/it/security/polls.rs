//! Section A: votes and tallies that are not what they claim to be.

use futures_util::future::join_all;
use serde_json::{Value, json};
use whimbrel::clock::HOUR;

use super::stages::Stage;
use crate::support::databases::on_both;
use crate::support::hostile::Hostile;

/// A question of somebody elsewhere, with these tallies.
fn question(peer: &Hostile, actor: &str, tallies: &[Value]) -> Value {
    let option = |(name, votes): (&str, &Value)| json!({ "type": "Note", "name": name, "replies": { "type": "Collection", "totalItems": votes } });
    let options: Vec<Value> = ["green", "black"]
        .into_iter()
        .zip(tallies)
        .map(option)
        .collect();
    let mut note = peer.note(actor, "question", "which tea?");
    note["type"] = json!("Question");
    note["oneOf"] = json!(options);
    note["endTime"] = json!("2026-08-09T12:00:00Z");
    note["votersCount"] = tallies[0].clone();
    note
}

/// A vote of somebody elsewhere in the poll of this status.
fn vote(stage: &Stage, actor: &str, name: &str, option: &str, status: &str) -> Value {
    let note = json!({
        "id": format!("{actor}/votes/{name}"), "type": "Note", "name": option, "attributedTo": actor,
        "inReplyTo": status, "to": [stage.ann_uri()],
    });
    stage
        .peer
        .deed(actor, "Create", &format!("vote-{name}"), &note)
}

/// The votes for each option, as Ann sees them.
async fn tallies(stage: &Stage, status: &str) -> Vec<i64> {
    let status = stage
        .ann
        .get(&format!("/api/v1/statuses/{status}"))
        .await
        .ok();
    let options = status["poll"]["options"].as_array().expect("a poll").iter();
    options
        .map(|option| option["votes_count"].as_i64().expect("a number"))
        .collect()
}

on_both! {
    async fn a32_only_the_author_says_how_a_poll_stands_and_only_in_numbers(engine) {
        let stage = Stage::open(engine).await;
        let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
        stage.follow(bob).await;
        let create = peer.deed(bob, "Create", "create", &question(peer, bob, &[json!(3), json!(4)]));
        peer.give(node, bob, &create).await;
        let id = stage.ann.home().await[0]["id"].as_str().expect("an id").to_owned();
        assert_eq!(tallies(&stage, &id).await, [3, 4]);
        for (number, (host, name)) in [("good", "eve"), ("evil", "eve")].into_iter().enumerate() {
            let eve = peer.resident(host, name);
            let mut forged = question(peer, bob, &[json!(900), json!(1)]);
            for claims_it in [false, true] {
                if claims_it {
                    forged["attributedTo"] = eve.as_str().into();
                }
                let update = peer.deed(&eve, "Update", &format!("forged-{number}-{claims_it}"), &forged);
                peer.deliver(node, &eve, &update).await;
                node.settle().await;
            }
        }
        assert_eq!(tallies(&stage, &id).await, [3, 4], "it is Bob's");
        let strange = [json!(-5), json!(1.5), json!("7"), json!(null), json!([1]), json!(9e300), json!(u64::MAX), json!(i64::MIN)];
        for (number, value) in strange.iter().enumerate() {
            let update = peer.deed(bob, "Update", &format!("odd-{number}"), &question(peer, bob, &[value.clone(), json!(5)]));
            let status = peer.deliver(node, bob, &update).await.status;
            assert!([202, 400].contains(&status), "{value}: {status}");
            node.settle().await;
            let now = tallies(&stage, &id).await;
            assert!(now.len() == 2 && now[0] >= 0 && [4, 5].contains(&now[1]), "{value}: {now:?}");
        }
        // A body that no parser of ours reads as a number is no document.
        let text = peer.deed(bob, "Update", "huge", &question(peer, bob, &[json!("HUGE"), json!(6)])).to_string();
        let parcel = peer.parcel(node, "/inbox", bob, text.replace("\"HUGE\"", "1e400").as_bytes());
        let status = crate::support::wire::Wire::to(node).send(&parcel).await.status;
        assert!([202, 400].contains(&status), "{status}");
        node.settle().await;
        let last = peer.deed(bob, "Update", "last", &question(peer, bob, &[json!(8), json!(9)]));
        peer.give(node, bob, &last).await;
        assert_eq!(tallies(&stage, &id).await, [8, 9], "Bob's word counts");
    }
}

on_both! {
    async fn a33_a_vote_counts_once_for_what_is_there_as_long_as_it_is_open(engine) {
        let stage = Stage::open(engine).await;
        let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
        let (carl, eve) = (peer.resident("good", "carl"), peer.resident("evil", "eve"));
        let poll = json!({ "status": "which tea?", "poll": { "options": ["green", "black"], "expires_in": 3600 } });
        let own = stage.ann.post("/api/v1/statuses", poll).await.ok();
        let (id, uri) = (own["id"].as_str().expect("an id"), own["uri"].as_str().expect("an address"));
        let blocked = stage.ann.finds("accounts", &eve).await;
        stage.ann.post(&format!("/api/v1/accounts/{blocked}/block"), json!({})).await.ok();
        let mut with_text = vote(&stage, &carl, "text", "green", uri);
        with_text["object"]["content"] = json!("<p>green!</p>");
        for (by, activity) in [
            (&eve, vote(&stage, &eve, "blocked", "green", uri)),
            (&carl, vote(&stage, &carl, "missing", "blue", uri)),
            (&carl, vote(&stage, &carl, "empty", "", uri)),
            (&carl, with_text),
        ] {
            peer.deliver(node, by, &activity).await;
            node.settle().await;
            assert_eq!(tallies(&stage, id).await, [0, 0], "{activity}");
        }
        // Ten votes of one person at the same time, for both options, each with an id of its own.
        let votes: Vec<Value> = (0..10)
            .map(|number| vote(&stage, bob, &number.to_string(), ["green", "black"][number % 2], uri))
            .collect();
        let replies = join_all(votes.iter().map(|vote| peer.deliver(node, bob, vote))).await;
        assert!(replies.iter().all(|reply| reply.status == 202));
        node.settle().await;
        assert_eq!(tallies(&stage, id).await.iter().sum::<i64>(), 1, "one person has one vote");
        // Votes in a poll elsewhere are its own server's affair.
        stage.follow(&carl).await;
        let theirs = question(peer, &carl, &[json!(1), json!(2)]);
        peer.give(node, &carl, &peer.deed(&carl, "Create", "asks", &theirs)).await;
        let there = stage.ann.finds("statuses", theirs["id"].as_str().expect("an id")).await;
        let stray = vote(&stage, bob, "stray", "green", theirs["id"].as_str().expect("an id"));
        peer.deliver(node, bob, &stray).await;
        node.settle().await;
        assert_eq!(tallies(&stage, &there).await, [1, 2]);
        let before = tallies(&stage, id).await;
        node.node.clock.advance(2 * HOUR);
        peer.deliver(node, &carl, &vote(&stage, &carl, "late", "green", uri)).await;
        node.settle().await;
        assert_eq!(tallies(&stage, id).await, before, "it is over");
    }
}
