//! Origins: which server may speak for an id.
//!
//! Two ids have the same origin when scheme, host and port are equal. An actor may only speak of things on its own
//! origin; everything else it sends is a reference to be fetched. Source:
//! <https://codeberg.org/fediverse/fep/src/branch/main/fep/fe34/fep-fe34.md>.

use url::{Host, Url};

use super::caps;
use super::rejects::Reject;

/// Scheme, host and port of an http(s) URL.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origin {
    /// The origin of a URL, or none when it is no usable http(s) URL (see [`is_usable`]).
    #[must_use]
    pub fn of(url: &str) -> Option<Self> {
        let url = parse_usable(url)?;
        Some(Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str()?.to_owned(),
            port: url.port_or_known_default()?,
        })
    }

    /// Whether a URL lies on this origin.
    #[must_use]
    pub fn has(&self, url: &str) -> bool {
        Self::of(url).as_ref() == Some(self)
    }

    /// The host, lower-case, international names in their ASCII form.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host and, unless it is the scheme's own, the port: the domain part of a handle.
    #[must_use]
    pub fn authority(&self) -> String {
        match (self.scheme.as_str(), self.port) {
            ("https", 443) | ("http", 80) => self.host.clone(),
            (_, port) => format!("{}:{port}", self.host),
        }
    }
}

/// Whether two URLs are usable and equal in scheme, host and port.
#[must_use]
pub fn is_same_origin(a: &str, b: &str) -> bool {
    Origin::of(a).is_some_and(|origin| origin.has(b))
}

/// Whether a URL lies on an origin.
#[must_use]
pub fn is_on(origin: &Origin, url: &str) -> bool {
    origin.has(url)
}

/// Whether two URLs name the same host and explicit port, whatever their scheme.
///
/// Only for properties of one actor among each other: servers that moved to https keep ids with http.
#[must_use]
pub fn is_same_host(a: &str, b: &str) -> bool {
    match (parse_usable(a), parse_usable(b)) {
        (Some(a), Some(b)) => a.host_str() == b.host_str() && a.port() == b.port(),
        _ => false,
    }
}

/// Whether `page` may be shown as the page of `id`: on its host, with or without `www.`, or on a subdomain.
///
/// A page elsewhere could make a deceptive link look as if the author's server vouched for it.
#[must_use]
pub fn may_be_page_of(page: &str, id: &str) -> bool {
    let (Some(page), Some(id)) = (parse_usable(page), parse_usable(id)) else {
        return false;
    };
    let (Some(Host::Domain(page_host)), Some(Host::Domain(id_host))) = (page.host(), id.host())
    else {
        return page.host() == id.host() && page.port() == id.port();
    };
    let id_host = id_host.strip_prefix("www.").unwrap_or(id_host);
    let within = page_host
        .strip_suffix(id_host)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    within && page.port() == id.port()
}

/// Whether a text is an http(s) URL that may serve as an id or be fetched.
///
/// At most 2,048 bytes, with a host that has no trailing dot, without user name, password, spaces or control characters.
#[must_use]
pub fn is_usable(url: &str) -> bool {
    parse_usable(url).is_some()
}

/// An id that may be used, or the refusal that names what it was meant for.
///
/// # Errors
/// When [`is_usable`] says no.
pub fn check_id<'a>(id: &'a str, what: &str) -> Result<&'a str, Reject> {
    if is_usable(id) {
        return Ok(id);
    }
    Err(Reject::because(format!("{what} is no usable http(s) id")))
}

/// An id of another server.
///
/// # Errors
/// When the id is not usable, or lies on our own origin: nobody else makes documents there.
pub fn check_foreign<'a>(id: &'a str, what: &str, ours: &Origin) -> Result<&'a str, Reject> {
    check_id(id, what)?;
    if ours.has(id) {
        return Err(Reject::because(format!("{what} is on this server")));
    }
    Ok(id)
}

