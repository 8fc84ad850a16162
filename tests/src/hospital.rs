//! Hospitals that keep to the standard: Lakeside with its three people, and a small one for tests that sync many times.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use plainchart_sandbox::{Fault, PeopleSet, Profile, Sandbox, SandboxOptions, Seen};
use serde_json::{Value, json};

/// Fernway's adult, who reads her own chart.
pub const NORA: &str = "n-100";
/// Her son; one of his two notes is labelled restricted.
pub const IVO: &str = "i-200";

/// The folder of our own made-up people and files.
#[must_use]
pub fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Fernway: two people, ten notes, plain http on loopback.
#[must_use]
pub fn small() -> Sandbox {
    small_with(Profile::default())
}

/// Fernway with other habits.
#[must_use]
pub fn small_with(profile: Profile) -> Sandbox {
    let people = PeopleSet::Folder(fixtures().join("people"));
    Sandbox::start_blocking(SandboxOptions { profile, people, ..SandboxOptions::http() }).expect("Fernway starts")
}

/// Fernway with so few entries a page that every search has several.
#[must_use]
pub fn small_in_small_pages() -> Sandbox {
    small_with(Profile { max_page_size: 2, ..Profile::default() })
}

/// Lakeside: TLS, everyone.
#[must_use]
pub fn lakeside() -> Sandbox {
    Sandbox::start_blocking(SandboxOptions::default()).expect("Lakeside starts")
}

/// Requests of the hospital's log whose path begins so.
#[must_use]
pub fn asked(hospital: &Sandbox, prefix: &str) -> usize {
    hospital.log().iter().filter(|request| request.path.starts_with(prefix)).count()
}

/// Requests for data, discovery and tokens left out.
#[must_use]
pub fn asked_for_data(hospital: &Sandbox) -> usize {
    hospital.log().iter().filter(|request| request.had_authorization).count()
}

/// Calls `act` at the n-th request from now, counted from 1, before anything is done; what it returns strikes it.
pub fn at_request(
    hospital: &Sandbox,
    n: u64,
    act: impl Fn(&Seen) -> Option<Fault> + Send + Sync + 'static,
) -> Arc<AtomicU64> {
    let count = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&count);
    hospital.faults().set_hook(move |seen| {
        let number = counted.fetch_add(1, Ordering::SeqCst) + 1;
        if number == n { act(seen) } else { None }
    });
    count
}

/// A resource as the hospital has it.
#[must_use]
pub fn resource(hospital: &Sandbox, resource_type: &str, id: &str) -> Value {
    let text = hospital.store().get(resource_type, id).expect("the hospital has it");
    serde_json::from_str(&text).expect("the hospital holds JSON")
}

/// Changes a resource at the hospital: a new version.
pub fn change(hospital: &Sandbox, resource_type: &str, id: &str, change: impl FnOnce(&mut Value)) {
    let mut value = resource(hospital, resource_type, id);
    change(&mut value);
    hospital.store().put(&value.to_string()).expect("a changed resource");
}

/// A new note with its text inside.
#[must_use]
pub fn note(id: &str, patient: &str, text: &str) -> Value {
    use base64::Engine as _;
    let data = base64::engine::general_purpose::STANDARD.encode(text);
    json!({
        "resourceType": "DocumentReference", "id": id, "status": "current",
        "type": {"coding": [{"system": "http://loinc.org", "code": "11506-3"}], "text": "Progress note"},
        "category": [{"coding": [{
            "system": "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
            "code": "clinical-note"
        }]}],
        "subject": {"reference": format!("Patient/{patient}")},
        "date": "2026-10-01T09:00:00Z",
        "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": data}}]
    })
}

/// A new laboratory result.
#[must_use]
pub fn result(id: &str, patient: &str, value: &str) -> String {
    // By hand: a number must keep the digits it was given.
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"2160-0","display":"Creatinine"}}]}},"subject":{{"reference":"Patient/{patient}"}},"effectiveDateTime":"2026-10-01T08:00:00Z","valueQuantity":{{"value":{value},"unit":"mg/dL","system":"http://unitsofmeasure.org","code":"mg/dL"}}}}"#
    )
}

/// The id of the note whose title the hospital gives.
#[must_use]
pub fn note_titled(hospital: &Sandbox, patient: &str, title: &str) -> String {
    let store = hospital.store();
    let mut ids = store.ids("DocumentReference", patient).into_iter();
    ids.find(|id| resource(hospital, "DocumentReference", id)["description"] == title).expect("a note of that title")
}

/// The id of the note of this day.
#[must_use]
pub fn note_of_day(hospital: &Sandbox, patient: &str, day: &str) -> String {
    let mut ids = hospital.store().ids("DocumentReference", patient).into_iter();
    let is_of_day = |id: &String| {
        resource(hospital, "DocumentReference", id)["date"].as_str().is_some_and(|date| date.starts_with(day))
    };
    ids.find(is_of_day).expect("a note of that day")
}
