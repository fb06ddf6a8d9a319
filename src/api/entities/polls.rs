//! Polls attached to statuses.

use serde::Serialize;

use super::ids::number_as_text;
use super::{CustomEmoji, Instant};

/// A poll.
///
/// Source: <https://docs.joinmastodon.org/entities/Poll/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Poll {
    /// The poll's id.
    #[serde(serialize_with = "number_as_text")]
    pub id: i64,
    /// When it ends; null when it does not.
    pub expires_at: Option<Instant>,
    /// Whether it has ended.
    pub expired: bool,
    /// Whether a person may choose several options.
    pub multiple: bool,
    /// The sum over all options.
    pub votes_count: i64,
    /// How many people have voted; null when a remote poll does not tell.
    pub voters_count: Option<i64>,
    /// The options in order.
    pub options: Vec<PollOption>,
    /// Custom emoji of the options.
    pub emojis: Vec<CustomEmoji>,
    /// Whether the viewer has voted; left out without a user's token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voted: Option<bool>,
    /// The options that the viewer chose, by position; left out without a user's token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_votes: Option<Vec<u32>>,
}

/// An option of a poll.
///
/// Source: <https://docs.joinmastodon.org/entities/Poll/#Option>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PollOption {
    /// The option's text.
    pub title: String,
    /// How often it was chosen; null while the totals are hidden.
    pub votes_count: Option<i64>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_poll_has_its_documented_keys() {
        let mut poll = Poll {
            id: 3,
            expires_at: None,
            expired: false,
            multiple: true,
            votes_count: 2,
            voters_count: Some(1),
            options: vec![PollOption {
                title: "Yes".into(),
                votes_count: None,
            }],
            emojis: Vec::new(),
            voted: None,
            own_votes: None,
        };
        let mut expected = json!({
            "id": "3", "expires_at": null, "expired": false, "multiple": true, "votes_count": 2,
            "voters_count": 1, "options": [{"title": "Yes", "votes_count": null}], "emojis": [],
        });
        assert_eq!(json!(poll), expected);
        poll.voted = Some(true);
        poll.own_votes = Some(vec![0]);
        expected["voted"] = json!(true);
        expected["own_votes"] = json!([0]);
        assert_eq!(json!(poll), expected);
    }
}
