//! Notifications, one by one.
//!
//! Source: <https://docs.joinmastodon.org/entities/Notification/>

use std::collections::HashMap;

use super::moderation::Subjects;
use super::words::notification_kind;
use super::{View, accounts, only, reactions, statuses};
use crate::api::entities::notifications::NotificationKind;
use crate::api::entities::{self, Instant};
use crate::id::{AccountId, StatusId};
use crate::social::notification_groups;
use crate::store::notifications::Notification;
use crate::store::{self, Conn, NotificationPlace, QueryResult};

/// Under which names kinds of notifications are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Naming {
    /// Those that every client knows: one that meets another may lose the whole list.
    #[default]
    Common,
    /// Their own: the client has asked for one of them by name.
    Own,
}

impl Naming {
    pub(super) fn of(self, kind: store::NotificationKind) -> NotificationKind {
        notification_kind(match self {
            Self::Common => kind.common(),
            Self::Own => kind,
        })
    }
}

/// These notifications, in their order. Costs some forty queries at most, whatever the length of the page.
///
/// # Errors
/// Whatever the database says.
pub fn page(
    conn: &mut Conn,
    view: &View,
    naming: Naming,
    rows: &[Notification],
) -> QueryResult<Vec<entities::Notification>> {
    let mut senders: Vec<AccountId> = rows.iter().map(|row| row.from_account_id).collect();
    senders.sort_unstable();
    senders.dedup();
    let accounts: HashMap<AccountId, entities::Account> = accounts::by_ids(conn, view, &senders)?
        .into_iter()
        .map(|account| (account.id, account))
        .collect();
    let mut ids: Vec<StatusId> = rows.iter().filter_map(|row| row.status_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let found = store::statuses::list(conn, &ids)?;
    let statuses: HashMap<StatusId, entities::Status> = statuses::page(conn, view, found)?
        .into_iter()
        .map(|status| (status.id, status))
        .collect();
    let subjects = Subjects::load(conn, view, rows)?;
    let emojis = match naming {
        Naming::Common => reactions::Noticed::default(),
        Naming::Own => reactions::Noticed::load(conn, view, rows)?,
    };
    Ok(rows
        .iter()
        .filter_map(|row| {
            let (emoji, emoji_url) = emojis.of(row);
            Some(entities::Notification {
                emoji,
                emoji_url,
                report: subjects.report(row),
                event: subjects.event(row),
                moderation_warning: subjects.warning(row),
                id: row.id,
                kind: naming.of(row.kind),
                group_key: notification_groups::key_of(row),
                created_at: Instant(row.created_at),
                account: accounts.get(&row.from_account_id)?.clone(),
                status: row.status_id.and_then(|id| statuses.get(&id).cloned()),
                filtered: row.place == NotificationPlace::Filtered,
            })
        })
        .collect())
}

/// One notification.
///
/// # Errors
/// Whatever the database says.
pub fn single(
    conn: &mut Conn,
    view: &View,
    row: Notification,
) -> QueryResult<entities::Notification> {
    only(page(conn, view, Naming::Common, &[row])?)
}
