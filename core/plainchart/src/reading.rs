//! Reading offline: people, notes, results. Every call says whose chart, passes the gate, and answers whose it is.

mod answers;
mod attachments;
mod blocks;
mod bodies;
mod directory;
mod empty;
mod entries;
mod front_page;
mod items;
mod links;
mod media_type;
mod medicine_name;
mod medicines;
mod note_facts;
mod note_groups;
mod note_line;
mod note_open;
#[cfg(test)]
mod note_tests;
mod notes;
mod people;
mod referrals;
mod renditions;
mod results;
#[cfg(test)]
mod room;
mod same_note;
mod spoken_note;
mod trend;
mod wording;

pub use items::Items;
pub use notes::Window;
pub(crate) use notes::tell_first;
pub use people::FILE_BASE;
