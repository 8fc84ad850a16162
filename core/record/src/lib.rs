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

mod code_enum;
mod element;
mod error;
pub mod json;
mod limits;
mod member;
mod projection;

pub mod about;
pub mod allergy_intolerance;
pub mod analyte;
pub mod appointment;
pub mod attachment;
pub mod binary;
pub mod bundle;
pub mod care_plan;
pub mod care_team;
pub mod code;
pub mod coded;
pub mod condition;
pub mod contact;
pub mod contained;
pub mod correction;
pub mod decimal;
pub mod device;
pub mod diagnostic_report;
pub mod document_reference;
pub mod dosage;
pub mod duplicate;
pub mod encounter;
pub mod entry;
pub mod goal;
pub mod header;
pub mod identifier;
pub mod identity;
pub mod immunization;
pub mod interpretation;
pub mod location;
pub mod medication;
pub mod medication_dispense;
pub mod medication_request;
pub mod medication_statement;
pub mod medicine;
pub mod medicine_state;
pub mod name;
pub mod none_known;
pub mod note_type;
pub mod observation;
pub mod organization;
pub mod outcome;
pub mod ownership;
pub mod page;
pub mod panel;
pub mod patient;
pub mod plot;
pub mod practitioner;
pub mod practitioner_role;
pub mod procedure;
pub mod provenance;
pub mod quantity;
pub mod range_choice;
pub mod rational;
pub mod reference;
pub mod references;
pub mod referral;
pub mod referral_answer;
pub mod referral_kind;
pub mod related_person;
pub mod results;
pub mod said;
pub mod salvage;
pub mod sensitivity;
pub mod service_request;
pub mod set_aside;
pub mod status;
pub mod subject;
pub mod svg;
pub mod time;
pub mod trend;
pub mod unit;
pub mod value;
pub mod when;

pub use analyte::Analyte;
pub use binary::Binary;
pub use bundle::{Bundle, Entry, read_bundle};
pub use code::{CodeableConcept, Coding};
pub use correction::Correction;
pub use decimal::Decimal;
pub use diagnostic_report::DiagnosticReport;
pub use document_reference::DocumentReference;
pub use error::RecordError;
pub use header::{Header, read_header};
pub use identity::{Identity, lookups};
pub use json::check;
pub use limits::JsonLimits;
pub use medication::Medication;
pub use medication_dispense::MedicationDispense;
pub use medication_request::MedicationRequest;
pub use medication_statement::MedicationStatement;
pub use medicine::MedicineEntry;
pub use medicine_state::MedicineState;
pub use observation::Observation;
pub use ownership::{KnownPatient, Ownership};
pub use patient::Patient;
pub use reference::{Reference, Target};
pub use references::references;
pub use referral::{ReferralEntry, ReferralState};
pub use referral_answer::{Answer, answer, answers};
pub use referral_kind::ReferralKind;
pub use results::ResultRecord;
pub use salvage::{Salvage, salvage_bundle};
pub use service_request::ServiceRequest;
pub use set_aside::{SetAside, Support, support};
pub use subject::Subject;
pub use time::{FhirTime, Precision};
pub use trend::Trend;
pub use unit::Unit;
