//! Writing XML: elements that are always closed, texts and attributes that are always escaped.
//!
//! Nothing here reads XML.
//! Source: <https://www.w3.org/TR/xml/>

/// The attributes of an element: names and values.
pub type Attributes<'a> = &'a [(&'a str, &'a str)];

/// A document that grows element by element.
#[derive(Debug)]
pub struct Xml {
    out: String,
}

impl Default for Xml {
    fn default() -> Self {
        Self::new()
    }
}

impl Xml {
    /// A document with its declaration.
    #[must_use]
    pub fn new() -> Self {
        Self {
            out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(),
        }
    }

    /// An element, and what `inside` writes into it.
    pub fn within(&mut self, name: &str, attributes: Attributes, inside: impl FnOnce(&mut Self)) {
        self.begin(name, attributes);
        self.out.push('>');
        inside(self);
        self.end(name);
    }

    /// An element that holds a text. Markup in the text is text.
    pub fn text(&mut self, name: &str, attributes: Attributes, text: &str) {
        self.within(name, attributes, |xml| escape_into(&mut xml.out, text));
    }

    /// An element that holds nothing.
    pub fn empty(&mut self, name: &str, attributes: Attributes) {
        self.begin(name, attributes);
        self.out.push_str("/>");
    }

    /// The whole document.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.out.push('\n');
        self.out
    }

    fn begin(&mut self, name: &str, attributes: Attributes) {
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            escape_into(&mut self.out, value);
            self.out.push('"');
        }
    }

    fn end(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }
}

/// White space is written as references, as readers would turn line ends in attributes into spaces.
fn escape_into(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            c if is_allowed(c) => out.push(c),
            _ => out.push('\u{fffd}'),
        }
    }
}

/// Whether a document may hold this character, in any spelling.
///
/// Source: <https://www.w3.org/TR/xml/#charsets>
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Xml)) -> String {
        let mut xml = Xml::new();
        write(&mut xml);
        let text = xml.finish();
        let start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        text.strip_prefix(start).unwrap().trim_end().to_owned()
    }

    #[test]
    fn elements_are_closed_in_their_order() {
        let text = written(|xml| {
            xml.within("a", &[("b", "1"), ("c:d", "2")], |xml| {
                xml.text("e", &[], "f");
                xml.empty("g", &[("h", "i")]);
            });
        });
        assert_eq!(text, r#"<a b="1" c:d="2"><e>f</e><g h="i"/></a>"#);
    }

    #[test]
    fn whatever_a_text_holds_is_text() {
        for (given, expected) in [
            ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
            ("<p>x</p>", "&lt;p&gt;x&lt;/p&gt;"),
            ("]]>", "]]&gt;"),
            ("\"it's\"", "&quot;it&#39;s&quot;"),
            ("a\tb\r\nc", "a&#9;b&#13;&#10;c"),
            ("\u{0}\u{1b}[2J\u{7f}", "\u{fffd}\u{fffd}[2J\u{7f}"),
            ("\u{fffe}\u{ffff}", "\u{fffd}\u{fffd}"),
            ("ü 🐦 \u{10ffff}", "ü 🐦 \u{10ffff}"),
            ("&amp;", "&amp;amp;"),
        ] {
            let text = written(|xml| xml.text("a", &[], given));
            assert_eq!(text, format!("<a>{expected}</a>"), "{given:?}");
            let text = written(|xml| xml.empty("a", &[("b", given)]));
            assert_eq!(text, format!("<a b=\"{expected}\"/>"), "{given:?}");
        }
    }
}
