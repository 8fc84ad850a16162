//! What comes with the matches of a search: asked for by `_include` and `_revinclude`, or unasked.

use std::collections::BTreeSet;

use super::owner::target;
use super::parameters::{includes, references_at};
use super::reaches;
use super::search::Search;
use super::store::{Found, Lookup};
use crate::hospital::Hospital;
use crate::oauth::grants::Grant;

/// Whatever the scopes say of the types, never another patient's.
pub(super) fn included(hospital: &Hospital, grant: &Grant, search: &Search, matches: &[Found]) -> Vec<Found> {
    let unasked = hospital.profile().unasked_includes;
    let named = |name: &str| search.includes.iter().any(|asked| asked == name || asked == "*");
    let paths: Vec<&str> = includes(&search.resource_type)
        .filter(|(name, _)| unasked || named(name))
        .map(|(_, element)| element)
        .collect();
    let mut all = Vec::new();
    for found in matches {
        let references = paths.iter().flat_map(|path| references_at(&found.body.value, path));
        for reference in references {
            if let Some((resource_type, id)) = target(&reference)
                && let Lookup::Found(included) = hospital.store.look_up(resource_type, id)
            {
                all.push(included);
            }
        }
    }
    if search.provenance {
        let names: BTreeSet<(&str, &str)> =
            matches.iter().map(|found| (found.resource_type.as_str(), found.id.as_str())).collect();
        let provenance = hospital.store.of_type("Provenance").into_iter();
        all.extend(provenance.filter(|found| {
            let targets = references_at(&found.body.value, "target");
            targets.iter().filter_map(|reference| target(reference)).any(|name| names.contains(&name))
        }));
    }
    all.retain(|found| reaches(hospital, grant, found));
    all
}
