//! Files that people upload for their statuses, while they belong to no status yet.

use super::recordings::{self, Made, Poster};
use super::uploads::{self, Stored};
use super::workplaces::Spool;
use super::{Error, Result};
use crate::id::{AccountId, AttachmentId};
use crate::keys::random;
use crate::media::{self, Container, Kind, Processed, Sort};
use crate::node::Node;
use crate::store::attachments::Attachment;
use crate::store::jobs::Job;
use crate::store::{self, AttachmentKind, AttachmentState, Conn};

/// Most characters of a description.
pub const MAX_DESCRIPTION: usize = 10_000;

/// What its owner says about a file; what is none is as it was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Description {
    /// What it shows, in words; at most [`MAX_DESCRIPTION`] characters, none if empty.
    pub words: Option<String>,
    /// Where to look: from -1 (left, bottom) to 1 (right, top).
    pub focus: Option<(f64, f64)>,
}

/// A file that somebody sends, and what comes with it.
#[derive(Debug)]
pub struct Submission {
    /// The file.
    pub file: Spool,
    /// A picture to be shown in its place.
    pub thumbnail: Option<Vec<u8>>,
    /// What its owner says about it.
    pub description: Description,
}

/// Whether the sender waits until a file is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// It does.
    Whole,
    /// It asks again for files that take long.
    Later,
}

/// Takes an upload: what is small is made at once, with its preview; what takes long becomes a job, unless the sender
/// waits for it. Everything is stored before the row is written.
///
/// # Errors
/// [`Error::Invalid`] says what is wrong with the file or its description.
pub async fn upload(
    node: &Node,
    viewer: AccountId,
    submission: Submission,
    pace: Pace,
) -> Result<Attachment> {
    submission.description.check()?;
    let mut row = Attachment::blank(AttachmentId(0), viewer, 0);
    submission.description.apply(&mut row);
    let filled = fill(node, &mut row, submission, pace).await;
    let keys = row.blob_keys();
    let written = match filled {
        Ok(()) => node.db.write(move |tx| insert(tx, row)).await,
        Err(error) => Err(error),
    };
    if let Err(error) = &written {
        uploads::undo(node, keys, error).await;
    }
    written
}

fn insert(tx: &mut store::Tx, mut row: Attachment) -> Result<Attachment> {
    row.id = AttachmentId(tx.new_id());
    row.created_at = tx.now();
    store::attachments::insert(tx, std::slice::from_ref(&row))?;
    if row.state == AttachmentState::Processing {
        tx.queue(&Job::ProcessMedia { attachment: row.id })?;
    }
    Ok(row)
}

/// Makes and stores what the row then names.
async fn fill(node: &Node, row: &mut Attachment, submission: Submission, pace: Pace) -> Result<()> {
    let Submission {
        mut file,
        thumbnail,
        ..
    } = submission;
    if let Some(bytes) = thumbnail {
        Poster::store(node, bytes).await?.apply(row);
    }
    let container = match media::sniff(&file.head()?) {
        Some(Sort::Image(kind)) => match animation(node, &mut file, kind).await? {
            Some(container) => container,
            None => return fill_picture(node, row, file.read()?).await,
        },
        Some(Sort::Container(Container::Avif)) => {
            let picture = still(node, &file).await?;
            return fill_picture(node, row, picture).await;
        }
        Some(Sort::Container(container)) => container,
        Some(Sort::Heic) => return Err(uploads::refusal(media::Error::Heic)),
        None => return Err(uploads::refusal(media::Error::Unsupported)),
    };
    if node.recorder().is_none() {
        return Err(uploads::refusal(media::Error::NoTools));
    }
    let limit = node.config.media.video_size_limit_bytes;
    uploads::check_length(file.length(), limit)?;
    match pace {
        Pace::Whole => {
            let has_poster = row.preview_key.is_some();
            let (source, folder) = (file.path(), file.place());
            let made = Made::make(node, &source, container, folder, has_poster).await?;
            made.apply(row);
        }
        Pace::Later => {
            let key = format!("uploads/{}.bin", random::hex_name());
            uploads::store_file(node, key.clone(), file.path()).await?;
            row.source_key = Some(key);
            row.kind = recordings::guess(container);
            row.state = AttachmentState::Processing;
        }
    }
    Ok(())
}

/// Where animated GIFs become videos: whether this is one, which is then left with nothing but its pictures.
async fn animation(node: &Node, file: &mut Spool, kind: Kind) -> Result<Option<Container>> {
    uploads::check_length(file.length(), node.config.media.image_size_limit_bytes)?;
    if kind != Kind::Gif || node.recorder().is_none() {
        return Ok(None);
    }
    let cleaned = uploads::store(node, file.read()?, |bytes| {
        Ok((media::clean_animation(bytes)?, Vec::new()))
    });
    let Some(cleaned) = cleaned.await? else {
        return Ok(None);
    };
    file.replace(&cleaned)?;
    Ok(Some(Container::Gif))
}

/// A picture of a kind that is not decoded here, as PNG.
async fn still(node: &Node, file: &Spool) -> Result<Vec<u8>> {
    uploads::check_length(file.length(), node.config.media.image_size_limit_bytes)?;
    let tool = node
        .recorder()
        .ok_or_else(|| uploads::refusal(media::Error::NoTools))?;
    let place = file.place().path();
    let made = tool.still(&file.path(), Container::Avif, place).await;
    Ok(std::fs::read(made.map_err(uploads::refusal)?)?)
}

