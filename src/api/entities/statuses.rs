//! Statuses, boosts and the answer to a deletion.

use serde::Serialize;

use super::approvals::Approval;
use super::collections::Collection;
use super::filters::FilterResult;
use super::quotes::Quote;
use super::reactions::StatusReactions;
use super::{Account, CustomEmoji, Instant, MediaAttachment, Poll, PreviewCard};
use crate::id::{AccountId, StatusId};

/// Who may see a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody, and listed on public timelines.
    Public,
    /// Everybody, but not listed.
    Unlisted,
    /// Followers and those who are mentioned.
    Private,
    /// Those who are mentioned.
    Direct,
}

/// A status, or a boost that wraps one.
///
/// Source: <https://docs.joinmastodon.org/entities/Status/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Status {
    /// The status's id on this node.
    pub id: StatusId,
    /// When it was posted.
    pub created_at: Instant,
    /// The status that it answers.
    pub in_reply_to_id: Option<StatusId>,
    /// The author of the status that it answers; the own id within a thread of one's own.
    pub in_reply_to_account_id: Option<AccountId>,
    /// Whether media are hidden until asked for.
    pub sensitive: bool,
    /// The content warning; empty when there is none.
    pub spoiler_text: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// The language as an ISO 639 code.
    pub language: Option<String>,
    /// The id that other servers know it by.
    pub uri: String,
    /// The page of it.
    pub url: Option<String>,
    /// How many answers are known.
    pub replies_count: i64,
    /// How many boosts are known.
    pub reblogs_count: i64,
    /// How many favourites are known.
    pub favourites_count: i64,
    /// How many quotes are known.
    pub quotes_count: i64,
    /// When it was last edited; null when never.
    pub edited_at: Option<Instant>,
    /// The text as cleaned HTML; left out of the answer to a deletion alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The text as typed; sent in the answer to a deletion alone, see [`DeletedStatus`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The boosted status when this is a boost.
    pub reblog: Option<Box<Status>>,
    /// What it was posted with; left out for remote statuses and for authors who hide it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<StatusApplication>,
    /// The author, or the booster.
    pub account: Account,
    /// Attached media.
    pub media_attachments: Vec<MediaAttachment>,
    /// The accounts named in the text.
    pub mentions: Vec<StatusMention>,
    /// The hashtags of the text.
    pub tags: Vec<StatusTag>,
    /// Custom emoji of the text and the warning.
    pub emojis: Vec<CustomEmoji>,
    /// What it quotes.
    pub quote: Option<Quote>,
    /// Who may quote it.
    pub quote_approval: Approval,
    /// The preview of the first link; null until it was fetched.
    pub card: Option<PreviewCard>,
    /// The attached poll.
    pub poll: Option<Poll>,
    /// Collections of this node that are linked in the text.
    pub tagged_collections: Vec<Collection>,
    /// How people react to it.
    #[serde(flatten)]
    pub reactions: StatusReactions,
    /// What the viewer has to do with it; left out without a user's token.
    #[serde(flatten)]
    pub viewer: Option<StatusViewer>,
}

impl Status {
    /// What it quotes or, of a boost, what the original quotes, if that came along.
    #[must_use]
    pub fn quoted_mut(&mut self) -> Option<&mut Self> {
        let meant = match &mut self.reblog {
            Some(original) => &mut original.quote,
            None => &mut self.quote,
        };
        meant.as_mut()?.status_mut()
    }

    /// What it quotes or, of a boost, what the original quotes, if that came along.
    #[must_use]
    pub fn quoted(&self) -> Option<&Self> {
        let meant = self.reblog.as_deref().unwrap_or(self);
        meant.quote.as_ref()?.status()
    }
}

/// The keys of a status that depend on the viewer.
///
/// Source: <https://docs.joinmastodon.org/entities/Status/#favourited>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the keys of the documented entity"
)]
pub struct StatusViewer {
    /// Whether the viewer has favoured it.
    pub favourited: bool,
    /// Whether the viewer has boosted it.
    pub reblogged: bool,
    /// Whether the viewer has muted its conversation.
    pub muted: bool,
    /// Whether the viewer has bookmarked it.
    pub bookmarked: bool,
    /// Whether it is pinned to the viewer's profile; sent for own statuses that can be pinned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<bool>,
    /// The viewer's filters that match, of a boost those that match the original.
    pub filtered: Vec<FilterResult>,
}

/// The application that a status was posted with.
///
/// Source: <https://docs.joinmastodon.org/entities/Status/#application>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusApplication {
    /// The application's name.
    pub name: String,
    /// The application's page.
    pub website: Option<String>,
}

/// An account named in a status.
///
/// Source: <https://docs.joinmastodon.org/entities/Status/#Mention>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusMention {
    /// The named account.
    pub id: AccountId,
    /// Its name without the host.
    pub username: String,
    /// Its profile page: clients match it against the links of the text.
    pub url: String,
    /// `name` for local accounts, `name@host` for remote ones.
    pub acct: String,
}

/// A hashtag of a status.
///
/// Source: <https://docs.joinmastodon.org/entities/Status/#Tag>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusTag {
    /// The normalised name without `#`.
    pub name: String,
    /// The hashtag's page on this node.
    pub url: String,
}

/// The answer to a deletion: the status with the text as typed in place of the HTML, to be drafted again.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#delete>
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct DeletedStatus(Status);

