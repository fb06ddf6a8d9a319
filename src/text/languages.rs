//! Languages of texts: which codes exist, and what of a tag such as `en-US` is kept.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc5646#section-2.1>, ISO 639-1 and ISO 639-3

mod table;

use table::{LIBRARY, LONG, SHORT};

/// The longest language tag that is looked at, in bytes.
const MAX_TAG: usize = 64;

/// A language that statuses can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language {
    /// The ISO 639-1 code or, where there is none, the ISO 639-3 code.
    pub code: &'static str,
    /// Its English name.
    pub name: &'static str,
}

/// All known languages, those with two letters first, each part in the order of the codes.
pub fn list_languages() -> impl Iterator<Item = Language> {
    let short = SHORT.iter().map(|(code, _, name)| Language { code, name });
    let long = LONG.iter().map(|(code, name)| Language { code, name });
    short.chain(long)
}

/// The known language of a code or tag as clients and peers send it: `en`, `EN`, `en-US`, `en_GB`, `eng`, `zh-Hant-TW`.
///
/// Scripts, regions and variants are dropped; three letters become two where there are two. None for `und`, `mul`
/// and whatever is not known.
#[must_use]
pub fn find_language(tag: &str) -> Option<Language> {
    let tag = tag.trim();
    if tag.len() > MAX_TAG
        || !tag
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    {
        return None;
    }
    let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
    match primary.len() {
        2 => find_short(renamed(&primary)),
        3 => find_long(&primary),
        _ => None,
    }
}

/// The code under which the language of `tag` is stored and shown, if it is known; see [`find_language`].
#[must_use]
pub fn normalise_language(tag: &str) -> Option<&'static str> {
    find_language(tag).map(|language| language.code)
}

fn find_short(code: &str) -> Option<Language> {
    let index = SHORT.binary_search_by_key(&code, |row| row.0).ok()?;
    SHORT
        .get(index)
        .map(|(code, _, name)| Language { code, name })
}

fn find_long(code: &str) -> Option<Language> {
    if let Some((_, short)) = LIBRARY.iter().find(|(library, _)| *library == code) {
        return find_short(short);
    }
    if let Some((short, _, name)) = SHORT.iter().find(|row| row.1 == code) {
        return Some(Language { code: short, name });
    }
    let index = LONG.binary_search_by_key(&code, |row| row.0).ok()?;
    LONG.get(index).map(|(code, name)| Language { code, name })
}

/// Codes that ISO 639 has withdrawn and that programs still send.
fn renamed(code: &str) -> &str {
    match code {
        "iw" => "he",
        "in" => "id",
        "ji" => "yi",
        "jw" => "jv",
        "mo" => "ro",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_primary_language() {
        let table = [
            ("en", Some("en")),
            ("EN", Some("en")),
            ("en-US", Some("en")),
            ("en_GB", Some("en")),
            ("zh-Hant-TW", Some("zh")),
            (" de ", Some("de")),
            ("deu", Some("de")),
            ("ger", Some("de")),
            ("eng", Some("en")),
            ("iw", Some("he")),
            ("ast", Some("ast")),
            ("tok", Some("tok")),
            ("YUE", Some("yue")),
            ("sr-Latn", Some("sr")),
            ("und", None),
            ("mul", None),
            ("zxx", None),
            ("xx", None),
            ("qaa", None),
            ("", None),
            ("-", None),
            ("-en", None),
            ("e", None),
            ("english", None),
            ("en<script>", None),
            ("en US", None),
            ("ën", None),
        ];
        for (tag, expected) in table {
            assert_eq!(normalise_language(tag), expected, "{tag:?}");
        }
        assert_eq!(normalise_language(&"en-".repeat(50)), None);
    }

    #[test]
    fn the_lists_are_in_order_and_agree() {
        assert!(SHORT.is_sorted_by_key(|row| row.0));
        assert!(LONG.is_sorted_by_key(|row| row.0));
        for language in list_languages() {
            assert_eq!(find_language(language.code), Some(language));
            assert!(!language.name.is_empty());
        }
        for (_, code, _) in SHORT {
            assert!(LONG.iter().all(|row| row.0 != *code), "{code} twice");
        }
    }
}
