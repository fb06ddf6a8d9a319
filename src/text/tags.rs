//! A single pass over markup that splits it into text and tags.
//!
//! It knows no tree: `clean` uses it to bound what the real parser has to do, and to read markup back as text. It
//! decides nothing about safety; the sanitiser that follows it does.
//! Source: <https://html.spec.whatwg.org/multipage/parsing.html#tokenization>

/// Elements whose content goes with them: it is no text.
pub(super) const DROPPED: [&str; 9] = [
    "script", "style", "iframe", "noscript", "noembed", "noframes", "template", "svg", "object",
];

/// A part of some markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text between tags, its character references not yet resolved.
    Text(&'a str),
    /// `<name attributes>`; `attributes` is what stands between the name and the closing bracket.
    Open {
        /// The name as written.
        name: &'a str,
        /// The attributes as written, unchecked.
        attributes: &'a str,
    },
    /// `</name>`.
    Close {
        /// The name as written.
        name: &'a str,
    },
}

/// The parts of a piece of markup in their order; comments and tags that never end are left out.
pub(super) struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Pieces<'a> {
    pub(super) fn of(html: &'a str) -> Self {
        Self { rest: html }
    }

    /// Skips to behind the closing tag of an element whose content is no text, or to the end.
    pub(super) fn skip_element(&mut self, name: &str) {
        while let Some(at) = self.rest.find("</") {
            self.advance(at + 2);
            let closes = self
                .rest
                .as_bytes()
                .get(..name.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()));
            if closes {
                let end = self.rest.find('>').map_or(self.rest.len(), |end| end + 1);
                self.advance(end);
                return;
            }
        }
        self.rest = "";
    }

    /// Takes the first `length` bytes off the rest and returns them.
    fn advance(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn text(&mut self) -> Piece<'a> {
        // The first byte is text whatever it is: a `<` that opens nothing comes here as well.
        let end = self
            .rest
            .bytes()
            .skip(1)
            .position(|b| b == b'<')
            .map_or(self.rest.len(), |at| at + 1);
        Piece::Text(self.advance(end))
    }

    fn skip_comment(&mut self) {
        let length = if self.rest.starts_with("<!--") {
            self.rest
                .get(2..)
                .and_then(|inner| inner.find("-->"))
                .map(|at| at + 5)
        } else {
            self.rest.find('>').map(|at| at + 1)
        };
        self.advance(length.unwrap_or(self.rest.len()));
    }

    /// A tag whose name begins at byte `start`; none when it never ends.
    fn tag(&mut self, start: usize) -> Option<Piece<'a>> {
        let Some(length) = tag_length(self.rest) else {
            self.rest = "";
            return None;
        };
        let tag = self.advance(length);
        let inner = tag.get(start..length - 1).unwrap_or_default();
        let end = inner
            .find(|c: char| c.is_ascii_whitespace() || c == '/')
            .unwrap_or(inner.len());
        let (name, attributes) = inner.split_at_checked(end).unwrap_or((inner, ""));
        Some(if start == 1 {
            Piece::Open { name, attributes }
        } else {
            Piece::Close { name }
        })
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            let mut bytes = self.rest.bytes();
            return match (bytes.next()?, bytes.next(), bytes.next()) {
                (b'<', Some(letter), _) if letter.is_ascii_alphabetic() => self.tag(1),
                (b'<', Some(b'/'), Some(letter)) if letter.is_ascii_alphabetic() => self.tag(2),
                (b'<', Some(b'!' | b'?'), _) | (b'<', Some(b'/'), Some(_)) => {
                    self.skip_comment();
                    continue;
                }
                _ => Some(self.text()),
            };
        }
    }
}

/// The length of the tag that `text` begins with; a bracket in a quoted value does not end it.
fn tag_length(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut is_value_next = false;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') if is_value_next => {
                quote = Some(byte);
                is_value_next = false;
            }
            (None, b'=') => is_value_next = true,
            (None, _) if byte.is_ascii_whitespace() => {}
            (None, _) => is_value_next = false,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> String {
        Pieces::of(html)
            .map(|piece| match piece {
                Piece::Text(text) => format!("[{text}]"),
                Piece::Open { name, attributes } => format!("({name}|{attributes})"),
                Piece::Close { name } => format!("(/{name})"),
            })
            .collect()
    }

    #[test]
    fn splits_markup() {
        let table = [
            ("a<b>c</b>d", "[a](b|)[c](/b)[d]"),
            ("<a href=\"x>y\" b>t", "(a| href=\"x>y\" b)[t]"),
            ("<a href='x>y'>t", "(a| href='x>y')[t]"),
            ("<a don't>t", "(a| don't)[t]"),
            ("<a x = '>'>t", "(a| x = '>')[t]"),
            ("<br/>", "(br|/)"),
            ("</p x>", "(/p)"),
            ("1 < 2 <3", "[1 ][< 2 ][<3]"),
            ("<!-- <b> -->a", "[a]"),
            ("<!-->a", "[a]"),
            ("<!-- a", ""),
            ("<!doctype html>a", "[a]"),
            ("<?x?>a", "[a]"),
            ("</ x>a", "[a]"),
            ("<a href=\"x>", ""),
            ("<", "[<]"),
            ("</", "[</]"),
            ("ä<ü>", "[ä][<ü>]"),
        ];
        for (html, expected) in table {
            assert_eq!(shown(html), expected, "{html}");
        }
    }

    #[test]
    fn skips_elements_without_text() {
        let table = [("x</b></SCRIPT >y", "[y]"), ("x", ""), ("x</script", "")];
        for (html, expected) in table {
            let mut pieces = Pieces::of(html);
            pieces.skip_element("script");
            assert_eq!(shown(pieces.rest), expected, "{html}");
        }
    }
}
