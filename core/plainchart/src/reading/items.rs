//! What a chart's lists are made of: each item's place, its access facts and its line in the list.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use chrono::NaiveDate;
use plainchart_access::{ChartId, Classes, Item, Kind};
use plainchart_glossary::Glossary;
use plainchart_record::entry::Entry;
use plainchart_record::when::When;
use plainchart_record::{DiagnosticReport, DocumentReference, FhirTime, MedicationRequest, ServiceRequest};
use ring::digest::{Context, SHA256};

use super::answers::Answers;
use super::directory::Directory;
use super::entries::{access_kind, entry_view};
use super::links::{Backlinks, Titled};
use super::medicines::{MedicineLine, medicine_line};
use super::note_line::{NoteLine, document_line, is_among_notes, report_line};
use super::people::Source;
use super::referrals::{ReferralLine, referral_line};
use super::results::{KeptResults, ResultItem};
use crate::error::PlainchartError;
use crate::ingest::{Tie, type_of};
use crate::session::Session;
use crate::store::ChartScope;
use crate::stored::{Life, StoredResource, tree};
use crate::views::{EntryKind, EntryView, NoteSummary, Time};
use crate::words::edition;

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
    /// What other resources call it.
    pub addresses: Vec<Tie>,
    /// Its line in the list.
    pub view: T,
}

/// What the lines of a chart's lists are made with.
pub(super) struct Shelf<'a> {
    pub(super) glossary: &'a Glossary,
    pub(super) chart: &'a ChartId,
    /// The chart's server.
    pub(super) base: &'a str,
    pub(super) source: Source,
    /// Who and what the chart's resources name.
    pub(super) directory: &'a Directory,
}

/// An item with what it says of itself.
pub struct Named<'a> {
    /// Its facts for the gate.
    pub item: &'a Item,
    /// When it came, ms since 1970 UTC.
    pub received_ms: i64,
    /// What it is called.
    pub title: &'a str,
    /// When it was.
    pub when: Option<&'a Time>,
    /// Which list it stands in.
    pub kind: &'static str,
}

/// Which list of a chart.
#[derive(Debug, Clone, Copy)]
enum List {
    Notes,
    Results,
    Entries,
    Medicines,
    Referrals,
    Reports,
}

/// Everything of one chart that lists show, newest first.
#[derive(Default)]
pub struct Items {
    /// The words that they are told in.
    edition: String,
    /// Notes.
    pub notes: Vec<Listed<NoteLine>>,
    /// Results and vital signs.
    pub results: Vec<Listed<ResultItem>>,
    /// What is kept of them beside the list.
    pub(super) kept: KeptResults,
    /// Conditions, allergies, visits and the rest.
    pub entries: Vec<Listed<EntryView>>,
    /// Medicines.
    pub medicines: Vec<Listed<MedicineLine>>,
    /// Referrals and orders.
    pub referrals: Vec<Listed<ReferralLine>>,
    /// What came of requests.
    pub answers: Answers,
    /// What points back at items.
    pub backlinks: Backlinks,
    /// Who and what they name.
    pub directory: Directory,
    /// A part of the chart could not be read; the rest is here.
    pub damaged: bool,
    by_id: HashMap<String, usize>,
    by_tie: HashMap<Tie, (List, usize)>,
}

impl std::fmt::Debug for Items {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Items")
            .field("notes", &self.notes.len())
            .field("results", &self.results.len())
            .field("entries", &self.entries.len())
            .finish_non_exhaustive()
    }
}

impl Items {
    /// The note with this opaque id.
    #[must_use]
    pub fn note(&self, id: &str) -> Option<&Listed<NoteLine>> {
        self.notes.get(*self.by_id.get(id)?)
    }

