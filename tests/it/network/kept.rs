//! Polls, pins and posts that wait for their time, between real nodes.

use serde_json::{Value, json};
use whimbrel::clock::{HOUR, MINUTE, SECOND, to_rfc3339};

use crate::support::databases::on_both;
use crate::support::networks::Fediverse;
use crate::support::people::{Person, plain};

/// Ann on the first node, whom Ben on the second and Cat on the third follow.
async fn ann_and_her_followers(world: &Fediverse) -> [Person; 3] {
    let people = [
        world.nodes[0].person("ann").await,
        world.nodes[1].person("ben").await,
        world.nodes[2].person("cat").await,
    ];
    for follower in &people[1..] {
        follower.follows(&people[0]).await;
    }
    world.settle().await;
    people
}

async fn find_here(reader: &Person, text: &str) -> Value {
    let home = reader.home().await;
    let found = home.into_iter().find(|status| plain(status).contains(text));
    found.unwrap_or_else(|| panic!("{} does not see {text:?}", reader.username))
}

/// How often each option was chosen, and by how many people.
fn tallies(status: &Value) -> (Vec<i64>, i64) {
    let poll = &status["poll"];
    let options = poll["options"].as_array().unwrap().iter();
    let votes = options.map(|option| option["votes_count"].as_i64().unwrap());
    (votes.collect(), poll["voters_count"].as_i64().unwrap())
}

on_both! {
    async fn a_poll_is_voted_in_from_everywhere_and_everybody_hears_how_it_ends(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let [ann, ben, cat] = ann_and_her_followers(&world).await;
        let poll = json!({ "options": ["tea", "coffee", "milk"], "expires_in": 600, "multiple": true });
        ann.post("/api/v1/statuses", json!({ "status": "What shall we drink?", "poll": poll })).await.ok();
        world.settle().await;
        for (voter, choices) in [(&ben, json!([0, 2])), (&cat, json!([0]))] {
            let seen = find_here(voter, "drink").await;
            assert_eq!(tallies(&seen), (vec![0, 0, 0], 0));
            let id = seen["poll"]["id"].as_str().unwrap();
            let path = format!("/api/v1/polls/{id}/votes");
            let voted = voter.post(&path, json!({ "choices": choices })).await.ok();
            assert_eq!(voted["own_votes"], choices, "{}", voter.username);
        }
        world.settle().await;
        assert_eq!(tallies(&find_here(&ann, "drink").await), (vec![2, 0, 1], 2));
        world.pass(20 * SECOND, 10 * SECOND).await;
        for reader in [&ben, &cat] {
            assert_eq!(tallies(&find_here(reader, "drink").await), (vec![2, 0, 1], 2), "{}", reader.username);
            assert!(reader.notices().await.iter().all(|(kind, _)| kind != "poll"));
        }
        world.pass(10 * MINUTE, MINUTE).await;
        for person in [&ann, &ben, &cat] {
            let seen = find_here(person, "drink").await;
            assert_eq!((&seen["poll"]["expired"], tallies(&seen)), (&json!(true), (vec![2, 0, 1], 2)));
            assert_eq!(seen["edited_at"], Value::Null);
            let told = person.notices().await.into_iter().filter(|(kind, _)| kind == "poll").count();
            assert_eq!(told, 1, "{} is told once", person.username);
        }
    }
}

on_both! {
    async fn pins_are_seen_by_followers_and_by_those_who_come_later(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let [ann, ben, _] = ann_and_her_followers(&world).await;
        for text in ["first", "second"] {
            let posted = ann.says(text).await;
            let path = format!("/api/v1/statuses/{}/pin", posted["id"].as_str().unwrap());
            assert_eq!(ann.post(&path, json!({})).await.ok()["pinned"], true);
            world.settle().await;
            world.clock.advance(SECOND);
        }
        let pinned = async |reader: &Person| -> Vec<String> {
            let id = reader.finds("accounts", &ann.handle()).await;
            world.settle().await;
            let path = format!("/api/v1/accounts/{id}/statuses?pinned=true");
            let found = reader.get(&path).await.ok();
            found.as_array().unwrap().iter().map(plain).collect()
        };
        assert_eq!(pinned(&ben).await, ["second", "first"]);
        let own = find_here(&ann, "second").await;
        let path = format!("/api/v1/statuses/{}/unpin", own["id"].as_str().unwrap());
        ann.post(&path, json!({})).await.ok();
        world.settle().await;
        assert_eq!(pinned(&ben).await, ["first"]);
        let dora = world.nodes[2].person("dora").await;
        assert_eq!(pinned(&dora).await, ["first"]);
    }
}

on_both! {
    async fn a_post_that_waits_reaches_followers_at_its_time(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let [ann, ben, _] = ann_and_her_followers(&world).await;
        let at = to_rfc3339(world.clock.now() + HOUR);
        let text = format!("@{} later", ben.handle());
        ann.post("/api/v1/statuses", json!({ "status": text, "scheduled_at": at })).await.ok();
        world.pass(50 * MINUTE, 10 * MINUTE).await;
        assert!(ben.home_texts().await.is_empty());
        world.pass(10 * MINUTE, 10 * MINUTE).await;
        assert!(find_here(&ben, "later").await["created_at"].as_str().unwrap() >= at.as_str());
        let mentions = ben.notices().await.into_iter().filter(|(kind, _)| kind == "mention").count();
        assert_eq!(mentions, 1);
        assert_eq!(ann.get("/api/v1/scheduled_statuses").await.ok(), json!([]));
    }
}
