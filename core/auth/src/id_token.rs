//! The id_token (A7): who signed in, if its signature can be trusted.
//!
//! Three ends: *verified*; *unverified* with a reason, and the sign-in goes on with an unknown reader;
//! *refused*, where only an attack or a gross fault explains what came, and the sign-in ends.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, de::IgnoredAny};
use serde_json::Value;

use crate::json_object::json_object;
use crate::jwks::{Algorithm, JwkSet, VerifyingKey};
use crate::secret::Fingerprint;
use crate::{FhirBase, FhirUser, Secret};

const LARGEST_TOKEN: usize = 16 * 1024;
/// How far the server's clock and ours may differ.
const SKEW_SECONDS: i64 = 300;

/// Why the sign-in ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenRefusal {
    /// The nonce of another sign-in.
    #[error("it belongs to another sign-in")]
    WrongNonce,
    /// `alg` is `none`.
    #[error("it is not signed")]
    NotSigned,
    /// An HMAC: whoever knows the public key could have made it.
    #[error("it is signed with a shared secret")]
    SharedSecret,
    /// A `crit` header: it asks to be read by rules we do not know.
    #[error("it asks for rules of its own")]
    Critical,
    /// The key it names is of another kind than its `alg`.
    #[error("its key is of another kind than it says")]
    KeyConfusion,
}

/// Why the reader's identity stays unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unverified {
    /// No id_token came.
    Absent,
    /// It cannot be read, or is too large.
    Malformed,
    /// It is encrypted.
    Encrypted,
    /// Signed with an algorithm outside the list.
    AlgorithmNotAllowed,
    /// The server names no issuer to compare with.
    NoIssuer,
    /// The issuer is another one.
    WrongIssuer,
    /// It was made for another app.
    WrongAudience,
    /// `sub`, `exp` or `iat` is missing.
    ClaimMissing,
    /// Past its time.
    Expired,
    /// Issued in the future, or before the sign-in began where no nonce binds it.
    WrongTime,
    /// The keys could not be had.
    KeysUnavailable,
    /// No key of that name, also not after a second look.
    UnknownKey,
    /// The signature is not that of the server's key.
    BadSignature,
}

/// A verified identity.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedIdentity {
    /// `sub`: stable for this person at this issuer.
    pub subject: String,
    /// The reader's own resource, where it was given and is one of the five kinds.
    pub fhir_user: Option<FhirUser>,
    /// Whether the server repeated our nonce; PKCE alone binds the answer where it did not.
    pub nonce_seen: bool,
}

impl fmt::Debug for VerifiedIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedIdentity")
            .field("fhir_user", &self.fhir_user)
            .field("nonce_seen", &self.nonce_seen)
            .finish_non_exhaustive()
    }
}

/// What is known of the reader when a sign-in is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// The server signed it.
    Verified(VerifiedIdentity),
    /// Unknown, and why.
    Unverified(Unverified),
}

/// What an id_token must agree with.
#[derive(Clone)]
pub struct Expected<'a> {
    /// The server's issuer, exactly as in its configuration.
    pub issuer: &'a str,
    /// Our client id.
    pub client_id: &'a str,
    /// The FHIR base, for a relative `fhirUser`.
    pub base: &'a FhirBase,
    /// When the sign-in began, unix seconds.
    pub started_at: i64,
    /// Now, unix seconds.
    pub now: i64,
    pub(crate) nonce: Fingerprint,
}

impl<'a> Expected<'a> {
    /// As the fields say; `nonce` is the one of the authorization request.
    pub fn new(
        issuer: &'a str,
        client_id: &'a str,
        base: &'a FhirBase,
        nonce: &str,
        started_at: i64,
        now: i64,
    ) -> Self {
        Self { issuer, client_id, base, started_at, now, nonce: Fingerprint::of(nonce.as_bytes()) }
    }
}

/// What a look without keys tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inspected {
    /// Worth fetching keys for.
    NeedsKeys,
    /// Not worth it; the sign-in goes on.
    Unverified(Unverified),
    /// The sign-in ends.
    Refused(IdTokenRefusal),
}

