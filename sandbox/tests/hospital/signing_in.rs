//! Discovery, the pages, codes, tokens, identity, consent and its end.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use plainchart_sandbox::{
    Approval, ApproveError, Claim, DenyAnswer, FhirUser, IdTokenHabit, Permission, Profile, Sandbox, Signing, Writing,
};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::Value;

use crate::client::*;

/// Proves T1.
#[test]
fn discovery_names_every_endpoint_and_each_answers() {
    let sandbox = hospital();
    let configuration = get(&sandbox, "/fhir/r4/.well-known/smart-configuration").json();
    for name in ["authorization_endpoint", "token_endpoint", "revocation_endpoint", "jwks_uri", "management_endpoint"] {
        let url = configuration[name].as_str().unwrap();
        assert!(url.starts_with(&sandbox.origin()), "{name}: {url}");
        let path = url.strip_prefix(&sandbox.origin()).unwrap();
        assert_ne!(get(&sandbox, path).status, 404, "{name}");
    }
    assert_eq!(configuration["code_challenge_methods_supported"], serde_json::json!(["S256"]));
    let issuer = configuration["issuer"].as_str().unwrap();
    let path = issuer.strip_prefix(&sandbox.origin()).unwrap();
    assert_eq!(get(&sandbox, &format!("{path}/.well-known/openid-configuration")).json()["issuer"], issuer);
    assert_eq!(get(&sandbox, "/fhir/r4/metadata").json()["resourceType"], "CapabilityStatement");
}

/// Proves T1: endpoints may be relative, and permissions old only.
#[test]
fn discovery_follows_the_profile() {
    let sandbox =
        hospital_with(Profile { endpoints: Writing::Relative, permission: Permission::V1, ..Profile::default() });
    let configuration = get(&sandbox, "/fhir/r4/.well-known/smart-configuration").json();
    assert_eq!(configuration["token_endpoint"], "/oauth2/token");
    let scopes = configuration["scopes_supported"].as_array().unwrap();
    assert!(scopes.contains(&"patient/Observation.read".into()));
    assert!(!scopes.iter().any(|scope| scope.as_str().unwrap().ends_with(".rs")));
}

