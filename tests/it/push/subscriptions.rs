//! The routes: what is taken, what is refused, and whose it is.

use serde_json::{Value, json};
use whimbrel::clock::Clock;
use whimbrel::config::Config;
use whimbrel::store::{self, Conn};

use super::messages::PATH;
use crate::support::databases::{NOON, on_both};
use crate::support::nodes::TestNode;
use crate::support::push_services::{PushServices, Subscriber};

on_both! {
    async fn each_token_has_one_of_its_own(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let (ann, bob, services) = (node.person("ann").await, node.person("bob").await, PushServices::start().await);
        let phone = node.again(&ann).await;
        for (method, status) in [("GET", 404), ("PUT", 404), ("DELETE", 200)] {
            let answer = match method {
                "GET" => ann.get(PATH).await,
                "PUT" => ann.put(PATH, json!({ "data": { "policy": "all" } })).await,
                _ => ann.delete(PATH).await,
            };
            assert_eq!(answer.status, status, "{method}");
        }
        let wish = Subscriber::new(services.at("push", "/ann"), false).wish();
        let made = ann.post(PATH, wish).await.ok();
        assert!(made["id"].as_i64().is_some_and(|id| id < 1 << 31), "a small number: {made}");
        let all = ["mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update"];
        for kind in all {
            assert_eq!(made["alerts"][kind], true, "{kind}");
        }
        assert_eq!((&made["alerts"]["admin.report"], &made["policy"]), (&json!(false), &json!("all")));
        assert_eq!(made["endpoint"], services.at("push", "/ann"));
        assert_eq!(ann.get(PATH).await.ok(), made);
        let changed = ann.put(PATH, json!({ "data": { "policy": "followed", "alerts": { "poll": true, "x": true } } })).await.ok();
        assert_eq!((&changed["policy"], &changed["alerts"]["poll"]), (&json!("followed"), &json!(true)));
        assert_eq!((&changed["alerts"]["mention"], &changed["alerts"]["x"]), (&json!(false), &Value::Null));
        // Nobody else sees, changes or ends it, not even another token of the same person.
        for other in [&phone, &bob] {
            assert_eq!(other.get(PATH).await.status, 404);
            assert_eq!(other.put(PATH, json!({ "data": { "policy": "none" } })).await.status, 404);
            assert_eq!(other.delete(PATH).await.status, 200);
        }
        assert_eq!(ann.get(PATH).await.ok(), changed);
        assert_eq!(ann.delete(PATH).await.ok(), json!({}));
        assert_eq!((ann.get(PATH).await.status, ann.delete(PATH).await.status), (404, 200));
    }
}

on_both! {
    async fn the_token_is_nowhere_to_be_read(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let (ann, services) = (node.person("ann").await, PushServices::start().await);
        ann.post(PATH, Subscriber::new(services.at("push", "/ann"), true).wish()).await.ok();
        let token = ann.token().to_owned();
        let look = |conn: &mut Conn| store::push_subscriptions::find(conn, whimbrel::id::SubscriptionId(1));
        let row = node.node.db.read(look).await.expect("a database").expect("the first subscription");
        assert!(row.sealed_token.len() > token.len() && !row.sealed_token.contains(&token));
        assert!(!ann.get(PATH).await.ok().to_string().contains(&token));
    }
}

on_both! {
    async fn parameters_come_as_forms_too(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let (ann, services) = (node.person("ann").await, PushServices::start().await);
        let wish = Subscriber::new(services.at("push", "/ann"), true).wish();
        let keys = &wish["subscription"]["keys"];
        let form: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("subscription[endpoint]", wish["subscription"]["endpoint"].as_str().unwrap())
            .append_pair("subscription[keys][p256dh]", keys["p256dh"].as_str().unwrap())
            .append_pair("subscription[keys][auth]", keys["auth"].as_str().unwrap())
            .append_pair("data[alerts][mention]", "1")
            .append_pair("data[alerts][admin.sign_up]", "true")
            .append_pair("data[policy]", "follower")
            .finish();
        let request = ann.request(reqwest::Method::POST, PATH).header("Content-Type", "application/x-www-form-urlencoded");
        let made = request.body(form).send().await.unwrap().text().await.unwrap();
        let made: Value = serde_json::from_str(&made).unwrap();
        assert_eq!((&made["alerts"]["mention"], &made["alerts"]["admin.sign_up"]), (&json!(true), &json!(true)), "{made}");
        assert_eq!((&made["alerts"]["follow"], &made["policy"], &made["standard"]), (&json!(false), &json!("follower"), &json!(false)));
    }
}

on_both! {
    async fn d10_endpoints_and_keys_that_cannot_be_used_are_refused(engine) {
        let closed = |config: &mut Config| {
            config.federation.allow_http = false;
            config.federation.allow_private_addresses = false;
        };
        let node = TestNode::start_with(engine, "alpha", &Clock::stepped(NOON), closed).await;
        let ann = node.person("ann").await;
        let good = Subscriber::new("https://push.example/1".to_owned(), true).wish();
        for endpoint in [
            "", "x", "/relative", "http://push.example/1", "ftp://push.example/1", "https://127.0.0.1/", "https://[::1]/",
            "https://169.254.169.254/latest", "https://10.0.0.1/", "https://localhost/", "https://intranet/1",
            "https://a.localhost/", "https://user:word@push.example/1", "https://push.example:22/", "https://0x7f.1/",
            &format!("https://push.example/{}", "x".repeat(2_048)),
        ] {
            let mut wish = good.clone();
            wish["subscription"]["endpoint"] = endpoint.into();
            let answer = ann.post(PATH, wish).await;
            assert_eq!(answer.status, 422, "{endpoint}");
            assert!(answer.body["error"].as_str().is_some_and(|sentence| sentence.contains("ndpoint")), "{}", answer.body);
        }
        for (name, value) in [("p256dh", json!("")), ("p256dh", json!("AAAA")), ("auth", json!("")), ("auth", json!("xyz!")),
            ("p256dh", json!(format!("B{}", "A".repeat(86)))), ("auth", Value::Null)] {
            let mut wish = good.clone();
            wish["subscription"]["keys"][name] = value.clone();
            let answer = ann.post(PATH, wish).await;
            assert_eq!(answer.status, 422, "{name} {value}");
            assert!(answer.body["error"].as_str().is_some_and(|sentence| sentence.contains(name)), "{}", answer.body);
        }
        let mut wish = good.clone();
        wish["data"]["policy"] = "everybody".into();
        assert_eq!(ann.post(PATH, wish).await.status, 422);
        assert_eq!(ann.post(PATH, json!({})).await.status, 422);
        assert_eq!(ann.get(PATH).await.status, 404, "none of these was kept");
        ann.post(PATH, good).await.ok();
    }
}
