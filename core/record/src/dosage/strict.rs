//! Reading an object while keeping count of what was not understood.

use std::cell::Cell;

use crate::element::{Object, items};

/// Members that say nothing about the content. A `modifierExtension` is not among them: it can turn the meaning.
const SILENT: [&str; 2] = ["id", "extension"];

/// Reads the members of an object and remembers whether all of them were understood.
pub(super) struct Strict<'o, 'a> {
    object: &'o Object<'a>,
    known: Vec<&'static str>,
    understood: Cell<bool>,
}

impl<'o, 'a> Strict<'o, 'a> {
    pub(super) fn new(object: &'o Object<'a>) -> Self {
        Self { object, known: Vec::new(), understood: Cell::new(true) }
    }

    /// A member that is read elsewhere.
    pub(super) fn known(&mut self, name: &'static str) {
        self.known.push(name);
    }

    /// Reads a member. One that is there and cannot be read is not understood.
    pub(super) fn take<T>(&mut self, name: &'static str, read: impl Fn(&Object<'a>, &str) -> Option<T>) -> Option<T> {
        self.known.push(name);
        let value = read(self.object, name);
        if value.is_none() && self.object.get(name).is_some() {
            self.understood.set(false);
        }
        value
    }

    /// Reads an array. An item that cannot be read is not understood.
    pub(super) fn list<T>(&mut self, name: &'static str, read: impl Fn(&Object<'a>) -> Vec<T>) -> Vec<T> {
        self.known.push(name);
        let values = read(self.object);
        if values.len() != self.object.get(name).map_or(0, |raw| items(raw).len()) {
            self.understood.set(false);
        }
        values
    }

    /// True if every member is known, could be read, and stands there once.
    pub(super) fn all_understood(&self) -> bool {
        let known = |name: &str| SILENT.contains(&name) || self.known.contains(&name);
        let once = |name: &&'static str| self.object.all(name).nth(1).is_none();
        self.understood.get() && self.object.members().all(|(name, _)| known(name)) && self.known.iter().all(once)
    }
}
