//! Notifications, one by one.

use serde::Serialize;

use super::moderation::{AccountWarning, Report, SeveranceEvent};
use super::{Account, Instant, Status};
use crate::id::NotificationId;

/// Something that happened to the viewer.
///
/// Source: <https://docs.joinmastodon.org/entities/Notification/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notification {
    /// The notification's id, small and sequential.
    pub id: NotificationId,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: NotificationKind,
    /// What similar notifications share; opaque to clients.
    pub group_key: String,
    /// When it happened.
    pub created_at: Instant,
    /// Who did it.
    pub account: Account,
    /// The status that it is about; left out for follows and follow requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// What was reported; of `admin.report` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// What the viewer lost; of `severed_relationships` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<SeveranceEvent>,
    /// What the staff decided; of `moderation_warning` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moderation_warning: Option<AccountWarning>,
    /// The emoji; of `pleroma:emoji_reaction` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
    /// The picture of a custom one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emoji_url: Option<String>,
    /// Whether the viewer's policy hides it; sent only when true.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub filtered: bool,
}

/// What a notification tells.
///
/// Source: <https://docs.joinmastodon.org/entities/Notification/#type>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// Somebody named the viewer.
    Mention,
    /// Somebody whose posts notify the viewer has posted.
    Status,
    /// Somebody boosted a status of the viewer.
    Reblog,
    /// Somebody follows the viewer.
    Follow,
    /// Somebody asks to follow the viewer.
    FollowRequest,
    /// Somebody favoured a status of the viewer.
    Favourite,
    /// A poll of the viewer, or one that the viewer voted in, has ended.
    Poll,
    /// A status that the viewer boosted was edited.
    Update,
    /// Somebody reported something to the staff, to which the viewer belongs.
    #[serde(rename = "admin.report")]
    AdminReport,
    /// Somebody signed up; told to the staff.
    #[serde(rename = "admin.sign_up")]
    AdminSignUp,
    /// The staff decided something about the viewer.
    ModerationWarning,
    /// The viewer lost follows because of a decision about a server.
    SeveredRelationships,
    /// Somebody quoted a status of the viewer.
    Quote,
    /// A status that the viewer quotes was edited.
    QuotedUpdate,
    /// Somebody reacted to a status of the viewer with an emoji; shown to clients that ask for it by this name alone.
    #[serde(rename = "pleroma:emoji_reaction")]
    Reaction,
}

/// How many notifications the viewer has not read, as far as they are counted.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#unread-count>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct UnreadCount {
    /// The number.
    pub count: i64,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{accounts, statuses};
    use super::*;

    #[test]
    fn a_notification_has_its_documented_keys() {
        let follow = Notification {
            id: NotificationId(12),
            kind: NotificationKind::FollowRequest,
            group_key: "ungrouped-12".into(),
            created_at: Instant(0),
            account: accounts::tests::plain(7),
            status: None,
            report: None,
            event: None,
            moderation_warning: None,
            emoji: None,
            emoji_url: None,
            filtered: false,
        };
        let mut expected = json!({
            "id": "12", "type": "follow_request", "group_key": "ungrouped-12",
            "created_at": "1970-01-01T00:00:00.000Z", "account": accounts::tests::plain(7),
        });
        assert_eq!(json!(follow), expected);
        let mention = Notification {
            kind: NotificationKind::Mention,
            status: Some(statuses::tests::plain(1)),
            ..follow
        };
        expected["type"] = json!("mention");
        expected["status"] = json!(statuses::tests::plain(1));
        assert_eq!(json!(mention), expected);
    }
}
