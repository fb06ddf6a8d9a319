//! One pass over plain text that finds the links, mentions and hashtags in it.
//!
//! What they become is decided in `render`; how they count in `count`. Every byte is looked at a fixed number of
//! times, so a hostile megabyte costs what a friendly one does.
//! Source: <https://docs.joinmastodon.org/user/posting/#text>

use std::collections::HashSet;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use url::Url;

use super::chars::{is_digit, is_word};
use super::domains::normalise_domain;
use super::handles::{Handle, MAX_REMOTE_USERNAME, is_username_byte, is_username_edge};

/// The longest text taken for a link, in bytes; longer ones stay text.
pub const MAX_URL: usize = 4096;
/// The longest text taken for a hashtag, in bytes without the `#`; longer ones stay text.
pub const MAX_HASHTAG: usize = 512;
/// The longest domain that a mention is followed into, in bytes.
const MAX_DOMAIN: usize = 1024;

/// Something in a text that is more than text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Where it stands, in bytes; a range of the scanned text that begins and ends at characters.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// What an [`Entity`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An `http` or `https` address.
    Url,
    /// A mention, folded for look-up.
    Mention(Handle),
    /// A hashtag by its normalised name.
    Hashtag(String),
}

/// A hashtag as a text uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashtag {
    /// The normalised name: two tags with the same name are the same tag.
    pub name: String,
    /// The name as it was written, without the `#`.
    pub display: String,
}

/// All links, mentions and hashtags of `text` in their order; they do not overlap.
#[must_use]
pub fn scan(text: &str) -> Vec<Entity> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(|b| is_start(*b)))
    {
        at += offset;
        let step = step_at(text, at);
        let end = at + step.length.max(1);
        if let Some(kind) = step.kind {
            found.push(Entity {
                range: at..end,
                kind,
            });
        }
        at = end;
    }
    found
}

/// The handles that `text` mentions, folded, each once, in their order.
#[must_use]
pub fn mentions(text: &str) -> Vec<Handle> {
    let mut seen = HashSet::new();
    scan(text)
        .into_iter()
        .filter_map(|entity| match entity.kind {
            Kind::Mention(handle) => seen.insert(handle.clone()).then_some(handle),
            Kind::Url | Kind::Hashtag(_) => None,
        })
        .collect()
}

/// The hashtags of `text`, each once, in their order.
#[must_use]
pub fn hashtags(text: &str) -> Vec<Hashtag> {
    let mut seen = HashSet::new();
    scan(text)
        .into_iter()
        .filter_map(|entity| {
            let Kind::Hashtag(name) = entity.kind else {
                return None;
            };
            let written = text.get(entity.range).unwrap_or_default();
            let display = written.trim_start_matches(['#', '＃']).to_owned();
            seen.insert(name.clone())
                .then_some(Hashtag { name, display })
        })
        .collect()
}

/// The name under which a hashtag is known: NFKC and lower case, without a leading `#`; none when `text` is no tag.
#[must_use]
pub fn normalise_hashtag(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix(['#', '＃']).unwrap_or(text);
    let length = hashtag_length(text);
    (length > 0 && length == text.len()).then(|| fold_hashtag(text))
}

/// How far the scanner goes from one place, and what it found there.
struct Step {
    length: usize,
    kind: Option<Kind>,
}

impl Step {
    fn over(length: usize) -> Self {
        Self { length, kind: None }
    }
}

/// Bytes at which something may start; 0xEF leads the full-width `＃`.
fn is_start(byte: u8) -> bool {
    matches!(byte, b'@' | b'#' | b'h' | b'H' | 0xef)
}

fn step_at(text: &str, at: usize) -> Step {
    let (Some(before), Some(rest)) = (text.get(..at), text.get(at..)) else {
        return Step::over(1); // inside a character
    };
    let previous = before.chars().next_back();
    match rest.chars().next() {
        Some('@') if may_precede(previous) => mention_step(rest),
        Some('#' | '＃') if may_precede(previous) && previous != Some(')') => hashtag_step(rest),
        Some('h' | 'H') if !previous.is_some_and(is_word) => url_step(rest),
        Some(c) => Step::over(c.len_utf8()),
        None => Step::over(1),
    }
}

/// Mentions and hashtags do not start inside words, paths or parameters.
fn may_precede(previous: Option<char>) -> bool {
    !previous.is_some_and(|c| is_word(c) || matches!(c, '/' | '='))
}

