//! A whole sync of one chart by one connection.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use plainchart_access::Classes;
use plainchart_auth::{Access, Allowance, Scopes};
use plainchart_record::ownership::KnownPatient;
use plainchart_record::set_aside::SetAside;
use plainchart_record::{JsonLimits, Patient, check};

use super::fetch::Fetcher;
use super::plan::{PLAN, Search, TypePlan};
use super::position::{POSITION, Position, Underway};
use super::report::{ProgressListener, SyncReport, TypeReport};
use super::walk::{FEWER_THAN_TOLD, PAGE_EXPIRED, WalkEnd};
use crate::error::{NotPermittedReason, PlainchartError};
use crate::ingest::{ChartWriter, Incoming, Outcome};
use crate::net::FHIR_JSON;
use crate::store::{ChartScope, Store};
use crate::stored::{Life, tree};

const DAY_MS: i64 = 24 * 3_600_000;
/// A full walk at least this often finds what an incremental one cannot see: deletions (D3).
const FULL_EVERY_MS: i64 = 7 * DAY_MS;
/// How long what a cut-off sync had finished counts as walked, where changes cannot be asked for.
const RESUME_MS: i64 = 10 * 60_000;
/// A full walk whose missing resources are not asked for yet: the next sync walks in full again, even if it was cut.
const LONG_AGO_MS: i64 = 1;
/// Second passes after an ascending walk, until one brings nothing.
const MOST_PASSES: u32 = 3;
/// Turns of searches.
const UNDERWAY: u8 = 0;
const FINISHED: u8 = 2;
const PATIENT_BYTES: usize = 4 << 20;

/// What the caller wants.
#[derive(Debug, Clone, Copy, Default)]
pub struct SyncOptions {
    /// Walk everything, whatever was walked before.
    pub full: bool,
}

/// A sync under way.
pub struct Syncing<'a> {
    pub(super) fetcher: &'a Fetcher<'a>,
    pub(super) listener: Arc<dyn ProgressListener>,
    pub(super) store: &'a Store,
    pub(super) chart: ChartScope,
    pub(super) patient_id: String,
    /// Known once the Patient was read, which is the first request of every sync.
    pub(super) patient: KnownPatient,
    pub(super) writer: ChartWriter<'a>,
    pub(super) position: Position,
    pub(super) now_ms: i64,
    /// `Type/id` of everything the server sent in this run.
    pub(super) seen: HashSet<String>,
    /// Resources that were new or newer in this pass.
    pub(super) changed: u64,
    pub(super) bodies: u64,
    /// Counts of walks that brought fewer matches than told, by search.
    pub(super) short: BTreeMap<&'static str, String>,
    /// Bodies that rest are wanted again once a sync.
    pub(super) woke_wants: bool,
    /// Whether the token may read Provenance.
    pub(super) may_read_provenance: bool,
    /// The type that a proxy was told of last.
    pub(super) told: &'static str,
    /// Refusals in a row of what is named, by type.
    pub(super) refusals: BTreeMap<String, u32>,
    /// Reads of what is named.
    pub(super) named_reads: usize,
    types: BTreeMap<&'static str, TypeReport>,
    reasons: BTreeMap<&'static str, u64>,
}

impl<'a> Syncing<'a> {
    /// Prepares a sync of one chart.
    ///
    /// # Errors
    /// The vault's.
    pub fn new(
        fetcher: &'a Fetcher<'a>,
        listener: Arc<dyn ProgressListener>,
        store: &'a Store,
        chart: ChartScope,
        patient_id: &str,
        readable: Classes,
        now_ms: i64,
    ) -> Result<Self, PlainchartError> {
        let base = fetcher.base.as_str();
        let position = read_position(store, chart)?;
        let id_alone = serde_json::json!({ "resourceType": "Patient", "id": patient_id }).to_string();
        let patient = Patient::read(&id_alone).map_err(|_| PlainchartError::invalid("patient"))?;
        Ok(Self {
            fetcher,
            listener,
            store,
            chart,
            patient_id: patient_id.to_owned(),
            patient: KnownPatient::new(base, &patient),
            writer: ChartWriter::new(store, chart, base, readable, now_ms)?,
            position,
            now_ms,
            seen: HashSet::new(),
            changed: 0,
            bodies: 0,
            short: BTreeMap::new(),
            woke_wants: false,
            may_read_provenance: false,
            told: "",
            refusals: BTreeMap::new(),
            named_reads: 0,
            types: BTreeMap::new(),
            reasons: BTreeMap::new(),
        })
    }

