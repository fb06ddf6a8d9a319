//! Links of a page with `rel="me"`, by which the page says whose it is. Tags are read as they stand; nothing of the page
//! is kept or shown.
//!
//! Source: <https://microformats.org/wiki/rel-me>

/// Elements whose content is no markup.
const RAW: [&str; 5] = ["script", "style", "template", "textarea", "title"];

/// Links of a page that are read, at most.
const MOST: usize = 1_000;

/// The addresses of a page's `a` and `link` elements with `rel="me"`, as they stand there, character references resolved.
#[must_use]
pub fn find_me_links(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, behind)) = rest.split_once('<') {
        if found.len() >= MOST {
            break;
        }
        if let Some(comment) = behind.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let (name, attributes, after) = read_tag(behind);
        rest = after;
        let name = name.to_ascii_lowercase();
        if RAW.contains(&name.as_str()) {
            rest = behind_end(after, &name);
        } else if matches!(name.as_str(), "a" | "link") && is_me(&attributes) {
            found.extend(find(&attributes, "href").map(resolve));
        }
    }
    found
}

/// What follows the end tag `</name`.
fn behind_end<'a>(text: &'a str, name: &str) -> &'a str {
    let end = format!("</{name}");
    let place = text
        .as_bytes()
        .windows(end.len())
        .position(|window| window.eq_ignore_ascii_case(end.as_bytes()));
    place.and_then(|place| text.get(place..)).unwrap_or("")
}

type Attributes<'a> = Vec<(&'a str, &'a str)>;

/// A tag's name, its attributes, and what follows it; `text` begins behind the `<`.
fn read_tag(text: &str) -> (&str, Attributes<'_>, &str) {
    let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/');
    let name_end = text.find(is_end).unwrap_or(text.len());
    let (name, mut rest) = text.split_at(name_end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return (name, attributes, rest);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (name, attributes, after);
        }
        let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/');
        // A name may begin with `=`, as browsers read it.
        let begin = rest.chars().next().map_or(0, char::len_utf8);
        let key_end = rest
            .get(begin..)
            .and_then(|tail| tail.find(is_end))
            .map_or(rest.len(), |end| end + begin);
        let (key, after) = rest.split_at(key_end);
        let (value, after) = read_value(after);
        attributes.push((key, value));
        rest = after;
    }
}

/// The value of an attribute, empty where there is none, and what follows it.
fn read_value(text: &str) -> (&str, &str) {
    let Some(given) = text.trim_ascii_start().strip_prefix('=') else {
        return ("", text);
    };
    let given = given.trim_ascii_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = given.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    let end = given.find(|c: char| c.is_ascii_whitespace() || c == '>');
    given.split_at(end.unwrap_or(given.len()))
}

/// The first attribute of this name counts.
fn find<'a>(attributes: &Attributes<'a>, name: &str) -> Option<&'a str> {
    let mut attributes = attributes.iter();
    attributes.find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(*value))
}

fn is_me(attributes: &Attributes<'_>) -> bool {
    let words = find(attributes, "rel").unwrap_or_default();
    words
        .split_ascii_whitespace()
        .any(|word| word.eq_ignore_ascii_case("me"))
}

/// Addresses hold few characters that must be written as references.
fn resolve(value: &str) -> String {
    let pairs = [
        ("&#x2f;", "/"),
        ("&#x2F;", "/"),
        ("&#47;", "/"),
        ("&#x3a;", ":"),
        ("&#x3A;", ":"),
        ("&#58;", ":"),
        ("&#64;", "@"),
        ("&#x40;", "@"),
        ("&commat;", "@"),
        ("&amp;", "&"),
    ];
    pairs
        .iter()
        .fold(value.trim().to_owned(), |text, (from, to)| {
            text.replace(from, to)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_page_calls_its_own() {
        for (page, expected) in [
            (
                "<a rel=\"me\" href=\"https://a.test/@ann\">",
                &["https://a.test/@ann"][..],
            ),
            (
                "<A HREF='https://a.test/@ann' class=x REL='nofollow ME'>x</A>",
                &["https://a.test/@ann"],
            ),
            (
                "<link href=https://a.test/@ann rel=me />",
                &["https://a.test/@ann"],
            ),
            (
                "<a\nrel = \"me\"\nhref = \"/x?a=1&amp;b=2\">",
                &["/x?a=1&b=2"],
            ),
            ("<a rel=me href=a><a rel=me href=b>", &["a", "b"]),
            (
                "<a rel=\"home\" href=\"a\"><a rel=\"some me-too\" href=\"b\">",
                &[],
            ),
            ("<a href=\"https://a.test\">me</a>", &[]),
            ("<a rel=\"me\">", &[]),
            ("<!-- <a rel=me href=a> --><a rel=me href=b>", &["b"]),
            (
                "<script>\"<a rel=me href=a>\"</SCRIPT><a rel=me href=b>",
                &["b"],
            ),
            ("<textarea><a rel=me href=a></textarea>", &[]),
            ("<p title=\"<a rel=me href=a>\">", &[]),
            ("<a title=\"x>y\" rel=me href=b>", &["b"]),
            ("<a rel=x rel=me href=a>", &[]),
            ("<abbr rel=me href=a><area rel=me href=b>", &[]),
            ("<", &[]),
            ("<a rel=me href=\"open", &["open"]),
            ("<a rel=me href=&lt; \u{e4}=\u{e4} =x/>", &["&lt;"]),
            ("", &[]),
        ] {
            assert_eq!(find_me_links(page), expected, "{page}");
        }
    }

    #[test]
    fn long_and_broken_pages_come_to_an_end() {
        let many = "<a rel=me href=x>".repeat(2 * MOST);
        assert_eq!(find_me_links(&many).len(), MOST);
        for page in [
            "<a ".repeat(10_000),
            "<!--".repeat(10_000),
            "<a x=\"".repeat(10_000),
        ] {
            assert!(find_me_links(&page).len() <= MOST);
        }
    }
}
