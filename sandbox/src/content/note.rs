//! The notes of one person: which file is a document of its own, which a rendition or a later version of another.

use std::collections::BTreeMap;

use super::attachment::{Attachment, Place, attachment, media_type};
use super::headers::Headers;
use super::{ContentError, Person, Source, Staff, document, report};
use crate::fhir::period::Period;
use crate::fhir::resource::Resource;
use crate::opaque::stable_id;

/// A resource that a note became.
pub(super) struct Made {
    /// Path below the people folder.
    pub file: String,
    pub resource: Resource,
    /// When it was written into the record: an instant or a partial date.
    pub written: Option<String>,
    /// It was there once: reads answer 410.
    pub withdrawn: bool,
}

/// One file in `notes/`, or a `.head` that stands alone.
struct Note<'a> {
    /// Path below the people folder, without `.head`.
    path: String,
    headers: Headers<'a>,
    body: Option<&'a [u8]>,
}

/// What documents and reports are made from.
pub(super) struct Written<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub headers: &'a Headers<'a>,
    pub attachments: &'a [Attachment],
    pub person: &'a Person,
    pub staff: &'a Staff,
    /// Ids of the Observations of each panel of `results.csv`.
    pub panels: &'a BTreeMap<String, Vec<String>>,
}

/// DocumentReferences, DiagnosticReports and their Binaries, in the order of the files.
/// `files`: paths below the people folder and bytes, all of one `notes/` folder.
pub(super) fn resources<'a>(
    files: impl Iterator<Item = (&'a str, &'a [u8])> + Clone,
    person: &Person,
    staff: &Staff,
    panels: &BTreeMap<String, Vec<String>>,
) -> Result<Vec<Made>, ContentError> {
    let notes = Notes { notes: read(files)?, login: &person.login };
    let mut all: Vec<Made> = Vec::new();
    for (name, note) in notes.notes.iter().filter(|(_, note)| note.headers.get("Rendition-Of").is_none()) {
        let id = notes.id(name, note)?;
        let is_report = note.headers.says_yes("Report")?;
        let title = note.headers.needed("Title")?;
        let owner = format!("{}/{id}", if is_report { "DiagnosticReport" } else { "DocumentReference" });
        let mut attachments = Vec::new();
        for (name, part) in std::iter::once((name, note)).chain(notes.renditions(name)) {
            let place = notes.place(name, part)?;
            let (body, title) = (notes.body(part)?, part.headers.get("Title").unwrap_or(title));
            attachments.push(attachment(&notes.named(name, part)?.path, &part.headers, title, body, place, &owner)?);
        }
        let (headers, attachments) = (&note.headers, attachments.as_slice());
        let written = Written { id: &id, title, headers, attachments, person, staff, panels };
        let relates = |header: &str| notes.targets(note, header);
        let resource = if is_report { report::resource(&written)? } else { document::resource(&written, relates)? };
        let twice = |made: &&Made| made.resource.text("id").as_ref() == Some(&id);
        if headers.get("Version-Of").is_none() && all.iter().any(|made| twice(&made)) {
            return Err(headers.mistake("Id", "or the name without its ending belongs to another note too"));
        }
        let date = ["Entered", "Issued", "Date"].iter().find_map(|header| headers.get(header)).map(str::to_owned);
        let withdrawn = headers.says_yes("Withdrawn")?;
        let binaries = attachments.iter().filter_map(|attachment| attachment.binary.clone());
        for resource in std::iter::once(resource).chain(binaries) {
            all.push(Made { file: note.path.clone(), resource, written: date.clone(), withdrawn });
        }
    }
    for (name, note) in &notes.notes {
        if let Some(main) = note.headers.get("Rendition-Of")
            && notes.find(note, "Rendition-Of", main)?.headers.get("Rendition-Of").is_some()
        {
            return Err(note.headers.mistake("Rendition-Of", &format!("of {name} names a rendition")));
        }
    }
    Ok(all)
}

