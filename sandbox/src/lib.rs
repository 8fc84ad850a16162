//! Lakeside Hospital and Cedar Ridge Clinic: made-up SMART on FHIR R4 health systems on loopback.
//!
//! They sign people in (SMART App Launch 2.2), hold their charts, answer reads and searches as real servers do, and
//! go wrong when told to. Tests, the demo and developers use them; they share no code with the client, so that neither
//! can hide the other's mistakes. Everyone in them is made up.
//!
//! [`Sandbox`] starts, steers and stops one; [`SandboxOptions`] says which; [`Profile`] holds the habits in which real
//! servers differ; [`Faults`] what goes wrong and when; [`Store`] the data. Scripts in other languages use `/_sandbox`
//! (see the README).

mod approval;
mod certificate;
mod clock;
mod connection;
mod content;
mod faults;
mod fhir;
mod front_desk;
mod hospital;
mod listener;
mod oauth;
mod opaque;
mod options;
mod presets;
mod profile;
mod request_log;
mod sandbox;
mod site;
mod steering;

pub use approval::{Approval, ApproveError};
pub use clock::Clock;
pub use content::ContentError;
pub use faults::{CutAt, Fault, Faults, RetryAfter, Rule, Seen};
pub use fhir::store::{Store, StoreError};
pub use options::{Client, Lifetimes, PeopleSet, Redirect, SandboxOptions};
pub use profile::{
    BinaryAnswer, CategoryToken, Claim, DenyAnswer, FhirUser, IdTokenHabit, PageLinks, Paging, PatientParameter,
    Permission, Profile, Signing, Total, UnknownParameter, Writing,
};
pub use request_log::RequestRecord;
pub use sandbox::{Login, Sandbox, StartError};
pub use site::{Look, Site};
