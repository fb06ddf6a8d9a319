//! The program itself as a process, with a data folder that outlives it.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A node that runs, or ran, as a process.
pub struct Process {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its domain, with the port.
    pub domain: String,
    /// Its data folder.
    pub folder: tempfile::TempDir,
    /// How long its last start took, to its first answer.
    pub start: Duration,
    settings: Vec<(String, String)>,
    log: Option<PathBuf>,
    is_limited: bool,
    child: Option<Child>,
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

impl Process {
    /// Makes a data folder with one account, `ann`, but starts nothing yet.
    pub fn prepare() -> Self {
        Self::prepare_with(&[])
    }

    /// The same, with settings of its own: names and values of environment variables.
    pub fn prepare_with(settings: &[(&str, String)]) -> Self {
        let (port, settings) = (free_port(), settings.iter());
        let process = Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            domain: format!("here.localhost:{port}"),
            folder: tempfile::tempdir().expect("a folder"),
            start: Duration::ZERO,
            settings: settings
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
            log: None,
            is_limited: false,
            child: None,
        };
        let words = "account create ann --email ann@mail.example --password the-password-of-ann --confirmed --approved";
        process.run(&words.split(' ').collect::<Vec<_>>());
        process
    }

    /// A further process of the same node, for nodes whose database several may use; it does not run yet.
    pub fn beside(&self) -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, free_port())),
            domain: self.domain.clone(),
            folder: tempfile::tempdir().expect("a folder"),
            start: Duration::ZERO,
            settings: self.settings.clone(),
            log: self.log.clone(),
            is_limited: self.is_limited,
            child: None,
        }
    }

    /// From its next start on what it has to say goes to the end of this file.
    pub fn log_to(&mut self, file: &Path) {
        self.log = Some(file.to_owned());
    }

    /// From its next start on a write beyond the system's limit on the size of files fails, instead of ending it.
    pub fn outlive_limits(&mut self) {
        self.is_limited = true;
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_whimbrel");
        let mut command = if self.is_limited {
            let mut shell = Command::new("bash");
            shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", program]);
            shell
        } else {
            Command::new(program)
        };
        command
            .args(arguments)
            .env("WHIMBREL_SERVER__DATA", self.folder.path())
            .env("WHIMBREL_SERVER__DOMAIN", &self.domain)
            .env("WHIMBREL_SERVER__LISTEN", self.address.to_string())
            .env("WHIMBREL_FEDERATION__ALLOW_HTTP", "true")
            .env("WHIMBREL_FEDERATION__ALLOW_PRIVATE_ADDRESSES", "true")
            .env("WHIMBREL_LIMITS__ENABLED", "false")
            .env("WHIMBREL_MEDIA__LINK_PREVIEWS", "false")
            .env("WHIMBREL_LOG__LEVEL", "warn")
            .envs(self.settings.iter().cloned());
        command
    }

    /// Runs a command on the node's data folder; gives back what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("the program runs");
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout)
            .expect("text")
            .trim()
            .to_owned()
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
        if let Some(log) = &self.log {
            let file = File::options().create(true).append(true).open(log);
            command.stderr(file.expect("the log is writable"));
        }
        self.child = Some(
            command
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .spawn()
                .expect("the program starts"),
        );
        while !answers(self.address) {
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "the node does not answer"
            );
            std::thread::yield_now();
        }
        self.start = began.elapsed();
    }

    /// Ends it at once, as a power cut does: it gets no chance to tidy up.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// The operating system's number for it while it runs.
    pub fn id(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// Asks it to end, as `kill` does, and waits until it has.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let asked = Command::new("kill").arg(child.id().to_string()).status();
        assert!(asked.expect("kill is installed").success());
        assert!(child.wait().expect("it ends").success(), "it ends well");
    }

    /// Whether it has been started and has not ended by itself.
    pub fn is_running(&mut self) -> bool {
        let child = self.child.as_mut();
        child.is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }
}

/// Whether a first request gets its answer.
fn answers(address: SocketAddr) -> bool {
    use std::io::{Read, Write};
    let Ok(mut stream) = std::net::TcpStream::connect(address) else {
        return false;
    };
    let asked =
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    asked.is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
