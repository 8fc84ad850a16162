//! A certificate authority made at start, and the server certificate it signs. Nothing of it outlives the process.

use std::sync::Arc;

use chrono::{DateTime, Datelike as _, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;

/// What the hospital proves its name with.
#[derive(Clone)]
pub(crate) struct Certificate {
    /// What a client is told to trust.
    pub ca_pem: String,
    pub server: Arc<ServerConfig>,
}

/// For `localhost`, `127.0.0.1` and `::1`.
pub(crate) fn certificate(
    name: &str,
    now: DateTime<Utc>,
) -> Result<Certificate, Box<dyn std::error::Error + Send + Sync>> {
    let (from, until) = (date_time_ymd(now.year() - 1, 1, 1), date_time_ymd(now.year() + 1, 12, 31));
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.distinguished_name.push(DnType::CommonName, format!("{name} (made up), test authority"));
    (authority.not_before, authority.not_after) = (from, until);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut leaf = CertificateParams::new(names)?;
    leaf.distinguished_name.push(DnType::CommonName, "localhost");
    leaf.use_authority_key_identifier_extension = true;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    (leaf.not_before, leaf.not_after) = (from, until);
    let key = KeyPair::generate()?;
    let leaf = leaf.signed_by(&key, &authority)?;

    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let mut server = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key.into())?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Certificate { ca_pem: authority.pem(), server: Arc::new(server) })
}
