//! Signs our own requests to peers by the draft.
//!
//! Signed are `(request-target)`, `host` and `date`, on POST also `digest` and `content-type`. `Accept` is left out,
//! as proxies rewrite it. The algorithm is named `rsa-sha256`, as some peers refuse `hs2019`.
//!
//! Source: <https://datatracker.ietf.org/doc/html/draft-cavage-http-signatures-12#section-3.1>

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_signatures::{Config, RequiredError};
use url::Url;

use crate::clock::to_http_date;
use crate::keys::KeyError;
use crate::keys::actors::SigningKey;
use crate::keys::digests::sha256_base64;

/// The media type of the activities that we send.
pub const CONTENT_TYPE: &str = "application/activity+json";

/// Who signs.
#[derive(Clone, Debug)]
pub struct SigningIdentity {
    /// Where peers find the public key: `{actor}#main-key`.
    pub key_id: String,
    /// The actor's private key.
    pub key: Arc<SigningKey>,
}

/// A header to set on the request: its name in lower case and its value.
pub type Header = (&'static str, String);

/// What a POST carries.
#[derive(Clone, Debug)]
pub struct Body<'a> {
    /// The SHA-256 of its bytes as base64 with padding.
    pub sha256_base64: &'a str,
    /// One more header, which is signed too.
    pub extra: Option<Header>,
}

/// Why a request could not be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignError {
    /// The URL names no host.
    NoHost,
    /// A part that must be signed is not there.
    Incomplete,
    /// The key failed.
    Key(KeyError),
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHost => f.write_str("a URL without a host cannot be signed for"),
            Self::Incomplete => f.write_str("the request lacks a part that must be signed"),
            Self::Key(cause) => write!(f, "signing failed: {cause}"),
        }
    }
}

impl std::error::Error for SignError {}

impl From<KeyError> for SignError {
    fn from(cause: KeyError) -> Self {
        Self::Key(cause)
    }
}

impl From<RequiredError> for SignError {
    fn from(_: RequiredError) -> Self {
        Self::Incomplete
    }
}

/// The headers that sign a GET of `url` at the instant `now` (milliseconds): `date` and `signature`.
///
/// `host` is signed too but not among them, as every client sends it of itself, with the URL's port when it is not
/// the scheme's own.
///
/// # Errors
/// When the URL has no host or the key fails.
pub fn sign_get(identity: &SigningIdentity, url: &Url, now: i64) -> Result<Vec<Header>, SignError> {
    sign(identity, "GET", url, vec![("date", to_http_date(now))])
}

/// The headers that sign a POST of `body` to `url` at the instant `now` (milliseconds): `date`, `digest`,
/// `content-type` ([`CONTENT_TYPE`]) and `signature`; for `host` see [`sign_get`].
///
/// # Errors
/// When the URL has no host or the key fails.
pub fn sign_post(
    identity: &SigningIdentity,
    url: &Url,
    body: &[u8],
    now: i64,
) -> Result<Vec<Header>, SignError> {
    let body = Body {
        sha256_base64: &sha256_base64(body),
        extra: None,
    };
    sign_body(identity, url, body, now)
}

/// The same for a body whose digest is known already.
///
/// # Errors
/// As [`sign_post`].
pub fn sign_body(
    identity: &SigningIdentity,
    url: &Url,
    body: Body<'_>,
    now: i64,
) -> Result<Vec<Header>, SignError> {
    let mut headers = vec![
        ("date", to_http_date(now)),
        ("digest", format!("SHA-256={}", body.sha256_base64)),
        ("content-type", CONTENT_TYPE.to_owned()),
    ];
    headers.extend(body.extra);
    sign(identity, "POST", url, headers)
}

