//! Access tokens as the token endpoint hands them out.

use serde::Serialize;

/// An access token; not `Debug`, as it is a secret.
///
/// Source: <https://docs.joinmastodon.org/entities/Token/>
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Token {
    /// The token itself.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// The granted scopes, separated by spaces.
    pub scope: String,
    /// When it was made, in seconds since the Unix epoch.
    pub created_at: i64,
}

impl Token {
    /// The bearer token `access_token` for `scope`, made at `created_at` (milliseconds).
    #[must_use]
    pub fn bearer(access_token: String, scope: String, created_at: i64) -> Self {
        Self {
            access_token,
            token_type: "Bearer",
            scope,
            created_at: created_at.div_euclid(1_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_tells_its_age_in_seconds() {
        let token = Token::bearer("abc".into(), "read write".into(), 1_999);
        let expected = json!({
            "access_token": "abc", "token_type": "Bearer", "scope": "read write", "created_at": 1,
        });
        assert_eq!(json!(token), expected);
    }
}
