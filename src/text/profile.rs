//! The notes and fields of local profiles as markup.
//!
//! Links in a profile carry `rel="me"`, so that other sites can confirm the owner.
//! Source: <https://docs.joinmastodon.org/user/profile/#verification>

use super::render::{Rel, Surroundings, inline, paragraphs, url_markup};
use super::scan::{Kind, scan};

/// The markup of a profile's note: as a status, its links marked as the owner's.
#[must_use]
pub fn render_note(text: &str, around: Surroundings<'_>) -> String {
    paragraphs(&inline(text, around, Rel::Me))
}

/// The markup of the value of a profile's field: one line, its links marked as the owner's.
#[must_use]
pub fn render_field(text: &str, around: Surroundings<'_>) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    inline(&line, around, Rel::Me)
}

/// The address that a field's value consists of, if it is one link and nothing else: what may be verified.
#[must_use]
pub fn find_lone_url(text: &str) -> Option<&str> {
    let text = text.trim();
    match scan(text).as_slice() {
        [only] if only.kind == Kind::Url && only.range == (0..text.len()) => Some(text),
        _ => None,
    }
}

/// The markup of a link that was found to lead back to the profile: the address itself, shortened for the eye only.
#[must_use]
pub fn render_verified_url(url: &str) -> String {
    url_markup(url, Rel::Me)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn profiles_link_as_their_owner() {
        let mentions = HashMap::new();
        let around = Surroundings {
            origin: "https://here.test",
            mentions: &mentions,
        };
        let link = "<a href=\"https://a.test\" target=\"_blank\" rel=\"me nofollow noopener\" translate=\"no\">\
                    <span class=\"invisible\">https://</span><span class=\"\">a.test</span>\
                    <span class=\"invisible\"></span></a>";
        assert_eq!(render_field(" https://a.test ", around), link);
        assert_eq!(
            render_field("at\nhttps://a.test", around),
            format!("at {link}")
        );
        assert_eq!(render_field("<i>", around), "&lt;i&gt;");
        assert_eq!(
            render_note("me\n\nhttps://a.test", around),
            format!("<p>me</p><p>{link}</p>")
        );
        assert_eq!(render_verified_url("https://a.test"), link);
    }

    #[test]
    fn only_a_lone_link_can_be_verified() {
        let table = [
            (" https://a.test/ ", Some("https://a.test/")),
            ("at https://a.test/", None),
            ("https://a.test/.", None),
            ("https://a.test https://b.test", None),
            ("http://good.test@evil.test/", None),
            ("a.test", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(find_lone_url(text), expected, "{text:?}");
        }
    }
}
