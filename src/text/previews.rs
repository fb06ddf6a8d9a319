//! What a web page says of itself in its head, for a preview of a link to it.
//!
//! Everything is plain text, cut to a length; addresses are absolute and of the web.
//! Source: <https://ogp.me/>, <https://oembed.com/#section4>

use serde::{Deserialize, Serialize};
use url::Url;

use super::languages::normalise_language;
use super::pages::{Element, find_elements};
use super::{Handle, clean_line};

/// Elements of a head that are looked at.
const MOST: usize = 500;
/// The longest title that is kept, in characters.
const LONGEST_TITLE: usize = 300;
/// The longest description that is kept, in characters.
const LONGEST_DESCRIPTION: usize = 1_000;
/// The longest name that is kept, in characters.
const LONGEST_NAME: usize = 200;
/// The longest address that is kept, in bytes.
const LONGEST_URL: usize = 2_000;
/// The longest side of a picture or player that is believed, in pixels.
const LONGEST_SIDE: i64 = 10_000;

/// What a preview is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A page.
    #[default]
    Link,
    /// A picture.
    Photo,
    /// A video with a player.
    Video,
    /// Anything else with a player.
    Rich,
}

/// A preview of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preview {
    /// What it is of.
    pub kind: Kind,
    /// The title; empty when there is none.
    pub title: String,
    /// A few sentences; may be empty.
    pub description: String,
    /// The language as a code.
    pub language: Option<String>,
    /// Who wrote it; may be empty.
    pub author_name: String,
    /// The author's page; may be empty.
    pub author_url: String,
    /// Who published it; may be empty.
    pub provider_name: String,
    /// The publisher's page; may be empty.
    pub provider_url: String,
    /// What a player is shown from; may be empty.
    pub player: String,
    /// The picture itself, of photos; may be empty.
    pub embed_url: String,
    /// Of the picture or the player, in pixels; 0 when unknown.
    pub width: u32,
    /// Of the picture or the player, in pixels; 0 when unknown.
    pub height: u32,
    /// A picture.
    pub image: Option<String>,
    /// What the picture shows; may be empty.
    pub image_description: String,
    /// When it was published, in milliseconds.
    pub published_at: Option<i64>,
    /// The handle of the account that the page names as its author, folded; may be empty.
    pub creator: String,
    /// The host of the page that names it; may be empty.
    pub creator_host: String,
}

impl Preview {
    /// Whether there is anything to show.
    #[must_use]
    pub fn is_worth_showing(&self) -> bool {
        !self.title.is_empty() || !self.player.is_empty() || !self.embed_url.is_empty()
    }
}

/// A page's preview, and where more about it may be asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// What the page says.
    pub preview: Preview,
    /// The address of its oEmbed document.
    pub oembed: Option<Url>,
}

/// Reads the head of the page that is at `base`.
#[must_use]
pub fn describe(html: &str, base: &Url) -> Described {
    let elements = find_elements(html, &["html", "title", "meta", "link"], MOST);
    let head = Head { elements, base };
    let image = head.url(&[
        "og:image:secure_url",
        "og:image",
        "og:image:url",
        "twitter:image",
    ]);
    let is_sized = image.is_some();
    let creator = head.creator();
    let preview = Preview {
        kind: Kind::Link,
        title: head
            .text(&["og:title", "twitter:title"], LONGEST_TITLE)
            .unwrap_or_else(|| head.title()),
        description: head
            .text(
                &["og:description", "twitter:description", "description"],
                LONGEST_DESCRIPTION,
            )
            .unwrap_or_default(),
        language: head.language(),
        author_name: head
            .text(&["author", "article:author", "og:author"], LONGEST_NAME)
            .unwrap_or_default(),
        author_url: String::new(),
        provider_name: head
            .text(&["og:site_name"], LONGEST_NAME)
            .unwrap_or_default(),
        provider_url: String::new(),
        player: String::new(),
        embed_url: String::new(),
        width: head
            .side(&["og:image:width"])
            .filter(|_| is_sized)
            .unwrap_or(0),
        height: head
            .side(&["og:image:height"])
            .filter(|_| is_sized)
            .unwrap_or(0),
        image_description: head
            .text(&["og:image:alt", "twitter:image:alt"], LONGEST_DESCRIPTION)
            .unwrap_or_default(),
        image,
        published_at: head.published(),
        creator_host: creator
            .as_ref()
            .and_then(|_| base.host_str())
            .unwrap_or_default()
            .to_owned(),
        creator: creator.unwrap_or_default(),
    };
    // An author that is an address is a page, not a name.
    let author_is_page = preview.author_name.starts_with("https://");
    let (author_name, author_url) = if author_is_page {
        (String::new(), preview.author_name.clone())
    } else {
        (preview.author_name.clone(), String::new())
    };
    let preview = Preview {
        author_name,
        author_url,
        ..preview
    };
    Described {
        preview,
        oembed: head.oembed(),
    }
}

