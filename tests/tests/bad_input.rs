//! What people type and choose by mistake: each its typed error with a plain sentence, and nothing lost.

use std::fs;
use std::path::Path;

use plainchart::{Confirmation, PersonId, PlainchartError, Relation, Window};
use plainchart_tests::hospital;
use plainchart_tests::phone::Phone;

fn invalid(field: &'static str) -> PlainchartError {
    PlainchartError::InvalidInput { field }
}

/// Proves T3: what is not an address, or not a hospital's, is told as such.
#[test]
fn addresses_that_lead_nowhere() {
    let phone = Phone::alone();
    for base in [
        "",
        " ",
        "my hospital",
        "https://",
        "https:///fhir",
        "ftp://h/fhir",
        "file:///etc",
        "javascript:1",
        "https://user:word@h.example/fhir",
        "https://h.example/fhir?x=1",
        "https://h.example/fhir#x",
        "\u{202e}https",
    ] {
        assert_eq!(phone.begin(base).unwrap_err(), invalid("base"), "{base}");
    }
    // Nobody listens on port 9 of loopback.
    assert_eq!(phone.begin("http://127.0.0.1:9/fhir").unwrap_err(), PlainchartError::Offline);
    assert_eq!(phone.begin("https://127.0.0.1:9/fhir").unwrap_err(), PlainchartError::Offline);
}

/// Proves T3, A1: a server whose certificate nobody vouches for is not spoken to.
#[test]
fn a_certificate_that_nobody_vouches_for() {
    let lakeside = hospital::lakeside();
    let phone = Phone::alone();
    let error = phone.begin(&lakeside.base()).unwrap_err();
    assert_eq!(error.code(), "server_problem.tls");
    assert_eq!(hospital::asked(&lakeside, "/"), 0);
    let other = hospital::lakeside();
    assert_eq!(Phone::for_hospital(&other).begin(&lakeside.base()).unwrap_err().code(), "server_problem.tls");
}

/// Proves T3: roots that are none are refused when the store is opened, and the store is as before.
#[test]
fn roots_that_are_none() {
    let phone = Phone::alone();
    let home = tempfile::tempdir().unwrap();
    for pem in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let configuration = plainchart::Configuration {
            folder: home.path().join("s"),
            extra_roots_pem: Some(pem.as_bytes().to_vec()),
            allow_http_loopback: false,
        };
        let clock = std::sync::Arc::clone(&phone.clock);
        let keystore = std::sync::Arc::new(plainchart::MemoryKeystore::new());
        let error = plainchart::Plainchart::open(&configuration, keystore, clock).unwrap_err();
        assert_eq!(error, invalid("ca"));
        assert!(!home.path().join("s").exists(), "nothing was made");
    }
}

/// Proves A9: answers to offers that are not there, or name somebody else.
#[test]
fn confirmations_that_do_not_fit() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let offer = phone.sign_in(&fernway, "nora", "").unwrap();
    let with = |patient: &str, person| Confirmation { patient: patient.into(), relation: Relation::Own, person };
    let app = phone.app();
    assert_eq!(app.confirm("nothing", &with(hospital::NORA, None)).unwrap_err(), PlainchartError::NotFound);
    assert_eq!(app.confirm(&offer.id, &with(hospital::IVO, None)).unwrap_err(), invalid("patient"));
    let nobody = PersonId::from_bytes([9; PersonId::BYTES]);
    assert_eq!(app.confirm(&offer.id, &with(hospital::NORA, Some(nobody))).unwrap_err(), invalid("person"));
    assert_eq!(app.people().unwrap(), []);
    let nora = phone.confirm(&offer, hospital::NORA, Relation::Own);
    assert_eq!(app.confirm(&offer.id, &with(hospital::NORA, None)).unwrap_err(), PlainchartError::NotFound);
    phone.sync(&nora).unwrap();
}

