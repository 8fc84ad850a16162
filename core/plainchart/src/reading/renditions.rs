//! All files of a note, from every entry that tells of it, and the one that is best to read (D2).

use plainchart_access::ChartId;
use plainchart_document::{DocumentError, Format, Limits, NoteModel, read};
use plainchart_record::attachment::{Attachment, decode_base64};
use plainchart_record::contained::find_contained;
use plainchart_record::document_reference::Content;
use plainchart_record::{DiagnosticReport, DocumentReference, Target};
use serde::Deserialize;

use super::bodies::{BodyRemark, Gap};
use super::items::Listed;
use super::media_type::{FileKind, attachment_kind, declared_kind, kind_of, shows_offline};
use super::note_line::NoteLine;
use crate::error::PlainchartError;
use crate::ingest::{BODY_BYTES, Tie, body_mark, differs};
use crate::session::Session;
use crate::store::ChartScope;
use crate::stored::{StoredResource, tree};
use crate::views::{AttachmentSummary, RenditionView};
use crate::words::{find, language, say};

/// Why a file that is here cannot be read as a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is locked with a password.
    Locked,
    /// It is over a bound of the reader.
    TooLarge,
    /// It is of a kind that is not read.
    Format,
    /// A defect of the reader.
    Fault,
}

impl Unreadable {
    fn of(error: &DocumentError) -> Self {
        match error {
            DocumentError::Locked => Self::Locked,
            DocumentError::TooLarge { .. } => Self::TooLarge,
            DocumentError::UnsupportedFormat { .. } => Self::Format,
            DocumentError::ReaderFault => Self::Fault,
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::TooLarge => "too-large",
            Self::Format => "unsupported-format",
            Self::Fault => "reader-fault",
        }
    }
}

/// One file of a note.
pub(super) struct NoteFile {
    /// Opaque id of the entry that it stands in.
    entry: String,
    title: Option<String>,
    language: Option<String>,
    declared: Option<String>,
    size: Option<u64>,
    url: Option<String>,
    state: Result<Here, Gap>,
}

/// A file that is here.
struct Here {
    bytes: Vec<u8>,
    mark: Tie,
    kind: FileKind,
    content_type: Option<String>,
    remark: Option<BodyRemark>,
    unreadable: Option<Unreadable>,
}

/// What a note is made of, apart from the words in its files.
pub(super) struct NoteFiles {
    /// In order: those of the entry that stands for the note first.
    pub(super) files: Vec<NoteFile>,
    /// What the reports come to, in words.
    pub(super) conclusions: Vec<String>,
    /// LOINC code of the kind of note.
    pub(super) note_type: Option<&'static str>,
    source: String,
}

/// A file read as a note.
pub(super) struct ReadFile {
    /// Which.
    pub(super) index: usize,
    /// Its words.
    pub(super) model: NoteModel,
    /// What to know about the file.
    pub(super) remark: Option<BodyRemark>,
    /// Its language, as far as is said.
    pub(super) language: Option<String>,
}

impl Session {
    /// The stored resource of an entry.
    pub(super) fn stored_note(
        &self,
        chart: &ChartId,
        listed: &Listed<NoteLine>,
    ) -> Result<StoredResource, PlainchartError> {
        let (scope, place) = (ChartScope::of(chart), &listed.place);
        let rows = self.store.readable_rows(&scope, place.classes, tree::RESOURCES, place.group.as_bytes())?;
        let row = rows.iter().find(|row| row.id == place.key.as_bytes()).ok_or(PlainchartError::NotFound)?;
        StoredResource::read_whole(&self.store, &scope, place.classes, &row.id, &row.bytes)
    }

