//! Pages with damaged elements in them, as real and hostile servers send them: nothing panics, one element never costs a
//! page, and the sync goes on.

use std::fmt::Write as _;
use std::sync::LazyLock;

use plainchart::{PersonId, Relation};
use plainchart_sandbox::{Sandbox, SandboxOptions};
use plainchart_tests::phone::Phone;
use plainchart_tests::strange::{Reply, StrangeHospital, query};
use plainchart_tests::{chart, shown};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

const PATIENT: &str = "lk-7310";
/// Types that are searched.
const TYPES: [&str; 15] = [
    "AllergyIntolerance",
    "Appointment",
    "CarePlan",
    "CareTeam",
    "Condition",
    "Device",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "Goal",
    "Immunization",
    "MedicationRequest",
    "Observation",
    "Procedure",
    "ServiceRequest",
];
/// Entries of a page: enough to be lost.
const A_PAGE: usize = 6;

/// Pages of a long record: by type, the texts of its resources.
static PAGES: LazyLock<Vec<(&'static str, Vec<String>)>> = LazyLock::new(|| {
    let lakeside = Sandbox::start_blocking(SandboxOptions::http()).unwrap();
    let store = lakeside.store();
    let page = |resource_type| {
        let ids = store.ids(resource_type, PATIENT);
        // Some from everywhere in the list: no two pages of a type are all alike.
        let every = (ids.len() / A_PAGE).max(1);
        let texts = ids.iter().step_by(every).filter_map(|id| store.get(resource_type, id));
        (resource_type, texts.collect())
    };
    TYPES.into_iter().map(page).collect()
});

/// What becomes of one place in a resource.
#[derive(Debug, Clone)]
enum Damage {
    /// A child goes; a scalar becomes null.
    Drop(usize),
    /// It becomes something else.
    Junk(String),
    /// It moves into an array; an array gives up its first item.
    Wrap,
    /// A member is given twice, the second time with another value.
    Twice(usize, String),
    /// Something unknown is added.
    Extend(&'static str, String),
    /// It comes to lie deep.
    Nest(usize, bool),
    /// It becomes long.
    Swell(usize, bool),
}

/// Texts of JSON values that readers stumble over.
const JUNK: [&str; 26] = [
    "null",
    "true",
    "0",
    "-0",
    "1e999",
    "0.1000000000000000055511151231257827",
    "123456789012345678901234567890",
    r#""""#,
    r#"" ""#,
    r#""entered-in-error""#,
    r##""#""##,
    r##""#x""##,
    r#""Patient/1""#,
    r#""Patient/lk-7310""#,
    r#""urn:uuid:1""#,
    r#""2024-13""#,
    r#""2024""#,
    r#""9999-12-31T23:59:60+14:00""#,
    r#""Practitioner?identifier=a|b""#,
    r#""\u0000\uFFFD""#,
    r#""\ud83d""#,
    r#""../../x""#,
    "[]",
    "{}",
    "[null]",
    r#"[[{"reference":["Patient/1"]}]]"#,
];

fn junk() -> impl Strategy<Value = String> {
    let any_text = "\\PC{0,12}".prop_map(|text| Value::from(text).to_string());
    prop_oneof![4 => select(&JUNK[..]).prop_map(str::to_owned), 1 => any_text]
}

fn name() -> impl Strategy<Value = &'static str> {
    select(&["x", "", "extension", "modifierExtension", "contained", "id", "status", "_status", "subject", "code"][..])
}

fn damage() -> impl Strategy<Value = (Vec<usize>, Damage)> {
    let damage = prop_oneof![
        4 => any::<usize>().prop_map(Damage::Drop),
        5 => junk().prop_map(Damage::Junk),
        2 => Just(Damage::Wrap),
        3 => (any::<usize>(), junk()).prop_map(|(at, other)| Damage::Twice(at, other)),
        3 => (name(), junk()).prop_map(|(name, value)| Damage::Extend(name, value)),
        1 => (1..=40_usize, any::<bool>()).prop_map(|(levels, objects)| Damage::Nest(levels, objects)),
        1 => (1..=50_000_usize, any::<bool>()).prop_map(|(size, list)| Damage::Swell(size, list)),
    ];
    (proptest::collection::vec(any::<usize>(), 0..6), damage)
}

