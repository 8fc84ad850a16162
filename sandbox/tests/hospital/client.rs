//! A client written by hand: one connection a request, the answer read until the hospital closes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use plainchart_sandbox::{PeopleSet, Profile, Sandbox, SandboxOptions};
use ring::digest::{SHA256, digest};
use serde_json::Value;

pub const VERIFIER: &str = "a-verifier-of-more-than-forty-three-characters-1";
pub const REDIRECT: &str = "http://127.0.0.1:4321/callback";
pub const EVERYTHING: &str = "openid fhirUser offline_access launch/patient patient/*.rs";

pub fn options() -> SandboxOptions {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixture");
    SandboxOptions { people: PeopleSet::Folder(folder), ..SandboxOptions::http() }
}

pub fn hospital() -> Sandbox {
    hospital_with(Profile::default())
}

pub fn hospital_with(profile: Profile) -> Sandbox {
    Sandbox::start_blocking(SandboxOptions { profile, ..options() }).unwrap()
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn is_whole(&self) -> bool {
        let length = self.header("content-length");
        length.is_empty() || length.parse() == Ok(self.body.len())
    }
}

/// `None`: the connection ended before the headers did.
pub fn send_raw(sandbox: &Sandbox, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", sandbox.port())).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request(method, path, headers, body).as_bytes()).ok()?;
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    parse(&all)
}

pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let extra: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n{extra}\r\n{body}"
    )
}

pub fn parse(all: &[u8]) -> Option<Answer> {
    let end = all.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&all[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
    Some(Answer { status, headers, body: all[end + 4..].to_vec() })
}

pub fn get(sandbox: &Sandbox, path: &str) -> Answer {
    send_raw(sandbox, "GET", path, &[], "").unwrap()
}

pub fn post_form(sandbox: &Sandbox, path: &str, pairs: &[(&str, &str)]) -> Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    send_raw(sandbox, "POST", path, &headers, &form(pairs)).unwrap()
}

pub fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// A FHIR request below the base, or at a full URL of the hospital, with a token.
pub fn fhir(sandbox: &Sandbox, token: &str, path: &str) -> Answer {
    fhir_with(sandbox, token, path, &[]).unwrap()
}

pub fn fhir_with(sandbox: &Sandbox, token: &str, path: &str, headers: &[(&str, &str)]) -> Option<Answer> {
    let path = match path.strip_prefix(&sandbox.origin()) {
        Some(path) => path.to_owned(),
        None => format!("{}{path}", sandbox.site().fhir_path),
    };
    let bearer = format!("Bearer {token}");
    let mut all = vec![("authorization", bearer.as_str())];
    all.extend(headers);
    send_raw(sandbox, "GET", &path, &all, "")
}

pub fn authorize_url(sandbox: &Sandbox, changes: &[(&str, &str)]) -> String {
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
    let base = sandbox.base();
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", "plainchart-demo"),
        ("redirect_uri", REDIRECT),
        ("scope", EVERYTHING),
        ("state", "the-state"),
        ("nonce", "the-nonce"),
        ("aud", base.as_str()),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    format!("{}{}/authorize?{}", sandbox.origin(), sandbox.site().oauth_path, form(&pairs))
}

pub fn query_of(url: &str, name: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    url::form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

pub fn code_for(sandbox: &Sandbox, login: &str, patient: &str, scope: &str) -> String {
    let callback = sandbox.approve(&authorize_url(sandbox, &[("scope", scope)]), login, patient).unwrap();
    query_of(&callback, "code").unwrap_or_else(|| panic!("no code in {callback}"))
}

pub fn redeem(sandbox: &Sandbox, code: &str) -> Answer {
    let pairs = [
        ("grant_type", "authorization_code"),
        ("client_id", "plainchart-demo"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    post_form(sandbox, &format!("{}/token", sandbox.site().oauth_path), &pairs)
}

pub fn refresh(sandbox: &Sandbox, token: &str) -> Answer {
    let pairs = [("grant_type", "refresh_token"), ("client_id", "plainchart-demo"), ("refresh_token", token)];
    post_form(sandbox, &format!("{}/token", sandbox.site().oauth_path), &pairs)
}

/// The whole token answer.
pub fn sign_in(sandbox: &Sandbox, login: &str, patient: &str, scope: &str) -> Value {
    let answer = redeem(sandbox, &code_for(sandbox, login, patient, scope));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

pub fn access(tokens: &Value) -> &str {
    tokens["access_token"].as_str().unwrap()
}

pub fn token_for(sandbox: &Sandbox, login: &str) -> String {
    access(&sign_in(sandbox, login, "", EVERYTHING)).to_owned()
}

/// Ids of the matches over every page, and the number of pages.
pub fn walk(sandbox: &Sandbox, token: &str, first: &str) -> (Vec<String>, usize) {
    let (mut ids, mut pages, mut next) = (Vec::new(), 0, Some(first.to_owned()));
    while let Some(url) = next {
        let answer = fhir(sandbox, token, &url);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let bundle = answer.json();
        ids.extend(matches(&bundle));
        next = link(&bundle, "next");
        pages += 1;
        assert!(pages < 100, "the walk does not end");
    }
    (ids, pages)
}

pub fn matches(bundle: &Value) -> Vec<String> {
    with_mode(bundle, "match").iter().map(|resource| resource["id"].as_str().unwrap().to_owned()).collect()
}

/// The resources of a Bundle that have this search mode.
pub fn with_mode(bundle: &Value, mode: &str) -> Vec<Value> {
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    let wanted = entries.into_iter().filter(|entry| entry["search"]["mode"] == mode);
    wanted.map(|entry| entry["resource"].clone()).collect()
}

/// The code of the first issue of an OperationOutcome.
pub fn issue(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["issue"][0]["code"].as_str().unwrap().to_owned())
}

pub fn put(sandbox: &Sandbox, resource: &Value) {
    sandbox.store().put(&resource.to_string()).unwrap();
}

pub fn link(bundle: &Value, relation: &str) -> Option<String> {
    let links = bundle["link"].as_array()?;
    let link = links.iter().find(|link| link["relation"] == relation)?;
    Some(link["url"].as_str()?.to_owned())
}