struct Head<'a> {
    elements: Vec<Element>,
    base: &'a Url,
}

impl Head<'_> {
    /// The content of the first `meta` of one of these names; the earlier names count more.
    fn meta(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| {
            let is_it = |element: &&Element| {
                let property = element.find("property").or_else(|| element.find("name"));
                element.name == "meta" && property.is_some_and(|it| it.eq_ignore_ascii_case(name))
            };
            self.elements
                .iter()
                .filter(is_it)
                .find_map(|element| element.find("content"))
        })
    }

    fn text(&self, names: &[&str], longest: usize) -> Option<String> {
        self.meta(names)
            .map(|text| clean_line(text, longest))
            .filter(|text| !text.is_empty())
    }

    fn url(&self, names: &[&str]) -> Option<String> {
        absolute(self.base, self.meta(names)?)
    }

    fn side(&self, names: &[&str]) -> Option<u32> {
        side(self.meta(names)?.parse().ok()?)
    }

    fn title(&self) -> String {
        let found = self.elements.iter().find(|element| element.name == "title");
        found
            .map(|title| clean_line(&title.text, LONGEST_TITLE))
            .unwrap_or_default()
    }

    fn language(&self) -> Option<String> {
        let html = self.elements.iter().find(|element| element.name == "html");
        let said = html
            .and_then(|html| html.find("lang"))
            .or_else(|| self.meta(&["og:locale"]))?;
        normalise_language(said).map(str::to_owned)
    }

    fn published(&self) -> Option<i64> {
        let said = self.meta(&["article:published_time", "og:article:published_time"])?;
        let time = chrono::DateTime::parse_from_rfc3339(said).ok()?;
        Some(time.timestamp_millis()).filter(|time| *time > 0)
    }

    /// Source: <https://blog.joinmastodon.org/2024/07/highlighting-journalism-on-mastodon/>
    fn creator(&self) -> Option<String> {
        let handle = Handle::parse(self.meta(&["fediverse:creator"])?).ok()?;
        let is_complete = handle.domain.is_some() && handle.username.len() <= LONGEST_NAME;
        is_complete.then(|| handle.folded().to_string())
    }

    fn oembed(&self) -> Option<Url> {
        let is_it = |element: &&Element| {
            element.name == "link"
                && element.has_word("rel", "alternate")
                && element
                    .find("type")
                    .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json+oembed"))
        };
        let href = self.elements.iter().find(is_it)?.find("href")?;
        Url::parse(&absolute(self.base, href)?).ok()
    }
}

/// An oEmbed document, as far as it is believed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Embed {
    #[serde(rename = "type")]
    kind: String,
    title: Option<String>,
    author_name: Option<String>,
    author_url: Option<String>,
    provider_name: Option<String>,
    provider_url: Option<String>,
    url: Option<String>,
    html: Option<String>,
    width: serde_json::Value,
    height: serde_json::Value,
    thumbnail_url: Option<String>,
}

