//! The network: one client, one TLS configuration, every answer bounded, no redirect followed.

mod answer;
mod client;
mod inflate;
mod retry_after;
mod tls;

pub use answer::Answer;
pub use client::{HttpClient, NetworkError, Request};
pub use retry_after::{http_date_ms, retry_after_seconds};

/// What FHIR answers are asked for as.
pub const FHIR_JSON: &str = "application/fhir+json, application/json;q=0.9";
