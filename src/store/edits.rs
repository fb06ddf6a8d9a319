//! What statuses said before they were edited.

use diesel::prelude::*;

use super::accounts::Emoji;
use super::columns::Json;
use super::conn::{Conn, on};
use super::schema::status_edits;
use super::tx::Tx;
use crate::id::{AttachmentId, StatusId};

/// One earlier or present version of an edited status.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = status_edits, treat_none_as_default_value = false)]
pub struct Edit {
    /// Of which status.
    pub status_id: StatusId,
    /// Clean HTML.
    pub content: String,
    /// The content warning.
    pub spoiler: String,
    /// Whether attachments were hidden at first.
    pub sensitive: bool,
    /// Emoji used.
    pub emojis: Json<Vec<Emoji>>,
    /// The attachments it had then, by id.
    pub attachments: Json<Vec<i64>>,
    /// When this version began, in milliseconds.
    pub created_at: i64,
    /// The titles of the options that it had then; none without a poll.
    pub poll_options: Option<Json<Vec<String>>>,
}

impl Edit {
    /// The ids of the attachments that this version had.
    pub fn attachment_ids(&self) -> impl Iterator<Item = AttachmentId> {
        self.attachments.0.iter().copied().map(AttachmentId)
    }
}

/// Every version of a status, the original first; empty if it was never edited.
pub fn list(conn: &mut Conn, status: StatusId) -> QueryResult<Vec<Edit>> {
    on!(conn, |c| status_edits::table
        .filter(status_edits::status_id.eq(status))
        .order(status_edits::id.asc())
        .select(Edit::as_select())
        .load(c))
}

/// Adds a version.
pub fn insert(tx: &mut Tx, edit: &Edit) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(status_edits::table)
        .values(edit)
        .execute(c))
    .map(drop)
}
