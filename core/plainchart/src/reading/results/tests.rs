//! Results as a reader sees them: each once, nothing made up, nothing of what is closed.

mod web;

use std::sync::Arc;

use plainchart_access::{Chart, Event, Hold, HoldTerm, Kind, PersonId};
use plainchart_record::correction::CorrectionKind;
use plainchart_record::status::ObservationStatus;
use plainchart_vault::MemoryKeystore;
use serde_json::{Value, json};

use crate::cancel::CancelToken;
use crate::clock::FrozenClock;
use crate::error::PlainchartError;
use crate::reading::Window;
use crate::session::{Configuration, Session};
use crate::sync::{ProgressListener, Quiet};
use crate::views::{PanelLine, PanelView, ResultView};

const LOINC: &str = "http://loinc.org";
const FLAGS: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";

/// A store with the record of one made-up person.
pub(in crate::reading) struct Phone {
    pub(in crate::reading) session: Session,
    pub(in crate::reading) person: PersonId,
    folder: tempfile::TempDir,
}

impl Phone {
    /// With these resources of `Patient/p`, as one file each, in this order.
    pub(in crate::reading) fn with(files: &[&[Value]]) -> Self {
        Self::of(
            &json!({"resourceType": "Patient", "id": "p", "name": [{"text": "Ines Oakhill"}],
            "gender": "female", "birthDate": "2017-04-22"}),
            files,
        )
    }

    pub(in crate::reading) fn of(patient: &Value, files: &[&[Value]]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let configuration = Configuration { folder: folder.path().join("store"), ..Configuration::default() };
        let clock = Arc::new(FrozenClock::at(1_795_000_000_000));
        let session = Session::open(&configuration, Arc::new(MemoryKeystore::new()), clock).unwrap();
        let import = |lines: String| {
            let file = folder.path().join("record.ndjson");
            std::fs::write(&file, lines).unwrap();
            let quiet: Arc<dyn ProgressListener> = Arc::new(Quiet);
            session.import(&file, None, &quiet, &CancelToken::new()).unwrap();
        };
        for resources in files {
            import(std::iter::once(patient).chain(*resources).map(|resource| format!("{resource}\n")).collect());
        }
        let person = PersonId::try_from(session.people().unwrap()[0].id.clone()).unwrap();
        Self { session, person, folder }
    }

    /// Another chart of the same person, from another source.
    pub(in crate::reading) fn add_chart(&self, resources: &[Value]) {
        let patient =
            json!({"resourceType": "Patient", "id": "p", "name": [{"text": "I. Oakhill"}], "birthDate": "2017"});
        let file = self.folder.path().join("other.ndjson");
        let lines: String =
            std::iter::once(&patient).chain(resources).map(|resource| format!("{resource}\n")).collect();
        std::fs::write(&file, lines).unwrap();
        let quiet: Arc<dyn ProgressListener> = Arc::new(Quiet);
        self.session.import(&file, Some(&self.person), &quiet, &CancelToken::new()).unwrap();
    }

    /// The reader folds away what is of this kind.
    pub(in crate::reading) fn hold(&self, kind: Kind) {
        let chart = self.chart().facts.chart;
        let hold = Hold { chart, kind, term: HoldTerm::UntilOpened, from_ms: 0 };
        self.session.record(Event::HoldSet { hold }).unwrap();
    }

    pub(in crate::reading) fn chart(&self) -> Chart {
        self.session.charts_of(&self.person).unwrap().remove(0)
    }

    pub(in crate::reading) fn results(&self) -> Vec<ResultView> {
        self.session.results(&self.person, Window::ALL).unwrap().items
    }

    pub(in crate::reading) fn panels(&self) -> Vec<PanelView> {
        self.session.panels(&self.person, Window::ALL).unwrap().items
    }

    /// The result or part with this name, wherever it stands.
    pub(in crate::reading) fn named(&self, name: &str) -> ResultView {
        let mut all = Vec::new();
        self.results().iter().for_each(|row| flatten(row, &mut all));
        all.into_iter().find(|result| result.name == name).unwrap()
    }

    /// Everything that lists and open items say, with opaque ids numbered in the order in which they come.
    fn everything(&self) -> String {
        let results = self.session.results(&self.person, Window::ALL).unwrap();
        let mut all = vec![serde_json::to_value(&results).unwrap(), json!(self.panels())];
        all.push(json!(self.session.results(&self.person, Window { offset: 0, limit: 3 }).unwrap()));
        all.push(json!(self.session.analytes(&self.person).unwrap()));
        for analyte in self.session.analytes(&self.person).unwrap().items {
            all.push(json!(self.session.trend(&self.person, &analyte.key).unwrap()));
        }
        let mut parts = Vec::new();
        results.items.iter().for_each(|row| flatten(row, &mut parts));
        for part in parts {
            all.push(json!(self.session.result(&self.person, &part.id).unwrap()));
        }
        numbered(&json!(all).to_string().replace(&self.person.to_string(), "somebody"), &self.chart().facts.base)
    }
}