    /// All files of a note. `entries`: those that tell of it, all open to the reader.
    pub(super) fn files_of<'i>(
        &self,
        chart: &ChartId,
        entries: impl Iterator<Item = &'i Listed<NoteLine>>,
    ) -> Result<NoteFiles, PlainchartError> {
        let source = self.source_of(chart)?.name;
        let mut all = NoteFiles { files: Vec::new(), conclusions: Vec::new(), note_type: None, source };
        for (number, listed) in entries.enumerate() {
            let stored = self.stored_note(chart, listed)?;
            let mut files = Vec::new();
            let report = DiagnosticReport::read(&stored.raw).ok();
            let document = DocumentReference::read(&stored.raw).ok();
            let content = report.as_ref().map(|report| report.presented_form.as_slice());
            for content in content.or(document.as_ref().map(|document| document.content.as_slice())).unwrap_or_default()
            {
                files.push(self.file_of(chart, listed, &stored, content)?);
            }
            let kind = document.as_ref().and_then(DocumentReference::note_type);
            let kind = kind.or(report.as_ref().and_then(DiagnosticReport::note_type));
            all.note_type = all.note_type.or(kind.map(|kind| kind.loinc));
            if let Some(report) = report {
                all.conclusions.extend(report.conclusion.clone());
                files.extend(report.media.iter().map(|media| {
                    let target = &media.link.target;
                    let title = media.comment.clone().or_else(|| media.link.display.clone());
                    media_file(&listed.item.id, &stored.raw, target, title)
                }));
            }
            all.add(files, number == 0);
        }
        Ok(all)
    }

    fn file_of(
        &self,
        chart: &ChartId,
        listed: &Listed<NoteLine>,
        stored: &StoredResource,
        content: &Content,
    ) -> Result<NoteFile, PlainchartError> {
        let Attachment { media_type, language, url, size, title, .. } = &content.attachment;
        let body = self.body(chart, listed.place.classes, &listed.place.key, stored, content)?;
        let here = |body: super::bodies::Body| Here {
            mark: body_mark(&body.bytes),
            kind: kind_of(&body.bytes, body.content_type.as_deref()),
            bytes: body.bytes,
            content_type: body.content_type,
            remark: body.remark,
            unreadable: None,
        };
        Ok(NoteFile {
            entry: listed.item.id.clone(),
            title: title.clone(),
            language: language.clone(),
            declared: media_type.as_ref().map(|media_type| media_type.essence.clone()),
            size: *size,
            url: url.clone(),
            state: body.map(here),
        })
    }
}

