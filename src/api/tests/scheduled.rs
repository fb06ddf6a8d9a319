//! Posts that wait for their time.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::api::testing::{Answer, Asking, Person, World};
use crate::clock::{DAY, HOUR, MINUTE};
use crate::id::ScheduledId;
use crate::social::statuses::schedule;
use crate::social::users;
use crate::store::jobs::{self, Job};
use crate::store::{self, AttachmentKind, attachments};

const ALL: &str = "/api/v1/scheduled_statuses";

async fn ask(world: &World, who: &Person, method: Method, path: &str, body: Value) -> Answer {
    let asking = Asking {
        method,
        path,
        body,
        key: None,
    };
    world.ask(Some(who), asking).await
}

async fn plan(world: &World, who: &Person, at: &str, mut body: Value) -> Answer {
    body["scheduled_at"] = json!(at);
    world.send(Some(who), "/api/v1/statuses", body).await
}

/// What is due to be posted now: (what, when).
async fn due(world: &World) -> Vec<(ScheduledId, i64)> {
    let now = world.node().clock.now();
    let look = move |conn: &mut store::Conn| jobs::list_due(conn, "publish_scheduled", now, 100);
    let jobs = world.node().db.read(look).await.unwrap();
    let read = |payload: &str| match serde_json::from_str(payload).unwrap() {
        Job::PublishScheduled { scheduled, at } => (scheduled, at),
        other => panic!("{other:?}"),
    };
    jobs.iter().map(|job| read(&job.payload)).collect()
}

async fn posted(world: &World) -> Vec<String> {
    let posted = world.get(None, "/api/v1/timelines/public").await.json;
    let posted = posted.as_array().unwrap().iter();
    posted
        .map(|status| status["content"].as_str().unwrap().to_owned())
        .collect()
}

async fn upload(world: &World, who: &Person) -> String {
    let owner = who.id;
    let insert = move |tx: &mut store::Tx<'_>| -> store::QueryResult<_> {
        let id = crate::id::AttachmentId(tx.new_id());
        let row = attachments::Attachment {
            id,
            account_id: owner,
            status_id: None,
            position: 0,
            kind: AttachmentKind::Image,
            mime: "image/png".to_owned(),
            file_key: Some("a/b.png".to_owned()),
            preview_key: None,
            remote_url: None,
            description: None,
            blurhash: None,
            width: Some(1),
            height: Some(1),
            preview_width: None,
            preview_height: None,
            focus_x: None,
            focus_y: None,
            created_at: tx.now(),
        };
        attachments::insert(tx, &[row])?;
        Ok(id)
    };
    world.node().db.write(insert).await.unwrap().to_string()
}

