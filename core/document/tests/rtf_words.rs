//! RTF: no text is lost, whatever the file does.

use plainchart_document::{DocumentError, Exceeded, Limits, NoteModel, Remark, read};
use proptest::collection::vec;
use proptest::prelude::*;

fn model(source: &[u8]) -> NoteModel {
    read(source, Some("application/rtf"), &Limits::default()).expect("small and readable")
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A writer of RTF: the same words in one of several spellings.
#[derive(Debug, Clone, Copy)]
enum Spelling {
    /// `\uN` with a `?` for old readers.
    Numbers,
    /// `\uN` with `\uc0`.
    BareNumbers,
    /// Escaped bytes of a code page.
    Escaped(&'static str, u16),
    /// Bytes of a code page as they stand, but for the format's own marks.
    Raw(&'static str, u16),
}

const SPELLINGS: &[Spelling] = &[
    Spelling::Numbers,
    Spelling::BareNumbers,
    Spelling::Escaped("windows-1252", 1252),
    Spelling::Escaped("windows-1251", 1251),
    Spelling::Escaped("shift_jis", 932),
    Spelling::Escaped("gbk", 936),
    Spelling::Escaped("big5", 950),
    Spelling::Escaped("utf-8", 65001),
    Spelling::Raw("windows-1252", 1252),
    Spelling::Raw("windows-1253", 1253),
    Spelling::Raw("utf-8", 1252),
];

impl Spelling {
    fn write(self, text: &str, out: &mut Vec<u8>) {
        for c in text.chars() {
            match (self, c) {
                (_, '{' | '}' | '\\') => out.extend([b'\\', c as u8]),
                (_, ' '..='~') => out.push(c as u8),
                (Self::Escaped(name, _), _) if !encoded(name, c).is_empty() => {
                    out.extend(encoded(name, c).iter().flat_map(|byte| format!("\\'{byte:02x}").into_bytes()));
                }
                (Self::Raw(name, _), _) if !encoded(name, c).is_empty() => out.extend(encoded(name, c)),
                (Self::BareNumbers, _) => {
                    let units =
                        c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{} ", *unit)).collect::<String>();
                    out.extend(format!("{{\\uc0{units}}}").into_bytes());
                }
                _ => {
                    let units = c
                        .encode_utf16(&mut [0; 2])
                        .iter()
                        .map(|unit| format!("\\u{}?", *unit as i16))
                        .collect::<String>();
                    out.extend(units.into_bytes());
                }
            }
        }
    }

    fn page(self) -> u16 {
        match self {
            Self::Escaped(_, page) | Self::Raw(_, page) => page,
            _ => 1252,
        }
    }
}

/// The character in a code page; nothing if it is not in there.
fn encoded(name: &str, c: char) -> Vec<u8> {
    let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).expect("a known name");
    let text = c.to_string();
    let (bytes, _, unmappable) = encoding.encode(&text);
    if unmappable { Vec::new() } else { bytes.into_owned() }
}

#[derive(Debug, Clone)]
enum Part {
    Paragraph(Vec<String>),
    Listed(Vec<String>),
    Table(Vec<Vec<String>>),
    Beside(String),
    Linked(String),
}

fn sentence() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        6 => "[A-Za-z0-9]{1,8}[.,%:;]?",
        1 => "[éüñö]{1,3}",
        1 => "[µ°±×]",
        1 => "[а-яё]{2,6}",
        1 => "[α-ω]{2,6}",
        1 => "[あ-ん漢字東京]{1,4}",
        1 => "[א-ת]{2,5}",
        1 => "[🙂🫀{}\\\\]{1,2}",
    ];
    vec(word, 1..9).prop_map(|words| words.join(" "))
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        4 => vec(sentence(), 1..4).prop_map(Part::Paragraph),
        1 => vec(sentence(), 1..4).prop_map(Part::Listed),
        2 => vec(vec(sentence(), 1..4), 1..4).prop_map(Part::Table),
        1 => sentence().prop_map(Part::Beside),
        1 => sentence().prop_map(Part::Linked),
    ]
}

