//! The keys of whoever a message is for, as a browser or an app gave them.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc8291#section-3.1>

use std::fmt;

use aws_lc_rs::agreement::{ECDH_P256, ParsedPublicKey, UnparsedPublicKey};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Bytes of an uncompressed point on P-256.
pub(super) const POINT_BYTES: usize = 65;
/// Bytes of the secret that only subscriber and sender know.
pub(super) const SECRET_BYTES: usize = 16;
/// Longest text that is looked at, in bytes.
const LONGEST_TEXT: usize = 256;

/// Clients pad or do not, and some leave bits behind the last byte.
const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What a message is encrypted for.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    pub(super) point: [u8; POINT_BYTES],
    pub(super) secret: [u8; SECRET_BYTES],
}

/// Why keys cannot be used, as the end of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadKey {
    /// The public key is no base64 of 65 bytes.
    PublicKey,
    /// The public key is no point on the curve.
    NotOnCurve,
    /// The secret is no base64 of 16 bytes.
    Secret,
}

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PublicKey => "p256dh must be the base64 of 65 bytes, an uncompressed point",
            Self::NotOnCurve => "p256dh is no point on the curve P-256",
            Self::Secret => "auth must be the base64 of 16 bytes",
        })
    }
}

impl std::error::Error for BadKey {}

impl Recipient {
    /// Reads the two keys of a subscription: base64 or base64url, padded or not.
    ///
    /// # Errors
    /// Says which of them is wrong, and how.
    pub fn parse(public_key: &str, secret: &str) -> Result<Self, BadKey> {
        let point = decode(public_key).ok_or(BadKey::PublicKey)?;
        if point.first() != Some(&4) {
            return Err(BadKey::PublicKey);
        }
        let on_curve = ParsedPublicKey::try_from(UnparsedPublicKey::new(&ECDH_P256, &point));
        on_curve.map_err(|_| BadKey::NotOnCurve)?;
        Ok(Self {
            point,
            secret: decode(secret).ok_or(BadKey::Secret)?,
        })
    }

    /// The public key as base64url without padding.
    #[must_use]
    pub fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.point)
    }

    /// The secret as base64url without padding.
    #[must_use]
    pub fn secret(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.secret)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient").finish_non_exhaustive()
    }
}

fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() > LONGEST_TEXT {
        return None;
    }
    // A plus sign that a form did not escape arrives as a space.
    let text = text.trim().replace(['+', ' '], "-").replace('/', "_");
    TOLERANT.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The subscriber of RFC 8291, section 5.
    const KEY: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const SECRET: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    #[test]
    fn keys_are_read_in_every_spelling() {
        let expected = Recipient::parse(KEY, SECRET).unwrap();
        assert_eq!(
            (expected.public_key(), expected.secret()),
            (KEY.into(), SECRET.into())
        );
        let plain = |text: &str| text.replace('-', "+").replace('_', "/");
        for (key, secret) in [
            (format!("{KEY}="), format!("{SECRET}==")),
            (plain(KEY), plain(SECRET)),
            (format!("{}=", plain(KEY)), format!("{}==\n", plain(SECRET))),
            (KEY.replace('-', " "), SECRET.to_owned()),
        ] {
            assert_eq!(
                Recipient::parse(&key, &secret),
                Ok(expected.clone()),
                "{key}"
            );
        }
    }

    #[test]
    fn bad_keys_are_named() {
        let off_curve = format!("{}A", &KEY[..KEY.len() - 2]);
        let off_curve = format!("{off_curve}A");
        let compressed = format!("Ag{}", &KEY[2..]);
        let long = "A".repeat(300);
        for (key, secret, expected) in [
            ("", SECRET, BadKey::PublicKey),
            ("?", SECRET, BadKey::PublicKey),
            (&KEY[..80], SECRET, BadKey::PublicKey),
            (&long, SECRET, BadKey::PublicKey),
            (&compressed, SECRET, BadKey::PublicKey),
            (&off_curve, SECRET, BadKey::NotOnCurve),
            (KEY, "", BadKey::Secret),
            (KEY, "AAAA", BadKey::Secret),
            (KEY, KEY, BadKey::Secret),
        ] {
            assert_eq!(
                Recipient::parse(key, secret),
                Err(expected),
                "{key} {secret}"
            );
        }
    }

    #[test]
    fn keys_are_not_printed() {
        let shown = format!("{:?}", Recipient::parse(KEY, SECRET).unwrap());
        assert_eq!(shown, "Recipient { .. }");
    }
}
