//! A peer that says whatever a test wants, under any number of names, and notes what it was asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;
use whimbrel::federation::signatures::sign::{SigningIdentity, sign_get, sign_post};
use whimbrel::keys::actors::SigningKey;
use whimbrel::keys::rsa::generate;

use super::nodes::TestNode;
use super::wire::{Call, Reply, Wire};

/// The content type of documents.
pub const ACTIVITY: &str = "application/activity+json";
/// The name of everybody.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Hosts `NAME.localhost:PORT` behind one listener; all their actors have one key.
pub struct Hostile {
    port: u16,
    key: Arc<SigningKey>,
    pem: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// What is answered, by address: the whole response.
    answers: HashMap<String, String>,
    /// Who bears a handle.
    handles: HashMap<String, String>,
    asked: Vec<String>,
}

#[allow(clippy::unused_self, reason = "it is the peer that says it")]
impl Hostile {
    /// Starts it.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let pair = generate().expect("a key pair");
        let key = Arc::new(SigningKey::from_pem(pair.private.expose()).expect("a key"));
        let state: Arc<Mutex<State>> = Arc::default();
        let inside = state.clone();
        tokio::task::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::task::spawn(serve(stream, inside.clone()));
            }
        });
        let pem = pair.public;
        Self {
            port,
            key,
            pem,
            state,
        }
    }

    /// The domain of one of its hosts, with the port.
    pub fn domain(&self, host: &str) -> String {
        format!("{host}.localhost:{}", self.port)
    }

    /// An address on one of its hosts.
    pub fn at(&self, host: &str, path: &str) -> String {
        format!("http://{}{path}", self.domain(host))
    }

    /// The document of an actor.
    pub fn actor(&self, host: &str, name: &str) -> Value {
        let id = self.at(host, &format!("/users/{name}"));
        let key = json!({ "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": self.pem });
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id, "type": "Person", "preferredUsername": name, "name": name, "inbox": format!("{id}/inbox"),
            "followers": format!("{id}/followers"), "publicKey": key,
        })
    }

    /// Shows an actor with a handle; gives back its id.
    pub fn resident(&self, host: &str, name: &str) -> String {
        let actor = self.actor(host, name);
        let id = actor["id"].as_str().expect("an id").to_owned();
        self.show(&id, &actor);
        self.bind(&format!("{name}@{}", self.domain(host)), &id);
        id
    }

    /// Says who bears a handle.
    pub fn bind(&self, handle: &str, actor: &str) {
        let mut state = self.state.lock().expect("no panic");
        state.handles.insert(handle.to_owned(), actor.to_owned());
    }

    /// A public note of an actor.
    pub fn note(&self, actor: &str, name: &str, content: &str) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{actor}/notes/{name}"),
            "type": "Note", "attributedTo": actor, "content": content, "published": "2026-08-08T12:00:00Z",
            "to": [PUBLIC], "cc": [format!("{actor}/followers")],
        })
    }

    /// An activity of an actor.
    pub fn deed(&self, actor: &str, kind: &str, name: &str, object: &Value) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{actor}/deeds/{name}"),
            "type": kind, "actor": actor, "object": object, "to": object["to"], "cc": object["cc"],
        })
    }

    /// Shows a document at an address.
    pub fn show(&self, url: &str, document: &Value) {
        self.show_as(url, ACTIVITY, document);
    }

    /// Shows a document at an address with a content type, or with none.
    pub fn show_as(&self, url: &str, content_type: &str, document: &Value) {
        let body = document.to_string();
        let kind = if content_type.is_empty() {
            String::new()
        } else {
            format!("Content-Type: {content_type}\r\n")
        };
        let length = body.len();
        self.answer(
            url,
            format!("HTTP/1.1 200 OK\r\n{kind}Content-Length: {length}\r\n\r\n{body}"),
        );
    }

    /// Leads from an address to another.
    pub fn redirect(&self, url: &str, to: &str) {
        self.answer(
            url,
            format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"),
        );
    }

    fn answer(&self, url: &str, response: String) {
        let mut state = self.state.lock().expect("no panic");
        state.answers.insert(url.to_owned(), response);
    }

    /// The addresses that were asked for so far, fingers left out.
    pub fn asked(&self) -> Vec<String> {
        self.state.lock().expect("no panic").asked.clone()
    }

    /// Signed headers for a body to an inbox.
    pub fn sign(&self, actor: &str, inbox: &str, body: &[u8], now: i64) -> Vec<(String, String)> {
        let identity = self.identity(actor);
        let inbox = Url::parse(inbox).expect("a URL");
        let headers = sign_post(&identity, &inbox, body, now).expect("a signature");
        let owned = headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        owned.collect()
    }

    /// Signed headers for a GET.
    pub fn sign_get(&self, actor: &str, url: &Url, now: i64) -> Vec<(String, String)> {
        let headers = sign_get(&self.identity(actor), url, now).expect("a signature");
        let owned = headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        owned.collect()
    }

    fn identity(&self, actor: &str) -> SigningIdentity {
        SigningIdentity {
            key_id: format!("{actor}#main-key"),
            key: self.key.clone(),
        }
    }

    /// A signed delivery, ready to be sent or spoilt.
    pub fn parcel(&self, node: &TestNode, path: &str, by: &str, body: &[u8]) -> Call {
        let inbox = format!("{}{path}", node.origin());
        Call {
            headers: self.sign(by, &inbox, body, node.node.clock.now()),
            body: body.to_vec(),
            ..Call::new(&format!("POST {path}"))
        }
    }

    /// Delivers an activity, signed by `by`, to the shared inbox.
    pub async fn deliver(&self, node: &TestNode, by: &str, activity: &Value) -> Reply {
        let parcel = self.parcel(node, "/inbox", by, activity.to_string().as_bytes());
        Wire::to(node).send(&parcel).await
    }

    /// Delivers an activity, which must be taken, and lets the node do what follows.
    pub async fn give(&self, node: &TestNode, by: &str, activity: &Value) {
        let reply = self.deliver(node, by, activity).await;
        assert_eq!(reply.status, 202, "{} {activity}", reply.body);
        node.settle().await;
    }
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut buffer = Vec::new();
    while let Some(head) = read_head(&mut stream, &mut buffer).await {
        let length = field(&head, "content-length").map_or(0, |value| value.parse().unwrap_or(0));
        while buffer.len() < length {
            if stream.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
                return;
            }
        }
        buffer.drain(..length);
        let host = field(&head, "host").unwrap_or_default();
        let target = head.split(' ').nth(1).unwrap_or_default();
        let answer = respond(&state, &head, &format!("http://{host}{target}"));
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn respond(state: &Mutex<State>, head: &str, url: &str) -> String {
    let mut state = state.lock().expect("no panic");
    if head.starts_with("POST") {
        return "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n".to_owned();
    }
    let asked = Url::parse(url).ok();
    let resource = asked.filter(|url| url.path() == "/.well-known/webfinger");
    let resource = resource.and_then(|url| {
        let mut pairs = url.query_pairs();
        Some(pairs.find(|(name, _)| name == "resource")?.1.into_owned())
    });
    let missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned();
    let Some(resource) = resource else {
        state.asked.push(url.to_owned());
        return state.answers.get(url).cloned().unwrap_or(missing);
    };
    let Some(actor) = state.handles.get(resource.trim_start_matches("acct:")) else {
        return missing;
    };
    let link = json!({ "rel": "self", "type": ACTIVITY, "href": actor });
    let body = json!({ "subject": resource, "links": [link] }).to_string();
    let kind = "application/jrd+json";
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}")
}

fn field(head: &str, name: &str) -> Option<String> {
    let mut pairs = head.lines().filter_map(|line| line.split_once(':'));
    pairs
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().to_owned())
}

async fn read_head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            buffer.drain(..end + 4);
            return Some(head);
        }
        if stream.read_buf(buffer).await.unwrap_or(0) == 0 {
            return None;
        }
    }
}
