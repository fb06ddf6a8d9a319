//! Polls: made, voted in, ended, edited.

use std::collections::HashMap;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::api::render::crowds::Crowd;
use crate::api::render::{self, View};
use crate::api::testing::{Asking, Person, World};
use crate::clock::{MINUTE, SECOND};
use crate::id::StatusId;
use crate::social::polls::endings;
use crate::store;
use crate::store::jobs::{self, Job};

const FIVE_MINUTES: i64 = 5 * MINUTE;

fn poll(multiple: bool) -> Value {
    json!({"options": [" tea ", "coffee", "milk"], "expires_in": "300", "multiple": multiple})
}

async fn ask(world: &World, who: &Person, multiple: bool) -> StatusId {
    let body = json!({"status": "What?", "poll": poll(multiple)});
    world.post(who, body).await
}

async fn vote(world: &World, who: &Person, id: StatusId, choices: Value) -> (u16, Value) {
    let path = format!("/api/v1/polls/{id}/votes");
    let body = json!({"choices": choices});
    let answer = world.send(Some(who), &path, body).await;
    (answer.status, answer.json)
}

/// Does what is due of polls, as the worker does; gives how many jobs there were.
async fn work(world: &World) -> usize {
    let node = world.node();
    let mut done = 0;
    for kind in ["tell_poll", "close_poll"] {
        let now = node.clock.now();
        let due = node
            .db
            .read(move |conn| jobs::list_due(conn, kind, now, 100))
            .await
            .unwrap();
        for queued in due {
            match serde_json::from_str(&queued.payload).unwrap() {
                Job::TellPoll { poll } => endings::tell(node, poll).await.unwrap(),
                Job::ClosePoll { poll, end, after } => {
                    endings::close(node, poll, end, after).await.unwrap();
                }
                other => panic!("{other:?}"),
            }
            node.db
                .write(move |tx| jobs::finish(tx, queued.id))
                .await
                .unwrap();
            done += 1;
        }
    }
    done
}

