//! Section B: who reads what. Every GET route of the router is asked by every kind of reader.

use regex::Regex;
use serde_json::json;
use url::Url;
use whimbrel::api::routes_table::routes;
use whimbrel::clock::Clock;
use whimbrel::id::AccountId;
use whimbrel::social::tokens;
use whimbrel::store::Engine;

use crate::sources::all_sources;
use crate::support::databases::{NOON, on_both};
use crate::support::hostile::{ACTIVITY, Hostile};
use crate::support::nodes::TestNode;
use crate::support::people::Person;
use crate::support::wire::{Call, Reply, Wire};

/// The word in a status of each visibility, and who may read it.
const SECRETS: &[(&str, &str, &[&str])] = &[
    (
        "public",
        "walrus",
        &[
            "anybody",
            "stranger",
            "follower",
            "mentioned",
            "author",
            "far follower",
            "far stranger",
        ],
    ),
    (
        "unlisted",
        "ibis",
        &[
            "anybody",
            "stranger",
            "follower",
            "mentioned",
            "author",
            "far follower",
            "far stranger",
        ],
    ),
    (
        "private",
        "gecko",
        &["follower", "mentioned", "author", "far follower"],
    ),
    ("direct", "otter", &["mentioned", "author"]),
];

/// A reader: a local one with a token, one elsewhere who signs, or anybody.
struct Reader {
    name: &'static str,
    token: Option<String>,
    actor: Option<String>,
}

struct Scene {
    node: TestNode,
    peer: Hostile,
    author: Person,
    statuses: Vec<String>,
    readers: Vec<Reader>,
}

async fn token(node: &TestNode, id: AccountId) -> String {
    let issued =
        tokens::create_for(&node.node, id, "tests", "read write follow push profile").await;
    issued.expect("a token").secret.expose().to_owned()
}

impl Scene {
    async fn open(engine: Engine) -> Self {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let peer = Hostile::start().await;
        let author = node.person("author").await;
        let target = format!("{}/users/author", node.origin());
        let id = author.id.expect("an id").to_string();
        let mut readers = vec![Reader {
            name: "anybody",
            token: None,
            actor: None,
        }];
        for name in ["stranger", "follower", "mentioned", "blocked"] {
            let person = node.person(name).await;
            if ["follower", "blocked"].contains(&name) {
                person
                    .post(&format!("/api/v1/accounts/{id}/follow"), json!({}))
                    .await
                    .ok();
            }
            let token = token(&node, person.id.expect("an id")).await;
            readers.push(Reader {
                name,
                token: Some(token),
                actor: None,
            });
        }
        for (name, host) in [
            ("far follower", "near"),
            ("far stranger", "far"),
            ("far blocked", "bad"),
        ] {
            let actor = peer.resident(host, "reader");
            let like = peer.deed(&actor, "Like", "like", &target.as_str().into());
            peer.give(&node, &actor, &like).await;
            if name != "far stranger" {
                let follow = peer.deed(&actor, "Follow", "follow", &target.as_str().into());
                peer.give(&node, &actor, &follow).await;
            }
            readers.push(Reader {
                name,
                token: None,
                actor: Some(actor),
            });
        }
        let mut statuses = Vec::new();
        let mut parent = None;
        for (visibility, word, _) in SECRETS {
            let text = format!("@mentioned @blocked {word} #tagged");
            let body =
                json!({ "status": text, "visibility": visibility, "in_reply_to_id": parent });
            let status = author.post("/api/v1/statuses", body).await.ok();
            let id = status["id"].as_str().expect("an id").to_owned();
            parent.get_or_insert(id.clone());
            statuses.push(id);
        }
        for name in [
            "blocked".to_owned(),
            format!("reader@{}", peer.domain("bad")),
        ] {
            let id = author.finds("accounts", &name).await;
            author
                .post(&format!("/api/v1/accounts/{id}/block"), json!({}))
                .await
                .ok();
        }
        let own = token(&node, author.id.expect("an id")).await;
        readers.push(Reader {
            name: "author",
            token: Some(own),
            actor: None,
        });
        node.settle().await;
        Self {
            node,
            peer,
            author,
            statuses,
            readers,
        }
    }

