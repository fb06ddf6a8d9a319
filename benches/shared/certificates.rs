//! A certificate authority for one run, made with the openssl program, and a server certificate for all sinks.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// An authority with one certificate for `*.sinks.localhost`.
pub struct Authority {
    folder: tempfile::TempDir,
}

impl Authority {
    /// Makes both.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("extensions"),
            "subjectAltName=DNS:*.sinks.localhost\nbasicConstraints=critical,CA:FALSE\n\
             keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n",
        )
        .unwrap();
        for words in [
            "ecparam -name prime256v1 -genkey -noout -out ca.key",
            "req -x509 -new -key ca.key -sha256 -days 2 -out ca.pem -subj /CN=measurements \
             -addext keyUsage=critical,keyCertSign,cRLSign",
            "ecparam -name prime256v1 -genkey -noout -out server.key",
            "req -new -key server.key -subj /CN=sinks -out server.csr",
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -sha256 -days 2 \
             -extfile extensions -out server.pem",
        ] {
            openssl(folder.path(), words);
        }
        Self { folder }
    }

    /// The authority's own certificate, which the node has to trust.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// What a server needs to speak TLS under one of the names.
    pub fn server(&self) -> Arc<ServerConfig> {
        let read = |name| std::fs::read(self.folder.path().join(name)).unwrap();
        let certificate = CertificateDer::from_pem_slice(&read("server.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_slice(&read("server.key")).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        // Sessions that hosts can take up again however many there are, as with most servers.
        config.ticketer = rustls::crypto::aws_lc_rs::Ticketer::new().unwrap();
        Arc::new(config)
    }
}

fn openssl(folder: &Path, words: &str) {
    let done = Command::new("openssl")
        .args(words.split_whitespace())
        .current_dir(folder)
        .output()
        .expect("the openssl program is installed");
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "openssl {words}: {errors}");
}
