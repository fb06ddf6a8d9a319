//! The digest of a body: `Content-Digest`.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc9530#section-2>

use super::super::refusals::Refusal;
use super::fields::{Bare, Member, read_dictionary};
use crate::keys::digests::{is_equal, sha256, sha512};

/// The name of the header.
pub const HEADER: &str = "content-digest";

/// The value of the header for a body whose SHA-256 is known as base64.
#[must_use]
pub fn build(sha256_base64: &str) -> String {
    format!("sha-256=:{sha256_base64}:")
}

/// Compares what the header says of the body: each SHA-256 and SHA-512 must be true, and one must be there. Other
/// algorithms are overlooked.
///
/// # Errors
/// When the header cannot be read, names no digest that is known, or one that is not the body's.
pub fn check(value: &str, body: &[u8]) -> Result<(), Refusal> {
    let digests = read_dictionary(value).map_err(|_| Refusal::UnreadableDigest)?;
    let mut is_known = false;
    for (algorithm, member) in &digests {
        let Member::Item(item) = member else {
            return Err(Refusal::UnreadableDigest);
        };
        let Bare::Bytes(given) = &item.value else {
            return Err(Refusal::UnreadableDigest);
        };
        let is_true = match algorithm.as_str() {
            "sha-256" => is_equal(sha256(body), given),
            "sha-512" => is_equal(sha512(body), given),
            _ => continue,
        };
        if !is_true {
            return Err(Refusal::OtherBody);
        }
        is_known = true;
    }
    is_known.then_some(()).ok_or(Refusal::NoDigest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::digests::sha256_base64;

    /// RFC 9530, appendix B.
    const BODY: &[u8] = b"{\"hello\": \"world\"}";
    const SHA256: &str = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
    const SHA512: &str = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";

    #[test]
    fn a9_every_digest_given_must_be_that_of_the_body() {
        let other = build(&sha256_base64(b"another body"));
        let upper = SHA256.replace("sha-256", "SHA-256");
        let bare = SHA256.replace(':', "");
        for (value, expected) in [
            (SHA256.to_owned(), Ok(())),
            (build(&sha256_base64(BODY)), Ok(())),
            (SHA512.to_owned(), Ok(())),
            (format!("{SHA256}, {SHA512}"), Ok(())),
            (format!("md5=:AQID:,{SHA256}"), Ok(())),
            (other.clone(), Err(Refusal::OtherBody)),
            (format!("{SHA512}, {other}"), Err(Refusal::OtherBody)),
            ("sha-256=:AQID:".to_owned(), Err(Refusal::OtherBody)),
            ("sha-256=::".to_owned(), Err(Refusal::OtherBody)),
            ("md5=:AQID:".to_owned(), Err(Refusal::NoDigest)),
            (String::new(), Err(Refusal::NoDigest)),
            (format!("{SHA256},{SHA256}"), Err(Refusal::UnreadableDigest)),
            (upper, Err(Refusal::UnreadableDigest)),
            (bare, Err(Refusal::UnreadableDigest)),
            ("sha-256".to_owned(), Err(Refusal::UnreadableDigest)),
            (
                "sha-256=(:AQID:)".to_owned(),
                Err(Refusal::UnreadableDigest),
            ),
        ] {
            assert_eq!(check(&value, BODY), expected, "{value}");
        }
        assert_eq!(check(SHA256, b"{}"), Err(Refusal::OtherBody));
    }
}
