//! What a page shows, made from the facade's answers.

mod blocks;
mod chart;
mod entry;
mod listing;
mod marks;
mod medicine;
mod note;
mod referral;
mod result;
mod set_aside;
mod trend;
mod whose;

pub use entry::{entry, entry_in_list, link_row, marker_sentences, party, standing};
pub use listing::what_sources_say;
pub use marks::{distinct, explanations, marked};
pub use medicine::{medicine, medicine_open};
pub use note::{note, section, size_text, standing_of, text_of, title_line, versions};
pub use referral::{referral, referral_open};
pub use result::{capital, name_text, result_open, result_rows, value_text};
pub use set_aside::set_aside;
pub use trend::{drawing, trend};
pub use whose::{name_of, reads_as, whose};
