//! Fields: text that a program put in place of an instruction.

use super::code_page::CodePage;
use super::destination::Destination;
use crate::html::safe_link;

/// Longest instruction kept, in bytes.
const LONGEST: usize = 4096;
/// `\ffres` of a box whose state is the default.
const UNDEFINED: i32 = 25;
/// Most choices of a form's field.
const MOST_CHOICES: usize = 50;

/// A field while it is open.
pub(super) struct Field {
    instruction: String,
    /// Where text went when the field began: its result goes there too.
    pub(super) outer: Destination,
    /// How much text had been shown then.
    pub(super) shown_before: usize,
    /// `\ffres` and `\ffdefres`: the state of a box, or the number of the choice.
    pub(super) result: i32,
    pub(super) default_result: i32,
    choices: Vec<String>,
}

impl Field {
    pub(super) fn new(outer: Destination, shown_before: usize) -> Self {
        let (instruction, choices) = (String::new(), Vec::new());
        Self { instruction, outer, shown_before, result: UNDEFINED, default_result: 0, choices }
    }

    pub(super) fn push_instruction(&mut self, text: &str) {
        if self.instruction.len() + text.len() <= LONGEST {
            self.instruction.push_str(text);
        }
    }

    pub(super) fn begin_choice(&mut self) {
        if self.choices.len() < MOST_CHOICES {
            self.choices.push(String::new());
        }
    }

    pub(super) fn push_choice(&mut self, text: &str) {
        if let Some(choice) = self.choices.last_mut()
            && choice.len() + text.len() <= LONGEST
        {
            choice.push_str(text);
        }
    }

    /// Where a `HYPERLINK` leads, if it may be followed.
    pub(super) fn link(&self) -> Option<String> {
        let mut parts = Parts(&self.instruction);
        if !parts.next()?.eq_ignore_ascii_case("HYPERLINK") {
            return None;
        }
        safe_link(parts.find(|part| !part.starts_with('\\'))?)
    }

    /// What a field without result shows on the page.
    pub(super) fn unresolved(&self) -> Option<String> {
        let mut parts = Parts(&self.instruction);
        let chosen = if self.result == UNDEFINED { self.default_result } else { self.result };
        match parts.next()?.to_ascii_uppercase().as_str() {
            "FORMCHECKBOX" => Some(if chosen == 1 { "[x] " } else { "[ ] " }.to_owned()),
            "FORMDROPDOWN" => self.choices.get(usize::try_from(chosen).ok()?).cloned(),
            "SYMBOL" => sign(parts),
            // MACROBUTTON name words, and EQ words: the words are in the instruction.
            "MACROBUTTON" => parts.next().map(|_| parts.0.trim().to_owned()),
            "EQ" => Some(parts.0.trim().to_owned()),
            _ => None,
        }
    }
}

/// `SYMBOL 179 \f "Symbol" \s 10`
fn sign(mut parts: Parts<'_>) -> Option<String> {
    let number = parts.next()?;
    let code = match number.strip_prefix("0x").or(number.strip_prefix("0X")) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    let switches: Vec<&str> = parts.collect();
    let name = switches.iter().skip_while(|part| !part.eq_ignore_ascii_case("\\f")).nth(1);
    let unicode = switches.iter().any(|part| part.eq_ignore_ascii_case("\\u"));
    let page = name.and_then(|name| CodePage::of_font_name(name)).unwrap_or(CodePage::ANSI);
    if unicode || code > 0xFF {
        return page.private_sign(code).or_else(|| char::from_u32(code)).map(String::from);
    }
    let mut out = String::new();
    let mut decoder = super::code_page::Decoder::default();
    decoder.push(page, &[u8::try_from(code).ok()?], &mut out);
    Some(out)
}

/// The words of an instruction; quotes hold several together.
struct Parts<'a>(&'a str);

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0.trim_start();
        let (part, rest) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        self.0 = rest;
        (!part.is_empty()).then_some(part)
    }
}
