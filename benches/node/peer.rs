//! Other servers, as small as they can be: they show one actor each, and take what is delivered to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;
use whimbrel::federation::signatures::sign::{SigningIdentity, sign_post};
use whimbrel::keys::rsa::{SigningKey, generate};

/// Servers `s0.localhost:PORT`, `s1.localhost:PORT`, ... behind one listener, each with an actor `/users/bob`.
pub struct Peers {
    port: u16,
    key: Arc<SigningKey>,
    taken: Arc<AtomicUsize>,
}

impl Peers {
    /// Starts them.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let pair = generate().unwrap();
        let key = Arc::new(SigningKey::from_pem(pair.private.expose()).unwrap());
        let taken = Arc::new(AtomicUsize::new(0));
        let (counter, pem) = (taken.clone(), pair.public);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, counter.clone(), pem.clone()));
            }
        });
        Self { port, key, taken }
    }

    /// The origin of one of them.
    pub fn origin(&self, number: usize) -> String {
        format!("http://s{number}.localhost:{}", self.port)
    }

    /// The actor of one of them.
    pub fn actor(&self, number: usize) -> String {
        self.origin(number) + "/users/bob"
    }

    /// How many deliveries they took so far.
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// A signed POST of an activity to an inbox, ready to be sent.
    pub fn deliver(&self, number: usize, inbox: &Url, body: &str, now: i64) -> Vec<u8> {
        let identity = SigningIdentity {
            key_id: format!("{}#main-key", self.actor(number)),
            key: self.key.clone(),
        };
        let headers = sign_post(&identity, inbox, body.as_bytes(), now).unwrap();
        let lines: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        super::load::post(&host_of(inbox), inbox.path(), &lines, body)
    }
}

fn host_of(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap(), url.port().unwrap())
}

async fn serve(mut stream: TcpStream, taken: Arc<AtomicUsize>, pem: String) {
    let mut buffer = Vec::new();
    loop {
        let Some(head) = read_head(&mut stream, &mut buffer).await else {
            return;
        };
        let field = |name: &str| {
            head.lines().find_map(|line| {
                line.split_once(':')
                    .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            })
        };
        let length: usize =
            field("content-length").map_or(0, |(_, value)| value.trim().parse().unwrap());
        while buffer.len() < length {
            if stream.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
                return;
            }
        }
        buffer.drain(..length);
        let host = field("host").map_or(String::new(), |(_, value)| value.trim().to_owned());
        let answer = if head.starts_with("POST") {
            taken.fetch_add(1, Ordering::Relaxed);
            "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n".to_owned()
        } else {
            show(&head, &host, &pem)
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
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

fn show(head: &str, host: &str, pem: &str) -> String {
    let actor = format!("http://{host}/users/bob");
    let (kind, body) = if head.contains("/.well-known/webfinger") {
        let links = json!([{ "rel": "self", "type": "application/activity+json", "href": actor }]);
        (
            "application/jrd+json",
            json!({ "subject": format!("acct:bob@{host}"), "links": links }),
        )
    } else {
        let key = json!({ "id": format!("{actor}#main-key"), "owner": actor, "publicKeyPem": pem });
        let document = json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": actor, "type": "Person", "preferredUsername": "bob", "inbox": format!("{actor}/inbox"),
            "endpoints": { "sharedInbox": format!("http://{host}/inbox") }, "publicKey": key,
            "followers": format!("{actor}/followers"),
        });
        ("application/activity+json", document)
    };
    let body = body.to_string();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