/// What the keys tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The server signed it, for us, now.
    Verified(VerifiedIdentity),
    /// The sign-in goes on with an unknown reader.
    Unverified(Unverified),
    /// The sign-in ends.
    Refused(IdTokenRefusal),
    /// The key it names is not in the set: fetch the set once more, then take [`Unverified::UnknownKey`].
    NeedRefetch,
}

/// Looks at an id_token before any key is fetched. A wrong nonce counts even unsigned: over TLS from the token
/// endpoint it means that somebody else's code was slipped in.
pub fn inspect(token: &Secret, nonce: &str) -> Inspected {
    inspect_fingerprint(token, &Fingerprint::of(nonce.as_bytes()))
}

pub(crate) fn inspect_fingerprint(token: &Secret, nonce: &Fingerprint) -> Inspected {
    match Parts::read(token).and_then(|parts| parts.check_nonce(nonce)) {
        Ok(_) => Inspected::NeedsKeys,
        Err(Failure::Refused(refusal)) => Inspected::Refused(refusal),
        Err(Failure::Unverified(reason)) => Inspected::Unverified(reason),
    }
}

/// Verifies an id_token with the server's keys.
pub fn verify(token: &Secret, keys: &JwkSet, expected: &Expected<'_>) -> Verdict {
    match checked(token, keys, expected) {
        Ok(Some(identity)) => Verdict::Verified(identity),
        Ok(None) => Verdict::NeedRefetch,
        Err(Failure::Refused(refusal)) => Verdict::Refused(refusal),
        Err(Failure::Unverified(reason)) => Verdict::Unverified(reason),
    }
}

enum Failure {
    Refused(IdTokenRefusal),
    Unverified(Unverified),
}

impl From<IdTokenRefusal> for Failure {
    fn from(refusal: IdTokenRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Unverified> for Failure {
    fn from(reason: Unverified) -> Self {
        Self::Unverified(reason)
    }
}

fn checked(token: &Secret, keys: &JwkSet, expected: &Expected<'_>) -> Result<Option<VerifiedIdentity>, Failure> {
    let parts = Parts::read(token)?;
    let nonce_seen = parts.check_nonce(&expected.nonce)?;
    if !parts.check_signature(keys)? {
        return Ok(None);
    }
    let claims = parts.claims;
    if claims.iss.as_deref() != Some(expected.issuer) {
        return Err(Unverified::WrongIssuer.into());
    }
    claims.check_audience(expected.client_id)?;
    claims.check_times(expected, nonce_seen)?;
    let subject = claims.sub.filter(|sub| !sub.is_empty()).ok_or(Unverified::ClaimMissing)?;
    let fhir_user =
        claims.fhir_user.as_ref().and_then(Value::as_str).and_then(|user| FhirUser::parse(user, expected.base));
    Ok(Some(VerifiedIdentity { subject, fhir_user, nonce_seen }))
}

/// A compact JWS, decoded; nothing is trusted yet.
struct Parts<'a> {
    signed: &'a str,
    algorithm: Algorithm,
    kid: Option<String>,
    claims: Claims,
    signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    fn read(token: &'a Secret) -> Result<Self, Failure> {
        let token = token.expose(); // EXPOSE: read in place.
        if token.len() > LARGEST_TOKEN {
            return Err(Unverified::Malformed.into());
        }
        if token.split('.').count() == 5 {
            return Err(Unverified::Encrypted.into());
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Unverified::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(Unverified::Malformed)?;
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| Unverified::Malformed);
        let header: Header = json_object(&decode(header)?).map_err(|_| Unverified::Malformed)?;
        if header.crit.0 {
            return Err(IdTokenRefusal::Critical.into());
        }
        if header.alg.eq_ignore_ascii_case("none") {
            return Err(IdTokenRefusal::NotSigned.into());
        }
        if header.alg.get(..2).is_some_and(|family| family.eq_ignore_ascii_case("HS")) {
            return Err(IdTokenRefusal::SharedSecret.into());
        }
        let claims = json_object(&decode(claims)?).map_err(|_| Unverified::Malformed)?;
        let algorithm = Algorithm::from_name(&header.alg);
        Ok(Self {
            signed,
            claims,
            signature: decode(signature)?,
            kid: header.kid,
            algorithm: algorithm.ok_or(Unverified::AlgorithmNotAllowed)?,
        })
    }

    /// Whether our nonce is there; a wrong one is refused.
    fn check_nonce(&self, expected: &Fingerprint) -> Result<bool, Failure> {
        match &self.claims.nonce {
            None | Some(Value::Null) => Ok(false),
            Some(Value::String(nonce)) if expected.matches_text(nonce) => Ok(true),
            Some(_) => Err(IdTokenRefusal::WrongNonce.into()),
        }
    }

    /// `Ok(false)`: the key it names is not in the set.
    fn check_signature(&self, keys: &JwkSet) -> Result<bool, Failure> {
        let named: Vec<&VerifyingKey> = keys.named(self.kid.as_deref()).collect();
        let mut fitting = named.iter().filter(|key| key.fits(self.algorithm)).peekable();
        if fitting.peek().is_none() {
            return match (&self.kid, named.is_empty()) {
                (Some(_), false) => Err(IdTokenRefusal::KeyConfusion.into()),
                _ => Ok(false),
            };
        }
        if fitting.any(|key| key.verifies(self.algorithm, self.signed.as_bytes(), &self.signature)) {
            Ok(true)
        } else if self.kid.is_none() {
            // The keys may have been rotated; without a name only a second look can tell.
            Ok(false)
        } else {
            Err(Unverified::BadSignature.into())
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    #[serde(default)]
    crit: Present,
}

/// Whether a member is there, whatever it holds.
#[derive(Default)]
struct Present(bool);

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(from).map(|_| Self(true))
    }
}

/// A claim that stands twice makes the token unreadable.
#[derive(Deserialize)]
struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Value>,
    azp: Option<Value>,
    exp: Option<Value>,
    iat: Option<Value>,
    nonce: Option<Value>,
    #[serde(rename = "fhirUser")]
    fhir_user: Option<Value>,
}

