//! The program: what it prints is what scripts go by.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::client::{parse, request};

/// Ends the program when the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plainchart-sandbox"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What it prints until it is ready.
fn start(arguments: &[&str]) -> (Running, Vec<String>) {
    let mut child = program(arguments).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let printed = lines.take_while(|line| !line.starts_with("Stop it")).collect();
    (Running(child), printed)
}

fn named<'a>(printed: &'a [String], name: &str) -> Vec<&'a str> {
    printed.iter().filter_map(|line| line.strip_prefix(name)).map(str::trim).collect()
}

/// Proves T1: both at once, each with its own base and people; the profile is the first one's.
#[test]
fn both_hospitals_start_from_one_command() {
    let (_running, printed) = start(&["--both", "--http", "--profile", "strict-category"]);
    let bases = named(&printed, "base");
    assert_eq!(bases.len(), 2, "{printed:?}");
    assert!(bases[0].ends_with("/fhir/r4") && bases[1].ends_with("/api/FHIR/R4/tenant-7"), "{bases:?}");
    assert!(!named(&printed, "login").is_empty());
    for (base, requires) in bases.iter().zip([true, false]) {
        let host = base.strip_prefix("http://").unwrap().split('/').next().unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        stream.write_all(request("GET", "/_sandbox/profile", &[], "").as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let profile = parse(&answer).unwrap().json();
        assert_eq!(!profile["requires_category"].as_array().unwrap().is_empty(), requires, "{base}");
    }
}

/// Proves T1: a word that is not understood starts nothing and says what there is.
#[test]
fn a_wrong_argument_lists_the_right_ones() {
    for arguments in [
        &["--profile", "strictest"][..],
        &["--hospital", "elsewhere"],
        &["--both", "--people", "x"],
        &["--port"],
        &["--port", "lakeside"],
        &["--loud"],
    ] {
        let output = program(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("no-lastUpdated") && said.contains("--both"), "{said}");
        assert!(output.stdout.is_empty());
    }
}
