//! Characters that are not part of the words.

use crate::remark::{Remark, Remarks};

/// Every kind of line end becomes `\n` (a form feed and Unicode's separators too), tabs stay, every other control
/// character becomes a space so that the words beside it stay two words. Overrides of the text direction are
/// dropped: they could show "12" as "21". Of many empty lines two are left.
pub(crate) fn clean(text: &str, remarks: &mut Remarks) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    end_line(&mut out);
                }
            }
            '\n' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => end_line(&mut out),
            '\t' => out.push('\t'),
            '\u{FEFF}' => {}
            '\u{202D}' | '\u{202E}' => remarks.add(Remark::ControlCharactersRemoved),
            c if c.is_control() => {
                out.push(' ');
                remarks.add(Remark::ControlCharactersRemoved);
            }
            c => out.push(c),
        }
    }
    out
}

fn end_line(out: &mut String) {
    if !out.ends_with("\n\n\n") {
        out.push('\n');
    }
}
