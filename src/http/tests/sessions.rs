//! Connections that end with their request, and what is remembered of them.

use std::sync::{Arc, Mutex};

use rustls::HandshakeKind;
use url::Url;

use super::super::{Client, ClientSettings};
use super::servers::*;
use crate::clock::Clock;

#[tokio::test]
async fn a_session_is_taken_up_again_whether_connections_are_kept_or_not() {
    let (config, seen) = (tls_config(), Arc::new(Mutex::new(Vec::new())));
    // One server behind several ports: what is remembered of it, it takes back behind each.
    let servers: Vec<_> = (0..3)
        .map(|_| {
            let seen = seen.clone();
            let see = move |connection: &rustls::ServerConnection| {
                seen.lock().unwrap().push(connection.handshake_kind());
            };
            serve_tls_with(config.clone(), see, |_, out| ok(out, "", b"taken"))
        })
        .collect();
    // The port that a URL states counts more.
    let here = servers[0];
    let lookup = names(move |_, _| Some(here));
    // Room for connections to the first of them.
    let settings = ClientSettings {
        extra_root_certificates: vec![CA.to_vec()],
        kept_connections: 1,
        ..open_settings()
    };
    let client = Client::with_lookup(settings, Clock::stepped(0), lookup).unwrap();
    for server in servers {
        let url = format!("https://beta.test:{}/inbox", server.port());
        let reply = client.post(&Url::parse(&url).unwrap(), &[], "x").await;
        assert_eq!(reply.unwrap().status, 200);
    }
    assert_eq!(
        *seen.lock().unwrap(),
        [
            Some(HandshakeKind::Full),
            Some(HandshakeKind::Resumed),
            Some(HandshakeKind::Resumed)
        ]
    );
}
