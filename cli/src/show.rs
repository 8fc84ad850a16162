//! What a page shows, made from the facade's answers.

mod history;
mod listing;
mod marks;
mod note;
mod result;
mod set_aside;
mod whose;

pub use history::{History, history_of};
pub use listing::what_sources_say;
pub use marks::{distinct, explanations, marked};
pub use note::{note, section, text_of, title_line};
pub use result::{name_text, result_rows, value_text};
pub use set_aside::set_aside;
pub use whose::{name_of, standing, whose};
