//! A page of a search in which one entry may go beyond the limits: that entry is refused, not the page (D7, D10).

use crate::bundle::{Bundle, read_bundle};
use crate::error::RecordError;
use crate::json::check;
use crate::limits::JsonLimits;
use crate::redact::hidden_debug;

/// A page and what was refused of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Page<'a> {
    /// The Bundle with all entries that are within the limits.
    pub bundle: Bundle<'a>,
    /// The entries that are not. They are to be set aside and counted.
    pub refused: Vec<Refused<'a>>,
}

hidden_debug!(Page<'_>, refused);

/// An entry that goes beyond the limits.
#[derive(Clone, PartialEq, Eq)]
pub struct Refused<'a> {
    /// Place in the Bundle, from 0.
    pub index: usize,
    /// The whole entry exactly as received (D8).
    pub entry_raw: &'a str,
    /// Which limit.
    pub error: RecordError,
}

hidden_debug!(Refused<'_>);

/// Levels of a Bundle outside its resources: the Bundle, its lists, an entry or link.
const OUTER_LEVELS: usize = 3;

/// Checks and reads one page. Depth and number of values are bounded for each entry by itself, and outside the entries
/// for the page; the number of bytes is bounded for the page.
///
/// # Errors
/// As [`check`] and [`read_bundle`], but not for what is wrong with single entries.
pub fn read_page<'a>(bytes: &'a [u8], limits: &JsonLimits) -> Result<Page<'a>, RecordError> {
    match check(bytes, limits) {
        Ok(text) => Ok(Page { bundle: read_bundle(text)?, refused: Vec::new() }),
        Err(RecordError::TooDeep { .. } | RecordError::TooManyValues { .. }) => read_in_parts(bytes, limits),
        Err(error) => Err(error),
    }
}

fn read_in_parts<'a>(bytes: &'a [u8], limits: &JsonLimits) -> Result<Page<'a>, RecordError> {
    // Reading slices never recurses and keeps nothing of what lies deeper, so that this takes no more memory than a page.
    let unlimited = JsonLimits { max_depth: usize::MAX, max_values: usize::MAX, ..*limits };
    let text = check(bytes, &unlimited)?;
    if outer_values(text) > limits.max_values {
        return Err(RecordError::TooManyValues { limit: limits.max_values });
    }
    let mut bundle = read_bundle(text)?;
    let mut refused = Vec::new();
    bundle.entries.retain(|entry| match check(entry.entry_raw.as_bytes(), limits) {
        Ok(_) => true,
        Err(error) => {
            refused.push(Refused { index: entry.index, entry_raw: entry.entry_raw, error });
            false
        }
    });
    Ok(Page { bundle, refused })
}

/// Counts the values of a JSON text that lie no deeper than the entries of a Bundle.
fn outer_values(text: &str) -> usize {
    let (mut depth, mut values) = (0_usize, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                depth += 1;
                values += usize::from(depth <= OUTER_LEVELS);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => values += usize::from(depth <= OUTER_LEVELS),
            _ => {}
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: JsonLimits = JsonLimits { max_bytes: 1 << 20, max_depth: 20, max_values: 100 };

    fn page(entries: &[String]) -> String {
        format!(r#"{{"resourceType":"Bundle","type":"searchset","total":3,"entry":[{}]}}"#, entries.join(","))
    }

    /// Proves D7, D10: an entry that is too deep, or holds too many values, is refused alone.
    #[test]
    fn one_entry_beyond_a_limit_costs_only_itself() {
        let sound = r#"{"resource":{"resourceType":"Goal","note":"[[[[\"{{{{"}}"#.to_owned();
        let deep = format!(r#"{{"resource":{}1{}}}"#, "[".repeat(30_000), "]".repeat(30_000));
        let wide = format!(r#"{{"resource":[{}0]}}"#, "0,".repeat(200));
        for (bad, error) in
            [(deep, RecordError::TooDeep { limit: 20 }), (wide, RecordError::TooManyValues { limit: 100 })]
        {
            let text = page(&[sound.clone(), bad.clone(), sound.clone()]);
            let read = read_page(text.as_bytes(), &SMALL).unwrap();
            let kept: Vec<_> = read.bundle.entries.iter().map(|entry| (entry.index, entry.entry_raw)).collect();
            assert_eq!(kept, [(0, sound.as_str()), (2, sound.as_str())]);
            assert!(read.refused == [Refused { index: 1, entry_raw: &bad, error }]);
        }
        let text = page(&[sound.clone(), sound]);
        assert!(read_page(text.as_bytes(), &SMALL).unwrap().refused.is_empty());
    }

    /// Proves D10: the page itself stays bounded, in depth outside its entries, in entries and in bytes.
    #[test]
    fn the_page_itself_stays_bounded() {
        let many = page(&vec!["0".to_owned(); 200]);
        assert_eq!(read_page(many.as_bytes(), &SMALL).err(), Some(RecordError::TooManyValues { limit: 100 }));
        let deep = format!("{}{}", "[".repeat(50), "]".repeat(50));
        assert!(read_page(deep.as_bytes(), &SMALL).is_err());
        let large = page(&[format!("\"{}\"", "x".repeat(1 << 20))]);
        assert_eq!(read_page(large.as_bytes(), &SMALL).err(), Some(RecordError::TooLarge { limit: 1 << 20 }));
        assert_eq!(read_page(b"{\"entry\":[", &SMALL).err(), Some(RecordError::Truncated));
    }
}
