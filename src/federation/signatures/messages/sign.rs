//! Signs our own requests by the standard.
//!
//! Signed are `@method` and `@target-uri`, on POST also `content-digest` and what else a delivery carries; and whatever
//! the peer asks for. `Date` is sent beside them.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc9421#section-3.1>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::super::refusals::Refusal;
use super::super::sign::{Body, CONTENT_TYPE, Header, SignError, SigningIdentity, host_of};
use super::base::{self, METHOD, Parts, TARGET_URI};
use super::demands::{ALGORITHM, Demand};
use super::digests;
use super::fields::{Bare, InnerList, Item, Parameters};
use crate::clock::{MINUTE, SECOND, to_http_date};

/// The label of our signatures, unless a peer asks for another.
const LABEL: &str = "sig1";
/// How long a signature holds where a peer wants that to be said, in milliseconds.
const HOLDS: i64 = 5 * MINUTE;

/// The headers that sign a request without body to `url` at the instant `now` (milliseconds).
///
/// # Errors
/// When the URL has no host or the key fails.
pub fn sign_get(
    identity: &SigningIdentity,
    url: &Url,
    demand: Option<&Demand>,
    now: i64,
) -> Result<Vec<Header>, SignError> {
    let headers = vec![("date", to_http_date(now))];
    let own = vec![METHOD, TARGET_URI];
    sign(identity, ("GET", url), (headers, own), demand, now)
}

/// The headers that sign a POST of a body to `url` at the instant `now` (milliseconds).
///
/// # Errors
/// When the URL has no host or the key fails.
pub fn sign_post(
    identity: &SigningIdentity,
    url: &Url,
    body: Body<'_>,
    demand: Option<&Demand>,
    now: i64,
) -> Result<Vec<Header>, SignError> {
    let mut headers = vec![
        ("date", to_http_date(now)),
        (digests::HEADER, digests::build(body.sha256_base64)),
        ("content-type", CONTENT_TYPE.to_owned()),
    ];
    let mut own = vec![METHOD, TARGET_URI, digests::HEADER];
    if let Some((name, value)) = body.extra {
        headers.push((name, value));
        own.push(name);
    }
    sign(identity, ("POST", url), (headers, own), demand, now)
}

fn sign(
    identity: &SigningIdentity,
    (method, url): (&str, &Url),
    (mut headers, own): (Vec<Header>, Vec<&str>),
    demand: Option<&Demand>,
    now: i64,
) -> Result<Vec<Header>, SignError> {
    let host = host_of(url)?;
    let mut covered = demand.map_or_else(Vec::new, |demand| demand.covered.clone());
    for name in own {
        if !covered.iter().any(|known| known == name) {
            covered.push(name.to_owned());
        }
    }
    let input = input_of(identity, &covered, demand, now);
    let find = |name: &str| {
        let known = headers.iter().find(|(known, _)| *known == name);
        known
            .map(|(_, value)| value.clone())
            .or_else(|| (name == "host").then(|| host.clone()))
    };
    let parts = Parts {
        method,
        origin: &format!("{}://{host}", url.scheme()),
        path_and_query: &url[url::Position::BeforePath..url::Position::AfterQuery],
        header: &find,
    };
    let text = base::build(&parts, &covered, &input).map_err(|_: Refusal| SignError::Incomplete)?;
    let signature = STANDARD.encode(identity.key.sign(text.as_bytes())?);
    let label = demand.map_or(LABEL, |demand| &demand.label);
    headers.push(("signature-input", format!("{label}={input}")));
    headers.push(("signature", format!("{label}=:{signature}:")));
    Ok(headers)
}

/// What is covered, with the parameters of the signature.
fn input_of(
    identity: &SigningIdentity,
    covered: &[String],
    demand: Option<&Demand>,
    now: i64,
) -> InnerList {
    let item = |name: &String| Item {
        value: Bare::Text(name.clone()),
        parameters: Parameters::default(),
    };
    let text = |name: &str, value: &str| (name.to_owned(), Bare::Text(value.to_owned()));
    let seconds = |name: &str, instant: i64| (name.to_owned(), Bare::Integer(instant / SECOND));
    let mut parameters = vec![
        seconds("created", now),
        text("keyid", &identity.key_id),
        text("alg", ALGORITHM),
    ];
    if let Some(demand) = demand {
        parameters.extend(demand.expires.then(|| seconds("expires", now + HOLDS)));
        parameters.extend(demand.nonce.as_deref().map(|nonce| text("nonce", nonce)));
        parameters.extend(demand.tag.as_deref().map(|tag| text("tag", tag)));
    }
    InnerList {
        items: covered.iter().map(item).collect(),
        parameters: Parameters(parameters),
    }
}

#[cfg(test)]
mod tests {
    use super::super::policy;
    use super::*;
    use crate::federation::signatures::requests::SignedRequest;
    use crate::keys::actors::{SigningKey, VerifyingKey};
    use crate::keys::digests::sha256_base64;

