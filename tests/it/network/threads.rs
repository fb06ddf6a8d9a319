//! Replies that went from one server to another come to a third when somebody there looks at the thread.

use reqwest::Method;
use serde_json::{Value, json};
use whimbrel::clock::{MINUTE, SECOND};

use crate::support::databases::on_both;
use crate::support::networks::Fediverse;
use crate::support::people::{Person, plain};

/// The texts below a status, and what the answer says of work that goes on.
async fn look(reader: &Person, id: &str) -> (Vec<String>, Option<String>) {
    let path = format!("/api/v1/statuses/{id}/context");
    let answer = reader
        .request(Method::GET, &path)
        .send()
        .await
        .expect("an answer");
    let header = answer.headers().get("mastodon-async-refresh");
    let header = header.map(|value| value.to_str().expect("text").to_owned());
    let body: Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
    let below = body["descendants"].as_array().expect("a list");
    (below.iter().map(plain).collect(), header)
}

/// How a refresh stands, by the header that named it.
async fn state(reader: &Person, header: &str) -> Value {
    let id = header.split('"').nth(1).expect("an id in quotes");
    reader
        .get(&format!("/api/v1_alpha/async_refreshes/{id}"))
        .await
        .ok()["async_refresh"]
        .clone()
}

on_both! {
    async fn replies_that_never_came_are_fetched_while_somebody_reads(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let (ann, ben) = (world.nodes[0].person("ann").await, world.nodes[1].person("ben").await);
        let cat = world.nodes[2].person("cat").await;
        let asked = ann.says("what is this bird?").await;
        let uri = asked["uri"].as_str().expect("an id").to_owned();
        let (at_ben, at_cat) = (ben.finds("statuses", &uri).await, cat.finds("statuses", &uri).await);
        let (none, early) = look(&cat, &at_cat).await;
        assert_eq!((none.len(), early), (0, None), "those who answer at once are not waited for");
        let answer = json!({ "status": format!("@{} a whimbrel", ann.handle()), "in_reply_to_id": at_ben });
        let answered = ben.post("/api/v1/statuses", answer).await.ok();
        let more = json!({ "status": "I am sure", "in_reply_to_id": answered["id"] });
        ben.post("/api/v1/statuses", more).await.ok();
        world.settle().await;
        world.clock.advance(4 * MINUTE);
        let (before, begun) = look(&cat, &at_cat).await;
        let begun = begun.expect("the answer says that more is coming");
        assert_eq!(before.len(), 0, "cat follows nobody, so nothing came by itself");
        assert_eq!(state(&cat, &begun).await["status"], "running");
        assert_eq!(look(&cat, &at_cat).await.1.as_ref(), Some(&begun), "two readers cause one fetch");
        world.settle().await;
        let ended = state(&cat, &begun).await;
        assert_eq!((&ended["status"], &ended["result_count"]), (&json!("finished"), &json!(2)));
        let (after, again) = look(&cat, &at_cat).await;
        assert!(after[0].ends_with("a whimbrel") && after[1] == "I am sure", "{after:?}");
        assert_eq!(again, None, "it is not asked again so soon");
        assert_eq!(cat.notices().await.len(), 0);
        world.clock.advance(15 * MINUTE + SECOND);
        assert!(look(&cat, &at_cat).await.1.is_some());
        let anybody = world.nodes[2].anybody();
        assert_eq!(look(&anybody, &at_cat).await.1, None, "nobody else makes this node ask others");
        let own = look(&ann, asked["id"].as_str().expect("an id")).await;
        assert_eq!(own.1, None, "replies to ours come by themselves");
    }
}
