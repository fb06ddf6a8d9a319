//! Quotes between nodes: asked for, agreed to, edited, taken back and deleted.

use serde_json::{Value, json};
use whimbrel::clock::SECOND;

use crate::support::databases::on_both;
use crate::support::networks::Fediverse;
use crate::support::people::{Person, plain};

/// The quote of a status as somebody sees it.
async fn seen(who: &Person, id: &str) -> Value {
    let status = who.get(&format!("/api/v1/statuses/{id}")).await.ok();
    status["quote"].clone()
}

async fn kinds(who: &Person) -> Vec<String> {
    let notices = who.notices().await;
    notices.into_iter().map(|(kind, _)| kind).collect()
}

/// The id that a status with this text has in somebody's home timeline.
async fn find_at_home(who: &Person, text: &str) -> String {
    let home = who.home().await;
    let found = home.iter().find(|status| plain(status).contains(text));
    let found = found.unwrap_or_else(|| panic!("{} does not see {text:?}", who.username));
    found["id"].as_str().unwrap().to_owned()
}

async fn quote(who: &Person, quoted: &str, text: &str) -> String {
    let body = json!({ "status": text, "quoted_status_id": quoted });
    let posted = who.post("/api/v1/statuses", body).await.ok();
    assert_eq!(posted["quote"]["state"], "pending");
    posted["id"].as_str().unwrap().to_owned()
}

on_both! {
    async fn a_quote_is_agreed_to_seen_by_others_and_taken_back(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let ann = world.nodes[0].person("ann").await;
        let ben = world.nodes[1].person("ben").await;
        let cat = world.nodes[2].person("cat").await;
        ben.follows(&ann).await;
        cat.follows(&ben).await;
        world.settle().await;
        let tea = ann.says("tea is ready").await;
        let (tea, uri) = (tea["id"].as_str().unwrap(), tea["uri"].clone());
        world.settle().await;
        let there = find_at_home(&ben, "tea is ready").await;
        let known = ben.get(&format!("/api/v1/statuses/{there}")).await.ok();
        assert_eq!(known["quote_approval"], json!({"automatic": ["public"], "manual": [], "current_user": "automatic"}));
        let quoting = quote(&ben, &there, "look at this").await;
        world.settle().await;
        // Ben's node asked, Ann's agreed, and whoever follows Ben sees both, although nobody there follows Ann.
        let own = seen(&ben, &quoting).await;
        assert_eq!(own["state"], "accepted");
        assert_eq!(own["quoted_status"]["uri"], uri);
        assert_eq!(kinds(&ann).await, ["quote", "follow"]);
        let counted = ann.get(&format!("/api/v1/statuses/{tea}")).await.ok();
        assert_eq!(counted["quotes_count"], 1);
        let at_cat = find_at_home(&cat, "look at this").await;
        let third = seen(&cat, &at_cat).await;
        assert_eq!((&third["state"], &third["quoted_status"]["uri"]), (&json!("accepted"), &uri));
        world.clock.advance(SECOND);
        ann.put(&format!("/api/v1/statuses/{tea}"), json!({ "status": "tea was ready" })).await.ok();
        world.settle().await;
        assert_eq!(kinds(&ben).await, ["quoted_update", "follow"]);
        let list = ann.get(&format!("/api/v1/statuses/{tea}/quotes")).await.ok();
        let here = list[0]["id"].as_str().unwrap().to_owned();
        ann.post(&format!("/api/v1/statuses/{tea}/quotes/{here}/revoke"), json!({})).await.ok();
        world.settle().await;
        assert_eq!(seen(&ben, &quoting).await, json!({"state": "revoked", "quoted_status": null}));
        let third = seen(&cat, &at_cat).await;
        assert_ne!(third["state"], "accepted");
        assert_eq!(third["quoted_status"], Value::Null);
        let counted = ann.get(&format!("/api/v1/statuses/{tea}")).await.ok();
        assert_eq!(counted["quotes_count"], 0);
    }
}

on_both! {
    async fn what_is_deleted_is_quoted_no_more_and_quotes_no_more(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta"]).await;
        let ann = world.nodes[0].person("ann").await;
        let ben = world.nodes[1].person("ben").await;
        ben.follows(&ann).await;
        world.settle().await;
        let tea = ann.says("tea").await;
        let tea = tea["id"].as_str().unwrap();
        world.settle().await;
        let there = find_at_home(&ben, "tea").await;
        let first = quote(&ben, &there, "one").await;
        let second = quote(&ben, &there, "two").await;
        world.settle().await;
        let path = format!("/api/v1/statuses/{tea}");
        assert_eq!(ann.get(&path).await.ok()["quotes_count"], 2);
        ben.delete(&format!("/api/v1/statuses/{first}")).await.ok();
        world.settle().await;
        assert_eq!(ann.get(&path).await.ok()["quotes_count"], 1);
        ann.delete(&path).await.ok();
        world.settle().await;
        assert_eq!(seen(&ben, &second).await, json!({"state": "deleted", "quoted_status": null}));
        // Nobody is let quote what they may not: the policy came along with the post.
        let closed = json!({ "status": "cold tea", "quote_approval_policy": "nobody" });
        ann.post("/api/v1/statuses", closed).await.ok();
        world.settle().await;
        let there = find_at_home(&ben, "cold tea").await;
        let body = json!({ "status": "x", "quoted_status_id": there });
        assert_eq!(ben.post("/api/v1/statuses", body).await.status, 404);
    }
}
