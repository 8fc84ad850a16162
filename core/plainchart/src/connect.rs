//! Signing in: runs the state machine of the auth crate over the network and the vault.

mod candidates;
mod confirm;
mod run;

use plainchart_auth::{FhirBase, ScopeWish, SignedIn};
use url::Url;

use crate::words::say;

pub use confirm::{Confirmation, Connected, ConnectedPerson, Relation};

/// What an app asks for.
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectRequest {
    /// The FHIR base, as typed.
    pub base: String,
    /// The client id the app is registered with there.
    pub client_id: String,
    /// Where the browser comes back to, with its port on loopback.
    pub redirect_uri: String,
    /// Scopes to ask for instead of the chart's own list.
    pub scope: Option<String>,
}

impl ConnectRequest {
    fn wish(&self) -> ScopeWish {
        match &self.scope {
            Some(scope) => ScopeWish::Exactly(scope.clone()),
            None => ScopeWish::Types(crate::sync::scope_types().into_iter().map(str::to_owned).collect()),
        }
    }
}

/// Someone whose chart the sign-in reaches, to be shown for confirmation (A9).
#[derive(Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The source's id of the Patient.
    pub patient: String,
    /// Name: `usual`, else `official`, never `old`.
    pub name: Option<String>,
    /// Birth date as written.
    pub birth_date: Option<String>,
    /// Whether the verified identity says that the reader is this patient.
    pub is_reader: Option<bool>,
    pub(crate) raw: String,
}

impl std::fmt::Debug for ConnectRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ConnectRequest(hidden)")
    }
}

/// The address carries state and nonce.
impl std::fmt::Debug for SignInStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Offer(_) => "Offer(hidden)",
            Self::OpenBrowser(_) => "OpenBrowser(hidden)",
        })
    }
}

impl std::fmt::Debug for Candidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Candidate(hidden)")
    }
}

/// A finished sign-in that nobody confirmed yet: no chart is made before (A9).
pub struct SignInOffer {
    pub(crate) signed_in: SignedIn,
    /// Whose charts it reaches.
    pub candidates: Vec<Candidate>,
}

/// What the app shows of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferView {
    /// To be handed back with the reader's answer.
    pub id: String,
    /// Whose charts it reaches; more than one: the reader picks.
    pub candidates: Vec<Candidate>,
    /// Scopes granted.
    pub granted: Vec<String>,
    /// Scopes asked for and not granted.
    pub not_granted: Vec<String>,
    /// Where it leads.
    pub source: String,
}

/// What follows the browser's answer.
#[derive(Clone, PartialEq, Eq)]
pub enum SignInStep {
    /// Signed in: ask the reader, then confirm or decline.
    Offer(OfferView),
    /// The server does not know the scopes asked for: open this address, which asks for `patient/*` (A4).
    OpenBrowser(Url),
}

/// The vault's name of a pending sign-in.
fn pending_name(id: &str) -> String {
    format!("pending/{id}")
}

/// What to call a source: its host, until the record itself names the hospital.
#[must_use]
pub fn source_name(base: &str) -> String {
    match FhirBase::parse(base, &plainchart_auth::Policy { allow_http_loopback: true }) {
        Ok(base) => base.root().host_str().map_or_else(|| say("source.unnamed", &[]), str::to_owned),
        Err(_) => say("source.file", &[]),
    }
}
