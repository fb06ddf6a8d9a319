//! Videos and sounds: from an upload to the file that is shown, at once or by a job.

use std::io;
use std::path::Path;

use tokio::task::spawn_blocking;

use super::uploads::{self, Stored};
use super::workplaces::Workplace;
use super::{Error, Result};
use crate::id::AttachmentId;
use crate::keys::random;
use crate::media::{self, Container, Recorded, Recording, Sort};
use crate::node::Node;
use crate::store::attachments::Attachment;
use crate::store::jobs::Job;
use crate::store::{self, AttachmentKind, AttachmentState, Tx};

/// What is known of a small picture before it has a row.
#[derive(Clone, Debug)]
pub(super) struct Poster {
    pub(super) key: String,
    size: (u32, u32),
    blurhash: String,
}

impl Poster {
    /// Makes and stores the small picture of `bytes`.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what is wrong with the picture.
    pub(super) async fn store(node: &Node, bytes: Vec<u8>) -> Result<Self> {
        uploads::store(node, bytes, |bytes| {
            let media::Poster { picture, blurhash } = media::poster(bytes)?;
            let name = format!("{}-small", random::hex_name());
            let file = Stored::new("attachments", &name, picture);
            let poster = Self {
                key: file.key.clone(),
                size: (file.file.width, file.file.height),
                blurhash,
            };
            Ok((poster, vec![file]))
        })
        .await
    }

    /// Writes it into a row.
    pub(super) fn apply(self, row: &mut Attachment) {
        row.preview_key = Some(self.key);
        row.preview_width = Some(self.size.0.into());
        row.preview_height = Some(self.size.1.into());
        row.blurhash = Some(self.blurhash);
    }
}

/// What is known of a recording before it has a row.
pub(super) struct Made {
    key: String,
    recording: Recording,
    poster: Option<Poster>,
}

impl Made {
    /// Makes a recording of the upload at `source` in `place`, and stores it; with a picture unless it has one.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what is wrong with the upload; [`Error::Files`] when the work was broken off.
    pub(super) async fn make(
        node: &Node,
        source: &Path,
        container: Container,
        place: &Workplace,
        has_poster: bool,
    ) -> Result<Self> {
        let tool = node
            .recorder()
            .ok_or_else(|| uploads::refusal(media::Error::NoTools))?;
        let recording = tool.record(source, container, place.path()).await;
        let recording = recording.map_err(uploads::refusal)?;
        let picture = recording.picture.clone().filter(|_| !has_poster);
        let poster = match picture {
            Some(picture) => {
                let bytes = spawn_blocking(move || std::fs::read(picture)).await;
                Some(Poster::store(node, bytes.map_err(io::Error::other)??).await)
            }
            None => None,
        };
        // A cover of a kind that is not taken is no reason to refuse the sound below it.
        let poster = match poster {
            Some(Err(error)) if recording.kind != Recorded::Audio => return Err(error),
            Some(poster) => poster.ok(),
            None => None,
        };
        let key = format!("attachments/{}.{}", random::hex_name(), recording.extension);
        let made = Self {
            key,
            recording,
            poster,
        };
        let stored = uploads::store_file(node, made.key.clone(), made.recording.file.clone()).await;
        if let Err(error) = stored {
            uploads::withdraw(node, made.keys()).await;
            return Err(error);
        }
        Ok(made)
    }

    /// The keys of what was stored.
    pub(super) fn keys(&self) -> Vec<String> {
        let poster = self.poster.as_ref().map(|poster| poster.key.clone());
        std::iter::once(self.key.clone()).chain(poster).collect()
    }

    /// Writes it into a row, which is ready then.
    pub(super) fn apply(self, row: &mut Attachment) {
        let Recording {
            kind,
            mime,
            size,
            frame_rate,
            duration,
            bitrate,
            ..
        } = self.recording;
        row.kind = match kind {
            Recorded::Video => AttachmentKind::Video,
            Recorded::Gifv => AttachmentKind::Gifv,
            Recorded::Audio => AttachmentKind::Audio,
        };
        mime.clone_into(&mut row.mime);
        row.file_key = Some(self.key);
        row.width = size.map(|(width, _)| width.into());
        row.height = size.map(|(_, height)| height.into());
        row.frame_rate = frame_rate;
        row.duration_millis = duration;
        row.bitrate = bitrate;
        row.state = AttachmentState::Ready;
        row.source_key = None;
        // A picture that its owner sent meanwhile stays.
        if let Some(poster) = self.poster.filter(|_| row.preview_key.is_none()) {
            poster.apply(row);
        }
    }
}

