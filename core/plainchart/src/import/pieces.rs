//! Files to resources: Bundles, single resources, NDJSON, folders of these.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use plainchart_record::{JsonLimits, check, read_bundle, read_header, salvage_bundle};

/// Folders are read this deep; a loop of links ends here.
const DEEPEST: u32 = 8;
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

/// The pieces of one file. A file that cannot be opened is one skipped piece.
pub fn pieces_of(path: &Path) -> Box<dyn Iterator<Item = Piece>> {
    let name = path.file_name().map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned());
    match kind_of(path) {
        Ok(Kind::Lines) => match File::open(path) {
            Ok(file) => Box::new(Lines { reader: BufReader::new(file), name, number: 0 }),
            Err(_) => Box::new(std::iter::once(Piece::Skipped { place: name })),
        },
        Ok(Kind::Json) => Box::new(whole(path, &name).into_iter()),
        Ok(Kind::Neither) | Err(_) => Box::new(std::iter::once(Piece::Skipped { place: name })),
    }
}

enum Kind {
    Json,
    Lines,
    Neither,
}

/// NDJSON by its name, or because its first line is a whole object and more follows; JSON by its first character.
fn kind_of(path: &Path) -> io::Result<Kind> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    if matches!(ending.as_deref(), Some("ndjson" | "jsonl")) {
        return Ok(Kind::Lines);
    }
    let mut start = Vec::new();
    File::open(path)?.take(1 << 20).read_to_end(&mut start)?;
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
    let Some(first) = text.iter().find(|byte| !byte.is_ascii_whitespace()) else { return Ok(Kind::Neither) };
    if !matches!(first, b'{' | b'[') {
        return Ok(Kind::Neither);
    }
    let line_end = text.iter().position(|byte| *byte == b'\n');
    let first_line = line_end.and_then(|end| text.get(..end)).unwrap_or_default();
    let more =
        line_end.and_then(|end| text.get(end..)).is_some_and(|rest| rest.iter().any(|b| !b.is_ascii_whitespace()));
    let whole = !first_line.is_empty() && check(first_line, &JsonLimits::FILE).is_ok();
    Ok(if whole && more { Kind::Lines } else { Kind::Json })
}

fn whole(path: &Path, name: &str) -> Vec<Piece> {
    let unreadable = || vec![Piece::Unreadable { place: name.to_owned() }];
    let Ok(bytes) = fs::read(path) else { return vec![Piece::Skipped { place: name.to_owned() }] };
    let Ok(text) = check(&bytes, &JsonLimits::FILE) else { return salvaged(&bytes, name) };
    let Ok(header) = read_header(text) else {
        // JSON that names no resource type is not a resource; one that names it and is ambiguous is unreadable.
        let names_type = text.contains("\"resourceType\"");
        return if names_type { unreadable() } else { vec![Piece::Skipped { place: name.to_owned() }] };
    };
    if header.resource_type != "Bundle" {
        return vec![Piece::Resource { raw: text.to_owned(), full_url: None, place: name.to_owned() }];
    }
    match read_bundle(text) {
        Ok(bundle) => bundle.entries.iter().filter_map(|entry| piece_of(entry, name)).collect(),
        Err(_) => unreadable(),
    }
}

/// A download that was cut short: its whole entries, and one unreadable rest.
fn salvaged(bytes: &[u8], name: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = match salvage_bundle(bytes, &JsonLimits::FILE) {
        Ok(salvage) => salvage.entries.iter().filter_map(|entry| piece_of(entry, name)).collect(),
        Err(_) => Vec::new(),
    };
    pieces.push(Piece::Unreadable { place: format!("{name}, where it breaks off") });
    pieces
}

fn piece_of(entry: &plainchart_record::Entry<'_>, name: &str) -> Option<Piece> {
    let place = format!("{name}, entry {}", entry.index + 1);
    if entry.problem.is_some() {
        return Some(Piece::Unreadable { place });
    }
    let raw = entry.raw?.to_owned();
    Some(Piece::Resource { raw, full_url: entry.full_url.as_deref().map(str::to_owned), place })
}

struct Lines {
    reader: BufReader<File>,
    name: String,
    number: u64,
}

impl Iterator for Lines {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            let mut line = Vec::new();
            let read = (&mut self.reader).take(LINE_BYTES as u64 + 1).read_until(b'\n', &mut line);
            self.number += 1;
            let place = format!("{}, line {}", self.name, self.number);
            match read {
                Ok(0) => return None,
                Err(_) => return Some(Piece::Skipped { place }),
                Ok(_) if line.len() > LINE_BYTES => {
                    self.skip_rest();
                    return Some(Piece::Unreadable { place });
                }
                Ok(_) if line.iter().all(u8::is_ascii_whitespace) => {}
                Ok(_) => return Some(line_piece(&line, place)),
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
fn line_piece(line: &[u8], place: String) -> Piece {
    let Ok(text) = check(line, &JsonLimits::PAGE) else {
        let names_type = line.windows(14).any(|window| window == b"\"resourceType\"");
        return if names_type { Piece::Unreadable { place } } else { Piece::Skipped { place } };
    };
    let text = text.trim();
    match read_header(text) {
        Ok(_) => Piece::Resource { raw: text.to_owned(), full_url: None, place },
        Err(plainchart_record::RecordError::DuplicateMember { .. }) => Piece::Unreadable { place },
        Err(_) => Piece::Skipped { place },
    }
}
