//! What a peer asks a signature to have: the header `Accept-Signature` of an answer that refused a request.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc9421#section-5.1>

use super::base::{AUTHORITY, METHOD, PATH, QUERY, REQUEST_TARGET, SCHEME, TARGET_URI};
use super::digests;
use super::fields::{Bare, InnerList, Member, read_dictionary};

/// The name of the header.
pub const HEADER: &str = "accept-signature";
/// The algorithm of our signatures.
pub const ALGORITHM: &str = "rsa-v1_5-sha256";

/// The parts that every request has.
const ALWAYS: [&str; 9] = [
    METHOD,
    TARGET_URI,
    AUTHORITY,
    SCHEME,
    REQUEST_TARGET,
    PATH,
    QUERY,
    "host",
    "date",
];
/// The parts that requests with a body have besides.
const WITH_BODY: [&str; 2] = [digests::HEADER, "content-type"];

/// What a signature shall have, as far as it can be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Under which label it shall stand.
    pub label: String,
    /// What it shall cover, each once.
    pub covered: Vec<String>,
    /// What it shall repeat, so that it is used once.
    pub nonce: Option<String>,
    /// What it shall say of its purpose.
    pub tag: Option<String>,
    /// Whether it shall say when it ends.
    pub expires: bool,
}

impl Demand {
    /// The first demand of the header that a request can meet; `has_body` says whether it carries a digest. None if there
    /// is none.
    #[must_use]
    pub fn read(value: &str, has_body: bool) -> Option<Self> {
        let demands = read_dictionary(value).ok()?;
        demands
            .into_iter()
            .find_map(|(label, member)| match member {
                Member::List(list) => Self::of(label, &list, has_body),
                Member::Item(_) => None,
            })
    }

    fn of(label: String, list: &InnerList, has_body: bool) -> Option<Self> {
        let mut covered: Vec<String> = Vec::new();
        for item in &list.items {
            let Bare::Text(name) = &item.value else {
                return None;
            };
            let can_be_given =
                ALWAYS.contains(&name.as_str()) || (has_body && WITH_BODY.contains(&name.as_str()));
            if !can_be_given || !item.parameters.0.is_empty() || covered.contains(name) {
                return None;
            }
            covered.push(name.clone());
        }
        let text = |name| match list.parameters.find(name) {
            Some(Bare::Text(text)) => Some(text.clone()),
            _ => None,
        };
        // Our keys for requests are RSA keys.
        if list.parameters.find("alg").is_some() && text("alg").as_deref() != Some(ALGORITHM) {
            return None;
        }
        Some(Self {
            label,
            covered,
            nonce: text("nonce"),
            tag: text("tag"),
            expires: list.parameters.find("expires").is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_given_is_read() {
        for (value, has_body, covered) in [
            (
                r#"sig1=("@method" "@target-uri");created;keyid"#,
                false,
                Some(2),
            ),
            (r#"sig1=("@method" "content-digest")"#, true, Some(2)),
            (r#"sig1=("@method" "content-digest")"#, false, None),
            (r#"a=("x-other"), b=("@method")"#, false, Some(1)),
            (r#"a=("@method";req)"#, false, None),
            (r#"a=("@method" "@method")"#, false, None),
            ("a=(method)", false, None),
            (r#"a=("@method");alg="rsa-v1_5-sha256""#, false, Some(1)),
            (r#"a=("@method");alg="ed25519""#, false, None),
            (r#"a=("@method");alg"#, false, None),
            ("a=()", false, Some(0)),
            ("a=1", false, None),
            ("a=(", false, None),
            ("", false, None),
        ] {
            let read = Demand::read(value, has_body);
            assert_eq!(read.map(|it| it.covered.len()), covered, "{value}");
        }
        let value = r#"sig=("@method");nonce="abc";tag="fedi";expires;created"#;
        let expected = Demand {
            label: "sig".to_owned(),
            covered: vec!["@method".to_owned()],
            nonce: Some("abc".to_owned()),
            tag: Some("fedi".to_owned()),
            expires: true,
        };
        assert_eq!(Demand::read(value, false), Some(expected));
    }
}
