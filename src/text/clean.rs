//! Markup that peers send, made harmless. Names are cleaned in `lines`, markup becomes text in `plain`.
//!
//! Two filters in a row: one pass that keeps only known tags and bounds their number, so that no input can make the
//! parser behind it slow, then an HTML5 parser with an allow-list that decides what is safe. What is written here is
//! stored and shown as it is.
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#sanitization>

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::tags::{DROPPED, Piece, Pieces};
use ammonia::{Builder, UrlRelative};

/// How much of a remote text is looked at, in bytes; the rest is cut off.
pub const MAX_HTML: usize = 100_000;
/// How many tags of a remote text are kept; further ones vanish and leave their text.
const MAX_TAGS: usize = 5_000;
/// The longest attributes of one tag, in bytes; longer ones vanish.
const MAX_ATTRIBUTES: usize = 4_096;
/// About how long a node of text may get, in bytes.
const MAX_TEXT_NODE: usize = 1_024;
/// The longest name of a character reference, in bytes.
const MAX_REFERENCE: usize = 32;
/// The elements that remain.
const ELEMENTS: [&str; 20] = [
    "p",
    "br",
    "span",
    "a",
    "del",
    "s",
    "pre",
    "blockquote",
    "code",
    "b",
    "strong",
    "u",
    "i",
    "em",
    "ul",
    "ol",
    "li",
    "ruby",
    "rt",
    "rp",
];
/// Elements that keep attributes, and which.
const ATTRIBUTES: [(&str, &[&str]); 5] = [
    ("a", &["href", "class", "translate", "lang"]),
    ("span", &["class", "translate", "lang"]),
    ("p", &["class", "lang"]),
    ("ol", &["start", "reversed"]),
    ("li", &["value"]),
];
/// Where a link may lead.
const SCHEMES: [&str; 7] = [
    "http", "https", "mailto", "xmpp", "gemini", "gopher", "magnet",
];
/// Classes that clients know, beside the microformats.
const CLASSES: [&str; 5] = [
    "mention",
    "hashtag",
    "ellipsis",
    "invisible",
    "quote-inline",
];
/// How the classes of microformats begin.
const CLASS_PREFIXES: [&str; 5] = ["h-", "p-", "u-", "dt-", "e-"];

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(ELEMENTS))
        .clean_content_tags(HashSet::from(DROPPED))
        .generic_attributes(HashSet::new())
        .tag_attributes(
            ATTRIBUTES
                .into_iter()
                .map(|(element, names)| (element, names.iter().copied().collect()))
                .collect(),
        )
        .set_tag_attribute_values(HashMap::from([(
            "a",
            HashMap::from([("target", "_blank")]),
        )]))
        .link_rel(Some("nofollow noopener"))
        .url_schemes(HashSet::from(SCHEMES))
        .url_relative(UrlRelative::Deny)
        .attribute_filter(keep_attribute);
    builder
});

/// Remote markup as safe markup: known elements, known classes, links that leave with `nofollow noopener`.
///
/// Headings become bold paragraphs. Only the first 100 kB are looked at, which takes linear time whatever they hold.
#[must_use]
pub fn clean_html(html: &str) -> String {
    SANITISER.clean(&bound(html)).to_string()
}

/// Text as markup that shows it: `&`, `<`, `>` and both quotes become references.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// The beginning of `html` with the known tags only, few enough for a parser whose work grows with depth.
///
/// Attributes of formatting elements go: parsers repeat those elements in each paragraph, and recognise repetitions
/// only when they are equal.
fn bound(html: &str) -> String {
    let html = html
        .get(..html.floor_char_boundary(MAX_HTML))
        .unwrap_or_default();
    let mut out = String::with_capacity(html.len());
    let mut pieces = Pieces::of(html);
    let mut tags = 0;
    while let Some(piece) = pieces.next() {
        let (name, attributes, slash) = match piece {
            Piece::Text(text) => {
                push_text(&mut out, text);
                continue;
            }
            Piece::Open { name, attributes } => (name, attributes, ""),
            Piece::Close { name } => (name, "", "/"),
        };
        let name = name.to_ascii_lowercase();
        if slash.is_empty() && DROPPED.contains(&name.as_str()) {
            pieces.skip_element(&name);
            continue;
        }
        tags += 1;
        if tags > MAX_TAGS {
            continue;
        }
        match (name.as_str(), slash) {
            ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", "") => out.push_str("<p><strong>"),
            ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", _) => out.push_str("</strong></p>"),
            (known, _) if ELEMENTS.contains(&known) => {
                let keeps = ATTRIBUTES.iter().any(|(element, _)| *element == known);
                let attributes = if keeps && attributes.len() <= MAX_ATTRIBUTES {
                    attributes
                } else {
                    ""
                };
                out.extend(["<", slash, known, attributes, ">"]);
            }
            _ => {}
        }
    }
    out
}

/// Writes text so that no bracket in it, nor one that a left-out tag leaves beside it, can become a tag.
///
/// Only complete references stay references. Empty comments split long text: the serialiser looks through the rest of
/// a text node at each character that it escapes, so nodes have to be short. The sanitiser takes the comments out.
fn push_text(out: &mut String, text: &str) {
    let mut split = out.len() + MAX_TEXT_NODE;
    for (at, c) in text.char_indices() {
        let mut may_split = !c.is_ascii_alphanumeric() && c != '#';
        match c {
            '<' => out.push_str("&lt;"),
            '&' if text.get(at + 1..).is_some_and(begins_as_reference) => {
                may_split = false;
                out.push('&');
            }
            '&' => out.push_str("&amp;"),
            _ => out.push(c),
        }
        if may_split && out.len() >= split {
            out.push_str("<!---->");
            split = out.len() + MAX_TEXT_NODE;
        }
    }
}

/// Whether a text that follows an ampersand makes it a reference that ends properly.
fn begins_as_reference(text: &str) -> bool {
    let name = text.strip_prefix('#').unwrap_or(text);
    let length = name
        .bytes()
        .take(MAX_REFERENCE)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    length > 0 && name.as_bytes().get(length) == Some(&b';')
}

fn keep_attribute<'v>(_element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    match attribute {
        "class" => {
            let kept: Vec<_> = value
                .split_ascii_whitespace()
                .filter(|class| is_known_class(class))
                .collect();
            (!kept.is_empty()).then(|| Cow::Owned(kept.join(" ")))
        }
        "translate" => matches!(value, "yes" | "no").then_some(Cow::Borrowed(value)),
        "lang" => (!value.is_empty()
            && value.len() <= 35
            && value
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        .then_some(Cow::Borrowed(value)),
        "start" | "value" => value
            .parse::<i32>()
            .ok()
            .map(|number| Cow::Owned(number.to_string())),
        "reversed" => Some(Cow::Borrowed("")),
        _ => Some(Cow::Borrowed(value)),
    }
}

fn is_known_class(class: &str) -> bool {
    let is_microformat = CLASS_PREFIXES
        .iter()
        .any(|prefix| class.starts_with(prefix))
        && class
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
    is_microformat || CLASSES.contains(&class)
}

#[cfg(test)]
mod tests;
