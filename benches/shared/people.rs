//! `ann` on the node, those elsewhere who follow her, and those whom she follows.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use whimbrel::clock::{self, Clock};

use super::load::{self, Connection};
use super::processes::Process;
use super::sinks::{CONTEXT, Sinks};

/// The collection of everybody.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
/// How long anything on the way to a measurement may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// How `ann` reaches her node.
#[derive(Clone, Debug)]
pub struct Ann {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its domain, with the port.
    pub domain: String,
    token: String,
}

impl Ann {
    /// With a token of her own.
    pub fn of(process: &Process) -> Self {
        Self {
            address: process.address,
            domain: process.domain.clone(),
            token: process.token(),
        }
    }

    /// With a token that is known.
    pub fn with(address: SocketAddr, domain: &str, token: &str) -> Self {
        Self {
            address,
            domain: domain.to_owned(),
            token: token.to_owned(),
        }
    }

    /// The same person at another process of her node.
    pub fn at(&self, process: &Process) -> Self {
        Self {
            address: process.address,
            ..self.clone()
        }
    }

    /// Her id on the wire.
    pub fn uri(&self) -> String {
        format!("http://{}/users/ann", self.domain)
    }

    /// The inbox of her node.
    pub fn inbox(&self) -> String {
        format!("http://{}/inbox", self.domain)
    }

    /// A GET of hers.
    pub fn get(&self, path: &str) -> Vec<u8> {
        load::get(&self.domain, path, &self.token)
    }

    /// A POST of hers.
    pub fn post(&self, path: &str, body: &Value) -> Vec<u8> {
        self.post_with(path, "", body)
    }

    /// A POST of hers with further header lines.
    pub fn post_with(&self, path: &str, headers: &str, body: &Value) -> Vec<u8> {
        let token = &self.token;
        let headers =
            format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n{headers}");
        load::post(&self.domain, path, &headers, &body.to_string())
    }

    /// Sends a PNG picture, as a form whose parts this line stands between.
    pub fn upload(&self, boundary: &str, picture: &[u8]) -> Vec<u8> {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"bird.png\"\r\n\
             Content-Type: image/png\r\n\r\n"
        );
        let body = [
            head.as_bytes(),
            picture,
            format!("\r\n--{boundary}--\r\n").as_bytes(),
        ]
        .concat();
        let (host, token, length) = (&self.domain, &self.token, body.len());
        let head = format!(
            "POST /api/v2/media HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: multipart/form-data; boundary={boundary}\r\nContent-Length: {length}\r\n\r\n"
        );
        [head.into_bytes(), body].concat()
    }

    /// Posts a status; gives back its id on the wire.
    pub async fn says(&self, connection: &mut Connection, text: &str) -> String {
        let post = self.post("/api/v1/statuses", &json!({ "status": text }));
        let (status, body) = connection.send(&post).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        let status: Value = serde_json::from_slice(&body).unwrap();
        status["uri"].as_str().unwrap().to_owned()
    }

    /// What a GET of hers gives.
    pub async fn read(&self, connection: &mut Connection, path: &str) -> Value {
        let (status, body) = connection.send(&self.get(path)).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }

    /// The ids on the wire of everything in her home timeline, newest first.
    pub async fn home(&self, connection: &mut Connection) -> Vec<String> {
        let (mut uris, mut path) = (Vec::new(), "/api/v1/timelines/home?limit=40".to_owned());
        loop {
            let page = self.read(connection, &path).await;
            let Some(last) = page.as_array().unwrap().last() else {
                return uris;
            };
            let last = last["id"].as_str().unwrap();
            path = format!("/api/v1/timelines/home?limit=40&max_id={last}");
            uris.extend(
                page.as_array()
                    .unwrap()
                    .iter()
                    .map(|status| status["uri"].as_str().unwrap().to_owned()),
            );
        }
    }

    /// Gets a follower, `bob`, on each of these sinks; all of them have her Accept afterwards.
    pub async fn gather_followers(&self, sinks: &Sinks, hosts: std::ops::Range<usize>) {
        let mut connection = Connection::new(self.address).await;
        let (now, before) = (Clock::real().now(), sinks.count());
        for number in hosts.clone() {
            let bob = sinks.actor(number, "bob");
            let follow = json!({ "@context": CONTEXT, "id": format!("{bob}#follow"), "type": "Follow", "actor": bob, "object": self.uri() });
            let post = sinks.sign(&bob, &self.inbox(), &follow, now);
            let (status, body) = connection.send(&load::signed(&post)).await;
            assert_eq!(status, 202, "{}", String::from_utf8_lossy(&body));
        }
        let all = sinks.wait_for(before + hosts.len(), PATIENCE).await;
        assert!(all, "every follower gets an Accept");
    }

    /// Follows an actor on a sink, who accepts.
    pub async fn follow(&self, sinks: &Sinks, number: usize, name: &str) {
        let now = Clock::real().now();
        self.follow_at(sinks, number, name, now).await;
    }

    /// The same where the time is `now`, in milliseconds.
    pub async fn follow_at(&self, sinks: &Sinks, number: usize, name: &str, now: i64) {
        let mut connection = Connection::new(self.address).await;
        let actor = sinks.actor(number, name);
        let query = format!("{name}@{}", sinks.domain(number));
        let path = format!("/api/v2/search?resolve=true&type=accounts&q={query}");
        let found = self.read(&mut connection, &path).await;
        let id = found["accounts"][0]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{query} is not found: {found}"));
        let ask = self.post(&format!("/api/v1/accounts/{id}/follow"), &json!({}));
        assert_eq!(connection.send(&ask).await.0, 200);
        let asked = loop {
            let asked = sinks.asked(number);
            if let Some(asked) = asked.into_iter().find(|asked| asked.object == actor) {
                break asked;
            }
            assert!(sinks.wait_for(sinks.count() + 1, PATIENCE).await);
        };
        let follow = json!({ "id": asked.id, "type": "Follow", "actor": asked.actor, "object": asked.object });
        let accept = json!({ "@context": CONTEXT, "id": format!("{actor}#accept"), "type": "Accept", "actor": actor, "object": follow });
        let post = sinks.sign(&actor, &self.inbox(), &accept, now);
        assert_eq!(connection.send(&load::signed(&post)).await.0, 202);
        let path = format!("/api/v1/accounts/relationships?id[]={id}");
        while self.read(&mut connection, &path).await[0]["following"] != json!(true) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// A Create of a public note `note` (its id) by an actor; `extra` are further properties of the note.
pub fn create(actor: &str, note: &str, extra: &Value) -> Value {
    let when = clock::to_rfc3339(Clock::real().now());
    let followers = format!("{actor}/followers");
    let mut object = json!({
        "id": note, "type": "Note", "attributedTo": actor, "published": when, "to": [PUBLIC],
        "cc": [followers], "content": format!("<p>what {note} says on a busy server</p>"),
    });
    for (key, value) in extra.as_object().into_iter().flatten() {
        object[key] = value.clone();
    }
    json!({
        "@context": CONTEXT, "id": format!("{note}/activity"), "type": "Create", "actor": actor,
        "published": when, "to": [PUBLIC], "cc": object["cc"], "object": object,
    })
}
