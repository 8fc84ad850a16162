//! Who signed in, and every forgery we could think of.

use plainchart_auth::{
    Expected, FhirUser, FhirUserKind, IdTokenRefusal, Inspected, JwkSet, JwksProblem, Secret, Unverified, Verdict,
    inspect, verify,
};
use proptest::prelude::*;
use ring::hmac;
use serde_json::{Value, json};

use crate::shell::{BASE, CLIENT, ISSUER, NOW, base};
use crate::signing::{Signer, base64url, jwks};

const NONCE: &str = "our-nonce";

fn claims() -> Value {
    json!({"iss": ISSUER, "sub": "s-1", "aud": CLIENT, "exp": NOW + 60, "iat": NOW, "nonce": NONCE})
}

fn claims_with(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        }
    }
    claims
}

fn check_with(token: &str, keys: &[Value]) -> Verdict {
    let base = base();
    let expected = Expected::new(ISSUER, CLIENT, &base, NONCE, NOW - 60, NOW);
    verify(&Secret::from(token), &JwkSet::parse(&jwks(keys)).unwrap(), &expected)
}

/// Signs claims with ES256 and looks at them.
fn check(claims: &Value) -> Verdict {
    let signer = Signer::p256();
    check_with(&signer.sign(&json!({"alg": "ES256", "kid": "k"}), claims), &[signer.jwk(json!({"kid": "k"}))])
}

fn is_verified(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Verified(_))
}

/// Proves A7: the four algorithms, with and without `kid`, `alg` and `use` in the key set.
#[test]
fn the_allowed_algorithms_are_verified() {
    for (signer, alg) in
        [(Signer::p256(), "ES256"), (Signer::p384(), "ES384"), (Signer::rsa(), "RS256"), (Signer::rsa(), "RS384")]
    {
        let named = signer.sign(&json!({"alg": alg, "kid": "k", "typ": "JWT"}), &claims());
        let unnamed = signer.sign(&json!({ "alg": alg }), &claims());
        let others =
            [Signer::p256().jwk(json!({"kid": "x"})), Signer::p384().jwk(json!({})), json!({"kty": "OKP"}), json!(5)];
        for more in [json!({"kid": "k"}), json!({"kid": "k", "alg": alg, "use": "sig", "key_ops": ["verify"]})] {
            let keys = [&others[..], &[signer.jwk(more)]].concat();
            assert!(is_verified(&check_with(&named, &keys)), "{alg}");
            assert!(is_verified(&check_with(&unnamed, &keys)), "{alg} without kid");
        }
    }
}

/// Proves A7: numbers with a leading zero byte, as ASN.1 writes them, are the same key.
#[test]
fn a_modulus_with_a_leading_zero_is_read() {
    use base64::Engine;
    let signer = Signer::rsa();
    let mut key = signer.jwk(json!({"kid": "k"}));
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let mut n = engine.decode(key["n"].as_str().unwrap()).unwrap();
    n.insert(0, 0);
    key["n"] = engine.encode(n).into();
    assert!(is_verified(&check_with(&signer.sign(&json!({"alg": "RS256", "kid": "k"}), &claims()), &[key])));
}

/// Proves A7: `none`, in any spelling, ends the sign-in.
#[test]
fn an_unsigned_token_is_refused() {
    let key = Signer::p256().jwk(json!({"kid": "k"}));
    for alg in ["none", "None", "NONE", "nOnE"] {
        let head =
            format!("{}.{}", base64url(json!({"alg": alg, "kid": "k"}).to_string()), base64url(claims().to_string()));
        for token in [format!("{head}."), format!("{head}.AAAA")] {
            assert_eq!(
                check_with(&token, std::slice::from_ref(&key)),
                Verdict::Refused(IdTokenRefusal::NotSigned),
                "{alg}"
            );
            assert_eq!(inspect(&Secret::from(token.as_str()), NONCE), Inspected::Refused(IdTokenRefusal::NotSigned));
        }
    }
}

