//! Hashtags: following them, featuring them, and how much they are used.

use serde_json::{Value, json};
use whimbrel::clock::{Clock, DAY};

use super::tools::{id, node, refused, relate, texts, token};
use crate::support::databases::{NOON, on_both};
use crate::support::listeners::Listener;
use crate::support::networks::Fediverse;
use crate::support::nodes::TestNode;
use crate::support::people::Person;

const ALL: &str = "/api/v1/featured_tags";

/// Does something to a tag.
async fn tag(who: &Person, name: &str, verb: &str) -> Value {
    who.post(&format!("/api/v1/tags/{name}/{verb}"), json!({}))
        .await
        .ok()
}

async fn post(who: &Person, text: &str, visibility: &str) -> Value {
    let body = json!({ "status": text, "visibility": visibility });
    who.post("/api/v1/statuses", body).await.ok()
}

on_both! {
    async fn a_tag_tells_its_use_of_seven_days(engine) {
        let clock = Clock::stepped(NOON);
        let node = TestNode::start(engine, "alpha", &clock).await;
        let (ann, ben) = (node.person("ann").await, node.person("ben").await);
        ann.says("one #Birds").await;
        clock.advance(2 * DAY);
        ann.says("two #birds").await;
        post(&ann, "three #birds", "unlisted").await;
        ben.says("four #birds").await;
        ben.says("five #BIRDS #bees").await;
        let shown = ann.get("/api/v1/tags/Birds/").await.ok();
        assert_eq!((&shown["name"], &shown["following"], &shown["featuring"]), (&json!("birds"), &json!(false), &json!(false)));
        let history = shown["history"].as_array().unwrap();
        let midnight = (NOON + 2 * DAY) / DAY * (DAY / 1000);
        assert_eq!(history.len(), 7);
        assert_eq!(history[0], json!({ "day": midnight.to_string(), "uses": "3", "accounts": "2" }));
        assert_eq!(history[1]["uses"], "0");
        assert_eq!((&history[2]["uses"], &history[2]["accounts"]), (&json!("1"), &json!("1")));
        // One that nobody used is a tag, too; a stranger has nothing to do with any.
        let unused = node.anybody().get("/api/v1/tags/unused").await.ok();
        assert_eq!((&unused["name"], unused.get("following")), (&json!("unused"), None));
        assert_eq!(node.anybody().get("/api/v1/tags/a-b").await.status, 404);
        let found = ann.get("/api/v2/search?q=bee&type=hashtags").await.ok();
        assert_eq!(found["hashtags"][0]["history"][0]["uses"], "1");
    }
}

on_both! {
    async fn a_followed_tag_comes_home_once_and_only_what_everybody_may_see(engine) {
        let node = node(engine).await;
        let (ann, ben, cat, dan) = (
            node.person("ann").await, node.person("ben").await, node.person("cat").await, node.person("dan").await,
        );
        relate(&ann, "follow", &cat).await;
        ben.says("too early #birds").await;
        for name in ["Birds", "bees", "birds"] {
            assert_eq!(tag(&ann, name, "follow").await["following"], true);
        }
        let followed = ann.get("/api/v1/followed_tags").await.ok();
        let names: Vec<&str> = followed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["bees", "birds"]);
        let mut home = Listener::open(&node, &token(&node, &ann).await, "user").await;
        let first = ben.says("first #birds").await;
        post(&ben, "unlisted #birds", "unlisted").await;
        post(&ben, "for followers #birds", "private").await;
        post(&ben, "for @ann #birds", "direct").await;
        // By somebody whom she follows, and under two tags: once.
        cat.says("second #birds #bees").await;
        dan.says("nothing").await;
        dan.post(&format!("/api/v1/statuses/{}/reblog", id(&first)), json!({})).await.ok();
        ann.says("my own #birds").await;
        dan.says("third #bees").await;
        assert_eq!(ann.home_texts().await, ["third #bees", "my own #birds", "second #birds #bees", "first #birds"]);
        let mut heard = Vec::new();
        for _ in 0..5 {
            heard.push(home.next().await.line());
        }
        heard.retain(|line| line.starts_with("update"));
        assert_eq!(heard, [
            "update first #birds", "update second #birds #bees", "update my own #birds", "update third #bees",
        ]);
        ben.delete(&format!("/api/v1/statuses/{}", id(&first))).await.ok();
        let told = home.next().await;
        assert_eq!((told.event.as_str(), told.payload.to_string()), ("delete", id(&first).to_owned()));
        // What only the tag brought goes with it.
        assert_eq!(tag(&ann, "bees", "unfollow").await["following"], false);
        assert_eq!(ann.home_texts().await, ["my own #birds", "second #birds #bees"]);
        ben.says("fourth #bees").await;
        assert_eq!(ann.home_texts().await.len(), 2);
    }
}

