//! PDFs made to hurt: they end with a typed answer, or with the words that are there.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "for tests only")]

#[path = "pdf/writer.rs"]
mod writer;

use plainchart_document::{DocumentError, Exceeded, Limits, NoteModel, Remark, read};
use proptest::prelude::*;
use writer::{HELVETICA, Writer, deflated, pages, stream};

const WORDS: &[u8] = b"BT /F 10 Tf 72 700 Td (the words) Tj ET";

fn answer(bytes: &[u8]) -> Result<NoteModel, DocumentError> {
    read(bytes, Some("application/pdf"), &Limits::default())
}

/// As usual, but a megabyte may come out of what is compressed.
const TIGHT: fn() -> Limits = || Limits { inflated_bytes: 1 << 20, ..Limits::default() };

fn exceeded(bytes: &[u8]) -> Option<Exceeded> {
    exceeded_in(bytes, &Limits::default())
}

fn exceeded_in(bytes: &[u8], limits: &Limits) -> Option<Exceeded> {
    match read(bytes, None, limits) {
        Err(DocumentError::TooLarge { exceeded, .. }) => Some(exceeded),
        _ => None,
    }
}

/// Proves D10: half a gigabyte in a few KB, in whichever stream is needed and through whichever filters, is refused.
#[test]
fn what_inflates_without_end_is_refused() {
    let zeros = vec![b' '; 4 << 20];
    let once = deflated(&zeros);
    let twice = deflated(&once);
    assert!(twice.len() < 200, "{}", twice.len());
    let runs = [129_u8, b' '].repeat(1 << 15);
    for (entries, data) in [
        ("/Filter/FlateDecode", once.clone()),
        ("/Filter[/FlateDecode/FlateDecode]", twice.clone()),
        ("/Filter[/FlateDecode/RunLengthDecode]", deflated(&runs)),
        ("/Filter[/FlateDecode/FlateDecode/FlateDecode]", deflated(&twice)),
        ("/Filter[/A85/A85/A85/A85/A85]", b"x".to_vec()),
    ] {
        let mut content = pages(&[b""]);
        content.set(4, stream(entries, &data));
        assert_eq!(exceeded_in(&content.finish(1), &TIGHT()), Some(Exceeded::InflatedBytes), "{entries}");

        let mut objects = pages(&[WORDS]);
        objects.stream(&format!("/Type/ObjStm/N 9/First 9{entries}"), &data);
        assert_eq!(exceeded_in(&objects.finish(1), &TIGHT()), Some(Exceeded::InflatedBytes), "{entries}");

        let mut map = pages(&[WORDS]);
        map.set(3, "<</Font<</F <</Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>>>>>");
        map.stream(entries, &data);
        assert_eq!(exceeded_in(&map.finish(1), &TIGHT()), Some(Exceeded::InflatedBytes), "{entries}");
    }
    // Many that are each allowed: all of them together are not.
    let each = deflated(&vec![b' '; 300 << 10]);
    let mut many = pages(&[b""]);
    many.set(5, "<</Type/Page/Parent 2 0 R/Contents[6 0 R 7 0 R 8 0 R 9 0 R 10 0 R]>>");
    (0..5).for_each(|_| {
        many.stream("/Filter/FlateDecode", &each);
    });
    assert_eq!(exceeded_in(&many.finish(1), &TIGHT()), Some(Exceeded::InflatedBytes));
    // The usual limits hold for one stream, too.
    let mut large = pages(&[b""]);
    large.set(4, stream("/Filter/FlateDecode", &deflated(&vec![b' '; 33 << 20])));
    assert_eq!(exceeded(&large.finish(1)), Some(Exceeded::InflatedBytes));
}

/// Proves D10: a picture is not inflated, however large it is, so the words beside it are read.
#[test]
fn pictures_are_not_inflated() {
    let mut writer = pages(&[&[WORDS, b" /Im Do"].concat()]);
    writer.set(3, format!("<</Font<</F {HELVETICA}>>/XObject<</Im 6 0 R>>>>"));
    writer.flate("/Subtype/Image/Width 9000/Height 9000", &vec![0; 4 << 20]);
    let model = read(&writer.finish(1), None, &TIGHT()).unwrap();
    assert_eq!(model.text(), "the words");
    assert_eq!(model.remarks, [Remark::PicturesNotShown]);
}

