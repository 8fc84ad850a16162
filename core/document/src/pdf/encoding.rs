//! The encodings that PDF names, and those built into its two symbol fonts (ISO 32000-2, annex D).

use encoding_rs::{MACINTOSH, WINDOWS_1252};

/// A table from codes to characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Standard,
    WinAnsi,
    MacRoman,
    Symbol,
    Dingbats,
    Wingdings,
}

/// Standard encoding where it is not ASCII.
const STANDARD: &[(u8, &str)] = &[
    (0xA1, "\u{a1}\u{a2}\u{a3}\u{2044}\u{a5}\u{192}\u{a7}\u{a4}'\u{201c}\u{ab}\u{2039}\u{203a}\u{fb01}\u{fb02}"),
    (0xB1, "\u{2013}\u{2020}\u{2021}\u{b7}"),
    (0xB6, "\u{b6}\u{2022}\u{201a}\u{201e}\u{201d}\u{bb}\u{2026}\u{2030}"),
    (0xBF, "\u{bf}"),
    (0xC1, "`\u{b4}\u{2c6}\u{2dc}\u{af}\u{2d8}\u{2d9}\u{a8}"),
    (0xCA, "\u{2da}\u{b8}"),
    (0xCD, "\u{2dd}\u{2db}\u{2c7}\u{2014}"),
    (0xE1, "\u{c6}"),
    (0xE3, "\u{aa}"),
    (0xE8, "\u{141}\u{d8}\u{152}\u{ba}"),
    (0xF1, "\u{e6}"),
    (0xF5, "\u{131}"),
    (0xF8, "\u{142}\u{f8}\u{153}\u{df}"),
];

/// The Symbol font.
const SYMBOL: &[(u8, &str)] = &[
    (0x20, " !\u{2200}#\u{2203}%&\u{220b}()\u{2217}+,\u{2212}./0123456789:;<=>?"),
    (0x40, "\u{2245}ΑΒΧΔΕΦΓΗΙ\u{3d1}ΚΛΜΝΟΠΘΡΣΤΥ\u{3c2}ΩΞΨΖ[\u{2234}]\u{22a5}_"),
    (0x60, "\u{203e}αβχδεφγηι\u{3d5}κλ\u{b5}νοπθρστυ\u{3d6}ωξψζ{|}\u{223c}"),
    (0xA0, "\u{20ac}\u{3d2}\u{2032}\u{2264}\u{2044}\u{221e}\u{192}\u{2663}\u{2666}\u{2665}\u{2660}\u{2194}\u{2190}"),
    (0xAD, "\u{2191}\u{2192}\u{2193}\u{b0}\u{b1}\u{2033}\u{2265}\u{d7}\u{221d}\u{2202}\u{2022}\u{f7}\u{2260}\u{2261}"),
    (0xBB, "\u{2248}\u{2026}\u{23d0}\u{23af}\u{21b5}\u{2135}\u{2111}\u{211c}\u{2118}\u{2297}\u{2295}\u{2205}\u{2229}"),
    (0xC8, "\u{222a}\u{2283}\u{2287}\u{2284}\u{2282}\u{2286}\u{2208}\u{2209}\u{2220}\u{2207}\u{ae}\u{a9}\u{2122}"),
    (0xD5, "\u{220f}\u{221a}\u{22c5}\u{ac}\u{2227}\u{2228}\u{21d4}\u{21d0}\u{21d1}\u{21d2}\u{21d3}\u{25ca}\u{2329}"),
    (
        0xE2,
        "\u{ae}\u{a9}\u{2122}\u{2211}\u{239b}\u{239c}\u{239d}\u{23a1}\u{23a2}\u{23a3}\u{23a7}\u{23a8}\u{23a9}\u{23aa}",
    ),
    (
        0xF1,
        "\u{232a}\u{222b}\u{2320}\u{23ae}\u{2321}\u{239e}\u{239f}\u{23a0}\u{23a4}\u{23a5}\u{23a6}\u{23ab}\u{23ac}\u{23ad}",
    ),
];

/// ZapfDingbats where it does not follow the Dingbats block of Unicode.
const DINGBATS: &[(u8, &str)] = &[
    (0x20, " "),
    (0x25, "\u{260e}"),
    (0x2A, "\u{261b}\u{261e}"),
    (0x48, "\u{2605}"),
    (0x6C, "\u{25cf}"),
    (0x6E, "\u{25a0}"),
    (0x73, "\u{25b2}\u{25bc}\u{25c6}"),
    (0x77, "\u{25d7}"),
    (0xA8, "\u{2663}\u{2666}\u{2665}\u{2660}"),
    (0xAC, "\u{2460}\u{2461}\u{2462}\u{2463}\u{2464}\u{2465}\u{2466}\u{2467}\u{2468}\u{2469}"),
    (0xD5, "\u{2192}\u{2194}\u{2195}"),
];

