//! The built program from outside: what it prints, how it ends, that a node starts and stops.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

/// The program in an empty folder, without the settings of whoever runs the tests.
pub fn whimbrel(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whimbrel"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WHIMBREL_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder).args(arguments);
    command.stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = whimbrel(folder, arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn the_example_is_the_documented_file() {
    let (code, stdout, _) = run(folder().path(), &["config", "example"]);
    assert_eq!(code, 0);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/example.toml");
    assert_eq!(stdout, std::fs::read_to_string(path).unwrap());
}

#[test]
fn an_unknown_key_is_refused_with_a_suggestion() {
    let folder = folder();
    std::fs::write(
        folder.path().join("whimbrel.toml"),
        "[server]\ndomian = \"x.example\"\n",
    )
    .unwrap();
    for command in [&["config", "check"][..], &["serve"], &["migrate"]] {
        let (code, _, stderr) = run(folder.path(), command);
        assert_eq!(code, 2, "{command:?}: {stderr}");
        assert!(stderr.contains("server.domian"), "{stderr}");
        assert!(stderr.contains("\"server.domain\""), "{stderr}");
    }
    assert!(!folder.path().join("data").exists());
}

#[test]
fn wrong_usage_ends_with_2_and_help_with_0() {
    let folder = folder();
    for (arguments, expected) in [
        (&["--help"][..], 0),
        (&["--version"], 0),
        (&["serve", "--help"], 0),
        (&[], 2),
        (&["sreve"], 2),
        (&["serve", "--listen"], 2),
        (&["serve", "--listen", "nowhere"], 2),
        (&["migrate", "--database-url", "mysql://x"], 2),
    ] {
        let (code, _, stderr) = run(folder.path(), arguments);
        assert_eq!(code, expected, "{arguments:?}: {stderr}");
    }
}

#[test]
fn flags_count_more_than_the_file_and_passwords_stay_hidden() {
    let folder = folder();
    std::fs::write(
        folder.path().join("own.toml"),
        "[server]\ndomain = \"file.example\"\n[database]\nurl = \"postgres://w:hunter2@db/w\"\n",
    )
    .unwrap();
    let (code, stdout, _) = run(
        folder.path(),
        &[
            "config",
            "show",
            "--config",
            "own.toml",
            "--domain",
            "flag.example",
            "--json",
        ],
    );
    assert_eq!(code, 0);
    assert!(!stdout.contains("hunter2"), "{stdout}");
    let shown: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(shown["server"]["domain"], "flag.example");
    assert_eq!(shown["database"]["url"], "postgres://w:***@db/w");
}

#[test]
fn migrating_twice_changes_nothing() {
    let folder = folder();
    let (code, first, stderr) = run(folder.path(), &["migrate", "--json"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(first.contains("0001"), "{first}");
    assert!(folder.path().join("data/whimbrel.db").exists());
    let (code, second, _) = run(folder.path(), &["migrate"]);
    assert_eq!(
        (code, second.as_str()),
        (0, "The database is up to date.\n")
    );
}

#[test]
fn the_inbox_and_the_jobs_of_a_node_can_be_looked_through() {
    let folder = folder();
    let (code, shown, stderr) = run(folder.path(), &["inbox", "list", "--json"]);
    assert_eq!((code, shown.as_str()), (0, "[]\n"), "{stderr}");
    let (code, shown, _) = run(folder.path(), &["jobs", "list", "--dead", "--json"]);
    assert_eq!((code, shown.as_str()), (0, "[]\n"));
    let (code, shown, _) = run(folder.path(), &["inbox", "retry", "--failed", "--json"]);
    assert_eq!(code, 0);
    assert!(shown.contains("\"renewed\": 0"), "{shown}");
    for missing in [
        &["inbox", "show", "7"][..],
        &["inbox", "retry", "7"],
        &["jobs", "retry", "7"],
    ] {
        let (code, _, stderr) = run(folder.path(), missing);
        assert_eq!(code, 1, "{missing:?}");
        assert!(!stderr.is_empty(), "{missing:?}");
    }
}

/// A node that was started; dropping it ends it hard.
struct Served {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
    address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    /// Starts a node on a free port and waits until it tells its address.
    fn start(folder: &Path) -> Self {
        let arguments = ["serve", "--listen", "127.0.0.1:0"];
        Self::wait_for(whimbrel(folder, &arguments))
    }

    fn wait_for(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let (_, rest) = line.split_once("listening on ").unwrap();
        let address = rest.split(". ").next().unwrap().to_owned();
        Self {
            child,
            stdout: Some(stdout),
            address,
        }
    }

    /// Waits for the end and gives back what was printed until then and not read yet.
    fn end(&mut self) -> (Option<i32>, String) {
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        let mut stdout = self.stdout.take().unwrap();
        stdout.read_to_string(&mut rest).unwrap();
        (status.code(), rest)
    }

    /// Sends a request and reads the answer to its end.
    fn ask(&self, head: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let request = format!("{head}\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let done = Command::new("kill").args([name, &id]).status().unwrap();
        assert!(done.success());
    }
}

#[test]
fn a_node_answers_and_ends_well_when_it_is_told_to() {
    for signal in ["-TERM", "-INT"] {
        let folder = folder();
        let mut served = Served::start(folder.path());
        let answer = served.ask("GET /health HTTP/1.1");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with("\r\n\r\nOK"), "{answer}");
        // A connection that waits for its next request does not hold the node up.
        let mut idle = TcpStream::connect(&served.address).unwrap();
        idle.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .unwrap();
        let mut first = [0; 12];
        idle.read_exact(&mut first).unwrap();
        served.signal(signal);
        let (code, rest) = served.end();
        assert_eq!(code, Some(0), "{signal}");
        assert!(rest.contains("Stopping"), "{rest}");
    }
}

#[test]
fn a_request_under_way_is_finished_before_the_end() {
    let folder = folder();
    let mut served = Served::start(folder.path());
    let mut stream = TcpStream::connect(&served.address).unwrap();
    let head = "POST /auth/sign_in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16\r\n\r\nident";
    stream.write_all(head.as_bytes()).unwrap();
    // An answer on another connection shows that the server has had time to see the first.
    served.ask("GET /health HTTP/1.1");
    served.signal("-TERM");
    let mut line = String::new();
    while !line.contains("Stopping") {
        line.clear();
        let stdout = served.stdout.as_mut().unwrap();
        assert!(stdout.read_line(&mut line).unwrap() > 0);
    }
    stream.write_all(b"ifier=alice").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    assert_eq!(served.end().0, Some(0));
}

#[test]
fn every_answer_has_its_headers() {
    let folder = folder();
    let served = Served::start(folder.path());
    let table = [
        ("GET /api/v1/nothing", "404", "{\"error\":\"Not Found\"}"),
        ("GET /api/v1/nothing/", "404", "{\"error\":\"Not Found\"}"),
        ("HEAD /health/", "200", "content-length: 2"),
        ("GET /nothing", "404", "This page does not exist"),
        (
            "GET /nothing",
            "404",
            "content-security-policy: default-src 'none'",
        ),
        ("GET /api/v1/nothing", "404", "x-ratelimit-remaining: "),
        (
            "GET /api/v1/nothing",
            "404",
            "access-control-allow-origin: *",
        ),
        ("GET /api/v1/nothing", "404", "x-request-id: "),
    ];
    for (request, status, part) in table {
        let answer = served.ask(&format!("{request} HTTP/1.1"));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answer}"
        );
        assert!(answer.contains(part), "{request}: {part}\n{answer}");
    }
    let preflight = served.ask(
        "OPTIONS /api/v1/statuses HTTP/1.1\r\nOrigin: https://client.example\r\n\
         Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization, x-own",
    );
    assert!(preflight.starts_with("HTTP/1.1 200"), "{preflight}");
    let allowed = "access-control-allow-headers: authorization, x-own";
    assert!(preflight.contains(allowed), "{preflight}");
    let closed = served.ask("GET /nothing HTTP/1.1\r\nOrigin: https://client.example");
    assert!(!closed.contains("access-control"), "{closed}");
    let numbered = served.ask("GET /health HTTP/1.1\r\nX-Request-Id: mine-7");
    assert!(numbered.contains("x-request-id: mine-7"), "{numbered}");
    // The server would wait a while for a body that never comes, so only the beginning is read.
    let mut huge = TcpStream::connect(&served.address).unwrap();
    huge.write_all(b"POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
        .unwrap();
    let mut status = [0; 12];
    huge.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 413");
}

#[test]
fn a_port_in_use_is_said_so() {
    let (first, second) = (folder(), folder());
    let served = Served::start(first.path());
    let (code, _, stderr) = run(second.path(), &["serve", "--listen", &served.address]);
    assert_eq!(code, 1);
    assert!(stderr.contains("another program uses it"), "{stderr}");
    assert!(stderr.contains("--listen"), "{stderr}");
}

#[test]
fn a_command_works_while_the_node_runs() {
    let folder = folder();
    let _served = Served::start(folder.path());
    let (code, stdout, stderr) = run(folder.path(), &["migrate"]);
    assert_eq!(
        (code, stdout.as_str()),
        (0, "The database is up to date.\n"),
        "{stderr}"
    );
}

#[test]
fn a_second_node_on_the_same_folder_is_refused() {
    let folder = folder();
    let _served = Served::start(folder.path());
    let (code, _, stderr) = run(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 1);
    assert!(stderr.contains("serves the data folder"), "{stderr}");
}

#[test]
fn an_empty_node_prints_the_link_for_its_owner() {
    let folder = folder();
    let mut served = Served::start(folder.path());
    served.signal("-TERM");
    let (_, rest) = served.end();
    assert!(rest.contains("/setup?token="), "{rest}");
    create(
        folder.path(),
        &["alice", "--role", "owner", "--generate-password"],
    );
    let mut served = Served::start(folder.path());
    served.signal("-TERM");
    let (_, rest) = served.end();
    assert!(!rest.contains("/setup"), "{rest}");
}

/// Makes an account with these arguments and gives back what was said of it.
fn create(folder: &Path, arguments: &[&str]) -> serde_json::Value {
    let email = format!("{}@example.org", arguments[0]);
    let start = ["account", "create", "--email", &email, "--json"];
    let (code, stdout, stderr) = run(folder, &[&start[..], arguments].concat());
    assert_eq!(code, 0, "{stderr}");
    serde_json::from_str(&stdout).unwrap()
}

#[test]
fn accounts_are_made_changed_and_deleted() {
    let folder = folder();
    let _served = Served::start(folder.path());
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    let alice = create(folder.path(), &["alice", "--generate-password"]);
    assert_eq!(alice["password"].as_str().unwrap().len(), 20);
    assert_eq!(alice["state"], "active");
    let bob = create(
        folder.path(),
        &[
            "bob",
            "--password",
            "correct horse",
            "--confirmed",
            "--approved=false",
        ],
    );
    assert_eq!(
        (&bob["state"], bob.get("password")),
        (&"awaits approval".into(), None)
    );
    let table: [(&[&str], i32, &str); 10] = [
        (&["account", "approve", "bob"], 0, "active"),
        (&["account", "disable", "bob"], 0, "disabled"),
        (&["account", "enable", "bob@example.org"], 0, "active"),
        (&["account", "role", "bob", "moderator"], 0, "moderator"),
        (
            &["account", "password", "bob", "--generate-password"],
            0,
            "password",
        ),
        (&["account", "delete", "bob"], 2, "--yes"),
        (&["account", "delete", "bob", "--yes"], 0, "deleted"),
        (&["account", "show", "carol"], 1, "account list"),
        (&["account", "list"], 0, "alice"),
        (
            &[
                "account",
                "create",
                "alice",
                "--email",
                "x@y.z",
                "--generate-password",
            ],
            1,
            "taken",
        ),
    ];
    for (arguments, expected, part) in table {
        let (code, stdout, stderr) = run(arguments);
        assert_eq!(code, expected, "{arguments:?}: {stderr}");
        assert!(
            (stdout.clone() + &stderr).contains(part),
            "{arguments:?}: {stdout}{stderr}"
        );
    }
}

#[test]
fn peers_and_deliveries_are_asked_beside_a_running_node() {
    let folder = folder();
    let _served = Served::start(folder.path());
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    let (code, stdout, stderr) = run(&["peers", "--json"]);
    assert_eq!((code, stdout.as_str()), (0, "[]\n"), "{stderr}");
    let (code, stdout, _) = run(&["peers", "list", "--state", "down"]);
    assert_eq!((code, stdout.as_str()), (0, "domain  state  backlog\n"));
    for (arguments, expected, told) in [
        (
            &["peers", "show", "a.example"][..],
            1,
            "Nothing was ever exchanged",
        ),
        (
            &["peers", "forget", "a.example"],
            1,
            "Nothing was ever exchanged",
        ),
        (&["delivery", "show", "7"], 1, "There is no post 7"),
        (
            &["delivery", "show", "https://b.example/@x/7"],
            2,
            "neither the number nor the address",
        ),
    ] {
        let (code, _, stderr) = run(arguments);
        assert_eq!(code, expected, "{arguments:?}: {stderr}");
        assert!(stderr.contains(told), "{arguments:?}: {stderr}");
    }
}

#[test]
fn a_token_is_printed_alone_and_taken_back_once() {
    let folder = folder();
    create(folder.path(), &["alice", "--generate-password"]);
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    let (code, token, _) = run(&[
        "token",
        "create",
        "alice",
        "--scopes",
        "read write follow push",
    ]);
    assert_eq!((code, token.len()), (0, 44));
    assert!(token.ends_with('\n'));
    assert_eq!(run(&["token", "create", "alice", "--scopes", "rule"]).0, 1);
    assert_eq!(run(&["token", "revoke", token.trim()]).0, 0);
    assert_eq!(run(&["token", "revoke", token.trim()]).0, 1);
}

#[test]
fn too_many_requests_of_one_address_are_refused() {
    let folder = folder();
    let mut command = whimbrel(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    command.env("WHIMBREL_LIMITS__REQUESTS_PER_ADDRESS", "2 per 365 days");
    let served = Served::wait_for(command);
    let ask = |address: &str, token: &str| {
        served.ask(&format!(
            "GET /api/v1/nothing HTTP/1.1\r\nX-Forwarded-For: {address}\r\nAuthorization: Bearer {token}"
        ))
    };
    // Tokens that are made up do not help, nor do addresses that a stranger's proxy claims.
    let table = [
        ("203.0.113.9", "a", "404", "x-ratelimit-remaining: 1"),
        (
            "198.51.100.1, 203.0.113.9",
            "b",
            "404",
            "x-ratelimit-remaining: 0",
        ),
        ("203.0.113.9", "c", "429", "retry-after: "),
        (
            "203.0.113.9",
            "d",
            "429",
            "{\"error\":\"Too many requests\"}",
        ),
        ("203.0.113.10", "a", "404", "x-ratelimit-limit: 2"),
    ];
    for (address, token, status, part) in table {
        let answer = ask(address, token);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answer}"
        );
        assert!(answer.contains(part), "{address} {token}: {part}\n{answer}");
    }
    assert!(
        served
            .ask("GET /health HTTP/1.1")
            .starts_with("HTTP/1.1 200")
    );
}

#[test]
fn the_doctor_finds_the_running_node() {
    let folder = folder();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    let domain = format!("localhost:{}", address.port());
    drop(free);
    let listen = address.to_string();
    let arguments = ["serve", "--listen", &listen, "--domain", &domain];
    let _served = Served::wait_for(whimbrel(folder.path(), &arguments));
    let (_, stdout, stderr) = run(folder.path(), &["doctor", "--domain", &domain]);
    let line = stdout.lines().find(|line| line.starts_with("domain"));
    assert!(
        line.unwrap().contains("webfinger answers"),
        "{stdout}{stderr}"
    );
}

#[test]
fn the_doctor_says_that_the_node_is_not_running() {
    let folder = folder();
    // Nothing listens there: the port is one that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let domain = format!("localhost:{}", free.local_addr().unwrap().port());
    drop(free);
    let (code, stdout, stderr) = run(folder.path(), &["doctor", "--domain", &domain, "--json"]);
    assert_eq!(code, 3, "{stdout}{stderr}");
    let found: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let outcome = |name: &str| {
        let checks = found["checks"].as_array().unwrap().iter();
        let mut named = checks.filter(|check| check["check"] == name);
        named.next().unwrap()["outcome"].clone()
    };
    assert_eq!(outcome("domain"), "fail", "{stdout}");
    for name in ["database", "clock", "files", "settings"] {
        assert_eq!(outcome(name), "ok", "{stdout}");
    }
}

#[cfg(unix)]
#[test]
fn few_open_files_are_made_as_many_as_there_may_be() {
    let folder = folder();
    // The shell grants the program few, and lets it have as many as the tests may have.
    let script = "ulimit -S -n 200 && ulimit -H -n && exec \"$0\" doctor";
    let command = whimbrel(folder.path(), &[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).arg(command.get_program());
    for (name, _) in command.get_envs() {
        shell.env_remove(name);
    }
    let output = shell.current_dir(folder.path()).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let (hard, found) = stdout.split_once('\n').unwrap();
    let granted = hard.parse().map_or(65_536, |hard: u64| hard.min(65_536));
    let line = found.lines().find(|line| line.starts_with("open files"));
    assert!(line.unwrap().contains(&granted.to_string()), "{stdout}");
    assert!(granted > 200, "{stdout}");
}

#[test]
fn fetch_shows_what_was_understood() {
    let (there, here) = (folder(), folder());
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = free.local_addr().unwrap().to_string();
    let domain = format!("there.localhost:{}", free.local_addr().unwrap().port());
    drop(free);
    let ann = ["account", "create", "ann", "--email", "ann@mail.example"];
    let more = ["--password", "the password of ann", "--domain", &domain];
    let (code, _, stderr) = run(there.path(), &[&ann[..], &more].concat());
    assert_eq!(code, 0, "{stderr}");
    let arguments = ["serve", "--listen", &listen, "--domain", &domain];
    let served = Served::wait_for(whimbrel(there.path(), &arguments));
    let (_, token, _) = run(
        there.path(),
        &["token", "create", "ann", "--domain", &domain],
    );
    let posted = served.ask(&format!(
        "POST /api/v1/statuses?status=Hello%20sea&visibility=unlisted HTTP/1.1\r\n\
         Authorization: Bearer {}\r\nContent-Length: 0",
        token.trim()
    ));
    let (_, body) = posted.split_once("\r\n\r\n").unwrap();
    let posted: serde_json::Value = serde_json::from_str(body).expect(body);

    let fetch = |address: &str, form: &[&str]| {
        let arguments = [&["fetch", address, "--domain", "here.localhost"], form].concat();
        let output = whimbrel(here.path(), &arguments)
            .env("WHIMBREL_FEDERATION__ALLOW_HTTP", "true")
            .env("WHIMBREL_FEDERATION__ALLOW_PRIVATE_ADDRESSES", "true")
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (
            output.status.code().unwrap(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let fetch_json = |address: &str| -> serde_json::Value {
        let (code, stdout, stderr) = fetch(address, &["--json"]);
        assert_eq!(code, 0, "{address}: {stderr}");
        serde_json::from_str(&stdout).unwrap()
    };
    let handle = format!("@ann@{domain}");
    let actor = format!("http://{domain}/users/ann");
    for address in [&handle, &actor, &format!("http://{domain}/@ann")] {
        let account = fetch_json(address);
        assert_eq!(account["type"], "account", "{account}");
        assert_eq!(account["handle"], handle);
        assert_eq!(account["kind"], "Person");
        assert_eq!(account["inbox"], format!("{actor}/inbox"));
        let keys = ["ed25519-key", "main-key"].map(|name| format!("{actor}#{name}"));
        assert_eq!(account["keys"], serde_json::json!(keys));
    }
    let uri = posted["uri"].as_str().unwrap();
    let status = fetch_json(uri);
    assert_eq!(status["type"], "status", "{status}");
    assert_eq!(status["author"], handle);
    assert_eq!(status["text"], "Hello sea");
    assert_eq!(status["visibility"], "unlisted");
    let (_, lines, _) = fetch(uri, &[]);
    for line in [format!("post by     {handle}"), "Hello sea".to_owned()] {
        assert!(lines.contains(&line), "{lines}");
    }
    for (address, part) in [
        (format!("@nobody@{domain}"), "is not known there"),
        (format!("{actor}/statuses/1"), "404"),
        ("no/handle".to_owned(), "neither a handle nor a URL"),
    ] {
        let (code, stdout, stderr) = fetch(&address, &[]);
        assert_eq!((code, stdout.as_str()), (1, ""), "{address}");
        assert!(stderr.contains(part), "{address}: {stderr}");
    }
}
