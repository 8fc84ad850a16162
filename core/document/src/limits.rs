//! Bounds on what one note may cost (SPEC D10), and the running account of what is left.

use crate::error::{DocumentError, Exceeded};

/// How much one note may cost. Passing a size is a typed error; passing a depth flattens what lies deeper and leaves a
/// remark, because a note that is merely nested badly must still be readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes read. Clinical notes are some 10 KB; 8 MB leaves room for exports with pictures inside.
    pub input_bytes: usize,
    /// Most bytes of text and link targets in the model.
    pub output_bytes: usize,
    /// Most paragraphs, list items, table cells and headings together.
    pub blocks: usize,
    /// Most HTML elements open at once; deeper ones are flattened.
    pub open_elements: usize,
    /// Deepest lists and tables within one another; deeper ones are flattened. Bounds every recursion over the model.
    pub nested_blocks: usize,
    /// Most bytes that may come out of the compressed parts of a PDF.
    pub inflated_bytes: usize,
    /// Most pages of a PDF.
    pub pages: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            input_bytes: 8 * 1024 * 1024,
            output_bytes: 16 * 1024 * 1024,
            blocks: 100_000,
            open_elements: 512,
            nested_blocks: 12,
            inflated_bytes: 128 * 1024 * 1024,
            pages: 5_000,
        }
    }
}

/// What is left of a note's [`Limits`] while it is being read.
pub(crate) struct Budget {
    limits: Limits,
    bytes: usize,
    blocks: usize,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { limits: *limits, bytes: 0, blocks: 0 }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Accounts for text or a link target that goes into the model.
    pub(crate) fn take_bytes(&mut self, count: usize) -> Result<(), DocumentError> {
        self.bytes = self.bytes.saturating_add(count);
        within(self.bytes, self.limits.output_bytes, Exceeded::OutputBytes)
    }

    /// Accounts for one paragraph, list item, cell or heading.
    pub(crate) fn take_block(&mut self) -> Result<(), DocumentError> {
        self.blocks = self.blocks.saturating_add(1);
        within(self.blocks, self.limits.blocks, Exceeded::Blocks)
    }
}

/// `Ok` while `value` is at or under `limit`.
pub(crate) fn within(value: usize, limit: usize, exceeded: Exceeded) -> Result<(), DocumentError> {
    if value <= limit {
        return Ok(());
    }
    Err(DocumentError::TooLarge { exceeded, limit: limit as u64 })
}
