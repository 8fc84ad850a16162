//! Signed id_tokens and the key set (OpenID Connect Core, RFC 7515, RFC 7517).

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Map, Value, json};

use super::grants::Grant;
use crate::hospital::Hospital;
use crate::opaque::stable_id;
use crate::profile::{FhirUser, IdTokenHabit, Signing};

/// ring cannot make RSA keys, so this one is committed; it guards nothing.
const TEST_ONLY_RSA: &str = include_str!("../../keys/test-only-rs256.pem");

const DAY: i64 = 86_400;

/// The hospital's signing keys.
pub(crate) struct SigningKeys {
    ecdsa: EcdsaKeyPair,
    rsa: RsaKeyPair,
    random: SystemRandom,
}

impl SigningKeys {
    pub fn generate() -> Result<Self, String> {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).map_err(|e| e.to_string())?;
        let ecdsa = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).map_err(|e| e.to_string())?;
        let pem = PrivatePkcs8KeyDer::from_pem_slice(TEST_ONLY_RSA.as_bytes()).map_err(|e| e.to_string())?;
        let rsa = RsaKeyPair::from_pkcs8(pem.secret_pkcs8_der()).map_err(|e| e.to_string())?;
        Ok(Self { ecdsa, rsa, random })
    }

    /// The JWK set.
    pub fn key_set(&self) -> Value {
        let point = self.ecdsa.public_key().as_ref();
        // Uncompressed: 4, x, y.
        let (x, y) = (point.get(1..33).unwrap_or_default(), point.get(33..65).unwrap_or_default());
        let rsa = PublicKeyComponents::<Vec<u8>>::from(self.rsa.public());
        json!({"keys": [
            {"kty": "EC", "use": "sig", "alg": "ES256", "kid": self.key_id(Signing::Es256), "crv": "P-256", "x": encode(x), "y": encode(y)},
            {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.key_id(Signing::Rs256), "n": encode(&rsa.n), "e": encode(&rsa.e)}
        ]})
    }

    /// The id_token of a grant, with the profile's habits; `None` where the profile gives none.
    pub fn id_token(&self, hospital: &Hospital, grant: &Grant, with_nonce: bool) -> Option<String> {
        let profile = hospital.profile();
        let habit = profile.id_token;
        if habit == IdTokenHabit::Absent {
            return None;
        }
        let (algorithm, kid) = match (habit, profile.signing) {
            (IdTokenHabit::Unsigned, _) => ("none", None),
            (IdTokenHabit::UnknownKey, Signing::Es256) => ("ES256", Some("unheard-of".to_owned())),
            (IdTokenHabit::UnknownKey, Signing::Rs256) => ("RS256", Some("unheard-of".to_owned())),
            (_, Signing::Es256) => ("ES256", Some(self.key_id(Signing::Es256))),
            (_, Signing::Rs256) => ("RS256", Some(self.key_id(Signing::Rs256))),
        };
        let header = match kid {
            Some(kid) => json!({"alg": algorithm, "typ": "JWT", "kid": kid}),
            None => json!({"alg": algorithm, "typ": "JWT"}),
        };
        let claims = Value::Object(claims(hospital, grant, habit, profile.fhir_user, with_nonce));
        let message = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
        let signed = if habit == IdTokenHabit::BadSignature { format!("{message}x") } else { message.clone() };
        let signature = match (habit, profile.signing) {
            (IdTokenHabit::Unsigned, _) => Vec::new(),
            (_, Signing::Es256) => self.ecdsa.sign(&self.random, signed.as_bytes()).ok()?.as_ref().to_vec(),
            (_, Signing::Rs256) => {
                let mut signature = vec![0; self.rsa.public().modulus_len()];
                self.rsa.sign(&RSA_PKCS1_SHA256, &self.random, signed.as_bytes(), &mut signature).ok()?;
                signature
            }
        };
        Some(format!("{message}.{}", encode(&signature)))
    }

    fn key_id(&self, signing: Signing) -> String {
        let public = match signing {
            Signing::Es256 => self.ecdsa.public_key().as_ref(),
            Signing::Rs256 => self.rsa.public_key().as_ref(),
        };
        let hash = encode(digest(&SHA256, public).as_ref());
        hash.chars().take(16).collect()
    }
}

fn claims(
    hospital: &Hospital,
    grant: &Grant,
    habit: IdTokenHabit,
    fhir_user: FhirUser,
    with_nonce: bool,
) -> Map<String, Value> {
    let late = if habit == IdTokenHabit::Expired { 2 * DAY } else { 0 };
    let now = hospital.clock.now_ms() / 1000 - late;
    let other = "https://other-hospital.example/oauth2";
    let mut claims = Map::new();
    let issuer = if habit == IdTokenHabit::WrongIssuer { other.to_owned() } else { hospital.issuer() };
    claims.insert("iss".into(), issuer.into());
    claims.insert("sub".into(), stable_id("", &["subject", &grant.login]).into());
    let audience = if habit == IdTokenHabit::WrongAudience { "another-app" } else { &grant.client_id };
    claims.insert("aud".into(), audience.into());
    claims.insert("iat".into(), now.into());
    claims.insert("auth_time".into(), (grant.began_ms / 1000 - late).into());
    claims.insert("exp".into(), (now + 3600).into());
    let nonce = match habit {
        IdTokenHabit::WithoutNonce => None,
        IdTokenHabit::WrongNonce => Some("another-nonce-altogether".to_owned()),
        _ => grant.nonce.clone(),
    };
    if let Some(nonce) = nonce.filter(|_| with_nonce) {
        claims.insert("nonce".into(), nonce.into());
    }
    if grant.scopes.has("fhirUser") {
        let absolute = format!("{}/{}", hospital.base(), grant.fhir_user);
        match fhir_user {
            FhirUser::Absolute => drop(claims.insert("fhirUser".into(), absolute.into())),
            FhirUser::Relative => drop(claims.insert("fhirUser".into(), grant.fhir_user.clone().into())),
            FhirUser::Absent => {}
        }
    }
    claims
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
