//! The plan of a walk (D3): per type the searches to make, in one table.
//!
//! Each type lists alternatives, widest acceptable first. An alternative is a set of searches that are all made; the
//! next alternative is tried only when the server refuses one of the first with 400, 403 or 404. Conforming servers
//! owe `patient` with `category` for Observation, and `patient` alone or with `category` for DocumentReference
//! (US Core 7, Epic answers 400 without a category).

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

/// Every type that this version walks. `Patient` is read first and by id (A9); `Binary` is fetched by reference.
pub const PLAN: &[TypePlan] = &[
    TypePlan {
        resource_type: "DocumentReference",
        alternatives: &[
            &[Search { key: "document", parameters: &[] }],
            &[Search { key: "document-clinical-note", parameters: &[("category", "clinical-note")] }],
        ],
    },
    TypePlan {
        resource_type: "Observation",
        alternatives: &[&[
            Search { key: "observation-laboratory", parameters: &[("category", "laboratory")] },
            Search { key: "observation-vital-signs", parameters: &[("category", "vital-signs")] },
        ]],
    },
];

/// Types asked for at sign-in: those of the plan and what they refer to (A4).
pub const SCOPE_TYPES: &[&str] =
    &["Patient", "DocumentReference", "Binary", "Observation", "Practitioner", "Organization"];

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
