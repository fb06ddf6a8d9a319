//! How this node speaks TLS with other servers: whom it trusts, and that it takes sessions up again. One configuration
//! for all connections, however they are kept, so that they share what they remember of a host.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use super::error::Error;
use super::sessions::Sessions;

/// What is spoken over TLS, the best first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Trusts the authorities of the operating system, and those of `extra_roots` (PEM, each possibly a bundle).
///
/// # Errors
/// [`Error::Tls`] if one of `extra_roots` is no certificate.
pub(super) fn configure(extra_roots: &[Vec<u8>]) -> Result<ClientConfig, Error> {
    let roots = read_roots(extra_roots)?;
    let (provider, is_extended) = (Arc::new(aws_lc_rs::default_provider()), !roots.is_empty());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?;
    let mut config = match Verifier::new_with_extra_roots(roots, provider) {
        Ok(verifier) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth(),
        Err(error) if is_extended => return Err(unusable(&error)),
        Err(_) => {
            // A computer without root certificates: plain http of a closed network still works.
            tracing::warn!(
                "this computer has no root certificates (package ca-certificates), so no https server can be reached"
            );
            builder
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth()
        }
    };
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    config.resumption = Resumption::store(Arc::new(Sessions::new()));
    Ok(config)
}

fn read_roots(extra_roots: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let refuse = |cause: String| Error::Tls {
        host: "other servers".to_owned(),
        cause,
    };
    let mut roots = Vec::new();
    for pem in extra_roots {
        let bundle = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
        let bundle = bundle
            .map_err(|error| refuse(format!("an extra root certificate is not PEM ({error:?})")))?;
        if bundle.is_empty() {
            return Err(refuse(
                "an extra root certificate file holds no certificate".to_owned(),
            ));
        }
        roots.extend(bundle);
    }
    Ok(roots)
}

fn unusable(error: &rustls::Error) -> Error {
    Error::Tls {
        host: "other servers".to_owned(),
        cause: format!("the client cannot be set up ({error:?})"),
    }
}