    /// The item that goes by this address, with what it says of itself.
    #[must_use]
    pub fn named(&self, address: Tie) -> Option<Named<'_>> {
        fn named<T: Titled>(listed: &Listed<T>) -> Named<'_> {
            Named {
                item: &listed.item,
                received_ms: listed.received_ms,
                title: listed.view.title(),
                when: listed.view.time(),
                kind: listed.view.kind(),
            }
        }
        let (list, at) = *self.by_tie.get(&address)?;
        match list {
            List::Notes => self.notes.get(at).map(named),
            List::Results => self.results.get(at).map(named),
            List::Entries => self.entries.get(at).map(named),
            List::Medicines => self.medicines.get(at).map(named),
            List::Referrals => self.referrals.get(at).map(named),
            List::Reports => self.kept.reports.get(at).map(named),
        }
    }

    /// The request that goes by this address: who asked for a result has a telephone there (R6).
    #[must_use]
    pub fn request(&self, address: Tie) -> Option<&Listed<ReferralLine>> {
        match *self.by_tie.get(&address)? {
            (List::Referrals, at) => self.referrals.get(at),
            _ => None,
        }
    }

    /// Minutes east of UTC where the source is, by the newest time of each list that tells; UTC itself tells nothing.
    /// `is_open`: whether an item, which came at a time, is there for this reader.
    pub fn offset_minutes(&self, is_open: impl Fn(&Item, i64) -> bool) -> Option<i32> {
        fn newest<T: Titled>(list: &[Listed<T>], is_open: &impl Fn(&Item, i64) -> bool) -> Option<(i64, i32)> {
            list.iter().find_map(|listed| {
                let time = listed.view.time()?;
                let told = (time.epoch_ms?, time.offset_minutes.filter(|minutes| *minutes != 0)?);
                is_open(&listed.item, listed.received_ms).then_some(told)
            })
        }
        let lists = [
            newest(&self.notes, &is_open),
            newest(&self.results, &is_open),
            newest(&self.entries, &is_open),
            newest(&self.medicines, &is_open),
            newest(&self.referrals, &is_open),
        ];
        lists.into_iter().flatten().max().map(|(_, minutes)| minutes)
    }

    /// Newest first, and found by id and by address.
    fn sort(&mut self) {
        sort(&mut self.notes, |note| note.view.order);
        sort(&mut self.results, |result| result.view.order);
        self.kept.finish(&mut self.results);
        sort(&mut self.entries, |entry| entry.order);
        sort(&mut self.medicines, |medicine| medicine.view.order);
        sort(&mut self.referrals, |referral| referral.view.order);
        self.by_id = self.notes.iter().enumerate().map(|(at, note)| (note.item.id.clone(), at)).collect();
        let mut by_tie = HashMap::new();
        note_addresses(&mut by_tie, List::Reports, &self.kept.reports);
        note_addresses(&mut by_tie, List::Notes, &self.notes);
        note_addresses(&mut by_tie, List::Results, &self.results);
        note_addresses(&mut by_tie, List::Entries, &self.entries);
        note_addresses(&mut by_tie, List::Medicines, &self.medicines);
        note_addresses(&mut by_tie, List::Referrals, &self.referrals);
        self.by_tie = by_tie;
    }
}

fn sort<T>(list: &mut [Listed<T>], order: impl Fn(&T) -> i64) {
    list.sort_by(|a, b| order(&b.view).cmp(&order(&a.view)).then_with(|| a.place.key.cmp(&b.place.key)));
}

fn note_addresses<T>(by_tie: &mut HashMap<Tie, (List, usize)>, list: List, listed: &[Listed<T>]) {
    for (at, listed) in listed.iter().enumerate() {
        by_tie.extend(listed.addresses.iter().map(|address| (*address, (list, at))));
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
        let known = self.items.lock().unwrap_or_else(PoisonError::into_inner).get(chart).cloned();
        if let Some(items) = known.filter(|items| items.edition == edition()) {
            return Ok(items);
        }
        let items = Arc::new(self.read_items(chart)?);
        self.items.lock().unwrap_or_else(PoisonError::into_inner).insert(chart.clone(), Arc::clone(&items));
        Ok(items)
    }

    fn read_items(&self, chart: &ChartId) -> Result<Items, PlainchartError> {
        let scope = ChartScope::of(chart);
        let base = self.base_of(chart)?;
        let directory = Directory::read(&self.store, &scope, &base)?;
        let shelf = Shelf {
            glossary: self.glossary,
            chart,
            base: &base,
            source: self.source_of(chart)?,
            directory: &directory,
        };
        let kept = KeptResults::read(self, chart, &base, &shelf.source)?;
        let mut items = Items { kept, edition: edition(), ..Items::default() };
        for classes in self.store.classes_of(&scope)? {
            let visited = self.store.for_each_row(&scope, classes, tree::RESOURCES, &mut |group, row| {
                let stored = StoredResource::read_whole(&self.store, &scope, classes, &row.id, &row.bytes)?;
                let key = String::from_utf8_lossy(&row.id).into_owned();
                let place = ItemPlace { key, classes, group: String::from_utf8_lossy(group).into_owned() };
                items.add(&shelf, place, &stored);
                Ok(())
            });
            match visited {
                // Damage is told after everything that can be read was visited (V3).
                Err(PlainchartError::VaultDamaged) => items.damaged = true,
                visited => visited?,
            }
        }
        items.directory = directory;
        items.sort();
        Ok(items)
    }
}

impl Items {
    fn add_note(&mut self, listed: Listed<NoteLine>, withdrawn: bool) {
        let sensitive = !listed.place.classes.is_empty();
        self.notes.push(listed.map(|NoteLine { view, facts }| {
            let view = if withdrawn { super::note_line::withdrawn(view) } else { view };
            NoteLine { view: NoteSummary { sensitive, ..view }, facts }
        }));
    }

