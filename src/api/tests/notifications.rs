//! Notifications and reading positions.

use serde_json::{Value, json};

use crate::api::testing::World;

const MARKERS: &str = "/api/v1/markers";
const ASKED: &str = "/api/v1/markers?timeline[]=home&timeline[]=notifications&timeline[]=x";
const UNREAD: &str = "/api/v1/notifications/unread_count";

#[actix_web::test]
async fn people_are_told_and_manage_what_they_were_told() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    world.follow(&bob, &ann).await;
    let id = world.post(&ann, json!({"status": "x"})).await;
    let path = format!("/api/v1/statuses/{id}/favourite");
    world.send(Some(&bob), &path, Value::Null).await;
    for (query, kinds) in [
        ("", &["favourite", "follow"][..]),
        ("?types[]=follow", &["follow"]),
        ("?types[]=poll", &[]),
        ("?types[]=poll&types[]=follow", &["follow"]),
        (
            "?exclude_types[]=follow&exclude_types[]=poll",
            &["favourite"],
        ),
        ("?account_id=1", &[]),
    ] {
        let path = format!("/api/v1/notifications{query}");
        let told = world.get(Some(&ann), &path).await.json;
        let found: Vec<&str> = told
            .as_array()
            .unwrap()
            .iter()
            .map(|told| told["type"].as_str().unwrap())
            .collect();
        assert_eq!(found, kinds, "{query}");
    }
    let told = world.get(Some(&ann), "/api/v1/notifications").await.json;
    assert_eq!(told[0]["account"]["acct"], "bob");
    assert_eq!(told[0]["status"]["id"], id.to_string());
    assert!(told[1].get("status").is_none());
    let first = told[0]["id"].as_str().unwrap();
    let key = told[0]["group_key"].as_str().unwrap();
    assert!(key.starts_with(&format!("favourite-{id}-")), "{key}");
    let one = format!("/api/v1/notifications/{first}");
    assert_eq!(world.get(Some(&ann), &one).await.json, told[0]);
    let dismiss = format!("{one}/dismiss");
    for (who, status) in [(&bob, 404), (&ann, 200), (&ann, 404)] {
        let answer = world.send(Some(who), &dismiss, Value::Null).await;
        assert_eq!(answer.status, status);
    }
    let clear = world
        .send(Some(&ann), "/api/v1/notifications/clear", Value::Null)
        .await;
    assert_eq!((clear.status, clear.text.as_str()), (200, "{}"));
    let told = world.get(Some(&ann), "/api/v1/notifications").await;
    assert_eq!(told.json, json!([]));
}

#[actix_web::test]
async fn positions_are_remembered_and_count_what_is_unread() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    for _ in 0..3 {
        world.post(&bob, json!({"status": "@ann"})).await;
    }
    assert_eq!(world.get(Some(&ann), MARKERS).await.json, json!({}));
    let unset = world.get(Some(&ann), ASKED).await.json;
    assert_eq!(unset["notifications"]["last_read_id"], "0");
    assert!(unset.get("home").is_none());
    assert_eq!(
        world.get(Some(&ann), UNREAD).await.json,
        json!({"count": 3})
    );
    let limited = format!("{UNREAD}?limit=2");
    assert_eq!(
        world.get(Some(&ann), &limited).await.json,
        json!({"count": 2})
    );
    let told = world.get(Some(&ann), "/api/v1/notifications").await.json;
    let second = told[1]["id"].as_str().unwrap();
    let set = format!("{MARKERS}?notifications[last_read_id]={second}");
    for version in 1..=2 {
        let answer = world.send(Some(&ann), &set, Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.json["notifications"]["last_read_id"], second);
        assert_eq!(answer.json["notifications"]["version"], version);
        assert!(answer.json.get("home").is_none());
    }
    assert_eq!(
        world.get(Some(&ann), UNREAD).await.json,
        json!({"count": 1})
    );
    let body = json!({"home": {"last_read_id": "9007199254740993"}});
    world.send(Some(&ann), MARKERS, body).await;
    let both = world.get(Some(&ann), ASKED).await.json;
    assert_eq!(both["home"]["last_read_id"], "9007199254740993");
    assert_eq!(world.get(Some(&bob), MARKERS).await.json, json!({}));
    let bad = json!({"home": {"last_read_id": "x"}});
    assert_eq!(world.send(Some(&ann), MARKERS, bad).await.status, 400);
}
