//! Takes resources one by one and prepares one durable batch.

mod documents;

use std::collections::HashMap;

use plainchart_access::Classes;
use plainchart_record::ownership::{KnownPatient, Ownership};
use plainchart_record::set_aside::{SetAside, Support, support};
use plainchart_record::{DocumentReference, FhirTime, Header, Reference, Subject, read_header};
use plainchart_vault::Batch;

use super::bodies::body_name;
use super::filing::file;
use super::names::{group_name, resource_key};
use super::places::{self, Place, Places};
use super::wants::{Want, Wants};
use crate::error::PlainchartError;
use crate::sensitivity::classes_of;
use crate::store::{ChartScope, Store};
use crate::stored::{Life, StoredHeader, StoredResource, digest_of, large_name, tree};

/// A text over this length is a value of its own beside a stub row.
const LARGE_BYTES: usize = 1 << 20;
/// A text over this length is not kept: no page or line can hold it, only a whole file.
const MOST_BYTES: usize = 64 << 20;
/// A batch over this length, in bytes, is committed before more is added: an import may hold many large texts. No page
/// of a search reaches it.
const BATCH_BYTES: usize = 192 << 20;

/// A resource that arrives.
#[derive(Clone, Copy)]
pub struct Incoming<'a> {
    /// Its text as received.
    pub raw: &'a str,
    /// `fullUrl` of its Bundle entry.
    pub full_url: Option<&'a str>,
    /// Whether something that was accepted refers to it.
    pub referred_to: bool,
}

/// What became of a resource that is in the chart now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landed {
    /// It was not there.
    New,
    /// It replaced an older version.
    Updated,
    /// It was there already.
    Unchanged,
}

/// What became of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// In the chart.
    InChart(Landed),
    /// Not in the chart.
    SetAside(SetAside),
    /// Of a class this reader was not granted: not stored, and not told (N4).
    NotForThisReader,
}

/// Prepares batches for one chart. Nothing is stored before [`ChartWriter::take_batch`]'s batch is committed.
pub struct ChartWriter<'a> {
    store: &'a Store,
    chart: ChartScope,
    source: String,
    places: Places,
    batch: Batch,
    /// Bytes in the batch.
    weight: usize,
    wants: Wants,
    /// Something damaged was given up: bodies that should be here are looked for, and wanted again.
    mends: bool,
    /// Classes this reader may hold.
    readable: Classes,
    /// Digests of what was set aside before, so that the same is not written again.
    set_aside: HashMap<String, String>,
    now_ms: i64,
}

impl<'a> ChartWriter<'a> {
    /// A writer for a chart. `source` tells local codes of two hospitals apart (SPEC "Analyte"); resources of classes
    /// outside `readable` are not stored.
    ///
    /// # Errors
    /// The vault's.
    pub fn new(
        store: &'a Store,
        chart: ChartScope,
        source: &str,
        readable: Classes,
        now_ms: i64,
    ) -> Result<Self, PlainchartError> {
        let places = places::read(store, chart)?;
        let wants = Wants::read(store, chart)?;
        let mut set_aside = HashMap::new();
        for classes in store.classes_of(&chart)? {
            store.for_each_row(&chart, classes, tree::SET_ASIDE, &mut |_, row| {
                let stored = StoredResource::read(&row.bytes)?;
                set_aside.insert(String::from_utf8_lossy(&row.id).into_owned(), stored.header.digest);
                Ok(())
            })?;
        }
        Ok(Self {
            store,
            chart,
            source: source.to_owned(),
            places,
            batch: Batch::new(),
            weight: 0,
            mends: wants.left_out(),
            wants,
            readable,
            set_aside,
            now_ms,
        })
    }

    /// Looks for bodies that were lost to damage.
    pub fn mend(&mut self) {
        self.mends = true;
    }

    /// What the chart holds.
    #[must_use]
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// Classes this reader may hold.
    #[must_use]
    pub fn readable(&self) -> Classes {
        self.readable
    }