/// A picture that a report links to. It is a resource of a kind that is not fetched, unless the report contains it.
fn media_file(entry: &str, raw: &str, target: &Target, title: Option<String>) -> NoteFile {
    #[derive(Deserialize)]
    struct Media {
        content: MediaContent,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct MediaContent {
        content_type: Option<String>,
        data: Option<String>,
        size: Option<u64>,
        hash: Option<String>,
        title: Option<String>,
    }
    let contained = match target {
        Target::Contained(id) => find_contained(raw, id).and_then(|raw| serde_json::from_str::<Media>(raw).ok()),
        _ => None,
    };
    let mut file = NoteFile {
        entry: entry.to_owned(),
        title,
        language: None,
        declared: Some("image/*".to_owned()),
        size: None,
        url: None,
        state: Err(Gap::NotFetched),
    };
    let Some(Media { content }) = contained else { return file };
    file.title = file.title.or(content.title);
    file.declared.clone_from(&content.content_type);
    file.size = content.size;
    file.state = match content.data.map(|data| decode_base64(&data, BODY_BYTES)) {
        Some(Ok(bytes)) => Ok(Here {
            mark: body_mark(&bytes),
            kind: kind_of(&bytes, content.content_type.as_deref()),
            remark: differs(content.size, content.hash.as_deref(), &bytes).then_some(BodyRemark::Differs),
            content_type: content.content_type,
            unreadable: None,
            bytes,
        }),
        Some(Err(_)) => Err(Gap::Damaged),
        None => Err(Gap::NotFetched),
    };
    file
}

impl NoteFiles {
    /// Adds an entry's files; one that is there already by its bytes or its address is told once.
    fn add(&mut self, files: Vec<NoteFile>, is_first: bool) {
        for file in files {
            let same = |known: &&mut NoteFile| {
                let marks = known.state.as_ref().ok().zip(file.state.as_ref().ok());
                marks.is_some_and(|(known, file)| known.mark == file.mark)
                    || known.url.is_some() && known.url == file.url
            };
            let known = if is_first { None } else { self.files.iter_mut().find(same) };
            match known {
                Some(known) if known.state.is_err() && file.state.is_ok() => *known = file,
                Some(_) => {}
                None => self.files.push(file),
            }
        }
    }

    /// The best file to read: in the reader's language where the files differ in it, with words before without, then
    /// HTML, C-CDA, text, RTF, PDF (D2). `wanted`: this one alone.
    pub(super) fn read_best(&mut self, wanted: Option<usize>) -> Option<ReadFile> {
        let mut without_words = None;
        for index in self.in_order(wanted) {
            let Some(file) = self.files.get_mut(index) else { continue };
            let Ok(here) = &mut file.state else { continue };
            if attachment_kind(here.kind.format).is_some_and(|kind| kind != "pdf") {
                continue;
            }
            match read(&here.bytes, here.content_type.as_deref(), &Limits::default()) {
                Ok(model) => {
                    let has_words = model.plain_words().next().is_some();
                    let language = file.language.clone().or_else(|| language_of(here));
                    let read = ReadFile { index, model, remark: here.remark, language };
                    if has_words {
                        return Some(read);
                    }
                    without_words = without_words.or(Some(read));
                }
                Err(error) => here.unreadable = Some(Unreadable::of(&error)),
            }
        }
        without_words
    }

    fn in_order(&self, wanted: Option<usize>) -> Vec<usize> {
        let mut order: Vec<usize> =
            (0..self.files.len()).filter(|index| wanted.is_none_or(|wanted| wanted == *index)).collect();
        let mut languages: Vec<&str> = self.files.iter().filter_map(|file| file.language.as_deref()).collect();
        languages.sort_unstable();
        languages.dedup();
        order.sort_by_key(|index| {
            self.files.get(*index).map(|file| {
                let format = file.state.as_ref().map_or(Format::Unknown, |here| here.kind.format);
                let of_reader = languages.len() < 2 || file.language.as_deref().is_some_and(is_readers);
                (!of_reader, preference(format), *index)
            })
        });
        order
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// All of them, for the screen. `shown`: the one whose words are on it.
    pub(super) fn views(&self, shown: Option<usize>) -> Vec<RenditionView> {
        let view = |(index, file): (usize, &NoteFile)| {
            let here = file.state.as_ref().ok();
            RenditionView {
                index,
                entry: file.entry.clone(),
                format: here.map(|here| here.kind.format.code().to_owned()),
                media_type: file.media_type(),
                size: file.bytes_or_declared(),
                title: file.title.clone(),
                language: file.language.clone(),
                state: file.state_code().to_owned(),
                reason: self.reason(file),
                shown: shown == Some(index),
            }
        };
        self.files.iter().enumerate().map(view).collect()
    }

    /// Those for the phone's own viewer or player (N5).
    pub(super) fn attachments(&self) -> Vec<AttachmentSummary> {
        let summary = |(index, file): (usize, &NoteFile)| {
            let kind = file.kind()?;
            let media_type = file.media_type();
            let is_here = file.state.is_ok();
            let offline = is_here && shows_offline(kind, media_type.as_deref());
            let sentence = match self.reason(file) {
                Some(reason) if !is_here => reason,
                _ => say(&format!("note.attachment.{}{kind}", if offline { "" } else { "other-" }), &[]),
            };
            Some(AttachmentSummary {
                index,
                kind: kind.to_owned(),
                media_type,
                size: file.bytes_or_declared(),
                title: file.title.clone(),
                state: file.state_code().to_owned(),
                offline,
                sentence,
            })
        };
        self.files.iter().enumerate().filter_map(summary).collect()
    }

    /// Why nothing can be read, each reason once.
    pub(super) fn reasons(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        for file in &self.files {
            let of_media = file.state.is_ok().then(|| file.kind().filter(|kind| *kind != "pdf")).flatten();
            let reason = match of_media {
                Some(kind) => Some(say(&format!("note.only.{kind}"), &[])),
                None => self.reason(file),
            };
            reasons.extend(reason.filter(|reason| !reasons.contains(reason)));
        }
        if reasons.is_empty() {
            reasons.push(say("note.empty", &[]));
        }
        reasons
    }

    fn reason(&self, file: &NoteFile) -> Option<String> {
        match &file.state {
            Err(gap) => {
                let id = format!("note.file.{}", gap.code());
                let of_media = file.kind().is_some_and(|kind| kind != "pdf");
                let media = find(&format!("{id}.other")).filter(|_| of_media);
                Some(media.unwrap_or_else(|| say(&id, &[("source", &self.source)])))
            }
            Ok(here) => here.unreadable.map(|reason| say(&format!("note.unreadable.{}", reason.code()), &[])),
        }
    }

    /// The bytes of a file: as they came.
    pub(super) fn take(mut self, index: usize) -> Result<TakenFile, PlainchartError> {
        if index >= self.files.len() {
            return Err(PlainchartError::NotFound);
        }
        let file = self.files.swap_remove(index);
        let (kind, media_type) = (file.kind().unwrap_or("file"), file.media_type());
        match file.state {
            Ok(here) => Ok(TakenFile { kind, media_type, title: file.title, remark: here.remark, bytes: here.bytes }),
            Err(_) => Err(PlainchartError::NotFound),
        }
    }
}

/// A file for the phone's own viewer or player.
pub(super) struct TakenFile {
    /// `image`, `audio` ...
    pub(super) kind: &'static str,
    /// By the bytes, else as declared.
    pub(super) media_type: Option<String>,
    /// What the source calls it.
    pub(super) title: Option<String>,
    /// What to know about it.
    pub(super) remark: Option<BodyRemark>,
    /// The bytes.
    pub(super) bytes: Vec<u8>,
}

impl NoteFile {
    fn kind(&self) -> Option<&'static str> {
        match &self.state {
            Ok(here) => attachment_kind(here.kind.format),
            Err(_) => self.declared.as_deref().and_then(declared_kind),
        }
    }

    fn media_type(&self) -> Option<String> {
        let of_bytes = self.state.as_ref().ok().and_then(|here| here.kind.media_type.clone());
        of_bytes.or_else(|| self.declared.clone().filter(|declared| !declared.ends_with("/*")))
    }

    fn bytes_or_declared(&self) -> Option<u64> {
        self.state.as_ref().ok().map(|here| here.bytes.len() as u64).or(self.size)
    }

    fn state_code(&self) -> &'static str {
        match &self.state {
            Err(gap) => gap.code(),
            Ok(here) => match here.unreadable {
                None => "here",
                Some(Unreadable::Locked) => "locked",
                Some(_) => "unreadable",
            },
        }
    }
}

/// HTML, C-CDA, text, RTF, PDF (D2).
const fn preference(format: Format) -> u8 {
    match format {
        Format::Html => 0,
        Format::Ccda => 1,
        Format::Text => 2,
        Format::Rtf => 3,
        Format::Pdf => 4,
        _ => 5,
    }
}

/// The language that a C-CDA document says it is in.
fn language_of(here: &Here) -> Option<String> {
    let header = (here.kind.format == Format::Ccda).then(|| plainchart_document::ccda::read_header(&here.bytes).ok());
    header.flatten()?.language
}

fn is_readers(tag: &str) -> bool {
    primary(tag).eq_ignore_ascii_case(language())
}

/// `es` of `es-MX`.
pub(super) fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or_default()
}