fn numbered(text: &str, base: &str) -> String {
    let text = text.replace(base, "BASE").replace(&format!("{}:", base.len()), "LENGTH:");
    let mut seen: Vec<String> = Vec::new();
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("\"r") {
        out.push_str(before);
        out.push('"');
        let digits = after.split_at_checked(10).filter(|(id, _)| id.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let Some((id, later)) = digits else {
            out.push('r');
            rest = after;
            continue;
        };
        let number = seen.iter().position(|known| known == id).unwrap_or_else(|| {
            seen.push(id.to_owned());
            seen.len() - 1
        });
        out.push_str(&format!("#{number}"));
        rest = later;
    }
    out + rest
}

fn flatten(row: &ResultView, into: &mut Vec<ResultView>) {
    into.push(row.clone());
    row.parts.iter().for_each(|part| flatten(part, into));
}

fn in_panels(panels: &[PanelView]) -> Vec<ResultView> {
    let mut all = Vec::new();
    for line in panels.iter().flat_map(|panel| &panel.lines) {
        if let PanelLine::Result { result } = line {
            flatten(result, &mut all);
        }
    }
    all
}

/// A result with a name of the lab's own, and what else it has.
pub(in crate::reading) fn result(id: &str, more: Value) -> Value {
    let mut result = json!({"resourceType": "Observation", "id": id, "status": "final", "code": {"text": id},
        "subject": {"reference": "Patient/p"}, "effectiveDateTime": "2026-09-01"});
    for (name, value) in more.as_object().unwrap() {
        result[name] = value.clone();
    }
    result
}

pub(in crate::reading) fn amount(value: &Value, unit: &str) -> Value {
    json!({"valueQuantity": {"value": value, "unit": unit}})
}

fn report(id: &str, results: &[&str], more: Value) -> Value {
    let named: Vec<Value> =
        results.iter().map(|name| json!({"reference": format!("Observation/{name}"), "display": name})).collect();
    let mut report = result(id, more);
    report["resourceType"] = json!("DiagnosticReport");
    report["result"] = json!(named);
    report
}

fn members(names: &[&str]) -> Value {
    json!(names.iter().map(|name| json!({"reference": format!("Observation/{name}")})).collect::<Vec<_>>())
}

fn names(results: &[ResultView]) -> Vec<&str> {
    results.iter().map(|result| result.name.as_str()).collect()
}

/// Proves R1: a member and a component stand under their parent and in no list of their own; what the source named and
/// did not share is said.
#[test]
fn parts_stand_under_their_parent() {
    let phone = Phone::with(&[&[
        result(
            "Kidney",
            json!({"hasMember": [{"reference": "Observation/Sodium"},
            {"reference": "Observation/gone", "display": "Chloride"}, {"reference": "QuestionnaireResponse/q"}]}),
        ),
        result("Sodium", amount(&json!(140), "mmol/L")),
        result(
            "Pulse",
            json!({"component": [{"code": {"text": "Rate"}, "valueInteger": 70}], "effectiveDateTime": "2026-10"}),
        ),
    ]]);
    let rows = phone.results();
    assert_eq!(names(&rows), ["Pulse", "Kidney"]);
    assert_eq!(names(&rows[0].parts), ["Rate"]);
    assert_eq!(names(&rows[1].parts), ["Sodium"]);
    let source = &rows[1].source;
    assert_eq!(rows[1].not_shared, [format!("{source} names Chloride here, but did not share it.")]);
    let detail = phone.session.result(&phone.person, &phone.named("Sodium").id).unwrap();
    assert_eq!(detail.result.value.as_deref(), Some("140"));
    assert_eq!(detail.spoken[0], "Sodium: 140 millimoles in a liter.");
    // A component opens its result.
    let rate = phone.named("Rate");
    assert_eq!(phone.session.result(&phone.person, &rate.id).unwrap().result.name, "Pulse");
}

/// Proves R1: of several ranges those that fit the person's recorded sex and age; where none can be ruled out all, each
/// with for whom it is.
#[test]
fn ranges_that_fit_the_person() {
    let ranges = json!([
        {"low": {"value": 7, "unit": "ng/mL"}, "high": {"value": 140, "unit": "ng/mL"}, "age": {"high": {"value": 11, "unit": "a", "system": "http://unitsofmeasure.org", "code": "a"}}},
        {"low": {"value": 11, "unit": "ng/mL"}, "appliesTo": [{"text": "Women"}], "age": {"low": {"value": 18, "unit": "a", "system": "http://unitsofmeasure.org", "code": "a"}}},
        {"text": "24-336", "appliesTo": [{"coding": [{"code": "male"}]}]}
    ]);
    let ferritin = result("Ferritin", json!({"valueInteger": 30, "referenceRange": ranges}));
    let phone = Phone::with(&[std::slice::from_ref(&ferritin)]);
    let shown = phone.named("Ferritin");
    assert_eq!(shown.ranges, ["7 to 140 ng/mL (For ages up to 11 a)"]);
    assert!(shown.ranges_note.unwrap().contains("left out"));
    let nobody = json!({"resourceType": "Patient", "id": "p", "name": [{"text": "Ines Oakhill"}]});
    let shown = Phone::of(&nobody, &[&[ferritin]]).named("Ferritin");
    assert_eq!(shown.ranges.len(), 3);
    assert_eq!(shown.ranges[1], "11 ng/mL or more (For: Women; For ages 18 a or more)");
}

/// Proves R1: "corrected: it was X", from the older version that came later, and from one under another id.
#[test]
fn what_it_was_before() {
    let version = |id: &str, value: &str, status: &str, issued: &str| {
        result(
            id,
            json!({"code": {"text": "Potassium"}, "status": status, "issued": issued,
            "meta": {"lastUpdated": issued}, "identifier": [{"system": "urn:lab", "value": "77"}],
            "valueQuantity": {"value": value.parse::<f64>().unwrap(), "unit": "mmol/L"}}),
        )
    };
    let old = |id: &str| version(id, "6.9", "final", "2026-09-01T08:00:00Z");
    let new = |id: &str| version(id, "4.1", "corrected", "2026-09-02T08:00:00Z");
    for phone in [Phone::with(&[&[new("k")], &[old("k")]]), Phone::with(&[&[old("k1"), new("k2")]])] {
        let rows = phone.results();
        assert_eq!(rows.len(), 1, "the older version is no row");
        let corrected = rows[0].corrected.clone().unwrap();
        assert_eq!(rows[0].value.as_deref(), Some("4.1"));
        assert_eq!(corrected.kind, CorrectionKind::Corrected.code());
        assert_eq!(
            corrected.sentence,
            "This result was changed to fix a mistake in it. Before the change it was 6.9 mmol/L."
        );
        let value = corrected.was.iter().find(|was| was.what == "Value").unwrap();
        assert_eq!(value.value, "6.9 mmol/L");
        let detail = phone.session.result(&phone.person, &rows[0].id).unwrap();
        let values: Vec<_> = detail.versions.iter().filter_map(|version| version.value.as_deref()).collect();
        assert_eq!(values, ["4.1 mmol/L", "6.9 mmol/L"]);
        assert!(detail.spoken.contains(&corrected.sentence));
    }
}

/// Proves D4: a result that was a mistake shows no value of any version.
#[test]
fn a_mistake_has_no_versions() {
    let version = |status: &str, updated: &str| {
        result("k", json!({"status": status, "meta": {"lastUpdated": updated}, "valueInteger": 424242}))
    };
    let marker = version("entered-in-error", "2026-09-02T08:00:00Z");
    let phone = Phone::with(&[&[marker], &[version("final", "2026-09-01T08:00:00Z")]]);
    let row = &phone.results()[0];
    let detail = phone.session.result(&phone.person, &row.id).unwrap();
    assert!(detail.versions.is_empty() && row.corrected.is_none());
    assert!(!serde_json::to_string(&detail).unwrap().contains("424242"));
}

/// Proves R1: an order's number that all its results carry makes none of them a version of another.
#[test]
fn a_common_number_is_no_version() {
    let numbered = |id: &str, value: i64| {
        result(id, json!({"identifier": [{"system": "urn:order", "value": "1"}], "valueInteger": value}))
    };
    let phone = Phone::with(&[&[numbered("Zinc", 1), numbered("Iron", 2)]]);
    assert_eq!(phone.results().len(), 2);
    assert!(phone.results().iter().all(|row| row.corrected.is_none()));
}

/// Proves R1, D4: preliminary and cancelled are said, with why; of a mistake only that it was one.
#[test]
fn states_are_said() {
    let reason = json!([{"url": "http://hl7.org/fhir/StructureDefinition/event-statusReason",
        "valueCodeableConcept": {"text": "the tube broke"}}]);
    let phone = Phone::with(&[&[
        result("Early", json!({"status": "preliminary", "valueInteger": 1})),
        result("Broken", json!({"status": "cancelled", "extension": reason})),
        result("Mistake", json!({"status": "entered-in-error", "valueInteger": 9, "note": [{"text": "secret"}]})),
    ]]);
    let early = phone.named("Early");
    assert_eq!((early.status_code.as_deref(), early.status.is_some()), (Some("preliminary"), true));
    let broken = phone.named("Broken");
    assert!(broken.status_reason.unwrap().ends_with("the tube broke"));
    let mistake =
        phone.results().into_iter().find(|row| row.status_code.as_deref() == Some("entered-in-error")).unwrap();
    let told = serde_json::to_string(&mistake).unwrap();
    assert!(!told.contains("secret") && !told.contains("Mistake") && mistake.value.is_none(), "{told}");
}

/// Proves R1, T3: every status has its word, and no sentence of the lists judges or is long.
#[test]
fn words_of_lists() {
    for status in ObservationStatus::ALL {
        let code = if status.code().is_empty() { "not-given" } else { status.code() };
        assert!(crate::words::find(&format!("result-list.status-name.{code}")).is_some(), "{code}");
    }
    for line in include_str!("../../../words/en/result-list.txt").lines().filter(|line| !line.starts_with('#')) {
        let (id, text) = line.split_once(" = ").unwrap();
        let words: Vec<String> = text.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase).collect();
        for word in ["good", "bad", "normal", "safe", "worry", "should", "danger", "healthy", "must"] {
            assert!(!words.iter().any(|spoken| spoken == word), "{id}");
        }
        assert!(text.split(". ").all(|sentence| sentence.split_whitespace().count() <= 20), "{id}");
    }
}

