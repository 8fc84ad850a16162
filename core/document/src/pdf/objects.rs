//! Finds the objects of a PDF and hands them to the parser in a form that it reads in bounded time and memory.
//!
//! A PDF's own table of objects can be missing, damaged or made to hurt, and object streams can refer to one another
//! without end. So neither reaches the parser: the file is read once from its start, the last definition of an object
//! wins (which is what incremental updates mean, ISO 32000-2, 7.5.6), object streams are unpacked here under the
//! bound on inflation, and a table that holds exactly what was found is put behind the file.

use std::collections::BTreeMap;
use std::ops::Range;

use hayro_syntax::Pdf;
use hayro_syntax::object::{Dict, FromBytes, Name, Object, ObjectIdentifier};

use super::filters::Inflation;
use super::lexer::skip_blanks;
use crate::error::{DocumentError, Exceeded};
use crate::limits::within;

/// Most objects in one file.
const MOST_OBJECTS: usize = 500_000;
/// Numbers above this are left alone: the two of our own stand behind the largest.
const LARGEST_NUMBER: u32 = 8_388_607;

/// The objects of a file.
pub(super) struct Objects {
    pub(super) pdf: Pdf,
    /// What the trailers call the root, oldest first.
    pub(super) roots: Vec<ObjectIdentifier>,
    /// Every object, in the order of its number.
    pub(super) all: Vec<ObjectIdentifier>,
    /// Something in the file could not be read.
    pub(super) damaged: bool,
}

impl Objects {
    /// `None` when the parser cannot make anything of the file.
    pub(super) fn open(bytes: &[u8], inflation: &mut Inflation) -> Result<Option<Self>, DocumentError> {
        let mut found = Found {
            bytes,
            inflation,
            places: BTreeMap::new(),
            unpacked: Vec::new(),
            roots: Vec::new(),
            locked: false,
            damaged: false,
            unended: false,
        };
        found.read_all()?;
        if found.locked {
            return Err(DocumentError::Locked);
        }
        let all = found.places.iter().map(|(number, place)| ObjectIdentifier::new(*number, place.generation)).collect();
        let rebuilt = found.rebuilt();
        let (roots, damaged) = (found.roots, found.damaged);
        Ok(Pdf::new(rebuilt).ok().map(|pdf| Self { pdf, roots, all, damaged }))
    }
}

/// Where an object stands.
struct Place {
    generation: i32,
    at: Whereabouts,
}

enum Whereabouts {
    /// At this offset of the file, with its header.
    File(usize),
    /// In what came out of an object stream.
    Unpacked(Range<usize>),
}

struct Found<'a, 'b> {
    bytes: &'a [u8],
    inflation: &'b mut Inflation,
    places: BTreeMap<u32, Place>,
    unpacked: Vec<u8>,
    roots: Vec<ObjectIdentifier>,
    locked: bool,
    damaged: bool,
    /// No `endstream` follows any more.
    unended: bool,
}

/// `12 0 obj`, and where it stands.
struct Header {
    number: u32,
    generation: i32,
    start: usize,
    body: usize,
}

enum Landmark {
    Object(Header),
    /// The offset of the dictionary.
    Trailer(usize),
}

impl Found<'_, '_> {
    fn read_all(&mut self) -> Result<(), DocumentError> {
        let mut at = 0;
        while let Some(landmark) = next_landmark(self.bytes, at) {
            at = match landmark {
                Landmark::Object(header) => self.object(&header)?,
                Landmark::Trailer(body) => {
                    self.plain_trailer(body);
                    body
                }
            };
        }
        Ok(())
    }

