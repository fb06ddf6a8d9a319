//! Text to search tokens: one function for what is indexed and for what is asked.
//!
//! Both databases get the same tokens, so both find the same. Words are folded (lower case, no diacritics); scripts
//! without spaces between words become overlapping pairs of characters.

use unicode_normalization::UnicodeNormalization;

use super::chars::is_word;

/// The longest token, in characters; the rest of a longer word is left out.
const MAX_TOKEN: usize = 40;

/// The tokens of `text`, joined by single spaces; each is made of letters, digits and marks alone.
///
/// Apostrophes inside words vanish (`can't` is `cant`); everything else that is no letter or digit separates. A run of
/// a script without spaces becomes its pairs, each single Han character beside them: `東京都` is `東 東京 京 京都 都`.
#[must_use]
pub fn tokenise(text: &str) -> String {
    let mut tokens = Tokens::default();
    for c in text
        .nfkc()
        .flat_map(char::to_lowercase)
        .nfd()
        .filter(|c| !is_accent(*c))
        .nfc()
    {
        tokens.take(c);
    }
    tokens.finish()
}

/// The tokens of `text` as a list; see [`tokenise`].
#[must_use]
pub fn list_tokens(text: &str) -> Vec<String> {
    tokenise(text)
        .split(' ')
        .filter(|token| !token.is_empty())
        .map(str::to_owned)
        .collect()
}

#[derive(Default)]
struct Tokens {
    out: String,
    /// Characters of the word that is being written.
    length: usize,
    /// The last character of a run without spaces, and whether it has been written.
    open: Option<(char, bool)>,
}

impl Tokens {
    fn take(&mut self, c: char) {
        if is_dense(c) {
            self.take_dense(c);
        } else if is_word(c) && c != '_' {
            self.end_run();
            if self.length < MAX_TOKEN {
                self.push_folded(c);
            }
            self.length += 1;
        } else if !matches!(c, '\'' | '’' | '\u{200c}' | '\u{200d}' | '\u{ad}') {
            self.end_run();
            self.end_word();
        }
    }

    fn take_dense(&mut self, c: char) {
        self.end_word();
        if let Some((previous, _)) = self.open {
            self.write(&[previous, c]);
        }
        let is_alone = is_han(c);
        if is_alone {
            self.write(&[c]);
        }
        self.open = Some((c, is_alone || self.open.is_some()));
    }

    fn write(&mut self, token: &[char]) {
        self.out.extend(token);
        self.out.push(' ');
    }

    /// A run of one character has had no pair to be written in.
    fn end_run(&mut self) {
        if let Some((only, false)) = self.open.take() {
            self.write(&[only]);
        }
    }

    fn end_word(&mut self) {
        if self.length > 0 {
            self.out.push(' ');
        }
        self.length = 0;
    }

    fn push_folded(&mut self, c: char) {
        match c {
            'ß' => self.out.push_str("ss"),
            'æ' => self.out.push_str("ae"),
            'œ' => self.out.push_str("oe"),
            'þ' => self.out.push_str("th"),
            'ø' => self.out.push('o'),
            'ð' | 'đ' => self.out.push('d'),
            'ł' => self.out.push('l'),
            'ħ' => self.out.push('h'),
            'ı' => self.out.push('i'),
            'ς' => self.out.push('σ'),
            _ => self.out.push(c),
        }
    }

    fn finish(mut self) -> String {
        self.end_run();
        let length = self.out.trim_end().len();
        self.out.truncate(length);
        self.out
    }
}

/// Marks that people leave out when they search. The vowel signs of Indic scripts and the voicing marks of kana are
/// none of them: without those it is another word.
fn is_accent(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}'
            | '\u{591}'..='\u{5bd}'
            | '\u{5bf}'
            | '\u{5c1}'..='\u{5c2}'
            | '\u{640}'
            | '\u{64b}'..='\u{652}'
            | '\u{670}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

fn is_han(c: char) -> bool {
    matches!(
        c,
        '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
    )
}

/// Scripts that are written without spaces: Han, kana, Hangul (whose particles stick to words), Thai, Lao, Khmer,
/// Burmese.
fn is_dense(c: char) -> bool {
    is_han(c)
        || matches!(
            c,
            '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
                | '\u{3105}'..='\u{312f}'
                | '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}'
                | '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' | '\u{e81}'..='\u{ece}' | '\u{1000}'..='\u{103f}'
                | '\u{1780}'..='\u{17d3}'
        )
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn folds_and_splits() {
        let table = [
            ("", ""),
            (" - ", ""),
            ("Hello, World!", "hello world"),
            ("Crème Brûlée", "creme brulee"),
            ("cre\u{300}me", "creme"),
            ("Straße STRASSE", "strasse strasse"),
            ("Łódź Ærø Þór", "lodz aero thor"),
            ("İstanbul ılık", "istanbul ilik"),
            ("can't can’t", "cant cant"),
            ("example.com/a_b-c", "example com a b c"),
            ("#Rust @alice@good.test", "rust alice good test"),
            ("ＦＵＬＬ ｗｉｄｔｈ", "full width"),
            ("x² ½", "x2 1 2"),
            ("3.14", "3 14"),
            ("東京都", "東 東京 京 京都 都"),
            ("猫", "猫"),
            ("ねこ", "ねこ"),
            ("ね", "ね"),
            ("がぎ", "がぎ"),
            ("ﾊﾝｶｸ", "ハン ンカ カク"),
            ("日本go語", "日 日本 本 go 語"),
            ("go日", "go 日"),
            ("한국어", "한국 국어"),
            ("ไทย", "ไท ทย"),
            ("हिन्दी", "हिन्दी"),
            ("Йод ёж", "иод еж"),
            ("Ὀδυσσεύς", "οδυσσευσ"),
            ("🦀 crab", "crab"),
            ("a\u{ad}b", "ab"),
            ("\"; DROP TABLE *", "drop table"),
        ];
        for (text, expected) in table {
            assert_eq!(tokenise(text), expected, "{text:?}");
        }
        assert_eq!(list_tokens(" "), Vec::<String>::new());
        assert_eq!(list_tokens("A b"), ["a", "b"]);
    }

    #[test]
    fn tokens_are_bounded_and_stable() {
        assert_eq!(tokenise(&"x".repeat(1000)).len(), MAX_TOKEN);
        for text in ["Crème d'été 東京 x² ΑΣ", "ŉ ǰ ẞ ﷺ"] {
            let once = tokenise(text);
            for token in once.split(' ').filter(|t| !t.chars().any(is_dense)) {
                assert_eq!(tokenise(token), token);
            }
        }
        for unit in ["\u{301}", "東", "ﷺx"] {
            let start = Instant::now();
            let _ = tokenise(&unit.repeat((1 << 20) / unit.len()));
            assert!(start.elapsed() < Duration::from_mins(1), "{unit:?}");
        }
    }
}
