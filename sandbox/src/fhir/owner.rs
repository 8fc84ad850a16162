//! Whose a resource is, and what it points to.

use serde_json::Value;

use super::parameters::elements;

/// Whose a resource is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Nobody,
    Patient(String),
    /// Whose that one is: a Binary of its document, a Provenance of its target. Asked when it is needed, because the
    /// other may come later.
    As(String, String),
}

/// The type and id at the end of a relative or absolute reference, its version dropped.
pub(crate) fn target(reference: &str) -> Option<(&str, &str)> {
    let reference = reference.split("/_history/").next()?;
    let mut segments = reference.rsplit('/');
    let id = segments.next()?;
    Some((segments.next()?, id))
}

/// The elements that say whose a resource is, in the order they are tried.
const OWNERS: [&str; 5] = ["subject", "patient", "beneficiary", "individual", "securityContext"];

pub(super) fn owner_of(resource_type: &str, id: &str, value: &Value) -> Owner {
    if resource_type == "Patient" {
        return Owner::Patient(id.to_owned());
    }
    let own = OWNERS.iter().find_map(|element| value.pointer(&format!("/{element}/reference"))?.as_str());
    let other = match resource_type {
        // Provenance belongs to whom its target belongs, an Appointment to the patient who takes part in it.
        "Provenance" => elements(value, "target.reference"),
        "Appointment" => elements(value, "participant.actor.reference"),
        _ => Vec::new(),
    };
    let mut others = other.into_iter().filter_map(Value::as_str);
    let other = if resource_type == "Appointment" {
        others.find(|reference| target(reference).is_some_and(|(of, _)| of == "Patient"))
    } else {
        others.next()
    };
    match own.or(other).and_then(target) {
        None => Owner::Nobody,
        Some(("Patient", id)) => Owner::Patient(id.to_owned()),
        Some((of, id)) => Owner::As(of.to_owned(), id.to_owned()),
    }
}

/// The ids of the Binary resources that the attachments of a document point to.
pub(super) fn files_of(value: &Value) -> Vec<String> {
    let urls = ["content.attachment.url", "presentedForm.url"].into_iter().flat_map(|path| elements(value, path));
    let targets = urls.filter_map(|url| target(url.as_str()?));
    targets.filter(|(of, _)| *of == "Binary").map(|(_, id)| id.to_owned()).collect()
}
