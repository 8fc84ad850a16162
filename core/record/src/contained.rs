//! Contained resources, and the name of whoever a reference points at.

use crate::code::CodeableConcept;
use crate::element::{Element, Object, items, object, token};
use crate::name::{HumanName, display_name};
use crate::redact::hidden_debug;
use crate::reference::{Reference, Target};

/// Someone or something named by a resource: an author, an organization.
#[derive(Clone, PartialEq, Eq)]
pub struct Party {
    /// The name as recorded: beside the reference, or in the resource contained for it.
    pub name: Option<String>,
    /// Where to read more.
    pub reference: Reference,
}

hidden_debug!(Party);

/// The text of the contained resource with this id, exactly as received. An id given twice gives nothing.
#[must_use]
pub fn find_contained<'a>(raw: &'a str, id: &str) -> Option<&'a str> {
    find(&Object::parse(raw).ok()?, id)
}

fn find<'a>(resource: &Object<'a>, id: &str) -> Option<&'a str> {
    let mut matching = resource.all("contained").flat_map(items).filter(|item| {
        let item_id = object(item).and_then(|contained| contained.token("id"));
        // Some servers write the `#` into the id itself.
        item_id.is_some_and(|found| found.trim_start_matches('#') == id)
    });
    let found = matching.next()?;
    matching.next().is_none().then_some(found.get())
}

/// Reads the references of one member with their names.
pub(crate) fn parties(resource: &Object<'_>, member: &str) -> Vec<Party> {
    resource.elements::<Reference>(member).into_iter().map(|reference| party(resource, reference)).collect()
}

/// Reads the references in one member of a part of `resource`, with their names. A bare address counts as a reference.
pub(crate) fn parties_in(resource: &Object<'_>, part: &Object<'_>, member: &str) -> Vec<Party> {
    let read = |item| match object(item) {
        Some(found) => Reference::read(&found),
        None => token(item).map(|text| Reference::to(&text)),
    };
    part.items(member).into_iter().filter_map(read).map(|reference| party(resource, reference)).collect()
}

fn party(resource: &Object<'_>, reference: Reference) -> Party {
    let name = reference.display.clone().or_else(|| match &reference.target {
        Target::Contained(id) => name_of(resource, find(resource, id)?, 2),
        _ => None,
    });
    Party { name, reference }
}

/// The name a contained resource gives itself. `hops` bounds references from one contained resource to another.
fn name_of(container: &Object<'_>, raw: &str, hops: usize) -> Option<String> {
    let resource = Object::parse(raw).ok()?;
    match resource.token("resourceType")?.as_str() {
        "Practitioner" | "Patient" | "RelatedPerson" => display_name(&resource.elements::<HumanName>("name")),
        "PractitionerRole" => {
            let person: Reference = resource.element("practitioner")?;
            match (person.display, person.target) {
                (Some(display), _) => Some(display),
                (None, Target::Contained(id)) if hops > 0 => name_of(container, find(container, &id)?, hops - 1),
                _ => None,
            }
        }
        "Device" => resource.objects("deviceName").iter().find_map(|name| name.text("name")),
        _ => {
            (resource.text("name")).or_else(|| resource.element::<CodeableConcept>("code")?.shown().map(str::to_owned))
        }
    }
}
