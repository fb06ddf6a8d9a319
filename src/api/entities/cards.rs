//! Previews of links.

use serde::Serialize;

use super::{Account, Instant};

/// The preview of a link.
///
/// Source: <https://docs.joinmastodon.org/entities/PreviewCard/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PreviewCard {
    /// The linked page.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Its description; may be empty.
    pub description: String,
    /// Its language as an ISO 639 code.
    pub language: Option<String>,
    /// What kind of preview it is.
    #[serde(rename = "type")]
    pub kind: CardKind,
    /// Those who wrote the page.
    pub authors: Vec<CardAuthor>,
    /// The first author's name; empty when unknown.
    pub author_name: String,
    /// The first author's page; empty when unknown.
    pub author_url: String,
    /// The publisher's name; empty when unknown.
    pub provider_name: String,
    /// The publisher's page; empty when unknown.
    pub provider_url: String,
    /// A player to embed, as HTML; empty when there is none.
    pub html: String,
    /// Width of the picture or player in pixels; 0 when unknown.
    pub width: u32,
    /// Height of the picture or player in pixels; 0 when unknown.
    pub height: u32,
    /// The picture.
    pub image: Option<String>,
    /// What the picture shows; empty when nobody said.
    pub image_description: String,
    /// The page to embed photos from; empty when there is none.
    pub embed_url: String,
    /// A blurred stand-in for the picture.
    pub blurhash: Option<String>,
    /// When the page was published.
    pub published_at: Option<Instant>,
    /// Whether the page names the viewer as its author, who has not confirmed that for its domain; left out without a
    /// user's token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_attribution: Option<bool>,
}

/// What kind of preview a card is.
///
/// Source: <https://docs.joinmastodon.org/entities/PreviewCard/#type>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CardKind {
    /// A page.
    Link,
    /// A picture.
    Photo,
    /// A video.
    Video,
    /// Anything else that can be embedded.
    Rich,
}

/// One who wrote a linked page.
///
/// Source: <https://docs.joinmastodon.org/entities/PreviewCardAuthor/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CardAuthor {
    /// The author's name.
    pub name: String,
    /// The author's page; may be empty.
    pub url: String,
    /// The author's account, when one is known.
    pub account: Option<Account>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_card_has_its_documented_keys() {
        let card = PreviewCard {
            url: "https://news.example/1".into(),
            title: "News".into(),
            description: String::new(),
            language: None,
            kind: CardKind::Link,
            authors: vec![CardAuthor {
                name: "Bo".into(),
                url: String::new(),
                account: None,
            }],
            author_name: "Bo".into(),
            author_url: String::new(),
            provider_name: String::new(),
            provider_url: String::new(),
            html: String::new(),
            width: 0,
            height: 0,
            image: None,
            image_description: String::new(),
            embed_url: String::new(),
            blurhash: None,
            published_at: None,
            missing_attribution: None,
        };
        let expected = json!({
            "url": "https://news.example/1", "title": "News", "description": "",
            "language": null, "type": "link",
            "authors": [{"name": "Bo", "url": "", "account": null}],
            "author_name": "Bo", "author_url": "", "provider_name": "", "provider_url": "",
            "html": "", "width": 0, "height": 0, "image": null, "image_description": "",
            "embed_url": "", "blurhash": null, "published_at": null,
        });
        assert_eq!(json!(card), expected);
    }
}
