//! Quotes: who may quote what, how a quote looks to whom, and its end.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::api::render::crowds::Crowd;
use crate::api::render::{self, View};
use crate::api::testing::{Answer, Asking, Person, World};
use crate::id::{AccountId, StatusId};
use crate::social::{blocks, follows, mutes};
use crate::store::{self, Conn, QueryResult};

const STATUSES: &str = "/api/v1/statuses";

async fn quote(world: &World, who: &Person, quoted: StatusId) -> Answer {
    let body = json!({"status": "see", "quoted_status_id": quoted});
    world.send(Some(who), STATUSES, body).await
}

async fn quoted_by(world: &World, who: &Person, quoted: StatusId) -> StatusId {
    let body = json!({"quoted_status_id": quoted});
    world.post(who, body).await
}

async fn read(world: &World, who: Option<&Person>, id: StatusId) -> Value {
    world.get(who, &format!("{STATUSES}/{id}")).await.json
}

async fn change(world: &World, who: &Person, method: Method, path: &str, body: Value) -> Answer {
    let asking = Asking {
        method,
        path,
        body,
        key: None,
    };
    world.ask(Some(who), asking).await
}

async fn told(world: &World, who: &Person) -> Vec<(Value, Value)> {
    let list = world.get(Some(who), "/api/v1/notifications").await.json;
    let list = list.as_array().unwrap().iter();
    list.map(|one| (one["type"].clone(), one["status"]["id"].clone()))
        .collect()
}

#[actix_web::test]
async fn a_quote_of_a_post_here_holds_at_once() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let tea = world.post(&ann, json!({"status": "tea"})).await;
    let before = read(&world, Some(&bob), tea).await;
    assert_eq!(before["quotes_count"], 0);
    assert_eq!(
        before["quote_approval"],
        json!({"automatic": ["public"], "manual": [], "current_user": "automatic"})
    );
    let stranger = read(&world, None, tea).await;
    assert_eq!(stranger["quote_approval"]["current_user"], "denied");
    let first = quoted_by(&world, &bob, tea).await;
    let shown = read(&world, None, first).await;
    assert_eq!(shown["content"], "");
    assert_eq!(shown["quote"]["state"], "accepted");
    assert_eq!(shown["quote"]["quoted_status"]["id"], json!(tea));
    assert_eq!(shown["quote"]["quoted_status"]["quote"], Value::Null);
    let second = quoted_by(&world, &ann, first).await;
    let shown = read(&world, Some(&bob), second).await;
    let inner = &shown["quote"]["quoted_status"];
    assert_eq!(
        inner["quote"],
        json!({"state": "accepted", "quoted_status_id": tea})
    );
    assert_eq!(inner["favourited"], false);
    assert_eq!(read(&world, None, tea).await["quotes_count"], 1);
    assert_eq!(told(&world, &ann).await, [(json!("quote"), json!(first))]);
    assert_eq!(told(&world, &bob).await, [(json!("quote"), json!(second))]);
    // Of a boost, what it boosts is quoted.
    let boosted = format!("{STATUSES}/{tea}/reblog");
    let boost = world.send(Some(&bob), &boosted, Value::Null).await.json;
    let boost: StatusId = boost["id"].as_str().unwrap().parse().unwrap();
    let third = quote(&world, &bob, boost).await.json;
    assert_eq!(third["quote"]["quoted_status"]["id"], json!(tea));
    let list = world
        .get(Some(&ann), &format!("{STATUSES}/{tea}/quotes?limit=1"))
        .await;
    assert_eq!(list.json.as_array().unwrap().len(), 1);
    assert_eq!(list.json[0]["id"], third["id"]);
    let link = list.link.unwrap();
    let (next, prev) = link.split_once(", ").unwrap();
    assert!(next.contains("max_id=") && next.ends_with("rel=\"next\""));
    assert!(prev.contains("since_id=") && prev.ends_with("rel=\"prev\""));
    let next = next.split_once("localhost").unwrap().1;
    let next = next.split_once('>').unwrap().0;
    let older = world.get(Some(&ann), next).await.json;
    assert_eq!(older[0]["id"], json!(first));
}

