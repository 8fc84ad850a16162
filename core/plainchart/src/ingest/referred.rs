//! Who and what a chart's resources name and the chart does not hold yet: practitioners, places, medicines. They are
//! read one by one, since no search by patient brings them (D1, D3).

use std::collections::{BTreeMap, BTreeSet, HashSet};

use plainchart_access::Classes;
use plainchart_record::Target;
use plainchart_vault::Batch;

use super::names::{can_be_asked_for, type_of};
use super::places::Places;
use super::ties::{SHARED_TYPES, Tie, Ties, address, references, tie};
use crate::error::PlainchartError;
use crate::store::{ChartScope, Store};
use crate::stored::tree;

/// Name of the value.
const REFERRED: &str = "referred";
/// Names of one chart; what is beyond is looked for at a full walk.
const MOST_REFERRED: usize = 50_000;

/// What is named and not here, as `Type/id` or `Type?system|value`; and whether the source refused it.
#[derive(Debug, Default)]
pub struct Referred {
    by_address: BTreeMap<String, bool>,
    /// What is here, by all its addresses.
    here: HashSet<Tie>,
    changed: bool,
}

impl Referred {
    /// Reads them.
    ///
    /// # Errors
    /// The vault's.
    pub fn read(store: &Store, chart: ChartScope, places: &Places) -> Result<Self, PlainchartError> {
        let by_address = match store.value(&chart, Classes::NONE, tree::WALK, REFERRED)? {
            Some(bytes) => serde_json::from_slice(&bytes).map_err(|_| PlainchartError::VaultDamaged)?,
            None => BTreeMap::new(),
        };
        let mut referred = Self { by_address, here: HashSet::new(), changed: false };
        let named = places.iter().filter(|(key, _)| is_named_type(type_of(key)));
        named.for_each(|(_, place)| referred.arrived(&place.ties));
        Ok(referred)
    }

    /// A resource that others name is here.
    pub fn arrived(&mut self, ties: &Ties) {
        self.here.extend(&ties.addresses);
    }

    /// A resource that others name is gone.
    pub fn left(&mut self, ties: &Ties) {
        self.here.retain(|address| !ties.addresses.contains(address));
    }

    /// Remembers what a resource names and the chart does not hold.
    pub fn note(&mut self, raw: &str, base: &str) {
        for target in references(raw) {
            let named = target.resource_type().is_some_and(is_named_type);
            let Some(address) = askable(&target, base).filter(|_| named) else { continue };
            if !self.here.contains(&tie(&address))
                && !self.by_address.contains_key(&address)
                && self.by_address.len() < MOST_REFERRED
            {
                self.by_address.insert(address, false);
                self.changed = true;
            }
        }
    }

    /// What to ask for now.
    #[must_use]
    pub fn due(&self) -> BTreeSet<String> {
        self.by_address.iter().filter(|(_, refused)| !**refused).map(|(address, _)| address.clone()).collect()
    }

    /// It is here, or there is none.
    pub fn settle(&mut self, address: &str) {
        self.changed |= self.by_address.remove(address).is_some();
    }

    /// The source does not share it: it is asked for again at the next full walk.
    pub fn refuse(&mut self, address: &str) {
        if let Some(refused) = self.by_address.get_mut(address) {
            self.changed |= !*refused;
            *refused = true;
        }
    }

    /// A full walk begins: what was refused is asked for again.
    pub fn wake(&mut self) {
        for refused in self.by_address.values_mut() {
            self.changed |= *refused;
            *refused = false;
        }
    }

    /// Puts the changes into a batch.
    ///
    /// # Errors
    /// The vault's.
    pub fn write(&mut self, store: &Store, chart: ChartScope, batch: &mut Batch) -> Result<(), PlainchartError> {
        if std::mem::take(&mut self.changed) {
            let bytes =
                serde_json::to_vec(&self.by_address).map_err(|_| PlainchartError::internal("referred.write"))?;
            batch.put_value(store.scope(chart, Classes::NONE)?, tree::tree(tree::WALK), REFERRED.as_bytes(), &bytes);
        }
        Ok(())
    }
}

/// Types that come because something names them. A RelatedPerson is the patient's own, and no search brings it either.
fn is_named_type(resource_type: &str) -> bool {
    SHARED_TYPES.contains(&resource_type) || resource_type == "RelatedPerson"
}

/// The address of what lies on the chart's own server and can be asked for: by id, or by its number there.
fn askable(target: &Target, base: &str) -> Option<String> {
    let address = address(target, base)?;
    match target {
        Target::Relative { .. } | Target::Absolute { .. } => {
            (address.matches('/').count() == 1 && can_be_asked_for(&address)).then_some(address)
        }
        Target::Conditional { system, .. } => system.is_some().then_some(address),
        Target::Urn(_) | Target::Contained(_) | Target::Logical | Target::Unreadable => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves D1: what is named by an address on the chart's server is asked for, once, and nothing else is.
    #[test]
    fn what_is_named_is_asked_for() {
        let mut referred = Referred::default();
        let raw = r##"{"a":{"reference":"Practitioner/1"},"b":[{"reference":"https://h.example/fhir/Organization/2"},
            {"reference":"https://other.example/fhir/Practitioner/3"},{"reference":"#4"},{"reference":"Observation/5"},
            {"reference":"Practitioner?identifier=x|6"},{"reference":"Practitioner/1/_history/2"}]}"##;
        referred.note(raw, "https://h.example/fhir");
        let due: Vec<String> = referred.due().into_iter().collect();
        assert_eq!(due, ["Organization/2", "Practitioner/1", "Practitioner?x|6"]);
        referred.refuse("Organization/2");
        referred.settle("Practitioner/1");
        assert_eq!(referred.due().len(), 1);
        let number = Ties { addresses: vec![tie("Practitioner?x|6")], ..Ties::default() };
        referred.settle("Practitioner?x|6");
        referred.arrived(&number);
        referred.note(raw, "https://h.example/fhir");
        assert_eq!(referred.due().into_iter().collect::<Vec<_>>(), ["Practitioner/1"]);
        referred.left(&number);
        referred.wake();
        referred.note(raw, "https://h.example/fhir");
        assert_eq!(referred.due().len(), 3);
    }
}
