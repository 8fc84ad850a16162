//! C-CDA documents and ZIPs: each document lands with the person that it is about, as it came.

use std::io::{Cursor, Write};

use plainchart_vault::MemoryKeystore;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::clock::FrozenClock;
use crate::reading::Window;
use crate::session::Configuration;
use crate::sync::Quiet;
use crate::views::NoteSummary;

struct Phone {
    session: Session,
    folder: tempfile::TempDir,
}

impl Phone {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let configuration = Configuration { folder: folder.path().join("store"), ..Configuration::default() };
        let clock = Arc::new(FrozenClock::at(1_795_000_000_000));
        let session = Session::open(&configuration, Arc::new(MemoryKeystore::new()), clock).unwrap();
        Self { session, folder }
    }

    fn import_as(&self, files: &[(&str, Vec<u8>)], person: Option<&PersonId>) -> Result<ImportReport, PlainchartError> {
        let folder = self.folder.path().join("files");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).unwrap();
        for (name, bytes) in files {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
        let quiet: Arc<dyn ProgressListener> = Arc::new(Quiet);
        let report = self.session.import(&folder, person, &quiet, &CancelToken::new())?;
        let set_aside: u64 = report.set_aside.iter().map(|reason| reason.count).sum();
        assert_eq!(report.read, report.in_chart + set_aside, "{report:?}");
        Ok(report)
    }

    fn import(&self, files: &[(&str, Vec<u8>)]) -> ImportReport {
        self.import_as(files, None).unwrap()
    }

    fn people(&self) -> Vec<Option<String>> {
        self.session.people().unwrap().into_iter().map(|person| person.name).collect()
    }

    fn person(&self, name: &str) -> PersonId {
        let people = self.session.people().unwrap();
        let id = people.into_iter().find(|person| person.name.as_deref() == Some(name)).unwrap().id;
        PersonId::try_from(id).unwrap()
    }

    fn notes(&self, name: &str) -> Vec<NoteSummary> {
        self.session.notes(&self.person(name), Window::ALL).unwrap().items
    }
}

/// Someone whom a document is about.
const ANN: [&str; 4] = ["7", "Ann", "Oakhill", "19500203"];
const BEA: [&str; 4] = ["8", "Bea", "Fernley", "19610704"];

fn target([id, given, family, born]: [&str; 4]) -> String {
    format!(
        "<recordTarget><patientRole><id root=\"1.2.3\" extension=\"{id}\"/><patient><name><given>{given}</given>\
         <family>{family}</family></name><birthTime value=\"{born}\"/></patient></patientRole></recordTarget>"
    )
}

/// A document with this id, these header elements and this text.
fn document(id: &str, header: &str, text: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\"?>\r\n<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><id root=\"1.9\" extension=\"{id}\"/>\
         <code code=\"34133-9\" codeSystem=\"2.16.840.1.113883.6.1\" displayName=\"Summary\"/>\
         <title>Summary of care</title><effectiveTime value=\"20240506\"/>{header}\
         <component><structuredBody><component><section><title>Plan</title><text>{text}</text></section></component>\
         </structuredBody></component></ClinicalDocument>"
    )
    .into_bytes()
}

fn of(person: [&str; 4], id: &str, text: &str) -> Vec<u8> {
    document(id, &target(person), text)
}

fn zipped(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn reasons(report: &ImportReport) -> Vec<(&str, u64)> {
    report.set_aside.iter().map(|reason| (reason.reason, reason.count)).collect()
}

/// Proves N1, D8: a C-CDA document lands as a note of the person in `recordTarget`, its bytes as they came; the same
/// file again changes nothing.
#[test]
fn a_document_is_a_note_of_its_person() {
    let phone = Phone::new();
    let bytes = of(ANN, "d1", "Come back in May");
    for _ in 0..2 {
        let before = phone.session.people().unwrap().len();
        let report = phone.import(&[("a.xml", bytes.clone())]);
        assert_eq!((report.read, report.in_chart, report.skipped.len()), (1, 1, 0));
        assert!(before == 0 || before == 1);
        assert_eq!(phone.people(), [Some("Ann Oakhill".to_owned())]);
        let person = phone.session.people().unwrap().remove(0);
        assert_eq!(person.birth_date.as_deref(), Some("1950-02-03"));
        let notes = phone.notes("Ann Oakhill");
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0].date.as_ref().unwrap().text, "2024-05-06");
        let note = phone.session.read_note(&phone.person("Ann Oakhill"), &notes[0].id).unwrap();
        assert!(note.sections.iter().any(|section| section.text.contains("Come back in May")));
        assert_eq!(note.renditions[0].format.as_deref(), Some("ccda"));
        let file = phone.session.attachment(&phone.person("Ann Oakhill"), &notes[0].id, 0).unwrap();
        assert!(file.bytes == bytes && file.remark.is_none());
    }
    let chart = phone.session.charts_of(&phone.person("Ann Oakhill")).unwrap()[0].facts.chart.clone();
    let batch = phone.session.store.batch().unwrap();
    phone.import(&[("a.xml", bytes)]);
    assert_eq!(phone.session.store.batch().unwrap(), batch, "nothing was written to {chart:?}");
}

