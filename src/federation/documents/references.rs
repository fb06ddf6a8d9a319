//! The forms in which one fact can stand in JSON: string or object, one or many, plain or by language.
//!
//! Every function takes what it finds and answers nothing for what it cannot use. It never refuses a document: which
//! properties must be there is said where the types are.

use serde_json::{Map, Value};

use super::{caps, everybody, origins};

/// The properties of a JSON object.
pub type Properties = Map<String, Value>;

/// The items of a property that may be missing, null, one value or a list.
#[must_use]
pub fn list_of<'a>(properties: &'a Properties, key: &str) -> &'a [Value] {
    match properties.get(key) {
        None | Some(Value::Null) => &[],
        Some(Value::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
    }
}

/// The first object of a property that may be one object or a list.
#[must_use]
pub fn first_object<'a>(properties: &'a Properties, key: &str) -> Option<&'a Properties> {
    list_of(properties, key).iter().find_map(Value::as_object)
}

/// A text property, as it stands.
#[must_use]
pub fn text<'a>(properties: &'a Properties, key: &str) -> Option<&'a str> {
    properties.get(key).and_then(Value::as_str)
}

/// A text property that says something: trimmed, and cut after `chars` characters.
#[must_use]
pub fn short_text(properties: &Properties, key: &str, chars: usize) -> Option<String> {
    let text = text(properties, key)?.trim();
    (!text.is_empty()).then(|| cut(text, chars))
}

/// A truth value.
#[must_use]
pub fn flag(properties: &Properties, key: &str) -> Option<bool> {
    properties.get(key).and_then(Value::as_bool)
}

/// A count: a whole number, not below zero, at most a thousand million.
#[must_use]
pub fn count(properties: &Properties, key: &str) -> Option<i64> {
    let number = properties.get(key)?;
    let whole = number
        .as_i64()
        .or_else(|| number.as_u64().map(|_| caps::COUNT))?;
    Some(whole.clamp(0, caps::COUNT))
}

/// The id that a value refers to: the text itself, or the `id` (of a link, the `href`) of an object.
#[must_use]
pub fn id_in(value: &Value) -> Option<&str> {
    match value {
        Value::String(id) => Some(id),
        Value::Object(object) => text(object, "id").or_else(|| text(object, "href")),
        _ => None,
    }
}

/// The id that a property refers to; of a list, the first.
#[must_use]
pub fn id<'a>(properties: &'a Properties, key: &str) -> Option<&'a str> {
    list_of(properties, key).iter().find_map(id_in)
}

/// The usable ids of a property, each once, at most `limit`.
#[must_use]
pub fn ids(properties: &Properties, key: &str, limit: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for id in list_of(properties, key).iter().filter_map(id_in) {
        if found.len() >= limit {
            break;
        }
        if seen.insert(id) && (origins::is_usable(id) || everybody::is_public(id)) {
            found.push(id.to_owned());
        }
    }
    found
}

/// A place that a property points to, with the media type that the document claims for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// An http(s) URL.
    pub href: String,
    /// As claimed, for example `text/html`.
    pub media_type: Option<String>,
}

/// The usable links of a property: text, list of texts, object with `url` or `href`, or a list of these.
#[must_use]
pub fn links(properties: &Properties, key: &str) -> Vec<Link> {
    list_of(properties, key)
        .iter()
        .flat_map(|value| links_in(value, 2))
        .take(caps::ATTACHMENTS)
        .collect()
}

fn links_in(value: &Value, depth: u8) -> Vec<Link> {
    let media_type = |object: &Properties| {
        text(object, "mediaType")
            .or_else(|| text(object, "mimeType"))
            .map(|media_type| cut(media_type, 100))
    };
    match value {
        Value::String(href) if origins::is_usable(href) => vec![Link {
            href: href.clone(),
            media_type: None,
        }],
        Value::Object(object) => {
            let claimed = media_type(object);
            if let Some(href) = text(object, "href").filter(|href| origins::is_usable(href)) {
                return vec![Link {
                    href: href.to_owned(),
                    media_type: claimed,
                }];
            }
            let inner = match depth.checked_sub(1) {
                Some(left) => list_of(object, "url")
                    .iter()
                    .take(caps::ATTACHMENTS)
                    .flat_map(|value| links_in(value, left))
                    .collect(),
                None => Vec::new(),
            };
            let own = |link: Link| Link {
                media_type: link.media_type.or_else(|| claimed.clone()),
                ..link
            };
            inner.into_iter().map(own).collect()
        }
        _ => Vec::new(),
    }
}

/// The link of a property that a person would open: the HTML one, else the first without another type.
#[must_use]
pub fn page_link(properties: &Properties, key: &str) -> Option<String> {
    let links = links(properties, key);
    let html = |link: &&Link| {
        link.media_type
            .as_deref()
            .is_some_and(|media_type| media_type.starts_with("text/html"))
    };
    let plain = |link: &&Link| link.media_type.is_none();
    links
        .iter()
        .find(html)
        .or_else(|| links.iter().find(plain))
        .map(|link| link.href.clone())
}

/// A text that may stand plainly (`content`) or by language (`contentMap`): the plain one, else the first of the map.
#[must_use]
pub fn natural<'a>(properties: &'a Properties, key: &str) -> Option<&'a str> {
    text(properties, key).or_else(|| {
        let map = properties.get(&format!("{key}Map"))?.as_object()?;
        map.values().find_map(Value::as_str)
    })
}

