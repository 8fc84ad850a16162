//! What the letters of a PDF are: operators, encodings, fonts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "for tests only")]

#[path = "pdf/writer.rs"]
mod writer;

use plainchart_document::{Format, Limits, NoteModel, Remark, read};
use writer::{BOLD, HELVETICA, Writer, deflated, page_with, pages};

fn model(bytes: &[u8]) -> NoteModel {
    let model = read(bytes, Some("application/pdf"), &Limits::default()).unwrap();
    assert_eq!(model.format, Format::Pdf);
    model
}

fn text_of(content: &str) -> String {
    model(&pages(&[content.as_bytes()]).finish(1)).text()
}

fn text_with(content: &[u8], fonts: &str) -> String {
    model(&page_with(content, fonts).finish(1)).text()
}

/// Proves N1: every operator that shows, moves or spaces text does what the standard says.
#[test]
fn operators_show_and_move_text() {
    for (content, expected) in [
        ("BT /F 10 Tf 72 700 Td (seen today) Tj ET", "seen today"),
        ("BT /F 10 Tf 72 700 Td [(se) 20 (en) -300 (today)] TJ ET", "seen today"),
        (
            "BT /F 10 Tf 14 TL 72 700 Td (one) Tj T* (two) Tj (three) ' 1 0 (four five) \" ET",
            "one\ntwo\nthree\nfour five",
        ),
        ("BT /F 10 Tf 72 700 Td (one) Tj 0 -14 TD (two) Tj T* (three) Tj ET", "one\ntwo\nthree"),
        ("BT /F 10 Tf 1 0 0 1 72 690 Tm (two) Tj 1 0 0 1 72 702 Tm (one) Tj ET", "one\ntwo"),
        ("q 1 0 0 1 0 -20 cm BT /F 10 Tf 72 700 Td (two) Tj ET Q BT /F 10 Tf 72 694 Td (one) Tj ET", "one\ntwo"),
        ("BT /F 10 Tf 3 Tc 72 700 Td (wide) Tj ET", "wide"),
        ("BT /F 10 Tf 5 Tw 72 700 Td (a b) Tj 0 Tw ( c) Tj ET", "a b c"),
        ("BT /F 10 Tf 50 Tz 72 700 Td (narrow) Tj 100 Tz ( usual) Tj ET", "narrow usual"),
        ("BT /F 10 Tf 72 700 Td (10) Tj /F 6 Tf 4 Ts (9) Tj /F 10 Tf 0 Ts (/L) Tj ET", "109/L"),
        ("BT /F 10 Tf 72 700 Td (H) Tj /F 6 Tf -3 Ts (2) Tj /F 10 Tf 0 Ts (O) Tj ET", "H2O"),
        ("BT /F 10 Tf 72 700 Td <73 65 65 6e> Tj ( \\(t\\157day\\)) Tj ET", "seen (today)"),
        ("BT /F 10 Tf 72 700 Td (one) Tj 50 0 Td (two) Tj ET", "one two"),
        ("BT /F 10 Tf 72 700 Td (kept) Tj ET garbage 1 2 ) >> ] BT /F 10 Tf 72 680 Td (also) Tj ET", "kept\nalso"),
        ("BT 3 Tr /F 10 Tf 72 700 Td (under a scan) Tj ET", "under a scan"),
        ("BT /F 10 Tf 72 700 Td (bold) Tj ET BT /F 10 Tf 72.3 700 Td (bold) Tj ET", "bold"),
        ("BI /W 1 /H 1 ID \x01\x02 EI Q BT /F 10 Tf 72 700 Td (behind) Tj ET", "behind"),
    ] {
        assert_eq!(text_of(content), expected, "{content}");
    }
}

