//! Every list can be walked from end to end by its `Link` header.

use serde_json::{Value, json};

use crate::api::testing::{Person, World};

/// The address that stands under `rel`, as a path.
fn neighbour(link: Option<&str>, rel: &str) -> Option<String> {
    let part = link?
        .split(", ")
        .find(|part| part.ends_with(&format!("rel=\"{rel}\"")))?;
    let address = part.split(['<', '>']).nth(1)?;
    address
        .strip_prefix("http://node.localhost")
        .map(str::to_owned)
}

fn texts(page: &Value) -> Vec<String> {
    page.as_array()
        .unwrap()
        .iter()
        .map(|item| item.get("status").unwrap_or(item))
        .map(|status| status["content"].as_str().unwrap().to_owned())
        .collect()
}

/// Three statuses by `ann` that `bob` reads, likes, keeps and is told about.
async fn world() -> (World, Person) {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    world.follow(&bob, &ann).await;
    for number in 1..=3 {
        let body = json!({"status": format!("{number} #tag @bob")});
        let id = world.post(&ann, body).await;
        for what in ["favourite", "bookmark"] {
            let path = format!("/api/v1/statuses/{id}/{what}");
            let answer = world.send(Some(&bob), &path, Value::Null).await;
            assert_eq!(answer.status, 200);
        }
    }
    (world, bob)
}

#[actix_web::test]
async fn lists_are_walked_both_ways() {
    let (world, bob) = world().await;
    for list in [
        "/api/v1/timelines/home?limit=1",
        "/api/v1/timelines/public?limit=1&local=true",
        "/api/v1/timelines/tag/tag?limit=1",
        "/api/v1/favourites?limit=1",
        "/api/v1/bookmarks?limit=1",
        "/api/v1/notifications?limit=1&types[]=mention",
    ] {
        let mut seen = Vec::new();
        let mut path = list.to_owned();
        let mut last_prev = None;
        loop {
            let page = world.get(Some(&bob), &path).await;
            assert_eq!(page.status, 200, "{path}");
            seen.extend(texts(&page.json));
            let link = page.link.as_deref();
            let Some(next) = neighbour(link, "next") else {
                assert_eq!(page.json, json!([]), "{path}");
                break;
            };
            assert!(link.unwrap().contains("rel=\"next\", <"), "{link:?}");
            last_prev = neighbour(link, "prev");
            path = next;
        }
        let first = |text: &String| text.trim_start_matches("<p>").chars().next().unwrap();
        let order: String = seen.iter().map(first).collect();
        assert_eq!(order, "321", "{list}");
        let back = world.get(Some(&bob), &last_prev.unwrap()).await;
        assert_eq!(first(&texts(&back.json)[0]), '2', "{list}");
    }
}

#[actix_web::test]
async fn people_who_liked_a_status_are_paged_by_hidden_cursors() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let id = world.post(&ann, json!({"status": "x"})).await;
    for name in ["bob", "cem", "dee"] {
        let fan = world.person(name).await;
        let path = format!("/api/v1/statuses/{id}/favourite");
        world.send(Some(&fan), &path, Value::Null).await;
    }
    let mut path = format!("/api/v1/statuses/{id}/favourited_by?limit=2");
    let mut seen = Vec::new();
    loop {
        let page = world.get(None, &path).await;
        let names = page.json.as_array().unwrap();
        seen.extend(
            names
                .iter()
                .map(|fan| fan["acct"].as_str().unwrap().to_owned()),
        );
        let link = page.link.as_deref();
        assert!(link.unwrap().contains("since_id="), "{link:?}");
        match neighbour(link, "next") {
            Some(next) => path = next,
            None => break,
        }
    }
    assert_eq!(seen, ["dee", "cem", "bob"]);
}

#[actix_web::test]
async fn slices_that_are_none_are_refused_or_empty() {
    let (world, bob) = world().await;
    for (path, status, body) in [
        ("/api/v1/timelines/home?max_id=x", 400, None),
        ("/api/v1/timelines/home?limit=0", 200, Some(json!([]))),
        ("/api/v1/timelines/home?max_id=1", 200, Some(json!([]))),
        ("/api/v1/timelines/tag/neverused", 200, Some(json!([]))),
        ("/api/v1/timelines/tag/no%20tag", 200, Some(json!([]))),
    ] {
        let answer = world.get(Some(&bob), path).await;
        assert_eq!(answer.status, status, "{path}");
        if let Some(body) = body {
            assert_eq!(answer.json, body, "{path}");
            assert_eq!(answer.link, None, "{path}");
        }
    }
    let many: Vec<String> = (0..21).map(|id| format!("id[]={id}")).collect();
    let path = format!("/api/v1/statuses?{}", many.join("&"));
    assert_eq!(world.get(None, &path).await.status, 422);
}

#[actix_web::test]
async fn what_is_left_out_does_not_end_a_list() {
    let (world, bob) = world().await;
    let cem = world.person("cem").await;
    world.post(&cem, json!({"status": "4"})).await;
    let silence = crate::social::mutes::mute;
    silence(world.node(), bob.id, cem.id, true, None)
        .await
        .unwrap();
    let newest = world
        .get(Some(&bob), "/api/v1/timelines/public?limit=1")
        .await;
    assert_eq!(newest.json, json!([]));
    let next = neighbour(newest.link.as_deref(), "next").unwrap();
    let older = world.get(Some(&bob), &next).await;
    assert!(texts(&older.json)[0].starts_with("<p>3"));
}
