//! The first look at outside bytes: size, UTF-8, nesting, JSON (D10).
//!
//! The readers of this crate keep slices of the text (D8), and slicing alone sets no limit to nesting, so that is
//! checked here. They never recurse by themselves and stay safe on unchecked text; only memory is then unbounded.

use serde::de::IgnoredAny;

use crate::error::RecordError;
use crate::limits::JsonLimits;

pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Checks one JSON text and gives it back without its byte order mark, otherwise byte for byte.
///
/// # Errors
/// [`RecordError::TooLarge`], [`RecordError::NotUtf8`], [`RecordError::TooDeep`], [`RecordError::TooManyValues`],
/// [`RecordError::Truncated`] when the text is a beginning of JSON, [`RecordError::NotJson`].
pub fn check<'a>(bytes: &'a [u8], limits: &JsonLimits) -> Result<&'a str, RecordError> {
    let bytes = bounded(bytes, limits)?;
    let text = std::str::from_utf8(bytes).map_err(|error| match error.error_len() {
        None => RecordError::Truncated,
        Some(_) => RecordError::NotUtf8,
    })?;
    scan(text, limits)?;
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => Ok(text),
        Err(error) => Err(classify(text, &error)),
    }
}

/// Tells a text that ends too early from one that is wrong. A cut inside a number counts as the first, though the
/// parser calls `1.` a bad number.
pub(crate) fn classify(text: &str, error: &serde_json::Error) -> RecordError {
    let last_line = text.rsplit('\n').next().unwrap_or_default();
    let at_end = error.line() == text.matches('\n').count() + 1 && error.column() >= last_line.len();
    let in_number = text.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'));
    if error.is_eof() || (at_end && in_number) { RecordError::Truncated } else { RecordError::NotJson }
}

/// The longest beginning of `bytes` that is UTF-8, within the same bounds. For [`crate::salvage_bundle`].
pub(crate) fn check_beginning<'a>(bytes: &'a [u8], limits: &JsonLimits) -> Result<&'a str, RecordError> {
    let bytes = bounded(bytes, limits)?;
    let readable = match std::str::from_utf8(bytes) {
        Ok(_) => bytes,
        Err(error) => bytes.get(..error.valid_up_to()).unwrap_or_default(),
    };
    let text = std::str::from_utf8(readable).map_err(|_| RecordError::NotUtf8)?;
    scan(text, limits)?;
    Ok(text)
}

fn bounded<'a>(bytes: &'a [u8], limits: &JsonLimits) -> Result<&'a [u8], RecordError> {
    if bytes.len() > limits.max_bytes {
        return Err(RecordError::TooLarge { limit: limits.max_bytes });
    }
    Ok(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes))
}

/// Counts nesting and values in one pass, without building anything. It need not be JSON: what is not is refused later.
fn scan(text: &str, limits: &JsonLimits) -> Result<(), RecordError> {
    let mut depth = 0_usize;
    let mut values = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for byte in text.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => {
                depth += 1;
                values += 1;
                if depth > limits.max_depth {
                    return Err(RecordError::TooDeep { limit: limits.max_depth });
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if values > limits.max_values {
            return Err(RecordError::TooManyValues { limit: limits.max_values });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: JsonLimits = JsonLimits { max_bytes: 1 << 20, max_depth: 20, max_values: 1000 };

    /// Proves D10: nesting is refused at the limit exactly, whatever is inside strings.
    #[test]
    fn nesting_is_bounded_and_brackets_in_strings_do_not_count() {
        let at_limit = format!("{}{}", "[".repeat(20), "]".repeat(20));
        assert!(check(at_limit.as_bytes(), &SMALL).is_ok());
        let beyond = format!("{}{}", "[".repeat(21), "]".repeat(21));
        assert_eq!(check(beyond.as_bytes(), &SMALL), Err(RecordError::TooDeep { limit: 20 }));
        let in_string = format!("{{\"a\":\"{}\\\"{}\"}}", "[".repeat(500), "{".repeat(500));
        assert!(check(in_string.as_bytes(), &SMALL).is_ok());
    }

    /// Proves D10: a depth bomb is refused after as many bytes as the limit has levels, however long it is.
    #[test]
    fn a_depth_bomb_is_refused() {
        for open in ["[", "{\"a\":", "[{\"a\":"] {
            let bomb = open.repeat(1_000_000);
            let limits = JsonLimits::PAGE;
            assert_eq!(check(bomb.as_bytes(), &limits), Err(RecordError::TooDeep { limit: limits.max_depth }));
        }
    }

    /// Proves D10: many tiny values are refused by count.
    #[test]
    fn too_many_values_are_refused() {
        let many = format!("[{}0]", "0,".repeat(1000));
        assert_eq!(check(many.as_bytes(), &SMALL), Err(RecordError::TooManyValues { limit: 1000 }));
        assert_eq!(check(&vec![b' '; (1 << 20) + 1], &SMALL), Err(RecordError::TooLarge { limit: 1 << 20 }));
    }

    /// Proves D8: a byte order mark goes, every other byte stays.
    #[test]
    fn only_the_byte_order_mark_goes() {
        let text = " {\"a\" : 1.50,\r\n\t\"b\":\"\\u00b5 µ\"} ";
        let with_mark = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        assert_eq!(check(&with_mark, &SMALL), Ok(text));
    }

    #[test]
    fn what_is_wrong_is_told_apart() {
        assert_eq!(check(b"{\"a\":\"\xff\"}", &SMALL), Err(RecordError::NotUtf8));
        assert_eq!(check("{\"a\":\"µ".as_bytes().get(..7).unwrap(), &SMALL), Err(RecordError::Truncated));
        assert_eq!(check(b"{\"a\":", &SMALL), Err(RecordError::Truncated));
        assert_eq!(check(b"", &SMALL), Err(RecordError::Truncated));
        assert_eq!(check(b"<html>", &SMALL), Err(RecordError::NotJson));
        assert_eq!(check(b"{} {}", &SMALL), Err(RecordError::NotJson));
    }
}
