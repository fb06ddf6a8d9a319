//! What the push service answers, and what follows from it.

use serde_json::json;
use whimbrel::clock::{Clock, HOUR, MINUTE};
use whimbrel::store;

use super::messages::PATH;
use crate::support::databases::{NOON, on_both};
use crate::support::nodes::TestNode;
use crate::support::push_services::{PushServices, Subscriber};

on_both! {
    async fn refusals_end_a_subscription_and_troubles_do_not(engine) {
        let clock = Clock::stepped(NOON);
        let node = TestNode::start(engine, "alpha", &clock).await;
        let (ann, bob, services) = (node.person("ann").await, node.person("bob").await, PushServices::start().await);
        for (answer, ends) in [
            ("404 Not Found", true), ("410 Gone", true), ("400 Bad Request", true), ("403 Forbidden", true),
            ("408 Request Timeout", false), ("429 Too Many Requests", false), ("500 Internal Server Error", false),
            ("503 Service Unavailable", false), ("302 Found\r\nLocation: /elsewhere", false),
        ] {
            let subscriber = Subscriber::new(services.at("push", "/ann"), true);
            let key = ann.post(PATH, subscriber.wish()).await.ok()["server_key"].as_str().unwrap().to_owned();
            services.answer("/ann", answer);
            bob.says(&format!("@ann {answer:.3}")).await;
            node.settle().await;
            let is_there = ann.get(PATH).await.status;
            assert_eq!(is_there, if ends { 404 } else { 200 }, "{answer}");
            let before = services.received().len();
            services.accept("/ann");
            clock.advance(MINUTE);
            node.settle().await;
            let received = services.received();
            assert_eq!(received.len() - before, usize::from(!ends), "{answer}");
            if let Some(again) = received[before..].first() {
                let text = subscriber.open(again, &key, clock.now());
                assert_eq!(text["body"], format!("@ann {answer:.3}"));
                assert_eq!(again.header("TTL"), "172740", "what has passed counts");
            }
            assert!(received.iter().all(|message| message.path == "/ann"), "no redirect is followed");
        }
    }
}

on_both! {
    async fn a_service_is_left_alone_as_long_as_it_asks_and_given_up_in_the_end(engine) {
        let clock = Clock::stepped(NOON);
        let node = TestNode::start(engine, "alpha", &clock).await;
        let (ann, bob, services) = (node.person("ann").await, node.person("bob").await, PushServices::start().await);
        let subscriber = Subscriber::new(services.at("push", "/ann"), true);
        ann.post(PATH, subscriber.wish()).await.ok();
        services.answer("/ann", "429 Too Many Requests\r\nRetry-After: 3600");
        bob.says("@ann hello").await;
        node.settle().await;
        for (wait, tries) in [(59 * MINUTE, 1), (2 * MINUTE, 2)] {
            clock.advance(wait);
            node.settle().await;
            assert_eq!(services.received().len(), tries);
        }
        for _ in 0..48 {
            clock.advance(HOUR + MINUTE);
            node.settle().await;
        }
        let left = node.node.db.read(store::pushes::count).await.expect("a database");
        assert_eq!(left, 0, "after two days nobody waits for it");
        let tries = services.received().len();
        assert!((10..30).contains(&tries), "{tries}");
        assert_eq!(ann.get(PATH).await.status, 200);
        // One that nobody is there to send for two days is not sent either.
        services.accept("/ann");
        bob.says("@ann again").await;
        clock.advance(49 * HOUR);
        node.settle().await;
        assert_eq!(services.received().len(), tries);
        bob.says("@ann once more").await;
        node.settle().await;
        assert_eq!(services.received().len(), tries + 1);
    }
}

on_both! {
    async fn a_new_endpoint_gets_what_the_old_one_did_not_take(engine) {
        let clock = Clock::stepped(NOON);
        let node = TestNode::start(engine, "alpha", &clock).await;
        let (ann, bob, services) = (node.person("ann").await, node.person("bob").await, PushServices::start().await);
        let old = Subscriber::new(services.at("push", "/old"), true);
        let first = ann.post(PATH, old.wish()).await.ok();
        services.answer("/old", "500 Internal Server Error");
        bob.says("@ann hello").await;
        node.settle().await;
        let new = Subscriber::new(services.at("push", "/new"), false);
        let second = ann.post(PATH, new.wish()).await.ok();
        assert_eq!((&second["id"], &second["standard"]), (&first["id"], &json!(false)));
        clock.advance(MINUTE);
        node.settle().await;
        let message = services.received().pop().unwrap();
        assert_eq!(message.path, "/new");
        let text = new.open(&message, second["server_key"].as_str().unwrap(), clock.now());
        assert_eq!(text["body"], "@ann hello");
    }
}
