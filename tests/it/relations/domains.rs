//! Domains of which somebody wants to see nothing.

use serde_json::{Value, json};

use super::tools::{id, refused, texts, token};
use crate::support::databases::on_both;
use crate::support::listeners::Listener;
use crate::support::networks::Fediverse;
use crate::support::people::Person;

const BLOCKS: &str = "/api/v1/domain_blocks";

async fn relationship(who: &Person, id: &str) -> Value {
    let path = format!("/api/v1/accounts/relationships?id={id}");
    who.get(&path).await.ok()[0].clone()
}

on_both! {
    async fn a_blocked_domain_is_gone_from_sight(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta"]).await;
        let (here, there) = (&world.nodes[0], &world.nodes[1]);
        let (ann, ben, zoe) = (here.person("ann").await, here.person("ben").await, there.person("zoe").await);
        let zoe_here = ann.follows(&zoe).await;
        ben.follows(&zoe).await;
        ann.post(&format!("/api/v1/accounts/{}/follow", ben.id.unwrap()), json!({})).await.ok();
        let ann_there = zoe.follows(&ann).await;
        world.settle().await;
        zoe.says("old #birds").await;
        zoe.says(&format!("hello @{}", ann.handle())).await;
        world.settle().await;
        let old_here = ben.get("/api/v1/timelines/tag/birds").await.ok()[0].clone();
        ben.post(&format!("/api/v1/statuses/{}/reblog", id(&old_here)), json!({})).await.ok();
        assert_eq!(ann.home_texts().await.len(), 3);
        let preview = ann.get(&format!("{BLOCKS}/preview?domain={}", there.domain)).await.ok();
        assert_eq!(preview, json!({ "following_count": 1, "followers_count": 1 }));
        for (domain, says) in [("a b", "Domain"), ("", "empty"), (here.domain.as_str(), "own")] {
            let answer = ann.post(BLOCKS, json!({ "domain": domain })).await;
            assert!(refused(&answer, 422).contains(says), "{domain}");
        }
        for _ in 0..2 {
            let domain = there.domain.to_uppercase();
            assert_eq!(ann.post(BLOCKS, json!({ "domain": domain })).await.ok(), json!({}));
        }
        assert_eq!(ann.get(BLOCKS).await.ok(), json!([there.domain]));
        assert_eq!(ben.get(BLOCKS).await.ok(), json!([]));
        world.settle().await;
        let now = relationship(&ann, &zoe_here).await;
        for (key, expected) in [("domain_blocking", true), ("following", false), ("followed_by", false)] {
            assert_eq!(now[key], expected, "{key}");
        }
        // Their server knows.
        assert_eq!(relationship(&zoe, &ann_there).await["following"], false);
        assert_eq!(relationship(&zoe, &ann_there).await["followed_by"], false);
        assert_eq!(ann.home_texts().await, [""; 0]);
        assert!(ann.notices().await.iter().all(|(_, from)| from != "zoe"));
        let refused = ann.post(&format!("/api/v1/accounts/{zoe_here}/follow"), json!({})).await;
        assert_eq!(refused.status, 403);
    }
}

on_both! {
    async fn a_blocked_domain_is_neither_heard_nor_let_in(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta"]).await;
        let (here, there) = (&world.nodes[0], &world.nodes[1]);
        let (ann, ben, zoe) = (here.person("ann").await, here.person("ben").await, there.person("zoe").await);
        ben.follows(&zoe).await;
        ann.post(&format!("/api/v1/accounts/{}/follow", ben.id.unwrap()), json!({})).await.ok();
        ann.post("/api/v1/tags/birds/follow", json!({})).await.ok();
        world.settle().await;
        ann.post(BLOCKS, json!({ "domain": there.domain })).await.ok();
        let key = token(here, &ann).await;
        let mut home = Listener::open(here, &key, "user").await;
        let mut public = Listener::open(here, &key, "public").await;
        let ann_there = zoe.follows(&ann).await;
        zoe.says(&format!("hello @{} #birds", ann.handle())).await;
        world.settle().await;
        let found = ben.get("/api/v1/timelines/public").await.ok()[0].clone();
        ben.post(&format!("/api/v1/statuses/{}/reblog", id(&found)), json!({})).await.ok();
        for path in ["home", "public", "tag/birds"] {
            assert_eq!(texts(&ann, &format!("/api/v1/timelines/{path}")).await, [""; 0], "{path}");
        }
        assert_eq!(texts(&ben, "/api/v1/timelines/public").await.len(), 1);
        assert!(ann.notices().await.is_empty());
        assert_eq!(relationship(&zoe, &ann_there).await["following"], false);
        // Whatever was told of it would come before this.
        ben.says("the end").await;
        assert_eq!(home.next().await.line(), "update the end");
        assert_eq!(public.next().await.line(), "update the end");
        let path = format!("{BLOCKS}?domain={}", there.domain);
        for _ in 0..2 {
            assert_eq!(ann.delete(&path).await.ok(), json!({}));
        }
        assert_eq!(ann.get(BLOCKS).await.ok(), json!([]));
        assert_eq!(texts(&ann, "/api/v1/timelines/public").await.len(), 2);
    }
}
