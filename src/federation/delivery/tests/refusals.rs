//! Peers that refuse: one message, one inbox, or everything for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use super::super::deliver_all_due;
use super::world::{Reply, Sink, World};
use crate::clock::{DAY, HOUR, MINUTE};
use crate::config::Config;

/// Every peer here answers, so nothing may run into this.
const LATE: Duration = Duration::from_secs(20);

/// A peer that answers the message "bad" with a status, and takes others.
async fn picky(status: u16) -> Sink {
    Sink::start(move |_, body| match body {
        "bad" => Reply::Status(status),
        _ => Reply::Status(202),
    })
    .await
}

#[tokio::test]
async fn a_message_is_given_up_only_when_others_are_taken() {
    // (status, days after which it is gone)
    for (status, days) in [(400, Some(1)), (410, Some(2)), (404, Some(4)), (500, None)] {
        let world = World::start(LATE).await;
        let sink = picky(status).await;
        world.post("bad", "https://a.test/bad", &[&sink]).await;
        for _ in 0..3 * 24 {
            deliver_all_due(&world.node).await.unwrap();
            world.node.clock.advance(HOUR);
        }
        assert_eq!(world.backlog().await, 1, "{status}: nothing was taken yet");
        for hour in 0..(24 * days.unwrap_or(9)) {
            let about = format!("https://a.test/{hour}");
            world.post("good", &about, &[&sink]).await;
            deliver_all_due(&world.node).await.unwrap();
            world.node.clock.advance(HOUR);
        }
        let left = i64::from(days.is_none());
        assert_eq!(world.backlog().await, left, "{status}");
        let peer = world.peer(&sink).await;
        assert_eq!(peer.down_since, None, "{status}");
    }
}

#[tokio::test]
async fn a_peer_that_refuses_everything_for_a_while_loses_nothing() {
    for status in [302, 400, 401, 403, 404, 405, 406, 410, 413, 422, 500] {
        let world = World::start(LATE).await;
        let now = Arc::new(AtomicU16::new(202));
        let says = now.clone();
        let sink = Sink::start(move |_, _| Reply::Status(says.load(Ordering::SeqCst))).await;
        world.post_many(0..1, &[&sink]).await;
        deliver_all_due(&world.node).await.unwrap();
        now.store(status, Ordering::SeqCst);
        world.node.clock.advance(MINUTE);
        world.post_many(1..21, &[&sink]).await;
        for _ in 0..5 * 24 {
            deliver_all_due(&world.node).await.unwrap();
            world.node.clock.advance(HOUR);
        }
        let tries = sink.received().len();
        assert!((30..100).contains(&tries), "{status}: {tries}");
        assert!(world.peer(&sink).await.down_since.is_some(), "{status}");
        assert_eq!(world.backlog().await, 20, "{status}");
        now.store(202, Ordering::SeqCst);
        world.node.clock.advance(DAY);
        deliver_all_due(&world.node).await.unwrap();
        let mut numbers = sink.numbers_from(tries);
        numbers.sort_unstable();
        assert_eq!(numbers, (1..21).collect::<Vec<_>>(), "{status}");
    }
}

#[tokio::test]
async fn a_message_over_which_the_peer_stumbles_does_not_block_the_others() {
    let world = World::start(LATE).await;
    // Answered as if the whole peer were down.
    let sink = picky(502).await;
    world.post("bad", "https://a.test/bad", &[&sink]).await;
    for number in 0..20 {
        let about = format!("https://a.test/{number}");
        world.post("good", &about, &[&sink]).await;
    }
    for _ in 0..40 {
        deliver_all_due(&world.node).await.unwrap();
        world.node.clock.advance(MINUTE);
    }
    let received = sink.received();
    let good = received.iter().filter(|body| *body == "good").count();
    assert_eq!((good, world.backlog().await), (20, 1));
    assert!(received.len() < 32, "{received:?}");
}

#[tokio::test]
async fn while_the_node_talks_with_nobody_what_waits_goes_on_waiting() {
    let mut world = World::start(LATE).await;
    let sink = Sink::start(|_, _| Reply::Status(202)).await;
    world.post_many(0..2, &[&sink]).await;
    let open = world.node.config.clone();
    let mut closed = Config::clone(&open);
    closed.federation.enabled = false;
    world.node.config = Arc::new(closed);
    let tally = deliver_all_due(&world.node).await.unwrap();
    assert_eq!((tally.attempts(), world.backlog().await), (0, 2));
    world.node.config = open;
    deliver_all_due(&world.node).await.unwrap();
    assert_eq!(world.backlog().await, 0);
}
