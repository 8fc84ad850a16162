//! Who is in the files, and whose a resource is (A9, P1). An address counts within the file and the server it stands
//! under: two files' `Patient/1` are two people.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use plainchart_record::ownership::{KnownPatient, Ownership};
use plainchart_record::patient::LinkKind;
use plainchart_record::{Header, Patient, Subject, Target};

use super::clinical_document::ClinicalDocument;
use super::likeness::Likeness;
use super::pieces::FILES_IN_ONE;
use crate::reading::FILE_BASE;
use crate::stored::digest_of;

/// Someone found in the files.
pub struct Found {
    /// Base of their chart: a file's own, never a hospital's.
    pub base: String,
    /// Id of their Patient, or what stands for it.
    pub patient: String,
    name: Option<String>,
    born: Option<String>,
    sightings: Vec<Sighting>,
    likeness: Likeness,
    /// A Patient resource of theirs is in the files.
    has_patient: bool,
}

impl Found {
    /// The address that documents of theirs name them by.
    pub fn address(&self) -> String {
        if self.patient.starts_with("urn:") { self.patient.clone() } else { format!("Patient/{}", self.patient) }
    }

    /// Whether a Patient resource of theirs is in the files.
    pub fn has_patient(&self) -> bool {
        self.has_patient
    }
}

/// A Patient resource, where it stood.
struct Sighting {
    file: usize,
    full_url: Option<String>,
    /// The server that the entry says it is from.
    claimed: Option<String>,
    /// For references from the same server or file.
    near: KnownPatient,
    /// For references from another server: full addresses alone.
    far: KnownPatient,
}

/// Everyone found, in the order found.
#[derive(Default)]
pub struct People {
    found: Vec<Found>,
    /// By the id or urn that a reference may name.
    by_id: HashMap<String, Vec<usize>>,
    /// By file, claimed server and id.
    by_address: HashMap<(usize, Option<String>, String), Vec<usize>>,
    by_base: HashMap<String, usize>,
    /// Whose C-CDA documents are, by digest.
    by_document: HashMap<String, usize>,
    inhabited: HashSet<usize>,
}

/// The server that an entry says it is from.
pub fn claimed_base(full_url: Option<&str>) -> Option<String> {
    match full_url.map(Target::parse) {
        Some(Target::Absolute { base, .. }) => Some(base),
        _ => None,
    }
}

/// An address that a Patient without any goes by while it is imported.
pub fn made_address(raw: &str) -> String {
    format!("urn:uuid:{}", digest_of(raw.as_bytes()))
}

impl People {
    /// How many.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// In the order found.
    pub fn iter(&self) -> impl Iterator<Item = &Found> {
        self.found.iter()
    }

    /// Whether somebody's Patient stands in a file.
    pub fn inhabits(&self, file: usize) -> bool {
        self.inhabited.contains(&file)
    }

    /// Whether this person's Patient stands in a file.
    pub fn is_in(&self, person: usize, file: usize) -> bool {
        self.found.get(person).is_some_and(|found| found.sightings.iter().any(|sighting| sighting.file == file))
    }

    /// Any of a person's addresses.
    pub fn known(&self, person: usize) -> Option<&KnownPatient> {
        Some(&self.found.get(person)?.sightings.first()?.near)
    }

    /// Takes in a Patient. `path`: its file, whose digest tells apart those without a name or a birth date.
    pub fn add(&mut self, file: usize, path: &Path, raw: &str, patient: &Patient, full_url: Option<&str>) {
        let (claimed, id) = (claimed_base(full_url), id_of(raw, patient, full_url));
        let (name, born) = (patient.display_name(), patient.birth_date.as_ref().map(|date| date.text.clone()));
        let person = self.at(file, claimed.as_deref(), &id, name.as_deref(), born.as_deref()).unwrap_or_else(|| {
            let whole_file = if name.is_some() && born.is_some() {
                String::new()
            } else {
                let inner = file % FILES_IN_ONE;
                if inner == 0 { digest_of_file(path) } else { format!("{} {inner}", digest_of_file(path)) }
            };
            let text = |part: &Option<String>| part.clone().unwrap_or_default();
            let base = chart_base(&[&text(&claimed), &id, &text(&name), &text(&born), &whole_file]);
            let next = self.found.len();
            let person = *self.by_base.entry(base.clone()).or_insert(next);
            if person == next {
                let likeness = Likeness::default();
                let (sightings, has_patient, patient) = (Vec::new(), true, id.clone());
                self.found.push(Found { base, patient, name, born, sightings, likeness, has_patient });
            }
            let here = self.by_address.entry((file, claimed.clone(), id.clone())).or_default();
            here.push(person);
            person
        });
        let known = self.found.get(person).map(|found| &found.sightings);
        if known.is_some_and(|seen| seen.iter().any(|s| s.file == file && s.full_url.as_deref() == full_url)) {
            return;
        }
        let sighting = Sighting::new(file, raw, patient, full_url, claimed);
        let links = patient.links.iter().map(|link| link.other.target.clone());
        let mut ids: Vec<String> =
            links.chain(full_url.map(Target::parse)).filter_map(|target| tail(&target)).collect();
        ids.push(id);
        for id in ids {
            let there = self.by_id.entry(id).or_default();
            if !there.contains(&person) {
                there.push(person);
            }
        }
        self.inhabited.insert(file);
        if let Some(found) = self.found.get_mut(person) {
            found.sightings.push(sighting);
            found.likeness.join(&Likeness::of(patient));
        }
    }

