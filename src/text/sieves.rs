//! Many keywords looked for in a text at once, in time that grows with the length of the text and not with the number
//! of keywords, whatever both are.
//!
//! One automaton (Aho and Corasick, 1975) holds all keywords. Word boundaries are symbols of its alphabet: they stand
//! in the text between what is part of a word and what is not, and a keyword that is to be a whole word begins and ends
//! with them. So every match is one, none has to be looked at again, and of a keyword that was found once no further
//! place is noted.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

/// Stands where a word begins or ends; no character has this number.
const BOUNDARY: u32 = 0x0011_0000;
/// The automaton's first state, and no state at all where a state may be none.
const START: u32 = 0;

/// Keywords of several owners, numbered by whoever made it, ready to be looked for.
#[derive(Clone, Debug, Default)]
pub struct Sieve {
    states: Vec<State>,
    steps: HashMap<(u32, u32), u32>,
    owners: usize,
}

#[derive(Clone, Debug, Default)]
struct State {
    /// The state of the longest end of this one that is the beginning of a keyword.
    fallback: u32,
    /// The nearest state on the way back that ends a keyword, or the first state.
    shorter: u32,
    /// How many characters the keyword that ends here has; boundaries do not count.
    length: usize,
    /// Whose keyword ends here.
    owners: Vec<usize>,
}

/// A text as it is searched: without case, with its word boundaries.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    text: String,
    symbols: Vec<u32>,
    /// Which bytes of the text each symbol stands for, boundaries left out.
    places: Vec<Range<usize>>,
}

/// What was found of one owner's keywords.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The owner's number.
    pub owner: usize,
    /// The text that matched, as it is written there.
    pub text: String,
}

/// A keyword to be looked for.
#[derive(Clone, Copy, Debug)]
pub struct Keyword<'a> {
    /// Whose it is.
    pub owner: usize,
    /// What is looked for; case makes no difference.
    pub text: &'a str,
    /// Whether it must not be part of a longer word. Only where it begins or ends with a character of a word.
    pub is_whole: bool,
}

impl Reading {
    /// Several texts, each with an end of its own.
    pub fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let parts = texts.into_iter().filter(|text| !text.is_empty());
        Self {
            parts: parts.map(Part::of).collect(),
        }
    }
}

impl Part {
    fn of(text: &str) -> Self {
        let (mut symbols, mut places) = (Vec::new(), Vec::new());
        let mut was_word = false;
        for (start, c) in text.char_indices() {
            let is_word = is_of_word(c);
            if is_word != was_word {
                symbols.push(BOUNDARY);
            }
            was_word = is_word;
            for folded in fold(c) {
                symbols.push(folded);
                places.push(start..start + c.len_utf8());
            }
        }
        if was_word {
            symbols.push(BOUNDARY);
        }
        Self {
            text: text.to_owned(),
            symbols,
            places,
        }
    }

    /// The text before the character number `end` that is `length` characters long.
    fn cut(&self, end: usize, length: usize) -> String {
        let first = self.places.get(end.saturating_sub(length));
        let last = self.places.get(end.saturating_sub(1));
        let range = first.zip(last).map(|(first, last)| first.start..last.end);
        let text = range.and_then(|range| self.text.get(range));
        text.unwrap_or_default().to_owned()
    }
}

