//! One result under two ids: told only by identifiers, never by likeness (R1).
//!
//! Laboratories send a corrected result under a new id, and some servers keep a result twice. An identifier that both
//! carry says so; but an order's number may be the identifier of every result in it. So the rest must fit as well.

use std::collections::HashMap;

use crate::analyte::Analyte;
use crate::identifier::Identifier;
use crate::observation::Observation;
use crate::status::ObservationStatus;
use crate::time::FhirTime;
use crate::value::Value;

/// What tells one result from another.
#[derive(Clone, Copy)]
pub struct ResultFacts<'a> {
    /// Where it comes from. Results of two sources are never one (D9).
    pub source: &'a str,
    /// The resource's id, and the place of the component in it. Two of these are two versions.
    pub id: (&'a str, Option<usize>),
    /// The source's identifiers.
    pub identifiers: &'a [Identifier],
    /// What was measured.
    pub analyte: Option<&'a Analyte>,
    /// When it was true.
    pub when: Option<&'a FhirTime>,
    /// When this version was let out.
    pub issued: Option<&'a FhirTime>,
    /// The status of this version.
    pub status: ObservationStatus,
    /// What was found.
    pub value: Option<&'a Value>,
}

crate::redact::hidden_debug!(ResultFacts<'_>);

impl<'a> ResultFacts<'a> {
    /// The facts of a whole result. `id` is the caller's own.
    #[must_use]
    pub fn of(observation: &'a Observation, id: &'a str, source: &'a str, analyte: Option<&'a Analyte>) -> Self {
        Self {
            source,
            id: (id, None),
            identifiers: &observation.identifiers,
            analyte,
            when: observation.effective.as_ref(),
            issued: observation.issued.as_ref(),
            status: observation.status,
            value: observation.measured.value.as_ref(),
        }
    }
}

#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Id(&'a str, &'a str, Option<usize>),
    Identifier(&'a str, &'a str, &'a str, Option<usize>, Option<String>, Option<&'a str>),
}

/// For each result, the place of the newer version that stands for it, or none. Chains end at the newest: the one that
/// was issued last, and of those issued at one time the last in the list.
#[must_use]
pub fn newer_versions(results: &[ResultFacts<'_>]) -> Vec<Option<usize>> {
    let mut order: Vec<usize> = (0..results.len()).collect();
    let issued = |at: &usize| results.get(*at).and_then(|facts| facts.issued).map_or(i64::MIN, FhirTime::order_key);
    order.sort_by_key(issued);
    let mut newest_with: HashMap<Key<'_>, usize> = HashMap::new();
    let mut newer = vec![None; results.len()];
    for (at, facts) in order.iter().filter_map(|at| Some((*at, results.get(*at)?))) {
        for key in keys(facts) {
            let same_id = matches!(key, Key::Id(..));
            let before = newest_with.insert(key, at).filter(|before| *before != at);
            let replaced = before
                .filter(|before| results.get(*before).is_some_and(|older| same_id || is_version_of(older, facts)));
            if let Some(place) = replaced.and_then(|before| newer.get_mut(before)) {
                *place = Some(at);
            }
        }
    }
    // A link always leads to a later place in the order, so that going backwards each chain is walked once.
    for at in order.iter().rev() {
        let target = newer.get(*at).copied().flatten();
        let end = target.and_then(|target: usize| newer.get(target).copied().flatten()).or(target);
        if let Some(place) = newer.get_mut(*at) {
            *place = end;
        }
    }
    newer
}

fn keys<'a>(facts: &ResultFacts<'a>) -> Vec<Key<'a>> {
    let (id, part) = facts.id;
    let by_identifier = facts.identifiers.iter().filter_map(|identifier| {
        let (system, value) = (identifier.system.as_deref()?, identifier.value.as_deref()?);
        let when = facts.when.map(|time| time.text.as_str());
        Some(Key::Identifier(facts.source, system, value, part, facts.analyte.map(Analyte::key), when))
    });
    let own = (!id.is_empty()).then_some(Key::Id(facts.source, id, part));
    own.into_iter().chain(by_identifier).collect()
}

/// Two that share identifier, analyte and time: one result if they say the same, or if one is known to follow another.
fn is_version_of(older: &ResultFacts<'_>, newer: &ResultFacts<'_>) -> bool {
    use ObservationStatus::{Amended, Corrected, EnteredInError, Preliminary, Registered};
    // Two panels without a value of their own may differ in their parts.
    (older.value.is_some() && older.value == newer.value)
        || matches!(newer.status, Amended | Corrected)
        || matches!(older.status, Preliminary | Registered | EnteredInError)
}
