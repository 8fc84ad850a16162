//! Lakeside's odd cases, one by one, as their people see them. The table of the cases is `sandbox/people/CASES.md`.

use std::collections::{BTreeMap, BTreeSet};

use plainchart::{EntryKind, PersonId, Relation, Window};
use plainchart_sandbox::{Sandbox, SandboxOptions};
use plainchart_tests::chart;
use plainchart_tests::phone::Phone;
use serde_json::Value;

/// A person's record, synced once: each item's JSON by `Type/id` of the source.
struct Seen {
    items: BTreeMap<String, Value>,
    texts: BTreeMap<String, String>,
}

fn seen(login: &str, patient: &str) -> Seen {
    let lakeside = Sandbox::start_blocking(SandboxOptions::http()).unwrap();
    let phone = Phone::for_hospital(&lakeside);
    let person = phone.connect(&lakeside, login, "", Relation::Own);
    phone.sync(&person).unwrap();
    let (texts, _) = chart::served(&lakeside, patient);
    let listed = listed(&phone, &person);
    let of = |key: &String| {
        let prefix = match key.split_once('/').unwrap().0 {
            "DocumentReference" | "DiagnosticReport" => 'n',
            "Observation" => 'r',
            _ => 'e',
        };
        Some((key.clone(), listed.get(&chart::opaque_id(&phone, &person, prefix, key))?.clone()))
    };
    Seen { items: texts.keys().filter_map(of).collect(), texts }
}

/// Every item of every list, parts of results too, by opaque id.
fn listed(phone: &Phone, person: &PersonId) -> BTreeMap<String, Value> {
    let app = phone.app();
    let mut lists = vec![
        serde_json::to_value(phone.notes(person).items).unwrap(),
        serde_json::to_value(phone.results(person).items).unwrap(),
    ];
    for kind in EntryKind::ALL {
        lists.push(serde_json::to_value(app.entries(person, kind, Window::ALL).unwrap().items).unwrap());
    }
    let mut all = BTreeMap::new();
    lists.iter().for_each(|list| add_items(list, &mut all));
    all
}

fn add_items(list: &Value, into: &mut BTreeMap<String, Value>) {
    for item in list.as_array().into_iter().flatten() {
        if let Some(id) = item["id"].as_str() {
            into.insert(id.to_owned(), item.clone());
        }
        add_items(&item["parts"], into);
    }
}

impl Seen {
    fn item(&self, key: &str) -> &Value {
        self.items.get(key).unwrap_or_else(|| panic!("{key} is not shown"))
    }

    /// The words that a person can read of the item.
    fn words(&self, key: &str) -> String {
        fn collect(value: &Value, into: &mut Vec<String>) {
            match value {
                Value::String(text) => into.push(text.clone()),
                Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
                Value::Object(members) => members.values().for_each(|member| collect(member, into)),
                _ => {}
            }
        }
        let mut words = Vec::new();
        collect(self.item(key), &mut words);
        words.join("\n")
    }

    fn shows(&self, key: &str, wanted: &[&str]) {
        let words = self.words(key);
        for one in wanted {
            assert!(words.contains(one), "{key} does not show {one:?}: {words}");
        }
    }

    /// Dates of the item, each with its precision.
    fn dates(&self, key: &str) -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        dates_in(self.item(key), &mut found);
        found
    }

    fn has_date(&self, key: &str, date: &str) {
        let precision = match date.len() {
            4 => "year",
            7 => "month",
            _ => "day",
        };
        let dates = self.dates(key);
        assert!(dates.contains(&(date.to_owned(), precision.to_owned())), "{key} without {date}: {dates:?}");
    }
}

/// A time has a text and a precision.
fn dates_in(value: &Value, into: &mut BTreeSet<(String, String)>) {
    match value {
        Value::Object(members) => {
            if let (Some(Value::String(text)), Some(Value::String(precision))) =
                (members.get("text"), members.get("precision"))
            {
                into.insert((text.clone(), precision.clone()));
            }
            members.values().for_each(|member| dates_in(member, into));
        }
        Value::Array(items) => items.iter().for_each(|item| dates_in(item, into)),
        _ => {}
    }
}

