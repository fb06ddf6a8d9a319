//! The links of a status: the one that a preview is made of, and all of them.

use url::Url;

use super::plain::resolve_references;
use super::tags::{Piece, Pieces};

/// The longest address that a preview is made of, in bytes.
const LONGEST: usize = 2_000;
/// Links of one status that are looked at.
const MOST: usize = 20;

/// The address of the first link in cleaned markup that is neither a mention nor a hashtag, without its fragment.
#[must_use]
pub fn first_link(html: &str) -> Option<String> {
    Links::of(html).next()
}

/// The addresses of the links in cleaned markup that are neither mentions nor hashtags, without their fragments; of a
/// text with many links only those of the first 20.
#[must_use]
pub fn list_links(html: &str) -> Vec<String> {
    Links::of(html).collect()
}

/// The links of a text, in their order.
struct Links<'h> {
    pieces: Pieces<'h>,
    left: usize,
}

impl<'h> Links<'h> {
    fn of(html: &'h str) -> Self {
        Self {
            pieces: Pieces::of(html),
            left: MOST,
        }
    }
}

impl Iterator for Links<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        while self.left > 0 {
            let Piece::Open { name, attributes } = self.pieces.next()? else {
                continue;
            };
            if !name.eq_ignore_ascii_case("a") {
                continue;
            }
            self.left -= 1;
            let text = self.pieces.find_map(|piece| match piece {
                Piece::Text(text) => Some(text),
                _ => None,
            });
            let found = address(attributes).filter(|_| !is_name(attributes, text));
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

/// Whether a link stands for somebody or for a hashtag: its class says so, or how it is written.
fn is_name(attributes: &str, text: Option<&str>) -> bool {
    let classes = attribute(attributes, "class").unwrap_or_default();
    let is_marked = |word: &str| ["mention", "hashtag", "u-url"].contains(&word);
    let is_written = |text: &str| text.trim_start().starts_with(['@', '#']);
    classes.split(' ').any(is_marked) || text.is_some_and(is_written)
}

fn address(attributes: &str) -> Option<String> {
    let said = resolve_references(attribute(attributes, "href")?);
    let mut url = Url::parse(&said).ok()?;
    let is_web = matches!(url.scheme(), "https" | "http") && url.username().is_empty();
    url.set_fragment(None);
    (is_web && url.as_str().len() <= LONGEST).then(|| url.into())
}

/// The value of an attribute as cleaned markup writes it: in double quotes, after a space.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let key = format!("{name}=\"");
    let begins = |at: usize| at == 0 || attributes.as_bytes().get(at - 1) == Some(&b' ');
    let (at, _) = attributes
        .match_indices(key.as_str())
        .find(|(at, _)| begins(*at))?;
    attributes.get(at + key.len()..)?.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean_html;

    #[test]
    fn all_links_are_listed_in_their_order() {
        let html = "<a href=\"https://a.example/1\">x</a> <a href=\"https://b.example/@bo\">@bo</a> \
            <a href=\"https://a.example/2#x\">y</a>";
        assert_eq!(
            list_links(html),
            ["https://a.example/1", "https://a.example/2"]
        );
        let many = "<a href=\"https://a.example/\">x</a>".repeat(99);
        assert_eq!(list_links(&many).len(), MOST);
    }

    #[test]
    fn the_first_link_that_is_no_name_counts() {
        for (html, expected) in [
            ("<p>no link</p>", None),
            (
                "<a href=\"https://a.example/1#top\">x</a>",
                Some("https://a.example/1"),
            ),
            (
                "<a href=\"https://a.example/?a=1&amp;b=2\">x</a>",
                Some("https://a.example/?a=1&b=2"),
            ),
            (
                "<span class=\"h-card\"><a href=\"https://b.example/@bo\" class=\"u-url mention\">@bo</a></span> \
                 <a href=\"https://b.example/tags/x\" class=\"mention hashtag\" rel=\"tag\">#x</a> \
                 <a href=\"https://a.example/\">x</a>",
                Some("https://a.example/"),
            ),
            ("<a href=\"https://b.example/tags/x\">#x</a>", None),
            ("<a href=\"https://b.example/@bo\"><b>@bo</b></a>", None),
            (
                "<a href=\"mailto:a@b.example\">x</a><a href=\"http://a.example\">x</a>",
                Some("http://a.example/"),
            ),
            ("<a href=\"https://a:b@c.example/\">x</a>", None),
            (
                "<a title=\"href=\" href=\"https://a.example/\">x</a>",
                Some("https://a.example/"),
            ),
        ] {
            assert_eq!(first_link(&clean_html(html)).as_deref(), expected, "{html}");
        }
        let long = format!(
            "<a href=\"https://a.example/{}\">x</a>",
            "x".repeat(LONGEST)
        );
        assert_eq!(first_link(&long), None);
    }
}
