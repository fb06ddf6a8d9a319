//! Names of hosts: one spelling for each, and which name lies below which.
//!
//! Everything that compares hosts (blocks, origins, handles) compares names that went through here. Whether an
//! address may be connected to is decided in `http`, not here.
//! Source: <https://url.spec.whatwg.org/#host-parsing>

use std::fmt;

use url::Host;

/// The longest name the domain name system carries, in bytes.
const MAX_NAME: usize = 253;
/// The longest label of a name, in bytes.
const MAX_LABEL: usize = 63;
/// The port that `https` means when none is written.
const HTTPS_PORT: u16 = 443;

/// Why a text is not the name of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DomainError {
    /// Nothing is left of it.
    Empty,
    /// It holds what no host name holds: a path, user information, white space, a percent sign.
    Forbidden,
    /// Two dots in a row, or a dot at the beginning.
    EmptyLabel,
    /// A label above 63 or a name above 253 bytes.
    TooLong,
    /// Not a port between 1 and 65535.
    Port,
    /// International labels that have no valid ASCII form, or a malformed address.
    Invalid,
}

impl fmt::Display for DomainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the domain is empty",
            Self::Forbidden => "the domain holds a character that no domain may hold",
            Self::EmptyLabel => "the domain has an empty label",
            Self::TooLong => "the domain is too long",
            Self::Port => "the port is not a number between 1 and 65535",
            Self::Invalid => "the domain is not valid",
        })
    }
}

impl std::error::Error for DomainError {}

/// The one spelling of a host name: lower case, ASCII (punycode), no trailing dot.
///
/// An explicit port stays (`alpha.localhost:8081`), except 443, which is what `https` means anyway. Literal
/// addresses pass in their canonical form; [`is_ip_literal`] tells them.
///
/// # Errors
/// Says what keeps the text from being a host name.
pub fn normalise_domain(text: &str) -> Result<String, DomainError> {
    if text.is_empty() {
        return Err(DomainError::Empty);
    }
    if text.len() > MAX_NAME * 4 {
        return Err(DomainError::TooLong);
    }
    // The host parser would decode percent signs and drop tabs; in a name they only ever deceive.
    if text
        .contains(|c: char| c.is_whitespace() || c.is_control() || "/\\@?#%<>^|\"'`{}".contains(c))
    {
        return Err(DomainError::Forbidden);
    }
    let (name, port) = split_port(text)?;
    let host = match Host::parse(name) {
        Ok(Host::Domain(host)) => check_labels(&host)?,
        Ok(address) => address.to_string(),
        Err(_) if name.is_empty() => return Err(DomainError::Empty),
        Err(_) => return Err(DomainError::Invalid),
    };
    Ok(match port {
        Some(port) if port != HTTPS_PORT => format!("{host}:{port}"),
        _ => host,
    })
}

/// The name without its port.
#[must_use]
pub fn without_port(domain: &str) -> &str {
    match domain.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => domain,
    }
}

/// Whether a normalised domain is a literal IPv4 or IPv6 address, with or without a port.
#[must_use]
pub fn is_ip_literal(domain: &str) -> bool {
    matches!(
        Host::parse(without_port(domain)),
        Ok(Host::Ipv4(_) | Host::Ipv6(_))
    )
}

/// Whether `host` is `of` or lies below it, compared label by label and without ports.
///
/// Both may come in any spelling. What is no domain lies below nothing, and nothing lies below an address.
#[must_use]
pub fn is_same_or_subdomain(host: &str, of: &str) -> bool {
    let (Ok(host), Ok(of)) = (normalise_domain(host), normalise_domain(of)) else {
        return false;
    };
    let (host, of) = (without_port(&host), without_port(&of));
    host == of
        || host
            .strip_suffix(of)
            .is_some_and(|above| above.ends_with('.') && !is_ip_literal(of))
}

/// A normalised name without its port, its labels turned round and a dot at the end: `org.example.files.`. What lies
/// below a domain begins with the domain turned round, so that all of it stands together in an order.
#[must_use]
pub fn turn_round(domain: &str) -> String {
    let name = without_port(domain);
    let labels = if is_ip_literal(name) {
        vec![name]
    } else {
        name.rsplit('.').collect()
    };
    labels.join(".") + "."
}

fn split_port(text: &str) -> Result<(&str, Option<u16>), DomainError> {
    let after_address = text.rfind(']').map_or(0, |end| end + 1);
    let Some(colon) = text.get(after_address..).and_then(|rest| rest.find(':')) else {
        return Ok((text, None));
    };
    let (name, port) = text.split_at(after_address + colon);
    let digits = port.get(1..).unwrap_or_default();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DomainError::Port);
    }
    match digits.parse::<u16>() {
        Ok(port) if port > 0 => Ok((name, Some(port))),
        _ => Err(DomainError::Port),
    }
}

