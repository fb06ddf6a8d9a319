//! The keys of actors, of whichever sort: what a key is stands in its own text, and it alone decides how its signatures
//! are made and checked.

use std::fmt;

use super::errors::KeyError;
use super::pem::{self, PKCS8_LABEL, SPKI_LABEL};
use super::{ed25519, rsa};

/// Longest text that is read as a public key, in bytes.
const LONGEST_PUBLIC_PEM: usize = 4_096;

/// A parsed private key that signs.
#[derive(Debug)]
pub enum SigningKey {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rsa(Box<rsa::SigningKey>),
    /// Ed25519.
    Ed25519(ed25519::SigningKey),
}

impl SigningKey {
    /// Reads a private key in PEM form: PKCS#8, for RSA also PKCS#1.
    ///
    /// # Errors
    /// When the text is no private key of these sorts.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        match pem::find_block(text) {
            Some((PKCS8_LABEL, der)) if ed25519::is_private(&der) => {
                ed25519::SigningKey::from_pkcs8(&der).map(Self::Ed25519)
            }
            _ => rsa::SigningKey::from_pem(text).map(|key| Self::Rsa(Box::new(key))),
        }
    }

    /// The signature over `message`.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match self {
            Self::Rsa(key) => key.sign_sha256(message),
            Self::Ed25519(key) => key.sign(message),
        }
    }
}

/// A parsed public key that checks signatures; cloning it is cheap.
#[derive(Clone)]
pub enum VerifyingKey {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rsa(rsa::VerifyingKey),
    /// Ed25519.
    Ed25519(ed25519::VerifyingKey),
}

impl VerifyingKey {
    /// Reads a public key in PEM form: `SubjectPublicKeyInfo`, for RSA also PKCS#1.
    ///
    /// # Errors
    /// When the text is neither an Ed25519 public key nor an RSA public key of 2048 to 8192 bits.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        match find_ed25519(text)? {
            Some(public) => ed25519::VerifyingKey::from_bytes(&public).map(Self::Ed25519),
            None => rsa::VerifyingKey::from_pem(text).map(Self::Rsa),
        }
    }

    /// Whether `signature` is this key's signature over `message`.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa(key) => key.verify_sha256(message, signature),
            Self::Ed25519(key) => key.verify(message, signature),
        }
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa(_) => "VerifyingKey(RSA)",
            Self::Ed25519(_) => "VerifyingKey(Ed25519)",
        })
    }
}

/// Whether a text says that it is an Ed25519 public key; it may still be an impossible one.
#[must_use]
pub fn is_ed25519(text: &str) -> bool {
    matches!(find_ed25519(text), Ok(Some(_)))
}

/// The bytes of an Ed25519 public key in PEM form; none if the text is something else.
pub(super) fn find_ed25519(text: &str) -> Result<Option<Vec<u8>>, KeyError> {
    if text.len() > LONGEST_PUBLIC_PEM {
        return Err(KeyError::TooLong);
    }
    Ok(match pem::find_block(text) {
        Some((SPKI_LABEL, der)) => ed25519::find_public(&der).map(<[u8]>::to_vec),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RSA_PRIVATE: &str = include_str!("../../tests/fixtures/keys/private.pem");
    const RSA_PRIVATE_PKCS1: &str = include_str!("../../tests/fixtures/keys/private_pkcs1.pem");
    const RSA_PUBLIC: &str = include_str!("../../tests/fixtures/keys/public.pem");
    const PUBLIC_ED25519: &str = include_str!("../../tests/fixtures/keys/public_ed25519.pem");

    #[test]
    fn a_key_says_itself_of_which_sort_it_is() {
        let made = ed25519::generate().unwrap();
        for (text, is_rsa) in [
            (RSA_PUBLIC, true),
            (PUBLIC_ED25519, false),
            (made.public.as_str(), false),
        ] {
            let key = VerifyingKey::from_pem(text).unwrap();
            assert_eq!(matches!(key, VerifyingKey::Rsa(_)), is_rsa, "{text}");
            assert_eq!(is_ed25519(text), !is_rsa, "{text}");
        }
        for (text, is_rsa) in [
            (RSA_PRIVATE, true),
            (RSA_PRIVATE_PKCS1, true),
            (made.private.expose().as_str(), false),
        ] {
            let key = SigningKey::from_pem(text).unwrap();
            assert_eq!(matches!(key, SigningKey::Rsa(_)), is_rsa);
            assert!(!format!("{key:?}").contains("BEGIN"));
        }
    }

    #[test]
    fn a15_a_signature_of_the_other_sort_never_fits() {
        let made = ed25519::generate().unwrap();
        let rsa = SigningKey::from_pem(RSA_PRIVATE).unwrap();
        let ed25519 = SigningKey::from_pem(made.private.expose()).unwrap();
        let (rsa, ed25519) = (rsa.sign(b"x").unwrap(), ed25519.sign(b"x").unwrap());
        for (text, signature, expected) in [
            (RSA_PUBLIC, &rsa, true),
            (RSA_PUBLIC, &ed25519, false),
            (&made.public, &ed25519, true),
            (&made.public, &rsa, false),
            (PUBLIC_ED25519, &ed25519, false),
        ] {
            let key = VerifyingKey::from_pem(text).unwrap();
            assert_eq!(key.verify(b"x", signature), expected, "{key:?}");
        }
    }

    #[test]
    fn other_texts_are_no_keys() {
        let long = "x".repeat(LONGEST_PUBLIC_PEM + 1);
        for (text, expected) in [
            ("", KeyError::NotPem),
            (RSA_PRIVATE, KeyError::OtherKind),
            (long.as_str(), KeyError::TooLong),
        ] {
            assert_eq!(VerifyingKey::from_pem(text).unwrap_err(), expected);
        }
        assert_eq!(
            SigningKey::from_pem(RSA_PUBLIC).unwrap_err(),
            KeyError::OtherKind
        );
    }
}
