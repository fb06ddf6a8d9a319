//! A peer that speaks HTTP/2 is spoken to with it: the server here knows just enough of it to see that and to answer.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use url::Url;

use super::super::{Client, ClientSettings};
use crate::clock::Clock;

const AUTHORITY: &[u8] = include_bytes!("../../../tests/fixtures/tls/authority.pem");
const CERTIFICATE: &[u8] = include_bytes!("../../../tests/fixtures/tls/localhost.pem");
const KEY: &[u8] = include_bytes!("../../../tests/fixtures/tls/localhost_key.pem");

/// What every connection of HTTP/2 begins with. Source: <https://www.rfc-editor.org/rfc/rfc9113#section-3.4>
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// Type, flags, stream and content of a frame. Source: <https://www.rfc-editor.org/rfc/rfc9113#section-4.1>
fn read_frame(stream: &mut impl Read) -> std::io::Result<(u8, u8, u32, Vec<u8>)> {
    let mut head = [0; 9];
    stream.read_exact(&mut head)?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let number = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
    let mut content = vec![0; usize::try_from(length).unwrap()];
    stream.read_exact(&mut content)?;
    Ok((head[3], head[4], number, content))
}

fn write_frame(
    stream: &mut impl Write,
    (kind, flags, number): (u8, u8, u32),
    content: &[u8],
) -> std::io::Result<()> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    stream.write_all(&length[1..])?;
    stream.write_all(&[kind, flags])?;
    stream.write_all(&number.to_be_bytes())?;
    stream.write_all(content)?;
    stream.flush()
}

/// Answers `requests` requests on one connection with 200; gives their bodies.
fn serve(listener: &TcpListener, requests: usize) -> std::io::Result<Vec<Vec<u8>>> {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate],
            PrivateKeyDer::from_pem_slice(KEY).unwrap(),
        )
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let (stream, _) = listener.accept()?;
    let connection = ServerConnection::new(Arc::new(config)).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    let mut preface = [0; 24];
    stream.read_exact(&mut preface)?;
    assert_eq!(&preface, PREFACE);
    write_frame(&mut stream, (SETTINGS, 0, 0), &[])?;
    let (mut bodies, mut body) = (Vec::new(), Vec::new());
    while bodies.len() < requests {
        let (kind, flags, number, content) = read_frame(&mut stream)?;
        if kind == SETTINGS && flags == 0 {
            write_frame(&mut stream, (SETTINGS, 1, 0), &[])?;
        }
        if kind == 0 {
            body.extend(content);
        }
        if kind <= HEADERS && flags & END_STREAM != 0 {
            bodies.push(std::mem::take(&mut body));
            // Number 8 of the static table: `:status: 200`.
            write_frame(
                &mut stream,
                (HEADERS, END_STREAM | END_HEADERS, number),
                &[0x88],
            )?;
        }
    }
    Ok(bodies)
}

#[tokio::test]
async fn a_peer_that_speaks_http2_is_spoken_to_with_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || serve(&listener, 3));
    let settings = ClientSettings {
        allow_private_addresses: true,
        extra_root_certificates: vec![AUTHORITY.to_vec()],
        ..ClientSettings::default()
    };
    let client = Client::new(settings, Clock::stepped(0)).unwrap();
    let url = Url::parse(&format!("https://localhost:{port}/inbox")).unwrap();
    // All on the one connection that the server takes.
    for body in ["one", "two", "three"] {
        let reply = client.post(&url, &[], body.as_bytes().to_vec()).await;
        assert_eq!(reply.unwrap().status, 200, "{body}");
    }
    let bodies = server.join().unwrap().unwrap();
    assert_eq!(bodies, [&b"one"[..], b"two", b"three"]);
}
