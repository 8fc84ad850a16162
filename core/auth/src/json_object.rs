//! JSON as servers send it.

use serde::Deserialize;

/// Why a body was not read.
pub(crate) struct NotAnObject;

/// Reads a JSON object, also behind a UTF-8 byte order mark, which some servers write. Lists are refused first: serde
/// would read `["a", "b"]` as the members of a struct in their order.
pub(crate) fn json_object<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, NotAnObject> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(NotAnObject);
    }
    serde_json::from_slice(body).map_err(|_| NotAnObject)
}
