//! The two cookies of this node: the browser session, and the token of forms before there is a session.
//!
//! With https their names begin with `__Host-`, which browsers accept from this very host only.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc6265>

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderValue};

/// Which cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cookie {
    /// The secret of the browser session.
    Session,
    /// What a form sent before signing in must carry.
    Form,
}

impl Cookie {
    fn name(self, is_https: bool) -> &'static str {
        match (self, is_https) {
            (Self::Session, true) => "__Host-whimbrel_session",
            (Self::Session, false) => "whimbrel_session",
            (Self::Form, true) => "__Host-whimbrel_form",
            (Self::Form, false) => "whimbrel_form",
        }
    }

    /// Its value in a request.
    pub(super) fn read(self, request: &HttpRequest, is_https: bool) -> Option<String> {
        let name = self.name(is_https);
        request
            .headers()
            .get_all(header::COOKIE)
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(known, value)| *known == name && !value.is_empty())
            .map(|(_, value)| value.to_owned())
    }

    /// The header that sets it for `seconds`, or until the browser closes.
    pub(super) fn set(self, value: &str, seconds: Option<i64>, is_https: bool) -> HeaderValue {
        let name = self.name(is_https);
        let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
        let secure = if is_https { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}");
        // The values are base64url, so this never falls back.
        HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}
