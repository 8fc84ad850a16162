//! One woman, two hospitals: one person after she joins them, and nothing of the two becomes one thing.

use std::collections::{BTreeMap, BTreeSet};

use plainchart::{Confirmation, EntryKind, EntryView, PersonId, PlainchartError, Relation, ResultView, Window};
use plainchart_sandbox::{Sandbox, SandboxOptions};
use plainchart_tests::phone::Phone;
use plainchart_tests::{chart, shown};
use serde_json::Value;

const LAKESIDE: &str = "Lakeside Hospital";
const CEDAR_RIDGE: &str = "Cedar Ridge Clinic";
/// Rosa's ids at the two.
const ROSA: [&str; 2] = ["lk-1047", "cr-5512"];

fn hospitals() -> (Sandbox, Sandbox) {
    let first = Sandbox::start_blocking(SandboxOptions::http()).unwrap();
    let second = SandboxOptions { tls: false, ..SandboxOptions::second_hospital() };
    (first, Sandbox::start_blocking(second).unwrap())
}

/// Signs in at a hospital and says whose the chart is.
fn connect(phone: &Phone, hospital: &Sandbox, patient: &str, person: Option<&PersonId>) -> PersonId {
    let offer = phone.sign_in(hospital, "rosa", "").unwrap();
    let confirmation = Confirmation { patient: patient.to_owned(), relation: Relation::Own, person: person.cloned() };
    PersonId::try_from(phone.app().confirm(&offer.id, &confirmation).unwrap().person.id).unwrap()
}

/// Rosa, joined and synced.
fn joined() -> (Sandbox, Sandbox, Phone, PersonId) {
    let (lakeside, cedar_ridge) = hospitals();
    let phone = Phone::for_hospital(&lakeside);
    let rosa = connect(&phone, &lakeside, ROSA[0], None);
    assert_eq!(connect(&phone, &cedar_ridge, ROSA[1], Some(&rosa)), rosa);
    phone.sync(&rosa).unwrap();
    (lakeside, cedar_ridge, phone, rosa)
}

/// The same two charts on two phones.
fn apart(lakeside: &Sandbox, cedar_ridge: &Sandbox) -> [(Phone, PersonId); 2] {
    [(lakeside, ROSA[0]), (cedar_ridge, ROSA[1])].map(|(hospital, patient)| {
        let phone = Phone::for_hospital(hospital);
        let rosa = connect(&phone, hospital, patient, None);
        phone.sync(&rosa).unwrap();
        (phone, rosa)
    })
}

fn entries(phone: &Phone, person: &PersonId, kind: EntryKind) -> Vec<EntryView> {
    phone.app().entries(person, kind, Window::ALL).unwrap().items
}

/// Proves D9: joined, she is one person with two charts, names and birth dates side by side.
#[test]
fn one_person_with_two_charts() {
    let (_lakeside, _cedar_ridge, phone, rosa) = joined();
    let people = phone.app().people().unwrap();
    assert_eq!(people.len(), 1);
    let names: BTreeMap<_, _> =
        people[0].charts.iter().map(|chart| (chart.source.as_str(), chart.name.as_deref())).collect();
    assert_eq!(names, BTreeMap::from([(LAKESIDE, Some("Rosa Vidal")), (CEDAR_RIDGE, Some("ROSA E VIDAL-IBANEZ"))]));
    assert!(people[0].charts.iter().all(|chart| chart.birth_date.as_deref() == Some("1979-06-14")));
    assert_eq!(phone.app().person(&rosa).unwrap().name.as_deref(), Some("Rosa Vidal"));
    assert!(people[0].source.contains(LAKESIDE) && people[0].source.contains(CEDAR_RIDGE));
}

/// Proves D9, A8: nobody is joined by a name and a birth date: only the reader says so.
#[test]
fn nobody_is_joined_unasked() {
    let (lakeside, cedar_ridge) = hospitals();
    let phone = Phone::for_hospital(&lakeside);
    let here = connect(&phone, &lakeside, ROSA[0], None);
    let there = connect(&phone, &cedar_ridge, ROSA[1], None);
    assert_ne!(here, there);
    assert_eq!(phone.app().people().unwrap().len(), 2);
    phone.sync(&here).unwrap();
    phone.sync(&there).unwrap();
    assert!(phone.notes(&here).items.iter().all(|note| note.source != CEDAR_RIDGE));
    assert!(phone.results(&there).items.iter().all(|result| result.source == CEDAR_RIDGE));
}