    const PRIVATE: &str = include_str!("../../../../tests/fixtures/keys/private.pem");
    const PUBLIC: &str = include_str!("../../../../tests/fixtures/keys/public.pem");
    /// Sun, 06 Nov 1994 08:49:37 GMT.
    const NOW: i64 = 784_111_777_000;
    const BODY: &[u8] = b"{}";

    fn alice() -> SigningIdentity {
        SigningIdentity {
            key_id: "https://alpha.test/users/alice#main-key".to_owned(),
            key: SigningKey::from_pem(PRIVATE).unwrap().into(),
        }
    }

    fn value<'a>(headers: &'a [Header], name: &str) -> &'a str {
        let found = headers.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value)
    }

    fn post(url: &Url, extra: Option<Header>, demand: Option<&Demand>) -> Vec<Header> {
        let digest = sha256_base64(BODY);
        let body = Body {
            sha256_base64: &digest,
            extra,
        };
        sign_post(&alice(), url, body, demand, NOW).unwrap()
    }

    #[test]
    fn requests_cover_what_every_peer_wants() {
        let url = Url::parse("https://beta.test/users/bob?page=1#x").unwrap();
        let headers = sign_get(&alice(), &url, None, NOW).unwrap();
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["date", "signature-input", "signature"]);
        let input = r#"("@method" "@target-uri");created=784111777;keyid="https://alpha.test/users/alice#main-key";alg="rsa-v1_5-sha256""#;
        assert_eq!(value(&headers, "signature-input"), format!("sig1={input}"));
        let text = format!(
            "\"@method\": GET\n\"@target-uri\": https://beta.test/users/bob?page=1\n\"@signature-params\": {input}"
        );
        let signature = value(&headers, "signature");
        let signature = signature.strip_prefix("sig1=:").unwrap();
        let signature = STANDARD.decode(signature.trim_end_matches(':')).unwrap();
        let key = VerifyingKey::from_pem(PUBLIC).unwrap();
        assert!(key.verify(text.as_bytes(), &signature));

        let url = Url::parse("https://beta.test/inbox").unwrap();
        let headers = post(
            &url,
            Some(("collection-synchronization", "x".to_owned())),
            None,
        );
        let digest = "sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:";
        assert_eq!(value(&headers, "content-digest"), digest);
        assert_eq!(value(&headers, "content-type"), CONTENT_TYPE);
        assert!(value(&headers, "signature-input").starts_with(
            r#"sig1=("@method" "@target-uri" "content-digest" "collection-synchronization");created="#
        ));
    }

    #[test]
    fn what_a_peer_asks_for_is_given() {
        let asked = r#"fedi=("host" "date" "@authority" "content-type");created;nonce="n\"1";tag="t";expires"#;
        let demand = Demand::read(asked, true).unwrap();
        let url = Url::parse("http://beta.localhost:8082/inbox").unwrap();
        let headers = post(&url, None, Some(&demand));
        assert_eq!(
            value(&headers, "signature-input"),
            r#"fedi=("host" "date" "@authority" "content-type" "@method" "@target-uri" "content-digest");created=784111777;keyid="https://alpha.test/users/alice#main-key";alg="rsa-v1_5-sha256";expires=784112077;nonce="n\"1";tag="t""#
        );
        assert!(value(&headers, "signature").starts_with("fedi=:"));
        assert_accepted(&url, &headers, Some(BODY));
    }

    /// Judges a request of ours by our own policy.
    fn assert_accepted(url: &Url, headers: &[Header], body: Option<&[u8]>) {
        let host = host_of(url).unwrap();
        let mut headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        headers.push(("host", &host));
        let request = SignedRequest {
            method: if body.is_some() { "POST" } else { "GET" },
            path_and_query: &url[url::Position::BeforePath..url::Position::AfterQuery],
            headers: &headers,
            body,
            origin: &format!("{}://{host}", url.scheme()),
            now: NOW + MINUTE,
        };
        let unverified = policy::check(&request).unwrap();
        assert_eq!(unverified.key_id(), alice().key_id);
        let key = VerifyingKey::from_pem(PUBLIC).unwrap();
        assert_eq!(unverified.verify(&key), Ok(()), "{url}");
    }

    #[test]
    fn our_own_requests_are_accepted_by_our_own_policy() {
        for (url, has_body) in [
            ("https://beta.test/inbox", true),
            ("https://beta.test/inbox?shared=1", true),
            ("http://beta.localhost:8082/users/b%C3%A9", false),
            ("https://beta.test/users/bob?page=1&min=2", false),
            ("https://BETA.test:443", false),
        ] {
            let url = Url::parse(url).unwrap();
            let headers = if has_body {
                post(&url, None, None)
            } else {
                sign_get(&alice(), &url, None, NOW).unwrap()
            };
            assert_accepted(&url, &headers, has_body.then_some(BODY));
        }
        let url = Url::parse("mailto:bob@beta.test").unwrap();
        let refused = sign_get(&alice(), &url, None, NOW);
        assert_eq!(refused, Err(SignError::NoHost));
    }
}
