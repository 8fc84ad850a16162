//! TLS, compression, several clients at once, the hospital switched off and on.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use flate2::read::GzDecoder;
use plainchart_sandbox::{Fault, Sandbox, SandboxOptions};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::client::*;

fn over_tls(sandbox: &Sandbox, trusted: Option<&str>, name: &'static str) -> std::io::Result<Answer> {
    let mut roots = RootCertStore::empty();
    if let Some(pem) = trusted {
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from(name).unwrap()).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(("127.0.0.1", sandbox.port()))?);
    stream.sock.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(request("GET", "/fhir/r4/.well-known/smart-configuration", &[], "").as_bytes())?;
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    Ok(parse(&all).unwrap())
}

/// Proves T1.
#[test]
fn tls_is_trusted_with_the_ca_and_only_with_it() {
    let sandbox = Sandbox::start_blocking(SandboxOptions { tls: true, ..options() }).unwrap();
    let other = Sandbox::start_blocking(SandboxOptions { tls: true, ..options() }).unwrap();
    assert!(sandbox.base().starts_with("https://localhost:"));
    // A client that says nothing must not keep the others out.
    let _silent: Vec<TcpStream> = (0..4).map(|_| TcpStream::connect(("127.0.0.1", sandbox.port())).unwrap()).collect();
    for name in ["localhost", "127.0.0.1"] {
        let answer = over_tls(&sandbox, sandbox.ca_pem(), name).unwrap();
        assert_eq!(answer.status, 200);
        assert!(answer.json()["token_endpoint"].as_str().unwrap().starts_with("https://localhost:"));
    }
    assert!(over_tls(&sandbox, None, "localhost").is_err());
    assert!(over_tls(&sandbox, other.ca_pem(), "localhost").is_err());
    assert!(over_tls(&sandbox, sandbox.ca_pem(), "elsewhere.example").is_err());
}

/// Proves T1.
#[test]
fn answers_are_compressed_for_those_who_accept_it() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    let plain = fhir(&sandbox, &token, "/Observation?patient=1001&_sort=_id");
    let zipped =
        fhir_with(&sandbox, &token, "/Observation?patient=1001&_sort=_id", &[("accept-encoding", "br, gzip")]).unwrap();
    assert_eq!((plain.header("content-encoding"), zipped.header("content-encoding")), ("", "gzip"));
    let mut body = String::new();
    GzDecoder::new(zipped.body.as_slice()).read_to_string(&mut body).unwrap();
    let bundle: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(matches(&bundle), matches(&plain.json()));
}

/// Proves T1: switched off means no port; switched on again means the same hospital.
#[test]
fn a_stopped_hospital_is_gone_and_comes_back_as_it_was() {
    let sandbox = hospital();
    let tokens = sign_in(&sandbox, "ada", "", EVERYTHING);
    let mut open = TcpStream::connect(("127.0.0.1", sandbox.port())).unwrap();
    open.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let base = sandbox.base();
    sandbox.stop();
    assert!(TcpStream::connect(("127.0.0.1", sandbox.port())).is_err());
    assert_eq!(open.read(&mut [0; 1]).unwrap_or(0), 0, "open connections end too");
    sandbox.restart_on_same_port().unwrap();
    assert_eq!(sandbox.base(), base);
    assert_eq!(fhir(&sandbox, access(&tokens), "/Patient/1001").status, 200);
    assert_eq!(refresh(&sandbox, tokens["refresh_token"].as_str().unwrap()).status, 200);
}

/// Proves T1: so that a test can tell how many requests a client makes at once.
#[test]
fn the_most_requests_at_once_are_counted() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    sandbox.clear_log();
    fhir(&sandbox, &token, "/Patient/1001");
    assert_eq!(sandbox.most_requests_at_once(), 1);
    sandbox.faults().add(Fault::Latency { ms: 300 });
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| fhir(&sandbox, &token, "/Patient/1001"));
        }
    });
    assert_eq!(sandbox.most_requests_at_once(), 3);
    assert_eq!(sandbox.log().len(), 4);
}
