//! Who may see what, until when.
//!
//! Everything here is a pure function of facts that are passed in: the household (who reads whose chart, by which
//! lease), the item asked for, the holds the reader has set, and the time. [`decide`] is the one choke point (P2):
//! the facade calls it for every read, list, search, export and glossary call, for the owner too, and writes the
//! [`LogLine`] it yields (P6).

mod code_list;
mod data_lines;
mod decide;
mod event;
mod hold;
mod household;
mod id;
mod item;
mod lease;
mod log_line;
mod sensitivity;
mod time;
mod word_list;

pub use data_lines::lists_version;
pub use decide::{Decision, Refusal, Standing, decide};
pub use event::{ChartFacts, ConnectionFacts, Event, ImportFacts, LogCheckpoint};
pub use hold::{Hold, HoldTerm};
pub use household::{Chart, Connection, Household, HouseholdError, Person};
pub use id::{ActorId, ChartId, ConnectionId, IdError, LeaseId, PersonId};
pub use item::{Item, Kind};
pub use lease::{Basis, GrantedBy, Kinds, Lease, LeaseScope, LeaseState, Verb};
pub use log_line::{Act, LogLine, Outcome};
pub use sensitivity::{Classes, CodedWord, SecurityLabel, SensitivityClass};
pub use time::KnownTime;
