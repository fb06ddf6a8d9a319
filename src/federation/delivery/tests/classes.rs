//! What comes first within a lane.

use std::time::Duration;

use super::super::deliver_all_due;
use super::world::{Reply, Sink, World};
use crate::store::DeliveryClass::{Personal, Posts, Reactions, Relations};

const LATE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn what_is_personal_comes_soon_and_what_is_least_urgent_comes_too() {
    let world = World::start(LATE).await;
    let sink = Sink::start(|_, _| Reply::Status(202)).await;
    let to = || vec![sink.destination.clone()];
    for (class, word, count) in [
        (Reactions, "like", 20),
        (Posts, "post", 60),
        (Relations, "follow", 20),
        (Personal, "hello", 20),
    ] {
        for number in 0..count {
            let about = format!("https://a.test/{word}/{number}");
            world.send(("Create", word, &about, class), to()).await;
        }
    }
    let done = deliver_all_due(&world.node).await.unwrap();
    assert_eq!((done.taken, world.backlog().await), (120, 0));
    let received = sink.received();
    let early = |word: &str| {
        let first = received.iter().take(45);
        first.filter(|body| *body == word).count()
    };
    // Three rounds of 8, 4, 2 and 1, but for what is under way out of order.
    assert!(early("hello") >= 17, "{received:?}");
    assert!(early("follow") >= 9, "{received:?}");
    assert!((4..12).contains(&early("post")), "{received:?}");
    assert!((2..8).contains(&early("like")), "{received:?}");
}

#[tokio::test]
async fn what_is_about_one_thing_stays_in_order_across_classes() {
    let world = World::start(LATE).await;
    let sink = Sink::start(|_, _| Reply::Status(202)).await;
    let to = || vec![sink.destination.clone()];
    for number in 0..30 {
        let about = format!("https://a.test/{number}");
        let create = format!("create {number}");
        let delete = format!("delete {number}");
        world.send(("Create", &create, &about, Posts), to()).await;
        world
            .send(("Announce", "boost", &about, Reactions), to())
            .await;
        world
            .send(("Delete", &delete, &about, Relations), to())
            .await;
    }
    assert_eq!(deliver_all_due(&world.node).await.unwrap().taken, 90);
    let received = sink.received();
    for number in 0..30 {
        let place = |word: &str| {
            let body = format!("{word} {number}");
            received.iter().position(|one| *one == body).unwrap()
        };
        assert!(place("create") < place("delete"), "{number}");
    }
}
