//! A full disk: clients hear in clear words that nothing can be stored now, peers are asked to come again, nothing
//! that was acknowledged is lost, and everything goes on when there is room again.
//!
//! Root gives the node a small file system of its own. Without such rights the system's limit on the size of a file
//! stands in for the disk, which the node notices in the same places.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use whimbrel::clock::Clock;

use super::Options;
use super::consistency::check_file;
use crate::shared::figures::Figure;
use crate::shared::load::{self, Connection};
use crate::shared::people::{Ann, create};
use crate::shared::processes::Process;
use crate::shared::rows::Rows;
use crate::shared::sinks::Sinks;

/// Requests that the node may take before the disk is full at the latest.
const MOST: usize = 20_000;
/// Requests that are made while it is full.
const WHILE_FULL: usize = 40;

/// Where the space is that comes to an end.
enum Space {
    /// A small file system, mounted on a folder.
    Mount(PathBuf),
    /// A limit on the size of the process's files.
    Limit,
}

/// Fills the disk by posting and sending, goes on for a while, and makes room.
pub async fn disk(_: Options) -> Vec<Figure> {
    let mut process = Process::prepare_with(&[("WHIMBREL_LOG__LEVEL", "error".to_owned())]);
    let space = Space::make_small(&mut process);
    let log = tempfile::NamedTempFile::new().unwrap();
    process.log_to(log.path());
    let ann = Ann::of(&process);
    process.serve();
    space.limit(&process);
    let sinks = Sinks::start(1, 0..0);
    ann.follow(&sinks, 0, "a0").await;
    let mut run = Run::new(ann, &sinks).await;
    let mut number = 0;
    let mut since_full = 0;
    while since_full < WHILE_FULL && number < MOST {
        run.post(number).await;
        run.send(number).await;
        number += 1;
        since_full += usize::from(!run.troubles.is_empty());
    }
    let while_full = run.tell();
    let read = run.home_answers().await;
    space.free(&process);
    let mut after = 0;
    for number in MOST..MOST + 20 {
        after += usize::from(run.post(number).await) + usize::from(run.send(number).await);
    }
    let late = run.wait_for_home().await;
    process.kill();
    tokio::task::block_in_place(|| process.serve());
    let mut figures = vec![
        Figure::count(space.name(), number),
        Figure::all(
            "home timeline still readable while full",
            usize::from(read),
            1,
        ),
    ];
    figures.extend(while_full);
    figures.push(Figure::all("taken again when there is room", after, 40));
    // What failed for lack of room may be tried again only a while later.
    let name = "acknowledged and not in the home timeline after 10 s";
    figures.push(Figure::count(name, late).at_most(0.0));
    let missing = run.wait_for_home().await;
    figures.push(Figure::none("  nor after a restart", missing));
    let mut rows = Rows::sqlite(process.folder.path());
    let faults = check_file(&mut rows).await;
    figures.push(Figure::none("faults in the file", faults.len()));
    figures.extend(faults);
    process.kill();
    figures
}

/// What was asked and answered.
struct Run<'a> {
    ann: Ann,
    sinks: &'a Sinks,
    connection: Connection,
    posts: Vec<String>,
    notes: Vec<String>,
    /// Answers other than success: status, whether to a client, words.
    troubles: Vec<(u16, bool, String)>,
}

impl<'a> Run<'a> {
    async fn new(ann: Ann, sinks: &'a Sinks) -> Self {
        let connection = Connection::new(ann.address).await;
        Self {
            ann,
            sinks,
            connection,
            posts: Vec::new(),
            notes: Vec::new(),
            troubles: Vec::new(),
        }
    }

    async fn post(&mut self, number: usize) -> bool {
        let text = format!("post {number} {}", "and some more words ".repeat(20));
        let request = self
            .ann
            .post("/api/v1/statuses", &json!({ "status": text }));
        let (status, body) = self.ask(&request).await;
        if status == 200 {
            let status: Value = serde_json::from_slice(&body).unwrap();
            self.posts.push(status["uri"].as_str().unwrap().to_owned());
            return true;
        }
        let words = String::from_utf8_lossy(&body).into_owned();
        self.troubles.push((status, true, words));
        false
    }

    async fn send(&mut self, number: usize) -> bool {
        let actor = self.sinks.actor(0, "a0");
        let note = format!("{actor}/notes/{number}");
        let activity = create(&actor, &note, &json!({}));
        let now = Clock::real().now();
        let post = self.sinks.sign(&actor, &self.ann.inbox(), &activity, now);
        let (status, body) = self.ask(&load::signed(&post)).await;
        if status == 202 {
            self.notes.push(note);
            return true;
        }
        let words = String::from_utf8_lossy(&body).into_owned();
        self.troubles.push((status, false, words));
        false
    }

