//! What is remembered of attempts, what is counted, and peers that an administrator has paused.

use std::time::Duration;

use super::super::deliver_all_due;
use super::world::{Reply, Sink, World};
use crate::clock::{DAY, HOUR};
use crate::social::peers::{Decision, State, decide, show};
use crate::social::staff::By;
use crate::store::{OutcomeState, outcomes};

/// Every peer here answers, so nothing may run into this.
const LATE: Duration = Duration::from_secs(20);

async fn ended(world: &World, sink: &Sink) -> Vec<(OutcomeState, Option<String>)> {
    let peer = world.peer(sink).await.id;
    let about = "https://a.test/bad";
    let read = move |conn: &mut crate::store::Conn| {
        let sent = outcomes::list_messages(conn, crate::id::AccountId(1), about, &["Create"], 0)?;
        let ids: Vec<_> = sent.into_iter().map(|message| message.id).collect();
        outcomes::list(conn, &ids, &[peer])
    };
    let found = world.node.db.read(read).await.unwrap();
    found
        .into_iter()
        .map(|outcome| (outcome.state, outcome.reason))
        .collect()
}

#[tokio::test]
async fn what_was_taken_and_what_was_given_up_is_remembered() {
    let world = World::start(LATE).await;
    let takes = Sink::start(|_, _| Reply::Status(202)).await;
    let picky = Sink::start(|_, body| Reply::Status(if body == "bad" { 400 } else { 202 })).await;
    let about = "https://a.test/bad";
    world.post("bad", about, &[&takes, &picky]).await;
    deliver_all_due(&world.node).await.unwrap();
    assert_eq!(ended(&world, &takes).await, [(OutcomeState::Taken, None)]);
    assert_eq!(ended(&world, &picky).await, [], "it waits");
    for hour in 0..24 {
        let other = format!("https://a.test/{hour}");
        world.post("good", &other, &[&picky]).await;
        deliver_all_due(&world.node).await.unwrap();
        world.node.clock.advance(HOUR);
    }
    let refused = (OutcomeState::Refused, Some("HTTP 400".to_owned()));
    assert_eq!(ended(&world, &picky).await, [refused]);
    let meters = &world.node.meters.deliveries;
    assert_eq!((meters.taken.get(), meters.dropped.get()), (25, 1));
    assert!(meters.refusals.get() > meters.dropped.get() && meters.kept.get() > 0);
}

#[tokio::test]
async fn a_paused_peer_is_sent_nothing_until_it_is_retried() {
    let world = World::start(LATE).await;
    let sink = Sink::start(|_, _| Reply::Status(202)).await;
    world.post_many(0..1, &[&sink]).await;
    deliver_all_due(&world.node).await.unwrap();
    let (node, domain) = (&world.node, sink.destination.domain.clone());
    decide(node, By::Operator, &domain, Decision::Pause)
        .await
        .unwrap();
    world.post_many(1..4, &[&sink]).await;
    for _ in 0..3 {
        deliver_all_due(node).await.unwrap();
        node.clock.advance(DAY);
    }
    assert_eq!((sink.received().len(), world.backlog().await), (1, 3));
    let paused = show(node, By::Operator, &domain).await.unwrap();
    assert_eq!(paused.state, State::Paused);
    decide(node, By::Operator, &domain, Decision::Retry)
        .await
        .unwrap();
    deliver_all_due(node).await.unwrap();
    assert_eq!(sink.numbers_from(1), [1, 2, 3]);
    let up = show(node, By::Operator, &domain).await.unwrap();
    assert_eq!((up.state, up.backlog.deliveries), (State::Up, 0));
}

#[tokio::test]
async fn what_an_administrator_drops_is_never_sent() {
    let world = World::start(LATE).await;
    let sink = Sink::start(|_, _| Reply::Status(503)).await;
    world.post("bad", "https://a.test/bad", &[&sink]).await;
    deliver_all_due(&world.node).await.unwrap();
    let (node, domain) = (&world.node, sink.destination.domain.clone());
    let down = show(node, By::Operator, &domain).await.unwrap();
    assert_eq!(down.state, State::Down);
    let forgotten = decide(node, By::Operator, &domain, Decision::Forget)
        .await
        .unwrap();
    assert_eq!((forgotten.state, world.backlog().await), (State::Up, 0));
    let dropped = (
        OutcomeState::Refused,
        Some("dropped by an administrator".to_owned()),
    );
    assert_eq!(ended(&world, &sink).await, [dropped]);
}
