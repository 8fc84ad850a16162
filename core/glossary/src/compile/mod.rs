//! From entry files to the tables that the engine reads: shared by the build, the lint and packs.

pub(crate) mod rules;
pub(crate) mod source;
pub(crate) mod tables;
pub(crate) mod trie;
pub(crate) mod write;

pub(crate) use write::compile;

/// An entry or rule that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct SourceError {
    /// The file as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, in a plain sentence.
    pub reason: String,
}

impl SourceError {
    pub(crate) fn new(file: &str, line: usize, reason: impl Into<String>) -> Self {
        SourceError { file: file.to_owned(), line, reason: reason.into() }
    }
}
