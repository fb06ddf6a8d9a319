//! What a status from elsewhere says: its text, its warning, and what else is to be read.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#payloads>.

use super::super::caps;
use super::super::references::{self, Properties};
use super::super::times;
use super::sorts::{ContentType, NoteKind};

/// Misskey's Markdown, with functions and emoji of its own.
const MISSKEY: &str = "text/x.misskeymarkdown";

/// The text and how to read it; empty if there is none.
pub(super) fn content(properties: &Properties, kind: NoteKind) -> (String, ContentType) {
    let excerpt = || references::natural(properties, "summary").filter(|text| !is_blank(text));
    // An article's text belongs on its own page; its excerpt is what a timeline shows.
    if kind == NoteKind::Article
        && !warns(properties, kind)
        && let Some(excerpt) = excerpt()
    {
        return cut_excerpt(excerpt);
    }
    let content = references::natural(properties, "content").filter(|text| !is_blank(text));
    if let Some(content) = content {
        let media_type = references::text(properties, "mediaType").unwrap_or_default();
        let content = quoted(properties, kind) + content;
        return (
            references::cut_bytes(&content, caps::CONTENT_BYTES),
            content_type(media_type),
        );
    }
    if let Some(source) = source(properties) {
        return source;
    }
    let quoted = quoted(properties, kind);
    if !quoted.is_empty() {
        return (quoted, ContentType::Html);
    }
    cut_excerpt(
        excerpt()
            .filter(|_| kind.is_converted())
            .unwrap_or_default(),
    )
}

fn cut_excerpt(excerpt: &str) -> (String, ContentType) {
    (
        references::cut(excerpt, caps::SUMMARY_CHARS),
        ContentType::Html,
    )
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn content_type(media_type: &str) -> ContentType {
    match essence(media_type).as_str() {
        "text/markdown" => ContentType::Markdown,
        "text/plain" | MISSKEY => ContentType::Plain,
        _ => ContentType::Html,
    }
}

fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// What its author typed, where no HTML was made of it. In a form that is not known here it is not shown.
fn source(properties: &Properties) -> Option<(String, ContentType)> {
    let source = references::first_object(properties, "source")?;
    let text = references::text(source, "content").filter(|text| !is_blank(text))?;
    let form = match essence(references::text(source, "mediaType").unwrap_or_default()).as_str() {
        "text/markdown" => ContentType::Markdown,
        "text/plain" | MISSKEY => ContentType::Plain,
        _ => return None,
    };
    Some((references::cut_bytes(text, caps::CONTENT_BYTES), form))
}

/// What a quotation from a book quotes (`BookWyrm`), which is HTML; elsewhere `quote` is the id of a status.
fn quoted(properties: &Properties, kind: NoteKind) -> String {
    let is_book = properties.contains_key("inReplyToBook");
    let quote = references::text(properties, "quote").filter(|text| !is_blank(text));
    match quote.filter(|_| kind == NoteKind::Other && is_book) {
        Some(quote) => {
            let quote = references::cut(quote, caps::SUMMARY_CHARS);
            format!("<blockquote>{quote}</blockquote>")
        }
        None => String::new(),
    }
}

/// The content warning. Misskey sends a zero-width space for an empty one.
pub(super) fn warning(properties: &Properties, kind: NoteKind) -> Option<String> {
    let summary = references::natural(properties, "summary")?
        .trim_matches(|c: char| c.is_whitespace() || c == '\u{200b}');
    let is_warning = warns(properties, kind) && !summary.is_empty();
    is_warning.then(|| references::cut(summary, caps::SUMMARY_CHARS))
}

/// Whether `summary` is a warning. Of converted sorts it is an excerpt, unless they are sensitive and say more than it.
fn warns(properties: &Properties, kind: NoteKind) -> bool {
    let is_sensitive = references::flag(properties, "sensitive").unwrap_or(false);
    let says_more = references::natural(properties, "content").is_some_and(|text| !is_blank(text));
    !kind.is_converted() || (is_sensitive && says_more)
}

/// When and where an event is (Mobilizon).
pub(super) fn facts(properties: &Properties, kind: NoteKind) -> Vec<String> {
    if kind != NoteKind::Event {
        return Vec::new();
    }
    let at = |key: &str| {
        let text = times::format(times::instant(properties, key)?);
        Some(text.replace('T', " ").replace('Z', " UTC"))
    };
    let time = match (at("startTime"), at("endTime")) {
        (Some(start), Some(end)) => Some(format!("{start} \u{2013} {end}")),
        (start, _) => start,
    };
    time.into_iter().chain(place(properties)).collect()
}

/// A place by its name and address.
fn place(properties: &Properties) -> Option<String> {
    let place = references::first_object(properties, "location")?;
    let mut parts: Vec<String> = Vec::new();
    parts.extend(references::short_text(place, "name", caps::NAME_CHARS));
    if let Some(address) = references::first_object(place, "address") {
        let lines = [
            "streetAddress",
            "postalCode",
            "addressLocality",
            "addressCountry",
        ];
        let lines = lines
            .iter()
            .filter_map(|line| references::short_text(address, line, caps::NAME_CHARS));
        for line in lines {
            if !parts.contains(&line) {
                parts.push(line);
            }
        }
    } else {
        parts.extend(references::short_text(place, "address", caps::NAME_CHARS));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}