fn mention_step(rest: &str) -> Step {
    let name = username_prefix(rest.get(1..).unwrap_or_default());
    if name.is_empty() {
        return Step::over(1);
    }
    let length = 1 + name.len();
    if name.len() > MAX_REMOTE_USERNAME {
        return Step::over(length);
    }
    let username = name.to_ascii_lowercase();
    let host = rest
        .get(length..)
        .and_then(|tail| tail.strip_prefix('@'))
        .map_or("", host_prefix);
    if host.is_empty() {
        return Step {
            length,
            kind: Some(Kind::Mention(Handle {
                username,
                domain: None,
            })),
        };
    }
    // A name at a domain that cannot be one is text, rather than a mention of somebody here.
    let kind = normalise_domain(host).ok().map(|domain| {
        Kind::Mention(Handle {
            username,
            domain: Some(domain),
        })
    });
    Step {
        length: length + 1 + host.len(),
        kind,
    }
}

fn username_prefix(text: &str) -> &str {
    let end = text
        .bytes()
        .position(|b| !is_username_byte(b))
        .unwrap_or(text.len());
    let name = text
        .get(..end)
        .unwrap_or_default()
        .trim_end_matches(['.', '-']);
    if name.bytes().next().is_some_and(is_username_edge) {
        name
    } else {
        ""
    }
}

/// The longest beginning that looks like a host, with its port if there is one.
fn host_prefix(text: &str) -> &str {
    let end = text
        .find(|c: char| !(is_word(c) || matches!(c, '.' | '-')))
        .unwrap_or(text.len());
    let host = text
        .get(..end)
        .unwrap_or_default()
        .trim_end_matches(['.', '-']);
    if host.len() > MAX_DOMAIN || host.starts_with(['.', '-']) {
        return "";
    }
    let digits = text
        .get(host.len()..)
        .and_then(|tail| tail.strip_prefix(':'))
        .map_or(0, |tail| {
            tail.bytes().take_while(u8::is_ascii_digit).count()
        });
    if (1..=5).contains(&digits) {
        text.get(..host.len() + 1 + digits).unwrap_or(host)
    } else {
        host
    }
}

fn hashtag_step(rest: &str) -> Step {
    let sign = rest.chars().next().map_or(1, char::len_utf8);
    let name = rest.get(sign..).unwrap_or_default();
    let run = word_run(name).len();
    let length = hashtag_length(name.get(..run).unwrap_or_default());
    if length == 0 {
        return Step::over(sign + run);
    }
    let name = name.get(..length).unwrap_or_default();
    Step {
        length: sign + length,
        kind: Some(Kind::Hashtag(fold_hashtag(name))),
    }
}

/// Characters that may stand inside a hashtag beside those of words.
fn is_separator(c: char) -> bool {
    matches!(c, '\u{b7}' | '\u{30fb}' | '\u{200c}')
}

fn word_run(text: &str) -> &str {
    let end = text
        .find(|c: char| !is_word(c) && !is_separator(c))
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The length in bytes of the hashtag that `text` begins with; 0 when there is none.
///
/// It begins and ends with a character of words and is not made of digits alone.
fn hashtag_length(text: &str) -> usize {
    let run = word_run(text).trim_end_matches(is_separator);
    let starts_well = run.chars().next().is_some_and(is_word);
    let mut inner = run.chars();
    inner.next_back();
    inner.next();
    let is_named = run
        .chars()
        .any(|c| !is_digit(c) && c != '_' && !is_separator(c))
        || inner.any(|c| c == '_' || is_separator(c));
    if starts_well && is_named && run.len() <= MAX_HASHTAG {
        run.len()
    } else {
        0
    }
}

fn fold_hashtag(name: &str) -> String {
    // Some compatibility forms unfold into phrases; their spaces must not get into a name.
    name.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| is_word(*c) || is_separator(*c))
        .nfkc()
        .collect()
}

fn url_step(rest: &str) -> Step {
    let Some(scheme) = scheme_length(rest) else {
        return Step::over(1);
    };
    let end = rest.find(ends_url).unwrap_or(rest.len());
    let whole = rest.get(..end).unwrap_or_default();
    let link = trim_url(whole);
    if link.len() <= scheme || link.len() > MAX_URL || !is_linkable(link) {
        return Step::over(whole.len());
    }
    Step {
        length: link.len(),
        kind: Some(Kind::Url),
    }
}

fn scheme_length(text: &str) -> Option<usize> {
    ["https://", "http://"]
        .into_iter()
        .find(|scheme| {
            text.as_bytes()
                .get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
        })
        .map(str::len)
}

/// Characters that no link contains: spaces, quotes, CJK brackets and stops, and what could disguise it.
fn ends_url(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || super::chars::is_deceptive(c)
        || matches!(
            c,
            '<' | '>' | '"' | '`' | '“' | '”' | '‘' | '’' | '«' | '»' | '…'
        )
        || matches!(c, '\u{3001}'..='\u{3002}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}')
        || matches!(
            c,
            '！' | '（' | '）' | '，' | '：' | '；' | '？' | '｡' | '｢' | '｣' | '､'
        )
}

