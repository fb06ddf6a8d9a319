//! What the outgoing client is told at start: who it is, what it may reach, how long it waits.

use std::time::Duration;

use crate::bans::Bans;

/// Settings of the outgoing client. The default reaches public https servers on the usual ports only.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// Value of the `User-Agent` header.
    pub user_agent: String,
    /// Whether plain `http:` may be used. For closed networks and tests.
    pub allow_http: bool,
    /// Whether loopback, private and reserved addresses, names without a dot and all ports may be reached.
    /// For closed networks and tests.
    pub allow_private_addresses: bool,
    /// Ports that may be reached besides 80 and 443. Other ports are refused, because a URL from a stranger
    /// could otherwise make this node talk to any service of any computer.
    pub extra_ports: Vec<u16>,
    /// Certificates (PEM, each possibly a bundle) that are trusted besides those of the operating system.
    pub extra_root_certificates: Vec<Vec<u8>>,
    /// Servers that are not called, at any hop.
    pub bans: Bans,
    /// Longest time until a connection stands: name lookup, TCP and TLS together.
    pub connect_timeout: Duration,
    /// Longest time for the whole of a request: all redirects and the last byte of the body.
    pub deadline: Duration,
    /// Longest body that is read when the caller states no other cap, in bytes.
    pub body_cap: usize,
    /// How many connections are kept open for the next request, at most. Further hosts are reached as well, but their
    /// connections end with the request.
    pub kept_connections: usize,
    /// How long an unused connection is kept.
    pub idle_timeout: Duration,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            user_agent: concat!("Whimbrel/", env!("CARGO_PKG_VERSION")).to_owned(),
            allow_http: false,
            allow_private_addresses: false,
            extra_ports: Vec::new(),
            extra_root_certificates: Vec::new(),
            bans: Bans::default(),
            connect_timeout: Duration::from_secs(5),
            deadline: Duration::from_secs(20),
            body_cap: 1024 * 1024,
            kept_connections: 512,
            idle_timeout: Duration::from_secs(30),
        }
    }
}