/// Adds what an oEmbed document says to what the page says. A document that cannot be read changes nothing.
#[must_use]
pub fn with_embed(page: Preview, document: &[u8], base: &Url) -> Preview {
    let Ok(embed) = serde_json::from_slice::<Embed>(document) else {
        return page;
    };
    let url = |said: &Option<String>| said.as_deref().and_then(|url| absolute(base, url));
    let text = |said: &Option<String>, or: String, longest: usize| {
        let said = said.as_deref().map(|text| clean_line(text, longest));
        said.filter(|text| !text.is_empty()).unwrap_or(or)
    };
    let player = embed.html.as_deref().and_then(player_of);
    let photo = url(&embed.url);
    let kind = match (embed.kind.as_str(), &player, &photo) {
        ("photo", _, Some(_)) => Kind::Photo,
        ("video", Some(_), _) => Kind::Video,
        ("rich", Some(_), _) => Kind::Rich,
        _ => Kind::Link,
    };
    let is_player = matches!(kind, Kind::Video | Kind::Rich);
    let sides = (kind != Kind::Link).then(|| (measured(&embed.width), measured(&embed.height)));
    Preview {
        kind,
        title: text(&embed.title, page.title, LONGEST_TITLE),
        author_name: text(&embed.author_name, page.author_name, LONGEST_NAME),
        author_url: url(&embed.author_url).unwrap_or(page.author_url),
        provider_name: text(&embed.provider_name, page.provider_name, LONGEST_NAME),
        provider_url: url(&embed.provider_url).unwrap_or(page.provider_url),
        player: player.filter(|_| is_player).unwrap_or_default(),
        embed_url: photo
            .clone()
            .filter(|_| kind == Kind::Photo)
            .unwrap_or_default(),
        width: sides.map_or(page.width, |(width, _)| width),
        height: sides.map_or(page.height, |(_, height)| height),
        image: photo
            .filter(|_| kind == Kind::Photo)
            .or_else(|| url(&embed.thumbnail_url))
            .or(page.image),
        ..page
    }
}

/// The address of the one frame that a player consists of. Scripts and anything else of theirs is left behind.
fn player_of(html: &str) -> Option<String> {
    let frames = find_elements(html, &["iframe"], 2);
    let [frame] = frames.as_slice() else {
        return None;
    };
    let source = Url::parse(frame.find("src")?).ok()?;
    (source.scheme() == "https" && source.as_str().len() <= LONGEST_URL).then(|| source.into())
}

/// A number of pixels, which some write as text.
fn measured(value: &serde_json::Value) -> u32 {
    let number = value
        .as_i64()
        .or_else(|| value.as_str()?.trim_end_matches("px").parse().ok());
    number.and_then(side).unwrap_or(0)
}

fn side(pixels: i64) -> Option<u32> {
    u32::try_from(pixels.clamp(0, LONGEST_SIDE))
        .ok()
        .filter(|side| *side > 0)
}

