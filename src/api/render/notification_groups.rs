//! Notifications that are shown as one, and what they name.
//!
//! Source: <https://docs.joinmastodon.org/methods/grouped_notifications/#GroupedNotificationsResults>

use super::moderation::Subjects;
use super::notifications::Naming;
use super::{View, accounts, statuses};
use crate::api::entities::notification_groups::{
    GroupedNotifications, NotificationGroup, PartialAccount,
};
use crate::api::entities::{self, Instant};
use crate::id::{AccountId, StatusId};
use crate::social::notification_groups::Group;
use crate::store::notifications::Notification;
use crate::store::{self, Conn, QueryResult};

/// How the senders of groups are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expansion {
    /// All as accounts.
    #[default]
    Full,
    /// The newest of each group as an account, the others by little more than their pictures.
    PartialAvatars,
}

/// How groups are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// How their senders are.
    pub expansion: Expansion,
    /// Under which names.
    pub naming: Naming,
}

/// These groups, in their order, with the accounts and statuses that they name, each once. Costs some forty queries at
/// most, whatever the length of the page.
///
/// # Errors
/// Whatever the database says.
pub fn page(
    conn: &mut Conn,
    view: &View,
    manner: Manner,
    groups: &[Group],
) -> QueryResult<GroupedNotifications> {
    let mut senders: Vec<AccountId> = groups
        .iter()
        .flat_map(|group| group.senders.iter().copied())
        .collect();
    senders.sort_unstable();
    senders.dedup();
    let all = accounts::by_ids(conn, view, &senders)?;
    let (accounts, partial_accounts) = match manner.expansion {
        Expansion::Full => (all, None),
        Expansion::PartialAvatars => {
            let is_first = |account: &entities::Account| {
                let mut firsts = groups.iter().filter_map(|group| group.senders.first());
                firsts.any(|first| *first == account.id)
            };
            let (full, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(is_first);
            (full, Some(rest.into_iter().map(partial).collect()))
        }
    };
    let mut ids: Vec<StatusId> = groups
        .iter()
        .filter_map(|group| group.newest.status_id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let found = store::statuses::list(conn, &ids)?;
    let newest: Vec<Notification> = groups.iter().map(|group| group.newest.clone()).collect();
    let subjects = Subjects::load(conn, view, &newest)?;
    Ok(GroupedNotifications {
        accounts,
        partial_accounts,
        statuses: statuses::page(conn, view, found)?,
        notification_groups: groups
            .iter()
            .map(|one| group(one, manner.naming, &subjects))
            .collect(),
    })
}

fn group(group: &Group, naming: Naming, subjects: &Subjects) -> NotificationGroup {
    let newest = &group.newest;
    NotificationGroup {
        group_key: group.key.clone(),
        notifications_count: group.count,
        kind: naming.of(newest.kind),
        most_recent_notification_id: newest.id.0,
        page_min_id: group.oldest,
        page_max_id: newest.id,
        latest_page_notification_at: Instant(newest.created_at),
        sample_account_ids: group.senders.clone(),
        status_id: newest.status_id,
        report: subjects.report(newest),
        event: subjects.event(newest),
        moderation_warning: subjects.warning(newest),
    }
}

fn partial(account: entities::Account) -> PartialAccount {
    PartialAccount {
        id: account.id,
        acct: account.acct,
        url: account.url,
        avatar: account.avatar,
        avatar_static: account.avatar_static,
        avatar_description: account.avatar_description,
        locked: account.locked,
        bot: account.bot,
    }
}
