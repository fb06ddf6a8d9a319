//! A load generator that costs little itself: prepared requests over plain keep-alive connections.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::figures;

/// One connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn new(address: SocketAddr) -> Self {
        Self::try_new(address).await.expect("the node answers")
    }

    /// Connects, unless nobody listens.
    pub async fn try_new(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
        })
    }

    /// Sends one request and reads its answer; gives back status and body.
    pub async fn send(&mut self, request: &[u8]) -> (u16, Vec<u8>) {
        self.try_send(request).await.expect("the node answers")
    }

    /// The same, unless the connection breaks before the whole answer is there.
    pub async fn try_send(&mut self, request: &[u8]) -> io::Result<(u16, Vec<u8>)> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (head, length) = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&self.buffer[..end]).to_lowercase();
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "))
                    .unwrap_or("0");
                break (end + 4, length.trim().parse::<usize>().unwrap());
            }
            self.read_more().await?;
        };
        while self.buffer.len() < head + length {
            self.read_more().await?;
        }
        let status = std::str::from_utf8(&self.buffer[9..12])
            .unwrap()
            .parse()
            .unwrap();
        Ok((status, self.buffer[head..head + length].to_vec()))
    }

    /// Asks for something that does not end; gives back the connection once the head of a good answer is there, or
    /// the status of another.
    pub async fn stream(mut self, request: &[u8]) -> Result<TcpStream, u16> {
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
        while find(&self.buffer, b"\r\n\r\n").is_none() {
            self.read_more().await.unwrap();
        }
        let status = std::str::from_utf8(&self.buffer[9..12]).unwrap();
        match status.parse().unwrap() {
            200 => Ok(self.stream),
            other => Err(other),
        }
    }

    async fn read_more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

/// How a run went.
pub struct Run {
    /// Successful requests.
    pub count: usize,
    /// From the first to the last.
    pub took: Duration,
    /// Times of single requests, sorted.
    pub times: Vec<Duration>,
}

impl Run {
    /// The time below which this part of all requests stayed.
    pub fn percentile(&self, part: f64) -> Duration {
        figures::percentile(&self.times, part)
    }
}

/// Sends `total` requests over `connections` connections; `request` makes the one of each number.
pub async fn run<F>(
    address: SocketAddr,
    connections: usize,
    total: usize,
    expected: u16,
    request: F,
) -> Run
where
    F: Fn(usize) -> Vec<u8> + Send + Sync + 'static,
{
    let (next, request) = (Arc::new(AtomicUsize::new(0)), Arc::new(request));
    let began = Instant::now();
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let (next, request) = (next.clone(), request.clone());
            tokio::spawn(async move {
                let mut connection = Connection::new(address).await;
                let mut times = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= total {
                        return times;
                    }
                    let bytes = request(number);
                    let sent = Instant::now();
                    let (status, body) = connection.send(&bytes).await;
                    assert_eq!(status, expected, "{}", String::from_utf8_lossy(&body));
                    times.push(sent.elapsed());
                }
            })
        })
        .collect();
    let mut times = Vec::with_capacity(total);
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    let took = began.elapsed();
    times.sort_unstable();
    Run {
        count: times.len(),
        took,
        times,
    }
}

/// A GET request with a token.
pub fn get(host: &str, path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n")
        .into_bytes()
}

/// A GET request with further header lines.
pub fn get_with(host: &str, path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n").into_bytes()
}

/// A POST request of a JSON document, with further header lines.
pub fn post(host: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}

/// A signed POST from a peer.
pub fn signed(post: &super::peers::SignedPost) -> Vec<u8> {
    let lines: Vec<String> = post
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let lines = lines.concat();
    self::post(&post.host, &post.path, &lines, &post.body)
}