/// What of Wingdings stands in text: boxes, ticks, bullets, arrows.
const WINGDINGS: &[(u8, &str)] = &[
    (0x20, " "),
    (0x6C, "\u{25cf}"),
    (0x6E, "\u{25a0}\u{25a1}\u{25a1}\u{2751}\u{2752}"),
    (0x75, "\u{25c6}\u{2756}"),
    (0x9E, "\u{b7}\u{2022}"),
    (0xA1, "\u{25cb}"),
    (0xA7, "\u{25aa}\u{25fb}"),
    (0xD8, "\u{27a2}"),
    (0xDF, "\u{2190}\u{2192}\u{2191}\u{2193}"),
    (0xE8, "\u{2794}"),
    (0xFB, "\u{2717}\u{2713}\u{2612}\u{2611}"),
];

impl Base {
    /// The encoding of a name in a font's dictionary.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"WinAnsiEncoding" => Some(Self::WinAnsi),
            b"MacRomanEncoding" => Some(Self::MacRoman),
            b"StandardEncoding" => Some(Self::Standard),
            _ => None,
        }
    }

    /// The encoding that a font of symbols has in itself, whatever its dictionary says.
    pub(super) fn built_into(font: &str) -> Option<Self> {
        let font = font.to_ascii_lowercase();
        let stem = font.split(['-', ',']).next().unwrap_or_default();
        match stem {
            "symbol" | "symbolmt" | "symbolps" | "standardsymbolsl" | "standardsymbolsps" => Some(Self::Symbol),
            "zapfdingbats" | "itczapfdingbats" | "dingbats" | "d050000l" => Some(Self::Dingbats),
            "wingdings" => Some(Self::Wingdings),
            _ => None,
        }
    }

    /// The character of a code.
    pub(super) fn character(self, code: u8) -> Option<char> {
        match self {
            Self::WinAnsi => single_byte(WINDOWS_1252, code).or((code > 0x7E).then_some('\u{2022}')),
            Self::MacRoman => single_byte(MACINTOSH, code),
            Self::Standard => match code {
                0x27 => Some('\u{2019}'),
                0x60 => Some('\u{2018}'),
                0x20..=0x7E => Some(char::from(code)),
                _ => listed(STANDARD, code),
            },
            Self::Symbol => listed(SYMBOL, code),
            Self::Dingbats => listed(DINGBATS, code).or_else(|| match code {
                0x21..=0x7E => char::from_u32(0x26E0 + u32::from(code)),
                0x80..=0x8D => char::from_u32(0x26E8 + u32::from(code)),
                0xA1..=0xEF | 0xF1..=0xFE => char::from_u32(0x26C0 + u32::from(code)),
                _ => None,
            }),
            Self::Wingdings => listed(WINGDINGS, code),
        }
    }
}

fn single_byte(charset: &'static encoding_rs::Encoding, code: u8) -> Option<char> {
    let text = charset.decode_without_bom_handling(&[code]).0.chars().next()?;
    (!text.is_control()).then_some(text)
}

fn listed(table: &[(u8, &str)], code: u8) -> Option<char> {
    let (first, characters) = table.iter().rev().find(|(first, _)| *first <= code)?;
    characters.chars().nth(usize::from(code - first))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves N1: a unit is never read as another: each encoding gives its own sign for a code.
    #[test]
    fn units_are_what_the_encoding_says() {
        for (base, code, sign) in [
            (Base::WinAnsi, 0xB5, Some('\u{b5}')),
            (Base::WinAnsi, 0x80, Some('\u{20ac}')),
            (Base::WinAnsi, 0xBD, Some('\u{bd}')),
            (Base::WinAnsi, 0xB0, Some('\u{b0}')),
            (Base::WinAnsi, b'm', Some('m')),
            (Base::WinAnsi, 0x81, Some('\u{2022}')),
            (Base::WinAnsi, 0x01, None),
            (Base::MacRoman, 0xB5, Some('\u{b5}')),
            (Base::MacRoman, 0xB3, Some('\u{2265}')),
            (Base::MacRoman, 0xA1, Some('\u{b0}')),
            (Base::Standard, 0xB7, Some('\u{2022}')),
            (Base::Standard, 0xB5, None),
            (Base::Standard, 0xFB, Some('\u{df}')),
            (Base::Standard, b'\'', Some('\u{2019}')),
            (Base::Symbol, b'm', Some('\u{b5}')),
            (Base::Symbol, 0xB3, Some('\u{2265}')),
            (Base::Symbol, 0xA3, Some('\u{2264}')),
            (Base::Symbol, 0xB1, Some('\u{b1}')),
            (Base::Symbol, 0xB0, Some('\u{b0}')),
            (Base::Symbol, b'a', Some('\u{3b1}')),
            (Base::Symbol, b'W', Some('\u{3a9}')),
            (Base::Symbol, 0xDE, Some('\u{21d2}')),
            (Base::Symbol, 0xF0, None),
            (Base::Symbol, 0xFE, Some('\u{23ad}')),
            (Base::Dingbats, 0x34, Some('\u{2714}')),
            (Base::Dingbats, 0x38, Some('\u{2718}')),
            (Base::Dingbats, 0xC0, Some('\u{2780}')),
            (Base::Wingdings, 0xFE, Some('\u{2611}')),
            (Base::Wingdings, b'A', None),
        ] {
            assert_eq!(base.character(code), sign, "{base:?} {code:#x}");
        }
        for code in 0x20..0x7F_u8 {
            assert_eq!(Base::WinAnsi.character(code), Some(char::from(code)));
        }
    }
}
