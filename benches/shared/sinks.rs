//! Other servers as sinks: `h0.sinks.localhost`, `h1...`, each with any actor that is asked for, all with one key. A
//! sink remembers what it took and when, and can be told to hang, to answer with an error, or to refuse connections.

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustls::ServerConfig;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpSocket;
use tokio::sync::watch;
use url::Url;
use whimbrel::federation::signatures::sign::{SigningIdentity, sign_post};
use whimbrel::keys::actors::SigningKey;
use whimbrel::keys::rsa::generate;

use super::peers::SignedPost;
use super::sites::{self, Door, Reply, Request, Site};

/// The context of every document.
pub const CONTEXT: &str = "https://www.w3.org/ns/activitystreams";

/// How a sink behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It takes everything.
    Takes,
    /// It accepts connections and requests, and never answers.
    Hangs,
    /// It answers every delivery with this status.
    Answers(u16),
}

/// Something that a sink took.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The id of the activity.
    pub id: String,
    /// When it came.
    pub at: Instant,
}

/// A Follow that a sink took.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its id.
    pub id: String,
    /// Who wants to follow.
    pub actor: String,
    /// Whom.
    pub object: String,
}

/// Servers behind one door, and some behind another that can be shut.
pub struct Sinks {
    scheme: &'static str,
    port: u16,
    _door: Door,
    apart: Range<usize>,
    apart_port: u16,
    apart_door: Mutex<Apart>,
    key: Arc<SigningKey>,
    shared: Arc<Shared>,
    taken: watch::Receiver<usize>,
}

/// The door of those that may refuse connections.
enum Apart {
    Open {
        _door: Door,
    },
    /// Bound but not listening: the port is kept, and whoever connects is refused.
    Shut(Option<TcpSocket>),
}

struct Shared {
    scheme: &'static str,
    pem: String,
    hosts: Mutex<Vec<Host>>,
    count: watch::Sender<usize>,
    more: OnceLock<Box<More>>,
}

/// Answers to GETs that are not of the sinks themselves.
type More = dyn Fn(&Request) -> Option<Reply> + Send + Sync;

#[derive(Clone)]
struct Host {
    mood: Mood,
    arrivals: Vec<Arrival>,
    asked: Vec<Asked>,
    connections: usize,
}

impl Sinks {
    /// Starts `count` of them over plain HTTP; those of `apart` can be made to refuse connections.
    pub fn start(count: usize, apart: Range<usize>) -> Self {
        Self::start_with(count, apart, None)
    }

    /// Starts `count` of them over TLS.
    pub fn start_tls(count: usize, tls: Arc<ServerConfig>) -> Self {
        Self::start_with(count, 0..0, Some(tls))
    }

    fn start_with(count: usize, apart: Range<usize>, tls: Option<Arc<ServerConfig>>) -> Self {
        let pair = generate().expect("a key pair");
        let key = Arc::new(SigningKey::from_pem(pair.private.expose()).expect("a key"));
        let (told, taken) = watch::channel(0);
        let scheme = if tls.is_some() { "https" } else { "http" };
        let host = Host {
            mood: Mood::Takes,
            arrivals: Vec::new(),
            asked: Vec::new(),
            connections: 0,
        };
        let shared = Arc::new(Shared {
            scheme,
            pem: pair.public,
            hosts: Mutex::new(vec![host; count]),
            count: told,
            more: OnceLock::new(),
        });
        let (socket, apart_socket) = (bind(0), bind(0));
        let port = socket.local_addr().unwrap().port();
        let apart_port = apart_socket.local_addr().unwrap().port();
        let door = sites::open(socket.listen(4_096).unwrap(), tls, shared.clone());
        let sinks = Self {
            scheme,
            port,
            _door: door,
            apart,
            apart_port,
            apart_door: Mutex::new(Apart::Shut(Some(apart_socket))),
            key,
            shared,
            taken,
        };
        sinks.open();
        sinks
    }

    /// From now on those apart refuse connections, and those that they had are cut.
    pub fn shut(&self) {
        let mut door = lock(&self.apart_door);
        *door = Apart::Shut(None);
        *door = Apart::Shut(Some(bind(self.apart_port)));
    }

    /// From now on connections are refused no longer.
    pub fn open(&self) {
        let mut door = lock(&self.apart_door);
        if let Apart::Shut(Some(socket)) = std::mem::replace(&mut *door, Apart::Shut(None)) {
            let listener = socket.listen(4_096).unwrap();
            let open = sites::open(listener, None, self.shared.clone());
            *door = Apart::Open { _door: open };
        }
    }

    /// They answer these GETs as well; may be said once.
    pub fn show_also(&self, more: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static) {
        let told = self.shared.more.set(Box::new(more));
        assert!(told.is_ok(), "said once");
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        lock(&self.shared.hosts).len()
    }

    /// The domain of one, with its port.
    pub fn domain(&self, number: usize) -> String {
        let port = if self.apart.contains(&number) {
            self.apart_port
        } else {
            self.port
        };
        format!("h{number}.sinks.localhost:{port}")
    }

    /// The id of an actor on one of them.
    pub fn actor(&self, number: usize, name: &str) -> String {
        format!("{}://{}/users/{name}", self.scheme, self.domain(number))
    }