/// Where the damaged text is put in.
const HOLE: &str = "\u{f8ff}hole";

/// The text of a value with one place of it damaged.
fn damaged(text: &str, (path, damage): &(Vec<usize>, Damage)) -> String {
    let mut value: Value = serde_json::from_str(text).unwrap();
    let node = at(&mut value, path);
    let whole = node.to_string();
    let new = match damage {
        Damage::Drop(n) => {
            let mut rest = node.clone();
            match &mut rest {
                Value::Array(items) if !items.is_empty() => drop(items.remove(n % items.len())),
                Value::Object(members) if !members.is_empty() => {
                    let name = members.keys().nth(n % members.len()).unwrap().clone();
                    members.remove(&name);
                }
                other => *other = Value::Null,
            }
            rest.to_string()
        }
        Damage::Junk(junk) => junk.clone(),
        Damage::Wrap => match node {
            Value::Array(items) if !items.is_empty() => items[0].to_string(),
            _ => format!("[{whole}]"),
        },
        Damage::Twice(n, junk) => match node {
            Value::Array(items) if !items.is_empty() => with_more(&whole, ']', &items[n % items.len()].to_string()),
            Value::Object(members) if !members.is_empty() => {
                let name = members.keys().nth(n % members.len()).unwrap();
                with_more(&whole, '}', &format!("{}:{junk}", Value::from(name.as_str())))
            }
            _ => whole,
        },
        Damage::Extend(name, junk) => match node {
            Value::Array(items) if !items.is_empty() => with_more(&whole, ']', junk),
            Value::Object(members) if !members.is_empty() => {
                with_more(&whole, '}', &format!("{}:{junk}", Value::from(*name)))
            }
            _ => junk.clone(),
        },
        Damage::Nest(levels, true) => format!("{}{whole}{}", r#"{"extension":"#.repeat(*levels), "}".repeat(*levels)),
        Damage::Nest(levels, false) => format!("{}{whole}{}", "[".repeat(*levels), "]".repeat(*levels)),
        Damage::Swell(size, true) => format!("[{}0]", "0,".repeat(*size)),
        Damage::Swell(size, false) => Value::from("é".repeat(*size)).to_string(),
    };
    *node = Value::from(HOLE);
    value.to_string().replace(&Value::from(HOLE).to_string(), &new)
}

fn with_more(whole: &str, end: char, more: &str) -> String {
    format!("{},{more}{end}", whole.strip_suffix(end).unwrap())
}

fn at<'a>(value: &'a mut Value, path: &[usize]) -> &'a mut Value {
    let children = value.as_array().map_or_else(|| value.as_object().map_or(0, |all| all.len()), Vec::len);
    let Some((step, rest)) = path.split_first().filter(|_| children > 0) else { return value };
    match value {
        Value::Array(items) => at(&mut items[step % children], rest),
        Value::Object(members) => at(members.values_mut().nth(step % children).unwrap(), rest),
        other => other,
    }
}

