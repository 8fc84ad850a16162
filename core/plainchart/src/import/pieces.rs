//! Files to resources: Bundles, single resources, NDJSON, C-CDA documents, ZIPs and folders of these.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use plainchart_document::Format;
use plainchart_document::archive::{self, ArchiveLimits, EntryContent};
use plainchart_record::page::read_page;
use plainchart_record::{JsonLimits, RecordError, check, read_bundle, read_header, salvage_bundle};

use super::clinical_document::ClinicalDocument;
use crate::words::{count, say};

/// Folders are read this deep; a loop of links ends here.
const DEEPEST: u32 = 8;
/// Bound on a file that may be a C-CDA document.
const MARKUP_BYTES: usize = 16 << 20;
/// Bound on one NDJSON line.
const LINE_BYTES: usize = 64 << 20;

/// One thing found in a file.
pub enum Piece {
    /// A resource.
    Resource {
        /// Its text as received.
        raw: String,
        /// `fullUrl` of its Bundle entry.
        full_url: Option<String>,
        /// Where it stands: file name and entry or line.
        place: String,
    },
    /// A C-CDA document.
    Document {
        /// With its header.
        document: Box<ClinicalDocument>,
        /// Where it stands.
        place: String,
    },
    /// It should be a resource and cannot be read.
    Unreadable {
        /// Where.
        place: String,
    },
    /// It holds no resource.
    Skipped {
        /// Where.
        place: String,
    },
}

/// The files to read: the file itself, or those of a folder in order of name.
///
/// # Errors
/// If there is nothing there.
pub fn files_of(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    collect(path, 0, &mut files)?;
    Ok(files)
}

fn collect(path: &Path, depth: u32, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !fs::metadata(path)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut inside: Vec<PathBuf> = fs::read_dir(path)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    inside.sort();
    for path in inside.iter().filter(|_| depth < DEEPEST) {
        // A link that leads nowhere is no reason to lose the rest.
        let _ = collect(path, depth + 1, files);
    }
    Ok(())
}

/// Files in one archive are numbered from 1; below this.
pub const FILES_IN_ONE: usize = 1 << 16;

/// The pieces of one file, each with the number of the file in an archive that it stands in; 0: in the file itself. A
/// file that cannot be opened is one skipped piece; so is a pipe or a device, which is not opened at all.
pub fn pieces_of(path: &Path) -> Box<dyn Iterator<Item = (usize, Piece)>> {
    let name = path.file_name().map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned());
    let skipped = |place: String| -> Box<dyn Iterator<Item = (usize, Piece)>> {
        Box::new(std::iter::once((0, Piece::Skipped { place })))
    };
    if !fs::metadata(path).is_ok_and(|about| about.is_file()) {
        return skipped(name);
    }
    let start = File::open(path).and_then(|file| {
        let mut start = Vec::new();
        file.take(1 << 20).read_to_end(&mut start).map(|_| start)
    });
    let Ok(kind) =
        start.map(|start| kind_of(&start, path.extension().map(|ending| ending.to_string_lossy()).as_deref()))
    else {
        return skipped(name);
    };
    let most = match kind {
        Kind::Lines => {
            return match File::open(path) {
                Ok(file) => Box::new(lines(Box::new(BufReader::new(file)), name).map(|piece| (0, piece))),
                Err(_) => skipped(name),
            };
        }
        Kind::Neither => return skipped(name),
        Kind::Json => JsonLimits::FILE.max_bytes,
        Kind::Archive => ArchiveLimits::default().input_bytes,
        Kind::Markup => MARKUP_BYTES,
    };
    let bytes = match read_bounded(path, most as u64) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            let place = say("import.place.too-large", &[("name", &name)]);
            let piece = if kind == Kind::Json { Piece::Unreadable { place } } else { Piece::Skipped { place } };
            return Box::new(std::iter::once((0, piece)));
        }
        Err(_) => return skipped(name),
    };
    match kind {
        Kind::Archive => Box::new(archive_pieces(&bytes, &name).into_iter()),
        Kind::Markup => Box::new(std::iter::once((0, document_piece(bytes, name)))),
        Kind::Json | Kind::Lines | Kind::Neither => Box::new(whole(&bytes, &name).into_iter().map(|piece| (0, piece))),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Json,
    Lines,
    Archive,
    /// Perhaps a C-CDA document.
    Markup,
    Neither,
}

