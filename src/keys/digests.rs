//! SHA-256, SHA-512 and what is built on it: comparison in constant time, the `Digest` header, PKCE.

use aws_lc_rs::{constant_time, digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Longest PKCE verifier that is looked at, in bytes (the standard allows 128).
const LONGEST_VERIFIER: usize = 256;

/// The SHA-256 of some bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let hash = digest::digest(&digest::SHA256, bytes);
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(hash.as_ref()) {
        *to = *from;
    }
    out
}

/// The SHA-512 of some bytes.
#[must_use]
pub fn sha512(bytes: &[u8]) -> [u8; 64] {
    let hash = digest::digest(&digest::SHA512, bytes);
    let mut out = [0; 64];
    for (to, from) in out.iter_mut().zip(hash.as_ref()) {
        *to = *from;
    }
    out
}

/// The SHA-256 of some bytes as 64 lower-case hexadecimal digits.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    to_hex(&sha256(bytes))
}

/// The SHA-256 of some bytes as base64 with padding.
#[must_use]
pub fn sha256_base64(bytes: &[u8]) -> String {
    STANDARD.encode(sha256(bytes))
}

/// The HMAC-SHA-256 of some bytes with a key.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc2104>
#[must_use]
pub fn hmac_sha256(key: &[u8], bytes: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), bytes);
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(tag.as_ref()) {
        *to = *from;
    }
    out
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|half| char::from_digit(u32::from(half), 16))
        .collect()
}

/// Whether two values are the same, in a time that tells nothing about where they differ.
///
/// Only their lengths are not hidden.
#[must_use]
pub fn is_equal(a: impl AsRef<[u8]>, b: impl AsRef<[u8]>) -> bool {
    constant_time::verify_slices_are_equal(a.as_ref(), b.as_ref()).is_ok()
}

/// The value of the `Digest` header for a body: `SHA-256=` and the base64 of its hash.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc3230#section-4.3.2>
#[must_use]
pub fn digest_header(body: &[u8]) -> String {
    format!("SHA-256={}", sha256_base64(body))
}

/// The S256 challenge that belongs to a PKCE verifier.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc7636#section-4.2>
#[must_use]
pub fn pkce_challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes()))
}

/// Whether a PKCE verifier is the one whose S256 challenge was given before.
///
/// Padding at the challenge's end, which some clients leave there, is overlooked.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc7636#section-4.6>
#[must_use]
pub fn is_pkce_match(verifier: &str, challenge: &str) -> bool {
    let in_bounds = (1..=LONGEST_VERIFIER).contains(&verifier.len());
    in_bounds && is_equal(pkce_challenge(verifier), challenge.trim_end_matches('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: <https://www.rfc-editor.org/rfc/rfc4231#section-4.3>
    #[test]
    fn seals_as_the_standard_does() {
        assert_eq!(
            to_hex(&hmac_sha256(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn hashes_are_those_of_the_standard() {
        // FIPS 180-4 examples.
        for (text, hex) in [
            (
                "",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            (
                "abc",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
        ] {
            assert_eq!(sha256_hex(text.as_bytes()), hex);
        }
        assert_eq!(
            digest_header(b""),
            "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
        assert_eq!(to_hex(&[0, 15, 16, 255]), "000f10ff");
        assert_eq!(
            to_hex(&sha512(b"abc")),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        );
    }

    #[test]
    fn equality_is_of_content_and_length() {
        assert!(is_equal("abc", b"abc"));
        assert!(is_equal("", ""));
        for (a, b) in [("abc", "abd"), ("abc", "ab"), ("", "a")] {
            assert!(!is_equal(a, b), "{a} {b}");
        }
    }

    #[test]
    fn pkce_accepts_only_the_verifier_of_the_challenge() {
        // The example of RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert_eq!(pkce_challenge(verifier), challenge);
        let long = "a".repeat(LONGEST_VERIFIER + 1);
        for (verifier, challenge, expected) in [
            (verifier, challenge, true),
            (
                verifier,
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=",
                true,
            ),
            (verifier, "", false),
            (verifier, verifier, false),
            (
                "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl",
                challenge,
                false,
            ),
            ("", pkce_challenge("").as_str(), false),
            (long.as_str(), pkce_challenge(&long).as_str(), false),
        ] {
            assert_eq!(
                is_pkce_match(verifier, challenge),
                expected,
                "{verifier} {challenge}"
            );
        }
    }
}
