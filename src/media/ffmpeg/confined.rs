//! A program that works on what strangers sent: it knows nothing of this process, stays within limits, and ends with its
//! turn, together with whatever it started.
//!
//! Its environment is empty, nothing can be typed into it, it works in a folder of its own, with the lowest claim on the
//! processors. The kernel ends it when it takes more memory, time or disk than it may (on Linux). Which files and
//! protocols it may open is said in its arguments.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::super::error::Error;
use super::limits::Limits;

/// Most bytes of what a program says that are read.
const MAX_WORDS: u64 = 1 << 20;
/// How much of its complaints is repeated, in characters.
const MAX_COMPLAINT: usize = 200;
/// Where its words go.
const WORDS: &str = "words";
/// Where its complaints go.
const COMPLAINTS: &str = "complaints";

/// Runs a program in `folder` and gives what it said.
///
/// # Errors
/// [`Error::TooSlow`]; [`Error::Broken`] when it fails, with the last line of its complaint; [`Error::Interrupted`] when
/// it cannot be started or somebody else ends it.
pub(super) async fn run(
    program: &Path,
    arguments: Vec<OsString>,
    folder: &Path,
    limits: Limits,
) -> Result<Vec<u8>, Error> {
    let mut child = start(program, arguments, folder).map_err(|error| interrupted(&error))?;
    let mut group = Group::of(&child);
    restrain(&child, limits);
    let ended = spawn_blocking(move || child.wait());
    let Ok(ended) = timeout(Duration::from_secs(limits.seconds), ended).await else {
        // The drop of `group` ends it.
        return Err(Error::TooSlow {
            seconds: limits.seconds,
        });
    };
    group.disarm();
    let status = ended
        .map_err(io::Error::other)
        .and_then(|ended| ended)
        .map_err(|error| interrupted(&error))?;
    if !status.success() {
        return Err(judge(status, &complaint(folder)));
    }
    read_some(&folder.join(WORDS)).map_err(|error| interrupted(&error))
}

fn start(program: &Path, arguments: Vec<OsString>, folder: &Path) -> io::Result<Child> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(File::create(folder.join(WORDS))?)
        .stderr(File::create(folder.join(COMPLAINTS))?);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn()
}

fn interrupted(error: &io::Error) -> Error {
    Error::Interrupted(error.to_string())
}

/// The limits that the kernel holds. One that cannot be set leaves the others.
#[cfg(target_os = "linux")]
fn restrain(child: &Child, limits: Limits) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit, setpriority_process};

    /// Files that are open at once.
    const OPEN_FILES: u64 = 64;
    /// Seconds of all its threads together, for each second that it may take.
    const THREADS: u64 = 4;
    let pid = Some(Pid::from_child(child));
    for (resource, most) in [
        (Resource::As, limits.memory),
        (Resource::Cpu, limits.seconds.saturating_mul(THREADS)),
        (Resource::Fsize, limits.output),
        (Resource::Nofile, OPEN_FILES),
        (Resource::Core, 0),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        if let Err(error) = prlimit(pid, resource, limit) {
            tracing::debug!(?resource, %error, "a limit of a program could not be set");
        }
    }
    if let Err(error) = setpriority_process(pid, 10) {
        tracing::debug!(%error, "the priority of a program could not be lowered");
    }
}

#[cfg(not(target_os = "linux"))]
fn restrain(_child: &Child, _limits: Limits) {}

/// The program and what it has started. Ended when dropped, unless it has ended by itself.
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

impl Group {
    #[cfg(unix)]
    fn of(child: &Child) -> Self {
        Self {
            leader: Some(rustix::process::Pid::from_child(child)),
        }
    }

    #[cfg(not(unix))]
    fn of(_child: &Child) -> Self {
        Self {}
    }

    fn disarm(&mut self) {
        #[cfg(unix)]
        {
            self.leader = None;
        }
    }
}

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        let Some(leader) = self.leader else { return };
        let killed = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        if let Err(error) = killed {
            tracing::debug!(%error, "a program had ended already");
        }
    }
}

/// What a bad end means: ended from outside, it may be tried again; otherwise it is the file's fault.
fn judge(status: ExitStatus, complaint: &str) -> Error {
    /// How the program ends when it is asked to (by SIGTERM, at a shutdown of the computer).
    const ASKED: i32 = 255;
    /// SIGHUP, SIGINT, SIGKILL and SIGTERM.
    const FROM_OUTSIDE: [i32; 4] = [1, 2, 9, 15];
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    let is_asked = status.code() == Some(ASKED);
    if is_asked || signal.is_some_and(|signal| FROM_OUTSIDE.contains(&signal)) {
        return Error::Interrupted(status.to_string());
    }
    Error::Broken(if complaint.is_empty() {
        status.to_string()
    } else {
        complaint.to_owned()
    })
}