    /// Takes note of one object; answers with where to look for the next.
    fn object(&mut self, header: &Header) -> Result<usize, DocumentError> {
        // What reaches into the next object is not whole. This also keeps the whole search linear.
        let limit = next_object(self.bytes, header.body).map_or(self.bytes.len(), |next| next.start);
        let body = self.bytes.get(header.body..limit).unwrap_or_default();
        let body_start = header.body + skip_blanks(body);
        let body = self.bytes.get(body_start..limit).unwrap_or_default();
        let dict = if body.starts_with(b"<<") { Dict::from_bytes(body) } else { None };
        let whole = dict.is_some() || (!body.starts_with(b"<<") && Object::from_bytes(body).is_some());
        if !whole {
            self.damaged = true;
            return Ok(header.body);
        }
        self.place(header.number, header.generation, Whereabouts::File(header.start))?;
        let Some(dict) = dict else { return Ok(header.body) };
        let dict_end = body_start + dict.data().len();
        let Some(data) = self.stream_data(&dict, dict_end) else { return Ok(dict_end) };
        match dict.get::<Name<'_>>("Type").as_deref() {
            Some(b"XRef") => self.trailer(&dict),
            Some(b"ObjStm") => self.unpack(&dict, self.bytes.get(data.clone()).unwrap_or_default())?,
            _ => {}
        }
        Ok(data.end)
    }

    /// The bytes of the stream behind a dictionary that ends at `at`; `None` when there is no stream.
    fn stream_data(&mut self, dict: &Dict<'_>, at: usize) -> Option<Range<usize>> {
        let rest = self.bytes.get(at..)?;
        let word = at + skip_blanks(rest);
        let rest = self.bytes.get(word..)?.strip_prefix(b"stream")?;
        let line_end = match rest {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r', ..] => 1,
            _ => return None,
        };
        let start = word + b"stream".len() + line_end;
        if let Some(length) = dict.get::<usize>("Length")
            && let Some(end) = start.checked_add(length)
            && let Some(rest) = self.bytes.get(end..)
            && rest.get(skip_blanks(rest)..).is_some_and(|rest| rest.starts_with(b"endstream"))
        {
            return Some(start..end);
        }
        let ended = if self.unended { None } else { find(self.bytes, b"endstream", start) };
        self.unended = ended.is_none();
        // A file that was cut off inside a stream: what is there of it is read.
        Some(start..ended.unwrap_or(self.bytes.len()))
    }

    /// Takes the objects out of an object stream (ISO 32000-2, 7.5.7).
    fn unpack(&mut self, dict: &Dict<'_>, raw: &[u8]) -> Result<(), DocumentError> {
        let (Some(count), Some(first)) = (dict.get::<usize>("N"), dict.get::<usize>("First")) else { return Ok(()) };
        let Some(data) = self.inflation.decode(dict, raw)? else {
            self.damaged = true;
            return Ok(());
        };
        let head = String::from_utf8_lossy(data.get(..first).unwrap_or_default()).into_owned();
        let mut numbers = head.split_ascii_whitespace().map(|word| word.parse::<u32>().ok());
        let mut members: Vec<(usize, u32)> = Vec::new();
        while members.len() < count
            && let (Some(Some(number)), Some(Some(offset))) = (numbers.next(), numbers.next())
        {
            members.push((first.saturating_add(offset as usize), number));
        }
        members.sort_unstable();
        let ends = members.iter().skip(1).map(|(start, _)| *start).chain([data.len()]).collect::<Vec<_>>();
        for ((start, number), end) in members.into_iter().zip(ends) {
            let Some(body) = data.get(start..end.min(data.len())) else { continue };
            let body = body.get(skip_blanks(body)..).unwrap_or_default();
            if Object::from_bytes(body).is_none() {
                self.damaged = true;
                continue;
            }
            let at = self.unpacked.len();
            self.unpacked.extend_from_slice(body);
            self.place(number, 0, Whereabouts::Unpacked(at..self.unpacked.len()))?;
        }
        Ok(())
    }

    fn place(&mut self, number: u32, generation: i32, at: Whereabouts) -> Result<(), DocumentError> {
        if number <= LARGEST_NUMBER {
            self.places.insert(number, Place { generation, at });
        }
        within(self.places.len(), MOST_OBJECTS, Exceeded::Objects)
    }

    fn plain_trailer(&mut self, at: usize) {
        let limit = match next_landmark(self.bytes, at) {
            Some(Landmark::Object(next)) => next.start,
            Some(Landmark::Trailer(next)) => next,
            None => self.bytes.len(),
        };
        let body = self.bytes.get(at..limit).unwrap_or_default();
        if let Some(dict) = Dict::from_bytes(body.get(skip_blanks(body)..).unwrap_or_default()) {
            self.trailer(&dict);
        }
    }

    fn trailer(&mut self, dict: &Dict<'_>) {
        // An encrypted file says so here; `null` stands for nothing.
        self.locked |= dict.get_ref("Encrypt").is_some() || dict.get::<Dict<'_>>("Encrypt").is_some();
        self.roots.extend(dict.get_ref("Root").map(ObjectIdentifier::from));
    }

    /// The file, the unpacked objects and the table of them all. The root that the table names is an empty one: the
    /// parser would walk all pages at once.
    fn rebuilt(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes.len() + self.unpacked.len() + self.places.len() * 48 + 1024);
        out.extend_from_slice(self.bytes);
        // Ends what a cut file left open.
        out.extend_from_slice(b"\nendstream\nendobj\n");
        let mut table: Vec<(u32, usize, i32)> = Vec::with_capacity(self.places.len() + 2);
        for (number, place) in &self.places {
            let at = match &place.at {
                Whereabouts::File(at) => *at,
                Whereabouts::Unpacked(range) => {
                    let at = out.len();
                    out.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
                    out.extend_from_slice(self.unpacked.get(range.clone()).unwrap_or_default());
                    out.extend_from_slice(b"\nendobj\n");
                    at
                }
            };
            table.push((*number, at, place.generation));
        }
        let root = self.places.last_key_value().map_or(1, |(number, _)| number + 1);
        for (number, body) in
            [(root, format!("<</Type/Catalog/Pages {} 0 R>>", root + 1)), (root + 1, "<</Kids[]>>".into())]
        {
            table.push((number, out.len(), 0));
            out.extend_from_slice(format!("{number} 0 obj{body}endobj\n").as_bytes());
        }
        let table_at = out.len();
        out.extend_from_slice(b"xref\n");
        for (number, at, generation) in table {
            out.extend_from_slice(format!("{number} 1\n{at:010} {generation:05} n \n").as_bytes());
        }
        let size = root + 2;
        out.extend_from_slice(
            format!("trailer\n<</Size {size}/Root {root} 0 R>>\nstartxref\n{table_at}\n%%EOF").as_bytes(),
        );
        out
    }
}

