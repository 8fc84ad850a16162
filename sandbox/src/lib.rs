//! Lakeside Hospital: a made-up SMART on FHIR R4 health system on loopback.
//!
//! It signs people in (SMART App Launch 2.2), holds their charts, answers reads and searches as real servers do, and
//! goes wrong when told to. Tests, the demo and developers use it; it shares no code with the client, so that neither
//! can hide the other's mistakes. Everyone in it is made up.
//!
//! [`Sandbox`] starts, steers and stops it; [`Profile`] holds the habits in which real servers differ; [`Faults`] what
//! goes wrong and when; [`Store`] the data. Scripts in other languages use `/_sandbox` (see the README).

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
mod profile;
mod request_log;
mod sandbox;
mod steering;

pub use approval::{Approval, ApproveError};
pub use clock::Clock;
pub use content::ContentError;
pub use faults::{CutAt, Fault, Faults, RetryAfter, Rule, Seen};
pub use fhir::store::{Store, StoreError};
pub use options::{Client, Lifetimes, PeopleSet, Redirect, SandboxOptions};
pub use profile::{
    BinaryAnswer, Claim, DenyAnswer, FhirUser, IdTokenHabit, Paging, Permission, Profile, Signing, Total,
    UnknownParameter, Writing,
};
pub use request_log::RequestRecord;
pub use sandbox::{Login, Sandbox, StartError};
