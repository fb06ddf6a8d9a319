//! Announcements of the staff, and the reactions to them.

use serde::Serialize;

use super::statuses::{StatusMention, StatusTag};
use super::{CustomEmoji, Instant, Status};
use crate::id::AnnouncementId;

/// What the staff tells everybody.
///
/// Source: <https://docs.joinmastodon.org/entities/Announcement/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Announcement {
    /// Its id.
    pub id: AnnouncementId,
    /// Clean HTML.
    pub content: String,
    /// When what it tells of begins.
    pub starts_at: Option<Instant>,
    /// When what it tells of ends.
    pub ends_at: Option<Instant>,
    /// Whether both stand for whole days.
    pub all_day: bool,
    /// Since when it is shown.
    pub published_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Whether the viewer has read it; left out on streams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<bool>,
    /// Whom it names.
    pub mentions: Vec<StatusMention>,
    /// The statuses whose addresses it names; whole ones, as clients get them elsewhere.
    pub statuses: Vec<Status>,
    /// Its hashtags.
    pub tags: Vec<StatusTag>,
    /// The custom emoji that it uses.
    pub emojis: Vec<CustomEmoji>,
    /// How people react.
    pub reactions: Vec<Reaction>,
}

/// How many people reacted with one emoji.
///
/// Source: <https://docs.joinmastodon.org/entities/Reaction/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reaction {
    /// The emoji, or the shortcode of a custom one.
    pub name: String,
    /// How many people.
    pub count: i64,
    /// Whether the viewer is one of them; left out on streams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub me: Option<bool>,
    /// The picture of a custom emoji.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The picture without animation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub static_url: Option<String>,
}

/// What streams tell of a reaction.
///
/// Source: <https://docs.joinmastodon.org/methods/streaming/#events>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReactionNews {
    /// The reaction, whose count may be zero now.
    #[serde(flatten)]
    pub reaction: Reaction,
    /// To which announcement.
    pub announcement_id: AnnouncementId,
}
