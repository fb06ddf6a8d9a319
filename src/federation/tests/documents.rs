//! What other servers are shown of us.

use actix_web::test::TestRequest;
use url::Url;

use super::peers::Peer;
use super::support::TestNode;
use crate::federation::signatures::sign::sign_get;
use crate::social::statuses::delete;
use crate::social::{boosts, follows};
use crate::store::{self, QueryResult, Visibility};

#[tokio::test]
async fn handles_lead_to_actors() {
    let node = TestNode::start_with_actor().await;
    node.add_person("Ann").await;
    let path = "/.well-known/webfinger?resource=acct:ann@node.localhost";
    let answer = node.get_as(path, "*/*").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        "application/jrd+json; charset=utf-8"
    );
    let finger = answer.json();
    assert_eq!(finger["subject"], "acct:Ann@node.localhost");
    let own = finger["links"].as_array().unwrap();
    let own = own.iter().find(|link| link["rel"] == "self").unwrap();
    assert_eq!(own["href"], "http://node.localhost/users/ann");
    for (query, status) in [
        ("?resource=acct:node.localhost@node.localhost", 200),
        ("?resource=http://node.localhost/@Ann", 200),
        ("?resource=acct:bob@node.localhost", 404),
        ("?resource=acct:ann@else.localhost", 404),
        ("?resource=", 400),
        ("", 400),
        ("?resource=acct:a%20b@node.localhost", 400),
    ] {
        let answer = node.get(&format!("/.well-known/webfinger{query}")).await;
        assert_eq!(answer.status, status, "{query}");
    }
    assert!(
        node.get("/.well-known/host-meta")
            .await
            .body
            .contains("{uri}")
    );
    let index = node.get("/.well-known/nodeinfo").await.json();
    assert_eq!(
        index["links"][1]["href"],
        "http://node.localhost/nodeinfo/2.1"
    );
    let facts = node.get("/nodeinfo/2.1").await.json();
    assert_eq!(facts["usage"]["users"]["total"], 1);
    assert_eq!(node.get("/nodeinfo/3.0").await.status, 404);
}

