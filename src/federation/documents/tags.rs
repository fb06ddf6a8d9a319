//! The `tag` list: mentions, hashtags, custom emoji and links to other objects.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#Mention>, `#Hashtag`, `#Emoji` there, and
//! <https://codeberg.org/fediverse/fep/src/branch/main/fep/e232/fep-e232.md>.

use serde_json::{Value, json};

use super::caps;
use super::origins;
use super::references::{self, Properties};
use super::times;

/// Somebody who is mentioned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The actor's id; some servers put a profile page here.
    pub href: String,
    /// As written, for example `@ann@alpha.example` or `@ann`; may be empty.
    pub name: String,
}

/// A hashtag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashtag {
    /// Without the `#`, as written.
    pub name: String,
    /// Its page, when there is one.
    pub href: Option<String>,
}

/// A custom emoji.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emoji {
    /// Without the colons.
    pub shortcode: String,
    /// The image.
    pub url: String,
    /// As claimed, for example `image/png`.
    pub media_type: Option<String>,
    /// When the image last changed, in milliseconds.
    pub updated: Option<i64>,
    /// Its own id; anonymous emoji have none.
    pub id: Option<String>,
}

/// All that is understood of a `tag` list; at most 100 of each sort.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// The mentions.
    pub mentions: Vec<Mention>,
    /// The hashtags.
    pub hashtags: Vec<Hashtag>,
    /// The emoji.
    pub emojis: Vec<Emoji>,
    /// A quoted object that only a link tag names.
    pub quoted: Option<String>,
}

impl Tags {
    /// The tags of a document; what is not understood is left out.
    #[must_use]
    pub fn parse(properties: &Properties) -> Self {
        let mut tags = Self::default();
        for tag in references::list_of(properties, "tag")
            .iter()
            .filter_map(Value::as_object)
        {
            tags.take(tag);
        }
        tags
    }

    fn take(&mut self, tag: &Properties) {
        match references::text(tag, "type") {
            Some("Mention") => push(&mut self.mentions, mention(tag)),
            Some("Hashtag") => push(&mut self.hashtags, hashtag(tag)),
            Some("Emoji") => push(&mut self.emojis, emoji(tag)),
            Some("Link") if self.quoted.is_none() => self.quoted = quoted(tag),
            _ => {}
        }
    }
}

fn push<T: PartialEq>(list: &mut Vec<T>, item: Option<T>) {
    if let Some(item) = item
        && list.len() < caps::TAGS
        && !list.contains(&item)
    {
        list.push(item);
    }
}

fn mention(tag: &Properties) -> Option<Mention> {
    let href = references::text(tag, "href").filter(|href| origins::is_usable(href))?;
    Some(Mention {
        href: href.to_owned(),
        name: references::short_text(tag, "name", caps::NAME_CHARS).unwrap_or_default(),
    })
}

fn hashtag(tag: &Properties) -> Option<Hashtag> {
    let name = references::short_text(tag, "name", caps::HASHTAG_CHARS)?;
    let name = name.trim_start_matches(['#', '＃']);
    let clean = !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control());
    clean.then(|| Hashtag {
        name: name.to_owned(),
        href: references::links(tag, "href")
            .into_iter()
            .next()
            .map(|link| link.href),
    })
}

fn emoji(tag: &Properties) -> Option<Emoji> {
    let name = references::short_text(tag, "name", 100)?;
    let shortcode = name.trim_matches(':');
    let clean = !shortcode.is_empty()
        && shortcode
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-+".contains(c));
    let icon = references::links(tag, "icon").into_iter().next();
    let icon = icon.filter(|_| clean)?;
    Some(Emoji {
        shortcode: shortcode.to_owned(),
        url: icon.href,
        media_type: icon.media_type,
        updated: times::instant(tag, "updated"),
        id: references::text(tag, "id")
            .filter(|id| origins::is_usable(id))
            .map(str::to_owned),
    })
}

fn quoted(tag: &Properties) -> Option<String> {
    let media_type = references::text(tag, "mediaType")?;
    let is_object =
        media_type.contains("activitystreams") || media_type == "application/activity+json";
    let is_quote = references::list_of(tag, "rel")
        .iter()
        .filter_map(Value::as_str)
        .any(|rel| rel.ends_with("#_misskey_quote") || rel.ends_with("#quote"))
        || references::text(tag, "name").is_some_and(|name| name.starts_with("RE:"));
    let href = references::text(tag, "href").filter(|href| origins::is_usable(href))?;
    (is_object && is_quote).then(|| href.to_owned())
}

