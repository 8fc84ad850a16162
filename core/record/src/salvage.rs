//! The whole entries of a Bundle that breaks off, for a download that was cut short.

use serde_json::value::RawValue;

use crate::bundle::{BundleKind, Entry, read_entry, read_kind};
use crate::element::token;
use crate::error::RecordError;
use crate::json::{BYTE_ORDER_MARK, check_beginning};
use crate::limits::JsonLimits;
use crate::redact::hidden_debug;

/// What could be saved from a broken Bundle.
#[derive(Clone, PartialEq, Eq)]
pub struct Salvage<'a> {
    /// `type`, if it stood before the break.
    pub kind: BundleKind,
    /// The entries that are whole.
    pub entries: Vec<Entry<'a>>,
    /// Everything after the last whole entry, which nobody can read. Never empty.
    pub unreadable: &'a [u8],
}

hidden_debug!(Salvage<'_>, entries, unreadable);

/// Takes the whole entries before the break. `total` and links are not taken: a cut number is another number.
///
/// # Errors
/// The limits of [`crate::json::check`]; [`RecordError::NotAnObject`] if it does not begin as an object;
/// [`RecordError::UnexpectedType`] if it says that it is something else, or holds no `entry`.
/// [`RecordError::NotJson`] if nothing is broken, so that there is nothing to save.
pub fn salvage_bundle<'a>(bytes: &'a [u8], limits: &JsonLimits) -> Result<Salvage<'a>, RecordError> {
    let text = check_beginning(bytes, limits)?;
    let mark = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let mut cursor = Cursor { rest: text };
    if !cursor.take('{') {
        return Err(RecordError::NotAnObject);
    }
    let mut found = Found { resource_type: None, kind: BundleKind::Other, entries: None, end: 0 };
    let broken = walk_members(&mut cursor, text.len(), &mut found).is_none();
    if !broken && cursor.rest.trim().is_empty() {
        return Err(RecordError::NotJson);
    }
    match (found.resource_type.as_deref(), found.entries) {
        (None | Some("Bundle"), Some(entries)) => {
            Ok(Salvage { kind: found.kind, entries, unreadable: bytes.get(mark + found.end..).unwrap_or_default() })
        }
        _ => Err(RecordError::UnexpectedType { expected: "Bundle" }),
    }
}

struct Found<'a> {
    resource_type: Option<String>,
    kind: BundleKind,
    entries: Option<Vec<Entry<'a>>>,
    /// Where the last whole entry ends, in the text.
    end: usize,
}

/// `None` at the break; `Some` when the object closes.
fn walk_members<'a>(cursor: &mut Cursor<'a>, length: usize, found: &mut Found<'a>) -> Option<()> {
    loop {
        if cursor.take('}') {
            return Some(());
        }
        let name = token(cursor.value()?)?;
        if !cursor.take(':') {
            return None;
        }
        if name == "entry" && cursor.take('[') {
            let entries = found.entries.get_or_insert_default();
            while !cursor.take(']') {
                let raw = cursor.value()?;
                entries.push(read_entry(entries.len(), raw));
                found.end = length - cursor.rest.len();
                cursor.separator(']')?;
            }
        } else {
            let value = cursor.value()?;
            // A value counts only with what follows it: `"total": 12` may have been 120.
            cursor.separator('}')?;
            match name.as_str() {
                "resourceType" => found.resource_type = token(value),
                "type" => found.kind = read_kind(token(value)),
                _ => {}
            }
            continue;
        }
        cursor.separator('}')?;
    }
}

struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    /// Takes one character if it is next.
    fn take(&mut self, wanted: char) -> bool {
        self.skip_space();
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes a comma, or sees the end of the list without taking it.
    fn separator(&mut self, end: char) -> Option<()> {
        (self.take(',') || self.rest.starts_with(end)).then_some(())
    }

    /// Takes one whole JSON value.
    fn value(&mut self) -> Option<&'a RawValue> {
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<&'a RawValue>();
        let value = values.next()?.ok()?;
        self.rest = self.rest.get(values.byte_offset()..)?;
        Some(value)
    }
}
