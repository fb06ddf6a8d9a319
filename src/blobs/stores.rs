//! One interface for all stores. A store of another kind is another variant here.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use super::bucket::{BucketBlobs, BucketSettings, ObjectReader};
use super::folder::FolderBlobs;
use super::keys;
use super::memory::MemoryBlobs;

/// Where the files of this node are. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Blobs {
    /// In a folder of the local disk.
    Folder(FolderBlobs),
    /// In a bucket.
    Bucket(BucketBlobs),
    /// In memory, for tests.
    Memory(MemoryBlobs),
}

/// A range of a stored file, read piece by piece.
#[derive(Debug)]
pub struct Reader {
    source: Source,
    /// Length of the whole file in bytes.
    pub total: u64,
    /// First byte of the range.
    pub start: u64,
    /// Bytes in the range.
    pub length: u64,
}

/// What a copy came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Files that were copied.
    pub copied: usize,
    /// Files that were there already.
    pub there: usize,
}

#[derive(Debug)]
enum Source {
    File(io::Take<File>),
    Object(Option<ObjectReader>),
    Memory(io::Take<Cursor<Arc<[u8]>>>),
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.source {
            Source::File(file) => file.read(buffer),
            Source::Object(object) => object.as_mut().map_or(Ok(0), |object| object.read(buffer)),
            Source::Memory(bytes) => bytes.read(buffer),
        }
    }
}

