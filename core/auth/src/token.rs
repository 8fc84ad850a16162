//! The token endpoint: its requests and its answers (A5). Lenient in everything but the access token.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use url::Url;

use crate::json_object::json_object;
use crate::{AuthError, FormRequest, HttpAnswer, OAuthErrorCode, RedirectUri, Secret, Stage, Unsupported};

/// A larger token answer is refused (D10); real ones have 1 to 5 KB.
const LARGEST_ANSWER: usize = 128 * 1024;
/// Access tokens go into a header; 16 KB is more than most servers take back.
const LONGEST_ACCESS_TOKEN: usize = 16 * 1024;
/// No token lives longer than this, whatever the server says: ten years in seconds.
const LONGEST_LIFE_SECONDS: u64 = 10 * 365 * 24 * 60 * 60;

/// Why a token answer cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenProblem {
    /// Larger than any real answer.
    #[error("it is too large")]
    TooLarge,
    /// Not a JSON object, or a member stands in it twice.
    #[error("it is not JSON")]
    NotJson,
    /// No usable `access_token`.
    #[error("it holds no access token")]
    NoAccessToken,
}

/// A granted token answer.
pub struct TokenAnswer {
    /// Goes to the FHIR base and nowhere else (A10).
    pub access_token: Secret,
    /// Absent where access does not last.
    pub refresh_token: Option<Secret>,
    /// A signed statement of who signed in; unchecked.
    pub id_token: Option<Secret>,
    /// Seconds the access token lives, where said.
    pub expires_in: Option<u64>,
    /// Granted scopes; `None` means what was asked.
    pub scope: Option<String>,
    /// Logical id of the patient in context, fit to stand in a URL's path once percent-encoded.
    pub patient: Option<String>,
}

impl TokenAnswer {
    /// Reads the endpoint's answer, an error included.
    ///
    /// # Errors
    /// [`AuthError::TokenRefused`] by `error` code, [`AuthError::ServerUnavailable`] for 429 and 5xx,
    /// [`AuthError::TokenMalformed`], [`AuthError::Unsupported`] for a type other than Bearer.
    pub fn read(answer: &HttpAnswer) -> Result<Self, AuthError> {
        if answer.body.len() > LARGEST_ANSWER {
            return Err(AuthError::TokenMalformed(TokenProblem::TooLarge));
        }
        let members = json_object::<Members>(&answer.body);
        let code = match &members {
            Ok(Members { error: Text(Some(code)), .. }) => Some(OAuthErrorCode::from_code(code)),
            _ => None,
        };
        // A server that is down and says no more than that has decided nothing about the grant.
        let undecided = matches!(
            code,
            None | Some(OAuthErrorCode::TemporarilyUnavailable | OAuthErrorCode::ServerError | OAuthErrorCode::Other)
        );
        if answer.is_not_now() && undecided {
            return Err(AuthError::ServerUnavailable { stage: Stage::Token, status: answer.status });
        }
        if let Some(code) = code {
            return Err(AuthError::TokenRefused(code));
        }
        if !answer.is_success() {
            return Err(AuthError::TokenRefused(OAuthErrorCode::Other));
        }
        members.map_err(|_| AuthError::TokenMalformed(TokenProblem::NotJson))?.into_answer()
    }
}

impl fmt::Debug for TokenAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenAnswer")
            .field("refresh_token", &self.refresh_token.is_some())
            .field("id_token", &self.id_token.is_some())
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

/// The members we know. One that stands twice is an error; a wrong type counts as absent.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Members {
    access_token: HiddenText,
    token_type: Text,
    expires_in: Text,
    refresh_token: HiddenText,
    id_token: HiddenText,
    scope: Text,
    patient: Text,
    error: Text,
}

impl Members {
    fn into_answer(self) -> Result<TokenAnswer, AuthError> {
        if self.token_type.0.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(AuthError::Unsupported(Unsupported::TokenType));
        }
        let access_token = self.access_token.0.filter(|token| {
            let token = token.expose(); // EXPOSE: only its characters are looked at.
            (1..=LONGEST_ACCESS_TOKEN).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic())
        });
        let not_empty = |token: &Secret| !token.expose().is_empty(); // EXPOSE: only its length is looked at.
        Ok(TokenAnswer {
            access_token: access_token.ok_or(AuthError::TokenMalformed(TokenProblem::NoAccessToken))?,
            refresh_token: self.refresh_token.0.filter(not_empty),
            id_token: self.id_token.0.filter(not_empty),
            expires_in: self.expires_in.0.as_deref().and_then(seconds),
            scope: self.scope.0.filter(|scope| !scope.trim().is_empty()),
            patient: self.patient.0.as_deref().and_then(patient_id),
        })
    }
}

