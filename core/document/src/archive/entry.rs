//! One file of an archive.

use core::fmt;

use crate::sniff::Format;

/// The name of an entry as stored. It can hold a patient's name: never log it. It can point anywhere
/// (`../../evil.xml`): never use it as a path.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EntryName(String);

/// Longest ending that is one.
const LONGEST_EXTENSION: usize = 5;
/// What a portal's download brings along to show its documents, by name (IHE ITI-32, XDM) or ending.
const PACKAGING_NAMES: &[&str] = &[
    "index.htm",
    "index.html",
    "metadata.xml",
    "readme",
    "readme.txt",
    "readme.htm",
    "readme.html",
    "cda.xsl",
    ".ds_store",
    "thumbs.db",
];
const PACKAGING_EXTENSIONS: &[&str] = &["xsl", "xslt", "css", "js", "dtd", "xsd"];

impl EntryName {
    pub(super) fn new(raw: &[u8]) -> Self {
        Self(crate::charset::decode(raw, None).text)
    }

    /// The whole name, folders and all.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn file_name(&self) -> &str {
        self.0.rsplit(['/', '\\']).next().unwrap_or_default()
    }

    /// What stands behind the last dot, in lower case: `xml`. Without a patient's name in it.
    #[must_use]
    pub fn extension(&self) -> Option<String> {
        let (_, extension) = self.file_name().rsplit_once('.')?;
        let short = (1..=LONGEST_EXTENSION).contains(&extension.len());
        (short && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| extension.to_ascii_lowercase())
    }

    /// Whether it only serves to show the documents beside it: an index, a style sheet, a list of contents, what a
    /// desktop left behind.
    #[must_use]
    pub fn is_packaging(&self) -> bool {
        let name = self.file_name().to_ascii_lowercase();
        self.0.split(['/', '\\']).any(|folder| folder == "__MACOSX")
            || name.starts_with("._")
            || PACKAGING_NAMES.contains(&name.as_str())
            || self.extension().is_some_and(|extension| PACKAGING_EXTENSIONS.contains(&extension.as_str()))
    }
}

impl fmt::Debug for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntryName({} bytes)", self.0.len())
    }
}

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveEntry {
    /// What it is called.
    pub name: EntryName,
    /// It stands in an archive within the archive.
    pub nested: bool,
    /// What it holds.
    pub content: EntryContent,
}

/// What an entry holds, or why that is not known.
#[derive(Clone, PartialEq, Eq)]
pub enum EntryContent {
    /// A file.
    File {
        /// What its bytes are.
        format: Format,
        /// Unpacked, checksum verified.
        bytes: Vec<u8>,
    },
    /// It is there and could not be read.
    Unread(EntryFault),
}

impl EntryContent {
    pub(super) fn is_file(&self) -> bool {
        matches!(self, Self::File { .. })
    }
}

impl fmt::Debug for EntryContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { format, bytes } => write!(f, "File({}, {} bytes)", format.code(), bytes.len()),
            Self::Unread(fault) => write!(f, "Unread({fault:?})"),
        }
    }
}

/// Why an entry could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum EntryFault {
    /// It is locked with a password.
    #[error("the file in the archive is encrypted")]
    Encrypted,
    /// It is packed in a way other than stored and deflate.
    #[error("the file in the archive is packed in a way that is not read")]
    UnsupportedMethod,
    /// It is over a limit of [`ArchiveLimits`](crate::archive::ArchiveLimits) (SPEC D10).
    #[error("the file in the archive is over a limit of size")]
    TooLarge,
    /// It is cut, or its checksum does not fit.
    #[error("the file in the archive is damaged")]
    Damaged,
}

impl EntryFault {
    /// Stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Encrypted => "encrypted",
            Self::UnsupportedMethod => "unsupported-method",
            Self::TooLarge => "too-large",
            Self::Damaged => "damaged",
        }
    }
}