impl Sieve {
    /// A sieve with these keywords. Blank ones are left out: they would be everywhere.
    pub fn new<'k>(keywords: impl IntoIterator<Item = Keyword<'k>>) -> Self {
        let mut sieve = Self {
            states: vec![State::default()],
            ..Self::default()
        };
        let mut edges = Vec::new();
        let mut owners = HashSet::new();
        for keyword in keywords {
            let symbols = symbols_of(keyword.text.trim(), keyword.is_whole);
            if symbols.is_empty() {
                continue;
            }
            owners.insert(keyword.owner);
            sieve.add(&symbols, keyword.owner, &mut edges);
        }
        sieve.owners = owners.len();
        sieve.connect(edges);
        sieve
    }

    /// How much room it takes, in states.
    #[must_use]
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether it holds no keyword.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.owners == 0
    }

    fn add(&mut self, symbols: &[u32], owner: usize, edges: &mut Vec<Edge>) {
        let mut at = START;
        for (depth, symbol) in symbols.iter().enumerate() {
            let next = u32::try_from(self.states.len()).unwrap_or(START);
            let known = *self.steps.entry((at, *symbol)).or_insert(next);
            if known == next {
                self.states.push(State::default());
                let symbol = *symbol;
                edges.push(Edge {
                    depth,
                    from: at,
                    symbol,
                    to: next,
                });
            }
            at = known;
        }
        let length = symbols.iter().filter(|symbol| **symbol != BOUNDARY).count();
        if let Some(state) = self.state_mut(at) {
            state.length = length;
            state.owners.push(owner);
        }
    }

    /// Finds the ways back, states near the first one first.
    fn connect(&mut self, mut edges: Vec<Edge>) {
        edges.sort_by_key(|edge| edge.depth);
        for edge in edges {
            let fallback = if edge.from == START {
                START
            } else {
                let back = self.state(edge.from).map_or(START, |state| state.fallback);
                self.step(back, edge.symbol)
            };
            let ends = self.state(fallback);
            let shorter = match ends {
                Some(state) if !state.owners.is_empty() => fallback,
                Some(state) => state.shorter,
                None => START,
            };
            if let Some(state) = self.state_mut(edge.to) {
                state.fallback = fallback;
                state.shorter = shorter;
            }
        }
    }

    fn state(&self, number: u32) -> Option<&State> {
        self.states.get(usize::try_from(number).ok()?)
    }

    fn state_mut(&mut self, number: u32) -> Option<&mut State> {
        self.states.get_mut(usize::try_from(number).ok()?)
    }

    fn step(&self, mut at: u32, symbol: u32) -> u32 {
        loop {
            if let Some(next) = self.steps.get(&(at, symbol)) {
                return *next;
            }
            if at == START {
                return START;
            }
            at = self.state(at).map_or(START, |state| state.fallback);
        }
    }

    /// Whose keywords are in the text: one place for each owner, in the order of their numbers.
    #[must_use]
    pub fn find(&self, reading: &Reading) -> Vec<Found> {
        let mut found: HashMap<usize, String> = HashMap::new();
        let mut seen = HashSet::new();
        for part in &reading.parts {
            let (mut at, mut read) = (START, 0);
            for symbol in &part.symbols {
                if found.len() == self.owners {
                    break;
                }
                read += usize::from(*symbol != BOUNDARY);
                at = self.step(at, *symbol);
                let mut ending = at;
                // What was seen once was noted then, and so was all that is shorter.
                while ending != START && seen.insert(ending) {
                    let Some(state) = self.state(ending) else {
                        break;
                    };
                    for owner in &state.owners {
                        let cut = || part.cut(read, state.length);
                        found.entry(*owner).or_insert_with(cut);
                    }
                    ending = state.shorter;
                }
            }
        }
        let mut found: Vec<Found> = found
            .into_iter()
            .map(|(owner, text)| Found { owner, text })
            .collect();
        found.sort_unstable_by_key(|found| found.owner);
        found
    }
}

/// A step between two states that a keyword asks for.
struct Edge {
    depth: usize,
    from: u32,
    symbol: u32,
    to: u32,
}

/// A keyword in the automaton's alphabet. Boundaries within it are those that any text has there.
fn symbols_of(keyword: &str, is_whole: bool) -> Vec<u32> {
    let mut symbols = Vec::new();
    let mut before: Option<bool> = None;
    for c in keyword.chars() {
        let is_word = is_of_word(c);
        let begins = before.is_none() && is_whole && is_word;
        if begins || before.is_some_and(|before| before != is_word) {
            symbols.push(BOUNDARY);
        }
        before = Some(is_word);
        symbols.extend(fold(c));
    }
    if is_whole && before == Some(true) {
        symbols.push(BOUNDARY);
    }
    symbols
}

/// Source: <https://www.unicode.org/reports/tr18/#word>
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric()
        || is_combining_mark(c)
        || matches!(
            c,
            '_' | '\u{203f}' | '\u{2040}' | '\u{2054}' | '\u{fe33}' | '\u{fe34}'
        )
        || matches!(c, '\u{fe4d}'..='\u{fe4f}' | '\u{ff3f}')
}

