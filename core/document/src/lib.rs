//! A note's bytes to one note model.
//!
//! [`read`] takes the bytes of an attachment and the media type its server declared, decides from the bytes what
//! they are, and answers with a [`NoteModel`]: sections with their original headings and a plain-words name,
//! paragraphs, lists, tables, each with a stable anchor (SPEC N1, N2). Plain text, HTML/XHTML, RTF, PDF
//! and C-CDA are read; the rest are recognised and answered with [`DocumentError::UnsupportedFormat`]. [`archive`]
//! unpacks the ZIP files that portals hand out.
//!
//! Two rules hold everywhere. No text is lost: what cannot be understood is kept as text, and a [`Remark`] says so.
//! Nothing active survives: the model has no place for a script, a form, a remote picture or a link other than
//! https, tel and mailto.
//!
//! Pure: no clock, no files, no network. Every size is bounded by [`Limits`] (SPEC D10).

mod anchor;
pub mod archive;
pub mod ccda;
mod charset;
mod error;
mod heading_line;
mod headings;
mod html;
mod inline;
mod kind;
mod limits;
mod magic;
mod model;
mod outline;
mod pdf;
mod plain;
mod reader;
mod reading_time;
mod remark;
mod rtf;
mod sniff;
mod table_rows;
mod text;
mod wordings;

pub use charset::{Decoded, decode};
pub use error::{DocumentError, Exceeded};
pub use headings::{WORDING_COUNT, recognise_heading};
pub use inline::{Inline, Span, Style};
pub use kind::SectionKind;
pub use limits::Limits;
pub use model::{Block, Cell, ListItem, NoteModel, Row, Section};
pub use reader::{READER_VERSION, read};
pub use reading_time::{WORDS_PER_MINUTE, reading_minutes};
pub use remark::Remark;
pub use sniff::{Format, Sniffed, sniff};
