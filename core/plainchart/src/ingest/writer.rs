//! Takes resources one by one and prepares one durable batch.

mod bodies;
mod documents;
mod settling;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use plainchart_access::Classes;
use plainchart_record::ownership::{KnownPatient, Ownership};
use plainchart_record::set_aside::{SetAside, Support, support};
use plainchart_record::{Header, Reference, Subject, read_header};
use plainchart_vault::Batch;

use super::attachments::attachments_of;
use super::bodies::BodyHeader;
use super::closed::Closed;
use super::filing::{Filing, file};
use super::flow::Flow;
use super::names::{group_name, resource_key, type_of};
use super::places::{self, Place, Places};
use super::referred::Referred;
use super::ties::Ties;
use super::wants::{Wants, fetchable};
use crate::error::PlainchartError;
use crate::store::{ChartScope, Store};
use crate::stored::{Life, StoredHeader, StoredResource, digest_of, large_name, tree};

/// A text over this length is a value of its own beside a stub row.
const LARGE_BYTES: usize = 1 << 20;
/// A text over this length is not kept: no page or line can hold it, only a whole file.
const MOST_BYTES: usize = 64 << 20;
/// A batch over this length, in bytes, is committed before more is added: an import may hold many large texts. No page
/// of a search reaches it.
const BATCH_BYTES: usize = 192 << 20;

const DAY_MS: i64 = 24 * 3_600_000;
const YEAR_MS: i64 = 366 * DAY_MS;

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

/// What is to be written about one resource with the next batch, when its classes are settled.
struct Pending {
    /// The new version, with its place among its group.
    stored: StoredResource,
    filing: Filing,
    /// Where the version in the vault lies.
    before: Option<Place>,
}

/// A body to be written with the next batch.
struct PendingBody {
    /// `Type/id` of what it belongs to.
    document: String,
    index: usize,
    header: BodyHeader,
    bytes: Vec<u8>,
}

