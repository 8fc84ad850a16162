//! Everything that the facade answers about a person, as one JSON value: two phones show the same if these are equal.
//!
//! Opaque ids derive from the chart's id, which is random per store: they are numbered in the order in which they come.
//! Nothing else is changed.

use std::collections::{BTreeMap, BTreeSet};

use plainchart::{EntryKind, PersonId, PlainchartError, Window};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::phone::Phone;

/// Parts of lists that are asked for: the whole, the beginning (which the front page answers), the middle, beyond the end.
const WINDOWS: [Window; 4] =
    [Window::ALL, Window { offset: 0, limit: 3 }, Window { offset: 1, limit: 2 }, Window { offset: 10_000, limit: 5 }];

/// Every public read about a person, in a fixed order.
#[must_use]
pub fn everything(phone: &Phone, person: &PersonId) -> Value {
    let app = phone.app();
    let mut all = Map::new();
    let mut put = |name: &str, value: Value| drop(all.insert(name.to_owned(), value));
    put("opened", json!(format!("{:?}", app.opened())));
    put("people", answer(app.people()));
    put("person", answer(app.person(person)));
    let name = app.person(person).ok().and_then(|view| view.name).unwrap_or_default();
    put("found", answer(app.find_person(&name).map(|found| found == *person)));
    put("lists", lists(phone, person));
    put("open", open(phone, person));
    put("guessed", guessed(phone, person));
    put("log", answer(app.access_log(person)));
    put("log whole", answer(app.verify_log()));
    put("doctor", answer(app.doctor()));
    numbered(&Value::Object(all))
}

/// The lists alone, as the first screens after a start show them.
#[must_use]
pub fn first_screens(phone: &Phone, person: &PersonId) -> Value {
    numbered(&json!([answer(phone.app().people()), lists(phone, person)]))
}

/// What the person's record shows: every list, and every note open. No log, no times of reading.
#[must_use]
pub fn record(phone: &Phone, person: &PersonId) -> Value {
    let notes = phone.notes(person).items;
    let open: Vec<Value> = notes.iter().map(|note| answer(phone.app().read_note(person, &note.id))).collect();
    numbered(&json!({"lists": lists(phone, person), "open": open}))
}

fn lists(phone: &Phone, person: &PersonId) -> Value {
    let app = phone.app();
    let mut all = Map::new();
    for window in WINDOWS {
        let at = format!("{}+{}", window.offset, window.limit);
        all.insert(format!("notes {at}"), answer(app.notes(person, window)));
        all.insert(format!("results {at}"), answer(app.results(person, window)));
        all.insert(format!("panels {at}"), answer(app.panels(person, window)));
        all.insert(format!("medicines {at}"), answer(app.medicines(person, window)));
        all.insert(format!("referrals {at}"), answer(app.referrals(person, window)));
        for kind in EntryKind::ALL {
            all.insert(format!("{} {at}", kind.code()), answer(app.entries(person, kind, window)));
        }
    }
    all.insert("analytes".to_owned(), answer(app.analytes(person)));
    Value::Object(all)
}

/// Every id and every test that any list gives, opened.
fn open(phone: &Phone, person: &PersonId) -> Value {
    let lists = lists(phone, person);
    let mut ids = BTreeSet::new();
    let mut all = Vec::new();
    ids_in(&lists, &mut all);
    // In the order of the lists: ids are random.
    all.retain(|id| ids.insert(id.clone()));
    all.iter().map(|id| json!([id, opened(phone, person, id)])).collect()
}