/// The next definition or trailer at or behind `from`.
fn next_landmark(bytes: &[u8], from: usize) -> Option<Landmark> {
    let rest = bytes.get(from..)?;
    let mut windows = rest.windows(3).enumerate();
    windows.find_map(|(offset, window)| match window {
        b"obj" => header(bytes, from, from + offset).map(Landmark::Object),
        b"tra" if rest.get(offset..)?.starts_with(b"trailer") => {
            let body = from + offset + b"trailer".len();
            Some(Landmark::Trailer(body))
        }
        _ => None,
    })
}

fn next_object(bytes: &[u8], from: usize) -> Option<Header> {
    let rest = bytes.get(from..)?;
    let mut words = rest.windows(3).enumerate().filter(|(_, window)| window == b"obj");
    words.find_map(|(offset, _)| header(bytes, from, from + offset))
}

/// Reads the two numbers in front of the word `obj` at `word`, not reaching back over `floor`.
fn header(bytes: &[u8], floor: usize, word: usize) -> Option<Header> {
    let before = bytes.get(floor..word)?;
    let (before, generation) = number_at_end(before.trim_ascii_end())?;
    let spaced = before.trim_ascii_end();
    let (_, number) = number_at_end(spaced).filter(|_| spaced.len() < before.len())?;
    let digits = spaced.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    Some(Header {
        number,
        generation: i32::try_from(generation).ok().filter(|generation| *generation <= 65_535)?,
        start: floor + spaced.len() - digits,
        body: word + b"obj".len(),
    })
}

/// Takes the digits off the end; the word `endobj` has none.
fn number_at_end(bytes: &[u8]) -> Option<(&[u8], u32)> {
    let digits = bytes.iter().rev().take(11).take_while(|byte| byte.is_ascii_digit()).count();
    let (rest, digits) = bytes.split_at_checked(bytes.len() - digits)?;
    Some((rest, core::str::from_utf8(digits).ok()?.parse().ok()?))
}

fn find(bytes: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(needle.len()).position(|window| window == needle).map(|at| from + at)
}
