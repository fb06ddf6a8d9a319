//! Section D: whatever makes the node call another server, it calls none whose name leads to a private address. Each feature
//! is shown to call one first, and to call nobody once the rules of the Internet hold.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::Method;
use serde_json::{Value, json};
use whimbrel::clock::{DAY, HOUR};
use whimbrel::http::{Client, ClientSettings, Lookup};
use whimbrel::id::AccountId;
use whimbrel::store::jobs::Job;
use whimbrel::store::{self, Conn, Engine, Tx};
use whimbrel::worker;

use super::stages::{Stage, encoded};
use crate::support::hostile::Hostile;
use crate::support::wire::Wire;

/// Everything that makes the node call an address that somebody else chose.
const FEATURES: [&str; 17] = [
    "a search for an address",
    "a search for a handle",
    "a boost",
    "a parent",
    "a quote",
    "a consent to a quote",
    "a move",
    "the replies to a post",
    "a poll",
    "pins",
    "a list of followers",
    "what a server runs",
    "a profile",
    "a delivery",
    "a page behind a link",
    "a link on a profile",
    "a picture",
];

/// Every name leads to this computer: as names do whose owner has changed their address.
struct Here;

#[async_trait]
impl Lookup for Here {
    async fn lookup(&self, _: &str) -> io::Result<Vec<SocketAddr>> {
        Ok(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))])
    }
}

struct Scene {
    stage: Stage,
    /// Statuses of Bob's that are known here: one with a list of replies, and one with a poll.
    root: String,
    poll: String,
    /// The id of a status of somebody else that is known here.
    third: String,
}

impl Scene {
    async fn open(engine: Engine) -> Self {
        let mut stage = Stage::open_with(engine, |config| config.media.link_previews = true).await;
        stage.peer = Hostile::below("elsewhere.example").await;
        stage.bob = stage.peer.resident("good", "bob");
        Self::speak(&mut stage, true).await;
        let (peer, bob) = (&stage.peer, stage.bob.as_str());
        let mut actor = peer.actor("good", "bob");
        actor["featured"] = format!("{bob}/pins").into();
        peer.show(bob, &actor);
        stage.follow(bob).await;
        let mut root = peer.note(bob, "root", "root");
        root["replies"] = format!("{bob}/replies").into();
        let mut poll = peer.note(bob, "poll", "which tea?");
        poll["type"] = json!("Question");
        poll["oneOf"] =
            json!([{ "type": "Note", "name": "green" }, { "type": "Note", "name": "black" }]);
        poll["endTime"] = json!("2027-08-09T12:00:00Z");
        let carl = peer.resident("third", "carl");
        let third = peer.note(&carl, "1", "quote me");
        let mut ids = Vec::new();
        for note in [&root, &poll, &third] {
            let uri = note["id"].as_str().expect("an id");
            peer.show(uri, note);
            ids.push(stage.ann.finds("statuses", uri).await);
        }
        let status = stage
            .ann
            .get(&format!("/api/v1/statuses/{}", ids[1]))
            .await
            .ok();
        let poll = status["poll"]["id"].as_str().expect("a poll").to_owned();
        Self {
            stage,
            root: ids.swap_remove(0),
            poll,
            third: third["id"].as_str().expect("an id").to_owned(),
        }
    }

    /// From now on names are looked up by [`Here`], and private addresses may be called or not. The port may be called either
    /// way, so that the address alone decides.
    async fn speak(stage: &mut Stage, is_private_allowed: bool) {
        let port = stage.peer.port;
        let client = move |settings, clock| {
            let settings = ClientSettings {
                allow_private_addresses: is_private_allowed,
                extra_ports: vec![port],
                ..settings
            };
            Client::with_lookup(settings, clock, Arc::new(Here)).expect("a client")
        };
        stage.node.speak_by(client).await;
    }

    async fn bob_id(&self) -> AccountId {
        let bob = self.stage.bob.clone();
        let look = move |conn: &mut Conn| store::accounts::find_by_uri(conn, &bob);
        let found = self.stage.node.node.db.read(look).await;
        found.expect("a database").expect("Bob is known").id
    }

    async fn queue(&self, job: Job) {
        let queue = move |tx: &mut Tx<'_>| tx.queue(&job);
        let queued = self.stage.node.node.db.write(queue).await;
        queued.expect("a database");
    }

    /// Bob says something, with these further properties.
    async fn bob_says(&self, name: &str, more: Value) {
        let (peer, bob) = (&self.stage.peer, self.stage.bob.as_str());
        let mut note = peer.note(bob, name, "hello");
        for (key, value) in more.as_object().expect("an object") {
            note[key] = value.clone();
        }
        self.bob_does("Create", name, &note, None).await;
    }

    async fn bob_does(&self, kind: &str, name: &str, object: &Value, sync: Option<&str>) {
        let (node, peer, bob) = (&self.stage.node, &self.stage.peer, self.stage.bob.as_str());
        let deed = peer.deed(bob, kind, &format!("{kind}-{name}"), object);
        let parcel = peer.parcel(node, "/inbox", bob, deed.to_string().as_bytes());
        let parcel = match sync {
            Some(header) => parcel.with("Collection-Synchronization", header),
            None => parcel,
        };
        let reply = Wire::to(node).send(&parcel).await;
        assert_eq!(reply.status, 202, "{kind} {name}: {}", reply.body);
    }

