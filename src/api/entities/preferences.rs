//! The viewer's preferences, as clients read them.

use serde::Serialize;

use super::Visibility;
use super::accounts::QuotePolicy;

/// The viewer's preferences; the keys contain colons.
///
/// Source: <https://docs.joinmastodon.org/entities/Preferences/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preferences {
    /// The visibility of new posts.
    #[serde(rename = "posting:default:visibility")]
    pub posting_visibility: Visibility,
    /// Whether new posts' media are marked sensitive.
    #[serde(rename = "posting:default:sensitive")]
    pub posting_sensitive: bool,
    /// The language of new posts; null when unset.
    #[serde(rename = "posting:default:language")]
    pub posting_language: Option<String>,
    /// Who may quote new posts.
    #[serde(rename = "posting:default:quote_policy")]
    pub posting_quote_policy: QuotePolicy,
    /// Which media are shown at once.
    #[serde(rename = "reading:expand:media")]
    pub reading_media: MediaDisplay,
    /// Whether content warnings are opened at once.
    #[serde(rename = "reading:expand:spoilers")]
    pub reading_spoilers: bool,
    /// Whether animations play by themselves.
    #[serde(rename = "reading:autoplay:gifs")]
    pub reading_autoplay: bool,
}

/// Which media are shown at once.
///
/// Source: <https://docs.joinmastodon.org/entities/Preferences/#reading-expand-media>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaDisplay {
    /// All that are not marked sensitive.
    Default,
    /// All.
    ShowAll,
    /// None.
    HideAll,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn preferences_have_their_documented_keys() {
        let preferences = Preferences {
            posting_visibility: Visibility::Private,
            posting_sensitive: false,
            posting_language: None,
            posting_quote_policy: QuotePolicy::Public,
            reading_media: MediaDisplay::ShowAll,
            reading_spoilers: false,
            reading_autoplay: true,
        };
        let expected = json!({
            "posting:default:visibility": "private", "posting:default:sensitive": false,
            "posting:default:language": null, "posting:default:quote_policy": "public",
            "reading:expand:media": "show_all", "reading:expand:spoilers": false,
            "reading:autoplay:gifs": true,
        });
        assert_eq!(json!(preferences), expected);
    }
}