impl DeletedStatus {
    /// The answer for `status`, whose author once typed `text`.
    #[must_use]
    pub fn new(status: Status, text: String) -> Self {
        Self(Status {
            content: None,
            text: Some(text),
            ..status
        })
    }
}

/// The answer to a text that names accounts which its author did not mean to name.
///
/// Source: <https://docs.joinmastodon.org/entities/Error/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnexpectedMentions {
    /// A sentence for people.
    pub error: String,
    /// The accounts.
    pub unexpected_accounts: Vec<Account>,
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::{Value, json};

    use super::super::accounts::tests::plain as plain_account;
    use super::*;

    /// A status with nothing attached for the tables of this folder.
    pub(crate) fn plain(id: i64) -> Status {
        Status {
            id: StatusId(id),
            created_at: Instant(0),
            in_reply_to_id: None,
            in_reply_to_account_id: None,
            sensitive: false,
            spoiler_text: String::new(),
            visibility: Visibility::Public,
            language: Some("en".into()),
            uri: "https://alpha.example/users/ada/statuses/1".into(),
            url: Some("https://alpha.example/@ada/1".into()),
            replies_count: 0,
            reblogs_count: 0,
            favourites_count: 0,
            quotes_count: 0,
            edited_at: None,
            content: Some("<p>Hello</p>".into()),
            text: None,
            reblog: None,
            application: None,
            account: plain_account(7),
            media_attachments: Vec::new(),
            mentions: Vec::new(),
            tags: Vec::new(),
            emojis: Vec::new(),
            quote: None,
            quote_approval: Approval::denied(),
            card: None,
            poll: None,
            tagged_collections: Vec::new(),
            reactions: StatusReactions::default(),
            viewer: None,
        }
    }

    fn plain_as_json() -> Value {
        json!({
            "id": "1", "created_at": "1970-01-01T00:00:00.000Z", "in_reply_to_id": null,
            "in_reply_to_account_id": null, "sensitive": false, "spoiler_text": "",
            "visibility": "public", "language": "en",
            "uri": "https://alpha.example/users/ada/statuses/1",
            "url": "https://alpha.example/@ada/1", "replies_count": 0, "reblogs_count": 0,
            "favourites_count": 0, "quotes_count": 0, "edited_at": null,
            "content": "<p>Hello</p>", "reblog": null, "account": plain_account(7),
            "media_attachments": [], "mentions": [], "tags": [], "emojis": [], "quote": null,
            "quote_approval": {"automatic": [], "manual": [], "current_user": "denied"},
            "card": null, "poll": null, "tagged_collections": [], "reactions": [],
            "pleroma": {"emoji_reactions": []},
        })
    }

    fn with(mut base: Value, more: &[(&str, Value)]) -> Value {
        for (key, value) in more {
            base[*key] = value.clone();
        }
        base
    }

    #[test]
    fn a_status_has_its_documented_keys() {
        let seen = Status {
            viewer: Some(StatusViewer {
                favourited: true,
                reblogged: false,
                muted: false,
                bookmarked: true,
                pinned: None,
                filtered: Vec::new(),
            }),
            ..plain(1)
        };
        let viewer = [
            ("favourited", json!(true)),
            ("reblogged", json!(false)),
            ("muted", json!(false)),
            ("bookmarked", json!(true)),
            ("filtered", json!([])),
        ];
        let answer = Status {
            in_reply_to_id: Some(StatusId(5)),
            in_reply_to_account_id: Some(AccountId(6)),
            visibility: Visibility::Direct,
            application: Some(StatusApplication {
                name: "toot".into(),
                website: None,
            }),
            mentions: vec![StatusMention {
                id: AccountId(6),
                username: "bo".into(),
                url: "https://alpha.example/@bo".into(),
                acct: "bo".into(),
            }],
            tags: vec![StatusTag {
                name: "rust".into(),
                url: "https://alpha.example/tags/rust".into(),
            }],
            ..plain(1)
        };
        let answered = [
            ("in_reply_to_id", json!("5")),
            ("in_reply_to_account_id", json!("6")),
            ("visibility", json!("direct")),
            ("application", json!({"name": "toot", "website": null})),
            (
                "mentions",
                json!([{"id": "6", "username": "bo", "url": "https://alpha.example/@bo", "acct": "bo"}]),
            ),
            (
                "tags",
                json!([{"name": "rust", "url": "https://alpha.example/tags/rust"}]),
            ),
        ];
        let boost = Status {
            reblog: Some(Box::new(plain(1))),
            ..plain(2)
        };
        let boosted = [("id", json!("2")), ("reblog", plain_as_json())];
        for (status, expected) in [
            (plain(1), plain_as_json()),
            (seen, with(plain_as_json(), &viewer)),
            (answer, with(plain_as_json(), &answered)),
            (boost, with(plain_as_json(), &boosted)),
        ] {
            assert_eq!(json!(status), expected);
        }
    }

    #[test]
    fn a_deletion_answers_with_the_typed_text_in_place_of_the_html() {
        let answer = json!(DeletedStatus::new(plain(1), "Hello".into()));
        let mut expected = with(plain_as_json(), &[("text", json!("Hello"))]);
        expected.as_object_mut().unwrap().remove("content");
        assert_eq!(answer, expected);
    }
}
