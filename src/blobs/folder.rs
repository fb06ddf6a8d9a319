//! The store on the local disk. A write is acknowledged when it would survive a power cut: the bytes go to a
//! temporary file beside the target and are synced, the file gets its name, and the folder is synced.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How temporary files begin. No key begins with a dot, so they cannot be asked for.
const TEMPORARY: &str = ".new-";

/// Files in one folder; clones share it.
#[derive(Clone, Debug)]
pub struct FolderBlobs {
    root: PathBuf,
    written: Arc<AtomicU64>,
}

impl FolderBlobs {
    /// Opens the folder and makes it if it is missing.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        Ok(Self {
            root: root.to_owned(),
            written: Arc::new(AtomicU64::new(0)),
        })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn path(&self, key: &str) -> PathBuf {
        self.root.join(key)
    }

    pub(super) fn write(&self, key: &str, mut source: impl Read) -> io::Result<()> {
        let target = self.path(key);
        let folder = target.parent().unwrap_or(&self.root);
        self.make_folder(folder)?;
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let temporary = folder.join(format!("{TEMPORARY}{}-{number}", std::process::id()));
        let written = write_synced(&temporary, &mut source)
            .and_then(|()| fs::rename(&temporary, &target))
            .and_then(|()| sync_folder(folder));
        if written.is_err() {
            // The first error is the one to report; a leftover goes at the next start.
            let _removed = fs::remove_file(&temporary);
        }
        written
    }

    pub(super) fn delete(&self, key: &str) -> io::Result<()> {
        match fs::remove_file(self.path(key)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    pub(super) fn remove_leftovers(&self) -> io::Result<()> {
        visit(&self.root, &mut |path, _| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(TEMPORARY) {
                fs::remove_file(path)?;
            }
            Ok(())
        })
    }

    pub(super) fn size(&self) -> io::Result<u64> {
        let mut sum = 0;
        visit(&self.root, &mut |_, length| {
            sum += length;
            Ok(())
        })?;
        Ok(sum)
    }

    /// The keys of all files.
    pub(super) fn keys(&self) -> io::Result<Vec<String>> {
        let mut keys = Vec::new();
        visit(&self.root, &mut |path, _| {
            let key = path.strip_prefix(&self.root).ok().and_then(Path::to_str);
            keys.extend(key.map(|key| key.replace('\\', "/")));
            Ok(())
        })?;
        Ok(keys)
    }

    /// Makes a folder and all above it durable, because a synced file in a forgotten folder is a lost file.
    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        if let Some(parent) = folder.parent().filter(|_| folder != self.root) {
            self.make_folder(parent)?;
        }
        match fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        folder.parent().map_or(Ok(()), sync_folder)
    }
}

fn write_synced(path: &Path, source: &mut impl Read) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    io::copy(source, &mut file)?;
    file.sync_all()
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Calls `file` with the path and the length of each file below `folder`.
fn visit(folder: &Path, file: &mut dyn FnMut(&Path, u64) -> io::Result<()>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            visit(&entry.path(), file)?;
        } else if kind.is_file() {
            match entry.metadata() {
                Ok(data) => file(&entry.path(), data.len())?,
                // Deleted while the folder was read.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}
