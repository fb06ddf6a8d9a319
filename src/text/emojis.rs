//! Emoji in texts: the shortcodes of custom ones, and whether a text is one emoji of Unicode.
//!
//! Source: <https://www.unicode.org/reports/tr51/>

use std::collections::BTreeSet;

use unicode_segmentation::UnicodeSegmentation;

/// Most shortcodes that are found in one text.
const MOST: usize = 100;
/// Characters of a shortcode: at least two, so that `:3:` stays what it is.
const SHORTCODE: std::ops::RangeInclusive<usize> = 2..=64;
/// Bytes of the longest emoji: families of people are sequences of several signs.
const LONGEST: usize = 64;

/// Whether this can be the shortcode of an emoji, without its colons.
#[must_use]
pub fn is_shortcode(text: &str) -> bool {
    SHORTCODE.contains(&text.len()) && text.bytes().all(|byte| is_part(char::from(byte)))
}

fn is_part(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// The shortcodes between colons in a text, each once; those that touch letters, digits or more colons are none.
#[must_use]
pub fn shortcodes(text: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    let mut pieces = text.split(':').peekable();
    let Some(mut before) = pieces.next() else {
        return found;
    };
    let mut may_begin = true;
    while let Some(piece) = pieces.next() {
        let Some(after) = pieces.peek() else { break };
        let is_free = may_begin
            && !before.ends_with(char::is_alphanumeric)
            && !after.starts_with(char::is_alphanumeric);
        // An empty piece is a second colon beside the first.
        let is_closed = !after.is_empty() || is_last(&pieces);
        if is_free && is_closed && is_shortcode(piece) && found.len() < MOST {
            found.insert(piece);
        }
        may_begin = !piece.is_empty();
        before = piece;
    }
    found
}

/// Whether only the end of the text is left.
fn is_last<'t>(pieces: &(impl Iterator<Item = &'t str> + Clone)) -> bool {
    pieces.clone().count() == 1
}

/// Whether a text is one emoji of Unicode and nothing else.
#[must_use]
pub fn is_emoji(text: &str) -> bool {
    if text.is_empty() || text.len() > LONGEST || text.graphemes(true).count() != 1 {
        return false;
    }
    let mut letters = text.chars();
    let Some(first) = letters.next() else {
        return false;
    };
    match first {
        '0'..='9' | '#' | '*' => text.ends_with('\u{20e3}'),
        '\u{1f1e6}'..='\u{1f1ff}' => letters
            .next()
            .is_some_and(|second| ('\u{1f1e6}'..='\u{1f1ff}').contains(&second)),
        _ => RANGES
            .binary_search_by(|(from, to)| {
                if *to < first {
                    std::cmp::Ordering::Less
                } else if *from > first {
                    std::cmp::Ordering::Greater
                } else {
                    std::cmp::Ordering::Equal
                }
            })
            .is_ok(),
    }
}

/// An emoji of Unicode in the one spelling under which it is counted: programs differ in whether they say that a
/// character is shown as an emoji where most would take it for one anyway. What is no such emoji stays as it is.
#[must_use]
pub fn settled(text: &str) -> String {
    const SHOWN: char = '\u{fe0f}';
    const JOINER: char = '\u{200d}';
    const KEYCAP: char = '\u{20e3}';
    if !is_emoji(text) || text.contains(JOINER) {
        return text.to_owned();
    }
    let mut bare: String = text.chars().filter(|letter| *letter != SHOWN).collect();
    let mut letters = bare.chars();
    match (letters.next(), letters.next(), letters.next()) {
        (Some(first), Some(KEYCAP), None) => format!("{first}{SHOWN}{KEYCAP}"),
        (Some(first), None, None) if is_shown_as_text(first) => {
            bare.push(SHOWN);
            bare
        }
        _ => bare,
    }
}

/// Whether a character with which an emoji may begin is one of the older ones, which are shown as text unless somebody
/// says otherwise.
fn is_shown_as_text(letter: char) -> bool {
    letter < '\u{1f000}'
        && !SHOWN_AS_EMOJI
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&letter))
}

