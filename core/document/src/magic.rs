//! Formats that give themselves away by their first bytes (SPEC D2).

use crate::sniff::Format;

/// A PDF may have this much in front of its header.
const PDF_HEAD: usize = 1024;

/// Bytes at two places that only one format has.
struct Magic {
    /// At the very start.
    start: &'static [u8],
    /// Further in.
    at: usize,
    bytes: &'static [u8],
    format: Format,
    /// The container also holds the other of sound and moving pictures: a declared type decides.
    either: bool,
}

const fn magic(start: &'static [u8], format: Format) -> Magic {
    Magic { start, at: 0, bytes: b"", format, either: false }
}

const fn inside(start: &'static [u8], at: usize, bytes: &'static [u8], format: Format) -> Magic {
    Magic { start, at, bytes, format, either: false }
}

const fn either(start: &'static [u8], at: usize, bytes: &'static [u8], format: Format) -> Magic {
    Magic { start, at, bytes, format, either: true }
}

/// The first that fits counts.
const MAGIC: &[Magic] = &[
    magic(b"PK\x03\x04", Format::Zip),
    magic(b"PK\x05\x06", Format::Zip),
    magic(b"PK\x07\x08PK\x03\x04", Format::Zip),
    magic(b"\x89PNG\r\n\x1a\n", Format::Image),
    magic(b"\xff\xd8\xff", Format::Image),
    magic(b"GIF87a", Format::Image),
    magic(b"GIF89a", Format::Image),
    magic(b"II*\0", Format::Image),
    magic(b"MM\0*", Format::Image),
    magic(b"II+\0", Format::Image),
    magic(b"MM\0+", Format::Image),
    // "BM" alone begins many a sentence about BMI: the reserved field of a bitmap is zero.
    inside(b"BM", 6, &[0; 4], Format::Image),
    inside(b"RIFF", 8, b"WEBP", Format::Image),
    // JPEG 2000, JPEG XL.
    magic(b"\0\0\0\x0cjP  ", Format::Image),
    magic(b"\xff\x4f\xff\x51", Format::Image),
    magic(b"\0\0\0\x0cJXL ", Format::Image),
    // HEIF's brands, AVIF's.
    inside(b"\0", 4, b"ftyphei", Format::Image),
    inside(b"\0", 4, b"ftyphev", Format::Image),
    inside(b"\0", 4, b"ftypmif1", Format::Image),
    inside(b"\0", 4, b"ftypmsf1", Format::Image),
    inside(b"\0", 4, b"ftypavif", Format::Image),
    inside(b"\0", 4, b"ftypavis", Format::Image),
    // DICOM: behind 128 bytes of anything, its first element is of group 2.
    inside(b"", 128, b"DICM\x02\0", Format::Image),
    magic(b"ID3\x02", Format::Audio),
    magic(b"ID3\x03", Format::Audio),
    magic(b"ID3\x04", Format::Audio),
    magic(b"fLaC", Format::Audio),
    magic(b"#!AMR", Format::Audio),
    magic(b"caff\0\x01", Format::Audio),
    inside(b"RIFF", 8, b"WAVE", Format::Audio),
    inside(b"RF64", 8, b"WAVE", Format::Audio),
    inside(b"FORM", 8, b"AIFF", Format::Audio),
    inside(b"FORM", 8, b"AIFC", Format::Audio),
    inside(b"\0", 4, b"ftypM4A", Format::Audio),
    inside(b"\0", 4, b"ftypM4B", Format::Audio),
    either(b"OggS\0", 0, b"", Format::Audio),
    inside(b"RIFF", 8, b"AVI ", Format::Video),
    either(b"\0", 4, b"ftyp", Format::Video),
    // QuickTime before it had brands.
    inside(b"\0", 4, b"moov", Format::Video),
    inside(b"\0", 4, b"mdat", Format::Video),
    inside(b"\0", 4, b"wide", Format::Video),
    // WebM and Matroska; ASF (WMA, WMV); MPEG program and elementary streams.
    either(b"\x1a\x45\xdf\xa3", 0, b"", Format::Video),
    either(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", 0, b"", Format::Video),
    magic(b"\0\0\x01\xba", Format::Video),
    magic(b"\0\0\x01\xb3", Format::Video),
];

/// The format of bytes that are no text, and of those that begin with its mark. `hint` is what was declared.
pub(crate) fn binary_format(bytes: &[u8], hint: Option<Format>) -> Option<Format> {
    // Before text, for it looks like text.
    if bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start().starts_with(b"{\\rtf") {
        return Some(Format::Rtf);
    }
    let fits = |magic: &&Magic| {
        bytes.starts_with(magic.start) && bytes.get(magic.at..).is_some_and(|rest| rest.starts_with(magic.bytes))
    };
    if let Some(found) = MAGIC.iter().find(fits) {
        let declared = hint.filter(|hint| found.either && matches!(hint, Format::Audio | Format::Video));
        return Some(declared.unwrap_or(found.format));
    }
    if is_pdf(bytes) {
        return Some(Format::Pdf);
    }
    is_audio_frame(bytes).then_some(Format::Audio)
}

/// `%PDF-` and a digit within the first 1,024 bytes.
fn is_pdf(bytes: &[u8]) -> bool {
    let head = bytes.get(..PDF_HEAD + 5).unwrap_or(bytes);
    head.windows(6).any(|window| window.starts_with(b"%PDF-") && window.last().is_some_and(u8::is_ascii_digit))
}

/// Whether a frame of MPEG audio (MP3) or ADTS (AAC) starts here, with no value in its head that is reserved.
fn is_audio_frame(bytes: &[u8]) -> bool {
    // FF FE is the mark of UTF-16, and of a layer that nobody uses.
    let [0xFF, second, third, ..] = *bytes else { return false };
    let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
    match (second, layer) {
        (0xFE.., _) => false,
        (0xF0.., 0) => third >> 2 & 0xF < 13,
        (0xE0.., 1..) => version != 1 && !matches!(third >> 4, 0 | 0xF) && third >> 2 & 3 != 3,
        _ => false,
    }
}