/// An address of the web, completed by where it stands.
fn absolute(base: &Url, said: &str) -> Option<String> {
    let url = base.join(said).ok()?;
    let is_web = matches!(url.scheme(), "https" | "http") && url.username().is_empty();
    (is_web && url.as_str().len() <= LONGEST_URL).then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        Url::parse("https://news.example/2026/bird").unwrap()
    }

    #[test]
    fn a_page_describes_itself() {
        let page = r#"<!doctype html><html lang="en-GB"><head><title> Birds of the &amp; coast </title>
            <meta property="og:title" content="A whimbrel &lt;b&gt; was seen">
            <meta name="description" content="Seven notes.">
            <meta property="og:image" content="/bird.jpg"><meta property="og:image:width" content="640">
            <meta property="og:image:height" content="400"><meta property="og:image:alt" content="A bird">
            <meta property="og:site_name" content="The News"><meta name="author" content="Bo">
            <meta property="article:published_time" content="2026-08-08T12:00:00Z">
            <link rel="alternate" type="application/json+oembed" href="/oembed?u=1">"#;
        let described = describe(page, &base());
        let preview = described.preview;
        assert_eq!(preview.title, "A whimbrel <b> was seen");
        assert_eq!(preview.description, "Seven notes.");
        assert_eq!(
            preview.image.as_deref(),
            Some("https://news.example/bird.jpg")
        );
        assert_eq!((preview.width, preview.height), (640, 400));
        assert_eq!(
            (preview.author_name.as_str(), preview.provider_name.as_str()),
            ("Bo", "The News")
        );
        assert_eq!(preview.language.as_deref(), Some("en"));
        assert_eq!(preview.published_at, Some(1_786_190_400_000));
        assert_eq!(
            described.oembed.unwrap().as_str(),
            "https://news.example/oembed?u=1"
        );
    }

    #[test]
    fn a_page_names_the_account_of_its_author() {
        for (said, expected) in [
            ("@Bo@Social.example", "bo@social.example"),
            ("bo@social.example", "bo@social.example"),
            ("@bo", ""),
            ("Bo Smith", ""),
            ("https://social.example/@bo", ""),
        ] {
            let page =
                format!("<title>x</title><meta name=\"fediverse:creator\" content=\"{said}\">");
            let preview = describe(&page, &base()).preview;
            assert_eq!(preview.creator, expected, "{said}");
            let host = if expected.is_empty() {
                ""
            } else {
                "news.example"
            };
            assert_eq!(preview.creator_host, host, "{said}");
        }
    }

    #[test]
    fn what_is_missing_or_bad_is_left_out() {
        let described = describe("<title>Only this</title>", &base());
        assert_eq!(
            described,
            Described {
                preview: Preview {
                    title: "Only this".into(),
                    ..Preview::default()
                },
                oembed: None
            }
        );
        for bad in [
            "javascript:alert(1)",
            "data:image/png;base64,x",
            "https://a:b@c.example/x",
            "ftp://x.example/",
        ] {
            let page = format!("<meta property=og:image content=\"{bad}\">");
            assert_eq!(describe(&page, &base()).preview.image, None, "{bad}");
        }
        let page = describe("<meta name=author content=https://bo.example/>", &base()).preview;
        assert_eq!(
            (page.author_name.as_str(), page.author_url.as_str()),
            ("", "https://bo.example/")
        );
        assert!(!describe("nothing", &base()).preview.is_worth_showing());
    }

    #[test]
    fn players_are_frames_and_nothing_else() {
        for (html, expected) in [
            (
                r#"<iframe src="https://v.example/1" onload="x()"></iframe>"#,
                Some("https://v.example/1"),
            ),
            (r#"<script src="https://v.example/x.js"></script>"#, None),
            (r#"<iframe src="http://v.example/1"></iframe>"#, None),
            (r#"<iframe src="javascript:x()"></iframe>"#, None),
            (
                r#"<iframe src="https://a.example/"></iframe><iframe src="https://b.example/"></iframe>"#,
                None,
            ),
            ("", None),
        ] {
            assert_eq!(player_of(html).as_deref(), expected, "{html}");
        }
    }

    #[test]
    fn an_embed_adds_to_the_page() {
        let page = || Preview {
            title: "Page".into(),
            image: Some("https://p.example/i".into()),
            ..Preview::default()
        };
        let video = br#"{"type":"video","title":"V","html":"<iframe src='https://v.example/1'></iframe>","width":"640","height":360,"thumbnail_url":"https://v.example/t.jpg"}"#;
        let found = with_embed(page(), video, &base());
        assert_eq!(
            (found.kind, found.title.as_str(), found.player.as_str()),
            (Kind::Video, "V", "https://v.example/1")
        );
        assert_eq!((found.width, found.height), (640, 360));
        assert_eq!(found.image.as_deref(), Some("https://v.example/t.jpg"));
        let photo = br#"{"type":"photo","url":"/p.jpg","width":100000,"height":-1}"#;
        let found = with_embed(page(), photo, &base());
        assert_eq!(
            (found.kind, found.embed_url.as_str()),
            (Kind::Photo, "https://news.example/p.jpg")
        );
        assert_eq!((found.width, found.height), (10_000, 0));
        for broken in [
            &b"{"[..],
            b"[]",
            br#"{"type":7}"#,
            br#"{"type":"video","html":"<b>"}"#,
            b"{}",
        ] {
            assert_eq!(with_embed(page(), broken, &base()), page(), "{broken:?}");
        }
    }
}