#[tokio::test]
async fn actors_are_shown_to_servers_and_pages_to_people() {
    let node = TestNode::start_with_actor().await;
    let ann = node.add_person("Ann").await;
    let answer = node.get("/users/ann").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        "application/activity+json; charset=utf-8"
    );
    assert!(answer.header("vary").contains("Accept"));
    let actor = answer.json();
    assert_eq!(actor["id"], "http://node.localhost/users/ann");
    assert_eq!(actor["preferredUsername"], "Ann");
    assert_eq!(
        actor["publicKey"]["id"],
        "http://node.localhost/users/ann#main-key"
    );
    let page = node.get_as("/users/ann", "text/html").await;
    assert_eq!(
        (page.status, page.header("location")),
        (302, "http://node.localhost/@Ann")
    );
    let own = node.get("/actor").await.json();
    assert_eq!(own["type"], "Application");
    assert_eq!(own["preferredUsername"], "node.localhost");
    assert_eq!(node.get("/actor/outbox").await.json()["totalItems"], 0);
    for path in ["/users/bob", "/users/node.localhost", "/users/a%20b"] {
        assert_eq!(node.get(path).await.status, 404, "{path}");
    }
    node.db
        .write(move |tx| -> QueryResult<()> {
            let mut account = store::accounts::find(tx, ann.id)?.unwrap();
            account.suspended_at = Some(tx.now());
            account.display_name = "Spam".to_owned();
            store::accounts::update(tx, &account)
        })
        .await
        .unwrap();
    let actor = node.get("/users/ann").await.json();
    assert_eq!(
        (&actor["suspended"], &actor["name"]),
        (&true.into(), &"".into())
    );
    for part in [
        "outbox",
        "followers",
        "following",
        "collections/featured",
        "collections/tags",
    ] {
        let path = format!("/users/ann/{part}");
        assert_eq!(node.get(&path).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn the_address_of_a_page_leads_servers_to_the_document() {
    let node = TestNode::start().await;
    let ann = node.add_person("Ann").await;
    let post = node.post(ann.id, "hello", Visibility::Public).await;
    let page = format!("/@Ann/{}", post.id);
    let ld = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
    for accept in ["application/activity+json, text/html;q=0.1", ld] {
        let actor = node.get_as("/@Ann", accept).await.json();
        assert_eq!(actor["id"], "http://node.localhost/users/ann", "{accept}");
        let shown = node.get_as(&page, accept).await;
        assert!(shown.header("vary").contains("Accept"));
        assert_eq!(shown.json()["id"], post.uri.as_str(), "{accept}");
    }
    let hidden = node.post(ann.id, "secret", Visibility::Private).await;
    for path in ["/@bob", &format!("/@Ann/{}", hidden.id)] {
        assert_eq!(node.get(path).await.status, 404, "{path}");
    }
    // Not a word of the servers' door to browsers: here they would find nothing, in a whole node the page.
    for (path, accept) in [("/@Ann", "text/html,*/*;q=0.8"), (&page, "*/*")] {
        let answer = node.get_as(path, accept).await;
        assert_eq!((answer.status, answer.header("vary")), (404, ""), "{path}");
    }
}

#[tokio::test]
async fn strangers_see_only_what_is_for_everybody() {
    let node = TestNode::start().await;
    let ann = node.add_person("ann").await;
    for (visibility, status) in [
        (Visibility::Public, 200),
        (Visibility::Unlisted, 200),
        (Visibility::Private, 404),
        (Visibility::Direct, 404),
    ] {
        let post = node.post(ann.id, "hello #world", visibility).await;
        let path = post
            .uri
            .strip_prefix("http://node.localhost")
            .unwrap()
            .to_owned();
        for part in ["", "/activity", "/replies"] {
            let answer = node.get(&format!("{path}{part}")).await;
            assert_eq!(answer.status, status, "{visibility:?} {part}");
        }
        if status == 200 {
            let shown = node.get(&path).await.json();
            assert_eq!(shown["tag"][0]["name"], "#world");
            let page = node.get_as(&path, "text/html").await;
            assert_eq!(
                (page.status, page.header("location")),
                (302, post.url.as_deref().unwrap())
            );
        }
    }
    let missing = node.get("/users/ann/statuses/1").await;
    let post = node.post(ann.id, "secret", Visibility::Private).await;
    let hidden = node.get(&format!("/users/ann/statuses/{}", post.id)).await;
    assert_eq!(
        (missing.status, &missing.body),
        (hidden.status, &hidden.body)
    );
    let other = node.get(&format!("/users/bob/statuses/{}", post.id)).await;
    assert_eq!(other.status, 404);

    let outbox = node.get("/users/ann/outbox").await.json();
    assert_eq!(outbox["type"], "OrderedCollection");
    let page = node.get("/users/ann/outbox?page=true").await;
    let items = page.json()["orderedItems"].as_array().unwrap().len();
    assert_eq!(items, 2);
    assert!(!page.body.contains("secret"));
}

#[tokio::test]
async fn what_was_deleted_is_gone() {
    let node = TestNode::start().await;
    let ann = node.add_person("ann").await;
    let post = node.post(ann.id, "hello", Visibility::Public).await;
    delete(&node, ann.id, post.id, false).await.unwrap();
    let answer = node.get(&format!("/users/ann/statuses/{}", post.id)).await;
    assert_eq!(
        (answer.status, answer.json()["type"].clone()),
        (410, "Tombstone".into())
    );
}

#[tokio::test]
async fn a_follower_who_signs_sees_what_followers_see() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let ann = node.add_person("ann").await;
    let (bob, eve) = (peer.person("bob"), peer.person("eve"));
    node.take(
        &bob.does("Follow", "follows/1", &ann.uri.as_str().into()),
        &bob,
    )
    .await;
    node.take(&eve.does("Like", "likes/1", &ann.uri.as_str().into()), &eve)
        .await;
    let post = node
        .post(ann.id, "for followers", Visibility::Private)
        .await;
    let path = format!("/users/ann/statuses/{}", post.id);
    let url = Url::parse(&node.urls.at(&path)).unwrap();
    for (reader, status) in [(&bob, 200), (&eve, 404)] {
        let mut request = TestRequest::get()
            .uri(&path)
            .insert_header(("host", "node.localhost"));
        for (name, value) in sign_get(&reader.identity(), &url, node.clock.now()).unwrap() {
            request = request.insert_header((name, value));
        }
        let answer = node.request(request).await;
        assert_eq!(answer.status, status, "{}", reader.name);
        if status == 200 {
            assert_eq!(answer.header("cache-control"), "private, no-store");
        }
    }
    assert_eq!(node.get(&path).await.status, 404);
}

#[tokio::test]
async fn followers_are_listed_unless_hidden() {
    let node = TestNode::start().await;
    let (ann, bob) = (node.add_person("ann").await, node.add_person("bob").await);
    follows::follow(&node, bob.id, ann.id, follows::Wishes::default())
        .await
        .unwrap();
    let root = node.get("/users/ann/followers").await.json();
    assert_eq!(root["totalItems"], 1);
    let page = node.get("/users/ann/followers?page=true").await.json();
    assert_eq!(page["orderedItems"][0], "http://node.localhost/users/bob");
    let page = node.get("/users/bob/following?page=true").await.json();
    assert_eq!(page["orderedItems"][0], "http://node.localhost/users/ann");
    node.db
        .write(move |tx| -> QueryResult<()> {
            let mut account = store::accounts::find(tx, ann.id)?.unwrap();
            account.hides_collections = true;
            store::accounts::update(tx, &account)
        })
        .await
        .unwrap();
    let root = node.get("/users/ann/followers").await.json();
    assert_eq!((&root["totalItems"], root.get("first")), (&1.into(), None));
    assert_eq!(node.get("/users/ann/followers?page=true").await.status, 403);
}

#[tokio::test]
async fn a_boost_is_an_activity_and_no_note() {
    let node = TestNode::start().await;
    let (ann, bob) = (node.add_person("ann").await, node.add_person("bob").await);
    let post = node.post(ann.id, "hello", Visibility::Public).await;
    let boost = boosts::boost(&node, bob.id, post.id, None).await.unwrap();
    let answer = node
        .get(&format!("/users/bob/statuses/{boost}/activity"))
        .await
        .json();
    assert_eq!(
        (&answer["type"], &answer["object"]),
        (&"Announce".into(), &post.uri.as_str().into())
    );
    assert_eq!(
        node.get(&format!("/users/bob/statuses/{boost}"))
            .await
            .status,
        404
    );
    let outbox = node.get("/users/bob/outbox?page=true").await.json();
    assert_eq!(outbox["orderedItems"][0]["type"], "Announce");
    let replies = node
        .get(&format!("/users/ann/statuses/{}/replies", post.id))
        .await;
    assert_eq!(replies.json()["orderedItems"].as_array().unwrap().len(), 0);
}
