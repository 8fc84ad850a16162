//! Habits by name: combinations that are met together on real servers.

use std::time::Duration;

use crate::profile::{
    BinaryAnswer, FhirUser, PageLinks, Paging, PatientParameter, Permission, Profile, Total, UnknownParameter, Writing,
};

type Preset = (&'static str, &'static str, fn() -> Profile);

/// Every name, what it stands for, and how it is made.
const PRESETS: [Preset; 12] = [
    ("standard", "a careful, complete server", Profile::default),
    ("strict-category", "400 without a category; MedicationRequest needs intent", strict_category),
    ("us-core-minimum", "only the searches US Core says a server shall have; others are 400", us_core_minimum),
    ("no-lastUpdated", "neither _lastUpdated nor _sort", no_last_updated),
    ("no-versionId", "the same, and no meta.versionId, meta.lastUpdated, ETag or history", no_version_id),
    ("lenient", "ignores what it does not know, answers more than asked, plain JSON, no total", lenient),
    ("offset-paging", "every page counted anew, next without the type, short pages", offset_paging),
    ("bare-patient", "patient= by id only, no search by revinclude, an outcome in every result", bare_patient),
    ("large-attachments", "attachments beyond 10 MB stay out of a page, Binary as FHIR JSON", large_attachments),
    ("guarded-reads", "reads of staff, places, medications and history are 403, includes give them", guarded_reads),
    ("loose-references", "references conditional or urn:uuid", loose_references),
    ("cedar-ridge", "the second hospital's", cedar_ridge),
];

impl Profile {
    /// The habits of this name; upper and lower case are one. [`Profile::names`] lists them.
    pub fn named(name: &str) -> Option<Self> {
        let (_, _, make) = PRESETS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name))?;
        Some(make())
    }

    /// Every name [`Profile::named`] knows, with what it stands for.
    pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
        PRESETS.iter().map(|(name, meaning, _)| (*name, *meaning))
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn strict_category() -> Profile {
    let needing = ["Observation", "DiagnosticReport", "CarePlan", "Condition", "DocumentReference"];
    Profile {
        requires_category: owned(&needing),
        requires_one_of: [("MedicationRequest".to_owned(), owned(&["intent"]))].into(),
        ..Profile::default()
    }
}

/// US Core 7, CapabilityStatement of the server: the combinations marked SHALL.
fn us_core_minimum() -> Profile {
    let shall = [
        ("Observation", ["category", "code"].as_slice()),
        ("CarePlan", &["category"]),
        ("CareTeam", &["status"]),
        ("MedicationRequest", &["intent"]),
    ];
    Profile {
        requires_one_of: shall.iter().map(|(of, names)| ((*of).to_owned(), owned(names))).collect(),
        unknown_parameter: UnknownParameter::Refused,
        honours_last_updated: false,
        honours_sort: false,
        types_not_offered: owned(&["Appointment"]),
        ..Profile::default()
    }
}

fn no_last_updated() -> Profile {
    Profile { honours_last_updated: false, honours_sort: false, ..Profile::default() }
}

fn no_version_id() -> Profile {
    Profile { gives_version_id: false, gives_last_updated: false, offers_history: false, ..no_last_updated() }
}

fn lenient() -> Profile {
    Profile {
        unknown_parameter: UnknownParameter::Ignored,
        unasked_includes: true,
        media_type: "application/json".to_owned(),
        total: Total::Never,
        ..Profile::default()
    }
}

fn offset_paging() -> Profile {
    Profile {
        paging: Paging::Offset,
        page_links: PageLinks::GetPages,
        short_pages: true,
        max_page_size: 20,
        page_size: 20,
        ..Profile::default()
    }
}

fn bare_patient() -> Profile {
    Profile {
        patient_parameter: PatientParameter::BareId,
        refused_parameters: owned(&["_revinclude"]),
        always_adds_outcome: true,
        ..Profile::default()
    }
}

fn large_attachments() -> Profile {
    Profile { attachment_bytes_per_page: Some(10_000_000), binary: BinaryAnswer::FhirJson, ..Profile::default() }
}

fn guarded_reads() -> Profile {
    Profile {
        shared_types_readable: false,
        unreadable_types: owned(&["Device"]),
        offers_history: false,
        ..Profile::default()
    }
}

fn loose_references() -> Profile {
    Profile {
        conditional_references: owned(&["Practitioner", "Organization", "Location"]),
        urn_references: owned(&["Encounter"]),
        ..Profile::default()
    }
}

pub(crate) fn cedar_ridge() -> Profile {
    Profile {
        permission: Permission::V1,
        endpoints: Writing::Relative,
        references: Writing::Absolute,
        fhir_user: FhirUser::Relative,
        total: Total::Never,
        paging: Paging::Offset,
        page_links: PageLinks::Offset,
        page_link_life: Duration::from_secs(4 * 60),
        page_size: 25,
        max_page_size: 25,
        binary: BinaryAnswer::FhirJson,
        media_type: "application/fhir+json; fhirVersion=4.0".to_owned(),
        unknown_parameter: UnknownParameter::Ignored,
        offers_history: false,
        ..Profile::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_known_once_and_differs_from_the_standard() {
        let names: Vec<_> = Profile::names().map(|(name, _)| name).collect();
        let standard = format!("{:?}", Profile::default());
        for (at, name) in names.iter().enumerate() {
            let profile = Profile::named(&name.to_lowercase()).unwrap();
            assert_eq!(format!("{profile:?}") == standard, *name == "standard", "{name}");
            assert!(!names.iter().skip(at + 1).any(|other| other.eq_ignore_ascii_case(name)), "{name}");
        }
        assert!(Profile::named("strictest").is_none());
    }

    #[test]
    fn a_named_profile_goes_through_json_unchanged() {
        for (name, _) in Profile::names() {
            let profile = Profile::named(name).unwrap();
            let json = serde_json::to_string(&profile).unwrap();
            let back: Profile = serde_json::from_str(&json).unwrap();
            assert_eq!(format!("{back:?}"), format!("{profile:?}"), "{name}");
        }
    }
}
