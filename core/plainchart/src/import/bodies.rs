//! Which Binary is whose body: the one that a landed document names, on the document's own server or in its own file.

use std::collections::HashMap;

use plainchart_record::{Reference, Target};

use super::people::{People, claimed_base, without_scheme};
use crate::ingest::{Place, attachments_of, type_of};

/// A body that a document names.
#[derive(Clone)]
pub struct Claim {
    /// Whose document, by index.
    pub person: usize,
    /// The document, as `Type/id`.
    pub document: String,
    /// Which of its attachments.
    pub index: usize,
    /// Size as declared, in bytes.
    pub size: Option<u64>,
    /// SHA-1 as declared, base64.
    pub hash: Option<String>,
    /// Digest of the document's text.
    pub version: String,
    file: usize,
    /// Full address on a server, if the document says which.
    server: Option<String>,
    /// Which reading of the document made it: a newer version takes an older one's claims back.
    reading: u64,
    given: bool,
}

/// What a Binary is.
pub enum Claimed {
    /// The body of these.
    By(Vec<Claim>),
    /// Another version of a body that came before.
    Before,
    /// Nobody's, or nobody can tell whose.
    ByNobody,
}

/// All claims, by what a Binary goes by.
#[derive(Default)]
pub struct Bodies {
    claims: HashMap<String, Vec<Claim>>,
    readings: HashMap<(usize, String), u64>,
    count: u64,
}

impl Bodies {
    /// Remembers the bodies of a document that has landed. `key`: `Type/id`.
    pub fn claim(&mut self, person: usize, file: usize, key: &str, place: &Place, raw: &str, full_url: Option<&str>) {
        let contents = attachments_of(type_of(key), raw);
        if contents.is_empty() {
            return;
        }
        self.count += 1;
        self.readings.insert((person, key.to_owned()), self.count);
        let base = claimed_base(full_url).unwrap_or_default();
        for content in &contents {
            let Some(url) = &content.attachment.url else { continue };
            let target = Reference::to(url).target.resolve(&base);
            let Some(at) = tail(&target) else { continue };
            self.claims.entry(at).or_default().push(Claim {
                person,
                document: key.to_owned(),
                index: content.index,
                size: content.attachment.size,
                hash: content.attachment.hash.clone(),
                version: place.digest.clone(),
                file,
                server: on_server(&target),
                reading: self.count,
                given: false,
            });
        }
    }

    /// What a Binary of a file is. What is given once is not given again.
    pub fn take(&mut self, people: &People, file: usize, id: Option<&str>, full_url: Option<&str>) -> Claimed {
        let own = full_url.map(Target::parse);
        let server = own.as_ref().and_then(on_server);
        let by_id = id.map(|id| format!("Binary/{id}"));
        let mut tails: Vec<String> = by_id.into_iter().chain(own.as_ref().and_then(tail)).collect();
        tails.dedup();
        let readings = &self.readings;
        let is_newest = |claim: &Claim| {
            readings.get(&(claim.person, claim.document.clone())).is_some_and(|newest| *newest == claim.reading)
        };
        let named = |tail: &String| self.claims.get(tail).into_iter().flatten().cloned();
        let claims: Vec<Claim> = tails.iter().flat_map(named).filter(is_newest).collect();
        let chosen = match &server {
            Some(server) => on_its_server(&claims, server, file),
            None => in_its_file(&claims, people, file),
        };
        if chosen.is_empty() {
            return Claimed::ByNobody;
        }
        let fresh: Vec<Claim> = chosen.into_iter().filter(|claim| !claim.given).collect();
        if fresh.is_empty() {
            return Claimed::Before;
        }
        for tail in &tails {
            for claim in self.claims.get_mut(tail).into_iter().flatten() {
                claim.given |= fresh.iter().any(|one| one.reading == claim.reading && one.index == claim.index);
            }
        }
        Claimed::By(fresh)
    }
}

/// The server says which it is. Two files may pretend the same server: the documents beside it come first.
fn on_its_server(claims: &[Claim], server: &str, file: usize) -> Vec<Claim> {
    let same: Vec<Claim> = claims.iter().filter(|claim| claim.server.as_deref() == Some(server)).cloned().collect();
    let beside: Vec<Claim> = same.iter().filter(|claim| claim.file == file).cloned().collect();
    if !beside.is_empty() {
        return beside;
    }
    if !same.is_empty() {
        return of_one_person(same);
    }
    let loose = claims.iter().filter(|claim| claim.server.is_none() && claim.file == file);
    of_one_person(loose.cloned().collect())
}

/// A Binary without a server is of the people of its file; in a file without people, of the one who names it.
fn in_its_file(claims: &[Claim], people: &People, file: usize) -> Vec<Claim> {
    let near = |claim: &&Claim| !people.inhabits(file) || people.is_in(claim.person, file);
    of_one_person(claims.iter().filter(near).cloned().collect())
}

fn of_one_person(claims: Vec<Claim>) -> Vec<Claim> {
    let first = claims.first().map(|claim| claim.person);
    if claims.iter().all(|claim| Some(claim.person) == first) { claims } else { Vec::new() }
}

fn on_server(target: &Target) -> Option<String> {
    match target {
        Target::Absolute { base, resource_type, id, .. } => {
            Some(format!("{}/{resource_type}/{id}", without_scheme(base)))
        }
        _ => None,
    }
}

fn tail(target: &Target) -> Option<String> {
    match target {
        Target::Urn(urn) => Some(urn.clone()),
        other => Some(format!("{}/{}", other.resource_type()?, other.id()?)),
    }
}