fn read<'a>(
    files: impl Iterator<Item = (&'a str, &'a [u8])> + Clone,
) -> Result<BTreeMap<&'a str, Note<'a>>, ContentError> {
    let bodies: BTreeMap<&str, &[u8]> = files.clone().collect();
    let mut notes = BTreeMap::new();
    for (path, bytes) in files {
        let (body_path, beside) = match path.strip_suffix(".head") {
            Some(body_path) => (body_path, true),
            None if bodies.contains_key(format!("{path}.head").as_str()) => continue,
            None => (path, false),
        };
        let source = Source { name: path, text: "" };
        let text = std::str::from_utf8(bytes).map_err(|_| source.mistake(0, "not UTF-8, and no .head beside it"))?;
        let (headers, rest) = Headers::read(Source { name: path, text })?;
        let body = if beside { bodies.get(body_path).copied() } else { rest.map(str::as_bytes) };
        if !beside && body.is_none() {
            return Err(source.mistake(0, "no empty line between headers and body"));
        }
        for date in ["Date", "Issued", "Entered"] {
            if headers.get(date).is_some_and(|value| Period::parse(value).is_none()) {
                return Err(headers.mistake(date, "is not a FHIR dateTime"));
            }
        }
        if body.is_some() && media_type(body_path).is_none() && headers.get("Content-Type").is_none() {
            return Err(source.mistake(0, "an ending without a media type, and no Content-Type"));
        }
        let name = body_path.rsplit('/').next().unwrap_or(body_path);
        notes.insert(name, Note { path: body_path.to_owned(), headers, body });
    }
    Ok(notes)
}

/// All notes of one person by file name.
struct Notes<'a> {
    notes: BTreeMap<&'a str, Note<'a>>,
    login: &'a str,
}

impl<'a> Notes<'a> {
    fn find(&self, from: &Note<'_>, header: &str, name: &str) -> Result<&Note<'a>, ContentError> {
        self.notes.get(name).ok_or_else(|| from.headers.mistake(header, "names a note that is not there"))
    }

    fn renditions(&self, main: &str) -> impl Iterator<Item = (&&'a str, &Note<'a>)> {
        self.notes.iter().filter(move |(_, note)| note.headers.get("Rendition-Of") == Some(main))
    }

    /// The same in every run; a later version has its forerunner's.
    fn id(&self, name: &str, note: &Note<'_>) -> Result<String, ContentError> {
        if let Some(older) = note.headers.get("Version-Of") {
            let first = self.find(note, "Version-Of", older)?;
            if older >= name || first.headers.get("Version-Of").is_some() {
                return Err(note.headers.mistake("Version-Of", "does not name the first version, before this file"));
            }
            return self.id(older, first);
        }
        let prefix = if note.headers.says_yes("Report")? { "g" } else { "d" };
        let made = || stable_id(prefix, &[self.login, stem(name)]);
        Ok(note.headers.get("Id").map_or_else(made, str::to_owned))
    }

    fn binary_id(&self, name: &str, note: &Note<'_>) -> Result<String, ContentError> {
        let first = note.headers.get("Version-Of").unwrap_or(name);
        let note = self.find(note, "Version-Of", first)?;
        // Renditions often share the stem of their note.
        let named = if note.headers.get("Rendition-Of").is_some() { first } else { stem(first) };
        let made = || stable_id("b", &[self.login, named]);
        Ok(note.headers.get("Id").map_or_else(made, |id| format!("{id}-file")))
    }

    /// The note whose file an attachment is: its own, or the one it names.
    fn named<'b>(&'b self, name: &str, note: &Note<'_>) -> Result<&'b Note<'a>, ContentError> {
        for header in ["Same-Bytes-As", "Same-Url-As"] {
            if let Some(other) = note.headers.get(header) {
                return self.find(note, header, other);
            }
        }
        self.find(note, "Id", name)
    }

