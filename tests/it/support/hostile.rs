//! A peer that says whatever a test wants, under any number of names, and notes what it was asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use url::Url;
use whimbrel::federation::signatures::sign::{SigningIdentity, sign_get, sign_post};
use whimbrel::keys::actors::SigningKey;
use whimbrel::keys::rsa::generate;

use super::answers::Answer;
use super::nodes::TestNode;
use super::wire::{Call, Reply, Wire};

/// The content type of documents.
pub const ACTIVITY: &str = "application/activity+json";
/// The name of everybody.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Hosts `NAME.localhost:PORT` behind one listener; all their actors have one key.
pub struct Hostile {
    /// What the names of its hosts end with.
    suffix: &'static str,
    /// Where it listens.
    pub port: u16,
    key: Arc<SigningKey>,
    pem: String,
    state: Arc<Mutex<State>>,
}

/// Makes the answer for an address.
type Maker = Box<dyn Fn(&str) -> Answer + Send + Sync>;

#[derive(Default)]
struct State {
    /// What is answered, by method and address.
    answers: HashMap<(String, String), Answer>,
    /// What is answered to a GET of whatever begins like this.
    makers: Vec<(String, Maker)>,
    /// Who bears a handle.
    handles: HashMap<String, String>,
    asked: Vec<Asked>,
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its method.
    pub method: String,
    /// Its address, by the name of the host that was asked for.
    pub url: String,
    /// Its first line and its headers.
    pub head: String,
    /// Its body.
    pub body: String,
}

impl Asked {
    /// Whether somebody wants to know whose a handle is.
    fn is_finger(&self) -> bool {
        self.url.contains("/.well-known/webfinger?")
    }
}

#[allow(clippy::unused_self, reason = "it is the peer that says it")]
impl Hostile {
    /// Starts it.
    pub async fn start() -> Self {
        Self::below("localhost").await
    }

    /// Starts it with hosts below another name, for nodes that are told where that is.
    pub async fn below(suffix: &'static str) -> Self {
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
            suffix,
            port,
            key,
            pem,
            state,
        }
    }

    /// The domain of one of its hosts, with the port.
    pub fn domain(&self, host: &str) -> String {
        format!("{host}.{}:{}", self.suffix, self.port)
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
        let (handle, actor) = (handle.to_owned(), actor.to_owned());
        self.state().handles.insert(handle, actor);
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
        self.answer("GET", url, Answer::document(content_type, document));
    }

    /// Leads from an address to another.
    pub fn redirect(&self, url: &str, to: &str) {
        self.answer("GET", url, Answer::redirect(to));
    }

    /// Leads from each of these addresses to the next.
    pub fn chain(&self, urls: &[&str]) {
        for pair in urls.windows(2) {
            self.redirect(pair[0], pair[1]);
        }
    }

    /// Answers requests of a method for an address.
    pub fn answer(&self, method: &str, url: &str, answer: Answer) {
        let place = (method.to_owned(), url.to_owned());
        self.state().answers.insert(place, answer);
    }

    /// Answers every GET of an address that begins like this and has no answer of its own.
    pub fn make(&self, start: &str, maker: impl Fn(&str) -> Answer + Send + Sync + 'static) {
        let maker: Maker = Box::new(maker);
        self.state().makers.push((start.to_owned(), maker));
    }

    /// The addresses that were asked for so far, fingers left out.
    pub fn asked(&self) -> Vec<String> {
        let asked = self.requests().into_iter();
        let gets = asked.filter(|asked| asked.method == "GET" && !asked.is_finger());
        gets.map(|asked| asked.url).collect()
    }

    /// All that was sent to inboxes so far, oldest first.
    pub fn posted(&self) -> Vec<Asked> {
        let asked = self.requests().into_iter();
        asked.filter(|asked| asked.method == "POST").collect()
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic")
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
        let body: Vec<u8> = buffer.drain(..length).collect();
        let host = field(&head, "host").unwrap_or_default();
        let mut words = head.split(' ');
        let asked = Asked {
            method: words.next().unwrap_or_default().to_owned(),
            url: format!("http://{host}{}", words.next().unwrap_or_default()),
            body: String::from_utf8_lossy(&body).into_owned(),
            head,
        };
        let answer = respond(&state, asked);
        if !answer.say(&mut stream).await {
            return;
        }
    }
}

fn respond(state: &Mutex<State>, asked: Asked) -> Answer {
    let mut state = state.lock().expect("no panic");
    state.asked.push(asked.clone());
    let place = (asked.method, asked.url);
    if let Some(answer) = state.answers.get(&place) {
        return answer.clone();
    }
    let (method, url) = place;
    if method == "POST" {
        return Answer::new(202);
    }
    let maker = state
        .makers
        .iter()
        .find(|(start, _)| url.starts_with(start));
    if let Some((_, make)) = maker {
        return make(&url);
    }
    finger(&state, &url).unwrap_or(Answer::new(404))
}

/// Whose a handle is, if that is what is asked.
fn finger(state: &State, url: &str) -> Option<Answer> {
    let asked = Url::parse(url).ok()?;
    let mut pairs = asked.query_pairs();
    let (_, resource) = pairs.find(|(name, _)| name == "resource")?;
    let actor = state.handles.get(resource.trim_start_matches("acct:"))?;
    let link = json!({ "rel": "self", "type": ACTIVITY, "href": actor });
    let document = json!({ "subject": resource, "links": [link] });
    Some(Answer::document("application/jrd+json", &document))
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