fn check_labels(host: &str) -> Result<String, DomainError> {
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.is_empty() {
        return Err(DomainError::Empty);
    }
    if host.len() > MAX_NAME || host.split('.').any(|label| label.len() > MAX_LABEL) {
        return Err(DomainError::TooLong);
    }
    if host.split('.').any(str::is_empty) {
        return Err(DomainError::EmptyLabel);
    }
    Ok(host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_below_a_domain_begins_with_it_when_turned_round() {
        for (domain, expected) in [
            ("example.org", "org.example."),
            ("files.example.org:8443", "org.example.files."),
            ("localhost", "localhost."),
            ("192.0.2.7:80", "192.0.2.7."),
            ("[2001:db8::1]", "[2001:db8::1]."),
        ] {
            assert_eq!(turn_round(domain), expected, "{domain}");
        }
        let below = turn_round("files.example.org");
        assert!(below.starts_with(&turn_round("example.org")));
        assert!(!turn_round("example-two.org").starts_with(&turn_round("example.org")));
    }

    #[test]
    fn every_domain_has_one_spelling() {
        let long_label = format!("{}.test", "a".repeat(64));
        let long_name = "abcdefgh.".repeat(40);
        let table: &[(&str, Result<&str, DomainError>)] = &[
            ("good.test", Ok("good.test")),
            ("GOOD.Test", Ok("good.test")),
            ("good.test.", Ok("good.test")),
            ("good.test..", Err(DomainError::EmptyLabel)),
            (".good.test", Err(DomainError::EmptyLabel)),
            ("good..test", Err(DomainError::EmptyLabel)),
            (".", Err(DomainError::Empty)),
            ("", Err(DomainError::Empty)),
            (" good.test", Err(DomainError::Forbidden)),
            ("good.test\n", Err(DomainError::Forbidden)),
            ("good.test\t", Err(DomainError::Forbidden)),
            ("go od.test", Err(DomainError::Forbidden)),
            ("good\u{a0}.test", Err(DomainError::Forbidden)),
            ("good.test\0", Err(DomainError::Forbidden)),
            ("user@good.test", Err(DomainError::Forbidden)),
            ("evil.test@good.test", Err(DomainError::Forbidden)),
            ("good.test@evil.test:80", Err(DomainError::Forbidden)),
            ("good.test/path", Err(DomainError::Forbidden)),
            ("good.test/.evil.test", Err(DomainError::Forbidden)),
            ("good.test\\evil", Err(DomainError::Forbidden)),
            ("good.test?x", Err(DomainError::Forbidden)),
            ("good.test#x", Err(DomainError::Forbidden)),
            ("https://good.test", Err(DomainError::Forbidden)),
            ("%67ood.test", Err(DomainError::Forbidden)),
            ("good.test%00", Err(DomainError::Forbidden)),
            ("good.test:443", Ok("good.test")),
            ("good.test:8443", Ok("good.test:8443")),
            ("Good.Test.:8443", Ok("good.test:8443")),
            ("good.test:", Err(DomainError::Port)),
            ("good.test:0", Err(DomainError::Port)),
            ("good.test:+80", Err(DomainError::Port)),
            ("good.test:65536", Err(DomainError::Port)),
            ("good.test:80:80", Err(DomainError::Port)),
            (":80", Err(DomainError::Empty)),
            ("alpha.localhost:8081", Ok("alpha.localhost:8081")),
            ("localhost", Ok("localhost")),
            ("bücher.test", Ok("xn--bcher-kva.test")),
            ("BÜCHER.test", Ok("xn--bcher-kva.test")),
            ("bu\u{308}cher.test", Ok("xn--bcher-kva.test")),
            ("xn--bcher-kva.test", Ok("xn--bcher-kva.test")),
            ("xn--a.test", Err(DomainError::Invalid)),
            ("good。test", Ok("good.test")),
            ("ｇｏｏｄ.test", Ok("good.test")),
            ("go\u{ad}od.test", Ok("good.test")),
            ("go\u{200b}od.test", Ok("good.test")),
            // A Cyrillic o stays another name.
            ("g\u{43e}od.test", Ok("xn--god-sed.test")),
            ("\u{202e}good.test", Err(DomainError::Invalid)),
            ("a_b.test", Ok("a_b.test")),
            ("127.0.0.1", Ok("127.0.0.1")),
            ("2130706433", Ok("127.0.0.1")),
            ("0x7f.1", Ok("127.0.0.1")),
            ("1.2.3.4.5", Err(DomainError::Invalid)),
            ("[::1]", Ok("[::1]")),
            ("[::1]:3000", Ok("[::1]:3000")),
            ("[0:0::1]", Ok("[::1]")),
            ("::1", Err(DomainError::Port)),
            ("[::1", Err(DomainError::Port)),
            (&long_label, Err(DomainError::TooLong)),
            (&long_name, Err(DomainError::TooLong)),
        ];
        for (text, expected) in table {
            assert_eq!(
                normalise_domain(text).as_deref(),
                expected.as_ref().copied(),
                "{text:?}"
            );
            if let Ok(domain) = expected {
                assert_eq!(normalise_domain(domain).as_deref(), Ok(*domain), "twice");
            }
        }
    }

    #[test]
    fn tells_literal_addresses() {
        let table = [
            ("127.0.0.1", true),
            ("127.0.0.1:80", true),
            ("[::1]", true),
            ("[::1]:80", true),
            ("good.test", false),
            ("localhost:80", false),
        ];
        for (domain, expected) in table {
            assert_eq!(is_ip_literal(domain), expected, "{domain}");
        }
    }

    #[test]
    fn a_subdomain_ends_at_a_label() {
        let table = [
            ("evil.test", "evil.test", true),
            ("x.evil.test", "evil.test", true),
            ("a.b.evil.test", "evil.test", true),
            ("EVIL.test.", "evil.test", true),
            ("evil.test:443", "evil.test", true),
            ("evil.test:8080", "evil.test", true),
            ("x.evil.test:8080", "evil.test", true),
            ("evil.test", "EVIL.test.", true),
            ("xn--bcher-kva.test", "bücher.test", true),
            ("www.bücher.test", "xn--bcher-kva.test", true),
            ("notevil.test", "evil.test", false),
            ("evil.test.good.test", "evil.test", false),
            ("evil.test", "x.evil.test", false),
            ("test", "evil.test", false),
            ("evil.test", "", false),
            ("1.127.0.0.1", "127.0.0.1", false),
            ("127.0.0.1", "0.0.1", false),
            ("[::1]:80", "[::1]", true),
        ];
        for (host, of, expected) in table {
            assert_eq!(is_same_or_subdomain(host, of), expected, "{host} {of}");
        }
    }
}
