//! Clinical words in plain words, offline.
//!
//! [`Glossary::annotate`] finds the words of a note that need explaining and says, beside the text,
//! what each means there and whether it is denied, doubted, a relative's or of the past.
//! [`Glossary::define`], [`Glossary::suggest`] and [`Glossary::by_code`] look words up.
//!
//! The entries are text files in `data/`, compiled at build time and read in place. Every definition
//! is ours; [`lint`] checks each for plain wording. Nothing here reads a file, a clock or the network.

mod annotate;
mod compile;
mod cue;
mod entry;
mod glossary;
mod kind;
mod lexicon;
mod link;
pub mod lint;
mod lookup;
mod mark;
mod prose;
#[cfg(test)]
mod reference;
mod scan;
mod section;
mod select;
mod sense;
mod signal;
mod text;

pub use compile::SourceError;
pub use cue::Cue;
pub use entry::{Entry, Sense};
pub use glossary::{Glossary, GlossaryError};
pub use kind::{Guard, Kind};
pub use link::learn_more;
pub use lookup::Definition;
pub use mark::{Context, Mark, Senses};
pub use section::SectionKind;
pub use select::{Selection, first_mentions, select};
