//! Earlier versions of a status, and its text as typed.

use serde::Serialize;

use super::quotes::Quote;
use super::{Account, CustomEmoji, Instant, MediaAttachment};
use crate::id::StatusId;

/// One version of a status; a history lists them oldest first.
///
/// Source: <https://docs.joinmastodon.org/entities/StatusEdit/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatusEdit {
    /// The text as cleaned HTML.
    pub content: String,
    /// The content warning; empty when there is none.
    pub spoiler_text: String,
    /// Whether media are hidden until asked for.
    pub sensitive: bool,
    /// When this version was made.
    pub created_at: Instant,
    /// The author.
    pub account: Account,
    /// The poll of this version; left out when there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll: Option<EditedPoll>,
    /// The media of this version.
    pub media_attachments: Vec<MediaAttachment>,
    /// Custom emoji of the text.
    pub emojis: Vec<CustomEmoji>,
    /// What the status quotes; left out when it quotes nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
}

/// The poll of an earlier version: its titles alone.
///
/// Source: <https://docs.joinmastodon.org/entities/StatusEdit/#poll>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EditedPoll {
    /// The options in order.
    pub options: Vec<EditedPollOption>,
}

/// An option of an earlier version's poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EditedPollOption {
    /// The option's text.
    pub title: String,
}

/// A status as its author typed it.
///
/// Source: <https://docs.joinmastodon.org/entities/StatusSource/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusSource {
    /// The status.
    pub id: StatusId,
    /// Its text as typed.
    pub text: String,
    /// Its content warning as typed; empty when there is none.
    pub spoiler_text: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::accounts::tests::plain as plain_account;
    use super::*;

    #[test]
    fn versions_and_sources_have_their_documented_keys() {
        let edit = StatusEdit {
            content: "<p>Hello</p>".into(),
            spoiler_text: String::new(),
            sensitive: false,
            created_at: Instant(0),
            account: plain_account(7),
            poll: None,
            media_attachments: Vec::new(),
            emojis: Vec::new(),
            quote: None,
        };
        let mut expected = json!({
            "content": "<p>Hello</p>", "spoiler_text": "", "sensitive": false,
            "created_at": "1970-01-01T00:00:00.000Z", "account": plain_account(7),
            "media_attachments": [], "emojis": [],
        });
        assert_eq!(json!(edit), expected);
        let option = EditedPollOption {
            title: "Yes".into(),
        };
        let with_poll = StatusEdit {
            poll: Some(EditedPoll {
                options: vec![option],
            }),
            ..edit
        };
        expected["poll"] = json!({"options": [{"title": "Yes"}]});
        assert_eq!(json!(with_poll), expected);
        let source = StatusSource {
            id: StatusId(1),
            text: "Hello".into(),
            spoiler_text: String::new(),
        };
        assert_eq!(
            json!(source),
            json!({"id": "1", "text": "Hello", "spoiler_text": ""})
        );
    }
}
