//! What a chart's lists are made of: each item's place, its access facts and its line in the list.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use chrono::NaiveDate;
use plainchart_access::{ChartId, Classes, Item, Kind};
use plainchart_record::observation::ObservationKind;
use plainchart_record::{DocumentReference, FhirTime, Observation, ResultRecord};
use ring::digest::{Context, SHA256};

use super::notes::note_summary;
use super::results::result_view;
use crate::error::PlainchartError;
use crate::session::Session;
use crate::store::ChartScope;
use crate::stored::{Life, StoredResource, tree};
use crate::views::{NoteSummary, ResultView};

/// Where an item lies.
#[derive(Debug, Clone)]
pub struct ItemPlace {
    /// `Type/id`.
    pub key: String,
    /// Its classes.
    pub classes: Classes,
    /// Its group.
    pub group: String,
}

/// One item: its place, its facts for the gate, its line.
pub struct Listed<T> {
    /// Where it lies.
    pub place: ItemPlace,
    /// Its facts for the gate.
    pub item: Item,
    /// When it came, ms since 1970 UTC.
    pub received_ms: i64,
    /// Its line in the list.
    pub view: T,
}

/// Everything of one chart that lists show, newest first.
pub struct Items {
    /// Notes.
    pub notes: Vec<Listed<NoteSummary>>,
    /// Results and vital signs.
    pub results: Vec<Listed<ResultView>>,
    /// A part of the chart could not be read; the rest is here.
    pub damaged: bool,
    by_id: HashMap<String, usize>,
}

impl std::fmt::Debug for Items {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Items").field("notes", &self.notes.len()).field("results", &self.results.len()).finish()
    }
}

impl Items {
    /// The note with this opaque id.
    #[must_use]
    pub fn note(&self, id: &str) -> Option<&Listed<NoteSummary>> {
        self.notes.get(*self.by_id.get(id)?)
    }
}

/// An opaque id: `n` for a note, `r` for a result, then ten hex digits that only this store can make.
#[must_use]
pub fn opaque_id(prefix: char, chart: &ChartId, key: &str) -> String {
    let mut context = Context::new(&SHA256);
    context.update(chart.as_str().as_bytes());
    context.update(key.as_bytes());
    let hex: String = context.finish().as_ref().iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    format!("{prefix}{hex}")
}

/// The day a lease's dates are compared with.
pub(super) fn day(time: Option<&FhirTime>) -> Option<NaiveDate> {
    time.and_then(FhirTime::local_date)?.first_day()
}

impl Session {
    /// The items of a chart, from memory or read anew.
    pub(crate) fn items_of(&self, chart: &ChartId) -> Result<Arc<Items>, PlainchartError> {
        if let Some(items) = self.items.lock().unwrap_or_else(PoisonError::into_inner).get(chart) {
            return Ok(Arc::clone(items));
        }
        let items = Arc::new(self.read_items(chart)?);
        self.items.lock().unwrap_or_else(PoisonError::into_inner).insert(chart.clone(), Arc::clone(&items));
        Ok(items)
    }

    fn read_items(&self, chart: &ChartId) -> Result<Items, PlainchartError> {
        let (mut notes, mut results, mut damaged) = (Vec::new(), Vec::new(), false);
        let scope = ChartScope::of(chart);
        let source = self.source_of(chart)?;
        for classes in self.store.classes_of(&scope)? {
            let visited = self.store.for_each_row(&scope, classes, tree::RESOURCES, &mut |group, row| {
                let stored = StoredResource::read_whole(&self.store, &scope, classes, &row.id, &row.bytes)?;
                let key = String::from_utf8_lossy(&row.id).into_owned();
                let place = ItemPlace { key, classes, group: String::from_utf8_lossy(group).into_owned() };
                let (withdrawn, received_ms) = (stored.header.life == Life::Withdrawn, stored.header.received_ms);
                if let Ok(document) = DocumentReference::read(&stored.raw) {
                    let id = opaque_id('n', chart, &place.key);
                    let item = Item { kind: Kind::Note, classes, date: day(document.when()), id: id.clone() };
                    let mut view = note_summary(&document, id, &source);
                    view.withdrawn = withdrawn;
                    view.sensitive = !classes.is_empty();
                    notes.push(Listed { place, item, received_ms, view });
                } else if let Ok(observation) = Observation::read(&stored.raw) {
                    let record = ResultRecord::of(&observation);
                    let id = opaque_id('r', chart, &place.key);
                    let kind = match record.kind {
                        ObservationKind::VitalSigns => Kind::VitalSign,
                        _ => Kind::Result,
                    };
                    let item = Item { kind, classes, date: day(record.when.as_ref()), id: id.clone() };
                    let mut view = result_view(self.glossary, &record, id, &source);
                    view.withdrawn = withdrawn;
                    results.push(Listed { place, item, received_ms, view });
                }
                Ok(())
            });
            match visited {
                // Damage is told after everything that can be read was visited (V3).
                Err(PlainchartError::VaultDamaged) => damaged = true,
                visited => visited?,
            }
        }
        notes.sort_by(|a, b| b.view.order.cmp(&a.view.order).then_with(|| a.place.key.cmp(&b.place.key)));
        results.sort_by(|a, b| b.view.order.cmp(&a.view.order).then_with(|| a.place.key.cmp(&b.place.key)));
        let by_id = notes.iter().enumerate().map(|(at, note)| (note.item.id.clone(), at)).collect();
        Ok(Items { notes, results, damaged, by_id })
    }
}
