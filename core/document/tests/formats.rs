//! What the bytes are, and which characters they stand for.

use plainchart_document::{DocumentError, Format, Limits, Remark, decode, read, sniff};

/// Proves D2: the bytes decide; the media type is a hint.
#[test]
fn bytes_decide_what_they_are() {
    use Format as F;
    let cda = "\u{FEFF}<?xml version=\"1.0\"?>\n<!-- made up --><ClinicalDocument xmlns=\"urn:hl7-org:v3\"><title/></ClinicalDocument>";
    let mut late_pdf = vec![b' '; 900];
    late_pdf.extend(b"%PDF-1.7 ...");
    for (bytes, declared, format, matches) in [
        (b"HPI: cough".as_slice(), None, F::Text, true),
        (b"HPI: cough", Some("text/plain"), F::Text, true),
        (b"HPI: cough", Some("application/pdf"), F::Text, false),
        (b"Line one\nLine two", Some("text/html"), F::Text, false),
        (b"", Some("text/plain"), F::Text, true),
        (b"<p>Cough</p>", Some("text/plain"), F::Html, false),
        (b"  <!DOCTYPE html><p>x", None, F::Html, true),
        (
            b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body/></html>",
            Some("application/xml"),
            F::Html,
            true,
        ),
        (b"Seen today.<br>Well.", Some("text/html; charset=utf-8"), F::Html, true),
        (b"Tom &amp; Ann seen", Some("text/html"), F::Html, true),
        (b"Seen <b>today</b> and <i>well</i>", None, F::Html, true),
        (b"BP <b> 120, <p 5", None, F::Text, true),
        (b"BMI 27, BP 120/80", None, F::Text, true),
        (b"<3 mg daily>", None, F::Text, true),
        (cda.as_bytes(), Some("text/xml"), F::Ccda, true),
        (
            b"<?xml version='1.0'?><hl7:ClinicalDocument xmlns:hl7='urn:hl7-org:v3'/>",
            Some("text/plain"),
            F::Ccda,
            false,
        ),
        (b"<?xml version='1.0'?><labs><na>140</na></labs>", None, F::Xml, true),
        (b"{\\rtf1\\ansi Cough}", Some("text/plain"), F::Rtf, false),
        (b"%PDF-1.4\n", Some("text/html"), F::Pdf, false),
        (&late_pdf, None, F::Pdf, true),
        (b"The file starts with %PDF- and ends", None, F::Text, true),
        (b"PK\x03\x04....", None, F::Zip, true),
        (b"\x89PNG\r\n\x1a\n", Some("image/png"), F::Image, true),
        (b"\xff\xd8\xff\xe0", Some("text/plain"), F::Image, false),
        (b"BM\x36\0\0\0\0\0\0\0\x36\0", None, F::Image, true),
        (b"RIFF\0\0\0\0WAVEfmt ", Some("audio/wav"), F::Audio, true),
        (b"\0\0\0\x18ftypM4A ", None, F::Audio, true),
        (b"\0\0\0\x18ftypisom", None, F::Video, true),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08", Some("application/octet-stream"), F::Unknown, true),
    ] {
        let sniffed = sniff(bytes, declared);
        assert_eq!(
            (sniffed.format, sniffed.declared_matches),
            (format, matches),
            "{} {declared:?}",
            String::from_utf8_lossy(bytes)
        );
    }
}

/// Proves N1: a format without a reader is named, so that the reader of the note can be told.
#[test]
fn formats_without_a_reader_are_named() {
    for (bytes, format) in [
        (b"\x89PNG\r\n\x1a\n".as_slice(), Format::Image),
        (b"OggS\0\x02", Format::Audio),
        (b"\0\0\0\x18ftypisom", Format::Video),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08", Format::Unknown),
    ] {
        let error = read(bytes, Some("text/plain"), &Limits::default()).unwrap_err();
        assert_eq!(error, DocumentError::UnsupportedFormat { format });
        assert!(error.to_string().contains(format.code()));
    }
}

