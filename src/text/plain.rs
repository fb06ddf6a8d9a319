//! Markup read back as plain text, for search, notifications and feeds.
//!
//! What is safe to show as markup is decided in `clean`.

use std::borrow::Cow;

use super::tags::{DROPPED, Piece, Pieces};

/// Markup as plain text: paragraphs become blank lines, breaks become line ends, references become characters.
///
/// For search, notifications and feeds. The text may hold `<` and `&`: [`super::escape`] it before it is shown.
#[must_use]
pub fn to_plain(html: &str) -> String {
    let mut plain = Plain::default();
    let mut pieces = Pieces::of(html);
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Text(text) => plain.push_text(&resolve_references(text)),
            Piece::Open { name, .. } => match name.to_ascii_lowercase().as_str() {
                "br" | "li" | "tr" => plain.end_line(1),
                dropped if DROPPED.contains(&dropped) => pieces.skip_element(dropped),
                name if is_block(name) => plain.end_line(2),
                _ => {}
            },
            Piece::Close { name } if is_block(&name.to_ascii_lowercase()) => plain.end_line(2),
            Piece::Close { .. } => {}
        }
    }
    plain.finish()
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "blockquote"
            | "pre"
            | "ul"
            | "ol"
            | "table"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
    )
}

/// Text that grows line by line; line ends are owed until there is text to follow them.
#[derive(Default)]
struct Plain {
    out: String,
    owed: usize,
}

impl Plain {
    fn push_text(&mut self, text: &str) {
        for c in text.chars() {
            let c = if matches!(c, '\n' | '\r' | '\t') {
                ' '
            } else {
                c
            };
            if c == ' ' && (self.owed > 0 || self.out.is_empty()) {
                continue;
            }
            self.pay();
            self.out.push(c);
        }
    }

    fn pay(&mut self) {
        if self.owed > 0 && !self.out.is_empty() {
            let length = self.out.trim_end_matches(' ').len();
            self.out.truncate(length);
            self.out.extend(std::iter::repeat_n('\n', self.owed));
        }
        self.owed = 0;
    }

    /// Breaks add up to a blank line; a block leaves one whatever stands around it.
    fn end_line(&mut self, count: usize) {
        self.owed = if count == 1 {
            (self.owed + 1).min(2)
        } else {
            2
        };
    }

    fn finish(mut self) -> String {
        let length = self.out.trim_end().len();
        self.out.truncate(length);
        self.out
    }
}

/// Resolves numeric references and the named ones that serialisers write.
pub(super) fn resolve_references(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('&');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        // The longest reference that is known has 8 bytes (`#1114111`).
        let end = part.bytes().take(9).position(|b| b == b';');
        let name = end.and_then(|end| part.get(..end));
        if let Some((name, c)) = name.and_then(|name| Some((name, find_reference(name)?))) {
            out.push(c);
            out.push_str(part.get(name.len() + 1..).unwrap_or_default());
        } else {
            out.push('&');
            out.push_str(part);
        }
    }
    Cow::Owned(out)
}

fn find_reference(name: &str) -> Option<char> {
    let code = match name {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        "nbsp" => return Some('\u{a0}'),
        _ => name.strip_prefix('#')?,
    };
    let number = match code.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => code.parse(),
    };
    char::from_u32(number.ok()?).filter(|c| !c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_plain() {
        let table = [
            ("<p>a</p><p>b</p>", "a\n\nb"),
            ("<p>a<br />b</p>", "a\nb"),
            ("<p>a<br><br>b</p>", "a\n\nb"),
            ("<p>a</p>\n<p>b</p>\n", "a\n\nb"),
            ("<ul><li>a</li><li>b</li></ul>c", "a\nb\n\nc"),
            ("a <b>b</b> c", "a b c"),
            (
                "&lt;b&gt; &amp;amp; &#39;x&#x27; &quot; &nosuch; &",
                "<b> &amp; 'x' \" &nosuch; &",
            ),
            ("&#0;&#x1b;&#9999999;", "&#0;&#x1b;&#9999999;"),
            ("x<script>y</script>z", "xz"),
            (
                "<span class=\"invisible\">https://</span><span>a.test</span>",
                "https://a.test",
            ),
            ("", ""),
            ("<p></p>", ""),
        ];
        for (html, expected) in table {
            assert_eq!(to_plain(html), expected, "{html}");
        }
    }
}
