//! FHIR R4 JSON to the chart's own types.
//!
//! The crate is pure: no clock, no network, no disk. Bytes go through [`json::check`] once, which bounds size and
//! nesting (D10). After that every reader takes the text of one resource and borrows from it, so that the caller can
//! keep the very bytes the server sent (D8).
//!
//! Reading is lenient (D7). A reader fails only when the text is not the resource it was asked for, or when who or
//! what it is about is given twice. An element it cannot use is left out and the rest is read. Nothing is filled in:
//! numbers stay the text they came as, dates stay as coarse as they were written.
//!
//! Types that hold a patient's data have a `Debug` that shows counts only (V6).

mod redact;

mod element;
mod error;
pub mod json;
mod limits;

pub mod analyte;
pub mod attachment;
pub mod binary;
pub mod bundle;
pub mod code;
pub mod contained;
pub mod document_reference;
pub mod header;
pub mod identifier;
pub mod interpretation;
pub mod name;
pub mod note_type;
pub mod observation;
pub mod outcome;
pub mod ownership;
pub mod patient;
pub mod quantity;
pub mod reference;
pub mod results;
pub mod salvage;
pub mod sensitivity;
pub mod set_aside;
pub mod status;
pub mod subject;
pub mod time;
pub mod value;

pub use analyte::Analyte;
pub use binary::Binary;
pub use bundle::{Bundle, Entry, read_bundle};
pub use code::{CodeableConcept, Coding};
pub use document_reference::DocumentReference;
pub use error::RecordError;
pub use header::{Header, read_header};
pub use json::check;
pub use limits::JsonLimits;
pub use observation::Observation;
pub use ownership::{KnownPatient, Ownership};
pub use patient::Patient;
pub use reference::{Reference, Target};
pub use results::ResultRecord;
pub use salvage::{Salvage, salvage_bundle};
pub use set_aside::{SetAside, Support, support};
pub use subject::Subject;
pub use time::{FhirTime, Precision};