    /// Puts a resource into its list.
    fn add(&mut self, shelf: &Shelf<'_>, place: ItemPlace, stored: &StoredResource) {
        let withdrawn = stored.header.life == Life::Withdrawn;
        let resource_type = type_of(&place.key).to_owned();
        self.kept.take(shelf, &place, stored, &mut self.results);
        self.answers.add(shelf, &place, stored);
        self.backlinks.add(shelf, &place, stored);
        match resource_type.as_str() {
            "DocumentReference" => {
                let Ok(document) = DocumentReference::read(&stored.raw) else { return };
                let listed = Listed::new(shelf, place, stored, ('n', Kind::Note), day(document.when()));
                let ties = stored.header.ties.as_ref();
                let listed = listed.with(|id| document_line(shelf, &document, &stored.raw, ties, id));
                self.add_note(listed, withdrawn);
            }
            "DiagnosticReport" => {
                let Ok(report) = DiagnosticReport::read(&stored.raw) else { return };
                if is_among_notes(&report) {
                    let listed = Listed::new(shelf, place, stored, ('n', Kind::Note), day(report.when()));
                    let listed = listed.with(|id| report_line(shelf, &report, stored.header.ties.as_ref(), id));
                    self.add_note(listed, withdrawn);
                }
            }
            "MedicationRequest" => {
                let Ok(request) = MedicationRequest::read(&stored.raw) else { return };
                let written = day(request.authored_on.as_ref());
                let mut listed = Listed::new(shelf, place, stored, ('m', Kind::Medicine), written);
                let named = request.medication.unresolved().map(|named| shelf.directory.medication_classes(named));
                listed.item.classes = listed.item.classes.union(named.unwrap_or(Classes::NONE));
                let sensitive = !listed.item.classes.is_empty();
                let listed = listed.with(|id| medicine_line(shelf, request, &stored.raw, id));
                self.medicines.push(listed.map(|mut line| {
                    (line.view.withdrawn, line.view.sensitive) = (withdrawn, sensitive);
                    line
                }));
            }
            "ServiceRequest" => {
                let Ok(request) = ServiceRequest::read(&stored.raw) else { return };
                let written = day(request.authored_on.as_ref());
                let listed = Listed::new(shelf, place, stored, ('s', Kind::Referral), written);
                let sensitive = !listed.item.classes.is_empty();
                let from = (stored.raw.as_str(), stored.header.full_url.as_deref());
                let listed = listed.with(|id| referral_line(shelf, &request, from, id));
                self.referrals.push(listed.map(|mut line| {
                    (line.view.withdrawn, line.view.sensitive) = (withdrawn, sensitive);
                    line
                }));
            }
            other => {
                let Some(kind) = EntryKind::of_type(other) else { return };
                let Some(entry) = Entry::of(&stored.raw) else { return };
                let listed = Listed::new(shelf, place, stored, ('e', access_kind(kind)), entry_day(&entry));
                let sensitive = !listed.place.classes.is_empty();
                let listed = listed.with(|id| entry_view(shelf, kind, &entry, &stored.raw, id));
                self.entries.push(listed.map(|view| EntryView { withdrawn, sensitive, ..view }));
            }
        }
    }
}

impl Listed<()> {
    /// An item without its line. `prefix`: of its opaque id; `date`: the day that a lease's dates are compared with.
    fn new(
        shelf: &Shelf<'_>,
        place: ItemPlace,
        stored: &StoredResource,
        (prefix, kind): (char, Kind),
        date: Option<NaiveDate>,
    ) -> Self {
        let id = opaque_id(prefix, shelf.chart, &place.key);
        let item = Item { kind, classes: place.classes, date, id };
        let addresses = stored.header.ties.as_ref().map(|ties| ties.addresses.clone()).unwrap_or_default();
        Self { item, received_ms: stored.header.received_ms, addresses, place, view: () }
    }

    fn with<T>(self, view: impl FnOnce(String) -> T) -> Listed<T> {
        let id = self.item.id.clone();
        self.map(|()| view(id))
    }
}

impl<T> Listed<T> {
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Listed<U> {
        let Self { place, item, received_ms, addresses, view } = self;
        Listed { place, item, received_ms, addresses, view: change(view) }
    }
}

fn entry_day(entry: &Entry) -> Option<NaiveDate> {
    entry.times.iter().find_map(|moment| match &moment.when {
        When::Time(time) => day(Some(time)),
        When::Period(period) => day(period.start.as_ref().or(period.end.as_ref())),
        When::Age(_) | When::AgeRange(_) | When::Text(_) => None,
    })
}
