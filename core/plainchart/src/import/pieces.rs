//! Files to resources: Bundles, single resources, NDJSON, folders of these.

use std::collections::VecDeque;
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

/// The pieces of one file. A file that cannot be opened is one skipped piece; so is a pipe or a device, which is not
/// opened at all.
pub fn pieces_of(path: &Path) -> Box<dyn Iterator<Item = Piece>> {
    let name = path.file_name().map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned());
    if !fs::metadata(path).is_ok_and(|about| about.is_file()) {
        return Box::new(std::iter::once(Piece::Skipped { place: name }));
    }
    match kind_of(path) {
        Ok(Kind::Lines) => match File::open(path) {
            Ok(file) => Box::new(Lines { reader: BufReader::new(file), name, number: 0, unpacked: VecDeque::new() }),
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
    let bytes = match read_bounded(path, JsonLimits::FILE.max_bytes as u64) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return vec![Piece::Unreadable { place: format!("{name}, which is too large") }],
        Err(_) => return vec![Piece::Skipped { place: name.to_owned() }],
    };
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
            let place = format!("{}, line {}", self.name, self.number);
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
        let names_type = line.windows(14).any(|window| window == b"\"resourceType\"");
        return vec![if names_type { Piece::Unreadable { place } } else { Piece::Skipped { place } }];
    };
    let text = text.trim();
    match read_header(text) {
        Ok(header) if header.resource_type == "Bundle" => match read_bundle(text) {
            Ok(bundle) => bundle.entries.iter().filter_map(|entry| piece_of(entry, &place)).collect(),
            Err(_) => vec![Piece::Unreadable { place }],
        },
        Ok(_) => vec![Piece::Resource { raw: text.to_owned(), full_url: None, place }],
        Err(plainchart_record::RecordError::DuplicateMember { .. }) => vec![Piece::Unreadable { place }],
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
            .map(|piece| match piece {
                Piece::Resource { place, .. } => place,
                Piece::Unreadable { .. } | Piece::Skipped { .. } => String::new(),
            })
            .collect();
        assert_eq!(places, ["record.ndjson, line 1, entry 1", "record.ndjson, line 3"]);
    }

    /// Proves D10: what is not a file is passed over without being opened; opening a pipe would wait for ever.
    #[cfg(unix)]
    #[test]
    fn a_socket_or_pipe_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("record.ndjson");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        assert!(matches!(pieces_of(&pipe).next(), Some(Piece::Skipped { .. })));
    }
}