/// Proves D10 and N1: states put by without end cost nothing, and the words behind them are read.
#[test]
fn endless_states_end() {
    let mut content = b"q ".repeat(2_000_000);
    content.extend(b"Q ".repeat(2_000_000));
    content.extend(WORDS);
    let writer = pages(&[b""]);
    let mut packed = writer;
    packed.set(4, stream("/Filter/FlateDecode", &deflated(&content)));
    assert_eq!(answer(&packed.finish(1)).unwrap().text(), "the words");
}

/// Proves D10: forms that call themselves or one another end; those that multiply are refused.
#[test]
fn forms_that_call_themselves_end() {
    let mut writer = pages(&[&[b"/A Do ", WORDS].concat()]);
    writer.set(3, format!("<</Font<</F {HELVETICA}>>/XObject<</A 6 0 R/B 7 0 R>>>>"));
    writer.stream("/Subtype/Form", b"/A Do /B Do BT /F 9 Tf 72 600 Td (in A) Tj ET");
    writer.stream("/Subtype/Form", b"/A Do /B Do BT /F 9 Tf 72 500 Td (in B) Tj ET");
    let text = answer(&writer.finish(1)).unwrap().text();
    assert!(text.contains("the words") && text.contains("in A") && text.contains("in B"), "{text}");

    let mut writer = pages(&[b"/X0 Do"]);
    let names: String = (0..12).map(|level| format!("/X{level} {} 0 R", level + 6)).collect();
    writer.set(3, format!("<</XObject<<{names}>>>>"));
    for level in 1..=12 {
        writer.stream("/Subtype/Form", format!("/X{level} Do ").repeat(20).as_bytes());
    }
    assert_eq!(exceeded(&writer.finish(1)), Some(Exceeded::Steps));
}

/// Proves D10: page trees that bite their tails end, and too many pages are refused.
#[test]
fn page_trees_end() {
    let mut writer = pages(&[WORDS]);
    writer.set(2, "<</Kids[2 0 R 6 0 R 5 0 R 1 0 R]/Resources 3 0 R>>");
    writer.add("<</Kids[2 0 R 6 0 R 5 0 R]/Parent 6 0 R>>");
    assert_eq!(answer(&writer.finish(1)).unwrap().text(), "the words");

    // Pages written into their parent: two million in 8 MB.
    let mut writer = pages(&[WORDS]);
    writer.set(2, format!("<</Kids[{}5 0 R]/Resources 3 0 R>>", "<<>>".repeat(1_500_000)));
    assert_eq!(answer(&writer.finish(1)).unwrap().text(), "the words");

    let writer = pages(&[WORDS; 30]);
    let limits = Limits { pages: 29, ..Limits::default() };
    let found = read(&writer.finish(1), None, &limits);
    assert_eq!(found.unwrap_err(), DocumentError::TooLarge { exceeded: Exceeded::Pages, limit: 29 });
    assert!(read(&writer.finish(1), None, &Limits { pages: 30, ..limits }).is_ok());
}

/// Proves D10: object streams that need one another without end do not bring the reader down.
#[test]
fn object_streams_that_need_one_another_end() {
    let mut writer = pages(&[WORDS]);
    for link in 0..20_000 {
        let number = 100_000 + link;
        let head = format!("{number} 0 ");
        let entries = format!("/Type/ObjStm/N {} 0 R/First {}", number + 1, head.len());
        writer.stream(&entries, format!("{head}1").as_bytes());
    }
    assert_eq!(answer(&writer.finish(1)).unwrap().text(), "the words");
}

