//! The release binary as a process of its own, with a data folder that goes with it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A node that runs as a process.
pub struct Process {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its domain.
    pub domain: String,
    /// Its data folder.
    pub folder: tempfile::TempDir,
    /// How long it took from its start to its first answer.
    pub start: Duration,
    child: Option<Child>,
}

fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_whimbrel"))
}

impl Process {
    /// Makes a data folder with one account, `ann`, but starts nothing yet.
    pub fn prepare() -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let process = Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            domain: format!("bench.localhost:{port}"),
            folder: tempfile::tempdir().unwrap(),
            start: Duration::ZERO,
            child: None,
        };
        let made = [
            "account",
            "create",
            "ann",
            "--email",
            "ann@mail.example",
            "--password",
            "a password of ann",
            "--confirmed",
            "--approved",
        ];
        process.run(&made);
        process
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .args(arguments)
            .env("WHIMBREL_SERVER__DATA", self.folder.path())
            .env("WHIMBREL_SERVER__DOMAIN", &self.domain)
            .env("WHIMBREL_SERVER__LISTEN", self.address.to_string())
            .env("WHIMBREL_FEDERATION__ALLOW_HTTP", "true")
            .env("WHIMBREL_FEDERATION__ALLOW_PRIVATE_ADDRESSES", "true")
            .env("WHIMBREL_LIMITS__ENABLED", "false")
            .env("WHIMBREL_LOG__LEVEL", "warn");
        command
    }

    /// Runs a command on the node's data folder; gives back what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let Output {
            status,
            stdout,
            stderr,
        } = self.command(arguments).output().expect("the program runs");
        assert!(
            status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&stderr)
        );
        String::from_utf8(stdout).unwrap().trim().to_owned()
    }

    /// A token of `ann` for everything.
    pub fn token(&self) -> String {
        self.run(&[
            "token",
            "create",
            "ann",
            "--scopes",
            "read write follow push",
        ])
    }

    /// Starts it and waits for its first answer.
    pub fn serve(&mut self) {
        let began = Instant::now();
        let mut command = self.command(&["serve"]);
        self.child = Some(
            command
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .spawn()
                .expect("the program starts"),
        );
        while !answers(self.address) {
            assert!(
                began.elapsed() < Duration::from_secs(20),
                "the node does not answer"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
        self.start = began.elapsed();
    }

    /// Its resident memory in MB.
    pub fn memory(&self) -> f64 {
        let id = self.child.as_ref().expect("it runs").id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<f64>()
            .unwrap()
            / 1024.0
    }
}

/// Whether a first request gets its answer.
fn answers(address: SocketAddr) -> bool {
    use std::io::{Read, Write};
    let Ok(mut stream) = std::net::TcpStream::connect(address) else {
        return false;
    };
    let asked =
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    asked.is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
