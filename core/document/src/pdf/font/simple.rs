//! Fonts with one byte for a glyph (ISO 32000-2, 9.6).

use hayro_syntax::object::{Array, Dict, Name, Object, Stream};

use super::unicode::as_text;
use super::{name_of, standard_widths};
use crate::error::DocumentError;
use crate::pdf::encoding::Base;
use crate::pdf::filters::Inflation;
use crate::pdf::glyph_names::text_of;
use crate::pdf::lexer::{Lexer, Operand};

/// The glyph numbers of the font itself, not of an encoding.
const SYMBOLIC: i32 = 1 << 2;
const CODES: usize = 256;

pub(super) struct Simple {
    text: Vec<Option<String>>,
    widths: Vec<f64>,
}

impl Simple {
    pub(super) fn read(font: &Dict<'_>, inflation: &mut Inflation) -> Result<Self, DocumentError> {
        let name = name_of(font);
        let descriptor = font.get::<Dict<'_>>("FontDescriptor").unwrap_or_default();
        let type3 = font.get::<Name<'_>>("Subtype").as_deref() == Some(b"Type3");
        let encoding = font.get::<Dict<'_>>("Encoding").unwrap_or_default();
        let named = font.get::<Name<'_>>("Encoding").or_else(|| encoding.get::<Name<'_>>("BaseEncoding"));
        let named = named.and_then(|name| Base::named(&name));

        let mut text: Vec<Option<String>> = vec![None; CODES];
        let flags = descriptor.get::<i32>("Flags").unwrap_or(0);
        let true_type = font.get::<Name<'_>>("Subtype").as_deref() == Some(b"TrueType");
        // A TrueType font that says it follows a named encoding does (ISO 32000-2, 9.6.5.4); other fonts of symbols
        // never do, whatever is written beside them.
        let follows = true_type && named.is_some() && flags & SYMBOLIC == 0 && descriptor.contains_key("FontFile2");
        let symbols = Base::built_into(&name).filter(|_| !follows);
        let embedded = ["FontFile", "FontFile2", "FontFile3"].iter().any(|key| descriptor.contains_key(key));
        let own = flags & SYMBOLIC != 0 && embedded;
        let base = symbols.or(named).or_else(|| (!own && !type3).then_some(Base::Standard));
        for (code, text) in (0..=u8::MAX).zip(&mut text) {
            *text = base.and_then(|base| base.character(code)).and_then(|c| as_text(&String::from(c), symbols));
        }
        if symbols.is_none() && named.is_none() {
            name_codes(&mut text, built_in_names(&descriptor, inflation)?);
        }
        if let Some(differences) = encoding.get::<Array<'_>>("Differences") {
            name_codes(&mut text, named_by(&differences));
        }
        // What nothing names draws nothing at the place of the space.
        if let Some(space @ None) = text.get_mut(usize::from(b' ')) {
            *space = Some(" ".to_owned());
        }
        let widths = widths(font, &descriptor, &name, type3, &text);
        Ok(Self { text, widths })
    }

    pub(super) fn text(&self, code: u32) -> Option<String> {
        self.text.get(code as usize).cloned().flatten()
    }

    pub(super) fn width(&self, code: u32) -> f64 {
        self.widths.get(code as usize).copied().unwrap_or(0.0)
    }
}

fn name_codes(text: &mut [Option<String>], names: Vec<(usize, Vec<u8>)>) {
    for (code, name) in names {
        if let Some(text) = text.get_mut(code) {
            *text = text_of(&name).and_then(|text| as_text(&text, None));
        }
    }
}

/// `[39 /quotesingle 128 /mu /greaterequal]`.
fn named_by(differences: &Array<'_>) -> Vec<(usize, Vec<u8>)> {
    let mut code = 0_usize;
    let mut names = Vec::new();
    for item in differences.iter::<Object<'_>>() {
        match item {
            Object::Number(number) => code = usize::try_from(number.as_i64()).unwrap_or(CODES),
            Object::Name(name) => {
                if code < CODES {
                    names.push((code, name.to_vec()));
                }
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
    names
}

/// The names in the open part of a Type 1 font: `dup 65 /A put`.
fn built_in_names(descriptor: &Dict<'_>, inflation: &mut Inflation) -> Result<Vec<(usize, Vec<u8>)>, DocumentError> {
    let Some(program) = descriptor.get::<Stream<'_>>("FontFile") else { return Ok(Vec::new()) };
    let data = inflation.decode(program.dict(), &program.raw_data())?.unwrap_or_default();
    let end = data.windows(5).position(|word| word == b"eexec").unwrap_or(data.len());
    let open = data.get(..end).unwrap_or_default();
    let Some(start) = open.windows(9).position(|word| word == b"/Encoding") else { return Ok(Vec::new()) };
    let mut lexer = Lexer::new(open.get(start..).unwrap_or_default());
    let mut operands = Vec::new();
    let mut names = Vec::new();
    while let Some(operator) = lexer.instruction(&mut operands) {
        match (operator, operands.as_slice()) {
            (b"put", [.., Operand::Number(code), Operand::Name(name)]) if (0.0..256.0).contains(code) => {
                names.push((*code as usize, name.to_vec()));
            }
            (b"def" | b"readonly", _) => break,
            _ => {}
        }
    }
    Ok(names)
}

fn widths(font: &Dict<'_>, descriptor: &Dict<'_>, name: &str, type3: bool, text: &[Option<String>]) -> Vec<f64> {
    let matrix = font.get::<Array<'_>>("FontMatrix").and_then(|matrix| matrix.iter::<f64>().next());
    let scale = matrix.filter(|_| type3).unwrap_or(0.001);
    let Some(given) = font.get::<Array<'_>>("Widths") else {
        return text.iter().map(|text| standard_widths::of(name, text.as_deref())).collect();
    };
    let missing = descriptor.get::<f64>("MissingWidth").unwrap_or(0.0) * scale;
    let first = font.get::<usize>("FirstChar").unwrap_or(0).min(CODES);
    let mut widths = vec![missing; CODES];
    for (width, given) in widths.iter_mut().skip(first).zip(given.iter::<f64>()) {
        *width = given * scale;
    }
    widths
}
