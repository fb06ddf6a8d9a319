//! Checks that hold for every page: nothing unescaped, nothing inline, labels, landmarks, contrast.
//!
//! Compiled with `WHIMBREL_TEST_PAGES` naming a folder, they also write the sample pages there, to be looked at.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;

use super::samples::{HOSTILE, HOSTILE_URL, Samples};
use super::{entry_samples, staff_samples};
use crate::web::static_files::{FILES, LAB_FILES, LAB_SCRIPT};

/// One start or end tag of a document.
#[derive(Debug)]
struct Tag {
    name: String,
    end: bool,
    /// Whether it ends with a slash, as in the pictures.
    is_closed: bool,
    attributes: HashMap<String, String>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// The tags of a document as our templates write it: attributes always in double quotes, or without value.
fn tags(document: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = document;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let mut quoted = false;
        let length = rest
            .find(|c| {
                quoted ^= c == '"';
                c == '>' && !quoted
            })
            .unwrap();
        found.push(tag(&rest[..length]));
        rest = &rest[length + 1..];
    }
    found
}

fn tag(text: &str) -> Tag {
    let is_closed = text.ends_with('/');
    let text = text.trim_end_matches('/');
    let end = text.starts_with('/');
    let text = text.trim_start_matches('/');
    let (name, mut rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let mut attributes = HashMap::new();
    while !rest.trim().is_empty() {
        rest = rest.trim_start();
        let name_end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let (key, after) = rest.split_at(name_end);
        let value = if let Some(quoted) = after.strip_prefix("=\"") {
            let (value, after) = quoted.split_once('"').unwrap();
            rest = after;
            value
        } else {
            rest = after;
            ""
        };
        attributes.insert(key.to_owned(), value.to_owned());
    }
    Tag {
        name: name.to_owned(),
        end,
        is_closed,
        attributes,
    }
}

/// The element that only the page of a lab has.
fn own_script() -> String {
    format!("<script src=\"{}\" defer></script>", LAB_SCRIPT.url())
}

fn pages(hostile: bool) -> Vec<(&'static str, String)> {
    [node_pages(hostile), Samples { hostile }.lab_pages()].concat()
}

/// The pages of a node: all but those of a lab, which have another frame.
fn node_pages(hostile: bool) -> Vec<(&'static str, String)> {
    let samples = Samples { hostile };
    [
        samples.pages(),
        staff_samples::pages(samples),
        entry_samples::pages(samples),
    ]
    .concat()
}

fn all_pages() -> Vec<(String, String)> {
    let named = |kind: &str, hostile| {
        pages(hostile)
            .into_iter()
            .map(move |(name, page)| (format!("{kind} {name}"), page))
            .collect::<Vec<_>>()
    };
    [named("friendly", false), named("hostile", true)].concat()
}

#[test]
fn no_text_or_address_becomes_markup() {
    let escaped = "&lt;script&gt;x&lt;/script&gt;&quot;";
    for (name, page) in pages(true) {
        let page = page.replace(&own_script(), "");
        assert!(page.contains(escaped), "{name}: nothing hostile on it");
        for raw in ["<script", HOSTILE, HOSTILE_URL, "<img src=x", "onerror=\""] {
            assert!(!page.contains(raw), "{name} contains {raw}");
        }
        for tag in tags(&page) {
            for attribute in ["href", "src", "poster", "action"] {
                let value = tag.get(attribute).unwrap_or("/");
                let safe = ["/", "#", "https://", "http://"];
                assert!(
                    safe.iter().any(|start| value.starts_with(start)),
                    "{name}: {tag:?}"
                );
            }
        }
    }
}

#[test]
fn nothing_inline_that_a_strict_policy_refuses() {
    for (name, page) in all_pages() {
        let is_lab = name.contains("lab");
        assert_eq!(page.matches(&own_script()).count(), usize::from(is_lab));
        for tag in tags(&page.replace(&own_script(), "")) {
            assert!(
                !["script", "style", "iframe", "object", "base"].contains(&tag.name.as_str()),
                "{name}: {tag:?}"
            );
            for attribute in tag.attributes.keys() {
                assert!(
                    attribute != "style" && !attribute.starts_with("on"),
                    "{name}: {tag:?}"
                );
            }
        }
    }
}

#[test]
fn every_control_has_a_label_and_its_descriptions_exist() {
    for (name, page) in all_pages() {
        let tags = tags(&page);
        let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
        let unique: HashSet<&str> = ids.iter().copied().collect();
        assert!(
            name.starts_with("hostile") || unique.len() == ids.len(),
            "{name}: ids repeat: {ids:?}"
        );
        let labels: HashSet<&str> = tags.iter().filter_map(|tag| tag.get("for")).collect();
        for tag in &tags {
            for attribute in ["aria-describedby", "aria-labelledby"] {
                for id in tag.get(attribute).unwrap_or_default().split_whitespace() {
                    assert!(unique.contains(id), "{name}: nothing is called {id}");
                }
            }
            let control = ["input", "textarea", "select"].contains(&tag.name.as_str()) && !tag.end;
            if control && tag.get("type") != Some("hidden") {
                assert!(labels.contains(tag.get("id").unwrap()), "{name}: {tag:?}");
                assert!(tag.get("name").is_some(), "{name}: {tag:?}");
            }
            if tag.name == "button" && !tag.end {
                assert_eq!(tag.get("type"), Some("submit"), "{name}: {tag:?}");
            }
            if tag.name == "img" {
                assert!(tag.get("alt").is_some(), "{name}: {tag:?}");
            }
        }
    }
}

#[test]
fn a_problem_is_tied_to_its_field() {
    let pages: HashMap<_, _> = node_pages(false).into_iter().collect();
    let wrong = &pages["set-up-wrong"];
    assert!(wrong.contains("<a href=\"#field-username\">Use only letters"));
    assert!(wrong.contains(
        "aria-describedby=\"field-username-problem field-username-hint\" aria-invalid=\"true\""
    ));
    assert!(wrong.contains("<title>Error: Set up this node – Mudflat</title>"));
    assert!(!pages["set-up"].contains("aria-invalid"));
    assert!(pages["sign-up-approval"].contains("aria-describedby=\"field-agreement-problem\""));
    assert!(
        pages["sign-in-wrong"].contains("<li>E-mail address, username or password is wrong.</li>")
    );
}

#[test]
fn every_page_says_how_to_get_the_source_code() {
    let pages: HashMap<_, _> = node_pages(false).into_iter().collect();
    let known = "<a href=\"https://source.example/whimbrel\">";
    for (name, page) in &pages {
        let footer = page.split("<footer class=\"site-footer").nth(1).unwrap();
        let expected = match *name {
            "about-without-source" => "ask <a href=\"/about\">whoever runs it</a>",
            _ => known,
        };
        assert!(footer.contains(expected), "{name}: {footer}");
    }
    assert_eq!(pages["about"].matches(known).count(), 2);
    assert!(pages["about-without-source"].contains("Ask whoever runs this node for it."));
}

#[test]
fn every_form_that_changes_something_carries_the_token() {
    for (name, page) in all_pages() {
        for form in page.split("<form ").skip(1) {
            let form = form.split("</form>").next().unwrap();
            assert!(form.contains("method=\"post\""), "{name}");
            assert!(form.contains("name=\"csrf_token\""), "{name}");
        }
    }
}

#[test]
fn landmarks_and_headings_are_in_order() {
    for (name, page) in all_pages() {
        let tags = tags(&page);
        let opened = |wanted: &str| {
            tags.iter()
                .filter(|tag| tag.name == wanted && !tag.end)
                .count()
        };
        assert_eq!(
            (opened("main"), opened("h1"), opened("title")),
            (1, 1, 1),
            "{name}"
        );
        let mut level = 0;
        for tag in tags.iter().filter(|tag| !tag.end) {
            let Some(Ok(next)) = tag.name.strip_prefix('h').map(str::parse::<u8>) else {
                continue;
            };
            assert!(next <= level + 1, "{name}: h{next} after h{level}");
            level = next;
        }
        let text = page.find("href=\"#main\"").unwrap();
        assert!(
            text < page.find("<header").unwrap(),
            "{name}: the skip link is not first"
        );
    }
}

#[test]
fn tags_are_closed_in_order() {
    let void = ["!DOCTYPE", "meta", "link", "input", "img", "br"];
    for (name, page) in all_pages() {
        let mut open = Vec::new();
        for tag in tags(&page) {
            if tag.end {
                assert_eq!(open.pop().as_ref(), Some(&tag.name), "{name}");
            } else if !void.contains(&tag.name.as_str()) && !tag.is_closed {
                open.push(tag.name);
            }
        }
        assert!(open.is_empty(), "{name}: {open:?}");
    }
}

#[test]
fn a_covered_status_does_not_leak_into_previews() {
    let pages: HashMap<_, _> = node_pages(false).into_iter().collect();
    let head = pages["thread-covered"].split("</head>").next().unwrap();
    assert!(head.contains("property=\"og:description\" content=\"Dead bird (natural causes)\""));
    assert!(!head.contains("First whimbrels"));
    let head = pages["thread"].split("</head>").next().unwrap();
    assert!(head.contains("property=\"og:description\" content=\"First whimbrels"));
    assert!(head.contains("property=\"og:image:alt\""));
    assert!(head.contains(
        "<link rel=\"alternate\" type=\"application/activity+json\" href=\"https://mudflat.example/users/ada/statuses/1\">"
    ));
}

#[test]
fn own_addresses_of_pictures_lead_to_embedded_files() {
    for (name, page) in all_pages() {
        for tag in tags(&page).iter().filter(|tag| tag.name == "link") {
            let href = tag.get("href").unwrap_or_default();
            if ["stylesheet", "icon", "apple-touch-icon"].contains(&tag.get("rel").unwrap()) {
                assert!(
                    FILES
                        .iter()
                        .chain(&LAB_FILES)
                        .any(|file| file.url() == href),
                    "{name}: {href}"
                );
            }
        }
    }
}

#[test]
fn every_class_of_the_pages_has_a_style() {
    let style = [
        include_str!("../static/style.css"),
        include_str!("../static/lab.css"),
    ]
    .concat();
    // Microformats and hooks for readers of the markup, not for the eye.
    let unstyled = ["u-", "p-", "e-", "h-", "dt-", "newer"];
    for (name, page) in all_pages() {
        for tag in tags(&page) {
            for class in tag.get("class").unwrap_or_default().split_whitespace() {
                let known = style.contains(&format!(".{class}"))
                    || unstyled.iter().any(|start| class.starts_with(start));
                assert!(known, "{name}: no style for {class}");
            }
        }
    }
}

/// The colours of the light and the dark palette by name.
fn palettes() -> [HashMap<&'static str, &'static str>; 2] {
    let style = include_str!("../static/style.css");
    let palette = |block: &'static str| {
        block
            .split_once('}')
            .unwrap()
            .0
            .lines()
            .filter_map(|line| {
                line.trim()
                    .strip_prefix("--")?
                    .strip_suffix(';')?
                    .split_once(": ")
            })
            .collect()
    };
    let mut blocks = style.split(":root {").skip(1).map(palette);
    [blocks.next().unwrap(), blocks.next().unwrap()]
}

