//! From a resource's text to the chart: whose it is, whether it is new, where it lies. Sync and import share this.

mod filing;
mod places;
mod wants;
mod writer;

pub use wants::{BodyHeader, BodyState, Want, body_name, differs};
pub use writer::{ChartWriter, Incoming, Landed, Outcome};
