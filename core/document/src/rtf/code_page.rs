//! Which character a byte stands for: by the document's code page or the font's.

use encoding_rs as enc;
use encoding_rs::Encoding;

/// How bytes become characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CodePage {
    Known(&'static Encoding),
    /// Characters of the upper 128 bytes, one each.
    Table(&'static str),
    /// The Symbol font: every byte is another character than it looks. 'm' is the "µ" of µg.
    Symbol,
    /// The Wingdings font: ticks, boxes, arrows.
    Wingdings,
    /// ASCII, and nothing is known of the rest.
    Unknown,
}

/// IBM code page 437 (`\pc`).
const PC: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";
/// IBM code page 850 (`\pca`).
const PC_LATIN: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}";
/// The Symbol font from 0x20 to 0x7E.
const SYMBOL_LOW: &str =
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλ\u{B5}νοπθρστυϖωξψζ{|}∼";
/// The Symbol font from 0xA0 to 0xFE.
const SYMBOL_HIGH: &str =
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊⟨®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪\u{FFFD}⟩∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭";
/// The Wingdings characters that carry meaning in a note; its ornaments have no counterpart.
const WINGDINGS: &[(u8, char)] = &[
    (0x20, ' '),
    (0x4A, '☺'),
    (0x4C, '☹'),
    (0x6C, '●'),
    (0x6E, '■'),
    (0x6F, '□'),
    (0x70, '□'),
    (0x71, '❑'),
    (0x72, '❒'),
    (0x75, '◆'),
    (0x76, '❖'),
    (0x77, '◆'),
    (0x9E, '·'),
    (0x9F, '•'),
    (0xA1, '○'),
    (0xA7, '▪'),
    (0xA8, '□'),
    (0xAB, '★'),
    (0xD8, '➢'),
    (0xDF, '←'),
    (0xE0, '→'),
    (0xE1, '↑'),
    (0xE2, '↓'),
    (0xE8, '➔'),
    (0xEF, '⇦'),
    (0xF0, '⇨'),
    (0xF1, '⇧'),
    (0xF2, '⇩'),
    (0xFB, '✗'),
    (0xFC, '✓'),
    (0xFD, '☒'),
    (0xFE, '☑'),
];

/// Code page numbers as in `\ansicpg` and `\cpg`.
const BY_NUMBER: &[(i32, CodePage)] = &[
    (437, CodePage::Table(PC)),
    (850, CodePage::Table(PC_LATIN)),
    (858, CodePage::Table(PC_LATIN)),
    (819, CodePage::Known(enc::WINDOWS_1252)),
    (866, CodePage::Known(enc::IBM866)),
    (874, CodePage::Known(enc::WINDOWS_874)),
    (932, CodePage::Known(enc::SHIFT_JIS)),
    (936, CodePage::Known(enc::GBK)),
    (949, CodePage::Known(enc::EUC_KR)),
    (950, CodePage::Known(enc::BIG5)),
    (1250, CodePage::Known(enc::WINDOWS_1250)),
    (1251, CodePage::Known(enc::WINDOWS_1251)),
    (1252, CodePage::Known(enc::WINDOWS_1252)),
    (1253, CodePage::Known(enc::WINDOWS_1253)),
    (1254, CodePage::Known(enc::WINDOWS_1254)),
    (1255, CodePage::Known(enc::WINDOWS_1255)),
    (1256, CodePage::Known(enc::WINDOWS_1256)),
    (1257, CodePage::Known(enc::WINDOWS_1257)),
    (1258, CodePage::Known(enc::WINDOWS_1258)),
    (10000, CodePage::Known(enc::MACINTOSH)),
    (10001, CodePage::Known(enc::SHIFT_JIS)),
    (10002, CodePage::Known(enc::BIG5)),
    (10003, CodePage::Known(enc::EUC_KR)),
    (10007, CodePage::Known(enc::X_MAC_CYRILLIC)),
    (10008, CodePage::Known(enc::GBK)),
    (20866, CodePage::Known(enc::KOI8_R)),
    (21866, CodePage::Known(enc::KOI8_U)),
    (28592, CodePage::Known(enc::ISO_8859_2)),
    (28595, CodePage::Known(enc::ISO_8859_5)),
    (28597, CodePage::Known(enc::ISO_8859_7)),
    (28605, CodePage::Known(enc::ISO_8859_15)),
    (51932, CodePage::Known(enc::EUC_JP)),
    (54936, CodePage::Known(enc::GB18030)),
    (65001, CodePage::Known(enc::UTF_8)),
];

/// `\fcharset` of a font to a code page number (RTF 1.9.1, "Font table").
const BY_CHARSET: &[(i32, i32)] = &[
    (0, 1252),
    (77, 10000),
    (78, 10001),
    (79, 10003),
    (80, 10008),
    (81, 10002),
    (89, 10007),
    (128, 932),
    (129, 949),
    (134, 936),
    (136, 950),
    (161, 1253),
    (162, 1254),
    (163, 1258),
    (177, 1255),
    (178, 1256),
    (181, 1255),
    (186, 1257),
    (204, 1251),
    (222, 874),
    (238, 1250),
    (254, 437),
    (255, 850),
];

impl CodePage {
    pub(super) const ANSI: Self = Self::Known(enc::WINDOWS_1252);
    pub(super) const UTF_8: Self = Self::Known(enc::UTF_8);

