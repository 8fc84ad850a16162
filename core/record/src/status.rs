//! Status codes, and why a value is absent (R1, D4). Their words stand in the catalogue.

use crate::code::{CodeableConcept, Coding};
use crate::element::{Element, Object};
use crate::redact::hidden_debug;

/// Defines a status read from a table of code and variant, so that the two cannot part.
macro_rules! status {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// Not given, or not one of FHIR's codes.
            NotGiven,
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)* Self::NotGiven];

            /// Reads the code.
            #[must_use]
            pub fn read(code: Option<&str>) -> Self {
                match code {
                    $(Some($code) => Self::$variant,)*
                    _ => Self::NotGiven,
                }
            }

            /// FHIR's code. Empty if it was not given.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                    Self::NotGiven => "",
                }
            }

            /// Put into the record by mistake: the content goes, a marker stays (D4).
            #[must_use]
            pub fn is_entered_in_error(self) -> bool {
                self == Self::EnteredInError
            }
        }
    };
}

status! {
    /// `Observation.status`.
    ObservationStatus {
        /// Known, without a result.
        Registered = "registered";
        /// Early; may change.
        Preliminary = "preliminary";
        /// Complete.
        Final = "final";
        /// Changed after it was complete.
        Amended = "amended";
        /// Changed to mend an error.
        Corrected = "corrected";
        /// Not done, or not to its end.
        Cancelled = "cancelled";
        /// Never should have been there.
        EnteredInError = "entered-in-error";
        /// The source does not know.
        Unknown = "unknown";
    }
}

status! {
    /// `DocumentReference.status`: of the reference to a note.
    DocumentStatus {
        /// In use.
        Current = "current";
        /// A newer one took its place.
        Superseded = "superseded";
        /// Never should have been there.
        EnteredInError = "entered-in-error";
    }
}

status! {
    /// `DocumentReference.docStatus`: of the note itself.
    NoteStatus {
        /// Not finished.
        Preliminary = "preliminary";
        /// Finished.
        Final = "final";
        /// Changed after it was finished.
        Amended = "amended";
        /// Never should have been there.
        EnteredInError = "entered-in-error";
    }
}

/// Why a value is not there: HL7's codes.
const ABSENT_REASONS: [&str; 15] = [
    "unknown",
    "asked-unknown",
    "temp-unknown",
    "not-asked",
    "asked-declined",
    "masked",
    "not-applicable",
    "unsupported",
    "as-text",
    "error",
    "not-a-number",
    "negative-infinity",
    "positive-infinity",
    "not-performed",
    "not-permitted",
];

/// HL7 v3 codes that say why there is no value. `NI` says only that there is none.
const NULL_FLAVORS: [(&str, &str); 8] = [
    ("UNK", "unknown"),
    ("ASKU", "asked-unknown"),
    ("NAV", "temp-unknown"),
    ("NASK", "not-asked"),
    ("MSK", "masked"),
    ("NA", "not-applicable"),
    ("NP", "no-information"),
    ("NI", "no-information"),
];

const ABSENT_EXTENSION: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

/// Why something is not there, as the source tells it.
#[derive(Clone, PartialEq, Eq)]
pub struct AbsentReason {
    /// HL7's code, if it is one: `absent-reason.<code>` has the words.
    pub code: Option<String>,
    /// The source's words.
    pub recorded: Option<String>,
}

hidden_debug!(AbsentReason);

impl AbsentReason {
    fn of(codes: impl IntoIterator<Item = String>, recorded: Option<String>) -> Self {
        Self { code: codes.into_iter().find(|code| ABSENT_REASONS.contains(&code.as_str())), recorded }
    }

    /// All codes: `absent-reason.<code>` has the words.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        ABSENT_REASONS.into_iter()
    }

    /// Reads a concept whose code says why there is none. Other codes, or words of its own, make it a value.
    pub(crate) fn of_concept(concept: &CodeableConcept) -> Option<Self> {
        let reasons: Vec<&str> = concept.codings.iter().map(absent_code).collect::<Option<_>>()?;
        let recorded = concept.text.clone().or_else(|| concept.codings.iter().find_map(|c| c.display.clone()));
        let said_by_code = |text: &str| {
            let same = |words: &Option<String>| words.as_deref().is_some_and(|words| words.eq_ignore_ascii_case(text));
            concept.codings.iter().any(|coding| same(&coding.display) || same(&coding.code))
                || reasons.iter().any(|reason| reason.eq_ignore_ascii_case(text))
        };
        let bare = concept.text.as_deref().is_none_or(|text| said_by_code(text.trim()));
        (bare && !reasons.is_empty()).then(|| Self::of(reasons.iter().map(|&code| code.to_owned()), recorded))
    }

    /// Reads `dataAbsentReason`, or the extension that says the same on one of `members`.
    pub(crate) fn read<'m>(object: &Object<'_>, mut members: impl Iterator<Item = &'m str>) -> Option<Self> {
        match object.element::<CodeableConcept>("dataAbsentReason") {
            Some(concept) => {
                let recorded = concept.shown().map(str::to_owned);
                Some(Self::of(concept.codings.into_iter().filter_map(|coding| coding.code), recorded))
            }
            None => members.find_map(|name| Self::of_member(object, name)),
        }
    }

    /// Reads the extension that says why one member is absent, on the member or, for a primitive, on its `_` twin.
    pub(crate) fn of_member(object: &Object<'_>, name: &str) -> Option<Self> {
        [name.to_owned(), format!("_{name}")].iter().find_map(|name| {
            let extensions: Vec<CodeExtension> = object.object(name)?.elements("extension");
            let reason = extensions.into_iter().find(|extension| extension.url == ABSENT_EXTENSION)?.code;
            Some(Self::of([reason.clone()], Some(reason)))
        })
    }
}

/// HL7's reasons as a code system, and the codes of HL7 v3 that stand for the same.
fn absent_code(coding: &Coding) -> Option<&str> {
    let (system, code) = (coding.system.as_deref()?, coding.code.as_deref()?);
    match system.rsplit(['/', ':']).next() {
        Some("data-absent-reason") => Some(code),
        // SNOMED CT's "unknown" as a value.
        Some("sct") if code == "261665006" => Some("unknown"),
        Some("v3-NullFlavor" | "NullFlavor" | "2.16.840.1.113883.5.1008") => {
            NULL_FLAVORS.iter().find(|(flavor, _)| *flavor == code).map(|(_, reason)| *reason)
        }
        _ => None,
    }
}

struct CodeExtension {
    url: String,
    code: String,
}

impl Element for CodeExtension {
    fn read(object: &Object<'_>) -> Option<Self> {
        Some(Self { url: object.token("url")?, code: object.token("valueCode")? })
    }
}
