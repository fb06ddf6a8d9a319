//! What notifications are about that are about no status: a report, a warning, a loss of follows.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::notification_subjects;
use super::tx::Tx;
use crate::id::NotificationId;

/// Notes what a notification is about that is about no status.
pub fn set(tx: &mut Tx, id: NotificationId, subject: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(
        notification_subjects::table
    )
    .values((
        notification_subjects::notification_id.eq(id),
        notification_subjects::subject_id.eq(subject)
    ))
    .on_conflict_do_nothing()
    .execute(c))
    .map(drop)
}

/// What these notifications are about that are about no status.
pub fn list(conn: &mut Conn, ids: &[NotificationId]) -> QueryResult<Vec<(NotificationId, i64)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| notification_subjects::table
        .filter(notification_subjects::notification_id.eq_any(ids))
        .select((
            notification_subjects::notification_id,
            notification_subjects::subject_id
        ))
        .load(c))
}
