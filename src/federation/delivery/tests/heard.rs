//! Peers that call while a request to them is under way, which then fails: it says nothing about the peer any more.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::mpsc;

use super::super::deliver_all_due;
use super::world::{Reply, Sink, World};
use crate::clock::{MINUTE, SECOND};
use crate::federation::heard;
use crate::node::Node;
use crate::store::{Tx, peers};

/// Short enough to wait for.
const SOON: Duration = Duration::from_secs(1);

/// What a peer needs to call: the node, and its own name, once both are known.
type Line = Arc<OnceLock<(Node, String)>>;

/// A call of the peer, a second after it was sent something.
fn call(line: &Line) {
    let (node, domain) = line.get().unwrap();
    node.clock.advance(SECOND);
    heard::hear(node, domain);
}

fn connect(line: &Line, world: &World, sink: &Sink) {
    let ends = (world.node.clone(), sink.destination.domain.clone());
    assert!(line.set(ends).is_ok());
}

#[tokio::test]
async fn a_peer_that_calls_while_requests_hang_is_tried_when_they_end() {
    let world = World::start(SOON).await;
    let line = Line::default();
    let called = line.clone();
    // It takes one, so that several are under way, all of which hang.
    let sink = Sink::start(move |count, _| match count {
        1..3 => {
            call(&called);
            Reply::Hang
        }
        _ => Reply::Status(202),
    })
    .await;
    connect(&line, &world, &sink);
    world.post_many(0..12, &[&sink]).await;
    let done = deliver_all_due(&world.node).await.unwrap();
    assert_eq!((done.taken, done.dropped), (12, 0));
    assert!((1..=2).contains(&done.kept), "{done:?}");
    // After those that failed one is tried alone, as with every peer that failed.
    let mut numbers = sink.numbers_from(1 + done.kept);
    numbers.sort_unstable();
    assert_eq!(numbers, (1..12).collect::<Vec<_>>());
    let peer = world.peer(&sink).await;
    assert_eq!((peer.down_since, peer.failures), (None, 0));
}

#[tokio::test]
async fn a_peer_that_calls_and_takes_nothing_is_tried_once_a_minute() {
    for hangs in [true, false] {
        let world = World::start(SOON).await;
        let line = Line::default();
        let called = line.clone();
        let sink = Sink::start(move |_, _| {
            call(&called);
            if hangs {
                Reply::Hang
            } else {
                Reply::Status(502)
            }
        })
        .await;
        connect(&line, &world, &sink);
        world.post_many(0..5, &[&sink]).await;
        deliver_all_due(&world.node).await.unwrap();
        assert_eq!(sink.received().len(), 2);
        let peer = world.peer(&sink).await;
        let now = world.node.clock.now();
        assert!(peer.next_probe_at.unwrap() > now + 40 * SECOND, "{peer:?}");
        assert_eq!(peer.failures, 2);
        world.node.clock.advance(MINUTE);
        deliver_all_due(&world.node).await.unwrap();
        assert_eq!(sink.received().len(), 4);
    }
}

#[tokio::test]
async fn a_peer_that_asks_for_a_pause_gets_it_though_it_calls() {
    let world = World::start(SOON).await;
    let line = Line::default();
    let called = line.clone();
    let sink = Sink::start(move |_, _| {
        call(&called);
        Reply::RetryAfter(503, 120)
    })
    .await;
    connect(&line, &world, &sink);
    world.post_many(0..2, &[&sink]).await;
    deliver_all_due(&world.node).await.unwrap();
    assert_eq!(sink.received().len(), 1);
    let pause = world.peer(&sink).await.next_probe_at.unwrap() - world.node.clock.now();
    assert_eq!(pause, 120 * SECOND);
}

#[tokio::test]
async fn what_was_heard_before_an_attempt_says_nothing_about_it() {
    let world = World::start(SOON).await;
    let sink = Sink::start(|_, _| Reply::Status(502)).await;
    heard::hear(&world.node, &sink.destination.domain);
    world.node.clock.advance(SECOND);
    world.post_many(0..2, &[&sink]).await;
    deliver_all_due(&world.node).await.unwrap();
    assert_eq!(sink.received().len(), 1);
    let peer = world.peer(&sink).await;
    assert!(peer.next_probe_at > Some(world.node.clock.now()));
}

#[tokio::test]
async fn a_probe_that_hangs_while_its_peer_calls_costs_no_pause() {
    let world = World::start(SOON).await;
    let (tell, mut told) = mpsc::unbounded_channel();
    let (count, clock) = (Arc::new(AtomicUsize::new(0)), world.node.clock.clone());
    let (counted, tell) = (count.clone(), Mutex::new(tell));
    let sink = Sink::start(move |number, _| {
        counted.store(number + 1, Ordering::SeqCst);
        if number > 0 {
            return Reply::Status(202);
        }
        clock.advance(SECOND);
        tell.lock().unwrap().send(()).unwrap();
        Reply::Hang
    })
    .await;
    world.fail(&sink.destination).await;
    world.node.clock.advance(MINUTE);
    world.post_many(0..3, &[&sink]).await;
    let domain = sink.destination.domain.clone();
    let calls = async {
        told.recv().await.unwrap();
        let hasten = move |tx: &mut Tx<'_>| peers::hasten(tx, &domain);
        assert!(world.node.db.write(hasten).await.unwrap().is_some());
    };
    let (done, ()) = tokio::join!(deliver_all_due(&world.node), calls);
    let done = done.unwrap();
    assert_eq!((done.taken, done.kept), (3, 1));
    assert_eq!(count.load(Ordering::SeqCst), 4);
}
