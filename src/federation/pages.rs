//! Pages for people that stand at another address than the document behind them, and name it. Somebody pasted the
//! address of such a page; what it names is asked for at its own server like anything else. And the descriptions of
//! hosts that name where their handles are asked for.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#link-headers> and
//! <https://www.rfc-editor.org/rfc/rfc8288#section-3>.

use url::Url;

use super::failures;
use super::fetch::{FetchError, is_activity, is_page, usable};
use crate::http::Fetch;
use crate::node::Node;
use crate::text::pages::{Element, decode, find_elements};

const ACCEPT: &str = "text/html, application/xhtml+xml;q=0.9";
/// How much of a page is read, in bytes.
const LONGEST: usize = 1024 * 1024;
/// Links of a page that are looked at.
const LINKS: usize = 200;

/// The address of the document that a page names in its head or its headers; none if it names none but itself.
///
/// # Errors
/// When it must not be asked for or cannot be reached.
pub(super) async fn find_document(node: &Node, page: &str) -> Result<Option<String>, FetchError> {
    let url = usable(node, page)?;
    failures::spend(node, url.host_str().unwrap_or_default())?;
    let fetch = Fetch {
        body_cap: Some(LONGEST),
        ..Fetch::new(&url, ACCEPT)
    };
    let answer = node.http.fetch(fetch).await?;
    if !answer.is_success() {
        return Ok(None);
    }
    let header = answer.header("link").and_then(find_in_header);
    let content_type = answer.header("content-type").unwrap_or_default();
    let named = header.or_else(|| {
        let find = || find_in_page(&decode(&answer.body, content_type));
        is_page(content_type).then(find).flatten()
    });
    let target = named.and_then(|named| answer.final_url.join(&named).ok());
    Ok(target
        .map(|target| target.to_string())
        .filter(|target| target != page))
}

/// The first `<link>` that names an ActivityPub document.
fn find_in_page(html: &str) -> Option<String> {
    let is_named = |link: &&Element| {
        link.has_word("rel", "alternate") && link.find("type").is_some_and(is_activity)
    };
    let links = find_elements(html, &["link"], LINKS);
    let named = links.iter().find(is_named)?;
    named.find("href").map(str::to_owned)
}

/// The first entry of a `Link` header that names one.
fn find_in_header(header: &str) -> Option<String> {
    let mut entries = split(header, ',').into_iter().take(LINKS);
    entries.find_map(|entry| {
        let mut parts = split(entry, ';').into_iter().map(str::trim);
        let target = parts.next()?.strip_prefix('<')?.strip_suffix('>')?;
        let (mut is_alternate, mut is_document) = (false, false);
        for (name, value) in parts.filter_map(|part| part.split_once('=')) {
            let value = value.trim();
            let quoted = value
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'));
            let value = quoted.unwrap_or(value).replace("\\\"", "\"");
            match name.trim().to_ascii_lowercase().as_str() {
                "rel" => {
                    let mut words = value.split_ascii_whitespace();
                    is_alternate = words.any(|word| word.eq_ignore_ascii_case("alternate"));
                }
                "type" => is_document = is_activity(&value),
                _ => {}
            }
        }
        (is_alternate && is_document).then(|| target.to_owned())
    })
}

/// The parts between marks that stand neither in `<>` nor in quotes.
fn split(text: &str, mark: char) -> Vec<&str> {
    let (mut is_address, mut is_quoted, mut is_escaped) = (false, false, false);
    text.split(move |c: char| {
        if is_escaped {
            is_escaped = false;
            return false;
        }
        match c {
            '\\' if is_quoted => is_escaped = true,
            '"' if !is_address => is_quoted = !is_quoted,
            '<' if !is_quoted => is_address = true,
            '>' if !is_quoted => is_address = false,
            _ => {}
        }
        c == mark && !is_address && !is_quoted
    })
    .collect()
}

/// Turns a template of host-meta into the address to ask, if it is one.
pub(super) fn fill(template: &str, resource: &str) -> Option<Url> {
    let resource: String = url::form_urlencoded::byte_serialize(resource.as_bytes()).collect();
    let filled = template
        .contains("{uri}")
        .then(|| template.replace("{uri}", &resource))?;
    let url = Url::parse(&filled).ok()?;
    matches!(url.scheme(), "https" | "http").then_some(url)
}

/// Where a host says that its `WebFinger` stands, from its host-meta.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc6415#section-3>.
pub(super) fn find_template(xml: &str) -> Option<String> {
    let links = find_elements(xml, &["link"], LINKS);
    let found = links.iter().find(|link| link.has_word("rel", "lrdd"))?;
    found.find("template").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_name_documents() {
        let profiled = "application/ld+json; profile=\\\"https://www.w3.org/ns/activitystreams\\\"";
        for (header, expected) in [
            (
                "<https://a.example/1>; rel=\"alternate\"; type=\"application/activity+json\"",
                Some("https://a.example/1"),
            ),
            (
                "<https://a.example/x,y;z>; rel=next, </1>; type=application/activity+json; rel=\"nofollow alternate\"",
                Some("/1"),
            ),
            (
                &format!("</1>; rel=alternate; type=\"{profiled}\""),
                Some("/1"),
            ),
            ("</1>; rel=alternate; type=\"text/html\"", None),
            ("</1>; rel=self; type=\"application/activity+json\"", None),
            ("</1>; title=\"a, <b>; rel=alternate\"", None),
            ("/1; rel=alternate; type=application/activity+json", None),
            ("<", None),
            ("", None),
        ] {
            assert_eq!(find_in_header(header).as_deref(), expected, "{header}");
        }
    }

    #[test]
    fn pages_name_documents() {
        for (html, expected) in [
            (
                "<head><link rel=alternate type=application/activity+json href=/1>",
                Some("/1"),
            ),
            (
                "<link rel='alternate' type='application/rss+xml' href='/feed'><link rel='ALTERNATE' type='application/activity+json' href=' /1 '>",
                Some("/1"),
            ),
            (
                "<!-- <link rel=alternate type=application/activity+json href=/1> -->",
                None,
            ),
            (
                "<link rel=canonical type=application/activity+json href=/1>",
                None,
            ),
            (
                "<a rel=alternate type=application/activity+json href=/1>",
                None,
            ),
        ] {
            assert_eq!(find_in_page(html).as_deref(), expected, "{html}");
        }
    }

    #[test]
    fn hosts_name_where_they_are_asked() {
        let xml = "<?xml version=\"1.0\"?><XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\
            <Link rel=\"other\" template=\"https://x.example/{uri}\"/>\
            <Link rel=\"lrdd\" template=\"https://a.example/finger?q={uri}&amp;b=1\"/></XRD>";
        let template = find_template(xml).expect("a template");
        let url = fill(&template, "acct:ann@a.example").expect("a URL");
        assert_eq!(
            url.as_str(),
            "https://a.example/finger?q=acct%3Aann%40a.example&b=1"
        );
        for (template, is_one) in [
            ("https://a.example/{uri}", true),
            ("https://a.example/", false),
            ("javascript:{uri}", false),
            ("/finger?{uri}", false),
        ] {
            assert_eq!(
                fill(template, "acct:ann@a.example").is_some(),
                is_one,
                "{template}"
            );
        }
    }
}