/// Proves A7: an HMAC over the public key, the classic confusion, in each form the key could be fed.
#[test]
fn a_shared_secret_is_refused() {
    let signer = Signer::rsa();
    let jwk = signer.jwk(json!({"kid": "k"}));
    let n = jwk["n"].as_str().unwrap().as_bytes().to_vec();
    for (alg, method) in [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("hs512", hmac::HMAC_SHA512)] {
        for secret in [n.clone(), jwk.to_string().into_bytes(), jwks(std::slice::from_ref(&jwk)), Vec::new()] {
            let head = format!(
                "{}.{}",
                base64url(json!({"alg": alg, "kid": "k"}).to_string()),
                base64url(claims().to_string())
            );
            let tag = hmac::sign(&hmac::Key::new(method, &secret), head.as_bytes());
            let token = format!("{head}.{}", base64url(tag));
            let set = [jwk.clone(), json!({"kty": "oct", "kid": "k", "k": base64url(&secret)})];
            assert_eq!(check_with(&token, &set), Verdict::Refused(IdTokenRefusal::SharedSecret), "{alg}");
        }
    }
}

/// Proves A7: a key of another kind than the header says, in every combination.
#[test]
fn key_confusion_is_refused() {
    let (p256, p384, rsa) = (Signer::p256(), Signer::p384(), Signer::rsa());
    for (signer, alg, key) in [
        (&p256, "ES256", rsa.jwk(json!({"kid": "k"}))),
        (&p256, "ES256", p384.jwk(json!({"kid": "k"}))),
        (&p256, "ES384", p256.jwk(json!({"kid": "k"}))),
        (&p256, "RS256", p256.jwk(json!({"kid": "k"}))),
        (&p384, "ES256", p384.jwk(json!({"kid": "k"}))),
        (&rsa, "ES256", rsa.jwk(json!({"kid": "k"}))),
        (&rsa, "RS384", rsa.jwk(json!({"kid": "k", "alg": "RS256"}))),
        (&rsa, "RS256", rsa.jwk(json!({"kid": "k", "alg": "RS384"}))),
    ] {
        let token = signer.sign(&json!({"alg": alg, "kid": "k"}), &claims());
        assert_eq!(check_with(&token, &[key]), Verdict::Refused(IdTokenRefusal::KeyConfusion), "{alg}");
    }
}

/// Proves A7: a `crit` header, and a key smuggled in the header, move nothing.
#[test]
fn the_header_brings_no_rules_or_keys_of_its_own() {
    let signer = Signer::p256();
    let key = signer.jwk(json!({"kid": "k"}));
    for crit in [json!(["exp"]), json!(["b64"]), json!([]), json!("x"), Value::Null] {
        let token = signer.sign(&json!({"alg": "ES256", "kid": "k", "crit": crit, "b64": false}), &claims());
        assert_eq!(
            check_with(&token, std::slice::from_ref(&key)),
            Verdict::Refused(IdTokenRefusal::Critical),
            "{crit}"
        );
    }
    let thief = Signer::p256();
    let header = json!({"alg": "ES256", "kid": "k", "jwk": thief.jwk(json!({})), "jku": "https://evil.example/keys", "x5u": "x"});
    let token = thief.sign(&header, &claims());
    assert_eq!(check_with(&token, &[key]), Verdict::Unverified(Unverified::BadSignature));
}

/// Proves A7: outside the list, even with a good signature.
#[test]
fn other_algorithms_are_not_verified() {
    let rsa = Signer::rsa();
    for alg in ["RS512", "PS256", "EdDSA", "ES512", "ES256K", "es256", "RS1", "", "ES256 "] {
        let token = rsa.sign(&json!({"alg": alg, "kid": "k"}), &claims());
        let verdict = check_with(&token, &[rsa.jwk(json!({"kid": "k"}))]);
        assert_eq!(verdict, Verdict::Unverified(Unverified::AlgorithmNotAllowed), "{alg}");
    }
}

