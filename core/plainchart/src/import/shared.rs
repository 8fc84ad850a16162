//! Types without a subject (Practitioner, Organization ...): they go to the charts whose resources refer to them, and
//! to no other. Nobody's chart holds another's doctor.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher, RandomState};

use plainchart_record::{Header, Target};
use serde::Deserialize;

use super::people::{claimed_base, without_scheme};
use crate::ingest::references;

/// What holds other resources belongs to nobody.
const CONTAINERS: [&str; 2] = ["Bundle", "Parameters"];

#[derive(Default)]
struct Node {
    file: usize,
    is_provenance: bool,
    /// Addresses that it refers to.
    names: Vec<String>,
    owners: BTreeSet<usize>,
}

/// The resources without a subject in the files, and who refers to them.
#[derive(Default)]
pub struct Shared {
    nodes: Vec<Node>,
    by_address: HashMap<String, Vec<usize>>,
    /// Whose the accepted resources are, by the hash of their address; two people's are nobody's. For Provenance.
    accepted: HashMap<u64, Option<usize>>,
    hasher: RandomState,
    has_provenance: bool,
}

impl Shared {
    /// Takes in a resource without a subject.
    pub fn add(&mut self, file: usize, header: &Header, raw: &str, full_url: Option<&str>) {
        if CONTAINERS.contains(&header.resource_type.as_str()) {
            return;
        }
        let is_provenance = header.resource_type == "Provenance";
        self.has_provenance |= is_provenance;
        let at = self.nodes.len();
        for address in own_addresses(header, full_url).into_iter().chain(identifiers(header, raw)) {
            self.by_address.entry(address).or_default().push(at);
        }
        let names = references_of(raw, full_url).collect();
        self.nodes.push(Node { file, is_provenance, names, owners: BTreeSet::new() });
    }

    /// An accepted resource of a person: what it refers to is the person's too.
    pub fn accept(&mut self, person: usize, file: usize, header: &Header, raw: &str, full_url: Option<&str>) {
        if self.nodes.is_empty() {
            return;
        }
        for address in references_of(raw, full_url) {
            for at in self.nodes_at(file, &address) {
                if let Some(node) = self.nodes.get_mut(at) {
                    node.owners.insert(person);
                }
            }
        }
        if self.has_provenance {
            for address in own_addresses(header, full_url) {
                let whose = self.accepted.entry(self.hasher.hash_one(&address)).or_insert(Some(person));
                *whose = whose.filter(|one| *one == person);
            }
        }
    }

    /// After the last accepted resource: what is referred to refers on.
    pub fn settle(&mut self) {
        for node in self.nodes.iter_mut().filter(|node| node.is_provenance) {
            let whose: BTreeSet<Option<usize>> = (node.names.iter())
                .filter_map(|address| self.accepted.get(&self.hasher.hash_one(address)).copied())
                .collect();
            // What tells of two people's resources would tell the one of the other.
            if let (1, Some(Some(person))) = (whose.len(), whose.first()) {
                node.owners.insert(*person);
            }
        }
        let mut open: Vec<usize> = (0..self.nodes.len()).collect();
        while let Some(at) = open.pop() {
            let Some(node) = self.nodes.get(at).filter(|node| !node.owners.is_empty()) else { continue };
            let reached: Vec<usize> = node.names.iter().flat_map(|name| self.nodes_at(node.file, name)).collect();
            let owners = node.owners.clone();
            for next in reached.into_iter().filter(|next| *next != at) {
                let Some(node) = self.nodes.get_mut(next) else { continue };
                let before = node.owners.len();
                node.owners.extend(&owners);
                if node.owners.len() > before {
                    open.push(next);
                }
            }
        }
    }

    /// Whose charts it goes to. Among one person, to theirs.
    pub fn owners(&self, people: usize, file: usize, header: &Header, full_url: Option<&str>) -> BTreeSet<usize> {
        if CONTAINERS.contains(&header.resource_type.as_str()) {
            return BTreeSet::new();
        }
        if people == 1 {
            return BTreeSet::from([0]);
        }
        let addresses = own_addresses(header, full_url);
        let here = addresses.iter().filter_map(|address| self.by_address.get(address)).flatten();
        let nodes = here.filter_map(|at| self.nodes.get(*at)).filter(|node| node.file == file);
        nodes.flat_map(|node| node.owners.iter().copied()).collect()
    }

    /// What an address means in a file: what stands there; else what stands in one other file.
    fn nodes_at(&self, file: usize, address: &str) -> Vec<usize> {
        let all = self.by_address.get(address).map(Vec::as_slice).unwrap_or_default();
        let file_of = |at: &usize| self.nodes.get(*at).map(|node| node.file);
        let here: Vec<usize> = all.iter().copied().filter(|at| file_of(at) == Some(file)).collect();
        let first = all.first().and_then(file_of);
        match here.is_empty() {
            false => here,
            true if all.iter().all(|at| file_of(at) == first) => all.to_vec(),
            true => Vec::new(),
        }
    }
}

fn address(target: &Target, base: &str) -> Option<String> {
    match target.resolve(base) {
        Target::Absolute { base, resource_type, id, .. } => {
            Some(format!("{}/{resource_type}/{id}", without_scheme(&base)))
        }
        Target::Relative { resource_type, id, .. } => Some(format!("{resource_type}/{id}")),
        Target::Urn(urn) => Some(urn),
        Target::Conditional { resource_type, system, value } => {
            Some(format!("{resource_type}?{}|{value}", system.unwrap_or_default()))
        }
        Target::Contained(_) | Target::Logical | Target::Unreadable => None,
    }
}

fn own_addresses(header: &Header, full_url: Option<&str>) -> Vec<String> {
    let base = claimed_base(full_url).unwrap_or_default();
    let own = header.id.as_ref().map(|id| Target::parse(&format!("{}/{id}", header.resource_type)));
    let mut addresses: Vec<String> =
        own.into_iter().chain(full_url.map(Target::parse)).filter_map(|target| address(&target, &base)).collect();
    addresses.dedup();
    addresses
}

#[derive(Deserialize)]
struct Identified {
    #[serde(default)]
    identifier: Vec<Identifier>,
}

#[derive(Deserialize)]
struct Identifier {
    #[serde(default)]
    system: String,
    #[serde(default)]
    value: String,
}

/// What a conditional reference can name it by.
fn identifiers(header: &Header, raw: &str) -> Vec<String> {
    let read = serde_json::from_str(raw).unwrap_or(Identified { identifier: Vec::new() });
    let of = |identifier: &Identifier| {
        let Identifier { system, value } = identifier;
        [format!("{}?{system}|{value}", header.resource_type), format!("{}?|{value}", header.resource_type)]
    };
    read.identifier.iter().filter(|identifier| !identifier.value.is_empty()).flat_map(of).collect()
}

/// Addresses of everything that a resource refers to.
fn references_of<'a>(raw: &'a str, full_url: Option<&str>) -> impl Iterator<Item = String> + use<'a> {
    let base = claimed_base(full_url).unwrap_or_default();
    references(raw).filter_map(move |target| address(&target, &base))
}
