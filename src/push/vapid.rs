//! Who sends: a signed statement that push services check, and through which they reach the operator.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc8292>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use url::Url;

use crate::clock::{HOUR, SECOND};
use crate::keys::ecdsa::{KeyError, SigningKey};

/// How long a statement is good for, in milliseconds: the standard allows a day, and clocks differ.
const LASTS: i64 = 12 * HOUR;

#[derive(Serialize)]
struct Header {
    typ: &'static str,
    alg: &'static str,
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: String,
    exp: i64,
    sub: &'a str,
}

/// The statement for the push service at `endpoint`, at the instant `now` (milliseconds); `contact` is a `mailto:` or
/// `https:` URL.
pub(super) fn token(
    key: &SigningKey,
    endpoint: &Url,
    contact: &str,
    now: i64,
) -> Result<String, KeyError> {
    let header = Header {
        typ: "JWT",
        alg: "ES256",
    };
    let claims = Claims {
        aud: endpoint.origin().ascii_serialization(),
        exp: (now + LASTS) / SECOND,
        sub: contact,
    };
    let part = |json: serde_json::Result<Vec<u8>>| {
        let json = json.map_err(|_| KeyError::Failed)?;
        Ok(URL_SAFE_NO_PAD.encode(json))
    };
    let header = part(serde_json::to_vec(&header))?;
    let claims = part(serde_json::to_vec(&claims))?;
    let signed = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes())?);
    Ok(format!("{signed}.{signature}"))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use serde_json::{Value, json};

    use super::*;
    use crate::keys::ecdsa;

    #[test]
    fn a_statement_names_the_service_and_ends() {
        let key = SigningKey::from_text(ecdsa::generate().unwrap().expose()).unwrap();
        let endpoint =
            Url::parse("https://push.example.net/p/JzLQ3raZJfFBR0aqvOMsLrt54w4").unwrap();
        let now = 1_453_480_768_000;
        let token = token(&key, &endpoint, "mailto:push@example.com", now).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let read = |part: &str| -> Value {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        assert_eq!(read(parts[0]), json!({"typ": "JWT", "alg": "ES256"}));
        let expected = json!({
            "aud": "https://push.example.net", "exp": 1_453_523_968, "sub": "mailto:push@example.com",
        });
        assert_eq!(read(parts[1]), expected);
        let public = URL_SAFE_NO_PAD.decode(key.public_text()).unwrap();
        let signed = format!("{}.{}", parts[0], parts[1]);
        let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public)
            .verify(signed.as_bytes(), &signature)
            .unwrap();
    }
}
