//! Reading offline: people, notes, results. Every call says whose chart, passes the gate, and answers whose it is.

mod bodies;
mod front_page;
mod items;
mod notes;
mod people;
mod results;

pub use items::Items;
pub use notes::Window;
pub(crate) use notes::tell_first;
pub use people::FILE_BASE;
