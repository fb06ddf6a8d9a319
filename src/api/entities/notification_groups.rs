//! Notifications that are shown as one.

use serde::Serialize;

use super::moderation::{AccountWarning, Report, SeveranceEvent};
use super::notifications::NotificationKind;
use super::{Account, Instant, Status};
use crate::id::{AccountId, NotificationId, StatusId};

/// A page of groups with what they name, each once.
///
/// Source: <https://docs.joinmastodon.org/methods/grouped_notifications/#GroupedNotificationsResults>
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct GroupedNotifications {
    /// The accounts; with `expand_accounts=partial_avatars` the newest sender of each group alone.
    pub accounts: Vec<Account>,
    /// The other accounts, by little more than their pictures; sent only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial_accounts: Option<Vec<PartialAccount>>,
    /// The statuses.
    pub statuses: Vec<Status>,
    /// The groups.
    pub notification_groups: Vec<NotificationGroup>,
}

/// Notifications that are shown as one.
///
/// Source: <https://docs.joinmastodon.org/methods/grouped_notifications/#NotificationGroup>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NotificationGroup {
    /// What they share; opaque to clients.
    pub group_key: String,
    /// How many there are.
    pub notifications_count: i64,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: NotificationKind,
    /// The newest of them, as a number.
    pub most_recent_notification_id: i64,
    /// The oldest of them on this page.
    pub page_min_id: NotificationId,
    /// The newest of them on this page.
    pub page_max_id: NotificationId,
    /// When the newest of them on this page was made.
    pub latest_page_notification_at: Instant,
    /// Who caused the newest, eight at most.
    pub sample_account_ids: Vec<AccountId>,
    /// The status that they are about; left out for follows and follow requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_id: Option<StatusId>,
    /// What was reported; of `admin.report` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// What the viewer lost; of `severed_relationships` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<SeveranceEvent>,
    /// What the staff decided; of `moderation_warning` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moderation_warning: Option<AccountWarning>,
}

/// An account by little more than its picture.
///
/// Source: <https://docs.joinmastodon.org/methods/grouped_notifications/#PartialAccountWithAvatar>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartialAccount {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub acct: String,
    /// Its page.
    pub url: String,
    /// Its picture.
    pub avatar: String,
    /// The first frame of it.
    pub avatar_static: String,
    /// What the picture shows, in words.
    pub avatar_description: String,
    /// Whether it approves followers by hand.
    pub locked: bool,
    /// Whether it is a program.
    pub bot: bool,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_group_has_its_documented_keys() {
        let group = NotificationGroup {
            group_key: "favourite-1-495000".into(),
            notifications_count: 2,
            kind: NotificationKind::Favourite,
            most_recent_notification_id: 12,
            page_min_id: NotificationId(11),
            page_max_id: NotificationId(12),
            latest_page_notification_at: Instant(0),
            sample_account_ids: vec![AccountId(7), AccountId(8)],
            status_id: Some(StatusId(1)),
            report: None,
            event: None,
            moderation_warning: None,
        };
        let expected = json!({"group_key": "favourite-1-495000", "notifications_count": 2,
            "type": "favourite", "most_recent_notification_id": 12, "page_min_id": "11",
            "page_max_id": "12", "latest_page_notification_at": "1970-01-01T00:00:00.000Z",
            "sample_account_ids": ["7", "8"], "status_id": "1"});
        assert_eq!(json!(group), expected);
        let empty = json!({"accounts": [], "statuses": [], "notification_groups": []});
        assert_eq!(json!(GroupedNotifications::default()), empty);
    }
}
