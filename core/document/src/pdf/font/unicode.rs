//! The map from codes to text that a file may give for a font (ISO 32000-2, 9.10.3), and what of it is text.

use hayro_cmap::{BfString, CMap};
use hayro_syntax::object::{Dict, Stream};

use crate::error::DocumentError;
use crate::pdf::encoding::Base;
use crate::pdf::filters::Inflation;

/// A map for every character there is takes some 1 MB.
const LARGEST_MAP: usize = 4 * 1024 * 1024;

pub(super) struct ToUnicode {
    map: CMap,
    symbols: Option<Base>,
}

impl ToUnicode {
    pub(super) fn read(font: &Dict<'_>, name: &str, inflation: &mut Inflation) -> Result<Option<Self>, DocumentError> {
        let Some(stream) = font.get::<Stream<'_>>("ToUnicode") else { return Ok(None) };
        Ok(read_map(&stream, inflation)?.map(|map| Self { map, symbols: Base::built_into(name) }))
    }

    pub(super) fn text(&self, code: u32) -> Option<String> {
        let text = match self.map.lookup_bf_string(code)? {
            BfString::Char(c) => String::from(c),
            BfString::String(text) => text,
        };
        as_text(&text, self.symbols)
    }
}

/// A character map in a stream. Of a damaged one, what stands before the damage.
pub(super) fn read_map(stream: &Stream<'_>, inflation: &mut Inflation) -> Result<Option<CMap>, DocumentError> {
    let data = inflation.decode(stream.dict(), &stream.raw_data())?.unwrap_or_default();
    if data.len() > LARGEST_MAP {
        return Ok(None);
    }
    let parse = |data: &[u8]| CMap::parse(data, |_| Some(b"".as_slice()));
    let ends = |word: &[u8]| data.windows(word.len()).rposition(|window| window == word).map(|at| at + word.len());
    Ok(parse(&data).or_else(|| {
        let whole =
            [b"endbfrange".as_slice(), b"endbfchar", b"endcidrange", b"endcidchar"].into_iter().filter_map(ends);
        parse(data.get(..whole.max()?)?)
    }))
}

/// Joined letters as the letters they join; private characters as what a font of symbols draws for them. `None` when
/// a part of it is no text.
pub(super) fn as_text(text: &str, symbols: Option<Base>) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{FB00}' => out.push_str("ff"),
            '\u{FB01}' => out.push_str("fi"),
            '\u{FB02}' => out.push_str("fl"),
            '\u{FB03}' => out.push_str("ffi"),
            '\u{FB04}' => out.push_str("ffl"),
            '\u{FB05}' | '\u{FB06}' => out.push_str("st"),
            // Drawn, so it stands at the end of a line.
            '\u{AD}' => out.push('-'),
            '\t' | '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => out.push(' '),
            '\u{200B}'..='\u{200F}' | '\u{FEFF}' => {}
            '\u{F000}'..='\u{F0FF}' => out.push(symbols?.character(u8::try_from(u32::from(c) & 0xFF).ok()?)?),
            c if c.is_control() || is_no_text(c) => return None,
            c => out.push(c),
        }
    }
    (!out.is_empty()).then_some(out)
}

/// Replacement characters, private ones, and those that never will be.
fn is_no_text(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{FFF0}'..='\u{FFFF}' | '\u{F0000}'.. | '\u{FDD0}'..='\u{FDEF}')
}
