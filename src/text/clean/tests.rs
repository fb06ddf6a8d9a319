//! What becomes of hostile and of ordinary markup.

use std::time::{Duration, Instant};

use super::*;
use crate::text::lines::clean_line;
use crate::text::plain::{resolve_references, to_plain};

/// Attributes of a tag that we wrote, which are always ` name="value"`.
fn attributes_of(text: &str) -> Vec<(String, String)> {
    let mut rest = text;
    let mut found = Vec::new();
    while let Some(tail) = rest.strip_prefix(' ') {
        let (name, tail) = tail.split_once("=\"").expect("a value in quotes");
        let (value, tail) = tail.split_once('"').expect("a closing quote");
        found.push((name.to_owned(), resolve_references(value).into_owned()));
        rest = tail;
    }
    assert_eq!(rest, "", "attributes are written one way");
    found
}

/// Reads markup as strictly as it can be read and holds it to the allow-list.
fn assert_harmless(html: &str, origin: &str) {
    for piece in Pieces::of(html) {
        match piece {
            Piece::Text(text) => assert!(!text.contains(['<', '>']), "{html} of {origin}"),
            Piece::Close { name } => assert!(ELEMENTS.contains(&name), "{html} of {origin}"),
            Piece::Open { name, attributes } => {
                assert!(ELEMENTS.contains(&name), "{html} of {origin}");
                for (attribute, value) in attributes_of(attributes) {
                    let is_known = match attribute.as_str() {
                        "href" => SCHEMES
                            .iter()
                            .any(|s| value.to_ascii_lowercase().starts_with(&format!("{s}:"))),
                        "rel" => value == "nofollow noopener",
                        "target" => value == "_blank",
                        "class" => value.split(' ').all(is_known_class),
                        "translate" => value == "no" || value == "yes",
                        "lang" | "start" | "reversed" | "value" => !value.contains(['<', '"', ':']),
                        _ => false,
                    };
                    assert!(is_known, "{attribute}={value} in {html} of {origin}");
                }
            }
        }
    }
}

/// The parts of markup with attributes in order: the sanitiser does not keep theirs.
fn canonical(html: &str) -> Vec<String> {
    Pieces::of(html)
        .map(|piece| match piece {
            Piece::Open { name, attributes } => {
                let mut attributes = attributes_of(attributes);
                attributes.sort();
                format!("{name} {attributes:?}")
            }
            other => format!("{other:?}"),
        })
        .collect()
}