/// Proves T1: a person at a browser gets through with the forms the pages hold.
#[test]
fn the_pages_lead_from_login_over_the_picker_back_to_the_app() {
    let sandbox = hospital();
    let page = get(&sandbox, authorize_url(&sandbox, &[]).strip_prefix(&sandbox.origin()).unwrap());
    assert_eq!(page.status, 200);
    let text = page.text();
    let (_, after) = text.split_once(r#"name="transaction" value=""#).unwrap();
    let transaction = after.split('"').next().unwrap();

    let wrong =
        post_form(&sandbox, "/oauth2/login", &[("transaction", transaction), ("username", "ada"), ("password", "x")]);
    assert_eq!(wrong.status, 401);
    let early = post_form(&sandbox, "/oauth2/choose", &[("transaction", transaction), ("patient", "1001")]);
    assert_eq!(early.status, 400, "nobody picks before logging in");
    let picker = post_form(
        &sandbox,
        "/oauth2/login",
        &[("transaction", transaction), ("username", "ada"), ("password", "lake-1")],
    );
    assert!(picker.text().contains("Ada Moss") && picker.text().contains("Ben Moss"));
    let stranger = post_form(&sandbox, "/oauth2/choose", &[("transaction", transaction), ("patient", "9999")]);
    assert_eq!(stranger.status, 400);
    let back = post_form(&sandbox, "/oauth2/choose", &[("transaction", transaction), ("patient", "1002")]);
    assert_eq!(back.status, 303);
    let location = back.header("location");
    assert!(location.starts_with(REDIRECT));
    assert_eq!(query_of(location, "state").unwrap(), "the-state");
    assert_eq!(query_of(location, "iss").unwrap(), format!("{}/oauth2", sandbox.origin()));
    let tokens = redeem(&sandbox, &query_of(location, "code").unwrap()).json();
    assert_eq!(tokens["patient"], "1002");
    let again = post_form(&sandbox, "/oauth2/choose", &[("transaction", transaction), ("patient", "1002")]);
    assert_eq!(again.status, 400, "a sign-in ends once");
}

/// Proves T1: the other person may see no one but himself.
#[test]
fn the_picker_offers_only_the_charts_a_person_may_see() {
    let sandbox = hospital();
    assert!(matches!(sandbox.approve(&authorize_url(&sandbox, &[]), "ben", "ada"), Err(ApproveError::Page(_))));
    assert_eq!(sign_in(&sandbox, "ben", "", EVERYTHING)["patient"], "1002");
}

/// Proves T1: RFC 7636, SMART `aud` and `state`, each by an error redirect.
#[test]
fn what_an_app_must_send_is_enforced() {
    let sandbox = hospital();
    for (changes, error) in [
        (vec![("code_challenge", "")], "invalid_request"),
        (vec![("code_challenge_method", "plain")], "invalid_request"),
        (vec![("code_challenge_method", "")], "invalid_request"),
        (vec![("code_challenge", "short")], "invalid_request"),
        (vec![("aud", "https://other.example/fhir")], "invalid_request"),
        (vec![("aud", "")], "invalid_request"),
        (vec![("state", "")], "invalid_request"),
        (vec![("response_type", "token")], "unsupported_response_type"),
        (vec![("scope", "patient/Spaceship.rs")], "invalid_scope"),
    ] {
        let callback = sandbox.approve(&authorize_url(&sandbox, &changes), "ada", "").unwrap();
        assert_eq!(query_of(&callback, "error").as_deref(), Some(error), "{changes:?}");
        assert_eq!(query_of(&callback, "code"), None);
    }
    let twice = format!("{}&scope=openid", authorize_url(&sandbox, &[]));
    assert_eq!(query_of(&sandbox.approve(&twice, "ada", "").unwrap(), "error").unwrap(), "invalid_request");
}

/// Proves T1: nobody is redirected to a place that is not registered.
#[test]
fn an_unknown_app_or_redirect_is_an_html_400() {
    let sandbox = hospital();
    for changes in
        [("client_id", "someone-else"), ("redirect_uri", "https://evil.example/callback"), ("redirect_uri", "")]
    {
        let answer = get(&sandbox, authorize_url(&sandbox, &[changes]).strip_prefix(&sandbox.origin()).unwrap());
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{changes:?}");
        assert!(answer.header("content-type").starts_with("text/html"));
    }
    for good in ["org.plainchart.app:/callback", "https://plainchart.example/callback", "http://[::1]:1/callback"] {
        let callback = sandbox.approve(&authorize_url(&sandbox, &[("redirect_uri", good)]), "ada", "").unwrap();
        assert!(callback.starts_with(&format!("{good}?code=")), "{callback}");
    }
}

/// Proves T1.
#[test]
fn a_code_used_twice_kills_the_family() {
    let sandbox = hospital();
    let code = code_for(&sandbox, "ada", "", EVERYTHING);
    let tokens = redeem(&sandbox, &code).json();
    assert_eq!(fhir(&sandbox, access(&tokens), "/Patient/1001").status, 200);
    let again = redeem(&sandbox, &code);
    assert_eq!((again.status, again.json()["error"].as_str().unwrap()), (400, "invalid_grant"));
    assert_eq!(fhir(&sandbox, access(&tokens), "/Patient/1001").status, 401);
    assert_eq!(refresh(&sandbox, tokens["refresh_token"].as_str().unwrap()).json()["error"], "invalid_grant");
}

/// Proves T1.
#[test]
fn refresh_tokens_rotate_and_a_replaced_one_kills_the_family() {
    let sandbox = hospital();
    let first = sign_in(&sandbox, "ada", "", EVERYTHING);
    assert_eq!(first["expires_in"], 3600);
    let second = refresh(&sandbox, first["refresh_token"].as_str().unwrap()).json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(second["patient"], "1001");
    assert_eq!(fhir(&sandbox, access(&second), "/Patient/1001").status, 200);
    assert_eq!(refresh(&sandbox, first["refresh_token"].as_str().unwrap()).json()["error"], "invalid_grant");
    assert_eq!(refresh(&sandbox, second["refresh_token"].as_str().unwrap()).json()["error"], "invalid_grant");
    assert_eq!(fhir(&sandbox, access(&second), "/Patient/1001").status, 401);
}

/// Proves T1.
#[test]
fn refresh_tokens_are_given_only_when_offline_access_was_granted() {
    let sandbox = hospital();
    assert!(sign_in(&sandbox, "ada", "", "openid patient/*.rs")["refresh_token"].is_null());
    sandbox.set_profile(Profile { offers_offline_access: false, ..Profile::default() });
    let tokens = sign_in(&sandbox, "ada", "", EVERYTHING);
    assert!(tokens["refresh_token"].is_null());
    assert!(!tokens["scope"].as_str().unwrap().contains("offline_access"));
}

/// Proves T1: what is not known or was unticked is not granted.
#[test]
fn the_answer_says_which_scopes_were_granted() {
    let sandbox = hospital();
    let asked = "launch/patient patient/Observation.rs patient/Patient.read patient/Spaceship.rs user/Patient.rs";
    let approval =
        Approval { login: "ada".into(), leave_out: vec!["patient/Observation.rs".into()], ..Approval::default() };
    let callback = sandbox.approve_with(&authorize_url(&sandbox, &[("scope", asked)]), &approval).unwrap();
    let tokens = redeem(&sandbox, &query_of(&callback, "code").unwrap()).json();
    assert_eq!(tokens["scope"], "launch/patient patient/Patient.read");
    assert!(tokens["id_token"].is_null());
}

/// Proves T1: a no is given in the three ways real servers do.
#[test]
fn a_refused_consent_is_answered_as_the_profile_says() {
    let sandbox = hospital();
    let no = Approval { login: "ada".into(), deny: true, ..Approval::default() };
    let callback = sandbox.approve_with(&authorize_url(&sandbox, &[]), &no).unwrap();
    assert_eq!(query_of(&callback, "error").unwrap(), "access_denied");
    assert_eq!(query_of(&callback, "state").unwrap(), "the-state");
    for (deny, status) in [(DenyAnswer::Json, 401), (DenyAnswer::Page, 200)] {
        sandbox.set_profile(Profile { deny, ..Profile::default() });
        let error = sandbox.approve_with(&authorize_url(&sandbox, &[]), &no).unwrap_err();
        assert!(matches!(error, ApproveError::Page(given) if given == status), "{error}");
    }
}

fn part(token: &str, at: usize) -> Value {
    let text = token.split('.').nth(at).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

fn signature_holds(sandbox: &Sandbox, token: &str) -> bool {
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    let keys = get(sandbox, "/oauth2/jwks").json();
    let header = part(token, 0);
    let Some(key) = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]) else {
        return false;
    };
    let bytes = |name: &str| BASE64_URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    match header["alg"].as_str().unwrap() {
        "ES256" => {
            let point = [vec![4], bytes("x"), bytes("y")].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message.as_bytes(), &signature).is_ok()
        }
        "RS256" => {
            let key = RsaPublicKeyComponents { n: bytes("n"), e: bytes("e") };
            key.verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &signature).is_ok()
        }
        _ => false,
    }
}

