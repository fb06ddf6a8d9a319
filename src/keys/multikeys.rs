//! Public keys as actor documents list them in `assertionMethod`: a letter for the base, a number for the sort, the key.
//!
//! Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/521a/fep-521a.md>,
//! <https://www.w3.org/TR/cid-1.0/#Multikey>

use super::actors::find_ed25519;
use super::ed25519::{self, PUBLIC_BYTES};
use super::pem;
use super::rsa::PKCS1_PUBLIC_LABEL;

/// The letter of base58 as Bitcoin writes it.
const BASE58: char = 'z';
/// The number of Ed25519 public keys, 0xed, as it is written.
const ED25519: [u8; 2] = [0xed, 0x01];
/// The number of RSA public keys (PKCS#1), 0x1205, as it is written.
const RSA: [u8; 2] = [0x85, 0x24];
/// Longest text that is read, in bytes; an RSA key of 8192 bits takes around 1,420.
const LONGEST: usize = 2_048;

const DIGITS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// An Ed25519 public key in PEM form as a multikey; none if the text is something else.
#[must_use]
pub fn from_pem(text: &str) -> Option<String> {
    let public = find_ed25519(text).ok()??;
    Some(write_bytes(&[ED25519.as_slice(), &public].concat()))
}

/// A multikey in PEM form; none if it is of a sort that is not known here, or no key.
#[must_use]
pub fn to_pem(text: &str) -> Option<String> {
    let bytes = read_bytes(text)?;
    if let Some(public) = bytes.strip_prefix(&ED25519) {
        return (public.len() == PUBLIC_BYTES).then(|| ed25519::public_pem_of(public));
    }
    let public = bytes.strip_prefix(&RSA)?;
    Some(pem::write_block(PKCS1_PUBLIC_LABEL, public))
}

/// Bytes with the letter of the base in front.
#[must_use]
pub fn write_bytes(bytes: &[u8]) -> String {
    format!("{BASE58}{}", encode(bytes))
}

/// The bytes that such a text stands for; none if it is too long or in another base.
#[must_use]
pub fn read_bytes(text: &str) -> Option<Vec<u8>> {
    if text.len() > LONGEST {
        return None;
    }
    decode(text.strip_prefix(BASE58)?)
}

/// Bytes in base58, the zeros in front each as a `1`.
fn encode(bytes: &[u8]) -> String {
    // The lowest digit first.
    let mut digits: Vec<u8> = Vec::new();
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = low(carry, 58);
            carry /= 58;
        }
        while carry > 0 {
            digits.push(low(carry, 58));
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = digits.iter().rev().copied();
    std::iter::repeat_n(0, zeros)
        .chain(digits)
        .filter_map(|digit| DIGITS.get(usize::from(digit)))
        .map(|digit| char::from(*digit))
        .collect()
}

/// The bytes that base58 stands for; none if there is any other letter.
fn decode(text: &str) -> Option<Vec<u8>> {
    // The lowest byte first.
    let mut bytes: Vec<u8> = Vec::new();
    for letter in text.bytes() {
        let place = DIGITS.iter().position(|digit| *digit == letter)?;
        let mut carry = u32::try_from(place).ok()?;
        for byte in &mut bytes {
            carry += u32::from(*byte) * 58;
            *byte = low(carry, 256);
            carry >>= 8;
        }
        while carry > 0 {
            bytes.push(low(carry, 256));
            carry >>= 8;
        }
    }
    let zeros = text.bytes().take_while(|letter| *letter == b'1').count();
    let bytes = bytes.iter().rev().copied();
    Some(std::iter::repeat_n(0, zeros).chain(bytes).collect())
}

/// What is left of a number by a base of 256 at most.
fn low(number: u32, base: u32) -> u8 {
    u8::try_from(number % base).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::actors::{VerifyingKey, is_ed25519};

    const PUBLIC_ED25519: &str = include_str!("../../tests/fixtures/keys/public_ed25519.pem");
    const PUBLIC_RSA_PKCS1: &str = include_str!("../../tests/fixtures/keys/public_pkcs1.pem");

    #[test]
    fn base58_is_that_of_the_draft() {
        // draft-msporny-base58, section 5.
        for (text, bytes) in [
            ("2NEpo7TZRRrLZSi2U", b"Hello World!".as_slice()),
            ("11233QC4", &[0, 0, 0x28, 0x7f, 0xb4, 0xcd]),
            (
                "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
                b"The quick brown fox jumps over the lazy dog.",
            ),
            ("", &[]),
            ("1", &[0]),
        ] {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).as_deref(), Some(bytes), "{text}");
        }
        for text in ["0", "O", "I", "l", "é", "2NEpo7TZRRrLZSi2U "] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    #[test]
    fn keys_are_the_same_in_both_forms() {
        // The key of FEP-521a.
        let text = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
        let pem = to_pem(text).unwrap();
        assert!(is_ed25519(&pem));
        assert_eq!(from_pem(&pem).as_deref(), Some(text));
        let text = from_pem(PUBLIC_ED25519).unwrap();
        assert!(text.starts_with("z6Mk"), "{text}");
        assert_eq!(to_pem(&text).unwrap(), PUBLIC_ED25519);
        assert_eq!(from_pem(PUBLIC_RSA_PKCS1), None);
    }

    #[test]
    fn rsa_keys_are_read_too() {
        let (_, der) = pem::find_block(PUBLIC_RSA_PKCS1).unwrap();
        let text = format!("z{}", encode(&[RSA.as_slice(), &der].concat()));
        assert!(text.starts_with("z4MX"), "{text}");
        let pem = to_pem(&text).unwrap();
        assert_eq!(pem, PUBLIC_RSA_PKCS1);
        assert!(VerifyingKey::from_pem(&pem).is_ok());
    }

    #[test]
    fn what_is_no_key_is_left_alone() {
        let of = |bytes: &[u8]| format!("z{}", encode(bytes));
        for text in [
            String::new(),
            "z".to_owned(),
            "6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2".to_owned(),
            "u7QGxsbJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4s".to_owned(),
            of(&[0xed, 0x01]),
            of(&[&[0xed, 0x01], [7; 31].as_slice()].concat()),
            of(&[&[0xed, 0x01], [7; 33].as_slice()].concat()),
            of(&[&[0x80, 0x24], [7; 33].as_slice()].concat()),
            "z1".repeat(LONGEST),
        ] {
            assert_eq!(to_pem(&text), None, "{text}");
        }
    }
}
