//! The made-up people: files written by hand, turned into FHIR resources.
//!
//! `sandbox/people/<login>/person.json`, `notes/`, `results.csv`, `other.ndjson` and `sandbox/people/staff.ndjson`; the
//! README of the sandbox describes each. A mistake in a file is an error that names the file and line, never a person
//! left out.

mod attachment;
mod csv;
mod document;
mod headers;
mod note;
mod person;
mod report;
mod result;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

use chrono::{DateTime, Duration, Utc};
use thiserror::Error;

use crate::fhir::period::Period;
use crate::fhir::resource::Resource;
use crate::fhir::store::{Store, StoreError};
use crate::options::PeopleSet;

pub(crate) use person::{MaySee, Person};

mod built_in {
    include!(concat!(env!("OUT_DIR"), "/people.rs"));
}

/// A mistake in the made-up people.
#[derive(Debug, Error)]
pub enum ContentError {
    /// A file could not be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A file does not say what it should.
    #[error("{file}, line {line}: {reason}")]
    Mistake {
        /// Path below the people folder.
        file: String,
        /// Counted from 1; 0: the file as a whole.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// A resource has no type or id.
    #[error("{file}, line {line}: {source}")]
    Resource {
        /// Path below the people folder.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        source: StoreError,
    },
}

/// One file of the content.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

impl Source<'_> {
    pub fn mistake(&self, line: usize, reason: impl Into<String>) -> ContentError {
        ContentError::Mistake { file: self.name.to_owned(), line, reason: reason.into() }
    }
}

/// Paths below the people folder, and what the files hold.
type Files = BTreeMap<String, Vec<u8>>;

/// A file that is text.
fn text_of<'a>(name: &'a str, bytes: &'a [u8]) -> Result<Source<'a>, ContentError> {
    let source = Source { name, text: "" };
    let text = std::str::from_utf8(bytes).map_err(|_| source.mistake(0, "not UTF-8"))?;
    Ok(Source { name, text })
}

const LONG_AGO: DateTime<Utc> = DateTime::from_timestamp(1_577_836_800, 0).expect("the first of January 2020");

/// What notes and results need to know of the staff.
#[derive(Default)]
pub(crate) struct Staff {
    /// The first Organization: custodian of notes, performer of results.
    pub organization: Option<String>,
}

/// Reads everyone into the store and returns who may log in.
pub(crate) fn load(people: &PeopleSet, store: &Store, now: DateTime<Utc>) -> Result<Vec<Person>, ContentError> {
    match people {
        PeopleSet::Nobody => Ok(Vec::new()),
        PeopleSet::BuiltIn => load_files(&built_in_files("people"), store, now),
        PeopleSet::SecondHospital => load_files(&built_in_files("people-second"), store, now),
        PeopleSet::Folder(folder) => {
            let mut files = BTreeMap::new();
            read_folder(folder, "", &mut files)?;
            load_files(&files, store, now)
        }
    }
}

/// The files of one of the folders that are part of the library: `people` or `people-second`.
fn built_in_files(folder: &str) -> Files {
    let files = built_in::FOLDERS.iter().find(|(name, _)| *name == folder).map_or(&[][..], |(_, files)| *files);
    files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect()
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Files) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read_folder(&entry.path(), &format!("{name}/"), files)?;
        } else if !name.ends_with(".md") {
            files.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(())
}

fn load_files(files: &Files, store: &Store, now: DateTime<Utc>) -> Result<Vec<Person>, ContentError> {
    let mut loader = Loader { store, now };
    let mut staff = Staff::default();
    if let Some((name, bytes)) = files.get_key_value("staff.ndjson") {
        for (line, resource) in ndjson(text_of(name, bytes)?)? {
            if staff.organization.is_none() && resource.text("resourceType").as_deref() == Some("Organization") {
                staff.organization = resource.text("id");
            }
            loader.put(name, line, resource, None)?;
        }
    }
    let mut people = Vec::new();
    for (name, bytes) in
        files.iter().filter(|(name, _)| name.ends_with("/person.json") && name.matches('/').count() == 1)
    {
        let (person, patient) = person::read(&text_of(name, bytes)?)?;
        loader.put(name, 1, patient, None)?;
        people.push(person);
    }
    let patients: BTreeSet<String> = people.iter().map(|person| person.patient.clone()).collect();
    for person in &people {
        loader.chart(person, files, &staff)?;
    }
    for person in &people {
        loader.related_persons(person, &patients)?;
    }
    Ok(people)
}