/// Proves T1: the identity is signed by a published key and names the person as this chart knows them.
#[test]
fn the_id_token_is_signed_and_names_the_caregiver() {
    let sandbox = hospital();
    for signing in [Signing::Es256, Signing::Rs256] {
        sandbox.set_profile(Profile { signing, fhir_user: FhirUser::Relative, ..Profile::default() });
        let own = sign_in(&sandbox, "ada", "", EVERYTHING);
        let token = own["id_token"].as_str().unwrap();
        assert!(signature_holds(&sandbox, token), "{signing:?}");
        let claims = part(token, 1);
        assert_eq!(claims["nonce"], "the-nonce");
        assert_eq!(claims["aud"], "plainchart-demo");
        assert_eq!(claims["iss"], format!("{}/oauth2", sandbox.origin()));
        assert_eq!(claims["fhirUser"], "Patient/1001");
        let for_ben = sign_in(&sandbox, "ada", "ben", EVERYTHING);
        let claims_for_ben = part(for_ben["id_token"].as_str().unwrap(), 1);
        assert_eq!(claims_for_ben["sub"], claims["sub"]);
        let fhir_user = claims_for_ben["fhirUser"].as_str().unwrap();
        assert!(fhir_user.starts_with("RelatedPerson/"), "{fhir_user}");
        let related = fhir(&sandbox, access(&for_ben), &format!("/{fhir_user}")).json();
        assert_eq!(related["patient"]["reference"], "Patient/1002");
        assert_eq!(related["name"][0]["given"][0], "Ada");
    }
}

/// Proves T1: each wrong identity is wrong in exactly its own way.
#[test]
fn the_id_token_is_spoiled_as_the_profile_says() {
    let sandbox = hospital();
    let token = |habit| {
        sandbox.set_profile(Profile { id_token: habit, ..Profile::default() });
        sign_in(&sandbox, "ada", "", EVERYTHING)["id_token"].as_str().map(str::to_owned)
    };
    assert_eq!(token(IdTokenHabit::Absent), None);
    let claims = |habit| {
        let token = token(habit).unwrap();
        assert!(signature_holds(&sandbox, &token), "{habit:?}");
        part(&token, 1)
    };
    assert!(claims(IdTokenHabit::WithoutNonce)["nonce"].is_null());
    assert_ne!(claims(IdTokenHabit::WrongNonce)["nonce"], "the-nonce");
    assert_ne!(claims(IdTokenHabit::WrongIssuer)["iss"], format!("{}/oauth2", sandbox.origin()));
    assert_ne!(claims(IdTokenHabit::WrongAudience)["aud"], "plainchart-demo");
    let expired = claims(IdTokenHabit::Expired)["exp"].as_i64().unwrap();
    assert!(expired * 1000 < sandbox.clock().now_ms());
    for habit in [IdTokenHabit::Unsigned, IdTokenHabit::BadSignature, IdTokenHabit::UnknownKey] {
        assert!(!signature_holds(&sandbox, &token(habit).unwrap()), "{habit:?}");
    }
}

