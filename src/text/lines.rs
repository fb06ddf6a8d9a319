//! Names and labels: one line of text without what deceives the eye.
//!
//! Usernames and domains have grammars of their own, in `handles` and `domains`.
//! Source: <https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing>

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use super::chars::is_deceptive;

/// How many combining marks may sit on one character of a name.
const MAX_MARKS: usize = 4;

/// A name, a field's name, a label: one line without what deceives, at most `max_chars` characters (code points).
///
/// Control characters, direction overrides and zero-width characters go, joiners stay where scripts and emoji need
/// them, stacked marks are thinned out, white space becomes single spaces. A cut never splits what people see as one
/// character.
#[must_use]
pub fn clean_line(text: &str, max_chars: usize) -> String {
    let mut line = String::new();
    let mut marks = 0;
    // What is dropped may be any amount, so the input is bounded too.
    let mut chars = text.chars().take(max_chars.saturating_mul(16)).peekable();
    while let Some(c) = chars.next() {
        let previous = line.chars().next_back();
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        if c.is_whitespace() {
            if previous.is_some_and(|p| p != ' ') {
                line.push(' ');
            }
        } else if !c.is_control() && marks <= MAX_MARKS && may_follow(previous, c, chars.peek()) {
            line.push(c);
        }
    }
    cut_line(line.trim(), max_chars)
}

/// Whether a character of a name has a place between its neighbours.
fn may_follow(previous: Option<char>, c: char, next: Option<&char>) -> bool {
    let joins = |c: char| !c.is_ascii() && !c.is_whitespace() && !is_deceptive(c);
    match c {
        // Joiners connect characters of scripts and emoji; at an end or beside ASCII they only hide.
        '\u{200c}' | '\u{200d}' => {
            previous.is_some_and(|p| joins(p) && !matches!(p, '\u{200c}' | '\u{200d}'))
                && next.is_some_and(|n| joins(*n))
        }
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            previous.is_some_and(|p| !p.is_ascii_alphabetic() && !is_selector(p) && p != ' ')
        }
        // The tags that make a region's flag of a black flag.
        '\u{e0020}'..='\u{e007f}' => {
            previous.is_some_and(|p| p == '\u{1f3f4}' || matches!(p, '\u{e0020}'..='\u{e007e}'))
        }
        _ => !is_deceptive(c),
    }
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn cut_line(line: &str, max_chars: usize) -> String {
    let mut left = max_chars;
    let mut out = String::new();
    for grapheme in line.graphemes(true) {
        let length = grapheme.chars().count();
        if length > left {
            break;
        }
        left -= length;
        out.push_str(grapheme);
    }
    let length = out.trim_end().len();
    out.truncate(length);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_nothing_that_deceives() {
        let table = [
            ("Alice", "Alice"),
            ("  Alice \n\t Smith ", "Alice Smith"),
            ("a\u{a0}\u{3000}b", "a b"),
            ("Al\u{0}ice\u{7}\u{9b}", "Alice"),
            ("\u{202e}ecilA", "ecilA"),
            ("\u{2066}x\u{2069}\u{200f}\u{200e}\u{61c}", "x"),
            ("A\u{200b}d\u{2060}m\u{feff}i\u{ad}n\u{200d}", "Admin"),
            ("a\u{200d}b\u{200c}c", "abc"),
            ("\u{200d}\u{200d}", ""),
            ("\u{3164}\u{ffa0}\u{115f}\u{2800}", ""),
            ("👩\u{200d}👩\u{200d}👧", "👩\u{200d}👩\u{200d}👧"),
            ("👩\u{200d}\u{200d}👧", "👩\u{200d}👧"),
            ("❤\u{fe0f}\u{fe0f}", "❤\u{fe0f}"),
            ("1\u{fe0f}\u{20e3} a\u{fe0f}b", "1\u{fe0f}\u{20e3} ab"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("क्\u{200d}ष", "क्\u{200d}ष"),
            (
                "🏴\u{e0067}\u{e0062}\u{e007f}",
                "🏴\u{e0067}\u{e0062}\u{e007f}",
            ),
            ("x\u{e0067}\u{e0062}", "x"),
            (
                "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}",
                "e\u{301}\u{302}\u{303}\u{304}",
            ),
            ("שלום", "שלום"),
            (":blobcat: <b>", ":blobcat: <b>"),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(clean_line(text, 100), expected, "{text:?}");
        }
        assert_eq!(clean_line("abcdef", 3), "abc");
        assert_eq!(clean_line("ab cd", 3), "ab");
        assert_eq!(clean_line("a👩\u{200d}👩\u{200d}👧b", 4), "a");
        assert_eq!(clean_line("x", 0), "");
        assert!(clean_line(&"\u{200b}x".repeat(1 << 19), 30).chars().count() <= 30);
    }
}