const VECTORS: &[&str] = &[
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://evil.test/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script",
    "<script>",
    "</script><script>alert(1)//",
    "<<script>alert(1)//<</script>",
    "<script/x>alert(1)</script/x>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<img/src=x/onerror=alert(1)>",
    "<img \"\"\"><script>alert(1)</script>\">",
    "<img src=`x` onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)//",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script>alert&lpar;1)</script>",
    "<svg><a xlink:href=\"javascript:alert(1)\">x</a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><mi//xlink:href=\"data:x,<script>alert(4)</script>\">",
    "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
    "<math href=\"javascript:alert(1)\">x</math>",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id=\"</style><img onerror=alert(1) src>\">",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\"JaVaScRiPt:alert(1)\">x</a>",
    "<a href=\" javascript:alert(1)\">x</a>",
    "<a href=\"java\nscript:alert(1)\">x</a>",
    "<a href=\"java\tscript:alert(1)\">x</a>",
    "<a href=\"\u{1}javascript:alert(1)\">x</a>",
    "<a href=\"java\0script:alert(1)\">x</a>",
    "<a href=\"javascript&colon;alert(1)\">x</a>",
    "<a href=\"javascript&#58;alert(1)\">x</a>",
    "<a href=\"&#x6A;avascript:alert(1)\">x</a>",
    "<a href=\"&#106&#97&#118&#97&#115&#99&#114&#105&#112&#116&#58alert(1)\">x</a>",
    "<a href=\"java&Tab;script:alert(1)\">x</a>",
    "<a href=\"java&NewLine;script:alert(1)\">x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<a href=\"data:text/html;base64,PHNjcmlwdD4=\">x</a>",
    "<a href=\"file:///etc/passwd\">x</a>",
    "<a href=\"blob:https://a.test/1\">x</a>",
    "<a href=\"//evil.test\">x</a>",
    "<a href=\"/settings/delete\">x</a>",
    "<a href=\"#x\">x</a>",
    "<a href=\"?logout\">x</a>",
    "<a href=\"\">x</a>",
    "<a href=\"https://a.test/\" onclick=\"alert(1)\">x</a>",
    "<a href=\"https://a.test/\"onmouseover=alert(1)>x</a>",
    "<a href=https://a.test/onclick=alert(1)>x</a>",
    "<a href=\"https://a.test/&quot; onclick=&quot;alert(1)\">x</a>",
    "<a href='https://a.test/\" onclick=\"alert(1)'>x</a>",
    "<a target=_top rel=opener href=https://a.test>x</a>",
    "<a ping=https://evil.test download href=https://a.test>x</a>",
    "<a style=\"position:fixed;inset:0\" href=https://a.test>x</a>",
    "<a class=\"btn btn-danger\" id=submit name=x href=https://a.test>x</a>",
    "<a formaction=javascript:alert(1) href=https://a.test>x</a>",
    "<p style=\"background:url(javascript:alert(1))\">x</p>",
    "<p onclick=alert(1) class=\"mention evil\">x</p>",
    "<p class='h-\"><script>alert(1)</script>'>x</p>",
    "<p lang='\"><script>alert(1)</script>'>x</p>",
    "<ol start='1\" onclick=alert(1)'><li value='x'>y</ol>",
    "<span translate='no\" onclick=\"alert(1)'>x</span>",
    "<iframe src=\"javascript:alert(1)\"></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\">",
    "<iframe><a title=\"</iframe><img src onerror=alert(1)>\">x",
    "<svg><iframe><a title=\"</iframe><img src onerror=alert(1)>\">x",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<textarea><p title=\"</textarea><img src=x onerror=alert(1)>\">",
    "<title><p title=\"</title><img src=x onerror=alert(1)>\">",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
    "<noembed><p title=\"</noembed><img src=x onerror=alert(1)>\">",
    "<template><script>alert(1)</script></template>",
    "<plaintext><script>alert(1)</script>",
    "<select><script>alert(1)</script><option><a href=javascript:alert(1)>x",
    "<table><a href=javascript:alert(1)><tr><td background=javascript:alert(1)>x",
    "<object data=\"data:text/html,<script>alert(1)</script>\"></object>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<body onload=alert(1)>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "<base href=https://evil.test/>",
    "<link rel=stylesheet href=https://evil.test/x.css>",
    "<style>@import 'https://evil.test/x.css';</style>",
    "<style><!--</style><script>alert(1)</script>-->",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><script>alert(1)</script> -->",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version=1?><script>alert(1)</script>",
    "<x onclick=alert(1)>x</x>",
    "<p/onclick=alert(1)>x",
    "<p\u{c}onclick=alert(1)>x",
    "<p title='<script>alert(1)</script>'>x</p>",
    "<p title=\"a>b<script>alert(1)</script>\">x</p>",
    "<b><p title='</b><img src=x onerror=alert(1)>'>x",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;",
    "<b>unclosed <i>tags <a href=https://a.test>everywhere",
    "</p></a></span></div>",
    "<a href=https://a.test><a href=javascript:alert(1)>x</a></a>",
    "<div><h1 onclick=alert(1)>x</h1></div>",
    "<<>script>alert(1)</script>",
    "<b<i>script>alert(1)</script>",
    "<</b>script>alert(1)</script>",
    "<<x>img src=x onerror=alert(1)>",
    "<\u{0}script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "<ruby><rt><script>alert(1)</script></rt></ruby>",
    "<custom-element onfocus=alert(1) tabindex=1>x",
    "<a href=\"https://a.test/'><img src=x onerror=alert(1)>\">x</a>",
];

#[test]
fn hostile_markup_becomes_harmless() {
    assert!(VECTORS.len() >= 60);
    for vector in VECTORS {
        for text in [
            (*vector).to_owned(),
            format!("<p>before {vector} after</p>"),
            format!("<svg>{vector}"),
            format!("<math><mtext>{vector}"),
            format!("{vector}{vector}"),
        ] {
            let cleaned = clean_html(&text);
            assert_harmless(&cleaned, &text);
            // A second reading finds the same: nothing changes meaning between the parser's tree and its text.
            assert_eq!(
                canonical(&clean_html(&cleaned)),
                canonical(&cleaned),
                "{text}"
            );
        }
    }
}

#[test]
fn hostile_markup_is_harmless_as_escaped_text() {
    for vector in VECTORS {
        let escaped = escape(vector);
        assert!(!escaped.contains(['<', '>', '"', '\'']), "{vector}");
        assert_eq!(
            resolve_references(&escaped).replace('\0', ""),
            vector.replace('\0', "")
        );
        assert!(!escape(&to_plain(vector)).contains(['<', '>']));
        assert!(!escape(&clean_line(vector, 100)).contains(['<', '>']));
    }
}

