//! A typed instruction ("1 tab PO BID prn pain") read word by word (R4).
//!
//! The grammar is small on purpose. Every word, number and mark must find its place, and each part may stand there
//! once: what has two doses, two frequencies or two durations is a taper or has two steps, and is not read at all.

use super::instruction::Instruction;
use super::lexicon::{REASONS, Table};
use super::sig_rules::RULES;
use super::token::{Piece, Token, pieces};

const MAX_BYTES: usize = 600;

/// The text has something that speaks against reading it.
pub(super) struct Refused;

/// Whether a rule took something.
pub(super) type Taken = Result<bool, Refused>;

/// The parts of a typed instruction, if all of it is understood.
///
/// They need not make up a whole instruction: "with food" has one part. See [`Instruction::is_sound`].
#[must_use]
pub fn parts(text: &str) -> Option<Instruction> {
    let text = without_supply(text.trim());
    if text.is_empty() || text.len() > MAX_BYTES {
        return None;
    }
    let pieces = pieces(text)?;
    let mut parser = Parser { pieces: &pieces, at: 0, found: Instruction::default(), sentence_begins: true };
    parser.read().ok()?;
    Some(parser.found)
}

/// As [`parts`], for an instruction that stands by itself.
#[must_use]
pub fn read(text: &str) -> Option<Instruction> {
    parts(text).filter(Instruction::is_sound)
}

/// The reasons that a text names, such as "nausea and vomiting", if it names nothing else.
pub(super) fn reasons(text: &str) -> Option<(Vec<&'static str>, bool)> {
    let pieces = pieces(text)?;
    let mut parser = Parser { pieces: &pieces, at: 0, found: Instruction::default(), sentence_begins: true };
    let taken = parser.reason_list();
    (taken && parser.at == pieces.len()).then_some((parser.found.reasons, parser.found.all_reasons))
}

/// What prescribing software adds behind the instruction: supply and how it was sent. It says nothing about use.
const SUPPLY_WORDS: [&str; 11] = [
    "normal",
    "e-prescribe",
    "e-prescribed",
    "historical med",
    "print",
    "no print",
    "phone in",
    "otc",
    "local print",
    "fax",
    "sample",
];

fn without_supply(text: &str) -> &str {
    let mut kept = text;
    while let Some((before, tail)) = kept.rsplit_once(", ") {
        let tail = tail.trim().to_lowercase();
        let figures = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let refills = tail.strip_prefix("r-").is_some_and(figures);
        let amount = tail.strip_prefix("disp-").is_some_and(|rest| {
            let mut words = rest.split(' ');
            words.next().is_some_and(figures) && words.all(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic()))
        });
        if !(refills || amount || SUPPLY_WORDS.contains(&tail.as_str())) {
            break;
        }
        kept = before;
    }
    kept.trim()
}

/// Reads pieces one after the other into the parts of an instruction.
pub(super) struct Parser<'t> {
    pieces: &'t [Piece<'t>],
    pub(super) at: usize,
    pub(super) found: Instruction,
    pub(super) sentence_begins: bool,
}

impl<'t> Parser<'t> {
    fn read(&mut self) -> Result<(), Refused> {
        while self.at < self.pieces.len() {
            if self.mark(',') || self.mark(';') {
                continue;
            }
            if self.mark('.') {
                self.sentence_begins = true;
                continue;
            }
            self.one_part()?;
            self.sentence_begins = false;
        }
        Ok(())
    }

    fn one_part(&mut self) -> Result<(), Refused> {
        for rule in RULES {
            let before = self.at;
            if rule(self)? {
                return Ok(());
            }
            self.at = before;
        }
        Err(Refused)
    }

    pub(super) fn piece(&self, ahead: usize) -> Option<&'t Piece<'t>> {
        self.pieces.get(self.at + ahead)
    }

    pub(super) fn word_at(&self, ahead: usize) -> Option<&'t str> {
        match &self.piece(ahead)?.token {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Takes a mark if it is next.
    pub(super) fn mark(&mut self, wanted: char) -> bool {
        let is_next = self.piece(0).is_some_and(|piece| piece.token == Token::Mark(wanted));
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes these words if they are next. Hyphens between them do not matter.
    pub(super) fn words(&mut self, wanted: &str) -> bool {
        match self.length_of(wanted) {
            Some(length) => {
                self.at += length;
                true
            }
            None => false,
        }
    }

    /// Takes the first of these that is next.
    pub(super) fn any_words(&mut self, wanted: &[&str]) -> bool {
        let longest = wanted.iter().filter_map(|words| self.length_of(words)).max();
        self.at += longest.unwrap_or(0);
        longest.is_some()
    }

    /// The longest entry of a table that is next; it is taken.
    pub(super) fn entry(&mut self, table: Table) -> Option<&'static str> {
        let (length, code) = table
            .iter()
            .filter_map(|(words, code)| Some((self.length_of(words)?, *code)))
            .max_by_key(|(length, _)| *length)?;
        self.at += length;
        Some(code)
    }

    /// How many pieces these words take, if they are next.
    pub(super) fn length_of(&self, wanted: &str) -> Option<usize> {
        let mut length = 0;
        for word in wanted.split(' ') {
            if length > 0 && self.piece(length).is_some_and(|piece| piece.token == Token::Mark('-')) {
                length += 1;
            }
            if self.word_at(length) != Some(word) {
                return None;
            }
            length += 1;
        }
        Some(length)
    }

    /// Reasons, with `and`, `or`, commas or slashes between them.
    pub(super) fn reason_list(&mut self) -> bool {
        let mut taken = false;
        loop {
            let before = self.at;
            let and = taken && self.length_of("and").is_some();
            if taken && !(self.mark('/') || self.list_goes_on()) {
                return true;
            }
            match self.entry(REASONS) {
                Some(reason) if !self.found.reasons.contains(&reason) => self.found.reasons.push(reason),
                Some(_) => {}
                None => {
                    self.at = before;
                    return taken;
                }
            }
            self.found.all_reasons |= and;
            taken = true;
        }
    }

    /// Takes `,`, `and`, `or`, `, and`, `, or`.
    fn list_goes_on(&mut self) -> bool {
        let comma = self.mark(',');
        self.words("and") || self.words("or") || comma
    }

    /// Takes `,`, `and`, `, and`. Of times that stand with "or" between them only one is meant.
    pub(super) fn all_of_list_go_on(&mut self) -> bool {
        let comma = self.mark(',');
        self.words("and") || comma
    }
}

/// Fills a part that may stand there once.
pub(super) fn once<T>(part: &mut Option<T>, value: T) -> Taken {
    if part.is_some() {
        return Err(Refused);
    }
    *part = Some(value);
    Ok(true)
}