#[actix_web::test]
async fn a_post_waits_and_is_posted_once() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let file = upload(&world, &ann).await;
    let body =
        json!({"status": "Later", "media_ids": [file], "spoiler_text": "cw", "language": "de"});
    let answer = plan(&world, &ann, "2026-08-08T13:00:00.000Z", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let waiting = answer.json;
    assert_eq!(waiting["scheduled_at"], "2026-08-08T13:00:00.000Z");
    assert!(waiting.get("content").is_none() && waiting.get("failure").is_none());
    for (key, expected) in [
        ("text", json!("Later")),
        ("spoiler_text", json!("cw")),
        ("visibility", json!("public")),
        ("media_ids", json!([file])),
        ("language", json!("de")),
        ("in_reply_to_id", Value::Null),
        ("poll", Value::Null),
        ("scheduled_at", Value::Null),
        ("with_rate_limit", json!(false)),
    ] {
        assert_eq!(waiting["params"][key], expected, "{key}");
    }
    assert!(waiting["params"]["application_id"].is_i64());
    assert_eq!(waiting["media_attachments"][0]["id"], file);
    let listed = world.get(Some(&ann), ALL).await;
    assert_eq!(listed.json, json!([waiting]));
    assert!(listed.link.unwrap().contains("max_id"));
    // The file is taken: nobody else gets it, and it is not tidied up.
    let other = json!({"status": "Now", "media_ids": [file]});
    let refused = world.send(Some(&ann), "/api/v1/statuses", other).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    let later = world.node().clock.now() + 9 * DAY;
    let abandoned = world
        .node()
        .db
        .read(move |conn| attachments::list_abandoned(conn, later, 9));
    assert_eq!(abandoned.await.unwrap(), []);
    assert!(posted(&world).await.is_empty() && due(&world).await.is_empty());
    world.node().clock.advance(HOUR);
    let (id, at) = due(&world).await[0];
    let (first, second) = tokio::join!(
        schedule::fire(world.node(), id, at),
        schedule::fire(world.node(), id, at)
    );
    let made = [first.unwrap(), second.unwrap()];
    assert_eq!(made.iter().flatten().count(), 1, "{made:?}");
    assert_eq!(posted(&world).await, ["<p>Later</p>"]);
    let made = made.into_iter().flatten().next().unwrap();
    let status = world
        .get(None, &format!("/api/v1/statuses/{made}"))
        .await
        .json;
    assert_eq!(status["media_attachments"][0]["id"], file);
    assert_eq!(status["created_at"], "2026-08-08T13:00:00.000Z");
    assert_eq!(status["application"]["name"], "Tester");
    assert_eq!(world.get(Some(&ann), ALL).await.json, json!([]));
}

#[actix_web::test]
async fn what_is_scheduled_can_be_moved_and_removed_by_its_author() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let waiting = plan(&world, &ann, "2026-08-08T12:05:00Z", json!({"status": "x"})).await;
    let path = format!("{ALL}/{}", waiting.json["id"].as_str().unwrap());
    assert_eq!(world.get(Some(&ann), &path).await.json, waiting.json);
    assert_eq!(world.get(Some(&bob), &path).await.status, 404);
    let new = |at: &str| json!({ "scheduled_at": at });
    for (who, method, at, status) in [
        (&bob, Method::PUT, "2026-08-08T14:00:00Z", 404),
        (&ann, Method::PUT, "2026-08-08T12:04:59Z", 422),
        (&ann, Method::PUT, "2020-01-01T00:00:00Z", 422),
        (&ann, Method::PATCH, "2026-08-08T14:00:00Z", 200),
        (&ann, Method::PUT, "2026-08-08T15:00:00+02:00", 200),
    ] {
        let answer = ask(&world, who, method, &path, new(at)).await;
        assert_eq!(answer.status, status, "{at}: {}", answer.text);
    }
    let moved = world.get(Some(&ann), &path).await.json;
    assert_eq!(moved["scheduled_at"], "2026-08-08T13:00:00.000Z");
    world.node().clock.advance(5 * MINUTE);
    for (id, at) in due(&world).await {
        assert_eq!(schedule::fire(world.node(), id, at).await.unwrap(), None);
    }
    assert!(
        posted(&world).await.is_empty(),
        "the first time counts no more"
    );
    for (who, status) in [(&bob, 404), (&ann, 200), (&ann, 404)] {
        let answer = ask(&world, who, Method::DELETE, &path, Value::Null).await;
        assert_eq!(answer.status, status);
        assert!(status != 200 || answer.text == "{}");
    }
    world.node().clock.advance(2 * HOUR);
    for (id, at) in due(&world).await {
        assert_eq!(schedule::fire(world.node(), id, at).await.unwrap(), None);
    }
    assert!(posted(&world).await.is_empty());
}

