//! The text form of keys: base64 between `-----BEGIN X-----` and `-----END X-----`.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc7468>

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::Secret;

/// What a block is called that holds a private key as PKCS#8.
pub(super) const PKCS8_LABEL: &str = "PRIVATE KEY";
/// What a block is called that holds a public key as `SubjectPublicKeyInfo`.
pub(super) const SPKI_LABEL: &str = "PUBLIC KEY";

/// Characters in a line of the text form.
const LINE: usize = 64;

/// Base64 that peers wrote by hand may lack its padding.
const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A new key pair in the form in which it is stored.
#[derive(Clone, Debug)]
pub struct KeyPairPem {
    /// PKCS#8, `-----BEGIN PRIVATE KEY-----`.
    pub private: Secret<String>,
    /// `SubjectPublicKeyInfo`, `-----BEGIN PUBLIC KEY-----`, as actor documents carry it for RSA.
    pub public: String,
}

/// Finds the first block of the text: its label and its bytes.
///
/// Line ends of any kind, missing line breaks and text around the block are tolerated.
pub(super) fn find_block(text: &str) -> Option<(&str, Vec<u8>)> {
    let (_, after_begin) = text.split_once("-----BEGIN ")?;
    let (label, after_label) = after_begin.split_once("-----")?;
    let (body, after_end) = after_label.split_once("-----END ")?;
    let (end_label, _) = after_end.split_once("-----")?;
    let encoded: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = TOLERANT.decode(encoded).ok()?;
    (label == end_label && !bytes.is_empty()).then_some((label, bytes))
}

/// Writes a block in lines of 64 characters, with a line end after the last one.
pub(super) fn write_block(label: &str, bytes: &[u8]) -> String {
    let encoded = TOLERANT.encode(bytes);
    let mut text = format!("-----BEGIN {label}-----\n");
    for (place, character) in encoded.chars().enumerate() {
        if place > 0 && place % LINE == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    text.push_str("\n-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_it_reads() {
        for length in [1, 47, 48, 49, 96, 300] {
            let bytes: Vec<u8> = (0..=255).cycle().take(length).collect();
            let text = write_block("PUBLIC KEY", &bytes);
            assert_eq!(find_block(&text), Some(("PUBLIC KEY", bytes)));
            assert!(
                text.lines()
                    .all(|line| line.len() <= LINE && !line.is_empty())
            );
            assert!(text.ends_with("-----END PUBLIC KEY-----\n"));
        }
    }

    #[test]
    fn reads_untidy_blocks_and_refuses_broken_ones() {
        for (text, expected) in [
            (
                "-----BEGIN A-----\r\nAQID\r\n-----END A-----\r\n",
                Some(("A", vec![1, 2, 3])),
            ),
            (
                "-----BEGIN A-----AQID-----END A-----",
                Some(("A", vec![1, 2, 3])),
            ),
            (
                "note\n-----BEGIN A-----\nAQ\n-----END A-----",
                Some(("A", vec![1])),
            ),
            ("-----BEGIN A-----\nAQID\n-----END B-----", None),
            ("-----BEGIN A-----\nA!ID\n-----END A-----", None),
            ("-----BEGIN A-----\n-----END A-----", None),
            ("-----BEGIN A-----\nAQID", None),
            ("AQID", None),
            ("", None),
        ] {
            assert_eq!(find_block(text), expected, "{text:?}");
        }
    }
}
