//! Text as the glossary sees it: folded letters, words, and the gaps between them.

pub(crate) mod fold;
pub(crate) mod token;
