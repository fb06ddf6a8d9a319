//! The link of a status that a preview is made of.

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
    let opened = Pieces::of(html).filter_map(|piece| match piece {
        Piece::Open { name, attributes } if name.eq_ignore_ascii_case("a") => Some(attributes),
        _ => None,
    });
    opened
        .take(MOST)
        .filter(|attributes| !is_name(attributes))
        .find_map(address)
}

/// Whether a link stands for somebody or for a hashtag.
fn is_name(attributes: &&str) -> bool {
    let words = |name: &str| attribute(attributes, name).unwrap_or_default().split(' ');
    words("class").any(|word| ["mention", "hashtag", "u-url"].contains(&word))
        || words("rel").any(|word| word == "tag")
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
            (
                "<a href=\"https://b.example/tags/x\" rel=\"tag\">#x</a>",
                None,
            ),
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
