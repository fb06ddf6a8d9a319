//! A message as it is posted to a push service: headers and body.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc8030#section-5>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::Url;

use super::encryption::{Coding, Encrypted, Once, Unencryptable, encrypt};
use super::recipients::Recipient;
use super::vapid;
use crate::keys::ecdsa::SigningKey;

/// Longest text of a message, in bytes: push services take 4,096 bytes of body, of which 103 are not text.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc8291#section-4>
pub const LONGEST: usize = 3_993;

/// Who sends.
pub struct Sender<'a> {
    /// The node's key.
    pub key: &'a SigningKey,
    /// How push services reach the operator: a `mailto:` or `https:` URL.
    pub contact: &'a str,
    /// The present instant, in milliseconds.
    pub now: i64,
}

/// A request that is ready to be posted. It is not shown: its headers are as good as a password for the push service.
pub struct Message {
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Encrypts a text for one recipient and says how long (`ttl`, in seconds) the push service may keep it.
///
/// # Errors
/// When the text is longer than [`LONGEST`], or the cryptographic library fails.
pub fn prepare(
    sender: &Sender<'_>,
    endpoint: &Url,
    (coding, recipient): (Coding, &Recipient),
    text: &[u8],
    ttl: i64,
) -> Result<Message, Unencryptable> {
    if text.len() > LONGEST {
        return Err(Unencryptable);
    }
    let made = encrypt(coding, recipient, text, &Once::new()?)?;
    let token = vapid::token(sender.key, endpoint, sender.contact, sender.now);
    let token = token.map_err(|_| Unencryptable)?;
    let public_key = sender.key.public_text();
    let mut headers = vec![
        header("Content-Type", "application/octet-stream"),
        header("TTL", ttl.to_string()),
        header("Urgency", "normal"),
    ];
    headers.extend(match coding {
        Coding::Standard => standard_headers(&token, &public_key),
        Coding::Draft => draft_headers(&made, &token, &public_key),
    });
    Ok(Message {
        headers,
        body: made.body,
    })
}

fn header(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

fn standard_headers(token: &str, public_key: &str) -> Vec<(String, String)> {
    vec![
        header("Content-Encoding", "aes128gcm"),
        header("Authorization", format!("vapid t={token},k={public_key}")),
    ]
}

/// Source: <https://datatracker.ietf.org/doc/html/draft-ietf-webpush-vapid-01>
fn draft_headers(made: &Encrypted, token: &str, public_key: &str) -> Vec<(String, String)> {
    let (salt, point) = (
        URL_SAFE_NO_PAD.encode(made.salt),
        URL_SAFE_NO_PAD.encode(made.point),
    );
    vec![
        header("Content-Encoding", "aesgcm"),
        header("Encryption", format!("salt={salt}")),
        header("Crypto-Key", format!("dh={point};p256ecdsa={public_key}")),
        header("Authorization", format!("WebPush {token}")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::ecdsa;

    #[test]
    fn a_message_is_as_long_as_services_take_and_no_longer() {
        let key = SigningKey::from_text(ecdsa::generate().unwrap().expose()).unwrap();
        let sender = Sender {
            key: &key,
            contact: "mailto:a@b.test",
            now: 0,
        };
        let recipient = Recipient::parse(&key.public_text(), "BTBZMqHH6r4Tts7J_aSIgg").unwrap();
        let endpoint = Url::parse("https://push.test/1").unwrap();
        for coding in [Coding::Standard, Coding::Draft] {
            let long = vec![b'x'; LONGEST];
            let made = prepare(&sender, &endpoint, (coding, &recipient), &long, 9).unwrap();
            assert!(made.body.len() <= 4_096, "{}", made.body.len());
            let ttl = made.headers.iter().find(|(name, _)| name == "TTL");
            assert_eq!(ttl.unwrap().1, "9");
            let longer = vec![b'x'; LONGEST + 1];
            let made = prepare(&sender, &endpoint, (coding, &recipient), &longer, 9);
            assert_eq!(made.err(), Some(Unencryptable));
        }
    }
}
