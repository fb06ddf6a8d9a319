//! Readers of streams: server-sent events with a real HTTP client, and a WebSocket client that does what the
//! protocol asks and no more.

use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::nodes::TestNode;

/// How long something may take that is sure to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a stream told.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The name of the event.
    pub event: String,
    /// Its payload; the id alone for a deletion.
    pub payload: Value,
    /// With what to come back.
    pub id: String,
    /// The stream's name and parameter; of a WebSocket only.
    pub stream: Value,
}

impl Told {
    /// The text of the status, markup removed.
    pub fn text(&self) -> String {
        let status = if self.payload["status"].is_null() {
            &self.payload
        } else {
            &self.payload["status"]
        };
        super::people::plain(status)
    }

    /// The event and the text of its status.
    pub fn line(&self) -> String {
        format!("{} {}", self.event, self.text())
    }
}

/// A reader of server-sent events.
pub struct Listener {
    response: Response,
    text: String,
    /// What the answer's header says of where it begins.
    pub begins_at: String,
}

impl Listener {
    /// Asks for a stream; gives the answer whatever it is.
    pub async fn ask(node: &TestNode, token: &str, path: &str, last: Option<&str>) -> Response {
        let address = node.node.config.server.listen;
        let client = reqwest::Client::builder().build().expect("a client");
        let mut request = client
            .get(format!("http://{address}/api/v1/streaming/{path}"))
            .header("Host", &node.domain)
            .bearer_auth(token);
        if let Some(id) = last {
            request = request.header("Last-Event-ID", id);
        }
        request.send().await.expect("the node answers")
    }

    /// Opens a stream and waits until it is open.
    pub async fn open(node: &TestNode, token: &str, path: &str) -> Self {
        Self::resume(node, token, path, None).await
    }

    /// Opens a stream behind the last event that was told.
    pub async fn resume(node: &TestNode, token: &str, path: &str, last: Option<&str>) -> Self {
        let response = Self::ask(node, token, path, last).await;
        assert_eq!(response.status(), 200, "{path}");
        let header = |name| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
        };
        assert_eq!(header("content-type"), "text/event-stream");
        assert_eq!(header("x-accel-buffering"), "no");
        let begins_at = header("last-event-id").to_owned();
        let mut listener = Self {
            response,
            text: String::new(),
            begins_at,
        };
        assert_eq!(listener.line().await.as_deref(), Some(":)"));
        listener
    }

    /// The next line; none when the stream has ended.
    async fn line(&mut self) -> Option<String> {
        loop {
            if let Some((line, rest)) = self.text.split_once('\n') {
                let line = line.to_owned();
                self.text = String::from(rest);
                return Some(line);
            }
            let chunk = self.response.chunk().await;
            self.text += std::str::from_utf8(&chunk.ok().flatten()?).expect("text");
        }
    }

    /// The next event.
    pub async fn next(&mut self) -> Told {
        let told = timeout(PATIENCE, self.event()).await;
        told.expect("an event in time").expect("the stream goes on")
    }

    /// The rest of what is told before the stream ends, and its last words.
    pub async fn rest(self) -> (Vec<Told>, String) {
        timeout(PATIENCE, self.hear_out())
            .await
            .expect("the stream ends in time")
    }

    async fn hear_out(mut self) -> (Vec<Told>, String) {
        let (mut told, mut last) = (Vec::new(), String::new());
        loop {
            let mut fields = Fields::default();
            loop {
                match self.line().await {
                    None => return (told, last),
                    Some(line) if line.is_empty() => break,
                    Some(line) if line.starts_with(':') => last = line,
                    Some(line) => fields.take(&line),
                }
            }
            told.push(fields.told());
        }
    }

    async fn event(&mut self) -> Option<Told> {
        let mut fields = Fields::default();
        loop {
            match self.line().await? {
                line if line.is_empty() => return Some(fields.told()),
                line if line.starts_with(':') => {}
                line => fields.take(&line),
            }
        }
    }
}

#[derive(Default)]
struct Fields {
    id: String,
    event: String,
    data: String,
}

impl Fields {
    fn take(&mut self, line: &str) {
        let (name, value) = line.split_once(": ").expect("a field");
        match name {
            "id" => value.clone_into(&mut self.id),
            "event" => value.clone_into(&mut self.event),
            "data" => value.clone_into(&mut self.data),
            other => panic!("an unknown field {other}"),
        }
    }

    fn told(self) -> Told {
        Told {
            payload: serde_json::from_str(&self.data).expect("JSON"),
            event: self.event,
            id: self.id,
            stream: Value::Null,
        }
    }
}

