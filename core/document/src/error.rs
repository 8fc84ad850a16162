//! What can stop a note from being read.

use crate::sniff::Format;

/// Why there is no note model. Variants are facts; none carries a word of the note.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The bytes are of a kind this reader does not turn into a note model; they can still be kept and handed out.
    #[error("this kind of file is not read as a note: {}", format.code())]
    UnsupportedFormat {
        /// What the bytes are.
        format: Format,
    },
    /// A bound of [`Limits`](crate::Limits) was passed (SPEC D10).
    #[error("the note is over the limit for {exceeded:?}: {limit}")]
    TooLarge {
        /// Which bound.
        exceeded: Exceeded,
        /// The bound's value, in its own unit (bytes, or how many).
        limit: u64,
    },
    /// The file is locked with a password, which this reader does not ask for.
    #[error("the file is locked with a password")]
    Locked,
    /// A defect of this reader, caught; the stored bytes are as they were.
    #[error("the note could not be read because of a defect in the reader")]
    ReaderFault,
}

/// The bound that was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// Bytes handed in.
    InputBytes,
    /// Bytes of text and link targets in the model.
    OutputBytes,
    /// Paragraphs, list items, table cells and headings together.
    Blocks,
    /// Bytes that came out of the compressed parts of a file.
    InflatedBytes,
    /// Pages of a PDF.
    Pages,
    /// Objects of a PDF.
    Objects,
    /// Drawing steps and pieces of text on the pages of a PDF.
    Steps,
}