#[actix_web::test]
async fn policies_say_who_quotes() {
    let world = World::new().await;
    let (ann, bob, carl) = (
        world.person("ann").await,
        world.person("bob").await,
        world.person("carl").await,
    );
    world.follow(&bob, &ann).await;
    let own = [("own", &ann), ("follower", &bob), ("stranger", &carl)];
    for (body, allowed, automatic) in [
        (
            json!({"quote_approval_policy": "public"}),
            &["own", "follower", "stranger"][..],
            json!(["public"]),
        ),
        (
            json!({"quote_approval_policy": "followers"}),
            &["own", "follower"][..],
            json!(["followers"]),
        ),
        (
            json!({"quote_approval_policy": "nobody"}),
            &["own"][..],
            json!([]),
        ),
        (json!({"visibility": "private"}), &["own"][..], json!([])),
        (json!({"visibility": "direct"}), &[][..], json!([])),
    ] {
        let mut body = body;
        body["status"] = json!("tea");
        let shown = body.to_string();
        let id = world.post(&ann, body).await;
        let read_by_author = read(&world, Some(&ann), id).await;
        assert_eq!(
            read_by_author["quote_approval"]["automatic"], automatic,
            "{shown}"
        );
        for (name, who) in own {
            let answer = quote(&world, who, id).await;
            let expected = if allowed.contains(&name) { 200 } else { 404 };
            assert_eq!(answer.status, expected, "{shown} {name} {}", answer.text);
            if expected == 404 {
                let sentence = answer.json["error"].as_str().unwrap();
                assert!(sentence.contains("trying to quote"), "{sentence}");
            }
        }
    }
    let missing = quote(&world, &bob, StatusId(1)).await;
    assert_eq!(missing.status, 404);
    let wrong = json!({"status": "x", "quote_approval_policy": "friends"});
    assert_eq!(world.send(Some(&ann), STATUSES, wrong).await.status, 422);
    // Whoever sees a quote of what is for followers is one.
    let private = world
        .post(&ann, json!({"status": "p", "visibility": "private"}))
        .await;
    let own = quote(&world, &ann, private).await.json;
    assert_eq!(own["visibility"], "private");
    // A message to certain people quotes none but them.
    let tea = world.post(&ann, json!({"status": "tea"})).await;
    for (text, expected) in [("@carl psst", 422), ("@ann psst", 200)] {
        let body = json!({"status": text, "visibility": "direct", "quoted_status_id": tea});
        assert_eq!(
            world.send(Some(&bob), STATUSES, body).await.status,
            expected
        );
    }
    // Blocks hold both ways.
    blocks::block(world.node(), bob.id, ann.id).await.unwrap();
    blocks::block(world.node(), ann.id, carl.id).await.unwrap();
    for who in [&bob, &carl] {
        assert_eq!(quote(&world, who, tea).await.status, 404);
    }
}

#[actix_web::test]
async fn what_somebody_prefers_counts_for_new_posts() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let path = "/api/v1/accounts/update_credentials";
    let body = json!({"source": {"quote_policy": "followers"}});
    let own = change(&world, &ann, Method::PATCH, path, body).await;
    assert_eq!(
        own.json["source"]["quote_policy"], "followers",
        "{}",
        own.text
    );
    let id = world.post(&ann, json!({"status": "tea"})).await;
    assert_eq!(quote(&world, &bob, id).await.status, 404);
    let later =
        json!({"status": "", "quoted_status_id": id, "scheduled_at": "2026-08-09T12:00:00Z"});
    let waits = world.send(Some(&ann), STATUSES, later).await;
    assert_eq!(waits.status, 200, "{}", waits.text);
    assert_eq!(waits.json["params"]["quoted_status_id"], json!(id));
    assert_eq!(waits.json["params"]["quote_approval_policy"], "followers");
    let refused =
        json!({"status": "", "quoted_status_id": id, "scheduled_at": "2026-08-09T12:00:00Z"});
    assert_eq!(world.send(Some(&bob), STATUSES, refused).await.status, 404);
}

