//! Posts that wait for their time, and the files that wait with them.

use diesel::prelude::*;

use super::attachments::Attachment;
use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::{attachments, scheduled_attachments, scheduled_statuses};
use super::tx::Tx;
use crate::id::{AccountId, AttachmentId, ScheduledId};

/// One post that waits for its time.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = scheduled_statuses, treat_none_as_default_value = false)]
pub struct Scheduled {
    /// Its id.
    pub id: ScheduledId,
    /// Who posts.
    pub account_id: AccountId,
    /// When it is posted, in milliseconds.
    pub scheduled_at: i64,
    /// What it will be made of, as JSON.
    pub params: String,
    /// Why it could not be posted when its time came.
    pub failure: Option<String>,
    /// When it was written, in milliseconds.
    pub created_at: i64,
}

/// The post with this id.
pub fn find(conn: &mut Conn, id: ScheduledId) -> QueryResult<Option<Scheduled>> {
    on!(conn, |c| scheduled_statuses::table
        .find(id)
        .select(Scheduled::as_select())
        .first(c)
        .optional())
}

/// A page of what an account has scheduled.
pub fn page_by(conn: &mut Conn, account: AccountId, page: &Page) -> QueryResult<Vec<Scheduled>> {
    on!(conn, |c| {
        let query = scheduled_statuses::table
            .filter(scheduled_statuses::account_id.eq(account))
            .select(Scheduled::as_select())
            .into_boxed();
        cut!(c, query, scheduled_statuses::id, page, Scheduled)
    })
}

/// How many posts an account has scheduled.
pub fn count_by(conn: &mut Conn, account: AccountId) -> QueryResult<i64> {
    on!(conn, |c| scheduled_statuses::table
        .filter(scheduled_statuses::account_id.eq(account))
        .count()
        .get_result(c))
}

/// How many posts other than `except` an account has scheduled from `since` on and before `until` (milliseconds).
pub fn count_between(
    conn: &mut Conn,
    account: AccountId,
    (since, until): (i64, i64),
    except: Option<ScheduledId>,
) -> QueryResult<i64> {
    on!(conn, |c| scheduled_statuses::table
        .filter(scheduled_statuses::account_id.eq(account))
        .filter(scheduled_statuses::scheduled_at.ge(since))
        .filter(scheduled_statuses::scheduled_at.lt(until))
        .filter(scheduled_statuses::id.ne(except.unwrap_or(ScheduledId(0))))
        .count()
        .get_result(c))
}

/// The files of these posts: (post, file), each post's in the order of their places.
pub fn list_files(
    conn: &mut Conn,
    ids: &[ScheduledId],
) -> QueryResult<Vec<(ScheduledId, Attachment)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| scheduled_attachments::table
        .inner_join(attachments::table.on(attachments::id.eq(scheduled_attachments::attachment_id)))
        .filter(scheduled_attachments::scheduled_id.eq_any(ids))
        .order((attachments::position.asc(), attachments::id.asc()))
        .select((scheduled_attachments::scheduled_id, Attachment::as_select()))
        .load(c))
}

/// Whether a file waits with a post for its time.
pub fn holds(conn: &mut Conn, file: AttachmentId) -> QueryResult<bool> {
    let found: Option<ScheduledId> = on!(conn, |c| scheduled_attachments::table
        .find(file)
        .select(scheduled_attachments::scheduled_id)
        .first(c)
        .optional())?;
    Ok(found.is_some())
}

/// Adds a post with its files, in this order.
pub fn insert(tx: &mut Tx, row: &Scheduled, files: &[AttachmentId]) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(
        scheduled_statuses::table
    )
    .values(row)
    .execute(c))?;
    for (position, file) in (0_i16..).zip(files) {
        on!(&mut **tx, |c| {
            diesel::insert_into(scheduled_attachments::table)
                .values((
                    scheduled_attachments::attachment_id.eq(file),
                    scheduled_attachments::scheduled_id.eq(row.id),
                ))
                .execute(c)?;
            diesel::update(attachments::table.find(file))
                .set(attachments::position.eq(position))
                .execute(c)
        })?;
    }
    Ok(())
}

/// Moves a post of this account to another time (milliseconds), as if it had never failed; tells whether it was there.
pub fn postpone(
    tx: &mut Tx,
    account: AccountId,
    id: ScheduledId,
    scheduled_at: i64,
) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::update(
        scheduled_statuses::table
            .filter(scheduled_statuses::id.eq(id))
            .filter(scheduled_statuses::account_id.eq(account))
    )
    .set((
        scheduled_statuses::scheduled_at.eq(scheduled_at),
        scheduled_statuses::failure.eq(None::<String>),
    ))
    .execute(c))
    .map(|moved| moved > 0)
}

/// Takes out the post that is to be posted at this instant (milliseconds), for whoever posts it in this very
/// transaction; its files belong to nobody then.
pub fn take(tx: &mut Tx, id: ScheduledId, scheduled_at: i64) -> QueryResult<Option<Scheduled>> {
    on!(&mut **tx, |c| diesel::delete(
        scheduled_statuses::table
            .filter(scheduled_statuses::id.eq(id))
            .filter(scheduled_statuses::scheduled_at.eq(scheduled_at))
    )
    .returning(Scheduled::as_returning())
    .get_result(c)
    .optional())
}

/// Keeps why a post could not be posted.
pub fn set_failure(tx: &mut Tx, id: ScheduledId, reason: &str) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        scheduled_statuses::table.find(id)
    )
    .set(scheduled_statuses::failure.eq(reason))
    .execute(c))
    .map(drop)
}

/// Removes a post of this account; tells whether it was there. Its files belong to nobody then.
pub fn delete(tx: &mut Tx, account: AccountId, id: ScheduledId) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::delete(
        scheduled_statuses::table
            .filter(scheduled_statuses::id.eq(id))
            .filter(scheduled_statuses::account_id.eq(account))
    )
    .execute(c))
    .map(|removed| removed > 0)
}