/// A mention as we send it.
#[must_use]
pub fn build_mention(mention: &Mention) -> Value {
    json!({"type": "Mention", "href": mention.href, "name": mention.name})
}

/// A hashtag as we send it.
#[must_use]
pub fn build_hashtag(hashtag: &Hashtag) -> Value {
    json!({"type": "Hashtag", "href": hashtag.href, "name": format!("#{}", hashtag.name)})
}

/// An emoji as we send it.
#[must_use]
pub fn build_emoji(emoji: &Emoji) -> Value {
    let mut built = json!({
        "id": emoji.id,
        "type": "Emoji",
        "name": format!(":{}:", emoji.shortcode),
        "icon": {"type": "Image", "mediaType": emoji.media_type, "url": emoji.url},
    });
    if let (Some(updated), Some(built)) = (emoji.updated, built.as_object_mut()) {
        built.insert("updated".to_owned(), times::format(updated).into());
    }
    built
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(value: &Value) -> Tags {
        let document = json!({ "tag": value });
        Tags::parse(document.as_object().expect("an object"))
    }

    #[test]
    fn takes_what_it_understands_and_leaves_the_rest() {
        let tags = tags(&json!([
            {"type": "Mention", "href": "https://a.example/users/ann", "name": "@ann@a.example"},
            {"type": "Mention", "href": "https://a.example/users/ann", "name": "@ann@a.example"},
            {"type": "Mention", "href": "javascript:1", "name": "@x"},
            {"type": "Mention", "href": "https://a.example/users/bob"},
            {"type": "Hashtag", "name": "#Tea", "href": "https://a.example/tags/tea"},
            {"type": "Hashtag", "name": "cake"},
            {"type": "Hashtag", "name": "#"},
            {"type": "Hashtag", "name": "two words"},
            {"type": "Emoji", "id": null, "name": ":cup:", "icon": {"type": "Image", "url": "https://a.example/cup.png"}},
            {"type": "Emoji", "name": ":<b>:", "icon": {"url": "https://a.example/b.png"}},
            {"type": "Emoji", "name": ":bare:"},
            {"type": "CommunityPostTag", "preferredUsername": "news"},
            null, 3, "x", [],
        ]));
        let hrefs: Vec<_> = tags.mentions.iter().map(|m| m.href.as_str()).collect();
        assert_eq!(
            hrefs,
            ["https://a.example/users/ann", "https://a.example/users/bob"]
        );
        let names: Vec<_> = tags.hashtags.iter().map(|h| h.name.as_str()).collect();
        assert_eq!(names, ["Tea", "cake"]);
        let codes: Vec<_> = tags.emojis.iter().map(|e| e.shortcode.as_str()).collect();
        assert_eq!(codes, ["cup"]);
    }

    #[test]
    fn at_most_a_hundred_of_each() {
        let many: Vec<_> = (0..1_000)
            .map(|n| json!({"type": "Hashtag", "name": format!("#t{n}")}))
            .collect();
        assert_eq!(tags(&many.into()).hashtags.len(), caps::TAGS);
    }

    #[test]
    fn an_object_link_names_the_quoted_object() {
        let link = |rel: &str, name: &str| {
            json!({"type": "Link", "rel": rel, "name": name, "href": "https://a.example/1",
                "mediaType": "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\""})
        };
        let quote = Some("https://a.example/1".to_owned());
        assert_eq!(
            tags(&link("https://misskey-hub.net/ns#_misskey_quote", "")).quoted,
            quote
        );
        assert_eq!(tags(&link("", "RE: https://a.example/1")).quoted, quote);
        assert_eq!(tags(&link("", "see")).quoted, None);
    }

    #[test]
    fn what_is_built_is_read_again() {
        let mention = Mention {
            href: "https://a.example/users/ann".into(),
            name: "@ann@a.example".into(),
        };
        let hashtag = Hashtag {
            name: "Tea".into(),
            href: Some("https://a.example/tags/tea".into()),
        };
        let emoji = Emoji {
            shortcode: "cup".into(),
            url: "https://a.example/cup.png".into(),
            media_type: Some("image/png".into()),
            updated: Some(1_000),
            id: Some("https://a.example/emojis/1".into()),
        };
        let read = tags(&json!([
            build_mention(&mention),
            build_hashtag(&hashtag),
            build_emoji(&emoji)
        ]));
        assert_eq!(
            read,
            Tags {
                mentions: vec![mention],
                hashtags: vec![hashtag],
                emojis: vec![emoji],
                quoted: None
            }
        );
    }
}
