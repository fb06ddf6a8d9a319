//! Articles, pages, videos and events made into the HTML of a status.
//!
//! Others show a title, a text and a link; so do we. Source:
//! <https://docs.joinmastodon.org/spec/activitypub/#payloads>.

use super::notes::IncomingNote;

/// The HTML of a status: `body` is its content as HTML (rendered from whatever it was, cleaned or yet to be cleaned).
///
/// Notes, questions and messages keep their body; other sorts get their title above it, with when and where
/// an event is, and their links below.
#[must_use]
pub fn compose(note: &IncomingNote, body: &str) -> String {
    if !note.kind.is_converted() {
        return body.to_owned();
    }
    let mut html = String::new();
    if let Some(title) = &note.title {
        html.push_str(&format_element("h2", title));
    }
    for fact in &note.facts {
        html.push_str(&format_element("p", fact));
    }
    html.push_str(body);
    let links = match note.links.as_slice() {
        [] => std::slice::from_ref(&note.url),
        links => links,
    };
    for link in links
        .iter()
        .filter(|link| !body.contains(escape(link).as_str()))
    {
        let link = escape(link);
        html.push_str(&["<p><a href=\"", &link, "\">", &link, "</a></p>"].concat());
    }
    html
}

/// A plain text as HTML paragraphs.
#[must_use]
pub fn paragraphs(plain: &str) -> String {
    let mut html = String::new();
    let trimmed = plain.split("\n\n").map(str::trim);
    for paragraph in trimmed.filter(|paragraph| !paragraph.is_empty()) {
        html.push_str("<p>");
        html.push_str(&escape(paragraph).replace('\n', "<br>"));
        html.push_str("</p>");
    }
    html
}

fn format_element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::federation::documents::Origin;
    use serde_json::{Value, json};

    fn note(value: &Value) -> IncomingNote {
        let ours = Origin::of("https://home.example").expect("an origin");
        IncomingNote::parse(value.as_object().expect("an object"), None, &ours).expect("a note")
    }

    #[test]
    fn titles_and_links_surround_the_body_of_converted_sorts() {
        let page = |more: Value| {
            let mut page = json!({"id": "https://a.example/1", "type": "Page", "name": "Tea & <b>",
                "attributedTo": "https://a.example/users/ann", "content": "<p>hot</p>"});
            for (key, value) in more.as_object().expect("an object") {
                page[key] = value.clone();
            }
            note(&page)
        };
        assert_eq!(
            compose(&page(json!({})), "<p>hot</p>"),
            "<h2>Tea &amp; &lt;b&gt;</h2><p>hot</p><p><a href=\"https://a.example/1\">https://a.example/1</a></p>"
        );
        let linked =
            page(json!({"attachment": [{"type": "Link", "href": "https://b.example/?a&b"}]}));
        assert!(compose(&linked, "").ends_with(
            "<p><a href=\"https://b.example/?a&amp;b\">https://b.example/?a&amp;b</a></p>"
        ));
        assert_eq!(
            compose(&page(json!({"type": "Note"})), "<p>hot</p>"),
            "<p>hot</p>"
        );
    }

    #[test]
    fn events_tell_when_and_where() {
        let event = note(
            &json!({"id": "https://a.example/1", "type": "Event", "name": "Tea",
            "attributedTo": "https://a.example/users/ann", "content": "<p>hot</p>",
            "startTime": "2024-04-01T18:00:00+02:00", "endTime": "2024-04-01T20:00:00+02:00",
            "location": {"type": "Place", "name": "Pot & Co", "address": {"addressLocality": "Berlin"}}}),
        );
        assert!(compose(&event, "<p>hot</p>").starts_with(
            "<h2>Tea</h2><p>2024-04-01 16:00:00 UTC \u{2013} 2024-04-01 18:00:00 UTC</p><p>Pot &amp; Co, Berlin</p><p>hot</p>"
        ));
    }

    #[test]
    fn plain_text_becomes_paragraphs() {
        assert_eq!(
            paragraphs("a <b>\nc\n\n\n\nd"),
            "<p>a &lt;b&gt;<br>c</p><p>d</p>"
        );
        assert_eq!(paragraphs(" \n\n "), "");
    }
}
