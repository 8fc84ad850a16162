//! Every reference in a resource, wherever it stands: what must be fetched, and what leads where (D7).

use serde_json::value::RawValue;

use crate::element::{Element, Object, items, object};
use crate::error::RecordError;
use crate::reference::Reference;

/// Deepest level that is looked at. [`crate::JsonLimits`] allows no deeper either.
const MAX_DEPTH: usize = 100;
/// Most references that are given out for one resource.
const MAX_REFERENCES: usize = 10_000;

/// All references of a resource of any type, in the order in which they stand, each with its path, such as
/// `participant[1].individual` or `contained[0].organization`. Extensions and contained resources are walked too.
///
/// An object counts as a reference when it has a `reference`, or an `identifier` and nothing that a reference has not.
/// At most 10,000 are given, from at most 100 levels (D10).
///
/// # Errors
/// Not a JSON object.
pub fn references(raw: &str) -> Result<Vec<(String, Reference)>, RecordError> {
    let resource = Object::parse(raw)?;
    let mut found = Vec::new();
    walk_members(&resource, "", MAX_DEPTH, &mut found);
    Ok(found)
}

fn walk_members(holder: &Object<'_>, path: &str, depth: usize, found: &mut Vec<(String, Reference)>) {
    for (name, value) in holder.members() {
        let text = value.get();
        // A value that holds no such word can hold no reference.
        if text.contains("\"reference\"") || text.contains("\"identifier\"") || text.contains('\\') {
            walk(value, &join(path, name), depth, found);
        }
    }
}

fn walk(value: &RawValue, path: &str, depth: usize, found: &mut Vec<(String, Reference)>) {
    let Some(depth) = depth.checked_sub(1).filter(|_| found.len() < MAX_REFERENCES) else { return };
    if value.get().starts_with('[') {
        for (index, item) in items(value).into_iter().enumerate() {
            // An array that cannot be split gives itself back.
            if !std::ptr::eq(item, value) {
                walk(item, &format!("{path}[{index}]"), depth, found);
            }
        }
    } else if let Some(holder) = object(value) {
        let reference = Reference::read(&holder).filter(|_| is_reference(&holder));
        found.extend(reference.map(|reference| (path.to_owned(), reference)));
        walk_members(&holder, path, depth, found);
    }
}

fn is_reference(holder: &Object<'_>) -> bool {
    const MEMBERS: [&str; 6] = ["reference", "type", "identifier", "display", "id", "extension"];
    let only_its_own = || holder.members().all(|(name, _)| MEMBERS.contains(&name.trim_start_matches('_')));
    match holder.get("reference") {
        Some(reference) => !reference.get().starts_with(['{', '[']),
        None => holder.get("identifier").is_some_and(|number| number.get().starts_with('{')) && only_its_own(),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
