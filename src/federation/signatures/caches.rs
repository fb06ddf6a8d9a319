//! Parsed keys, kept so that a request costs one signature and no parsing; bounded in number.
//!
//! An entry is found by key id and text together: a key that was replaced is never answered from here,
//! nor one that was first seen under another id.

use std::fmt;
use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::keys::actors::{SigningKey, VerifyingKey};
use crate::keys::digests::sha256;
use crate::keys::{KeyError, Secret};

/// How many peers' public keys a node usually keeps; around 2 KiB each.
pub const VERIFYING_KEYS: usize = 4_096;
/// How many of its own actors' private keys a node usually keeps; around 5 KiB each.
pub const SIGNING_KEYS: usize = 1_024;

/// A hash over key id and text.
type Place = [u8; 32];

fn place_of(key_id: &str, pem: &str) -> Place {
    // The length keeps the end of the one apart from the start of the other.
    let mut both = Vec::with_capacity(8 + key_id.len() + pem.len());
    both.extend_from_slice(&key_id.len().to_be_bytes());
    both.extend_from_slice(key_id.as_bytes());
    both.extend_from_slice(pem.as_bytes());
    sha256(&both)
}

/// Peers' parsed public keys.
pub struct VerifyingKeys(Cache<Place, VerifyingKey>);

impl VerifyingKeys {
    /// A cache for at most `capacity` keys.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self(Cache::new(capacity))
    }

    /// The parsed form of the key `key_id` whose PEM text is `pem`.
    ///
    /// # Errors
    /// When the text is no public key that is accepted; failures are not kept.
    pub fn parse(&self, key_id: &str, pem: &str) -> Result<VerifyingKey, KeyError> {
        self.0
            .get_or_insert_with(&place_of(key_id, pem), || VerifyingKey::from_pem(pem))
    }
}

impl Default for VerifyingKeys {
    fn default() -> Self {
        Self::new(VERIFYING_KEYS)
    }
}

impl fmt::Debug for VerifyingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKeys({})", self.0.len())
    }
}

/// Our own actors' parsed private keys.
pub struct SigningKeys(Cache<Place, Arc<SigningKey>>);

impl SigningKeys {
    /// A cache for at most `capacity` keys.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self(Cache::new(capacity))
    }

    /// The parsed form of the key `key_id` whose PEM text is `pem`.
    ///
    /// # Errors
    /// When the text is no private key; failures are not kept.
    pub fn parse(&self, key_id: &str, pem: &Secret<String>) -> Result<Arc<SigningKey>, KeyError> {
        let pem = pem.expose();
        self.0.get_or_insert_with(&place_of(key_id, pem), || {
            SigningKey::from_pem(pem).map(Arc::new)
        })
    }
}

impl Default for SigningKeys {
    fn default() -> Self {
        Self::new(SIGNING_KEYS)
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKeys({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE: &str = include_str!("../../../tests/fixtures/keys/private.pem");
    const PUBLIC: &str = include_str!("../../../tests/fixtures/keys/public.pem");
    const PUBLIC_1024: &str = include_str!("../../../tests/fixtures/keys/public_1024.pem");

    #[test]
    fn a17_a_kept_key_answers_only_for_its_own_id_and_text() {
        let keys = VerifyingKeys::default();
        keys.parse("https://a.test/u#k", PUBLIC).unwrap();
        assert_eq!(keys.0.len(), 1);
        keys.parse("https://a.test/u#k", PUBLIC).unwrap();
        assert_eq!(keys.0.len(), 1);
        keys.parse("https://b.test/u#k", PUBLIC).unwrap();
        assert_eq!(keys.0.len(), 2);
        assert!(keys.parse("https://a.test/u#k", PUBLIC_1024).is_err());
        assert_eq!(keys.0.len(), 2);
        assert_ne!(place_of("ab", "c"), place_of("a", "bc"));
    }

    #[test]
    fn private_keys_are_parsed_once() {
        let keys = SigningKeys::default();
        let pem = Secret::new(PRIVATE.to_owned());
        let (a, b) = (
            keys.parse("k", &pem).unwrap(),
            keys.parse("k", &pem).unwrap(),
        );
        assert!(Arc::ptr_eq(&a, &b));
        assert!(!format!("{keys:?}").contains("BEGIN"));
    }

    #[test]
    fn caches_stay_within_their_bounds() {
        let keys = VerifyingKeys::new(10);
        for number in 0..100 {
            keys.parse(&format!("https://a.test/{number}"), PUBLIC)
                .unwrap();
        }
        assert!((1..=10).contains(&keys.0.len()), "{keys:?}");
    }
}
