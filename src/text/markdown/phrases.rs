//! What stands within a paragraph of Markdown: emphasis, code, links. Everything else is escaped.
//!
//! One pass from left to right. Of each sort of emphasis at most one is open at a time, so that closing one never
//! searches far, and the partners of brackets are found beforehand.
//! Source: <https://spec.commonmark.org/0.31.2/#inlines>

use std::collections::HashMap;

use super::super::clean::escape;

/// The marks that open and close emphasis, longer ones first.
const MARKS: [(&str, &str); 5] = [
    ("**", "strong"),
    ("__", "strong"),
    ("~~", "del"),
    ("*", "em"),
    ("_", "em"),
];
/// The longest address, in bytes.
const LONGEST: usize = 2_048;
/// What ends an address that stands in the text as it is.
const PUNCTUATION: [char; 12] = ['.', ',', ':', ';', '!', '?', '"', '\'', '*', '_', '~', ']'];

/// The text of a paragraph as markup.
pub(super) fn render(text: &str) -> String {
    render_phrases(text, true)
}

fn render_phrases(text: &str, may_link: bool) -> String {
    let mut writer = Writer {
        text,
        at: 0,
        may_link,
        brackets: partners(text),
        unclosed: Vec::new(),
        open: Vec::new(),
        pieces: Vec::new(),
    };
    while writer.step() {}
    writer.pieces.concat()
}

/// Where the bracket closes that opens at a place; brackets that are escaped do not count.
fn partners(text: &str) -> HashMap<usize, usize> {
    let mut partners = HashMap::new();
    let mut open = Vec::new();
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => open.push(at),
            ']' => {
                if let Some(first) = open.pop() {
                    partners.insert(first, at);
                }
            }
            _ => {}
        }
    }
    partners
}

/// Emphasis that may still close.
struct Open {
    mark: &'static str,
    /// The piece that holds the mark.
    piece: usize,
}

struct Writer<'a> {
    text: &'a str,
    at: usize,
    may_link: bool,
    brackets: HashMap<usize, usize>,
    /// Lengths of runs of backticks that nothing closes.
    unclosed: Vec<usize>,
    open: Vec<Open>,
    pieces: Vec<String>,
}

