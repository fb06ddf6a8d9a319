//! What people see of moderation: their reports, warnings, losses, and blocked servers.

use serde::Serialize;

use super::ids::number_as_text;
use super::{Account, Instant};

/// A report, as whoever made it sees it.
///
/// Source: <https://docs.joinmastodon.org/entities/Report/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The report's number.
    #[serde(serialize_with = "number_as_text")]
    pub id: i64,
    /// Whether the staff has done something about it.
    pub action_taken: bool,
    /// When.
    pub action_taken_at: Option<Instant>,
    /// `spam`, `legal`, `violation` or `other`.
    pub category: &'static str,
    /// The words, plain text.
    pub comment: String,
    /// Whether other servers were told.
    pub forwarded: bool,
    /// When it was made.
    pub created_at: Instant,
    /// The statuses that it is about.
    pub status_ids: Vec<String>,
    /// The collections that it is about: there are none.
    pub collection_ids: Vec<String>,
    /// The rules that were broken.
    pub rule_ids: Vec<String>,
    /// Who was reported.
    pub target_account: Account,
}

/// What the staff decided about the viewer.
///
/// Source: <https://docs.joinmastodon.org/entities/AccountWarning/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AccountWarning {
    /// The warning's number.
    #[serde(serialize_with = "number_as_text")]
    pub id: i64,
    /// What was done: `none`, `sensitive`, `disable`, `silence` or `suspend`.
    pub action: &'static str,
    /// The words, plain text; may be empty.
    pub text: String,
    /// The statuses that it is about; null where it is about the account.
    pub status_ids: Option<Vec<String>>,
    /// The viewer.
    pub target_account: Account,
    /// What the viewer said to it: there is no way to do so yet.
    pub appeal: Option<()>,
    /// When.
    pub created_at: Instant,
}

/// Follows that the viewer lost because of a decision.
///
/// Source: <https://docs.joinmastodon.org/entities/RelationshipSeveranceEvent/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SeveranceEvent {
    /// The event's number.
    #[serde(serialize_with = "number_as_text")]
    pub id: i64,
    /// `domain_block`, `user_domain_block` or `account_suspension`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Whether the list of them is gone.
    pub purged: bool,
    /// The domain or account that it was about.
    pub target_name: String,
    /// How many followers.
    pub followers_count: i64,
    /// How many that the viewer followed.
    pub following_count: i64,
    /// When.
    pub created_at: Instant,
}

/// A server that the node blocks, as people see it.
///
/// Source: <https://docs.joinmastodon.org/entities/DomainBlock/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DomainBlock {
    /// The domain, or what is shown of it.
    pub domain: String,
    /// SHA-256 of the whole domain, in hex.
    pub digest: String,
    /// `silence` or `suspend`.
    pub severity: &'static str,
    /// Why; left out where the node does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// What happened in one week.
///
/// Source: <https://docs.joinmastodon.org/methods/instance/#activity>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Activity {
    /// Its first instant, in seconds since the Unix epoch.
    #[serde(serialize_with = "number_as_text")]
    pub week: i64,
    /// Statuses posted here.
    #[serde(serialize_with = "number_as_text")]
    pub statuses: i64,
    /// People who used the node.
    #[serde(serialize_with = "number_as_text")]
    pub logins: i64,
    /// People who signed up.
    #[serde(serialize_with = "number_as_text")]
    pub registrations: i64,
}
