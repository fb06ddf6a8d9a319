//! Reactions with emoji between nodes: they arrive, are counted, and are taken back.

use serde_json::{Value, json};

use crate::support::databases::on_both;
use crate::support::networks::Fediverse;
use crate::support::people::Person;

async fn reactions(who: &Person, id: &str) -> Value {
    let status = who.get(&format!("/api/v1/statuses/{id}")).await.ok();
    assert_eq!(status["favourites_count"], 0);
    status["reactions"].clone()
}

fn party(me: bool) -> Value {
    json!([{"name": "\u{1f389}", "count": 1, "me": me, "url": null, "static_url": null}])
}

on_both! {
    async fn a_reaction_arrives_is_counted_and_is_taken_back(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta"]).await;
        let ann = world.nodes[0].person("ann").await;
        let ben = world.nodes[1].person("ben").await;
        ben.follows(&ann).await;
        world.settle().await;
        let tea = ann.says("tea is ready").await;
        let tea_id = tea["id"].as_str().unwrap();
        world.settle().await;
        let there = ben.finds("statuses", tea["uri"].as_str().unwrap()).await;
        let path = format!("/api/v1/pleroma/statuses/{there}/reactions/%F0%9F%8E%89");
        let seen = ben.put(&path, Value::Null).await.ok();
        assert_eq!(seen["reactions"], party(true));
        world.settle().await;
        assert_eq!(reactions(&ann, tea_id).await, party(false));
        let told = ann.get("/api/v1/notifications?types[]=pleroma:emoji_reaction").await.ok();
        assert_eq!((&told[0]["emoji"], &told[0]["account"]["acct"]), (&json!("\u{1f389}"), &json!(ben.handle())));
        ben.delete(&path).await.ok();
        world.settle().await;
        assert_eq!(reactions(&ben, &there).await, json!([]));
        assert_eq!(reactions(&ann, tea_id).await, json!([]));
        let kinds: Vec<String> = ann.notices().await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["follow"]);
    }
}
