//! Who signed in, as far as an id_token tells; and what a wrong one does.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plainchart::{OfferView, PlainchartError, Relation, SignInStep};
use plainchart_sandbox::{FhirUser, IdTokenHabit, Profile, Sandbox, Signing};
use plainchart_tests::hospital;
use plainchart_tests::phone::{CLIENT, Phone, REDIRECT};
use plainchart_tests::strange::{Reply, StrangeHospital, query};
use ring::hmac;
use serde_json::{Value, json};

fn fernway(id_token: IdTokenHabit) -> Sandbox {
    hospital::small_with(Profile { id_token, ..Profile::default() })
}

fn sign_in(fernway: &Sandbox, patient: &str) -> Result<OfferView, PlainchartError> {
    Phone::for_hospital(fernway).sign_in(fernway, "nora", patient)
}

/// Proves A7, A8: a good id_token says whether the reader is the patient; ES256 and RS256.
#[test]
fn a_good_id_token_tells_reader_from_patient() {
    for signing in [Signing::Es256, Signing::Rs256] {
        let fernway = hospital::small_with(Profile { signing, ..Profile::default() });
        assert_eq!(sign_in(&fernway, "").unwrap().candidates[0].is_reader, Some(true));
        assert_eq!(sign_in(&fernway, "ivo").unwrap().candidates[0].is_reader, Some(false));
    }
    let relative = hospital::small_with(Profile { fhir_user: FhirUser::Relative, ..Profile::default() });
    assert_eq!(sign_in(&relative, "").unwrap().candidates[0].is_reader, Some(true));
    let absent = hospital::small_with(Profile { fhir_user: FhirUser::Absent, ..Profile::default() });
    assert_eq!(sign_in(&absent, "").unwrap().candidates[0].is_reader, None);
}

/// Proves A7: an id_token that does not hold leaves the reader unknown; the sign-in goes on, and the sync works.
#[test]
fn a_weak_id_token_leaves_the_reader_unknown() {
    use IdTokenHabit as Habit;
    for habit in [
        Habit::Absent,
        Habit::WrongIssuer,
        Habit::WrongAudience,
        Habit::Expired,
        Habit::BadSignature,
        Habit::UnknownKey,
    ] {
        let fernway = fernway(habit);
        let phone = Phone::for_hospital(&fernway);
        let offer = phone.sign_in(&fernway, "nora", "").unwrap();
        assert_eq!(offer.candidates[0].is_reader, None, "{habit:?}");
        let nora = phone.confirm(&offer, hospital::NORA, Relation::Own);
        phone.sync(&nora).unwrap();
    }
}

/// Proves A7: a wrong nonce and an unsigned token end the sign-in, the access is given back; no nonce is accepted.
#[test]
fn a_wrong_nonce_and_an_unsigned_token_end_the_sign_in() {
    for habit in [IdTokenHabit::WrongNonce, IdTokenHabit::Unsigned] {
        let fernway = fernway(habit);
        let error = sign_in(&fernway, "").unwrap_err();
        assert_eq!(error.code(), "server_problem.identity", "{habit:?}");
        assert_eq!(fernway.active_grants(), 0, "{habit:?}");
        assert_eq!(hospital::asked(&fernway, "/fhir/r4/Patient"), 0, "{habit:?}: the token was not used");
    }
    let without = fernway(IdTokenHabit::WithoutNonce);
    assert_eq!(sign_in(&without, "").unwrap().candidates[0].is_reader, Some(true));
}

/// An id_token by hand.
fn token(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn hmac_of(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), bytes).as_ref().to_vec()
}

/// What the facade makes of an id_token that a strange hospital gives.
fn given(make: impl Fn(&StrangeHospital, &Value) -> String) -> Result<OfferView, PlainchartError> {
    let strange = StrangeHospital::start();
    let phone = Phone::alone();
    let url = phone.begin(&strange.base()).unwrap();
    let now = plainchart::Clock::wall_ms(phone.clock.as_ref()) / 1000;
    let claims = json!({
        "iss": strange.origin(), "aud": CLIENT, "sub": "reader-1", "iat": now, "exp": now + 300,
        "nonce": query(&url, "nonce").unwrap(), "fhirUser": format!("{}/Patient/p1", strange.base()),
    });
    let id_token = make(&strange, &claims);
    strange.give(|tokens| tokens["id_token"] = json!(id_token));
    let state = query(&url, "state").unwrap();
    match phone.complete(&format!("{REDIRECT}?code=c1&state={state}"))? {
        SignInStep::Offer(offer) => Ok(offer),
        SignInStep::OpenBrowser(_) => panic!("an offer"),
    }
}

/// The public half of an RSA key, as a key set writes it.
fn modulus() -> String {
    let bytes: Vec<u8> = (0..=255_u8).map(|n| n.wrapping_mul(73) | 1).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Proves A7: a token signed with a shared secret is refused, also when that secret is the server's public key.
#[test]
fn a_shared_secret_is_no_signature() {
    let outcome = given(|_, claims| {
        token(&json!({"alg": "HS256", "typ": "JWT"}), claims, |bytes| hmac_of(b"plainchart-demo", bytes))
    });
    assert_eq!(outcome.unwrap_err().code(), "server_problem.identity");
    let outcome = given(|strange, claims| {
        let keys = json!({"keys": [{"kty": "RSA", "kid": "k1", "alg": "RS256", "n": modulus(), "e": "AQAB"}]});
        strange.set("/jwks", Reply::json(&keys));
        let header = json!({"alg": "HS256", "typ": "JWT", "kid": "k1"});
        token(&header, claims, |bytes| hmac_of(modulus().as_bytes(), bytes))
    });
    assert_eq!(outcome.unwrap_err().code(), "server_problem.identity");
}

/// Proves A7: `none` in any spelling, and a key of another kind than the algorithm, are never a verified reader.
#[test]
fn none_and_key_confusion_are_never_verified() {
    for alg in ["none", "None", "NONE", "nOnE", "HS384", "HS512"] {
        let outcome = given(|_, claims| token(&json!({"alg": alg}), claims, |_| Vec::new()));
        let refused_or_unknown = outcome.map_or(true, |offer| offer.candidates[0].is_reader.is_none());
        assert!(refused_or_unknown, "{alg}");
    }
    let outcome = given(|strange, claims| {
        let keys = json!({"keys": [{"kty": "RSA", "kid": "k1", "n": modulus(), "e": "AQAB"}]});
        strange.set("/jwks", Reply::json(&keys));
        token(&json!({"alg": "ES256", "kid": "k1"}), claims, |_| vec![0; 64])
    });
    assert_eq!(outcome.unwrap_err().code(), "server_problem.identity");
}

/// Proves A7: what is no id_token at all, and a key set that is none, leave the reader unknown; nothing breaks.
#[test]
fn nonsense_in_place_of_an_id_token() {
    for nonsense in ["", "x", "a.b.c", "e30.e30.", "....", "{}"] {
        let outcome = given(|_, _| nonsense.to_owned());
        let unknown = outcome.map_or(true, |offer| offer.candidates[0].is_reader.is_none());
        assert!(unknown, "{nonsense}");
    }
    let outcome = given(|strange, claims| {
        strange.set("/jwks", Reply::of(200, "text/html", "<p>keys</p>"));
        token(&json!({"alg": "ES256", "kid": "k1"}), claims, |_| vec![1; 64])
    });
    assert_eq!(outcome.unwrap().candidates[0].is_reader, None);
}
