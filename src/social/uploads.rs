//! Uploaded files: pictures are decoded and encoded anew on threads of their own, and everything is stored before any
//! row names it.
//!
//! What a picture is for is decided in `accounts` and `attachments`; recordings are made in `recordings`.

use std::io;
use std::path::PathBuf;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::{Error, Result};
use crate::blobs::Blobs;
use crate::media::{self, Encoded};
use crate::node::Node;
use crate::store::Trouble;

/// How many pictures are decoded at once. One takes up to 8 bytes a pixel while it is worked on, so the number bounds
/// the memory that uploads can take.
static DECODERS: Semaphore = Semaphore::const_new(2);

/// A file that is written under a key.
pub(super) struct Stored {
    /// Its key.
    pub(super) key: String,
    /// What it holds.
    pub(super) file: Encoded,
}

impl Stored {
    /// `file` under `FOLDER/NAME.EXT`, where the extension tells its kind.
    pub(super) fn new(folder: &str, name: &str, file: Encoded) -> Self {
        Self {
            key: format!("{folder}/{name}.{}", file.extension()),
            file,
        }
    }
}

/// Makes files of an upload with `make` and stores them; what is left of a failed attempt is removed.
///
/// # Errors
/// [`Error::Invalid`] says what is wrong with the picture; [`Error::Files`] when it could not be stored.
pub(super) async fn store<T: Send + 'static>(
    node: &Node,
    bytes: Vec<u8>,
    make: impl FnOnce(&[u8]) -> std::result::Result<(T, Vec<Stored>), media::Error> + Send + 'static,
) -> Result<T> {
    check_length(bytes.len() as u64, node.config.media.image_size_limit_bytes)?;
    let turn = DECODERS.acquire().await;
    let blobs = node.blobs.clone();
    let work = spawn_blocking(move || {
        // Held by the work and not by the request, which may be given up before the work ends.
        let _turn = turn;
        let (result, files) = make(&bytes).map_err(refusal)?;
        write(&blobs, &files)?;
        Ok(result)
    });
    work.await.map_err(io::Error::other)?
}

/// Whether a file is short enough.
///
/// # Errors
/// [`Error::Invalid`] with both numbers.
pub(super) fn check_length(length: u64, limit: usize) -> Result<()> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length > limit {
        return Err(refusal(media::Error::TooLong {
            bytes: length,
            limit,
        }));
    }
    Ok(())
}

/// Stores a file of the disk under a key, piece by piece.
///
/// # Errors
/// [`Error::Files`] when it could not be stored.
pub(super) async fn store_file(node: &Node, key: String, file: PathBuf) -> Result<()> {
    let blobs = node.blobs.clone();
    let work = spawn_blocking(move || blobs.write_file(&key, &file));
    Ok(work.await.map_err(io::Error::other)??)
}

fn write(blobs: &Blobs, files: &[Stored]) -> Result<()> {
    for file in files {
        if let Err(error) = blobs.write(&file.key, &file.file.bytes) {
            let keys: Vec<String> = files.iter().map(|file| file.key.clone()).collect();
            remove_all(blobs, &keys);
            return Err(error.into());
        }
    }
    Ok(())
}

/// Removes files after the row that names them could not be written. If it is not known whether it was, they stay: files
/// without a row are a smaller evil than a row without its files.
pub(super) async fn undo(node: &Node, keys: Vec<String>, error: &Error) {
    let is_unsure =
        matches!(error, Error::Internal(cause) if Trouble::of(cause) == Some(Trouble::Unsure));
    if !is_unsure {
        withdraw(node, keys).await;
    }
}

/// Removes files that no row came to name.
pub(super) async fn withdraw(node: &Node, keys: Vec<String>) {
    if keys.is_empty() {
        return;
    }
    let blobs = node.blobs.clone();
    let work = spawn_blocking(move || remove_all(&blobs, &keys));
    if let Err(error) = work.await {
        tracing::warn!(%error, "files without a row could not be removed");
    }
}

fn remove_all(blobs: &Blobs, keys: &[String]) {
    for key in keys {
        if let Err(error) = blobs.delete(key) {
            tracing::warn!(key, %error, "a file without a row could not be removed");
        }
    }
}

/// A refused file, in the words of the API; work that was broken off is no refusal.
pub(super) fn refusal(error: media::Error) -> Error {
    match error {
        media::Error::Interrupted(cause) => Error::Files(io::Error::other(cause)),
        error => Error::invalid(format!("Validation failed: File is not taken: {error}")),
    }
}
