//! Reading XML strictly, as far as feeds need it: whether it is well formed, and what its elements hold.

use std::collections::HashMap;

use regex::Regex;

/// One element of a document.
#[derive(Debug)]
pub struct Element {
    /// The names of the elements around it and its own, with slashes between them.
    pub path: String,
    /// Its attributes.
    pub attributes: HashMap<String, String>,
    /// The text in it.
    pub text: String,
}

/// The elements of a document in the order in which they begin.
///
/// # Errors
/// What makes it no XML.
pub fn read(document: &str) -> Result<Vec<Element>, String> {
    let start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    let mut rest = document.strip_prefix(start).ok_or("no declaration")?.trim();
    let tag = Regex::new(r#"^<(/?)([A-Za-z:]+)((?: [A-Za-z:]+="[^"<]*")*)(/?)>"#).expect("fine");
    let attribute = Regex::new(r#" ([A-Za-z:]+)="([^"<]*)""#).expect("fine");
    let (mut found, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
    while !rest.is_empty() {
        let short: String = rest.chars().take(80).collect();
        let end = rest.find('<').unwrap_or(rest.len());
        if end > 0 {
            let inside = open.last().ok_or(format!("text outside: {short}"))?;
            found[*inside].text.push_str(&resolve(&rest[..end])?);
            rest = &rest[end..];
            continue;
        }
        let parts = tag.captures(rest).ok_or(format!("no tag: {short}"))?;
        let parent = open.last().map_or("", |index| found[*index].path.as_str());
        let path = format!("{parent}/{}", &parts[2]);
        if &parts[1] == "/" {
            let ended = open.pop().ok_or(format!("nothing to close: {short}"))?;
            if !found[ended].path.ends_with(&format!("/{}", &parts[2])) {
                return Err(format!("{} is closed by {short}", found[ended].path));
            }
        } else {
            let mut attributes = HashMap::new();
            for pair in attribute.captures_iter(&parts[3]) {
                if attributes
                    .insert(pair[1].to_owned(), resolve(&pair[2])?)
                    .is_some()
                {
                    return Err(format!("an attribute twice: {short}"));
                }
            }
            if open.is_empty() && !found.is_empty() {
                return Err(format!("a second root: {short}"));
            }
            found.push(Element {
                path,
                attributes,
                text: String::new(),
            });
            if parts[4].is_empty() {
                open.push(found.len() - 1);
            }
        }
        rest = &rest[parts[0].len()..];
    }
    if open.is_empty() {
        Ok(found)
    } else {
        Err("it ends within an element".to_owned())
    }
}

/// A text with its references resolved; only those that every reader knows are taken, and only characters that are
/// allowed.
fn resolve(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut pieces = text.split('&');
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (name, rest) = piece.split_once(';').ok_or(format!("a lone &: {piece}"))?;
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            "#9" => '\t',
            "#10" => '\n',
            "#13" => '\r',
            other => return Err(format!("an unknown reference: {other}")),
        });
        out.push_str(rest);
    }
    let is_bad = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(is_bad) {
        Err(format!("a forbidden character: {text:?}"))
    } else {
        Ok(out)
    }
}

/// The texts of all elements at a path.
pub fn texts<'a>(elements: &'a [Element], path: &str) -> Vec<&'a str> {
    let found = elements.iter().filter(|element| element.path == path);
    found.map(|element| element.text.as_str()).collect()
}

#[test]
fn what_is_no_xml_is_told() {
    let start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    for (body, fine) in [
        ("<a b=\"c\"><d/>e &amp; f</a>", true),
        ("<a><b></a></b>", false),
        ("<a>", false),
        ("<a/><b/>", false),
        ("<a b=c/>", false),
        ("<a b=\"1\" b=\"2\"/>", false),
        ("<a>&nbsp;</a>", false),
        ("<a>a & b</a>", false),
        ("<a>\u{1}</a>", false),
        ("text", false),
    ] {
        assert_eq!(read(&format!("{start}{body}")).is_ok(), fine, "{body}");
    }
}
