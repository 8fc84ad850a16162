//! Documents of other makers, where a folder of them is at hand.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail"
)]

mod ccda_source;

use std::fs;
use std::path::{Path, PathBuf};

use ccda_source::{lost, narrative_words, words};
use plainchart_document::{Format, Limits, decode, read};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            found.push(path);
        }
    }
}

/// Proves N1 on documents that we did not write. Needs PLAINCHART_FHIR_SAMPLES, a folder with C-CDA files (`.xml`),
/// whole documents or parts of them.
#[test]
#[ignore = "needs a folder of sample documents in PLAINCHART_FHIR_SAMPLES"]
fn sample_documents_lose_no_word() {
    let folder = std::env::var("PLAINCHART_FHIR_SAMPLES").expect("PLAINCHART_FHIR_SAMPLES is set");
    let mut found = Vec::new();
    files(Path::new(&folder), &mut found);
    let (mut documents, mut parts, mut all_words) = (0, 0, 0);
    for path in &found {
        let bytes = fs::read(path).unwrap();
        let model = read(&bytes, Some("application/xml"), &Limits::default())
            .unwrap_or_else(|error| panic!("{path:?}: {error}"));
        match model.format {
            Format::Ccda => documents += 1,
            Format::Xml => parts += 1,
            other => panic!("{path:?}: {other:?}"),
        }
        let of_source = narrative_words(&decode(&bytes, None).text);
        all_words += of_source.len();
        assert_eq!(lost(&of_source, &words(&model.text())), Vec::<String>::new(), "{path:?}");
    }
    println!("{documents} documents, {parts} parts, {all_words} words");
    assert!(documents + parts > 0);
}