/// The last line that a program complained with, without control characters and without the place of the folder.
fn complaint(folder: &Path) -> String {
    let words = read_some(&folder.join(COMPLAINTS)).unwrap_or_default();
    let place = format!("file:{}/", folder.display());
    let words = String::from_utf8_lossy(&words).replace(&place, "");
    let last = words
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty());
    let plain = last.unwrap_or_default().chars().filter(|c| !c.is_control());
    plain.take(MAX_COMPLAINT).collect()
}

fn read_some(path: &Path) -> io::Result<Vec<u8>> {
    let mut words = Vec::new();
    File::open(path)?.take(MAX_WORDS).read_to_end(&mut words)?;
    Ok(words)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        seconds: 300,
        memory: 512 << 20,
        output: 4096,
        matrix: 1,
        frame_rate: 1,
        at_once: 1,
    };

    async fn shell(script: &str, limits: Limits) -> Result<String, Error> {
        let folder = tempfile::tempdir().unwrap();
        let arguments = vec!["-c".into(), script.into()];
        let said = run(Path::new("/bin/sh"), arguments, folder.path(), limits).await;
        said.map(|said| String::from_utf8(said).unwrap())
    }

    #[tokio::test]
    async fn a_program_knows_nothing_and_can_be_told_nothing() {
        let said = shell("echo ${HOME-none} ${PATH_OF_MINE-none}; cat; ls", LIMITS).await;
        assert_eq!(said.unwrap(), "none none\ncomplaints\nwords\n");
    }

    #[tokio::test]
    async fn limits_end_it() {
        let said = shell(
            "exec sleep 60",
            Limits {
                seconds: 1,
                ..LIMITS
            },
        )
        .await;
        assert_eq!(said, Err(Error::TooSlow { seconds: 1 }));
        // The limits are set while the shell already runs: it waits until it has them.
        let wait = "while [ \"$(ulimit -n)\" != 64 ]; do :; done;";
        let said = shell(&format!("{wait} head -c 9000 /dev/zero > large"), LIMITS).await;
        assert!(matches!(said, Err(Error::Broken(_))), "{said:?}");
        let said = shell(&format!("{wait} ulimit -v; ulimit -f; ulimit -n"), LIMITS).await;
        assert_eq!(said.unwrap(), "524288\n8\n64\n");
    }

    #[tokio::test]
    async fn what_ends_it_from_outside_is_not_the_files_fault() {
        for script in ["kill -TERM $$", "kill -KILL $$", "exit 255"] {
            let said = shell(script, LIMITS).await;
            assert!(
                matches!(said, Err(Error::Interrupted(_))),
                "{script}: {said:?}"
            );
        }
        for (script, expected) in [
            (
                "echo first >&2; echo 'no such codec' >&2; exit 1",
                "no such codec",
            ),
            ("echo file:$PWD/upload: bad >&2; exit 1", "upload: bad"),
            ("exit 3", "exit status: 3"),
        ] {
            let said = shell(script, LIMITS).await;
            assert_eq!(said, Err(Error::Broken(expected.to_owned())));
        }
        let nowhere = Path::new("/nowhere/program");
        let folder = tempfile::tempdir().unwrap();
        let said = run(nowhere, Vec::new(), folder.path(), LIMITS).await;
        assert!(matches!(said, Err(Error::Interrupted(_))), "{said:?}");
    }

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_ends() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = vec![
            "-c".into(),
            "echo $$ > number; sleep 60 & sleep 60; true".into(),
        ];
        let shell = Path::new("/bin/sh");
        let number = folder.path().join("number");
        let read = || std::fs::read_to_string(&number).unwrap_or_default();
        {
            let work = run(shell, arguments, folder.path(), LIMITS);
            tokio::pin!(work);
            while !read().ends_with('\n') {
                tokio::select! {
                    ended = &mut work => panic!("{ended:?}"),
                    () = tokio::task::yield_now() => {}
                }
            }
        }
        let process = read().trim().to_owned();
        let is_running = || {
            let status = std::fs::read_to_string(format!("/proc/{process}/stat"));
            status.is_ok_and(|status| !status.contains(") Z "))
        };
        while is_running() {
            tokio::task::yield_now().await;
        }
    }
}
