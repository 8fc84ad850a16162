//! From a resource's text to the chart: whose it is, whether it is new, where it lies. Sync and import share this.

mod bodies;
mod filing;
mod names;
mod places;
mod wants;
mod writer;

pub use bodies::{BODY_BYTES, BodyHeader, BodyState, body_name, differs};
pub use names::{can_be_asked_for, resource_key};
pub use places::Place;
pub use wants::Want;
pub use writer::{ChartWriter, Incoming, Landed, Outcome};