/// Proves D7: no date of any item of anybody is invented, rounded or completed: each stands, letter by letter, in what
/// the hospital sent for the item or for what the item shows of others.
#[test]
fn no_date_is_invented() {
    let mut compared = 0;
    for (login, patient) in [
        ("winifred", "lk-7310"),
        ("imogen", "lk-5240"),
        ("pilar", "lk-6075"),
        ("lucia", "lk-4127"),
        ("rosa", "lk-1047"),
        ("mateo", "lk-3118"),
    ] {
        let seen = seen(login, patient);
        let all: String = seen.texts.values().map(String::as_str).collect();
        for key in seen.items.keys() {
            for (text, _) in seen.dates(key) {
                assert!(all.contains(&format!("\"{text}\"")), "{login}: {key} shows {text}, which nobody sent");
                compared += 1;
            }
        }
        let lost: Vec<_> = seen
            .texts
            .keys()
            .filter(|key| {
                let of = key.split_once('/').unwrap().0;
                EntryKind::of_type(of).is_some() && !seen.items.contains_key(*key)
            })
            .collect();
        assert!(lost.is_empty(), "{login}: in no list: {lost:?}");
    }
    assert!(compared > 500, "{compared}");
}

/// Proves D7: partial dates, ages and words stand where the source put them.
#[test]
fn partial_dates_of_winifred() {
    let seen = seen("winifred", "lk-7310");
    for (key, dates) in [
        ("Encounter/lk-enc-57181", &["2025-09"][..]),
        ("Encounter/lk-enc-57198", &["2019-03"]),
        ("Condition/lk-cond-7310-01", &["2019-03"]),
        ("Condition/lk-cond-7310-02", &["2010"]),
        ("Condition/lk-cond-7310-06", &["2012", "2017"]),
        ("AllergyIntolerance/lk-alg-7310-01", &["1998", "2017-05"]),
        ("AllergyIntolerance/lk-alg-7310-06", &["1960", "1985-08"]),
        ("Immunization/lk-imm-7310-01", &["2023"]),
        ("Immunization/lk-imm-7310-03", &["2024-09"]),
        ("Device/lk-dev-7310-03", &["2017"]),
        ("Procedure/lk-proc-7310-02", &["2017"]),
        ("Procedure/lk-proc-7310-03", &["2019-03"]),
        ("Procedure/lk-proc-7310-09", &["2026-11"]),
        ("CarePlan/lk-cp-7310-02", &["2018"]),
        ("Goal/lk-goal-7310-01", &["2026-12"]),
        ("Goal/lk-goal-7310-02", &["2026"]),
        ("Appointment/lk-app-7310-04", &["2026-12-01"]),
        ("Observation/lk-obs-7310-bnp", &["2025-01"]),
        ("Observation/lk-obs-7310-hgb-old", &["2019"]),
        ("Observation/lk-obs-7310-period", &["2026-06-28"]),
    ] {
        dates.iter().for_each(|date| seen.has_date(key, date));
    }
    seen.shows("Condition/lk-cond-7310-03", &["69"]);
    seen.shows("Procedure/lk-proc-7310-06", &["39"]);
    for key in ["Condition/lk-cond-7310-10", "Condition/lk-cond-7310-11", "Procedure/lk-proc-7310-04"] {
        let source: Value = serde_json::from_str(&seen.texts[key]).unwrap();
        let words = ["onsetString", "abatementString", "performedString"];
        let words = words.iter().find_map(|name| source[*name].as_str()).unwrap();
        seen.shows(key, &[words]);
    }
    assert_eq!(seen.dates("Encounter/lk-enc-57215"), BTreeSet::new(), "planned, and nobody said for when");
    assert_eq!(seen.dates("Observation/lk-obs-7310-nodate"), BTreeSet::new());
    for (key, dates) in [("Encounter/lk-enc-57198", 1), ("Procedure/lk-proc-7310-09", 1)] {
        assert_eq!(seen.dates(key).len(), dates, "{key} has no end");
    }
}