/// Proves D2, N1: a ZIP, with folders and a ZIP in it, is its documents and its FHIR JSON; other files are told and not
/// taken.
#[test]
fn a_zip_is_its_documents() {
    let phone = Phone::new();
    let json = br#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"1",
        "name":[{"given":["Ann"],"family":"Oakhill"}],"birthDate":"1950-02-03"}},
        {"resource":{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/1"},"valueInteger":5}}]}"#;
    let inner = zipped(&[("deep/b.xml", of(BEA, "d2", "two"))]);
    let file = zipped(&[
        ("IHE_XDM/SUBSET01/DOC0001.XML", of(ANN, "d1", "one")),
        ("IHE_XDM/SUBSET01/METADATA.XML", b"<SubmitObjectsRequest xmlns=\"urn:x\"/>".to_vec()),
        ("IHE_XDM/inner.zip", inner),
        ("fhir/record.json", json.to_vec()),
        ("Ann Oakhill scan.pdf", b"%PDF-1.4\n".to_vec()),
        ("broken.xml", b"<?xml version=\"1.0\"?><ClinicalDocument xmlns=\"urn:hl7-org:v3\">".to_vec()),
    ]);
    let report = phone.import(&[("download.zip", file)]);
    assert_eq!((report.read, report.in_chart), (5, 4), "{report:?}");
    assert_eq!(reasons(&report), [("no_subject", 1)], "the broken one names nobody");
    assert_eq!(report.skipped.len(), 2, "the list of contents and the scan");
    assert!(report.skipped.iter().any(|place| place.ends_with("scan.pdf")));
    assert!(!format!("{report:?}").contains("Oakhill"));
    let mut people = phone.people();
    people.sort();
    assert_eq!(people, [Some("Ann Oakhill".to_owned()), Some("Bea Fernley".to_owned())], "by name and birth date");
    assert_eq!((phone.notes("Ann Oakhill").len(), phone.notes("Bea Fernley").len()), (1, 1));
    let ann = phone.session.charts_of(&phone.person("Ann Oakhill")).unwrap();
    assert_eq!(ann.len(), 1, "the document lies beside the JSON");
}

/// Proves P1: a document that names nobody or several is set aside as nobody's, and lands with the person the reader
/// names; documents about two people are never put into one.
#[test]
fn whose_a_document_is() {
    let phone = Phone::new();
    let nobody = document("d1", "", "text");
    let both = document("d2", &(target(ANN) + &target(BEA)), "text");
    let report = phone.import(&[("a.xml", nobody.clone()), ("b.xml", both.clone())]);
    assert_eq!((report.in_chart, reasons(&report)), (0, vec![("no_subject", 2)]));
    assert!(phone.people().is_empty());
    phone.import(&[("a.xml", of(ANN, "d3", "text"))]);
    let ann = phone.person("Ann Oakhill");
    for _ in 0..2 {
        assert_eq!(phone.import_as(&[("a.xml", nobody.clone())], Some(&ann)).unwrap().in_chart, 1);
        assert_eq!(phone.notes("Ann Oakhill").len(), 2);
    }
    assert_eq!(reasons(&phone.import_as(&[("b.xml", both)], Some(&ann)).unwrap()), [("no_subject", 1)]);
    let two = [("a.xml", of(ANN, "d4", "text")), ("b.xml", of(BEA, "d5", "text"))];
    assert!(matches!(phone.import_as(&two, Some(&ann)), Err(PlainchartError::InvalidInput { field: "person" })));
    let one = [("b.xml", of(BEA, "d5", "text"))];
    assert_eq!(phone.import_as(&one, Some(&ann)).unwrap().in_chart, 1);
    assert_eq!(phone.session.people().unwrap().len(), 1);
}

/// Proves D2, D4: versions of one set, and a document that another replaces, stand behind the newest.
#[test]
fn versions_of_a_document() {
    let phone = Phone::new();
    let set = |number: u32| {
        format!("{}<setId root=\"1.5\" extension=\"s|1\"/><versionNumber value=\"{number}\"/>", target(ANN))
    };
    let replaces = "<relatedDocument typeCode=\"RPLC\"><parentDocument><id root=\"1.9\" extension=\"v3\"/></parentDocument></relatedDocument>";
    phone.import(&[
        ("a.xml", document("v1", &set(1), "first")),
        ("b.xml", document("v3", &set(3), "third")),
        ("c.xml", document("x", &(target(ANN) + replaces), "last")),
        ("d.xml", of(ANN, "other", "apart")),
    ]);
    let notes = phone.notes("Ann Oakhill");
    assert_eq!(notes.len(), 2);
    let newest = notes.iter().find(|note| !note.versions.is_empty()).unwrap();
    let relations: Vec<&str> = newest.versions.iter().map(|version| version.relation.as_str()).collect();
    assert_eq!(relations, ["replaces", "replaces"]);
    let ann = phone.person("Ann Oakhill");
    let read = |id: &str| phone.session.read_note(&ann, id).unwrap();
    assert!(read(&newest.id).sections.iter().any(|section| section.text.contains("last")));
    let mut older: Vec<bool> = Vec::new();
    for version in &newest.versions {
        let view = read(&version.id);
        older
            .push(view.sections.iter().any(|section| section.text.contains("first") || section.text.contains("third")));
        assert!(view.summary.versions.iter().any(|version| version.relation == "replaced-by"));
    }
    assert_eq!(older, [true, true]);
}

/// Proves N4: the label of a document, or of one section in it, is the label of the note.
#[test]
fn a_label_in_a_document_counts() {
    let phone = Phone::new();
    let label = "<confidentialityCode code=\"R\" codeSystem=\"2.16.840.1.113883.5.25\"/>";
    let labelled = document("d1", &format!("{label}{}", target(ANN)), "text");
    let section = String::from_utf8(of(ANN, "d2", "text")).unwrap();
    let section = section.replace("<title>Plan</title>", &format!("<title>Plan</title>{label}")).into_bytes();
    phone.import(&[("a.xml", labelled), ("b.xml", section), ("c.xml", of(ANN, "d3", "text"))]);
    let sensitive = phone.notes("Ann Oakhill").iter().filter(|note| note.sensitive).count();
    assert_eq!(sensitive, 2);
}
