//! Other servers, as small as they can be: each shows one actor and takes what is delivered to it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use url::Url;
use whimbrel::federation::signatures::sign::{SigningIdentity, sign_post};
use whimbrel::keys::actors::SigningKey;
use whimbrel::keys::rsa::generate;

/// Servers `s0.localhost:PORT`, `s1.localhost:PORT`, ... behind one listener, each with an actor `/users/bob`.
pub struct Peers {
    port: u16,
    key: Arc<SigningKey>,
    shared: Arc<Shared>,
    taken: watch::Receiver<usize>,
}

struct Shared {
    pem: String,
    /// What each host took: the ids of activities, in the order of their coming.
    received: Mutex<HashMap<String, Vec<String>>>,
    /// Hosts that take a request and never answer.
    hanging: Mutex<HashSet<String>>,
    count: watch::Sender<usize>,
}

/// A signed POST, ready to be sent.
pub struct SignedPost {
    /// For the `Host` header.
    pub host: String,
    /// The inbox on that host.
    pub path: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The document.
    pub body: String,
}

impl Peers {
    /// Starts them.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let pair = generate().expect("a key pair");
        let key = Arc::new(SigningKey::from_pem(pair.private.expose()).expect("a key"));
        let (count, taken) = watch::channel(0);
        let shared = Arc::new(Shared {
            pem: pair.public,
            received: Mutex::default(),
            hanging: Mutex::default(),
            count,
        });
        let inside = shared.clone();
        tokio::task::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::task::spawn(serve(stream, inside.clone()));
            }
        });
        Self {
            port,
            key,
            shared,
            taken,
        }
    }

    /// The domain of one of them, with the port.
    pub fn domain(&self, number: usize) -> String {
        format!("s{number}.localhost:{}", self.port)
    }

    /// The actor of one of them.
    pub fn actor(&self, number: usize) -> String {
        format!("http://{}/users/bob", self.domain(number))
    }

    /// From now on this one takes requests and never answers them.
    pub fn hang(&self, number: usize) {
        self.shared
            .hanging
            .lock()
            .expect("no panic")
            .insert(self.domain(number));
    }

    /// The ids of the activities that one of them took, in the order of their coming.
    pub fn received(&self, number: usize) -> Vec<String> {
        let received = self.shared.received.lock().expect("no panic");
        received
            .get(&self.domain(number))
            .cloned()
            .unwrap_or_default()
    }

    /// Waits until all of them together took this many deliveries.
    pub async fn wait_for(&self, count: usize) {
        let mut taken = self.taken.clone();
        let waited = tokio::time::timeout(
            std::time::Duration::from_mins(3),
            taken.wait_for(|taken| *taken >= count),
        )
        .await;
        assert!(
            waited.is_ok(),
            "only {} of {count} deliveries came",
            *self.taken.borrow()
        );
    }

    /// Waits until these hosts have all of these activities. Asks anew after each delivery, wherever it went.
    pub async fn wait_for_all(&self, hosts: std::ops::Range<usize>, activities: &[String]) {
        let mut taken = self.taken.clone();
        let missing = || {
            let lacks = |host: &usize| {
                let received = self.received(*host);
                !activities.iter().all(|id| received.contains(id))
            };
            hosts.clone().filter(lacks).collect::<Vec<usize>>()
        };
        let waited = tokio::time::timeout(
            std::time::Duration::from_mins(3),
            taken.wait_for(|_| missing().is_empty()),
        )
        .await
        .is_ok();
        assert!(waited, "hosts that lack some of them: {:?}", missing());
    }

    /// An activity of one of them, signed and addressed to an inbox.
    pub fn sign(&self, number: usize, inbox: &str, activity: &Value, now: i64) -> SignedPost {
        let inbox = Url::parse(inbox).expect("a URL");
        let identity = SigningIdentity {
            key_id: format!("{}#main-key", self.actor(number)),
            key: self.key.clone(),
        };
        let body = activity.to_string();
        let headers = sign_post(&identity, &inbox, body.as_bytes(), now).expect("a signature");
        SignedPost {
            host: format!(
                "{}:{}",
                inbox.host_str().expect("a host"),
                inbox.port().expect("a port")
            ),
            path: inbox.path().to_owned(),
            headers: headers
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            body,
        }
    }

    /// The activity by which one of them asks to follow `target`.
    pub fn follow(&self, number: usize, target: &str) -> Value {
        let actor = self.actor(number);
        let context = "https://www.w3.org/ns/activitystreams";
        json!({ "@context": context, "id": format!("{actor}#follow"), "type": "Follow", "actor": actor, "object": target })
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
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
        let answer = if head.starts_with("POST") {
            take(&shared, &host, &body)
        } else {
            Some(show(&head, &host, &shared.pem))
        };
        let Some(answer) = answer else {
            return std::future::pending().await;
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn take(shared: &Shared, host: &str, body: &[u8]) -> Option<String> {
    if shared.hanging.lock().expect("no panic").contains(host) {
        return None;
    }
    let document: Value = serde_json::from_slice(body).unwrap_or_default();
    let id = document["id"].as_str().unwrap_or_default().to_owned();
    shared
        .received
        .lock()
        .expect("no panic")
        .entry(host.to_owned())
        .or_default()
        .push(id);
    shared.count.send_modify(|count| *count += 1);
    Some("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n".to_owned())
}

fn field(head: &str, name: &str) -> Option<String> {
    let pairs = head.lines().filter_map(|line| line.split_once(':'));
    pairs
        .into_iter()
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