/// The older characters that are emoji without being called so.
///
/// Source: <https://www.unicode.org/Public/UCD/latest/ucd/emoji/emoji-data.txt>
#[rustfmt::skip]
const SHOWN_AS_EMOJI: &[(char, char)] = &[
    ('\u{231a}', '\u{231b}'), ('\u{23e9}', '\u{23ec}'), ('\u{23f0}', '\u{23f0}'), ('\u{23f3}', '\u{23f3}'),
    ('\u{25fd}', '\u{25fe}'), ('\u{2614}', '\u{2615}'), ('\u{2648}', '\u{2653}'), ('\u{267f}', '\u{267f}'),
    ('\u{2693}', '\u{2693}'), ('\u{26a1}', '\u{26a1}'), ('\u{26aa}', '\u{26ab}'), ('\u{26bd}', '\u{26be}'),
    ('\u{26c4}', '\u{26c5}'), ('\u{26ce}', '\u{26ce}'), ('\u{26d4}', '\u{26d4}'), ('\u{26ea}', '\u{26ea}'),
    ('\u{26f2}', '\u{26f3}'), ('\u{26f5}', '\u{26f5}'), ('\u{26fa}', '\u{26fa}'), ('\u{26fd}', '\u{26fd}'),
    ('\u{2705}', '\u{2705}'), ('\u{270a}', '\u{270b}'), ('\u{2728}', '\u{2728}'), ('\u{274c}', '\u{274c}'),
    ('\u{274e}', '\u{274e}'), ('\u{2753}', '\u{2755}'), ('\u{2757}', '\u{2757}'), ('\u{2795}', '\u{2797}'),
    ('\u{27b0}', '\u{27b0}'), ('\u{27bf}', '\u{27bf}'), ('\u{2b1b}', '\u{2b1c}'), ('\u{2b50}', '\u{2b50}'),
    ('\u{2b55}', '\u{2b55}'),
];

