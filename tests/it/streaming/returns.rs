//! Who comes back hears what was told meanwhile, each once and in order.

use serde_json::json;
use whimbrel::clock::{HOUR, MINUTE};

use super::tools::{follow, id, node, relate, token};
use crate::support::databases::on_both;
use crate::support::listeners::{Listener, Socket};
use crate::support::networks::Fediverse;

on_both! {
    async fn nothing_is_missed_between_two_streams(engine) {
        let mut node = node(engine).await;
        let (ann, ben) = (node.person("ann").await, node.person("ben").await);
        follow(&ben, &ann).await;
        let key = token(&node, &ben, "read").await;
        let mut home = Listener::open(&node, &key, "user").await;
        let first = ann.says("first").await;
        let last = home.next().await.id;
        drop(home);
        ann.put(&format!("/api/v1/statuses/{}", id(&first)), json!({ "status": "changed" })).await.ok();
        ann.says("hello @ben").await;
        ann.delete(&format!("/api/v1/statuses/{}", id(&first))).await.ok();
        let expected = ["notification", "update", "delete"];
        let mut home = Listener::resume(&node, &key, "user", Some(&last)).await;
        let mut told = Vec::new();
        for _ in expected {
            told.push(home.next().await.event);
        }
        // The edit is of something that is gone by now.
        assert_eq!(told, expected);
        // The node itself is started anew in between.
        node.mend().await;
        let mut again = Listener::resume(&node, &key, "user", Some(&last)).await;
        let mut told = Vec::new();
        for _ in expected {
            told.push(again.next().await.event);
        }
        assert_eq!(told, expected);
        ann.says("live").await;
        assert_eq!(again.next().await.line(), "update live");
        let mut socket = Socket::open(&node, &key, &format!("?stream=user&last_event_id={last}")).await;
        for expected in ["notification", "update", "delete", "update"] {
            assert_eq!(socket.next().await.event, expected);
        }
    }
}

on_both! {
    async fn whoever_heard_nothing_yet_can_come_back_too(engine) {
        let node = node(engine).await;
        let ann = node.person("ann").await;
        let key = token(&node, &ann, "read").await;
        let begins_at = Listener::open(&node, &key, "public").await.begins_at;
        ann.says("meanwhile").await;
        let mut public = Listener::resume(&node, &key, "public", Some(&begins_at)).await;
        assert_eq!(public.next().await.line(), "update meanwhile");
    }
}

on_both! {
    async fn what_came_late_from_elsewhere_is_not_missed(engine) {
        let mut world = Fediverse::of(engine, &["alpha", "beta"]).await;
        let (ann, zoe) = (world.nodes[0].person("ann").await, world.nodes[1].person("zoe").await);
        ann.follows(&zoe).await;
        world.settle().await;
        let key = token(&world.nodes[0], &ann, "read").await;
        let mut home = Listener::open(&world.nodes[0], &key, "user").await;
        // Zoe's post is older than Ann's, and comes after it.
        world.nodes[0].cut().await;
        zoe.says("older, and late").await;
        world.settle().await;
        world.pass(MINUTE, MINUTE).await;
        world.nodes[0].mend().await;
        assert_eq!(home.rest().await.0, []);
        home = Listener::open(&world.nodes[0], &key, "user").await;
        ann.says("newer").await;
        let last = home.next().await.id;
        drop(home);
        world.pass(HOUR * 2, HOUR).await;
        let mut home = Listener::resume(&world.nodes[0], &key, "user", Some(&last)).await;
        assert_eq!(home.next().await.line(), "update older, and late");
    }
}

on_both! {
    async fn the_past_is_heard_with_todays_ears(engine) {
        let node = node(engine).await;
        let (ann, ben) = (node.person("ann").await, node.person("ben").await);
        let key = token(&node, &ann, "read").await;
        let begins_at = Listener::open(&node, &key, "public").await.begins_at;
        ben.says("before the mute").await;
        relate(&ann, "mute", &ben).await;
        ann.says("after it").await;
        let mut public = Listener::resume(&node, &key, "public", Some(&begins_at)).await;
        assert_eq!(public.next().await.line(), "update after it");
    }
}
