//! The one place that decides whom to trust (docs/adr/0004): bundled roots, ring, TLS 1.2 or newer.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::error::PlainchartError;

/// A configuration with ring, the bundled roots, and roots the reader trusts on top (PEM, for a hospital's own test
/// server).
///
/// # Errors
/// `InvalidInput{ca}` if the PEM holds no certificate.
pub fn client_config(extra_roots_pem: Option<&[u8]>) -> Result<ClientConfig, PlainchartError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(pem) = extra_roots_pem {
        let mut added = 0;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| PlainchartError::invalid("ca"))?;
            roots.add(certificate).map_err(|_| PlainchartError::invalid("ca"))?;
            added += 1;
        }
        if added == 0 {
            return Err(PlainchartError::invalid("ca"));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| PlainchartError::internal("tls.versions"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