/// One id on every call that takes one; where a call refuses it, only that.
fn opened(phone: &Phone, person: &PersonId, id: &str) -> Value {
    let app = phone.app();
    let mut all = Map::new();
    let mut put = |name: &str, value: Value| {
        all.insert(name.to_owned(), value["error"].as_str().map_or(value.clone(), |code| json!(code)));
    };
    put("note", answer(app.read_note(person, id)));
    put("whose", answer(app.whose_note(id).map(|whose| whose == *person)));
    put("entry", answer(app.entry(person, id)));
    put("panel", answer(app.panel(person, id)));
    put("result", answer(app.result(person, id)));
    put("trend", answer(app.trend(person, id)));
    put("drawn", answer(app.trend_svg(person, id, 300, 100)));
    put("spoken", answer(app.spoken(person, id, true)));
    for index in 0..3 {
        put(&format!("rendition {index}"), answer(app.read_note_rendition(person, id, index)));
        let file = app.attachment(person, id, index);
        put(&format!("file {index}"), answer(file.as_ref().map_err(Clone::clone).cloned()));
        put(&format!("bytes {index}"), answer(file.map(|file| file.bytes)));
    }
    Value::Object(all)
}

/// Ids and tests that no list gave.
fn guessed(phone: &Phone, person: &PersonId) -> Value {
    let guesses = ["n0000000000", "e0000000000", "r0000000000", "m0000000000", "o0000000000", "", "56888-1", "44261-6"];
    guesses.iter().map(|guess| opened(phone, person, guess)).collect()
}

fn ids_in(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for name in ["id", "analyte", "key", "report"] {
                into.extend(members.get(name).and_then(Value::as_str).map(str::to_owned));
            }
            members.values().for_each(|member| ids_in(member, into));
        }
        Value::Array(items) => items.iter().for_each(|item| ids_in(item, into)),
        _ => {}
    }
}

/// What a call answered: its value, or its error with all that it says.
pub fn answer<T: Serialize>(answer: Result<T, PlainchartError>) -> Value {
    match answer {
        Ok(value) => serde_json::to_value(value).expect("views are JSON"),
        Err(error) => json!({"error": error.code(), "says": error.to_string(), "debug": format!("{error:?}")}),
    }
}

/// The opaque id that a text begins with, and what follows it: a part of a result, a section of an addition.
fn opaque(text: &str) -> Option<(&str, &str)> {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if text.len() >= 16 && is_hex(text) {
        return Some((text, ""));
    }
    let (id, rest) = text.split_at_checked(11)?;
    let is_id = id.starts_with(|first: char| first.is_ascii_lowercase()) && is_hex(id.get(1..)?);
    (is_id && (rest.is_empty() || rest.starts_with(['.', '-']))).then_some((id, rest))
}

/// The value with its opaque ids numbered.
#[must_use]
pub fn numbered(value: &Value) -> Value {
    fn walk(name: &str, value: &Value, seen: &mut BTreeMap<String, usize>) -> Value {
        match value {
            Value::String(text) => {
                // A person's id is short.
                let is_person = ["id", "person"].contains(&name) && text.len() == 8;
                let Some((id, rest)) = opaque(text).or(is_person.then_some((text, ""))) else { return value.clone() };
                let next = seen.len();
                json!(format!("id {}{rest}", seen.entry(id.to_owned()).or_insert(next)))
            }
            Value::Array(items) => items.iter().map(|item| walk(name, item, seen)).collect(),
            Value::Object(members) => {
                Value::Object(members.iter().map(|(name, member)| (name.clone(), walk(name, member, seen))).collect())
            }
            other => other.clone(),
        }
    }
    walk("", value, &mut BTreeMap::new())
}

/// Where two values differ: the path and both sides, shortened. Empty if they are equal.
#[must_use]
pub fn differences(one: &Value, other: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", one, other, &mut found);
    found
}

fn compare(path: &str, one: &Value, other: &Value, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(a), Value::Object(b)) => {
            let mut names: Vec<&String> = a.keys().chain(b.keys()).collect();
            names.sort();
            names.dedup();
            for name in names {
                compare(
                    &format!("{path}/{name}"),
                    a.get(name).unwrap_or(&Value::Null),
                    b.get(name).unwrap_or(&Value::Null),
                    found,
                );
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().for_each(|(at, (a, b))| compare(&format!("{path}/{at}"), a, b, found));
        }
        _ if one == other => {}
        _ => {
            let short = |value: &Value| value.to_string().chars().take(300).collect::<String>();
            found.push(format!("{path}: {} | {}", short(one), short(other)));
        }
    }
}
