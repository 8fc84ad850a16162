//! Takes resources one by one and prepares one durable batch.

use std::collections::{BTreeMap, HashMap};

use plainchart_access::Classes;
use plainchart_record::ownership::{KnownPatient, Ownership};
use plainchart_record::set_aside::{SetAside, Support, support};
use plainchart_record::{DocumentReference, FhirTime, Header, read_header};
use plainchart_vault::Batch;

use super::filing::file;
use super::places::{self, Place, Places};
use super::wants::{Want, body_name, fetchable};
use crate::error::PlainchartError;
use crate::sensitivity::classes_of;
use crate::store::{ChartScope, Store};
use crate::stored::{Life, StoredHeader, StoredResource, digest_of, tree};

/// Name of the value that holds a scope's wants.
const WANTS: &str = "wants";

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
    /// Bodies still wanted, by the classes of their document.
    wants: BTreeMap<Classes, Vec<Want>>,
    changed_wants: Vec<Classes>,
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
        let mut wants = BTreeMap::new();
        let mut set_aside = HashMap::new();
        for classes in store.classes_of(&chart)? {
            store.for_each_row(&chart, classes, tree::SET_ASIDE, &mut |_, row| {
                let stored = StoredResource::read(&row.bytes)?;
                set_aside.insert(String::from_utf8_lossy(&row.id).into_owned(), stored.header.digest);
                Ok(())
            })?;
            if let Some(bytes) = store.value(&chart, classes, tree::WALK, WANTS)? {
                let list: Vec<Want> = serde_json::from_slice(&bytes).map_err(|_| PlainchartError::VaultDamaged)?;
                wants.insert(classes, list);
            }
        }
        Ok(Self {
            store,
            chart,
            source: source.to_owned(),
            places,
            batch: Batch::new(),
            wants,
            changed_wants: Vec::new(),
            mends: false,
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

    /// Bodies still wanted, with the classes of their document.
    pub fn wants(&self) -> impl Iterator<Item = (Classes, &Want)> {
        self.wants.iter().flat_map(|(classes, list)| list.iter().map(move |want| (*classes, want)))
    }

    /// Takes one resource.
    ///
    /// # Errors
    /// The vault's; a resource that cannot be read is an outcome, not an error (D7).
    pub fn take(&mut self, incoming: Incoming<'_>, patient: &KnownPatient) -> Result<Outcome, PlainchartError> {
        let Ok(header) = read_header(incoming.raw) else {
            return Ok(Outcome::SetAside(SetAside::Unreadable));
        };
        if !self.readable.covers(filed_classes(&header)) {
            self.forget(&key_of(&header, incoming))?;
            return Ok(Outcome::NotForThisReader);
        }
        if header.resource_type == "OperationOutcome" {
            return Ok(Outcome::SetAside(SetAside::OperationOutcome));
        }
        let kept = support(&header.resource_type) == Support::Now;
        match patient.owns(&header.subject, incoming.raw) {
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
            if before.digest == digest && before.life == Life::Current {
                if self.mends && header.resource_type == "DocumentReference" {
                    self.want_lost_bodies(&key, incoming.raw, before.classes)?;
                }
                return Ok(Outcome::InChart(Landed::Unchanged));
            }
            if before.updated_ms.zip(updated_ms).is_some_and(|(old, new)| new < old) {
                return self.set_aside(incoming, header, SetAside::OlderVersion);
            }
        }
        let classes = filed_classes(header);
        let place = Place {
            classes,
            group: filing.group.clone(),
            version: header.version_id.clone(),
            updated_ms,
            digest: digest.clone(),
            life: Life::Current,
        };
        if let Some(before) = before.as_ref().filter(|before| before.classes != classes || before.group != place.group)
        {
            let old = self.store.scope(self.chart, before.classes)?;
            self.batch.delete_row(old, tree::tree(tree::RESOURCES), before.group.as_bytes(), key.as_bytes());
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
            },
            raw: incoming.raw.to_owned(),
        };
        let bytes = stored.write()?;
        let scope = self.store.scope(self.chart, classes)?;
        self.batch.put_row(
            scope,
            tree::tree(tree::RESOURCES),
            filing.group.as_bytes(),
            key.as_bytes(),
            filing.order,
            &bytes,
        );
        if header.resource_type == "DocumentReference" {
            self.want_bodies(&key, incoming.raw, classes);
        }
        self.places.insert(key, place);
        Ok(Outcome::InChart(if before.is_some() { Landed::Updated } else { Landed::New }))
    }

    fn want_bodies(&mut self, key: &str, raw: &str, classes: Classes) {
        let Ok(document) = DocumentReference::read(raw) else { return };
        let fresh = fetchable(key, &document);
        for list in self.wants.values_mut() {
            list.retain(|want| want.document != key);
        }
        self.changed_wants = self.wants.keys().copied().chain([classes]).collect();
        self.wants.entry(classes).or_default().extend(fresh);
    }

    /// A resource has got a label that closes it to this reader: the open version goes too, with its bodies (N4).
    fn forget(&mut self, key: &str) -> Result<(), PlainchartError> {
        let Some(place) = self.places.remove(key) else { return Ok(()) };
        let scope = self.store.scope(self.chart, place.classes)?;
        let rows = self.store.rows(&self.chart, place.classes, tree::RESOURCES, place.group.as_bytes())?;
        let row = rows.iter().find(|row| row.id == key.as_bytes());
        let document = row.and_then(|row| StoredResource::read(&row.bytes).ok());
        let document = document.and_then(|stored| DocumentReference::read(&stored.raw).ok());
        for content in document.iter().flat_map(|document| &document.content) {
            let name = body_name(key, content.index);
            self.batch.delete_value(scope, tree::tree(tree::BODIES), name.as_bytes());
        }
        self.batch.delete_row(scope, tree::tree(tree::RESOURCES), place.group.as_bytes(), key.as_bytes());
        for list in self.wants.values_mut() {
            list.retain(|want| want.document != key);
        }
        self.changed_wants.push(place.classes);
        Ok(())
    }

    fn want_lost_bodies(&mut self, key: &str, raw: &str, classes: Classes) -> Result<(), PlainchartError> {
        let Ok(document) = DocumentReference::read(raw) else { return Ok(()) };
        for want in fetchable(key, &document) {
            let is_wanted = self.wants().any(|(_, known)| known.document == want.document && known.index == want.index);
            let name = body_name(key, want.index);
            if !is_wanted && self.store.value(&self.chart, classes, tree::BODIES, &name)?.is_none() {
                self.wants.entry(classes).or_default().push(want);
                self.changed_wants.push(classes);
            }
        }
        Ok(())
    }

    /// Takes a resource out of what was set aside.
    ///
    /// # Errors
    /// The vault's.
    pub fn delete_set_aside(&mut self, classes: Classes, group: &[u8], id: &[u8]) -> Result<(), PlainchartError> {
        let scope = self.store.scope(self.chart, classes)?;
        self.batch.delete_row(scope, tree::tree(tree::SET_ASIDE), group, id);
        Ok(())
    }

    /// Adds a value of this chart to the batch.
    ///
    /// # Errors
    /// The vault's.
    pub fn put_value(&mut self, classes: Classes, number: u8, name: &str, bytes: &[u8]) -> Result<(), PlainchartError> {
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
    pub fn settle(&mut self, document: &str, index: usize) {
        for (classes, list) in &mut self.wants {
            let before = list.len();
            list.retain(|want| want.document != document || want.index != index);
            if list.len() != before {
                self.changed_wants.push(*classes);
            }
        }
    }

    /// A sync begins: each body may be asked for anew.
    pub fn begin_attempts(&mut self) {
        for (classes, list) in &mut self.wants {
            for want in list.iter_mut().filter(|want| want.attempts > 0) {
                want.attempts = 0;
                self.changed_wants.push(*classes);
            }
        }
    }

    /// An attempt at a body got no answer: it stays wanted.
    pub fn count_attempt(&mut self, document: &str, index: usize) {
        for (classes, list) in &mut self.wants {
            for want in list.iter_mut().filter(|want| want.document == document && want.index == index) {
                want.attempts = want.attempts.saturating_add(1);
                self.changed_wants.push(*classes);
            }
        }
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
            },
            raw: incoming.raw.to_owned(),
        };
        let group = format!("{}/{}", reason.as_str(), header.resource_type);
        // An older version keeps its digest in the name: two old versions are two rows.
        let id = match reason {
            SetAside::OlderVersion => format!("{}#{digest}", key_of(header, incoming)),
            _ => key_of(header, incoming),
        };
        if self.set_aside.get(&id).is_some_and(|before| *before == digest) {
            return Ok(Outcome::SetAside(reason));
        }
        let bytes = stored.write()?;
        self.set_aside.insert(id.clone(), digest);
        let scope = self.store.scope(self.chart, classes)?;
        self.batch.put_row(scope, tree::tree(tree::SET_ASIDE), group.as_bytes(), id.as_bytes(), 0, &bytes);
        Ok(Outcome::SetAside(reason))
    }

    /// The batch so far, for the caller to add to and commit; the writer goes on with an empty one.
    ///
    /// # Errors
    /// `Internal` if the wants cannot be written as JSON.
    pub fn take_batch(&mut self) -> Result<Batch, PlainchartError> {
        self.changed_wants.sort_unstable();
        self.changed_wants.dedup();
        for classes in std::mem::take(&mut self.changed_wants) {
            let list = self.wants.get(&classes).map(Vec::as_slice).unwrap_or_default();
            let bytes = serde_json::to_vec(list).map_err(|_| PlainchartError::internal("wants.write"))?;
            let scope = self.store.scope(self.chart, classes)?;
            self.batch.put_value(scope, tree::tree(tree::WALK), WANTS.as_bytes(), &bytes);
        }
        Ok(std::mem::take(&mut self.batch))
    }
}

/// The classes a resource is filed under. Whose chart it is can always be told: every screen shows it.
fn filed_classes(header: &Header) -> Classes {
    if header.resource_type == "Patient" { Classes::NONE } else { classes_of(&header.security) }
}

/// `Type/id`; a resource that was never on a server goes by its `fullUrl`, else by its digest.
fn key_of(header: &Header, incoming: Incoming<'_>) -> String {
    let id = match (&header.id, incoming.full_url) {
        (Some(id), _) => id.clone(),
        (None, Some(url)) => url.to_owned(),
        (None, None) => digest_of(incoming.raw.as_bytes()),
    };
    format!("{}/{id}", header.resource_type)
}
