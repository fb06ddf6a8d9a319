//! A temporary PostgreSQL server for one test run, where its programs are installed.
//!
//! A script starts it and watches over it: when the test run ends, however it ends, the script's input closes,
//! and it stops the server and removes its files.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/with-postgres");
/// What the script exits with where the programs are not installed.
const NOT_INSTALLED: i32 = 69;

/// A running server.
pub struct Server {
    /// The URL of its maintenance database.
    maintenance: String,
    /// Held open for as long as the test run lasts; see the module's doc.
    _lifeline: Option<ChildStdin>,
    _script: Child,
}

impl Server {
    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        self.maintenance
            .replace("/postgres?", &format!("/{database}?"))
    }
}

/// The server of this test run; none if PostgreSQL is not installed here.
///
/// With `WHIMBREL_TEST_POSTGRES=required` its absence fails the tests instead of skipping them.
pub fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let server = SERVER.get_or_init(start);
    let is_required =
        std::env::var_os("WHIMBREL_TEST_POSTGRES").is_some_and(|value| value == "required");
    assert!(
        server.is_some() || !is_required,
        "PostgreSQL's programs are not installed"
    );
    server.as_ref()
}

/// A server of one test, which may break it.
pub struct Cluster {
    /// The URL of its maintenance database.
    pub url: String,
    orders: Option<ChildStdin>,
    answers: BufReader<std::process::ChildStdout>,
    script: Child,
}

impl Cluster {
    /// Starts it; none if PostgreSQL is not installed here.
    pub fn start() -> Option<Self> {
        server()?;
        let mut script = Command::new(SCRIPT)
            .arg("--obey")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash starts");
        let orders = script.stdin.take();
        let mut answers = BufReader::new(script.stdout.take().expect("its output"));
        let mut line = String::new();
        answers.read_line(&mut line).expect("the script answers");
        Some(Self {
            url: line.trim().to_owned(),
            orders,
            answers,
            script,
        })
    }

    /// Ends it as a power cut does.
    pub fn cut(&mut self) {
        self.order("break");
    }

    /// Starts it again.
    pub fn mend(&mut self) {
        self.order("mend");
    }

    fn order(&mut self, word: &str) {
        let mut orders = self.orders.as_ref().expect("the script runs");
        writeln!(orders, "{word}").expect("the script listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("it answers");
        assert_eq!(line.trim(), "done", "{word}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Its input ends, and with it the script and the server.
        drop(self.orders.take());
        let _ = self.script.wait();
    }
}

fn start() -> Option<Server> {
    let mut script = Command::new(SCRIPT)
        .args([
            "bash",
            "-c",
            "echo \"$WHIMBREL_TEST_DATABASE\"; read -r _ || true",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("bash starts");
    let mut line = String::new();
    let stdout = script.stdout.take().expect("its output");
    BufReader::new(stdout)
        .read_line(&mut line)
        .expect("the script answers");
    if line.is_empty() {
        let status = script.wait().expect("the script ends");
        assert_eq!(
            status.code(),
            Some(NOT_INSTALLED),
            "PostgreSQL did not start"
        );
        return None;
    }
    Some(Server {
        maintenance: line.trim().to_owned(),
        _lifeline: script.stdin.take(),
        _script: script,
    })
}
