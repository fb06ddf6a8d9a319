//! A node as a process of its own, so that to kill it is to kill it: nothing is finished, nothing is told.
//!
//! A process ends with the lab, however the lab ends: its standard input is a pipe from the lab, and the node stops
//! when the operating system closes it.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::places::Place;

/// How long a node may take to stop before it is killed.
const PATIENCE: Duration = Duration::from_secs(8);

/// How often a stopping process is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Where a node's process writes what it has to say.
const LOG_FILE: &str = "lab.log";

/// The process of one node, while there is one.
pub(super) struct Process {
    environment: Vec<(String, String)>,
    config: Option<PathBuf>,
    log: PathBuf,
    child: Mutex<Option<Child>>,
}

impl Process {
    /// The process of the node at this place; it is not started yet.
    pub(super) fn of(place: &Place, config: Option<PathBuf>) -> Self {
        Self {
            environment: place.environment(),
            config,
            log: place.folder.join(LOG_FILE),
            child: Mutex::new(None),
        }
    }

    /// Starts it; false if it runs already.
    ///
    /// # Errors
    /// When the operating system does not allow it.
    pub(super) fn start(&self) -> io::Result<bool> {
        let mut child = self.lock();
        if is_alive(&mut child) {
            return Ok(false);
        }
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)?;
        *child = Some(self.command(log)?.spawn()?);
        Ok(true)
    }

    fn command(&self, log: File) -> io::Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", "--until-stdin-closes"]);
        if let Some(config) = &self.config {
            command.arg("--config").arg(config);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped());
        command.stdout(log.try_clone()?).stderr(log);
        // Ctrl-C is for the lab, which stops its nodes itself.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        Ok(command)
    }

    /// Whether it is there.
    pub(super) fn is_alive(&self) -> bool {
        is_alive(&mut self.lock())
    }

    /// Kills it as `kill -9` does; false if it is dead already.
    ///
    /// # Errors
    /// When the operating system does not allow it.
    pub(super) fn kill(&self) -> io::Result<bool> {
        let mut child = self.lock();
        let was_alive = is_alive(&mut child);
        if let Some(mut child) = child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(was_alive)
    }

    /// Lets it stop gracefully; kills it when that takes too long.
    pub(super) async fn stop(&self) {
        if let Some(child) = self.lock().as_mut() {
            drop(child.stdin.take());
        }
        let stopped = async {
            while self.is_alive() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        if tokio::time::timeout(PATIENCE, stopped).await.is_err() {
            tracing::warn!(log = %self.log.display(), "a node of the lab did not stop and is killed");
            let _ = self.kill();
        }
    }

    /// The last thing that it had to say, for whoever wonders why it ended.
    pub(super) fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let last = log.lines().rfind(|line| !line.trim().is_empty());
        last.unwrap_or("it said nothing").trim().to_owned()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It would end by itself; but it must not write into a folder that is removed next.
        let _ = self.kill();
    }
}

fn is_alive(child: &mut Option<Child>) -> bool {
    child
        .as_mut()
        .is_some_and(|child| matches!(child.try_wait(), Ok(None)))
}