/// Proves D7: the same of the others.
#[test]
fn partial_dates_of_the_others() {
    let lucia = seen("lucia", "lk-4127");
    lucia.has_date("Condition/lk-cond-4127-01", "2026-04");
    lucia.has_date("Condition/lk-cond-4127-02", "2025-11");
    let vaccine: Value = serde_json::from_str(&lucia.texts["Immunization/lk-imm-4127-07"]).unwrap();
    lucia.shows("Immunization/lk-imm-4127-07", &[vaccine["occurrenceString"].as_str().unwrap()]);
    let imogen = seen("imogen", "lk-5240");
    imogen.has_date("Condition/lk-cond-5240-01", "2024-10");
    imogen.has_date("Condition/lk-cond-5240-04", "2025");
    let onset: Value = serde_json::from_str(&imogen.texts["Condition/lk-cond-5240-03"]).unwrap();
    imogen.shows("Condition/lk-cond-5240-03", &[onset["onsetString"].as_str().unwrap()]);
    imogen.shows("AllergyIntolerance/lk-alg-5240-01", &["6"]);
    let pilar = seen("pilar", "lk-6075");
    pilar.has_date("Condition/lk-cond-6075-01", "2015");
    pilar.has_date("Condition/lk-cond-6075-02", "2012");
    pilar.has_date("AllergyIntolerance/lk-alg-6075-02", "2009");
}

/// Proves R1: values of every kind, as the laboratory gave them.
#[test]
fn values_of_every_kind() {
    let seen = seen("winifred", "lk-7310");
    for (id, wanted) in [
        ("ana", &["1:160", "<1:80"][..]),
        ("ana-2", &["1:320 speckled"]),
        ("rbc-u", &["3", "5", "/HPF"]),
        ("period", &["trace"]),
        ("plt", &["<"]),
        ("egfr-3", &[">"]),
        ("egfr", &["27", ">=60"]),
        ("bcx", &["Gram positive cocci in clusters, 1 of 4 bottles"]),
        ("inr-na", &["Tube underfilled. Recollect."]),
        ("k-hh", &["5.7"]),
        ("cult", &["Escherichia coli", "Previously: mixed flora."]),
        ("local", &["PACING BIV % 30D", "98.4"]),
        ("nocode", &["Knee score (clinic sheet)", "14", "pts"]),
    ] {
        seen.shows(&format!("Observation/lk-obs-7310-{id}"), wanted);
    }
    let result = |id: &str| seen.item(&format!("Observation/lk-obs-7310-{id}"));
    for id in ["inr-na", "reg"] {
        assert!(result(id)["value"].is_null(), "{id} has no value");
        assert!(result(id)["absent"].is_string() || result(id)["status"].is_string(), "{id} says why");
    }
    for id in ["bcx", "k-hh", "cult", "bnp", "inr-na"] {
        assert!(result(id)["status"].is_string(), "{id}: preliminary, corrected, amended and cancelled are said");
    }
    for id in ["k-ll", "k-hh", "bcx"] {
        assert_ne!(result(id)["flags"], serde_json::json!([]), "{id}: the lab's own flag");
    }
    assert!(result("local")["loinc"].is_null() && result("local")["why"].is_null(), "no LOINC, no explanation");
    assert_eq!(result("susc")["parts"].as_array().map(Vec::len), Some(4));
    let function = &result("pft")["parts"];
    assert!(function[1]["value"].is_null() && function[1]["absent"].is_string(), "a part without a value says so");
}

/// Proves R1: of several ranges those that fit; where nothing decides, all.
#[test]
fn ranges_that_fit() {
    let ranges = |seen: &Seen, key: &str| seen.item(key)["ranges"].as_array().unwrap().len();
    assert_eq!(ranges(&seen("lucia", "lk-4127"), "Observation/lk-obs-4127-ferritin"), 1, "a girl of 9");
    assert_eq!(ranges(&seen("imogen", "lk-5240"), "Observation/lk-obs-5240-fsh"), 4);
    assert_eq!(ranges(&seen("winifred", "lk-7310"), "Observation/lk-obs-7310-tnt-1"), 1, "a woman's");
}

/// Proves R1: a panel holds its members, and nothing is listed twice.
#[test]
fn nothing_is_listed_twice() {
    let lakeside = Sandbox::start_blocking(SandboxOptions::http()).unwrap();
    let phone = Phone::for_hospital(&lakeside);
    let winifred = phone.connect(&lakeside, "winifred", "", Relation::Own);
    phone.sync(&winifred).unwrap();
    let id = |name: &str| chart::opaque_id(&phone, &winifred, 'r', &format!("Observation/lk-obs-7310-{name}"));
    let results = phone.results(&winifred).items;
    for (parent, members) in [("cbc", &["wbc", "hgb", "hct", "plt"][..]), ("cult", &["susc"])] {
        let parent = results.iter().find(|result| result.id == id(parent)).expect("the panel is listed");
        let parts: Vec<&str> = parent.parts.iter().map(|part| part.id.as_str()).collect();
        for member in members {
            assert!(parts.contains(&id(member).as_str()), "{member} is not below its panel");
            assert!(results.iter().all(|result| result.id != id(member)), "{member} is listed twice");
        }
    }
}

