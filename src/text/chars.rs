//! Classes of characters that the standard library does not tell apart.
//!
//! Source: <https://www.unicode.org/reports/tr44/#General_Category_Values>

use unicode_normalization::char::is_combining_mark;

/// The zero of each run of ten decimal digits beyond ASCII, ascending.
const ZEROS: [u32; 65] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    0x1_04a0, 0x1_0d30, 0x1_1066, 0x1_10f0, 0x1_1136, 0x1_11d0, 0x1_12f0, 0x1_1450, 0x1_14d0,
    0x1_1650, 0x1_16c0, 0x1_1730, 0x1_18e0, 0x1_1950, 0x1_1c50, 0x1_1d50, 0x1_1da0, 0x1_6a60,
    0x1_6ac0, 0x1_6b50, 0x1_d7ce, 0x1_d7d8, 0x1_d7e2, 0x1_d7ec, 0x1_d7f6, 0x1_e140, 0x1_e2f0,
    0x1_e950, 0x1_fbf0,
];

/// A decimal digit of any script (category Nd): `½` and `②` are numbers but no digits.
pub(super) fn is_digit(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_digit();
    }
    let code = u32::from(c);
    let after = ZEROS.partition_point(|zero| *zero <= code);
    after
        .checked_sub(1)
        .and_then(|index| ZEROS.get(index))
        .is_some_and(|zero| code - zero < 10)
}

/// A character of words: a letter, a mark on one, a digit, or a connector such as the underscore.
pub(super) fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    c.is_alphabetic()
        || is_combining_mark(c)
        || is_digit(c)
        || matches!(
            c,
            '\u{203f}' | '\u{2040}' | '\u{2054}' | '\u{fe33}' | '\u{fe34}' | '\u{fe4d}'
                ..='\u{fe4f}' | '\u{ff3f}'
        )
}

/// A character that shows nothing and changes what others mean: direction marks, zero-width spaces, fillers, tags.
///
/// Joiners and variation selectors are not among them: scripts and emoji need those.
pub(super) fn is_deceptive(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_characters_apart() {
        assert!(ZEROS.is_sorted());
        for c in ['0', '9', '٣', '९', '９', '𝟗'] {
            assert!(is_digit(c), "{c}");
        }
        for c in ['½', '②', '²', 'a', '一', '٪'] {
            assert!(!is_digit(c), "{c}");
        }
        for c in [
            'a', '_', '7', 'é', 'я', '日', 'ハ', 'ー', '\u{301}', '‿', 'ि',
        ] {
            assert!(is_word(c), "{c}");
        }
        for c in ['-', '.', ' ', '·', '½', '・', '🦀', '！', '\u{200d}'] {
            assert!(!is_word(c), "{c}");
        }
    }
}