    /// Something damaged was given up: bodies that are gone are looked for and wanted again.
    pub fn mend(&mut self) {
        self.writer.mend();
    }

    /// Runs it. What was committed before an error stays, and the next sync goes on from there.
    ///
    /// # Errors
    /// `NotPermitted{forbidden}` and `NotFound` when the server no longer gives the Patient itself; the network's and
    /// the vault's.
    pub async fn run(mut self, granted: &Scopes, options: SyncOptions) -> Result<SyncReport, PlainchartError> {
        if self.position.ended || self.position.sync == 0 || options.full {
            self.position.sync += 1;
            self.position.ended = false;
            self.position.underway = None;
        }
        self.may_read_provenance = granted.allows("Provenance", Access::Search) != Allowance::Denied;
        self.read_patient().await?;
        // A sync that is cut off again and again gets further here, too.
        self.fetch_referred(granted).await?;
        let mut plans: Vec<&TypePlan> = PLAN.iter().collect();
        plans.sort_by_key(|plan| self.turn_of_type(plan));
        for plan in plans {
            self.types.insert(plan.resource_type, empty(plan.resource_type));
            if granted.allows(plan.resource_type, Access::Search) == Allowance::Denied {
                self.problem(plan.resource_type, "not_granted");
                for search in plan.alternatives.iter().copied().flatten() {
                    self.mark_problem(*search, "not_granted");
                }
                continue;
            }
            self.walk_type(plan, options.full).await?;
            self.fetch_referred(granted).await?;
        }
        self.fetch_bodies(true).await?;
        self.look_at_closed().await?;
        self.writer.unsettle();
        self.commit(None)?;
        // What is named by more than before may have been given up (N4).
        self.fetch_referred(granted).await?;
        self.position.ended = true;
        self.commit(None)?;
        self.store.end_of_walk()?;
        Ok(self.report())
    }

    async fn read_patient(&mut self) -> Result<(), PlainchartError> {
        let url = self.fetcher.base.resolve_for_token(&format!("Patient/{}", self.patient_id))?;
        let answer = self.fetcher.get(&url, FHIR_JSON, PATIENT_BYTES).await?;
        match answer.status {
            200..=299 => {}
            403 => return Err(PlainchartError::NotPermitted { reason: NotPermittedReason::Forbidden }),
            404 | 410 => return Err(PlainchartError::NotFound),
            _ => return Err(PlainchartError::server("status")),
        }
        let text = check(&answer.body, &JsonLimits::PAGE).map_err(|_| PlainchartError::server("broken_json"))?;
        let patient = Patient::read(text).map_err(|_| PlainchartError::server("not_a_patient"))?;
        if patient.id.as_deref() != Some(&self.patient_id) {
            return Err(PlainchartError::server("wrong_patient"));
        }
        self.patient = KnownPatient::new(self.fetcher.base.as_str(), &patient);
        self.types.insert("Patient", empty("Patient"));
        let incoming = Incoming { raw: text, full_url: None, referred_to: false };
        let outcome = self.writer.take(incoming, &self.patient)?;
        self.seen.insert(format!("Patient/{}", self.patient_id));
        self.count("Patient", outcome);
        Ok(())
    }

