//! Sections D and E: documents that lead on and on, or to where nobody should go. What is read has an end.

use serde_json::{Value, json};
use whimbrel::clock::MINUTE;
use whimbrel::store::Engine;

use super::stages::Stage;
use crate::support::answers::Answer;
use crate::support::hostile::{ACTIVITY, PUBLIC};
use crate::support::wire::Wire;

const CONTEXT: &str = "https://www.w3.org/ns/activitystreams";
/// How many statuses each page of a list without end names.
const NAMED: usize = 50;

/// A page without end: each has a next one, and names things that are not there.
fn endless_page(url: &str) -> Answer {
    let items: Vec<Value> = (0..NAMED)
        .map(|number| {
            let place = url.replace("/list/", "/missing/");
            format!("{place}-{number}").into()
        })
        .collect();
    let page = json!({
        "@context": CONTEXT, "id": url, "type": "OrderedCollectionPage", "totalItems": 1_000_000,
        "orderedItems": items, "next": format!("{url}0"),
    });
    Answer::document(ACTIVITY, &page)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d8_a_server_says_what_it_runs_for_itself_alone() {
    let stage = Stage::open(Engine::Sqlite).await;
    let (node, peer) = (&stage.node, &stage.peer);
    let says = json!({ "software": { "name": "planted", "version": "1" } });
    let other = peer.at("other", "/nodeinfo");
    peer.answer("GET", &other, Answer::document("application/json", &says));
    let private = peer.at("private", "/nodeinfo");
    for (number, href) in [
        other.clone(),
        other.replace("http:", "HTTP:"),
        private.clone(),
        private.replace("private.localhost", "127.0.0.1"),
        "data:application/json,{}".to_owned(),
        "file:///etc/passwd".to_owned(),
        "gopher://x/".to_owned(),
        "/nodeinfo".to_owned(),
        String::new(),
    ]
    .into_iter()
    .enumerate()
    {
        let host = format!("n{number}");
        let actor = peer.resident(&host, "bob");
        let index = json!({ "links": [{ "rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": href }] });
        peer.answer(
            "GET",
            &peer.at(&host, "/.well-known/nodeinfo"),
            Answer::document("application/json", &index),
        );
        peer.give(
            node,
            &actor,
            &peer.deed(&actor, "Follow", "follow", &stage.ann_uri().into()),
        )
        .await;
        let index = peer.at(&host, "/.well-known/nodeinfo");
        assert_eq!(stage.asked(&index), [index], "it was asked: {href}");
    }
    // Where the index leads away, what it is led to speaks for itself, and not for others.
    let leads = peer.resident("leads", "bob");
    peer.redirect(
        &peer.at("leads", "/.well-known/nodeinfo"),
        "file:///etc/passwd",
    );
    peer.give(
        node,
        &leads,
        &peer.deed(&leads, "Follow", "follow", &stage.ann_uri().into()),
    )
    .await;
    assert_eq!(stage.asked(&other), [""; 0]);
    assert!(
        peer.asked()
            .iter()
            .all(|url| !url.ends_with("/nodeinfo") || url.contains("/.well-known/")),
        "{:#?}",
        peer.asked()
    );
    let stored = crate::support::fingerprints::Fingerprint::of(node).await;
    assert_eq!(stored.tables_with("planted"), [""; 0]);
    // An honest one is asked and believed.
    let honest = peer.resident("honest", "bob");
    let place = peer.at("honest", "/nodeinfo");
    let index = json!({ "links": [{ "rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": place }] });
    peer.answer(
        "GET",
        &peer.at("honest", "/.well-known/nodeinfo"),
        Answer::document("application/json", &index),
    );
    peer.answer("GET", &place, Answer::document("application/json", &says));
    peer.give(
        node,
        &honest,
        &peer.deed(&honest, "Follow", "follow", &stage.ann_uri().into()),
    )
    .await;
    let stored = crate::support::fingerprints::Fingerprint::of(node).await;
    assert_eq!(stored.tables_with("planted"), ["peers"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d12_e3_lists_of_replies_without_end_are_left_after_four_pages() {
    let stage = Stage::open(Engine::Sqlite).await;
    let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
    let list = format!("{bob}/list/replies");
    peer.make(&list, endless_page);
    let mut note = peer.note(bob, "root", "root");
    note["replies"] = list.as_str().into();
    let uri = note["id"].as_str().expect("an id").to_owned();
    peer.show(&uri, &note);
    let id = stage.ann.finds("statuses", &uri).await;
    node.node.clock.advance(5 * MINUTE);
    let before = peer.asked().len();
    stage
        .ann
        .get(&format!("/api/v1/statuses/{id}/context"))
        .await
        .ok();
    node.settle().await;
    assert_eq!(stage.asked(&list).len(), 4, "pages");
    let named = stage.asked(&format!("{bob}/missing/")).len();
    assert_eq!(named, 200, "replies that are looked for");
    assert_eq!(peer.asked().len() - before, 1 + 4 + 200, "and nothing else");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d12_e3_lists_that_lead_back_or_away_are_left() {
    let stage = Stage::open(Engine::Sqlite).await;
    let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
    let away = peer.at("evil", "/list");
    let page = |id: &str, next: &str| json!({ "@context": CONTEXT, "id": id, "type": "CollectionPage", "items": [], "next": next });
    for (number, (what, pages)) in [
        ("itself", vec!["a", "a"]),
        ("a circle of two", vec!["a", "b", "a"]),
        ("away", vec!["a", away.as_str()]),
        ("a file", vec!["a", "file:///etc/passwd"]),
        ("data", vec!["a", "data:application/activity+json,{}"]),
        ("this node", vec!["a", node.origin()]),
    ]
    .into_iter()
    .enumerate()
    {
        let place = |name: &str| {
            if name.contains(':') {
                name.to_owned()
            } else {
                format!("{bob}/{number}/{name}")
            }
        };
        for pair in pages.windows(2) {
            peer.show(&place(pair[0]), &page(&place(pair[0]), &place(pair[1])));
        }
        let mut note = peer.note(bob, &format!("root{number}"), what);
        note["replies"] = place("a").into();
        let uri = note["id"].as_str().expect("an id").to_owned();
        peer.show(&uri, &note);
        let id = stage.ann.finds("statuses", &uri).await;
        node.node.clock.advance(5 * MINUTE);
        stage
            .ann
            .get(&format!("/api/v1/statuses/{id}/context"))
            .await
            .ok();
        node.settle().await;
        let asked = stage.asked(&format!("{bob}/{number}/")).len();
        assert!((1..=4).contains(&asked), "{what}: {asked}");
    }
    assert_eq!(stage.asked(&peer.at("evil", "")), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e3_what_is_pinned_and_who_follows_is_read_for_so_long() {
    let stage = Stage::open(Engine::Sqlite).await;
    let (node, peer) = (&stage.node, &stage.peer);
    let mut actor = peer.actor("good", "carl");
    let carl = peer.resident("good", "carl");
    let (pins, sync) = (format!("{carl}/list/pins"), format!("{carl}/list/sync"));
    actor["featured"] = pins.as_str().into();
    peer.show(&carl, &actor);
    peer.make(&pins, endless_page);
    peer.make(&sync, endless_page);
    stage.follow(&carl).await;
    assert_eq!(stage.asked(&pins).len(), 1, "pages of pins");
    let named = stage.asked(&format!("{carl}/missing/pins")).len();
    assert!((1..=10).contains(&named), "{named} pins");
    node.node.clock.advance(10 * MINUTE);
    let mut note = peer.note(&carl, "1", "for followers");
    note["to"] = json!([format!("{carl}/followers")]);
    note["cc"] = json!([]);
    let create = peer.deed(&carl, "Create", "create", &note);
    let parcel = peer.parcel(node, "/inbox", &carl, create.to_string().as_bytes());
    let digest = "0".repeat(64);
    let header = format!(r#"collectionId="{carl}/followers", url="{sync}", digest="{digest}""#);
    assert_eq!(
        Wire::to(node)
            .send(&parcel.with("Collection-Synchronization", &header))
            .await
            .status,
        202
    );
    node.settle().await;
    assert_eq!(stage.asked(&sync).len(), 10, "pages of followers");
    assert_eq!(
        stage.asked(&format!("{carl}/missing/sync")),
        [""; 0],
        "nobody on it is asked for"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e6_contexts_are_read_and_never_fetched() {
    let stage = Stage::open(Engine::Sqlite).await;
    let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
    stage.follow(bob).await;
    let (remote, own) = (peer.at("evil", "/context"), format!("{bob}/context"));
    for url in [&remote, &own] {
        peer.show(
            url,
            &json!({ "@context": { "@import": remote, "Note": "x" } }),
        );
    }
    let many: serde_json::Map<String, Value> = (0..2_000)
        .map(|number| (format!("t{number}"), format!("x:t{}", number + 1).into()))
        .collect();
    let mut deep = json!({ "a": "b:c" });
    for _ in 0..20 {
        deep = json!({ "t": { "@id": "x:t", "@context": deep } });
    }
    let blank: Vec<Value> = (0..500).map(|number| json!({ "@id": format!("_:b{number}"), "x:y": { "@id": format!("_:b{}", number / 2) } })).collect();
    let before = stage.ann.home().await.len();
    for (number, context) in [
        json!([CONTEXT, remote]),
        json!([CONTEXT, own]),
        json!([CONTEXT, { "@import": remote, "@version": 1.1 }]),
        json!([CONTEXT, { "x": { "@id": "x:x", "@context": remote } }]),
        json!([remote, CONTEXT]),
        json!([CONTEXT, many]),
        json!([CONTEXT, deep]),
    ]
    .into_iter()
    .enumerate()
    {
        let mut note = peer.note(bob, &format!("n{number}"), "hello");
        note["x:blank"] = blank.clone().into();
        let mut create = peer.deed(bob, "Create", &format!("c{number}"), &note);
        create["@context"] = context;
        create["to"] = json!([PUBLIC]);
        let status = peer.deliver(node, bob, &create).await.status;
        assert!([202, 400].contains(&status), "{number}: {status}");
        node.settle().await;
    }
    assert_eq!(stage.asked(&remote), [""; 0]);
    assert_eq!(stage.asked(&own), [""; 0]);
    assert!(
        stage.ann.home().await.len() > before + 3,
        "what can be read is read"
    );
}