/// Proves N1: a unit is what its font says: the Symbol font's m is a micro sign, not a letter.
#[test]
fn units_are_never_misread() {
    let content =
        b"BT /F 10 Tf 72 700 Td (5 ) Tj /S 10 Tf (m) Tj /F 10 Tf (g ) Tj /S 10 Tf (\xb3 \xa3 \xb1 \xb0 a) Tj \
        /F 10 Tf ( \xbd \xb5g \xb0C \x95 \x80) Tj ET";
    let text = text_with(content, "");
    assert_eq!(text, "5 \u{b5}g \u{2265} \u{2264} \u{b1} \u{b0} \u{3b1} \u{bd} \u{b5}g \u{b0}C \u{2022} \u{20ac}");
    // Whatever encoding is written beside it, and however its name is cut.
    for font in [
        "<</Subtype/Type1/BaseFont/Symbol/Encoding/WinAnsiEncoding>>",
        "<</Subtype/TrueType/BaseFont/ABCDEF+SymbolMT>>",
        "<</Subtype/Type1/BaseFont/Symbol,Bold/Encoding<</Type/Encoding/Differences[]>>>>",
    ] {
        let text = text_with(b"BT /X 10 Tf 72 700 Td (m\xb3) Tj /F 10 Tf (g 3) Tj ET", &format!("/X {font}"));
        assert_eq!(text, "\u{b5}\u{2265}g 3", "{font}");
    }
}

/// Proves N1: base encodings, differences and glyph names.
#[test]
fn encodings_are_followed() {
    for (encoding, string, expected) in [
        ("/Encoding/MacRomanEncoding", "caf\\216 \\265g \\263 3", "caf\u{e9} \u{b5}g \u{2265} 3"),
        ("/Encoding/StandardEncoding", "it's \\256ne \\267 x", "it\u{2019}s fine \u{2022} x"),
        ("", "it's \\256ne", "it\u{2019}s fine"),
        (
            "/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[1/mu/greaterequal 65/B/uni00BD/f_f_i/u2265]>>",
            "\\0012 \\002 A B C D E",
            "\u{b5}2 \u{2265} B \u{bd} ffi \u{2265} E",
        ),
    ] {
        let font = format!("/X <</Subtype/Type1/BaseFont/Times-Roman{encoding}>>");
        let content = format!("BT /X 10 Tf 72 700 Td ({string}) Tj ET");
        assert_eq!(text_with(content.as_bytes(), &font), expected, "{encoding}");
    }
}

/// Proves N1: fonts of several bytes by their map to Unicode, by a Unicode encoding, by a character set.
#[test]
fn composite_fonts_are_read() {
    let map = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange \
        2 beginbfchar <0001> <00B5> <0002> <00660069> endbfchar \
        2 beginbfrange <0010> <0019> <0030> <0020> <0021> [<2265> <D83DDE00>] endbfrange endcmap";
    let mut writer = page_with(b"BT /X 10 Tf 72 700 Td <0011001400010002> Tj <00200021> Tj ET", "/X 10 0 R");
    while writer.objects.len() < 9 {
        writer.add("null");
    }
    writer.add("<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[11 0 R]/ToUnicode 12 0 R>>");
    writer.add("<</Type/Font/Subtype/CIDFontType2/BaseFont/A/DW 500/W[1[600 400] 16 25 550]>>");
    let map_at = writer.flate("", map);
    assert_eq!(map_at, 12);
    assert_eq!(model(&writer.finish(1)).text(), "14\u{b5}fi\u{2265}\u{1F600}");

    // A map that breaks off: what stands before is used.
    writer.set(12, writer::stream("", &map[..map.len() - 40]));
    writer.set(4, writer::stream("", b"BT /X 10 Tf 72 700 Td <00010002> Tj ET"));
    assert_eq!(model(&writer.finish(1)).text(), "\u{b5}fi");

    for (encoding, string, expected) in
        [("UniJIS-UTF16-H", "<00355024005200B50067>", "5\u{5024}R\u{b5}g"), ("90ms-RKSJ-H", "<3588DF>", "5\u{4e5d}")]
    {
        writer.set(10, format!("<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/{encoding}/DescendantFonts[11 0 R]>>"));
        writer.set(4, writer::stream("", format!("BT /X 10 Tf 72 700 Td {string} Tj ET").as_bytes()));
        let text = model(&writer.finish(1)).text();
        assert_eq!(text.chars().count(), expected.chars().count(), "{encoding}");
        assert!(text.starts_with('5'), "{encoding}");
    }
}

