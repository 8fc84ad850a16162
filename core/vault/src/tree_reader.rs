//! Reading values and rows out of the unlocked store.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;

use zeroize::Zeroizing;

use crate::block::{self, Header, Kind, split_named};
use crate::error::{Damage, Error, Result};
use crate::index::Entry;
use crate::keys::{Keyset, TAG};
use crate::rows::{Changes, Part, Row, overlay};
use crate::scope::{Name, Tree};
use crate::store::Store;

/// Block names, one function per kind of thing, so that no two can meet.
pub(crate) fn value_name(keys: &Keyset, tree: Tree, name: &[u8]) -> Name {
    keys.name(&[b"value", &[tree.0], name])
}

pub(crate) fn part_name(keys: &Keyset, tree: Tree, group: &[u8], part: u32) -> Name {
    keys.name(&[b"home", &[tree.0], group, &part.to_le_bytes()])
}

pub(crate) fn tail_name(keys: &Keyset, batch: u64) -> Name {
    keys.name(&[b"tail", &batch.to_le_bytes()])
}

/// A value's clear name and bytes.
pub(crate) type NamedValue = (Vec<u8>, Zeroizing<Vec<u8>>);

impl Store {
    pub fn value(&self, keys: &Keyset, tree: Tree, name: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let block_name = value_name(keys, tree, name);
        match self.table.get(&block_name) {
            Some(entry) if entry.is_live() => Ok(Some(self.named_value(keys, &block_name, entry)?.1)),
            _ => Ok(None),
        }
    }

    /// Opens a value's block, and its body's file where it has one.
    pub fn named_value(&self, keys: &Keyset, block_name: &Name, entry: &Entry) -> Result<NamedValue> {
        let damaged = || Error::damaged(Damage::Block { number: entry.file, offset: entry.offset });
        let content = self.open(block_name, entry)?;
        let (name, bytes) = split_named(&content).ok_or_else(damaged)?;
        let bytes = match entry.kind {
            Kind::Value => Zeroizing::new(bytes.to_vec()),
            Kind::Reference => {
                let tag = bytes.try_into().map_err(|_| damaged())?;
                self.body(keys, block_name, entry, tag)?
            }
            _ => return Err(damaged()),
        };
        Ok((name.to_vec(), bytes))
    }

    /// A value's clear name alone.
    pub fn clear_name(&self, block_name: &Name, entry: &Entry) -> Result<Vec<u8>> {
        let content = self.open(block_name, entry)?;
        let damaged = Error::damaged(Damage::Block { number: entry.file, offset: entry.offset });
        split_named(&content).map(|(name, _)| name.to_vec()).ok_or(damaged)
    }

    fn body(&self, keys: &Keyset, name: &Name, entry: &Entry, tag: [u8; TAG]) -> Result<Zeroizing<Vec<u8>>> {
        let damaged = || Error::damaged(Damage::Body);
        let bytes = match fs::read(self.body_path(keys, name, entry.revision)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(damaged()),
            Err(error) => return Err(error.into()),
        };
        let header = Header::read(&bytes).ok_or_else(damaged)?;
        let label = header.label;
        let expected = label.kind == Kind::Body
            && label.name == *name
            && label.revision == entry.revision
            && block::tag_of(&bytes) == Some(tag);
        if !expected {
            return Err(damaged());
        }
        block::open(keys, &self.codecs, &header, &bytes).ok_or_else(damaged)
    }

    /// A group's parts as they lie in home blocks.
    pub fn parts(&self, keys: &Keyset, tree: Tree, group: &[u8]) -> Result<Vec<Part>> {
        let mut parts = vec![];
        for number in 0.. {
            let name = part_name(keys, tree, group, number);
            let Some(entry) = self.table.get(&name).filter(|entry| entry.is_live()) else { break };
            parts.push(self.part(&name, entry)?);
        }
        Ok(parts)
    }

    fn part(&self, name: &Name, entry: &Entry) -> Result<Part> {
        let damaged = || Error::damaged(Damage::Block { number: entry.file, offset: entry.offset });
        Part::decode(&self.open(name, entry)?).ok_or_else(damaged)
    }

    /// A group's rows in order: home blocks, with the tail laid over.
    pub fn rows(&self, keys: &Keyset, tree: Tree, group: &[u8]) -> Result<Vec<Row>> {
        self.load_tail(keys.id)?;
        let rows = self.parts(keys, tree, group)?.into_iter().flat_map(|part| part.rows).collect();
        let tails = self.tails();
        let key = (tree, group.to_vec());
        Ok(overlay(rows, tails.get(&keys.id).map_or(&[], |tail| tail.get(&key))))
    }

    /// Every group of a tree that has or had rows, and the first damage that may hide others.
    pub fn groups(&self, keys: &Keyset, tree: Tree) -> (BTreeSet<Vec<u8>>, Option<Error>) {
        let mut groups = BTreeSet::new();
        let mut trouble = self.load_tail(keys.id).err();
        let mut collect = |kind: Kind, groups: &mut BTreeSet<Vec<u8>>| {
            for (name, entry) in self.entries(keys.id, tree, &[kind]) {
                match self.part(&name, &entry) {
                    Ok(part) => {
                        groups.insert(part.group);
                    }
                    Err(error) => trouble = trouble.take().or(Some(error)),
                }
            }
            trouble.is_some()
        };
        if collect(Kind::Home, &mut groups) {
            // A group whose first part is lost is still found through another one.
            collect(Kind::HomePart, &mut groups);
        }
        let add = |tail: &Changes, groups: &mut BTreeSet<Vec<u8>>| {
            groups.extend(tail.groups().filter(|((of, _), _)| *of == tree).map(|((_, group), _)| group.clone()));
        };
        if let Some(tail) = self.tails().get(&keys.id) {
            add(tail, &mut groups);
            return (groups, trouble);
        }
        // Not all of the tail can be read: what can be is taken segment by segment.
        for segment in self.table.tail(keys.id).filter_map(|(_, name)| self.segment(&name).ok()) {
            add(&segment, &mut groups);
        }
        (groups, trouble)
    }

    /// The group that a home block belongs to which cannot be read itself, if another part of it tells.
    pub fn group_of(&self, keys: &Keyset, name: &Name, entry: &Entry) -> Option<Vec<u8>> {
        let count = self.entries(keys.id, entry.tree, &[Kind::Home, Kind::HomePart]).len() as u32;
        self.groups(keys, entry.tree).0.into_iter().find(|group| {
            (0..count).map(|number| part_name(keys, entry.tree, group, number)).any(|candidate| candidate == *name)
        })
    }

    /// Rows of a group, as far as they can be read, and the first damage met.
    pub fn readable_rows(&self, keys: &Keyset, tree: Tree, group: &[u8]) -> (Vec<Row>, Option<Error>) {
        let mut trouble = None;
        let mut rows = vec![];
        for number in 0.. {
            let name = part_name(keys, tree, group, number);
            let Some(entry) = self.table.get(&name).filter(|entry| entry.is_live()) else { break };
            match self.part(&name, entry) {
                Ok(part) => rows.extend(part.rows),
                Err(error) => trouble = trouble.or(Some(error)),
            }
        }
        let key = (tree, group.to_vec());
        for (_, name) in self.table.tail(keys.id) {
            match self.segment(&name) {
                Ok(changes) => rows = overlay(rows, changes.get(&key)),
                Err(error) => trouble = trouble.or(Some(error)),
            }
        }
        crate::rows::sort(&mut rows);
        (rows, trouble)
    }
}
