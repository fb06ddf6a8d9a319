//! What the staff sees: accounts with their people, reports, lists, figures.

use serde::Serialize;

use super::collections::Collection;
use super::ids::number_as_text;
use super::{Account, Instant, Role, Rule, Status};
use crate::id::{AccountId, ApplicationId};

/// An account with what only the staff may know.
///
/// Source: <https://docs.joinmastodon.org/entities/Admin_Account/>
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the keys of the documented entity"
)]
pub struct AdminAccount {
    /// The account's id.
    pub id: AccountId,
    /// The name without its host.
    pub username: String,
    /// The host; null for local accounts.
    pub domain: Option<String>,
    /// When it came to be known.
    pub created_at: Instant,
    /// The e-mail address; null for remote accounts, as what follows.
    pub email: Option<String>,
    /// From where its person came last.
    pub ip: Option<String>,
    /// From where its person came.
    pub ips: Vec<AdminIp>,
    /// The language of its person's pages.
    pub locale: Option<String>,
    /// Why its person wants to be here.
    pub invite_request: Option<String>,
    /// What its person may do to the node.
    pub role: Option<Role>,
    /// Whether the e-mail address is confirmed.
    pub confirmed: bool,
    /// Whether the staff has let it in.
    pub approved: bool,
    /// Whether its person may not sign in.
    pub disabled: bool,
    /// Whether its files count as sensitive.
    pub sensitized: bool,
    /// Whether it is limited.
    pub silenced: bool,
    /// Whether it is suspended.
    pub suspended: bool,
    /// The account as everybody sees it.
    pub account: Account,
    /// The application through which it was made; left out if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by_application_id: Option<ApplicationId>,
    /// Whose invitation brought it; left out if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invited_by_account_id: Option<AccountId>,
}

/// An address of somebody.
///
/// Source: <https://docs.joinmastodon.org/entities/Admin_Ip/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AdminIp {
    /// The address.
    pub ip: String,
    /// The last time.
    pub used_at: Instant,
}

/// A report, as the staff sees it.
///
/// Source: <https://docs.joinmastodon.org/entities/Admin_Report/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AdminReport {
    /// The report's number.
    #[serde(serialize_with = "number_as_text")]
    pub id: i64,
    /// Whether it is resolved.
    pub action_taken: bool,
    /// When it was.
    pub action_taken_at: Option<Instant>,
    /// `spam`, `legal`, `violation` or `other`.
    pub category: &'static str,
    /// The words, plain text.
    pub comment: String,
    /// Whether other servers were told.
    pub forwarded: bool,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Who reports; of another server's report its actor.
    pub account: AdminAccount,
    /// Whom.
    pub target_account: AdminAccount,
    /// Who looks after it.
    pub assigned_account: Option<AdminAccount>,
    /// Who resolved it.
    pub action_taken_by_account: Option<AdminAccount>,
    /// The statuses that it is about.
    pub statuses: Vec<Status>,
    /// The collections that it is about.
    pub collections: Vec<Collection>,
    /// The rules that were broken.
    pub rules: Vec<Rule>,
}

/// A blocked server.
///
/// Source: <https://docs.joinmastodon.org/entities/Admin_DomainBlock/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AdminDomainBlock {
    /// The block's number.
    #[serde(serialize_with = "number_as_text")]
    pub id: i64,
    /// The domain.
    pub domain: String,
    /// SHA-256 of it, in hex.
    pub digest: String,
    /// When it was made.
    pub created_at: Instant,
    /// `noop`, `silence` or `suspend`.
    pub severity: &'static str,
    /// Whether files from there are not shown.
    pub reject_media: bool,
    /// Whether reports from there are not taken.
    pub reject_reports: bool,
    /// For the staff.
    pub private_comment: Option<String>,
    /// For everybody.
    pub public_comment: Option<String>,
    /// Whether people are shown only a part of the domain.
    pub obfuscate: bool,
}

/// The answer to a block that is there already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BlockConflict {
    /// A sentence.
    pub error: String,
    /// The block that is there.
    pub existing_domain_block: AdminDomainBlock,
}

/// An allowed server.
///
/// Source: <https://docs.joinmastodon.org/entities/Admin_DomainAllow/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AdminDomainAllow {
    /// Its number.
    #[serde(serialize_with = "number_as_text")]
    pub id: i64,
    /// The domain.
    pub domain: String,
    /// When it was allowed.
    pub created_at: Instant,
}