/// Proves P1: a person who is not here has no notes, no results, no log.
#[test]
fn a_person_who_is_not_here() {
    let phone = Phone::alone();
    let nobody = PersonId::from_bytes([9; PersonId::BYTES]);
    let app = phone.app();
    for outcome in [
        app.notes(&nobody, Window::ALL).map(drop),
        app.results(&nobody, Window::ALL).map(drop),
        app.read_note(&nobody, "n1").map(drop),
        app.access_log(&nobody).map(drop),
        app.erase(&nobody),
        app.person(&nobody).map(drop),
        phone.sync(&nobody).map(drop),
    ] {
        assert_eq!(outcome, Err(PlainchartError::NotFound));
    }
    for text in ["", " ", "nobody", "9"] {
        assert_eq!(app.find_person(text).unwrap_err(), invalid("person"), "{text}");
    }
}

/// Proves V4, D7: files that are no record: nothing is made of them, they are counted or skipped, and stay as they are.
#[test]
fn files_that_are_no_record() {
    let phone = Phone::alone();
    assert_eq!(phone.import(Path::new("/nowhere/at-all")).unwrap_err(), invalid("path"));
    let home = tempfile::tempdir().unwrap();
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let files: [(&str, &[u8]); 12] = [
        ("empty.json", b""),
        ("blank.json", b"  \n\n "),
        ("text.txt", b"Dear doctor, thank you."),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"),
        ("page.json", b"<!doctype html><p>Log in</p>"),
        ("number.json", b"7"),
        ("list.json", b"[1,2,3]"),
        ("other.json", b"{\"hello\":\"world\"}"),
        ("half.json", b"{\"resourceType\":\"Patient\",\"id\":"),
        ("twice.json", b"{\"resourceType\":\"Patient\",\"resourceType\":\"Observation\",\"id\":\"1\"}"),
        ("nul.json", b"{\"resourceType\":\"Patient\",\"id\":\"\x00\"}"),
        ("deep.json", deep.as_bytes()),
    ];
    for (name, bytes) in files {
        let file = home.path().join(name);
        fs::write(&file, bytes).unwrap();
        let report = phone.import(&file).unwrap();
        assert_eq!(report.in_chart, 0, "{name}");
        assert!(report.read + report.skipped.len() as u64 > 0, "{name} is told: {report:?}");
        assert!(fs::read(&file).unwrap() == bytes, "{name}");
    }
    let report = phone.import(home.path()).unwrap();
    assert_eq!(report.in_chart, 0);
    assert_eq!(phone.app().people().unwrap(), []);
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(phone.import(empty.path()).unwrap().read, 0);
}

/// Proves D7: links that run in circles, and files that cannot be read, end; the rest of the folder is read.
#[test]
fn a_folder_that_runs_in_circles() {
    let phone = Phone::alone();
    let home = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(home.path(), home.path().join("circle")).unwrap();
    std::os::unix::fs::symlink("/nowhere/at-all", home.path().join("dangling.json")).unwrap();
    fs::copy(hospital::fixtures().join("records/single-patient.json"), home.path().join("p.json")).unwrap();
    phone.import(home.path()).unwrap();
    let people = phone.app().people().unwrap();
    assert_eq!(people.len(), 1);
    assert_eq!(people[0].name.as_deref(), Some("Bertram Sallowfield"));
}

/// Proves G1, G6: words that are looked up by mistake, and a language that is missing.
#[test]
fn words_that_are_no_words() {
    for word in ["", "  ", "\n"] {
        assert_eq!(plainchart::define(word, None).unwrap_err(), invalid("word"));
    }
    let long = "x".repeat(100_000);
    for word in ["qqqqzz", "\u{1F489}", "../../etc", long.as_str()] {
        let found = plainchart::define(word, None).unwrap();
        assert!(found.entry.is_none() && found.senses.is_empty());
    }
    assert!(plainchart::define("unremarkable", Some("xx")).unwrap().entry.is_some(), "a missing language falls back");
    assert!(plainchart::annotate("").is_empty());
    assert!(!plainchart::annotate("Pt denies CP.").is_empty());
}
