use super::*;
use crate::text::clean_html;

fn all(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(render_markdown(text), *expected, "{text:?}");
    }
}

#[test]
fn paragraphs_and_breaks() {
    all(&[
        ("", ""),
        (" \n\n ", ""),
        ("a", "<p>a</p>"),
        ("a\nb\r\nc\n\n\nd", "<p>a<br>b<br>c</p><p>d</p>"),
        ("a  \nb\\\nc", "<p>a<br>b<br>c</p>"),
        ("a\n\n---\n\nb", "<p>a</p><p>b</p>"),
        ("# A *b* ##\ntext", "<h1>A <em>b</em></h1><p>text</p>"),
        ("#tag", "<p>#tag</p>"),
        (
            "a <b>c</b> & \"d\"",
            "<p>a &lt;b&gt;c&lt;/b&gt; &amp; &quot;d&quot;</p>",
        ),
    ]);
}

#[test]
fn emphasis() {
    all(&[
        (
            "*a* _b_ **c** __d__ ~~e~~",
            "<p><em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong> <del>e</del></p>",
        ),
        ("***a***", "<p><strong><em>a</em></strong></p>"),
        ("**a *b* c**", "<p><strong>a <em>b</em> c</strong></p>"),
        ("*a **b** c*", "<p><em>a <strong>b</strong> c</em></p>"),
        ("snake_case_name", "<p>snake_case_name</p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("*a", "<p>*a</p>"),
        ("**a*", "<p>**a*</p>"),
        ("*a **b* c**", "<p><em>a **b</em> c**</p>"),
        ("**** a", "<p>**** a</p>"),
        ("\\*a\\* \\x", "<p>*a* \\x</p>"),
        ("~a~", "<p>~a~</p>"),
    ]);
}

#[test]
fn code() {
    all(&[
        ("`a *b* <c>`", "<p><code>a *b* &lt;c&gt;</code></p>"),
        ("`` a`b ``", "<p><code>a`b</code></p>"),
        ("`a", "<p>`a</p>"),
        (
            "```rust\nlet a = \"<b>\";\n\n# no\n```\nz",
            "<pre><code>let a = &quot;&lt;b&gt;&quot;;\n\n# no</code></pre><p>z</p>",
        ),
        ("~~~\na\n```\n~~~", "<pre><code>a\n```</code></pre>"),
        ("```\nopen", "<pre><code>open</code></pre>"),
        ("```a``` b", "<p><code>a</code> b</p>"),
    ]);
}

#[test]
fn lists_and_quotes() {
    all(&[
        ("- a\n- *b*", "<ul><li>a</li><li><em>b</em></li></ul>"),
        ("* a\n\n* b\n\nc", "<ul><li>a</li><li>b</li></ul><p>c</p>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("3) a", "<ol start=\"3\"><li>a</li></ol>"),
        (
            "- a\n  - b\n  - c\n- d",
            "<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul>",
        ),
        (
            "- a\n  b\n\n  c\n- d",
            "<ul><li>a<br>b<p>c</p></li><li>d</li></ul>",
        ),
        ("- a\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ("text\n- a", "<p>text</p><ul><li>a</li></ul>"),
        (
            "in the year\n1984. Yes.",
            "<p>in the year<br>1984. Yes.</p>",
        ),
        ("-a", "<p>-a</p>"),
        (
            "> a\n> b\n>\n> > c\n\nd",
            "<blockquote><p>a<br>b</p><blockquote><p>c</p></blockquote></blockquote><p>d</p>",
        ),
        (
            "> - a\n> - b",
            "<blockquote><ul><li>a</li><li>b</li></ul></blockquote>",
        ),
        (
            "- ```\n  x\n  ```\n- b",
            "<ul><li><pre><code>x</code></pre></li><li>b</li></ul>",
        ),
    ]);
}

#[test]
fn links() {
    all(&[
        (
            "[a *b*](https://x.example/?a&b)",
            "<p><a href=\"https://x.example/?a&amp;b\">a <em>b</em></a></p>",
        ),
        (
            "[a](https://x.example/a_(b) \"t\")!",
            "<p><a href=\"https://x.example/a_(b)\">a</a>!</p>",
        ),
        (
            "![a cup](https://x.example/1.png)",
            "<p><a href=\"https://x.example/1.png\">a cup</a></p>",
        ),
        (
            "[![a cup](https://x.example/1.png) *b*](https://y.example/)",
            "<p><a href=\"https://y.example/\">a cup <em>b</em></a></p>",
        ),
        (
            "![](https://x.example/1.png)",
            "<p><a href=\"https://x.example/1.png\">https://x.example/1.png</a></p>",
        ),
        (
            "[](https://x.example/)",
            "<p><a href=\"https://x.example/\">https://x.example/</a></p>",
        ),
        ("[a](javascript:alert(1))", "<p>a</p>"),
        ("[a](/path)", "<p>a</p>"),
        ("[a][1] [b] (c)", "<p>[a][1] [b] (c)</p>"),
        (
            "[a](https://x.example",
            "<p>[a](<a href=\"https://x.example\">https://x.example</a></p>",
        ),
        (
            "<https://x.example/>",
            "<p><a href=\"https://x.example/\">https://x.example/</a></p>",
        ),
        (
            "see https://x.example/a_b_c, ok",
            "<p>see <a href=\"https://x.example/a_b_c\">https://x.example/a_b_c</a>, ok</p>",
        ),
        (
            "(https://x.example/(a))",
            "<p>(<a href=\"https://x.example/(a)\">https://x.example/(a)</a>)</p>",
        ),
        (
            "**https://x.example/**",
            "<p><strong><a href=\"https://x.example/\">https://x.example/</a></strong></p>",
        ),
        ("xhttps://x.example", "<p>xhttps://x.example</p>"),
        (
            "[https://x.example/](https://y.example/)",
            "<p><a href=\"https://y.example/\">https://x.example/</a></p>",
        ),
    ]);
}

#[test]
fn nothing_gets_through_that_is_not_clean() {
    for text in [
        "<script>alert(1)</script>",
        "[a](https://x.example/\"onmouseover=alert(1))",
        "[a\"><img src=x onerror=alert(1)>](https://x.example/)",
        "![\"><script>](https://x.example/)",
        "`<img src=x onerror=alert(1)>`",
        "```<script>\n</code></pre><script>alert(1)</script>\n```",
        "<https://x.example/\"onload=\"alert(1)>",
        "1. <svg onload=alert(1)>",
        "> <iframe src=https://x.example/>",
    ] {
        let html = render_markdown(text);
        // Whatever a bracket opens was written here.
        for part in html.split('<').skip(1) {
            let name: String = part
                .trim_start_matches('/')
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            let known = [
                "p",
                "a",
                "br",
                "em",
                "strong",
                "del",
                "code",
                "pre",
                "ul",
                "ol",
                "li",
                "blockquote",
            ];
            assert!(known.contains(&name.as_str()), "{text:?}: {html}");
        }
        let clean = clean_html(&html);
        for name in ["<script", "<img", "<svg", "<iframe"] {
            assert!(!clean.contains(name), "{clean}");
        }
        for tag in clean
            .split('<')
            .skip(1)
            .filter_map(|part| part.split('>').next())
        {
            let outside: String = tag.split('"').step_by(2).collect();
            assert!(!outside.contains(" on"), "{clean}");
        }
    }
}

#[test]
fn the_work_is_bounded() {
    for part in [
        "[",
        "]",
        "[a](",
        "![",
        "(",
        ")",
        "*",
        "**a ",
        "_a",
        "~~",
        "`",
        "``` ",
        "> ",
        ">",
        "- ",
        "  - a\n",
        "1. ",
        "\n",
        "\\",
        "<",
        "https://",
        "h",
        "*a **b _c __d ~~e ",
        "[a](b \"",
        "`a``b```",
        "# ",
        "- a\n\n",
        "[a](https://x.example/(",
        "ä",
        "https://a,",
    ] {
        let text: String = part.repeat(100_000 / part.len());
        let html = render_markdown(&text);
        assert!(
            html.len() <= 20 * text.len() + 100,
            "{part:?}: {}",
            html.len()
        );
    }
}
