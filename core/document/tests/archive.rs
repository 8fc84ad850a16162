//! ZIP archives: every file that can be read is, within limits, and nothing is believed that an archive says of itself.

use std::io::{Cursor, Write};

use plainchart_document::archive::{Archive, ArchiveKind, ArchiveLimits, EntryContent, EntryFault, entries};
use plainchart_document::{DocumentError, Exceeded, Format};
use proptest::collection::vec;
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const CDA: &[u8] =
    b"<?xml version=\"1.0\"?><ClinicalDocument xmlns=\"urn:hl7-org:v3\"><title>Made up</title></ClinicalDocument>";

fn zipped_by(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(method);
        if name.ends_with('/') {
            writer.add_directory(*name, options).expect("in memory");
        } else {
            writer.start_file(*name, options).expect("in memory");
            writer.write_all(bytes).expect("in memory");
        }
    }
    writer.finish().expect("in memory").into_inner()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    zipped_by(files, CompressionMethod::Deflated)
}

fn unpacked(bytes: &[u8]) -> Archive {
    entries(bytes, &ArchiveLimits::default()).expect("an archive within limits")
}

/// The format and length of an entry, or what is wrong with it.
type Listed = Result<(Format, usize), EntryFault>;

fn listed(archive: &Archive) -> Vec<(&str, Listed)> {
    let content = |content: &EntryContent| match content {
        EntryContent::File { format, bytes } => Ok((*format, bytes.len())),
        EntryContent::Unread(fault) => Err(*fault),
    };
    archive.entries.iter().map(|entry| (entry.name.as_str(), content(&entry.content))).collect()
}

/// The place of the n-th `signature`.
fn place(bytes: &[u8], signature: &[u8], n: usize) -> usize {
    let windows = bytes.windows(signature.len()).enumerate();
    windows.filter(|(_, window)| *window == signature).map(|(at, _)| at).nth(n).expect("it is there")
}

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";

/// Proves D2: the download of a portal (IHE XDM) is told by its contents; its documents by their bytes.
#[test]
fn a_portals_download_is_listed() {
    let inner = zipped(&[("INNER.XML", CDA), ("deeper.zip", &zipped(&[("LOST.XML", CDA)]))]);
    let archive = unpacked(&zipped(&[
        ("HealthSummary/", b""),
        ("HealthSummary/INDEX.HTM", b"<html><body>Open me</body></html>"),
        ("HealthSummary/README.TXT", b"Read me"),
        ("HealthSummary/IHE_XDM/SUBSET01/METADATA.XML", b"<?xml version='1.0'?><x:Objects xmlns:x='u'/>"),
        ("HealthSummary/IHE_XDM/SUBSET01/DOC0001.XML", CDA),
        ("HealthSummary/IHE_XDM/SUBSET01/CDA.XSL", b"<?xml version='1.0'?><xsl:stylesheet xmlns:xsl='u'/>"),
        ("__MACOSX/._DOC0001.XML", b"\0\x05\x16\x07\0\x02\0\0"),
        ("more.zip", &inner),
    ]));
    assert_eq!((archive.kind, archive.damaged, archive.entries_left_out), (ArchiveKind::Xdm, false, 0));
    let read = |format, length| Ok((format, length));
    let deeper = zipped(&[("LOST.XML", CDA)]).len();
    assert_eq!(
        listed(&archive),
        [
            ("HealthSummary/INDEX.HTM", read(Format::Html, 33)),
            ("HealthSummary/README.TXT", read(Format::Text, 7)),
            ("HealthSummary/IHE_XDM/SUBSET01/METADATA.XML", read(Format::Xml, 45)),
            ("HealthSummary/IHE_XDM/SUBSET01/DOC0001.XML", read(Format::Ccda, CDA.len())),
            ("HealthSummary/IHE_XDM/SUBSET01/CDA.XSL", read(Format::Xml, 52)),
            ("__MACOSX/._DOC0001.XML", read(Format::Unknown, 8)),
            ("more.zip", read(Format::Zip, inner.len())),
            ("INNER.XML", read(Format::Ccda, CDA.len())),
            ("deeper.zip", read(Format::Zip, deeper)),
        ]
    );
    let own: Vec<&str> =
        archive.entries.iter().filter(|entry| !entry.name.is_packaging()).map(|entry| entry.name.as_str()).collect();
    assert_eq!(own, ["HealthSummary/IHE_XDM/SUBSET01/DOC0001.XML", "more.zip", "INNER.XML", "deeper.zip"]);
    assert_eq!(archive.entries.iter().filter(|entry| entry.nested).count(), 2);
    assert_eq!(archive.entries[3].name.extension().as_deref(), Some("xml"));
}