/// Proves D10: deep arrays and dictionaries are read on a small stack, or left.
#[test]
fn depth_needs_no_stack() {
    let deep = |open: &str, close: &str, count: usize| format!("{}{}", open.repeat(count), close.repeat(count));
    let mut files = Vec::new();
    for count in [400, 600, 100_000] {
        for (open, close) in [("[", "]"), ("<</A", ">>"), ("(", ")"), ("[<</A", ">>]")] {
            let nested = deep(open, close, count);
            let mut writer = pages(&[&[nested.as_bytes(), b" Tj ", WORDS].concat()]);
            writer.add(&nested);
            writer.add(format!("<</Type/ObjStm/Nested {nested}>>"));
            files.push(writer.finish(1));
        }
    }
    let small = std::thread::Builder::new().stack_size(1 << 20).spawn(move || {
        for file in files {
            assert!(answer(&file).unwrap().text().contains("the words"));
        }
    });
    small.unwrap().join().unwrap();
}

/// Proves D10: what makes a search start again and again is read in time that grows with the file.
#[test]
fn endless_starts_end() {
    for unit in [
        "1 0 obj ( ",
        "1 0 obj [ ",
        "1 0 obj << ",
        "1 0 obj <</A( ",
        "trailer<</A( ",
        "<</A( ",
        "1 0 obj<<>>stream\n",
        "stream\n",
        "1 0 obj<</Length 9>>stream\nx\n",
        "startxref\n5\n",
        "endobj ",
        "obj ",
        "9999999999 0 obj 1 ",
        "1 0 R ",
        "%",
        "1 0 obj<</Type/ObjStm/N 9/First 9>>stream\nendstream ",
    ] {
        let mut file = pages(&[WORDS]).finish(1);
        let size = 512 << 10;
        file.extend(unit.repeat(size / unit.len()).as_bytes());
        assert!(answer(&file).is_ok(), "{unit}");
        let mut content = unit.repeat(size / unit.len()).into_bytes();
        content.extend(WORDS);
        assert!(answer(&pages(&[&content]).finish(1)).is_ok(), "{unit}");
    }
    for unit in
        ["BI ID EI m ", "BI ", "BI /A 1 ID x EI \u{80}", "[ ", "<", "(", "/A BDC ", "[(a) 1] TJ ", "<</A 1>> BDC "]
    {
        let content = unit.repeat((512 << 10) / unit.len()).into_bytes();
        assert!(answer(&pages(&[&content]).finish(1)).is_ok(), "{unit}");
    }
}

/// Proves D10: more pieces of text than any page has are refused.
#[test]
fn endless_text_is_refused() {
    let content = b"BT /F 1 Tf (a) Tj 1 9 Td ".repeat(250_000);
    let mut writer = pages(&[b""]);
    writer.set(4, stream("/Filter/FlateDecode", &deflated(&content)));
    assert_eq!(exceeded(&writer.finish(1)), Some(Exceeded::Steps));
    let limits = Limits { output_bytes: 100, ..Limits::default() };
    let long = pages(&[b"BT /F 10 Tf 72 700 Td 20 TL (many words) ' (many words) ' (many words) ' (many words) ' \
        (many words) ' (many words) ' (many words) ' (many words) ' (many words) ' (many words) ' (many words) ' ET"]);
    let found = read(&long.finish(1), None, &limits).unwrap_err();
    assert_eq!(found, DocumentError::TooLarge { exceeded: Exceeded::OutputBytes, limit: 100 });
    let limits = Limits { blocks: 2, ..Limits::default() };
    assert!(read(&pages(&[WORDS; 9]).finish(1), None, &limits).is_err());
}

/// Proves D2: a file with a password is answered with that, not with a guess at what is in it.
#[test]
fn locked_files_say_so() {
    let whole = pages(&[WORDS]).finish(1);
    let text = String::from_utf8_lossy(&whole).into_owned();
    for entry in ["/Encrypt 9 0 R", "/Encrypt<</Filter/Standard/V 2>>"] {
        let locked = text.replace("/Root 1 0 R", &format!("/Root 1 0 R{entry}"));
        assert_eq!(answer(locked.as_bytes()).unwrap_err(), DocumentError::Locked);
        let mut packed = pages(&[WORDS]);
        packed.stream(&format!("/Type/XRef/W[1 1 1]/Size 1{entry}"), b"");
        assert_eq!(answer(&packed.finish(1)).unwrap_err(), DocumentError::Locked);
    }
    // The word alone locks nothing.
    let open = pages(&[b"BT /F 10 Tf 72 700 Td (see /Encrypt 9 0 R) Tj ET"]).finish(1);
    assert!(answer(&open).is_ok());
    assert!(DocumentError::Locked.to_string().contains("password"));
}

