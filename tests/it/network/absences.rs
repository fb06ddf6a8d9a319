//! The node was away, and its peers gave up on it: what it missed is pulled from them.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use whimbrel::clock::{DAY, HOUR, MINUTE, from_rfc3339};
use whimbrel::federation::catch_up::{self, Pace};
use whimbrel::social::absences::{self, Report};
use whimbrel::store::{self, AbsenceCause, AbsenceState, QueryResult, Tx};
use whimbrel::worker;

use crate::support::databases::on_both;
use crate::support::networks::Fediverse;
use crate::support::nodes::TestNode;
use crate::support::people::{Person, plain};

/// A peer gives up: whatever it had for others is thrown away.
async fn give_up(node: &TestNode) {
    node.settle().await;
    let forget = |tx: &mut Tx<'_>| -> QueryResult<()> {
        let horizon = tx.now() + 1;
        for outlives in [false, true] {
            store::outcomes::expire(tx, outlives, horizon, 10_000)?;
        }
        Ok(())
    };
    node.node.db.write(forget).await.unwrap();
}

/// The node of index 0 returns: it looks how long it was away.
async fn return_home(world: &mut Fediverse) {
    world.nodes[0].mend().await;
    worker::arrive(&world.nodes[0].node).await.unwrap();
}

async fn latest(node: &TestNode) -> Option<Report> {
    node.node.db.read(absences::latest).await.unwrap()
}

async fn says(person: &Person, text: &str, more: Value) -> Value {
    let mut draft = json!({ "status": text });
    for (key, value) in more.as_object().unwrap() {
        draft[key] = value.clone();
    }
    person.post("/api/v1/statuses", draft).await.ok()
}

/// Ann on the node that will be away follows Ben and Cat, who follow each other.
async fn friends(world: &Fediverse) -> [Person; 3] {
    let ann = world.nodes[0].person("ann").await;
    let ben = world.nodes[1].person("ben").await;
    let cat = world.nodes[2].person("cat").await;
    for friend in [&ben, &cat] {
        let id = ann.follows(friend).await;
        let wish = json!({ "notify": true });
        ann.post(&format!("/api/v1/accounts/{id}/follow"), wish)
            .await
            .ok();
    }
    cat.follows(&ben).await;
    world.settle().await;
    worker::beat(&world.nodes[0].node).await.unwrap();
    [ann, ben, cat]
}

on_both! {
    async fn a_node_that_was_away_for_a_day_pulls_everything_once_at_its_true_place(engine) {
        let mut world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let [ann, ben, cat] = friends(&world).await;
        ben.says("before").await;
        world.settle().await;
        worker::beat(&world.nodes[0].node).await.unwrap();
        world.nodes[0].cut().await;
        let mut said = vec!["before".to_owned()];
        let mut named_at = 0;
        for hour in 1..=24 {
            world.clock.advance(HOUR);
            let visibility = if hour % 2 == 0 { "public" } else { "private" };
            let mut text = format!("ben at {hour}");
            if hour == 7 {
                text = format!("@{} look", ann.handle());
                named_at = world.clock.now();
            }
            said.push(if hour == 7 { "@ann look".to_owned() } else { text.clone() });
            says(&ben, &text, json!({ "visibility": visibility })).await;
            world.nodes[1].settle().await;
            world.nodes[2].settle().await;
            if hour % 6 == 0 {
                world.clock.advance(MINUTE);
                let id = cat.home().await[0]["id"].as_str().unwrap().to_owned();
                let text = format!("@{} well said at {hour}", ben.handle());
                said.push(format!("@ben well said at {hour}"));
                says(&cat, &text, json!({ "in_reply_to_id": id })).await;
                world.clock.advance(MINUTE);
                said.push(format!("ben at {hour}"));
                cat.post(&format!("/api/v1/statuses/{id}/reblog"), json!({})).await.ok();
            }
        }
        give_up(&world.nodes[1]).await;
        give_up(&world.nodes[2]).await;
        return_home(&mut world).await;
        assert_eq!(ann.home_texts().await, ["before"], "nothing came by itself");
        world.settle().await;
        said.reverse();
        assert_eq!(ann.home_texts().await, said, "all of it, each once, where it belongs");
        let notices = ann.get("/api/v1/notifications?limit=80").await.ok();
        let of_kind = |kind: &str| notices.as_array().unwrap().iter().filter(|n| n["type"] == kind).cloned().collect::<Vec<_>>();
        let mentions = of_kind("mention");
        assert_eq!(mentions.len(), 1, "{notices}");
        assert_eq!(from_rfc3339(mentions[0]["created_at"].as_str().unwrap()), Some(named_at), "it knows that it is late");
        assert_eq!(of_kind("status").len(), 1, "only what came in time notifies: {notices}");
        let report = latest(&world.nodes[0]).await.unwrap();
        let absence = &report.absence;
        assert_eq!((absence.cause, absence.state), (AbsenceCause::Node, AbsenceState::Done));
        assert_eq!(absence.recovered, i64::try_from(said.len()).unwrap() - 1);
        assert_eq!((absence.peers, absence.peers_done, absence.peers_failed), (2, 2, 0));
        assert!((4..=12).contains(&absence.requests), "{} requests", absence.requests);
        assert_eq!(report.sentence(), "away 1 d: recovered 32 posts from 2 of 2 peers");
        world.pass(DAY, HOUR).await;
        assert_eq!(ann.home_texts().await, said, "nothing comes twice");
    }
}

