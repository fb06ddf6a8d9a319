//! Policies about notifications. Everything is in the rows: no queries.
//!
//! Source: <https://docs.joinmastodon.org/entities/NotificationPolicy/>

use crate::api::entities::notification_policies::{
    NotificationPolicy, NotificationPolicyV1, NotificationSummary,
};
use crate::social::notification_policies::Summary;
use crate::store::Treatment;
use crate::store::notification_policies::Policy;

/// A policy, and how much waits.
#[must_use]
pub fn show(policy: &Policy, summary: Summary) -> NotificationPolicy {
    NotificationPolicy {
        for_not_following: policy.not_following.word(),
        for_not_followers: policy.not_followers.word(),
        for_new_accounts: policy.new_accounts.word(),
        for_private_mentions: policy.private_mentions.word(),
        for_limited_accounts: policy.limited_accounts.word(),
        summary: count(summary),
    }
}

/// A policy for clients that know two answers: everything that is not accepted is filtered.
#[must_use]
pub fn show_v1(policy: &Policy, summary: Summary) -> NotificationPolicyV1 {
    NotificationPolicyV1 {
        filter_not_following: policy.not_following != Treatment::Accept,
        filter_not_followers: policy.not_followers != Treatment::Accept,
        filter_new_accounts: policy.new_accounts != Treatment::Accept,
        filter_private_mentions: policy.private_mentions != Treatment::Accept,
        summary: count(summary),
    }
}

fn count(summary: Summary) -> NotificationSummary {
    NotificationSummary {
        pending_requests_count: summary.requests,
        pending_notifications_count: summary.notifications,
    }
}
