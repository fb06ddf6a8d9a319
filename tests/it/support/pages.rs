//! A web server that is no part of the network: it shows pages, and remembers what it was asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a path answers: its content type and its body.
type Shown = HashMap<String, (String, Vec<u8>)>;

/// The server.
pub struct Pages {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    shown: Mutex<Shown>,
    asked: Mutex<Vec<String>>,
}

impl Pages {
    /// Starts it.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared::default());
        let inside = shared.clone();
        tokio::task::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::task::spawn(serve(stream, inside.clone()));
            }
        });
        Self { port, shared }
    }

    /// The address of a path.
    pub fn at(&self, path: &str) -> String {
        format!("http://news.localhost:{}{path}", self.port)
    }

    /// Shows something at a path.
    pub fn show(&self, path: &str, content_type: &str, body: &str) {
        let shown = (content_type.to_owned(), body.as_bytes().to_vec());
        self.shared
            .shown
            .lock()
            .expect("no panic")
            .insert(path.to_owned(), shown);
    }

    /// The heads of the requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().expect("no panic").clone()
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_buf(&mut head).await {
            Ok(read) if read > 0 => {}
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    shared.asked.lock().expect("no panic").push(head);
    let shown = shared.shown.lock().expect("no panic").get(&path).cloned();
    let (status, (kind, body)) = match shown {
        Some(shown) => ("200 OK", shown),
        None => ("404 Not Found", ("text/plain".to_owned(), Vec::new())),
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // Whoever hung up wants nothing more.
    let _ = stream.write_all(&[answer.as_bytes(), &body].concat()).await;
}
