//! What the bytes are. The declared media type is a hint; the bytes decide (SPEC D2).

use serde::{Deserialize, Serialize};

use crate::charset::decode;
use crate::html::{holds_markup, is_element};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Plain text.
    Text,
    /// HTML or XHTML.
    Html,
    /// Rich Text Format.
    Rtf,
    /// PDF.
    Pdf,
    /// A C-CDA document (HL7 CDA in XML).
    Ccda,
    /// XML of another kind.
    Xml,
    /// A ZIP archive.
    Zip,
    /// A picture.
    Image,
    /// A sound recording.
    Audio,
    /// A moving picture.
    Video,
    /// Bytes of no kind known here.
    Unknown,
}

impl Format {
    /// Stable name, the same as in stored models.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Html => "html",
            Self::Rtf => "rtf",
            Self::Pdf => "pdf",
            Self::Ccda => "ccda",
            Self::Xml => "xml",
            Self::Zip => "zip",
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Unknown => "unknown",
        }
    }
}

/// What was found out about some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sniffed {
    /// What they are.
    pub format: Format,
    /// For text of any kind, the WHATWG name of the character set they are in.
    pub charset: Option<&'static str>,
    /// Whether the declared media type says the same; true when none was declared.
    pub declared_matches: bool,
}

/// Bytes looked at to tell formats apart.
const HEAD: usize = 4096;
/// A PDF may have this much in front of its header.
const PDF_HEAD: usize = 1024;

/// Decides what `bytes` are. `declared` is a `Content-Type`, parameters and all.
#[must_use]
pub fn sniff(bytes: &[u8], declared: Option<&str>) -> Sniffed {
    let hint = declared.and_then(format_of_media_type);
    let (format, charset) = match binary_format(bytes) {
        Some(format) => (format, None),
        None => {
            let decoded = decode(bytes, declared);
            (text_format(&decoded.text, hint), Some(decoded.charset))
        }
    };
    Sniffed { format, charset, declared_matches: hint.is_none_or(|hint| agrees(hint, format)) }
}

/// C-CDA and XHTML are XML too, and servers say so.
fn agrees(hint: Format, found: Format) -> bool {
    hint == found || (hint == Format::Xml && matches!(found, Format::Ccda | Format::Html))
}

/// The format a media type stands for; `None` when it says nothing (`application/octet-stream`).
fn format_of_media_type(declared: &str) -> Option<Format> {
    let essence = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (kind, rest) = essence.split_once('/')?;
    match (kind, rest) {
        ("text" | "application", "html" | "xhtml+xml") => Some(Format::Html),
        ("text" | "application", "rtf" | "x-rtf") => Some(Format::Rtf),
        ("text" | "application", "xml") => Some(Format::Xml),
        ("text" | "application", "cda+xml" | "hl7-cda+xml" | "hl7-sda+xml") => Some(Format::Ccda),
        ("application", "pdf") => Some(Format::Pdf),
        ("application", "zip" | "x-zip-compressed") => Some(Format::Zip),
        ("text", _) => Some(Format::Text),
        ("image", _) => Some(Format::Image),
        ("audio", _) => Some(Format::Audio),
        ("video", _) => Some(Format::Video),
        _ => None,
    }
}