/// Proves D2: files of programs that pack their own are named, not taken apart.
#[test]
fn office_files_are_named() {
    for (files, kind) in [
        (["[Content_Types].xml", "word/document.xml"], ArchiveKind::Word),
        (["xl/workbook.xml", "[Content_Types].xml"], ArchiveKind::Spreadsheet),
        (["[Content_Types].xml", "ppt/presentation.xml"], ArchiveKind::Presentation),
        (["word/list.xml", "xl/list.xml"], ArchiveKind::Plain),
    ] {
        let archive = unpacked(&zipped(&files.map(|name| (name, b"<x/>".as_slice()))));
        assert_eq!((archive.kind, archive.entries.is_empty()), (kind, kind != ArchiveKind::Plain));
        let whole = zipped(&files.map(|name| (name, b"<x/>".as_slice())));
        assert_eq!(unpacked(&whole[..place(&whole, CENTRAL, 0)]).kind, kind);
    }
    for (media_type, kind) in [
        ("application/vnd.oasis.opendocument.text", ArchiveKind::OpenDocument),
        ("application/epub+zip", ArchiveKind::Epub),
        ("text/plain", ArchiveKind::Plain),
    ] {
        let file =
            zipped_by(&[("mimetype", media_type.as_bytes()), ("content.xml", b"<x/>")], CompressionMethod::Stored);
        assert_eq!(unpacked(&file).kind, kind);
    }
}

/// Proves D10: one entry that cannot be read is listed with its reason, and the others are read.
#[test]
fn a_bad_entry_costs_no_other() {
    let sound = zipped(&[("a.txt", b"first"), ("b.xml", CDA), ("c.txt", b"third")]);
    let change = |changes: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = sound.clone();
        changes(&mut bytes);
        bytes
    };
    let (local, central) = (place(&sound, LOCAL, 1), place(&sound, CENTRAL, 1));
    for (bytes, fault) in [
        (change(&|bytes| bytes[central + 8] |= 1), EntryFault::Encrypted),
        (change(&|bytes| bytes[central + 10] = 12), EntryFault::UnsupportedMethod),
        (change(&|bytes| bytes[central + 16] ^= 1), EntryFault::Damaged),
        (change(&|bytes| bytes[local + 40] ^= 0xff), EntryFault::Damaged),
        (change(&|bytes| bytes[local] = b'X'), EntryFault::Damaged),
        (change(&|bytes| bytes[central + 42..central + 46].fill(0x7f)), EntryFault::Damaged),
        (change(&|bytes| bytes[central + 20..central + 24].fill(0)), EntryFault::Damaged),
    ] {
        let archive = unpacked(&bytes);
        assert_eq!(
            listed(&archive),
            [("a.txt", Ok((Format::Text, 5))), ("b.xml", Err(fault)), ("c.txt", Ok((Format::Text, 5)))]
        );
    }
    // What is claimed about sizes is not used: the bytes and their checksum are.
    for claim in [0_u8, 0x7f, 0xfe] {
        let archive = unpacked(&change(&|bytes| bytes[central + 24..central + 28].fill(claim)));
        assert_eq!(listed(&archive)[1], ("b.xml", Ok((Format::Ccda, CDA.len()))));
    }
}