async fn told(world: &World, who: &Person) -> Vec<String> {
    let path = "/api/v1/notifications?types[]=poll";
    let told = world.get(Some(who), path).await.json;
    let told = told.as_array().unwrap().iter();
    told.map(|told| told["account"]["acct"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn a_poll_is_shown_and_counts_votes() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let id = ask(&world, &ann, false).await;
    let shown = world.get(None, &format!("/api/v1/polls/{id}")).await;
    let mut expected = json!({
        "id": id.to_string(), "expires_at": "2026-08-08T12:05:00.000Z", "expired": false,
        "multiple": false, "votes_count": 0, "voters_count": 0, "emojis": [],
        "options": [
            {"title": "tea", "votes_count": 0}, {"title": "coffee", "votes_count": 0},
            {"title": "milk", "votes_count": 0},
        ],
    });
    assert_eq!(shown.json, expected);
    let status = world.get(None, &format!("/api/v1/statuses/{id}")).await;
    assert_eq!(status.json["poll"], expected);
    for (who, choices, status) in [
        (&ann, json!([0]), 422),
        (&bob, json!([]), 422),
        (&bob, json!([3]), 422),
        (&bob, json!(["0", "1"]), 422),
        (&bob, json!(["1"]), 200),
        (&bob, json!(["1"]), 422),
        (&bob, json!([0]), 422),
    ] {
        let (found, answer) = vote(&world, who, id, choices.clone()).await;
        assert_eq!(found, status, "{choices}: {answer}");
    }
    expected["votes_count"] = json!(1);
    expected["voters_count"] = json!(1);
    expected["options"][1]["votes_count"] = json!(1);
    expected["voted"] = json!(true);
    expected["own_votes"] = json!([1]);
    let path = format!("/api/v1/statuses/{id}");
    assert_eq!(world.get(Some(&bob), &path).await.json["poll"], expected);
    expected["own_votes"] = json!([]);
    assert_eq!(world.get(Some(&ann), &path).await.json["poll"], expected);
    let missing = world.get(Some(&ann), "/api/v1/polls/1").await;
    assert_eq!(missing.status, 404);
    let without = world.post(&ann, json!({"status": "no poll"})).await;
    assert_eq!(vote(&world, &bob, without, json!([0])).await.0, 404);
}

#[actix_web::test]
async fn several_choices_may_come_one_after_the_other() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let id = ask(&world, &ann, true).await;
    for (choices, status, own) in [
        (json!([2, 0, 2]), 200, json!([0, 2])),
        (json!([0, 1]), 422, Value::Null),
        (json!([1]), 200, json!([0, 1, 2])),
    ] {
        let (found, answer) = vote(&world, &bob, id, choices.clone()).await;
        assert_eq!(found, status, "{choices}: {answer}");
        let mut chosen = answer["own_votes"].clone();
        if let Some(list) = chosen.as_array_mut() {
            list.sort_unstable_by_key(Value::as_i64);
        }
        assert_eq!(chosen, own);
    }
    let shown = world.get(None, &format!("/api/v1/polls/{id}")).await.json;
    assert_eq!(
        (&shown["votes_count"], &shown["voters_count"]),
        (&json!(3), &json!(1))
    );
}

#[actix_web::test]
async fn a_poll_ends_once_and_those_who_took_part_are_told() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let carl = world.person("carl").await;
    let hidden = json!({"options": ["a", "b"], "expires_in": 300, "hide_totals": true});
    let id = world
        .post(&ann, json!({"status": "?", "poll": hidden}))
        .await;
    let (_, answer) = vote(&world, &bob, id, json!([0])).await;
    assert_eq!(answer["options"][0]["votes_count"], Value::Null);
    assert_eq!(answer["votes_count"], 1);
    world.node().clock.advance(FIVE_MINUTES - SECOND);
    assert_eq!(work(&world).await, 1, "it is told how it stands");
    assert!(told(&world, &ann).await.is_empty());
    world.node().clock.advance(SECOND);
    assert_eq!(vote(&world, &carl, id, json!([0])).await.0, 422);
    assert_eq!(work(&world).await, 1);
    let again = endings::close(world.node(), id, world.node().clock.now(), None);
    again.await.unwrap();
    for (who, expected) in [(&ann, &["ann"][..]), (&bob, &["ann"]), (&carl, &[])] {
        assert_eq!(told(&world, who).await, expected);
    }
    let shown = world.get(None, &format!("/api/v1/polls/{id}")).await.json;
    assert_eq!(shown["expired"], true);
    assert_eq!(shown["options"][0]["votes_count"], 1);
    let clear = "/api/v1/notifications/clear";
    world.send(Some(&bob), clear, Value::Null).await;
    endings::close(world.node(), id, world.node().clock.now(), None)
        .await
        .unwrap();
    assert!(told(&world, &bob).await.is_empty(), "nobody is told twice");
}

#[actix_web::test]
async fn many_votes_are_told_seldom() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let id = ask(&world, &ann, false).await;
    let mut jobs = 0;
    for name in ["b", "c", "d", "e", "f", "g"] {
        let voter = world.person(name).await;
        assert_eq!(vote(&world, &voter, id, json!([1])).await.0, 200);
        world.node().clock.advance(30 * SECOND);
        jobs += work(&world).await;
    }
    // Ten seconds after the first vote, and three minutes after that.
    assert_eq!(jobs, 1);
    world.node().clock.advance(MINUTE);
    assert_eq!(work(&world).await, 1);
}

#[actix_web::test]
async fn a_poll_is_only_for_those_who_see_its_status() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let body = json!({"status": "?", "poll": poll(false), "visibility": "private"});
    let id = world.post(&ann, body).await;
    let path = format!("/api/v1/polls/{id}");
    assert_eq!(world.get(None, &path).await.status, 404);
    assert_eq!(vote(&world, &bob, id, json!([0])).await.0, 404);
    world.follow(&bob, &ann).await;
    assert_eq!(vote(&world, &bob, id, json!([0])).await.0, 200);
}