    /// Bob makes use of a feature by what he sends; tells whether it is one of those.
    async fn let_bob(&self, feature: &str, name: &str, round: usize) -> bool {
        let (stage, peer) = (&self.stage, &self.stage.peer);
        let other = peer.at("other", &format!("/users/x/notes/{name}"));
        match feature {
            "a boost" => self.bob_does("Announce", name, &other.into(), None).await,
            "a parent" => self.bob_says(name, json!({ "inReplyTo": other })).await,
            "a quote" => {
                // Of the same server: it may be of the same author, who needs no consent.
                let near = peer.at("good", &format!("/users/x/notes/{name}"));
                self.bob_says(name, json!({ "quote": near })).await;
            }
            "a consent to a quote" => {
                let consent = peer.at("third", &format!("/consents/{name}"));
                let more = json!({ "quote": self.third, "quoteAuthorization": consent });
                self.bob_says(name, more).await;
            }
            "a move" => {
                let away = peer.at("other", &format!("/users/new{round}"));
                let movement = json!({ "id": format!("{}/moves/{round}", stage.bob), "type": "Move", "actor": stage.bob,
                    "object": stage.bob, "target": away, "@context": "https://www.w3.org/ns/activitystreams" });
                let parcel = peer.parcel(
                    &stage.node,
                    "/inbox",
                    &stage.bob,
                    movement.to_string().as_bytes(),
                );
                assert_eq!(Wire::to(&stage.node).send(&parcel).await.status, 202);
            }
            "a list of followers" => {
                let followers = format!("{}/followers", stage.bob);
                let header = format!(
                    r#"collectionId="{followers}", url="{}/sync", digest="{}""#,
                    stage.bob,
                    "0".repeat(64)
                );
                let mut note = peer.note(&stage.bob, name, "for followers");
                note["to"] = json!([followers]);
                note["cc"] = json!([]);
                self.bob_does("Create", name, &note, Some(&header)).await;
            }
            _ => return false,
        }
        true
    }

    /// Lets a feature call an address that nobody has called yet.
    async fn use_feature(&self, feature: &str, round: usize) {
        let (stage, peer, ann) = (&self.stage, &self.stage.peer, &self.stage.ann);
        let name = format!("{}-{round}", feature.replace(' ', "-"));
        let other = peer.at("other", &format!("/users/x/notes/{name}"));
        match feature {
            "a search for an address" => {
                ann.get(&format!(
                    "/api/v2/search?resolve=true&q={}",
                    encoded(&other)
                ))
                .await;
            }
            "a search for a handle" => {
                let handle = encoded(&format!("@x{round}@{}", peer.domain("other")));
                ann.get(&format!("/api/v2/search?resolve=true&q={handle}"))
                    .await;
            }
            "the replies to a post" => {
                ann.get(&format!("/api/v1/statuses/{}/context", self.root))
                    .await
                    .ok();
            }
            "a poll" => {
                ann.get(&format!("/api/v1/polls/{}", self.poll)).await.ok();
            }
            "pins" => {
                self.queue(Job::FetchFeatured {
                    account: self.bob_id().await,
                })
                .await;
            }
            "what a server runs" => {
                self.queue(Job::LearnSoftware {
                    domain: peer.domain("good"),
                })
                .await;
            }
            "a profile" => {
                self.queue(Job::RefreshAccount {
                    uri: stage.bob.clone(),
                })
                .await;
            }
            "a delivery" => {
                ann.says(&format!("@bob@{} hello {round}", peer.domain("good")))
                    .await;
            }
            "a page behind a link" => {
                let post = ann
                    .says(&format!("see {}", peer.at("news", &format!("/{name}"))))
                    .await;
                ann.get(&format!(
                    "/api/v1/statuses/{}",
                    post["id"].as_str().expect("an id")
                ))
                .await
                .ok();
            }
            "a link on a profile" => {
                let field =
                    json!({ "name": "site", "value": peer.at("news", &format!("/{name}")) });
                let body = json!({ "fields_attributes": [field] }).to_string();
                let request = ann.request(Method::PATCH, "/api/v1/accounts/update_credentials");
                let answer = request
                    .header("Content-Type", "application/json")
                    .body(body)
                    .send()
                    .await;
                assert_eq!(answer.expect("an answer").status(), 200);
            }
            "a picture" => {
                let shown = stage
                    .node
                    .node
                    .urls
                    .shown(&peer.at("files", &format!("/{name}.png")));
                let path = shown
                    .strip_prefix(stage.node.origin())
                    .expect("an address of this node");
                stage.node.anybody().get(path).await;
            }
            other => assert!(
                self.let_bob(other, &name, round).await,
                "nobody knows {other}"
            ),
        }
        // What cannot be had is given up, which is what is wanted.
        let _ = worker::settle(&stage.node.node).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d5_d10_d12_no_feature_calls_a_name_that_leads_to_a_private_address() {
    let mut scene = Scene::open(Engine::Sqlite).await;
    for feature in FEATURES {
        scene.stage.node.node.clock.advance(HOUR);
        let before = scene.stage.peer.requests().len();
        scene.use_feature(feature, 1).await;
        assert!(
            scene.stage.peer.requests().len() > before,
            "{feature} calls nobody, so that nothing is shown"
        );
    }
    Scene::speak(&mut scene.stage, false).await;
    scene.stage.node.node.clock.advance(15 * DAY);
    let before = scene.stage.peer.requests().len();
    for feature in FEATURES {
        scene.stage.node.node.clock.advance(HOUR);
        scene.use_feature(feature, 2).await;
        let called: Vec<String> = scene
            .stage
            .peer
            .requests()
            .drain(before..)
            .map(|asked| asked.url)
            .collect();
        assert_eq!(called, [""; 0], "{feature}");
    }
}
