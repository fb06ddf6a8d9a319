//! A temporary PostgreSQL server for one test run, where its programs are installed.
//!
//! `PostgreSQL` refuses to run as root, so root starts it as another user. A shell watches over it: when the
//! test run ends, however it ends, the shell's input closes, and it stops the server and removes its files.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;

/// A running server.
pub struct Server {
    port: u16,
    /// Held open for as long as the test run lasts; see the module's doc.
    _lifeline: Option<ChildStdin>,
    _shell: Option<Child>,
}

impl Server {
    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://whimbrel@127.0.0.1:{}/{database}?sslmode=disable",
            self.port
        )
    }
}

/// The server of this test run; none if `PostgreSQL` is not installed here.
///
/// With `WHIMBREL_TEST_POSTGRES=required` its absence fails the tests instead of skipping them.
pub fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let server = SERVER.get_or_init(|| find_programs().map(|programs| start(&programs)));
    let is_required = option_env!("WHIMBREL_TEST_POSTGRES") == Some("required")
        || std::env::var_os("WHIMBREL_TEST_POSTGRES").is_some_and(|value| value == "required");
    assert!(
        server.is_some() || !is_required,
        "PostgreSQL's programs (initdb, postgres) are not installed"
    );
    server.as_ref()
}

fn find_programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    let holds_all = |folder: &PathBuf| {
        ["initdb", "postgres", "pg_ctl"]
            .iter()
            .all(|name| folder.join(name).exists())
    };
    folders.into_iter().find(holds_all)
}

fn start(programs: &Path) -> Server {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let folder = std::env::temp_dir().join(format!("whimbrel-postgres-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the server");
    let script = format!(
        r#"set -e
as() {{ if [ "$(id -u)" = 0 ]; then setpriv --reuid={user} --regid={user} --clear-groups env HOME="{dir}" "$@"; else "$@"; fi; }}
if [ "$(id -u)" = 0 ]; then chown {user}:{user} "{dir}"; fi
cd "{dir}"
as "{bin}/initdb" -D "{dir}/data" -U whimbrel -A trust -E UTF8 --locale=C >"{dir}/log" 2>&1 || {{ cat "{dir}/log" >&2; exit 1; }}
trap 'as "{bin}/pg_ctl" -D "{dir}/data" -m immediate stop >/dev/null 2>&1; rm -rf "{dir}"' EXIT
as "{bin}/pg_ctl" -D "{dir}/data" -w -l "{dir}/server.log" -o "-p {port} -h 127.0.0.1 -k {dir} -c fsync=off -c max_connections=400 -c shared_buffers=64MB" start >/dev/null 2>&1 || {{ cat "{dir}/log" >&2; exit 1; }}
echo ready
read -r _ || true
"#,
        user = "nobody",
        dir = folder.display(),
        bin = programs.display(),
    );
    let script = script
        .replace("--regid=nobody", "--regid=nogroup")
        .replace("nobody:nobody", "nobody:nogroup");
    let mut shell = Command::new("bash")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("bash starts");
    let mut line = String::new();
    BufReader::new(shell.stdout.take().unwrap())
        .read_line(&mut line)
        .expect("the shell answers");
    assert_eq!(line.trim(), "ready", "PostgreSQL did not start");
    Server {
        port,
        _lifeline: shell.stdin.take(),
        _shell: Some(shell),
    }
}
