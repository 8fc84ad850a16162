//! A whole answer of a server, within bounds.

/// Status, the headers we use, and the body.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type` as sent.
    pub content_type: Option<String>,
    /// `Retry-After` as sent.
    pub retry_after: Option<String>,
    /// `Date` as sent.
    pub date: Option<String>,
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// Bytes that came over the wire for the body.
    pub wire_bytes: u64,
}

impl Answer {
    /// Whether the status is 2xx.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