struct Loader<'a> {
    store: &'a Store,
    now: DateTime<Utc>,
}

impl Loader<'_> {
    fn chart(&mut self, person: &Person, files: &Files, staff: &Staff) -> Result<(), ContentError> {
        let file = |name: &str| files.get_key_value(&format!("{}/{name}", person.login));
        let mut provenance = Vec::new();
        if let Some((name, bytes)) = file("other.ndjson") {
            for (line, resource) in ndjson(text_of(name, bytes)?)? {
                // A Provenance belongs to whom its target belongs, so the target comes first.
                if resource.text("resourceType").as_deref() == Some("Provenance") {
                    provenance.push((name, line, resource));
                } else {
                    self.put(name, line, resource, None)?;
                }
            }
        }
        let mut panels: BTreeMap<String, Vec<String>> = BTreeMap::new();
        if let Some((name, bytes)) = file("results.csv") {
            for observed in result::resources(&text_of(name, bytes)?, person, staff)? {
                let (when, id) = (observed.resource.text("effectiveDateTime"), observed.resource.text("id"));
                self.put(name, observed.line, observed.resource, when.as_deref())?;
                if let (Some(panel), Some(id)) = (observed.panel, id) {
                    panels.entry(panel).or_default().push(id);
                }
            }
        }
        let notes = format!("{}/notes/", person.login);
        let notes = files.range(notes.clone()..).take_while(|(name, _)| name.starts_with(&notes));
        let notes = notes.map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        for made in note::resources(notes, person, staff, &panels)? {
            let named = made.resource.text("resourceType").zip(made.resource.text("id"));
            self.put(&made.file, 1, made.resource, made.written.as_deref())?;
            if let Some((resource_type, id)) = named.filter(|_| made.withdrawn) {
                self.store.delete(&resource_type, &id);
            }
        }
        for (name, line, resource) in provenance {
            self.put(name, line, resource, None)?;
        }
        Ok(())
    }

    /// Those that `other.ndjson` did not bring.
    fn related_persons(&mut self, person: &Person, patients: &BTreeSet<String>) -> Result<(), ContentError> {
        let file = format!("{}/person.json", person.login);
        for seen in &person.may_see {
            if !patients.contains(&seen.patient) {
                let reason = format!("may_see names {}, who has no chart", seen.patient);
                return Err(ContentError::Mistake { file, line: 0, reason });
            }
            if self.store.get("RelatedPerson", &seen.related_person).is_none() {
                self.put(&file, 0, person::related_person(person, seen), None)?;
            }
        }
        Ok(())
    }

    /// Entered in the record minutes after it was written, and never later than an hour before the start, so that
    /// every change made while the hospital runs is newer. What has no date was entered long ago.
    fn put(&mut self, file: &str, line: usize, resource: Resource, when: Option<&str>) -> Result<(), ContentError> {
        let own = resource.get("meta").and_then(|meta| Period::parse(meta.get("lastUpdated")?.as_str()?));
        let written = own.or_else(|| when.and_then(Period::parse)).or_else(|| resource.date());
        let written = written.and_then(|period| DateTime::from_timestamp_millis(period.start_ms)).unwrap_or(LONG_AGO);
        let entered = (written + Duration::minutes(5)).min(self.now - Duration::hours(1));
        let put = self.store.put_resource(resource, Some(entered));
        put.map(|_| ()).map_err(|source| ContentError::Resource { file: file.to_owned(), line, source })
    }
}

fn ndjson(source: Source<'_>) -> Result<Vec<(usize, Resource)>, ContentError> {
    let lines = source.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| match Resource::parse(line) {
            Ok(resource) => Ok((index + 1, resource)),
            Err(error) => Err(source.mistake(index + 1, error.to_string())),
        })
        .collect()
}
