//! The plan of a walk (D3): per type the searches to make, in one table.
//!
//! Each type lists alternatives, widest acceptable first. An alternative is a set of searches that are all made; the
//! next alternative is tried only when the server refuses one of the first with 400, 403 or 404. Conforming servers
//! owe `patient` with `category` for Observation, and `patient` alone or with `category` for DocumentReference
//! (US Core 7, Epic answers 400 without a category).

use crate::ingest::SHARED_TYPES;

/// One search of one type; `patient` is always added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Search {
    /// A name that stays the same for ever: stored positions refer to it.
    pub key: &'static str,
    /// Parameters beside `patient`.
    pub parameters: &'static [(&'static str, &'static str)],
}

/// The searches for one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypePlan {
    /// FHIR resource type.
    pub resource_type: &'static str,
    /// Widest acceptable first.
    pub alternatives: &'static [&'static [Search]],
}

const fn search(key: &'static str, parameters: &'static [(&'static str, &'static str)]) -> Search {
    Search { key, parameters }
}

const fn walks(resource_type: &'static str, alternatives: &'static [&'static [Search]]) -> TypePlan {
    TypePlan { resource_type, alternatives }
}

/// Every type that this version walks. `Patient` is read first and by id (A9); bodies, and whoever is named
/// (practitioners, places, medicines), are fetched by reference; `Provenance` comes along with what it is about.
/// Visits come first: what belongs to one may take its classes from it (N4).
pub const PLAN: &[TypePlan] = &[
    walks("Encounter", &[&[search("encounter", &[])]]),
    walks(
        "DocumentReference",
        &[&[search("document", &[])], &[search("document-clinical-note", &[("category", "clinical-note")])]],
    ),
    walks(
        "DiagnosticReport",
        &[
            &[search("report", &[])],
            &[
                search("report-laboratory", &[("category", "LAB")]),
                search("report-radiology", &[("category", "LP29684-5")]),
                search("report-cardiology", &[("category", "LP29708-2")]),
                search("report-pathology", &[("category", "LP7839-6")]),
            ],
        ],
    ),
    walks(
        "Observation",
        &[&[
            search("observation-laboratory", &[("category", "laboratory")]),
            search("observation-vital-signs", &[("category", "vital-signs")]),
        ]],
    ),
    walks(
        "Condition",
        &[
            &[search("condition", &[])],
            &[
                search("condition-problem", &[("category", "problem-list-item")]),
                search("condition-visit", &[("category", "encounter-diagnosis")]),
                search("condition-concern", &[("category", "health-concern")]),
            ],
        ],
    ),
    walks("AllergyIntolerance", &[&[search("allergy", &[])]]),
    walks(
        "MedicationRequest",
        &[
            &[search("medicine", &[])],
            &[search(
                "medicine-intents",
                &[("intent", "proposal,plan,order,original-order,reflex-order,filler-order,instance-order,option")],
            )],
            &[search("medicine-order", &[("intent", "order")]), search("medicine-plan", &[("intent", "plan")])],
        ],
    ),
    walks(
        "ServiceRequest",
        &[
            &[search("order", &[])],
            &[
                search("order-laboratory", &[("category", "108252007")]),
                search("order-imaging", &[("category", "363679005")]),
                search("order-procedure", &[("category", "387713003")]),
                search("order-counselling", &[("category", "409063005")]),
                search("order-education", &[("category", "409073007")]),
            ],
        ],
    ),
    walks("Immunization", &[&[search("immunization", &[])]]),
    walks("Procedure", &[&[search("procedure", &[])]]),
    walks("CarePlan", &[&[search("care-plan", &[])], &[search("care-plan-assess", &[("category", "assess-plan")])]]),
    walks("Goal", &[&[search("goal", &[])]]),
    walks(
        "CareTeam",
        &[
            &[search("care-team", &[])],
            &[search("care-team-states", &[("status", "proposed,active,suspended,inactive,entered-in-error")])],
            &[search("care-team-active", &[("status", "active")])],
        ],
    ),
    walks("Device", &[&[search("device", &[])]]),
    walks("Appointment", &[&[search("appointment", &[])]]),
];

/// The keys of all searches of a type, whatever alternative was used: for the as-of time of its list (D6).
pub fn keys_of(resource_type: &str) -> impl Iterator<Item = &'static str> + '_ {
    let plans = PLAN.iter().filter(move |plan| plan.resource_type == resource_type);
    plans.flat_map(|plan| plan.alternatives.iter().copied().flatten()).map(|search| search.key)
}

/// Types asked for at sign-in: those of the plan and what they refer to (A4).
pub fn scope_types() -> Vec<&'static str> {
    let walked = PLAN.iter().map(|plan| plan.resource_type);
    ["Patient"].into_iter().chain(walked).chain(["Binary", "Provenance", "RelatedPerson"]).chain(SHARED_TYPES).collect()
}

/// Results asked for per page. A server may give fewer or more; neither ends a walk.
pub const PAGE_SIZE: u32 = 100;

/// Ways to ask for an order and a start, best first. A server that refuses one with 400 is asked the next way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// `_sort=_lastUpdated`, and `_lastUpdated=ge` when there is a position.
    Ascending,
    /// `_count` alone: a full walk in the server's own order.
    Counted,
    /// Nothing but the search itself.
    Bare,
}

impl Manner {
    /// In the order they are tried.
    pub const ALL: [Self; 3] = [Self::Ascending, Self::Counted, Self::Bare];

    /// The parameters of this manner.
    #[must_use]
    pub fn parameters(self, since: Option<&str>) -> Vec<(String, String)> {
        let count = ("_count".to_owned(), PAGE_SIZE.to_string());
        match self {
            Self::Ascending => {
                let mut parameters = vec![count, ("_sort".to_owned(), "_lastUpdated".to_owned())];
                parameters.extend(since.map(|since| ("_lastUpdated".to_owned(), format!("ge{since}"))));
                parameters
            }
            Self::Counted => vec![count],
            Self::Bare => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves D3: keys of the plan are unique, because positions are stored under them.
    #[test]
    fn keys_are_unique() {
        let mut keys: Vec<_> =
            PLAN.iter().flat_map(|plan| plan.alternatives.iter().copied().flatten()).map(|search| search.key).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }
}
