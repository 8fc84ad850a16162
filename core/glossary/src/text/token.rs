//! Cutting a text into words, numbers, single symbols and the gaps between them.
//!
//! One pass, one buffer. A word is a run of letters and digits; an apostrophe between letters, an
//! underscore between letters and characters that show nothing belong to it, a possessive `'s` does
//! not. Spaces, hyphens and line breaks are gaps, not tokens.

use super::fold::{fold, is_apostrophe, is_combining, is_hyphen, is_ignorable};

/// What stands between a token and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// Nothing: the two touch.
    None,
    /// Spaces.
    Space,
    /// A hyphen that touches the word at its left.
    Hyphen,
    /// A hyphen after a space, or several hyphens: a dash.
    Dash,
    /// One line break.
    Line,
    /// A hyphen and then one line break.
    Broken,
    /// A new paragraph or list item: no phrase runs across it.
    Break,
}

pub(crate) mod flag {
    pub(crate) const WORD: u32 = 1;
    /// Begins with a digit and has no letter.
    pub(crate) const NUMBER: u32 = 1 << 1;
    pub(crate) const LOWER: u32 = 1 << 2;
    pub(crate) const UPPER: u32 = 1 << 3;
    /// The first letter is a capital.
    pub(crate) const CAPITAL: u32 = 1 << 4;
    pub(crate) const DIGIT: u32 = 1 << 5;
    /// In a name, address or URL: nothing in it is explained.
    pub(crate) const OPAQUE: u32 = 1 << 6;
    /// In a heading or sentence written in capitals.
    pub(crate) const CAPITALS: u32 = 1 << 7;
    /// A unit after a number, or part of one.
    pub(crate) const UNIT: u32 = 1 << 8;
    /// A full stop that ends a sentence, or a like mark.
    pub(crate) const STOP: u32 = 1 << 9;
    /// Ends the reach of a cue.
    pub(crate) const ENDS: u32 = 1 << 10;
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// Of the folded letters; of a symbol, its character.
    pub(crate) hash: u64,
    /// Byte offsets; `end` is before a possessive `'s`.
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) flags: u32,
    pub(crate) gap: Gap,
    /// Bytes of the possessive `'s` after `end`.
    pub(crate) tail: u8,
    /// Letters and digits, at most 255.
    pub(crate) length: u8,
}

impl Token {
    pub(crate) fn is(&self, flags: u32) -> bool {
        self.flags & flags != 0
    }

    pub(crate) fn symbol(&self) -> Option<char> {
        if self.is(flag::WORD) { None } else { char::from_u32(self.hash as u32) }
    }

    pub(crate) fn is_symbol(&self, c: char) -> bool {
        self.symbol() == Some(c)
    }

    pub(crate) fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// The hash of a token's folded letters: eight bytes a step.
#[derive(Clone, Copy)]
pub(crate) struct Hash {
    state: u64,
    block: u64,
    length: u32,
}

impl Hash {
    pub(crate) fn new() -> Self {
        Hash { state: 0x243F_6A88_85A3_08D3, block: 0, length: 0 }
    }

    pub(crate) fn push(&mut self, byte: u8) {
        self.block = (self.block << 8) | u64::from(byte);
        self.length = self.length.wrapping_add(1);
        if self.length & 7 == 0 {
            self.state = mix(self.state ^ self.block);
            self.block = 0;
        }
    }

    fn push_char(&mut self, c: char) {
        if c.is_ascii() {
            return self.push(c as u8);
        }
        let mut bytes = [0; 4];
        for byte in c.encode_utf8(&mut bytes).bytes() {
            self.push(byte);
        }
    }

    pub(crate) fn push_folded(&mut self, text: &str) {
        for c in text.chars() {
            fold(c, &mut |folded| self.push_char(folded));
        }
    }

