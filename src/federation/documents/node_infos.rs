//! What other servers say of their software. Names and versions are what they like to be called: they are shown to
//! people and decide nothing.
//!
//! Source: <https://nodeinfo.diaspora.software/protocol>.

use serde_json::Value;

/// Characters of a name or version that are kept.
const LONGEST: usize = 64;
/// The beginning of the names that the versions of the document go by.
const SCHEMA: &str = "http://nodeinfo.diaspora.software/ns/schema/";

/// What a server runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Software {
    /// Its name in lower case, such as `mastodon`.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
}

/// Where the newest document of the index is.
#[must_use]
pub fn read_index(body: &[u8]) -> Option<String> {
    let index: Value = serde_json::from_slice(body).ok()?;
    let links = index.get("links")?.as_array()?;
    let known = links.iter().filter_map(|link| {
        let version = link.get("rel")?.as_str()?.strip_prefix(SCHEMA)?;
        Some((version, link.get("href")?.as_str()?))
    });
    let (_, href) = known.max_by_key(|(version, _)| *version)?;
    Some(href.to_owned())
}

/// What the document says of the software.
#[must_use]
pub fn read_software(body: &[u8]) -> Option<Software> {
    let document: Value = serde_json::from_slice(body).ok()?;
    let software = document.get("software")?;
    Some(Software {
        name: plain(software.get("name")?)?.to_lowercase(),
        version: software.get("version").and_then(plain),
    })
}

fn plain(value: &Value) -> Option<String> {
    let text: String = value
        .as_str()?
        .trim()
        .chars()
        .filter(|letter| !letter.is_control())
        .take(LONGEST)
        .collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_document_is_taken() {
        let of = |rel: &str| {
            format!("{{\"rel\": \"{SCHEMA}{rel}\", \"href\": \"https://a.test/{rel}\"}}")
        };
        for (links, expected) in [
            (
                vec![of("1.0"), of("2.1"), of("2.0")],
                Some("https://a.test/2.1"),
            ),
            (vec![of("2.0")], Some("https://a.test/2.0")),
            (
                vec!["{\"rel\": \"https://other.test/\", \"href\": \"x\"}".to_owned()],
                None,
            ),
            (vec!["7".to_owned()], None),
            (vec![], None),
        ] {
            let body = format!("{{\"links\": [{}]}}", links.join(","));
            assert_eq!(read_index(body.as_bytes()).as_deref(), expected, "{body}");
        }
        assert_eq!(read_index(b"<html>"), None);
    }

    #[test]
    fn names_and_versions_are_plain_and_short() {
        let long = "x".repeat(99);
        for (software, expected) in [
            (
                r#"{"name": "Mastodon", "version": "4.5.0"}"#.to_owned(),
                Some(("mastodon", Some("4.5.0"))),
            ),
            (
                r#"{"name": " snac\u001b[2J "}"#.to_owned(),
                Some(("snac[2j", None)),
            ),
            (
                format!("{{\"name\": \"{long}\", \"version\": 7}}"),
                Some((&long[..64], None)),
            ),
            (r#"{"name": ""}"#.to_owned(), None),
            (r#"{"version": "1"}"#.to_owned(), None),
        ] {
            let body = format!("{{\"software\": {software}}}");
            let read = read_software(body.as_bytes());
            let expected = expected.map(|(name, version)| Software {
                name: name.to_owned(),
                version: version.map(str::to_owned),
            });
            assert_eq!(read, expected, "{body}");
        }
    }
}
