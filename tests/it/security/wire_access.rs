//! Section B: every route of the servers' door, asked by every kind of server. What documents say is tested in `leaks`;
//! here it is who gets one at all.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::json;
use url::Url;
use whimbrel::social::moderation::hosts::{self, Wish};
use whimbrel::social::moderation::staff::Staff;
use whimbrel::store::{Engine, HostSeverity};

use super::stages::{Stage, encoded};
use crate::sources::all_sources;
use crate::support::databases::on_both;
use crate::support::hostile::ACTIVITY;
use crate::support::wire::{Call, Reply, Wire};

/// Those who ask, in the order of the columns: nobody who signs, a stranger, a follower, an account that Ann blocked, and
/// one of a server that the staff blocked.
const ASKERS: [&str; 5] = ["nobody", "stranger", "follower", "blocked", "banned"];

const ALL: [u16; 5] = [200, 200, 200, 200, 200];
/// For everybody; a signature of those with whom the node does not talk closes the door.
const OPEN: [u16; 5] = [200, 200, 200, 200, 403];
/// For everybody but whoever is blocked.
const PUBLIC: [u16; 5] = [200, 200, 200, 404, 403];
/// For followers.
const PRIVATE: [u16; 5] = [404, 404, 200, 404, 403];
const MISSING: [u16; 5] = [404, 404, 404, 404, 403];
/// For whoever signs.
const SIGNED: [u16; 5] = [401, 200, 200, 200, 403];
const INBOX: [u16; 5] = [401, 202, 202, 202, 403];

/// Method, route, what is asked, and what each gets. `PUBLIC` and `PRIVATE` stand for the numbers of two statuses.
const ROWS: &[(&str, &str, &str, [u16; 5])] = &[
    (
        "GET",
        "/.well-known/webfinger",
        "/.well-known/webfinger?resource=RESOURCE",
        ALL,
    ),
    (
        "GET",
        "/.well-known/host-meta",
        "/.well-known/host-meta",
        ALL,
    ),
    ("GET", "/.well-known/nodeinfo", "/.well-known/nodeinfo", ALL),
    ("GET", "/nodeinfo/{version}", "/nodeinfo/2.1", ALL),
    ("POST", "/inbox", "/inbox", INBOX),
    ("GET", "/actor", "/actor", ALL),
    ("POST", "/actor/inbox", "/actor/inbox", INBOX),
    ("GET", "/actor/outbox", "/actor/outbox", ALL),
    ("GET", "/users/{name}", "/users/ann", ALL),
    ("POST", "/users/{name}/inbox", "/users/ann/inbox", INBOX),
    ("GET", "/users/{name}/outbox", "/users/ann/outbox", OPEN),
    (
        "GET",
        "/users/{name}/outbox",
        "/users/ann/outbox?page=true",
        OPEN,
    ),
    (
        "GET",
        "/users/{name}/followers",
        "/users/ann/followers",
        ALL,
    ),
    (
        "GET",
        "/users/{name}/followers",
        "/users/ann/followers?page=true",
        ALL,
    ),
    (
        "GET",
        "/users/{name}/following",
        "/users/ann/following",
        ALL,
    ),
    (
        "GET",
        "/users/{name}/followers_synchronization",
        "/users/ann/followers_synchronization",
        SIGNED,
    ),
    (
        "GET",
        "/users/{name}/collections/featured",
        "/users/ann/collections/featured",
        OPEN,
    ),
    (
        "GET",
        "/users/{name}/collections/tags",
        "/users/ann/collections/tags",
        ALL,
    ),
    (
        "GET",
        "/users/{name}/statuses/{id}",
        "/users/ann/statuses/PUBLIC",
        PUBLIC,
    ),
    (
        "GET",
        "/users/{name}/statuses/{id}",
        "/users/ann/statuses/PRIVATE",
        PRIVATE,
    ),
    (
        "GET",
        "/users/{name}/statuses/{id}/activity",
        "/users/ann/statuses/PUBLIC/activity",
        PUBLIC,
    ),
    (
        "GET",
        "/users/{name}/statuses/{id}/activity",
        "/users/ann/statuses/PRIVATE/activity",
        PRIVATE,
    ),
    (
        "GET",
        "/users/{name}/statuses/{id}/replies",
        "/users/ann/statuses/PUBLIC/replies",
        PUBLIC,
    ),
    (
        "GET",
        "/users/{name}/statuses/{id}/replies",
        "/users/ann/statuses/PRIVATE/replies",
        PRIVATE,
    ),
    (
        "GET",
        "/users/{name}/quote_authorizations/{id}",
        "/users/ann/quote_authorizations/PUBLIC",
        MISSING,
    ),
    ("GET", "/@{name}", "/@ann", ALL),
    ("GET", "/@{name}/{id}", "/@ann/PUBLIC", PUBLIC),
    ("GET", "/@{name}/{id}", "/@ann/PRIVATE", PRIVATE),
];

