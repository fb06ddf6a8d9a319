//! Markdown that peers send, as markup that is still to be cleaned: paragraphs, headings, lists, quotes and code here,
//! what stands within a line in `phrases`.
//!
//! A small part of the language, enough to be read: markup within it is escaped, tables and footnotes stay as typed, and
//! every line break counts. The work is linear in the length of the text, whatever it holds.
//! Source: <https://spec.commonmark.org/0.31.2/>

mod phrases;

use self::phrases::render;
use super::clean::escape;

/// How deep quotes and lists nest; deeper ones are text.
const DEPTH: u8 = 6;

/// Markdown as markup. It is safe only after [`clean_html`](super::clean_html).
#[must_use]
pub fn render_markdown(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.lines().collect();
    let mut html = String::with_capacity(text.len());
    write_blocks(&lines, DEPTH, &mut html);
    html
}

fn write_blocks(lines: &[&str], depth: u8, html: &mut String) {
    let mut paragraph: Vec<&str> = Vec::new();
    let mut rest = lines;
    while let Some((line, after)) = rest.split_first() {
        let block = Block::of(line).filter(|block| block.may_begin(depth, &paragraph));
        match block {
            None => {
                paragraph.push(line);
                rest = after;
            }
            Some(block) => {
                end_paragraph(&mut paragraph, html);
                let taken = block.write(rest, depth, html).max(1);
                rest = rest.get(taken..).unwrap_or_default();
            }
        }
    }
    end_paragraph(&mut paragraph, html);
}

fn end_paragraph(lines: &mut Vec<&str>, html: &mut String) {
    let text: Vec<&str> = lines.drain(..).map(str::trim).collect();
    if !text.is_empty() {
        html.push_str("<p>");
        html.push_str(&render(&text.join("\n")));
        html.push_str("</p>");
    }
}

/// What a line begins.
enum Block<'a> {
    Blank,
    Rule,
    Heading { level: usize, text: &'a str },
    Fence(&'a str),
    Quote,
    List(Marker<'a>),
}

impl<'a> Block<'a> {
    /// None for a line of a paragraph.
    fn of(line: &'a str) -> Option<Self> {
        let text = line.trim();
        if text.is_empty() {
            return Some(Self::Blank);
        }
        if is_rule(text) {
            return Some(Self::Rule);
        }
        if text.starts_with('>') {
            return Some(Self::Quote);
        }
        if let Some(fence) = fence(text) {
            return Some(Self::Fence(fence));
        }
        let level = text.bytes().take_while(|byte| *byte == b'#').count();
        let heading = text.get(level..).filter(|_| (1..=6).contains(&level));
        if let Some(text) = heading.filter(|text| text.starts_with([' ', '\t'])) {
            let text = text.trim().trim_end_matches('#').trim_end();
            return Some(Self::Heading { level, text });
        }
        Marker::of(line).map(Self::List)
    }

    /// Nesting ends somewhere, and a number in a paragraph begins no list unless it is the first.
    fn may_begin(&self, depth: u8, paragraph: &[&str]) -> bool {
        match self {
            Self::Quote => depth > 0,
            Self::List(marker) => {
                let is_first = marker.number.is_none_or(|number| number == 1);
                depth > 0 && (paragraph.is_empty() || is_first)
            }
            _ => true,
        }
    }

    /// Writes it; tells how many lines it took.
    fn write(&self, lines: &[&str], depth: u8, html: &mut String) -> usize {
        match self {
            Self::Blank | Self::Rule => 1,
            Self::Heading { level, text } => {
                let level = level.to_string();
                let parts = ["<h", &level, ">", &render(text), "</h", &level, ">"];
                html.push_str(&parts.concat());
                1
            }
            Self::Fence(fence) => write_code(lines, fence, html),
            Self::Quote => write_quote(lines, depth, html),
            Self::List(first) => write_list(lines, first, depth, html),
        }
    }
}

/// Three of the same and nothing else but spaces.
fn is_rule(text: &str) -> bool {
    let mut marks = text.chars().filter(|c| !c.is_whitespace());
    let Some(first) = marks.next().filter(|c| matches!(c, '-' | '*' | '_')) else {
        return false;
    };
    let mut others = 0;
    marks.all(|mark| {
        others += 1;
        mark == first
    }) && others >= 2
}

/// The marks that open a block of code, and that close it.
fn fence(text: &str) -> Option<&str> {
    let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = text.len() - text.trim_start_matches(mark).len();
    let info = text.get(length..)?;
    // Code within a line may begin with three marks as well.
    let opens = length >= 3 && !info.contains('`');
    text.get(..length).filter(|_| opens)
}

fn write_code(lines: &[&str], fence: &str, html: &mut String) -> usize {
    let indent = lines.first().map_or(0, |line| indent_of(line));
    let closes = |line: &str| {
        let line = line.trim();
        line.starts_with(fence)
            && line
                .trim_start_matches(|c: char| fence.starts_with(c))
                .is_empty()
    };
    let body = lines.get(1..).unwrap_or_default();
    let length = body
        .iter()
        .position(|line| closes(line))
        .unwrap_or(body.len());
    html.push_str("<pre><code>");
    for (number, line) in body.iter().take(length).enumerate() {
        if number > 0 {
            html.push('\n');
        }
        html.push_str(&escape(unindent(line, indent)));
    }
    html.push_str("</code></pre>");
    length + 2
}

fn write_quote(lines: &[&str], depth: u8, html: &mut String) -> usize {
    let is_quoted = |line: &&&str| line.trim_start().starts_with('>');
    let inner: Vec<&str> = lines
        .iter()
        .take_while(is_quoted)
        .map(|line| {
            let text = line.trim_start();
            let text = text.strip_prefix('>').unwrap_or(text);
            text.strip_prefix(' ').unwrap_or(text)
        })
        .collect();
    html.push_str("<blockquote>");
    write_blocks(&inner, depth.saturating_sub(1), html);
    html.push_str("</blockquote>");
    inner.len()
}

/// How an item of a list begins.
struct Marker<'a> {
    /// Of a list that counts.
    number: Option<u64>,
    /// How far the marker stands from the margin, in bytes.
    indent: usize,
    /// How far the text stands from the margin, in bytes.
    width: usize,
    text: &'a str,
}

impl<'a> Marker<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let indent = indent_of(line);
        let rest = line.get(indent..)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = match digits {
            0 => None,
            1..=9 => Some(rest.get(..digits)?.parse().ok()?),
            _ => return None,
        };
        let mark = rest.get(digits..)?.chars().next()?;
        let is_marker = match number {
            Some(_) => matches!(mark, '.' | ')'),
            None => matches!(mark, '-' | '*' | '+'),
        };
        let text = rest.get(digits + 1..).filter(|_| is_marker)?;
        let is_apart = text.starts_with([' ', '\t']);
        is_apart.then(|| Self {
            number,
            indent,
            width: indent + digits + 2,
            text: text.trim_start(),
        })
    }

    fn continues(&self, other: &Self) -> bool {
        self.number.is_some() == other.number.is_some() && other.indent < self.width
    }
}

