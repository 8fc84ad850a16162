//! The grammar of UCUM: terms joined by `.` and `/` from left to right, exponents, brackets, annotations. Bounded in
//! length and depth, since a code is text from outside (D10).

use crate::rational::Rational;
use crate::unit::{Unit, atom};

/// No code of a laboratory is longer.
const MAX_LENGTH: usize = 80;
const MAX_DEPTH: usize = 8;
/// Larger exponents only stand in powers of ten.
const MAX_EXPONENT: i32 = 30;

pub(super) fn parse(code: &str) -> Option<Unit> {
    if code.is_empty() || code.len() > MAX_LENGTH || !code.is_ascii() {
        return None;
    }
    // A temperature stands alone or not at all: its zero cannot be multiplied.
    if let Some(unit) = atom::find(code) {
        return Some(unit);
    }
    let mut reader = Reader { rest: code };
    let unit = reader.term(0)?;
    reader.rest.is_empty().then_some(unit)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn term(&mut self, depth: usize) -> Option<Unit> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut unit = Unit::one();
        let mut exponent = if self.eat('/') { -1 } else { 1 };
        loop {
            unit = self.component(unit, exponent, depth)?;
            exponent = if self.eat('/') {
                -1
            } else if self.eat('.') {
                1
            } else {
                return Some(unit);
            };
        }
    }

    /// One component, multiplied into what stands before it.
    fn component(&mut self, before: Unit, exponent: i32, depth: usize) -> Option<Unit> {
        if self.eat('(') {
            let inner = self.term(depth + 1)?;
            return if self.eat(')') { before.times(&inner, exponent) } else { None };
        }
        let (bare, mut unit) = match self.symbol() {
            "" => (true, before),
            symbol => (false, simple(symbol, before, exponent)?),
        };
        // UCUM has no fractions: by its letter `1.73` is 73, which no one means.
        if !bare && self.rest.strip_prefix('.').is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit())) {
            return None;
        }
        if self.eat('{') {
            let (text, rest) = self.rest.split_once('}').filter(|(text, _)| !text.contains('{'))?;
            self.rest = rest;
            let annotated = Unit { annotations: vec![(false, text.to_owned())], ..Unit::one() };
            unit = unit.times(&annotated, exponent)?;
        } else if bare {
            return None;
        }
        Some(unit)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// The text up to the next operator; what stands in square brackets belongs together.
    fn symbol(&mut self) -> &'a str {
        let mut in_brackets = false;
        let end = self.rest.find(|c| {
            in_brackets = (in_brackets || c == '[') && c != ']';
            !in_brackets && "./(){}".contains(c)
        });
        let (taken, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len())).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }
}

/// A whole number, or an atom with an exponent: `24`, `m2`, `s-1`, `10*3`.
fn simple(text: &str, before: Unit, exponent: i32) -> Option<Unit> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let mut number = Unit::one();
        number.factor = Rational::new(text.parse().ok().filter(|number| *number > 0)?, 1)?;
        return before.times(&number, exponent);
    }
    let symbol = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let symbol = symbol.strip_suffix(['+', '-']).unwrap_or(symbol);
    let power = match text.strip_prefix(symbol)? {
        "" => 1,
        digits => digits.trim_start_matches('+').parse::<i32>().ok().filter(|power| *power != 0)?,
    };
    if power.unsigned_abs() > MAX_EXPONENT.unsigned_abs() {
        return None;
    }
    before.times(&atom::find(symbol)?, power * exponent)
}
