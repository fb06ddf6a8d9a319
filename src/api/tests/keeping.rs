//! Pinning statuses, and muting threads.

use serde_json::{Value, json};

use crate::api::testing::{Person, World};
use crate::id::StatusId;

async fn act(world: &World, who: &Person, id: StatusId, what: &str) -> (u16, Value) {
    let path = format!("/api/v1/statuses/{id}/{what}");
    let answer = world.send(Some(who), &path, Value::Null).await;
    (answer.status, answer.json)
}

async fn pinned(world: &World, who: Option<&Person>, of: &Person) -> Vec<String> {
    let path = format!("/api/v1/accounts/{}/statuses?pinned=true", of.id);
    let answer = world.get(who, &path).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let found = answer.json.as_array().unwrap().clone();
    found
        .iter()
        .map(|status| status["id"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn own_posts_are_pinned_the_last_pin_first() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let mut ids = Vec::new();
    for number in 0..6 {
        let visibility = if number == 1 { "private" } else { "public" };
        let body = json!({"status": format!("{number}"), "visibility": visibility});
        ids.push(world.post(&ann, body).await);
    }
    let direct = json!({"status": "@bob", "visibility": "direct"});
    let direct = world.post(&ann, direct).await;
    let (_, boost) = act(&world, &ann, ids[0], "reblog").await;
    let boost: StatusId = boost["id"].as_str().unwrap().parse().unwrap();
    for (who, id, status, reason) in [
        (&bob, ids[0], 422, "Somebody else"),
        (&bob, ids[1], 404, "not found"),
        (&ann, direct, 422, "mentioned people"),
        (&ann, boost, 422, "boost"),
    ] {
        let (found, answer) = act(&world, who, id, "pin").await;
        assert_eq!(found, status, "{answer}");
        let sentence = answer["error"].as_str().unwrap();
        assert!(sentence.contains(reason), "{sentence}");
    }
    for id in [ids[2], ids[0], ids[1], ids[4], ids[3], ids[3]] {
        let (status, answer) = act(&world, &ann, id, "pin").await;
        assert_eq!((status, &answer["pinned"]), (200, &json!(true)));
    }
    let (status, answer) = act(&world, &ann, ids[5], "pin").await;
    assert_eq!(status, 422, "{answer}");
    let order = |places: &[usize]| -> Vec<String> {
        places.iter().map(|place| ids[*place].to_string()).collect()
    };
    assert_eq!(
        pinned(&world, Some(&ann), &ann).await,
        order(&[3, 4, 1, 0, 2])
    );
    assert_eq!(pinned(&world, None, &ann).await, order(&[3, 4, 0, 2]));
    assert_eq!(pinned(&world, Some(&bob), &bob).await, order(&[]));
    let (_, answer) = act(&world, &ann, ids[4], "unpin").await;
    assert_eq!(answer["pinned"], false);
    assert_eq!(act(&world, &ann, ids[4], "unpin").await.0, 200);
    // Others cannot take it away.
    assert_eq!(act(&world, &bob, ids[3], "unpin").await.0, 200);
    assert_eq!(pinned(&world, None, &ann).await, order(&[3, 0, 2]));
    let path = format!("/api/v1/statuses/{}", ids[3]);
    let seen = world.get(Some(&bob), &path).await.json;
    assert!(seen.get("pinned").is_none(), "only authors are told");
}

#[actix_web::test]
async fn a_muted_thread_names_nobody_any_more() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let first = world.post(&ann, json!({"status": "x"})).await;
    let reply = async |to: StatusId| {
        let body = json!({"status": "@ann", "in_reply_to_id": to.to_string()});
        world.post(&bob, body).await
    };
    let told = async || {
        let path = "/api/v1/notifications?types[]=mention";
        let told = world.get(Some(&ann), path).await.json;
        told.as_array().unwrap().len()
    };
    let second = reply(first).await;
    assert_eq!(told().await, 1);
    let (_, answer) = act(&world, &ann, first, "mute").await;
    assert_eq!(answer["muted"], true);
    assert_eq!(act(&world, &ann, first, "mute").await.0, 200);
    let third = reply(second).await;
    assert_eq!(told().await, 1);
    for (who, id, expected) in [(&ann, third, true), (&bob, third, false)] {
        let path = format!("/api/v1/statuses/{id}");
        assert_eq!(world.get(Some(who), &path).await.json["muted"], expected);
    }
    world.post(&bob, json!({"status": "@ann, elsewhere"})).await;
    assert_eq!(told().await, 2, "other threads are heard");
    let (_, answer) = act(&world, &ann, third, "unmute").await;
    assert_eq!(answer["muted"], false);
    reply(third).await;
    assert_eq!(told().await, 3);
    assert_eq!(act(&world, &ann, StatusId(1), "mute").await.0, 404);
}
