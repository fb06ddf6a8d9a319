//! The node's key pair on the curve P-256, with which it signs what it sends to push services (ES256).
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc7518#section-3.4>

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Secret, sealing};

/// What the key is derived for that seals with the same secret.
const SEALING: &[u8] = b"whimbrel: what belongs to the key of the node";

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// The text is no private key on P-256.
    Unreadable,
    /// The cryptographic library refused to make a key or a signature.
    Failed,
}

impl std::fmt::Display for KeyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "the text is no private key on the curve P-256",
            Self::Failed => "the cryptographic library failed",
        })
    }
}

impl std::error::Error for KeyError {}

/// Makes a new private key: PKCS#8 as base64url.
///
/// # Errors
/// When the cryptographic library fails.
pub fn generate() -> Result<Secret<String>, KeyError> {
    let pair =
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| KeyError::Failed)?;
    let document = pair.to_pkcs8v1().map_err(|_| KeyError::Failed)?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(document.as_ref())))
}

/// A private key that signs, and from which another is derived that seals.
pub struct SigningKey {
    pair: EcdsaKeyPair,
    sealing: sealing::Key,
}

impl SigningKey {
    /// Reads what [`generate`] made.
    ///
    /// # Errors
    /// When the text is no private key on P-256.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let bytes = URL_SAFE_NO_PAD.decode(text);
        let bytes = bytes.map_err(|_| KeyError::Unreadable)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &bytes)
            .map_err(|_| KeyError::Unreadable)?;
        let mut sealing = [0; sealing::KEY_BYTES];
        Salt::none(HKDF_SHA256)
            .extract(&bytes)
            .expand(&[SEALING], HKDF_SHA256)
            .and_then(|derived| derived.fill(&mut sealing))
            .map_err(|_| KeyError::Failed)?;
        Ok(Self {
            pair,
            sealing: sealing::Key::new(sealing),
        })
    }

    /// The public key: an uncompressed point (65 bytes) as base64url without padding.
    #[must_use]
    pub fn public_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.pair.public_key())
    }

    /// The signature over a message: 64 bytes.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let digest = digest(&SHA256, message);
        let signature = self.pair.sign_digest(&digest);
        Ok(signature.map_err(|_| KeyError::Failed)?.as_ref().to_vec())
    }

    /// The key that seals what only this node reads again.
    #[must_use]
    pub fn sealing(&self) -> &sealing::Key {
        &self.sealing
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn a_key_signs_after_it_was_read_again() {
        let text = generate().unwrap();
        let (key, again) = (
            SigningKey::from_text(text.expose()).unwrap(),
            SigningKey::from_text(text.expose()).unwrap(),
        );
        assert_eq!(key.public_text(), again.public_text());
        let public = URL_SAFE_NO_PAD.decode(key.public_text()).unwrap();
        assert_eq!((public.len(), public[0]), (65, 4));
        let signature = again.sign(b"a message").unwrap();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public);
        assert!(public.verify(b"a message", &signature).is_ok());
        assert!(public.verify(b"another", &signature).is_err());
        let sealed = key.sealing().seal(b"7", "a token").unwrap();
        assert_eq!(again.sealing().open(b"7", &sealed).unwrap(), "a token");
    }

    #[test]
    fn other_texts_are_no_keys() {
        for text in ["", "x", "AAAA", "not base64!"] {
            let read = SigningKey::from_text(text);
            assert_eq!(read.err(), Some(KeyError::Unreadable), "{text}");
        }
    }
}
