//! Our own statuses, as we send and serve them.

use serde_json::{Map, Value, json};

use super::super::addressing::{self, Addresses, Visibility};
use super::super::attachments::{self, Media};
use super::super::context::{Terms, with_context};
use super::super::local;
use super::super::polls::OutgoingPoll;
use super::super::quotes::{self, OutgoingQuote};
use super::super::tags::{self, Emoji, Hashtag, Mention};
use super::super::times;

/// A group that a status is posted to.
///
/// Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/1b12/fep-1b12.md>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupAddress {
    /// Its id.
    pub id: String,
    /// Its followers collection.
    pub followers: Option<String>,
}

/// A local status.
#[derive(Clone, Debug)]
pub struct OutgoingNote {
    /// Its id, see [`Urls::status`](crate::urls::Urls::status).
    pub id: String,
    /// Its author's id.
    pub author: String,
    /// Its page.
    pub url: String,
    /// Clean HTML.
    pub content: String,
    /// A language tag such as `de`.
    pub language: Option<String>,
    /// Content warning, plain text.
    pub summary: Option<String>,
    /// Whether its media should be hidden at first.
    pub sensitive: bool,
    /// In milliseconds.
    pub published: i64,
    /// When it was last edited, in milliseconds.
    pub updated: Option<i64>,
    /// What it answers.
    pub in_reply_to: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
    /// Who is mentioned: each gets an address and a tag.
    pub mentions: Vec<Mention>,
    /// The groups that it is posted to, if it is public or unlisted: each gets an address.
    pub groups: Vec<GroupAddress>,
    /// The hashtags.
    pub hashtags: Vec<Hashtag>,
    /// The custom emoji.
    pub emojis: Vec<Emoji>,
    /// The media.
    pub attachments: Vec<Media>,
    /// Its poll.
    pub poll: Option<OutgoingPoll>,
    /// What it quotes.
    pub quote: Option<OutgoingQuote>,
    /// Who may quote it without asking: actors, or collections of them.
    pub quotable_by: Vec<String>,
    /// The conversation it belongs to.
    pub conversation: Option<String>,
    /// How often it was liked.
    pub likes: i64,
    /// How often it was boosted.
    pub shares: i64,
}

impl GroupAddress {
    fn all(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.id).chain(&self.followers)
    }
}

impl OutgoingNote {
    /// To whom it goes.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        let mut mentioned: Vec<String> = Vec::new();
        for mention in &self.mentions {
            if !mentioned.contains(&mention.href) {
                mentioned.push(mention.href.clone());
            }
        }
        for address in self.open_groups().flat_map(GroupAddress::all) {
            if !mentioned.contains(address) {
                mentioned.push(address.clone());
            }
        }
        addressing::addresses(self.visibility, &local::followers(&self.author), &mentioned)
    }

    /// The groups, if it is for everybody; what is for few people is no business of a group.
    fn open_groups(&self) -> impl Iterator<Item = &GroupAddress> {
        let is_open = matches!(self.visibility, Visibility::Public | Visibility::Unlisted);
        self.groups.iter().filter(move |_| is_open)
    }

    /// The first group, as `audience` of the status and of the activities that carry it.
    #[must_use]
    pub fn audience(&self) -> Option<&str> {
        self.open_groups().next().map(|group| group.id.as_str())
    }

    /// The document without `@context`, to stand inside an activity.
    #[must_use]
    pub fn object(&self) -> Value {
        let Addresses { to, cc } = self.addresses();
        let mut built = Map::new();
        let mut set = |key: &str, value: Value| built.insert(key.to_owned(), value);
        set("id", self.id.clone().into());
        let kind = if self.poll.is_some() {
            "Question"
        } else {
            "Note"
        };
        set("type", kind.into());
        set("summary", self.summary.clone().into());
        set("inReplyTo", self.in_reply_to.clone().into());
        set("published", times::format(self.published).into());
        if let Some(updated) = self.updated {
            set("updated", times::format(updated).into());
        }
        set("url", self.url.clone().into());
        set("attributedTo", self.author.clone().into());
        set("to", json!(to));
        set("cc", json!(cc));
        if let Some(group) = self.audience() {
            set("audience", group.into());
        }
        set("sensitive", self.sensitive.into());
        set("atomUri", self.id.clone().into());
        set("inReplyToAtomUri", self.in_reply_to.clone().into());
        if let Some(conversation) = &self.conversation {
            set("conversation", conversation.clone().into());
        }
        let fallback = self.quote.as_ref().and_then(OutgoingQuote::fallback);
        let content = fallback.unwrap_or_default() + &self.content;
        if let Some(language) = &self.language {
            set("contentMap", json!({ language: &content }));
        }
        set("content", content.into());
        set(
            "attachment",
            self.attachments
                .iter()
                .map(attachments::build_media)
                .collect(),
        );
        set("tag", self.tags());
        set("replies", local::replies(&self.id).into());
        // Who liked or boosted a status that is not for everybody is nobody else's business.
        if matches!(self.visibility, Visibility::Public | Visibility::Unlisted) {
            set("likes", self.count("likes", self.likes));
            set("shares", self.count("shares", self.shares));
        }
        if let Some(poll) = &self.poll {
            poll.build(&mut built);
        }
        if let Some(quote) = &self.quote {
            quote.build(&mut built);
        }
        let policy = quotes::build_policy(&self.quotable_by);
        built.insert("interactionPolicy".to_owned(), policy);
        Value::Object(built)
    }

    /// The document as it is served.
    #[must_use]
    pub fn document(&self) -> Value {
        with_context(self.object(), Terms::Note)
    }

    fn tags(&self) -> Value {
        let mentions = self.mentions.iter().map(tags::build_mention);
        let hashtags = self.hashtags.iter().map(tags::build_hashtag);
        let emojis = self.emojis.iter().map(tags::build_emoji);
        mentions.chain(hashtags).chain(emojis).collect()
    }

    fn count(&self, name: &str, count: i64) -> Value {
        json!({"id": format!("{}/{name}", self.id), "type": "Collection", "totalItems": count.max(0)})
    }
}