/// Proves N1: a drawn font (Type 3), and the names inside a Type 1 font program.
#[test]
fn other_fonts_are_read() {
    let drawn =
        "/X <</Subtype/Type3/FontMatrix[.01 0 0 .01 0 0]/FirstChar 1/Widths[60 60]/Encoding<</Differences[1/O/K]>>>>";
    assert_eq!(text_with(b"BT /X 10 Tf 72 700 Td (\x01\x02) Tj ET", drawn), "OK");

    let mut writer = page_with(b"BT /X 10 Tf 72 700 Td (\x01\x02 5) Tj ET", "/X 6 0 R");
    writer.add("<</Subtype/Type1/BaseFont/ABCDEF+CM/FontDescriptor 7 0 R/FirstChar 1/Widths[500 500]>>");
    writer.add("<</Type/FontDescriptor/Flags 4/FontFile 8 0 R>>");
    writer.stream(
        "",
        b"%!PS\n/Encoding 256 array\n0 1 255 {1 index exch /.notdef put} for\ndup 1 /mu put\ndup 2 /g put\ndup 53 /five put\nreadonly def\ncurrentfile eexec \x80\x91",
    );
    assert_eq!(model(&writer.finish(1)).text(), "\u{b5}g 5");
}

/// Proves N1: text that a writer gives for what is drawn is used once, and only there.
#[test]
fn replacement_text_is_used() {
    let mut writer = page_with(
        b"BT /F 10 Tf 72 700 Td (a) Tj /Span<</ActualText(5 \xb5g)>>BDC (xyz) Tj EMC ( b) Tj \
          /Span /P BDC (qrs) Tj EMC /Artifact BMC ( c) Tj EMC ET",
        "",
    );
    writer.set(3, format!("<</Font<</F {HELVETICA}>>/Properties<</P<</ActualText<FEFF2265>>>>>>>>"));
    let text = model(&writer.finish(1)).text();
    assert!(text.contains("5 \u{b5}g") && text.contains('\u{2265}') && text.contains('c'), "{text}");
    assert!(!text.contains("xyz") && !text.contains("qrs"), "{text}");
}

/// Proves N1: forms are drawn where they are called, with their own matrix and fonts, also within one another.
#[test]
fn forms_are_drawn_in_place() {
    let mut writer = pages(&[b"/A Do q 1 0 0 1 0 -40 cm /A Do Q BT /F 10 Tf 72 680 Td (between) Tj ET"]);
    writer.set(3, format!("<</Font<</F {HELVETICA}>>/XObject<</A 6 0 R>>>>"));
    writer.flate(
        "/Type/XObject/Subtype/Form/Matrix[1 0 0 1 50 0]/Resources<</Font<</G <</Subtype/Type1/BaseFont/Courier>>>>/XObject<</B 7 0 R>>>>",
        b"BT /G 10 Tf 22 700 Td (outer) Tj ET /B Do",
    );
    // Without resources of its own it takes those of its caller.
    writer.stream("/Subtype/Form", b"BT /G 10 Tf 62 700 Td (inner) Tj ET");
    let text = model(&writer.finish(1)).text();
    assert_eq!(text.split_whitespace().collect::<Vec<_>>(), ["outer", "inner", "between", "outer", "inner"]);
}

