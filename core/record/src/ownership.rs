//! Whether a resource belongs to a chart's patient (A9).

use crate::contained::find_contained;
use crate::identifier::Identifier;
use crate::patient::{LinkKind, Patient};
use crate::redact::hidden_debug;
use crate::reference::{Reference, Target};
use crate::subject::Subject;

/// A chart's patient, by every address and number that this patient has.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownPatient {
    base: String,
    targets: Vec<Target>,
    identifiers: Vec<Identifier>,
}

hidden_debug!(KnownPatient, targets, identifiers);

/// Whose a resource is, seen from one chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// The chart's patient, and nobody else, is named.
    Same,
    /// Somebody else is named, or somebody who cannot be made out.
    Other,
    /// Nobody is named, or only in words, though the type has a subject.
    NotGiven,
    /// The type names nobody: accepted only when something accepted refers to it.
    NoneByType,
}

impl KnownPatient {
    /// The patient as the server at `base` tells: by id, and by the links `replaces` and `replaced-by`.
    #[must_use]
    pub fn new(base: &str, patient: &Patient) -> Self {
        let own = patient.id.iter().map(|id| Target::parse(&format!("Patient/{id}")));
        let merged = |kind: &LinkKind| matches!(kind, LinkKind::Replaces | LinkKind::ReplacedBy);
        let links = patient.links.iter().filter(|link| merged(&link.kind)).map(|link| link.other.target.clone());
        Self { base: base.to_owned(), targets: own.chain(links).collect(), identifiers: patient.identifiers.clone() }
    }

    /// Adds an address of the same patient, such as the `fullUrl` of the entry in an imported Bundle.
    #[must_use]
    pub fn also_at(mut self, target: Target) -> Self {
        self.targets.push(target);
        self
    }

    /// Compares a resource with this patient. `raw` is the resource that `subject` was read from.
    #[must_use]
    pub fn owns(&self, subject: &Subject, raw: &str) -> Ownership {
        match subject {
            Subject::Itself => match Patient::read(raw).ok().and_then(|patient| patient.id) {
                Some(id) if self.is_at(&Target::parse(&format!("Patient/{id}"))) => Ownership::Same,
                _ => Ownership::Other,
            },
            Subject::Of(named) if named.iter().all(|one| self.is_named_by(one, raw)) => Ownership::Same,
            Subject::Of(named) if named.iter().all(in_words_only) => Ownership::NotGiven,
            Subject::Of(_) => Ownership::Other,
            Subject::NotGiven => Ownership::NotGiven,
            Subject::NoneByType => Ownership::NoneByType,
        }
    }

    fn is_at(&self, target: &Target) -> bool {
        self.targets.iter().any(|own| own.same_target(target, &self.base))
    }

    fn is_named_by(&self, reference: &Reference, raw: &str) -> bool {
        let Target::Contained(id) = &reference.target else { return self.is_at(&reference.target) };
        let contained = find_contained(raw, id).and_then(|inner| Patient::read(inner).ok());
        contained.is_some_and(|patient| {
            patient.identifiers.iter().any(|theirs| self.identifiers.iter().any(|own| own.same_as(theirs)))
        })
    }
}

/// A display and nothing else.
fn in_words_only(reference: &Reference) -> bool {
    reference.target == Target::Unreadable && reference.display.is_some() && reference.identifier.is_none()
}
