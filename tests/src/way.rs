//! One way through the whole facade, with all its answers: two hospitals look the same if these are equal.

use plainchart::{PersonId, Relation, SyncOptions};
use plainchart_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::phone::Phone;
use crate::shown;

/// Takes what the doctor says of the store's size out of a way: it has a test of its own.
#[must_use]
pub fn without_sizes(mut way: Value) -> Value {
    for part in way.as_array_mut().expect("JSON") {
        for size in ["bytes", "live_bytes", "blocks", "files"] {
            part.get_mut("doctor").and_then(Value::as_object_mut).map(|doctor| doctor.remove(size));
        }
    }
    way
}

/// The way through the whole facade: connect, sync in small steps and whole, read everything, start again and read.
#[must_use]
pub fn way(fernway: &Sandbox, (login, patient): (&str, &str), relation: Relation, now_ms: i64) -> Value {
    let mut phone = Phone::at_time(fernway, now_ms);
    let person = phone.connect(fernway, login, patient, relation);
    let before = shown::everything(&phone, &person);
    let first = synced(&phone, &person, SyncOptions::default());
    let after = shown::everything(&phone, &person);
    let second = synced(&phone, &person, SyncOptions::default());
    let full = synced(&phone, &person, SyncOptions { full: true });
    phone.close();
    phone.reopen();
    let restarted = shown::first_screens(&phone, &person);
    let way = shown::numbered(&json!([before, first, after, second, full, restarted])).to_string();
    // A local code is told apart by its server, whose port is random.
    serde_json::from_str(&way.replace(&fernway.base(), "BASE")).expect("JSON")
}

fn synced(phone: &Phone, person: &PersonId, options: SyncOptions) -> Value {
    let answer = phone.sync_telling(person, options);
    let told = answer.as_ref().map(|(_, steps)| steps.iter().map(|step| format!("{step:?}")).collect::<Vec<_>>());
    json!([shown::answer(answer.as_ref().map(|(report, _)| report.clone()).map_err(Clone::clone)), told.ok()])
}