/// An item without what depends on the phone: its ids, and when it was fetched.
fn content(item: &Value) -> String {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.remove("id");
                members.remove("as_of");
                // Which of the lists beside each other it stands in.
                members.remove("list");
                // Links from one to the other, of the same medicine: the entries stay two.
                members.remove("same_as");
                members.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut item = item.clone();
    strip(&mut item);
    item.to_string()
}

/// Proves D9, R4: every list holds exactly what the two lists hold by themselves, item by item, each with its source:
/// nothing is fused, left out or changed by being beside the other.
#[test]
fn every_list_is_the_two_lists_side_by_side() {
    let (lakeside, cedar_ridge, phone, rosa) = joined();
    let apart = apart(&lakeside, &cedar_ridge);
    let lists = |phone: &Phone, person: &PersonId| shown::record(phone, person)["lists"].clone();
    let together = lists(&phone, &rosa);
    let alone: Vec<Value> = apart.iter().map(|(phone, person)| lists(phone, person)).collect();
    let mut compared = 0;
    for (name, list) in together.as_object().unwrap().iter().filter(|(name, _)| name.contains(" 0+1844")) {
        let items = |list: &Value| list["items"].as_array().unwrap().iter().map(content).collect::<Vec<_>>();
        let mut expected: Vec<String> = alone.iter().flat_map(|lists| items(&lists[name])).collect();
        let mut seen = items(list);
        assert_eq!(list["total"], seen.len(), "{name}");
        expected.sort();
        seen.sort();
        let others: Vec<_> = expected.iter().filter(|item| !seen.contains(item)).collect();
        let these: Vec<_> = seen.iter().filter(|item| !expected.contains(item)).collect();
        assert!(seen == expected, "{name}: together {these:?}\napart {others:?}");
        compared += seen.len();
        let sources: BTreeSet<&str> =
            list["sources"].as_array().unwrap().iter().map(|source| source["source"].as_str().unwrap()).collect();
        assert_eq!(sources, BTreeSet::from([LAKESIDE, CEDAR_RIDGE]), "{name}: each as of its own time");
    }
    assert!(compared > 100, "{compared} items are no record");
}

/// Proves D9: each item says where it came from, and both hospitals are in the lists they have something for.
#[test]
fn each_item_says_where_it_came_from() {
    let (_lakeside, _cedar_ridge, phone, rosa) = joined();
    let both = BTreeSet::from([LAKESIDE.to_owned(), CEDAR_RIDGE.to_owned()]);
    let results: BTreeSet<String> = phone.results(&rosa).items.into_iter().map(|result| result.source).collect();
    assert_eq!(results, both);
    let allergies: BTreeSet<String> =
        entries(&phone, &rosa, EntryKind::Allergies).into_iter().map(|entry| entry.source).collect();
    assert_eq!(allergies, both);
    let notes: BTreeSet<String> = phone.notes(&rosa).items.into_iter().map(|note| note.source).collect();
    assert!(notes.contains(CEDAR_RIDGE) && notes.len() >= 2, "{notes:?}");
}

/// Proves X3, D9: "no known drug allergies" at one hospital stands beside the allergies that both list; no verdict.
#[test]
fn nkda_stands_beside_the_allergies() {
    let (_lakeside, _cedar_ridge, phone, rosa) = joined();
    let allergies = entries(&phone, &rosa, EntryKind::Allergies);
    let none: Vec<_> = allergies.iter().filter(|entry| entry.none_known.is_some()).collect();
    assert_eq!(none.len(), 1, "Cedar Ridge says so, once");
    assert_eq!(none[0].source, CEDAR_RIDGE);
    let listed: BTreeSet<_> =
        allergies.iter().filter(|entry| entry.none_known.is_none()).map(|entry| entry.source.as_str()).collect();
    assert_eq!(listed, BTreeSet::from([LAKESIDE, CEDAR_RIDGE]));
}