/// The characters with which emoji begin, in order, but for digits and the letters of flags.
///
/// Source: <https://www.unicode.org/Public/UCD/latest/ucd/emoji/emoji-data.txt>
#[rustfmt::skip]
const RANGES: &[(char, char)] = &[
    ('\u{a9}', '\u{a9}'), ('\u{ae}', '\u{ae}'), ('\u{203c}', '\u{203c}'), ('\u{2049}', '\u{2049}'),
    ('\u{2122}', '\u{2122}'), ('\u{2139}', '\u{2139}'), ('\u{2194}', '\u{2199}'), ('\u{21a9}', '\u{21aa}'),
    ('\u{231a}', '\u{231b}'), ('\u{2328}', '\u{2328}'), ('\u{23cf}', '\u{23cf}'), ('\u{23e9}', '\u{23f3}'),
    ('\u{23f8}', '\u{23fa}'), ('\u{24c2}', '\u{24c2}'), ('\u{25aa}', '\u{25ab}'), ('\u{25b6}', '\u{25b6}'),
    ('\u{25c0}', '\u{25c0}'), ('\u{25fb}', '\u{25fe}'), ('\u{2600}', '\u{2604}'), ('\u{260e}', '\u{260e}'),
    ('\u{2611}', '\u{2611}'), ('\u{2614}', '\u{2615}'), ('\u{2618}', '\u{2618}'), ('\u{261d}', '\u{261d}'),
    ('\u{2620}', '\u{2620}'), ('\u{2622}', '\u{2623}'), ('\u{2626}', '\u{2626}'), ('\u{262a}', '\u{262a}'),
    ('\u{262e}', '\u{262f}'), ('\u{2638}', '\u{263a}'), ('\u{2640}', '\u{2640}'), ('\u{2642}', '\u{2642}'),
    ('\u{2648}', '\u{2653}'), ('\u{265f}', '\u{2660}'), ('\u{2663}', '\u{2663}'), ('\u{2665}', '\u{2666}'),
    ('\u{2668}', '\u{2668}'), ('\u{267b}', '\u{267b}'), ('\u{267e}', '\u{267f}'), ('\u{2692}', '\u{2697}'),
    ('\u{2699}', '\u{2699}'), ('\u{269b}', '\u{269c}'), ('\u{26a0}', '\u{26a1}'), ('\u{26a7}', '\u{26a7}'),
    ('\u{26aa}', '\u{26ab}'), ('\u{26b0}', '\u{26b1}'), ('\u{26bd}', '\u{26be}'), ('\u{26c4}', '\u{26c5}'),
    ('\u{26c8}', '\u{26c8}'), ('\u{26ce}', '\u{26cf}'), ('\u{26d1}', '\u{26d1}'), ('\u{26d3}', '\u{26d4}'),
    ('\u{26e9}', '\u{26ea}'), ('\u{26f0}', '\u{26f5}'), ('\u{26f7}', '\u{26fa}'), ('\u{26fd}', '\u{26fd}'),
    ('\u{2702}', '\u{2702}'), ('\u{2705}', '\u{2705}'), ('\u{2708}', '\u{270d}'), ('\u{270f}', '\u{270f}'),
    ('\u{2712}', '\u{2712}'), ('\u{2714}', '\u{2714}'), ('\u{2716}', '\u{2716}'), ('\u{271d}', '\u{271d}'),
    ('\u{2721}', '\u{2721}'), ('\u{2728}', '\u{2728}'), ('\u{2733}', '\u{2734}'), ('\u{2744}', '\u{2744}'),
    ('\u{2747}', '\u{2747}'), ('\u{274c}', '\u{274c}'), ('\u{274e}', '\u{274e}'), ('\u{2753}', '\u{2755}'),
    ('\u{2757}', '\u{2757}'), ('\u{2763}', '\u{2764}'), ('\u{2795}', '\u{2797}'), ('\u{27a1}', '\u{27a1}'),
    ('\u{27b0}', '\u{27b0}'), ('\u{27bf}', '\u{27bf}'), ('\u{2934}', '\u{2935}'), ('\u{2b05}', '\u{2b07}'),
    ('\u{2b1b}', '\u{2b1c}'), ('\u{2b50}', '\u{2b50}'), ('\u{2b55}', '\u{2b55}'), ('\u{3030}', '\u{3030}'),
    ('\u{303d}', '\u{303d}'), ('\u{3297}', '\u{3297}'), ('\u{3299}', '\u{3299}'), ('\u{1f004}', '\u{1f004}'),
    ('\u{1f0cf}', '\u{1f0cf}'), ('\u{1f170}', '\u{1f171}'), ('\u{1f17e}', '\u{1f17f}'), ('\u{1f18e}', '\u{1f18e}'),
    ('\u{1f191}', '\u{1f19a}'), ('\u{1f201}', '\u{1f202}'), ('\u{1f21a}', '\u{1f21a}'), ('\u{1f22f}', '\u{1f22f}'),
    ('\u{1f232}', '\u{1f23a}'), ('\u{1f250}', '\u{1f251}'), ('\u{1f300}', '\u{1f321}'), ('\u{1f324}', '\u{1f393}'),
    ('\u{1f396}', '\u{1f397}'), ('\u{1f399}', '\u{1f39b}'), ('\u{1f39e}', '\u{1f3f0}'), ('\u{1f3f3}', '\u{1f3f5}'),
    ('\u{1f3f7}', '\u{1f4fd}'), ('\u{1f4ff}', '\u{1f53d}'), ('\u{1f549}', '\u{1f54e}'), ('\u{1f550}', '\u{1f567}'),
    ('\u{1f56f}', '\u{1f570}'), ('\u{1f573}', '\u{1f57a}'), ('\u{1f587}', '\u{1f587}'), ('\u{1f58a}', '\u{1f58d}'),
    ('\u{1f590}', '\u{1f590}'), ('\u{1f595}', '\u{1f596}'), ('\u{1f5a4}', '\u{1f5a5}'), ('\u{1f5a8}', '\u{1f5a8}'),
    ('\u{1f5b1}', '\u{1f5b2}'), ('\u{1f5bc}', '\u{1f5bc}'), ('\u{1f5c2}', '\u{1f5c4}'), ('\u{1f5d1}', '\u{1f5d3}'),
    ('\u{1f5dc}', '\u{1f5de}'), ('\u{1f5e1}', '\u{1f5e1}'), ('\u{1f5e3}', '\u{1f5e3}'), ('\u{1f5e8}', '\u{1f5e8}'),
    ('\u{1f5ef}', '\u{1f5ef}'), ('\u{1f5f3}', '\u{1f5f3}'), ('\u{1f5fa}', '\u{1f64f}'), ('\u{1f680}', '\u{1f6c5}'),
    ('\u{1f6cb}', '\u{1f6d2}'), ('\u{1f6d5}', '\u{1f6d8}'), ('\u{1f6dc}', '\u{1f6e5}'), ('\u{1f6e9}', '\u{1f6e9}'),
    ('\u{1f6eb}', '\u{1f6ec}'), ('\u{1f6f0}', '\u{1f6f0}'), ('\u{1f6f3}', '\u{1f6fc}'), ('\u{1f7e0}', '\u{1f7eb}'),
    ('\u{1f7f0}', '\u{1f7f0}'), ('\u{1f90c}', '\u{1f93a}'), ('\u{1f93c}', '\u{1f945}'), ('\u{1f947}', '\u{1f9ff}'),
    ('\u{1fa70}', '\u{1fa7c}'), ('\u{1fa80}', '\u{1fa8a}'), ('\u{1fa8e}', '\u{1fac6}'), ('\u{1fac8}', '\u{1fac8}'),
    ('\u{1facd}', '\u{1fadc}'), ('\u{1fadf}', '\u{1faea}'), ('\u{1faef}', '\u{1faf8}'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcodes_stand_free_between_colons() {
        for (text, expected) in [
            ("", &[][..]),
            ("no colon", &[]),
            (":cup:", &["cup"]),
            ("a :cup: of :tea_2:", &["cup", "tea_2"]),
            (":cup::tea:", &[]),
            (":cup: :cup:", &["cup"]),
            ("at 12:30:45", &[]),
            ("x:cup:", &[]),
            (":cup:x", &[]),
            ("<p>:cup:</p>", &["cup"]),
            ("(:cup:)", &["cup"]),
            (":c:", &[]),
            (":cup of:", &[]),
            (":cup", &[]),
            ("::cup::", &[]),
            ("note: :cup:", &["cup"]),
            ("a: b :cup: c", &["cup"]),
            ("\u{e9}:cup:", &[]),
        ] {
            let found: Vec<&str> = shortcodes(text).into_iter().collect();
            assert_eq!(found, expected, "{text}");
        }
        let many: Vec<String> = (0..300).map(|number| format!(":code{number}:")).collect();
        let many = many.join(" ");
        assert_eq!(shortcodes(&many).len(), MOST);
    }

    #[test]
    fn one_emoji_is_told_from_anything_else() {
        for (text, expected) in [
            ("\u{1f44d}", true),
            ("\u{1f44d}\u{1f3fd}", true),
            ("\u{2764}\u{fe0f}", true),
            ("\u{2764}", true),
            ("\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}", true),
            ("\u{1f1e9}\u{1f1ea}", true),
            ("1\u{fe0f}\u{20e3}", true),
            (
                "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
                true,
            ),
            ("", false),
            ("a", false),
            ("1", false),
            ("\u{1f1e9}", false),
            ("\u{1f44d}\u{1f44d}", false),
            ("\u{1f44d}a", false),
            ("thumbsup", false),
            ("\u{4e2d}", false),
            ("\u{fe0f}", false),
        ] {
            assert_eq!(is_emoji(text), expected, "{text:?}");
        }
        for (text, expected) in [
            ("\u{2764}", "\u{2764}\u{fe0f}"),
            ("\u{2764}\u{fe0f}", "\u{2764}\u{fe0f}"),
            ("\u{2615}", "\u{2615}"),
            ("\u{2615}\u{fe0f}", "\u{2615}"),
            ("\u{1f44d}\u{fe0f}", "\u{1f44d}"),
            ("\u{1f44d}\u{1f3fd}", "\u{1f44d}\u{1f3fd}"),
            ("1\u{20e3}", "1\u{fe0f}\u{20e3}"),
            ("1\u{fe0f}\u{20e3}", "1\u{fe0f}\u{20e3}"),
            ("\u{1f1e9}\u{1f1ea}", "\u{1f1e9}\u{1f1ea}"),
            (
                "\u{2764}\u{fe0f}\u{200d}\u{1f525}",
                "\u{2764}\u{fe0f}\u{200d}\u{1f525}",
            ),
            ("cup", "cup"),
            ("", ""),
        ] {
            assert_eq!(settled(text), expected, "{text:?}");
        }
        assert!(RANGES.is_sorted_by(|a, b| a.1 < b.0), "searched by halves");
    }
}