    /// The first alternative of which no search is refused; without one the type is "not shared", never empty (D3).
    async fn walk_type(&mut self, plan: &TypePlan, full: bool) -> Result<(), PlainchartError> {
        let mut problem = Some("not_shared");
        for searches in plan.alternatives {
            let mut ends = Vec::new();
            // What is missing shows only when every search of the type is walked in full.
            let full = full || searches.iter().any(|search| self.is_due_in_full(search));
            let mut searches_in_turn: Vec<&Search> = searches.iter().collect();
            searches_in_turn.sort_by_key(|search| self.turn(search));
            for search in searches_in_turn {
                let end = self.walk_search(plan.resource_type, *search, full).await?;
                match end {
                    WalkEnd::Refused => self.mark_problem(*search, "not_shared"),
                    WalkEnd::Stopped(code) => {
                        self.mark_problem(*search, code);
                        self.commit(None)?;
                    }
                    WalkEnd::Complete { .. } => {}
                }
                ends.push(end);
            }
            if ends.iter().all(|end| *end == WalkEnd::Refused) {
                continue;
            }
            problem = ends.iter().find_map(|end| match end {
                WalkEnd::Stopped(code) => Some(*code),
                WalkEnd::Refused => Some("partly_shared"),
                WalkEnd::Complete { .. } => None,
            });
            self.forget_other_alternatives(plan, searches);
            // Where part of the type stays closed, what is missing cannot be told, and walking in full again shows no more.
            let is_closed = ends.iter().any(|end| !matches!(end, WalkEnd::Complete { .. }));
            let is_whole = ends.iter().all(|end| *end == WalkEnd::Complete { full: true });
            if is_closed || (is_whole && self.reconcile(plan.resource_type).await?) {
                self.mark_full(searches)?;
            }
            break;
        }
        if let Some(code) = problem {
            self.problem(plan.resource_type, code);
        }
        Ok(())
    }

    /// Everything of these searches was seen, and what was missing asked for.
    fn mark_full(&mut self, searches: &[Search]) -> Result<(), PlainchartError> {
        for search in searches {
            if let Some(walked) =
                self.position.walked.get_mut(search.key).filter(|walked| walked.full_ms == LONG_AGO_MS)
            {
                walked.full_ms = self.now_ms;
            }
        }
        self.commit(None)
    }

    fn is_due_in_full(&self, search: &Search) -> bool {
        let walked = self.position.walked.get(search.key).filter(|walked| walked.problem.is_none());
        walked.is_some_and(|walked| !self.is_recent(walked.full_ms))
    }

    fn is_recent(&self, full_ms: i64) -> bool {
        (0..FULL_EVERY_MS).contains(&(self.now_ms - full_ms))
    }

    /// In which turn a search is walked: first the walk that was cut off, as there is one position under way; then what
    /// this sync has not walked; last what it had finished before it was cut off. A sync that is cut off again and
    /// again so gets further each time.
    fn turn(&self, search: &Search) -> u8 {
        let is_underway = self.position.underway.as_ref().is_some_and(|underway| underway.key == search.key);
        let is_finished = self.position.walked.get(search.key).is_some_and(|walked| walked.sync == self.position.sync);
        match (is_underway, is_finished) {
            (true, _) => UNDERWAY,
            (false, false) => UNDERWAY + 1,
            (false, true) => FINISHED,
        }
    }

    /// A type is finished when one of its alternatives is; the others are never walked then.
    fn turn_of_type(&self, plan: &TypePlan) -> u8 {
        let turns = |searches: &[Search]| searches.iter().map(|search| self.turn(search)).collect::<Vec<_>>();
        let by_alternative: Vec<Vec<u8>> = plan.alternatives.iter().map(|searches| turns(searches)).collect();
        let is_finished = by_alternative.iter().any(|turns| turns.iter().all(|turn| *turn == FINISHED));
        let first = by_alternative.into_iter().flatten().min().unwrap_or(FINISHED);
        if is_finished && first != UNDERWAY { FINISHED } else { first }
    }

