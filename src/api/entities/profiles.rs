//! An account as its holder edits it: raw texts, and no picture that stands for none.

use serde::Serialize;

use super::Field;
use crate::id::AccountId;

/// An account as its holder edits it.
///
/// Source: <https://docs.joinmastodon.org/entities/Profile/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the keys of the documented entity"
)]
pub struct Profile {
    /// The account's id.
    pub id: AccountId,
    /// The chosen name; may be empty.
    pub display_name: String,
    /// The biography as typed.
    pub note: String,
    /// The profile's table as typed.
    pub fields: Vec<Field>,
    /// The profile picture; null when there is none.
    pub avatar: Option<String>,
    /// The profile picture without animation.
    pub avatar_static: Option<String>,
    /// What the profile picture shows.
    pub avatar_description: String,
    /// The banner; null when there is none.
    pub header: Option<String>,
    /// The banner without animation.
    pub header_static: Option<String>,
    /// What the banner shows.
    pub header_description: String,
    /// Whether follows wait for the holder's consent.
    pub locked: bool,
    /// Whether a program posts here.
    pub bot: bool,
    /// Whether the lists of follows are hidden.
    pub hide_collections: Option<bool>,
    /// Whether the account may be recommended.
    pub discoverable: Option<bool>,
    /// Whether public posts may be found by full-text search.
    pub indexable: bool,
    /// Whether the profile has a tab of media.
    pub show_media: bool,
    /// Whether that tab includes replies.
    pub show_media_replies: bool,
    /// Whether the profile has a tab of featured things.
    pub show_featured: bool,
    /// Domains that may name the account as an author.
    pub attribution_domains: Vec<String>,
    /// The biography as HTML.
    pub formatted_note: String,
    /// The profile's table, values as HTML.
    pub formatted_fields: Vec<Field>,
}