/// What an upload most likely becomes, for those who look at it while it is worked on.
pub(super) fn guess(container: Container) -> AttachmentKind {
    match container {
        Container::Gif => AttachmentKind::Gifv,
        Container::Avif => AttachmentKind::Image,
        Container::Mp4 | Container::Matroska => AttachmentKind::Video,
        Container::Ogg | Container::Mp3 | Container::Flac | Container::Wav | Container::Aac => {
            AttachmentKind::Audio
        }
    }
}

/// Does the work on an upload that waits for it. What is wrong with the upload ends the work too: its owner is told.
///
/// # Errors
/// [`Error::Files`] and [`Error::Internal`]: the work can be done again.
pub async fn process(node: &Node, id: AttachmentId) -> Result<()> {
    let found = node
        .db
        .read(move |conn| store::attachments::list_by_id(conn, &[id]));
    let waits = |row: &Attachment| row.state == AttachmentState::Processing;
    let Some(row) = found.await?.into_iter().next().filter(waits) else {
        return Ok(());
    };
    match work(node, &row).await {
        Ok(made) => finish(node, id, made).await,
        Err(Error::Invalid(sentence)) => {
            let fail =
                move |tx: &mut Tx| end(tx, id, Vec::new(), |row| fail(row, sentence)).map(drop);
            Ok(node.db.write(fail).await?)
        }
        Err(error) => Err(error),
    }
}

async fn work(node: &Node, row: &Attachment) -> Result<Made> {
    let lost = || Error::invalid("Validation failed: File was lost");
    let key = row.source_key.clone().ok_or_else(lost)?;
    let place = Workplace::make(node)?;
    let source = place.path().join("upload");
    let (blobs, target) = (node.blobs.clone(), source.clone());
    let fetch = spawn_blocking(move || {
        let is_there = blobs.read_file(&key, &target)?;
        let mut head = Vec::new();
        if is_there {
            let file = std::fs::File::open(&target)?;
            io::Read::read_to_end(&mut io::Read::take(file, media::HEAD as u64), &mut head)?;
        }
        Ok::<_, io::Error>(head)
    });
    let head = fetch.await.map_err(io::Error::other)??;
    let container = match media::sniff(&head) {
        Some(Sort::Container(container)) => container,
        Some(Sort::Image(media::Kind::Gif)) => Container::Gif,
        _ => return Err(lost()),
    };
    Made::make(node, &source, container, &place, row.preview_key.is_some()).await
}

/// Writes what was made, unless the file was removed meanwhile or another process was faster.
async fn finish(node: &Node, id: AttachmentId, made: Made) -> Result<()> {
    let keys = made.keys();
    let stored = keys.clone();
    let write = move |tx: &mut Tx| end(tx, id, stored, |row| made.apply(row));
    match node.db.write(write).await {
        Ok(true) => Ok(()),
        Ok(false) => {
            uploads::withdraw(node, keys).await;
            Ok(())
        }
        Err(error) => {
            let error = Error::from(error);
            uploads::undo(node, keys, &error).await;
            Err(error)
        }
    }
}

/// Ends the work on a row that still waits for it; tells whether it did. The upload goes by a job, and so does what was
/// `made` and is not needed.
fn end(
    tx: &mut Tx,
    id: AttachmentId,
    made: Vec<String>,
    change: impl FnOnce(&mut Attachment),
) -> store::QueryResult<bool> {
    let found = store::attachments::list_by_id(tx, &[id])?
        .into_iter()
        .next();
    let waits = |row: &Attachment| row.state == AttachmentState::Processing;
    let Some(mut row) = found.filter(waits) else {
        return Ok(false);
    };
    let source = row.source_key.take();
    change(&mut row);
    store::attachments::update(tx, &row)?;
    let named = row.blob_keys();
    let spare = made.into_iter().filter(|key| !named.contains(key));
    let keys: Vec<String> = source.into_iter().chain(spare).collect();
    if !keys.is_empty() {
        tx.queue(&Job::RemoveBlobs { keys })?;
    }
    Ok(true)
}

fn fail(row: &mut Attachment, sentence: String) {
    row.state = AttachmentState::Failed;
    row.failure = Some(sentence);
}
