//! The node as older clients know it.

use serde::Serialize;

use super::instances::{MediaLimits, PollLimits, StatusLimits};
use super::{Account, Rule};

/// The node, in the deprecated form that some clients still ask for first.
///
/// Source: <https://docs.joinmastodon.org/entities/V1_Instance/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InstanceV1 {
    /// The node's bare domain.
    pub uri: String,
    /// Its name.
    pub title: String,
    /// A short description, plain text.
    pub short_description: String,
    /// A description, may be HTML.
    pub description: String,
    /// A mail address; may be empty.
    pub email: String,
    /// The version of the API that it speaks; clients parse it.
    pub version: String,
    /// Its addresses.
    pub urls: UrlsV1,
    /// How large it is.
    pub stats: Stats,
    /// Its picture.
    pub thumbnail: Option<String>,
    /// The languages of its staff as ISO 639 codes.
    pub languages: Vec<String>,
    /// Whether people may join.
    pub registrations: bool,
    /// Whether the staff has to agree.
    pub approval_required: bool,
    /// Whether people may invite others.
    pub invites_enabled: bool,
    /// Its limits.
    pub configuration: ConfigurationV1,
    /// Whom to ask.
    pub contact_account: Option<Account>,
    /// What people agree to.
    pub rules: Vec<Rule>,
}

/// The node's addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UrlsV1 {
    /// The origin of the streaming endpoint, `wss://...`.
    pub streaming_api: String,
}

/// How large the node is.
///
/// Source: <https://docs.joinmastodon.org/entities/V1_Instance/#stats>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// How many people have an account.
    pub user_count: i64,
    /// How many statuses they have written.
    pub status_count: i64,
    /// How many other hosts are known.
    pub domain_count: i64,
}

/// The node's limits.
///
/// Source: <https://docs.joinmastodon.org/entities/V1_Instance/#configuration>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigurationV1 {
    /// Limits of profiles.
    pub accounts: AccountLimitsV1,
    /// Limits of statuses.
    pub statuses: StatusLimits,
    /// Limits of media.
    pub media_attachments: MediaLimits,
    /// Limits of polls.
    pub polls: PollLimits,
}

/// Limits of profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AccountLimitsV1 {
    /// Number of featured hashtags.
    pub max_featured_tags: u32,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::instances::tests::limits;
    use super::*;

    #[test]
    fn the_older_form_has_its_documented_keys() {
        let (statuses, media_attachments, polls) = limits();
        let node = InstanceV1 {
            uri: "alpha.example".into(),
            title: "Alpha".into(),
            short_description: "A node.".into(),
            description: "A node.".into(),
            email: String::new(),
            version: "4.5.0 (compatible; Whimbrel 0.1.0)".into(),
            urls: UrlsV1 {
                streaming_api: "wss://alpha.example".into(),
            },
            stats: Stats {
                user_count: 1,
                status_count: 2,
                domain_count: 3,
            },
            thumbnail: None,
            languages: vec!["en".into()],
            registrations: true,
            approval_required: false,
            invites_enabled: false,
            configuration: ConfigurationV1 {
                accounts: AccountLimitsV1 {
                    max_featured_tags: 10,
                },
                statuses,
                media_attachments: media_attachments.clone(),
                polls,
            },
            contact_account: None,
            rules: Vec::new(),
        };
        let expected = json!({
            "uri": "alpha.example", "title": "Alpha", "short_description": "A node.",
            "description": "A node.", "email": "",
            "version": "4.5.0 (compatible; Whimbrel 0.1.0)",
            "urls": {"streaming_api": "wss://alpha.example"},
            "stats": {"user_count": 1, "status_count": 2, "domain_count": 3},
            "thumbnail": null, "languages": ["en"], "registrations": true,
            "approval_required": false, "invites_enabled": false,
            "configuration": {
                "accounts": {"max_featured_tags": 10}, "statuses": statuses,
                "media_attachments": media_attachments, "polls": polls,
            },
            "contact_account": null, "rules": [],
        });
        assert_eq!(json!(node), expected);
    }
}
