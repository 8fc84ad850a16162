//! Signing in and syncing as a script does it, against a hospital on loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{ChildStdout, Stdio};

use plainchart_sandbox::{Approval, Sandbox, SandboxOptions};
use serde_json::{Value, json};

use super::bench::{Bench, Ran};

/// What the hospital's page sends back, changed or not.
pub type Answer<'a> = &'a dyn Fn(&Sandbox, &str) -> String;

/// Runs `connect`, plays the browser, and answers what came of it and what the browser saw.
pub fn connect(bench: &Bench, sandbox: &Sandbox, more: &[&str], answer: Answer<'_>) -> (Ran, Vec<Value>, String) {
    let base = sandbox.base();
    let mut arguments = vec!["connect", &base, "--json", "--no-browser"];
    arguments.extend(more);
    let mut child = bench.command(&arguments).stdin(Stdio::null()).spawn().unwrap();
    let mut out: BufReader<ChildStdout> = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    let (mut lines, mut page) = (Vec::new(), String::new());
    if let Ok(line) = serde_json::from_str::<Value>(&first) {
        let callback = answer(sandbox, line["authorize_url"].as_str().unwrap());
        lines.push(line);
        page = visit(&callback);
    }
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    lines.extend(rest.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    (Ran::of(child.wait_with_output().unwrap()), lines, page)
}

/// The browser follows a redirect to this computer.
fn visit(url: &str) -> String {
    let (authority, target) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(authority).unwrap();
    write!(stream, "GET /{target} HTTP/1.1\r\nHost: {authority}\r\n\r\n").unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    page
}

fn own_chart(sandbox: &Sandbox, url: &str) -> String {
    sandbox.approve(url, "rosa", "").unwrap()
}

pub const HTTP: &[&str] = &["--allow-http-loopback", "--yes"];

/// Proves T2 and A9: two JSON lines, then a chart that a later process syncs and reads without being told the server again.
#[test]
fn a_script_signs_in_syncs_and_reads() {
    let (bench, sandbox) = (Bench::new(), Sandbox::start_blocking(SandboxOptions::http()).unwrap());
    let (ran, lines, page) = connect(&bench, &sandbox, HTTP, &own_chart);
    assert_eq!((ran.code, lines.len()), (0, 2), "{}", ran.err);
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("go back to Plainchart"), "{page}");
    let connected = &lines[1];
    assert!(connected["connection"].is_string() && connected["person"]["id"].is_string());
    assert_eq!(connected["person"]["name"], "Rosa Vidal");
    assert_eq!(connected["person"]["birth_date"], "1979-06-14");
    assert!(connected["granted"].as_array().unwrap().iter().all(Value::is_string));
    assert!(connected["not_granted"].is_array());
    let report = bench.run(&["sync", "--json"]).answer();
    assert_eq!(report["person"], connected["person"]["id"]);
    for kind in report["types"].as_array().unwrap() {
        for name in ["type", "received", "in_chart", "set_aside", "withdrawn"] {
            assert!(kind.get(name).is_some(), "{name}");
        }
    }
    assert!(report["requests"].as_u64().unwrap() > 0 && report["bytes"].as_u64().unwrap() > 0);
    sandbox.stop();
    let notes = bench.run(&["notes", "--person", "rosa", "--json"]).answer();
    let id = notes[0]["id"].as_str().unwrap();
    assert!(!bench.run(&["read", id, "--json"]).answer()["sections"].as_array().unwrap().is_empty(), "offline");
    let offline = bench.run(&["sync", "--json"]);
    assert_eq!(offline.code, 5, "{}", offline.err);
    assert_eq!(bench.run(&["people", "--json"]).answer()[0]["standing"], "own");
}

/// Proves A9: with `--yes` whoever the verified identity says is not the reader is somebody the reader helps.
#[test]
fn a_verified_identity_that_is_another_person_makes_a_helper() {
    let (bench, sandbox) = (Bench::new(), Sandbox::start_blocking(SandboxOptions::default()).unwrap());
    let ca = bench.file("ca.pem", sandbox.ca_pem().unwrap());
    let father = |sandbox: &Sandbox, url: &str| sandbox.approve(url, "rosa", "aurelio").unwrap();
    let (ran, lines, _) = connect(&bench, &sandbox, &["--ca", &ca, "--yes"], &father);
    assert_eq!((ran.code, lines.len()), (0, 2), "{}", ran.err);
    assert_eq!(bench.run(&["people", "--json"]).answer()[0]["standing"], "helper");
    assert_eq!(bench.run(&["sync", "--json"]).code, 0, "the certificate is remembered, sealed");
    assert!(bench.run(&["notes", "--person", "aurelio"]).out.contains("some kinds of care may be kept private"));
}

/// Proves A9: without `--yes` and without a terminal nothing is stored, and the hospital's grant is given back.
#[test]
fn nobody_to_ask_keeps_nothing() {
    let (bench, sandbox) = (Bench::new(), Sandbox::start_blocking(SandboxOptions::http()).unwrap());
    let (ran, lines, _) = connect(&bench, &sandbox, &["--allow-http-loopback"], &own_chart);
    assert_eq!((ran.code, lines.len()), (1, 1), "{}", ran.err);
    assert_eq!(bench.run(&["people", "--json"]).answer(), json!([]));
    assert_eq!(sandbox.active_grants(), 0);
}

/// Proves A3: a callback with a foreign state is refused with 3, and so is a "no" on the hospital's page.
#[test]
fn a_foreign_answer_and_a_refusal_are_3() {
    let (bench, sandbox) = (Bench::new(), Sandbox::start_blocking(SandboxOptions::http()).unwrap());
    let foreign = |sandbox: &Sandbox, url: &str| {
        let callback = own_chart(sandbox, url);
        let (before, after) = callback.split_once("state=").unwrap();
        let rest = after.split_once('&').map_or(String::new(), |(_, rest)| format!("&{rest}"));
        format!("{before}state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA{rest}")
    };
    let (ran, lines, page) = connect(&bench, &sandbox, HTTP, &foreign);
    assert_eq!((ran.code, lines.len()), (3, 1), "{}", ran.err);
    assert!(page.starts_with("HTTP/1.1 400"), "{page}");
    let no = |sandbox: &Sandbox, url: &str| {
        sandbox.approve_with(url, &Approval { login: "rosa".into(), deny: true, ..Approval::default() }).unwrap()
    };
    let (ran, _, _) = connect(&bench, &sandbox, HTTP, &no);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("declined"), "{}", ran.err);
    assert_eq!(bench.run(&["people", "--json"]).answer(), json!([]));
}

/// Proves A9: a patient who is not among those the sign-in reaches is refused, and nothing is stored.
#[test]
fn a_patient_that_was_not_offered_is_invalid_input() {
    let (bench, sandbox) = (Bench::new(), Sandbox::start_blocking(SandboxOptions::http()).unwrap());
    let (ran, lines, _) =
        connect(&bench, &sandbox, &["--allow-http-loopback", "--yes", "--patient", "nobody"], &own_chart);
    assert_eq!((ran.code, lines.len()), (2, 1), "{}", ran.err);
    assert_eq!(bench.run(&["people", "--json"]).answer(), json!([]));
}