    fn body(&self, note: &Note<'a>) -> Result<Option<&'a [u8]>, ContentError> {
        for header in ["Same-Bytes-As", "Same-Url-As"] {
            if let Some(other) = note.headers.get(header) {
                let body = self.find(note, header, other)?.body;
                return body.map(Some).ok_or_else(|| note.headers.mistake(header, "names a note without a file"));
            }
        }
        Ok(note.body)
    }

    fn place(&self, name: &str, note: &Note<'a>) -> Result<Place, ContentError> {
        let headers = &note.headers;
        if let Some(other) = headers.get("Same-Url-As") {
            let target = self.find(note, "Same-Url-As", other)?;
            if target.headers.says_yes("Inline")? {
                return Err(headers.mistake("Same-Url-As", "names a note without a URL"));
            }
            return Ok(Place::Elsewhere(format!("Binary/{}", self.binary_id(other, target)?)));
        }
        if let Some(url) = headers.get("Url") {
            return Ok(Place::Elsewhere(url.to_owned()));
        }
        let inline = headers.says_yes("Inline")?;
        match headers.one_of("Binary", &["there", "missing", "none"])? {
            "missing" => Ok(Place::Elsewhere(format!("Binary/{}", self.binary_id(name, note)?))),
            "none" => Ok(Place::Nowhere),
            _ if self.body(note)?.is_none() => Err(headers.mistake("Binary", "is to be there, but there is no file")),
            _ if inline => Ok(Place::Inline),
            _ => Ok(Place::Own(self.binary_id(name, note)?)),
        }
    }

    /// References of a header such as `Replaces`: names of files, or references as they are.
    fn targets(&self, note: &Note<'_>, header: &str) -> Result<Vec<String>, ContentError> {
        let target = |named: &str| {
            if named.contains(['/', ':']) {
                return Ok(named.to_owned());
            }
            let other = self.find(note, header, named)?;
            Ok(format!("DocumentReference/{}", self.id(named, other)?))
        };
        note.headers.list(header).map(target).collect()
    }
}

fn stem(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, Engine as _};

    use super::*;

    const NOTE: &str = "Type: 11506-3\nTitle: Visit\nDate: 2026-11-18T10:00:00-06:00\nAuthor: Dr. X\nInline: no\n\n  HPI: as typed\n\n";
    const HEAD: &str = "Type: 18748-4\nTitle: Picture\nDate: 2026-11-18T10:00:00-06:00\n";

    fn made(files: &[(&str, &[u8])]) -> Result<Vec<Made>, ContentError> {
        let text =
            r#"{"login":"a","password":"p","patient":{"resourceType":"Patient","id":"1","name":[{"family":"F"}]}}"#;
        let person = super::super::person::read(&Source { name: "a/person.json", text }).unwrap().0;
        let panels = BTreeMap::from([("cbc".to_owned(), vec!["o1".to_owned(), "o2".to_owned()])]);
        let files: BTreeMap<String, &[u8]> =
            files.iter().map(|(name, bytes)| (format!("a/notes/{name}"), *bytes)).collect();
        let files = files.iter().map(|(name, bytes)| (name.as_str(), *bytes));
        resources(files, &person, &Staff::default(), &panels)
    }

    fn one(text: &str) -> Result<Vec<Made>, ContentError> {
        made(&[("one.txt", text.as_bytes())])
    }

    fn at(made: &Made, path: &str) -> serde_json::Value {
        let value = serde_json::to_value(&made.resource).unwrap();
        value.pointer(path).cloned().unwrap_or_default()
    }

    #[test]
    fn the_body_is_served_exactly_as_typed_with_its_size_and_hash() {
        let made = one(NOTE).unwrap();
        let data = made[1].resource.text("data").unwrap();
        assert_eq!(BASE64_STANDARD.decode(data).unwrap(), b"  HPI: as typed\n\n");
        assert_eq!(at(&made[0], "/content/0/attachment/size"), 17);
        let url = format!("Binary/{}", made[1].resource.text("id").unwrap());
        assert_eq!(at(&made[0], "/content/0/attachment/url"), url);
        let hash = at(&made[0], "/content/0/attachment/hash");
        assert_eq!(BASE64_STANDARD.decode(hash.as_str().unwrap()).unwrap().len(), 20);
    }

    #[test]
    fn an_inline_note_has_no_binary_and_a_mistake_is_named() {
        let inline = one(&NOTE.replace("Inline: no", "Inline: yes")).unwrap();
        assert_eq!(inline.len(), 1);
        let bad = [
            NOTE.replace("Type: 11506-3\n", ""),
            NOTE.replace("2026-11-18T", "18 Nov "),
            NOTE.replace("Inline: no", "Same-Bytes-As: two.txt"),
            NOTE.replace("Inline: no", "Version-Of: one.txt"),
            NOTE.replace("Inline: no", "Report: yes\nPanel: unknown"),
            "Type: x".into(),
        ];
        for bad in bad {
            assert!(matches!(one(&bad), Err(ContentError::Mistake { .. })), "{bad}");
        }
    }

