//! What a hostile peer answers: any status, any headers, and bodies that are late, in pieces, or without end.

use std::sync::Arc;

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// An answer, however wrong it may be.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Body,
    gate: Option<Gate>,
}

#[derive(Clone, Debug)]
enum Body {
    /// At once, with its length.
    Whole(Vec<u8>),
    /// Chunk by chunk.
    Pieces(Vec<Vec<u8>>),
    /// A beginning, and then the same again and again until nobody listens.
    Endless(Vec<u8>, Vec<u8>),
}

/// Holds answers back until it is opened, so that a test decides how late they are.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Semaphore>);

impl Gate {
    /// A gate that is shut.
    pub fn shut() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    /// Lets everything through from now on.
    pub fn open(&self) {
        self.0.close();
    }
}

impl Answer {
    /// Without a body.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Body::Whole(Vec::new()),
            gate: None,
        }
    }

    /// A success with this content type, or with none.
    pub fn of(content_type: &str) -> Self {
        match content_type {
            "" => Self::new(200),
            kind => Self::new(200).with("Content-Type", kind),
        }
    }

    /// A document with this content type.
    pub fn document(content_type: &str, document: &Value) -> Self {
        Self::of(content_type).saying(document.to_string())
    }

    /// Leads elsewhere.
    pub fn redirect(to: &str) -> Self {
        Self::new(302).with("Location", to)
    }

    /// With one more header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With this body.
    pub fn saying(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Body::Whole(body.into());
        self
    }

    /// With this body in pieces of so many bytes.
    pub fn in_pieces(mut self, body: &str, size: usize) -> Self {
        let pieces = body.as_bytes().chunks(size).map(<[u8]>::to_vec);
        self.body = Body::Pieces(pieces.collect());
        self
    }

    /// With a body that begins like this and goes on like that for ever.
    pub fn without_end(mut self, start: &str, again: &str) -> Self {
        self.body = Body::Endless(start.into(), again.into());
        self
    }

    /// Only when a gate is open.
    pub fn behind(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }

    fn head(&self) -> String {
        let first = format!("HTTP/1.1 {} So", self.status);
        let named = self.headers.iter();
        let named = named.map(|(name, value)| format!("{name}: {value}"));
        let last = match &self.body {
            Body::Whole(body) => format!("Content-Length: {}", body.len()),
            Body::Pieces(_) | Body::Endless(..) => "Transfer-Encoding: chunked".to_owned(),
        };
        let lines: Vec<String> = [first].into_iter().chain(named).chain([last]).collect();
        lines.join("\r\n") + "\r\n\r\n"
    }

    /// Says it; tells whether the connection can go on.
    pub(super) async fn say(&self, stream: &mut TcpStream) -> bool {
        if let Some(Gate(gate)) = &self.gate {
            // An open gate is one that cannot be waited at.
            let _ = gate.acquire().await;
        }
        let said = match &self.body {
            Body::Whole(body) => {
                stream
                    .write_all(&[self.head().as_bytes(), body].concat())
                    .await
            }
            Body::Pieces(pieces) => {
                let pieces = pieces.iter().map(|piece| chunk(piece));
                let all: Vec<u8> = pieces.chain([b"0\r\n\r\n".to_vec()]).flatten().collect();
                stream
                    .write_all(&[self.head().into_bytes(), all].concat())
                    .await
            }
            Body::Endless(start, again) => {
                let start = [self.head().into_bytes(), chunk(start)].concat();
                let again = chunk(again);
                let mut said = stream.write_all(&start).await;
                while said.is_ok() {
                    said = stream.write_all(&again).await;
                }
                said
            }
        };
        said.is_ok()
    }
}

fn chunk(piece: &[u8]) -> Vec<u8> {
    let size = format!("{:x}\r\n", piece.len());
    [size.as_bytes(), piece, b"\r\n"].concat()
}