impl<'a> Writer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Writes the next phrase; tells whether there was one.
    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(c) = rest.chars().next() else {
            return false;
        };
        let is_done = match c {
            '\\' => self.escaped(rest),
            '`' => self.code(rest),
            '!' if rest.starts_with("![") => self.link(1),
            '[' => self.link(0),
            '<' => self.bracketed(rest),
            'h' => self.address(rest),
            '*' | '_' | '~' => self.emphasis(rest, c),
            '\n' => self.put("<br>".to_owned(), 1),
            _ => false,
        };
        if !is_done {
            self.plain(rest, c);
        }
        true
    }

    fn put(&mut self, piece: String, length: usize) -> bool {
        self.pieces.push(piece);
        self.at += length;
        true
    }

    /// The character and what follows it that begins nothing.
    fn plain(&mut self, rest: &str, first: char) {
        let ends = |c: char| {
            matches!(
                c,
                '\\' | '`' | '!' | '[' | '<' | 'h' | '*' | '_' | '~' | '\n'
            )
        };
        let tail = rest.get(first.len_utf8()..).unwrap_or_default();
        let length = first.len_utf8() + tail.find(ends).unwrap_or(tail.len());
        let plain = escape(rest.get(..length).unwrap_or_default());
        self.put(plain, length);
    }

    fn escaped(&mut self, rest: &str) -> bool {
        match rest.chars().nth(1) {
            Some('\n') => self.put("<br>".to_owned(), 2),
            Some(c) if c.is_ascii_punctuation() => self.put(escape(c.encode_utf8(&mut [0; 4])), 2),
            _ => false,
        }
    }

    fn code(&mut self, rest: &str) -> bool {
        let inner = rest.trim_start_matches('`');
        let length = rest.len() - inner.len();
        let marks = rest.get(..length).unwrap_or_default();
        let is_known = self.unclosed.contains(&length);
        if is_known {
            return self.put(marks.to_owned(), length);
        }
        let Some(end) = find_run(inner, length) else {
            self.unclosed.push(length);
            return self.put(marks.to_owned(), length);
        };
        let code = inner.get(..end).unwrap_or_default().replace('\n', " ");
        let stripped = code
            .strip_prefix(' ')
            .and_then(|code| code.strip_suffix(' '));
        let code = stripped
            .filter(|code| !code.trim().is_empty())
            .unwrap_or(&code);
        let html = format!("<code>{}</code>", escape(code));
        self.put(html, length + end + length)
    }

    /// `[text](address)`, or a picture, which is shown as a link with its words.
    fn link(&mut self, skip: usize) -> bool {
        let (text, open) = (self.text, self.at + skip);
        // Within a link there is no other; a picture there is its words.
        if !self.may_link && skip == 0 {
            return false;
        }
        let found = self.brackets.get(&open).and_then(|close| {
            let words = text.get(open + 1..*close)?;
            let (address, length) = destination(text.get(close + 1..)?)?;
            Some((words, address, close + 1 + length))
        });
        let Some((words, address, end)) = found else {
            return false;
        };
        let words = if words.trim().is_empty() {
            escape(address)
        } else if skip == 0 {
            render_phrases(words, false)
        } else {
            escape(words)
        };
        let html = if self.may_link && is_address(address) {
            ["<a href=\"", &escape(address), "\">", &words, "</a>"].concat()
        } else {
            words
        };
        self.put(html, end - self.at)
    }

    /// `<address>`; any other bracket is text.
    fn bracketed(&mut self, rest: &str) -> bool {
        let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>');
        let inner = rest.get(1..).unwrap_or_default();
        let Some(end) = inner
            .find(ends)
            .filter(|end| inner.get(*end..).is_some_and(|c| c.starts_with('>')))
        else {
            return false;
        };
        let address = inner.get(..end).unwrap_or_default();
        self.may_link && is_address(address) && self.put(anchor(address), end + 2)
    }

    /// An address that stands there as it is.
    fn address(&mut self, rest: &str) -> bool {
        let before = self
            .text
            .get(..self.at)
            .and_then(|text| text.chars().next_back());
        let is_word = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '@'));
        let starts = rest.starts_with("https://") || rest.starts_with("http://");
        if !self.may_link || is_word || !starts {
            return false;
        }
        let ends = |c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '`' | '[' | '|' | '\\')
        };
        // What is longer than an address may be is none, and is not searched through again and again.
        let mut places = rest.char_indices().take_while(|(at, _)| *at <= LONGEST);
        let end = places.find(|(_, c)| ends(*c)).map(|(at, _)| at);
        let run = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        if run.len() > LONGEST {
            return false;
        }
        let address = trim_address(run);
        is_address(address) && self.put(anchor(address), address.len())
    }

    /// Marks close what is open, or open something, or are text.
    fn emphasis(&mut self, rest: &str, mark: char) -> bool {
        let run = rest.len() - rest.trim_start_matches(mark).len();
        let before = self
            .text
            .get(..self.at)
            .and_then(|text| text.chars().next_back());
        let after = rest.get(run..).and_then(|text| text.chars().next());
        let is_blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        // A line below stands in names, so it opens at the beginning of a word alone and closes at its end.
        let may_close = !is_blank(before) && (mark != '_' || !is_word(before) || !is_word(after));
        let may_open = !is_blank(after) && (mark != '_' || !is_word(before));
        let mut left = run;
        while left > 0 {
            let taken = (may_close.then(|| self.close(mark, left)).flatten())
                .or_else(|| may_open.then(|| self.begin(mark, left)).flatten());
            let Some(taken) = taken else {
                break;
            };
            left -= taken;
        }
        let text = rest.get(..left).unwrap_or_default().to_owned();
        self.pieces.push(text);
        self.at += run;
        true
    }

    /// Closes the innermost emphasis of this mark that `left` marks suffice for; what is open within it was none.
    fn close(&mut self, mark: char, left: usize) -> Option<usize> {
        let fits = |open: &Open| open.mark.starts_with(mark) && open.mark.len() <= left;
        let at = self.open.iter().rposition(fits)?;
        let open = self.open.drain(at..).next()?;
        let (_, name) = MARKS.iter().find(|(known, _)| *known == open.mark)?;
        // Nothing between them is no emphasis.
        if open.piece + 1 == self.pieces.len() {
            return None;
        }
        if let Some(piece) = self.pieces.get_mut(open.piece) {
            *piece = format!("<{name}>");
        }
        self.pieces.push(format!("</{name}>"));
        Some(open.mark.len())
    }

    fn begin(&mut self, mark: char, left: usize) -> Option<usize> {
        let is_open = |known: &str| self.open.iter().any(|open| open.mark == known);
        let fits = |known: &str| known.starts_with(mark) && known.len() <= left && !is_open(known);
        let (mark, _) = MARKS.iter().find(|(known, _)| fits(known))?;
        self.open.push(Open {
            mark,
            piece: self.pieces.len(),
        });
        self.pieces.push((*mark).to_owned());
        Some(mark.len())
    }
}

