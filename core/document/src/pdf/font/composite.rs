//! Fonts with several bytes for a glyph (ISO 32000-2, 9.7).

use std::collections::BTreeMap;

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS};
use hayro_cmap::{CMap, WritingMode};
use hayro_syntax::object::{Array, Dict, Name, Object, Stream};

use super::descendant;
use super::unicode::{as_text, read_map};
use crate::error::DocumentError;
use crate::pdf::filters::Inflation;

/// Most widths kept; there are no more glyphs than that in a font.
const MOST_WIDTHS: usize = 65_536;

pub(super) struct Composite {
    codes: Codes,
    /// First glyph: last glyph and width.
    widths: BTreeMap<u32, (u32, f64)>,
    default_width: f64,
    pub(super) vertical: bool,
}

/// How bytes make codes, and codes glyphs.
enum Codes {
    /// Two bytes, the glyph's number.
    Identity,
    /// Two bytes, a character of Unicode.
    Unicode,
    /// As in a character set of East Asia.
    Charset(&'static Encoding),
    /// As the file says.
    Own(Box<CMap>),
}

/// Which character set a predefined map (ISO 32000-2, table 116) reads.
const CHARSETS: &[(&str, &Encoding)] =
    &[("RKSJ", SHIFT_JIS), ("GB", GB18030), ("B5", BIG5), ("KSC", EUC_KR), ("EUC-", EUC_JP)];

impl Composite {
    pub(super) fn read(font: &Dict<'_>, inflation: &mut Inflation) -> Result<Self, DocumentError> {
        let name = font.get::<Name<'_>>("Encoding").map(|name| String::from_utf8_lossy(&name).into_owned());
        let name = name.unwrap_or_default();
        let own = match font.get::<Stream<'_>>("Encoding") {
            Some(stream) => read_map(&stream, inflation)?,
            None => None,
        };
        let charset = || CHARSETS.iter().find(|(part, _)| name.contains(part)).map(|(_, charset)| *charset);
        let vertical = own.as_ref().and_then(|map| map.metadata().writing_mode) == Some(WritingMode::Vertical)
            || name.ends_with("-V")
            || name == "V";
        let codes = match own {
            Some(map) => Codes::Own(Box::new(map)),
            None if name.contains("UCS2") || name.contains("UTF16") => Codes::Unicode,
            None => charset().map_or(Codes::Identity, Codes::Charset),
        };
        let under = descendant(font);
        Ok(Self {
            codes,
            widths: widths(&under),
            default_width: under.get::<f64>("DW").unwrap_or(1000.0) / 1000.0,
            vertical,
        })
    }

    /// The first code of a string and its length in bytes.
    pub(super) fn next_code(&self, string: &[u8]) -> (u32, usize) {
        let code = |length: usize| string.iter().take(length).fold(0, |code, byte| code << 8 | u32::from(*byte));
        let length = match &self.codes {
            Codes::Own(map) => {
                let known = (1..=4_u8).find(|length| map.lookup_cid_code(code((*length).into()), *length).is_some());
                known.map_or(2, usize::from)
            }
            Codes::Charset(_) if string.first().is_some_and(u8::is_ascii) => 1,
            _ => 2,
        };
        (code(length.min(string.len())), length.min(string.len()))
    }

    pub(super) fn text(&self, bytes: &[u8], code: u32) -> Option<String> {
        let text = match &self.codes {
            Codes::Unicode => char::from_u32(code).map(String::from)?,
            Codes::Charset(charset) => charset.decode_without_bom_handling_and_without_replacement(bytes)?.into_owned(),
            Codes::Identity | Codes::Own(_) => return None,
        };
        as_text(&text, None)
    }

    pub(super) fn width(&self, code: u32, length: usize) -> f64 {
        let glyph = match &self.codes {
            Codes::Identity => Some(code),
            Codes::Own(map) => u8::try_from(length).ok().and_then(|length| map.lookup_cid_code(code, length)),
            Codes::Unicode => None,
            Codes::Charset(_) => return if length == 1 { 0.5 } else { 1.0 },
        };
        let known = glyph.and_then(|glyph| {
            let (_, (last, width)) = self.widths.range(..=glyph).next_back()?;
            (glyph <= *last).then_some(*width)
        });
        known.unwrap_or(self.default_width)
    }
}

/// `[1 [500 250] 7 9 600]`: widths from glyph 1 on, and one for glyphs 7 to 9.
fn widths(font: &Dict<'_>) -> BTreeMap<u32, (u32, f64)> {
    let mut widths = BTreeMap::new();
    let Some(given) = font.get::<Array<'_>>("W") else { return widths };
    let mut pending: Vec<f64> = Vec::new();
    for item in given.iter::<Object<'_>>() {
        if widths.len() > MOST_WIDTHS {
            break;
        }
        match item {
            Object::Number(number) => pending.push(number.as_f64()),
            Object::Array(run) => {
                let first = pending.last().map_or(0, |first| *first as u32);
                for (glyph, width) in (first..).zip(run.iter::<f64>()).take(MOST_WIDTHS) {
                    widths.insert(glyph, (glyph, width / 1000.0));
                }
                pending.clear();
            }
            _ => {}
        }
        if let [first, last, width] = pending.as_slice() {
            widths.insert(*first as u32, (*last as u32, width / 1000.0));
            pending.clear();
        }
    }
    widths
}