/// A character without its case. The sigma that ends a word is like any other.
fn fold(c: char) -> impl Iterator<Item = u32> {
    let c = if c == 'ς' { 'σ' } else { c };
    c.to_lowercase().map(u32::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(keyword: &str, is_whole: bool, text: &str) -> Option<String> {
        let sieve = Sieve::new([Keyword {
            owner: 0,
            text: keyword,
            is_whole,
        }]);
        let found = sieve.find(&Reading::of([text])).pop();
        found.map(|found| found.text)
    }

    #[test]
    fn keywords_are_found_as_people_mean_them() {
        for (keyword, is_whole, text, expected) in [
            ("cat", false, "Concatenate", Some("cat")),
            ("cat", true, "concatenate", None),
            ("cat", true, "A CAT, sat", Some("CAT")),
            ("cat", true, "cat", Some("cat")),
            ("cat", true, "cat_", None),
            ("cat", true, "cat9", None),
            ("cat", true, "cat's", Some("cat")),
            ("#cat", true, "a#cat", Some("#cat")),
            ("#cat", true, "#cats", None),
            ("cat!", true, "cat!s", Some("cat!")),
            ("cat!", true, "scat!", None),
            ("cat and dog", true, "Cat and Dog.", Some("Cat and Dog")),
            ("t a", false, "cat and", Some("t a")),
            ("straße", true, "STRASSE", None),
            ("über", true, "gegenüber", None),
            ("über", true, "ÜBER alles", Some("ÜBER")),
            ("ΟΔΟΣ", true, "οδος", Some("οδος")),
            ("οδός", true, "ΟΔΌΣ", Some("ΟΔΌΣ")),
            ("世界", false, "你好世界", Some("世界")),
            ("世界", true, "你好世界", None),
            ("e", true, "e\u{301}", None),
            ("🦊", true, "a🦊b", Some("🦊")),
            ("istanbul", true, "İSTANBUL", None),
            ("  ", false, "a  b", None),
            (" cat ", true, "cat", Some("cat")),
            ("", false, "", None),
        ] {
            let found = find(keyword, is_whole, text);
            assert_eq!(found.as_deref(), expected, "{keyword:?} in {text:?}");
        }
    }

    #[test]
    fn each_owner_is_told_once_and_of_every_text() {
        let keyword = |owner, text, is_whole| Keyword {
            owner,
            text,
            is_whole,
        };
        let sieve = Sieve::new([
            keyword(4, "he", false),
            keyword(1, "she", true),
            keyword(4, "hers", false),
            keyword(2, "hers", false),
            keyword(3, "absent", false),
        ]);
        let reading = Reading::of(["ushers", "", "Is She?"]);
        let told: Vec<_> = sieve.find(&reading);
        let expected = [(1, "She"), (2, "hers"), (4, "he")].map(|(owner, text)| Found {
            owner,
            text: text.to_owned(),
        });
        assert_eq!(told, expected);
        // A keyword does not go on from one text into the next.
        assert!(sieve.find(&Reading::of(["abs", "ent"])).is_empty());
        assert!(Sieve::new([]).is_empty() && !sieve.is_empty());
    }

    /// A thousand keywords of which each is the end of the next, in a text whose every place ends all of them: looked at
    /// one by one they would be two hundred million.
    #[test]
    fn the_worst_of_keywords_and_texts_take_no_more_than_others() {
        let nested: Vec<String> = (1..=1_000).map(|length| "a".repeat(length)).collect();
        let keywords = nested.iter().enumerate().map(|(owner, text)| Keyword {
            owner,
            text,
            is_whole: true,
        });
        let sieve = Sieve::new(keywords);
        assert!(sieve.len() <= 1_000 * 2 + 3, "{}", sieve.len());
        let text = "a".repeat(200_000);
        assert!(sieve.find(&Reading::of([text.as_str()])).is_empty());
        let parts = Sieve::new(nested.iter().enumerate().map(|(owner, text)| Keyword {
            owner,
            text,
            is_whole: false,
        }));
        assert_eq!(parts.find(&Reading::of([text.as_str()])).len(), 1_000);
    }
}