/// A file with something of everything.
fn rich(packed: bool) -> Vec<u8> {
    let mut writer: Writer = pages(&[
        b"/Fm Do BT /F 12 Tf 72 700 Td [(Sodium) -2000 (140)] TJ /C 10 Tf 0 -14 Td <00410042> Tj ET",
        b"BT /B 12 Tf 72 700 Td (Plan) Tj /F 10 Tf 0 -20 Td (rest) Tj ET",
    ]);
    writer.set(3, format!("<</Font<</F {HELVETICA}/B {HELVETICA}/C 8 0 R>>/XObject<</Fm 11 0 R>>>>"));
    writer.add("<</Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[9 0 R]/ToUnicode 10 0 R>>");
    writer.add("<</Subtype/CIDFontType2/W[65[500 600] 70 90 400]/DW 700>>");
    writer.flate("", b"begincmap 1 beginbfrange <0041> <0042> <2265> endbfrange endcmap");
    writer.flate("/Subtype/Form/Matrix[1 0 0 1 0 0]/BBox[0 0 9 9]", b"BT /F 8 Tf 72 600 Td (in a form) Tj ET");
    let widget = writer.add("<</Subtype/Widget/FT/Tx/V(filled)/Rect[72 500 200 520]/DA(/F 9 Tf)>>");
    writer.set(5, format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R/Annots[{widget} 0 R]/Rotate 90>>"));
    if packed { writer.finish_packed(1) } else { writer.finish(1) }
}

/// Proves N1 and D10: a file cut off anywhere gives what is there, or a typed answer; never a fault.
#[test]
fn cut_files_never_fault() {
    for packed in [false, true] {
        let whole = rich(packed);
        assert!(answer(&whole).unwrap().text().contains("Sodium"));
        for end in 0..whole.len() {
            assert_ne!(answer(&whole[..end]).err(), Some(DocumentError::ReaderFault), "{end}");
        }
    }
    // A stream that was cut gives its first words.
    let whole = pages(&[WORDS, b"BT /F 10 Tf 72 700 Td (unseen) Tj ET"]);
    let whole = whole.finish_packed(1);
    let cut = whole.windows(8).position(|word| word == b"(unseen)").unwrap();
    assert!(answer(&whole[..cut]).is_ok());
    let mut page = pages(&[&[WORDS, b" 0 0 m ".repeat(50).as_slice()].concat()]);
    let content = page.objects.remove(3);
    page.objects.insert(3, b"null".to_vec());
    page.objects.push(content);
    page.set(5, "<</Type/Page/Parent 2 0 R/Contents 6 0 R>>");
    let bytes = page.finish(1);
    let cut = bytes.len() - 400;
    assert_eq!(answer(&bytes[..cut]).unwrap().text(), "the words");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Proves D10: damaged files never fault, whatever bytes are changed.
    #[test]
    fn damaged_files_never_fault(
        packed in any::<bool>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut bytes = rich(packed);
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        prop_assert_ne!(answer(&bytes).err(), Some(DocumentError::ReaderFault));
    }

    /// Proves D10: no content stream, font map or object can fault the reader.
    #[test]
    fn any_content_never_faults(content in prop::collection::vec(any::<u8>(), 0..400), words in "[ -~]{0,300}") {
        let mut writer = pages(&[&content, words.as_bytes()]);
        writer.set(3, format!("<</Font<</F {HELVETICA}/X <</ToUnicode 8 0 R/Subtype/Type0>>>>>>"));
        writer.stream("", &content);
        writer.add(&words);
        prop_assert_ne!(answer(&writer.finish(1)).err(), Some(DocumentError::ReaderFault));
    }
}
