//! Markup and names that peers send, made harmless; markup made plain.
//!
//! Two filters in a row: one pass that keeps only known tags and bounds their number, so that no input can make the
//! parser behind it slow, then an HTML5 parser with an allow-list that decides what is safe. What is written here is
//! stored and shown as it is.
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#sanitization>

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use super::chars::is_deceptive;
use super::tags::{Piece, Pieces};

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
/// How many combining marks may sit on one character of a name.
const MAX_MARKS: usize = 4;

/// The elements that remain.
const ELEMENTS: [&str; 21] = [
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
    "q",
];
/// Elements whose content goes with them: it is no text.
const DROPPED: [&str; 9] = [
    "script", "style", "iframe", "noscript", "noembed", "noframes", "template", "svg", "object",
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

/// Markup as plain text: paragraphs become blank lines, breaks become line ends, references become characters.
///
/// For search, notifications and feeds. The text may hold `<` and `&`: [`escape`] it before it is shown.
#[must_use]
pub fn to_plain(html: &str) -> String {
    let mut plain = Plain::default();
    let mut pieces = Pieces::of(html);
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Text(text) => plain.push_text(&resolve_references(text)),
            Piece::Open { name, .. } => match name.to_ascii_lowercase().as_str() {
                "br" | "li" | "tr" => plain.end_line(1),
                dropped if DROPPED.contains(&dropped) => pieces.skip_element(dropped),
                name if is_block(name) => plain.end_line(2),
                _ => {}
            },
            Piece::Close { name } if is_block(&name.to_ascii_lowercase()) => plain.end_line(2),
            Piece::Close { .. } => {}
        }
    }
    plain.finish()
}

/// A name, a field's name, a label: one line without what deceives, at most `max_chars` characters (code points).
///
/// Control characters, direction overrides and zero-width characters go, joiners stay where scripts and emoji need
/// them, stacked marks are thinned out, white space becomes single spaces. A cut never splits what people see as one
/// character.
#[must_use]
pub fn clean_line(text: &str, max_chars: usize) -> String {
    let mut line = String::new();
    let mut marks = 0;
    // What is dropped may be any amount, so the input is bounded too.
    let mut chars = text.chars().take(max_chars.saturating_mul(16)).peekable();
    while let Some(c) = chars.next() {
        let previous = line.chars().next_back();
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        if c.is_whitespace() {
            if previous.is_some_and(|p| p != ' ') {
                line.push(' ');
            }
        } else if !c.is_control() && marks <= MAX_MARKS && may_follow(previous, c, chars.peek()) {
            line.push(c);
        }
    }
    cut_line(line.trim(), max_chars)
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

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "blockquote"
            | "pre"
            | "ul"
            | "ol"
            | "table"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
    )
}

/// Text that grows line by line; line ends are owed until there is text to follow them.
#[derive(Default)]
struct Plain {
    out: String,
    owed: usize,
}

impl Plain {
    fn push_text(&mut self, text: &str) {
        for c in text.chars() {
            let c = if matches!(c, '\n' | '\r' | '\t') {
                ' '
            } else {
                c
            };
            if c == ' ' && (self.owed > 0 || self.out.is_empty()) {
                continue;
            }
            self.pay();
            self.out.push(c);
        }
    }

    fn pay(&mut self) {
        if self.owed > 0 && !self.out.is_empty() {
            let length = self.out.trim_end_matches(' ').len();
            self.out.truncate(length);
            self.out.extend(std::iter::repeat_n('\n', self.owed));
        }
        self.owed = 0;
    }

    /// Breaks add up to a blank line; a block leaves one whatever stands around it.
    fn end_line(&mut self, count: usize) {
        self.owed = if count == 1 {
            (self.owed + 1).min(2)
        } else {
            2
        };
    }

    fn finish(mut self) -> String {
        let length = self.out.trim_end().len();
        self.out.truncate(length);
        self.out
    }
}

/// Resolves numeric references and the named ones that serialisers write.
fn resolve_references(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('&');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        // The longest reference that is known has 8 bytes (`#1114111`).
        let end = part.bytes().take(9).position(|b| b == b';');
        let name = end.and_then(|end| part.get(..end));
        if let Some((name, c)) = name.and_then(|name| Some((name, find_reference(name)?))) {
            out.push(c);
            out.push_str(part.get(name.len() + 1..).unwrap_or_default());
        } else {
            out.push('&');
            out.push_str(part);
        }
    }
    Cow::Owned(out)
}

fn find_reference(name: &str) -> Option<char> {
    let code = match name {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        "nbsp" => return Some('\u{a0}'),
        _ => name.strip_prefix('#')?,
    };
    let number = match code.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => code.parse(),
    };
    char::from_u32(number.ok()?).filter(|c| !c.is_control() || c.is_whitespace())
}

/// Whether a character of a name has a place between its neighbours.
fn may_follow(previous: Option<char>, c: char, next: Option<&char>) -> bool {
    let joins = |c: char| !c.is_ascii() && !c.is_whitespace() && !is_deceptive(c);
    match c {
        // Joiners connect characters of scripts and emoji; at an end or beside ASCII they only hide.
        '\u{200c}' | '\u{200d}' => {
            previous.is_some_and(|p| joins(p) && !matches!(p, '\u{200c}' | '\u{200d}'))
                && next.is_some_and(|n| joins(*n))
        }
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            previous.is_some_and(|p| !p.is_ascii_alphabetic() && !is_selector(p) && p != ' ')
        }
        // The tags that make a region's flag of a black flag.
        '\u{e0020}'..='\u{e007f}' => {
            previous.is_some_and(|p| p == '\u{1f3f4}' || matches!(p, '\u{e0020}'..='\u{e007e}'))
        }
        _ => !is_deceptive(c),
    }
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn cut_line(line: &str, max_chars: usize) -> String {
    let mut left = max_chars;
    let mut out = String::new();
    for grapheme in line.graphemes(true) {
        let length = grapheme.chars().count();
        if length > left {
            break;
        }
        left -= length;
        out.push_str(grapheme);
    }
    let length = out.trim_end().len();
    out.truncate(length);
    out
}

#[cfg(test)]
mod tests;