on_both! {
    async fn a_followed_tag_brings_nobody_who_is_unwanted(engine) {
        let node = node(engine).await;
        let ann = node.person("ann").await;
        tag(&ann, "birds", "follow").await;
        let mut others = Vec::new();
        for name in ["blocked", "muted", "blocking", "listed", "fine"] {
            others.push(node.person(name).await);
        }
        relate(&ann, "block", &others[0]).await;
        relate(&ann, "mute", &others[1]).await;
        relate(&others[2], "block", &ann).await;
        relate(&ann, "follow", &others[3]).await;
        let list = ann.post("/api/v1/lists", json!({ "title": "x", "exclusive": true })).await.ok();
        let member = json!({ "account_ids": [others[3].id.unwrap().to_string()] });
        ann.post(&format!("/api/v1/lists/{}/accounts", id(&list)), member).await.ok();
        let mut home = Listener::open(&node, &token(&node, &ann).await, "user").await;
        for other in &others {
            other.says(&format!("{} #birds", other.username)).await;
        }
        assert_eq!(ann.home_texts().await, ["fine #birds"]);
        assert_eq!(home.next().await.line(), "update fine #birds");
        // A mute counts for what is there already.
        relate(&ann, "mute", &others[4]).await;
        assert_eq!(ann.home_texts().await, [""; 0]);
    }
}

on_both! {
    async fn a_profile_shows_its_tags_here_and_to_other_servers(engine) {
        let node = node(engine).await;
        let (ann, ben) = (node.person("ann").await, node.person("ben").await);
        ann.says("one #RustLang #birds").await;
        post(&ann, "two #rustlang", "unlisted").await;
        post(&ann, "three #rustlang", "private").await;
        let suggested = ann.get(&format!("{ALL}/suggestions")).await.ok();
        let names: Vec<&str> = suggested.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["rustlang", "birds"]);
        let made = ann.post(ALL, json!({ "name": "#RustLang" })).await.ok();
        assert_eq!((&made["name"], &made["statuses_count"], &made["last_status_at"]), (&json!("RustLang"), &json!("2"), &json!("2026-08-08")));
        assert_eq!(ann.post(ALL, json!({ "name": "rustlang" })).await.ok()["id"], made["id"]);
        assert!(refused(&ann.post(ALL, json!({ "name": "a b" })).await, 422).contains("not a hashtag"));
        let shown = tag(&ann, "unused", "feature").await;
        assert_eq!((&shown["featuring"], &shown["following"]), (&json!(true), &json!(false)));
        let path = format!("/api/v1/accounts/{}/featured_tags", ann.id.unwrap());
        let profile = ben.get(&path).await.ok();
        assert_eq!(profile[1]["last_status_at"], Value::Null);
        assert_eq!(profile, ann.get(ALL).await.ok());
        let actor = format!("/users/{}", ann.username);
        let document = |path: String| {
            let request = ben.request(reqwest::Method::GET, &path).header("Accept", "application/activity+json");
            async { request.send().await.unwrap().json::<Value>().await.unwrap() }
        };
        let told = document(actor.clone()).await;
        assert_eq!(told["featuredTags"], format!("{}{actor}/collections/tags", node.origin()));
        let tags = document(format!("{actor}/collections/tags")).await;
        assert_eq!((&tags["totalItems"], &tags["orderedItems"][0]["name"]), (&json!(2), &json!("#RustLang")));
        assert_eq!(tag(&ann, "unused", "unfeature").await["featuring"], false);
        assert_eq!(ben.delete(&format!("{ALL}/{}", id(&made))).await.status, 404);
        assert_eq!(ann.delete(&format!("{ALL}/{}", id(&made))).await.ok(), json!({}));
        assert_eq!(ann.get(ALL).await.ok(), json!([]));
        for number in 0..10 {
            tag(&ann, &format!("tag{number}"), "feature").await;
        }
        let answer = ann.post("/api/v1/tags/more/feature", json!({})).await;
        assert!(refused(&answer, 422).contains("10 hashtags"));
    }
}

on_both! {
    async fn a_followed_tag_brings_what_other_servers_send(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta"]).await;
        let (ann, ben) = (world.nodes[0].person("ann").await, world.nodes[0].person("ben").await);
        let zoe = world.nodes[1].person("zoe").await;
        ben.follows(&zoe).await;
        world.settle().await;
        tag(&ann, "birds", "follow").await;
        zoe.says("from afar #birds").await;
        world.settle().await;
        assert_eq!(ann.home_texts().await, ["from afar #birds"]);
        let path = "/api/v1/timelines/tag/nothing?any[]=birds";
        assert_eq!(texts(&ann, path).await, ["from afar #birds"]);
    }
}