    /// Takes in whom a C-CDA document is about, after all Patients: somebody known, or somebody new. A document that
    /// names nobody, or several, is nobody's; unless the reader names the person.
    pub fn add_document(&mut self, document: &ClinicalDocument, nobody: &Patient, named: Option<&str>) {
        let about = document.about();
        let Some(likeness) = one_of(&about).or(named.filter(|_| about.is_empty()).map(|_| Likeness::default())) else {
            return;
        };
        let known = self.found.iter().position(|found| found.likeness.is_same(&likeness));
        let person = known.unwrap_or_else(|| self.add_from_document(document, &likeness, nobody, named));
        if let Some(found) = self.found.get_mut(person) {
            found.likeness.join(&likeness);
        }
        self.by_document.insert(document.digest().to_owned(), person);
    }

    fn add_from_document(
        &mut self,
        document: &ClinicalDocument,
        likeness: &Likeness,
        nobody: &Patient,
        named: Option<&str>,
    ) -> usize {
        let [one, other] = likeness.mark().unwrap_or(["", named.unwrap_or_else(|| document.digest())]);
        let base = chart_base(&["clinical-document", one, other]);
        let next = self.found.len();
        let person = *self.by_base.entry(base.clone()).or_insert(next);
        if person == next {
            let patient = digest_of(base.as_bytes());
            let own = Target::parse(&format!("Patient/{patient}"));
            let near = KnownPatient::new("", nobody).also_at(own);
            let sighting = Sighting { file: usize::MAX, full_url: None, claimed: None, far: near.clone(), near };
            self.found.push(Found {
                base,
                patient,
                name: None,
                born: None,
                sightings: vec![sighting],
                likeness: Likeness::default(),
                has_patient: false,
            });
        }
        person
    }

    /// Whose a C-CDA document is, and who that is.
    pub fn document_owner(&self, document: &ClinicalDocument) -> Option<(usize, &Found)> {
        let person = *self.by_document.get(document.digest())?;
        Some((person, self.found.get(person)?))
    }

    /// Someone whom the reader names, though no file holds their Patient: everything about `subject` is theirs.
    pub fn add_named(&mut self, subject: &Target, nobody: &Patient, person: &str) {
        let Some(id) = tail(subject) else { return };
        let claimed = match subject {
            Target::Absolute { base, .. } => Some(base.clone()),
            _ => None,
        };
        let at = claimed.as_deref().unwrap_or_default();
        let near = KnownPatient::new(at, nobody).also_at(subject.clone());
        let far = KnownPatient::new("", nobody).also_at(subject.clone());
        let base = chart_base(&[at, &id, "", "", person]);
        self.by_id.entry(id.clone()).or_default().push(self.found.len());
        let sightings = vec![Sighting { file: usize::MAX, full_url: None, claimed, near, far }];
        let (likeness, has_patient) = (Likeness::default(), false);
        self.found.push(Found { base, patient: id, name: None, born: None, sightings, likeness, has_patient });
    }

    /// Whose a resource is, and the addresses that say so. Where it may be two people's, nobody's.
    pub fn owner(
        &self,
        header: &Header,
        raw: &str,
        file: usize,
        full_url: Option<&str>,
    ) -> Option<(usize, &KnownPatient)> {
        match &header.subject {
            Subject::Itself => self.itself(raw, file, full_url),
            Subject::Of(_) => self.subject(header, raw, file, full_url),
            Subject::NotGiven | Subject::NoneByType => None,
        }
    }

    fn itself(&self, raw: &str, file: usize, full_url: Option<&str>) -> Option<(usize, &KnownPatient)> {
        let patient = Patient::read(raw).ok()?;
        let (name, born) = (patient.display_name(), patient.birth_date.as_ref().map(|date| date.text.as_str()));
        let id = id_of(raw, &patient, full_url);
        let person = self.at(file, claimed_base(full_url).as_deref(), &id, name.as_deref(), born)?;
        let sightings = &self.found.get(person)?.sightings;
        let here = sightings.iter().find(|s| s.file == file && s.full_url.as_deref() == full_url)?;
        Some((person, &here.near))
    }