/// The routes of the servers' door with their methods, as its own file names them.
fn routes() -> BTreeSet<(String, String)> {
    let sources = all_sources();
    let door = sources
        .iter()
        .find(|source| source.path == "federation/routes.rs");
    let text: String = door.expect("the door").text.split_whitespace().collect();
    let resource = Regex::new(r#"resource\("([^"]*)"\)"#).expect("an expression");
    let method = Regex::new(r"\.route\((get|post|put|delete)\(\)").expect("an expression");
    let mut found = BTreeSet::new();
    let starts: Vec<_> = resource.captures_iter(&text).collect();
    for (number, start) in starts.iter().enumerate() {
        let end = starts.get(number + 1);
        let end = end.map_or(text.len(), |next| next.get(0).expect("a match").start());
        let own = &text[start.get(0).expect("a match").end()..end];
        for method in method.captures_iter(own) {
            found.insert((method[1].to_uppercase(), start[1].to_owned()));
        }
    }
    found
}

#[test]
fn every_route_of_the_servers_door_has_its_row() {
    let rows = ROWS
        .iter()
        .map(|(method, route, ..)| ((*method).to_owned(), (*route).to_owned()));
    assert_eq!(routes(), rows.collect());
}

struct Scene {
    stage: Stage,
    actors: Vec<Option<String>>,
    numbers: [String; 2],
}

impl Scene {
    async fn open(engine: Engine) -> Self {
        let stage = Stage::open(engine).await;
        let mut actors = vec![None];
        for name in &ASKERS[1..] {
            let actor = stage.peer.resident(name, "bob");
            // They are known here, and all but the stranger follow Ann.
            let kind = if *name == "stranger" {
                "Like"
            } else {
                "Follow"
            };
            let deed = stage
                .peer
                .deed(&actor, kind, "first", &stage.ann_uri().into());
            stage.peer.give(&stage.node, &actor, &deed).await;
            actors.push(Some(actor));
        }
        let mut numbers = Vec::new();
        for visibility in ["public", "private"] {
            let post = json!({ "status": visibility, "visibility": visibility });
            let post = stage.ann.post("/api/v1/statuses", post).await.ok();
            numbers.push(post["id"].as_str().expect("an id").to_owned());
        }
        let blocked = format!("bob@{}", stage.peer.domain("blocked"));
        let blocked = stage.ann.finds("accounts", &blocked).await;
        let path = format!("/api/v1/accounts/{blocked}/block");
        stage.ann.post(&path, json!({})).await.ok();
        let wish = Wish {
            severity: Some(HostSeverity::Suspend),
            ..Wish::default()
        };
        let block = hosts::block(
            &stage.node.node,
            Staff::operator(),
            "banned.localhost",
            wish,
        );
        block.await.expect("it is fine");
        stage.node.settle().await;
        Self {
            stage,
            actors,
            numbers: numbers.try_into().expect("two"),
        }
    }

    fn path(&self, asked: &str) -> String {
        let resource = encoded(&format!("acct:ann@{}", self.stage.node.domain));
        let path = asked.replace("RESOURCE", &resource);
        path.replace("PUBLIC", &self.numbers[0])
            .replace("PRIVATE", &self.numbers[1])
    }

    async fn ask(&self, method: &str, path: &str, actor: Option<&str>) -> Reply {
        let (node, peer) = (&self.stage.node, &self.stage.peer);
        let mut call = Call::new(&format!("{method} {path}")).with("Accept", ACTIVITY);
        if method == "POST" {
            let by = actor.unwrap_or(&self.stage.bob);
            let like = peer.deed(
                by,
                "Like",
                &path.replace('/', "-"),
                &self.stage.ann_uri().into(),
            );
            call = peer.parcel(node, path, by, like.to_string().as_bytes());
            if actor.is_none() {
                call.headers
                    .retain(|(name, _)| !name.eq_ignore_ascii_case("signature"));
            }
        } else if let Some(actor) = actor {
            let url = Url::parse(&format!("{}{path}", node.origin())).expect("a URL");
            let now = node.node.clock.now();
            call.headers.extend(peer.sign_get(actor, &url, now));
        }
        Wire::to(node).send(&call).await
    }
}

on_both! {
    async fn b1_b7_every_route_of_the_servers_door_answers_each_server_as_its_row_says(engine) {
        let scene = Scene::open(engine).await;
        let mut wrong = Vec::new();
        for (method, _, asked, expected) in ROWS {
            let path = scene.path(asked);
            for ((name, actor), expected) in ASKERS.iter().zip(&scene.actors).zip(expected) {
                let reply = scene.ask(method, &path, actor.as_deref()).await;
                if reply.status != *expected {
                    wrong.push(format!("{method} {asked} for {name}: {} and not {expected}", reply.status));
                }
                let keep = reply.header("cache-control");
                if actor.is_some() && expected != &200 && keep.contains("public") {
                    wrong.push(format!("{method} {asked} for {name} is kept: {keep}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
