//! What the codes in a shown string stand for, and how wide they are (ISO 32000-2, 9.6 to 9.10).
//!
//! A glyph that nothing in the file puts a name to has no text: guessing would turn one unit into another.

mod composite;
mod simple;
mod standard_widths;
mod unicode;

use hayro_syntax::object::{Dict, Name};

use super::filters::Inflation;
use crate::error::DocumentError;
use composite::Composite;
use simple::Simple;
use unicode::ToUnicode;

/// A font, as far as text needs it.
pub(super) struct Font {
    codes: Codes,
    to_unicode: Option<ToUnicode>,
    pub(super) bold: bool,
    /// Written from the top of the page down.
    pub(super) vertical: bool,
}

enum Codes {
    Simple(Simple),
    Composite(Composite),
}

/// One glyph of a shown string.
pub(super) struct Glyph<'a> {
    /// `None` for one that cannot be told.
    pub(super) text: Option<&'a str>,
    /// In text space at size 1.
    pub(super) width: f64,
    /// The code to which word spacing applies.
    pub(super) blank: bool,
}

impl Font {
    pub(super) fn read(dict: &Dict<'_>, inflation: &mut Inflation) -> Result<Self, DocumentError> {
        let composite = dict.get::<Name<'_>>("Subtype").as_deref() == Some(b"Type0");
        let (codes, described, vertical) = if composite {
            let composite = Composite::read(dict, inflation)?;
            let vertical = composite.vertical;
            (Codes::Composite(composite), descendant(dict), vertical)
        } else {
            (Codes::Simple(Simple::read(dict, inflation)?), dict.clone(), false)
        };
        let to_unicode = ToUnicode::read(dict, &name_of(dict), inflation)?;
        Ok(Self { codes, to_unicode, bold: is_bold(&name_of(dict), &described), vertical })
    }

    /// The glyphs of a shown string, one after the other.
    pub(super) fn each_glyph<E>(
        &self,
        string: &[u8],
        mut draw: impl FnMut(Glyph<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rest = string;
        while !rest.is_empty() {
            let (code, length) = match &self.codes {
                Codes::Simple(_) => (rest.first().copied().map_or(0, u32::from), 1),
                Codes::Composite(composite) => composite.next_code(rest),
            };
            let mapped = self.to_unicode.as_ref().and_then(|map| map.text(code));
            let (own, width) = match &self.codes {
                Codes::Simple(simple) => (simple.text(code), simple.width(code)),
                Codes::Composite(composite) => {
                    (composite.text(rest.get(..length).unwrap_or_default(), code), composite.width(code, length))
                }
            };
            let text = mapped.or(own);
            draw(Glyph { text: text.as_deref(), width, blank: length == 1 && code == 32 })?;
            rest = rest.get(length.max(1)..).unwrap_or_default();
        }
        Ok(())
    }
}

/// The name without the mark of a subset.
fn name_of(font: &Dict<'_>) -> String {
    let name = font.get::<Name<'_>>("BaseFont").map(|name| String::from_utf8_lossy(&name).into_owned());
    let name = name.unwrap_or_default();
    match name.split_once('+') {
        Some((mark, rest)) if mark.len() == 6 => rest.to_owned(),
        _ => name,
    }
}

/// The one font under a composite font.
fn descendant<'a>(font: &Dict<'a>) -> Dict<'a> {
    let fonts = font.get::<hayro_syntax::object::Array<'a>>("DescendantFonts");
    fonts.and_then(|fonts| fonts.iter::<Dict<'a>>().next()).unwrap_or_default()
}

fn is_bold(name: &str, font: &Dict<'_>) -> bool {
    const FORCE_BOLD: i64 = 1 << 18;
    let name = name.to_ascii_lowercase();
    let descriptor = font.get::<Dict<'_>>("FontDescriptor").unwrap_or_default();
    let flags = descriptor.get::<i32>("Flags").map_or(0, i64::from);
    ["bold", "black", "heavy", "demi"].iter().any(|weight| name.contains(weight))
        || descriptor.get::<f64>("FontWeight").is_some_and(|weight| weight >= 600.0)
        || flags & FORCE_BOLD != 0
}
