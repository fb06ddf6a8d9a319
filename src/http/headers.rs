//! Headers: which may be set, which are accepted, and what `Retry-After` says.

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::error::Error;
use crate::clock;

/// Longest block of response headers, in bytes.
pub(super) const MAX_HEADERS: u32 = 64 * 1024;

/// The `Host` header that a request to this URL carries: the name, and the port unless it is the scheme's own.
#[must_use]
pub fn host_header(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Refuses headers that are too long and encodings that nobody asked for.
pub(super) fn check_headers(answer: &reqwest::Response, url: &Url) -> Result<(), Error> {
    let host = || url.host_str().unwrap_or_default().to_owned();
    let length: usize = answer
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    let cap = MAX_HEADERS as usize;
    if length > cap {
        return Err(Error::TooLarge { host: host(), cap });
    }
    match answer.headers().get(header::CONTENT_ENCODING) {
        Some(encoding) if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") => {
            Err(Error::Other {
                host: host(),
                cause: "the answer is compressed, which was not asked for".to_owned(),
            })
        }
        _ => Ok(()),
    }
}

/// Sets headers, save those that the library writes itself.
pub(super) fn set_headers(map: &mut HeaderMap, headers: &[(String, String)]) -> Result<(), Error> {
    for (name, value) in headers {
        if !["host", "content-length", "connection", "transfer-encoding"]
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own))
        {
            set_header(map, name, value)?;
        }
    }
    Ok(())
}

pub(super) fn set_header(map: &mut HeaderMap, name: &str, value: &str) -> Result<(), Error> {
    let refused = || Error::Sign(format!("HTTP does not allow the header {name}"));
    let value = HeaderValue::from_str(value).map_err(|_| refused())?;
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| refused())?;
    map.insert(name, value);
    Ok(())
}

/// What a host asks of signatures.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc9421#section-5.1>
pub(super) const ACCEPT_SIGNATURE: &str = "accept-signature";

/// The value of the first header of that name, if it is plain ASCII.
pub(super) fn find_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Reads `Retry-After`: seconds, or a date, which is compared with the answer's own `Date` if it has one, so that
/// the peer's clock may be wrong.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>
pub(super) fn retry_after(headers: &HeaderMap, now: i64) -> Option<i64> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let value = text(header::RETRY_AFTER)?.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(i64::from(seconds) * clock::SECOND);
    }
    let then = clock::from_http_date(value)?;
    let now = text(header::DATE)
        .and_then(clock::from_http_date)
        .unwrap_or(now);
    Some((then - now).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_retry_after_in_both_forms() {
        let table = [
            ("120", None, Some(120_000)),
            ("0", None, Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", None, Some(37_000)),
            (
                "Sun, 06 Nov 1994 08:49:37 GMT",
                Some("Sun, 06 Nov 1994 08:49:30 GMT"),
                Some(7_000),
            ),
            (
                "Sun, 06 Nov 1994 08:49:37 GMT",
                Some("Mon, 07 Nov 1994 08:49:30 GMT"),
                Some(0),
            ),
            ("soon", None, None),
            ("-5", None, None),
            ("1e9", None, None),
        ];
        for (value, date, expected) in table {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", HeaderValue::from_static(value));
            if let Some(date) = date {
                headers.insert("date", HeaderValue::from_static(date));
            }
            assert_eq!(
                retry_after(&headers, 784_111_740_000),
                expected,
                "{value} {date:?}"
            );
        }
    }

    #[test]
    fn the_host_header_has_a_port_only_if_the_url_needs_one() {
        for (url, expected) in [
            ("https://a.test/x", "a.test"),
            ("https://a.test:443/x", "a.test"),
            ("https://a.test:8443/x", "a.test:8443"),
            ("http://alpha.localhost:8081/", "alpha.localhost:8081"),
            ("http://[::1]:81/", "[::1]:81"),
        ] {
            assert_eq!(host_header(&Url::parse(url).unwrap()), expected);
        }
    }
}
