//! The lab from outside, as a program: its page tells what the nodes hold, a killed node gets what it missed, and
//! nothing is left behind.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::whimbrel;

/// How long anything that is waited for may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A lab that was started; dropping it ends it hard.
struct Lab {
    child: Child,
    /// The page's host and port.
    page: String,
    /// The host and port of each node.
    nodes: Vec<String>,
    form_token: String,
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a request to a port of this computer and reads the answer: its status and its body; none when nobody
/// listens.
fn ask(address: &str, head: &str, body: &str) -> Option<(u16, String)> {
    let (_, port) = address.rsplit_once(':').unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port.parse().unwrap())).ok()?;
    let length = body.len();
    let request = format!("{head}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

impl Lab {
    fn start(folder: &Path, nodes: &str) -> Self {
        let arguments = [
            "lab",
            "--nodes",
            nodes,
            "--port",
            "0",
            "--page-port",
            "0",
            "--json",
            "--data",
            "lab",
        ];
        let mut child = whimbrel(folder, &arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let mut told = serde_json::Deserializer::from_reader(stdout).into_iter::<Value>();
        let told = told.next().unwrap().unwrap();
        let host = |url: &Value| url.as_str().unwrap().replace("http://", "");
        let mut lab = Self {
            child,
            page: host(&told["page"]),
            nodes: told["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|node| host(&node["open"]))
                .collect(),
            form_token: String::new(),
        };
        let page = lab.get("/").1;
        let (_, rest) = page.split_once("name=\"csrf_token\" value=\"").unwrap();
        rest.split('"')
            .next()
            .unwrap()
            .clone_into(&mut lab.form_token);
        lab
    }

    fn get(&self, path: &str) -> (u16, String) {
        let head = format!("GET {path} HTTP/1.1\r\nHost: {}", self.page);
        ask(&self.page, &head, "").unwrap()
    }

    /// Presses a button; the status of the answer.
    fn press(&self, act: &str, node: &str) -> u16 {
        let head = format!(
            "POST / HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\n\
             Content-Type: application/x-www-form-urlencoded",
            self.page
        );
        let body = format!(
            "csrf_token={}&act={act}&node={node}&text=Curlew",
            self.form_token
        );
        ask(&self.page, &head, &body).unwrap().0
    }

    /// The numbers of the page: of node `beta`, and of the way there from `alpha`.
    fn look(&self) -> (Value, Value) {
        let state: Value = serde_json::from_str(&self.get("/state.json").1).unwrap();
        let mut nodes = state["nodes"].as_array().unwrap().iter();
        let mut ways = state["ways"].as_array().unwrap().iter();
        let node = nodes.find(|node| node["name"] == "beta").unwrap();
        let way = ways.find(|way| way["to"] == "beta").unwrap();
        (node.clone(), way.clone())
    }

    /// Waits until the page says so.
    fn wait(&self, what: &str, is_so: impl Fn(&Value, &Value) -> bool) {
        let begun = Instant::now();
        loop {
            let (node, way) = self.look();
            if is_so(&node, &way) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{what}: {node} {way}");
        }
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let done = Command::new("kill").args([name, &id]).status().unwrap();
        assert!(done.success());
    }

    /// Waits until no node listens any more.
    fn wait_for_silence(&self) {
        let begun = Instant::now();
        for node in &self.nodes {
            while ask(node, "GET /health HTTP/1.1\r\nHost: localhost", "").is_some() {
                assert!(begun.elapsed() < PATIENCE, "{node} is still there");
            }
        }
    }
}

#[test]
fn a_node_that_is_killed_gets_everything_when_it_returns() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::start(folder.path(), "2");
    assert!(
        lab.nodes[1].starts_with("beta.localhost:"),
        "{:?}",
        lab.nodes
    );
    assert_eq!(lab.press("post", "alpha"), 303);
    lab.wait("a post travels", |node, way| {
        node["state"] == "running" && node["timeline"] == 1 && way["arrived"] == 1
    });
    assert_eq!(lab.press("kill", "beta"), 303);
    assert_eq!(lab.look().0["state"], "dead");
    assert!(ask(&lab.nodes[1], "GET /health HTTP/1.1\r\nHost: localhost", "").is_none());
    assert_eq!(lab.press("ten", "alpha"), 303);
    lab.wait("posts wait for a dead node", |node, way| {
        way["posts"] == 10 && way["down_since"].is_i64() && node["timeline"] == 1
    });
    let page = lab.get("/").1;
    assert!(
        page.contains("10 posts") && page.contains("beta is dead"),
        "{page}"
    );
    assert_eq!(lab.press("revive", "beta"), 303);
    lab.wait("what waited arrives, each post once", |node, way| {
        node["timeline"] == 11 && way["arrived"] == 11 && way["posts"] == 0
    });
    lab.signal("-INT");
    assert_eq!(lab.child.wait().unwrap().code(), Some(0));
    lab.wait_for_silence();
    assert!(folder.path().join("lab/beta/whimbrel.db").exists());
}

#[test]
fn a_lab_that_is_killed_leaves_no_node_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::start(folder.path(), "1");
    let health = "GET /health HTTP/1.1\r\nHost: localhost";
    assert_eq!(ask(&lab.nodes[0], health, "").unwrap().1, "OK");
    lab.child.kill().unwrap();
    lab.child.wait().unwrap();
    lab.wait_for_silence();
}
