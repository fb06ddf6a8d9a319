//! Custom emoji: images that stand for `:shortcode:` in texts.

use serde::Serialize;

/// A custom emoji.
///
/// Source: <https://docs.joinmastodon.org/entities/CustomEmoji/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CustomEmoji {
    /// The name between the colons.
    pub shortcode: String,
    /// The image, animated when it is.
    pub url: String,
    /// The image without animation; the same URL when there is none.
    pub static_url: String,
    /// Whether pickers offer it.
    pub visible_in_picker: bool,
    /// The group it is listed under.
    pub category: Option<String>,
}

/// A custom emoji in the list of all of them.
///
/// Source: <https://docs.joinmastodon.org/entities/CustomEmoji/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedEmoji {
    /// The emoji.
    #[serde(flatten)]
    pub emoji: CustomEmoji,
    /// Whether pickers show it first.
    pub featured: bool,
}
