//! Ed25519 key pairs of actors: making, reading, signing and checking.
//!
//! They are kept in the same text forms as RSA keys: PKCS#8 and `SubjectPublicKeyInfo`.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc8032>, <https://www.rfc-editor.org/rfc/rfc8410>

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, ParsedPublicKey};

use super::Secret;
use super::errors::KeyError;
use super::pem::{self, KeyPairPem, PKCS8_LABEL, SPKI_LABEL};

/// Bytes of a public key.
pub(super) const PUBLIC_BYTES: usize = 32;
/// What stands before the bytes of a public key in its `SubjectPublicKeyInfo`, which is the same for all keys.
const SPKI_START: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];
/// The identifier of the algorithm as it stands in every key, public and private.
const OID: [u8; 7] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];
/// Where it stands in a PKCS#8 document: behind the outer length and the version.
const OID_IN_PKCS8: std::ops::Range<usize> = 5..12;

/// Makes a new key pair; takes some microseconds.
///
/// # Errors
/// When the cryptographic library fails.
pub fn generate() -> Result<KeyPairPem, KeyError> {
    let pair = Ed25519KeyPair::generate().map_err(|_| KeyError::Failed)?;
    let private = pair.to_pkcs8v1().map_err(|_| KeyError::Failed)?;
    let public = pair.public_key().as_ref();
    Ok(KeyPairPem {
        private: Secret::new(pem::write_block(PKCS8_LABEL, private.as_ref())),
        public: public_pem_of(public),
    })
}

/// The bytes of a public key as `SubjectPublicKeyInfo` in PEM form.
pub(super) fn public_pem_of(public: &[u8]) -> String {
    pem::write_block(SPKI_LABEL, &[&SPKI_START, public].concat())
}

/// The bytes of the public key in a `SubjectPublicKeyInfo`, if it is one of these.
pub(super) fn find_public(der: &[u8]) -> Option<&[u8]> {
    let public = der.strip_prefix(&SPKI_START)?;
    (public.len() == PUBLIC_BYTES).then_some(public)
}

/// Whether a PKCS#8 document says that it holds one of these.
pub(super) fn is_private(der: &[u8]) -> bool {
    der.get(OID_IN_PKCS8) == Some(&OID)
}

/// A parsed private key that signs.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// Reads a private key from a PKCS#8 document.
    pub(super) fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        Ed25519KeyPair::from_pkcs8(der)
            .map(Self)
            .map_err(|_| KeyError::NotEd25519)
    }

    /// The signature over `message`: 64 bytes.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let signature = self.0.try_sign(message).map_err(|_| KeyError::Failed)?;
        Ok(signature.as_ref().to_vec())
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
    /// Reads the 32 bytes of a public key.
    pub(super) fn from_bytes(public: &[u8]) -> Result<Self, KeyError> {
        ParsedPublicKey::new(&ED25519, public)
            .map(Self)
            .map_err(|_| KeyError::NotEd25519)
    }

    /// Whether `signature` is this key's signature over `message`.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, section 7.1, test 2: the public key, the message and its signature.
    const PUBLIC: [u8; 32] = [
        0x3d, 0x40, 0x17, 0xc3, 0xe8, 0x43, 0x89, 0x5a, 0x92, 0xb7, 0x0a, 0xa7, 0x4d, 0x1b, 0x7e,
        0xbc, 0x9c, 0x98, 0x2c, 0xcf, 0x2e, 0xc4, 0x96, 0x8c, 0xc0, 0xcd, 0x55, 0xf1, 0x2a, 0xf4,
        0x66, 0x0c,
    ];
    const MESSAGE: [u8; 1] = [0x72];
    const SIGNATURE: [u8; 64] = [
        0x92, 0xa0, 0x09, 0xa9, 0xf0, 0xd4, 0xca, 0xb8, 0x72, 0x0e, 0x82, 0x0b, 0x5f, 0x64, 0x25,
        0x40, 0xa2, 0xb2, 0x7b, 0x54, 0x16, 0x50, 0x3f, 0x8f, 0xb3, 0x76, 0x22, 0x23, 0xeb, 0xdb,
        0x69, 0xda, 0x08, 0x5a, 0xc1, 0xe4, 0x3e, 0x15, 0x99, 0x6e, 0x45, 0x8f, 0x36, 0x13, 0xd0,
        0xf1, 0x1d, 0x8c, 0x38, 0x7b, 0x2e, 0xae, 0xb4, 0x30, 0x2a, 0xee, 0xb0, 0x0d, 0x29, 0x16,
        0x12, 0xbb, 0x0c, 0x00,
    ];

    #[test]
    fn verifies_as_the_standard_does() {
        let key = VerifyingKey::from_bytes(&PUBLIC).unwrap();
        assert!(key.verify(&MESSAGE, &SIGNATURE));
        assert!(!key.verify(b"s", &SIGNATURE));
        assert!(!key.verify(&MESSAGE, &SIGNATURE[1..]));
        assert!(!key.verify(&MESSAGE, b""));
        let mut changed = SIGNATURE;
        changed[10] ^= 1;
        assert!(!key.verify(&MESSAGE, &changed));
        assert!(VerifyingKey::from_bytes(&PUBLIC[1..]).is_err());
    }

    #[test]
    fn new_pairs_sign_and_hide_their_private_half() {
        let pair = generate().unwrap();
        assert!(!format!("{pair:?}").contains("PRIVATE"));
        assert_ne!(pair.public, generate().unwrap().public);
        let (_, private) = pem::find_block(pair.private.expose()).unwrap();
        assert!(is_private(&private));
        let key = SigningKey::from_pkcs8(&private).unwrap();
        assert_eq!(format!("{key:?}"), "SigningKey([secret])");
        let (_, public) = pem::find_block(&pair.public).unwrap();
        let public = VerifyingKey::from_bytes(find_public(&public).unwrap()).unwrap();
        assert!(public.verify(b"whimbrel", &key.sign(b"whimbrel").unwrap()));
    }
}