fn critical_record() -> Vec<Value> {
    let flag = json!([{"coding": [{"system": FLAGS, "code": "HH"}]}]);
    vec![
        json!({"resourceType": "Practitioner", "id": "d", "name": [{"text": "Dr. Quill"}],
            "telecom": [{"system": "phone", "value": "555 0101"}]}),
        json!({"resourceType": "ServiceRequest", "id": "s", "status": "active", "intent": "order", "code": {"text": "Panel"},
            "subject": {"reference": "Patient/p"}, "requester": {"reference": "Practitioner/d"}}),
        result(
            "Potassium",
            json!({"valueInteger": 7, "interpretation": flag, "basedOn": [{"reference": "ServiceRequest/s"}],
            "performer": [{"display": "Elm Laboratory"}]}),
        ),
        result(
            "Glucose",
            json!({"valueInteger": 30, "interpretation": flag, "performer": [{"display": "Elm Laboratory"}]}),
        ),
        result("Zinc", json!({"valueInteger": 1, "interpretation": flag})),
        report("Report", &["Zinc"], json!({"basedOn": [{"reference": "ServiceRequest/s"}]})),
    ]
}

/// Proves R6: the lab's wish, and the telephone of whoever asked, by the result's order or its report's; else of whoever
/// did the test, who is not said to have asked.
#[test]
fn a_critical_flag_says_whom_to_ask() {
    let phone = Phone::with(&[&critical_record()]);
    for name in ["Potassium", "Zinc"] {
        let critical = phone.named(name).critical.unwrap();
        assert_eq!(critical.role, "orderer");
        assert_eq!(critical.contact, "Dr. Quill asked for this test. Telephone in the record: 555 0101");
        assert_eq!(critical.party.telephones, ["555 0101"]);
    }
    let glucose = phone.named("Glucose").critical.unwrap();
    assert_eq!((glucose.role.as_str(), glucose.party.name.as_deref()), ("performer", Some("Elm Laboratory")));
    assert!(!glucose.contact.contains("asked"));
}

