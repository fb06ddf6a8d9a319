//! A node with one account and a stepped clock, and peers that answer as a test says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::config::Config;
use crate::http::{Client, ClientSettings};
use crate::id::{AccountId, ActivityId};
use crate::node::Node;
use crate::store::accounts::{self, Account};
use crate::store::activities::Activity;
use crate::store::follows::Destination;
use crate::store::keys::{self, Key};
use crate::store::mailings::{self, Mailing};
use crate::store::peers::{self, Peer};
use crate::store::{AccountKind, DeliveryClass, Json, KeyAlgorithm, QueryResult, Tx, deliveries};

const PRIVATE: &str = include_str!("../../../../tests/fixtures/keys/private.pem");
const PUBLIC: &str = include_str!("../../../../tests/fixtures/keys/public.pem");
const ANN: AccountId = AccountId(1);
/// Some day in 2027.
pub(super) const START: i64 = 1_800_000_000_000;

/// A node and where it lives.
pub(super) struct World {
    pub(super) node: Node,
    pub(super) folder: TempDir,
}

/// How a peer answers.
#[derive(Clone, Copy)]
pub(super) enum Reply {
    Status(u16),
    RetryAfter(u16, u32),
    /// 401, and what signatures shall have.
    Asks(&'static str),
    Hang,
}

type Answer = dyn Fn(&Request<'_>) -> Reply + Send + Sync;

/// What a peer got.
pub(super) struct Request<'a> {
    /// How many came before it.
    pub(super) count: usize,
    /// Its headers, in small letters.
    pub(super) head: &'a str,
    /// Its body.
    pub(super) body: &'a str,
}

impl Request<'_> {
    /// Whether it is signed by RFC 9421.
    pub(super) fn is_message(&self) -> bool {
        self.head.contains("\nsignature-input: ")
    }
}

/// A peer: what it received, in order, and the bodies as they come.
pub(super) struct Sink {
    pub(super) destination: Destination,
    received: Arc<Mutex<Vec<String>>>,
    /// Whether each was signed by RFC 9421.
    forms: Arc<Mutex<Vec<bool>>>,
    _tasks: JoinSet<()>,
}

impl World {
    /// A node whose requests take at most `deadline`.
    pub(super) async fn start(deadline: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let node = open(&folder, Clock::stepped(START), deadline).await;
        node.db.write(add_ann).await.unwrap();
        Self { node, folder }
    }

    /// The same database after everything in memory is gone.
    pub(super) async fn restart(self, deadline: Duration) -> Self {
        let Self { node, folder } = self;
        let clock = node.clock.clone();
        drop(node);
        // No process starts in the millisecond in which another ends: ids made in it might be made again.
        clock.advance(1);
        let node = open(&folder, clock, deadline).await;
        Self { node, folder }
    }

    /// Queues a document about `about` for these peers.
    pub(super) async fn post(&self, body: &str, about: &str, sinks: &[&Sink]) {
        let destinations = sinks.iter().map(|sink| sink.destination.clone()).collect();
        let letter = ("Create", body, about, DeliveryClass::Posts);
        self.send(letter, destinations).await;
    }

    /// Queues a document of a type, with its body, about a thing, in a class.
    pub(super) async fn send(
        &self,
        (kind, body, about, class): (&'static str, &str, &str, DeliveryClass),
        destinations: Vec<Destination>,
    ) {
        let (body, object_uri) = (body.to_owned(), about.to_owned());
        let queue = move |tx: &mut Tx| -> QueryResult<()> {
            let activity = Activity {
                id: ActivityId(tx.new_id()),
                account_id: ANN,
                kind: kind.to_owned(),
                object_uri,
                body,
                created_at: tx.now(),
            };
            let mailing = Mailing {
                class,
                ..Mailing::new(&activity, &destinations)
            };
            mailings::queue(tx, &mailing)
        };
        self.node.db.write(queue).await.unwrap();
    }

    /// Queues documents `FIRST..END` about different things.
    pub(super) async fn post_many(&self, numbers: std::ops::Range<usize>, sinks: &[&Sink]) {
        for number in numbers {
            let body = number.to_string();
            self.post(&body, &format!("https://a.test/{body}"), sinks)
                .await;
        }
    }

    pub(super) async fn peer(&self, sink: &Sink) -> Peer {
        let domain = sink.destination.domain.clone();
        let find = move |c: &mut _| peers::find_by_domain(c, &domain);
        self.node.db.read(find).await.unwrap().unwrap()
    }

    /// Notes that a peer takes nothing, without a try.
    pub(super) async fn fail(&self, destination: &Destination) {
        let domain = destination.domain.clone();
        let fail = move |tx: &mut Tx| -> QueryResult<()> {
            let (peer, now) = (peers::ensure(tx, &domain)?, tx.now());
            peers::record_failure(tx, peer, "down", now)
        };
        self.node.db.write(fail).await.unwrap();
    }

    pub(super) async fn backlog(&self) -> i64 {
        let count = |c: &mut _| deliveries::count(c, None);
        self.node.db.read(count).await.unwrap()
    }
}

impl Sink {
    /// A peer that answers its requests (counted from 0, with their bodies) with `answer`.
    pub(super) async fn start(
        answer: impl Fn(usize, &str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::start_and_tell(answer, mpsc::unbounded_channel().0).await
    }

    /// The same, telling each body that it takes.
    pub(super) async fn start_and_tell(
        answer: impl Fn(usize, &str) -> Reply + Send + Sync + 'static,
        tell: mpsc::UnboundedSender<String>,
    ) -> Self {
        Self::listen(move |request| answer(request.count, request.body), tell).await
    }

    /// A peer that looks at whole requests.
    pub(super) async fn start_with(
        answer: impl Fn(&Request<'_>) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::listen(answer, mpsc::unbounded_channel().0).await
    }

    async fn listen(
        answer: impl Fn(&Request<'_>) -> Reply + Send + Sync + 'static,
        tell: mpsc::UnboundedSender<String>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let answer: Arc<Answer> = Arc::new(answer);
        let forms = Arc::new(Mutex::new(Vec::new()));
        let (log, form_log, mut tasks) = (received.clone(), forms.clone(), JoinSet::new());
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, log, tell) = (answer.clone(), log.clone(), tell.clone());
                let forms = form_log.clone();
                connections.spawn(async move {
                    let _ = serve(stream, &*answer, (&log, &forms), &tell).await;
                });
            }
        });
        Self {
            destination: Destination {
                domain: address.to_string(),
                inbox_url: format!("http://{address}/inbox"),
            },
            received,
            forms,
            _tasks: tasks,
        }
    }

