//! From whom the viewer wants to be notified, and who waits.

use serde::Serialize;

use super::ids::number_as_text;
use super::{Account, Instant, Status};
use crate::id::NotificationRequestId;

/// What becomes of notifications: `accept`, `filter` or `drop`.
///
/// Source: <https://docs.joinmastodon.org/entities/NotificationPolicy/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotificationPolicy {
    /// Of those whom the viewer does not follow.
    pub for_not_following: &'static str,
    /// Of those who do not follow the viewer.
    pub for_not_followers: &'static str,
    /// Of accounts that are new.
    pub for_new_accounts: &'static str,
    /// Of direct statuses that answer nothing.
    pub for_private_mentions: &'static str,
    /// Of those whom the staff has limited.
    pub for_limited_accounts: &'static str,
    /// How much waits.
    pub summary: NotificationSummary,
}

/// The policy as it was before there were three answers.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#get-policy-v1>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the keys of the documented entity"
)]
pub struct NotificationPolicyV1 {
    /// Whether those whom the viewer does not follow are filtered.
    pub filter_not_following: bool,
    /// Whether those who do not follow the viewer are filtered.
    pub filter_not_followers: bool,
    /// Whether new accounts are filtered.
    pub filter_new_accounts: bool,
    /// Whether direct statuses that answer nothing are filtered.
    pub filter_private_mentions: bool,
    /// How much waits.
    pub summary: NotificationSummary,
}

/// How much waits for the viewer's word, as far as it is counted.
///
/// Source: <https://docs.joinmastodon.org/entities/NotificationPolicy/#summary>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct NotificationSummary {
    /// Senders.
    pub pending_requests_count: i64,
    /// Their notifications.
    pub pending_notifications_count: i64,
}

/// Somebody whose notifications were put aside.
///
/// Source: <https://docs.joinmastodon.org/entities/NotificationRequest/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NotificationRequest {
    /// Its id.
    pub id: NotificationRequestId,
    /// Since when they wait.
    pub created_at: Instant,
    /// When the newest notification came.
    pub updated_at: Instant,
    /// The sender.
    pub account: Account,
    /// How many notifications there are, as a text.
    #[serde(serialize_with = "number_as_text")]
    pub notifications_count: i64,
    /// The newest status that one of them is about; left out if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_status: Option<Status>,
}

/// Whether all that was accepted is shown.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#requests-merged>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct NotificationsMerged {
    /// It is.
    pub merged: bool,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::accounts;
    use super::*;

    #[test]
    fn a_request_counts_in_words_and_may_have_no_status() {
        let request = NotificationRequest {
            id: NotificationRequestId(3),
            created_at: Instant(0),
            updated_at: Instant(1),
            account: accounts::tests::plain(7),
            notifications_count: 12,
            last_status: None,
        };
        let expected = json!({"id": "3", "created_at": "1970-01-01T00:00:00.000Z",
            "updated_at": "1970-01-01T00:00:00.001Z", "account": accounts::tests::plain(7),
            "notifications_count": "12"});
        assert_eq!(json!(request), expected);
    }
}
