//! Media and links that are attached to a status, and the pictures of an account.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#properties-used>; alternative texts as in
//! <https://codeberg.org/fediverse/fep/src/branch/main/fep/1311/fep-1311.md>.

use serde_json::{Map, Value, json};

use super::caps;
use super::origins;
use super::references::{self, Properties};

/// A picture, video, sound or file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Media {
    /// Where it is.
    pub url: String,
    /// As claimed, for example `image/png`; when absent, a guess from the document's type such as `image/*`.
    pub media_type: Option<String>,
    /// Its description.
    pub alt: Option<String>,
    /// A blurred preview; at most 5 by 5 components.
    pub blurhash: Option<String>,
    /// The point to keep in view, each part from -1 to 1.
    pub focus: Option<(f64, f64)>,
    /// Pixels.
    pub width: Option<i64>,
    /// Pixels.
    pub height: Option<i64>,
    /// A still picture of it.
    pub preview: Option<String>,
    /// Whether the sender marks it as sensitive by itself.
    pub sensitive: bool,
}

/// What is attached to a status.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attachments {
    /// At most 16.
    pub media: Vec<Media>,
    /// Links to pages, at most 16.
    pub links: Vec<String>,
}

impl Attachments {
    /// The attachments of a document; what has no usable URL is left out.
    #[must_use]
    pub fn parse(properties: &Properties) -> Self {
        let mut found = Self::default();
        for value in references::list_of(properties, "attachment") {
            found.take(value);
        }
        // Lemmy and Friendica show the picture of a page without attaching it.
        let shows_picture = matches!(references::text(properties, "type"), Some("Page" | "Event"));
        if shows_picture && found.media.is_empty() {
            found.media.extend(picture(properties, "image"));
        }
        found
    }

    fn take(&mut self, value: &Value) {
        let Some(object) = value.as_object() else {
            return;
        };
        let is_link = references::text(object, "type") == Some("Link");
        let link = references::links(object, "href").into_iter().next();
        match (is_link, link) {
            (true, Some(link)) if self.links.len() < caps::ATTACHMENTS => {
                self.links.push(link.href);
            }
            (false, _) if self.media.len() < caps::ATTACHMENTS => self.media.extend(media(object)),
            _ => {}
        }
    }
}

/// The picture that a property such as `icon` or `image` names; of several, the widest.
#[must_use]
pub fn picture(properties: &Properties, key: &str) -> Option<Media> {
    let pictures = references::list_of(properties, key)
        .iter()
        .filter_map(|value| match value {
            Value::Object(object) => media(object),
            Value::String(url) if origins::is_usable(url) => Some(Media {
                url: url.clone(),
                media_type: Some("image/*".to_owned()),
                ..Media::default()
            }),
            _ => None,
        });
    pictures.take(caps::ATTACHMENTS).reduce(|best, next| {
        if next.width.unwrap_or(0) > best.width.unwrap_or(0) {
            next
        } else {
            best
        }
    })
}

fn media(object: &Properties) -> Option<Media> {
    let links = references::links(object, "url");
    let link = links
        .into_iter()
        .chain(references::links(object, "href"))
        .next()?;
    let claimed = references::short_text(object, "mediaType", 100).or(link.media_type);
    let guess = || match references::text(object, "type") {
        Some("Image") => Some("image/*".to_owned()),
        Some("Video") => Some("video/*".to_owned()),
        Some("Audio") => Some("audio/*".to_owned()),
        _ => None,
    };
    Some(Media {
        url: link.href,
        media_type: claimed.or_else(guess),
        alt: references::short_text(object, "summary", caps::ALT_CHARS)
            .or_else(|| references::short_text(object, "name", caps::ALT_CHARS)),
        blurhash: references::text(object, "blurhash")
            .filter(|hash| is_blurhash(hash))
            .map(str::to_owned),
        focus: focus(object),
        width: pixels(object, "width"),
        height: pixels(object, "height"),
        preview: references::links(object, "icon")
            .into_iter()
            .next()
            .map(|link| link.href),
        sensitive: references::flag(object, "sensitive").unwrap_or(false),
    })
}

fn pixels(object: &Properties, key: &str) -> Option<i64> {
    references::count(object, key).filter(|pixels| (1..=1_000_000).contains(pixels))
}

fn focus(object: &Properties) -> Option<(f64, f64)> {
    let [x, y] = references::list_of(object, "focalPoint") else {
        return None;
    };
    let part = |value: &Value| {
        value
            .as_f64()
            .filter(|part| part.is_finite())
            .map(|part| part.clamp(-1.0, 1.0))
    };
    Some((part(x)?, part(y)?))
}

/// Whether a text can be a blurhash of at most 5 by 5 components.
///
/// Source: <https://github.com/woltapp/blurhash/blob/master/Algorithm.md>.
fn is_blurhash(hash: &str) -> bool {
    const DIGITS: &str =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
    let Some(size) = hash.chars().next().and_then(|first| DIGITS.find(first)) else {
        return false;
    };
    let (across, down) = (size % 9 + 1, size / 9 + 1);
    let fits = across <= 5 && down <= 5 && hash.len() == 4 + 2 * across * down;
    fits && hash.chars().all(|digit| DIGITS.contains(digit))
}

