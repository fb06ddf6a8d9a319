//! A small HTTP server for sinks and peers: one answer for each request, over plain connections or TLS.

use std::io::{self, Read as _, Write as _};
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What answers.
pub trait Site: Send + Sync + 'static {
    /// The answer to a request.
    fn reply(&self, request: &Request) -> Reply;
}

/// A request.
pub struct Request {
    /// `GET /path HTTP/1.1` and the header lines.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
    /// Whether it is the first on its connection.
    pub is_first: bool,
}

/// An answer, or none.
pub enum Reply {
    /// Status, content type and body.
    Answer(u16, &'static str, String),
    /// The connection stays open and silent.
    Silence,
}

impl Request {
    /// The method.
    pub fn method(&self) -> &str {
        self.word(0)
    }

    /// Path and query.
    pub fn target(&self) -> &str {
        self.word(1)
    }

    /// The host that is asked, with its port.
    pub fn host(&self) -> &str {
        self.field("host")
    }

    /// A header; empty where there is none.
    pub fn field(&self, name: &str) -> &str {
        let mut pairs = self.head.lines().filter_map(|line| line.split_once(':'));
        pairs
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value.trim())
    }

    fn word(&self, place: usize) -> &str {
        self.head.split(' ').nth(place).unwrap_or_default()
    }
}

/// An open door: dropping it closes it, with all connections through it.
pub struct Door(#[expect(dead_code, reason = "its end is what others hear of")] watch::Sender<()>);

/// Lets a site answer behind a listener.
pub fn open(listener: TcpListener, tls: Option<Arc<ServerConfig>>, site: Arc<dyn Site>) -> Door {
    let (door, closed) = watch::channel(());
    let mut closing = closed.clone();
    tokio::task::spawn(async move {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = closing.changed() => return,
            };
            let Ok((stream, _)) = accepted else { return };
            let (tls, site, mut closing) = (tls.clone(), site.clone(), closed.clone());
            tokio::task::spawn(async move {
                let Some(wire) = Wire::new(stream, tls) else {
                    return;
                };
                // A caller that hangs up in the middle is no event.
                tokio::select! {
                    _ = serve(wire, &*site) => {}
                    _ = closing.changed() => {}
                }
            });
        }
    });
    Door(door)
}

async fn serve(mut wire: Wire, site: &dyn Site) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(8 * 1024);
    let mut is_first = true;
    loop {
        let Some(request) = read(&mut wire, &mut buffer, is_first).await? else {
            return Ok(());
        };
        is_first = false;
        match site.reply(&request) {
            Reply::Answer(status, kind, body) => {
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
                );
                wire.write(answer.as_bytes()).await?;
            }
            Reply::Silence => while wire.read(&mut Vec::new()).await? > 0 {},
        }
    }
}

async fn read(
    wire: &mut Wire,
    buffer: &mut Vec<u8>,
    is_first: bool,
) -> io::Result<Option<Request>> {
    let head = loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            buffer.drain(..end + 4);
            break head;
        }
        if wire.read(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let mut request = Request {
        head,
        body: Vec::new(),
        is_first,
    };
    let length: usize = request.field("content-length").parse().unwrap_or(0);
    while buffer.len() < length {
        if wire.read(buffer).await? == 0 {
            return Ok(None);
        }
    }
    request.body = buffer.drain(..length).collect();
    Ok(Some(request))
}

enum Wire {
    Plain(TcpStream),
    Tls(TcpStream, Box<ServerConnection>),
}

impl Wire {
    fn new(stream: TcpStream, tls: Option<Arc<ServerConfig>>) -> Option<Self> {
        stream.set_nodelay(true).ok()?;
        Some(match tls {
            None => Self::Plain(stream),
            Some(config) => Self::Tls(stream, Box::new(ServerConnection::new(config).ok()?)),
        })
    }

    /// Adds to `buffer` what came; 0 at the end.
    async fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        let (stream, connection) = match self {
            Self::Plain(stream) => return stream.read_buf(buffer).await,
            Self::Tls(stream, connection) => (stream, connection),
        };
        let mut chunk = [0; 8 * 1024];
        loop {
            match connection.reader().read(&mut chunk) {
                Ok(count) => {
                    buffer.extend_from_slice(&chunk[..count]);
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
            flush(stream, connection).await?;
            let count = stream.read(&mut chunk).await?;
            if count == 0 {
                return Ok(0);
            }
            let mut rest = &chunk[..count];
            while !rest.is_empty() {
                connection.read_tls(&mut rest)?;
                connection.process_new_packets().map_err(io::Error::other)?;
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes).await,
            Self::Tls(stream, connection) => {
                connection.writer().write_all(bytes)?;
                flush(stream, connection).await
            }
        }
    }
}

async fn flush(stream: &mut TcpStream, connection: &mut ServerConnection) -> io::Result<()> {
    let mut out = Vec::new();
    while connection.wants_write() {
        connection.write_tls(&mut out)?;
    }
    stream.write_all(&out).await
}
