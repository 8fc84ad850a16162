//! A shell for tests: it keeps what a real one keeps (a disk of pending sign-ins), and nothing else.

use std::collections::{BTreeMap, HashMap};

use plainchart_auth::{
    Context, Effect, Event, FhirBase, HttpAnswer, PendingSignIn, Policy, RandomUnavailable, RedirectUri, ScopeWish,
    SignIn, SignInRequest,
};
use serde_json::{Value, json};
use url::Url;

pub const BASE: &str = "https://fhir.hospital.example/r4";
pub const ISSUER: &str = "https://login.hospital.example/oauth";
pub const REDIRECT: &str = "org.example.app:/callback";
pub const CLIENT: &str = "example-app";
pub const NOW: i64 = 1_900_000_000;

pub struct Shell {
    pub sign_in: SignIn,
    pub now: i64,
    pub disk: BTreeMap<String, Vec<u8>>,
    /// The last address given to the browser.
    pub address: Option<Url>,
    pub seed: u64,
}

impl Shell {
    pub fn new() -> Self {
        Self { sign_in: SignIn::new(), now: NOW, disk: BTreeMap::new(), address: None, seed: 0x9E37_79B9 }
    }

    /// Different secrets than a shell without it.
    pub fn seeded(seed: u64) -> Self {
        Self { seed, ..Self::new() }
    }

    pub fn step(&mut self, event: Event) -> Effect {
        let seed = &mut self.seed;
        let mut random = |out: &mut [u8]| {
            for byte in out {
                *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *byte = (*seed >> 56) as u8;
            }
            Ok::<(), RandomUnavailable>(())
        };
        self.sign_in.step(event, &mut Context { now: self.now, random: &mut random })
    }

    /// Feeds an event, does what disk effects ask for, and gives back the first effect that is none.
    pub fn run(&mut self, event: Event) -> Effect {
        let mut effect = self.step(event);
        loop {
            effect = match effect {
                Effect::SealPending { id, bytes, replaces } => {
                    self.disk.insert(id, bytes.to_vec());
                    if let Some(old) = replaces {
                        self.disk.remove(&old);
                    }
                    self.step(Event::PendingSealed)
                }
                Effect::TakePending { id } => {
                    let there = self.disk.remove(&id).is_some();
                    self.step(if there { Event::PendingTaken } else { Event::PendingGone })
                }
                Effect::OpenBrowser(url) => {
                    self.address = Some(url.clone());
                    return Effect::OpenBrowser(url);
                }
                other => return other,
            }
        }
    }

    /// Up to the browser.
    pub fn opened(configuration: Value) -> Self {
        let mut shell = Self::new();
        shell.open(configuration);
        shell
    }

    pub fn open(&mut self, configuration: Value) {
        self.run(Event::Begin(Box::new(request())));
        let effect = self.run(Event::DiscoveryAnswered(answer(200, &configuration)));
        assert!(matches!(effect, Effect::OpenBrowser(_)), "{effect:?}");
    }

    /// The parameters of the last address given to the browser.
    pub fn sent(&self) -> HashMap<String, String> {
        self.address.as_ref().unwrap().query_pairs().into_owned().collect()
    }

    pub fn parameter(&self, name: &str) -> String {
        self.sent().remove(name).unwrap()
    }

    /// A callback with our state and these parameters.
    pub fn callback(&self, more: &[(&str, &str)]) -> String {
        callback_url(REDIRECT, &self.parameter("state"), more)
    }

    /// A good callback, up to the token request.
    pub fn exchanging(&mut self) {
        let url = self.callback(&[("code", "c-1")]);
        let effect = self.run(called_back(&url));
        assert!(matches!(effect, Effect::PostToken(_)), "{effect:?}");
    }

    /// The one pending sign-in on disk, as after a restart.
    pub fn pending(&self) -> PendingSignIn {
        PendingSignIn::from_bytes(self.disk.values().next().unwrap()).unwrap()
    }
}

pub fn callback_url(redirect: &str, state: &str, more: &[(&str, &str)]) -> String {
    let mut url = Url::parse(redirect).unwrap();
    url.query_pairs_mut().append_pair("state", state).extend_pairs(more);
    url.into()
}

pub fn called_back(url: &str) -> Event {
    Event::CallbackArrived(url.to_owned().into())
}

pub fn answer(status: u16, body: &Value) -> HttpAnswer {
    HttpAnswer::new(status, body.to_string().into_bytes())
}

pub fn base() -> FhirBase {
    FhirBase::parse(BASE, &Policy::default()).unwrap()
}

pub fn request() -> SignInRequest {
    SignInRequest {
        base: base(),
        client_id: CLIENT.to_owned(),
        redirect_uri: RedirectUri::parse(REDIRECT).unwrap(),
        scopes: ScopeWish::Types(vec!["Patient".into(), "Observation".into()]),
        prompt_consent: false,
        policy: Policy::default(),
    }
}

pub fn configuration() -> Value {
    json!({
        "issuer": ISSUER,
        "jwks_uri": "https://login.hospital.example/oauth/keys",
        "authorization_endpoint": "https://login.hospital.example/oauth/authorize",
        "token_endpoint": "https://login.hospital.example/oauth/token",
        "revocation_endpoint": "https://login.hospital.example/oauth/revoke",
        "management_endpoint": "https://login.hospital.example/manage",
        "code_challenge_methods_supported": ["S256"],
        "capabilities": ["launch-standalone", "permission-v2"],
    })
}

/// The configuration with members set, or taken out by null.
pub fn configuration_with(changes: Value) -> Value {
    let mut configuration = configuration();
    for (name, value) in changes.as_object().unwrap() {
        configuration[name] = value.clone();
    }
    configuration
}

pub fn tokens() -> Value {
    json!({
        "access_token": "marker-access",
        "refresh_token": "marker-refresh",
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "openid fhirUser offline_access launch/patient patient/Patient.rs patient/Observation.rs",
        "patient": "p-1",
    })
}