/// Proves N4, R6: an order that the reader may not see names nobody.
#[test]
fn a_closed_order_names_nobody() {
    let phone = Phone::with(&[&critical_record()]);
    phone.hold(Kind::Referral);
    assert_eq!(phone.named("Potassium").critical.unwrap().role, "performer");
    let zinc = phone.named("Zinc").critical.unwrap();
    assert_eq!((zinc.role.as_str(), zinc.party.name), ("nobody", None));
    let detail = phone.session.result(&phone.person, &phone.named("Potassium").id).unwrap();
    assert!(detail.links.iter().all(|link| link.kind.as_deref() != Some("referral")));
}

/// Proves R1: a report has its results in the lab's order; what stands in two is shown once and led to; what is in none
/// stands by itself.
#[test]
fn reports_keep_the_labs_order() {
    let phone = Phone::with(&[&[
        result("Sodium", json!({"valueInteger": 1})),
        result("Zinc", json!({"valueInteger": 2})),
        result("Lone", json!({"valueInteger": 3})),
        report("New", &["Zinc", "Sodium", "gone"], json!({"effectiveDateTime": "2026-09-02"})),
        report("Old", &["Zinc"], json!({"status": "preliminary"})),
        report("Empty", &[], json!({"effectiveDateTime": "2026-01-01"})),
    ]]);
    let panels = phone.panels();
    assert_eq!(panels.iter().map(|panel| panel.title.as_str()).collect::<Vec<_>>(), ["New", "Old", "Lone", "Empty"]);
    let [PanelLine::Result { result: first }, PanelLine::Result { result: second }, PanelLine::NotShared { sentence }] =
        &panels[0].lines[..]
    else {
        panic!("three lines")
    };
    assert_eq!((first.name.as_str(), second.name.as_str()), ("Zinc", "Sodium"));
    assert!(sentence.contains("gone"));
    let PanelLine::Elsewhere { link } = &panels[1].lines[0] else { panic!("a link") };
    assert_eq!(link.id.as_ref(), Some(&first.id));
    assert_eq!(first.report, panels[0].id);
    assert!(panels[3].empty.is_some() && panels[2].id.is_none());
    let opened = phone.session.panel(&phone.person, panels[0].id.as_ref().unwrap()).unwrap();
    assert!(opened == panels[0]);
    assert_eq!(phone.session.panel(&phone.person, "r0000000000").unwrap_err(), PlainchartError::NotFound);
}