    fn subject(
        &self,
        header: &Header,
        raw: &str,
        file: usize,
        full_url: Option<&str>,
    ) -> Option<(usize, &KnownPatient)> {
        let Subject::Of(references) = &header.subject else { return None };
        let own_base = claimed_base(full_url);
        let mut here: Vec<(usize, &KnownPatient)> = Vec::new();
        let mut elsewhere: Vec<(usize, &KnownPatient)> = Vec::new();
        for person in self.candidates(&references.first()?.target) {
            let Some(found) = self.found.get(person) else { continue };
            let owns = |sighting: &&Sighting| {
                sighting.seen_from(own_base.as_deref()).owns(&header.subject, raw) == Ownership::Same
            };
            let matching: Vec<&Sighting> = found.sightings.iter().filter(owns).collect();
            let in_this_file = matching.iter().find(|sighting| sighting.file == file);
            if let Some(sighting) = in_this_file {
                here.push((person, sighting.seen_from(own_base.as_deref())));
            } else if let Some(sighting) = matching.first() {
                elsewhere.push((person, sighting.seen_from(own_base.as_deref())));
            }
        }
        match (here.as_slice(), elsewhere.as_slice()) {
            ([one], _) | ([], [one]) => Some(*one),
            _ => None,
        }
    }

    /// People whom a reference may mean: by its id; anybody, if it is an identifier in a contained resource.
    fn candidates(&self, target: &Target) -> Vec<usize> {
        match (tail(target), target) {
            (Some(id), _) => self.by_id.get(&id).cloned().unwrap_or_default(),
            (None, Target::Contained(_)) => (0..self.found.len()).collect(),
            (None, _) => Vec::new(),
        }
    }

    /// The person at an address of a file. A later version of a Patient may have another name or birth date, not both.
    fn at(
        &self,
        file: usize,
        claimed: Option<&str>,
        id: &str,
        name: Option<&str>,
        born: Option<&str>,
    ) -> Option<usize> {
        let here = self.by_address.get(&(file, claimed.map(str::to_owned), id.to_owned()))?;
        here.iter().copied().find(|person| {
            self.found.get(*person).is_some_and(|found| {
                let compared = [found.name.as_deref().zip(name), found.born.as_deref().zip(born)];
                let mut both = compared.iter().flatten().map(|(one, other)| one == other).peekable();
                both.peek().is_none() || both.any(|same| same)
            })
        })
    }
}

impl Sighting {
    fn new(file: usize, raw: &str, patient: &Patient, full_url: Option<&str>, claimed: Option<String>) -> Self {
        let base = claimed.clone().unwrap_or_default();
        let made = (patient.id.is_none() && full_url.is_none()).then(|| made_address(raw));
        let own = full_url.or(made.as_deref()).map(Target::parse);
        let mut near = KnownPatient::new(&base, patient);
        let mut distant = patient.clone();
        distant.id = None;
        distant.links.clear();
        let mut far = KnownPatient::new("", &distant);
        if let Some(own) = own {
            near = near.also_at(own.clone());
            far = far.also_at(own);
        }
        let merged = patient.links.iter().filter(|link| matches!(link.kind, LinkKind::Replaces | LinkKind::ReplacedBy));
        let ids = patient.id.iter().map(|id| Target::parse(&format!("Patient/{id}")));
        for target in ids.chain(merged.map(|link| link.other.target.clone())) {
            let full = target.resolve(&base);
            if matches!(full, Target::Absolute { .. } | Target::Urn(_)) {
                far = far.also_at(full);
            }
        }
        Self { file, full_url: full_url.map(str::to_owned), claimed, near, far }
    }

    /// What of this Patient's addresses a resource from a server, or from a file alone, can mean.
    fn seen_from(&self, own_base: Option<&str>) -> &KnownPatient {
        match (own_base, self.claimed.as_deref()) {
            (None, _) => &self.near,
            (Some(own), Some(claimed)) if without_scheme(own) == without_scheme(claimed) => &self.near,
            (Some(_), _) => &self.far,
        }
    }
}

/// The one person that a document is about, however often it says so.
fn one_of(about: &[Likeness]) -> Option<Likeness> {
    let (first, rest) = about.split_first()?;
    rest.iter().all(|other| first.is_same(other)).then(|| first.clone())
}

/// A base without `http:` or `https:`: servers behind a proxy write the wrong one.
pub fn without_scheme(base: &str) -> &str {
    base.split_once("://").map_or(base, |(_, rest)| rest)
}

fn id_of(raw: &str, patient: &Patient, full_url: Option<&str>) -> String {
    patient.id.clone().or_else(|| full_url.map(str::to_owned)).unwrap_or_else(|| digest_of(raw.as_bytes()))
}

/// Parts are written as JSON: no two lists of parts read the same.
fn chart_base(parts: &[&str]) -> String {
    let parts = serde_json::Value::from(parts.to_vec());
    format!("{FILE_BASE}{}", digest_of(parts.to_string().as_bytes()))
}

fn tail(target: &Target) -> Option<String> {
    match target {
        Target::Urn(urn) => Some(urn.clone()),
        other => other.id().map(str::to_owned),
    }
}

/// SHA-256 of a file, read in parts; of what can be read of it.
fn digest_of_file(path: &Path) -> String {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    let mut part = vec![0; 1 << 16];
    if let Ok(mut file) = File::open(path) {
        while let Ok(read @ 1..) = file.read(&mut part) {
            context.update(part.get(..read).unwrap_or_default());
        }
    }
    digest_of(context.finish().as_ref())
}
