//! Posting, editing and deleting.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::api::testing::{Asking, World};

#[actix_web::test]
async fn a_post_comes_back_as_it_was_meant() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    world.person("bob").await;
    let body = json!({
        "status": "Hello @bob, #Rust", "spoiler_text": "Code", "visibility": "unlisted", "language": "de",
    });
    let answer = world.send(Some(&ann), "/api/v1/statuses", body).await;
    let status = &answer.json;
    assert_eq!(answer.status, 200, "{}", answer.text);
    for (key, expected) in [
        ("visibility", json!("unlisted")),
        ("spoiler_text", json!("Code")),
        ("sensitive", json!(true)),
        ("language", json!("de")),
        ("in_reply_to_id", Value::Null),
        ("reblog", Value::Null),
        ("poll", Value::Null),
        ("card", Value::Null),
        ("quote", Value::Null),
        ("edited_at", Value::Null),
        ("favourited", json!(false)),
        ("reblogged", json!(false)),
        ("bookmarked", json!(false)),
        ("muted", json!(false)),
        ("pinned", json!(false)),
        ("filtered", json!([])),
        ("media_attachments", json!([])),
        ("emojis", json!([])),
        ("application", json!({"name": "Tester", "website": null})),
        (
            "tags",
            json!([{"name": "rust", "url": "http://node.localhost/tags/rust"}]),
        ),
    ] {
        assert_eq!(status[key], expected, "{key}");
    }
    assert_eq!(status["account"]["acct"], "ann");
    assert_eq!(status["account"]["statuses_count"], 1);
    assert_eq!(status["mentions"][0]["acct"], "bob");
    let link = format!(
        "href=\"{}\"",
        status["mentions"][0]["url"].as_str().unwrap()
    );
    assert!(status["content"].as_str().unwrap().contains(&link));
    let path = format!("/api/v1/statuses/{}", status["id"].as_str().unwrap());
    let anybody = world.get(None, &path).await.json;
    for key in ["favourited", "pinned", "filtered", "muted"] {
        assert!(anybody.get(key).is_none(), "{key}");
    }
}

#[actix_web::test]
async fn what_cannot_be_posted_is_refused_with_a_reason() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let long = "x".repeat(501);
    for (body, status, reason) in [
        (json!({}), 422, "can't be blank"),
        (json!({"status": " \n "}), 422, "can't be blank"),
        (json!({"status": long}), 422, "limit of 500"),
        (
            json!({"status": "x", "visibility": "secret"}),
            422,
            "Visibility",
        ),
        (
            json!({"status": "x", "media_ids": ["1"]}),
            422,
            "attachment",
        ),
        (
            json!({"status": "x", "in_reply_to_id": "1"}),
            404,
            "reply to",
        ),
        (
            json!({"status": "x", "in_reply_to_id": "one"}),
            400,
            "in_reply_to_id",
        ),
        (
            json!({"status": "x", "poll": {"options": ["a", "b"]}}),
            422,
            "A poll must run",
        ),
        (
            json!({"status": "x", "poll": {"options": ["a"], "expires_in": 300}}),
            422,
            "two options",
        ),
        (
            json!({"poll": {"options": ["a", "b"], "expires_in": 300}, "media_ids": ["1"]}),
            422,
            "not both",
        ),
        (
            json!({"status": "x", "scheduled_at": "tomorrow"}),
            422,
            "Scheduled at",
        ),
        (
            json!({"status": "x", "quoted_status_id": "1"}),
            404,
            "trying to quote",
        ),
        (json!({"status": ["x"]}), 400, "status"),
    ] {
        let shown = body.to_string();
        let answer = world.send(Some(&ann), "/api/v1/statuses", body).await;
        assert_eq!(answer.status, status, "{shown} {}", answer.text);
        let sentence = answer.json["error"].as_str().unwrap();
        assert!(sentence.contains(reason), "{shown}: {sentence}");
    }
    let nulls = json!({
        "status": "x", "poll": null, "scheduled_at": "", "in_reply_to_id": null, "visibility": "",
        "media_ids": [], "sensitive": "", "language": null,
    });
    assert_eq!(
        world
            .send(Some(&ann), "/api/v1/statuses", nulls)
            .await
            .status,
        200
    );
    let reading = crate::api::testing::Person {
        token: world.token(ann.id, "read").await,
        ..ann
    };
    let body = json!({"status": "x"});
    for (who, expected) in [(None, 401), (Some(&reading), 403)] {
        let answer = world.send(who, "/api/v1/statuses", body.clone()).await;
        assert_eq!(answer.status, expected);
    }
}

#[actix_web::test]
async fn a_repeated_request_posts_once() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let mut ids = Vec::new();
    for (who, key) in [(&ann, "k1"), (&ann, "k1"), (&ann, "k2"), (&bob, "k1")] {
        let asking = Asking {
            method: Method::POST,
            path: "/api/v1/statuses",
            body: json!({"status": "once"}),
            key: Some(key),
        };
        let answer = world.ask(Some(who), asking).await;
        assert_eq!(answer.status, 200);
        ids.push(answer.json["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2]);
    assert_ne!(ids[0], ids[3]);
    let posted = world.get(None, "/api/v1/timelines/public").await.json;
    assert_eq!(posted.as_array().unwrap().len(), 3);
}

#[actix_web::test]
async fn an_edit_leaves_its_versions_and_a_deletion_gives_back_the_text() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let body = json!({"status": "First", "spoiler_text": "cw"});
    let id = world.post(&ann, body).await;
    let path = format!("/api/v1/statuses/{id}");
    let history = format!("{path}/history");
    let versions = world.get(None, &history).await.json;
    assert_eq!(versions.as_array().unwrap().len(), 1);
    for method in [Method::PUT, Method::PATCH] {
        let text = format!("Changed by {method}");
        let edit = |who| {
            let asking = Asking {
                method: method.clone(),
                path: &path,
                body: json!({"status": text}),
                key: None,
            };
            world.ask(Some(who), asking)
        };
        assert_eq!(edit(&bob).await.status, 404);
        let edited = edit(&ann).await;
        assert_eq!(edited.status, 200, "{}", edited.text);
        assert_eq!(edited.json["content"], format!("<p>{text}</p>"));
        assert_eq!(edited.json["spoiler_text"], "");
        assert_ne!(edited.json["edited_at"], Value::Null);
    }
    let versions = world.get(None, &history).await.json;
    let contents: Vec<&str> = versions
        .as_array()
        .unwrap()
        .iter()
        .map(|version| version["content"].as_str().unwrap())
        .collect();
    assert_eq!(
        contents,
        [
            "<p>First</p>",
            "<p>Changed by PUT</p>",
            "<p>Changed by PATCH</p>"
        ]
    );
    let source = world.get(Some(&bob), &format!("{path}/source")).await.json;
    assert_eq!(source["text"], "Changed by PATCH");
    let delete = |who| {
        let asking = Asking {
            method: Method::DELETE,
            path: &path,
            body: Value::Null,
            key: None,
        };
        world.ask(Some(who), asking)
    };
    assert_eq!(delete(&bob).await.status, 404);
    let deleted = delete(&ann).await;
    assert_eq!(deleted.status, 200);
    assert_eq!(deleted.json["text"], "Changed by PATCH");
    assert!(deleted.json.get("content").is_none());
    assert_eq!(delete(&ann).await.status, 404);
    assert_eq!(world.get(Some(&ann), &path).await.status, 404);
}
