//! Text strings: values of form fields, words of annotations, replacement text (ISO 32000-2, 7.9.2.2).

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};

/// PDFDocEncoding from 0x18 on, and from 0x80 on, where it is not Latin-1.
const ACCENTS: &str = "\u{2d8}\u{2c7}\u{2c6}\u{2d9}\u{2dd}\u{2db}\u{2da}\u{2dc}";
const SIGNS: &str = "\u{2022}\u{2020}\u{2021}\u{2026}\u{2014}\u{2013}\u{192}\u{2044}\u{2039}\u{203a}\u{2212}\u{2030}\
    \u{201e}\u{201c}\u{201d}\u{2018}\u{2019}\u{201a}\u{2122}\u{fb01}\u{fb02}\u{141}\u{152}\u{160}\u{178}\u{17d}\
    \u{131}\u{142}\u{153}\u{161}\u{17e}\u{fffd}\u{20ac}";

/// The words of a text string.
pub(super) fn text_string(bytes: &[u8]) -> String {
    for (mark, charset) in [(&b"\xfe\xff"[..], UTF_16BE), (b"\xff\xfe", UTF_16LE), (b"\xef\xbb\xbf", UTF_8)] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            return without_language(&charset.decode_without_bom_handling(rest).0);
        }
    }
    let character = |byte: u8| match byte {
        0x18..=0x1F => ACCENTS.chars().nth(usize::from(byte - 0x18)),
        0x80..=0xA0 => SIGNS.chars().nth(usize::from(byte - 0x80)),
        other => Some(char::from(other)),
    };
    bytes.iter().filter_map(|byte| character(*byte)).collect()
}

/// A language may stand between two escapes.
fn without_language(text: &str) -> String {
    text.split('\u{1b}').step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves N1: values are read in each of the encodings that a file may use.
    #[test]
    fn text_strings_are_read() {
        assert_eq!(text_string(b"5 \xb5g \x84 \xa0"), "5 \u{b5}g \u{2014} \u{20ac}");
        assert_eq!(text_string(b"\xfe\xff\x22\x65\x00 \x003"), "\u{2265} 3");
        assert_eq!(text_string(b"\xff\xfe\x65\x22"), "\u{2265}");
        assert_eq!(text_string(b"\xef\xbb\xbf\xc2\xb5g"), "\u{b5}g");
        assert_eq!(text_string(b"\xfe\xff\x00\x1b\x00e\x00n\x00\x1b\x00A"), "A");
    }
}
