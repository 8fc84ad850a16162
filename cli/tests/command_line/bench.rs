//! A home of its own for each test, and the program run in it.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A made-up record: one patient, one note, two results, one kind of a later version.
pub const RECORD: &str = r#"{"resourceType":"Bundle","type":"collection","entry":[
 {"fullUrl":"urn:uuid:0b7f3a52-0000-4000-8000-000000000001","resource":{"resourceType":"Patient","id":"p1","name":[{"text":"Ines Okoro"}],"birthDate":"1971-04"}},
 {"resource":{"resourceType":"DocumentReference","id":"d1","status":"current","type":{"coding":[{"system":"http://loinc.org","code":"11506-3"}]},
  "subject":{"reference":"urn:uuid:0b7f3a52-0000-4000-8000-000000000001"},"date":"2026-02-03T23:30:00-08:00","author":[{"display":"A. Lindgren MD"}],
  "content":[{"attachment":{"contentType":"text/plain","data":"SFBJClB0IGRlbmllcyBTT0IuIE5vIExBRC4gSFROLgo="}}]}},
 {"resource":{"resourceType":"Observation","id":"o1","status":"final","category":[{"coding":[{"code":"laboratory"}]}],
  "code":{"coding":[{"system":"http://loinc.org","code":"2160-0"}]},"subject":{"reference":"urn:uuid:0b7f3a52-0000-4000-8000-000000000001"},
  "effectiveDateTime":"2026-02-03","valueQuantity":{"value":1.60,"unit":"mg/dL"},
  "interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"H"}]}],
  "referenceRange":[{"low":{"value":0.7},"high":{"value":1.3}}]}},
 {"resource":{"resourceType":"Observation","id":"o2","status":"final","category":[{"coding":[{"code":"laboratory"}]}],
  "code":{"text":"House test 7"},"subject":{"reference":"urn:uuid:0b7f3a52-0000-4000-8000-000000000001"},"effectiveDateTime":"2026","valueString":"seen"}},
 {"resource":{"resourceType":"Coverage","id":"c1","beneficiary":{"reference":"urn:uuid:0b7f3a52-0000-4000-8000-000000000001"}}}
]}"#;

/// A home, and what the program needs to open it.
pub struct Bench {
    folder: TempDir,
    pub passphrase: Option<&'static str>,
}

/// What came of a run.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The answer's lines of JSON.
    pub fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).expect("standard output is JSON only")).collect()
    }

    /// The one answer of a run that went well.
    pub fn answer(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.err);
        let lines = self.json();
        assert_eq!(lines.len(), 1);
        lines[0].clone()
    }
}

impl Bench {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), passphrase: Some("correct horse battery") }
    }

    /// With the made-up record read in.
    pub fn with_record() -> Self {
        let bench = Self::new();
        bench.run(&["--json", "open", &bench.file("record.json", RECORD)]).answer();
        bench
    }

    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plainchart"));
        // No keychain of this machine, no colour wish, no width, no home of whoever runs the tests.
        command.env_clear().env("PLAINCHART_HOME", self.home()).env("PATH", self.folder.path());
        command.env("HOME", self.folder.path()).env("TMPDIR", self.folder.path());
        if let Some(passphrase) = self.passphrase {
            command.env("PLAINCHART_PASSPHRASE", passphrase);
        }
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child: Child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Ran::of(child.wait_with_output().unwrap())
    }

    /// Id of the only person.
    pub fn person(&self) -> String {
        self.run(&["people", "--json"]).answer()[0]["id"].as_str().unwrap().to_owned()
    }
}