#[actix_web::test]
async fn an_author_changes_who_quotes_and_revokes() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let tea = world.post(&ann, json!({"status": "tea"})).await;
    let quoting = quoted_by(&world, &bob, tea).await;
    let policy = format!("{STATUSES}/{tea}/interaction_policy");
    let nobody = json!({"quote_approval_policy": "nobody"});
    for (method, who, expected) in [
        (Method::PUT, &bob, 404),
        (Method::PUT, &ann, 200),
        (Method::PATCH, &ann, 200),
    ] {
        let answer = change(&world, who, method, &policy, nobody.clone()).await;
        assert_eq!(answer.status, expected, "{}", answer.text);
    }
    assert_eq!(quote(&world, &bob, tea).await.status, 404);
    let kept = read(&world, Some(&bob), quoting).await;
    assert_eq!(kept["quote"]["state"], "accepted");
    let revoke = format!("{STATUSES}/{tea}/quotes/{quoting}/revoke");
    assert_eq!(
        world.send(Some(&bob), &revoke, Value::Null).await.status,
        403
    );
    let wrong = format!("{STATUSES}/{quoting}/quotes/{tea}/revoke");
    assert_eq!(
        world.send(Some(&bob), &wrong, Value::Null).await.status,
        404
    );
    for _ in 0..2 {
        let revoked = world.send(Some(&ann), &revoke, Value::Null).await;
        assert_eq!(revoked.status, 200, "{}", revoked.text);
        assert_eq!(revoked.json["id"], json!(quoting));
        assert_eq!(
            revoked.json["quote"],
            json!({"state": "revoked", "quoted_status": null})
        );
    }
    assert_eq!(read(&world, None, tea).await["quotes_count"], 0);
    let list = world
        .get(Some(&ann), &format!("{STATUSES}/{tea}/quotes"))
        .await;
    assert_eq!(list.json, json!([]));
    // An edit says who may quote as well, also where it changes nothing else.
    let edited = format!("{STATUSES}/{tea}");
    let edit = json!({"status": "tea", "quote_approval_policy": "public"});
    let answer = change(&world, &ann, Method::PUT, &edited, edit).await;
    assert_eq!(
        (answer.status, &answer.json["edited_at"]),
        (200, &Value::Null)
    );
    assert_eq!(quote(&world, &bob, tea).await.status, 200);
    let wrong = json!({"status": "tea", "quote_approval_policy": "friends"});
    let answer = change(&world, &ann, Method::PUT, &edited, wrong).await;
    assert_eq!(answer.status, 422);
    // Its author can still write it anew.
    let path = format!("{STATUSES}/{quoting}");
    let deleted = change(&world, &bob, Method::DELETE, &path, Value::Null)
        .await
        .json;
    assert_eq!(deleted["quote"]["state"], "revoked");
    assert_eq!(deleted["quote"]["quoted_status"]["id"], json!(tea));
}

#[actix_web::test]
async fn a_quote_looks_as_the_viewer_stands() {
    let world = World::new().await;
    let (ann, bob, carl) = (
        world.person("ann").await,
        world.person("bob").await,
        world.person("carl").await,
    );
    let tea = world.post(&ann, json!({"status": "tea"})).await;
    let quoting = quoted_by(&world, &bob, tea).await;
    let seen = async |who: &Person, id| read(&world, Some(who), id).await["quote"].clone();
    mutes::mute(world.node(), carl.id, ann.id, false, None)
        .await
        .unwrap();
    let muted = seen(&carl, quoting).await;
    assert_eq!(muted["state"], "muted_account");
    assert_eq!(muted["quoted_status"]["id"], json!(tea));
    blocks::block(world.node(), carl.id, ann.id).await.unwrap();
    let blocked = seen(&carl, quoting).await;
    assert_eq!(blocked["state"], "blocked_account");
    assert_eq!(blocked["quoted_status"]["id"], json!(tea));
    blocks::unblock(world.node(), carl.id, ann.id)
        .await
        .unwrap();
    blocks::block(world.node(), ann.id, carl.id).await.unwrap();
    let hidden = json!({"state": "unauthorized", "quoted_status": null});
    assert_eq!(seen(&carl, quoting).await, hidden);
    assert_eq!(seen(&bob, quoting).await["state"], "accepted");
    // Who is named in a quote of what is for followers is told that there is something, and nothing else.
    let private = world
        .post(&ann, json!({"status": "p", "visibility": "private"}))
        .await;
    let body = json!({"status": "@bob look", "quoted_status_id": private});
    let shown = world.post(&ann, body).await;
    assert_eq!(seen(&bob, shown).await, hidden);
    follows::follow(world.node(), bob.id, ann.id, follows::Wishes::default())
        .await
        .unwrap();
    assert_eq!(seen(&bob, shown).await["state"], "accepted");
    let path = format!("{STATUSES}/{tea}");
    change(&world, &ann, Method::DELETE, &path, Value::Null).await;
    let gone = json!({"state": "deleted", "quoted_status": null});
    assert_eq!(seen(&bob, quoting).await, gone);
}