    /// Every path that a GET is answered on, with each id that fits.
    fn paths(&self) -> Vec<String> {
        let mut patterns: Vec<String> = routes()
            .filter(|route| route.method == "GET")
            // Streams have no end; who hears what on them is tested with them.
            .filter(|route| !route.path.starts_with("/api/v1/streaming/"))
            .map(|route| route.path.to_owned())
            .collect();
        patterns.extend(other_routes());
        let mut paths = Vec::new();
        for pattern in patterns {
            let pattern = pattern
                .replace("{hashtag}", "tagged")
                .replace("{key}", "a.png")
                .replace("{emoji}", "a")
                .replace("{version}", "2.1");
            let pattern = match pattern.strip_prefix("/tags/") {
                Some(_) => pattern.replace("{name}", "tagged"),
                None => pattern.replace("{name}", "author"),
            };
            let author = self.author.id.expect("an id").to_string();
            for id in self.statuses.iter().chain([&author]) {
                paths.push(pattern.replace("{id}", id));
                if !pattern.contains("{id}") {
                    break;
                }
            }
        }
        let all: Vec<String> = self
            .statuses
            .iter()
            .map(|id| format!("id[]={id}"))
            .collect();
        let all = all.join("&");
        let author = self.author.id.expect("an id");
        for more in [
            format!("/api/v1/statuses?{all}"),
            "/users/author/outbox?page=true".to_owned(),
            "/users/author/followers?page=true".to_owned(),
            format!("/api/v1/accounts/{author}/statuses?exclude_replies=false&limit=40"),
            format!("/api/v1/accounts/{author}/statuses?pinned=true"),
            format!("/api/v1/accounts/{author}/statuses?tagged=tagged"),
            "/api/v1/accounts/lookup?acct=author".to_owned(),
            "/api/v1/timelines/public?local=true".to_owned(),
            format!(
                "/.well-known/webfinger?resource=acct:author@{}",
                self.node.domain
            ),
        ] {
            paths.push(more);
        }
        for (_, word, _) in SECRETS {
            paths.push(format!("/api/v2/search?q={word}"));
        }
        for id in &self.statuses {
            let uri = format!("{}/users/author/statuses/{id}", self.node.origin());
            let page = format!("{}/@author/{id}", self.node.origin());
            paths.push(format!("/api/v2/search?resolve=true&q={uri}"));
            paths.push(format!("/api/v2/search?resolve=true&q={page}"));
        }
        paths
    }

    async fn ask(&self, reader: &Reader, path: &str, accept: &str) -> Reply {
        let mut call = Call::new(&format!("GET {path}"))
            .with("Accept", accept)
            .by(reader.token.as_deref());
        if let Some(actor) = &reader.actor {
            let url = Url::parse(&format!("{}{path}", self.node.origin())).expect("a URL");
            call.headers
                .extend(self.peer.sign_get(actor, &url, self.node.node.clock.now()));
        }
        Wire::to(&self.node).send(&call).await
    }
}