/// Where the next run of exactly `length` backticks begins.
fn find_run(text: &str, length: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text.get(at..)?.find('`') {
        let start = at + found;
        let tail = text.get(start..)?;
        let run = tail.len() - tail.trim_start_matches('`').len();
        if run == length {
            return Some(start);
        }
        at = start + run;
    }
    None
}

/// `(address "title")` at the beginning of a text: the address, and how long the whole is.
fn destination(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix('(')?;
    let mut depth = 0_u32;
    // No address holds a bracket or a blank, so that what opens another link is not searched through twice.
    let end = inner.find(|c: char| match c {
        '(' => {
            depth += 1;
            false
        }
        ')' if depth > 0 => {
            depth -= 1;
            false
        }
        c => c == ')' || c.is_whitespace() || matches!(c, '[' | ']' | '`'),
    })?;
    let address = inner.get(..end)?;
    let tail = inner.get(end..)?;
    let closing = if tail.starts_with(')') {
        1
    } else {
        title_length(tail)?
    };
    let address = address
        .strip_prefix('<')
        .and_then(|address| address.strip_suffix('>'))
        .unwrap_or(address);
    Some((address, 1 + end + closing))
}

/// The length of a title up to the closing bracket. Titles are short and stand on the same line.
fn title_length(text: &str) -> Option<usize> {
    let title = text.trim_start_matches(' ');
    let mark = title.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let close = title
        .char_indices()
        .skip(1)
        .take(500)
        .find(|(_, c)| *c == mark || *c == '\n')?;
    let after = title.get(close.0..)?.strip_prefix(mark)?;
    let tail = after.trim_start_matches(' ').strip_prefix(')')?;
    Some(text.len() - tail.len())
}

/// An address without the punctuation of the sentence around it; brackets stay that it opens itself.
fn trim_address(run: &str) -> &str {
    let mut address = run.trim_end_matches(PUNCTUATION);
    let mut surplus = address
        .matches(')')
        .count()
        .saturating_sub(address.matches('(').count());
    while surplus > 0 && address.ends_with(')') {
        surplus -= 1;
        let shorter = address.get(..address.len() - 1).unwrap_or_default();
        address = shorter.trim_end_matches(PUNCTUATION);
    }
    address
}

/// Whether something can be linked to.
fn is_address(text: &str) -> bool {
    const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];
    let rest = SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme));
    rest.is_some_and(|rest| !rest.is_empty()) && text.len() <= LONGEST
}

fn anchor(address: &str) -> String {
    let address = escape(address);
    format!("<a href=\"{address}\">{address}</a>")
}