/// Proves D10: bombs stop at each limit, and cost no more than the limit.
#[test]
fn bombs_stop_at_the_limits() {
    let zeros = vec![b' '; 3_000_000];
    let bomb = zipped(&[("bomb.txt", &zeros), ("b.txt", b"well")]);
    assert!(bomb.len() < 10_000);
    let faults = |limits: ArchiveLimits, bytes: &[u8]| {
        let archive = entries(bytes, &limits).unwrap();
        let faults: Vec<Option<EntryFault>> = listed(&archive).into_iter().map(|(_, content)| content.err()).collect();
        (faults, archive.entries_left_out)
    };
    let wide = ArchiveLimits { ratio: 10_000, ..ArchiveLimits::default() };
    assert_eq!(faults(wide, &bomb), (vec![None, None], 0));
    let large = Some(EntryFault::TooLarge);
    assert_eq!(faults(ArchiveLimits::default(), &bomb), (vec![large, None], 0));
    assert_eq!(faults(ArchiveLimits { entry_bytes: 2_999_999, ..wide }, &bomb), (vec![large, None], 0));
    assert_eq!(faults(ArchiveLimits { total_bytes: 3_000_003, ..wide }, &bomb), (vec![None, large], 0));
    assert_eq!(faults(ArchiveLimits { entries: 1, ..wide }, &bomb), (vec![None], 1));
    // The same limits hold for what stands within.
    let nested = zipped_by(&[("inner.zip", &bomb)], CompressionMethod::Stored);
    assert_eq!(faults(ArchiveLimits { total_bytes: 1_000_000, ..wide }, &nested), (vec![None, large, None], 0));
    let input = ArchiveLimits { input_bytes: 10, ..wide };
    assert_eq!(entries(&bomb, &input), Err(DocumentError::TooLarge { exceeded: Exceeded::InputBytes, limit: 10 }));
}

/// Proves D10: many entries over the same bytes do not multiply past the limit.
#[test]
fn overlapping_entries_stay_within_the_limit() {
    let one = zipped(&[("a.txt", &vec![b'a'; 50_000])]);
    let central = place(&one, CENTRAL, 0);
    let end = place(&one, END, 0);
    let mut bytes = one[..central].to_vec();
    let record = &one[central..end];
    (0..5_000).for_each(|_| bytes.extend(record));
    let mut tail = one[end..].to_vec();
    tail[8..10].copy_from_slice(&5_000_u16.to_le_bytes());
    tail[10..12].copy_from_slice(&5_000_u16.to_le_bytes());
    tail[12..16].copy_from_slice(&u32::try_from(record.len() * 5_000).unwrap().to_le_bytes());
    bytes.extend(tail);
    let limits = ArchiveLimits { total_bytes: 1_000_000, entries: 100, ..ArchiveLimits::default() };
    let archive = entries(&bytes, &limits).unwrap();
    assert_eq!((archive.entries.len(), archive.entries_left_out, archive.damaged), (100, 4_900, false));
    let read = listed(&archive).into_iter().filter_map(|(_, content)| content.ok()).map(|(_, length)| length);
    assert_eq!(read.sum::<usize>(), 1_000_000);
}

/// Proves D10: heads without a directory, however many, end within the limit of entries.
#[test]
fn endless_heads_end() {
    let one = zipped(&[("a.txt", b"first")]);
    let head = &one[..place(&one, CENTRAL, 0)];
    let bytes = head.repeat(20_000);
    let limits = ArchiveLimits { entries: 50, ..ArchiveLimits::default() };
    let archive = entries(&bytes, &limits).unwrap();
    assert_eq!((archive.entries.len(), archive.entries_left_out, archive.damaged), (1, 19_950, true));
}