fn by_loinc<'a>(results: &'a [ResultView], source: &str, loinc: &str) -> Vec<&'a ResultView> {
    let source = source.to_owned();
    results.iter().filter(|result| result.source == source && result.loinc.as_deref() == Some(loinc)).collect()
}

/// Proves R1, R2: each value keeps the unit its laboratory gave, also where the LOINC code promises another one.
#[test]
fn each_value_keeps_its_own_unit() {
    let (_lakeside, _cedar_ridge, phone, rosa) = joined();
    let results = phone.results(&rosa).items;
    let unit_of = |result: &ResultView| result.unit.clone().unwrap_or_default();
    for (loinc, here, there) in [("2345-7", "mg/dL", "mmol/L"), ("4548-4", "%", "mmol/mol")] {
        let (lakeside, cedar_ridge) = (by_loinc(&results, LAKESIDE, loinc), by_loinc(&results, CEDAR_RIDGE, loinc));
        assert!(!lakeside.is_empty() && !cedar_ridge.is_empty(), "{loinc}");
        assert!(lakeside.iter().all(|result| unit_of(result) == here), "{loinc} at Lakeside");
        assert!(cedar_ridge.iter().all(|result| unit_of(result) == there), "{loinc} at Cedar Ridge");
    }
    let glucose = by_loinc(&results, CEDAR_RIDGE, "14749-6");
    assert!(glucose.iter().all(|result| unit_of(result) == "mmol/L") && !glucose.is_empty());
}

/// Proves D8, D9: each chart is its hospital's, byte for byte, with the other beside it.
#[test]
fn each_chart_is_its_hospitals() {
    let (lakeside, cedar_ridge, mut phone, rosa) = joined();
    let contents = chart::contents(&mut phone, &rosa);
    let (mut expected, mut names) = (0, BTreeSet::new());
    for (hospital, patient) in [(&lakeside, ROSA[0]), (&cedar_ridge, ROSA[1])] {
        let (served, _) = chart::served(hospital, patient);
        let missing: Vec<_> = served.keys().filter(|key| !contents.resources.contains_key(*key)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        expected += served.len();
        names.extend(served.into_keys());
    }
    assert_eq!((contents.resources.len(), names.len()), (expected, expected), "ids of the two do not meet");
}

/// Proves D5, D6, D9: one hospital does not answer: the other's news comes, what is here stays, and each list says as of
/// when for each.
#[test]
fn one_hospital_does_not_answer() {
    let (lakeside, cedar_ridge, phone, rosa) = joined();
    let before = phone.results(&rosa);
    cedar_ridge.stop();
    lakeside.store().put(&plainchart_tests::hospital::result("new-1", ROSA[0], "0.77")).unwrap();
    phone.clock.advance(600_000);
    lakeside.clock().advance(std::time::Duration::from_secs(600));
    assert_eq!(phone.sync(&rosa).unwrap_err(), PlainchartError::Offline);
    let after = phone.results(&rosa);
    assert_eq!(after.total, before.total + 1, "Lakeside's new result is here, Cedar Ridge's are still");
    let as_of = |listing: &plainchart::Listing<ResultView>, source: &str| {
        listing.sources.iter().find(|state| state.source == source).unwrap().as_of_ms
    };
    assert!(as_of(&after, LAKESIDE) > as_of(&before, LAKESIDE));
    assert_eq!(as_of(&after, CEDAR_RIDGE), as_of(&before, CEDAR_RIDGE));
}

/// Proves D9, V2: erased, the person is gone from both.
#[test]
fn erased_from_both() {
    let (_lakeside, _cedar_ridge, phone, rosa) = joined();
    phone.app().erase(&rosa).unwrap();
    assert_eq!(phone.app().notes(&rosa, Window::ALL).unwrap_err(), PlainchartError::NotFound);
    assert!(phone.app().people().unwrap().iter().all(|person| person.id != rosa.to_string()));
}
