//! A PostgreSQL server of our own, which can be killed and started again.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A running server; its files go with it.
pub struct Cluster {
    programs: PathBuf,
    place: tempfile::TempDir,
    port: u16,
}

impl Cluster {
    /// Starts one; none if PostgreSQL's programs are not installed.
    pub fn start() -> Option<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let cluster = Self {
            programs: find_programs()?,
            place: tempfile::tempdir().unwrap(),
            port: port.local_addr().unwrap().port(),
        };
        drop(port);
        if is_root() {
            // PostgreSQL refuses to run as root.
            let place = cluster.place.path().display().to_string();
            run(Command::new("chown").args(["nobody", &place]));
        }
        let data = cluster.data();
        let words = format!("-D {data} -U whimbrel -A trust -E UTF8 --locale=C");
        run(cluster.command("initdb").args(words.split(' ')));
        cluster.revive();
        Some(cluster)
    }

    /// The address of its database.
    pub fn url(&self) -> String {
        let port = self.port;
        format!("postgres://whimbrel@127.0.0.1:{port}/postgres?sslmode=disable")
    }

    /// Ends it at once, without a checkpoint, as a crash does.
    pub fn kill(&self) {
        let data = self.data();
        run(self
            .command("pg_ctl")
            .args(["-D", &data, "-w", "-m", "immediate", "stop"]));
    }

    /// Starts it again and waits until it answers.
    pub fn revive(&self) {
        let place = self.place.path().display();
        let options = format!(
            "-p {} -h 127.0.0.1 -k {place} -c max_connections=100 -c shared_buffers=64MB",
            self.port
        );
        let (data, log) = (self.data(), format!("{place}/server.log"));
        run(self
            .command("pg_ctl")
            .args(["-D", &data, "-w", "-l", &log, "-o", &options, "start"]));
    }

    fn data(&self) -> String {
        self.place.path().join("data").display().to_string()
    }

    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"])
                .arg(program);
            command
        } else {
            Command::new(program)
        };
        command
            .current_dir(self.place.path())
            .env("HOME", self.place.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.data();
        let _ = self
            .command("pg_ctl")
            .args(["-D", &data, "-m", "immediate", "stop"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

fn run(command: &mut Command) {
    // The server inherits what it is started with, so nothing may be a pipe that somebody reads to its end.
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{command:?}");
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

fn find_programs() -> Option<PathBuf> {
    let packaged = std::fs::read_dir("/usr/lib/postgresql").into_iter();
    let packaged = packaged
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = packaged.collect();
    folders.extend(std::env::split_paths(&path));
    folders.into_iter().find(|folder| has_programs(folder))
}

fn has_programs(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"]
        .iter()
        .all(|program| folder.join(program).is_file())
}