/// A page of a search.
fn page(base: &str, resource_type: &str, resources: &[String]) -> String {
    let mut text = format!(
        r#"{{"resourceType":"Bundle","type":"searchset","link":[{{"relation":"self","url":"{base}/{resource_type}"}}],"entry":["#
    );
    for (number, resource) in resources.iter().enumerate() {
        let comma = if number > 0 { "," } else { "" };
        write!(text, r#"{comma}{{"resource":{resource},"search":{{"mode":"match"}}}}"#).unwrap();
    }
    text + "]}"
}

fn serve(strange: &StrangeHospital, resource_type: &str, text: &str) {
    strange.set(&format!("/fhir/{resource_type}"), Reply::of(200, "application/fhir+json", text));
}

/// A phone connected to a hospital that has the page of this type and a page of notes.
fn connected(index: usize) -> (StrangeHospital, Phone, PersonId) {
    let strange = StrangeHospital::start();
    let patient = serde_json::json!({
        "resourceType": "Patient", "id": PATIENT, "name": [{"use": "usual", "text": "Freda Ashgrove"}]
    });
    strange.set(&format!("/fhir/Patient/{PATIENT}"), Reply::json(&patient));
    strange.give(|tokens| tokens["patient"] = PATIENT.into());
    for resource_type in TYPES {
        serve(&strange, resource_type, &page(&strange.base(), resource_type, &[]));
    }
    let (resource_type, texts) = &PAGES[index];
    serve(&strange, resource_type, &page(&strange.base(), resource_type, texts));
    let phone = Phone::alone();
    let url = phone.begin(&strange.base()).unwrap();
    let state = query(&url, "state").unwrap();
    let callback = format!("{}?code=c&state={state}", plainchart_tests::phone::REDIRECT);
    let plainchart::SignInStep::Offer(offer) = phone.complete(&callback).unwrap() else { panic!("an offer") };
    let person = phone.confirm(&offer, PATIENT, Relation::Own);
    (strange, phone, person)
}

/// Texts that are not in the chart.
fn missing(phone: &mut Phone, person: &PersonId, texts: &[&String]) -> Vec<String> {
    let contents = chart::contents(phone, person);
    let is_here = |text: &&&String| contents.resources.values().any(|kept| kept.raw == ***text);
    texts.iter().filter(|text| !is_here(text)).map(|text| text.chars().take(200).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Proves D7, D8: whatever is wrong with one resource of a page, the others land byte for byte, the next list is
    /// walked, every list and note can be read; and when the hospital has mended it, it lands too.
    #[test]
    fn one_damaged_element_costs_nothing_else(
        (index, number) in (0..TYPES.len(), any::<usize>()),
        damages in proptest::collection::vec(damage(), 1..3),
    ) {
        let (resource_type, texts) = &PAGES[index];
        let number = number % texts.len();
        let (strange, mut phone, person) = connected(index);
        let mut served = texts.clone();
        // A second damage may find a text that is no longer JSON to a reader as strict as ours: then the first is enough.
        for damage in &damages {
            if serde_json::from_str::<Value>(&served[number]).is_ok() {
                served[number] = damaged(&served[number], damage);
            }
        }
        serve(&strange, resource_type, &page(&strange.base(), resource_type, &served));
        let report = phone.sync(&person);
        prop_assert!(report.is_ok(), "{:?} after {}", report, served[number]);
        let others: Vec<&String> = texts.iter().enumerate().filter(|(at, _)| *at != number).map(|(_, text)| text).collect();
        let lost = missing(&mut phone, &person, &others);
        prop_assert!(lost.is_empty(), "lost {lost:?}\nby {}", served[number]);
        let _ = shown::everything(&phone, &person);
        serve(&strange, resource_type, &page(&strange.base(), resource_type, texts));
        phone.sync_full(&person).unwrap();
        let lost = missing(&mut phone, &person, &texts.iter().collect::<Vec<_>>());
        prop_assert!(lost.is_empty(), "did not come when it was mended: {lost:?}\nafter {}", served[number]);
        prop_assert!(phone.app().doctor().unwrap().sound);
    }

    /// Proves D7, D11: whatever is wrong with the page itself, the sync ends, says what is not whole, and the next one
    /// brings everything.
    #[test]
    fn a_damaged_page_is_told_and_comes_again(index in 0..TYPES.len(), damage in damage()) {
        let (resource_type, texts) = &PAGES[index];
        let (strange, mut phone, person) = connected(index);
        let whole = page(&strange.base(), resource_type, texts);
        serve(&strange, resource_type, &damaged(&whole, &damage));
        let report = phone.sync(&person);
        prop_assert!(report.is_ok(), "{report:?}");
        let _ = shown::everything(&phone, &person);
        serve(&strange, resource_type, &whole);
        phone.sync_full(&person).unwrap();
        let lost = missing(&mut phone, &person, &texts.iter().collect::<Vec<_>>());
        prop_assert!(lost.is_empty(), "{lost:?}");
    }
}