/// Prepares batches for one chart. Nothing is stored before [`ChartWriter::take_batch`]'s batch is committed.
pub struct ChartWriter<'a> {
    store: &'a Store,
    chart: ChartScope,
    source: String,
    places: Places,
    pending: BTreeMap<String, Pending>,
    bodies: Vec<PendingBody>,
    /// Where classes flow, from everything in the chart and what is closed to this reader.
    flow: Flow,
    /// A class may flow elsewhere than when everything was last settled.
    unsettled: bool,
    closed: Closed,
    referred: Referred,
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
    /// A writer for a chart. `source` is its base, and tells local codes of two hospitals apart (SPEC "Analyte");
    /// resources of classes outside `readable` are not stored.
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
        let places = places::read(store, chart, source)?;
        let wants = Wants::read(store, chart)?;
        let closed = Closed::read(store, chart)?;
        let mut set_aside = HashMap::new();
        for classes in store.classes_of(&chart)? {
            store.for_each_row(&chart, classes, tree::SET_ASIDE, &mut |_, row| {
                let stored = StoredResource::read(&row.bytes)?;
                set_aside.insert(String::from_utf8_lossy(&row.id).into_owned(), stored.header.digest);
                Ok(())
            })?;
        }
        let flow = Flow::of(places.values().map(|place| &place.ties).chain(closed.ties()));
        Ok(Self {
            store,
            chart,
            source: source.to_owned(),
            // A lease that opens fewer classes than before: what it no longer opens goes (N4).
            unsettled: !flow.is_still() || places.values().any(|place| !readable.covers(place.classes)),
            flow,
            closed,
            referred: Referred::read(store, chart, &places)?,
            places,
            pending: BTreeMap::new(),
            bodies: Vec::new(),
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

    /// What the chart's resources name and it does not hold.
    pub fn referred(&mut self) -> &mut Referred {
        &mut self.referred
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
        if header.resource_type == "OperationOutcome" {
            return Ok(Outcome::SetAside(SetAside::OperationOutcome));
        }
        let key = key_of(&header, incoming);
        let kept = support(&header.resource_type) == Support::Now;
        match patient.owns(&subject_of(&header, incoming), incoming.raw) {
            // What is reduced to id and status names nobody any more (D4).
            Ownership::NotGiven if header.entered_in_error && self.knows(&key) => {}
            Ownership::Other => return Ok(Outcome::SetAside(SetAside::WrongPatient)),
            Ownership::NotGiven | Ownership::NoneByType if kept && !incoming.referred_to => {
                return self.set_aside(incoming, &header, &key, SetAside::NoSubject);
            }
            Ownership::NotGiven => return self.set_aside(incoming, &header, &key, SetAside::NoSubject),
            Ownership::Same | Ownership::NoneByType => {}
        }
        if !kept {
            return self.set_aside(incoming, &header, &key, SetAside::UnsupportedType);
        }
        let digest = digest_of(incoming.raw.as_bytes());
        if let Some(outcome) = self.is_here_already(incoming, &header, &key, &digest)? {
            return Ok(outcome);
        }
        let mut ties = Ties::of(&header, incoming.raw, incoming.full_url, &self.source);
        if header.entered_in_error {
            // Its marker is as private as it was: what said so may be gone from it (N4).
            if let Some(former) = self.places.get(&key).map(|place| &place.ties).or_else(|| self.closed.get(&key)) {
                ties.keep(former);
            }
        }
        self.shed(&key, &ties);
        if !self.readable.covers(self.flow.classes(&ties)) {
            self.close(&key, ties, bodies_to_look_at(&key, incoming.raw))?;
            return Ok(Outcome::NotForThisReader);
        }
        self.file(incoming, &header, key, digest, ties)
    }

    /// A time far ahead of the clock, and of the version that comes, is a mistake of the source: it must not keep every
    /// later version out.
    fn is_believable(&self, old_ms: i64, new_ms: i64) -> bool {
        old_ms <= self.now_ms.saturating_add(DAY_MS) || old_ms.saturating_sub(new_ms) <= YEAR_MS
    }

    fn knows(&self, key: &str) -> bool {
        self.places.contains_key(key) || self.closed.get(key).is_some()
    }

    /// What to say of a version that is here, or older than the one that is.
    fn is_here_already(
        &mut self,
        incoming: Incoming<'_>,
        header: &Header,
        key: &str,
        digest: &str,
    ) -> Result<Option<Outcome>, PlainchartError> {
        let Some(before) = self.places.get(key).cloned() else { return Ok(None) };
        if before.digest == digest && before.life == Life::Current && !self.lost_its_text(key, &before)? {
            if self.mends && !self.pending.contains_key(key) {
                self.referred.note(incoming.raw, &self.source);
                self.want_lost_bodies(key, digest, incoming.raw, before.classes)?;
            }
            return Ok(Some(Outcome::InChart(Landed::Unchanged)));
        }
        let updated_ms = header.last_updated.as_ref().and_then(|time| time.epoch_ms);
        if before.updated_ms.zip(updated_ms).is_some_and(|(old, new)| new < old && self.is_believable(old, new)) {
            return self.set_aside(incoming, header, key, SetAside::OlderVersion).map(Some);
        }
        Ok(None)
    }

    fn file(
        &mut self,
        incoming: Incoming<'_>,
        header: &Header,
        key: String,
        digest: String,
        mut ties: Ties,
    ) -> Result<Outcome, PlainchartError> {
        let Ok(filing) = file(&header.resource_type, incoming.raw, &self.source) else {
            return Ok(Outcome::SetAside(SetAside::Unreadable));
        };
        let known = self.places.get(&key);
        let landed = if known.is_some() { Landed::Updated } else { Landed::New };
        if let Some(known) = known.filter(|known| known.digest == digest) {
            // The same text comes again, after it was missing: its bodies are still the same.
            ties.same_as.clone_from(&known.ties.same_as);
        }
        let place = Place {
            classes: self.flow.classes(&ties),
            group: group_name(&filing.group),
            version: header.version_id.clone(),
            updated_ms: header.last_updated.as_ref().and_then(|time| time.epoch_ms),
            digest,
            life: Life::Current,
            large: incoming.raw.len() > LARGE_BYTES,
            ties,
        };
        let full_url = incoming.full_url.filter(|url| url.starts_with("urn:")).map(str::to_owned);
        let stored = StoredResource { header: self.header_of(&place, full_url), raw: incoming.raw.to_owned() };
        self.unsettled |= self.flow.add(&place.ties) || (place.ties.shared && !self.flow.is_still());
        self.referred.settle(&key);
        self.referred.arrived(&place.ties);
        let former = self.places.insert(key.clone(), place);
        self.referred.note(incoming.raw, &self.source);
        // Of two versions in one batch the vault has the one before both.
        let before = match self.pending.remove(&key) {
            Some(pending) => pending.before,
            None => former,
        };
        self.pending.insert(key, Pending { stored, filing, before });
        Ok(Outcome::InChart(landed))
    }

    fn header_of(&self, place: &Place, full_url: Option<String>) -> StoredHeader {
        StoredHeader {
            received_ms: self.now_ms,
            digest: place.digest.clone(),
            version: place.version.clone(),
            updated_ms: place.updated_ms,
            life: place.life,
            set_aside: None,
            full_url,
            large: place.large,
            ties: Some(place.ties.clone()),
        }
    }

    /// Whether the text of a large resource was given up as damaged.
    fn lost_its_text(&self, key: &str, place: &Place) -> Result<bool, PlainchartError> {
        if !(self.mends && place.large) || self.pending.contains_key(key) {
            return Ok(false);
        }
        Ok(self.store.value(&self.chart, place.classes, tree::LARGE, &large_name(key, false))?.is_none())
    }

    /// Commits what there is if so many more bytes would make the batch too heavy.
    fn make_room(&mut self, bytes: usize) -> Result<(), PlainchartError> {
        if self.weight.saturating_add(bytes) > BATCH_BYTES {
            self.commit()?;
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

    /// Writes down what the source says of a resource's life; the resource stays as it is.
    ///
    /// # Errors
    /// The vault's.
    pub fn mark(&mut self, key: &str, life: Life) -> Result<(), PlainchartError> {
        let Some(place) = self.places.get(key).filter(|place| place.life != life) else { return Ok(()) };
        let place = Place { life, ..place.clone() };
        if let Some(pending) = self.pending.get_mut(key) {
            pending.stored.header.life = life;
        } else {
            self.rewrite_header(key, &place)?;
        }
        self.places.insert(key.to_owned(), place);
        Ok(())
    }

    /// Keeps what cannot land yet. A reader who may not hold everything keeps none of it: nobody can tell yet what it is
    /// tied to (N4).
    fn set_aside(
        &mut self,
        incoming: Incoming<'_>,
        header: &Header,
        key: &str,
        reason: SetAside,
    ) -> Result<Outcome, PlainchartError> {
        let ties = Ties::of(header, incoming.raw, incoming.full_url, &self.source);
        let classes = self.flow.classes(&ties);
        if !self.readable.covers(classes) {
            self.close(key, ties, Vec::new())?;
            return Ok(Outcome::NotForThisReader);
        }
        if self.readable != Classes::ALL {
            return Ok(Outcome::SetAside(reason));
        }
        let digest = digest_of(incoming.raw.as_bytes());
        let group = group_name(&format!("{}/{}", reason.as_str(), header.resource_type));
        // An older version keeps its digest in the name: two old versions are two rows.
        let id = match reason {
            SetAside::OlderVersion => format!("{key}#{digest}"),
            _ => key.to_owned(),
        };
        if self.set_aside.get(&id).is_some_and(|before| *before == digest) {
            return Ok(Outcome::SetAside(reason));
        }
        let stored = StoredResource {
            header: StoredHeader {
                received_ms: self.now_ms,
                digest: digest.clone(),
                version: header.version_id.clone(),
                updated_ms: header.last_updated.as_ref().and_then(|time| time.epoch_ms),
                life: Life::Current,
                set_aside: Some(reason.as_str().to_owned()),
                full_url: incoming.full_url.map(str::to_owned),
                large: incoming.raw.len() > LARGE_BYTES,
                ties: None,
            },
            raw: incoming.raw.to_owned(),
        };
        self.set_aside.insert(id.clone(), digest);
        self.put_row(classes, tree::SET_ASIDE, &group, &id, 0, stored)?;
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
    /// The vault's.
    pub fn take_batch(&mut self) -> Result<Batch, PlainchartError> {
        self.write_pending()?;
        self.weight = 0;
        Ok(std::mem::take(&mut self.batch))
    }
}

/// Where the bytes of something closed are.
fn bodies_to_look_at(key: &str, raw: &str) -> Vec<String> {
    fetchable(key, "", &attachments_of(type_of(key), raw)).into_iter().map(|want| want.url).collect()
}

/// Whose a resource says it is. A Patient that was never on a server says so by the `urn:` of its entry.
fn subject_of(header: &Header, incoming: Incoming<'_>) -> Subject {
    match (&header.subject, &header.id, incoming.full_url) {
        (Subject::Itself, None, Some(url)) if url.starts_with("urn:") => Subject::Of(vec![Reference::to(url)]),
        (subject, _, _) => subject.clone(),
    }
}

fn key_of(header: &Header, incoming: Incoming<'_>) -> String {
    resource_key(header, incoming.full_url, incoming.raw)
}
