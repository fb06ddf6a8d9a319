//! A push service on loopback, and the browsers and apps behind it: they check who sends, and decrypt by what the
//! standards say, step by step, with nothing of the code that encrypts.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self, ECDSA_P256_SHA256_FIXED};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use whimbrel::keys::random;

/// How long messages are waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// Hosts `NAME.localhost:PORT` behind one listener.
pub struct PushServices {
    port: u16,
    shared: Arc<Shared>,
    taken: watch::Receiver<usize>,
}

struct Shared {
    state: Mutex<State>,
    count: watch::Sender<usize>,
}

#[derive(Default)]
struct State {
    received: Vec<Received>,
    /// Answers other than 201, by path: the line and the headers.
    answers: HashMap<String, String>,
    /// Hosts that take a request and never answer.
    hanging: HashSet<String>,
}

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Received {
    /// The name of the host, without the port.
    pub host: String,
    /// Where it was posted.
    pub path: String,
    head: String,
    body: Vec<u8>,
}

impl Received {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> String {
        field(&self.head, name).unwrap_or_default()
    }
}

impl PushServices {
    /// Starts them.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (count, taken) = watch::channel(0);
        let state = Mutex::default();
        let shared = Arc::new(Shared { state, count });
        let inside = shared.clone();
        tokio::task::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::task::spawn(serve(stream, inside.clone()));
            }
        });
        Self {
            port,
            shared,
            taken,
        }
    }

    /// The address of one of them.
    pub fn at(&self, host: &str, path: &str) -> String {
        format!("http://{host}.localhost:{}{path}", self.port)
    }

    /// From now on what is posted to this path is answered so: `410 Gone`, or with headers behind it.
    pub fn answer(&self, path: &str, answer: &str) {
        let mut state = self.shared.state.lock().expect("no panic");
        state.answers.insert(path.to_owned(), answer.to_owned());
    }

    /// From now on this path takes messages.
    pub fn accept(&self, path: &str) {
        let mut state = self.shared.state.lock().expect("no panic");
        state.answers.remove(path);
    }

    /// From now on this host takes requests and never answers them.
    pub fn hang(&self, host: &str) {
        let mut state = self.shared.state.lock().expect("no panic");
        state.hanging.insert(host.to_owned());
    }

    /// From now on this host answers again, whoever asks anew.
    pub fn revive(&self, host: &str) {
        let mut state = self.shared.state.lock().expect("no panic");
        state.hanging.remove(host);
    }

    /// All messages that came, whatever the answer, in their order.
    pub fn received(&self) -> Vec<Received> {
        self.shared.state.lock().expect("no panic").received.clone()
    }

    /// Waits until this many came.
    pub async fn wait_for(&self, count: usize) {
        let mut taken = self.taken.clone();
        let waited = tokio::time::timeout(PATIENCE, taken.wait_for(|taken| *taken >= count)).await;
        let came = *self.taken.borrow();
        assert!(waited.is_ok(), "only {came} of {count} messages came");
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
        let Some(answer) = take(&shared, head, body) else {
            return std::future::pending().await;
        };
        let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn take(shared: &Shared, head: String, body: Vec<u8>) -> Option<String> {
    let host = field(&head, "host").unwrap_or_default();
    let host = host
        .split(".localhost")
        .next()
        .unwrap_or_default()
        .to_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut state = shared.state.lock().expect("no panic");
    let answer = state.answers.get(&path).cloned();
    let hangs = state.hanging.contains(&host);
    state.received.push(Received {
        host,
        path,
        head,
        body,
    });
    drop(state);
    shared.count.send_modify(|count| *count += 1);
    (!hangs).then(|| answer.unwrap_or_else(|| "201 Created".to_owned()))
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

/// A browser or an app that messages are for.
pub struct Subscriber {
    endpoint: String,
    key: PrivateKey,
    secret: [u8; 16],
    is_standard: bool,
}

impl Subscriber {
    /// One with new keys.
    pub fn new(endpoint: String, is_standard: bool) -> Self {
        Self {
            endpoint,
            key: PrivateKey::generate(&ECDH_P256).expect("a key"),
            secret: random::bytes(),
            is_standard,
        }
    }

    fn point(&self) -> Vec<u8> {
        let point = self.key.compute_public_key().expect("a public key");
        point.as_ref().to_vec()
    }

    /// What is asked of the node to be told of everything.
    pub fn wish(&self) -> Value {
        let kinds = [
            "mention",
            "status",
            "reblog",
            "follow",
            "follow_request",
            "favourite",
            "poll",
            "update",
        ];
        let alerts: HashMap<_, _> = kinds.into_iter().map(|kind| (kind, true)).collect();
        // One in plain base64 and one in base64url, as clients do.
        let keys = json!({ "p256dh": URL_SAFE_NO_PAD.encode(self.point()), "auth": STANDARD.encode(self.secret) });
        let mut subscription = json!({ "endpoint": self.endpoint, "keys": keys });
        if self.is_standard {
            subscription["standard"] = true.into();
        }
        json!({ "subscription": subscription, "data": { "alerts": alerts } })
    }

    /// What a message says; fails unless it was signed by whoever has `server_key` at the instant `now` (milliseconds),
    /// for this service.
    pub fn open(&self, message: &Received, server_key: &str, now: i64) -> Value {
        let authorization = message.header("authorization");
        let (token, salt, point, sealed) = if self.is_standard {
            let (token, key) = authorization
                .strip_prefix("vapid t=")
                .unwrap()
                .split_once(",k=")
                .unwrap();
            assert_eq!(key, server_key);
            assert_eq!(message.header("content-encoding"), "aes128gcm");
            let (head, sealed) = message.body.split_at(86);
            assert_eq!(head[16..21], [0, 0, 16, 0, 65]);
            (
                token.to_owned(),
                head[..16].to_vec(),
                head[21..].to_vec(),
                sealed,
            )
        } else {
            let token = authorization.strip_prefix("WebPush ").unwrap().to_owned();
            assert_eq!(message.header("content-encoding"), "aesgcm");
            let salt = message.header("encryption");
            let keys = message.header("crypto-key");
            let (point, key) = keys
                .strip_prefix("dh=")
                .unwrap()
                .split_once(";p256ecdsa=")
                .unwrap();
            assert_eq!(key, server_key);
            (
                token,
                decode(salt.strip_prefix("salt=").unwrap()),
                decode(point),
                &*message.body,
            )
        };
        self.check_token(&token, server_key, now);
        let text = self.decrypt(&salt, &point, sealed);
        serde_json::from_slice(&text).expect("JSON")
    }

    fn check_token(&self, token: &str, server_key: &str, now: i64) {
        let parts: Vec<&str> = token.split('.').collect();
        let key = signature::UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decode(server_key));
        let signed = format!("{}.{}", parts[0], parts[1]);
        key.verify(signed.as_bytes(), &decode(parts[2]))
            .expect("the node signed it");
        let claims: Value = serde_json::from_slice(&decode(parts[1])).expect("JSON");
        let audience = claims["aud"].as_str().unwrap();
        assert!(
            self.endpoint.starts_with(&format!("{audience}/")),
            "{audience}"
        );
        let end = claims["exp"].as_i64().unwrap() * 1_000;
        assert!(end > now && end <= now + 86_400_000, "{end} at {now}");
        let contact = claims["sub"].as_str().unwrap();
        assert!(
            contact.starts_with("http") || contact.starts_with("mailto:"),
            "{contact}"
        );
    }

    fn decrypt(&self, salt: &[u8], point: &[u8], sealed: &[u8]) -> Vec<u8> {
        let theirs = UnparsedPublicKey::new(&ECDH_P256, point);
        let shared = agree(&self.key, theirs, (), |shared| Ok(shared.to_vec())).expect("a point");
        let prk = hash(&self.secret, &shared);
        let own = self.point();
        let (input, key, nonce) = if self.is_standard {
            let input = hash(&prk, &[b"WebPush: info\0", &*own, point, &[1]].concat());
            (
                input,
                b"Content-Encoding: aes128gcm\0".to_vec(),
                b"Content-Encoding: nonce\0".to_vec(),
            )
        } else {
            let input = hash(&prk, b"Content-Encoding: auth\0\x01");
            let context = [b"P-256\0\0\x41", &*own, b"\0\x41", point].concat();
            (
                input,
                [b"Content-Encoding: aesgcm\0", &*context].concat(),
                [b"Content-Encoding: nonce\0", &*context].concat(),
            )
        };
        let prk = hash(salt, &input);
        let key = hash(&prk, &[&*key, &[1]].concat());
        let nonce = hash(&prk, &[&*nonce, &[1]].concat());
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).expect("a key"));
        let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).expect("a nonce");
        let mut text = sealed.to_vec();
        let text = cipher
            .open_in_place(nonce, Aad::empty(), &mut text)
            .expect("it opens");
        if self.is_standard {
            assert_eq!(text.last(), Some(&2));
            text[..text.len() - 1].to_vec()
        } else {
            assert_eq!(text[..2], [0, 0]);
            text[2..].to_vec()
        }
    }
}

fn hash(key: &[u8], text: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text).as_ref().to_vec()
}

fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}
