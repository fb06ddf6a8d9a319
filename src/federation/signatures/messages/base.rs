//! The text that is signed: a line for each covered part of the request, and one that says what was covered.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc9421#section-2>

use super::super::refusals::Refusal;
use super::fields::InnerList;

/// The method.
pub const METHOD: &str = "@method";
/// The whole URL.
pub const TARGET_URI: &str = "@target-uri";
/// The host, with its port when it is not the scheme's own.
pub const AUTHORITY: &str = "@authority";
/// The path and the query, as they stand in the request line.
pub const REQUEST_TARGET: &str = "@request-target";
/// The path.
pub const PATH: &str = "@path";
/// The query with its question mark.
pub const QUERY: &str = "@query";
/// The name of the scheme.
pub const SCHEME: &str = "@scheme";

/// A request as its signature sees it.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// Scheme and authority of the URL, without a slash at the end.
    pub origin: &'a str,
    /// The path and the query, still encoded.
    pub path_and_query: &'a str,
    /// The value of a header, several lines joined by comma and blank; none if it is not there.
    pub header: &'a dyn Fn(&str) -> Option<String>,
}

impl Parts<'_> {
    /// The value of a part that is not a header, or of a header.
    ///
    /// # Errors
    /// [`Refusal::Component`] for a name that means nothing for requests, [`Refusal::Absent`] for a header that is not
    /// there.
    fn value(&self, name: &str) -> Result<String, Refusal> {
        let (scheme, authority) = self.origin.split_once("://").unwrap_or_default();
        let (path, query) = match self.path_and_query.split_once('?') {
            Some((path, query)) => (path, query),
            None => (self.path_and_query, ""),
        };
        Ok(match name {
            METHOD => self.method.to_owned(),
            TARGET_URI => format!("{}{}", self.origin, self.path_and_query),
            AUTHORITY => authority.to_ascii_lowercase(),
            SCHEME => scheme.to_owned(),
            REQUEST_TARGET => self.path_and_query.to_owned(),
            PATH if path.is_empty() => "/".to_owned(),
            PATH => path.to_owned(),
            QUERY => format!("?{query}"),
            name if is_header(name) => {
                let value = (self.header)(name);
                value.ok_or_else(|| Refusal::Absent(name.to_owned()))?
            }
            name => return Err(Refusal::Component(name.to_owned())),
        })
    }
}

/// Whether this is the name of a header, as signatures write it.
fn is_header(name: &str) -> bool {
    let is_letter = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_!#$%&'*+.^`|~".contains(&byte)
    };
    !name.is_empty() && name.bytes().all(is_letter)
}

/// The signed text over these parts of a request; `input` is what covers them, with the parameters of the signature.
///
/// # Errors
/// When a part has a name that is not understood, or is not there.
pub fn build(parts: &Parts<'_>, covered: &[String], input: &InnerList) -> Result<String, Refusal> {
    let mut lines = Vec::with_capacity(covered.len() + 1);
    for name in covered {
        lines.push(format!("\"{name}\": {}", parts.value(name)?));
    }
    lines.push(format!("\"@signature-params\": {input}"));
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::super::fields::{Bare, Member, read_dictionary};
    use super::*;
    use crate::keys::actors::VerifyingKey;

    /// RFC 9421, appendix B.1.4.
    const KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n\
        -----END PUBLIC KEY-----\n";
    const DIGEST: &str = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";

    /// RFC 9421, appendix B.2.
    fn header(name: &str) -> Option<String> {
        let value = match name {
            "host" => "example.com",
            "date" => "Tue, 20 Apr 2021 02:07:55 GMT",
            "content-type" => "application/json",
            "content-digest" => DIGEST,
            "content-length" => "18",
            _ => return None,
        };
        Some(value.to_owned())
    }

    const PARTS: Parts<'_> = Parts {
        method: "POST",
        origin: "https://example.com",
        path_and_query: "/foo?param=Value&Pet=dog",
        header: &header,
    };

    fn input(text: &str) -> (Vec<String>, InnerList) {
        let member = read_dictionary(text).unwrap().remove(0).1;
        let Member::List(list) = member else {
            panic!("no list")
        };
        let name = |item: &super::super::fields::Item| match &item.value {
            Bare::Text(name) => name.clone(),
            other => panic!("no text: {other}"),
        };
        (list.items.iter().map(name).collect(), list)
    }

    #[test]
    fn the_example_of_the_standard_verifies() {
        // Appendix B.2.6.
        let (covered, list) = input(
            r#"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#,
        );
        let text = build(&PARTS, &covered, &list).unwrap();
        assert_eq!(
            text,
            "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\
             \"@method\": POST\n\
             \"@path\": /foo\n\
             \"@authority\": example.com\n\
             \"content-type\": application/json\n\
             \"content-length\": 18\n\
             \"@signature-params\": (\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \
             \"content-length\");created=1618884473;keyid=\"test-key-ed25519\""
        );
        let signature = STANDARD
            .decode("wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==")
            .unwrap();
        let key = VerifyingKey::from_pem(KEY).unwrap();
        assert!(key.verify(text.as_bytes(), &signature));
        assert!(!key.verify(text.replace("foo", "bar").as_bytes(), &signature));
    }

    #[test]
    fn every_part_of_a_request_has_its_value() {
        for (target, name, expected) in [
            ("/a?b=1", METHOD, "POST"),
            ("/a?b=1", TARGET_URI, "https://example.com/a?b=1"),
            ("/", TARGET_URI, "https://example.com/"),
            ("/a", AUTHORITY, "example.com"),
            ("/a", SCHEME, "https"),
            ("/a?b=1", REQUEST_TARGET, "/a?b=1"),
            ("/a%20b?c", PATH, "/a%20b"),
            ("?c", PATH, "/"),
            ("/a?b=1?c", QUERY, "?b=1?c"),
            ("/a", QUERY, "?"),
            ("/a", "date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ] {
            let parts = Parts {
                path_and_query: target,
                ..PARTS
            };
            assert_eq!(
                parts.value(name).as_deref(),
                Ok(expected),
                "{target} {name}"
            );
        }
        for name in [
            "@status",
            "@query-param",
            "@",
            "",
            "Date",
            "da te",
            "da\"te",
            "dä",
        ] {
            let expected = Refusal::Component(name.to_owned());
            assert_eq!(PARTS.value(name), Err(expected), "{name}");
        }
        let absent = Refusal::Absent("x-absent".to_owned());
        assert_eq!(PARTS.value("x-absent"), Err(absent));
    }
}