impl Claims {
    /// We are in `aud`; with others beside us, `azp` must be there and be us (OIDC Core 3.1.3.7).
    fn check_audience(&self, client_id: &str) -> Result<(), Unverified> {
        let (ours, several) = match &self.aud {
            Some(Value::String(audience)) => (audience == client_id, false),
            Some(Value::Array(audiences)) => {
                (audiences.iter().any(|audience| audience == client_id), audiences.len() > 1)
            }
            _ => (false, false),
        };
        let authorized = match &self.azp {
            None | Some(Value::Null) => !several,
            Some(party) => party == client_id,
        };
        if ours && authorized { Ok(()) } else { Err(Unverified::WrongAudience) }
    }

    fn check_times(&self, expected: &Expected<'_>, nonce_seen: bool) -> Result<(), Unverified> {
        let expires = numeric_date(self.exp.as_ref()).ok_or(Unverified::ClaimMissing)?;
        let issued = numeric_date(self.iat.as_ref()).ok_or(Unverified::ClaimMissing)?;
        if expected.now.saturating_sub(SKEW_SECONDS) >= expires {
            return Err(Unverified::Expired);
        }
        let too_late = issued > expected.now.saturating_add(SKEW_SECONDS);
        // Without our nonce, only its time tells an old token from this sign-in's.
        let too_early = !nonce_seen && issued < expected.started_at.saturating_sub(SKEW_SECONDS);
        if too_late || too_early { Err(Unverified::WrongTime) } else { Ok(()) }
    }
}

/// Seconds since 1970; a fraction is allowed and dropped.
fn numeric_date(claim: Option<&Value>) -> Option<i64> {
    let claim = claim?;
    let limit = 1e15;
    claim.as_i64().or_else(|| {
        // Checked against the limit first, so the cast cannot go wrong.
        claim.as_f64().filter(|seconds| seconds.abs() < limit).map(|seconds| seconds as i64)
    })
}