/// Takes off what belongs to the sentence: closing punctuation, and brackets that were not opened inside.
fn trim_url(link: &str) -> &str {
    let count = |wanted: char| link.matches(wanted).count();
    let mut extra = [('(', ')'), ('[', ']'), ('{', '}')]
        .map(|(open, close)| (close, count(close).saturating_sub(count(open))));
    let mut rest = link;
    while let Some(last) = rest.chars().next_back() {
        let is_stray = match extra.iter_mut().find(|(close, _)| *close == last) {
            Some((_, surplus)) if *surplus > 0 => {
                *surplus -= 1;
                true
            }
            Some(_) => false,
            None => ".,;:!?'*~|&$@".contains(last),
        };
        if !is_stray {
            break;
        }
        rest = rest.get(..rest.len() - last.len_utf8()).unwrap_or_default();
    }
    rest
}

/// Whether a link leads where it seems to: a host, and no user information before it.
fn is_linkable(link: &str) -> bool {
    Url::parse(link)
        .is_ok_and(|url| url.has_host() && url.username().is_empty() && url.password().is_none())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// Each entity as it stands in the text, with what it was understood as.
    fn shown(text: &str) -> Vec<String> {
        scan(text)
            .into_iter()
            .map(|entity| {
                let written = &text[entity.range];
                match entity.kind {
                    Kind::Url => written.to_owned(),
                    Kind::Mention(handle) => format!("{written} => {handle}"),
                    Kind::Hashtag(name) => format!("{written} => {name}"),
                }
            })
            .collect()
    }

    fn check(table: &[(&str, &[&str])]) {
        for (text, expected) in table {
            assert_eq!(shown(text), *expected, "{text:?}");
        }
    }

    #[test]
    fn finds_mentions() {
        check(&[
            ("@alice", &["@alice => alice"]),
            ("hi @Alice!", &["@Alice => alice"]),
            ("hi @alice.", &["@alice => alice"]),
            ("(@alice)", &["@alice => alice"]),
            ("@a.b-c", &["@a.b-c => a.b-c"]),
            ("@alice@Good.Test", &["@alice@Good.Test => alice@good.test"]),
            (
                "@alice@good.test.",
                &["@alice@good.test => alice@good.test"],
            ),
            (
                "@alice@good.test, hm",
                &["@alice@good.test => alice@good.test"],
            ),
            (
                "@a@b.localhost:8081 hm",
                &["@a@b.localhost:8081 => a@b.localhost:8081"],
            ),
            ("@a@good.test: hm", &["@a@good.test => a@good.test"]),
            (
                "@a@bücher.test",
                &["@a@bücher.test => a@xn--bcher-kva.test"],
            ),
            ("@a @b", &["@a => a", "@b => b"]),
            ("@a\n@b", &["@a => a", "@b => b"]),
            ("@alice@", &["@alice => alice"]),
            ("@alice@ there", &["@alice => alice"]),
            ("日本 @alice", &["@alice => alice"]),
            ("。@alice", &["@alice => alice"]),
            ("alice@good.test", &[]),
            ("mail alice.b@good.test now", &[]),
            ("a@b@c", &[]),
            ("ä@b", &[]),
            ("日@b", &[]),
            ("/@alice", &[]),
            ("x=@alice", &[]),
            ("@", &[]),
            ("@@", &[]),
            ("@@alice", &["@alice => alice"]),
            ("@.alice", &[]),
            ("@älice", &[]),
            ("@a@b..c", &[]),
            ("@a@[::1]", &["@a => a"]),
        ]);
    }

    #[test]
    fn finds_hashtags() {
        check(&[
            ("#rust", &["#rust => rust"]),
            ("#Rust, #RUST.", &["#Rust => rust", "#RUST => rust"]),
            ("#café", &["#café => café"]),
            ("#cafe\u{301}", &["#cafe\u{301} => café"]),
            ("#日本語", &["#日本語 => 日本語"]),
            ("＃全角", &["＃全角 => 全角"]),
            ("#ＡＢＣ", &["#ＡＢＣ => abc"]),
            ("#ﾊﾝｶｸ", &["#ﾊﾝｶｸ => ハンカク"]),
            ("#हिन्दी", &["#हिन्दी => हिन्दी"]),
            ("#2fast", &["#2fast => 2fast"]),
            ("#1_2", &["#1_2 => 1_2"]),
            ("#a·b", &["#a·b => a·b"]),
            ("#12·3", &["#12·3 => 12·3"]),
            ("#a·", &["#a => a"]),
            (
                "#ハロー・ワールド",
                &["#ハロー・ワールド => ハロー・ワールド"],
            ),
            ("#a-b", &["#a => a"]),
            ("#a#b", &["#a => a"]),
            ("#a #b", &["#a => a", "#b => b"]),
            ("(#a)", &["#a => a"]),
            ("##a", &["#a => a"]),
            ("#ﷺ", &["#ﷺ => صلىاللهعليهوسلم"]),
            ("#123", &[]),
            ("#１２３", &[]),
            ("#_", &[]),
            ("#·a", &[]),
            ("#", &[]),
            ("# a", &[]),
            ("a#b", &[]),
            ("é#b", &[]),
            ("/#b", &[]),
            ("=#b", &[]),
            ("(x)#b", &[]),
            ("&#39;", &[]),
            ("#½", &[]),
        ]);
    }

    #[test]
    fn finds_links() {
        check(&[
            ("http://a.test", &["http://a.test"]),
            ("HTTPS://A.test/X", &["HTTPS://A.test/X"]),
            ("see https://a.test.", &["https://a.test"]),
            ("see https://a.test/x, and", &["https://a.test/x"]),
            ("(https://a.test/x)", &["https://a.test/x"]),
            ("https://a.test/x_(y)", &["https://a.test/x_(y)"]),
            ("(https://a.test/x_(y))", &["https://a.test/x_(y)"]),
            ("<https://a.test>", &["https://a.test"]),
            ("\"https://a.test\"", &["https://a.test"]),
            ("https://a.test/?q=a&b=c#d!", &["https://a.test/?q=a&b=c#d"]),
            ("https://a.test/@user", &["https://a.test/@user"]),
            ("https://a.test/#tag", &["https://a.test/#tag"]),
            (
                "https://a.test/@user@b.test",
                &["https://a.test/@user@b.test"],
            ),
            ("https://bücher.test/ü", &["https://bücher.test/ü"]),
            ("「https://a.test/x」です", &["https://a.test/x"]),
            ("https://a.test、b", &["https://a.test"]),
            ("http://localhost:8080/x", &["http://localhost:8080/x"]),
            (
                "https://a.test https://b.test",
                &["https://a.test", "https://b.test"],
            ),
            ("https://a.test\u{202e}b", &["https://a.test"]),
            ("xhttps://a.test", &[]),
            ("https://", &[]),
            ("https:// a", &[]),
            ("http://user:pass@a.test/", &[]),
            ("http://good.test@evil.test/", &[]),
            ("javascript://a.test", &[]),
            ("ftp://a.test", &[]),
            ("http://[::", &[]),
            ("http//a", &[]),
        ]);
    }

    #[test]
    fn lists_each_once() {
        let text = "@a @A @b@c.test #One #one #two https://a.test/#three";
        assert_eq!(
            mentions(text)
                .iter()
                .map(Handle::to_string)
                .collect::<Vec<_>>(),
            ["a", "b@c.test"]
        );
        let tags: Vec<_> = hashtags(text)
            .into_iter()
            .map(|tag| (tag.name, tag.display))
            .collect();
        let expected = [("one", "One"), ("two", "two")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(tags, expected);
    }

    #[test]
    fn normalises_tags_of_requests() {
        let table = [
            ("Rust", Some("rust")),
            ("#Rust", Some("rust")),
            (" #Rust ", Some("rust")),
            ("İstanbul", Some("i\u{307}stanbul")),
            ("123", None),
            ("a b", None),
            ("a-b", None),
            ("", None),
            ("#", None),
        ];
        for (text, expected) in table {
            assert_eq!(normalise_hashtag(text).as_deref(), expected, "{text:?}");
        }
        let long = "x".repeat(MAX_HASHTAG + 1);
        assert_eq!(normalise_hashtag(&long), None);
    }

    #[test]
    fn a_hostile_megabyte_costs_no_more_than_a_friendly_one() {
        let units = [
            "@",
            "#",
            "h",
            "http://",
            "https://a",
            "@a@",
            "@a@b.",
            "a@",
            "##a",
            "#a·",
            "·",
            "@a.-",
            "http://)",
            "http://a.test/(",
            "http://a.test/)))",
            "＃",
            "\u{200c}",
            "ö#",
            "@a@-",
            "@a@b:1",
            "http://@",
            "#１",
            "http://a.test/ ",
            "\u{301}",
        ];
        for unit in units {
            let text = unit.repeat((1 << 20) / unit.len());
            let start = Instant::now();
            let found = scan(&text);
            // Unoptimised and on a busy computer; quadratic work would take minutes.
            assert!(start.elapsed() < Duration::from_secs(10), "{unit:?}");
            assert!(found.iter().all(|e| text.get(e.range.clone()).is_some()));
        }
    }
}
