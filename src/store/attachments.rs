//! Files that belong to statuses, here (by blob key) or elsewhere (by URL).

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::columns::AttachmentKind;
use super::conn::{Conn, on};
use super::schema::{attachments, scheduled_attachments};
use super::tx::Tx;
use crate::id::{AccountId, AttachmentId, StatusId};

/// One attachment.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = attachments, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Attachment {
    /// Its id.
    pub id: AttachmentId,
    /// Who uploaded it.
    pub account_id: AccountId,
    /// The status it belongs to; none until it is posted.
    pub status_id: Option<StatusId>,
    /// Its place among the attachments of its status.
    pub position: i16,
    /// What it is.
    pub kind: AttachmentKind,
    /// Its media type.
    pub mime: String,
    /// The blob of a local file.
    pub file_key: Option<String>,
    /// The blob of its small picture.
    pub preview_key: Option<String>,
    /// Where a remote file is.
    pub remote_url: Option<String>,
    /// What it shows, in words.
    pub description: Option<String>,
    /// A blurred impression of it.
    pub blurhash: Option<String>,
    /// In pixels.
    pub width: Option<i64>,
    /// In pixels.
    pub height: Option<i64>,
    /// Of the small picture, in pixels.
    pub preview_width: Option<i64>,
    /// Of the small picture, in pixels.
    pub preview_height: Option<i64>,
    /// From -1 (left) to 1 (right).
    pub focus_x: Option<f64>,
    /// From -1 (bottom) to 1 (top).
    pub focus_y: Option<f64>,
    /// When it was uploaded, in milliseconds.
    pub created_at: i64,
}

/// The attachment with this id, if this account uploaded it.
pub fn find_own(
    conn: &mut Conn,
    account: AccountId,
    id: AttachmentId,
) -> QueryResult<Option<Attachment>> {
    on!(conn, |c| attachments::table
        .find(id)
        .filter(attachments::account_id.eq(account))
        .select(Attachment::as_select())
        .first(c)
        .optional())
}

/// The attachments of these statuses, in their order.
pub fn list(conn: &mut Conn, statuses: &[StatusId]) -> QueryResult<Vec<Attachment>> {
    if statuses.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| attachments::table
        .filter(
            attachments::status_id.eq_any(statuses.iter().copied().map(Some).collect::<Vec<_>>())
        )
        .order((
            attachments::status_id.asc(),
            attachments::position.asc(),
            attachments::id.asc()
        ))
        .select(Attachment::as_select())
        .load(c))
}

/// The attachments with these ids, in no order.
pub fn list_by_id(conn: &mut Conn, ids: &[AttachmentId]) -> QueryResult<Vec<Attachment>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| attachments::table
        .filter(attachments::id.eq_any(ids))
        .select(Attachment::as_select())
        .load(c))
}

/// Adds attachments.
pub fn insert(tx: &mut Tx, rows: &[Attachment]) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    on!(&mut **tx, |c| diesel::insert_into(attachments::table)
        .values(rows)
        .execute(c))
    .map(drop)
}

/// Writes the whole row of a known attachment.
pub fn update(tx: &mut Tx, row: &Attachment) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        attachments::table.filter(attachments::id.eq(row.id))
    )
    .set(row)
    .execute(c))
    .map(drop)
}

/// Hangs an attachment onto a status, at this place.
pub fn attach(tx: &mut Tx, id: AttachmentId, status: StatusId, position: i16) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(attachments::table.find(id))
        .set((
            attachments::status_id.eq(status),
            attachments::position.eq(position)
        ))
        .execute(c))
    .map(drop)
}

/// Takes every attachment off a status; they can be attached again.
pub fn detach_all(tx: &mut Tx, status: StatusId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        attachments::table.filter(attachments::status_id.eq(status))
    )
    .set(attachments::status_id.eq(None::<StatusId>))
    .execute(c))
    .map(drop)
}

/// Removes an attachment's row; the caller queues the removal of its blobs.
pub fn delete(tx: &mut Tx, id: AttachmentId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(attachments::table.find(id))
        .execute(c))
    .map(drop)
}

/// Attachments that were uploaded before `before` (milliseconds), were never posted and wait for nothing.
pub fn list_abandoned(conn: &mut Conn, before: i64, limit: i64) -> QueryResult<Vec<Attachment>> {
    on!(conn, |c| attachments::table
        .filter(attachments::status_id.is_null())
        .filter(attachments::created_at.lt(before))
        .filter(not(exists(scheduled_attachments::table.filter(
            scheduled_attachments::attachment_id.eq(attachments::id)
        ))))
        .order(attachments::created_at.asc())
        .limit(limit)
        .select(Attachment::as_select())
        .load(c))
}