/// The file, and its words in order.
fn written(parts: &[Part], spelling: Spelling) -> (Vec<u8>, Vec<String>) {
    let mut out =
        format!("{{\\rtf1\\ansi\\ansicpg{}\\deff0{{\\fonttbl{{\\f0 Arial;}}}}\\uc1\r\n", spelling.page()).into_bytes();
    let mut all = Vec::new();
    let mut text = |text: &str, out: &mut Vec<u8>| {
        all.extend(words(text));
        spelling.write(text, out);
    };
    for part in parts {
        match part {
            Part::Paragraph(runs) => {
                out.extend(b"\\pard\\plain ");
                let starts = [b"{\\b ".as_slice(), b"{\\i\\fs24 ", b"{\\v "];
                for (run, start) in runs.iter().zip(starts) {
                    out.extend(start);
                    text(run, &mut out);
                    out.extend(b"} ");
                }
                out.extend(b"\\par\r\n");
            }
            Part::Listed(items) => {
                for item in items {
                    out.extend(b"{\\listtext\\'95\\tab}\\pard\\ls1 ");
                    text(item, &mut out);
                    out.extend(b"\\par ");
                }
            }
            Part::Table(rows) => {
                for row in rows {
                    out.extend(b"\\trowd");
                    (1..=row.len()).for_each(|cell| out.extend(format!("\\cellx{}", cell * 1000).into_bytes()));
                    out.extend(b"\\pard\\intbl ");
                    for cell in row {
                        text(cell, &mut out);
                        out.extend(b"\\cell ");
                    }
                    out.extend(b"\\row ");
                }
            }
            Part::Beside(note) => {
                out.extend(b"\\pard\\par{\\header\\pard ");
                text(note, &mut out);
                out.extend(b"\\par}");
            }
            Part::Linked(label) => {
                out.extend(b"\\pard {\\field{\\*\\fldinst HYPERLINK \"https://ward.example/\"}{\\fldrslt ");
                text(label, &mut out);
                out.extend(b"}}\\par ");
            }
        }
    }
    out.push(b'}');
    (out, all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Proves N1: words written as RTF come back, all and in order, in every code page and spelling.
    #[test]
    fn words_come_back_in_order(parts in vec(part(), 1..8), spelling in prop::sample::select(SPELLINGS)) {
        let (source, expected) = written(&parts, spelling);
        prop_assert_eq!(words(&model(&source).text()), expected, "{}", source.escape_ascii());
    }

    /// Proves N1 and D10: a damaged file is read or refused, and never brings the reader down.
    #[test]
    fn damage_never_brings_it_down(parts in vec(part(), 1..6), damage in vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..12)) {
        let (mut source, _) = written(&parts, Spelling::Escaped("shift_jis", 932));
        for (at, byte, manner) in damage {
            let at = at.index(source.len());
            match manner {
                0 => source[at] = byte,
                1 => { source.remove(at); source.push(b' '); }
                2 => source.insert(at, b"{}\\'*;"[usize::from(byte) % 6]),
                _ => source.truncate(at.max(8)),
            }
        }
        let result = read(&source, None, &Limits::default());
        prop_assert_ne!(result.err(), Some(DocumentError::ReaderFault));
    }
}

const SMALL: &str = "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}\\pard zero \\b one\\b0  two\\par {\\listtext -\\tab}three\\par\
    {\\header four\\par}\\pard five \\u8805? six\\par\\trowd\\cellx10\\cellx20\\pard\\intbl seven\\cell eight\\cell\\row\
    \\trowd\\cellx10\\cellx20\\pard\\intbl nine\\cell ten\\cell\\row\\pard {\\field{\\*\\fldinst HYPERLINK \"tel:1\"}{\\fldrslt eleven}} twelve \\'e9 thirteen\\par}";

