//! Peers that hang, fall silent and come back; a node that is stopped in between.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::super::{deliver_all_due, run};
use super::world::{Reply, START, Sink, World};
use crate::clock::{DAY, HOUR, MINUTE, SECOND};
use crate::store::peers;

/// For peers that hang: long enough for a busy computer to bring a request to them, short enough to wait for.
const SOON: Duration = Duration::from_secs(1);
/// The same where a stall of the disk must not look like a peer that hangs.
const A_WHILE: Duration = Duration::from_secs(4);
const LATE: Duration = Duration::from_secs(20);

/// A switch for a peer, and its answer: it takes everything while the switch is on.
fn switch(off: Reply) -> (Arc<AtomicBool>, impl Fn(usize, &str) -> Reply + Send + Sync) {
    let is_on = Arc::new(AtomicBool::new(false));
    let watched = is_on.clone();
    let answer = move |_: usize, _: &str| {
        if watched.load(Ordering::SeqCst) {
            Reply::Status(202)
        } else {
            off
        }
    };
    (is_on, answer)
}

#[tokio::test]
async fn peers_that_hang_do_not_delay_the_others() {
    let world = World::start(LATE).await;
    let (tell, mut told) = mpsc::unbounded_channel();
    let mut hanging = Vec::new();
    for _ in 0..80 {
        hanging.push(Sink::start(|_, _| Reply::Hang).await);
    }
    let mut healthy = Vec::new();
    for _ in 0..40 {
        let answer = |_: usize, _: &str| Reply::Status(202);
        healthy.push(Sink::start_and_tell(answer, tell.clone()).await);
    }
    let sinks: Vec<&Sink> = hanging.iter().chain(&healthy).collect();
    world.post_many(0..3, &sinks).await;

    let (stop, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    tasks.spawn(run(world.node.clone(), stopped));
    let arrive = async {
        for _ in 0..3 * healthy.len() {
            told.recv().await.unwrap();
        }
        for number in 3..6 {
            world.post_many(number..number + 1, &sinks).await;
            for _ in &healthy {
                told.recv().await.unwrap();
            }
        }
    };
    // Half of the time that one request to a peer that hangs takes, for all of it, on a slow computer too.
    timeout(LATE / 2, arrive).await.unwrap();
    for sink in &healthy {
        let mut numbers = sink.numbers_from(0);
        numbers.sort_unstable();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5]);
    }
    for sink in &hanging {
        assert!(
            sink.received().len() <= 1,
            "a new peer is sent one at first"
        );
    }
    stop.send(true).unwrap();
    tasks.abort_all();
    assert!(world.backlog().await >= 80 * 6);
}

#[tokio::test]
async fn an_outage_of_thirty_days_loses_and_repeats_nothing() {
    let world = World::start(LATE).await;
    let (is_on, answer) = switch(Reply::Status(502));
    let sink = Sink::start(answer).await;
    for day in 0..30 {
        world.post_many(day * 2..day * 2 + 2, &[&sink]).await;
        for _ in 0..24 {
            world.node.clock.advance(HOUR);
            deliver_all_due(&world.node).await.unwrap();
        }
    }
    let probes = sink.received().len();
    assert!((100..250).contains(&probes), "{probes}");
    let peer = world.peer(&sink).await;
    assert!(peer.down_since.unwrap() < START + 2 * HOUR);
    assert!(peer.last_error.unwrap().starts_with("HTTP 502"));

    is_on.store(true, Ordering::SeqCst);
    world.node.clock.advance(6 * HOUR);
    let done = deliver_all_due(&world.node).await.unwrap();
    assert_eq!((done.taken, done.kept, done.dropped), (60, 0, 0));
    let mut numbers = sink.numbers_from(probes);
    // The one with which the peer was tried is ahead of the others, which are in order up to the window.
    numbers.remove(0);
    for (place, number) in numbers.iter().enumerate() {
        assert!(place.abs_diff(*number) <= 4, "{numbers:?}");
    }
    numbers = sink.numbers_from(probes);
    numbers.sort_unstable();
    assert_eq!(numbers, (0..60).collect::<Vec<_>>());
    let peer = world.peer(&sink).await;
    assert_eq!(
        (peer.failures, peer.down_since, peer.last_error),
        (0, None, None)
    );
    assert_eq!(world.backlog().await, 0);
}

#[tokio::test]
async fn a_peer_that_hangs_is_tried_as_the_schedule_says() {
    let world = World::start(SOON).await;
    let sink = Sink::start(|_, _| Reply::Hang).await;
    world.post_many(0..50, &[&sink]).await;
    let mut times = Vec::new();
    for minute in 0..180 {
        let done = deliver_all_due(&world.node).await.unwrap();
        assert!(done.attempts() <= 1);
        if done.attempts() == 1 {
            times.push(minute);
        }
        world.node.clock.advance(MINUTE);
    }
    assert_eq!(times.len(), sink.received().len());
    // At once, then after 30 seconds and 1, 2, 4, ... 60 minutes, each up to a tenth less.
    assert!((8..=11).contains(&times.len()), "{times:?}");
    assert!(
        times
            .windows(3)
            .all(|three| three[2] - three[1] + 1 >= (three[1] - three[0]) * 9 / 10)
    );
}

