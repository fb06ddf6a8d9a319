//! Plain text of this node's people to the markup that clients and peers know.
//!
//! Clients find mentions and hashtags by these classes and this order of elements; links are shortened for the eye
//! only. Markup that peers send is cleaned in `clean`.
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#sanitization>

use std::collections::HashMap;

use url::form_urlencoded;

use super::clean::escape;
use super::handles::Handle;
use super::scan::{Kind, scan};

/// How many characters of a link are shown.
const SHOWN_OF_URL: usize = 30;

/// Where a resolved mention leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MentionLink {
    /// The address of the profile for people, equal to the `url` that clients find in the status' mentions.
    pub url: String,
    /// The username as its owner writes it.
    pub username: String,
}

/// What a text needs to become markup.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// This node's origin, without a slash at its end; hashtags lead there.
    pub origin: &'a str,
    /// Resolved mentions by their folded handles as [`super::scan::mentions`] lists them; others stay text.
    pub mentions: &'a HashMap<Handle, MentionLink>,
}

/// Whether links claim to be about their author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rel {
    /// A link in a status.
    Plain,
    /// A link in a profile, which other sites may look for to confirm who owns it.
    Me,
}

/// The markup of a status: paragraphs, line breaks, mentions, hashtags and links; everything else escaped.
///
/// The markup of blank text is empty.
#[must_use]
pub fn render_status(text: &str, around: Surroundings<'_>) -> String {
    paragraphs(&inline(text, around, Rel::Plain))
}

/// A link to what a status quotes, for readers that know no quotes; those that do leave it out.
#[must_use]
pub fn render_quote_link(url: &str) -> String {
    let link = url_markup(url, Rel::Plain);
    format!("<p class=\"quote-inline\">RE: {link}</p>")
}

/// The address of the page of a hashtag.
#[must_use]
pub fn hashtag_url(origin: &str, name: &str) -> String {
    let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!("{origin}/tags/{name}")
}

/// Text as markup without paragraphs; line ends are kept as they are.
pub(super) fn inline(text: &str, around: Surroundings<'_>, rel: Rel) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 2);
    let mut end = 0;
    for entity in scan(text) {
        let Some(written) = text.get(entity.range.clone()) else {
            continue;
        };
        let link = match &entity.kind {
            Kind::Url => url_markup(written, rel),
            Kind::Hashtag(name) => hashtag_markup(written, name, around.origin),
            Kind::Mention(handle) => match around.mentions.get(handle) {
                Some(link) => mention_markup(link),
                None => continue,
            },
        };
        html.push_str(&escape(
            text.get(end..entity.range.start).unwrap_or_default(),
        ));
        html.push_str(&link);
        end = entity.range.end;
    }
    html.push_str(&escape(text.get(end..).unwrap_or_default()));
    html
}

/// Wraps markup without block elements into paragraphs at blank lines and breaks at line ends.
pub(super) fn paragraphs(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + 16);
    let mut is_open = false;
    for line in html.trim().lines() {
        let line = line.trim_end();
        if line.is_empty() {
            if is_open {
                out.push_str("</p>");
            }
            is_open = false;
            continue;
        }
        out.push_str(if is_open { "<br />" } else { "<p>" });
        out.push_str(line);
        is_open = true;
    }
    if is_open {
        out.push_str("</p>");
    }
    out
}

pub(super) fn url_markup(url: &str, rel: Rel) -> String {
    let rel = match rel {
        Rel::Plain => "nofollow noopener",
        Rel::Me => "me nofollow noopener",
    };
    let (prefix, rest) = url
        .split_at_checked(hidden_prefix(url))
        .unwrap_or(("", url));
    let cut = rest.char_indices().nth(SHOWN_OF_URL).map(|(at, _)| at);
    let (shown, hidden) = rest
        .split_at_checked(cut.unwrap_or(rest.len()))
        .unwrap_or((rest, ""));
    let class = if hidden.is_empty() { "" } else { "ellipsis" };
    format!(
        "<a href=\"{}\" target=\"_blank\" rel=\"{rel}\" translate=\"no\"><span class=\"invisible\">{}</span>\
         <span class=\"{class}\">{}</span><span class=\"invisible\">{}</span></a>",
        escape(url),
        escape(prefix),
        escape(shown),
        escape(hidden),
    )
}