    pub(super) fn of_number(number: i32) -> Self {
        let known = BY_NUMBER.iter().find(|(known, _)| *known == number).map(|(_, page)| *page);
        // 0 and 1 mean the writer's own, which for all we know is the usual one.
        known.unwrap_or(if number < 2 { Self::ANSI } else { Self::Unknown })
    }

    /// The code page of a font; `None` for the document's own.
    pub(super) fn of_charset(charset: i32) -> Option<Self> {
        let (_, number) = BY_CHARSET.iter().find(|(known, _)| *known == charset)?;
        Some(Self::of_number(*number))
    }

    /// Fonts in which letters stand for signs.
    pub(super) fn of_font_name(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        match name.as_str() {
            "symbol" | "symbol mt" | "symbolmt" | "standard symbols l" => Some(Self::Symbol),
            _ if name.starts_with("wingdings") && !name.ends_with(['2', '3']) => Some(Self::Wingdings),
            _ => None,
        }
    }

    pub(super) fn is_sign_font(self) -> bool {
        matches!(self, Self::Symbol | Self::Wingdings)
    }

    /// The character of a byte where one byte is one character.
    fn character(self, byte: u8) -> char {
        let nth = |table: &str, first: u8| table.chars().nth(usize::from(byte - first));
        let found = match (self, byte) {
            (Self::Symbol, 0x20..=0x7E) => nth(SYMBOL_LOW, 0x20),
            (Self::Symbol, 0xA0..) => nth(SYMBOL_HIGH, 0xA0),
            (Self::Wingdings, 0x20..) => WINGDINGS.iter().find(|(code, _)| *code == byte).map(|(_, c)| *c),
            (_, 0..=0x7F) => Some(char::from(byte)),
            (Self::Table(table), _) => nth(table, 0x80),
            _ => None,
        };
        found.unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    /// The character that a sign font's private code (U+F020 to U+F0FF) shows; in any other font it is Symbol's.
    pub(super) fn private_sign(self, code: u32) -> Option<char> {
        let byte = u8::try_from(code.checked_sub(0xF000)?).ok().filter(|byte| *byte >= 0x20)?;
        Some(if self == Self::Wingdings { self } else { Self::Symbol }.character(byte))
    }
}

/// Turns bytes into text as they come. A character of two bytes may be cut by controls, so the first is kept.
#[derive(Default)]
pub(super) struct Decoder {
    running: Option<(&'static Encoding, enc::Decoder)>,
}

impl Decoder {
    /// Adds what `bytes` stand for.
    pub(super) fn push(&mut self, page: CodePage, bytes: &[u8], out: &mut String) {
        let CodePage::Known(encoding) = page else {
            self.finish(out);
            out.extend(bytes.iter().map(|byte| page.character(*byte)));
            return;
        };
        if self.running.as_ref().is_some_and(|(running, _)| *running != encoding) {
            self.finish(out);
        }
        if self.running.is_none() && bytes.is_ascii() {
            out.extend(bytes.iter().map(|byte| char::from(*byte)));
            return;
        }
        let (_, decoder) = self.running.get_or_insert_with(|| (encoding, encoding.new_decoder_without_bom_handling()));
        out.reserve(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(0));
        let _ = decoder.decode_to_string(bytes, out, false);
    }

    /// Ends the run: a first byte without its second is U+FFFD.
    pub(super) fn finish(&mut self, out: &mut String) {
        if let Some((_, mut decoder)) = self.running.take() {
            out.reserve(decoder.max_utf8_buffer_length(0).unwrap_or(0));
            let _ = decoder.decode_to_string(&[], out, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(page: CodePage, parts: &[&[u8]]) -> String {
        let (mut decoder, mut out) = (Decoder::default(), String::new());
        parts.iter().for_each(|part| decoder.push(page, part, &mut out));
        decoder.finish(&mut out);
        out
    }

    /// Proves N1: every byte of a table has one character, at its place.
    #[test]
    fn tables_are_whole() {
        assert_eq!((PC.chars().count(), PC_LATIN.chars().count()), (128, 128));
        assert_eq!((SYMBOL_LOW.chars().count(), SYMBOL_HIGH.chars().count()), (0x7F - 0x20, 0xFF - 0xA0));
        assert_eq!(decoded(CodePage::of_number(437), &[b"5 \xe6g \xf1 \xf8 \x9c \xff|"]), "5 µg ± ° £ \u{A0}|");
        assert_eq!(decoded(CodePage::of_number(850), &[b"\xe6 \xf1 \xf8 \xb8"]), "µ ± ° ©");
        assert_eq!(
            decoded(CodePage::Symbol, &[b"5 mg \xb3 3 \xb1 \xb0 abD \xb7\xa3\xde\xfe"]),
            "5 \u{B5}γ ≥ 3 ± ° αβΔ •≤⇒⎭"
        );
        assert_eq!(decoded(CodePage::Wingdings, &[b"\xfe\xa8\xfc\x21"]), "☑□✓\u{FFFD}");
        assert_eq!(decoded(CodePage::of_number(4242), &[b"a\xe9"]), "a\u{FFFD}");
    }

    /// Proves N1: a character of two bytes survives being cut in two, and half of one is told.
    #[test]
    fn cut_characters_are_joined() {
        let page = CodePage::of_number(932);
        assert_eq!(decoded(page, &[b"a\x82", b"\xa0", b"b"]), "aあb");
        assert_eq!(decoded(page, &[b"a\x82"]), "a\u{FFFD}");
    }
}
