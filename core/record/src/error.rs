//! What can be wrong with an answer or a resource. No variant carries anything that was read.

/// Why bytes or a resource could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// More bytes than the limit allows (D10).
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// Arrays and objects nested deeper than the limit allows (D10).
    #[error("nested deeper than {limit} levels")]
    TooDeep {
        /// The limit, in levels.
        limit: usize,
    },
    /// More values than the limit allows, whatever their size (D10).
    #[error("more than {limit} values")]
    TooManyValues {
        /// The limit, in values.
        limit: usize,
    },
    /// The bytes are not UTF-8, which JSON must be.
    #[error("not UTF-8")]
    NotUtf8,
    /// The text ends before the JSON does.
    #[error("the text ends too early")]
    Truncated,
    /// The text is not JSON.
    #[error("not JSON")]
    NotJson,
    /// JSON, but not an object.
    #[error("not a JSON object")]
    NotAnObject,
    /// An object without a usable `resourceType`.
    #[error("no resourceType")]
    NoResourceType,
    /// A resource of another type than the reader was asked for.
    #[error("not a resource of type {expected}")]
    UnexpectedType {
        /// The type that was asked for.
        expected: &'static str,
    },
    /// A member that says what or whose the resource is stands there twice, so that it could be read two ways.
    #[error("member {member} is given twice")]
    DuplicateMember {
        /// The member's name in FHIR.
        member: &'static str,
    },
    /// `data` is not base64.
    #[error("data is not base64")]
    NotBase64,
}