/// Proves D2: declared, then BOM, then UTF-8, then windows-1252; but the bytes' own evidence wins, with a remark.
#[test]
fn charsets_are_found_in_order() {
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("caf\u{e9} \u{2265}5".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let bare_utf16: Vec<u8> = "caf\u{e9} \u{2265}5".encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (bytes, declared, text, charset, overruled) in [
        ("caf\u{e9}".as_bytes(), None, "caf\u{e9}", "UTF-8", false),
        ("caf\u{e9}".as_bytes(), Some("text/plain; charset=utf-8"), "caf\u{e9}", "UTF-8", false),
        (
            "caf\u{e9} 5 \u{b5}g".as_bytes(),
            Some("text/plain; charset=ISO-8859-1"),
            "caf\u{e9} 5 \u{b5}g",
            "UTF-8",
            true,
        ),
        ("\u{FEFF}caf\u{e9}".as_bytes(), Some("text/plain;charset=\"windows-1252\""), "caf\u{e9}", "UTF-8", true),
        (b"caf\xe9 \x93ok\x94", None, "caf\u{e9} \u{201c}ok\u{201d}", "windows-1252", false),
        (b"caf\xe9", Some("text/plain; charset=utf-8"), "caf\u{e9}", "windows-1252", true),
        (b"caf\xe9", Some("text/plain; charset=latin1"), "caf\u{e9}", "windows-1252", false),
        (b"\xc4\xd0", Some("text/plain; charset=koi8-r"), "\u{434}\u{43f}", "KOI8-R", false),
        (&utf16, None, "caf\u{e9} \u{2265}5", "UTF-16LE", false),
        (&bare_utf16, Some("text/plain; charset=utf-16be"), "caf\u{e9} \u{2265}5", "UTF-16BE", false),
        (b"plain", Some("text/plain; charset=utf-16"), "plain", "UTF-8", false),
        (
            b"<?xml version='1.0' encoding='koi8-r'?><p>\xc4</p>",
            None,
            "<?xml version='1.0' encoding='koi8-r'?><p>\u{434}</p>",
            "KOI8-R",
            false,
        ),
        (b"<meta charset=koi8-r>\xc4", Some("text/html"), "<meta charset=koi8-r>\u{434}", "KOI8-R", false),
        (b"plain", Some("text/plain; charset=none-such"), "plain", "UTF-8", false),
    ] {
        let decoded = decode(bytes, declared);
        assert_eq!(
            (decoded.text.as_str(), decoded.charset, decoded.declared_overruled),
            (text, charset, overruled),
            "{declared:?}"
        );
        assert!(!decoded.damaged);
    }
}

/// Proves D2: one bad byte does not garble the rest, and is told.
#[test]
fn damage_stays_small() {
    let mut bytes = "5 \u{b5}g, caf\u{e9}, \u{2265}3 ".as_bytes().to_vec();
    bytes.push(0xe9);
    let model = read(&bytes, Some("text/plain; charset=utf-8"), &Limits::default()).unwrap();
    assert_eq!(model.text(), "5 \u{b5}g, caf\u{e9}, \u{2265}3 \u{fffd}");
    assert_eq!(model.remarks, [Remark::DamagedCharacters]);
}

/// Proves D2: each lie of the server leaves its remark, and an honest one leaves none.
#[test]
fn remarks_are_made_when_due() {
    let remarks = |bytes: &[u8], declared| read(bytes, Some(declared), &Limits::default()).unwrap().remarks;
    assert_eq!(remarks(b"Well today.", "text/plain"), []);
    assert_eq!(remarks("caf\u{e9}".as_bytes(), "text/plain; charset=latin1"), [Remark::CharsetNotAsDeclared]);
    assert_eq!(remarks(b"<p>Well</p>", "text/plain"), [Remark::TypeNotAsDeclared]);
    assert_eq!(remarks(b"Seen today\0and well \x07, home later on", "text/plain"), [Remark::ControlCharactersRemoved]);
    assert_eq!(remarks(b" \n ", "text/plain"), [Remark::NoText]);
}

/// Proves D2: pictures, recordings and films are told by their bytes, whatever they are called.
#[test]
fn pictures_recordings_and_films_are_told() {
    use Format as F;
    let mut dicom = vec![0; 128];
    dicom.extend(b"DICM\x02\0\0\0");
    for (bytes, format) in [
        (b"\xff\xd8\xff\xe1".as_slice(), F::Image),
        (b"GIF89a\x01", F::Image),
        (b"II*\0\x08", F::Image),
        (b"MM\0*\0", F::Image),
        (b"RIFF\x10\0\0\0WEBPVP8 ", F::Image),
        (b"\0\0\0\x18ftypheic", F::Image),
        (b"\0\0\0\x18ftypmif1", F::Image),
        (b"\0\0\0\x0cjP  \r\n", F::Image),
        (&dicom, F::Image),
        (b"RIFF\x10\0\0\0WAVEJUNK", F::Audio),
        (b"FORM\0\0\0\x10AIFF", F::Audio),
        (b"ID3\x04\0", F::Audio),
        (b"\xff\xfb\x90\x64", F::Audio),
        (b"\xff\xf3\x48\xc4", F::Audio),
        (b"\xff\xf2\x48\xc4", F::Audio),
        (b"\xff\xf9\x50\x80", F::Audio),
        (b"\0\0\0\x20ftypM4A ", F::Audio),
        (b"OggS\0\x02", F::Audio),
        (b"fLaC\0", F::Audio),
        (b"#!AMR-WB\n", F::Audio),
        (b"caff\0\x01\0\0", F::Audio),
        (b"\0\0\0\x18ftypmp42", F::Video),
        (b"\0\0\0\x14ftypqt  ", F::Video),
        (b"\0\0\x02\x0cmoov", F::Video),
        (b"\x1a\x45\xdf\xa3\x9f", F::Video),
        (b"RIFF\x10\0\0\0AVI LIST", F::Video),
        (b"\0\0\x01\xba\x44", F::Video),
    ] {
        for declared in [None, Some("text/plain"), Some("application/octet-stream")] {
            assert_eq!(sniff(bytes, declared).format, format, "{}", bytes.escape_ascii());
        }
    }
    // A container of either says nothing about which it holds: the label does.
    for bytes in [b"\x1a\x45\xdf\xa3\x9f".as_slice(), b"\0\0\0\x18ftypmp42", b"OggS\0\x02"] {
        assert_eq!(sniff(bytes, Some("audio/webm")).format, F::Audio);
        assert_eq!(sniff(bytes, Some("video/webm")).format, F::Video);
    }
    assert_eq!(sniff(b"\0\0\0\x20ftypM4A ", Some("video/mp4")).format, F::Audio);
}

/// Proves D2: words that only look like the mark of another format are words.
#[test]
fn notes_are_not_taken_for_other_files() {
    let dicom = format!("{}DICM means a scan.", "a ".repeat(64));
    for text in [
        "Gas: WAVE seen on the monitor",
        "The WEBP and the WAVE",
        "Sub-ftyp isom is a code",
        "RIFF raff and so on",
        "FORM 12 was signed AIFF",
        "wide mdat moov",
        "PK was seen today",
        "OggS is a name",
        "BM was normal today",
        "{rtf} is a format",
        "\u{ff}\u{fb} odd",
        &dicom,
    ] {
        assert_eq!(sniff(text.as_bytes(), None).format, Format::Text, "{text}");
    }
}

/// Proves D2: RTF and C-CDA are told in every shape their text takes.
#[test]
fn marked_up_text_is_told_in_every_shape() {
    let pairs = |text: &str, low_first: bool| -> Vec<u8> {
        let bytes = |unit: u16| if low_first { unit.to_le_bytes() } else { unit.to_be_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    };
    let cda = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><n1:ClinicalDocument xmlns:n1=\"urn:hl7-org:v3\"/>";
    for low_first in [true, false] {
        assert_eq!(sniff(&pairs(&format!("\u{feff}{cda}"), low_first), None).format, Format::Ccda);
        assert_eq!(sniff(&pairs(cda, low_first), Some("text/xml")).format, Format::Ccda);
        let rtf = pairs("\u{feff}{\\rtf1\\ansi caf\u{e9} \u{2265}5}", low_first);
        assert_eq!(sniff(&rtf, None).format, Format::Rtf);
        assert_eq!(read(&rtf, None, &Limits::default()).unwrap().text(), "caf\u{e9} \u{2265}5");
    }
    for rtf in ["\u{feff}{\\rtf1 x}", " \r\n{\\rtf1 x}", "{\\rtf x}"] {
        for declared in ["text/plain", "text/rtf", "application/rtf", "text/xml"] {
            assert_eq!(sniff(rtf.as_bytes(), Some(declared)).format, Format::Rtf);
        }
    }
}
