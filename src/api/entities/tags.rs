//! Hashtags with their use.

use serde::Serialize;

use super::Date;
use super::ids::number_as_text;
use crate::id::TagId;

/// A hashtag.
///
/// Source: <https://docs.joinmastodon.org/entities/Tag/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tag {
    /// The hashtag's id.
    pub id: TagId,
    /// Its name without `#`.
    pub name: String,
    /// Its page on this node.
    pub url: String,
    /// Its use a day, newest first; may be empty.
    pub history: Vec<TagUse>,
    /// Whether the viewer follows it; left out without a user's token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub following: Option<bool>,
    /// Whether the viewer features it; left out without a user's token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub featuring: Option<bool>,
}

/// The use of a hashtag on one day; every number is a string.
///
/// Source: <https://docs.joinmastodon.org/entities/Tag/#history>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TagUse {
    /// The day's midnight in seconds since the Unix epoch.
    #[serde(serialize_with = "number_as_text")]
    pub day: i64,
    /// How many statuses used it.
    #[serde(serialize_with = "number_as_text")]
    pub uses: i64,
    /// How many accounts used it.
    #[serde(serialize_with = "number_as_text")]
    pub accounts: i64,
}

/// A hashtag on a profile.
///
/// Source: <https://docs.joinmastodon.org/entities/FeaturedTag/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FeaturedTag {
    /// Its id on this profile.
    pub id: String,
    /// Its name without `#`, as its owner writes it.
    pub name: String,
    /// Its page on this node.
    pub url: String,
    /// How many public statuses of the owner carry it; a string.
    #[serde(serialize_with = "number_as_text")]
    pub statuses_count: i64,
    /// The day of the newest of them; null if there is none.
    pub last_status_at: Option<Date>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_hashtag_counts_in_strings() {
        let tag = Tag {
            id: TagId(2),
            name: "rust".into(),
            url: "https://alpha.example/tags/rust".into(),
            history: vec![TagUse {
                day: 86_400,
                uses: 3,
                accounts: 1,
            }],
            following: Some(true),
            featuring: None,
        };
        let expected = json!({
            "id": "2", "name": "rust", "url": "https://alpha.example/tags/rust",
            "history": [{"day": "86400", "uses": "3", "accounts": "1"}], "following": true,
        });
        assert_eq!(json!(tag), expected);
    }
}
