//! What the bytes are. The declared media type is a hint; the bytes decide (SPEC D2).

use serde::{Deserialize, Serialize};

use crate::ccda::is_part_of_cda;
use crate::charset::decode;
use crate::html::{holds_markup, is_element};
use crate::magic::binary_format;

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

/// Decides what `bytes` are. `declared` is a `Content-Type`, parameters and all.
#[must_use]
pub fn sniff(bytes: &[u8], declared: Option<&str>) -> Sniffed {
    let hint = declared.and_then(format_of_media_type);
    let (format, charset) = match binary_format(bytes, hint) {
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
        ("application", "zip" | "x-zip-compressed" | "x-zip") => Some(Format::Zip),
        ("application", "dicom") => Some(Format::Image),
        ("application", "ogg") => Some(Format::Audio),
        ("text", _) => Some(Format::Text),
        ("image", _) => Some(Format::Image),
        ("audio", _) => Some(Format::Audio),
        ("video", _) => Some(Format::Video),
        _ => None,
    }
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
    // RTF in pairs of bytes, which only shows once it is decoded.
    if text.trim_start().starts_with("{\\rtf") {
        return Format::Rtf;
    }
    let (root, declares_xml) = root_element(text);
    match root {
        Some(root) if root.rsplit(':').next() == Some("clinicaldocument") => Format::Ccda,
        Some(root) if NAMES_OF_BOTH.contains(&root.as_str()) && is_part_of_cda(text) => Format::Xml,
        Some(root) if is_element(root.as_bytes()) => Format::Html,
        Some(root) if declares_xml || hint == Some(Format::Xml) || is_closed(text, &root) || is_part_of_cda(text) => {
            Format::Xml
        }
        // A page without its frame, or plain text that someone labelled as a page.
        _ if hint == Some(Format::Html) && holds_markup(text, 1) => Format::Html,
        _ if holds_markup(text, 4) => Format::Html,
        _ => Format::Text,
    }
}

/// Elements of HTML whose names CDA has too.
const NAMES_OF_BOTH: &[&str] = &["section", "title", "code", "time", "paragraph", "content"];

/// Whether the element `root` (in lower case) that `text` starts with is closed at its end.
fn is_closed(text: &str, root: &str) -> bool {
    let end = text.trim_end();
    let name = end.rsplit_once('<').and_then(|(_, tag)| tag.strip_suffix('>')).unwrap_or_default();
    let name = name.trim_start_matches('/').trim_end_matches('/');
    name.get(..root.len()).is_some_and(|start| start.eq_ignore_ascii_case(root))
}

/// `text` from its first element on.
pub(crate) fn first_element(text: &str) -> &str {
    let mut rest = text.trim_start();
    while rest.starts_with("<!") || rest.starts_with("<?") {
        let Some(next) = after_declaration(rest) else { break };
        rest = next.trim_start();
    }
    rest
}

/// What follows a comment, instruction or DOCTYPE that `text` starts with.
fn after_declaration(text: &str) -> Option<&str> {
    let end = if text.starts_with("<!--") { "-->" } else { ">" };
    let (declaration, rest) = text.split_once(end)?;
    // A DOCTYPE may hold declarations of its own.
    if end == ">" && declaration.starts_with("<!") && declaration.contains('[') {
        let (_, rest) = text.split_once(']')?;
        return rest.trim_start().strip_prefix('>').or(Some(rest));
    }
    Some(rest)
}

/// The name of the first element, in lower case, if the text starts with one; and whether it says it is XML.
fn root_element(text: &str) -> (Option<String>, bool) {
    let mut rest = text.trim_start();
    let mut declares_xml = false;
    while let Some(after) = rest.strip_prefix('<') {
        if after.starts_with(['?', '!']) {
            declares_xml |= after.starts_with("?xml");
            if after.get(1..8).is_some_and(|word| word.eq_ignore_ascii_case("doctype"))
                && after
                    .get(8..)
                    .is_some_and(|name| name.trim_start().get(..4).is_some_and(|n| n.eq_ignore_ascii_case("html")))
            {
                return (Some("html".to_owned()), declares_xml);
            }
            let Some(next) = after_declaration(rest) else { break };
            rest = next.trim_start();
            continue;
        }
        let name = after.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or_default();
        let tagged = after.starts_with(|c: char| c.is_ascii_alphabetic()) && after.contains('>') && name.len() <= 64;
        return (tagged.then(|| name.to_ascii_lowercase()), declares_xml);
    }
    (None, declares_xml)
}
