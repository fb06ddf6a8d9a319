//! A page costs as many queries as a single item.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::api::render::notifications::Naming;
use crate::api::render::{self, View};
use crate::api::testing::World;
use crate::store::{self, Page};

#[actix_web::test]
async fn forty_items_cost_as_many_queries_as_one() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    world.follow(&ann, &bob).await;
    for number in 0..20 {
        let poll = json!({"options": ["a", "b"], "expires_in": 300});
        let body = json!({"status": format!("{number} @ann #tag"), "poll": poll});
        let id = world.post(&bob, body).await;
        let path = format!("/api/v1/statuses/{id}/reblog");
        world.send(Some(&ann), &path, Value::Null).await;
    }
    let view = View::of(world.node(), Some(ann.id));
    let counted = world.node().db.read(move |conn| {
        let mut counts = Vec::new();
        for limit in [1, 40] {
            let ids = store::home::page(conn, ann.id, &Page::newest(limit))?;
            let rows = store::statuses::list(conn, &ids)?;
            let filter = store::notifications::Filter::default();
            let told = store::notifications::page(conn, ann.id, &filter, &Page::newest(limit))?;
            let started = conn.count_queries();
            let statuses = render::statuses::page(conn, &view, rows)?;
            let for_statuses = started.swap(0, Ordering::Relaxed);
            let notifications = render::notifications::page(conn, &view, Naming::Common, &told)?;
            let for_notifications = started.load(Ordering::Relaxed);
            counts.push((
                (statuses.len(), notifications.len()),
                (for_statuses, for_notifications),
            ));
        }
        Ok::<_, store::Error>(counts)
    });
    let counts = counted.await.unwrap();
    assert_eq!(counts[0].0, (1, 1));
    assert!(counts[1].0.0 == 40 && counts[1].0.1 == 20, "{counts:?}");
    assert_eq!(counts[0].1, counts[1].1, "{counts:?}");
    assert!(counts[1].1.0 > 0 && counts[1].1.0 <= 24, "{counts:?}");
}