    /// A wider search that was refused says nothing about a list that a narrower one brought whole.
    fn forget_other_alternatives(&mut self, plan: &TypePlan, used: &[Search]) {
        for search in plan.alternatives.iter().copied().flatten().filter(|search| !used.contains(search)) {
            self.position.walked.remove(search.key);
        }
    }

    async fn walk_search(
        &mut self,
        resource_type: &'static str,
        search: Search,
        full: bool,
    ) -> Result<WalkEnd, PlainchartError> {
        let known = self.position.walked.get(search.key).cloned().unwrap_or_default();
        let is_underway = self.position.underway.as_ref().is_some_and(|underway| underway.key == search.key);
        // A sync that was cut off a moment ago does not walk again what it had finished; where only changes can be
        // asked for, they are.
        let finished = !is_underway && known.problem.is_none() && known.sync == self.position.sync;
        let just_now = (0..RESUME_MS).contains(&(self.now_ms - known.as_of_ms));
        if finished && !known.ascending && just_now {
            return Ok(WalkEnd::Complete { full: false });
        }
        let incremental = known.ascending && self.is_recent(known.full_ms) && (!full || finished);
        self.changed = 0;
        let mut end = self.walk(resource_type, search, incremental).await?;
        // Finished before the cut, and nothing changed since: this was its second pass.
        if finished && incremental && self.changed == 0 && end == (WalkEnd::Complete { full: false }) {
            return Ok(end);
        }
        for _ in 0..MOST_PASSES {
            if !matches!(end, WalkEnd::Stopped(PAGE_EXPIRED | FEWER_THAN_TOLD)) {
                break;
            }
            end = self.walk(resource_type, search, incremental).await?;
        }
        for _ in 0..MOST_PASSES {
            // Without a newest match there is nothing that a pass could begin after.
            let again = self.position.walked.get(search.key);
            let ascending = again.is_some_and(|walked| walked.ascending && walked.newest.is_some());
            if !ascending || !matches!(end, WalkEnd::Complete { .. }) {
                break;
            }
            // A change during the walk may have slipped past it; what changed since begins a second pass.
            self.changed = 0;
            match self.walk(resource_type, search, true).await? {
                WalkEnd::Complete { .. } if self.changed == 0 => break,
                WalkEnd::Complete { .. } => {}
                other => end = other,
            }
        }
        Ok(end)
    }

    /// The walk of a search reached its last page: its position becomes the start of the next.
    pub(super) fn finish_search(
        &mut self,
        search: Search,
        underway: &Underway,
        ascending: bool,
        short: Option<String>,
    ) -> Result<(), PlainchartError> {
        let (now_ms, sync) = (self.now_ms, self.position.sync);
        let walked = self.position.walked.entry(search.key.to_owned()).or_default();
        walked.ascending = ascending;
        // An incremental walk that brought nothing keeps the start it had.
        walked.newest = underway.newest.clone().or(walked.newest.take());
        walked.as_of_ms = now_ms;
        walked.sync = sync;
        walked.problem = None;
        // What a full walk did not bring is asked for before it counts as full; before the first there was nothing, and
        // what is short is never asked for.
        if !underway.incremental {
            let counts_as_full = walked.full_ms == 0 || short.is_some();
            walked.full_ms = if counts_as_full { now_ms } else { LONG_AGO_MS };
        }
        if !underway.incremental {
            walked.short = short;
        }
        self.commit(None)
    }

    /// A list that is not whole says why (D6), and stays as of when it was; the next sync walks it from the beginning.
    fn mark_problem(&mut self, search: Search, code: &str) {
        let now_ms = self.now_ms;
        let walked = self.position.walked.entry(search.key.to_owned()).or_default();
        walked.asked_ms = now_ms;
        walked.ascending = false;
        walked.problem = Some(code.to_owned());
    }

