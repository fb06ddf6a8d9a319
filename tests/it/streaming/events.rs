//! Each stream, and what it tells.

use serde_json::json;

use super::tools::{follow, id, node, post, token, upload};
use crate::support::databases::on_both;
use crate::support::listeners::Listener;
use crate::support::networks::Fediverse;

on_both! {
    async fn a_home_hears_of_posts_edits_deletions_and_boosts(engine) {
        let node = node(engine).await;
        let (ann, ben, cat) = (node.person("ann").await, node.person("ben").await, node.person("cat").await);
        follow(&ben, &ann).await;
        let mut home = Listener::open(&node, &token(&node, &ben, "read").await, "user").await;
        cat.says("nobody here follows me").await;
        let first = ann.says("first").await;
        let told = home.next().await;
        assert_eq!(told.line(), "update first");
        // What a stream tells is what the interface answers.
        let path = format!("/api/v1/statuses/{}", id(&first));
        assert_eq!(told.payload, ben.get(&path).await.ok());
        ann.put(&path, json!({ "status": "second" })).await.ok();
        assert_eq!(home.next().await.line(), "status.update second");
        let other = cat.says("worth a boost").await;
        ann.post(&format!("/api/v1/statuses/{}/reblog", id(&other)), json!({})).await.ok();
        let boost = home.next().await;
        assert_eq!((boost.line(), boost.payload["account"]["username"].as_str()), ("update worth a boost".to_owned(), Some("ann")));
        ann.post(&format!("/api/v1/statuses/{}/unreblog", id(&other)), json!({})).await.ok();
        let told = home.next().await;
        assert_eq!((told.event.as_str(), told.payload.to_string()), ("delete", id(&boost.payload).to_owned()));
        ann.delete(&path).await.ok();
        let told = home.next().await;
        assert_eq!((told.event.as_str(), told.payload.to_string()), ("delete", id(&first).to_owned()));
        ben.says("my own").await;
        assert_eq!(home.next().await.line(), "update my own");
    }
}

on_both! {
    async fn notifications_are_told_to_tokens_that_may_hear_them(engine) {
        let node = node(engine).await;
        let (ann, ben) = (node.person("ann").await, node.person("ben").await);
        let all = token(&node, &ben, "read").await;
        let mut home = Listener::open(&node, &all, "user").await;
        let mut notices = Listener::open(&node, &token(&node, &ben, "read:notifications").await, "user/notification").await;
        let mut mute = Listener::open(&node, &token(&node, &ben, "read:statuses").await, "user").await;
        follow(&ann, &ben).await;
        let mine = ben.says("mine").await;
        ann.post(&format!("/api/v1/statuses/{}/favourite", id(&mine)), json!({})).await.ok();
        ann.says("hello @ben").await;
        let mut heard = Vec::new();
        for _ in 0..3 {
            let told = notices.next().await;
            assert_eq!(told.payload["account"]["username"], "ann");
            heard.push(format!("{} {}", told.event, told.payload["type"].as_str().unwrap()));
        }
        assert_eq!(heard, ["notification follow", "notification favourite", "notification mention"]);
        let kinds = [home.next().await, home.next().await, home.next().await, home.next().await].map(|told| told.event);
        assert_eq!(kinds, ["notification", "update", "notification", "notification"]);
        assert_eq!(mute.next().await.line(), "update mine");
        ben.says("again").await;
        assert_eq!(mute.next().await.line(), "update again");
    }
}

on_both! {
    async fn public_streams_hear_what_public_timelines_hold(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta"]).await;
        let node = &world.nodes[0];
        let (ann, ben, zoe) = (node.person("ann").await, node.person("ben").await, world.nodes[1].person("zoe").await);
        ann.follows(&zoe).await;
        world.settle().await;
        let key = token(node, &ben, "read").await;
        let mut all = Listener::open(node, &key, "public").await;
        let mut local = Listener::open(node, &key, "public/local").await;
        let mut remote = Listener::open(node, &key, "public/remote").await;
        let mut media = Listener::open(node, &key, "public?only_media=true").await;
        let mut tagged = Listener::open(node, &key, "hashtag?tag=Birds").await;
        let mut tagged_here = Listener::open(node, &key, "hashtag/local?tag=birds").await;
        post(&ann, "not listed #birds", "unlisted").await;
        post(&ann, "for followers #birds", "private").await;
        let first = ann.says("here #birds").await;
        ann.post("/api/v1/statuses", json!({ "status": "an answer to @zoe #birds", "in_reply_to_id": id(&first) })).await.ok();
        zoe.says("far #birds").await;
        world.settle().await;
        ann.delete(&format!("/api/v1/statuses/{}", id(&first))).await.ok();
        assert_eq!(all.next().await.line(), "update here #birds");
        // An answer to oneself is part of a thread and stands on the timeline.
        assert_eq!(all.next().await.line(), "update an answer to @zoe #birds");
        assert_eq!(all.next().await.line(), "update far #birds");
        assert_eq!(all.next().await.event, "delete");
        assert_eq!(local.next().await.line(), "update here #birds");
        assert_eq!(local.next().await.line(), "update an answer to @zoe #birds");
        assert_eq!(local.next().await.event, "delete");
        assert_eq!(remote.next().await.line(), "update far #birds");
        for _ in 0..2 {
            assert!(tagged.next().await.line().starts_with("update "));
        }
        assert_eq!(tagged.next().await.line(), "update far #birds");
        assert_eq!(tagged.next().await.payload.to_string(), id(&first));
        for expected in ["update", "update", "delete"] {
            assert_eq!(tagged_here.next().await.event, expected);
        }
        let file = upload(&ann).await;
        let body = json!({ "status": "a picture", "media_ids": [file] });
        ann.post("/api/v1/statuses", body).await.ok();
        assert_eq!(media.next().await.line(), "update a picture");
    }
}