fn sign(
    identity: &SigningIdentity,
    method: &str,
    url: &Url,
    mut headers: Vec<Header>,
) -> Result<Vec<Header>, SignError> {
    let mut covered: BTreeMap<String, String> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    covered.insert("host".to_owned(), host_of(url)?);
    let signed = Config::new()
        .mastodon_compat()
        .begin_sign(method, &target_of(url), covered)?
        .sign(identity.key_id.clone(), |text| {
            let signature = identity.key.sign(text.as_bytes())?;
            Ok::<_, SignError>(STANDARD.encode(signature))
        })?;
    // The library always says hs2019, which older peers do not know; the signature is the same under both names.
    let value =
        signed
            .signature_header()
            .replacen(r#"algorithm="hs2019""#, r#"algorithm="rsa-sha256""#, 1);
    headers.push(("signature", value));
    Ok(headers)
}

/// The value of the `Host` header for a URL.
pub(super) fn host_of(url: &Url) -> Result<String, SignError> {
    let host = url.host_str().ok_or(SignError::NoHost)?;
    Ok(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// The path and the query of a URL, as they stand in the request line.
fn target_of(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::actors::VerifyingKey;

    const PRIVATE: &str = include_str!("../../../tests/fixtures/keys/private.pem");
    const PUBLIC: &str = include_str!("../../../tests/fixtures/keys/public.pem");
    /// Sun, 06 Nov 1994 08:49:37 GMT.
    const NOW: i64 = 784_111_777_000;

    fn alice() -> SigningIdentity {
        SigningIdentity {
            key_id: "https://alpha.test/users/alice#main-key".to_owned(),
            key: Arc::new(SigningKey::from_pem(PRIVATE).unwrap()),
        }
    }

    /// The parameters of a signature header as they are written, and the signature's bytes.
    fn split(headers: &[Header]) -> (String, Vec<u8>) {
        let (_, value) = headers
            .iter()
            .find(|(name, _)| *name == "signature")
            .unwrap();
        let (start, end) = value.split_once(",signature=\"").unwrap();
        let signature = STANDARD.decode(end.trim_end_matches('"')).unwrap();
        (start.to_owned(), signature)
    }

    #[test]
    fn a_get_signs_target_date_and_host_and_nothing_else() {
        let url = Url::parse("http://beta.localhost:8082/users/bob?page=1").unwrap();
        let headers = sign_get(&alice(), &url, NOW).unwrap();
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["date", "signature"]);
        let (start, signature) = split(&headers);
        assert_eq!(
            start,
            r#"keyId="https://alpha.test/users/alice#main-key",algorithm="rsa-sha256",headers="(request-target) date host""#
        );
        let text = "(request-target): get /users/bob?page=1\n\
                    date: Sun, 06 Nov 1994 08:49:37 GMT\n\
                    host: beta.localhost:8082";
        let key = VerifyingKey::from_pem(PUBLIC).unwrap();
        assert!(key.verify(text.as_bytes(), &signature));
    }

    #[test]
    fn a_post_signs_digest_and_content_type_too() {
        let url = Url::parse("https://beta.test/inbox").unwrap();
        let headers = sign_post(&alice(), &url, b"{}", NOW).unwrap();
        let digest = "SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=";
        assert!(headers.contains(&("digest", digest.to_owned())));
        assert!(headers.contains(&("content-type", CONTENT_TYPE.to_owned())));
        let (start, signature) = split(&headers);
        assert!(
            start.ends_with(r#"headers="(request-target) content-type date digest host""#),
            "{start}"
        );
        let text = format!(
            "(request-target): post /inbox\ncontent-type: {CONTENT_TYPE}\n\
             date: Sun, 06 Nov 1994 08:49:37 GMT\ndigest: {digest}\nhost: beta.test"
        );
        let key = VerifyingKey::from_pem(PUBLIC).unwrap();
        assert!(key.verify(text.as_bytes(), &signature));
    }

    #[test]
    fn only_urls_with_a_host_can_be_signed_for() {
        let url = Url::parse("mailto:bob@beta.test").unwrap();
        assert_eq!(sign_get(&alice(), &url, NOW), Err(SignError::NoHost));
    }
}
