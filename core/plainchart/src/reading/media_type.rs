//! The media type of a file by its first bytes, for the phone's viewer or player (N5).

use plainchart_document::{Format, sniff};

/// First bytes, at which offset, and the media type they tell. The first that fits counts.
const MAGIC: &[(usize, &[u8], &str)] = &[
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"BM", "image/bmp"),
    (8, b"WEBP", "image/webp"),
    (128, b"DICM", "application/dicom"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
];

/// What a file is, and its media type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileKind {
    /// What the bytes are.
    pub(super) format: Format,
    /// By the bytes, else as declared.
    pub(super) media_type: Option<String>,
}

/// By the bytes first; the declaration decides where they say no more than the kind (`image`).
pub(super) fn kind_of(bytes: &[u8], declared: Option<&str>) -> FileKind {
    let format = sniff(bytes, declared).format;
    let essence = declared.and_then(|declared| declared.split(';').next()).map(|text| text.trim().to_ascii_lowercase());
    let known = || {
        let fits =
            |(at, magic, _): &&(usize, &[u8], &str)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic));
        MAGIC.iter().find(fits).map(|(.., media_type)| *media_type)
    };
    let of_bytes = match format {
        Format::Html => Some("text/html"),
        Format::Rtf => Some("application/rtf"),
        Format::Pdf => Some("application/pdf"),
        Format::Ccda | Format::Xml => Some("text/xml"),
        Format::Text => Some("text/plain"),
        Format::Zip => Some("application/zip"),
        Format::Image | Format::Audio | Format::Video => known(),
        Format::Unknown => None,
    };
    // Files of one container that the declaration tells apart: sound in a film's, C-CDA in XML.
    let keeps = |essence: &String| match format {
        Format::Image => essence.starts_with("image/") && of_bytes.is_none() || essence == "application/dicom",
        Format::Audio => essence.starts_with("audio/") || essence == "application/ogg",
        Format::Video => essence.starts_with("video/") && of_bytes.is_none(),
        Format::Ccda | Format::Xml => essence.ends_with("xml"),
        Format::Zip | Format::Unknown => true,
        Format::Html => essence.ends_with("html") || essence.ends_with("xhtml+xml"),
        Format::Rtf => essence.ends_with("rtf"),
        Format::Text => essence.starts_with("text/"),
        Format::Pdf => false,
    };
    let media_type = essence.filter(keeps).or_else(|| of_bytes.map(str::to_owned));
    FileKind { format, media_type }
}

/// How a phone shows a file: `image`, `audio`, `video`, `pdf` or `file`; none for what is read as text.
pub(super) const fn attachment_kind(format: Format) -> Option<&'static str> {
    match format {
        Format::Image => Some("image"),
        Format::Audio => Some("audio"),
        Format::Video => Some("video"),
        Format::Pdf => Some("pdf"),
        Format::Zip | Format::Unknown => Some("file"),
        Format::Html | Format::Ccda | Format::Xml | Format::Text | Format::Rtf => None,
    }
}

/// The same by a declared media type alone, for a file that is not here.
pub(super) fn declared_kind(essence: &str) -> Option<&'static str> {
    match essence.split('/').next() {
        Some("image") => Some("image"),
        Some("audio") => Some("audio"),
        Some("video") => Some("video"),
        _ if essence == "application/pdf" => Some("pdf"),
        _ if essence == "application/dicom" => Some("image"),
        Some("text") => None,
        _ if essence.ends_with("xml") || essence.ends_with("rtf") => None,
        _ => Some("file"),
    }
}

/// Whether phones show or play files of this type by themselves.
pub(super) fn shows_offline(kind: &str, media_type: Option<&str>) -> bool {
    match kind {
        "pdf" | "audio" | "video" => true,
        "image" => !matches!(media_type, Some("application/dicom" | "image/tiff" | "image/dicom" | "image/jp2") | None),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves N5: the bytes decide what a file is; the declaration where they say no more.
    #[test]
    fn the_bytes_decide() {
        let wav = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0";
        for (bytes, declared, expected) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], Some("image/jpeg"), Some("image/png")),
            (&b"\xff\xd8\xff\xe0\0\x10JFIF\0"[..], None, Some("image/jpeg")),
            (&wav[..], Some("application/octet-stream"), Some("audio/wav")),
            (&wav[..], Some("audio/x-wav"), Some("audio/x-wav")),
            (&b"%PDF-1.4\n"[..], Some("text/plain"), Some("application/pdf")),
            (&b"<html><body>x</body></html>"[..], Some("text/plain"), Some("text/html")),
            (&b"words"[..], None, Some("text/plain")),
        ] {
            assert_eq!(kind_of(bytes, declared).media_type.as_deref(), expected, "{declared:?}");
        }
    }
}
