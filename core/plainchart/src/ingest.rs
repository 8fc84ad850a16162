//! From a resource's text to the chart: whose it is, whether it is new, where it lies. Sync and import share this.

mod attachments;
mod bodies;
mod closed;
mod filing;
mod flow;
mod names;
mod places;
mod referred;
mod ties;
mod wants;
mod writer;

pub use attachments::{NOTE_TYPES, attachment_bytes_of, attachments_of};
pub use bodies::{BODY_BYTES, BodyHeader, BodyState, body_name, differs};
pub use closed::Closed;
pub use names::{can_be_asked_for, resource_key, type_of};
pub use places::Place;
pub use ties::{SHARED_TYPES, Tie, Ties, address, body_mark, references, tie};
pub use wants::Want;
pub use writer::{ChartWriter, Incoming, Landed, Outcome};