/// A blocked domain of e-mail addresses.
///
/// Source: <https://docs.joinmastodon.org/entities/Admin_EmailDomainBlock/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AdminEmailDomainBlock {
    /// Its number.
    #[serde(serialize_with = "number_as_text")]
    pub id: i64,
    /// The domain.
    pub domain: String,
    /// When it was made.
    pub created_at: Instant,
    /// How often somebody tried, on each of seven days, newest first.
    pub history: Vec<SignUpAttempts>,
    /// Whether they may ask, and the staff decides.
    pub allow_with_approval: bool,
}

/// How often somebody wanted to sign up on one day; every number is a string.
///
/// Source: <https://docs.joinmastodon.org/entities/Admin_EmailDomainBlock/#history>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SignUpAttempts {
    /// The day's midnight in seconds since the Unix epoch.
    #[serde(serialize_with = "number_as_text")]
    pub day: i64,
    /// From how many addresses of computers.
    #[serde(serialize_with = "number_as_text")]
    pub accounts: i64,
    /// How often.
    #[serde(serialize_with = "number_as_text")]
    pub uses: i64,
}

/// A blocked e-mail address.
///
/// Source: <https://docs.joinmastodon.org/entities/Admin_CanonicalEmailBlock/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AdminEmailBlock {
    /// Its number.
    #[serde(serialize_with = "number_as_text")]
    pub id: i64,
    /// SHA-256 of its plainest form, in hex.
    pub canonical_email_hash: String,
}

/// Addresses from which people may do less.
///
/// Source: <https://docs.joinmastodon.org/entities/Admin_IpBlock/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AdminIpBlock {
    /// Its number.
    #[serde(serialize_with = "number_as_text")]
    pub id: i64,
    /// An address or a range of them.
    pub ip: String,
    /// `sign_up_requires_approval`, `sign_up_block` or `no_access`.
    pub severity: &'static str,
    /// For the staff.
    pub comment: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it ends; null for never.
    pub expires_at: Option<Instant>,
}

/// A figure, day by day.
///
/// Source: <https://docs.joinmastodon.org/entities/Admin_Measure/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Measure {
    /// Its name.
    pub key: String,
    /// `bytes` for a size; null for numbers of something.
    pub unit: Option<&'static str>,
    /// Of all days; of another server all that is known.
    #[serde(serialize_with = "number_as_text")]
    pub total: i64,
    /// The same for people; only of sizes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub human_value: Option<String>,
    /// The same of as many days before, where it is known; a number as a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_total: Option<String>,
    /// The days that are known.
    pub data: Vec<MeasureDay>,
}

/// A figure on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MeasureDay {
    /// Midnight.
    pub date: Instant,
    /// The figure.
    #[serde(serialize_with = "number_as_text")]
    pub value: i64,
}

/// What there is of something, by kind.
///
/// Source: <https://docs.joinmastodon.org/entities/Admin_Dimension/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dimension {
    /// Its name.
    pub key: String,
    /// The kinds, the largest first.
    pub data: Vec<DimensionValue>,
}

/// How much there is of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DimensionValue {
    /// The kind, for programs.
    pub key: String,
    /// The kind, for people.
    pub human_key: String,
    /// How much, or which.
    pub value: String,
    /// `bytes` for a size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'static str>,
    /// The same for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub human_value: Option<String>,
}

/// How many of those who came in one period used the node in later ones.
///
/// Source: <https://docs.joinmastodon.org/entities/Admin_Cohort/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cohort {
    /// The period in which they came.
    pub period: Instant,
    /// `day` or `month`.
    pub frequency: &'static str,
    /// That period and later ones.
    pub data: Vec<CohortPeriod>,
}

/// How many came back in one period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CohortPeriod {
    /// The period.
    pub date: Instant,
    /// Their part of all who had come, from 0 to 1.
    pub rate: f64,
    /// Their number.
    #[serde(serialize_with = "number_as_text")]
    pub value: i64,
}

/// A deed of the staff, an entity of this program's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditEntry {
    /// Its number.
    #[serde(serialize_with = "number_as_text")]
    pub id: i64,
    /// Who did it; null for whoever runs the program.
    pub account_id: Option<AccountId>,
    /// Their name at that time.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To whom or what.
    pub target: String,
    /// The number of that; null if it has none.
    pub target_id: Option<String>,
    /// Whatever else there is to know.
    pub detail: String,
    /// When.
    pub created_at: Instant,
}