/// Proves N1: a file that was cut keeps every word before the cut.
#[test]
fn words_before_a_cut_are_kept() {
    let all = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen",
    ];
    for cut in 6..SMALL.len() {
        let source = SMALL.get(..cut).expect("ASCII");
        let text = model(source.as_bytes()).text();
        let whole = all.iter().filter(|word| {
            source.contains(&format!("{word} "))
                || source.contains(&format!("{word}\\"))
                || source.contains(&format!("{word}}}"))
        });
        for word in whole {
            assert!(words(&text).iter().any(|found| found == word), "{word} of {source} in {text}");
        }
    }
}

/// Proves D10 and N1: files made to hurt end, stay small, and keep their last words.
#[test]
fn hostile_files_end_and_keep_their_words() {
    let filled = |unit: &str| unit.repeat(400_000 / unit.len());
    for body in [
        "{".repeat(100_000) + "last words" + &"}".repeat(100_000),
        filled("{\\b ") + "last words",
        filled("{\\footnote ") + "last words",
        filled("{\\field{\\fldrslt ") + "last words",
        filled("\\trowd\\cellx1\\intbl ") + "last words",
        filled("\\cellx5") + "\\intbl\\cell\\row\\pard last words",
        filled("\\itap9999\\intbl x") + "\\par last words",
        filled("}") + "last words",
        filled("\\u55357?") + " last words",
        filled("{\\uc64\\u1?}") + " last words",
        filled("\\'") + "last words",
        filled("\\bin999999999 ") + "last words",
        filled("\\*") + "last words",
        filled("\\a") + " last words",
        filled("\\b9999999999999999999") + " last words",
        "\\".to_owned() + &filled("letters") + " last words",
        filled("{\\listtext 1.}\\ls1\\ilvl99 ") + "last words",
        "\\trowd".to_owned() + &filled("\\clvmrg\\cellx9") + &"\\intbl\\cell\\row".repeat(5_000) + "\\pard last words",
    ] {
        let limits = Limits { blocks: usize::MAX, ..Limits::default() };
        let model = read(format!("{{\\rtf1\\ansi {body}").as_bytes(), None, &limits).unwrap();
        assert!(model.text().trim_end().ends_with("last words"), "{}", body.chars().take(40).collect::<String>());
    }
    let deep = model(format!("{{\\rtf1 {}words", "{".repeat(100_000)).as_bytes());
    assert!(deep.remarks.contains(&Remark::NestingFlattened));
}

/// Proves D10: sizes are typed errors while the model grows.
#[test]
fn sizes_are_typed_errors() {
    let exceeded =
        |unit: &str, limits: Limits| match read(format!("{{\\rtf1 {}", unit.repeat(60)).as_bytes(), None, &limits) {
            Err(DocumentError::TooLarge { exceeded, .. }) => exceeded,
            other => panic!("{other:?}"),
        };
    let blocks = Limits { blocks: 50, ..Limits::default() };
    for unit in ["word\\par\\par ", "\\cell ", "{\\listtext -}x\\par ", "{\\footnote x}"] {
        assert_eq!(exceeded(unit, blocks), Exceeded::Blocks, "{unit}");
    }
    let bytes = Limits { output_bytes: 500, ..Limits::default() };
    let link = format!("{{\\field{{\\*\\fldinst HYPERLINK https://a.example/{}}}{{\\fldrslt x}}}}", "y".repeat(100));
    for unit in ["some more words ", "{\\listtext a long marker}", "\\u9999?\\u9999?\\u9999?", &link] {
        assert_eq!(exceeded(unit, bytes), Exceeded::OutputBytes, "{unit}");
    }
}

/// Proves V6: `Debug` and errors show no word of the note.
#[test]
fn debug_shows_no_words() {
    let marker = "zebrafinch";
    let source = format!("{{\\rtf1 {marker}\\par{{\\listtext {marker}}}{marker}\\par}}");
    assert!(!format!("{:?}", model(source.as_bytes())).contains(marker));
    let error = read(source.as_bytes(), None, &Limits { output_bytes: 20, ..Limits::default() }).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(marker));
}
