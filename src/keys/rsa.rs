//! RSA key pairs of actors: making, reading, signing and checking (PKCS#1 v1.5 with SHA-256).
//!
//! Parsed keys are costly to make (0.2 ms for a private one) and cheap to keep; whoever uses them keeps them.
//! All arithmetic is that of aws-lc-rs.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc8017>

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize, PublicKey};
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
};

use super::Secret;
use super::errors::{KeyError, LARGEST_BITS, SMALLEST_BITS};
use super::pem::{self, KeyPairPem, PKCS8_LABEL, SPKI_LABEL};

/// Longest text that is read as a public key, in bytes; a key of 8192 bits takes less than 1,500.
const LONGEST_PUBLIC_PEM: usize = 4_096;

const PKCS1_PRIVATE_LABEL: &str = "RSA PRIVATE KEY";
pub(super) const PKCS1_PUBLIC_LABEL: &str = "RSA PUBLIC KEY";

/// Makes a new RSA key pair of 2048 bits; takes around 0.1 s.
///
/// # Errors
/// When the cryptographic library fails.
pub fn generate() -> Result<KeyPairPem, KeyError> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Failed)?;
    let private: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::Failed)?;
    Ok(KeyPairPem {
        private: Secret::new(pem::write_block(PKCS8_LABEL, private.as_ref())),
        public: public_pem_of(pair.public_key())?,
    })
}

fn public_pem_of(key: &PublicKey) -> Result<String, KeyError> {
    let public: PublicKeyX509Der<'_> = key.as_der().map_err(|_| KeyError::Failed)?;
    Ok(pem::write_block(SPKI_LABEL, public.as_ref()))
}

/// A parsed private key that signs.
pub struct SigningKey(KeyPair);

impl SigningKey {
    /// Reads a private key, PKCS#8 or PKCS#1 in PEM form.
    ///
    /// # Errors
    /// When the text is no RSA private key of 2048 to 8192 bits.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let (label, der) = pem::find_block(text).ok_or(KeyError::NotPem)?;
        let pair = match label {
            PKCS8_LABEL => KeyPair::from_pkcs8(&der),
            PKCS1_PRIVATE_LABEL => KeyPair::from_der(&der),
            _ => return Err(KeyError::OtherKind),
        };
        pair.map(Self).map_err(|_| KeyError::NotRsa)
    }

    /// The signature over `message`: RSASSA-PKCS1-v1_5 with SHA-256, as many bytes as the key has.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn sign_sha256(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .map_err(|_| KeyError::Failed)?;
        Ok(signature)
    }

    /// The public half as `SubjectPublicKeyInfo` in PEM form.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn public_pem(&self) -> Result<String, KeyError> {
        public_pem_of(self.0.public_key())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey([secret])")
    }
}

/// A parsed public key that checks signatures; cloning it is cheap.
#[derive(Clone, Debug)]
pub struct VerifyingKey(ParsedPublicKey);

impl VerifyingKey {
    /// Reads a public key: `SubjectPublicKeyInfo` or PKCS#1 in PEM form.
    ///
    /// # Errors
    /// When the text is no RSA public key of 2048 to 8192 bits.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        if text.len() > LONGEST_PUBLIC_PEM {
            return Err(KeyError::TooLong);
        }
        let (label, der) = pem::find_block(text).ok_or(KeyError::NotPem)?;
        if !matches!(label, SPKI_LABEL | PKCS1_PUBLIC_LABEL) {
            return Err(KeyError::OtherKind);
        }
        let key = PublicKey::from_der(&der).map_err(|_| KeyError::NotRsa)?;
        // The key's own encoding is canonical, so the modulus stands at a known place in it.
        match modulus_bits(key.as_ref()).ok_or(KeyError::NotRsa)? {
            bits if bits < SMALLEST_BITS => return Err(KeyError::TooSmall(bits)),
            bits if bits > LARGEST_BITS => return Err(KeyError::TooLarge(bits)),
            _ => {}
        }
        ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.as_ref())
            .map(Self)
            .map_err(|_| KeyError::NotRsa)
    }

    /// Whether `signature` is this key's RSASSA-PKCS1-v1_5 signature with SHA-256 over `message`.
    #[must_use]
    pub fn verify_sha256(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}

/// The size of the modulus in a DER `RSAPublicKey`: a SEQUENCE whose first INTEGER it is.
fn modulus_bits(der: &[u8]) -> Option<usize> {
    const SEQUENCE: u8 = 0x30;
    const INTEGER: u8 = 0x02;
    let (content, _) = split_element(der, SEQUENCE)?;
    let (modulus, _) = split_element(content, INTEGER)?;
    let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
    let significant = modulus.get(zeros..)?;
    let leading = significant.first()?.leading_zeros();
    Some(significant.len() * 8 - usize::try_from(leading).ok()?)
}

