//! Who and what a chart's resources name: practitioners, places, organizations, medicines, by every address they have
//! (D1). A name that leads nowhere is shown as the resource writes it.

use std::collections::HashMap;

use plainchart_access::Classes;
use plainchart_record::contact::Contact;
use plainchart_record::contained::{Party, find_contained};
use plainchart_record::identity::{Identity, lookups};
use plainchart_record::location::Location;
use plainchart_record::medication::Medication;
use plainchart_record::organization::Organization;
use plainchart_record::practitioner::Practitioner;
use plainchart_record::practitioner_role::PractitionerRole;
use plainchart_record::related_person::RelatedPerson;
use plainchart_record::{Reference, Target};

use crate::error::PlainchartError;
use crate::ingest::SHARED_TYPES;
use crate::sensitivity::coded_classes;
use crate::store::{ChartScope, Store};
use crate::stored::{StoredResource, tree};
use crate::views::PartyView;

/// Steps from a role to a person.
const MOST_HOPS: usize = 3;

/// Someone or something that can be named.
#[derive(Clone, Default)]
struct Listing {
    name: Option<String>,
    telephones: Vec<String>,
    /// Who stands behind a role, and where they work.
    behind: Vec<Party>,
    medication: Option<Medication>,
    /// Classes of a medicine: those it is kept under, and those its codes name.
    classes: Classes,
}

/// Everything named in one chart.
#[derive(Default)]
pub struct Directory {
    base: String,
    listings: Vec<Listing>,
    by_target: HashMap<Target, usize>,
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Directory({} entries)", self.listings.len())
    }
}

impl Directory {
    /// An empty one for the chart of a server.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self { base: base.to_owned(), ..Self::default() }
    }

    /// Reads what a chart holds. `base`: the chart's server.
    ///
    /// # Errors
    /// The vault's, but not damage: a name that cannot be read is shown as the resource that names it writes it.
    pub fn read(store: &Store, scope: &ChartScope, base: &str) -> Result<Self, PlainchartError> {
        let mut directory = Self::new(base);
        for classes in store.classes_of(scope)? {
            for resource_type in SHARED_TYPES.into_iter().chain(["RelatedPerson"]) {
                directory.read_group(store, scope, classes, resource_type)?;
            }
        }
        Ok(directory)
    }

    fn read_group(
        &mut self,
        store: &Store,
        scope: &ChartScope,
        classes: Classes,
        resource_type: &str,
    ) -> Result<(), PlainchartError> {
        for row in store.readable_rows(scope, classes, tree::RESOURCES, resource_type.as_bytes())? {
            if let Ok(stored) = StoredResource::read_whole(store, scope, classes, &row.id, &row.bytes) {
                self.add(&stored.raw, stored.header.full_url.as_deref(), classes);
            }
        }
        Ok(())
    }

    /// Adds a resource that is kept under these classes.
    pub fn add(&mut self, raw: &str, full_url: Option<&str>, classes: Classes) {
        let Ok(identity) = Identity::read(raw, full_url) else { return };
        let Some(listing) = listing_of(&identity.resource_type, raw, classes) else { return };
        let at = self.listings.len();
        self.listings.push(listing);
        for target in identity.targets(&self.base) {
            self.by_target.entry(target).or_insert(at);
        }
    }

    fn find(&self, reference: &Reference) -> Option<&Listing> {
        let at = lookups(reference, &self.base).iter().find_map(|target| self.by_target.get(target).copied())?;
        self.listings.get(at)
    }

    /// The name of someone or something named: as the naming resource writes it, else as its own resource does.
    #[must_use]
    pub fn name(&self, party: &Party) -> Option<String> {
        party.name.clone().or_else(|| self.name_behind(&party.reference, MOST_HOPS))
    }

    fn name_behind(&self, reference: &Reference, hops: usize) -> Option<String> {
        let listing = self.find(reference)?;
        let behind = || {
            let hops = hops.checked_sub(1)?;
            listing
                .behind
                .iter()
                .find_map(|party| party.name.clone().or_else(|| self.name_behind(&party.reference, hops)))
        };
        listing.name.clone().or_else(behind)
    }

    /// Telephone numbers as recorded: their own, else of who stands behind a role.
    #[must_use]
    pub fn telephones(&self, reference: &Reference) -> Vec<String> {
        self.telephones_behind(reference, MOST_HOPS)
    }

    fn telephones_behind(&self, reference: &Reference, hops: usize) -> Vec<String> {
        let Some(listing) = self.find(reference) else { return Vec::new() };
        if !listing.telephones.is_empty() || hops == 0 {
            return listing.telephones.clone();
        }
        let behind = listing.behind.iter().map(|party| self.telephones_behind(&party.reference, hops - 1));
        behind.into_iter().find(|numbers| !numbers.is_empty()).unwrap_or_default()
    }

    /// The medicine that a reference leads to.
    #[must_use]
    pub fn medication(&self, reference: &Reference) -> Option<&Medication> {
        self.find(reference)?.medication.as_ref()
    }

    /// The classes of the medicine that a reference leads to: whatever names it takes them on (N4).
    #[must_use]
    pub fn medication_classes(&self, reference: &Reference) -> Classes {
        self.find(reference).map_or(Classes::NONE, |listing| listing.classes)
    }

    /// Someone named, for a screen; none if neither a name nor a number is known.
    #[must_use]
    pub fn party(&self, party: &Party) -> Option<PartyView> {
        reachable(self.name(party), self.telephones(&party.reference))
    }

    /// Someone named in the resource `raw`, as [`Directory::party`]; whoever is contained in it is looked up there.
    #[must_use]
    pub fn party_in(&self, raw: &str, party: &Party) -> Option<PartyView> {
        self.party_behind(raw, party, MOST_HOPS)
    }

    fn party_behind(&self, raw: &str, party: &Party, hops: usize) -> Option<PartyView> {
        let Target::Contained(id) = &party.reference.target else { return self.party(party) };
        let inside = find_contained(raw, id).and_then(contained_listing).unwrap_or_default();
        let mut name = party.name.clone().or(inside.name);
        let mut telephones = inside.telephones;
        for next in inside.behind.iter().take(hops) {
            let Some(next) = self.party_behind(raw, next, hops - 1) else { continue };
            name = name.or(next.name);
            telephones = if telephones.is_empty() { next.telephones } else { telephones };
        }
        reachable(name, telephones)
    }
}

