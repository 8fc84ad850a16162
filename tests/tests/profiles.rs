//! One chart, many kinds of server: what a person sees is the same.

use plainchart::{Clock, Relation, SystemClock};
use plainchart_sandbox::{Profile, Sandbox, SandboxOptions};
use plainchart_tests::phone::Phone;
use plainchart_tests::shown;
use serde_json::Value;

/// A resource, looked at by what a profile may refuse.
struct Shape<'a> {
    resource_type: &'a str,
    value: &'a Value,
}

impl Shape<'_> {
    fn has_category(&self, codes: &[&str]) -> bool {
        let categories = self.value["category"].as_array().into_iter().flatten();
        let mut coded = categories.flat_map(|category| category["coding"].as_array().into_iter().flatten());
        coded.any(|coding| coding["code"].as_str().is_some_and(|code| codes.contains(&code)))
    }
}

const STAFF: [&str; 5] = ["Location", "Medication", "Organization", "Practitioner", "PractitionerRole"];

/// Profiles that cannot give everything.
const HIDING: [&str; 4] = ["strict-category", "us-core-minimum", "bare-patient", "guarded-reads"];

/// What a server of this profile cannot give to anyone who asks as US Core says: it is no part of the comparison.
fn hides(profile: &str, shape: &Shape<'_>) -> bool {
    let reports = ["LAB", "LP29684-5", "LP29708-2", "LP7839-6"];
    let problems = ["problem-list-item", "encounter-diagnosis", "health-concern"];
    match (profile, shape.resource_type) {
        // No search without a category: what has none of those that US Core names is not found.
        ("strict-category", "DocumentReference") => !shape.has_category(&["clinical-note"]),
        ("strict-category", "DiagnosticReport") => !shape.has_category(&reports),
        ("strict-category", "Condition") => !shape.has_category(&problems),
        ("strict-category" | "us-core-minimum", "CarePlan") => !shape.has_category(&["assess-plan"]),
        // Not offered at all.
        ("us-core-minimum", "Appointment") => true,
        // No search by `_revinclude`.
        ("bare-patient", "Provenance") => true,
        // Reads are 403.
        ("guarded-reads", other) => STAFF.contains(&other),
        _ => false,
    }
}

/// Lakeside as the profile could show it at best, by a server without habits.
fn at_best(profile: &str) -> Sandbox {
    let plain = Sandbox::start_blocking(SandboxOptions::http()).unwrap();
    let store = plain.store();
    for resource_type in store.types() {
        for id in store.all_ids(&resource_type) {
            let Some(text) = store.get(&resource_type, &id) else { continue };
            let value = serde_json::from_str(&text).unwrap();
            if hides(profile, &Shape { resource_type: &resource_type, value: &value }) {
                store.withdraw(&resource_type, &id);
            }
        }
    }
    plain
}

/// What a list says about itself beside its items: what a profile does not offer is told, everything else is whole.
fn problems(record: &mut Value) -> Vec<String> {
    let mut told = Vec::new();
    for (list, listing) in record["lists"].as_object_mut().unwrap() {
        for source in listing["sources"].as_array_mut().into_iter().flatten() {
            if let Some(problem) = source.as_object_mut().unwrap().remove("problem") {
                told.push(format!("{}: {}", list.split(' ').next().unwrap(), problem.as_str().unwrap()));
            }
            // Never asked, where it is not offered: then the sentence of the empty list is another one, too.
            source.as_object_mut().unwrap().remove("as_of_ms");
        }
    }
    told.sort();
    told.dedup();
    told
}

/// Takes the sentence of an empty list away, of a list that is told to be closed.
fn forget_empty(record: &mut Value, list: &str) {
    let lists = record["lists"].as_object_mut().unwrap().iter_mut().filter(|(name, _)| name.starts_with(list));
    for source in lists.flat_map(|(_, listing)| listing["sources"].as_array_mut().unwrap()) {
        assert!(source.as_object_mut().unwrap().remove("empty").is_some(), "{list}: an empty list without a word");
    }
}

fn record_of(hospital: &Sandbox, login: &str, now_ms: i64) -> Value {
    let phone = Phone::at_time(hospital, now_ms);
    let person = phone.connect(hospital, login, "", Relation::Own);
    phone.sync(&person).unwrap();
    // A local code is told apart by its server, whose port is random.
    let record = shown::record(&phone, &person).to_string().replace(&hospital.base(), "BASE");
    serde_json::from_str(&record).unwrap()
}

/// Syncs the person from a server of every profile, and compares with what it has at best.
fn is_the_same_everywhere(login: &str) {
    let now_ms = SystemClock.wall_ms();
    let mut differing = Vec::new();
    let mut compared = 0;
    let standard = record_of(&at_best("standard"), login, now_ms);
    for (name, _) in Profile::names() {
        let profile = Profile::named(name).unwrap();
        let served = Sandbox::start_blocking(SandboxOptions { profile, ..SandboxOptions::http() }).unwrap();
        let mut seen = record_of(&served, login, now_ms);
        let mut best = if HIDING.contains(&name) { record_of(&at_best(name), login, now_ms) } else { standard.clone() };
        let told = problems(&mut seen);
        assert_eq!(problems(&mut best), [""; 0], "a server without habits has none");
        for list in told.iter().filter_map(|told| told.split(':').next()) {
            forget_empty(&mut seen, list);
            forget_empty(&mut best, list);
        }
        match name {
            "us-core-minimum" => assert_eq!(told, ["appointments: not_granted"], "{login}"),
            _ => assert_eq!(told, [""; 0], "{login} at {name}: nothing is missing, so nothing is said to be"),
        }
        assert!(best["open"].as_array().unwrap().len() > 5, "there is something to compare");
        compared += 1;
        differing.extend(shown::differences(&seen, &best).into_iter().map(|one| format!("{name}: {one}")));
    }
    assert!(compared >= 12);
    assert!(differing.is_empty(), "{login}: {} differences:\n{}", differing.len(), differing.join("\n"));
}

/// Proves D1, D3, D7: a woman with a long record sees the same from a server of any habit.
#[test]
fn winifreds_record_is_the_same_from_every_server() {
    is_the_same_everywhere("winifred");
}

/// Proves D1, D3: a record of results and notes.
#[test]
fn rosas_record_is_the_same_from_every_server() {
    is_the_same_everywhere("rosa");
}

/// Proves D3, N4: a record with labels and codes of care that many keep private, read by herself.
#[test]
fn imogens_record_is_the_same_from_every_server() {
    is_the_same_everywhere("imogen");
}

/// Proves D2, D3: a record in two languages and character sets.
#[test]
fn pilars_record_is_the_same_from_every_server() {
    is_the_same_everywhere("pilar");
}
