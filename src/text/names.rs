//! The words of names, by which people and collections are found.

use super::emojis::shortcodes;
use super::tokens::list_tokens;

/// Most words of one name that it is found by.
const MOST_WORDS: usize = 16;
/// Most words of a search that are looked at.
const MOST_SOUGHT: usize = 6;

/// The words that the names of one thing consist of, each once, folded as [`list_tokens`] does it; the names of custom
/// emoji are none of them.
#[must_use]
pub fn words_of(names: &[&str]) -> Vec<String> {
    let mut words = Vec::new();
    for name in names {
        let mut bare = (*name).to_owned();
        for code in shortcodes(name) {
            bare = bare.replace(&format!(":{code}:"), " ");
        }
        keep_new(&mut words, list_tokens(&bare), MOST_WORDS);
    }
    words
}

/// The beginnings of words that somebody typed, each once, the longest first: it has the fewest matches.
#[must_use]
pub fn words_sought(typed: &str) -> Vec<String> {
    let mut words = Vec::new();
    keep_new(&mut words, list_tokens(typed), MOST_SOUGHT);
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    words
}

fn keep_new(words: &mut Vec<String>, found: Vec<String>, most: usize) {
    for word in found {
        if words.len() < most && !words.contains(&word) {
            words.push(word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        for (names, expected) in [
            (&["ann_lee", "Ann Lee"][..], &["ann", "lee"][..]),
            (&["ann", ""], &["ann"]),
            (&["jo", "Jürgen O'Neill"], &["jo", "jurgen", "oneill"]),
            (&["a", ":blobcat: Bea :ok_hand:"], &["a", "bea"]),
            (&["a", "10:30:45"], &["a", "10", "30", "45"]),
            (&["a", "Ф. Достоевский"], &["a", "ф", "достоевскии"]),
            (&["a", "山田 🦀"], &["a", "山", "山田", "田"]),
            (&["", "🦀"], &[]),
        ] {
            assert_eq!(words_of(names), expected, "{names:?}");
        }
        let long: String = (0..99).fold(String::new(), |all, n| format!("{all}w{n} "));
        assert_eq!(words_of(&[&long]).len(), MOST_WORDS);
    }

    #[test]
    fn the_longest_word_is_sought_first() {
        assert_eq!(words_sought("al Bertram al"), ["bertram", "al"]);
        assert_eq!(words_sought("@john_s"), ["john", "s"]);
        assert!(words_sought(" @ ").is_empty());
        let long: String = (0..99).fold(String::new(), |all, n| format!("{all}w{n} "));
        assert_eq!(words_sought(&long).len(), MOST_SOUGHT);
    }
}
