//! Elements of somebody's web page, read as they stand. Nothing of the page is kept or shown as markup.
//!
//! Source: <https://html.spec.whatwg.org/multipage/parsing.html#tokenization>

use std::borrow::Cow;
use std::cell::RefCell;

use encoding_rs::Encoding;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// The longest text of one element that is kept, in bytes.
const LONGEST_TEXT: usize = 4_096;
/// The longest value of an attribute that is kept, in bytes.
const LONGEST_VALUE: usize = 4_096;
/// How far into a page its encoding is looked for, in bytes.
const PRESCAN: usize = 1_024;
/// How many elements are looked at for it.
const MOST_METAS: usize = 20;

/// One element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name, in small letters.
    pub name: String,
    /// Its attributes, names in small letters; the first of a name counts.
    attributes: Vec<(String, String)>,
    /// Its text, for elements that hold nothing but text.
    pub text: String,
}

impl Element {
    /// An attribute without spaces around it; none if it is empty.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// Whether an attribute that is a list of words holds one of these, in any case.
    #[must_use]
    pub fn has_word(&self, name: &str, word: &str) -> bool {
        let words = self.find(name).unwrap_or_default().split_ascii_whitespace();
        words
            .into_iter()
            .any(|found| found.eq_ignore_ascii_case(word))
    }
}

/// The elements of these names, at most `most`, in their order. What stands in comments and scripts is none.
#[must_use]
pub fn find_elements(html: &str, names: &[&str], most: usize) -> Vec<Element> {
    let sink = Sink {
        names,
        most,
        state: RefCell::default(),
    };
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    // Nothing here stops the tokenizer, so that one call reads everything.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.state.into_inner().found
}

/// The text of a page, by the encoding that its bytes, its server or itself name; UTF-8 where nobody does.
///
/// Source: <https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding>
#[must_use]
pub fn decode<'a>(body: &'a [u8], content_type: &str) -> Cow<'a, str> {
    let find = |label: &str| Encoding::for_label(label.as_bytes());
    let named = label_in(content_type).and_then(find);
    let encoding = named.or_else(|| {
        let start =
            String::from_utf8_lossy(body.get(..body.len().min(PRESCAN)).unwrap_or_default());
        let metas = find_elements(&start, &["meta"], MOST_METAS);
        let label = |meta: &Element| {
            let label = meta
                .find("charset")
                .or_else(|| label_in(meta.find("content")?));
            label.and_then(find)
        };
        metas.iter().find_map(label)
    });
    encoding.unwrap_or(encoding_rs::UTF_8).decode(body).0
}

/// What stands behind `charset=`.
fn label_in(content_type: &str) -> Option<&str> {
    let at = content_type.to_ascii_lowercase().find("charset=")?;
    let label = content_type
        .get(at + "charset=".len()..)?
        .split([';', ' ', ','])
        .next()?;
    Some(label.trim_matches(['"', '\'']))
}

struct Sink<'a> {
    names: &'a [&'a str],
    most: usize,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    found: Vec<Element>,
    /// Whether text belongs to the last element.
    is_open: bool,
}

/// How the content of an element is read that holds no markup.
fn raw_kind(name: &str) -> Option<RawKind> {
    match name {
        "title" | "textarea" => Some(RawKind::Rcdata),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => Some(RawKind::Rawtext),
        "script" => Some(RawKind::ScriptData),
        _ => None,
    }
}

impl TokenSink for Sink<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                let raw = raw_kind(&tag.name);
                let is_wanted = self.names.contains(&&*tag.name) && state.found.len() < self.most;
                state.is_open = is_wanted && raw.is_some();
                if is_wanted {
                    let attributes = tag
                        .attrs
                        .iter()
                        .filter(|one| one.value.len() <= LONGEST_VALUE);
                    let pair = |one: &html5ever::Attribute| {
                        (one.name.local.to_string(), one.value.to_string())
                    };
                    state.found.push(Element {
                        name: tag.name.to_string(),
                        attributes: attributes.map(pair).collect(),
                        text: String::new(),
                    });
                }
                if let Some(raw) = raw {
                    return TokenSinkResult::RawData(raw);
                }
            }
            Token::TagToken(_) => state.is_open = false,
            Token::CharacterTokens(text) if state.is_open => {
                if let Some(element) = state.found.last_mut() {
                    let room = LONGEST_TEXT.saturating_sub(element.text.len());
                    element.text.push_str(
                        text.get(..text.floor_char_boundary(room))
                            .unwrap_or_default(),
                    );
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> Vec<String> {
        let found = find_elements(html, &["a", "title", "meta"], 100);
        let one = |element: &Element| {
            let attributes: Vec<String> = element
                .attributes
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            format!("{}({}){}", element.name, attributes.join(" "), element.text)
        };
        found.iter().map(one).collect()
    }

    #[test]
    fn reads_what_browsers_read() {
        for (page, expected) in [
            ("<a href=\"x\">y</a>", &["a(href=x)"][..]),
            ("<A HREF='x' class=c>", &["a(href=x class=c)"]),
            ("<a\nhref = \"/x?a=1&amp;b=2\">", &["a(href=/x?a=1&b=2)"]),
            ("<title>A &amp; <b>B</title>", &["title()A & <b>B"]),
            ("<!-- <a href=x> --><a href=y>", &["a(href=y)"]),
            ("<script>\"<a href=x>\"</SCRIPT><a href=y>", &["a(href=y)"]),
            ("<textarea><a href=x></textarea>", &[]),
            ("<p title=\"<a href=x>\">", &[]),
            ("<a href=x href=y>", &["a(href=x)"]),
            ("<meta content=x /><br>", &["meta(content=x)"]),
            ("<a href=\"open", &[]),
            ("", &[]),
        ] {
            assert_eq!(shown(page), expected, "{page}");
        }
    }

    #[test]
    fn pages_name_their_encoding() {
        for (body, content_type, expected) in [
            (
                &b"caf\xe9"[..],
                "text/html; charset=iso-8859-1",
                "caf\u{e9}",
            ),
            (b"caf\xe9", "text/html; charset=\"ISO-8859-1\"", "caf\u{e9}"),
            (
                b"<meta charset=latin1>caf\xe9",
                "text/html",
                "<meta charset=latin1>caf\u{e9}",
            ),
            (
                b"<meta http-equiv=x content='text/html; charset=latin1'>caf\xe9",
                "text/html",
                "<meta http-equiv=x content='text/html; charset=latin1'>caf\u{e9}",
            ),
            ("caf\u{e9}".as_bytes(), "text/html", "caf\u{e9}"),
            (b"\xef\xbb\xbfx", "text/html; charset=latin1", "x"),
            (b"\xff", "", "\u{fffd}"),
        ] {
            assert_eq!(decode(body, content_type), expected);
        }
    }

    #[test]
    fn long_and_broken_pages_come_to_an_end() {
        let many = "<a href=x>".repeat(10_000);
        assert_eq!(find_elements(&many, &["a"], 50).len(), 50);
        let title = format!("<title>{}", "ä".repeat(10_000));
        assert!(find_elements(&title, &["title"], 1)[0].text.len() <= LONGEST_TEXT);
        for page in ["<a ", "<!--", "<a x=\"", "<title>", "&amp"] {
            assert!(
                find_elements(&page.repeat(10_000), &["a"], 10).len() <= 10,
                "{page}"
            );
        }
    }
}