#[tokio::test]
async fn a_peer_says_when_it_may_be_tried_again() {
    let world = World::start(LATE).await;
    let sink = Sink::start(|count, _| match count {
        0 => Reply::RetryAfter(429, 120),
        _ => Reply::Status(202),
    })
    .await;
    world.post_many(0..5, &[&sink]).await;
    deliver_all_due(&world.node).await.unwrap();
    assert_eq!(sink.received().len(), 1);
    world.node.clock.advance(119 * SECOND);
    assert_eq!(deliver_all_due(&world.node).await.unwrap().attempts(), 0);
    world.node.clock.advance(SECOND);
    assert_eq!(deliver_all_due(&world.node).await.unwrap().taken, 5);
    assert_eq!(sink.numbers_from(1), [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn a_peer_that_calls_is_tried_at_once() {
    let world = World::start(LATE).await;
    let (is_on, answer) = switch(Reply::Status(503));
    let sink = Sink::start(answer).await;
    world.post_many(0..3, &[&sink]).await;
    for _ in 0..9 {
        deliver_all_due(&world.node).await.unwrap();
        world.node.clock.advance(DAY);
    }
    deliver_all_due(&world.node).await.unwrap();
    is_on.store(true, Ordering::SeqCst);
    assert_eq!(deliver_all_due(&world.node).await.unwrap().attempts(), 0);
    let domain = sink.destination.domain.clone();
    let hastened = world.node.db.write(move |tx| peers::hasten(tx, &domain));
    assert!(hastened.await.unwrap().is_some());
    assert_eq!(deliver_all_due(&world.node).await.unwrap().taken, 3);
}

#[tokio::test]
async fn a_restart_loses_nothing() {
    let mut world = World::start(A_WHILE).await;
    let up = Sink::start(|_, _| Reply::Status(200)).await;
    let (is_on, answer) = switch(Reply::Hang);
    let down = Sink::start(answer).await;
    world.post_many(0..20, &[&up, &down]).await;
    world = world.restart(A_WHILE).await;
    deliver_all_due(&world.node).await.unwrap();
    assert_eq!((up.received().len(), world.backlog().await), (20, 20));
    world.post_many(20..30, &[&up, &down]).await;
    world = world.restart(LATE).await;
    is_on.store(true, Ordering::SeqCst);
    world.node.clock.advance(MINUTE);
    deliver_all_due(&world.node).await.unwrap();
    let mut numbers = up.numbers_from(0);
    numbers.sort_unstable();
    assert_eq!(numbers, (0..30).collect::<Vec<_>>());
    let mut numbers = down.numbers_from(1);
    numbers.sort_unstable();
    assert_eq!(numbers, (0..30).collect::<Vec<_>>());
    assert_eq!(world.backlog().await, 0);
}

#[tokio::test]
async fn requests_under_way_end_before_a_node_stops() {
    let world = World::start(LATE).await;
    let (tell, mut told) = mpsc::unbounded_channel();
    let sink = Sink::start_and_tell(|_, _| Reply::Status(202), tell).await;
    let (stop, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    tasks.spawn(run(world.node.clone(), stopped));
    world.post_many(0..40, &[&sink]).await;
    told.recv().await.unwrap();
    stop.send(true).unwrap();
    timeout(LATE, tasks.join_next())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    // Whatever was sent is written down, so nothing is sent twice.
    let waiting = usize::try_from(world.backlog().await).unwrap();
    assert_eq!(sink.received().len() + waiting, 40);
}

#[tokio::test]
async fn what_breaks_off_while_a_node_stops_is_not_held_against_the_peer() {
    let world = World::start(LATE).await;
    let (stop, stopped) = watch::channel(false);
    let sink = Sink::start(move |_, _| {
        stop.send_replace(true);
        Reply::Status(503)
    })
    .await;
    world.post_many(0..1, &[&sink]).await;
    timeout(LATE, run(world.node.clone(), stopped))
        .await
        .unwrap();
    let peer = world.peer(&sink).await;
    assert_eq!((peer.down_since, peer.next_probe_at), (None, None));
    assert_eq!((sink.received().len(), world.backlog().await), (1, 1));
}

#[tokio::test]
async fn what_is_about_one_thing_stays_in_order() {
    let world = World::start(LATE).await;
    // The first answer to "create" is a refusal; what follows about the same thing must not overtake it.
    let sink = Sink::start(|count, _| Reply::Status(if count == 1 { 500 } else { 202 })).await;
    world.post("warm up", "https://a.test/0", &[&sink]).await;
    world.post("create", "https://a.test/1", &[&sink]).await;
    world.post("update", "https://a.test/1", &[&sink]).await;
    world.post("other", "https://a.test/2", &[&sink]).await;
    world.post("delete", "https://a.test/1", &[&sink]).await;
    deliver_all_due(&world.node).await.unwrap();
    assert_eq!(sink.received(), ["warm up", "create", "other"]);
    world.node.clock.advance(HOUR);
    deliver_all_due(&world.node).await.unwrap();
    assert_eq!(sink.received()[3..], ["create", "update", "delete"]);
}