    /// Bodies to be fetched now, with the classes of their document.
    pub fn wants(&self) -> impl Iterator<Item = (Classes, &Want)> {
        self.wants.due()
    }

    /// Takes one resource.
    ///
    /// # Errors
    /// The vault's; a resource that cannot be read is an outcome, not an error (D7).
    pub fn take(&mut self, incoming: Incoming<'_>, patient: &KnownPatient) -> Result<Outcome, PlainchartError> {
        let Ok(header) = read_header(incoming.raw) else {
            return Ok(Outcome::SetAside(SetAside::Unreadable));
        };
        if incoming.raw.len() > MOST_BYTES {
            return Ok(Outcome::SetAside(SetAside::Unreadable));
        }
        self.make_room(incoming.raw.len())?;
        if !self.readable.covers(filed_classes(&header)) {
            self.forget(&key_of(&header, incoming))?;
            return Ok(Outcome::NotForThisReader);
        }
        if header.resource_type == "OperationOutcome" {
            return Ok(Outcome::SetAside(SetAside::OperationOutcome));
        }
        let kept = support(&header.resource_type) == Support::Now;
        match patient.owns(&subject_of(&header, incoming), incoming.raw) {
            Ownership::Other => return Ok(Outcome::SetAside(SetAside::WrongPatient)),
            Ownership::NotGiven | Ownership::NoneByType if kept && !incoming.referred_to => {
                return self.set_aside(incoming, &header, SetAside::NoSubject);
            }
            Ownership::NotGiven => return self.set_aside(incoming, &header, SetAside::NoSubject),
            Ownership::Same | Ownership::NoneByType => {}
        }
        if !kept {
            return self.set_aside(incoming, &header, SetAside::UnsupportedType);
        }
        self.file(incoming, &header)
    }

    fn file(&mut self, incoming: Incoming<'_>, header: &Header) -> Result<Outcome, PlainchartError> {
        let Ok(filing) = file(&header.resource_type, incoming.raw, &self.source) else {
            return Ok(Outcome::SetAside(SetAside::Unreadable));
        };
        let key = key_of(header, incoming);
        let digest = digest_of(incoming.raw.as_bytes());
        let updated_ms = header.last_updated.as_ref().and_then(|time| time.epoch_ms);
        let before = self.places.get(&key).cloned();
        if let Some(before) = &before {
            if before.digest == digest && before.life == Life::Current && !self.lost_its_text(&key, before)? {
                if self.mends && header.resource_type == "DocumentReference" {
                    self.want_lost_bodies(&key, &digest, incoming.raw, before.classes)?;
                }
                return Ok(Outcome::InChart(Landed::Unchanged));
            }
            if before.updated_ms.zip(updated_ms).is_some_and(|(old, new)| new < old) {
                return self.set_aside(incoming, header, SetAside::OlderVersion);
            }
        }
        let place = Place {
            classes: filed_classes(header),
            group: group_name(&filing.group),
            version: header.version_id.clone(),
            updated_ms,
            digest: digest.clone(),
            life: Life::Current,
            large: incoming.raw.len() > LARGE_BYTES,
        };
        if header.resource_type == "DocumentReference" {
            self.renew_bodies(&key, incoming.raw, &place, before.as_ref())?;
        }
        if let Some(before) = before.as_ref() {
            self.take_away(&key, before, &place)?;
        }
        let stored = StoredResource {
            header: StoredHeader {
                received_ms: self.now_ms,
                digest,
                version: place.version.clone(),
                updated_ms,
                life: Life::Current,
                set_aside: None,
                full_url: incoming.full_url.filter(|url| url.starts_with("urn:")).map(str::to_owned),
                large: place.large,
            },
            raw: incoming.raw.to_owned(),
        };
        self.put_resource(place.classes, tree::RESOURCES, &place.group, &key, filing.order, stored)?;
        self.places.insert(key, place);
        Ok(Outcome::InChart(if before.is_some() { Landed::Updated } else { Landed::New }))
    }

