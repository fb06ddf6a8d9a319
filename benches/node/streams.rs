//! Two thousand open streams while people post: how late the last hear of it, and what a quiet stream costs.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::shared::figures::Figure;
use super::shared::load::{self, Connection};
use super::shared::machine;
use super::shared::processes::Process;

/// Streams that are open at the same time.
const STREAMS: usize = 2_000;
/// Posts that all of them hear.
const POSTS: usize = 1_000;
/// Connections over which they are posted.
const POSTERS: usize = 16;
/// From one post to the next: a hundred in a second.
const PACE: Duration = Duration::from_millis(10);
/// Bytes that a reader takes at once: the readers share the machine with the node, so they have to be cheap.
const ROOM: usize = 64 << 10;

/// Server-sent events of one person's home timeline, opened many times.
pub async fn streams() -> Vec<Figure> {
    let mut process = Process::prepare();
    let token = process.token();
    process.serve();
    let mut connection = Connection::new(process.address).await;
    // What the first requests leave in memory is no stream's.
    let warm = load::get(&process.domain, "/api/v1/timelines/home", &token);
    for _ in 0..200 {
        connection.send(&warm).await;
    }
    let before = machine::memory(process.id());
    let mut readers = JoinSet::new();
    for _ in 0..STREAMS {
        let stream = open(process.address, &process.domain, &token).await;
        readers.spawn(listen(stream));
    }
    let each = (machine::memory(process.id()) - before) * 1024.0 / STREAMS as f64;
    let (due, late) = post(&process, &token).await;
    let mut delays = Vec::with_capacity(STREAMS * POSTS);
    while let Some(heard) = readers.join_next().await {
        for (id, instant) in heard.unwrap() {
            delays.push(instant.saturating_duration_since(due[&id]));
        }
    }
    delays.sort_unstable();
    let part = |part: f64| {
        let index = ((delays.len() - 1) as f64 * part) as usize;
        delays[index].as_secs_f64() * 1_000.0
    };
    let (told, wanted) = (delays.len(), (STREAMS * POSTS) as f64);
    vec![
        Figure::new("memory of a quiet stream, of 2,000", each, "KB").at_most(40.0),
        Figure::count("frames told, 2,000 streams, 100 posts/s", told).at_least(wanted),
        Figure::new(
            "  from the time of a post to the frame, median",
            part(0.5),
            "ms",
        ),
        Figure::new(
            "  from the time of a post to the frame, p99",
            part(0.99),
            "ms",
        )
        .at_most(200.0),
        Figure::new("  last post answered late by", late, "ms"),
    ]
}

/// Opens a stream and waits for its first words.
async fn open(address: SocketAddr, host: &str, token: &str) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(address).await.expect("the node answers");
    let request = load::get(host, "/api/v1/streaming/user", token);
    stream.write_all(&request).await.unwrap();
    let mut reader = BufReader::with_capacity(ROOM, stream);
    let mut line = String::new();
    while line.trim_end() != ":)" {
        line.clear();
        assert!(reader.read_line(&mut line).await.unwrap() > 0, "no stream");
    }
    reader
}

/// Hears all posts; gives the id of each and when it came.
async fn listen(mut reader: BufReader<TcpStream>) -> Vec<(String, Instant)> {
    let mut heard = Vec::with_capacity(POSTS);
    let mut line = Vec::new();
    while heard.len() < POSTS {
        line.clear();
        if reader.read_until(b'\n', &mut line).await.unwrap() == 0 {
            break;
        }
        if let Some(rest) = line.strip_prefix(b"data: {\"id\":\"") {
            let id = rest.split(|byte| *byte == b'"').next().expect("an id");
            let id = String::from_utf8(id.to_vec()).expect("a number");
            heard.push((id, Instant::now()));
        }
    }
    heard
}

/// Posts at an even pace over several connections; gives when each was due, and by how many milliseconds the last was
/// answered late.
async fn post(process: &Process, token: &str) -> (HashMap<String, Instant>, f64) {
    let began = Instant::now();
    let mut posters = JoinSet::new();
    for first in 0..POSTERS {
        let connection = Connection::new(process.address).await;
        let (host, token) = (process.domain.clone(), token.to_owned());
        posters.spawn(post_some(connection, host, token, began, first));
    }
    let mut due = HashMap::new();
    while let Some(posted) = posters.join_next().await {
        due.extend(posted.unwrap());
    }
    let planned = PACE * u32::try_from(POSTS).unwrap();
    let late = began.elapsed().saturating_sub(planned);
    (due, late.as_secs_f64() * 1_000.0)
}

/// Posts every so manieth of all posts.
async fn post_some(
    mut connection: Connection,
    host: String,
    token: String,
    began: Instant,
    first: usize,
) -> Vec<(String, Instant)> {
    let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
    let mut posted = Vec::new();
    for number in (first..POSTS).step_by(POSTERS) {
        let due = began + PACE * u32::try_from(number).unwrap();
        tokio::time::sleep_until(due.into()).await;
        let body = json!({ "status": format!("post number {number} for everybody") }).to_string();
        let request = load::post(&host, "/api/v1/statuses", &headers, &body);
        let (status, body) = connection.send(&request).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        let body: Value = serde_json::from_slice(&body).unwrap();
        posted.push((body["id"].as_str().unwrap().to_owned(), due));
    }
    posted
}
