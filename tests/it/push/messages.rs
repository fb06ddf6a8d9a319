//! What reaches the subscriber, in both codings, and what does not.

use serde_json::{Value, json};
use whimbrel::clock::Clock;
use whimbrel::store::{self, Conn};

use crate::support::databases::{NOON, on_both};
use crate::support::nodes::TestNode;
use crate::support::push_services::{PushServices, Subscriber};

/// Where subscriptions are.
pub const PATH: &str = "/api/v1/push/subscription";

on_both! {
    async fn both_codings_say_the_same(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let (ann, bob, services) = (node.person("ann").await, node.person("bob").await, PushServices::start().await);
        let phone = node.again(&ann).await;
        let app = json!({ "client_name": "app", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob" });
        let key = node.anybody().post("/api/v1/apps", app).await.ok()["vapid_key"].as_str().unwrap().to_owned();
        let instance = node.anybody().get("/api/v2/instance").await.ok();
        assert_eq!(instance["configuration"]["vapid"]["public_key"], key.as_str());
        let mut subscribers = Vec::new();
        for (who, path, is_standard) in [(&ann, "/browser", false), (&phone, "/phone", true)] {
            let subscriber = Subscriber::new(services.at("push", path), is_standard);
            let made = who.post(PATH, subscriber.wish()).await.ok();
            assert_eq!((&made["server_key"], &made["standard"]), (&json!(key), &json!(is_standard)));
            subscribers.push((who, path, subscriber));
        }
        bob.put_display_name("Bob the Great").await;
        bob.says(&format!("@ann first line\n\nsecond {}", "long ".repeat(40))).await;
        assert_eq!(services.received().len(), 0, "nothing is sent inside a request");
        node.settle().await;
        let received = services.received();
        assert_eq!(received.len(), 2);
        let told = ann.get("/api/v1/notifications").await.ok()[0].clone();
        let id: i64 = told["id"].as_str().unwrap().parse().unwrap();
        for (who, path, subscriber) in subscribers {
            let message = received.iter().find(|message| message.path == path).unwrap();
            for (name, value) in [("TTL", "172800"), ("Urgency", "normal"), ("Content-Type", "application/octet-stream")] {
                assert_eq!(message.header(name), value, "{name}");
            }
            let text = subscriber.open(message, &key, NOON);
            let body = text["body"].as_str().unwrap();
            assert!(body.starts_with("@ann first line second long long"), "{body}");
            assert_eq!(body.chars().count(), 140, "{body}");
            assert_eq!(text, json!({
                "access_token": who.token(), "preferred_locale": "en", "notification_id": id, "notification_type": "mention",
                "icon": told["account"]["avatar_static"], "title": "Bob the Great mentioned you", "body": body,
            }));
        }
        assert_eq!(node.settle().await, 0, "each is sent once");
        assert_eq!(services.received().len(), 2);
    }
}

on_both! {
    async fn every_kind_says_what_happened(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let (ann, bob, services) = (node.person("ann").await, node.person("bob").await, PushServices::start().await);
        let subscriber = Subscriber::new(services.at("push", "/ann"), true);
        let key = ann.post(PATH, subscriber.wish()).await.ok()["server_key"].as_str().unwrap().to_owned();
        let own = ann.says("<b>mine</b> & yours").await["id"].as_str().unwrap().to_owned();
        let (ann_id, bob_id) = (ann.id.unwrap(), bob.id.unwrap());
        ann.post(&format!("/api/v1/accounts/{bob_id}/follow"), json!({ "notify": true })).await.ok();
        let mut heard = Vec::new();
        let warned = json!({ "status": "secret", "spoiler_text": "a warning" });
        for (path, body) in [
            (format!("/api/v1/statuses/{own}/favourite"), json!({})), (format!("/api/v1/statuses/{own}/reblog"), json!({})),
            (format!("/api/v1/accounts/{ann_id}/follow"), json!({})), ("/api/v1/statuses".to_owned(), warned),
        ] {
            bob.post(&path, body).await.ok();
            node.settle().await;
            let received = services.received();
            let text = subscriber.open(received.last().unwrap(), &key, NOON);
            heard.push(["notification_type", "title", "body"].map(|name| text[name].as_str().unwrap().to_owned()));
        }
        assert_eq!(services.received().len(), 4);
        assert_eq!(heard, [
            ["favourite", "bob likes your post", "<b>mine</b> & yours"], ["reblog", "bob boosted your post", "<b>mine</b> & yours"],
            ["follow", "bob follows you", ""], ["status", "bob posted", "a warning"],
        ]);
    }
}

on_both! {
    async fn what_is_taken_back_meanwhile_is_not_sent(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let (ann, bob, services) = (node.person("ann").await, node.person("bob").await, PushServices::start().await);
        let subscriber = Subscriber::new(services.at("push", "/ann"), true);
        ann.post(PATH, subscriber.wish()).await.ok();
        let bob_id = bob.id.unwrap();
        // Dismissed.
        bob.says("@ann one").await;
        let told = ann.get("/api/v1/notifications").await.ok()[0]["id"].as_str().unwrap().to_owned();
        ann.post(&format!("/api/v1/notifications/{told}/dismiss"), Value::Null).await.ok();
        // Deleted.
        let post = bob.says("@ann two").await["id"].as_str().unwrap().to_owned();
        bob.delete(&format!("/api/v1/statuses/{post}")).await.ok();
        // Cleared.
        bob.says("@ann three").await;
        ann.post("/api/v1/notifications/clear", Value::Null).await.ok();
        // Muted, and blocked.
        for (deed, end) in [("mute", "unmute"), ("block", "unblock")] {
            bob.says("@ann four").await;
            ann.post(&format!("/api/v1/accounts/{bob_id}/{deed}"), Value::Null).await.ok();
            node.settle().await;
            bob.says("@ann five").await;
            node.settle().await;
            ann.post(&format!("/api/v1/accounts/{bob_id}/{end}"), Value::Null).await.ok();
        }
        // No longer asked for.
        bob.says("@ann six").await;
        ann.put(PATH, json!({ "data": { "alerts": { "follow": true } } })).await.ok();
        node.settle().await;
        assert_eq!(services.received().len(), 0);
        let left = node.node.db.read(store::pushes::count).await.expect("a database");
        assert_eq!(left, 0);
        ann.put(PATH, json!({ "data": { "alerts": { "mention": true } } })).await.ok();
        bob.says("@ann seven").await;
        node.settle().await;
        assert_eq!(services.received().len(), 1);
    }
}

on_both! {
    async fn a_subscription_goes_with_its_token(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let (ann, bob, services) = (node.person("ann").await, node.person("bob").await, PushServices::start().await);
        let phone = node.again(&ann).await;
        for (who, path) in [(&ann, "/browser"), (&phone, "/phone")] {
            let subscriber = Subscriber::new(services.at("push", path), true);
            who.post(PATH, subscriber.wish()).await.ok();
        }
        bob.says("@ann one").await;
        assert!(whimbrel::social::tokens::revoke_by_secret(&node.node, phone.token()).await.expect("a database"));
        node.settle().await;
        let paths = || services.received().into_iter().map(|message| message.path).collect::<Vec<_>>();
        assert_eq!(paths(), ["/browser"]);
        // Whoever may not use the node at present is not told either.
        let id = ann.id.unwrap();
        node.node.db.write(move |tx| {
            let mut user = store::users::find(tx, id)?.expect("Ann");
            user.disabled_at = Some(tx.now());
            store::users::update(tx, &user)
        }).await.expect("a database");
        bob.says("@ann two").await;
        node.settle().await;
        assert_eq!(paths(), ["/browser"]);
        node.node.db.write(move |tx| store::tokens::revoke_all(tx, id)).await.expect("a database");
        let look = move |conn: &mut Conn| store::push_subscriptions::list_wishes(conn, &[id]);
        assert_eq!(node.node.db.read(look).await.expect("a database"), []);
    }
}