    /// The bodies that came, in order, taken or not.
    pub(super) fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }

    /// Whether each that came was signed by RFC 9421, in order.
    pub(super) fn forms(&self) -> Vec<bool> {
        self.forms.lock().unwrap().clone()
    }

    /// The same as numbers, from the `first` on.
    pub(super) fn numbers_from(&self, first: usize) -> Vec<usize> {
        let received = self.received();
        let rest = received.into_iter().skip(first);
        rest.map(|body| body.parse().unwrap()).collect()
    }
}

async fn serve(
    mut stream: TcpStream,
    answer: &Answer,
    (log, forms): (&Mutex<Vec<String>>, &Mutex<Vec<bool>>),
    tell: &mpsc::UnboundedSender<String>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(&mut stream);
    let (mut length, mut head) = (0, String::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).await?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        head.push('\n');
        head.push_str(&line);
    }
    assert!(head.contains("\nsignature: "), "{head}");
    let mut body = vec![0; length];
    reader.read_exact(&mut body).await?;
    let body = String::from_utf8(body).unwrap();
    let count = {
        let mut log = log.lock().unwrap();
        log.push(body.clone());
        log.len() - 1
    };
    let request = Request {
        count,
        head: &head,
        body: &body,
    };
    forms.lock().unwrap().push(request.is_message());
    let (status, extra) = match answer(&request) {
        Reply::Status(status) => (status, String::new()),
        Reply::RetryAfter(status, seconds) => (status, format!("Retry-After: {seconds}\r\n")),
        Reply::Asks(what) => (401, format!("Accept-Signature: {what}\r\n")),
        Reply::Hang => return std::future::pending().await,
    };
    if status < 300 {
        let _ = tell.send(body);
    }
    let head =
        format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: 0\r\n{extra}\r\n");
    stream.write_all(head.as_bytes()).await
}

async fn open(folder: &TempDir, clock: Clock, deadline: Duration) -> Node {
    let mut config = Config::default();
    config.server.data = folder.path().to_owned();
    config.federation.allow_http = true;
    config.federation.allow_private_addresses = true;
    crate::testing::give_database(&mut config).await;
    let mut node = Node::open(config, clock.clone()).await.unwrap();
    let settings = ClientSettings {
        allow_http: true,
        allow_private_addresses: true,
        deadline,
        ..ClientSettings::default()
    };
    node.http = Client::new(settings, clock).unwrap();
    node
}

fn add_ann(tx: &mut Tx) -> QueryResult<()> {
    let uri = "http://localhost:8080/users/ann".to_owned();
    let now = tx.now();
    accounts::insert(
        tx,
        &Account {
            id: ANN,
            handle: "ann".to_owned(),
            username: "ann".to_owned(),
            domain: None,
            url: uri.clone(),
            kind: AccountKind::Person,
            display_name: String::new(),
            note: String::new(),
            note_source: String::new(),
            fields: Json(Vec::new()),
            emojis: Json(Vec::new()),
            avatar: None,
            avatar_alt: String::new(),
            header: None,
            header_alt: String::new(),
            locked: false,
            discoverable: None,
            indexable: false,
            hides_collections: false,
            inbox_url: format!("{uri}/inbox"),
            shared_inbox_url: None,
            outbox_url: None,
            followers_url: None,
            following_url: None,
            featured_url: None,
            created_at: now,
            updated_at: now,
            fetched_at: now,
            suspended_at: None,
            uri: uri.clone(),
        },
    )?;
    keys::insert(
        tx,
        &Key {
            key_id: format!("{uri}#main-key"),
            account_id: ANN,
            public_pem: PUBLIC.to_owned(),
            private_pem: Some(PRIVATE.to_owned()),
            created_at: now,
            algorithm: KeyAlgorithm::Rsa,
        },
    )
}