    /// One request; the connection is made anew if the node closed it.
    async fn ask(&mut self, request: &[u8]) -> (u16, Vec<u8>) {
        if let Ok(answer) = self.connection.try_send(request).await {
            return answer;
        }
        self.connection = Connection::new(self.ann.address).await;
        let answer = self.connection.try_send(request).await;
        answer.unwrap_or_else(|error| (0, error.to_string().into_bytes()))
    }

    async fn home_answers(&mut self) -> bool {
        let request = self.ann.get("/api/v1/timelines/home?limit=20");
        self.ask(&request).await.0 == 200
    }

    /// Waits until everything that was acknowledged is in the home timeline, or ten seconds have gone by; gives
    /// back how much is not there then.
    async fn wait_for_home(&mut self) -> usize {
        let mut missing = 0;
        for _ in 0..100 {
            self.connection = Connection::new(self.ann.address).await;
            let home = self.ann.home(&mut self.connection).await;
            let home: std::collections::HashSet<String> = home.into_iter().collect();
            let all = self.posts.iter().chain(&self.notes);
            missing = all.filter(|uri| !home.contains(*uri)).count();
            if missing == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        missing
    }

    /// What clients and peers heard when nothing could be stored.
    fn tell(&self) -> Vec<Figure> {
        let of = |is_client: bool, fits: &dyn Fn(u16, &str) -> bool| {
            let troubles = self.troubles.iter();
            troubles
                .filter(|(status, to, words)| *to == is_client && !fits(*status, words))
                .count()
        };
        let is_sentence = |status: u16, words: &str| {
            let document: Value = serde_json::from_str(words).unwrap_or_default();
            let sentence = document["error"].as_str().unwrap_or_default();
            (500..600).contains(&status) && sentence.split(' ').count() >= 3
        };
        let is_later = |status: u16, _: &str| status == 503;
        let mut said: Vec<&(u16, bool, String)> = self.troubles.iter().collect();
        said.sort_unstable();
        said.dedup();
        for (status, is_client, words) in said.iter().take(6) {
            let to = if *is_client { "client" } else { "peer" };
            println!("to a {to}: {status} {words}");
        }
        vec![
            Figure::count("requests that were not carried out", self.troubles.len()),
            Figure::none(
                "  clients without 5xx and a sentence",
                of(true, &is_sentence),
            ),
            Figure::none("  peers without 503", of(false, &is_later)),
        ]
    }
}

impl Space {
    /// Makes the space of a node that does not run yet small.
    fn make_small(process: &mut Process) -> Self {
        let folder = process.folder.path().to_owned();
        let aside = tempfile::tempdir().unwrap();
        copy(&folder, aside.path());
        if mount(&folder, "size=6m") {
            copy(aside.path(), &folder);
            return Self::Mount(folder);
        }
        process.outlive_limits();
        Self::Limit
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Mount(_) => "requests of each kind, on a file system of 6 MB",
            Self::Limit => "requests of each kind, files limited to 2 MB",
        }
    }

    /// Takes away what the process could still use.
    fn limit(&self, process: &Process) {
        if matches!(self, Self::Limit) {
            set_limit(process, "2000000");
        }
    }

    /// Makes room.
    fn free(&self, process: &Process) {
        match self {
            Self::Mount(folder) => {
                let more = "remount,size=256m";
                assert!(mount(folder, more), "the file system grows");
            }
            Self::Limit => set_limit(process, "unlimited"),
        }
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        if let Self::Mount(folder) = self {
            let _ = Command::new("umount").arg("-l").arg(folder).status();
        }
    }
}

fn mount(folder: &Path, options: &str) -> bool {
    let done = Command::new("mount")
        .args(["-t", "tmpfs", "-o", options, "none"])
        .arg(folder)
        .output();
    done.is_ok_and(|done| done.status.success())
}

/// Only the soft limit: so the process may have it back without special rights.
fn set_limit(process: &Process, bytes: &str) {
    let done = Command::new("prlimit")
        .arg(format!("--pid={}", process.id()))
        .arg(format!("--fsize={bytes}:unlimited"))
        .status();
    assert!(done.is_ok_and(|done| done.success()), "prlimit works");
}

fn copy(from: &Path, to: &Path) {
    let mut source = from.as_os_str().to_owned();
    source.push("/.");
    let done = Command::new("cp").arg("-a").arg(source).arg(to).status();
    assert!(done.is_ok_and(|done| done.success()), "cp works");
}
