//! Short texts that are stored so that whoever sees only their row cannot read them: AES-256-GCM with a random nonce.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::random;

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;

/// A key that seals and opens.
pub struct Key([u8; KEY_BYTES]);

/// A text that cannot be opened: another key or another place, or it was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unopened;

impl Key {
    /// Wraps a key.
    #[must_use]
    pub const fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    fn cipher(&self) -> Result<LessSafeKey, Unopened> {
        let key = UnboundKey::new(&AES_256_GCM, &self.0).map_err(|_| Unopened)?;
        Ok(LessSafeKey::new(key))
    }

    /// Seals a text for one place, which opening it must name again.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn seal(&self, place: &[u8], text: &str) -> Result<String, Unopened> {
        let nonce = random::bytes::<NONCE_LEN>();
        let mut sealed = text.as_bytes().to_vec();
        self.cipher()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place),
                &mut sealed,
            )
            .map_err(|_| Unopened)?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// When it was sealed with another key or for another place, or was changed.
    pub fn open(&self, place: &[u8], sealed: &str) -> Result<String, Unopened> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Unopened)?;
        let (nonce, sealed) = bytes.split_first_chunk().ok_or(Unopened)?;
        let nonce: [u8; NONCE_LEN] = *nonce;
        let mut text = sealed.to_vec();
        let text = self
            .cipher()?
            .open_in_place(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place),
                &mut text,
            )
            .map_err(|_| Unopened)?;
        String::from_utf8(text.to_vec()).map_err(|_| Unopened)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_opens_at_the_same_place() {
        let (key, other) = (Key::new([1; KEY_BYTES]), Key::new([2; KEY_BYTES]));
        let sealed = key.seal(b"7", "a secret").unwrap();
        assert_ne!(key.seal(b"7", "a secret").unwrap(), sealed);
        assert_eq!(key.open(b"7", &sealed).unwrap(), "a secret");
        let mut changed = sealed.clone();
        changed.replace_range(20..21, if changed.contains('A') { "B" } else { "A" });
        for (key, place, sealed) in [
            (&key, b"8", sealed.as_str()),
            (&other, b"7", sealed.as_str()),
            (&key, b"7", changed.as_str()),
            (&key, b"7", "AAAA"),
            (&key, b"7", ""),
        ] {
            assert_eq!(key.open(place, sealed), Err(Unopened), "{sealed}");
        }
    }
}