on_both! {
    async fn short_absences_and_first_starts_pull_nothing(engine) {
        let mut world = Fediverse::of(engine, &["alpha"]).await;
        assert_eq!(worker::arrive(&world.nodes[0].node).await.unwrap(), None, "it never lived before");
        world.clock.advance(10 * MINUTE);
        return_home(&mut world).await;
        world.settle().await;
        assert_eq!(latest(&world.nodes[0]).await, None);
        world.clock.advance(10 * MINUTE + 1);
        return_home(&mut world).await;
        world.settle().await;
        let report = latest(&world.nodes[0]).await.unwrap();
        assert_eq!((report.absence.state, report.absence.peers), (AbsenceState::Done, 0));
    }
}

on_both! {
    async fn a_node_says_hello_and_is_written_to_again(engine) {
        let mut world = Fediverse::of(engine, &["alpha", "beta"]).await;
        let ann = world.nodes[0].person("ann").await;
        let ben = world.nodes[1].person("ben").await;
        ben.follows(&ann).await;
        world.settle().await;
        worker::beat(&world.nodes[0].node).await.unwrap();
        world.nodes[0].cut().await;
        ben.post("/api/v1/statuses", json!({ "status": format!("@{} psst", ann.handle()), "visibility": "direct" })).await.ok();
        world.pass(8 * DAY, DAY).await;
        let backlog = |node: &TestNode| {
            let db = node.node.db.clone();
            async move { db.read(store::peers::list_with_backlog).await.unwrap().len() }
        };
        assert_eq!(backlog(&world.nodes[1]).await, 1, "beta waits for its next probe");
        return_home(&mut world).await;
        world.settle().await;
        assert_eq!(backlog(&world.nodes[1]).await, 0, "it heard from alpha and tried at once");
        assert_eq!(ann.notices().await, [("mention".to_owned(), "ben".to_owned()), ("follow".to_owned(), "ben".to_owned())]);
    }
}

on_both! {
    async fn replies_in_a_thread_that_somebody_here_took_part_in_are_pulled(engine) {
        let mut world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let [ann, ben, _] = friends(&world).await;
        let dora = world.nodes[2].person("dora").await;
        let root = ben.says("which bird is this?").await;
        world.settle().await;
        let at_ann = ann.home().await[0]["id"].as_str().unwrap().to_owned();
        says(&ann, &format!("@{} a knot?", ben.handle()), json!({ "in_reply_to_id": at_ann })).await;
        world.settle().await;
        worker::beat(&world.nodes[0].node).await.unwrap();
        world.nodes[0].cut().await;
        world.clock.advance(HOUR);
        let at_dora = dora.finds("statuses", root["uri"].as_str().unwrap()).await;
        says(&dora, &format!("@{} a dunlin!", ben.handle()), json!({ "in_reply_to_id": at_dora })).await;
        world.nodes[2].settle().await;
        world.nodes[1].settle().await;
        give_up(&world.nodes[1]).await;
        give_up(&world.nodes[2]).await;
        return_home(&mut world).await;
        world.settle().await;
        let thread = ann.get(&format!("/api/v1/statuses/{at_ann}/context")).await.ok();
        let texts: Vec<String> = thread["descendants"].as_array().unwrap().iter().map(plain).collect();
        assert!(texts.contains(&"@ben a dunlin!".to_owned()), "{texts:?}");
        assert_eq!(latest(&world.nodes[0]).await.unwrap().absence.recovered, 1);
    }
}