    #[test]
    fn a_replaced_note_is_linked_by_its_file_name() {
        let newer = NOTE.replace("Inline", "Replaces: older.txt\nInline");
        let made = made(&[("newer.txt", newer.as_bytes()), ("older.txt", NOTE.as_bytes())]).unwrap();
        let older = at(&made[2], "/id");
        let target = at(&made[0], "/relatesTo/0/target/reference");
        assert_eq!(target, format!("DocumentReference/{}", older.as_str().unwrap()));
        assert!(one(&newer).is_err(), "a note that is not there cannot be replaced");
    }

    #[test]
    fn bytes_that_are_no_text_come_with_a_head_and_stay_as_they_are() {
        let bytes: &[u8] = &[0x89, 0, 0xff, b'\n', b'\n'];
        let image = made(&[("x.png", bytes), ("x.png.head", HEAD.as_bytes())]).unwrap();
        assert_eq!(at(&image[0], "/content/0/attachment/contentType"), "image/png");
        assert_eq!(BASE64_STANDARD.decode(image[1].resource.text("data").unwrap()).unwrap(), bytes);
        assert!(made(&[("x.png", bytes)]).is_err());
    }

    #[test]
    fn renditions_share_one_document_and_twins_share_bytes_or_url() {
        let rendition = "Rendition-Of: one.txt\n";
        let twin = NOTE.replace("Inline: no", "Same-Url-As: one.txt").replace("  HPI: as typed\n\n", "");
        let copy = twin.replace("Same-Url-As", "Report: yes\nPanel: cbc\nSame-Bytes-As");
        let made = made(&[
            ("one.txt", NOTE.as_bytes()),
            ("one.pdf", b"%PDF-"),
            ("one.pdf.head", rendition.as_bytes()),
            ("twin.head", twin.trim_end().as_bytes()),
            ("copy.head", copy.trim_end().as_bytes()),
        ])
        .unwrap();
        let types: Vec<_> = made.iter().map(|made| made.resource.text("resourceType").unwrap()).collect();
        assert_eq!(types, ["DiagnosticReport", "Binary", "DocumentReference", "Binary", "Binary", "DocumentReference"]);
        assert_eq!(at(&made[2], "/content/1/attachment/contentType"), "application/pdf");
        assert_eq!(at(&made[5], "/content/0/attachment/url"), at(&made[2], "/content/0/attachment/url"));
        assert_eq!(made[1].resource.text("data"), made[3].resource.text("data"));
        assert_eq!(at(&made[0], "/presentedForm/0/hash"), at(&made[2], "/content/0/attachment/hash"));
        assert_eq!(at(&made[0], "/result/1/reference"), "Observation/o2");
    }

    #[test]
    fn a_later_version_has_the_first_ones_id_and_url() {
        let later =
            NOTE.replace("Inline: no", "Version-Of: one.txt\nDoc-Status: amended").replace("as typed", "mended");
        let made = made(&[("one.txt", NOTE.as_bytes()), ("two.txt", later.as_bytes())]).unwrap();
        assert_eq!(made[0].resource.text("id"), made[2].resource.text("id"));
        assert_eq!(at(&made[0], "/content/0/attachment/url"), at(&made[2], "/content/0/attachment/url"));
        assert_ne!(made[1].resource.text("data"), made[3].resource.text("data"));
    }

    #[test]
    fn a_partial_date_never_stands_where_only_an_instant_may_unless_asked() {
        let partial = NOTE.replace("2026-11-18T10:00:00-06:00", "2026-03");
        let made = one(&partial).unwrap();
        assert!(made[0].resource.get("date").is_none());
        assert_eq!(at(&made[0], "/context/period/start"), "2026-03");
        let loose = one(&partial.replace("Inline: no", "Loose-Date: yes")).unwrap();
        assert_eq!(at(&loose[0], "/date"), "2026-03");
        let none = one(&NOTE.replace("Date: 2026-11-18T10:00:00-06:00\n", "")).unwrap();
        assert!(none[0].resource.get("date").is_none() && none[0].written.is_none());
    }
}
