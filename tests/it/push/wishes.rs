//! Policies and alerts: what is asked for is sent, and nothing else.

use serde_json::{Value, json};
use whimbrel::clock::Clock;

use super::messages::PATH;
use crate::support::databases::{NOON, on_both};
use crate::support::nodes::TestNode;
use crate::support::push_services::{PushServices, Subscriber};

on_both! {
    async fn policies_and_alerts_decide(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let (ann, services) = (node.person("ann").await, PushServices::start().await);
        let (friend, fan, stranger) = (node.person("friend").await, node.person("fan").await, node.person("stranger").await);
        ann.post(&format!("/api/v1/accounts/{}/follow", friend.id.unwrap()), Value::Null).await.ok();
        fan.post(&format!("/api/v1/accounts/{}/follow", ann.id.unwrap()), Value::Null).await.ok();
        let subscriber = Subscriber::new(services.at("push", "/ann"), true);
        let made = ann.post(PATH, subscriber.wish()).await.ok();
        let key = made["server_key"].as_str().unwrap();
        let mentions = json!({ "mention": true });
        for (data, expected) in [
            (json!({ "policy": "all", "alerts": mentions }), &["friend", "fan", "stranger"][..]),
            (json!({ "alerts": { "mention": "1" } }), &["friend", "fan", "stranger"]),
            (json!({ "policy": "followed", "alerts": mentions }), &["friend"]),
            (json!({ "policy": "follower", "alerts": mentions }), &["fan"]),
            (json!({ "policy": "none", "alerts": mentions }), &[]),
            (json!({ "policy": "all", "alerts": { "mention": false } }), &[]),
            (json!({ "policy": "all", "alerts": { "follow": true } }), &[]),
            (json!({ "policy": "all" }), &[]),
            (Value::Null, &[]),
        ] {
            let before = services.received().len();
            ann.put(PATH, json!({ "data": data })).await.ok();
            for who in [&friend, &fan, &stranger] {
                who.says(&format!("@ann {}", who.username)).await;
            }
            node.settle().await;
            let received = services.received();
            let mut heard: Vec<String> = received[before..].iter().map(|message| {
                let text = subscriber.open(message, key, NOON);
                text["body"].as_str().unwrap().trim_start_matches("@ann ").to_owned()
            }).collect();
            heard.sort_by_key(|name| expected.iter().position(|known| known == name));
            assert_eq!(heard, expected, "{data}");
        }
    }
}

on_both! {
    async fn a_fan_out_reaches_all_who_asked(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let (ann, services) = (node.person("ann").await, PushServices::start().await);
        let mut readers = Vec::new();
        for name in ["bob", "carl", "dan", "eve"] {
            let reader = node.person(name).await;
            let path = format!("/api/v1/accounts/{}/follow", ann.id.unwrap());
            reader.post(&path, json!({ "notify": name != "eve" })).await.ok();
            if name != "dan" {
                let subscriber = Subscriber::new(services.at("push", &format!("/{name}")), false);
                reader.post(PATH, subscriber.wish()).await.ok();
            }
            readers.push(reader);
        }
        node.settle().await;
        let id = ann.says("news").await["id"].as_str().unwrap().to_owned();
        node.settle().await;
        let paths = || {
            let mut paths: Vec<String> = services.received().into_iter().map(|message| message.path).collect();
            paths.sort();
            paths
        };
        assert_eq!(paths(), ["/bob", "/carl"]);
        for reader in &readers {
            reader.post(&format!("/api/v1/statuses/{id}/reblog"), Value::Null).await.ok();
        }
        ann.put(&format!("/api/v1/statuses/{id}"), json!({ "status": "newer @bob" })).await.ok();
        node.settle().await;
        assert_eq!(paths(), ["/bob", "/bob", "/bob", "/carl", "/carl", "/eve"], "bob is named as well");
    }
}
