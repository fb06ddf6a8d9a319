//! Requests byte by byte, as no proper client would send them: any target, any header, any body.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::nodes::TestNode;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request. `Host` and `Content-Length` are added unless they are among the headers.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The method.
    pub method: String,
    /// The path and the query, exactly as they are sent.
    pub target: Vec<u8>,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers, names in small letters, in their order.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
}

/// The way to one node.
#[derive(Clone, Debug)]
pub struct Wire {
    address: SocketAddr,
    domain: String,
}

impl Call {
    /// A request without a body: `GET /path`.
    pub fn new(line: &str) -> Self {
        let (method, target) = line.split_once(' ').expect("a method and a path");
        Self {
            method: method.to_owned(),
            target: target.as_bytes().to_vec(),
            ..Self::default()
        }
    }

    /// With one more header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a token, if there is one.
    pub fn by(self, token: Option<&str>) -> Self {
        match token {
            Some(token) => self.with("Authorization", &format!("Bearer {token}")),
            None => self,
        }
    }

    /// With a body of this content type.
    pub fn carrying(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.with("Content-Type", content_type)
    }

    fn has(&self, name: &str) -> bool {
        self.headers
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    fn bytes(&self, domain: &str) -> Vec<u8> {
        let mut bytes = [self.method.as_bytes(), b" ", &self.target, b" HTTP/1.1\r\n"].concat();
        let mut headers = self.headers.clone();
        if !self.has("host") {
            headers.push(("Host".to_owned(), domain.to_owned()));
        }
        if !self.has("content-length") && !self.has("transfer-encoding") {
            headers.push(("Content-Length".to_owned(), self.body.len().to_string()));
        }
        headers.push(("Connection".to_owned(), "close".to_owned()));
        for (name, value) in headers {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

impl Reply {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no answer: {}", String::from_utf8_lossy(bytes)));
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
        Self {
            status: status.and_then(|code| code.parse().ok()).expect("a status"),
            headers: headers.collect(),
            body: String::from_utf8_lossy(&bytes[end + 4..]).into_owned(),
        }
    }

    /// The first header of this name, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// The body as a document; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// What the answer tells a person: the sentence of an error document, or the text of a page.
    pub fn message(&self) -> String {
        let document = self.json();
        for name in ["error_description", "error"] {
            if let Some(sentence) = document[name].as_str() {
                return sentence.to_owned();
            }
        }
        if self.header("content-type").starts_with("text/html") {
            let main = self.body.split_once("<main").map_or("", |(_, main)| main);
            let main = main.split_once('>').map_or("", |(_, main)| main);
            return whimbrel::text::to_plain(main).trim().to_owned();
        }
        self.body.trim().to_owned()
    }
}

impl Wire {
    /// To this node.
    pub fn to(node: &TestNode) -> Self {
        Self::at(node.node.config.server.listen, &node.domain)
    }

    /// To whatever listens there under this name.
    pub fn at(address: SocketAddr, domain: &str) -> Self {
        Self {
            address,
            domain: domain.to_owned(),
        }
    }

    /// Sends a request and takes the answer, even if the node answers before it has read everything.
    pub async fn send(&self, call: &Call) -> Reply {
        let stream = TcpStream::connect(self.address).await.expect("it listens");
        let (mut reader, mut writer) = stream.into_split();
        let bytes = call.bytes(&self.domain);
        let sending = tokio::task::spawn(async move {
            let _ = writer.write_all(&bytes).await;
            writer
        });
        let mut answer = Vec::new();
        let read = async {
            while let Ok(count) = reader.read_buf(&mut answer).await
                && count > 0
            {}
        };
        let read = tokio::time::timeout(PATIENCE, read).await;
        assert!(read.is_ok(), "no answer in time: {call:.200?}");
        sending.abort();
        Reply::parse(&answer)
    }
}