/// The contrast of two colours written as `#rrggbb`.
///
/// Source: <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>
fn contrast(a: &str, b: &str) -> f64 {
    let luminance = |colour: &str| {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn the_palette_keeps_its_contrast() {
    let text = [
        ("ink", "page surface raised"),
        ("soft", "page surface raised"),
        ("accent", "page surface raised"),
        ("danger", "page surface danger-page"),
        ("good", "good-page"),
        ("button-ink", "button"),
    ];
    let shapes = [
        ("control", "page surface"),
        ("focus", "page surface raised"),
        ("bill", "page surface"),
    ];
    for palette in palettes() {
        for (pairs, least) in [(&text[..], 4.5), (&shapes[..], 3.0)] {
            for (front, backs) in pairs {
                for back in backs.split(' ') {
                    let ratio = contrast(palette[front], palette[back]);
                    assert!(ratio >= least, "{front} on {back}: {ratio:.2}");
                }
            }
        }
    }
}

#[test]
fn pages_can_be_written_to_a_folder() {
    let Some(folder) = option_env!("WHIMBREL_TEST_PAGES") else {
        return;
    };
    let folder = PathBuf::from(folder);
    for (kind, hostile) in [("", false), ("hostile-", true)] {
        for (name, page) in pages(hostile) {
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(format!("{kind}{name}.html")), page).unwrap();
        }
    }
    for file in FILES {
        let path = folder.join(file.path.trim_start_matches('/'));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file.bytes).unwrap();
    }
}