/// The language of a document: of `contentMap`, `nameMap` or `summaryMap` the key under which the plain text stands, or
/// the first; else `language`.
///
/// A short tag such as `de` or `pt-BR`; `und` and what is no tag are nothing.
#[must_use]
pub fn language(properties: &Properties) -> Option<String> {
    let of_map = |key: &str| {
        let map = properties.get(key)?.as_object()?;
        let plain = properties.get(key.trim_end_matches("Map"));
        let same = map.iter().find(|(_, text)| Some(*text) == plain);
        same.map(|(tag, _)| tag).or_else(|| map.keys().next())
    };
    let of_property = || match properties.get("language")? {
        Value::String(tag) => Some(tag),
        Value::Object(language) => match language.get("identifier")? {
            Value::String(tag) => Some(tag),
            _ => None,
        },
        _ => None,
    };
    of_map("contentMap")
        .or_else(|| of_map("nameMap"))
        .or_else(|| of_map("summaryMap"))
        .or_else(of_property)
        .filter(|tag| is_language_tag(tag))
        .cloned()
}

fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().is_some_and(|part| {
        matches!(part.len(), 2 | 3) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    let rest = parts.all(|part| {
        matches!(part.len(), 1..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    primary && rest && tag.len() <= 35 && !tag.eq_ignore_ascii_case("und")
}

/// The first `chars` characters of a text.
#[must_use]
pub fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
        None => text.to_owned(),
    }
}

/// As many whole characters of a text as fit into `bytes` bytes.
#[must_use]
pub fn cut_bytes(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let end = (0..=bytes).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Properties {
        match value {
            Value::Object(object) => object,
            other => panic!("no object: {other}"),
        }
    }

    #[test]
    fn one_and_many_are_the_same() {
        for (value, expected) in [
            (json!({}), vec![]),
            (json!({"to": null}), vec![]),
            (
                json!({"to": "https://a.example/1"}),
                vec!["https://a.example/1"],
            ),
            (
                json!({"to": {"id": "https://a.example/1"}}),
                vec!["https://a.example/1"],
            ),
            (
                json!({"to": {"type": "Link", "href": "https://a.example/1"}}),
                vec!["https://a.example/1"],
            ),
            (
                json!({"to": ["https://a.example/1", null, 3, [], "nonsense", "https://a.example/1", "as:Public"]}),
                vec!["https://a.example/1", "as:Public"],
            ),
        ] {
            assert_eq!(ids(&object(value.clone()), "to", 10), expected, "{value}");
        }
        let many: Vec<_> = (0..100).map(|n| format!("https://a.example/{n}")).collect();
        assert_eq!(ids(&object(json!({"to": many})), "to", 10).len(), 10);
    }

    #[test]
    fn links_are_found_in_every_form() {
        for (value, page) in [
            (json!("https://a.example/p"), Some("https://a.example/p")),
            (
                json!(["https://a.example/p", "https://a.example/q"]),
                Some("https://a.example/p"),
            ),
            (
                json!({"type": "Link", "href": "https://a.example/p"}),
                Some("https://a.example/p"),
            ),
            (
                json!([
                    {"type": "Link", "mediaType": "video/mp4", "href": "https://a.example/v"},
                    {"type": "Link", "mimeType": "text/html", "href": "https://a.example/p"},
                ]),
                Some("https://a.example/p"),
            ),
            (json!("javascript:alert(1)"), None),
            (json!({"href": "javascript:alert(1)"}), None),
            (json!(7), None),
        ] {
            let found = page_link(&object(json!({"url": value.clone()})), "url");
            assert_eq!(found.as_deref(), page, "{value}");
        }
    }

    #[test]
    fn languages_are_short_tags() {
        for (value, expected) in [
            (json!({"contentMap": {"de": "x"}}), Some("de")),
            (
                json!({"contentMap": {"pt-BR": "x", "en": "y"}}),
                Some("pt-BR"),
            ),
            (
                json!({"content": "y", "contentMap": {"de": "x", "en": "y"}}),
                Some("en"),
            ),
            (
                json!({"content": "z", "contentMap": {"de": "x", "en": "y"}}),
                Some("de"),
            ),
            (json!({"language": {"identifier": "fr"}}), Some("fr")),
            (json!({"language": "fr"}), Some("fr")),
            (json!({"contentMap": {"und": "x"}}), None),
            (json!({"contentMap": {"<script>": "x"}}), None),
            (json!({"contentMap": ["de"]}), None),
            (json!({"language": [1]}), None),
        ] {
            assert_eq!(
                language(&object(value.clone())).as_deref(),
                expected,
                "{value}"
            );
        }
    }

    #[test]
    fn counts_are_clamped_and_texts_cut_between_characters() {
        for (value, expected) in [
            (json!(3), Some(3)),
            (json!(-1), Some(0)),
            (json!(u64::MAX), Some(caps::COUNT)),
            (json!(1.5), None),
            (json!("3"), None),
            (json!(null), None),
        ] {
            assert_eq!(
                count(&object(json!({"n": value.clone()})), "n"),
                expected,
                "{value}"
            );
        }
        assert_eq!(cut("äöü", 2), "äö");
        assert_eq!(cut_bytes("äöü", 3), "ä");
        assert_eq!(cut_bytes("abc", 3), "abc");
    }
}