/// NDJSON by its name, or because its first line is a whole object and more follows; the rest by its first bytes.
fn kind_of(start: &[u8], ending: Option<&str>) -> Kind {
    if ending.is_some_and(|ending| matches!(ending.to_ascii_lowercase().as_str(), "ndjson" | "jsonl")) {
        return Kind::Lines;
    }
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        return Kind::Archive;
    }
    if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
        return Kind::Markup;
    }
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let Some(first) = text.iter().find(|byte| !byte.is_ascii_whitespace()) else { return Kind::Neither };
    match first {
        b'<' => return Kind::Markup,
        b'{' | b'[' => {}
        _ => return Kind::Neither,
    }
    let line_end = text.iter().position(|byte| *byte == b'\n');
    let first_line = line_end.and_then(|end| text.get(..end)).unwrap_or_default();
    let more =
        line_end.and_then(|end| text.get(end..)).is_some_and(|rest| rest.iter().any(|b| !b.is_ascii_whitespace()));
    let whole = !first_line.is_empty() && check(first_line, &JsonLimits::FILE).is_ok();
    if whole && more { Kind::Lines } else { Kind::Json }
}

/// A C-CDA document, or markup of another kind.
fn document_piece(bytes: Vec<u8>, place: String) -> Piece {
    match ClinicalDocument::read(bytes) {
        Ok(Some(document)) => Piece::Document { document: Box::new(document), place },
        Ok(None) => Piece::Skipped { place },
        Err(_) => Piece::Unreadable { place },
    }
}

/// Endings of files that should hold resources.
const RESOURCE_ENDINGS: [&str; 4] = ["xml", "json", "ndjson", "jsonl"];

/// Everything in a ZIP (N1), archives in it included: C-CDA documents and FHIR JSON; other files are skipped by name.
fn archive_pieces(bytes: &[u8], name: &str) -> Vec<(usize, Piece)> {
    let place_of = |inner: &str| say("import.place.within", &[("name", name), ("inner", inner)]);
    let archive = match archive::entries(bytes, &ArchiveLimits::default()) {
        Ok(archive) if archive.kind.is_bundle() => archive,
        _ => return vec![(0, Piece::Skipped { place: name.to_owned() })],
    };
    let mut pieces = Vec::new();
    let mut entries = archive.entries.into_iter().enumerate().peekable();
    while let Some((at, entry)) = entries.next() {
        let (number, place) = (at + 1, place_of(entry.name.as_str()));
        let ending = entry.name.extension();
        match entry.content {
            EntryContent::File { format: Format::Zip, .. } if entries.peek().is_some_and(|(_, next)| next.nested) => {}
            EntryContent::File { format: Format::Ccda, bytes } => pieces.push((number, document_piece(bytes, place))),
            EntryContent::File { bytes, .. } => match kind_of(&bytes, ending.as_deref()) {
                Kind::Json => pieces.extend(whole(&bytes, &place).into_iter().map(|piece| (number, piece))),
                Kind::Lines => {
                    pieces.extend(lines(Box::new(Cursor::new(bytes)), place).map(|piece| (number, piece)));
                }
                Kind::Archive | Kind::Markup | Kind::Neither => pieces.push((number, Piece::Skipped { place })),
            },
            EntryContent::Unread(_) => {
                let should_be_one = ending.is_some_and(|ending| RESOURCE_ENDINGS.contains(&ending.as_str()));
                let piece = if should_be_one { Piece::Unreadable { place } } else { Piece::Skipped { place } };
                pieces.push((number, piece));
            }
        }
    }
    if archive.damaged {
        pieces.push((0, Piece::Skipped { place: say("import.place.breaks-off", &[("name", name)]) }));
    }
    if archive.entries_left_out > 0 {
        let place = count("import.place.left-out", archive.entries_left_out as u64, &[("name", name)]);
        pieces.push((0, Piece::Skipped { place }));
    }
    pieces
}

