//! Who hears what, and who hears nothing.

use serde_json::json;

use super::tools::{follow, id, node, post, relate, token};
use crate::support::databases::on_both;
use crate::support::listeners::Listener;
use crate::support::wire::{Call, Wire};

on_both! {
    async fn nobody_hears_what_is_not_meant_for_them(engine) {
        let mut node = node(engine).await;
        let (ann, ben, cat) = (node.person("ann").await, node.person("ben").await, node.person("cat").await);
        follow(&ben, &ann).await;
        let mut follower = Listener::open(&node, &token(&node, &ben, "read").await, "user").await;
        let stranger = token(&node, &cat, "read").await;
        let mut home = Listener::open(&node, &stranger, "user").await;
        let mut public = Listener::open(&node, &stranger, "public").await;
        let mut tagged = Listener::open(&node, &stranger, "hashtag?tag=secret").await;
        let direct = Listener::open(&node, &stranger, "direct").await;
        let hidden = post(&ann, "for followers #secret", "private").await;
        let letter = post(&ann, "for @ben alone #secret", "direct").await;
        let mut heard = Vec::new();
        for _ in 0..3 {
            heard.push(follower.next().await.event);
        }
        heard.sort();
        assert_eq!(heard, ["notification", "update", "update"]);
        for status in [&hidden, &letter] {
            let path = format!("/api/v1/statuses/{}", id(status));
            let edit = json!({ "status": "edited, still hidden #secret" });
            ann.put(&path, edit).await.ok();
            assert_eq!(follower.next().await.line(), "status.update edited, still hidden #secret");
            ann.delete(&path).await.ok();
            assert_eq!(follower.next().await.event, "delete");
        }
        // Whatever was told to strangers would come before this.
        post(&cat, "the end #secret", "public").await;
        assert_eq!(home.next().await.line(), "update the end #secret");
        assert_eq!(public.next().await.line(), "update the end #secret");
        assert_eq!(tagged.next().await.line(), "update the end #secret");
        node.cut().await;
        assert_eq!(direct.rest().await.0, []);
    }
}

on_both! {
    async fn who_is_blocked_or_muted_is_not_heard(engine) {
        let node = node(engine).await;
        let (ann, ben, cat, dan) = (
            node.person("ann").await, node.person("ben").await, node.person("cat").await, node.person("dan").await,
        );
        // Ann blocks Ben, mutes Cat, and is blocked by Dan.
        for other in [&ben, &cat, &dan] {
            follow(&ann, other).await;
        }
        relate(&ann, "block", &ben).await;
        relate(&ann, "mute", &cat).await;
        relate(&dan, "block", &ann).await;
        let key = token(&node, &ann, "read").await;
        let mut home = Listener::open(&node, &key, "user").await;
        let mut public = Listener::open(&node, &key, "public").await;
        let mut tagged = Listener::open(&node, &key, "hashtag?tag=loud").await;
        let eve = node.person("eve").await;
        follow(&ann, &eve).await;
        for other in [&ben, &cat, &dan] {
            let loud = other.says("hey @ann #loud").await;
            eve.post(&format!("/api/v1/statuses/{}/reblog", id(&loud)), json!({})).await.ok();
        }
        eve.says("quiet #loud").await;
        for listener in [&mut home, &mut public, &mut tagged] {
            assert_eq!(listener.next().await.line(), "update quiet #loud");
        }
        // A mute that is set while the stream is open holds at once.
        relate(&ann, "mute", &eve).await;
        eve.says("unheard @ann #loud").await;
        ann.says("last #loud").await;
        for listener in [&mut home, &mut public, &mut tagged] {
            assert_eq!(listener.next().await.line(), "update last #loud");
        }
    }
}

on_both! {
    async fn b9_a_stream_needs_a_token_that_covers_it(engine) {
        let node = node(engine).await;
        let ann = node.person("ann").await;
        let wire = Wire::to(&node);
        let health = wire.send(&Call::new("GET /api/v1/streaming/health")).await;
        assert_eq!((health.status, health.body.as_str()), (200, "OK"));
        let push = token(&node, &ann, "push").await;
        let notices = token(&node, &ann, "read:notifications").await;
        let statuses = token(&node, &ann, "read:statuses").await;
        for (path, covering, other) in [
            ("user", &statuses, &notices),
            ("user/notification", &notices, &statuses),
            ("public", &statuses, &notices),
            ("public/local", &statuses, &notices),
            ("public/remote", &statuses, &notices),
            ("hashtag?tag=x", &statuses, &notices),
            ("hashtag/local?tag=x", &statuses, &notices),
            ("direct", &statuses, &notices),
        ] {
            let line = format!("GET /api/v1/streaming/{path}");
            assert_eq!(wire.send(&Call::new(&line)).await.status, 401, "{path}");
            assert_eq!(wire.send(&Call::new(&line).by(Some("made-up"))).await.status, 401, "{path}");
            assert_eq!(wire.send(&Call::new(&line).by(Some(&push))).await.status, 403, "{path}");
            assert_eq!(wire.send(&Call::new(&line).by(Some(other))).await.status, 403, "{path}");
            Listener::open(&node, covering, path).await;
        }
        for (path, status, sentence) in [
            ("list?list=1", 404, "Record not found"),
            ("hashtag", 400, "A hashtag's stream needs the parameter tag: a hashtag without #"),
            ("public?last_event_id=x", 400, "The id of the last event is a number that a stream has told"),
        ] {
            let call = Call::new(&format!("GET /api/v1/streaming/{path}"));
            let reply = wire.send(&call.by(Some(&statuses)).with("Origin", "https://app.example")).await;
            assert_eq!((reply.status, reply.message().as_str()), (status, sentence));
            assert_eq!(reply.header("access-control-allow-origin"), "*");
        }
    }
}