/// Proves A7: keys that are not for signatures, or not for us, are no keys.
#[test]
fn unfit_keys_are_left_out() {
    let signer = Signer::p256();
    let token = signer.sign(&json!({"alg": "ES256", "kid": "k"}), &claims());
    for more in [
        json!({"kid": "k", "use": "enc"}),
        json!({"kid": "k", "key_ops": ["sign"]}),
        json!({"kid": "k", "alg": "ES384"}),
        json!({"kid": "k", "alg": "RS256"}),
        json!({"kid": "k", "alg": "none"}),
        json!({"kid": "k", "crv": "P-521"}),
        json!({"kid": "k", "kty": "oct"}),
        json!({"kid": "k", "x": "AAAA"}),
        json!({"kid": "K"}),
        json!({"kid": 7}),
    ] {
        assert_eq!(check_with(&token, &[signer.jwk(more.clone())]), Verdict::NeedRefetch, "{more}");
    }
    assert_eq!(check_with(&token, &[]), Verdict::NeedRefetch);
}

/// Proves A7: RSA keys under 2048 bits verify nothing.
#[test]
fn a_short_rsa_key_verifies_nothing() {
    let signer = Signer::rsa();
    let token = signer.sign(&json!({"alg": "RS256", "kid": "k"}), &claims());
    for (n, e) in [(vec![0xFF; 128], "AQAB"), (vec![0xFF; 2000], "AQAB"), (Vec::new(), "AQAB"), (vec![0xFF; 256], "AQ")]
    {
        let key = json!({"kty": "RSA", "kid": "k", "n": base64url(n), "e": e});
        assert_eq!(check_with(&token, &[key]), Verdict::Unverified(Unverified::BadSignature));
    }
}

/// Proves A7: at most 16 keys and 64 KB, and only a key set.
#[test]
fn a_key_set_is_bounded() {
    let key = Signer::p256().jwk(json!({}));
    assert!(JwkSet::parse(&jwks(&vec![key.clone(); 16])).is_ok());
    assert_eq!(JwkSet::parse(&jwks(&vec![key; 17])).err(), Some(JwksProblem::TooManyKeys));
    let padded = [jwks(&[]), vec![b' '; 64 * 1024]].concat();
    assert_eq!(JwkSet::parse(&padded).err(), Some(JwksProblem::TooLarge));
    for body in ["", "<html>", "[]", "[[]]", "{}", "{\"keys\":{}}"] {
        assert_eq!(JwkSet::parse(body.as_bytes()).err(), Some(JwksProblem::NotJson), "{body}");
    }
}

/// Proves A7: each claim on its own.
#[test]
fn a_wrong_claim_leaves_the_reader_unknown() {
    use Unverified as U;
    for (changes, reason) in [
        (json!({"iss": "https://evil.example"}), U::WrongIssuer),
        (json!({"iss": format!("{ISSUER}/")}), U::WrongIssuer),
        (json!({"iss": null}), U::WrongIssuer),
        (json!({"iss": 5}), U::Malformed),
        (json!({"aud": "other-app"}), U::WrongAudience),
        (json!({"aud": null}), U::WrongAudience),
        (json!({"aud": []}), U::WrongAudience),
        (json!({"aud": {"x": CLIENT}}), U::WrongAudience),
        (json!({"aud": ["other-app"]}), U::WrongAudience),
        (json!({"aud": [CLIENT, "other-app"]}), U::WrongAudience),
        (json!({"aud": [CLIENT, "other-app"], "azp": "other-app"}), U::WrongAudience),
        (json!({"azp": "other-app"}), U::WrongAudience),
        (json!({"azp": 5}), U::WrongAudience),
        (json!({"sub": null}), U::ClaimMissing),
        (json!({"sub": ""}), U::ClaimMissing),
        (json!({"exp": null}), U::ClaimMissing),
        (json!({"exp": "tomorrow"}), U::ClaimMissing),
        (json!({"exp": 1e300}), U::ClaimMissing),
        (json!({"iat": null}), U::ClaimMissing),
        (json!({"exp": NOW - 300}), U::Expired),
        (json!({"exp": 0}), U::Expired),
        (json!({"exp": i64::MIN}), U::Expired),
        (json!({"iat": NOW + 301}), U::WrongTime),
        (json!({"iat": i64::MAX}), U::WrongTime),
        (json!({"nonce": null, "iat": NOW - 361}), U::WrongTime),
    ] {
        assert_eq!(check(&claims_with(changes.clone())), Verdict::Unverified(reason), "{changes}");
    }
    for changes in [
        json!({"exp": NOW - 299}),
        json!({"exp": NOW as f64 + 0.5}),
        json!({"exp": u64::MAX}),
        json!({"iat": NOW + 300}),
        json!({"iat": NOW - 100_000}),
        json!({"nonce": null, "iat": NOW - 360}),
        json!({"aud": [CLIENT]}),
        json!({"aud": [CLIENT, "other-app"], "azp": CLIENT}),
        json!({"azp": CLIENT}),
        json!({"fhirUser": {"reference": "x"}, "unknown": [1]}),
    ] {
        let expected = !changes.to_string().contains(&u64::MAX.to_string());
        assert_eq!(is_verified(&check(&claims_with(changes.clone()))), expected, "{changes}");
    }
}