#[test]
fn ordinary_markup_stays() {
    let same = "<p>a<br>b <del>c</del> <em>d</em> <code>e</code></p><ul><li>f</li></ul><blockquote>g</blockquote>";
    let table: &[(&str, String)] = &[
        ("plain", "plain".to_owned()),
        ("a & b", "a &amp; b".to_owned()),
        ("1 < 2", "1 &lt; 2".to_owned()),
        (same, same.to_owned()),
        ("<p>a<br />b</p>", "<p>a<br>b</p>".to_owned()),
        (
            "<h2>Title</h2><p>x</p>",
            "<p><strong>Title</strong></p><p>x</p>".to_owned(),
        ),
        ("<div><p>x</p></div>", "<p>x</p>".to_owned()),
        ("<script>x</script>y<style>z</style>", "y".to_owned()),
        (
            "<ol start=\"3\" reversed><li value=\"7\">x</li></ol>",
            "<ol start=\"3\" reversed=\"\"><li value=\"7\">x</li></ol>".to_owned(),
        ),
        (
            "<span class=\"h-card evil\" translate=\"no\" lang=\"en\">x</span>",
            "<span class=\"h-card\" translate=\"no\" lang=\"en\">x</span>".to_owned(),
        ),
        (
            "<p class=\"quote-inline\">RE</p>",
            "<p class=\"quote-inline\">RE</p>".to_owned(),
        ),
        ("<p class=\"evil\">x</p>", "<p>x</p>".to_owned()),
        (
            "<a href=\"https://a.test/?x&amp;y\" class=\"u-url mention\">@<span>a</span></a>",
            "<a href=\"https://a.test/?x&amp;y\" class=\"u-url mention\" target=\"_blank\" rel=\"nofollow noopener\">@<span>a</span></a>".to_owned(),
        ),
        (
            "<a href=\"mailto:a@b.test\">x</a>",
            "<a href=\"mailto:a@b.test\" target=\"_blank\" rel=\"nofollow noopener\">x</a>".to_owned(),
        ),
        (
            "<a href=\"javascript:x\">x</a>",
            "<a target=\"_blank\" rel=\"nofollow noopener\">x</a>".to_owned(),
        ),
        (
            "<ruby>a<rp>(</rp><rt>b</rt><rp>)</rp></ruby>",
            "<ruby>a<rp>(</rp><rt>b</rt><rp>)</rp></ruby>".to_owned(),
        ),
        ("<pre>a\n b</pre>", "<pre>a\n b</pre>".to_owned()),
        ("<p>😀 :blobcat: é</p>", "<p>😀 :blobcat: é</p>".to_owned()),
    ];
    for (html, expected) in table {
        assert_eq!(clean_html(html), *expected, "{html}");
    }
}

#[test]
fn a_hostile_megabyte_is_bounded() {
    let units = [
        "<b>",
        "<p>",
        "<a>",
        "<span>",
        "<blockquote>",
        "<b><p>",
        "<b><i><u><s><em><p>x",
        "</p>",
        "<a x",
        "<",
        "&",
        "&#",
        "<!--",
        "<b a=1><b a=2>",
        "<ul><li>",
        "<a href=https://a.test>",
        "<p><b></p>",
        "<ruby><rt>",
        "<svg>",
        "<svg></svg>",
        "<script></script>",
        "<a a='",
        "</",
        "<!",
        "<h1>",
        "x y ",
        "<pre>\n",
        "<li>",
        "<i><b></i></b>",
        "<a><b></a>",
        "&a",
        "&amp;",
        "&notit;",
        "&a;",
        "°",
        "a°&",
        "\u{a0}",
        "&nbsp;",
        "<ruby><p>",
    ];
    for unit in units {
        let text = unit.repeat((1 << 20) / unit.len());
        let start = Instant::now();
        let cleaned = clean_html(&text);
        let took = start.elapsed();
        let plain = to_plain(&text);
        assert!(plain.len() <= text.len());
        let limit = Duration::from_mins(1); // unoptimised, on a busy computer
        assert!(start.elapsed() < limit, "{unit:?} took {took:?}");
        assert!(
            cleaned.len() < MAX_HTML * 20,
            "{unit:?} became {}",
            cleaned.len()
        );
        assert_harmless(&cleaned, unit);
    }
    for unit in ["&", "&a", "&amp;", "&#", "a "] {
        let tag = format!(
            "<a href=\"https://a.test/?{}\" {}>x</a>",
            unit.repeat(1000),
            unit.repeat(500)
        );
        let start = Instant::now();
        assert_harmless(&clean_html(&tag.repeat(100)), unit);
        assert!(start.elapsed() < Duration::from_mins(1), "{unit:?}");
    }
    let attributes = format!("<a {}>x</a>", "a b ".repeat(100_000));
    assert_harmless(&clean_html(&attributes), "attributes");
    let long = "a&amp;b° <i>c</i>".repeat(1000);
    assert_eq!(
        clean_html(&long),
        long,
        "splitting long text leaves no trace"
    );
    let cut = clean_html(&"ä".repeat(MAX_HTML));
    assert_eq!(cut.len(), MAX_HTML);
}