/// Items stand at the same margin; what stands further in, up to the next item or to text after a blank line, is theirs.
fn write_list(lines: &[&str], first: &Marker<'_>, depth: u8, html: &mut String) -> usize {
    let name = if first.number.is_some() { "ol" } else { "ul" };
    match first.number {
        Some(start) if start != 1 => {
            html.push_str(&["<ol start=\"", &start.to_string(), "\">"].concat());
        }
        _ => html.push_str(&["<", name, ">"].concat()),
    }
    let mut taken = 0;
    while let Some(marker) = lines.get(taken).and_then(|line| Marker::of(line)) {
        if !first.continues(&marker) {
            break;
        }
        let after = lines.get(taken + 1..).unwrap_or_default();
        let length = item_length(after, &marker);
        let mut item = vec![marker.text];
        let own = after.iter().take(length);
        item.extend(own.map(|line| unindent(line, marker.width)));
        html.push_str("<li>");
        write_item(&item, depth.saturating_sub(1), html);
        html.push_str("</li>");
        taken += 1 + length;
    }
    html.push_str(&["</", name, ">"].concat());
    taken
}

/// How many further lines belong to an item.
fn item_length(lines: &[&str], marker: &Marker<'_>) -> usize {
    let mut is_after_blank = false;
    let mut length = 0;
    for (number, line) in lines.iter().enumerate() {
        if line.trim().is_empty() {
            is_after_blank = true;
            continue;
        }
        let is_inside = indent_of(line) > marker.indent;
        if !is_inside && (is_after_blank || Block::of(line).is_some()) {
            break;
        }
        is_after_blank = false;
        length = number + 1;
    }
    // A blank line between two items is no end of the list.
    let is_item = |line: &&&str| Marker::of(line).is_some_and(|next| next.indent < marker.width);
    let blanks = lines
        .iter()
        .skip(length)
        .take_while(|line| line.trim().is_empty())
        .count();
    match lines.get(length + blanks).filter(is_item) {
        Some(_) => length + blanks,
        None => length,
    }
}

/// An item of one paragraph is a line and needs no paragraph of its own.
fn write_item(lines: &[&str], depth: u8, html: &mut String) {
    let is_text = |line: &&&str| Block::of(line).is_none();
    let text: Vec<&str> = lines
        .iter()
        .take_while(is_text)
        .map(|line| line.trim())
        .collect();
    html.push_str(&render(&text.join("\n")));
    write_blocks(lines.get(text.len()..).unwrap_or_default(), depth, html);
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// A line without its first `width` blanks, as far as it has them.
fn unindent(line: &str, width: usize) -> &str {
    let width = indent_of(line).min(width);
    line.get(width..).unwrap_or(line)
}

#[cfg(test)]
mod tests;