fn parse_usable(url: &str) -> Option<Url> {
    // The parser forgives spaces and line breaks; a text with them is not the id that it would become.
    let clean = !url.chars().any(|c| c.is_control() || c.is_whitespace());
    if !clean || url.len() > caps::URL_BYTES {
        return None;
    }
    let url = Url::parse(url).ok()?;
    let http = matches!(url.scheme(), "http" | "https");
    let host = match url.host()? {
        Host::Domain(name) => is_domain(name),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    };
    let anonymous = url.username().is_empty() && url.password().is_none();
    (http && host && anonymous).then_some(url)
}

/// Whether a host name has only characters that names in use have, and no trailing dot.
fn is_domain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    !name.is_empty() && !name.ends_with('.') && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (a, b, same) in [
            ("https://a.example/1", "https://a.example/2", true),
            ("https://a.example/1", "https://A.Example:443/2", true),
            (
                "https://bücher.example/1",
                "https://xn--bcher-kva.example/",
                true,
            ),
            ("https://a.example/1", "http://a.example/1", false),
            ("https://a.example/1", "https://a.example:8443/1", false),
            ("https://a.example/1", "https://b.a.example/1", false),
            (
                "https://a.example/1",
                "https://a.example.evil.example/1",
                false,
            ),
            ("https://a.example/1", "https://a.example./1", false),
            (
                "https://a.example/1",
                "https://a.example@evil.example/",
                false,
            ),
            ("http://127.0.0.1/1", "http://127.0.0.2/1", false),
            ("http://127.0.0.1:80/1", "http://127.0.0.1/1", true),
            ("urn:uuid:1", "urn:uuid:1", false),
            ("", "", false),
        ] {
            assert_eq!(is_same_origin(a, b), same, "{a} {b}");
        }
    }

    #[test]
    fn only_plain_http_urls_are_usable() {
        for url in [
            "https://a.example",
            "http://alpha.localhost:8081/users/ann",
            "https://a.example/@ann#main-key",
            "https://a.example/?p=1",
            "http://[::1]/",
        ] {
            assert!(is_usable(url), "{url}");
        }
        let long = format!("https://a.example/{}", "x".repeat(caps::URL_BYTES));
        for url in [
            "a.example/1",
            "/1",
            "",
            "ftp://a.example/",
            "javascript:alert(1)",
            "acct:a@b.example",
            "https://",
            "https:///x/ y",
            " https://a.example/",
            "https://a.exa\nmple/",
            "https://u@a.example/",
            "https://u:p@a.example/",
            "https://a.example./",
            "bear:?t=1&u=https://a.example/",
            "https://{{DOMAIN}}/x",
            &long,
        ] {
            assert!(!is_usable(url), "{url}");
        }
    }

    #[test]
    fn a_page_stays_with_the_host_of_its_id() {
        let id = "https://good.example/users/a";
        for (page, may) in [
            ("https://good.example/@a", true),
            ("https://www.good.example/@a", true),
            ("https://blog.good.example/@a", true),
            ("https://notgood.example/@a", false),
            ("https://good.example.evil.example/@a", false),
            ("https://good.example:8443/@a", false),
            ("https://evil.example/@a", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(may_be_page_of(page, id), may, "{page}");
        }
        assert!(may_be_page_of(
            "https://threads.example/x",
            "https://www.threads.example/1"
        ));
    }

    #[test]
    fn ids_on_our_own_origin_are_not_taken_from_others() {
        let ours = Origin::of("https://home.example").expect("an origin");
        assert!(check_foreign("https://a.example/1", "the object", &ours).is_ok());
        assert!(check_foreign("https://home.example/1", "the object", &ours).is_err());
        assert!(check_foreign("https://HOME.example:443/1", "the object", &ours).is_err());
        assert_eq!(ours.authority(), "home.example");
        let lab = Origin::of("http://alpha.localhost:8081").expect("an origin");
        assert_eq!(lab.authority(), "alpha.localhost:8081");
    }
}
