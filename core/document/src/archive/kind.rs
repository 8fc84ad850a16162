//! What an archive is to its owner: a bundle of files, or one file of a program that packs its own.

use super::entry::EntryName;

/// What a ZIP archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArchiveKind {
    /// A bundle of files.
    Plain,
    /// A bundle of health documents with a list of contents (IHE XDM).
    Xdm,
    /// A Word file (`.docx`).
    Word,
    /// An Excel file (`.xlsx`).
    Spreadsheet,
    /// A PowerPoint file (`.pptx`).
    Presentation,
    /// A LibreOffice or OpenOffice file (`.odt`, `.ods`, `.odp`).
    OpenDocument,
    /// An electronic book.
    Epub,
}

/// Folders that only one kind of Office file has.
const FOLDERS: &[(&str, ArchiveKind)] =
    &[("word/", ArchiveKind::Word), ("xl/", ArchiveKind::Spreadsheet), ("ppt/", ArchiveKind::Presentation)];
/// In every file of Microsoft Office.
const OFFICE_TYPES: &str = "[Content_Types].xml";
/// In files of LibreOffice and in books: the first entry, stored, says what it is.
const MEDIA_TYPES: &[(&[u8], ArchiveKind)] = &[
    (b"mimetypeapplication/vnd.oasis.opendocument", ArchiveKind::OpenDocument),
    (b"mimetypeapplication/epub+zip", ArchiveKind::Epub),
];
/// Length of an entry's fixed head, behind which its name stands.
const HEAD: usize = 30;

impl ArchiveKind {
    /// Stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Xdm => "xdm",
            Self::Word => "word",
            Self::Spreadsheet => "spreadsheet",
            Self::Presentation => "presentation",
            Self::OpenDocument => "open-document",
            Self::Epub => "epub",
        }
    }

    /// Whether it is a bundle of files to its owner.
    #[must_use]
    pub const fn is_bundle(self) -> bool {
        matches!(self, Self::Plain | Self::Xdm)
    }

    /// By the names in its directory and the first bytes of the archive.
    pub(super) fn of<'a>(names: impl Iterator<Item = &'a EntryName> + Clone, archive: &[u8]) -> Self {
        let first = archive.get(HEAD..).unwrap_or_default();
        if let Some((_, kind)) = MEDIA_TYPES.iter().find(|(start, _)| first.starts_with(start)) {
            return *kind;
        }
        let mut names = names.map(EntryName::as_str);
        if names.clone().any(|name| name == OFFICE_TYPES)
            && let Some((_, kind)) =
                FOLDERS.iter().find(|(folder, _)| names.clone().any(|name| name.starts_with(folder)))
        {
            return *kind;
        }
        // Some portals put all in a folder of their own.
        let is_xdm = |name: &str| {
            let name = name.to_ascii_uppercase().replace('\\', "/");
            name.split('/').rev().nth(2) == Some("IHE_XDM") && name.ends_with("/METADATA.XML")
        };
        if names.any(is_xdm) { Self::Xdm } else { Self::Plain }
    }
}
