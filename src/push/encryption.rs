//! The two ways to encrypt a message: the standard (`aes128gcm`), and the draft before it (`aesgcm`), which older clients
//! still ask for.
//!
//! Sources: <https://www.rfc-editor.org/rfc/rfc8291>, <https://www.rfc-editor.org/rfc/rfc8188>,
//! <https://datatracker.ietf.org/doc/html/draft-ietf-webpush-encryption-04>,
//! <https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-encryption-encoding-03>

use std::fmt;

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::hkdf::{self, HKDF_SHA256, Prk};

use super::recipients::{POINT_BYTES, Recipient};
use crate::keys::random;

/// Bytes of the salt of each message.
const SALT_BYTES: usize = 16;
/// Bytes of the key that encrypts.
const KEY_BYTES: usize = 16;
/// Bytes of a nonce.
const NONCE_BYTES: usize = 12;
/// The size of a record that the head of a message states; a message is one record.
const RECORD_SIZE: u32 = 4_096;

/// How a message is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// RFC 8291: the head of the body carries salt and public key.
    Standard,
    /// The draft before it: salt and public key are headers.
    Draft,
}

/// The cryptographic library failed, or the recipient's key is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unencryptable;

impl fmt::Display for Unencryptable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the message could not be encrypted")
    }
}

impl std::error::Error for Unencryptable {}

impl From<aws_lc_rs::error::Unspecified> for Unencryptable {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self
    }
}

/// What is made anew for each message.
pub(super) struct Once {
    key: PrivateKey,
    point: [u8; POINT_BYTES],
    salt: [u8; SALT_BYTES],
}

impl Once {
    pub(super) fn new() -> Result<Self, Unencryptable> {
        Self::of(PrivateKey::generate(&ECDH_P256)?, random::bytes())
    }

    fn of(key: PrivateKey, salt: [u8; SALT_BYTES]) -> Result<Self, Unencryptable> {
        let point = key.compute_public_key()?;
        let point = point.as_ref().try_into().map_err(|_| Unencryptable)?;
        Ok(Self { key, point, salt })
    }
}

/// An encrypted message.
pub(super) struct Encrypted {
    pub(super) body: Vec<u8>,
    pub(super) salt: [u8; SALT_BYTES],
    pub(super) point: [u8; POINT_BYTES],
}

/// Encrypts a message for one recipient.
pub(super) fn encrypt(
    coding: Coding,
    recipient: &Recipient,
    text: &[u8],
    once: &Once,
) -> Result<Encrypted, Unencryptable> {
    let theirs = UnparsedPublicKey::new(&ECDH_P256, &recipient.point);
    let shared = agreement::agree(&once.key, theirs, Unencryptable, |shared| {
        Ok(shared.to_vec())
    })?;
    let body = match coding {
        Coding::Standard => standard(recipient, text, once, &shared)?,
        Coding::Draft => draft(recipient, text, once, &shared)?,
    };
    Ok(Encrypted {
        body,
        salt: once.salt,
        point: once.point,
    })
}

fn standard(
    recipient: &Recipient,
    text: &[u8],
    once: &Once,
    shared: &[u8],
) -> Result<Vec<u8>, Unencryptable> {
    let info: [&[u8]; 3] = [b"WebPush: info\0", &recipient.point, &once.point];
    let input: [u8; 32] = expand(&extract(&recipient.secret, shared), &info)?;
    let prk = extract(&once.salt, &input);
    let key = expand(&prk, &[b"Content-Encoding: aes128gcm\0"])?;
    let nonce = expand(&prk, &[b"Content-Encoding: nonce\0"])?;
    // The text ends with a 2, which says that this is the last record.
    let record = seal(key, nonce, [text, &[2]].concat())?;
    let length = u8::try_from(POINT_BYTES).map_err(|_| Unencryptable)?;
    let size = RECORD_SIZE.to_be_bytes();
    Ok([&once.salt, size.as_slice(), &[length], &once.point, &record].concat())
}

fn draft(
    recipient: &Recipient,
    text: &[u8],
    once: &Once,
    shared: &[u8],
) -> Result<Vec<u8>, Unencryptable> {
    let auth: [u8; 32] = expand(
        &extract(&recipient.secret, shared),
        &[b"Content-Encoding: auth\0"],
    )?;
    let prk = extract(&once.salt, &auth);
    let length = u16::try_from(POINT_BYTES)
        .map_err(|_| Unencryptable)?
        .to_be_bytes();
    let context = |purpose: &'static [u8]| -> [&[u8]; 6] {
        let (theirs, ours) = (&recipient.point, &once.point);
        [purpose, b"P-256\0", &length, theirs, &length, ours]
    };
    let key = expand(&prk, &context(b"Content-Encoding: aesgcm\0"))?;
    let nonce = expand(&prk, &context(b"Content-Encoding: nonce\0"))?;
    // Two bytes say how much padding follows them: none.
    seal(key, nonce, [&[0, 0], text].concat())
}

fn extract(salt: &[u8], secret: &[u8]) -> Prk {
    hkdf::Salt::new(HKDF_SHA256, salt).extract(secret)
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(prk: &Prk, info: &[&[u8]]) -> Result<[u8; N], Unencryptable> {
    let mut out = [0; N];
    prk.expand(info, Length(N))?.fill(&mut out)?;
    Ok(out)
}

fn seal(
    key: [u8; KEY_BYTES],
    nonce: [u8; NONCE_BYTES],
    mut text: Vec<u8>,
) -> Result<Vec<u8>, Unencryptable> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
    // The key is made for this one message.
    let nonce = Nonce::assume_unique_for_key(nonce);
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    fn once(key: &str, salt: &str) -> Once {
        let key = PrivateKey::from_private_key(&ECDH_P256, &bytes(key)).unwrap();
        Once::of(key, bytes(salt).try_into().unwrap()).unwrap()
    }

    /// The example of RFC 8291, section 5.
    #[test]
    fn the_example_of_the_standard_comes_out() {
        let recipient = Recipient::parse(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
        );
        let once = once(
            "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
            "DGv6ra1nlYgDCS1FRnbzlw",
        );
        let text = b"When I grow up, I want to be a watermelon";
        let made = encrypt(Coding::Standard, &recipient.unwrap(), text, &once).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml\
                        mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT\
                        pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(made.body), expected);
    }

    /// What the Python package `http_ece` 1.2.1 makes of the same keys, salt and text.
    #[test]
    fn the_draft_is_as_another_program_makes_it() {
        let recipient = Recipient::parse(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
        );
        let once = once(
            "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
            "DGv6ra1nlYgDCS1FRnbzlw",
        );
        let text = b"When I grow up, I want to be a watermelon";
        let made = encrypt(Coding::Draft, &recipient.unwrap(), text, &once).unwrap();
        let expected =
            "4qwOLFm_mNy0vf1A8f3Bm6B5UD15y3aV_xZy14pixUhcPTIoZKHzq5i3dZ6PzqSMxBI_-VDUZ4jW04M";
        assert_eq!(URL_SAFE_NO_PAD.encode(made.body), expected);
    }

    #[test]
    fn no_two_messages_are_equal() {
        let (a, b) = (Once::new().unwrap(), Once::new().unwrap());
        assert_ne!((a.salt, a.point), (b.salt, b.point));
    }
}