/// The length of the scheme, and of the `www.` after it, which are not shown.
fn hidden_prefix(url: &str) -> usize {
    let scheme = url.find("://").map_or(0, |at| at + 3);
    match url.get(scheme..) {
        Some(rest) if rest.starts_with("www.") => scheme + 4,
        _ => scheme,
    }
}

fn hashtag_markup(written: &str, name: &str, origin: &str) -> String {
    format!(
        "<a href=\"{}\" class=\"mention hashtag\" rel=\"tag\">#<span>{}</span></a>",
        escape(&hashtag_url(origin, name)),
        escape(written.trim_start_matches(['#', '＃'])),
    )
}

fn mention_markup(link: &MentionLink) -> String {
    format!(
        "<span class=\"h-card\" translate=\"no\"><a href=\"{}\" class=\"u-url mention\">@<span>{}</span></a></span>",
        escape(&link.url),
        escape(&link.username),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::clean_html;

    fn mentions() -> HashMap<Handle, MentionLink> {
        [
            ("alice", "https://here.test/@alice", "alice"),
            ("bob@there.test", "https://there.test/@Bob?a=1&b=2", "Bob"),
        ]
        .map(|(handle, url, username)| {
            let link = MentionLink {
                url: url.to_owned(),
                username: username.to_owned(),
            };
            (Handle::parse(handle).unwrap(), link)
        })
        .into()
    }

    fn render(text: &str) -> String {
        let mentions = mentions();
        render_status(
            text,
            Surroundings {
                origin: "https://here.test",
                mentions: &mentions,
            },
        )
    }

    #[test]
    fn makes_the_markup_that_clients_know() {
        let table = [
            ("", ""),
            (" \n ", ""),
            ("hello", "<p>hello</p>"),
            ("a\nb", "<p>a<br />b</p>"),
            ("a\r\nb", "<p>a<br />b</p>"),
            ("a\n\nb", "<p>a</p><p>b</p>"),
            ("\na\n\n\n\nb\n", "<p>a</p><p>b</p>"),
            ("a\n \nb", "<p>a</p><p>b</p>"),
            ("a  b", "<p>a  b</p>"),
            ("<b>&\"'", "<p>&lt;b&gt;&amp;&quot;&#39;</p>"),
            (
                "@Alice!",
                "<p><span class=\"h-card\" translate=\"no\"><a href=\"https://here.test/@alice\" \
                 class=\"u-url mention\">@<span>alice</span></a></span>!</p>",
            ),
            (
                "@bob@THERE.test",
                "<p><span class=\"h-card\" translate=\"no\"><a href=\"https://there.test/@Bob?a=1&amp;b=2\" \
                 class=\"u-url mention\">@<span>Bob</span></a></span></p>",
            ),
            (
                "@nobody@there.test & co",
                "<p>@nobody@there.test &amp; co</p>",
            ),
            (
                "#Rust",
                "<p><a href=\"https://here.test/tags/rust\" class=\"mention hashtag\" rel=\"tag\">#<span>Rust</span></a></p>",
            ),
            (
                "#日本",
                "<p><a href=\"https://here.test/tags/%E6%97%A5%E6%9C%AC\" class=\"mention hashtag\" \
                 rel=\"tag\">#<span>日本</span></a></p>",
            ),
            (
                "https://www.a.test/x?a&b",
                "<p><a href=\"https://www.a.test/x?a&amp;b\" target=\"_blank\" rel=\"nofollow noopener\" \
                 translate=\"no\"><span class=\"invisible\">https://www.</span><span class=\"\">a.test/x?a&amp;b</span>\
                 <span class=\"invisible\"></span></a></p>",
            ),
            (
                "http://a.test/6789012345678901234567890rest",
                "<p><a href=\"http://a.test/6789012345678901234567890rest\" target=\"_blank\" rel=\"nofollow noopener\" \
                 translate=\"no\"><span class=\"invisible\">http://</span>\
                 <span class=\"ellipsis\">a.test/67890123456789012345678</span>\
                 <span class=\"invisible\">90rest</span></a></p>",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(render(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_we_write_passes_our_own_cleaning() {
        let html = render("hi @alice\n#tag\n\nhttps://a.test/x <script>");
        let cleaned = clean_html(&html);
        for kept in [
            "class=\"h-card\"",
            "class=\"u-url mention\"",
            "class=\"mention hashtag\"",
            "class=\"invisible\"",
        ] {
            assert!(cleaned.contains(kept), "{kept} in {cleaned}");
        }
        assert!(cleaned.contains("&lt;script&gt;"));
    }
}
