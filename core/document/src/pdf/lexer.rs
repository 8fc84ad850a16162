//! The words of a content stream (ISO 32000-2, 7.8.2): operands, then an operator.
//!
//! Ours and not the parser's: it looks for the end of an inline picture again and again, and holds every element of
//! an array. Here a stream is read once, and an array is a slice that is read when it is drawn.

use std::borrow::Cow;

/// What an operator works on.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand<'a> {
    Number(f64),
    Name(Cow<'a, [u8]>),
    Text(Cow<'a, [u8]>),
    /// What stands between the brackets.
    Array(&'a [u8]),
    /// Brackets and all.
    Dict(&'a [u8]),
}

/// One word.
enum Word<'a> {
    Operand(Operand<'a>),
    Operator(&'a [u8]),
    Open(&'static [u8]),
    Close,
}

/// No operator takes more; what a damaged stream piles up is not kept.
const MOST_OPERANDS: usize = 40;
/// Deepest arrays and dictionaries within one another.
const DEEPEST: usize = 64;

/// Reads a content stream from its start to its end.
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Pictures stood in the stream.
    pub(super) pictures: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, pictures: false }
    }

    /// The next operator, with its operands in `operands`.
    pub(super) fn instruction(&mut self, operands: &mut Vec<Operand<'a>>) -> Option<&'a [u8]> {
        operands.clear();
        loop {
            let operand = match self.word()? {
                Word::Operator(b"BI") => {
                    self.skip_picture();
                    self.pictures = true;
                    operands.clear();
                    continue;
                }
                Word::Operator(operator) => return Some(operator),
                Word::Operand(operand) => operand,
                Word::Open(open) => self.group(open),
                Word::Close => continue,
            };
            if operands.len() < MOST_OPERANDS {
                operands.push(operand);
            }
        }
    }

    /// The next operand of an array; words that are none are skipped.
    pub(super) fn operand(&mut self) -> Option<Operand<'a>> {
        loop {
            match self.word()? {
                Word::Operand(operand) => return Some(operand),
                Word::Open(open) => return Some(self.group(open)),
                Word::Operator(_) | Word::Close => {}
            }
        }
    }

    /// An array or a dictionary whose opening bracket was just read.
    fn group(&mut self, open: &'static [u8]) -> Operand<'a> {
        let from = self.at;
        let mut depth = 1_usize;
        let mut end = self.bytes.len();
        while depth > 0 && depth <= DEEPEST {
            let before = self.at;
            match self.word() {
                Some(Word::Open(_)) => depth += 1,
                Some(Word::Close) => depth -= 1,
                Some(_) => continue,
                None => break,
            }
            end = if depth == 0 { before } else { self.at };
        }
        if open == b"[" {
            Operand::Array(self.bytes.get(from..end).unwrap_or_default())
        } else {
            Operand::Dict(self.bytes.get(from.saturating_sub(2)..self.at).unwrap_or_default())
        }
    }

    fn word(&mut self) -> Option<Word<'a>> {
        let rest = self.bytes.get(self.at..)?;
        self.at += skip_blanks(rest);
        let rest = self.bytes.get(self.at..)?;
        let (word, taken) = match rest {
            [] => return None,
            [b'(', ..] => literal(rest),
            [b'<', b'<', ..] => (Word::Open(b"<<"), 2),
            [b'>', b'>', ..] => (Word::Close, 2),
            [b'<', ..] => hexadecimal(rest),
            [b'[', ..] => (Word::Open(b"["), 1),
            [b']', ..] => (Word::Close, 1),
            [b'/', name @ ..] => {
                let length = name.iter().take_while(|byte| is_regular(**byte)).count();
                (Word::Operand(Operand::Name(unescaped(name.get(..length)?))), length + 1)
            }
            [first, ..] if is_regular(*first) => {
                let length = rest.iter().take_while(|byte| is_regular(**byte)).count();
                let word = rest.get(..length)?;
                (number(word).map_or(Word::Operator(word), |number| Word::Operand(Operand::Number(number))), length)
            }
            // A stray bracket.
            _ => (Word::Operator(b""), 1),
        };
        self.at += taken;
        Some(word)
    }

    /// Behind `BI`: to the end of the picture, which is `EI` between blanks with text behind it.
    fn skip_picture(&mut self) {
        while let Some(word) = self.word() {
            if matches!(word, Word::Operator(b"ID")) {
                break;
            }
        }
        let ends = self.bytes.windows(4).enumerate().skip(self.at).filter(|(_, window)| match window {
            [before, b'E', b'I', after] => is_blank(*before) && is_blank(*after),
            _ => false,
        });
        let text_behind = |at: &usize| {
            let behind = self.bytes.get(at + 4..).unwrap_or_default();
            behind.iter().take(12).all(|byte| is_blank(*byte) || (0x20..0x7f).contains(byte))
        };
        let end = ends.map(|(at, _)| at).find(text_behind);
        // The last picture of a stream may end it.
        self.at = end.map_or(self.bytes.len(), |end| end + 3);
    }
}

/// White space and comments at the start, in bytes.
pub(super) fn skip_blanks(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match bytes.get(at) {
            Some(byte) if is_blank(*byte) => at += 1,
            Some(b'%') => {
                let rest = bytes.get(at..).unwrap_or_default();
                at += rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
            }
            _ => return at,
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_blank(byte) && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// `12`, `-.5`, `+3.`, and what careless writers make of them: `--5`, `1.2-3` (the rest is dropped).
fn number(word: &[u8]) -> Option<f64> {
    let sign_end = word.iter().take_while(|byte| matches!(byte, b'+' | b'-')).count();
    let (signs, digits) = word.split_at_checked(sign_end)?;
    let taken = digits.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let (digits, rest) = digits.split_at_checked(taken)?;
    if !(rest.is_empty() || rest.starts_with(b"-")) || !digits.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let mut parts = digits.split(|byte| *byte == b'.');
    let digit = |byte: &u8| f64::from(byte - b'0');
    let whole = parts.next()?.iter().fold(0.0, |value, byte| value * 10.0 + digit(byte));
    let fraction = parts.next().unwrap_or_default().iter().rev().fold(0.0, |value, byte| (value + digit(byte)) / 10.0);
    let value = whole + fraction;
    Some(if signs.contains(&b'-') { -value } else { value })
}

/// `#41` in a name is `A`.
fn unescaped(name: &[u8]) -> Cow<'_, [u8]> {
    if !name.contains(&b'#') {
        return Cow::Borrowed(name);
    }
    let mut out = Vec::with_capacity(name.len());
    let mut rest = name;
    while let [first, after @ ..] = rest {
        let escape = match after {
            [high, low, ..] if *first == b'#' => nibble(*high).zip(nibble(*low)),
            _ => None,
        };
        out.push(escape.map_or(*first, |(high, low)| high << 4 | low));
        rest = after.get(if escape.is_some() { 2 } else { 0 }..).unwrap_or_default();
    }
    Cow::Owned(out)
}

fn nibble(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// `(...)`; an open one ends with the stream. Answers with the bytes taken, too.
fn literal(bytes: &[u8]) -> (Word<'_>, usize) {
    let mut depth = 0_usize;
    let mut escapes = false;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => {
                escapes = true;
                at += 1;
            }
            b'(' => depth += 1,
            b')' => depth -= 1,
            b'\r' => escapes = true,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    let taken = at.min(bytes.len());
    let end = if depth == 0 { taken.saturating_sub(1) } else { taken };
    let body = bytes.get(1..end).unwrap_or_default();
    let text = if escapes { Cow::Owned(without_escapes(body)) } else { Cow::Borrowed(body) };
    (Word::Operand(Operand::Text(text)), taken)
}

fn without_escapes(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let [first, after @ ..] = rest {
        let (byte, taken) = match (first, after) {
            (b'\\', [b'\r', b'\n', ..]) => (None, 2),
            (b'\\', [b'\r' | b'\n', ..]) => (None, 1),
            (b'\\', [b'0'..=b'7', ..]) => {
                let digits = after.iter().take(3).take_while(|byte| (b'0'..=b'7').contains(byte));
                let value = digits.clone().fold(0_u32, |value, byte| value * 8 + u32::from(byte - b'0'));
                (u8::try_from(value & 0xff).ok(), digits.count())
            }
            (b'\\', [escaped, ..]) => {
                let meant = match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 0x0C,
                    other => *other,
                };
                (Some(meant), 1)
            }
            (b'\r', [b'\n', ..]) => (Some(b'\n'), 1),
            (b'\r', _) => (Some(b'\n'), 0),
            _ => (Some(*first), 0),
        };
        out.extend(byte);
        rest = after.get(taken..).unwrap_or_default();
    }
    out
}

/// `<...>`; characters that are no digits are left out.
fn hexadecimal(bytes: &[u8]) -> (Word<'_>, usize) {
    let end = bytes.iter().position(|byte| *byte == b'>').unwrap_or(bytes.len());
    let digits: Vec<u8> = bytes.get(1..end).unwrap_or_default().iter().filter_map(|byte| nibble(*byte)).collect();
    let text = digits.chunks(2).map(|pair| match pair {
        [high, low] => high << 4 | low,
        [high] => high << 4,
        _ => 0,
    });
    (Word::Operand(Operand::Text(Cow::Owned(text.collect()))), (end + 1).min(bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Vec<u8> {
        match Lexer::new(bytes).operand() {
            Some(Operand::Text(text)) => text.into_owned(),
            other => panic!("{other:?}"),
        }
    }

    /// Proves N1: strings are what their escapes say.
    #[test]
    fn strings_are_read_with_their_escapes() {
        assert_eq!(text(br"(a\(b\)c(d)\\)"), b"a(b)c(d)\\");
        assert_eq!(text(b"(\\265g \\5x \\0053 a\\\r\nb\rc)"), b"\xb5g \x05x \x053 ab\nc");
        assert_eq!(text(b"<b5 6 7 2>"), b"\xb5\x67\x20");
        assert_eq!(text(b"(cut"), b"cut");
        assert_eq!(text(b"(cut\\"), b"cut\\");
    }

    /// Proves N1: numbers as writers really put them.
    #[test]
    fn numbers_are_read() {
        for (word, value) in [("12", 12.0), ("-.5", -0.5), ("+3.", 3.0), ("--5", -5.0), ("0.25", 0.25), ("1.5-2", 1.5)]
        {
            assert_eq!(number(word.as_bytes()), Some(value), "{word}");
        }
        for word in ["", "-", ".", "1a", "Tj", "T*"] {
            assert_eq!(number(word.as_bytes()), None, "{word}");
        }
    }

    /// Proves N1: a picture inside a stream is passed over, whatever its bytes.
    #[test]
    fn pictures_are_passed_over() {
        let mut bytes = b"q BI /W 2 ID \x00\xff EI \x80\x90(BT) EI\nQ (word) Tj".to_vec();
        let mut lexer = Lexer::new(&bytes);
        let mut operands = Vec::new();
        let mut found = Vec::new();
        while let Some(operator) = lexer.instruction(&mut operands) {
            found.push(operator);
        }
        assert_eq!(found, [b"q".as_slice(), b"Q", b"Tj"]);
        assert!(lexer.pictures);
        bytes.truncate(20);
        let mut lexer = Lexer::new(&bytes);
        assert_eq!(lexer.instruction(&mut Vec::new()), Some(&b"q"[..]));
        assert_eq!(lexer.instruction(&mut Vec::new()), None);
    }
}