async fn fill_picture(node: &Node, row: &mut Attachment, bytes: Vec<u8>) -> Result<()> {
    let has_poster = row.preview_key.is_some();
    let picture = uploads::store(node, bytes, move |bytes| make(bytes, has_poster)).await?;
    picture.apply(row);
    Ok(())
}

/// The viewer's own file, as long as no status has it.
///
/// # Errors
/// [`Error::NotFound`] for every other file.
pub fn find(conn: &mut Conn, viewer: AccountId, id: AttachmentId) -> Result<Attachment> {
    store::attachments::find_own(conn, viewer, id)?
        .filter(|file| file.status_id.is_none())
        .ok_or(Error::NotFound)
}

/// Changes what is said about an own file that no status has, and the picture that is shown in its place; files of
/// statuses change with their status.
///
/// # Errors
/// [`Error::NotFound`] for every other file, [`Error::Invalid`] for a description that is too long, or what is no picture.
pub async fn describe(
    node: &Node,
    viewer: AccountId,
    id: AttachmentId,
    description: Description,
    thumbnail: Option<Vec<u8>>,
) -> Result<Attachment> {
    description.check()?;
    let poster = match thumbnail {
        Some(bytes) => {
            node.db.read(move |conn| find(conn, viewer, id)).await?;
            Some(Poster::store(node, bytes).await?)
        }
        None => None,
    };
    let keys = poster.iter().map(|poster| poster.key.clone()).collect();
    let written = node
        .db
        .write(move |tx| {
            let mut row = find(tx, viewer, id)?;
            description.apply(&mut row);
            if let Some(poster) = poster {
                let former = row.preview_key.take();
                poster.apply(&mut row);
                let keys: Vec<String> = former.into_iter().collect();
                if !keys.is_empty() {
                    tx.queue(&Job::RemoveBlobs { keys })?;
                }
            }
            store::attachments::update(tx, &row)?;
            Ok(row)
        })
        .await;
    if let Err(error) = &written {
        uploads::undo(node, keys, error).await;
    }
    written
}

/// Removes an own file that no status has.
///
/// # Errors
/// [`Error::NotFound`] for other people's files, [`Error::Invalid`] for a file of a status.
pub async fn remove(node: &Node, viewer: AccountId, id: AttachmentId) -> Result<()> {
    node.db
        .write(move |tx| {
            let row = store::attachments::find_own(tx, viewer, id)?.ok_or(Error::NotFound)?;
            if row.status_id.is_some() || store::scheduled_statuses::holds(tx, id)? {
                return Err(Error::invalid(
                    "Media attachment is currently used by a status",
                ));
            }
            store::attachments::delete(tx, id)?;
            let keys = row.blob_keys();
            Ok(tx.queue(&Job::RemoveBlobs { keys })?)
        })
        .await
}

impl Description {
    pub(super) fn check(&self) -> Result<()> {
        let length = self.words.as_ref().map_or(0, |words| words.chars().count());
        if length > MAX_DESCRIPTION {
            let sentence = format!(
                "Validation failed: Description character limit of {MAX_DESCRIPTION} exceeded"
            );
            return Err(Error::invalid(sentence));
        }
        let is_number = |(x, y): (f64, f64)| x.is_finite() && y.is_finite();
        if self.focus.is_some_and(|focus| !is_number(focus)) {
            return Err(Error::invalid("Validation failed: Focus is invalid"));
        }
        Ok(())
    }

    pub(super) fn apply(&self, row: &mut Attachment) {
        if let Some(words) = &self.words {
            let words = words.trim();
            row.description = (!words.is_empty()).then(|| words.to_owned());
        }
        if let Some((x, y)) = self.focus {
            row.focus_x = Some(x.clamp(-1.0, 1.0));
            row.focus_y = Some(y.clamp(-1.0, 1.0));
        }
    }
}

/// What is known of a picture before it has a row.
struct Picture {
    file_key: String,
    mime: &'static str,
    size: (u32, u32),
    small: Option<Small>,
}

struct Small {
    key: String,
    size: (u32, u32),
    blurhash: String,
}

fn make(
    bytes: &[u8],
    has_poster: bool,
) -> std::result::Result<(Picture, Vec<Stored>), media::Error> {
    let Processed {
        original,
        preview,
        blurhash,
    } = media::process(bytes)?;
    let name = random::hex_name();
    let file = Stored::new("attachments", &name, original);
    let mut picture = Picture {
        file_key: file.key.clone(),
        mime: file.file.mime,
        size: (file.file.width, file.file.height),
        small: None,
    };
    let mut files = vec![file];
    if !has_poster {
        let preview = Stored::new("attachments", &format!("{name}-small"), preview);
        picture.small = Some(Small {
            key: preview.key.clone(),
            size: (preview.file.width, preview.file.height),
            blurhash,
        });
        files.push(preview);
    }
    Ok((picture, files))
}

impl Picture {
    /// Where there is nothing that makes videos, animated GIFs are images too: clients take `gifv` for a video file.
    fn apply(self, row: &mut Attachment) {
        row.kind = AttachmentKind::Image;
        self.mime.clone_into(&mut row.mime);
        row.file_key = Some(self.file_key);
        row.width = Some(self.size.0.into());
        row.height = Some(self.size.1.into());
        if let Some(small) = self.small {
            row.preview_key = Some(small.key);
            row.preview_width = Some(small.size.0.into());
            row.preview_height = Some(small.size.1.into());
            row.blurhash = Some(small.blurhash);
        }
    }
}
