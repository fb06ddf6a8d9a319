//! Favouriting, boosting and bookmarking, twice and back.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::api::testing::{Asking, World};

#[actix_web::test]
async fn marks_are_set_once_and_taken_back() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let id = world.post(&ann, json!({"status": "x"})).await;
    for (what, flag, value, count) in [
        (
            "favourite",
            "favourited",
            true,
            Some(("favourites_count", 1)),
        ),
        (
            "favourite",
            "favourited",
            true,
            Some(("favourites_count", 1)),
        ),
        (
            "unfavourite",
            "favourited",
            false,
            Some(("favourites_count", 0)),
        ),
        (
            "unfavourite",
            "favourited",
            false,
            Some(("favourites_count", 0)),
        ),
        ("bookmark", "bookmarked", true, None),
        ("unbookmark", "bookmarked", false, None),
        ("unbookmark", "bookmarked", false, None),
    ] {
        let path = format!("/api/v1/statuses/{id}/{what}");
        let answer = world.send(Some(&bob), &path, Value::Null).await;
        assert_eq!(answer.status, 200, "{what} {}", answer.text);
        assert_eq!(answer.json["id"], id.to_string());
        assert_eq!(answer.json[flag], value, "{what}");
        if let Some((key, number)) = count {
            assert_eq!(answer.json[key], number, "{what}");
        }
    }
}

#[actix_web::test]
async fn a_boost_wraps_its_original_and_taking_it_back_gives_the_original() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let id = world.post(&ann, json!({"status": "x"})).await;
    let path = |what: &str| format!("/api/v1/statuses/{id}/{what}");
    let mut boosts = Vec::new();
    for _ in 0..2 {
        let answer = world
            .send(
                Some(&bob),
                &path("reblog"),
                json!({"visibility": "unlisted"}),
            )
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let boost = answer.json;
        assert_eq!(boost["visibility"], "unlisted");
        assert_eq!(boost["account"]["acct"], "bob");
        assert_eq!(boost["reblogged"], true);
        assert_eq!(boost["reblog"]["id"], id.to_string());
        assert_eq!(boost["reblog"]["reblogs_count"], 1);
        assert_eq!(boost["reblog"]["reblogged"], true);
        assert_eq!(boost["reblog"]["account"]["acct"], "ann");
        boosts.push(boost["id"].clone());
    }
    assert_eq!(boosts[0], boosts[1]);
    let fans = world.get(None, &path("reblogged_by")).await;
    assert_eq!(fans.json[0]["acct"], "bob");
    assert!(!fans.link.unwrap().contains("max_id"));
    let back = world.send(Some(&bob), &path("unreblog"), Value::Null).await;
    assert_eq!(back.status, 200);
    assert_eq!(back.json["id"], id.to_string());
    assert_eq!(back.json["reblogs_count"], 0);
    assert_eq!(back.json["reblogged"], false);
    assert_eq!(back.json["reblog"], Value::Null);
}

#[actix_web::test]
async fn a_boost_without_a_word_is_seen_by_whom_posts_are_seen_by() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    for (usual, expected) in [
        ("public", "public"),
        ("unlisted", "unlisted"),
        ("private", "private"),
    ] {
        let id = world.post(&ann, json!({"status": usual})).await;
        let path = format!("/api/v1/statuses/{id}/reblog");
        let own = "/api/v1/accounts/update_credentials";
        let setting = json!({"source": {"privacy": usual}});
        let asking = Asking {
            method: Method::PATCH,
            path: own,
            body: setting,
            key: None,
        };
        let changed = world.ask(Some(&bob), asking).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
        let refused = json!({"visibility": "direct"});
        let answer = world.send(Some(&bob), &path, refused).await;
        assert_eq!(answer.status, 422, "nobody would see it");
        let answer = world.send(Some(&bob), &path, Value::Null).await;
        assert_eq!(answer.json["visibility"], expected);
    }
}

#[actix_web::test]
async fn what_may_not_be_boosted_is_refused() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    world.follow(&bob, &ann).await;
    for (visibility, by_author, by_follower) in [
        ("private", 200, 403),
        ("direct", 403, 404),
        ("unlisted", 200, 200),
    ] {
        let body = json!({"status": "x", "visibility": visibility});
        let id = world.post(&ann, body).await;
        let path = format!("/api/v1/statuses/{id}/reblog");
        for (who, expected) in [(&bob, by_follower), (&ann, by_author)] {
            let answer = world.send(Some(who), &path, Value::Null).await;
            assert_eq!(answer.status, expected, "{visibility} {}", answer.text);
        }
    }
    let path = "/api/v1/statuses/1/mute";
    assert_eq!(world.send(Some(&ann), path, Value::Null).await.status, 404);
}