    pub(crate) fn finish(self) -> u64 {
        mix(self.state ^ self.block ^ (u64::from(self.length) << 56))
    }
}

pub(crate) fn mix(value: u64) -> u64 {
    let product = u128::from(value) * 0x9E37_79B9_7F4A_7C15_u128;
    (product as u64) ^ (product >> 64) as u64
}

/// Cuts `text` into tokens. Offsets are 32 bits: what lies past 4 GB is not read.
pub(crate) fn tokens(text: &str, out: &mut Vec<Token>) {
    out.clear();
    out.reserve(text.len() / 5);
    let limit = text.floor_char_boundary(u32::MAX as usize);
    let text = text.get(..limit).unwrap_or("");
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0 };
    loop {
        let gap = reader.gap();
        let Some(c) = reader.peek() else { return };
        let token = if is_word(c) { reader.word(gap) } else { reader.symbol(gap, c) };
        out.push(token);
    }
}

fn is_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() || is_combining(c) }
}

/// The flags a byte lends its word: 0 for what is no ASCII letter or digit.
const CLASSES: [u32; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let c = byte as u8;
        let class = if c.is_ascii_digit() {
            flag::DIGIT
        } else if c.is_ascii_uppercase() {
            flag::UPPER
        } else if c.is_ascii_lowercase() {
            flag::LOWER
        } else {
            0
        };
        #[allow(clippy::indexing_slicing)] // at compile time, below 128
        {
            classes[byte] = class;
        }
        byte += 1;
    }
    classes
};

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.char_at(self.at)
    }

    fn char_at(&self, at: usize) -> Option<char> {
        match self.bytes.get(at) {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            Some(_) => self.text.get(at..).and_then(|rest| rest.chars().next()),
            None => None,
        }
    }

    fn gap(&mut self) -> Gap {
        // The commonest gap by far.
        if self.bytes.get(self.at) == Some(&b' ') && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_alphanumeric)
        {
            self.at += 1;
            return Gap::Space;
        }
        let (mut lines, mut space, mut hyphen) = (0_u32, false, None);
        while let Some(c) = self.peek() {
            match c {
                '\n' | '\u{2028}' | '\u{85}' | '\u{B}' | '\u{C}' => lines += 1,
                '\u{2029}' => lines += 2,
                '\r' => lines += u32::from(self.char_at(self.at + 1) != Some('\n')),
                _ if is_hyphen(c) => {
                    // A hyphen that opens a line is a list mark.
                    lines += u32::from(lines > 0);
                    hyphen = Some(space || hyphen.is_some());
                }
                _ if c.is_whitespace() => space = true,
                _ if is_ignorable(c) => {}
                _ => break,
            }
            self.at += c.len_utf8();
        }
        match (lines, hyphen) {
            (0, None) if space => Gap::Space,
            (0, None) => Gap::None,
            (0, Some(true)) => Gap::Dash,
            (0, Some(false)) => Gap::Hyphen,
            (1, None) => Gap::Line,
            (1, Some(_)) => Gap::Broken,
            _ => Gap::Break,
        }
    }

    fn word(&mut self, gap: Gap) -> Token {
        let start = self.at;
        let (mut end, mut tail, mut length, mut flags) = (start, 0, 0_u8, flag::WORD);
        let mut hash = Hash::new();
        let mut letters = false;
        while let Some(&byte) = self.bytes.get(self.at) {
            let class = CLASSES.get(usize::from(byte)).copied().unwrap_or(0);
            if class != 0 {
                flags |= class;
                if length == 0 && class & flag::UPPER != 0 {
                    flags |= flag::CAPITAL;
                }
                letters |= class & flag::DIGIT == 0;
                // Bit 5 makes an ASCII letter small and is set in every digit.
                hash.push(byte | 0x20);
                length = length.saturating_add(1);
                self.at += 1;
                end = self.at;
                continue;
            }
            let Some(c) = self.peek() else { break };
            if is_word(c) {
                if c.is_uppercase() {
                    flags |= if length > 0 { flag::UPPER } else { flag::UPPER | flag::CAPITAL };
                } else if c.is_lowercase() {
                    flags |= flag::LOWER;
                }
                if c.is_numeric() {
                    flags |= flag::DIGIT;
                } else if !is_combining(c) {
                    letters = true;
                }
                fold(c, &mut |folded| hash.push_char(folded));
                length = length.saturating_add(1);
                self.at += c.len_utf8();
                end = self.at;
            } else if is_ignorable(c) {
                self.at += c.len_utf8();
            } else if is_apostrophe(c) || c == '_' {
                let after = self.at + c.len_utf8();
                let next = self.char_at(after);
                if !next.is_some_and(is_word) {
                    break;
                }
                let possessive = is_apostrophe(c)
                    && next.is_some_and(|next| matches!(next, 's' | 'S'))
                    && !self.char_at(after + 1).is_some_and(|c| is_word(c) || is_ignorable(c));
                if possessive {
                    tail = u8::try_from(after + 1 - end).unwrap_or(0);
                    self.at = after + 1;
                    break;
                }
                if is_apostrophe(c) && !(letters && next.is_some_and(char::is_alphabetic)) {
                    break;
                }
                hash.push(if c == '_' { b'_' } else { b'\'' });
                self.at = after;
            } else {
                break;
            }
        }
        if flags & flag::DIGIT != 0 && !letters {
            flags |= flag::NUMBER;
        }
        let hash = hash.finish();
        Token { hash, start: start as u32, end: end as u32, flags, gap, tail, length }
    }

    fn symbol(&mut self, gap: Gap, c: char) -> Token {
        let start = self.at;
        self.at += c.len_utf8();
        let hash = u64::from(u32::from(if is_apostrophe(c) { '\'' } else { c }));
        Token { hash, start: start as u32, end: self.at as u32, flags: 0, gap, tail: 0, length: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(String, Gap)> {
        let mut out = Vec::new();
        tokens(text, &mut out);
        out.iter().map(|token| (token.text(text).to_owned(), token.gap)).collect()
    }

    #[test]
    fn gaps_tell_phrases_lists_and_paragraphs_apart() {
        for (text, gap) in [
            ("a b", Gap::Space),
            ("a\u{A0} b", Gap::Space),
            ("a-b", Gap::Hyphen),
            ("a- b", Gap::Hyphen),
            ("a - b", Gap::Dash),
            ("a--b", Gap::Dash),
            ("a\r\nb", Gap::Line),
            ("a-\n  b", Gap::Broken),
            ("a\n- b", Gap::Break),
            ("a\n\nb", Gap::Break),
            ("a\u{2029}b", Gap::Break),
        ] {
            assert_eq!(cut(text)[1], ("b".to_owned(), gap), "{text:?}");
        }
    }

    #[test]
    fn words_keep_their_apostrophes_and_lose_their_possessive() {
        let words = |text| cut(text).into_iter().map(|(word, _)| word).collect::<Vec<_>>();
        assert_eq!(words("can't 'MS' Crohn\u{2019}s O'Brien's"), ["can't", "'", "MS", "'", "Crohn", "O'Brien"]);
        assert_eq!(words("s/p a_b _c 5mg 3.5"), ["s", "/", "p", "a_b", "_", "c", "5mg", "3", ".", "5"]);
    }

    #[test]
    fn the_possessive_is_counted_so_that_a_span_may_take_it_in() {
        let mut out = Vec::new();
        let text = "Crohn\u{2019}s";
        tokens(text, &mut out);
        assert_eq!(out[0].end as usize + usize::from(out[0].tail), text.len());
    }

    #[test]
    fn one_word_in_two_spellings_has_one_hash() {
        let hash = |text: &str| {
            let mut out = Vec::new();
            tokens(text, &mut out);
            out[0].hash
        };
        assert_eq!(hash("HYPERTENSION"), hash("hyper\u{AD}tension"));
        assert_eq!(hash("\u{FB01}brillation"), hash("Fibrillation"));
        assert_ne!(hash("hypertension"), hash("hypotension"));
    }
}
