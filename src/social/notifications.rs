//! Who is told about what, and how they manage what they were told.

use std::collections::HashSet;

use super::markers::{self, Timeline};
use super::slices::Slice;
use super::{Error, Result, news, notification_keys, notification_policies, push};
use crate::id::{AccountId, NotificationId, NotificationRequestId, StatusId};
use crate::node::Node;
use crate::store::notification_requests::Request;
use crate::store::notifications::{Filter, NewNotification, Notification};
use crate::store::statuses::Status;
use crate::store::{
    self, Conn, NotificationKind, NotificationPlace, Page, QueryResult, Treatment, Tx,
};

/// What somebody is to be told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Notice<'a> {
    /// Who is told.
    pub(super) to: AccountId,
    /// What about.
    pub(super) kind: NotificationKind,
    /// Who caused it.
    pub(super) from: AccountId,
    /// Which status it is about.
    pub(super) status: Option<StatusId>,
    /// The status if it names or addresses the one who is told.
    pub(super) addressing: Option<&'a Status>,
    /// When it happened (milliseconds), if it was missed and is known only now.
    pub(super) missed_at: Option<i64>,
}

/// What became of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// It is a notification, also if it was one already.
    Yes,
    /// It was put aside, as the recipient's policy says.
    Aside,
    /// The recipient does not want it, or is not here.
    No,
}

/// Tells a local account that `from` did something, unless one of the two wants no contact.
///
/// # Errors
/// Whatever the database says.
pub fn notify(
    tx: &mut Tx,
    to: AccountId,
    kind: NotificationKind,
    from: AccountId,
    status: Option<StatusId>,
) -> QueryResult<()> {
    notify_all(tx, &[to], kind, from, status)
}

/// Tells each of these local accounts that `from` did something, unless they want no contact.
///
/// # Errors
/// Whatever the database says.
pub fn notify_all(
    tx: &mut Tx,
    recipients: &[AccountId],
    kind: NotificationKind,
    from: AccountId,
    status: Option<StatusId>,
) -> QueryResult<()> {
    let mut made = Vec::new();
    for to in recipients {
        let notice = Notice {
            to: *to,
            kind,
            from,
            status,
            addressing: None,
            missed_at: None,
        };
        let (_, id) = note(tx, &notice)?;
        made.extend(id.map(|id| (id, *to)));
    }
    push::telling::told(tx, kind, from, &made)
}

/// Tells a local account of something of its own that nobody else did, such as the end of a poll. No policy concerns it.
///
/// # Errors
/// Whatever the database says.
pub fn notify_own(
    tx: &mut Tx,
    account: AccountId,
    kind: NotificationKind,
    status: StatusId,
) -> QueryResult<()> {
    let new = NewNotification {
        account_id: account,
        kind,
        from_account_id: account,
        status_id: Some(status),
        created_at: tx.now(),
        group_key: notification_keys::choose(tx, account, kind, Some(status))?,
        place: NotificationPlace::Head,
    };
    match store::notifications::insert(tx, &new)? {
        Some(id) => {
            news::notified(tx, id, account)?;
            push::telling::told(tx, kind, account, &[(id, account)])
        }
        None => Ok(()),
    }
}

/// Tells a local account of something, unless it wants no contact with whoever caused it or its policy has another
/// word. What was missed and is known only now bears the instant at which it happened, and disturbs nobody.
///
/// # Errors
/// Whatever the database says.
pub(super) fn tell(tx: &mut Tx, notice: &Notice) -> QueryResult<Told> {
    let (told, made) = note(tx, notice)?;
    if let Some(id) = made {
        push::telling::told(tx, notice.kind, notice.from, &[(id, notice.to)])?;
    }
    Ok(told)
}

/// Makes the notification, and gives its id if it is new and may disturb whoever is told.
fn note(tx: &mut Tx, notice: &Notice) -> QueryResult<(Told, Option<NotificationId>)> {
    let (to, from) = (notice.to, notice.from);
    if to == from || !is_wanted(tx, to, from)? {
        return Ok((Told::No, None));
    }
    let treatment = notification_policies::judge(tx, to, from, notice.kind, notice.addressing)?;
    let status_id = notice.status;
    let (group_key, place) = match treatment {
        Treatment::Drop => return Ok((Told::No, None)),
        Treatment::Filter => (None, NotificationPlace::Filtered),
        Treatment::Accept => {
            let key = notification_keys::choose(tx, to, notice.kind, status_id)?;
            (key, NotificationPlace::Head)
        }
    };
    let now = tx.now();
    let new = NewNotification {
        account_id: to,
        kind: notice.kind,
        from_account_id: from,
        status_id,
        created_at: notice.missed_at.unwrap_or(now).min(now),
        group_key,
        place,
    };
    let made = store::notifications::insert(tx, &new)?;
    if treatment == Treatment::Filter {
        if made.is_some() {
            put_aside(tx, &new)?;
        }
        return Ok((Told::Aside, None));
    }
    let fresh = made.filter(|_| notice.missed_at.is_none());
    if let Some(id) = fresh {
        news::notified(tx, id, to)?;
    }
    Ok((Told::Yes, fresh))
}

/// Whether somebody whom a status addresses without naming them wants to hear of it. They are not notified, unless it is
/// put aside: then it waits for their word like anything else.
///
/// # Errors
/// Whatever the database says.
pub(super) fn admits(tx: &mut Tx, notice: &Notice) -> QueryResult<bool> {
    let (to, from) = (notice.to, notice.from);
    if to == from || !is_wanted(tx, to, from)? {
        return Ok(false);
    }
    match notification_policies::judge(tx, to, from, notice.kind, notice.addressing)? {
        Treatment::Accept => Ok(true),
        Treatment::Filter => tell(tx, notice).map(|_| false),
        Treatment::Drop => Ok(false),
    }
}

