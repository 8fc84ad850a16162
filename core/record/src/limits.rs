//! Bounds on what is read into memory (D10).

/// Bounds that [`crate::json::check`] enforces before anything else looks at the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonLimits {
    /// Size of the whole text, in bytes.
    pub max_bytes: usize,
    /// Nested arrays and objects.
    pub max_depth: usize,
    /// Values of any kind. Bounds the memory that small values cost: `[0,0,0,...]` is two bytes a value on the wire.
    pub max_values: usize,
}

impl JsonLimits {
    /// One answer from a server: a page of a search, or a resource with an attachment inside.
    pub const PAGE: Self = Self { max_bytes: 64 << 20, max_depth: 100, max_values: 4_000_000 };
    /// A file that a person brings: a whole record in one Bundle.
    pub const FILE: Self = Self { max_bytes: 512 << 20, max_depth: 100, max_values: 32_000_000 };
}
