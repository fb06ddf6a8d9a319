//! Conversations and accepted notifications, as streams tell them.

use serde_json::json;

use super::tools::{id, node, post, token};
use crate::support::databases::on_both;
use crate::support::listeners::Listener;
use crate::support::networks::Fediverse;

on_both! {
    async fn a_conversation_is_told_to_those_in_it(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta"]).await;
        let node = &world.nodes[0];
        let (ann, ben, cat) = (node.person("ann").await, node.person("ben").await, node.person("cat").await);
        let zoe = world.nodes[1].person("zoe").await;
        let mut anns = Listener::open(node, &token(node, &ann, "read").await, "direct").await;
        let mut bens = Listener::open(node, &token(node, &ben, "read").await, "direct").await;
        let mut cats = Listener::open(node, &token(node, &cat, "read").await, "direct").await;
        let status = post(&ann, "@ben hello", "direct").await;
        for (stream, person, unread, other) in [(&mut anns, &ann, false, "ben"), (&mut bens, &ben, true, "ann")] {
            let told = stream.next().await;
            assert_eq!(told.event, "conversation");
            assert_eq!(id(&told.payload["last_status"]), id(&status));
            assert_eq!((&told.payload["unread"], &told.payload["accounts"][0]["acct"]), (&json!(unread), &json!(other)));
            let listed = person.get("/api/v1/conversations").await.ok();
            assert_eq!(told.payload, listed[0]);
        }
        // From elsewhere it comes the same way.
        post(&zoe, &format!("@{} hello", cat.handle()), "direct").await;
        world.settle().await;
        let told = cats.next().await;
        assert_eq!((told.event.as_str(), &told.payload["accounts"][0]["acct"]), ("conversation", &json!(zoe.handle())));
        let list = zoe.get("/api/v1/conversations").await.ok();
        assert_eq!((list.as_array().unwrap().len(), &list[0]["accounts"][0]["acct"]), (1, &json!(cat.handle())));
    }
}

on_both! {
    async fn what_is_put_aside_is_told_when_it_is_accepted(engine) {
        let node = node(engine).await;
        let (ann, ben) = (node.person("ann").await, node.person("ben").await);
        ann.put("/api/v2/notifications/policy", json!({"for_not_following": "filter"})).await.ok();
        let key = token(&node, &ann, "read").await;
        let mut home = Listener::open(&node, &key, "user").await;
        let mut notices = Listener::open(&node, &key, "user/notification").await;
        ben.says("@ann hello").await;
        let waiting = ann.get("/api/v1/notifications/requests").await.ok();
        let path = format!("/api/v1/notifications/requests/{}/accept", id(&waiting[0]));
        ann.post(&path, json!({})).await.ok();
        for stream in [&mut home, &mut notices] {
            let told = stream.next().await;
            assert_eq!((told.event.as_str(), told.payload.to_string()), ("notifications_merged", "1".to_owned()));
        }
        ben.says("@ann again").await;
        assert_eq!(notices.next().await.event, "notification");
    }
}