#[actix_web::test]
async fn an_edit_keeps_the_quote_and_is_told_to_who_quotes() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let tea = world.post(&ann, json!({"status": "tea"})).await;
    let quoting = quoted_by(&world, &bob, tea).await;
    let path = format!("{STATUSES}/{quoting}");
    for text in ["see this", ""] {
        let edited = change(&world, &bob, Method::PUT, &path, json!({"status": text})).await;
        assert_eq!(edited.status, 200, "{}", edited.text);
        assert_eq!(edited.json["quote"]["quoted_status"]["id"], json!(tea));
    }
    let history = world.get(None, &format!("{path}/history")).await.json;
    assert_eq!(history.as_array().unwrap().len(), 3);
    assert_eq!(history[1]["quote"]["quoted_status"]["id"], json!(tea));
    let plain = world
        .get(None, &format!("{STATUSES}/{tea}/history"))
        .await
        .json;
    assert!(plain[0].get("quote").is_none());
    let path = format!("{STATUSES}/{tea}");
    change(
        &world,
        &ann,
        Method::PUT,
        &path,
        json!({"status": "green tea"}),
    )
    .await;
    let expected = (json!("quoted_update"), json!(tea));
    assert_eq!(told(&world, &bob).await, [expected]);
}

#[actix_web::test]
async fn a_page_of_quotes_costs_as_many_queries_as_one() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    world.follow(&ann, &bob).await;
    let mut ids = Vec::new();
    for number in 0..9 {
        let body = json!({"status": format!("{number}"), "quote_approval_policy": "followers"});
        let tea = world.post(&bob, body).await;
        let first = quoted_by(&world, &bob, tea).await;
        ids.push(quoted_by(&world, &ann, first).await);
    }
    let view = View::of(world.node(), Some(ann.id));
    let counted = world.node().db.read(move |conn| {
        let mut counts = Vec::new();
        for number in [1, 9] {
            let rows = store::statuses::list(conn, &ids[..number])?;
            let started = conn.count_queries();
            let page = render::statuses::page(conn, &view, rows)?;
            counts.push((page.len(), started.load(Ordering::Relaxed)));
        }
        Ok::<_, store::Error>(counts)
    });
    let counts = counted.await.unwrap();
    assert_eq!((counts[0].0, counts[1].0), (1, 9));
    assert_eq!(counts[0].1, counts[1].1, "{counts:?}");
    assert!(counts[0].1 <= 34, "{counts:?}");
}

#[actix_web::test]
async fn a_crowd_sees_quotes_each_as_they_stand() {
    let world = World::new().await;
    let (ann, bob, carl) = (
        world.person("ann").await,
        world.person("bob").await,
        world.person("carl").await,
    );
    let body = json!({"status": "tea", "quote_approval_policy": "followers"});
    let tea = world.post(&ann, body).await;
    world.follow(&bob, &ann).await;
    let quoting = quoted_by(&world, &bob, tea).await;
    let outer = quoted_by(&world, &bob, quoting).await;
    world
        .send(
            Some(&bob),
            &format!("{STATUSES}/{tea}/favourite"),
            Value::Null,
        )
        .await;
    blocks::block(world.node(), carl.id, ann.id).await.unwrap();
    let people = [ann.id, bob.id, carl.id];
    let view = View::of(world.node(), None);
    let shown = world
        .node()
        .db
        .read(move |conn: &mut Conn| -> QueryResult<_> {
            let rows = store::statuses::list(conn, &[quoting, outer])?;
            let rows: HashMap<StatusId, _> = rows.into_iter().map(|row| (row.id, row)).collect();
            let crowd = Crowd::load(conn, &view, rows, &people)?;
            let one = |id: StatusId, viewer: AccountId| {
                let marks = crowd.marks(viewer, id).unwrap();
                json!(crowd.status(id, marks).unwrap())
            };
            Ok(people.map(|viewer| [one(quoting, viewer), one(outer, viewer)]))
        });
    let shown = shown.await.unwrap();
    for (person, seen) in [&ann, &bob, &carl].into_iter().zip(shown) {
        let alone = [
            read(&world, Some(person), quoting).await,
            read(&world, Some(person), outer).await,
        ];
        assert_eq!(seen, alone);
    }
}