#[actix_web::test]
async fn times_and_numbers_are_bounded() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    for (at, status) in [
        ("2026-08-08T12:04:59Z", 422),
        ("next week", 422),
        ("2026-08-08T12:05:00Z", 200),
    ] {
        let answer = plan(&world, &ann, at, json!({"status": "x"})).await;
        assert_eq!(answer.status, status, "{at}: {}", answer.text);
    }
    let past = plan(
        &world,
        &ann,
        "2020-01-01T00:00:00Z",
        json!({"status": "past"}),
    )
    .await;
    assert_eq!(
        past.json["content"], "<p>past</p>",
        "what is past is posted now"
    );
    for (body, status) in [
        (json!({"status": ""}), 422),
        (json!({"status": "x", "in_reply_to_id": "1"}), 404),
        (json!({"status": "x", "media_ids": ["1"]}), 422),
        (
            json!({"status": "x", "poll": {"options": ["a"], "expires_in": 300}}),
            422,
        ),
    ] {
        let answer = plan(&world, &ann, "2026-08-09T12:00:00Z", body).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    for minute in 0..25 {
        let at = format!("2026-08-10T12:{minute:02}:00Z");
        let poll = json!({"options": ["a", "b"], "expires_in": 300});
        let answer = plan(&world, &ann, &at, json!({"status": "x", "poll": poll})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.json["params"]["poll"]["expires_in"], 300);
    }
    let body = || json!({"status": "x"});
    for (at, status) in [
        ("2026-08-10T23:59:59Z", 422),
        ("2026-08-11T00:00:00Z", 200),
        ("2026-08-09T23:59:59Z", 200),
    ] {
        assert_eq!(plan(&world, &ann, at, body()).await.status, status, "{at}");
    }
}

#[actix_web::test]
async fn a_repeated_request_schedules_once_and_finds_the_post_afterwards() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let request = async || {
        let asking = Asking {
            method: Method::POST,
            path: "/api/v1/statuses",
            body: json!({"status": "once", "scheduled_at": "2026-08-08T12:30:00Z"}),
            key: Some("k"),
        };
        world.ask(Some(&ann), asking).await.json
    };
    let (first, again) = (request().await, request().await);
    assert_eq!(first["id"], again["id"]);
    assert_eq!(first["params"]["idempotency"], "k");
    world.node().clock.advance(30 * MINUTE);
    let (id, at) = due(&world).await[0];
    schedule::fire(world.node(), id, at).await.unwrap();
    assert_eq!(request().await["content"], "<p>once</p>");
    assert_eq!(posted(&world).await.len(), 1);
}

#[actix_web::test]
async fn what_cannot_be_posted_stays_with_the_reason() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let parent = world.post(&bob, json!({"status": "x"})).await;
    let body = json!({"status": "reply", "in_reply_to_id": parent.to_string()});
    let at = "2026-08-08T12:30:00Z";
    assert_eq!(plan(&world, &ann, at, body).await.status, 200);
    plan(&world, &bob, at, json!({"status": "by Bob"})).await;
    let path = format!("/api/v1/statuses/{parent}");
    ask(&world, &bob, Method::DELETE, &path, Value::Null).await;
    users::disable(world.node(), bob.id).await.unwrap();
    world.node().clock.advance(30 * MINUTE);
    for (id, at) in due(&world).await {
        assert!(schedule::fire(world.node(), id, at).await.is_err());
    }
    let waiting = world.get(Some(&ann), ALL).await.json;
    let failure = waiting[0]["failure"].as_str().unwrap();
    assert!(failure.contains("replies to"), "{failure}");
    // With a new time it is tried again, and what is wrong is told again.
    let path = format!("{ALL}/{}", waiting[0]["id"].as_str().unwrap());
    let new = json!({"scheduled_at": "2026-08-08T13:00:00Z"});
    let moved = ask(&world, &ann, Method::PUT, &path, new).await.json;
    assert!(moved.get("failure").is_none());
    users::enable(world.node(), bob.id).await.unwrap();
    let waiting = world.get(Some(&bob), ALL).await.json;
    assert_eq!(waiting[0]["failure"], "Your login is currently disabled");
    assert!(posted(&world).await.is_empty());
}
