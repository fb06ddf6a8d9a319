//! One server for a data folder: two that work on one SQLite database would do everything twice.

use std::fs::{File, OpenOptions, TryLockError};

use crate::node::Node;
use crate::store::Engine;

/// The file that a server holds while it runs; the operating system lets go of it, however the process ends.
const FILE: &str = "serving.lock";

/// The right to serve a data folder, as long as it is kept.
pub(super) struct Lock(#[expect(dead_code, reason = "held, never read")] Option<File>);

impl Lock {
    /// Takes the right to serve. Servers that share a PostgreSQL database need none.
    ///
    /// # Errors
    /// A sentence when another server has it, or the file cannot be made.
    pub(super) fn take(node: &Node) -> Result<Self, String> {
        if node.db.engine() == Engine::Postgres {
            return Ok(Self(None));
        }
        let folder = &node.config.server.data;
        let path = folder.join(FILE);
        let mut options = OpenOptions::new();
        let opened = options.write(true).create(true).truncate(false).open(&path);
        let file =
            opened.map_err(|error| format!("{} cannot be opened: {error}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(Some(file))),
            Err(TryLockError::WouldBlock) => Err(format!(
                "another node serves the data folder {} already: stop it, or choose another folder \
                 with --data",
                folder.display()
            )),
            // Some network file systems know no locks; that is no reason not to serve.
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, path = %path.display(), "the data folder cannot be locked");
                Ok(Self(None))
            }
        }
    }
}
