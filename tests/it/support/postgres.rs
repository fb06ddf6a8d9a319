//! A temporary PostgreSQL server for one test run, where its programs are installed.
//!
//! A script starts it and watches over it: when the test run ends, however it ends, the script's input closes,
//! and it stops the server and removes its files.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;

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

fn start() -> Option<Server> {
    let mut script = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/with-postgres"))
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