on_both! {
    async fn missed_edits_are_made(engine) {
        let mut world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let [ann, ben, _] = friends(&world).await;
        let post = ben.says("a tern").await;
        world.settle().await;
        worker::beat(&world.nodes[0].node).await.unwrap();
        world.nodes[0].cut().await;
        world.clock.advance(HOUR);
        let id = post["id"].as_str().unwrap();
        ben.put(&format!("/api/v1/statuses/{id}"), json!({ "status": "an arctic tern" })).await.ok();
        give_up(&world.nodes[1]).await;
        return_home(&mut world).await;
        world.settle().await;
        assert_eq!(ann.home_texts().await, ["an arctic tern"]);
    }
}

on_both! {
    async fn pulling_goes_on_after_a_stop_in_its_middle(engine) {
        let mut world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let [ann, ben, _] = friends(&world).await;
        world.nodes[0].cut().await;
        let mut said: Vec<String> = (0..25).map(|n| format!("ben says {n}")).collect();
        for text in &said {
            world.clock.advance(MINUTE);
            ben.says(text).await;
        }
        give_up(&world.nodes[1]).await;
        return_home(&mut world).await;
        let node = &world.nodes[0].node;
        let id = node.db.read(|conn| store::absences::list(conn, 1)).await.unwrap()[0].id;
        node.db.write(move |tx| absences::plan(tx, id, 10)).await.unwrap();
        let mut hosts = catch_up::claim(node, 10).await.unwrap();
        hosts.retain(|host| host.host.starts_with("beta"));
        let steps = AtomicUsize::new(0);
        // The root and the first page are read.
        let is_stopping = || steps.fetch_add(1, Ordering::SeqCst) == 2;
        catch_up::visit(node, &hosts[0], Pace::Brisk, is_stopping).await.unwrap();
        assert_eq!(ann.home_texts().await.len(), 20);
        world.nodes[0].mend().await;
        world.nodes[0].node.db.write(store::absences::release).await.unwrap();
        world.settle().await;
        said.reverse();
        assert_eq!(ann.home_texts().await, said);
        assert_eq!(latest(&world.nodes[0]).await.unwrap().absence.recovered, 25);
    }
}

on_both! {
    async fn a_peer_that_cannot_be_reached_is_tried_for_a_day(engine) {
        let mut world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let [ann, ben, cat] = friends(&world).await;
        world.nodes[0].cut().await;
        world.clock.advance(HOUR);
        ben.says("missed").await;
        cat.says("never known").await;
        give_up(&world.nodes[1]).await;
        give_up(&world.nodes[2]).await;
        world.nodes[1].cut().await;
        world.nodes[2].cut().await;
        return_home(&mut world).await;
        world.nodes[0].settle().await;
        let report = latest(&world.nodes[0]).await.unwrap();
        assert_eq!((report.absence.state, report.absence.peers_failed), (AbsenceState::Running, 0));
        world.pass(5 * HOUR, HOUR).await;
        world.nodes[1].mend().await;
        world.pass(27 * HOUR, HOUR).await;
        assert_eq!(ann.home_texts().await, ["missed"]);
        let own = world.nodes[0].node.db.read(|conn| absences::list(conn, 10)).await.unwrap();
        let report = own.into_iter().find(|report| report.absence.cause == AbsenceCause::Node).unwrap();
        assert_eq!((report.absence.peers_done, report.absence.peers_failed), (1, 1));
        assert!(report.failed[0].host.starts_with("gamma"), "{report:?}");
        assert!(report.failed[0].last_error.is_some());
    }
}

on_both! {
    async fn a_peer_that_returns_is_asked_for_what_it_could_not_send(engine) {
        let mut world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let [ann, ben, _] = friends(&world).await;
        ben.follows(&ann).await;
        world.settle().await;
        world.nodes[1].cut().await;
        ann.says("is anybody there?").await;
        world.nodes[0].settle().await;
        world.clock.advance(HOUR);
        world.nodes[0].cut().await;
        world.nodes[1].mend().await;
        ben.says("yes, but nobody hears me").await;
        give_up(&world.nodes[1]).await;
        world.nodes[0].mend().await;
        world.settle().await;
        assert_eq!(ann.home_texts().await, ["yes, but nobody hears me", "is anybody there?"]);
        let report = latest(&world.nodes[0]).await.unwrap();
        assert_eq!((report.absence.cause, report.absence.recovered), (AbsenceCause::Peer, 1));
        assert!(report.sentence().starts_with(&format!("{} was away 1 h: recovered 1 post", world.nodes[1].domain)), "{}", report.sentence());
    }
}