/// Splits a DER element of the kind `tag` into its content and what follows it.
fn split_element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&[found, first], rest) = der.split_first_chunk()?;
    if found != tag {
        return None;
    }
    if first < 0x80 {
        return rest.split_at_checked(first.into());
    }
    let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
    let length = length.iter().try_fold(0_usize, |sum, byte| {
        sum.checked_mul(256)?.checked_add(usize::from(*byte))
    })?;
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const PRIVATE: &str = include_str!("../../tests/fixtures/keys/private.pem");
    const PRIVATE_PKCS1: &str = include_str!("../../tests/fixtures/keys/private_pkcs1.pem");
    const PUBLIC: &str = include_str!("../../tests/fixtures/keys/public.pem");
    const PUBLIC_PKCS1: &str = include_str!("../../tests/fixtures/keys/public_pkcs1.pem");
    const PUBLIC_1024: &str = include_str!("../../tests/fixtures/keys/public_1024.pem");
    const PUBLIC_ED25519: &str = include_str!("../../tests/fixtures/keys/public_ed25519.pem");
    const MESSAGE: &[u8] = b"whimbrel signs this";
    /// Made with `openssl dgst -sha256 -sign private.pem`.
    const SIGNATURE: &str = "aZZh7dW3OZiOK8ypyurTdjihGDoEJsRlZUtntoCBqyTWXMEmCoVS93NlQGUEwbyBZO0A3kfiDZ+h\
        iaJkvavOoBHESkBqZzawegZfWIqBkDHZOaLEQJCcUKHLKTpKRYkuTA1DcOPks7ByxPO1il377ctI\
        NsjMGL0fzrz8389WyEfNjsvvB8y1SclcYXWX4z2seBrHOhj9MggzdZkT8LnUXBRC0ZYIQ8FjQ6sk\
        yry9IM4dIy/jyAjYxPfyVazm36TsnmJsn1iwfWlhF0oFcXsDFiHFGIgLkznE/2jeXemlu+AcNpi9\
        5bzwReeLN0IAhKcagr19RYBIuK9wK9SQ45NRwA==";

    /// A PKCS#1 public key whose modulus has as many bits as asked for and is no product of primes.
    fn public_pem_of_bits(bits: usize) -> String {
        let element = |tag: u8, content: &[u8]| {
            let length = u16::try_from(content.len()).unwrap().to_be_bytes();
            [&[tag, 0x82, length[0], length[1]], content].concat()
        };
        let mut modulus = vec![0xff; bits / 8];
        modulus.insert(0, 0);
        let integers = [element(0x02, &modulus), vec![0x02, 3, 1, 0, 1]].concat();
        pem::write_block(PKCS1_PUBLIC_LABEL, &element(0x30, &integers))
    }

    #[test]
    fn signs_and_verifies_like_openssl() {
        let expected = STANDARD.decode(SIGNATURE).unwrap();
        for text in [PRIVATE, PRIVATE_PKCS1] {
            let key = SigningKey::from_pem(text).unwrap();
            assert_eq!(key.sign_sha256(MESSAGE).unwrap(), expected);
            assert_eq!(key.public_pem().unwrap(), PUBLIC);
            assert!(!format!("{key:?}").contains("BEGIN"));
        }
        for text in [PUBLIC, PUBLIC_PKCS1] {
            let key = VerifyingKey::from_pem(text).unwrap();
            assert!(key.verify_sha256(MESSAGE, &expected));
            assert!(!key.verify_sha256(b"something else", &expected));
            assert!(!key.verify_sha256(MESSAGE, &expected[1..]));
            assert!(!key.verify_sha256(MESSAGE, b""));
            let mut changed = expected.clone();
            changed[100] ^= 1;
            assert!(!key.verify_sha256(MESSAGE, &changed));
        }
    }

    #[test]
    fn new_pairs_work_and_hide_their_private_half() {
        let pair = generate().unwrap();
        let key = SigningKey::from_pem(pair.private.expose()).unwrap();
        let public = VerifyingKey::from_pem(&pair.public).unwrap();
        assert!(public.verify_sha256(MESSAGE, &key.sign_sha256(MESSAGE).unwrap()));
        assert!(!format!("{pair:?}").contains("PRIVATE"));
        assert_ne!(pair.public, generate().unwrap().public);
    }

    #[test]
    fn a15_refuses_keys_that_are_weak_costly_or_of_another_kind() {
        let cases = [
            (PUBLIC_1024.to_owned(), KeyError::TooSmall(1_024)),
            (public_pem_of_bits(2_040), KeyError::TooSmall(2_040)),
            (public_pem_of_bits(8_200), KeyError::TooLarge(8_200)),
            (public_pem_of_bits(16_384), KeyError::TooLarge(16_384)),
            (PUBLIC_ED25519.to_owned(), KeyError::NotRsa),
            (PRIVATE.to_owned(), KeyError::OtherKind),
            (
                PUBLIC.replace("PUBLIC KEY", "CERTIFICATE"),
                KeyError::OtherKind,
            ),
            (PUBLIC.replace("MIIB", "AAAA"), KeyError::NotRsa),
            (PUBLIC.replace("-----END", "-----"), KeyError::NotPem),
            (String::new(), KeyError::NotPem),
            ("x".repeat(LONGEST_PUBLIC_PEM + 1), KeyError::TooLong),
        ];
        for (text, expected) in cases {
            assert_eq!(
                VerifyingKey::from_pem(&text).unwrap_err(),
                expected,
                "{text}"
            );
            assert!(!expected.to_string().is_empty());
        }
        for bits in [2_048, 4_096, 8_192] {
            assert!(
                VerifyingKey::from_pem(&public_pem_of_bits(bits)).is_ok(),
                "{bits}"
            );
        }
    }

    #[test]
    fn private_keys_are_read_only_from_private_blocks() {
        for (text, expected) in [
            (PUBLIC, KeyError::OtherKind),
            ("", KeyError::NotPem),
            (
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
                KeyError::NotRsa,
            ),
        ] {
            assert_eq!(SigningKey::from_pem(text).unwrap_err(), expected, "{text}");
        }
    }
}
