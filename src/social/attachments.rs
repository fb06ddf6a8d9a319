//! Files that people upload for their statuses, while they belong to no status yet.

use super::uploads::{self, Stored};
use super::{Error, Result};
use crate::id::{AccountId, AttachmentId};
use crate::keys::random;
use crate::media::{self, Processed};
use crate::node::Node;
use crate::store::attachments::Attachment;
use crate::store::jobs::Job;
use crate::store::{self, AttachmentKind, Conn};

/// Most characters of a description.
pub const MAX_DESCRIPTION: usize = 1_500;

/// What its owner says about a file; what is none is as it was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Description {
    /// What it shows, in words; at most [`MAX_DESCRIPTION`] characters, none if empty.
    pub words: Option<String>,
    /// Where to look: from -1 (left, bottom) to 1 (right, top).
    pub focus: Option<(f64, f64)>,
}

/// Takes an upload: makes the file and its preview, stores both and then writes the row.
///
/// # Errors
/// [`Error::Invalid`] says what is wrong with the file or its description.
pub async fn upload(
    node: &Node,
    viewer: AccountId,
    bytes: Vec<u8>,
    description: Description,
) -> Result<Attachment> {
    description.check()?;
    let made = uploads::store(node, bytes, make).await?;
    let keys = made.keys();
    let written = node
        .db
        .write(move |tx| {
            let mut row = made.row(AttachmentId(tx.new_id()), viewer, tx.now());
            description.apply(&mut row);
            store::attachments::insert(tx, std::slice::from_ref(&row))?;
            Ok(row)
        })
        .await;
    if written.is_err() {
        uploads::withdraw(node, keys).await;
    }
    written
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

/// Changes what is said about an own file that no status has; files of statuses change with their status.
///
/// # Errors
/// [`Error::NotFound`] for every other file, [`Error::Invalid`] for a description that is too long.
pub async fn describe(
    node: &Node,
    viewer: AccountId,
    id: AttachmentId,
    description: Description,
) -> Result<Attachment> {
    description.check()?;
    node.db
        .write(move |tx| {
            let mut row = find(tx, viewer, id)?;
            description.apply(&mut row);
            store::attachments::update(tx, &row)?;
            Ok(row)
        })
        .await
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
            let keys = row.file_key.into_iter().chain(row.preview_key).collect();
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

/// What is known of a processed upload before it has a row.
struct Made {
    file_key: String,
    preview_key: String,
    mime: &'static str,
    size: (u32, u32),
    preview_size: (u32, u32),
    blurhash: String,
}

fn make(bytes: &[u8]) -> std::result::Result<(Made, Vec<Stored>), media::Error> {
    let Processed {
        original,
        preview,
        blurhash,
    } = media::process(bytes)?;
    let name = random::hex_name();
    let file = Stored::new("attachments", &name, original);
    let preview = Stored::new("attachments", &format!("{name}-small"), preview);
    let made = Made {
        file_key: file.key.clone(),
        preview_key: preview.key.clone(),
        mime: file.file.mime,
        size: (file.file.width, file.file.height),
        preview_size: (preview.file.width, preview.file.height),
        blurhash,
    };
    Ok((made, vec![file, preview]))
}

impl Made {
    fn keys(&self) -> Vec<String> {
        vec![self.file_key.clone(), self.preview_key.clone()]
    }

    /// Animated GIFs are images too: clients take `gifv` for a video file.
    fn row(self, id: AttachmentId, viewer: AccountId, now: i64) -> Attachment {
        Attachment {
            id,
            account_id: viewer,
            status_id: None,
            position: 0,
            kind: AttachmentKind::Image,
            mime: self.mime.to_owned(),
            file_key: Some(self.file_key),
            preview_key: Some(self.preview_key),
            remote_url: None,
            description: None,
            blurhash: Some(self.blurhash),
            width: Some(self.size.0.into()),
            height: Some(self.size.1.into()),
            preview_width: Some(self.preview_size.0.into()),
            preview_height: Some(self.preview_size.1.into()),
            focus_x: None,
            focus_y: None,
            created_at: now,
        }
    }
}
