//! Links of a page with `rel="me"`, by which the page says whose it is.
//!
//! Source: <https://microformats.org/wiki/rel-me>

use super::pages::find_elements;

/// Links of a page that are looked at, at most.
const MOST: usize = 1_000;

/// The addresses of a page's `a` and `link` elements with `rel="me"`, as they stand there.
#[must_use]
pub fn find_me_links(html: &str) -> Vec<String> {
    find_elements(html, &["a", "link"], MOST)
        .iter()
        .filter(|element| element.has_word("rel", "me"))
        .filter_map(|element| element.find("href"))
        .map(str::to_owned)
        .collect()
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
            ("<a rel=me href=\"open", &[]),
            ("<a rel=me href=&lt; \u{e4}=\u{e4} =x/>", &["<"]),
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