/// Proves T1: RFC 9207 as servers do it, leave it out, or are mixed up.
#[test]
fn the_callback_issuer_follows_the_profile() {
    let sandbox = hospital();
    for (habit, expected) in [(Claim::Absent, None), (Claim::Wrong, Some("https://other-hospital.example/oauth2"))] {
        sandbox.set_profile(Profile { callback_iss: habit, ..Profile::default() });
        let callback = sandbox.approve(&authorize_url(&sandbox, &[]), "ada", "").unwrap();
        assert_eq!(query_of(&callback, "iss").as_deref(), expected);
    }
}

/// Proves T1: RFC 7009.
#[test]
fn revoking_the_refresh_token_ends_everything_and_unknown_tokens_are_no_error() {
    let sandbox = hospital();
    let tokens = sign_in(&sandbox, "ada", "", EVERYTHING);
    let revoke = |token: &str| {
        post_form(&sandbox, "/oauth2/revoke", &[("token", token), ("client_id", "plainchart-demo")]).status
    };
    assert_eq!(revoke("never-heard-of"), 200);
    assert_eq!(fhir(&sandbox, access(&tokens), "/Patient/1001").status, 200);
    assert_eq!(revoke(tokens["refresh_token"].as_str().unwrap()), 200);
    assert_eq!(fhir(&sandbox, access(&tokens), "/Patient/1001").status, 401);
}

/// Proves T1: the teenager ends his mother's access; her own chart stays as it was.
#[test]
fn a_withdrawn_caregiver_loses_that_chart_and_no_other() {
    let sandbox = hospital();
    let own = sign_in(&sandbox, "ada", "", EVERYTHING);
    let for_ben = sign_in(&sandbox, "ada", "ben", EVERYTHING);
    let page = post_form(&sandbox, "/oauth2/manage", &[("username", "ben"), ("password", "lake-2")]).text();
    assert!(page.contains("Ada Moss"), "{page}");
    let ended = [("username", "ben"), ("password", "lake-2"), ("caregiver", "ada")];
    assert!(!post_form(&sandbox, "/oauth2/manage/end", &ended).text().contains("Ada Moss"));

    assert_eq!(fhir(&sandbox, access(&for_ben), "/Patient/1002").status, 401);
    assert_eq!(refresh(&sandbox, for_ben["refresh_token"].as_str().unwrap()).json()["error"], "invalid_grant");
    assert!(matches!(sandbox.approve(&authorize_url(&sandbox, &[]), "ada", "ben"), Err(ApproveError::Page(_))));
    assert_eq!(fhir(&sandbox, access(&own), "/Patient/1001").status, 200);
}

/// Proves T1: the handle does the same and can undo it.
#[test]
fn access_that_was_withdrawn_can_be_given_back() {
    let sandbox = hospital();
    assert!(sandbox.withdraw_access("ada", "ben"));
    assert!(!sandbox.withdraw_access("ada", "ben"));
    assert!(sandbox.approve(&authorize_url(&sandbox, &[]), "ada", "ben").is_err());
    assert!(sandbox.restore_access("ada", "ben"));
    assert_eq!(sign_in(&sandbox, "ada", "ben", EVERYTHING)["patient"], "1002");
}

/// Proves T1: what no browser or app would send gets an error and the hospital goes on.
#[test]
fn nonsense_never_kills_the_hospital() {
    let sandbox = hospital();
    for path in [
        "/oauth2/login",
        "/oauth2/choose",
        "/oauth2/token",
        "/oauth2/revoke",
        "/oauth2/manage/end",
        "/_sandbox/faults",
        "/_sandbox/approve",
    ] {
        for body in ["", "%%%", "a=b&a=b", "{\"a\":", "\u{0}\u{1}"] {
            let answer = send_raw(&sandbox, "POST", path, &[], body).unwrap();
            assert!((400..500).contains(&answer.status), "{path} {body:?}: {}", answer.status);
        }
    }
    for path in [
        "/fhir/r4/%ff",
        "/fhir/r4/Patient/%00",
        "/fhir/r4?_page=%ff",
        "/oauth2/authorize?%ff",
        "//",
        "/fhir/r4/Patient?_count=-1",
    ] {
        assert!((400..500).contains(&get(&sandbox, path).status), "{path}");
    }
    assert_eq!(fhir(&sandbox, &token_for(&sandbox, "ada"), "/Patient/1001").status, 200);
}
