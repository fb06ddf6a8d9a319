//! An address or a range of addresses in CIDR notation.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc4632#section-3.1>

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::given::Given;
use super::setting::{Mismatch, Setting, quote, read_text};

/// A range of addresses such as `10.0.0.0/8`; a single address is the range of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// The range of `address` whose first `prefix` bits are fixed; `None` when the address has fewer bits.
    #[must_use]
    pub const fn new(address: IpAddr, prefix: u32) -> Option<Self> {
        if prefix > width(address) {
            return None;
        }
        Some(Self { address, prefix })
    }

    /// Whether the range holds `address`. IPv4 addresses inside IPv6 (`::ffff:a.b.c.d`) count as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        if address.is_ipv4() != self.address.is_ipv4() {
            return false;
        }
        let free = width(self.address) - self.prefix;
        let differing = bits(address) ^ bits(self.address);
        differing.checked_shr(free).unwrap_or(0) == 0
    }
}

const fn width(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// A text that is no address and no range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoNetwork;

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NoNetwork)?;
        let prefix = match prefix {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().map_err(|_| NoNetwork)?
            }
            Some(_) => return Err(NoNetwork),
            None => width(address),
        };
        Self::new(address, prefix).ok_or(NoNetwork)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix == width(self.address) {
            write!(f, "{}", self.address)
        } else {
            write!(f, "{}/{}", self.address, self.prefix)
        }
    }
}

impl Setting for Network {
    fn read(given: &Given) -> Result<Self, Mismatch> {
        let expected = "an address such as \"127.0.0.1\" or a range such as \"10.0.0.0/8\"";
        read_text(given, expected, |text| text.parse().ok())
    }

    fn to_toml(&self) -> String {
        quote(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_the_addresses_of_its_range() {
        let table = [
            ("127.0.0.0/8", "127.9.9.9", true),
            ("127.0.0.0/8", "128.0.0.1", false),
            ("127.0.0.0/8", "::ffff:127.0.0.1", true),
            ("10.1.2.3/8", "10.200.0.1", true),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "192.0.2.1", false),
            ("::1", "::1", true),
            ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false),
        ];
        for (network, address, expected) in table {
            let parsed: Network = network.parse().unwrap();
            let held = parsed.contains(address.parse().unwrap());
            assert_eq!(held, expected, "{address} in {network}");
        }
    }

    #[test]
    fn refuses_what_is_no_range() {
        for text in [
            "",
            "localhost",
            "127.0.0.1/33",
            "::1/129",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10/8",
            "1.2.3.4/8/8",
        ] {
            assert_eq!(text.parse::<Network>(), Err(NoNetwork), "{text}");
        }
    }

    #[test]
    fn writes_what_it_reads() {
        for text in ["127.0.0.0/8", "::1", "192.0.2.7", "::/0"] {
            assert_eq!(text.parse::<Network>().unwrap().to_string(), text);
        }
    }
}