/// The routes for servers and browsers, as the routers' own files name them.
fn other_routes() -> Vec<String> {
    let resource =
        Regex::new(r#"(?:resource\(|const [A-Z_]+: &str = )"(/[^"]*)""#).expect("an expression");
    let mut found = vec!["/health".to_owned()];
    for source in all_sources() {
        if ["federation/routes.rs", "web/routes.rs", "web/paths.rs"].contains(&source.path.as_str())
        {
            let routes = resource
                .captures_iter(&source.text)
                .map(|route| route[1].to_owned());
            found.extend(routes);
        }
    }
    assert!(found.len() > 25, "the routes are found: {found:?}");
    found
}

on_both! {
    async fn b1_every_route_shows_each_reader_what_is_meant_for_them(engine) {
        let scene = Scene::open(engine).await;
        let mut wrong = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for reader in &scene.readers {
            for path in scene.paths() {
                for accept in [ACTIVITY, "text/html"] {
                    let reply = scene.ask(reader, &path, accept).await;
                    if reply.status >= 500 {
                        wrong.push(format!("{} {path}: {}", reader.name, reply.status));
                    }
                    for (visibility, word, readers) in SECRETS {
                        // The question itself is no answer.
                        let body = reply.body.replace(&format!("q={word}"), "");
                        if !body.contains(word) {
                            continue;
                        }
                        seen.insert((reader.name, *word));
                        // Each door knows its own: the API tokens, the servers' door signatures, pages nobody.
                        let is_known = if path.starts_with("/users/")
                            || (path.starts_with("/@") && accept == ACTIVITY)
                        {
                            reader.actor.is_some()
                        } else {
                            path.starts_with("/api/") && reader.token.is_some()
                        };
                        let name = if is_known { reader.name } else { "anybody" };
                        // What programs carry on is public alone.
                        let is_carried = [".rss", ".atom"].iter().any(|ending| path.ends_with(ending));
                        if !readers.contains(&name) || (is_carried && *visibility != "public") {
                            wrong.push(format!("{} reads {visibility} on {path} ({accept})", reader.name));
                        }
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        for feed in ["/@author.rss", "/@author.atom", "/tags/tagged.rss", "/tags/tagged.atom"] {
            assert!(scene.paths().iter().any(|path| path == feed), "{feed} is asked");
            let reply = scene.ask(&scene.readers[0], feed, "*/*").await;
            assert!(reply.body.contains("walrus"), "{feed}: {}", reply.body);
        }
        // Whoever may read it finds it somewhere.
        for (_, word, readers) in SECRETS {
            for reader in *readers {
                assert!(seen.contains(&(*reader, *word)), "{reader} finds {word} nowhere");
            }
        }
    }
}

/// What two answers may differ in: their own numbers and instants.
fn comparable(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let number = reply.header("x-request-id").to_owned();
    let mut headers = reply.headers.clone();
    headers.retain(|(name, _)| name != "x-request-id" && name != "date");
    // The server writes them in an order of chance.
    headers.sort();
    (reply.status, headers, reply.body.replace(&number, "NUMBER"))
}

on_both! {
    async fn b2_what_is_hidden_and_what_is_missing_look_the_same(engine) {
        let scene = Scene::open(engine).await;
        let deleted = scene.author.post("/api/v1/statuses", json!({ "status": "gone", "visibility": "private" })).await.ok();
        let deleted = deleted["id"].as_str().expect("an id").to_owned();
        scene.author.delete(&format!("/api/v1/statuses/{deleted}")).await.ok();
        scene.node.settle().await;
        // As long as a real one, so that lengths can be compared.
        let missing: String = scene.statuses[2].chars().rev().collect::<String>().replace('0', "1");
        let missing = format!("1{}", &missing[1..]);
        for pattern in ["/api/v1/statuses/{id}", "/api/v1/statuses/{id}/context", "/api/v1/statuses/{id}/history",
            "/api/v1/statuses/{id}/favourited_by", "/users/author/statuses/{id}", "/users/author/statuses/{id}/activity",
            "/users/author/statuses/{id}/replies", "/@author/{id}"]
        {
            for accept in [ACTIVITY, "text/html", "application/json", "*/*"] {
                for language in ["", "de", "xx-invalid, *;q=0.5"] {
                    for reader in scene.readers.iter().filter(|reader| ["anybody", "stranger", "blocked", "far stranger", "far blocked"].contains(&reader.name)) {
                        let mut answers = Vec::new();
                        for id in [&missing, &scene.statuses[2], &scene.statuses[3], &deleted] {
                            let path = pattern.replace("{id}", id);
                            let mut call = Call::new(&format!("GET {path}")).with("Accept", accept)
                                .with("Accept-Language", language).by(reader.token.as_deref());
                            if let Some(actor) = &reader.actor {
                                let url = Url::parse(&format!("{}{path}", scene.node.origin())).expect("a URL");
                                call.headers.extend(scene.peer.sign_get(actor, &url, scene.node.node.clock.now()));
                            }
                            let reply = Wire::to(&scene.node).send(&call).await;
                            answers.push(comparable(&reply));
                        }
                        assert_eq!(answers[0].0, 404, "{} {pattern} {accept}", reader.name);
                        for answer in &answers[1..] {
                            assert_eq!(answer, &answers[0], "{} {pattern} {accept} {language}", reader.name);
                        }
                    }
                }
            }
        }
    }
}

on_both! {
    async fn b7_what_was_shown_to_one_who_signed_is_not_kept_for_others(engine) {
        let scene = Scene::open(engine).await;
        for path in ["/users/author/statuses/{id}", "/@author/{id}"] {
            let path = path.replace("{id}", &scene.statuses[2]);
            for reader in &scene.readers {
                let is_follower = reader.name == "far follower";
                let reply = scene.ask(reader, &path, ACTIVITY).await;
                let expected = if is_follower { 200 } else { 404 };
                assert_eq!(reply.status, expected, "{} {path}", reader.name);
                assert_eq!(reply.header("cache-control"), "private, no-store", "{} {path}", reader.name);
                let vary = reply.header("vary").to_lowercase();
                assert!(vary.contains("accept") && vary.contains("signature"), "{path}: {vary}");
            }
        }
    }
}

on_both! {
    async fn b25_what_was_deleted_is_shown_nowhere(engine) {
        let scene = Scene::open(engine).await;
        for id in &scene.statuses {
            scene.author.delete(&format!("/api/v1/statuses/{id}")).await.ok();
        }
        scene.node.settle().await;
        for reader in &scene.readers {
            for path in scene.paths() {
                for accept in [ACTIVITY, "text/html"] {
                    let reply = scene.ask(reader, &path, accept).await;
                    let body = SECRETS.iter().fold(reply.body, |body, (_, word, _)| body.replace(&format!("q={word}"), ""));
                    let found = SECRETS.iter().find(|(_, word, _)| body.contains(word));
                    assert_eq!(found, None, "{} {path}", reader.name);
                }
            }
        }
    }
}