/// Proves R1: results that lie inside their report are results, each once.
#[test]
fn results_inside_a_report() {
    let mut outer = report(
        "Outer",
        &[],
        json!({"contained": [
        {"resourceType": "Observation", "id": "in", "status": "final", "code": {"text": "Inner"},
            "effectiveDateTime": "2026-09-01", "valueInteger": 5},
        {"resourceType": "Specimen", "id": "tube"}]}),
    );
    outer["result"] = json!([{"reference": "#in"}, {"reference": "#tube"}]);
    let phone = Phone::with(&[&[outer]]);
    assert_eq!(names(&phone.results()), ["Inner"]);
    let panels = phone.panels();
    assert_eq!((panels.len(), panels[0].lines.len()), (1, 1));
    let id = phone.results()[0].id.clone();
    assert_eq!(phone.session.result(&phone.person, &id).unwrap().result.value.as_deref(), Some("5"));
    assert_eq!(phone.session.trend(&phone.person, &id).unwrap().series[0].points[0].value, "5");
}

/// Proves D6, V2: the sealed beginning of a list says what the chart says; a row that shows what lies under another key
/// is in no page.
#[test]
fn the_front_page_says_the_same() {
    let label = json!({"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HIV"}]});
    let first = Window { offset: 0, limit: 5 };
    for labelled in [false, true] {
        let mut inner = result("Inner", json!({"valueInteger": 1}));
        let mut outer = result("Outer", json!({"hasMember": members(&["Inner", "Open"])}));
        if labelled {
            inner["meta"] = label.clone();
            outer["meta"] = json!({"lastUpdated": "2026-09-01T00:00:00Z"});
        }
        let phone =
            Phone::with(&[&[inner, outer, result("Open", json!({"valueInteger": 2})), result("Alone", json!({}))]]);
        let chart = phone.chart().facts.chart;
        let act = plainchart_access::Act::ListedResults;
        let pages = phone.session.front_pages(&chart, act, first).unwrap().unwrap();
        assert!(pages.iter().all(|page| !page.results_mixed));
        let sealed = phone.session.results(&phone.person, first).unwrap();
        phone.session.items.lock().unwrap().clear();
        let whole = phone.session.results(&phone.person, Window::ALL).unwrap();
        assert_eq!(json!(sealed), json!(whole));
        assert_eq!(whole.total, 2);
    }
}

/// Proves P2: an id that is nobody's and one that is closed give the same answer.
#[test]
fn what_is_closed_is_not_found() {
    let phone = Phone::with(&[&[result("Zinc", json!({"valueInteger": 1}))]]);
    assert_eq!(phone.session.result(&phone.person, "r0123456789").unwrap_err(), PlainchartError::NotFound);
    assert_eq!(phone.session.trend(&phone.person, "r0123456789").unwrap_err(), PlainchartError::NotFound);
    assert_eq!(phone.session.trend(&phone.person, "2345-7").unwrap_err(), PlainchartError::NotFound);
}