/// A WebSocket.
pub struct Socket {
    stream: TcpStream,
    /// The head of the answer.
    pub head: String,
}

/// A frame from the node.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    /// A text, as JSON.
    Text(Value),
    /// The end: its code and words.
    Close(u16, String),
    /// The connection was cut.
    Cut,
}

impl Socket {
    /// Asks for a WebSocket, with further headers; the head of the answer says how it went.
    pub async fn ask(node: &TestNode, query: &str, headers: &str) -> Self {
        let mut stream = TcpStream::connect(node.node.config.server.listen)
            .await
            .expect("it listens");
        let request = format!(
            "GET /api/v1/streaming{query} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n",
            node.domain
        );
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it is sent");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let byte = timeout(PATIENCE, stream.read_u8())
                .await
                .expect("an answer in time");
            head.push(byte.expect("an answer"));
        }
        Self {
            stream,
            head: String::from_utf8(head).expect("text").to_lowercase(),
        }
    }

    /// Opens a WebSocket.
    pub async fn open(node: &TestNode, token: &str, query: &str) -> Self {
        let socket = Self::ask(node, query, &format!("Authorization: Bearer {token}\r\n")).await;
        assert!(socket.head.starts_with("http/1.1 101"), "{}", socket.head);
        assert!(
            socket
                .head
                .contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="),
            "{}",
            socket.head
        );
        socket
    }

    /// Sends a text.
    pub async fn say(&mut self, message: &Value) {
        self.send(0x81, message.to_string().as_bytes()).await;
    }

    /// Sends a frame of any kind.
    pub async fn send(&mut self, first: u8, bytes: &[u8]) {
        let mut frame = vec![first];
        match u8::try_from(bytes.len()) {
            Ok(length) if length < 126 => frame.push(0x80 | length),
            _ => {
                frame.push(0x80 | 0x7e);
                frame.extend(
                    u16::try_from(bytes.len())
                        .expect("a short message")
                        .to_be_bytes(),
                );
            }
        }
        let mask = [7, 1, 8, 2];
        frame.extend(mask);
        frame.extend(
            bytes
                .iter()
                .zip(mask.iter().cycle())
                .map(|(byte, mask)| byte ^ mask),
        );
        self.stream.write_all(&frame).await.expect("it is sent");
    }

    /// Asks for a stream, and waits until it is there: messages are taken in order, and one that is wrong is
    /// answered.
    pub async fn subscribe(&mut self, stream: &str) {
        self.say(&json!({ "type": "subscribe", "stream": stream }))
            .await;
        self.sync().await;
    }

    /// Waits until everything that was said has been heard.
    pub async fn sync(&mut self) {
        self.say(&json!({ "type": "hush", "stream": "user" })).await;
        let answer = self.frame().await;
        let expected = "The type of a message is subscribe or unsubscribe";
        assert_eq!(
            answer,
            Frame::Text(json!({ "error": expected, "status": 400 }))
        );
    }

    /// The next frame; pings are answered.
    pub async fn frame(&mut self) -> Frame {
        loop {
            let Ok(first) = timeout(PATIENCE, self.stream.read_u8())
                .await
                .expect("a frame in time")
            else {
                return Frame::Cut;
            };
            let length = match self.stream.read_u8().await.expect("a length") {
                126 => u64::from(self.stream.read_u16().await.expect("a length")),
                127 => self.stream.read_u64().await.expect("a length"),
                short => u64::from(short),
            };
            let mut bytes = vec![0; usize::try_from(length).expect("a length")];
            self.stream
                .read_exact(&mut bytes)
                .await
                .expect("the whole frame");
            match first {
                0x81 => return Frame::Text(serde_json::from_slice(&bytes).expect("JSON")),
                0x88 => {
                    let code = u16::from_be_bytes([bytes[0], bytes[1]]);
                    return Frame::Close(code, String::from_utf8_lossy(&bytes[2..]).into_owned());
                }
                0x89 => self.send(0x8A, &bytes).await,
                0x8A => {}
                other => panic!("an unexpected frame {other:x}"),
            }
        }
    }

    /// The next event.
    pub async fn next(&mut self) -> Told {
        match self.frame().await {
            Frame::Text(frame) => Told {
                event: frame["event"]
                    .as_str()
                    .unwrap_or_else(|| panic!("{frame}"))
                    .to_owned(),
                payload: serde_json::from_str(frame["payload"].as_str().expect("a text"))
                    .expect("JSON"),
                id: frame["id"].as_str().expect("a text").to_owned(),
                stream: frame["stream"].clone(),
            },
            other => panic!("{other:?}"),
        }
    }
}
