//! Load that goes on while the node is killed again and again: people post, peers send, and both remember what was
//! acknowledged. What was not is sent once more, or never again, as chance has it: both happen.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;
use whimbrel::clock::Clock;

use crate::shared::load::{self, Connection};
use crate::shared::people::{Ann, PUBLIC, create};
use crate::shared::seeded::Seeded;
use crate::shared::sinks::{CONTEXT, Sinks};

/// Actors whom `ann` follows, on as many sinks.
pub const ACTORS: usize = 8;
/// Tasks that post, and the pause of each between two posts.
const POSTING: (usize, Duration) = (2, Duration::from_millis(40));
/// Tasks that send activities, and the pause of each between two.
const SENDING: (usize, Duration) = (4, Duration::from_millis(12));
/// How long one answer may take before the connection counts as broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// What was acknowledged.
#[derive(Clone, Debug, Default)]
pub struct Acknowledged {
    /// The ids on the wire of `ann`'s posts.
    pub posts: Vec<String>,
    /// The notes of peers, replies left out.
    pub notes: Vec<String>,
    /// The replies of peers to `ann`'s first post.
    pub replies: Vec<String>,
    /// The ids of Likes.
    pub likes: Vec<String>,
    /// Answers that say that something does not work now, each status counted.
    pub troubles: Vec<u16>,
    /// Answers that refuse for good what is right: status and words.
    pub refusals: Vec<String>,
    /// Answers that a client or a peer never got, because the connection broke.
    pub broken: usize,
}

/// Load under way.
pub struct Storm {
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

struct Shared {
    ann: Ann,
    sinks: Arc<Sinks>,
    /// `ann`'s posts that are liked and replied to.
    liked: Vec<String>,
    next: AtomicUsize,
    is_over: AtomicBool,
    acknowledged: Mutex<Acknowledged>,
}

/// What is sent to an inbox.
enum Kind {
    Note,
    Reply,
    Like,
}

impl Storm {
    /// Begins. `liked` are posts of `ann` that peers know.
    pub fn begin(ann: &Ann, sinks: &Arc<Sinks>, liked: Vec<String>, seed: u64) -> Self {
        let shared = Arc::new(Shared {
            ann: ann.clone(),
            sinks: sinks.clone(),
            liked,
            next: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
            acknowledged: Mutex::default(),
        });
        let mut tasks = JoinSet::new();
        for number in 0..POSTING.0 as u64 {
            let (shared, chance) = (shared.clone(), Seeded::new(seed + number));
            tasks.spawn(async move { shared.post(chance).await });
        }
        for number in 0..SENDING.0 as u64 {
            let (shared, chance) = (shared.clone(), Seeded::new(seed + 100 + number));
            tasks.spawn(async move { shared.send(chance).await });
        }
        Self { shared, tasks }
    }