impl Blobs {
    /// Opens a folder as a store and makes it if it is missing.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn folder(root: &Path) -> io::Result<Self> {
        FolderBlobs::open(root).map(Self::Folder)
    }

    /// Opens a bucket as a store; nothing is asked of it yet. Must be called within a runtime.
    ///
    /// # Errors
    /// When the settings make no sense.
    pub fn bucket(settings: BucketSettings) -> io::Result<Self> {
        BucketBlobs::open(settings).map(Self::Bucket)
    }

    /// Where the files are, for people.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Folder(folder) => folder.root().display().to_string(),
            Self::Bucket(bucket) => format!("the bucket {}", bucket.name()),
            Self::Memory(_) => "memory".to_owned(),
        }
    }

    /// An empty store in memory.
    #[must_use]
    pub fn memory() -> Self {
        Self::Memory(MemoryBlobs::default())
    }

    /// Writes a file; one that has the key already is replaced as a whole. On return the bytes are on the disk.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for a bad key; what the disk says otherwise, and then nothing has changed.
    pub fn write(&self, key: &str, bytes: &[u8]) -> io::Result<()> {
        keys::check(key)?;
        match self {
            Self::Folder(folder) => folder.write(key, bytes),
            Self::Bucket(bucket) => bucket.write(key, bytes),
            Self::Memory(memory) => {
                memory.files().insert(key.to_owned(), bytes.into());
                Ok(())
            }
        }
    }

    /// Writes a file of the local disk as [`Blobs::write`] does, piece by piece.
    ///
    /// # Errors
    /// As [`Blobs::write`].
    pub fn write_file(&self, key: &str, file: &Path) -> io::Result<()> {
        keys::check(key)?;
        match self {
            Self::Folder(folder) => folder.write(key, File::open(file)?),
            Self::Bucket(bucket) => bucket.write_file(key, File::open(file)?),
            Self::Memory(_) => self.write(key, &std::fs::read(file)?),
        }
    }

    /// Copies a file into one of the local disk, piece by piece; tells whether there is one.
    ///
    /// # Errors
    /// As [`Blobs::read`].
    pub fn read_file(&self, key: &str, file: &Path) -> io::Result<bool> {
        let Some(mut reader) = self.open(key, 0, None)? else {
            return Ok(false);
        };
        io::copy(&mut reader, &mut File::create(file)?)?;
        Ok(true)
    }

    /// Reads a whole file; `None` if there is none.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for a bad key; what the disk says otherwise.
    pub fn read(&self, key: &str) -> io::Result<Option<Vec<u8>>> {
        let Some(mut reader) = self.open(key, 0, None)? else {
            return Ok(None);
        };
        let mut bytes = Vec::with_capacity(usize::try_from(reader.length).unwrap_or(0));
        reader.read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    /// Opens a file from byte `start` on, for at most `length` bytes; `None` if there is no such file. A range that
    /// reaches beyond the end is shortened, so it may be empty.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for a bad key; what the disk says otherwise.
    pub fn open(&self, key: &str, start: u64, length: Option<u64>) -> io::Result<Option<Reader>> {
        keys::check(key)?;
        let range = |total: u64| {
            let start = start.min(total);
            (start, length.unwrap_or(u64::MAX).min(total - start))
        };
        match self {
            Self::Folder(folder) => {
                let mut file = match File::open(folder.path(key)) {
                    Err(error) if is_absent(&error) => return Ok(None),
                    other => other?,
                };
                let data = file.metadata()?;
                if !data.is_file() {
                    return Ok(None);
                }
                let total = data.len();
                let (start, length) = range(total);
                file.seek(SeekFrom::Start(start))?;
                let source = Source::File(file.take(length));
                Ok(Some(Reader {
                    source,
                    total,
                    start,
                    length,
                }))
            }
            Self::Bucket(bucket) => {
                let opened = bucket.open_range(key, start, length)?;
                Ok(opened.map(|opened| Reader {
                    source: Source::Object(opened.reader),
                    total: opened.total,
                    start: opened.start,
                    length: opened.length,
                }))
            }
            Self::Memory(memory) => {
                let Some(bytes) = memory.files().get(key).cloned() else {
                    return Ok(None);
                };
                let total = bytes.len() as u64;
                let (start, length) = range(total);
                let mut cursor = Cursor::new(bytes);
                cursor.set_position(start);
                let source = Source::Memory(cursor.take(length));
                Ok(Some(Reader {
                    source,
                    total,
                    start,
                    length,
                }))
            }
        }
    }

    /// Deletes a file; one that does not exist is no error.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for a bad key; what the disk says otherwise.
    pub fn delete(&self, key: &str) -> io::Result<()> {
        keys::check(key)?;
        match self {
            Self::Folder(folder) => folder.delete(key),
            Self::Bucket(bucket) => bucket.delete(key),
            Self::Memory(memory) => {
                memory.files().remove(key);
                Ok(())
            }
        }
    }

    /// Whether there is a file of that key.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for a bad key; what the disk says otherwise.
    pub fn exists(&self, key: &str) -> io::Result<bool> {
        Ok(self.open(key, 0, Some(0))?.is_some())
    }

    /// Removes what interrupted writes have left behind. For the serving process at its start, before it writes:
    /// it would take away the unfinished file of another process.
    ///
    /// # Errors
    /// What the disk says.
    pub fn remove_leftovers(&self) -> io::Result<()> {
        match self {
            Self::Folder(folder) => folder.remove_leftovers(),
            Self::Bucket(_) | Self::Memory(_) => Ok(()),
        }
    }

    /// Copies every file of a folder to another store, unless it is there with the same length.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`] for a store that is no folder; what either store says otherwise. It can be
    /// repeated.
    pub fn copy_to(&self, target: &Self) -> io::Result<Copied> {
        let Self::Folder(folder) = self else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        let mut copied = Copied::default();
        for key in folder.keys()? {
            // What is no key was never written by a node.
            if keys::check(&key).is_err() {
                continue;
            }
            let path = folder.path(&key);
            let length = path.metadata()?.len();
            let there = target.open(&key, 0, Some(0))?;
            if there.is_some_and(|there| there.total == length) {
                copied.there += 1;
            } else {
                target.write_file(&key, &path)?;
                copied.copied += 1;
            }
        }
        Ok(copied)
    }

    /// The sum of the lengths of all files in bytes. Reads every folder: for reports, not for requests.
    ///
    /// # Errors
    /// What the disk says.
    pub fn size(&self) -> io::Result<u64> {
        match self {
            Self::Folder(folder) => folder.size(),
            Self::Bucket(bucket) => bucket.size(),
            Self::Memory(memory) => Ok(memory.files().values().map(|file| file.len() as u64).sum()),
        }
    }
}

