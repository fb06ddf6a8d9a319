//! A signature that passed every check but its own: which key it names, and what that key must have signed.

use super::refusals::Refusal;
use crate::keys::actors::VerifyingKey;

/// Which keys an algorithm fits that a request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fits {
    /// Whatever the key is.
    Any,
    /// RSA keys only.
    Rsa,
    /// Ed25519 keys only.
    Ed25519,
}

/// A text that may have been signed.
#[derive(Debug)]
pub(super) enum Signed {
    /// As the library puts it together.
    ByLibrary(http_signatures::verify::Unverified),
    /// As it stands.
    Text(String),
}

/// A request that passed every check but that of the signature itself.
#[derive(Debug)]
pub struct Unverified {
    pub(super) key_id: String,
    pub(super) signature: Vec<u8>,
    pub(super) fits: Fits,
    pub(super) candidates: Vec<Signed>,
}

impl Unverified {
    /// The id of the key that the peer says it signed with; nothing is proven by it yet.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Checks the signature itself; the caller says whose key that is. How it is checked is the key's own: what the
    /// request names must fit it.
    ///
    /// # Errors
    /// When the key did not make this signature over this request.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), Refusal> {
        let is_of_sort = match self.fits {
            Fits::Any => true,
            Fits::Rsa => matches!(key, VerifyingKey::Rsa(_)),
            Fits::Ed25519 => matches!(key, VerifyingKey::Ed25519(_)),
        };
        let is_signed = |text: &str| key.verify(text.as_bytes(), &self.signature);
        let fits = |candidate: &Signed| match candidate {
            Signed::ByLibrary(text) => text.verify(|_, text| is_signed(text)),
            Signed::Text(text) => is_signed(text),
        };
        if is_of_sort && self.candidates.iter().any(fits) {
            Ok(())
        } else {
            Err(Refusal::WrongSignature)
        }
    }
}
