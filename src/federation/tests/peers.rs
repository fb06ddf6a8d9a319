//! A peer on loopback that serves the documents of its people, as a test wishes, and notes what it was asked.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};
use url::Url;

use crate::federation::signatures::sign::{Header, SigningIdentity, sign_post};
use crate::keys::actors::SigningKey;
use crate::keys::{KeyPairPem, rsa};

pub(super) const ACTIVITY: &str = "application/activity+json";

/// An answer that waits to be asked for.
#[derive(Clone)]
pub(super) struct Canned {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) location: Option<String>,
    pub(super) body: String,
}

#[derive(Default)]
struct State {
    answers: HashMap<String, Canned>,
    /// Whether documents are shown only to requests signed by RFC 9421.
    demands_messages: bool,
    asked: Vec<String>,
}

/// The peer. Its name is `peer.localhost` with a port of its own.
pub(super) struct Peer {
    pub(super) authority: String,
    state: Arc<Mutex<State>>,
}

impl Peer {
    pub(super) fn start() -> Self {
        Self::named("peer.localhost")
    }

    pub(super) fn named(host: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = serve(stream, &shared);
            }
        });
        Self {
            authority: format!("{host}:{port}"),
            state,
        }
    }

    pub(super) fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.authority)
    }

    pub(super) fn answer(&self, path: &str, canned: Canned) {
        let mut state = self.state.lock().unwrap();
        state.answers.insert(path.to_owned(), canned);
    }

    pub(super) fn show(&self, path: &str, document: &Value) {
        self.show_as(path, ACTIVITY, document);
    }

    pub(super) fn show_as(&self, path: &str, content_type: &str, document: &Value) {
        let canned = Canned {
            status: 200,
            content_type: content_type.to_owned(),
            location: None,
            body: document.to_string(),
        };
        self.answer(path, canned);
    }

    pub(super) fn fail(&self, path: &str, status: u16) {
        let canned = Canned {
            status,
            content_type: "text/plain".to_owned(),
            location: None,
            body: String::new(),
        };
        self.answer(path, canned);
    }

    pub(super) fn redirect(&self, path: &str, location: &str) {
        let canned = Canned {
            status: 302,
            content_type: "text/plain".to_owned(),
            location: Some(location.to_owned()),
            body: String::new(),
        };
        self.answer(path, canned);
    }

    /// Shows documents from now on only to requests signed by RFC 9421.
    pub(super) fn demand_messages(&self) {
        self.state.lock().unwrap().demands_messages = true;
    }

    /// The paths that were asked for so far.
    pub(super) fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.clone()
    }

    /// A person with actor, key and handle.
    pub(super) fn person(&self, name: &str) -> Person {
        let person = Person {
            id: self.at(&format!("/users/{name}")),
            name: name.to_owned(),
            authority: self.authority.clone(),
            keys: rsa::generate().unwrap(),
        };
        self.show(&format!("/users/{name}"), &person.actor());
        self.show_finger(name, &person.id);
        person
    }

    pub(super) fn show_finger(&self, name: &str, actor: &str) {
        let acct = format!("acct:{name}@{}", self.authority);
        self.show_finger_as(name, &acct, actor);
    }

    pub(super) fn show_finger_as(&self, name: &str, subject: &str, actor: &str) {
        let acct = format!("acct:{name}@{}", self.authority);
        let finger = json!({"subject": subject, "links": [
            {"rel": "self", "type": ACTIVITY, "href": actor},
        ]});
        let mut url = Url::parse(&self.at("/.well-known/webfinger")).unwrap();
        url.query_pairs_mut().append_pair("resource", &acct);
        let path = format!("{}?{}", url.path(), url.query().unwrap());
        self.show_as(&path, "application/jrd+json", &finger);
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut is_message = false;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
            break;
        }
        is_message |= header.to_ascii_lowercase().starts_with("signature-input:");
    }
    let canned = {
        let mut state = state.lock().unwrap();
        state.asked.push(path.clone());
        let is_open = path.starts_with("/.well-known/") || is_message;
        if state.demands_messages && !is_open {
            return write!(
                stream,
                "HTTP/1.1 401 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
        state.answers.get(&path).cloned()
    };
    let canned = canned.unwrap_or(Canned {
        status: 404,
        content_type: "text/plain".to_owned(),
        location: None,
        body: String::new(),
    });
    let location = canned.location.map(|url| format!("Location: {url}\r\n"));
    write!(
        stream,
        "HTTP/1.1 {} X\r\nContent-Type: {}\r\n{}Content-Length: {}\r\nConnection: close\r\n\r\n{}",
        canned.status,
        canned.content_type,
        location.unwrap_or_default(),
        canned.body.len(),
        canned.body
    )
}

/// Somebody on a peer.
pub(super) struct Person {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) authority: String,
    pub(super) keys: KeyPairPem,
}

impl Person {
    pub(super) fn actor(&self) -> Value {
        let id = &self.id;
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id,
            "type": "Person",
            "preferredUsername": self.name,
            "name": "Bob",
            "inbox": format!("{id}/inbox"),
            "followers": format!("{id}/followers"),
            "endpoints": {"sharedInbox": format!("http://{}/inbox", self.authority)},
            "publicKey": {
                "id": self.key_id(),
                "owner": id,
                "publicKeyPem": self.keys.public,
            },
        })
    }

    pub(super) fn key_id(&self) -> String {
        format!("{}#main-key", self.id)
    }

    pub(super) fn identity(&self) -> SigningIdentity {
        SigningIdentity {
            key_id: self.key_id(),
            key: Arc::new(SigningKey::from_pem(self.keys.private.expose()).unwrap()),
        }
    }

    pub(super) fn sign(&self, url: &str, body: &[u8], now: i64) -> Vec<Header> {
        let url = Url::parse(url).unwrap();
        sign_post(&self.identity(), &url, body, now).unwrap()
    }

    /// An activity of theirs; `name` makes its id.
    pub(super) fn does(&self, kind: &str, name: &str, object: &Value) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}#{name}", self.id),
            "type": kind,
            "actor": self.id,
            "object": object,
        })
    }

    /// A note of theirs for everybody; `name` makes its id.
    pub(super) fn note(&self, name: &str, content: &str) -> Value {
        json!({
            "id": format!("{}/notes/{name}", self.id),
            "type": "Note",
            "attributedTo": self.id,
            "content": content,
            "published": "2026-08-08T11:00:00Z",
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "cc": [format!("{}/followers", self.id)],
        })
    }

    /// The same note as a document of its own.
    pub(super) fn note_document(&self, name: &str, content: &str) -> Value {
        let mut note = self.note(name, content);
        note["@context"] = "https://www.w3.org/ns/activitystreams".into();
        note
    }
}
