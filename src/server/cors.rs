//! Which answers programs in browsers may read: those of the client API and of discovery, for every origin
//! and without cookies. Pages on which somebody is signed in by cookie are not among them.
//!
//! Source: <https://fetch.spec.whatwg.org/#http-cors-protocol>

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::{
    self, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue,
};

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE, OPTIONS");
const ANY: HeaderValue = HeaderValue::from_static("*");
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id, Retry-After, \
     Mastodon-Async-Refresh",
);
const USUAL_HEADERS: HeaderValue =
    HeaderValue::from_static("Authorization, Content-Type, Idempotency-Key");
/// How long a browser may remember the answer to a preflight, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// Whether programs of every origin may read what is answered on this path.
pub(super) fn is_open(path: &str) -> bool {
    let is_document = path.starts_with("/users/") || path.starts_with("/@");
    path.starts_with("/api/")
        || path.starts_with("/.well-known/")
        || path.starts_with("/nodeinfo/")
        || is_document
        || matches!(path, "/oauth/token" | "/oauth/revoke" | "/oauth/userinfo")
}

/// Whether a request is a browser's question whether it may send another one.
pub(super) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to such a question. The headers are repeated by name, as `*` does not cover `Authorization`.
pub(super) fn preflight(headers: &HeaderMap) -> HttpResponse {
    let asked = headers.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    HttpResponse::Ok()
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, METHODS))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, asked.unwrap_or(USUAL_HEADERS)))
        .insert_header((ACCESS_CONTROL_MAX_AGE, MAX_AGE))
        .insert_header((header::VARY, "Access-Control-Request-Headers"))
        .finish()
}

/// Opens an answer to programs of every origin; error answers too, or clients could not tell them apart.
pub(super) fn open(headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_behind_a_cookie_stay_closed() {
        for (path, expected) in [
            ("/api/v1/instance", true),
            ("/.well-known/webfinger", true),
            ("/nodeinfo/2.0", true),
            ("/oauth/token", true),
            ("/oauth/revoke", true),
            ("/oauth/userinfo", true),
            ("/users/alice", true),
            ("/@alice", true),
            ("/oauth/authorize", false),
            ("/auth/sign_in", false),
            ("/settings", false),
            ("/", false),
            ("/apix", false),
        ] {
            assert_eq!(is_open(path), expected, "{path}");
        }
    }
}