fn whole(bytes: &[u8], name: &str) -> Vec<Piece> {
    let unreadable = || vec![Piece::Unreadable { place: name.to_owned() }];
    let text = match check(bytes, &JsonLimits::FILE) {
        Ok(text) => text,
        // One entry beyond the limits costs only itself.
        Err(RecordError::TooDeep { .. } | RecordError::TooManyValues { .. }) => {
            return page_pieces(bytes, &JsonLimits::FILE, name).unwrap_or_else(unreadable);
        }
        Err(_) => return salvaged(bytes, name),
    };
    let Ok(header) = read_header(text) else {
        // JSON that names no resource type is not a resource; one that names it and is ambiguous is unreadable.
        return if names_type(text.as_bytes()) {
            unreadable()
        } else {
            vec![Piece::Skipped { place: name.to_owned() }]
        };
    };
    if header.resource_type != "Bundle" {
        return vec![Piece::Resource { raw: text.to_owned(), full_url: None, place: name.to_owned() }];
    }
    match read_bundle(text) {
        Ok(bundle) => bundle.entries.iter().filter_map(|entry| piece_of(entry, name)).collect(),
        Err(_) => unreadable(),
    }
}

/// The entries of a Bundle, those beyond the limits as unreadable. `None`: it is no Bundle, or all of it is beyond them.
fn page_pieces(bytes: &[u8], limits: &JsonLimits, name: &str) -> Option<Vec<Piece>> {
    let page = read_page(bytes, limits).ok()?;
    let refused = page.refused.iter().map(|refused| Piece::Unreadable { place: entry_place(name, refused.index) });
    Some(page.bundle.entries.iter().filter_map(|entry| piece_of(entry, name)).chain(refused).collect())
}

fn entry_place(name: &str, index: usize) -> String {
    say("import.place.entry", &[("name", name), ("number", &(index + 1).to_string())])
}

/// A file's bytes, or `None` if they are more than `most`: a file that grows meanwhile, too.
fn read_bounded(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let file = File::open(path)?;
    if file.metadata()?.len() > most {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let read = file.take(most + 1).read_to_end(&mut bytes)?;
    Ok((read as u64 <= most).then_some(bytes))
}

/// A download that was cut short: its whole entries, and one unreadable rest. What names no resource type never was one.
fn salvaged(bytes: &[u8], name: &str) -> Vec<Piece> {
    if !names_type(bytes) {
        return vec![Piece::Skipped { place: name.to_owned() }];
    }
    let mut pieces: Vec<Piece> = match salvage_bundle(bytes, &JsonLimits::FILE) {
        Ok(salvage) => salvage.entries.iter().filter_map(|entry| piece_of(entry, name)).collect(),
        Err(_) => Vec::new(),
    };
    pieces.push(Piece::Unreadable { place: say("import.place.breaks-off", &[("name", name)]) });
    pieces
}

fn names_type(bytes: &[u8]) -> bool {
    const NAME: &[u8] = b"\"resourceType\"";
    bytes.windows(NAME.len()).any(|window| window == NAME)
}

fn piece_of(entry: &plainchart_record::Entry<'_>, name: &str) -> Option<Piece> {
    let place = entry_place(name, entry.index);
    if entry.problem.is_some() {
        return Some(Piece::Unreadable { place });
    }
    let raw = entry.raw?.to_owned();
    Some(Piece::Resource { raw, full_url: entry.full_url.as_deref().map(str::to_owned), place })
}

fn lines(reader: Box<dyn BufRead>, name: String) -> Lines {
    Lines { reader, name, number: 0, unpacked: VecDeque::new() }
}

struct Lines {
    reader: Box<dyn BufRead>,
    name: String,
    number: u64,
    /// Entries of a Bundle that stood on one line.
    unpacked: VecDeque<Piece>,
}

impl Iterator for Lines {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            if let Some(piece) = self.unpacked.pop_front() {
                return Some(piece);
            }
            let mut line = Vec::new();
            let read = (&mut self.reader).take(LINE_BYTES as u64 + 1).read_until(b'\n', &mut line);
            self.number += 1;
            let place = say("import.place.line", &[("name", &self.name), ("number", &self.number.to_string())]);
            match read {
                Ok(0) => return None,
                Err(_) => return Some(Piece::Skipped { place }),
                Ok(_) if line.len() > LINE_BYTES => {
                    self.skip_rest();
                    return Some(Piece::Unreadable { place });
                }
                Ok(_) if line.iter().all(u8::is_ascii_whitespace) => {}
                Ok(_) => self.unpacked = line_pieces(&line, place).into(),
            }
        }
    }
}