/// Lets the sender of a filtered notification wait for its recipient's word.
fn put_aside(tx: &mut Tx, new: &NewNotification) -> QueryResult<()> {
    let now = tx.now();
    let request = Request {
        id: NotificationRequestId(tx.new_id()),
        account_id: new.account_id,
        from_account_id: new.from_account_id,
        last_status_id: new.status_id,
        created_at: now,
        updated_at: now,
    };
    store::notification_requests::upsert(tx, request)
}

/// Whether an account is here and wants contact with another.
fn is_wanted(tx: &mut Tx, to: AccountId, from: AccountId) -> QueryResult<bool> {
    let now = tx.now();
    let is_local = store::accounts::find(tx, to)?.is_some_and(|account| account.is_local());
    if !is_local || store::blocks::find(tx, to, from)?.is_some() {
        return Ok(false);
    }
    if !store::user_domain_blocks::list_by(tx, to, &[from])?.is_empty() {
        return Ok(false);
    }
    let mutes = store::mutes::list_by(tx, to, &[from])?;
    Ok(!mutes
        .iter()
        .any(|mute| mute.hides_notifications && mute.holds(now)))
}

/// Tells a local account of something that is no status: a report, a warning, a loss. Its subject's id is noted.
///
/// # Errors
/// Whatever the database says.
pub fn notify_of(
    tx: &mut Tx,
    to: AccountId,
    kind: NotificationKind,
    from: AccountId,
    subject: i64,
) -> QueryResult<()> {
    let new = NewNotification {
        account_id: to,
        kind,
        from_account_id: from,
        status_id: None,
        created_at: tx.now(),
        group_key: notification_keys::choose(tx, to, kind, None)?,
        place: NotificationPlace::Head,
    };
    let Some(id) = store::notifications::insert(tx, &new)? else {
        return Ok(());
    };
    store::notification_subjects::set(tx, id, subject)?;
    news::notified(tx, id, to)?;
    push::telling::told(tx, kind, from, &[(id, to)])
}

/// A page of what an account was told; whatever it may no longer see is left out.
///
/// # Errors
/// Whatever the database says.
pub fn list(
    conn: &mut Conn,
    viewer: AccountId,
    filter: &Filter,
    page: &Page,
) -> QueryResult<Slice<Notification>> {
    let found = store::notifications::page(conn, viewer, filter, page)?;
    let kept = keep_visible(conn, viewer, found.clone())?;
    Ok(Slice::new(kept, &found, |told| told.id.0))
}

/// Leaves out what is about statuses that the viewer may no longer see.
pub(super) fn keep_visible(
    conn: &mut Conn,
    viewer: AccountId,
    found: Vec<Notification>,
) -> QueryResult<Vec<Notification>> {
    let ids: Vec<StatusId> = found.iter().filter_map(|told| told.status_id).collect();
    let statuses = store::statuses::list(conn, &ids)?;
    let visible: HashSet<StatusId> = super::visibility::keep_visible(conn, Some(viewer), statuses)?
        .into_iter()
        .map(|status| status.id)
        .collect();
    Ok(found
        .into_iter()
        .filter(|told| told.status_id.is_none_or(|id| visible.contains(&id)))
        .collect())
}

/// One notification of this account.
///
/// # Errors
/// [`Error::NotFound`] if it is not theirs, or about a status that they may no longer see.
pub fn find(conn: &mut Conn, viewer: AccountId, id: NotificationId) -> Result<Notification> {
    let found = store::notifications::find_own(conn, viewer, id)?;
    keep_visible(conn, viewer, found.into_iter().collect())?
        .pop()
        .ok_or(Error::NotFound)
}

/// Removes what somebody caused, also what was put aside: this account wants to hear of them no longer.
///
/// # Errors
/// Whatever the database says.
pub(super) fn forget_sender(tx: &mut Tx, account: AccountId, from: AccountId) -> QueryResult<()> {
    store::notification_policies::forbid(tx, account, from)?;
    store::notification_requests::delete(tx, account, from)?;
    store::notifications::remove_sender(tx, account, from)
}

/// Removes one notification of this account.
///
/// # Errors
/// [`Error::NotFound`] if it is not theirs.
pub async fn dismiss(node: &Node, viewer: AccountId, id: NotificationId) -> Result<()> {
    node.db
        .write(move |tx| {
            if store::notifications::dismiss(tx, viewer, id)? {
                Ok(())
            } else {
                Err(Error::NotFound)
            }
        })
        .await
}

/// Removes all notifications of this account that are shown. What is put aside waits for its own word.
///
/// # Errors
/// Whatever the database says.
pub async fn clear(node: &Node, viewer: AccountId) -> Result<()> {
    node.db
        .write(move |tx| Ok(store::notifications::clear(tx, viewer)?))
        .await
}

/// How many notifications came after the reading position, counted up to `limit`.
///
/// # Errors
/// Whatever the database says.
pub fn count_unread(conn: &mut Conn, viewer: AccountId, limit: i64) -> QueryResult<i64> {
    let read = markers::find(conn, viewer, Timeline::Notifications)?;
    let read = read.map_or(0, |marker| marker.last_read_id);
    store::notifications::count_after(conn, viewer, read, limit)
}