    /// From now on one behaves like this.
    pub fn set(&self, number: usize, mood: Mood) {
        lock(&self.shared.hosts)[number].mood = mood;
    }

    /// What one took so far, in the order of its coming.
    pub fn arrivals(&self, number: usize) -> Vec<Arrival> {
        lock(&self.shared.hosts)[number].arrivals.clone()
    }

    /// The Follows that one took so far.
    pub fn asked(&self, number: usize) -> Vec<Asked> {
        lock(&self.shared.hosts)[number].asked.clone()
    }

    /// How many connections carried deliveries to one so far.
    pub fn connections(&self, number: usize) -> usize {
        lock(&self.shared.hosts)[number].connections
    }

    /// How many deliveries all of them took so far.
    pub fn count(&self) -> usize {
        *self.taken.borrow()
    }

    /// Waits until all of them together took this many deliveries; tells whether they did in time.
    pub async fn wait_for(&self, count: usize, patience: Duration) -> bool {
        let mut taken = self.taken.clone();
        let waited = taken.wait_for(|taken| *taken >= count);
        tokio::time::timeout(patience, waited).await.is_ok()
    }

    /// An activity of an actor, signed and addressed to an inbox of the node.
    pub fn sign(&self, actor: &str, inbox: &str, activity: &Value, now: i64) -> SignedPost {
        let inbox = Url::parse(inbox).expect("a URL");
        let identity = SigningIdentity {
            key_id: format!("{actor}#main-key"),
            key: self.key.clone(),
        };
        let body = activity.to_string();
        let headers = sign_post(&identity, &inbox, body.as_bytes(), now).expect("a signature");
        let host = inbox.host_str().expect("a host");
        SignedPost {
            host: format!("{host}:{}", inbox.port().expect("a port")),
            path: inbox.path().to_owned(),
            headers: headers
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            body,
        }
    }
}

/// A socket on a port of loopback, any where it is 0, that does not listen yet.
fn bind(port: u16) -> TcpSocket {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    // A listener lets go of its port when its task has ended.
    for _ in 0..1_000 {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        if socket.bind(address).is_ok() {
            return socket;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!("port {port} stays taken");
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a sink looks at of a document.
#[derive(Deserialize)]
struct Seen {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    object: Value,
}

impl Site for Shared {
    fn reply(&self, request: &Request) -> Reply {
        let host = request.host();
        let number = host
            .strip_prefix('h')
            .and_then(|rest| rest.split('.').next()?.parse().ok());
        match (request.method(), number) {
            ("POST", Some(number)) => self.take(number, request),
            ("GET", Some(_)) => {
                let more = self.more.get().and_then(|more| more(request));
                more.unwrap_or_else(|| self.show(host, request.target()))
            }
            _ => Reply::Answer(404, "text/plain", String::new()),
        }
    }
}

impl Shared {
    fn take(&self, number: usize, request: &Request) -> Reply {
        let seen: Option<Seen> = serde_json::from_slice(&request.body).ok();
        let mut hosts = lock(&self.hosts);
        let (Some(host), Some(seen)) = (hosts.get_mut(number), seen) else {
            return Reply::Answer(400, "text/plain", String::new());
        };
        host.connections += usize::from(request.is_first);
        match host.mood {
            Mood::Takes => {}
            Mood::Hangs => return Reply::Silence,
            Mood::Answers(status) => return Reply::Answer(status, "text/plain", String::new()),
        }
        if seen.kind == "Follow" {
            host.asked.push(Asked {
                id: seen.id.clone(),
                actor: seen.actor,
                object: seen.object.as_str().unwrap_or_default().to_owned(),
            });
        }
        host.arrivals.push(Arrival {
            id: seen.id,
            at: Instant::now(),
        });
        drop(hosts);
        self.count.send_modify(|count| *count += 1);
        Reply::Answer(202, "text/plain", String::new())
    }

    fn show(&self, host: &str, target: &str) -> Reply {
        let origin = format!("{}://{host}", self.scheme);
        if let Some(query) = target.strip_prefix("/.well-known/webfinger?") {
            let resource = url::form_urlencoded::parse(query.as_bytes())
                .find(|(key, _)| key == "resource")
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default();
            let name = resource.trim_start_matches("acct:").split('@').next();
            let actor = format!("{origin}/users/{}", name.unwrap_or_default());
            let links =
                json!([{ "rel": "self", "type": "application/activity+json", "href": actor }]);
            let body = json!({ "subject": resource, "links": links }).to_string();
            return Reply::Answer(200, "application/jrd+json", body);
        }
        let Some(name) = target.strip_prefix("/users/") else {
            return Reply::Answer(404, "text/plain", String::new());
        };
        let actor = format!("{origin}/users/{name}");
        let key =
            json!({ "id": format!("{actor}#main-key"), "owner": actor, "publicKeyPem": self.pem });
        let body = json!({
            "@context": [CONTEXT, "https://w3id.org/security/v1"],
            "id": actor, "type": "Person", "preferredUsername": name, "inbox": format!("{actor}/inbox"),
            "outbox": format!("{actor}/outbox"), "followers": format!("{actor}/followers"),
            "endpoints": { "sharedInbox": format!("{origin}/inbox") }, "publicKey": key,
        });
        Reply::Answer(200, "application/activity+json", body.to_string())
    }
}