/// An attachment as we send it.
#[must_use]
pub fn build_media(media: &Media) -> Value {
    let mut built = Map::new();
    let mut set = |key: &str, value: Value| built.insert(key.to_owned(), value);
    set("type", "Document".into());
    set("mediaType", media.media_type.clone().into());
    set("url", media.url.clone().into());
    set("name", media.alt.clone().into());
    if let Some(hash) = &media.blurhash {
        set("blurhash", hash.clone().into());
    }
    if let Some((x, y)) = media.focus {
        set("focalPoint", json!([x, y]));
    }
    if let (Some(width), Some(height)) = (media.width, media.height) {
        set("width", width.into());
        set("height", height.into());
    }
    if let Some(preview) = &media.preview {
        set("icon", json!({"type": "Image", "url": preview}));
    }
    Value::Object(built)
}

/// An account's picture as we send it.
#[must_use]
pub fn build_picture(picture: &Media) -> Value {
    let mut built = json!({"type": "Image", "mediaType": picture.media_type, "url": picture.url});
    if let (Some(alt), Some(built)) = (&picture.alt, built.as_object_mut()) {
        built.insert("summary".to_owned(), alt.clone().into());
    }
    built
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(value: &Value) -> Attachments {
        Attachments::parse(value.as_object().expect("an object"))
    }

    #[test]
    fn reads_media_and_links_of_all_servers() {
        let found = parsed(&json!({"attachment": [
            {"type": "Document", "mediaType": "image/png", "url": "https://a.example/1.png", "name": "a cup",
             "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH", "focalPoint": [0.5, -7], "width": 100, "height": 80},
            {"type": "Image", "url": "https://a.example/2", "summary": "text", "name": "file.png"},
            {"type": "Video", "url": [{"type": "Link", "mediaType": "video/mp4", "href": "https://a.example/3"}]},
            {"type": "Link", "href": "https://a.example/page"},
            {"type": "Document", "url": "javascript:alert(1)"},
            {"type": "Document", "url": "https://a.example/4", "blurhash": "nonsense", "width": -4, "focalPoint": ["x", 1]},
            null, 7, "https://a.example/5",
        ]}));
        let urls: Vec<_> = found
            .media
            .iter()
            .map(|m| (m.url.as_str(), m.media_type.as_deref()))
            .collect();
        assert_eq!(
            urls,
            [
                ("https://a.example/1.png", Some("image/png")),
                ("https://a.example/2", Some("image/*")),
                ("https://a.example/3", Some("video/mp4")),
                ("https://a.example/4", None),
            ]
        );
        assert_eq!(found.media[0].focus, Some((0.5, -1.0)));
        assert!(found.media[0].blurhash.is_some());
        assert_eq!(found.media[1].alt.as_deref(), Some("text"));
        assert_eq!(
            found.media[3],
            Media {
                url: "https://a.example/4".into(),
                ..Media::default()
            }
        );
        assert_eq!(found.links, ["https://a.example/page"]);
    }

    #[test]
    fn a_page_shows_its_picture_and_an_account_its_widest() {
        let page =
            json!({"type": "Page", "image": {"type": "Image", "url": "https://a.example/1.png"}});
        assert_eq!(parsed(&page).media.len(), 1);
        let note =
            json!({"type": "Note", "image": {"type": "Image", "url": "https://a.example/1.png"}});
        assert_eq!(parsed(&note).media.len(), 0);
        let actor = json!({"icon": [
            {"type": "Image", "url": "https://a.example/48.png", "width": 48},
            {"type": "Image", "url": "https://a.example/120.png", "width": 120},
        ], "image": "https://a.example/plain.png"});
        let actor = actor.as_object().expect("an object");
        assert_eq!(
            picture(actor, "icon").expect("one").url,
            "https://a.example/120.png"
        );
        assert_eq!(
            picture(actor, "image").expect("one").url,
            "https://a.example/plain.png"
        );
    }

    #[test]
    fn blurhashes_are_bounded() {
        for (hash, fine) in [
            ("UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH", true),
            ("00OZZy", true),
            ("~0OZZy", false),
            ("", false),
            ("U", false),
            ("UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5N ", false),
            ("äöü", false),
        ] {
            assert_eq!(is_blurhash(hash), fine, "{hash}");
        }
    }

    #[test]
    fn what_is_built_is_read_again() {
        let media = Media {
            url: "https://a.example/media/1".into(),
            media_type: Some("image/webp".into()),
            alt: Some("a cup of tea".into()),
            blurhash: Some("00OZZy".into()),
            focus: Some((0.25, -0.5)),
            width: Some(640),
            height: Some(480),
            preview: Some("https://a.example/media/2".into()),
            sensitive: false,
        };
        assert_eq!(
            parsed(&json!({"attachment": build_media(&media)})).media,
            [media]
        );
    }
}
