//! What streams are to tell: a row for each status that appears, changes or goes, and for each notification. Who
//! hears of it is found out when it is told ([`streams`](super::streams)), so a post costs one row whatever the
//! number of streams.

use crate::clock::DAY;
use crate::id::{AccountId, ConversationId, NotificationId};
use crate::store::news::{NewNews, Remains};
use crate::store::statuses::Status;
use crate::store::{self, Json, NewsKind, QueryResult, Tx, Visibility};

/// A status that is older than this when it comes has its place in timelines, and is no news any more, in
/// milliseconds. A peer that was down for a day is heard; the past of somebody who is followed anew is not told.
const OLDEST: i64 = DAY;

/// A status or boost appeared.
///
/// # Errors
/// Whatever the database says.
pub(super) fn appeared(tx: &mut Tx, status: &Status) -> QueryResult<()> {
    if status.created_at < tx.now() - OLDEST {
        return Ok(());
    }
    tell(tx, NewsKind::Appeared, status.id.0, status.account_id)
}

/// A status was edited.
///
/// # Errors
/// Whatever the database says.
pub(super) fn edited(tx: &mut Tx, status: &Status) -> QueryResult<()> {
    tell(tx, NewsKind::Edited, status.id.0, status.account_id)
}

/// Somebody was notified.
///
/// # Errors
/// Whatever the database says.
pub(super) fn notified(tx: &mut Tx, id: NotificationId, to: AccountId) -> QueryResult<()> {
    tell(tx, NewsKind::Notified, id.0, to)
}

/// A status came into a conversation of this account.
///
/// # Errors
/// Whatever the database says.
pub(super) fn conversed(tx: &mut Tx, id: ConversationId, of: AccountId) -> QueryResult<()> {
    tell(tx, NewsKind::Conversed, id.0, of)
}

/// What was put aside of this account's notifications is shown now.
///
/// # Errors
/// Whatever the database says.
pub(super) fn merged(tx: &mut Tx, of: AccountId) -> QueryResult<()> {
    tell(tx, NewsKind::Merged, 0, of)
}

/// A status or boost is about to go; what its rows say of who may hear it is kept.
///
/// # Errors
/// Whatever the database says.
pub(super) fn gone(tx: &mut Tx, status: &Status) -> QueryResult<()> {
    let addressed = store::mentions::list(tx, &[status.id])?;
    let is_open = status.visibility == Visibility::Public && status.boost_of_id.is_none();
    let mut remains = Remains {
        addressed: addressed
            .iter()
            .map(|mention| mention.account_id.0)
            .collect(),
        for_followers: status.visibility != Visibility::Direct,
        is_listed: is_open && !answers_others(status),
        is_local: status.is_local,
        ..Remains::default()
    };
    if is_open {
        let tags = store::tags::list(tx, &[status.id])?;
        remains.tags = tags.into_iter().map(|(_, name)| name).collect();
        remains.has_media = !store::attachments::list(tx, &[status.id])?.is_empty();
    }
    let new = NewNews {
        kind: NewsKind::Gone,
        subject_id: status.id.0,
        account_id: status.account_id,
        remains: Some(Json(remains)),
        created_at: tx.now(),
    };
    store::news::insert(tx, &new)
}

/// Whether a status answers somebody else, so that no public timeline holds it.
pub(super) fn answers_others(status: &Status) -> bool {
    status.in_reply_to_uri.is_some() && status.in_reply_to_account_id != Some(status.account_id)
}

fn tell(tx: &mut Tx, kind: NewsKind, subject_id: i64, account_id: AccountId) -> QueryResult<()> {
    let new = NewNews {
        kind,
        subject_id,
        account_id,
        remains: None,
        created_at: tx.now(),
    };
    store::news::insert(tx, &new)
}
