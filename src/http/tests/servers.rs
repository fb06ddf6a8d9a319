//! Test servers that answer as a test says, test names, and clients to call them with.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use url::Url;

use super::super::policy::Policy;
use super::super::{Client, ClientSettings, Lookup, Signer};
use crate::clock::Clock;

pub(super) const PRIVATE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);
pub(super) const CA: &[u8] = include_bytes!("../testdata/ca.pem");

/// What a test server has received.
pub(super) struct Received {
    /// `GET /path HTTP/1.1`
    pub(super) line: String,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Received {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn path(&self) -> &str {
        self.line.split(' ').nth(1).unwrap()
    }

    pub(super) fn read(stream: &mut impl Read) -> io::Result<Self> {
        let mut reader = BufReader::new(stream);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            lines.push(line.trim().to_owned());
        }
        if lines.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = lines.remove(0);
        let split = |line: &String| {
            let (key, value) = line.split_once(": ").unwrap();
            (key.to_ascii_lowercase(), value.to_owned())
        };
        let mut received = Self {
            line,
            headers: lines.iter().map(split).collect(),
            body: Vec::new(),
        };
        let length = received.header("content-length").map(str::parse::<usize>);
        received.body = vec![0; length.and_then(Result::ok).unwrap_or(0)];
        reader.read_exact(&mut received.body)?;
        Ok(received)
    }
}

pub(super) type Answer = dyn Fn(&Received, &mut dyn Write) -> io::Result<()> + Send + Sync;

/// A server that lets `answer` write one answer per connection, then closes it.
pub(super) fn serve(
    answer: impl Fn(&Received, &mut dyn Write) -> io::Result<()> + Send + Sync + 'static,
) -> SocketAddr {
    let answer: Arc<Answer> = Arc::new(answer);
    listen(move |mut stream| {
        let received = Received::read(&mut stream)?;
        answer(&received, &mut stream)
    })
}

pub(super) fn listen(
    serve: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + Clone + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = serve.clone();
            thread::spawn(move || serve(stream));
        }
    });
    address
}

pub(super) fn ok(out: &mut dyn Write, extra: &str, body: &[u8]) -> io::Result<()> {
    reply(out, "200 OK", extra, body)
}

/// `extra` are whole header lines, each with its line end.
pub(super) fn reply(out: &mut dyn Write, status: &str, extra: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    write!(
        out,
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{extra}\r\n"
    )?;
    out.write_all(body)
}

pub(super) fn redirect(out: &mut dyn Write, target: &str) -> io::Result<()> {
    reply(out, "302 Found", &format!("Location: {target}\r\n"), b"")
}

/// A lookup that answers from a function and counts how often it is asked.
pub(super) struct Names<F>(F, AtomicUsize);

#[async_trait]
impl<F: Fn(&str, usize) -> Option<SocketAddr> + Send + Sync> Lookup for Names<F> {
    async fn lookup(&self, name: &str) -> io::Result<Vec<SocketAddr>> {
        let asked = self.1.fetch_add(1, Ordering::SeqCst);
        Ok((self.0)(name, asked).into_iter().collect())
    }
}

pub(super) fn names(
    answer: impl Fn(&str, usize) -> Option<SocketAddr> + Send + Sync + 'static,
) -> Arc<dyn Lookup> {
    Arc::new(Names(answer, AtomicUsize::new(0)))
}

pub(super) fn open_settings() -> ClientSettings {
    ClientSettings {
        allow_http: true,
        allow_private_addresses: true,
        deadline: Duration::from_secs(10),
        ..ClientSettings::default()
    }
}

/// A client of a closed network: everything on loopback may be reached.
pub(super) fn open_client() -> Client {
    Client::new(open_settings(), Clock::stepped(0)).unwrap()
}

/// A client with the rules of the public internet, save that 127.0.0.1 counts as public and `port` is allowed.
pub(super) fn guarded_client(port: u16, lookup: Arc<dyn Lookup>) -> Client {
    let settings = ClientSettings {
        allow_private_addresses: false,
        extra_ports: vec![port],
        ..open_settings()
    };
    let mut policy = Policy::new(&settings);
    policy.declared_public.push(IpAddr::V4(Ipv4Addr::LOCALHOST));
    Client::with_policy(settings, Clock::stepped(0), lookup, policy).unwrap()
}

pub(super) fn url(address: SocketAddr, path: &str) -> Url {
    Url::parse(&format!("http://{address}{path}")).unwrap()
}

/// Signs by naming the target, and remembers which it was asked for.
#[derive(Default)]
pub(super) struct Scribe(pub(super) Mutex<Vec<String>>);

impl Signer for Scribe {
    fn sign(&self, method: &str, url: &Url) -> Result<Vec<(String, String)>, String> {
        let target = format!("{method} {url}");
        self.0.lock().unwrap().push(target.clone());
        Ok(vec![("Signature".to_owned(), target)])
    }
}

/// What a server needs to speak TLS as `beta.test`.
pub(super) fn tls_config() -> Arc<rustls::ServerConfig> {
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};

    let certificate = CertificateDer::from_pem_slice(include_bytes!("../testdata/server.pem"));
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../testdata/server-key.pem"));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.unwrap()], key.unwrap())
        .unwrap();
    Arc::new(config)
}

/// A server that speaks TLS as `beta.test`.
pub(super) fn serve_tls(
    answer: impl Fn(&Received, &mut dyn Write) -> io::Result<()> + Send + Sync + 'static,
) -> SocketAddr {
    serve_tls_with(tls_config(), |_| {}, answer)
}

/// A server that speaks TLS with this configuration, and shows each connection once it stands.
pub(super) fn serve_tls_with(
    config: Arc<rustls::ServerConfig>,
    see: impl Fn(&rustls::ServerConnection) + Send + Sync + 'static,
    answer: impl Fn(&Received, &mut dyn Write) -> io::Result<()> + Send + Sync + 'static,
) -> SocketAddr {
    let (see, answer) = (Arc::new(see), Arc::new(answer));
    listen(move |stream| {
        let connection =
            rustls::ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
        let mut tls = rustls::StreamOwned::new(connection, stream);
        let received = Received::read(&mut tls)?;
        see(&tls.conn);
        answer(&received, &mut tls)?;
        tls.conn.send_close_notify();
        tls.flush()
    })
}
