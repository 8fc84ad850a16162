//! The made-up people: files written by hand, turned into FHIR resources.
//!
//! `sandbox/people/<login>/person.json`, `notes/*.txt|*.html`, `results.csv`, `other.ndjson` and
//! `sandbox/people/staff.ndjson`; the README of the sandbox describes each. A mistake in a file is an error that names
//! the file and line, never a person left out.

mod csv;
mod note;
mod person;
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

    /// The file's name without folders and ending.
    pub fn stem(&self) -> &str {
        let file = self.name.rsplit('/').next().unwrap_or(self.name);
        file.rsplit_once('.').map_or(file, |(stem, _)| stem)
    }
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
        PeopleSet::BuiltIn => {
            let files = built_in::FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
            load_files(&files, store, now)
        }
        PeopleSet::Folder(folder) => {
            let mut files = BTreeMap::new();
            read_folder(folder, "", &mut files)?;
            load_files(&files, store, now)
        }
    }
}

fn read_folder(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read_folder(&entry.path(), &format!("{name}/"), files)?;
        } else if [".json", ".ndjson", ".csv", ".txt", ".html"].iter().any(|ending| name.ends_with(ending)) {
            files.insert(name, fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}

fn load_files(
    files: &BTreeMap<String, String>,
    store: &Store,
    now: DateTime<Utc>,
) -> Result<Vec<Person>, ContentError> {
    let mut loader = Loader { store, now };
    let mut staff = Staff::default();
    if let Some((name, text)) = files.get_key_value("staff.ndjson") {
        for (line, resource) in ndjson(Source { name, text })? {
            if staff.organization.is_none() && resource.text("resourceType").as_deref() == Some("Organization") {
                staff.organization = resource.text("id");
            }
            loader.put(name, line, resource, None)?;
        }
    }
    let mut people = Vec::new();
    for (name, text) in
        files.iter().filter(|(name, _)| name.ends_with("/person.json") && name.matches('/').count() == 1)
    {
        let source = Source { name, text };
        let (person, patient) = person::read(&source)?;
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
    fn chart(&mut self, person: &Person, files: &BTreeMap<String, String>, staff: &Staff) -> Result<(), ContentError> {
        let notes = format!("{}/notes/", person.login);
        let other = format!("{}/other.ndjson", person.login);
        if let Some((name, text)) = files.get_key_value(&other) {
            for (line, resource) in ndjson(Source { name, text })? {
                self.put(name, line, resource, None)?;
            }
        }
        for (name, text) in files.range(notes.clone()..).take_while(|(name, _)| name.starts_with(&notes)) {
            for (resource, written) in note::resources(&Source { name, text }, person, staff)? {
                self.put(name, 1, resource, Some(&written))?;
            }
        }
        let results = format!("{}/results.csv", person.login);
        if let Some((name, text)) = files.get_key_value(&results) {
            for (line, resource) in result::resources(&Source { name, text }, person, staff)? {
                let when = resource.text("effectiveDateTime");
                self.put(name, line, resource, when.as_deref())?;
            }
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