/// Proves D10: names are data: they lead nowhere, and two files of one name are two files.
#[test]
fn names_are_only_data() {
    let mut bytes =
        zipped(&[("../../evil.xml", CDA), ("same1.txt", b"one"), ("same2.txt", b"two"), ("C:\\x\\y.XML", CDA)]);
    for at in (0..bytes.len() - 5).filter(|at| bytes[*at..].starts_with(b"same2")).collect::<Vec<_>>() {
        bytes[at + 4] = b'1';
    }
    let archive = unpacked(&bytes);
    let names: Vec<&str> = archive.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["../../evil.xml", "same1.txt", "same1.txt", "C:\\x\\y.XML"]);
    assert!(archive.entries.iter().all(|entry| matches!(entry.content, EntryContent::File { .. })));
    assert_eq!(archive.entries[3].name.extension().as_deref(), Some("xml"));
}

/// Proves V6: neither `Debug` nor an error shows a name or a word.
#[test]
fn debug_shows_no_names() {
    let archive = unpacked(&zipped(&[("zebrafinch.txt", b"zebrafinch was seen")]));
    assert!(!format!("{archive:?}").contains("zebrafinch"));
}

/// Proves D10: an archive that was cut anywhere still gives every file whose bytes are there.
#[test]
fn a_cut_archive_gives_what_is_left() {
    let whole = zipped(&[("a.txt", b"first"), ("b.xml", CDA), ("c.txt", b"third")]);
    let second = place(&whole, LOCAL, 1);
    let third = place(&whole, LOCAL, 2);
    let directory = place(&whole, CENTRAL, 0);
    for cut in second..whole.len() {
        let archive = unpacked(&whole[..cut]);
        let read: Vec<&str> =
            listed(&archive).into_iter().filter(|(_, content)| content.is_ok()).map(|(name, _)| name).collect();
        let complete = [(second, "a.txt"), (third, "b.xml"), (directory, "c.txt")];
        let expected: Vec<&str> = complete.into_iter().filter(|(end, _)| cut >= *end).map(|(_, name)| name).collect();
        assert_eq!(read, expected, "{cut}");
        // The last two bytes only tell how long a comment is.
        assert_eq!(archive.damaged, cut < whole.len() - 2, "{cut}");
    }
}

/// Proves D10: a cut archive of a writer that puts sizes behind the data gives what is left, too.
#[test]
fn sizes_behind_the_data_are_found() {
    let mut bytes = Vec::new();
    for name in ["a.xml", "b.xml"] {
        let file = zipped(&[(name, CDA)]);
        let data = &file[..place(&file, CENTRAL, 0)];
        let start = bytes.len();
        bytes.extend(data);
        let sizes: Vec<u8> = bytes.splice(start + 14..start + 26, [0; 12]).collect();
        bytes[start + 6] |= 8;
        bytes.extend(b"PK\x07\x08");
        bytes.extend(sizes);
    }
    let archive = unpacked(&bytes);
    assert_eq!(listed(&archive), ["a.xml", "b.xml"].map(|name| (name, Ok((Format::Ccda, CDA.len())))));
    let cut = unpacked(&bytes[..bytes.len() - 20]);
    assert_eq!(listed(&cut), [("a.xml", Ok((Format::Ccda, CDA.len()))), ("b.xml", Err(EntryFault::Damaged))]);
}

