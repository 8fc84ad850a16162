//! The marks of RTF: groups, control words and symbols, escaped bytes, binary data, text.

/// One mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `\word` or `\wordN`, with the space that ends it.
    Control {
        /// ASCII letters.
        word: &'a str,
        value: Option<i32>,
    },
    /// A backslash and something else than a letter.
    Symbol(u8),
    /// `\'hh`
    Escaped(u8),
    /// Bytes as they stand, without line ends.
    Text(&'a [u8]),
}

/// Cuts RTF into marks; every byte belongs to one or is a line end.
#[derive(Clone)]
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
    /// A `\bin` claimed more bytes than there are.
    pub(super) damaged: bool,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, damaged: false }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The longest run of bytes that are all `accepted`.
    fn run(&mut self, accepted: impl Fn(&u8) -> bool) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| accepted(byte)).count();
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn control(&mut self) -> Token<'a> {
        let word = core::str::from_utf8(self.run(u8::is_ascii_alphabetic)).unwrap_or_default();
        let negative = self.peek() == Some(b'-') && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit);
        self.at += usize::from(negative);
        let digits = self.run(u8::is_ascii_digit);
        let value = (!digits.is_empty()).then(|| {
            let size =
                digits.iter().fold(0_i32, |sum, digit| sum.saturating_mul(10).saturating_add(i32::from(digit - b'0')));
            if negative { -size } else { size }
        });
        self.at += usize::from(self.peek() == Some(b' '));
        if word == "bin" {
            self.pass_binary(value.unwrap_or(0));
        }
        Token::Control { word, value }
    }

    /// A count that reaches past the end is a lie, and believing it would cost the rest of the note.
    fn pass_binary(&mut self, count: i32) {
        let end = self.at.saturating_add(usize::try_from(count).unwrap_or(0));
        if end <= self.bytes.len() {
            self.at = end;
        } else {
            self.damaged = true;
        }
    }

    fn escaped(&mut self) -> Option<Token<'a>> {
        let digits = self.bytes.get(self.at..self.at + 2)?;
        let value = u8::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()?;
        self.at += 2;
        Some(Token::Escaped(value))
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let first = self.peek()?;
            self.at += 1;
            match first {
                b'{' => return Some(Token::Open),
                b'}' => return Some(Token::Close),
                b'\r' | b'\n' | 0 => {}
                b'\\' => match self.peek()? {
                    letter if letter.is_ascii_alphabetic() => return Some(self.control()),
                    b'\'' => {
                        self.at += 1;
                        if let Some(token) = self.escaped() {
                            return Some(token);
                        }
                    }
                    symbol => {
                        self.at += 1;
                        if symbol == b'\r' && self.peek() == Some(b'\n') {
                            self.at += 1;
                        }
                        return Some(Token::Symbol(symbol));
                    }
                },
                _ => {
                    self.at -= 1;
                    return Some(Token::Text(
                        self.run(|byte| !matches!(byte, b'{' | b'}' | b'\\' | b'\r' | b'\n' | 0)),
                    ));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(word: &str, value: Option<i32>) -> Token<'_> {
        Token::Control { word, value }
    }

    /// Proves N1: marks are told apart as the format says.
    #[test]
    fn marks_are_told_apart() {
        let read: Vec<Token<'_>> =
            Tokens::new(b"{\\b0 x\\u-10-y\\'e9\\'zz\\*\\bin3 }}}ok\\bin99 z\r\n\\\r\n\\i").collect();
        assert_eq!(
            read,
            [
                Token::Open,
                control("b", Some(0)),
                Token::Text(b"x"),
                control("u", Some(-10)),
                Token::Text(b"-y"),
                Token::Escaped(0xe9),
                Token::Text(b"zz"),
                Token::Symbol(b'*'),
                control("bin", Some(3)),
                Token::Text(b"ok"),
                control("bin", Some(99)),
                Token::Text(b"z"),
                Token::Symbol(b'\r'),
                control("i", None),
            ]
        );
    }
}
