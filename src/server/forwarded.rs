//! Who is calling: what proxies say about a request counts only when the operator trusts them.
//!
//! Below this room nobody reads `X-Forwarded-*`: the peer address of a request is the caller's own, its `Host`
//! is the one that the caller asked for, and the headers themselves are gone.

use std::net::{IpAddr, SocketAddr};

use actix_web::dev::RequestHead;
use actix_web::http::header::{self, HeaderMap, HeaderName};

use crate::config::Server;

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Proxies between a caller and this node that are looked at, at most.
const MOST_PROXIES: usize = 16;

/// Puts what trusted proxies say in its place and removes the headers that said it.
pub(super) fn settle(head: &mut RequestHead, server: &Server) {
    let Some(peer) = head.peer_addr else { return };
    let is_proxied = server.is_trusted_proxy(plain(peer.ip()));
    if is_proxied {
        let address = caller(plain(peer.ip()), head.headers(), server);
        head.peer_addr = Some(SocketAddr::new(address, peer.port()));
        let host = head.headers().get(HOST).cloned();
        if let Some(host) = host.filter(|host| !host.as_bytes().contains(&b',')) {
            head.headers_mut().insert(header::HOST, host);
        }
    } else {
        head.peer_addr = Some(SocketAddr::new(plain(peer.ip()), peer.port()));
    }
    for name in [FOR, HOST, PROTO, header::FORWARDED] {
        head.headers_mut().remove(name);
    }
}

/// The nearest address that is not a trusted proxy: each proxy added the address that called it at the right.
fn caller(peer: IpAddr, headers: &HeaderMap, server: &Server) -> IpAddr {
    let values: Vec<&str> = headers
        .get_all(FOR)
        .filter_map(|value| value.to_str().ok())
        .collect();
    let hops = values.iter().rev().flat_map(|value| value.rsplit(','));
    let mut nearest = peer;
    for hop in hops.take(MOST_PROXIES) {
        if !server.is_trusted_proxy(nearest) {
            break;
        }
        // What is no address was not added by a proxy that works, nor was anything to its left.
        let Some(address) = read_address(hop.trim()) else {
            break;
        };
        nearest = address;
    }
    nearest
}

/// Reads an address, which some proxies write with its port.
fn read_address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>().ok();
    let address = address.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    address.map(plain)
}

/// An IPv4 address that came in the clothes of IPv6 is still IPv4.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn settled(peer: &str, headers: &[(&str, &str)]) -> (String, String, usize) {
        let server = Server {
            trusted_proxies: ["127.0.0.0/8", "10.0.0.0/8"]
                .map(|network| network.parse().unwrap())
                .to_vec(),
            ..Server::default()
        };
        let mut request = TestRequest::default()
            .peer_addr(SocketAddr::new(peer.parse().unwrap(), 1))
            .insert_header(("host", "inner"));
        for header in headers {
            request = request.append_header(*header);
        }
        let mut request = request.to_srv_request();
        settle(request.head_mut(), &server);
        let address = request.peer_addr().unwrap().ip().to_string();
        let host = request.headers().get("host").unwrap().to_str().unwrap();
        (address, host.to_owned(), request.headers().len())
    }

    #[test]
    fn addresses_are_read_from_right_to_left() {
        let table: [(&str, &[&str], &str); 13] = [
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            // A caller can only lie to the left of what the proxy added.
            ("127.0.0.1", &["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", &["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", &["203.0.113.9, 10.1.1.1"], "203.0.113.9"),
            ("127.0.0.1", &["10.2.2.2,10.1.1.1"], "10.2.2.2"),
            ("203.0.113.7", &["198.51.100.1"], "203.0.113.7"),
            ("127.0.0.1", &["198.51.100.1, unknown"], "127.0.0.1"),
            ("127.0.0.1", &["203.0.113.9:4711"], "203.0.113.9"),
            ("127.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("127.0.0.1", &["2001:db8::1"], "2001:db8::1"),
            ("::ffff:127.0.0.1", &["::ffff:203.0.113.9"], "203.0.113.9"),
            ("::ffff:203.0.113.7", &["198.51.100.1"], "203.0.113.7"),
        ];
        for (peer, said, expected) in table {
            let headers: Vec<_> = said
                .iter()
                .map(|value| ("x-forwarded-for", *value))
                .collect();
            assert_eq!(settled(peer, &headers).0, expected, "{peer} {said:?}");
        }
    }

    #[test]
    fn a_chain_without_end_is_not_followed() {
        let chain = vec!["10.0.0.1"; 1_000].join(",");
        let said = format!("203.0.113.9,{chain}");
        assert_eq!(
            settled("127.0.0.1", &[("x-forwarded-for", &said)]).0,
            "10.0.0.1"
        );
    }

    #[test]
    fn only_a_trusted_proxy_names_the_host() {
        let headers = [
            ("x-forwarded-host", "alpha.example"),
            ("x-forwarded-proto", "https"),
            ("forwarded", "for=198.51.100.1"),
        ];
        let table = [("127.0.0.1", "alpha.example"), ("203.0.113.7", "inner")];
        for (peer, expected) in table {
            let (_, host, left) = settled(peer, &headers);
            assert_eq!((host.as_str(), left), (expected, 1), "{peer}");
        }
    }
}