fn seconds(text: &str) -> Option<u64> {
    let whole = text.trim().split('.').next().unwrap_or_default();
    whole.parse::<u64>().ok().map(|seconds| seconds.min(LONGEST_LIFE_SECONDS))
}

/// Real servers also write `Patient/123`, and ids that FHIR's own pattern would refuse.
fn patient_id(text: &str) -> Option<String> {
    let id = text.trim();
    let id = id.strip_prefix("Patient/").unwrap_or(id);
    let strange = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '/' | '\\' | '?' | '#' | '%');
    let usable = (1..=256).contains(&id.len()) && !id.contains(strange) && id != "." && id != "..";
    usable.then(|| id.to_owned())
}

/// A text, a number as its digits, or a list of texts joined by spaces; anything else counts as absent.
#[derive(Default)]
struct Text(Option<String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Lenient).map(Self)
    }
}

/// As [`Text`], for secrets: texts only, never copied through a plain value.
#[derive(Default)]
struct HiddenText(Option<Secret>);

impl<'de> Deserialize<'de> for HiddenText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Lenient).map(|text| Self(text.map(Secret::new)))
    }
}

struct Lenient;

impl<'de> Visitor<'de> for Lenient {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut joined: Vec<String> = Vec::new();
        while let Some(Text(text)) = list.next_element()? {
            joined.extend(text);
        }
        Ok((!joined.is_empty()).then(|| joined.join(" ")))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// The request that turns a code into tokens. `redirect_uri` is the one of the authorization request, letter by letter.
pub fn code_request(
    token_endpoint: Url,
    client_id: &str,
    redirect_uri: &RedirectUri,
    code: Secret,
    code_verifier: Secret,
) -> FormRequest {
    let fields = vec![
        ("grant_type", Secret::from("authorization_code")),
        ("code", code),
        ("redirect_uri", Secret::from(redirect_uri.as_str())),
        ("client_id", Secret::from(client_id)),
        ("code_verifier", code_verifier),
    ];
    FormRequest::new(token_endpoint, fields)
}

/// The request that turns a refresh token into fresh tokens. No scope is sent: the grant stays as it is.
pub fn refresh_request(token_endpoint: Url, client_id: &str, refresh_token: &Secret) -> FormRequest {
    let fields = vec![
        ("grant_type", Secret::from("refresh_token")),
        ("refresh_token", Secret::from(refresh_token.expose())), // EXPOSE: the endpoint that gave it gets it back.
        ("client_id", Secret::from(client_id)),
    ];
    FormRequest::new(token_endpoint, fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Result<TokenAnswer, AuthError> {
        TokenAnswer::read(&HttpAnswer::new(status, body.as_bytes().to_vec()))
    }

    /// Proves A5.
    #[test]
    fn odd_but_honest_answers_are_read() {
        for (body, expires_in, scope, patient) in [
            (r#"{"access_token":"t","token_type":"bearer","expires_in":3600}"#, Some(3600), None, None),
            (r#"{"access_token":"t","token_type":"BEARER","expires_in":"3600"}"#, Some(3600), None, None),
            (r#"{"access_token":"t","expires_in":3599.9}"#, Some(3599), None, None),
            (r#"{"access_token":"t","expires_in":-5}"#, None, None, None),
            (r#"{"access_token":"t","expires_in":null,"patient":null,"scope":null}"#, None, None, None),
            (r#"{"access_token":"t","scope":"","patient":""}"#, None, None, None),
            (r#"{"access_token":"t","scope":["openid","patient/*.rs"]}"#, None, Some("openid patient/*.rs"), None),
            (r#"{"access_token":"t","patient":"Patient/p-1","tenant":{"a":[1,{"b":2}]}}"#, None, None, Some("p-1")),
            (r#"{"access_token":"t","patient":17,"need_patient_banner":true}"#, None, None, Some("17")),
            (r#"{"access_token":"t","patient":{"reference":"Patient/1"}}"#, None, None, None),
            ("\u{feff}{\"access_token\":\"t\"}", None, None, None),
        ] {
            let answer = read(200, body).unwrap_or_else(|error| panic!("{body}: {error}"));
            assert_eq!(answer.access_token.expose(), "t", "{body}");
            assert_eq!(answer.expires_in, expires_in, "{body}");
            assert_eq!(answer.scope.as_deref(), scope, "{body}");
            assert_eq!(answer.patient.as_deref(), patient, "{body}");
        }
    }

    /// Proves A5: the patient's id becomes part of a path, so it may not move within it.
    #[test]
    fn a_patient_that_could_leave_its_path_counts_as_absent() {
        for id in ["../Patient/1", "..", ".", "a/b", "a?b", "a#b", "%2e%2e", "a b", "a\\\\b", "a\\u0000b"] {
            let answer = read(200, &format!(r#"{{"access_token":"t","patient":"{id}"}}"#)).unwrap();
            assert_eq!(answer.patient, None, "{id}");
        }
    }

    /// Proves A5.
    #[test]
    fn an_access_token_that_is_none_is_refused() {
        let problem = |problem| Some(AuthError::TokenMalformed(problem));
        for body in [
            r#"{}"#,
            r#"{"access_token":""}"#,
            r#"{"access_token":null}"#,
            r#"{"access_token":{"a":"t"}}"#,
            r#"{"access_token":"two words"}"#,
            r#"{"access_token":"line\r\nX-Evil: 1"}"#,
            r#"{"access_token":"é"}"#,
        ] {
            assert_eq!(read(200, body).err(), problem(TokenProblem::NoAccessToken), "{body}");
        }
        let long = format!(r#"{{"access_token":"{}"}}"#, "a".repeat(LONGEST_ACCESS_TOKEN + 1));
        assert_eq!(read(200, &long).err(), problem(TokenProblem::NoAccessToken));
        let twice = r#"{"access_token":"a","access_token":"b"}"#;
        assert_eq!(read(200, twice).err(), problem(TokenProblem::NotJson));
        for body in ["", "<html>signed in!</html>", "access_token=t&token_type=bearer", "[]", "[\"t\"]", "\"t\"", "{"] {
            assert_eq!(read(200, body).err(), problem(TokenProblem::NotJson), "{body}");
        }
        assert_eq!(read(200, &" ".repeat(LARGEST_ANSWER + 1)).err(), problem(TokenProblem::TooLarge));
    }

    /// Proves A15.
    #[test]
    fn a_token_of_another_type_is_a_typed_error() {
        let dpop = read(200, r#"{"access_token":"t","token_type":"DPoP"}"#);
        assert_eq!(dpop.err(), Some(AuthError::Unsupported(Unsupported::TokenType)));
    }

    /// Proves A5: codes decide, never descriptions.
    #[test]
    fn refusals_are_read_by_code() {
        for (status, body, code) in [
            (400, r#"{"error":"invalid_grant","error_description":"invalid_scope"}"#, OAuthErrorCode::InvalidGrant),
            (400, r#"{"error":"invalid_scope"}"#, OAuthErrorCode::InvalidScope),
            (401, r#"{"error":"invalid_client"}"#, OAuthErrorCode::InvalidClient),
            (200, r#"{"error":"invalid_grant"}"#, OAuthErrorCode::InvalidGrant),
            (500, r#"{"error":"invalid_grant"}"#, OAuthErrorCode::InvalidGrant),
            (400, r#"{"error":"INVALID_GRANT"}"#, OAuthErrorCode::Other),
            (400, "<html>invalid_grant</html>", OAuthErrorCode::Other),
            (302, r#"{"access_token":"t"}"#, OAuthErrorCode::Other),
        ] {
            assert_eq!(read(status, body).err(), Some(AuthError::TokenRefused(code)), "{status} {body}");
        }
        let unavailable = |status| Some(AuthError::ServerUnavailable { stage: Stage::Token, status });
        assert_eq!(read(503, "<html>").err(), unavailable(503));
        assert_eq!(read(429, "{}").err(), unavailable(429));
        assert_eq!(read(503, r#"{"error":"temporarily_unavailable"}"#).err(), unavailable(503));
        assert_eq!(read(500, r#"{"error":"server_error"}"#).err(), unavailable(500));
    }

    /// Proves V6.
    #[test]
    fn debug_shows_no_token() {
        let answer = read(200, r#"{"access_token":"m-4711","refresh_token":"m-4712","patient":"m-4713"}"#).unwrap();
        let refresh = answer.refresh_token.as_ref().unwrap();
        let request = refresh_request(Url::parse("https://h.example/token").unwrap(), "app", refresh);
        assert!(request.body().contains("refresh_token=m-4712"));
        let shown = format!("{answer:?} {request:?} {:?}", HttpAnswer::new(200, b"m-4714".to_vec()));
        assert!(!shown.contains("m-47"), "{shown}");
    }
}
