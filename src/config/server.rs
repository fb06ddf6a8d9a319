//! The `server` section: the node's name on the network, where it listens and where its data lies.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use super::metrics::{Metrics, MetricsToken};
use super::network::Network;
use super::rules::between;
use super::table::section;

section! {
    /// The node's name on the network, where it listens and where its data lies.
    pub struct Server in server {
        /// The domain in the addresses of this node and its people, in lower case. It may carry a port
        /// ("alpha.localhost:8081"). Never change it once other servers know the node.
        pub domain: String [is_domain] = "localhost:8080".to_owned();

        /// The address and port on which the node answers plain HTTP; a proxy in front of it adds TLS.
        /// It does not follow from the domain.
        pub listen: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

        /// The folder of everything that the node keeps: the SQLite database and media, unless they are
        /// set to lie elsewhere.
        pub data: PathBuf = PathBuf::from("./data");

        /// Whether the node's addresses begin with https. When not set: yes, unless the domain is
        /// localhost or ends in .localhost.
        pub https: Option<bool> = None => "true";

        /// The proxies whose X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host headers count:
        /// addresses and ranges.
        pub trusted_proxies: Vec<Network> = loopback();

        /// Threads that answer requests; 0 means as many as the computer has cores.
        pub workers: usize [between(0, 1024)] = 0;

        /// Who may read /metrics: "off" (nobody), "local" (programs on the same computer, not through a proxy) or
        /// "token" (whoever sends the token below as a bearer token).
        pub metrics: Metrics = Metrics::Off;

        /// The token with which /metrics is read: 16 or more characters that nobody can guess.
        pub metrics_token: Option<MetricsToken> = None => "\"a-long-random-text\"";

        /// Seconds that a stopping node gives open requests and deliveries to finish.
        pub shutdown_timeout_seconds: u64 [between(0, 3600)] = 30;
    }
}

impl Server {
    /// The beginning of every address of this node, such as `https://example.org`, without a final slash.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme(), self.domain)
    }

    /// The domain with its port, when it carries one: what stands after the `@` of a local account's handle.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.domain
    }

    /// The domain without a port.
    #[must_use]
    pub fn host(&self) -> &str {
        self.domain
            .split_once(':')
            .map_or(self.domain.as_str(), |(host, _)| host)
    }

    /// The port that the domain carries, when it carries one.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.domain
            .split_once(':')
            .and_then(|(_, port)| port.parse().ok())
    }

    /// `https` or `http`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.is_https() { "https" } else { "http" }
    }

    /// Whether the node's addresses begin with https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        let host = self.host();
        self.https
            .unwrap_or_else(|| host != "localhost" && !host.ends_with(".localhost"))
    }

    /// Whether the X-Forwarded-* headers of a request from `address` count.
    #[must_use]
    pub fn is_trusted_proxy(&self, address: IpAddr) -> bool {
        self.trusted_proxies
            .iter()
            .any(|network| network.contains(address))
    }

    /// How many threads answer requests: `workers`, or the number of cores when that is 0; at least 1.
    #[must_use]
    pub fn worker_count(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            workers => workers,
        }
    }
}

fn loopback() -> Vec<Network> {
    [
        Network::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8),
        Network::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A domain name of at most 253 characters, with or without a port.
fn is_domain(domain: &str) -> Result<(), String> {
    let (host, port) = match domain.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (domain, None),
    };
    let refused = if domain.contains("://") {
        "without \"https://\""
    } else if domain.contains('/') {
        "without a path"
    } else if domain.contains('@') {
        "without a user name"
    } else if domain.chars().any(char::is_uppercase) {
        "in lower case"
    } else if !domain.is_ascii() {
        "in its ASCII form (\"xn--...\")"
    } else if host.parse::<Ipv4Addr>().is_ok() || domain.starts_with('[') {
        "not an address of numbers"
    } else if !port.is_none_or(is_port) {
        "with a port from 1 to 65535 or none"
    } else if !is_host(host) {
        "of letters, digits and hyphens between dots"
    } else {
        return Ok(());
    };
    Err(format!("a domain name such as \"example.org\", {refused}"))
}

fn is_port(digits: &str) -> bool {
    digits
        .parse::<u16>()
        .is_ok_and(|port| port.to_string() == digits && port > 0)
}

fn is_host(host: &str) -> bool {
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(domain: &str, https: Option<bool>) -> Server {
        let domain = domain.to_owned();
        Server {
            domain,
            https,
            ..Server::default()
        }
    }

    #[test]
    fn builds_the_origin() {
        let table = [
            ("localhost:8080", None, "http://localhost:8080"),
            ("alpha.localhost:8081", None, "http://alpha.localhost:8081"),
            ("localhost", Some(true), "https://localhost"),
            ("example.org", None, "https://example.org"),
            ("example.org:8443", None, "https://example.org:8443"),
            ("example.org", Some(false), "http://example.org"),
            ("notlocalhost", None, "https://notlocalhost"),
        ];
        for (domain, https, expected) in table {
            assert_eq!(server(domain, https).origin(), expected);
        }
    }

    #[test]
    fn splits_the_domain() {
        let with_port = server("alpha.localhost:8081", None);
        assert_eq!(with_port.host(), "alpha.localhost");
        assert_eq!(with_port.port(), Some(8081));
        assert_eq!(with_port.authority(), "alpha.localhost:8081");
        assert_eq!(server("example.org", None).port(), None);
        assert_eq!(server("example.org", None).host(), "example.org");
    }

    #[test]
    fn accepts_domains() {
        for domain in [
            "example.org",
            "localhost:8080",
            "a-b.xn--bcher-kva.example:1",
            "node1",
        ] {
            assert_eq!(is_domain(domain), Ok(()), "{domain}");
        }
    }

    #[test]
    fn refuses_what_is_no_domain_with_the_reason() {
        let long = format!("{}.org", "a.".repeat(126));
        let table = [
            ("https://example.org", "without \"https://\""),
            ("example.org/", "without a path"),
            ("me@example.org", "without a user name"),
            ("Example.org", "in lower case"),
            ("bücher.example", "in its ASCII form"),
            ("127.0.0.1:8080", "not an address"),
            ("[::1]:8080", "not an address"),
            ("example.org:", "with a port from"),
            ("example.org:0", "with a port from"),
            ("example.org:080", "with a port from"),
            ("example.org:65536", "with a port from"),
            ("", "of letters"),
            ("example..org", "of letters"),
            ("-a.example", "of letters"),
            ("a_b.example", "of letters"),
            ("exa mple.org", "of letters"),
            ("example.org.", "of letters"),
            (long.as_str(), "of letters"),
        ];
        for (domain, reason) in table {
            let refusal = is_domain(domain).unwrap_err();
            assert!(refusal.contains(reason), "{domain}: {refusal}");
        }
    }

    #[test]
    fn trusts_only_loopback_by_default() {
        let server = Server::default();
        let table = [
            ("127.0.0.1", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("10.0.0.1", false),
            ("2001:db8::1", false),
        ];
        for (address, expected) in table {
            let address = address.parse().unwrap();
            assert_eq!(server.is_trusted_proxy(address), expected, "{address}");
        }
    }

    #[test]
    fn has_at_least_one_worker() {
        assert!(Server::default().worker_count() >= 1);
        let three = Server {
            workers: 3,
            ..Server::default()
        };
        assert_eq!(three.worker_count(), 3);
    }
}