    /// Lets everything that is under way end while the node runs; gives back what was acknowledged.
    pub async fn end(self) -> Acknowledged {
        self.shared.is_over.store(true, Ordering::SeqCst);
        self.tasks.join_all().await;
        let acknowledged = self.shared.acknowledged.lock();
        acknowledged.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Shared {
    async fn post(&self, mut chance: Seeded) {
        let mut line = Line::new(&self.ann);
        while !self.is_over.load(Ordering::SeqCst) {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            let key = format!("Idempotency-Key: post-{number}\r\n");
            let body = json!({ "status": format!("post {number} in the storm") });
            let request = self.ann.post_with("/api/v1/statuses", &key, &body);
            if let Some(answer) = self.insist(&mut line, &request, 200, &mut chance).await {
                let status: Value = serde_json::from_slice(&answer).unwrap();
                let uri = status["uri"].as_str().unwrap().to_owned();
                self.note(|all| all.posts.push(uri));
            }
            tokio::time::sleep(POSTING.1).await;
        }
    }

    async fn send(&self, mut chance: Seeded) {
        let mut line = Line::new(&self.ann);
        while !self.is_over.load(Ordering::SeqCst) {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            let (kind, id, actor, activity) = self.activity(number);
            let now = Clock::real().now();
            let post = self.sinks.sign(&actor, &self.ann.inbox(), &activity, now);
            let request = load::signed(&post);
            let taken = self.insist(&mut line, &request, 202, &mut chance).await;
            if taken.is_some() {
                self.note(|all| match kind {
                    Kind::Note => all.notes.push(id),
                    Kind::Reply => all.replies.push(id),
                    Kind::Like => all.likes.push(id),
                });
            }
            tokio::time::sleep(SENDING.1).await;
        }
    }

    /// Of five activities three are notes, one is a reply to `ann` and one a Like, as long as there is anything left
    /// to like.
    fn activity(&self, number: usize) -> (Kind, String, String, Value) {
        let by = number % ACTORS;
        let actor = self.sinks.actor(by, &format!("a{by}"));
        let note = format!("{actor}/notes/{number}");
        let like = number / 5;
        let liked = self.liked.get(like / ACTORS);
        match (number % 5, liked) {
            (3, _) => {
                let mention = json!({ "type": "Mention", "href": self.ann.uri() });
                let extra = json!({
                    "inReplyTo": self.liked[0], "to": [PUBLIC], "tag": [mention],
                    "cc": [self.ann.uri(), format!("{actor}/followers")],
                });
                let reply = create(&actor, &note, &extra);
                (Kind::Reply, note, actor, reply)
            }
            (4, Some(liked)) => {
                let by = like % ACTORS;
                let actor = self.sinks.actor(by, &format!("a{by}"));
                let id = format!("{actor}/likes/{number}");
                let document = json!({ "@context": CONTEXT, "id": id, "type": "Like", "actor": actor, "object": liked });
                (Kind::Like, id, actor, document)
            }
            _ => {
                let document = create(&actor, &note, &json!({}));
                (Kind::Note, note, actor, document)
            }
        }
    }

    /// Sends a request until it is answered as `wanted`, or until chance has it that it is given up after an answer
    /// that never came.
    async fn insist(
        &self,
        line: &mut Line,
        request: &[u8],
        wanted: u16,
        chance: &mut Seeded,
    ) -> Option<Vec<u8>> {
        loop {
            match line.send(request).await {
                Some((status, body)) if status == wanted => return Some(body),
                Some((status, _)) if status >= 500 => {
                    self.note(|all| all.troubles.push(status));
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Some((status, body)) => {
                    let words = format!("{status} {}", String::from_utf8_lossy(&body));
                    self.note(|all| all.refusals.push(words));
                    return None;
                }
                None => {
                    self.note(|all| all.broken += 1);
                    if chance.below(4) == 0 {
                        return None;
                    }
                }
            }
            if self.is_over.load(Ordering::SeqCst) && chance.below(4) == 0 {
                return None;
            }
        }
    }

    fn note(&self, note: impl FnOnce(&mut Acknowledged)) {
        let all = self.acknowledged.lock();
        note(&mut all.unwrap_or_else(PoisonError::into_inner));
    }
}

/// A connection that is made anew when it broke.
struct Line {
    address: std::net::SocketAddr,
    connection: Option<Connection>,
}

impl Line {
    fn new(ann: &Ann) -> Self {
        Self {
            address: ann.address,
            connection: None,
        }
    }

    /// One request and its answer; none if the connection broke after the request had left.
    async fn send(&mut self, request: &[u8]) -> Option<(u16, Vec<u8>)> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => loop {
                match Connection::try_new(self.address).await {
                    Ok(connection) => break connection,
                    // The node is down, or on its way.
                    Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
                }
            },
        };
        let answer = tokio::time::timeout(PATIENCE, connection.try_send(request));
        let answer = answer.await.ok()?.ok()?;
        self.connection = Some(connection);
        Some(answer)
    }
}
