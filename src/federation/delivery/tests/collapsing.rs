//! What is taken back before anybody saw it, and what is not because somebody may have.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::super::deliver_all_due;
use super::world::{Reply, Sink, World};
use crate::clock::MINUTE;
use crate::store::DeliveryClass::{Posts, Relations};
use crate::store::follows::Destination;

const LATE: Duration = Duration::from_secs(20);
const THING: &str = "https://a.test/thing";

#[tokio::test]
async fn a_post_that_was_deleted_during_an_outage_is_never_sent() {
    let world = World::start(LATE).await;
    let sink = Sink::start(|_, _| Reply::Status(202)).await;
    let to = || vec![sink.destination.clone()];
    world.fail(&sink.destination).await;
    world.send(("Create", "create", THING, Posts), to()).await;
    world.send(("Update", "update", THING, Posts), to()).await;
    world
        .send(("Create", "other", "https://a.test/other", Posts), to())
        .await;
    world
        .send(("Delete", "delete", THING, Relations), to())
        .await;
    world.node.clock.advance(MINUTE);
    assert_eq!(deliver_all_due(&world.node).await.unwrap().taken, 1);
    assert_eq!(sink.received(), ["other"]);
}

#[tokio::test]
async fn a_kill_while_a_probe_is_under_way_keeps_the_end_of_what_it_sent() {
    let world = World::start(LATE).await;
    let (tell, mut told) = mpsc::unbounded_channel();
    let hang = move |_: usize, body: &str| {
        let _ = tell.send(body.to_owned());
        Reply::Hang
    };
    let sink = Sink::start(hang).await;
    let to = || vec![sink.destination.clone()];
    world.fail(&sink.destination).await;
    world.send(("Create", "create", THING, Posts), to()).await;
    let node = world.node.clone();
    let mut probing = JoinSet::new();
    probing.spawn(async move { deliver_all_due(&node).await });
    assert_eq!(told.recv().await.unwrap(), "create");
    probing.shutdown().await;
    // It may have arrived, although nobody here knows: so the Delete has to be brought.
    world
        .send(("Delete", "delete", THING, Relations), to())
        .await;
    assert_eq!(world.backlog().await, 2);
}

#[tokio::test]
async fn a_probe_that_reached_nobody_leaves_no_mark() {
    let world = World::start(LATE).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let nobody = Destination {
        domain: address.to_string(),
        inbox_url: format!("http://{address}/inbox"),
    };
    let to = || vec![nobody.clone()];
    world.fail(&nobody).await;
    world.send(("Create", "create", THING, Posts), to()).await;
    assert_eq!(deliver_all_due(&world.node).await.unwrap().kept, 1);
    world
        .send(("Delete", "delete", THING, Relations), to())
        .await;
    assert_eq!(world.backlog().await, 0);
}