/// A file is absent too when a part of its key is a file and not a folder.
fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_range(blobs: &Blobs, start: u64, length: Option<u64>) -> (String, u64, u64, u64) {
        let mut reader = blobs.open("ab/file.txt", start, length).unwrap().unwrap();
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        (text, reader.start, reader.length, reader.total)
    }

    #[test]
    fn a_folder_is_copied_as_often_as_one_likes() {
        let root = tempfile::tempdir().unwrap();
        let (folder, target) = (Blobs::folder(root.path()).unwrap(), Blobs::memory());
        folder.write("ab/file.png", b"0123456789").unwrap();
        folder.write("cd/other.jpg", b"x").unwrap();
        std::fs::write(root.path().join(".new-1-1"), "half").unwrap();
        target.write("cd/other.jpg", b"longer").unwrap();
        for (copied, there) in [(2, 0), (0, 2)] {
            assert_eq!(folder.copy_to(&target).unwrap(), Copied { copied, there });
        }
        assert_eq!(
            target.read("cd/other.jpg").unwrap().as_deref(),
            Some(&b"x"[..])
        );
        assert_eq!(target.size().unwrap(), 11);
        assert!(target.copy_to(&folder).is_err());
    }

    #[test]
    fn both_stores_keep_bytes_by_key() {
        let root = tempfile::tempdir().unwrap();
        for blobs in [
            Blobs::memory(),
            Blobs::folder(&root.path().join("deep/media")).unwrap(),
        ] {
            assert_eq!(blobs.size().unwrap(), 0);
            assert_eq!(blobs.read("ab/file.txt").unwrap(), None);
            assert!(!blobs.exists("ab/file.txt").unwrap());
            blobs.write("ab/file.txt", b"first").unwrap();
            blobs.write("ab/file.txt", b"0123456789").unwrap();
            blobs.write("ab/other", b"x").unwrap();
            assert_eq!(blobs.size().unwrap(), 11);
            assert!(blobs.exists("ab/file.txt").unwrap());
            assert_eq!(
                blobs.read("ab/file.txt").unwrap().as_deref(),
                Some(&b"0123456789"[..])
            );
            for (start, length, expected) in [
                (0, None, ("0123456789", 0, 10)),
                (3, Some(4), ("3456", 3, 4)),
                (8, Some(100), ("89", 8, 2)),
                (8, Some(u64::MAX), ("89", 8, 2)),
                (10, None, ("", 10, 0)),
                (99, Some(1), ("", 10, 0)),
            ] {
                let (text, start, length, total) = read_range(&blobs, start, length);
                assert_eq!((text.as_str(), start, length), expected);
                assert_eq!(total, 10);
            }
            // Neither a folder nor something below a file is a file.
            assert!(!blobs.exists("ab").unwrap());
            assert!(!blobs.exists("ab/other/x").unwrap());
            blobs.delete("ab/file.txt").unwrap();
            blobs.delete("ab/file.txt").unwrap();
            assert!(!blobs.exists("ab/file.txt").unwrap());
            assert_eq!(blobs.size().unwrap(), 1);
        }
    }

    #[test]
    fn bad_keys_reach_no_store() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("secret"), b"x").unwrap();
        for blobs in [
            Blobs::memory(),
            Blobs::folder(&root.path().join("media")).unwrap(),
        ] {
            let refused = |result: io::Result<()>| {
                assert_eq!(result.unwrap_err().kind(), io::ErrorKind::InvalidInput);
            };
            for key in ["../secret", "/etc/passwd", "a/../../secret", ""] {
                refused(blobs.write(key, b"y"));
                refused(blobs.read(key).map(drop));
                refused(blobs.open(key, 0, None).map(drop));
                refused(blobs.delete(key));
                refused(blobs.exists(key).map(drop));
            }
        }
        assert_eq!(std::fs::read(root.path().join("secret")).unwrap(), b"x");
    }

    #[test]
    fn what_an_interrupted_write_left_behind_can_be_removed() {
        let root = tempfile::tempdir().unwrap();
        let blobs = Blobs::folder(root.path()).unwrap();
        blobs.write("ab/kept", b"kept").unwrap();
        std::fs::write(root.path().join("ab/.new-0-7"), b"half").unwrap();
        blobs.remove_leftovers().unwrap();
        assert_eq!(blobs.size().unwrap(), 4);
        let names = std::fs::read_dir(root.path().join("ab")).unwrap();
        assert_eq!(names.count(), 1);
    }

    #[test]
    fn a_failed_write_leaves_what_was_there() {
        let root = tempfile::tempdir().unwrap();
        let blobs = Blobs::folder(root.path()).unwrap();
        blobs.write("ab/file", b"old").unwrap();
        // A folder cannot be replaced by a file, nor hold a file's name.
        assert!(blobs.write("ab", b"new").is_err());
        assert!(blobs.write("ab/file/below", b"new").is_err());
        assert_eq!(blobs.read("ab/file").unwrap().as_deref(), Some(&b"old"[..]));
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 1);
    }
}