#[actix_web::test]
async fn an_edit_that_changes_the_options_forgets_the_votes() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let id = ask(&world, &ann, false).await;
    vote(&world, &bob, id, json!([0])).await;
    let path = format!("/api/v1/statuses/{id}");
    let edit = async |body: Value| {
        let asking = Asking {
            method: Method::PUT,
            path: &path,
            body,
            key: None,
        };
        let answer = world.ask(Some(&ann), asking).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json
    };
    let longer = json!({"options": ["tea", "coffee", "milk"], "expires_in": 600});
    let shown = edit(json!({"status": "What?", "poll": longer})).await;
    assert_eq!(shown["poll"]["votes_count"], 1);
    assert_eq!(shown["poll"]["expires_at"], "2026-08-08T12:10:00.000Z");
    assert_eq!(shown["edited_at"], Value::Null, "that is no other version");
    // The end that was meant first is none any more.
    world.node().clock.advance(FIVE_MINUTES);
    work(&world).await;
    assert!(told(&world, &bob).await.is_empty());
    let other = json!({"options": ["tea", "water"], "expires_in": 300});
    let shown = edit(json!({"status": "What?", "poll": other})).await;
    assert_eq!(shown["poll"]["votes_count"], 0);
    assert_eq!(vote(&world, &bob, id, json!([1])).await.0, 200);
    let shown = edit(json!({"status": "Nothing."})).await;
    assert_eq!(shown["poll"], Value::Null);
    let versions = world.get(None, &format!("{path}/history")).await.json;
    let titles = |version: &Value| match &version["poll"]["options"] {
        Value::Array(options) => options.iter().map(|one| one["title"].clone()).collect(),
        _ => Vec::new(),
    };
    let found: Vec<_> = versions.as_array().unwrap().iter().map(titles).collect();
    let expected = [vec!["tea", "coffee", "milk"], vec!["tea", "water"], vec![]];
    assert_eq!(
        found,
        expected.map(|titles| titles.into_iter().map(Value::from).collect::<Vec<_>>())
    );
}

#[actix_web::test]
async fn among_many_each_sees_what_they_see_alone() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let carl = world.person("carl").await;
    let id = ask(&world, &ann, true).await;
    vote(&world, &bob, id, json!([2, 0])).await;
    for (who, what) in [(&ann, "pin"), (&carl, "mute"), (&bob, "favourite")] {
        let path = format!("/api/v1/statuses/{id}/{what}");
        assert_eq!(world.send(Some(who), &path, Value::Null).await.status, 200);
    }
    let people = [ann.id, bob.id, carl.id];
    let view = View::of(world.node(), None);
    let compared = world.node().db.read(move |conn| {
        let row = store::statuses::find(conn, id)?.unwrap();
        let rows = HashMap::from([(id, row.clone())]);
        let crowd = Crowd::load(conn, &view, rows, &people)?;
        let mut compared = Vec::new();
        for viewer in people {
            let own = View {
                viewer: Some(viewer),
                ..view.clone()
            };
            let alone = render::statuses::single(conn, &own, row.clone())?;
            let marks = crowd.marks(viewer, id).unwrap();
            compared.push((alone, crowd.status(id, marks).unwrap()));
        }
        Ok::<_, store::Error>(compared)
    });
    for (alone, among) in compared.await.unwrap() {
        assert_eq!(json!(alone), json!(among));
    }
}

#[actix_web::test]
async fn a_deleted_poll_can_be_drafted_again() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let id = ask(&world, &ann, true).await;
    let path = format!("/api/v1/statuses/{id}");
    let asking = Asking {
        method: Method::DELETE,
        path: &path,
        body: Value::Null,
        key: None,
    };
    let deleted = world.ask(Some(&ann), asking).await.json;
    assert_eq!(deleted["poll"]["options"][2]["title"], "milk");
    assert_eq!(deleted["poll"]["multiple"], true);
    let gone = world.get(None, &format!("/api/v1/polls/{id}")).await;
    assert_eq!(gone.status, 404);
}
