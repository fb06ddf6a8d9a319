//! How long a status is for its author: characters as people see them, links at a fixed price.
//!
//! Source: <https://docs.joinmastodon.org/user/posting/#text>

use unicode_segmentation::UnicodeSegmentation;

use super::scan::{Kind, scan};

/// What a link costs, in characters, however long it is.
pub const CHARACTERS_PER_URL: usize = 23;

/// The length of `text` in characters (grapheme clusters): a link counts 23, `@user@domain` counts as `@user`.
#[must_use]
pub fn count_characters(text: &str) -> usize {
    let mut total = 0;
    let mut end = 0;
    for entity in scan(text) {
        let priced = match entity.kind {
            Kind::Url => CHARACTERS_PER_URL,
            Kind::Mention(handle) => 1 + handle.username.len(),
            Kind::Hashtag(_) => continue,
        };
        total += graphemes(text.get(end..entity.range.start).unwrap_or_default()) + priced;
        end = entity.range.end;
    }
    total + graphemes(text.get(end..).unwrap_or_default())
}

/// The length of `text` in characters (grapheme clusters), links and all.
#[must_use]
pub fn graphemes(text: &str) -> usize {
    if text.is_ascii() && !text.contains('\r') {
        text.len()
    } else {
        text.graphemes(true).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_people_see() {
        let table = [
            ("", 0),
            ("hello", 5),
            ("héllo", 5),
            ("he\u{301}llo", 5),
            ("日本語", 3),
            ("👩‍👩‍👧‍👦", 1),
            ("🇩🇪🇫🇷", 2),
            ("a\r\nb", 3),
            ("a\nb", 3),
            ("@alice hi", 9),
            ("@alice@a.very.long.domain.test hi", 9),
            ("ä@alice", 7),
            ("http://a.test", 23),
            (
                "see http://a.test/a/very/long/path/that/does/not/count now",
                4 + 23 + 4,
            ),
            ("#hashtag", 8),
            ("alice@good.test", 15),
        ];
        for (text, expected) in table {
            assert_eq!(count_characters(text), expected, "{text:?}");
        }
    }
}
