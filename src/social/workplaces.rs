//! Folders for work on files that are too large for memory: each goes when its work ends, however it ends.
//!
//! They lie in the data folder, since what they hold is as private as the rest of it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::keys::random;
use crate::media;
use crate::node::Node;

/// How long what a killed process left behind is let be: another process may still be at it.
const LEFT_ALONE: Duration = Duration::from_hours(1);

/// A folder that nobody else uses, for nobody else to look into.
#[derive(Debug)]
pub(super) struct Workplace {
    folder: PathBuf,
}

impl Workplace {
    /// A new folder.
    ///
    /// # Errors
    /// What the disk says.
    pub(super) fn make(node: &Node) -> io::Result<Self> {
        let folder = node.config.work_folder().join(random::hex_name());
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        Ok(Self { folder })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, folder = %self.folder.display(), "a folder could not be removed");
        }
    }
}

/// A file on its way into the node, kept on the disk so that its size does not matter.
#[derive(Debug)]
pub struct Spool {
    place: Workplace,
    file: File,
    length: u64,
}

impl Spool {
    /// An empty file.
    ///
    /// # Errors
    /// What the disk says.
    pub fn make(node: &Node) -> io::Result<Self> {
        let place = Workplace::make(node)?;
        let file = File::create_new(place.path().join("upload"))?;
        Ok(Self {
            place,
            file,
            length: 0,
        })
    }

    /// Adds bytes at its end.
    ///
    /// # Errors
    /// What the disk says.
    pub fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Its length in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Where it is.
    pub(super) fn path(&self) -> PathBuf {
        self.place.path().join("upload")
    }

    /// The folder that it lies in.
    pub(super) fn place(&self) -> &Workplace {
        &self.place
    }

    /// Its first bytes, as many as tell what it is.
    pub(super) fn head(&self) -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        let file = File::open(self.path())?;
        file.take(media::HEAD as u64).read_to_end(&mut head)?;
        Ok(head)
    }

    /// All of it.
    pub(super) fn read(&self) -> io::Result<Vec<u8>> {
        fs::read(self.path())
    }

    /// Puts other bytes into its place.
    pub(super) fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file = File::create(self.path())?;
        self.length = 0;
        self.push(bytes)
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Removes what processes that were killed have left behind.
///
/// # Errors
/// What the disk says.
pub fn clear(node: &Node) -> io::Result<()> {
    let folders = match fs::read_dir(node.config.work_folder()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    for folder in folders {
        let folder = folder?;
        let age = folder.metadata()?.modified()?.elapsed().unwrap_or_default();
        if age > LEFT_ALONE {
            fs::remove_dir_all(folder.path())?;
        }
    }
    Ok(())
}
