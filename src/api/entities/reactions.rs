//! How people react to a status with emoji. Mastodon has no such thing; the shapes are those of servers that have.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::Account;

/// How many people react with one emoji.
///
/// Source: <https://docs.pleroma.social/backend/development/API/differences_in_mastoapi_responses/#statuses>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusReaction {
    /// The emoji, or the shortcode of a custom one: with `@` and a host if it is another server's.
    pub name: String,
    /// How many people.
    pub count: i64,
    /// Whether the viewer is one of them.
    pub me: bool,
    /// The picture of a custom emoji.
    pub url: Option<String>,
    /// The picture without animation.
    pub static_url: Option<String>,
}

/// All of a status, each emoji in the order of its first use: as `reactions`, and under `pleroma` as `emoji_reactions`,
/// because clients look in one place or the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusReactions(pub Vec<StatusReaction>);

impl Serialize for StatusReactions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Pleroma<'a> {
            emoji_reactions: &'a [StatusReaction],
        }
        let emoji_reactions = self.0.as_slice();
        let mut keys = serializer.serialize_struct("StatusReactions", 2)?;
        keys.serialize_field("reactions", emoji_reactions)?;
        keys.serialize_field("pleroma", &Pleroma { emoji_reactions })?;
        keys.end()
    }
}

/// How people react with one emoji, and some of them.
///
/// Source: <https://docs.pleroma.social/backend/development/API/pleroma_api/#get-apiv1pleromastatusesidreactions>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EmojiReaction {
    /// The emoji, and how many people react with it.
    #[serde(flatten)]
    pub reaction: StatusReaction,
    /// The newest of them.
    pub accounts: Vec<Account>,
}