fn reachable(name: Option<String>, telephones: Vec<String>) -> Option<PartyView> {
    (name.is_some() || !telephones.is_empty()).then_some(PartyView { name, telephones })
}

fn contained_listing(raw: &str) -> Option<Listing> {
    let identity = Identity::read(raw, None).ok()?;
    listing_of(&identity.resource_type, raw, Classes::NONE)
}

fn listing_of(resource_type: &str, raw: &str, classes: Classes) -> Option<Listing> {
    match resource_type {
        "Practitioner" => Practitioner::read(raw).ok().map(|who| reached(&who)),
        "Organization" => Organization::read(raw).ok().map(|who| reached(&who)),
        "Location" => Location::read(raw).ok().map(|place| reached(&place)),
        "RelatedPerson" => RelatedPerson::read(raw).ok().map(|who| reached(&who)),
        "PractitionerRole" => PractitionerRole::read(raw).ok().map(|role| Listing {
            behind: role.practitioner.iter().chain(&role.organization).chain(&role.locations).cloned().collect(),
            ..reached(&role)
        }),
        "Medication" => Medication::read(raw).ok().map(|medication| Listing {
            name: medication.code.as_ref().and_then(|code| code.shown()).map(str::to_owned),
            medication: Some(medication),
            classes: classes.union(coded_classes(raw)),
            ..Listing::default()
        }),
        _ => None,
    }
}

fn reached(contact: &impl Contact) -> Listing {
    Listing {
        name: contact.display_name(),
        telephones: contact.telephones().into_iter().map(|point| point.value.clone()).collect(),
        ..Listing::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> Directory {
        let mut directory = Directory::new("https://h.example/fhir");
        for (raw, full_url) in [
            (
                r#"{"resourceType":"Practitioner","id":"p","name":[{"text":"Dr. Ada Quill"}],
                "identifier":[{"system":"urn:npi","value":"77"}],
                "telecom":[{"system":"phone","value":"555 0101"},{"system":"email","value":"a@h.example"}]}"#,
                None,
            ),
            (
                r#"{"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":"Practitioner/p"},
                "organization":{"reference":"Organization/gone"}}"#,
                None,
            ),
            (
                r#"{"resourceType":"Organization","name":"Elm Street Laboratory"}"#,
                Some("urn:uuid:00000000-0000-4000-8000-000000000009"),
            ),
        ] {
            directory.add(raw, full_url, Classes::NONE);
        }
        directory
    }

    fn named(reference: &str) -> (Option<String>, Vec<String>) {
        let party = Party { name: None, reference: Reference::to(reference) };
        (directory().name(&party), directory().telephones(&party.reference))
    }

    /// Proves D1: relative, absolute, conditional and `urn:` references and roles lead to a name; a dangling one to none.
    #[test]
    fn every_kind_of_reference_leads_to_a_name() {
        let ada = (Some("Dr. Ada Quill".to_owned()), vec!["555 0101".to_owned()]);
        for spelling in [
            "Practitioner/p",
            "https://h.example/fhir/Practitioner/p/_history/3",
            "Practitioner?identifier=urn:npi|77",
            "PractitionerRole/r",
        ] {
            assert_eq!(named(spelling), ada, "{spelling}");
        }
        let laboratory = named("urn:uuid:00000000-0000-4000-8000-000000000009");
        assert_eq!(laboratory.0.as_deref(), Some("Elm Street Laboratory"));
        for dangling in [
            "Practitioner/gone",
            "#inside",
            "Practitioner?identifier=urn:npi|78",
            "https://other.example/fhir/Practitioner/p",
        ] {
            assert_eq!(named(dangling), (None, Vec::new()), "{dangling}");
        }
    }
}