/// Proves N1: what was filled in stands where its field is; a password does not.
#[test]
fn filled_in_fields_are_read() {
    let mut writer = pages(&[b"BT /F 10 Tf 72 700 Td (Name) Tj 0 -40 Td (Smoker) Tj 0 -40 Td (Ward) Tj ET"]);
    let mut annotations = String::new();
    for body in [
        "/Subtype/Widget/FT/Tx/V(Ana B\\351)/Rect[120 696 220 710]",
        "/Subtype/Widget/FT/Btn/AS/Yes/Rect[120 656 130 670]",
        "/Subtype/Widget/Parent 20 0 R/Rect[120 616 220 630]",
        "/Subtype/Widget/FT/Tx/Ff 8192/V(secret)/Rect[300 696 400 710]",
        "/Subtype/Widget/FT/Tx/F 2/V(hidden)/Rect[300 696 400 710]",
        "/Subtype/FreeText/Contents(typed comment)/Rect[72 500 200 520]",
        "/Subtype/Link/Contents(not shown)/Rect[72 500 200 520]",
        "/Subtype/Stamp/Rect[72 400 172 420]/AP<</N 21 0 R>>",
        "/Subtype/Widget/FT/Tx/Rect[72 300 172 320]/AP<</N 21 0 R>>",
    ] {
        let number = writer.add(format!("<</Type/Annot{body}>>"));
        annotations.push_str(&format!("{number} 0 R "));
    }
    writer.set(5, format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R/Annots[{annotations}]>>"));
    while writer.objects.len() < 19 {
        writer.add("null");
    }
    writer.add("<</FT/Ch/V(4)/Opt[[(3)(East)][(4)(West wing)]]>>");
    writer.stream(
        &format!("/Subtype/Form/BBox[0 0 50 10]/Resources<</Font<</Z {HELVETICA}>>>>"),
        b"BT /Z 8 Tf 2 2 Td (APPROVED) Tj ET",
    );
    let text = model(&writer.finish(1)).text();
    for expected in ["Name | Ana B\u{e9}", "Smoker | [x]", "Ward | West wing", "typed comment"] {
        assert!(text.contains(expected), "{expected} not in {text}");
    }
    assert_eq!(text.matches("APPROVED").count(), 2, "{text}");
    for gone in ["secret", "hidden", "not shown"] {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
}

/// Proves N1: every filter and chain that writers use gives the same words.
#[test]
fn filters_are_undone() {
    let content = b"BT /F 10 Tf 72 700 Td (seen today, and seen today again) Tj ET";
    let hex: String = content.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut runs: Vec<u8> = content.chunks(100).flat_map(|run| [&[run.len() as u8 - 1], run].concat()).collect();
    runs.push(128);
    // Nine bits for every code: clear the table before it grows.
    let mut bits = String::new();
    for chunk in content.chunks(200) {
        bits.push_str(&format!("{:09b}", 256));
        chunk.iter().for_each(|byte| bits.push_str(&format!("{byte:09b}")));
    }
    bits.push_str(&format!("{:09b}0000000", 257));
    let lzw: Vec<u8> =
        bits.as_bytes().chunks_exact(8).map(|bits| bits.iter().fold(0, |all, bit| all << 1 | (bit - b'0'))).collect();
    let predicted: Vec<u8> = content
        .chunks(8)
        .fold((Vec::new(), [0_u8; 8]), |(mut out, above), row| {
            let mut padded = [b' '; 8];
            padded[..row.len()].copy_from_slice(row);
            out.push(2);
            out.extend(padded.iter().zip(above).map(|(byte, above)| byte.wrapping_sub(above)));
            (out, padded)
        })
        .0;
    for (entries, data) in [
        ("/Filter/FlateDecode", deflated(content)),
        ("/Filter/FlateDecode", writer::deflated_bare(content)),
        ("/Filter[/FlateDecode/FlateDecode]", deflated(&deflated(content))),
        ("/Filter/ASCIIHexDecode", format!("{hex}>").into_bytes()),
        ("/Filter[/AHx/Fl]", deflated(content).iter().map(|b| format!("{b:02X} ")).collect::<String>().into_bytes()),
        ("/Filter/RunLengthDecode", runs),
        ("/Filter/LZWDecode", lzw),
        ("/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 8>>", deflated(&predicted)),
        ("/Filter[/FlateDecode]/DecodeParms[<</Predictor 15/Columns 8>>]", deflated(&predicted)),
    ] {
        let mut writer = pages(&[b""]);
        writer.set(4, writer::stream(entries, &data));
        assert_eq!(model(&writer.finish(1)).text(), "seen today, and seen today again", "{entries}");
    }
    let mut writer = pages(&[b""]);
    writer.set(4, writer::stream("/Filter/ASCII85Decode", br#"6UOgA7V?QM"#));
    assert!(read(&writer.finish(1), None, &Limits::default()).is_ok());
}

/// Proves N1: tables of any kind, none, a wrong one; object streams; updates that replace an object.
#[test]
fn objects_are_found_however_they_are_listed() {
    let writer = pages(&[b"BT /F 10 Tf 72 700 Td (first words) Tj ET"]);
    let whole = writer.finish(1);
    assert_eq!(model(&whole).text(), "first words");
    assert_eq!(model(&writer.finish_packed(1)).text(), "first words");
    assert_eq!(model(&writer.finish_packed(1)).remarks, []);

    let table = whole.windows(4).position(|word| word == b"xref").unwrap();
    let mut without_table = whole[..table].to_vec();
    without_table.extend(b"trailer <</Root 1 0 R>>");
    assert_eq!(model(&without_table).text(), "first words");
    // Nothing names the root: the pages are found all the same.
    assert_eq!(model(&whole[..table]).text(), "first words");

    let mut updated = whole.clone();
    updated.extend(b"4 0 obj\n");
    updated.extend(writer::stream("", b"BT /F 10 Tf 72 700 Td (later words) Tj ET"));
    updated.extend(b"\nendobj\nxref\n0 0\ntrailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF");
    assert_eq!(model(&updated).text(), "later words");

    // A wrong length, and a stream that only looks as if it held objects.
    let mut writer = pages(&[b""]);
    let content = b"BT /F 10 Tf 72 700 Td (1 0 obj) Tj ET\n3 0 obj <<>> endobj";
    writer.set(4, [b"<</Length 3>>stream\n".as_slice(), content, b"\nendstream"].concat());
    assert_eq!(model(&writer.finish(1)).text(), "1 0 obj");
}

/// Proves N1: what a page has from the nodes above it, and a page of several streams that part within a string's reach.
#[test]
fn pages_inherit_and_join_their_streams() {
    let mut writer = Writer::default();
    writer.add("<</Type/Catalog/Pages 2 0 R>>");
    writer.add(format!("<</Kids[3 0 R 9 0 R 3 0 R]/Resources<</Font<</F {HELVETICA}>>>>>>"));
    writer.add("<</Kids[4 0 R 2 0 R]/Parent 2 0 R>>");
    writer.add("<</Type/Page/Contents[5 0 R 6 0 R]>>");
    writer.stream("", b"BT /F 10 Tf 72 700 Td (one) Tj");
    writer.stream("", b"0 -12 Td (two) Tj ET");
    writer.add("null");
    writer.stream("", b"BT /F 10 Tf 72 700 Td (three) Tj ET");
    writer.add(format!("<</Type/Page/Contents 8 0 R/Resources<</Font<</F {BOLD}>>>>>>"));
    assert_eq!(model(&writer.finish(1)).text(), "one\ntwo\n\nthree");
}

/// Proves N1: a page that is a picture, or whose letters nothing names, is counted and said; the others stay.
#[test]
fn pages_without_readable_text_are_counted() {
    let mut writer = pages(&[
        b"BT /F 10 Tf 72 700 Td (readable words) Tj ET",
        b"q 600 0 0 700 0 0 cm /Im Do Q",
        b"BT /U 10 Tf 72 700 Td (\x01\x02\x03\x04\x05\x06) Tj ET",
        b"",
    ]);
    writer.set(
        3,
        format!(
            "<</Font<</F {HELVETICA}/U <</Subtype/TrueType/BaseFont/X/Encoding<</Differences[1/g1/g2/g3/g4/g5/g6]>>>>>>/XObject<</Im 30 0 R>>>>"
        ),
    );
    while writer.objects.len() < 29 {
        writer.add("null");
    }
    writer.stream("/Subtype/Image/Width 1/Height 1/Filter/DCTDecode", b"\xff\xd8\xff");
    let found = model(&writer.finish(1));
    assert_eq!(found.text(), "readable words");
    assert_eq!(found.remarks, [Remark::PagesNotReadable { count: 2, of: 4 }]);
    let json = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<NoteModel>(&json).unwrap(), found);

    let mut scan = pages(&[b"/Im Do"]);
    scan.set(3, "<</XObject<</Im 6 0 R>>>>");
    scan.stream("/Subtype/Image/Width 1/Height 1/Filter/DCTDecode", b"\xff\xd8\xff");
    let found = model(&scan.finish(1));
    assert!(found.sections.is_empty());
    assert_eq!(found.remarks, [Remark::PagesNotReadable { count: 1, of: 1 }, Remark::NoText]);
}

/// Proves N1: one unknown letter among many stands as U+FFFD, and is told.
#[test]
fn a_few_unknown_letters_show_as_such() {
    let font = "/X <</Subtype/Type1/BaseFont/T/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[1/g77]>>>>";
    let writer = page_with(b"BT /X 10 Tf 72 700 Td (thirty letters and then one \x01 more) Tj ET", font);
    let found = model(&writer.finish(1));
    assert_eq!(found.text(), "thirty letters and then one \u{FFFD} more");
    assert_eq!(found.remarks, [Remark::DamagedCharacters]);
}