/// Proves D2: a directory with bytes in front of it, and one with sizes of 64 bits, is read.
#[test]
fn shifted_and_wide_archives_are_read() {
    let plain = zipped(&[("a.txt", b"first"), ("b.xml", CDA)]);
    let mut wide = ZipWriter::new(Cursor::new(Vec::new()));
    wide.start_file("a.txt", SimpleFileOptions::default().large_file(true)).unwrap();
    wide.write_all(b"first").unwrap();
    let wide = wide.finish().unwrap().into_inner();
    assert_eq!(listed(&unpacked(&wide)), [("a.txt", Ok((Format::Text, 5)))]);
    // Sizes of the directory's record moved to an extra field of 64 bits.
    let (central, end) = (place(&plain, CENTRAL, 0), place(&plain, CENTRAL, 1));
    let name_end = central + 46 + 5;
    let mut moved = plain[..name_end].to_vec();
    let (packed, unpacked_size) =
        (plain[central + 20..central + 24].to_vec(), plain[central + 24..central + 28].to_vec());
    moved[central + 20..central + 28].fill(0xff);
    let old = u16::from_le_bytes([moved[central + 30], moved[central + 31]]);
    moved[central + 30..central + 32].copy_from_slice(&(old + 20).to_le_bytes());
    moved.extend([1, 0, 16, 0]);
    for size in [unpacked_size, packed] {
        moved.extend(size);
        moved.extend([0; 4]);
    }
    moved.extend(&plain[name_end..end]);
    moved.extend(&plain[end..]);
    let size_at = place(&moved, END, 0) + 12;
    let size = u32::from_le_bytes(moved[size_at..size_at + 4].try_into().unwrap()) + 20;
    moved[size_at..size_at + 4].copy_from_slice(&size.to_le_bytes());
    assert_eq!(listed(&unpacked(&moved)), listed(&unpacked(&plain)));
    // The directory of an archive stands at its own places, wherever the archive does.
    let mut shifted = b"PK\x03\x04 is not the start of an entry here. ".to_vec();
    shifted.extend(&plain);
    let archive = unpacked(&shifted);
    assert_eq!((listed(&archive).len(), archive.damaged), (2, false));
}

/// Proves D2: what is no archive is said to be something else.
#[test]
fn other_files_are_named() {
    assert_eq!(
        entries(b"%PDF-1.7", &ArchiveLimits::default()),
        Err(DocumentError::UnsupportedFormat { format: Format::Pdf })
    );
    let empty = unpacked(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    assert_eq!((empty.kind, empty.entries.len(), empty.damaged), (ArchiveKind::Plain, 0, false));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Proves D2: whatever was packed comes back byte for byte, in order.
    #[test]
    fn files_come_back(files in vec(("[a-zé]{1,8}\\.[a-z]{1,3}", vec(any::<u8>(), 0..300)), 0..8), stored in any::<bool>()) {
        let named: Vec<(String, Vec<u8>)> = files.into_iter().enumerate().map(|(at, (name, bytes))| (format!("{at}{name}"), bytes)).collect();
        let method = if stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let packed = zipped_by(&named.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>(), method);
        let archive = unpacked(&packed);
        let read: Vec<(String, Vec<u8>)> = archive.entries.iter().filter(|entry| !entry.nested).map(|entry| match &entry.content {
            EntryContent::File { bytes, .. } => (entry.name.as_str().to_owned(), bytes.clone()),
            EntryContent::Unread(fault) => (fault.to_string(), Vec::new()),
        }).collect();
        prop_assert_eq!(read, named);
        prop_assert!(!archive.damaged);
    }

    /// Proves D10: a damaged archive never brings the reader down, and its files are right or not given.
    #[test]
    fn damage_never_brings_it_down(damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..10)) {
        let files = [("a.txt", b"first".as_slice()), ("b.xml", CDA), ("c.zip", &zipped(&[("d.txt", b"inner")]))];
        let mut bytes = zipped(&files);
        for (at, byte) in damage {
            let at = at.index(bytes.len() - 4) + 4;
            bytes[at] = byte;
        }
        let archive = entries(&bytes, &ArchiveLimits::default()).unwrap();
        for entry in archive.entries {
            if let EntryContent::File { bytes, .. } = entry.content {
                let right = files.iter().any(|(_, file)| *file == bytes) || bytes == b"inner" || bytes.is_empty();
                prop_assert!(right, "{:?}", bytes.escape_ascii().to_string());
            }
        }
    }
}
