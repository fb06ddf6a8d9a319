//! The headers of every answer: what a browser may do with it, who may keep it, and the number of the request.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use crate::config::Server;
use crate::keys::random;
use crate::web::paths;

/// The number of a request: taken from the client when it is a plain one, else made here. Handlers find it in
/// the request's headers, clients in the answer's.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest number that is taken from a client, in bytes.
const LONGEST_ID: usize = 64;

/// Pictures and sounds may come from elsewhere, as other servers' people's do; nothing else may.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data: https:; \
    media-src 'self' https:; base-uri 'none'; frame-ancestors 'none'";

/// The number of a request.
pub(super) fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let is_plain = |id: &&str| {
        let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(is_fine)
    };
    given
        .filter(is_plain)
        .map_or_else(random::hex_name, str::to_owned)
}

/// Sets what every answer has, unless its route has said otherwise.
pub(super) fn dress(headers: &mut HeaderMap, path: &str, server: &Server) {
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(X_FRAME_OPTIONS, "DENY");
    set(REFERRER_POLICY, "same-origin");
    set(CACHE_CONTROL, "private, no-store");
    if path.starts_with("/api/") {
        set(VARY, "Authorization, Origin");
    }
    if may_insist_on_https(server) {
        set(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if is_html(headers)
        && !headers.contains_key(CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::try_from(page_policy(path, server))
    {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}

fn is_html(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// What pages may load. The decision on the consent page leads to the client's own address, of any scheme, which
/// browsers would refuse if forms were held to this node.
fn page_policy(path: &str, server: &Server) -> String {
    let forms = if path.starts_with(paths::AUTHORIZE) || path == paths::SIGN_IN {
        ""
    } else {
        "; form-action 'self'"
    };
    let policy = format!("{POLICY}{forms}");
    // A node of a closed network meets others that have no https.
    if server.is_https() {
        policy
    } else {
        policy.replace("https:", "https: http:")
    }
}

/// A browser told so for `localhost` would refuse every other program of that computer.
fn may_insist_on_https(server: &Server) -> bool {
    let host = server.host();
    server.is_https() && host != "localhost" && !host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_numbers_are_taken_over() {
        for (given, is_taken) in [
            ("abc-123_X.9", true),
            ("", false),
            ("a b", false),
            ("a\u{e4}", false),
            (&*"a".repeat(65), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(
                REQUEST_ID,
                HeaderValue::from_bytes(given.as_bytes()).unwrap(),
            );
            assert_eq!(request_id(&headers) == given, is_taken, "{given}");
        }
        assert_eq!(request_id(&HeaderMap::new()).len(), 32);
    }

    fn dressed(path: &str, domain: &str, kind: &'static str) -> HeaderMap {
        let server = Server {
            domain: domain.to_owned(),
            https: Some(true),
            ..Server::default()
        };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        dress(&mut headers, path, &server);
        headers
    }

    #[test]
    fn pages_have_a_policy_and_routes_the_last_word() {
        let page = dressed("/", "example.org", "text/html; charset=utf-8");
        let policy = page.get(CONTENT_SECURITY_POLICY).unwrap().to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(policy.ends_with("form-action 'self'"), "{policy}");
        assert!(page.contains_key(STRICT_TRANSPORT_SECURITY));
        let consent = dressed(paths::AUTHORIZE, "alpha.localhost", "text/html");
        let policy = consent.get(CONTENT_SECURITY_POLICY).unwrap();
        assert!(!policy.to_str().unwrap().contains("form-action"));
        assert!(!consent.contains_key(STRICT_TRANSPORT_SECURITY));
        let json = dressed("/api/v1/x", "example.org", "application/json");
        assert!(!json.contains_key(CONTENT_SECURITY_POLICY));
        assert_eq!(json.get(CACHE_CONTROL).unwrap(), "private, no-store");
        let mut own = HeaderMap::new();
        own.insert(
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=15"),
        );
        dress(&mut own, "/", &Server::default());
        assert_eq!(own.get(CACHE_CONTROL).unwrap(), "public, max-age=15");
    }
}