impl Lines {
    fn skip_rest(&mut self) {
        let mut rest = Vec::new();
        while let Ok(read) = (&mut self.reader).take(1 << 20).read_until(b'\n', &mut rest) {
            if read == 0 || rest.last() == Some(&b'\n') {
                return;
            }
            rest.clear();
        }
    }
}

/// An NDJSON line is a resource if its object has `resourceType`; other lines are skipped, broken ones too: nobody can
/// tell what they were.
fn line_pieces(line: &[u8], place: String) -> Vec<Piece> {
    let Ok(text) = check(line, &JsonLimits::PAGE) else {
        if let Some(pieces) = page_pieces(line, &JsonLimits::PAGE, &place) {
            return pieces;
        }
        return vec![if names_type(line) { Piece::Unreadable { place } } else { Piece::Skipped { place } }];
    };
    let text = text.trim();
    match read_header(text) {
        Ok(header) if header.resource_type == "Bundle" => match read_bundle(text) {
            Ok(bundle) => bundle.entries.iter().filter_map(|entry| piece_of(entry, &place)).collect(),
            Err(_) => vec![Piece::Unreadable { place }],
        },
        Ok(_) => vec![Piece::Resource { raw: text.to_owned(), full_url: None, place }],
        Err(RecordError::DuplicateMember { .. }) => vec![Piece::Unreadable { place }],
        Err(_) => vec![Piece::Skipped { place }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves D10: a file over the bound is not read.
    #[test]
    fn a_file_over_the_bound_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("record.json");
        fs::write(&file, "{}").unwrap();
        assert_eq!(read_bounded(&file, 2).unwrap().as_deref(), Some(&b"{}"[..]));
        assert!(read_bounded(&file, 1).unwrap().is_none());
    }

    /// Proves D7: a Bundle on one line is its entries.
    #[test]
    fn a_bundle_on_a_line_is_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("record.ndjson");
        let bundle = r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"1"}},{}]}"#;
        fs::write(&file, format!("{bundle}\n\n{{\"resourceType\":\"Patient\",\"id\":\"2\"}}\n")).unwrap();
        let places: Vec<String> = pieces_of(&file)
            .map(|(_, piece)| match piece {
                Piece::Resource { place, .. } => place,
                Piece::Document { .. } | Piece::Unreadable { .. } | Piece::Skipped { .. } => String::new(),
            })
            .collect();
        assert_eq!(places, ["record.ndjson, line 1, entry 1", "record.ndjson, line 3"]);
    }

    /// Proves D7, D10: an entry nested too deep costs only itself, in a file and on a line.
    #[test]
    fn an_entry_beyond_the_limits_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let deep = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
        let bundle = format!(
            "{{\"resourceType\":\"Bundle\",\"entry\":[{{\"resource\":{{\"resourceType\":\"Patient\",\"id\":\"1\"}}}},\
             {{\"resource\":{{\"resourceType\":\"Basic\",\"x\":{deep}}}}}]}}"
        );
        for name in ["record.json", "record.ndjson"] {
            let file = folder.path().join(name);
            fs::write(&file, &bundle).unwrap();
            let kinds: Vec<bool> = pieces_of(&file).map(|(_, piece)| matches!(piece, Piece::Resource { .. })).collect();
            assert_eq!(kinds, [true, false], "{name}");
        }
    }

    /// Proves D10: what is not a file is passed over without being opened; opening a pipe would wait for ever.
    #[cfg(unix)]
    #[test]
    fn a_socket_or_pipe_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("record.ndjson");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        assert!(matches!(pieces_of(&pipe).next(), Some((0, Piece::Skipped { .. }))));
    }
}
