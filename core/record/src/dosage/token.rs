//! A typed instruction cut into words, numbers and marks.

use super::amount::Number;

/// One piece of a typed instruction.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// In small letters, without the dots of an abbreviation.
    Word(String),
    /// In figures.
    Number(Number),
    /// `( ) , ; . / -`
    Mark(char),
}

/// A token, and the text it was read from.
#[derive(Clone)]
pub(super) struct Piece<'t> {
    pub(super) token: Token,
    pub(super) text: &'t str,
}

const MAX_PIECES: usize = 120;

/// Cuts a text into pieces. `None` if it holds a character that has no place in an instruction.
pub(super) fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut last: Option<char> = None;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            _ if next.is_whitespace() => next.len_utf8(),
            _ if next.is_ascii_digit() || next == '.' && starts_with_digit(rest.get(1..)?) => {
                // A full stop between a letter and a figure is a typing mistake that could be a decimal point.
                if next == '.' && last.is_some_and(|last| !last.is_whitespace() && last != '(') {
                    return None;
                }
                let (number, length) = number(rest)?;
                found.push(Piece { token: Token::Number(number), text: rest.get(..length)? });
                length
            }
            '½' | '¼' | '¾' => {
                let length = next.len_utf8();
                let text = rest.get(..length)?;
                found.push(Piece { token: Token::Number(Number::read(text)?), text });
                length
            }
            _ if next.is_alphabetic() => {
                let length = word_length(rest);
                let text = rest.get(..length)?;
                let word: String = text.to_lowercase().chars().filter(|c| !matches!(c, '.' | '\'' | '’')).collect();
                found.push(Piece { token: Token::Word(word), text });
                length
            }
            '(' if rest.get(..3).is_some_and(|text| text.eq_ignore_ascii_case("(s)")) => 3,
            '(' | ')' | ',' | ';' | '.' | '/' | '-' => {
                found.push(Piece { token: Token::Mark(next), text: rest.get(..1)? });
                1
            }
            '–' => {
                found.push(Piece { token: Token::Mark('-'), text: rest.get(..next.len_utf8())? });
                next.len_utf8()
            }
            '&' => {
                found.push(Piece { token: Token::Word("and".to_owned()), text: rest.get(..1)? });
                1
            }
            _ => return None,
        };
        last = rest.get(..length)?.chars().next_back();
        rest = rest.get(length..)?;
        if found.len() > MAX_PIECES {
            return None;
        }
    }
    Some(found)
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// A number and how many bytes it takes: `10`, `1,000`, `2.5`, `.5`, `1/2`. `None` for `1.2.3`, `1/2/3`, `0,5`.
fn number(text: &str) -> Option<(Number, usize)> {
    let mut length = 0;
    for (at, c) in text.char_indices() {
        let comma = c == ',' && group_follows(text.get(at + 1..)?);
        let part =
            c.is_ascii_digit() || comma || matches!(c, '.' | '/') && starts_with_digit(text.get(at + c.len_utf8()..)?);
        if !part {
            break;
        }
        length = at + c.len_utf8();
    }
    let rest = text.get(length..)?;
    let figures = text.get(..length)?;
    let follows = rest.chars().next();
    // Marks of a decimal comma: `0,5`.
    if follows == Some(',') && starts_with_digit(rest.get(1..)?) {
        return None;
    }
    Some((Number::read(figures)?, length))
}

/// Three figures and no fourth: the comma before them parts thousands.
fn group_follows(text: &str) -> bool {
    text.chars().take_while(char::is_ascii_digit).count() == 3
}

/// Letters, with the dots of `b.i.d.` and apostrophes inside.
fn word_length(text: &str) -> usize {
    let mut letters = text.char_indices().peekable();
    let mut length = 0;
    let mut run = 0;
    while let Some((at, c)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        if c.is_alphabetic() {
            run += 1;
        } else if matches!(c, '\'' | '’') && next.is_some_and(char::is_alphabetic) {
            run += 2;
        } else if c == '.' && run == 1 && (next.is_some_and(char::is_alphabetic) || has_inner_dot(text.get(..at))) {
            run = 0;
        } else {
            break;
        }
        length = at + c.len_utf8();
    }
    length
}

fn has_inner_dot(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.contains('.'))
}
