//! Before a batch is written, every resource is given the classes that reach it, and lies under their key (N4, V2).

use std::collections::BTreeSet;

use plainchart_access::Classes;
use plainchart_record::set_aside::SetAside;
use plainchart_record::{Correction, read_header};

use super::super::attachments::attachments_of;
use super::super::bodies::{BodyState, body_name};
use super::super::flow::{Flow, InCommon};
use super::super::names::type_of;
use super::super::places::Place;
use super::super::ties::Ties;
use super::{ChartWriter, Pending};
use crate::error::PlainchartError;
use crate::stored::{StoredResource, join, large_name, tree};

/// The group of older versions of results.
const OLDER_OBSERVATIONS: &str = "older_version/Observation";

impl ChartWriter<'_> {
    /// At the end of a walk or an import: whoever is named by more than before may be told by more.
    pub fn unsettle(&mut self) {
        self.unsettled |= !self.flow.is_still();
    }

    /// Puts everything that waits into the batch.
    pub(super) fn write_pending(&mut self) -> Result<(), PlainchartError> {
        let mut retied = self.tie_bodies();
        while std::mem::take(&mut self.unsettled) {
            for moved in self.settle_classes()? {
                retied.remove(&moved);
            }
        }
        for (key, pending) in std::mem::take(&mut self.pending) {
            retied.remove(&key);
            self.write_resource(&key, pending)?;
        }
        for key in retied {
            if let Some(place) = self.places.get(&key).cloned() {
                self.rewrite_header(&key, &place)?;
            }
        }
        for body in std::mem::take(&mut self.bodies) {
            let Some(place) = self.places.get(&body.document) else { continue };
            let scope = self.store.scope(self.chart, place.classes)?;
            let value = join(&body.header, &body.bytes)?;
            let name = body_name(&body.document, body.index);
            self.batch.put_value(scope, tree::tree(tree::BODIES), name.as_bytes(), &value);
        }
        self.referred.write(self.store, self.chart, &mut self.batch)?;
        self.closed.write(self.store, self.chart, &mut self.batch)
    }

    /// Duplicates are known by the bytes of their bodies. Answers whose ties grew.
    fn tie_bodies(&mut self) -> BTreeSet<String> {
        let mut grew = BTreeSet::new();
        for body in self.bodies.iter().filter(|body| body.header.state == BodyState::Here) {
            let Some(place) = self.places.get_mut(&body.document) else { continue };
            if place.ties.add_body(&body.bytes) {
                self.unsettled |= self.flow.add(&place.ties) || !self.flow.is_still();
                grew.insert(body.document.clone());
            }
        }
        grew
    }

    fn write_resource(&mut self, key: &str, pending: Pending) -> Result<(), PlainchartError> {
        let Some(place) = self.places.get(key).cloned() else { return Ok(()) };
        let Pending { mut stored, filing, before } = pending;
        stored.header.ties = Some(place.ties.clone());
        self.renew_bodies(key, &stored.raw, &place, before.as_ref())?;
        if let Some(before) = &before {
            self.keep_older(key, &stored.raw, before, &place)?;
            self.take_away(key, before, &place)?;
        }
        self.put_row(place.classes, tree::RESOURCES, &place.group, key, filing.order, stored)
    }

    /// What a corrected result was stays readable (R1), unless it never should have been there (D4). A reader who may not
    /// hold everything keeps no older version: its classes would not be settled again.
    fn keep_older(&mut self, key: &str, raw: &str, before: &Place, now: &Place) -> Result<(), PlainchartError> {
        if type_of(key) != "Observation" || self.readable != Classes::ALL || before.digest == now.digest {
            return Ok(());
        }
        if read_header(raw).is_ok_and(|header| header.entered_in_error) {
            return self.drop_older(key);
        }
        let Some((mut older, _)) = self.read_stored(key, before)? else { return Ok(()) };
        let corrects = Correction::between_raw(&older.raw, raw);
        if !matches!(corrects, Ok(Some(correction)) if !correction.changes.is_empty()) {
            return Ok(());
        }
        let id = format!("{key}#{}", older.header.digest);
        if self.set_aside.insert(id.clone(), older.header.digest.clone()).is_none() {
            older.header.set_aside = Some(SetAside::OlderVersion.as_str().to_owned());
            older.header.ties = None;
            self.put_row(now.classes, tree::SET_ASIDE, OLDER_OBSERVATIONS, &id, 0, older)?;
        }
        Ok(())
    }

    fn drop_older(&mut self, key: &str) -> Result<(), PlainchartError> {
        let prefix = format!("{key}#");
        let ids: Vec<String> = self.set_aside.keys().filter(|id| id.starts_with(&prefix)).cloned().collect();
        for id in ids {
            self.set_aside.remove(&id);
            for classes in self.store.classes_of(&self.chart)? {
                self.delete_set_aside(classes, OLDER_OBSERVATIONS.as_bytes(), id.as_bytes())?;
            }
        }
        Ok(())
    }

    /// Puts a row; the text of a large one as a value beside it.
    pub(super) fn put_row(
        &mut self,
        classes: Classes,
        number: u8,
        group: &str,
        id: &str,
        order: i64,
        mut stored: StoredResource,
    ) -> Result<(), PlainchartError> {
        let scope = self.store.scope(self.chart, classes)?;
        if stored.header.large {
            let raw = std::mem::take(&mut stored.raw);
            let name = large_name(id, stored.header.set_aside.is_some());
            self.batch.put_value(scope, tree::tree(tree::LARGE), name.as_bytes(), raw.as_bytes());
        }
        let bytes = stored.write()?;
        self.batch.put_row(scope, tree::tree(number), group.as_bytes(), id.as_bytes(), order, &bytes);
        Ok(())
    }

    /// Takes a former version away where the new one does not replace it in place.
    fn take_away(&mut self, key: &str, before: &Place, now: &Place) -> Result<(), PlainchartError> {
        let old = self.store.scope(self.chart, before.classes)?;
        let moved = before.classes != now.classes;
        if moved || before.group != now.group {
            self.batch.delete_row(old, tree::tree(tree::RESOURCES), before.group.as_bytes(), key.as_bytes());
        }
        if before.large && (moved || !now.large) {
            self.batch.delete_value(old, tree::tree(tree::LARGE), large_name(key, false).as_bytes());
        }
        Ok(())
    }

    /// Gives everything its classes; answers what moved to another key. What this reader may not hold goes.
    fn settle_classes(&mut self) -> Result<Vec<String>, PlainchartError> {
        let (mut moved, mut closing) = (Vec::new(), Vec::new());
        for (key, classes) in self.classes_that_changed() {
            let Some(place) = self.places.get(&key).cloned() else { continue };
            if !self.readable.covers(classes) {
                closing.push((key, place.ties));
                continue;
            }
            if !self.pending.contains_key(&key) {
                self.move_stored(&key, &place, classes)?;
                moved.push(key.clone());
            }
            if let Some(place) = self.places.get_mut(&key) {
                place.classes = classes;
            }
        }
        for (key, ties) in closing {
            self.close(&key, ties, Vec::new())?;
        }
        Ok(moved)
    }

    fn classes_that_changed(&self) -> Vec<(String, Classes)> {
        let mut common = InCommon::default();
        let mut changed = Vec::new();
        let mut compare = |key: &String, place: &Place, classes: Classes| {
            if classes != place.classes || !self.readable.covers(classes) {
                changed.push((key.clone(), classes));
            }
        };
        for (key, place) in self.places.iter().filter(|(_, place)| !place.ties.shared) {
            let classes = self.flow.classes(&place.ties);
            common.add(&place.ties, classes);
            compare(key, place, classes);
        }
        self.closed.ties().for_each(|ties| common.add(ties, self.flow.classes(ties)));
        for (key, place) in self.places.iter().filter(|(_, place)| place.ties.shared) {
            compare(key, place, common.classes(&place.ties));
        }
        changed
    }

    /// Writes a resource that is in the vault again under the key of other classes, with its bodies and wants.
    fn move_stored(&mut self, key: &str, from: &Place, to: Classes) -> Result<(), PlainchartError> {
        let Some((mut stored, order)) = self.read_stored(key, from)? else { return Ok(()) };
        stored.header.life = from.life;
        stored.header.ties = Some(from.ties.clone());
        let old = self.store.scope(self.chart, from.classes)?;
        for name in body_names(key, &stored.raw) {
            if let Some(value) = self.store.value(&self.chart, from.classes, tree::BODIES, &name)? {
                let new = self.store.scope(self.chart, to)?;
                self.batch.put_value(new, tree::tree(tree::BODIES), name.as_bytes(), &value);
                self.batch.delete_value(old, tree::tree(tree::BODIES), name.as_bytes());
            }
        }
        self.wants.move_all(self.store, &mut self.batch, key, to)?;
        self.batch.delete_row(old, tree::tree(tree::RESOURCES), from.group.as_bytes(), key.as_bytes());
        if from.large {
            self.batch.delete_value(old, tree::tree(tree::LARGE), large_name(key, false).as_bytes());
        }
        self.put_row(to, tree::RESOURCES, &from.group, key, order, stored)
    }

    /// Writes a stored resource again at its place, with the place's ties and life.
    pub(super) fn rewrite_header(&mut self, key: &str, place: &Place) -> Result<(), PlainchartError> {
        let Some((row, order)) = self.read_row(key, place)? else { return Ok(()) };
        let mut stored = StoredResource::read(&row)?;
        stored.header.life = place.life;
        stored.header.ties = Some(place.ties.clone());
        let scope = self.store.scope(self.chart, place.classes)?;
        let bytes = stored.write()?;
        let group = place.group.as_bytes();
        self.batch.put_row(scope, tree::tree(tree::RESOURCES), group, key.as_bytes(), order, &bytes);
        Ok(())
    }

    /// The bytes of a resource's row in the vault, with its place among its group.
    fn read_row(&self, key: &str, place: &Place) -> Result<Option<(Vec<u8>, i64)>, PlainchartError> {
        let rows = self.store.readable_rows(&self.chart, place.classes, tree::RESOURCES, place.group.as_bytes())?;
        let row = rows.into_iter().find(|row| row.id == key.as_bytes());
        Ok(row.map(|row| (row.bytes, row.order)))
    }

    /// A resource in the vault with its whole text.
    pub(super) fn read_stored(
        &self,
        key: &str,
        place: &Place,
    ) -> Result<Option<(StoredResource, i64)>, PlainchartError> {
        let Some((bytes, order)) = self.read_row(key, place)? else { return Ok(None) };
        let stored = StoredResource::read_whole(self.store, &self.chart, place.classes, key.as_bytes(), &bytes)?;
        Ok(Some((stored, order)))
    }

    /// A resource is closed to this reader: whatever of it is here goes, with its bodies; its ties are remembered.
    pub(super) fn close(&mut self, key: &str, ties: Ties, bodies: Vec<String>) -> Result<(), PlainchartError> {
        let former = match self.pending.remove(key) {
            Some(pending) => pending.before,
            None => self.places.get(key).cloned(),
        };
        if let Some(place) = self.places.remove(key) {
            self.referred.left(&place.ties);
        }
        self.bodies.retain(|body| body.document != key);
        if let Some(place) = former {
            let scope = self.store.scope(self.chart, place.classes)?;
            if let Some((stored, _)) = self.read_stored(key, &place)? {
                for name in body_names(key, &stored.raw) {
                    self.batch.delete_value(scope, tree::tree(tree::BODIES), name.as_bytes());
                }
            }
            if place.large {
                self.batch.delete_value(scope, tree::tree(tree::LARGE), large_name(key, false).as_bytes());
            }
            self.batch.delete_row(scope, tree::tree(tree::RESOURCES), place.group.as_bytes(), key.as_bytes());
            self.wants.remove_all(self.store, &mut self.batch, key)?;
        }
        self.unsettled |= self.flow.add(&ties);
        self.closed.close(key, ties, bodies);
        Ok(())
    }

    /// A resource comes with other ties than before: the classes that only the former ones brought go. It must not keep
    /// itself closed.
    pub(super) fn shed(&mut self, key: &str, ties: &Ties) {
        let place = self.places.get_mut(key).filter(|place| !place.ties.own().is_empty() && place.ties != *ties);
        let was_open = place.map(|place| place.ties.clone_from(ties)).is_some();
        let was_closed = self.closed.has_other(key, ties) && self.closed.open(key);
        if was_open || was_closed {
            self.flow = Flow::of(self.places.values().map(|place| &place.ties).chain(self.closed.ties()));
            self.unsettled = true;
        }
    }
}

/// The vault's names of a resource's bodies.
fn body_names(key: &str, raw: &str) -> Vec<String> {
    attachments_of(type_of(key), raw).iter().map(|content| body_name(key, content.index)).collect()
}
