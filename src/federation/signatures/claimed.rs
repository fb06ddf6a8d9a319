//! The key that a request says it is signed with, which proves nothing.

use actix_web::http::header::HeaderMap;

use super::messages::policy;
use super::parse;

/// The key that a request says it is signed with, by either standard.
#[must_use]
pub fn key_of(headers: &HeaderMap) -> Option<String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(Ok(header)) = text(policy::SIGNATURE).map(parse::parse) {
        return Some(header.key_id);
    }
    policy::claimed_key(text(policy::INPUT)?)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn both_standards_name_a_key() {
        let draft = r#"keyId="https://a.test/u#k",headers="host",signature="AAAA""#;
        let input = r#"sig1=("@method");keyid="https://b.test/u#k""#;
        for (headers, expected) in [
            (vec![("signature", draft)], Some("https://a.test/u#k")),
            (
                vec![("signature", "sig1=:AAAA:"), ("signature-input", input)],
                Some("https://b.test/u#k"),
            ),
            (
                vec![("signature", draft), ("signature-input", input)],
                Some("https://a.test/u#k"),
            ),
            (vec![("signature", "sig1=:AAAA:")], None),
            (vec![], None),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in &headers {
                let name = HeaderName::from_static(name);
                map.insert(name, HeaderValue::from_static(value));
            }
            assert_eq!(key_of(&map).as_deref(), expected, "{headers:?}");
        }
    }
}
