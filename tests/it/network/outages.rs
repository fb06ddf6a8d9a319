//! No post is lost: not when a peer is away for a month, not when this node is started anew in between.

use serde_json::json;
use whimbrel::clock::{DAY, HOUR};

use crate::support::databases::on_both;
use crate::support::networks::Fediverse;

on_both! {
    async fn a_node_that_was_away_for_thirty_days_gets_everything_once_and_in_order(engine) {
        let mut world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let ann = world.nodes[0].person("ann").await;
        let ben = world.nodes[1].person("ben").await;
        let cat = world.nodes[2].person("cat").await;
        ben.follows(&ann).await;
        cat.follows(&ann).await;
        world.settle().await;
        world.nodes[1].cut().await;
        for day in 1..=30 {
            ann.says(&format!("day {day}")).await;
            world.pass(DAY, 6 * HOUR).await;
            if day == 15 {
                world.nodes[0].mend().await;
            }
        }
        assert_eq!(cat.home_texts().await.len(), 30, "the node that was there missed nothing meanwhile");
        world.nodes[1].mend().await;
        world.pass(DAY, HOUR).await;
        let home = ben.home_texts().await;
        let expected: Vec<String> = (1..=30).rev().map(|day| format!("day {day}")).collect();
        assert_eq!(home, expected, "all of it, each once, in order");
    }
}

on_both! {
    async fn what_is_undone_while_a_peer_is_away_does_not_appear_there(engine) {
        let mut world = Fediverse::of(engine, &["alpha", "beta"]).await;
        let ann = world.nodes[0].person("ann").await;
        let ben = world.nodes[1].person("ben").await;
        ben.follows(&ann).await;
        world.settle().await;
        world.nodes[1].cut().await;
        let kept = ann.says("kept").await;
        let gone = ann.says("gone").await;
        world.settle().await;
        ann.delete(&format!("/api/v1/statuses/{}", gone["id"].as_str().unwrap())).await.ok();
        let id = kept["id"].as_str().unwrap();
        world.clock.advance(HOUR);
        ann.put(&format!("/api/v1/statuses/{id}"), json!({ "status": "kept and mended" })).await.ok();
        world.settle().await;
        world.nodes[1].mend().await;
        world.pass(7 * HOUR, HOUR).await;
        assert_eq!(ben.home_texts().await, ["kept and mended"]);
    }
}