/// Magic numbers: the bytes at an offset that give a format away.
const MAGIC: &[(usize, &[u8], Format)] = &[
    (0, b"{\\rtf", Format::Rtf),
    (0, b"PK\x03\x04", Format::Zip),
    (0, b"PK\x05\x06", Format::Zip),
    (0, b"\x89PNG\r\n\x1a\n", Format::Image),
    (0, b"\xff\xd8\xff", Format::Image),
    (0, b"GIF87a", Format::Image),
    (0, b"GIF89a", Format::Image),
    (0, b"II*\0", Format::Image),
    (0, b"MM\0*", Format::Image),
    (8, b"WEBP", Format::Image),
    (4, b"ftyphei", Format::Image),
    (4, b"ftypmif1", Format::Image),
    (4, b"ftypavif", Format::Image),
    (128, b"DICM", Format::Image),
    (0, b"ID3\x02", Format::Audio),
    (0, b"ID3\x03", Format::Audio),
    (0, b"ID3\x04", Format::Audio),
    (0, b"OggS", Format::Audio),
    (0, b"fLaC", Format::Audio),
    (0, b"#!AMR", Format::Audio),
    (8, b"WAVEfmt", Format::Audio),
    (4, b"ftypM4A", Format::Audio),
    (0, b"\xff\xfb", Format::Audio),
    (0, b"\xff\xf3", Format::Audio),
    (0, b"\xff\xf1", Format::Audio),
    (4, b"ftyp", Format::Video),
    (0, b"\x1a\x45\xdf\xa3", Format::Video),
];

fn binary_format(bytes: &[u8]) -> Option<Format> {
    let start = bytes.trim_ascii_start();
    if start.starts_with(b"{\\rtf") {
        return Some(Format::Rtf);
    }
    let magic = MAGIC.iter().find(|(at, magic, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    if let Some((_, _, format)) = magic {
        return Some(*format);
    }
    // "BM" alone begins many a sentence about BMI: the reserved field of a bitmap is zero.
    if bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4]) {
        return Some(Format::Image);
    }
    let head = bytes.get(..PDF_HEAD + 5).unwrap_or(bytes);
    let pdf =
        head.windows(6).any(|window| window.starts_with(b"%PDF-") && window.last().is_some_and(u8::is_ascii_digit));
    pdf.then_some(Format::Pdf)
}

fn text_format(text: &str, hint: Option<Format>) -> Format {
    let head: String = text.chars().take(HEAD).collect();
    let (controls, all) = head.chars().fold((0, 0), |(controls, all), c| {
        let control = (c.is_control() && !c.is_whitespace() && c != '\u{1b}') || c == '\u{FFFD}';
        (controls + usize::from(control), all + 1)
    });
    // A few strays do not make a short note a binary file.
    if controls >= 4 && controls * 10 > all {
        return Format::Unknown;
    }
    let (root, declares_xml) = root_element(text);
    match root {
        Some(root) if root.rsplit(':').next() == Some("clinicaldocument") => Format::Ccda,
        Some(root) if is_element(root.as_bytes()) => Format::Html,
        Some(_) if declares_xml => Format::Xml,
        // A page without its frame, or plain text that someone labelled as a page.
        _ if hint == Some(Format::Html) && holds_markup(text, 1) => Format::Html,
        _ if holds_markup(text, 4) => Format::Html,
        _ => Format::Text,
    }
}

/// The name of the first element, in lower case, if the text starts with one; and whether it says it is XML.
fn root_element(text: &str) -> (Option<String>, bool) {
    let mut rest = text.trim_start();
    let mut declares_xml = false;
    while let Some(after) = rest.strip_prefix('<') {
        let end = if after.starts_with("!--") { "-->" } else { ">" };
        if after.starts_with(['?', '!']) {
            declares_xml |= after.starts_with("?xml");
            if after.get(1..8).is_some_and(|word| word.eq_ignore_ascii_case("doctype"))
                && after
                    .get(8..)
                    .is_some_and(|name| name.trim_start().get(..4).is_some_and(|n| n.eq_ignore_ascii_case("html")))
            {
                return (Some("html".to_owned()), declares_xml);
            }
            let Some((_, next)) = after.split_once(end) else { break };
            rest = next.trim_start();
            continue;
        }
        let name = after.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or_default();
        let tagged = after.starts_with(|c: char| c.is_ascii_alphabetic()) && after.contains('>') && name.len() <= 64;
        return (tagged.then(|| name.to_ascii_lowercase()), declares_xml);
    }
    (None, declares_xml)
}