    /// Puts a row; the text of a large one as a value beside it.
    fn put_resource(
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

    /// Whether the text of a large resource was given up as damaged.
    fn lost_its_text(&self, key: &str, place: &Place) -> Result<bool, PlainchartError> {
        if !(self.mends && place.large) {
            return Ok(false);
        }
        Ok(self.store.value(&self.chart, place.classes, tree::LARGE, &large_name(key, false))?.is_none())
    }

    /// A resource has got a label that closes it to this reader: the open version goes too, with its bodies (N4).
    fn forget(&mut self, key: &str) -> Result<(), PlainchartError> {
        let Some(place) = self.places.remove(key) else { return Ok(()) };
        let scope = self.store.scope(self.chart, place.classes)?;
        let rows = self.store.rows(&self.chart, place.classes, tree::RESOURCES, place.group.as_bytes())?;
        let whole = |row| {
            let row: &plainchart_vault::Row = row;
            StoredResource::read_whole(self.store, &self.chart, place.classes, &row.id, &row.bytes).ok()
        };
        let document = rows.iter().find(|row| row.id == key.as_bytes()).and_then(whole);
        let document = document.and_then(|stored| DocumentReference::read(&stored.raw).ok());
        for content in document.iter().flat_map(|document| &document.content) {
            let name = body_name(key, content.index);
            self.batch.delete_value(scope, tree::tree(tree::BODIES), name.as_bytes());
        }
        if place.large {
            self.batch.delete_value(scope, tree::tree(tree::LARGE), large_name(key, false).as_bytes());
        }
        self.batch.delete_row(scope, tree::tree(tree::RESOURCES), place.group.as_bytes(), key.as_bytes());
        self.wants.remove_all(self.store, &mut self.batch, key)
    }

    /// Commits what there is if so many more bytes would make the batch too heavy.
    fn make_room(&mut self, bytes: usize) -> Result<(), PlainchartError> {
        if self.weight.saturating_add(bytes) > BATCH_BYTES {
            let batch = self.take_batch()?;
            self.store.commit(self.chart, batch)?;
        }
        self.weight = self.weight.saturating_add(bytes);
        Ok(())
    }

    /// Takes a resource out of what was set aside.
    ///
    /// # Errors
    /// The vault's.
    pub fn delete_set_aside(&mut self, classes: Classes, group: &[u8], id: &[u8]) -> Result<(), PlainchartError> {
        let scope = self.store.scope(self.chart, classes)?;
        self.batch.delete_row(scope, tree::tree(tree::SET_ASIDE), group, id);
        let name = large_name(&String::from_utf8_lossy(id), true);
        self.batch.delete_value(scope, tree::tree(tree::LARGE), name.as_bytes());
        Ok(())
    }

    /// Adds a value of this chart to the batch.
    ///
    /// # Errors
    /// The vault's.
    pub fn put_value(&mut self, classes: Classes, number: u8, name: &str, bytes: &[u8]) -> Result<(), PlainchartError> {
        self.make_room(bytes.len())?;
        let scope = self.store.scope(self.chart, classes)?;
        self.batch.put_value(scope, tree::tree(number), name.as_bytes(), bytes);
        Ok(())
    }

    /// Writes a stored resource again at its place, with another header.
    ///
    /// # Errors
    /// `Internal` if the header cannot be written.
    pub fn replace(&mut self, key: &str, stored: &StoredResource, order: i64) -> Result<(), PlainchartError> {
        if let Some(place) = self.places.get_mut(key) {
            place.life = stored.header.life;
            let scope = self.store.scope(self.chart, place.classes)?;
            let bytes = stored.write()?;
            let group = place.group.as_bytes();
            self.batch.put_row(scope, tree::tree(tree::RESOURCES), group, key.as_bytes(), order, &bytes);
        }
        Ok(())
    }

    /// A body is settled: it is no longer wanted.
    ///
    /// # Errors
    /// The vault's.
    pub fn settle(&mut self, document: &str, index: usize) -> Result<(), PlainchartError> {
        self.wants.remove(self.store, &mut self.batch, document, index)
    }

    /// The source does not give a body as things are: it is wanted again at the next full walk.
    ///
    /// # Errors
    /// The vault's.
    pub fn let_rest(&mut self, document: &str, index: usize) -> Result<(), PlainchartError> {
        self.wants.rest(self.store, &mut self.batch, document, index, true)
    }

    /// A full walk begins: bodies that rest are wanted again.
    ///
    /// # Errors
    /// The vault's.
    pub fn wake_wants(&mut self) -> Result<(), PlainchartError> {
        self.wants.wake(self.store, &mut self.batch)
    }

    /// An attempt at a body got no answer: it stays wanted.
    pub fn count_attempt(&mut self, document: &str, index: usize) {
        self.wants.count_attempt(document, index);
    }

    fn set_aside(
        &mut self,
        incoming: Incoming<'_>,
        header: &Header,
        reason: SetAside,
    ) -> Result<Outcome, PlainchartError> {
        let classes = filed_classes(header);
        let digest = digest_of(incoming.raw.as_bytes());
        let stored = StoredResource {
            header: StoredHeader {
                received_ms: self.now_ms,
                digest: digest.clone(),
                version: header.version_id.clone(),
                updated_ms: header.last_updated.as_ref().and_then(|time: &FhirTime| time.epoch_ms),
                life: Life::Current,
                set_aside: Some(reason.as_str().to_owned()),
                full_url: incoming.full_url.map(str::to_owned),
                large: incoming.raw.len() > LARGE_BYTES,
            },
            raw: incoming.raw.to_owned(),
        };
        let group = group_name(&format!("{}/{}", reason.as_str(), header.resource_type));
        // An older version keeps its digest in the name: two old versions are two rows.
        let id = match reason {
            SetAside::OlderVersion => format!("{}#{digest}", key_of(header, incoming)),
            _ => key_of(header, incoming),
        };
        if self.set_aside.get(&id).is_some_and(|before| *before == digest) {
            return Ok(Outcome::SetAside(reason));
        }
        self.set_aside.insert(id.clone(), digest);
        self.put_resource(classes, tree::SET_ASIDE, &group, &id, 0, stored)?;
        Ok(Outcome::SetAside(reason))
    }

    /// Makes durable what was taken.
    ///
    /// # Errors
    /// The vault's.
    pub fn commit(&mut self) -> Result<(), PlainchartError> {
        let batch = self.take_batch()?;
        self.store.commit(self.chart, batch)
    }

    /// The batch so far, for the caller to add to and commit; the writer goes on with an empty one.
    ///
    /// # Errors
    /// None today.
    pub fn take_batch(&mut self) -> Result<Batch, PlainchartError> {
        self.weight = 0;
        Ok(std::mem::take(&mut self.batch))
    }
}

/// Whose a resource says it is. A Patient that was never on a server says so by the `urn:` of its entry.
fn subject_of(header: &Header, incoming: Incoming<'_>) -> Subject {
    match (&header.subject, &header.id, incoming.full_url) {
        (Subject::Itself, None, Some(url)) if url.starts_with("urn:") => Subject::Of(vec![Reference::to(url)]),
        (subject, _, _) => subject.clone(),
    }
}

/// The classes a resource is filed under. Whose chart it is can always be told: every screen shows it.
fn filed_classes(header: &Header) -> Classes {
    if header.resource_type == "Patient" { Classes::NONE } else { classes_of(&header.security) }
}

fn key_of(header: &Header, incoming: Incoming<'_>) -> String {
    resource_key(header, incoming.full_url, incoming.raw)
}
