//! The catalogue of sentences (SPEC T3): whole, used, plain, and the only place with words for the reader.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

mod codes;
mod no_english;
mod plain;
mod source;
mod usage;

use std::collections::BTreeSet;

/// The names in braces.
fn arguments_of(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}