/// Proves A7: a wrong nonce is refused, signed or not; an absent one is accepted and noted.
#[test]
fn the_nonce_binds_the_answer() {
    for nonce in [json!("another"), json!(""), json!(5), json!([NONCE]), json!(format!("{NONCE} "))] {
        let claims = claims_with(json!({ "nonce": nonce }));
        assert_eq!(check(&claims), Verdict::Refused(IdTokenRefusal::WrongNonce), "{nonce}");
        let token = Signer::p256().sign(&json!({"alg": "ES256"}), &claims);
        assert_eq!(inspect(&Secret::from(token.as_str()), NONCE), Inspected::Refused(IdTokenRefusal::WrongNonce));
    }
    let Verdict::Verified(reader) = check(&claims_with(json!({"nonce": null}))) else { panic!() };
    assert!(!reader.nonce_seen);
    let Verdict::Verified(reader) = check(&claims()) else { panic!() };
    assert!(reader.nonce_seen);
}

/// Proves A7: a claim that stands twice makes the token unreadable; no reader may pick the other one.
#[test]
fn doubled_claims_are_not_read() {
    let signer = Signer::p256();
    for (name, other) in [("sub", "\"victim\""), ("iss", "\"x\""), ("aud", "\"x\""), ("nonce", "\"x\""), ("exp", "1")] {
        let text = claims().to_string();
        let doubled = format!("{},\"{name}\":{other}}}", text.strip_suffix('}').unwrap());
        let signed = format!("{}.{}", base64url(r#"{"alg":"ES256","kid":"k"}"#), base64url(doubled));
        let token = format!("{signed}.AAAA");
        let verdict = check_with(&token, &[signer.jwk(json!({"kid": "k"}))]);
        assert_eq!(verdict, Verdict::Unverified(Unverified::Malformed), "{name}");
    }
}

/// Proves A7: every truncation, every flipped bit and every swapped part of a good token verifies nothing.
#[test]
fn a_damaged_token_verifies_nothing() {
    for (signer, alg) in [(Signer::p256(), "ES256"), (Signer::p384(), "ES384"), (Signer::rsa(), "RS256")] {
        let keys = [signer.jwk(json!({}))];
        let token = signer.sign(&json!({ "alg": alg }), &claims());
        assert!(is_verified(&check_with(&token, &keys)));
        for length in 0..token.len() {
            assert!(!is_verified(&check_with(&token[..length], &keys)), "{alg} cut at {length}");
        }
        for index in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(!is_verified(&check_with(&changed, &keys)), "{alg} changed at {index}");
        }
        let other = signer.sign(&json!({ "alg": alg }), &claims_with(json!({"sub": "victim"})));
        let mixed = format!("{}.{}", other.rsplit_once('.').unwrap().0, token.rsplit_once('.').unwrap().1);
        let verdict = check_with(&mixed, &[signer.jwk(json!({}))]);
        assert!(!is_verified(&verdict), "{alg} with another's signature");
        for tail in ["=", "==", ".", "A", " ", "\n", "AAAA"] {
            assert!(!is_verified(&check_with(&format!("{token}{tail}"), &keys)), "{alg} with {tail:?} behind");
        }
    }
}

/// Proves A7: too large, encrypted, or not a token at all.
#[test]
fn what_is_no_token_is_unverified() {
    let huge = Signer::p256().sign(&json!({"alg": "ES256"}), &claims_with(json!({"x": "a".repeat(16 * 1024)})));
    for (token, reason) in [
        (huge.as_str(), Unverified::Malformed),
        ("", Unverified::Malformed),
        ("a", Unverified::Malformed),
        ("a.b", Unverified::Malformed),
        ("a.b.c", Unverified::Malformed),
        ("..", Unverified::Malformed),
        ("a.b.c.d", Unverified::Malformed),
        ("a.b.c.d.e", Unverified::Encrypted),
    ] {
        assert_eq!(inspect(&Secret::from(token), NONCE), Inspected::Unverified(reason));
        assert_eq!(check_with(token, &[]), Verdict::Unverified(reason));
    }
}

/// Proves A7: five kinds, absolute or relative, with or without a version.
#[test]
fn the_reader_is_one_of_five_kinds() {
    use FhirUserKind as K;
    for (claim, kind, id, at_base) in [
        ("Patient/p-1", K::Patient, "p-1", true),
        ("RelatedPerson/r.1", K::RelatedPerson, "r.1", true),
        ("Person/1", K::Person, "1", true),
        ("Practitioner/1", K::Practitioner, "1", true),
        ("PractitionerRole/1/_history/2", K::PractitionerRole, "1", true),
        ("/r4/Patient/p-1", K::Patient, "p-1", true),
        ("https://fhir.hospital.example/r4/Patient/p-1", K::Patient, "p-1", true),
        ("https://fhir.hospital.example/r4/tenant/Patient/p-1", K::Patient, "p-1", false),
        ("https://fhir.hospital.example/other/Patient/p-1", K::Patient, "p-1", false),
        ("https://elsewhere.example/r4/Patient/p-1", K::Patient, "p-1", false),
        ("http://fhir.hospital.example/r4/Patient/p-1", K::Patient, "p-1", false),
    ] {
        let user = FhirUser::parse(claim, &base()).unwrap_or_else(|| panic!("{claim}"));
        assert_eq!((user.kind, user.id.as_str(), user.at_base), (kind, id, at_base), "{claim}");
        assert!(!format!("{user:?}").contains(id), "Debug shows no id");
    }
    for claim in [
        "",
        "Patient",
        "Patient/",
        "patient/1",
        "Group/1",
        "Patient/a b",
        "Patient/a%2Fb",
        "Patient/1?x=2",
        "mailto:a@b",
        "urn:uuid:1",
        "https://",
        "Patient/../..",
        "Patient\\1",
    ] {
        assert_eq!(FhirUser::parse(claim, &base()), None, "{claim}");
    }
    let id = "a".repeat(65);
    assert_eq!(FhirUser::parse(&format!("{BASE}/Patient/{id}"), &base()), None);
}

proptest! {
    /// Proves A7: no bytes make a panic, and none verify.
    #[test]
    fn no_noise_verifies(token in ".{0,80}", header in "\\PC{0,40}", body in "\\PC{0,40}", keys in ".{0,80}") {
        let _ = JwkSet::parse(keys.as_bytes());
        let made = format!("{}.{}.{}", base64url(&header), base64url(&body), base64url(&token));
        let key = json!({"kty": "EC", "crv": "P-256", "x": base64url([1; 32]), "y": base64url([2; 32])});
        for token in [&token, &made] {
            prop_assert!(!is_verified(&check_with(token, std::slice::from_ref(&key))));
        }
        let _ = FhirUser::parse(&token, &base());
    }
}