    /// Commits what was filed, the position and the wants in one durable batch (D11).
    pub(super) fn commit(&mut self, underway: Option<Underway>) -> Result<(), PlainchartError> {
        self.position.underway = underway;
        if let Ok(counts) = self.fetcher.counts.lock() {
            self.position.server_date_ms = self.position.server_date_ms.max(counts.server_date_ms);
        }
        let bytes = serde_json::to_vec(&self.position).map_err(|_| PlainchartError::internal("position.write"))?;
        let mut batch = self.writer.take_batch()?;
        let scope = self.store.scope(self.chart, Classes::NONE)?;
        batch.put_value(scope, tree::tree(tree::WALK), POSITION.as_bytes(), &bytes);
        self.store.commit(self.chart, batch)
    }

    pub(super) fn count(&mut self, resource_type: &'static str, outcome: Outcome) {
        let report = self.types.entry(resource_type).or_insert_with(|| empty(resource_type));
        match outcome {
            Outcome::InChart(_) => report.received += 1,
            // It does not exist for this reader: no count either (N4).
            Outcome::NotForThisReader => {}
            // What the server says about the search is not a resource of the chart.
            Outcome::SetAside(SetAside::OperationOutcome) => {}
            Outcome::SetAside(reason) => {
                report.received += 1;
                report.set_aside += 1;
                *self.reasons.entry(reason.as_str()).or_default() += 1;
            }
        }
    }

    pub(super) fn count_withdrawn(&mut self, resource_type: &'static str) {
        self.types.entry(resource_type).or_insert_with(|| empty(resource_type)).withdrawn += 1;
    }

    pub(super) fn received(&self, resource_type: &str) -> u64 {
        self.types.get(resource_type).map_or(0, |report| report.received)
    }

    fn problem(&mut self, resource_type: &'static str, code: &'static str) {
        self.types.entry(resource_type).or_insert_with(|| empty(resource_type)).problem = Some(code);
    }

    fn report(self) -> SyncReport {
        let mut types = self.types;
        for (key, place) in self.writer.places() {
            let Some((resource_type, _)) = key.split_once('/') else { continue };
            if place.life != Life::Withdrawn
                && let Some(report) = types.get_mut(resource_type)
            {
                report.in_chart += 1;
            }
        }
        let is_proxy = self.writer.readable() != Classes::ALL;
        if is_proxy {
            return for_proxy(types);
        }
        let counts = self.fetcher.counts.lock().map(|counts| *counts).unwrap_or_default();
        SyncReport {
            person: String::new(),
            types: types.into_values().collect(),
            requests: counts.requests,
            bytes: counts.bytes,
            bodies: self.bodies,
            bodies_wanted: self.writer.wants().count() as u64,
            waited_seconds: counts.waited_seconds,
            reasons: self.reasons,
        }
    }
}

/// The stored position of a chart; an empty one if it was never synced.
///
/// # Errors
/// The vault's.
pub fn read_position(store: &Store, chart: ChartScope) -> Result<Position, PlainchartError> {
    match store.value(&chart, Classes::NONE, tree::WALK, POSITION)? {
        Some(bytes) => serde_json::from_slice(&bytes).map_err(|_| PlainchartError::VaultDamaged),
        None => Ok(Position::default()),
    }
}

fn empty(resource_type: &str) -> TypeReport {
    TypeReport { resource_type: resource_type.to_owned(), ..TypeReport::default() }
}

/// What a reader who may not hold everything is told: what they hold. How much came for it would tell of the rest (N4).
fn for_proxy(types: BTreeMap<&'static str, TypeReport>) -> SyncReport {
    let told = |report: TypeReport| TypeReport { received: report.in_chart, set_aside: 0, withdrawn: 0, ..report };
    let is_told =
        |report: &TypeReport| report.in_chart > 0 || PLAN.iter().any(|plan| plan.resource_type == report.resource_type);
    let types = types.into_values().filter(is_told).map(told);
    SyncReport { types: types.collect(), ..SyncReport::default() }
}