/// Proves R1, D1: states in plain words: not given, refuted, unconfirmed, not done, no show, cancelled.
#[test]
fn states_are_said() {
    let winifred = seen("winifred", "lk-7310");
    let mut said = BTreeMap::new();
    for key in [
        "Condition/lk-cond-7310-09",
        "AllergyIntolerance/lk-alg-7310-02",
        "AllergyIntolerance/lk-alg-7310-04",
        "Procedure/lk-proc-7310-05",
        "Appointment/lk-app-7310-01",
        "Appointment/lk-app-7310-05",
        "Encounter/lk-enc-57215",
        "Encounter/lk-enc-57232",
    ] {
        let states = winifred.item(key)["states"].to_string();
        assert!(states.len() > 4, "{key} says nothing of its state");
        said.insert(key, states);
    }
    assert_ne!(said["Appointment/lk-app-7310-01"], said["Appointment/lk-app-7310-05"]);
    assert_ne!(said["Encounter/lk-enc-57215"], said["Encounter/lk-enc-57232"]);
    let lucia = seen("lucia", "lk-4127");
    assert!(lucia.item("Immunization/lk-imm-4127-06")["states"].to_string().len() > 4, "a vaccine that was not given");
}

/// Proves X3: "none known" is told apart from an allergy that is listed beside it, also in Spanish.
#[test]
fn none_known_beside_an_allergy() {
    let pilar = seen("pilar", "lk-6075");
    assert!(pilar.item("AllergyIntolerance/lk-alg-6075-01")["none_known"].is_string());
    assert!(pilar.item("AllergyIntolerance/lk-alg-6075-02")["none_known"].is_null());
    let winifred = seen("winifred", "lk-7310");
    winifred.shows("Condition/lk-cond-7310-08", &["right knee"]);
}

/// Proves D1, D7: names behind references of every kind: contained, by a condition, by `urn:uuid:`, to nobody.
#[test]
fn names_behind_references() {
    let winifred = seen("winifred", "lk-7310");
    let team: Value = serde_json::from_str(&winifred.texts["CareTeam/lk-ct-7310-01"]).unwrap();
    let members = team["participant"].as_array().unwrap().len();
    let people = winifred.item("CareTeam/lk-ct-7310-01")["people"].as_array().unwrap().clone();
    assert_eq!(people.len(), members, "four kinds of members, one by a condition");
    assert!(people.iter().all(|one| one["name"].is_string()), "{people:?}");
    let dangling = winifred.item("Condition/lk-cond-7310-12");
    assert!(dangling["title"].is_string(), "somebody who is not there costs nothing");
    let conditional = winifred.item("DocumentReference/lk-doc-7310-06");
    assert!(conditional["authors"].as_array().is_some_and(|authors| !authors.is_empty()), "an author by a condition");
}

/// Proves D1: an implant with its numbers, the operation that put it in, a plan with its goals and team.
#[test]
fn implants_plans_and_teams() {
    let winifred = seen("winifred", "lk-7310");
    winifred.shows("Device/lk-dev-7310-01", &["QX-4471902", "00844588003288"]);
    let links = |key: &str| winifred.item(key)["links"].as_array().map_or(0, Vec::len);
    assert!(links("Procedure/lk-proc-7310-01") >= 1, "the operation leads to the implant");
    assert!(links("CarePlan/lk-cp-7310-01") >= 3, "two goals and a team");
}

/// Proves A9: the name in use is shown, never the official, maiden or old one beside it.
#[test]
fn names_in_use() {
    let lakeside = Sandbox::start_blocking(SandboxOptions::http()).unwrap();
    for (login, name) in [
        ("winifred", "Freda Ashgrove"),
        ("pilar", "Pili Montesol"),
        ("rosa", "Rosa Vidal"),
        ("lucia", "Lucía Vidal"),
        ("mateo", "Mateo Vidal"),
    ] {
        let phone = Phone::for_hospital(&lakeside);
        let offer = phone.sign_in(&lakeside, login, "").unwrap();
        assert_eq!(offer.candidates[0].name.as_deref(), Some(name));
    }
}
