//! Plainchart: a patient's chart, read in plain words, with or without a signal.
//!
//! [`Plainchart`] is the one way in: the command line and the bindings for Swift, Kotlin and Python sit on it. It
//! signs in to a hospital (SMART on FHIR), keeps the chart in an encrypted store, brings downloaded records in, and
//! reads notes and results with their words explained. No call about a chart goes without saying whose (P1), and every
//! one passes the gate and leaves its line in the access log (P2, P6).

mod cancel;
mod class_numbers;
mod clock;
mod connect;
mod error;
mod explain;
mod gate;
mod import;
mod ingest;
mod log_sync;
mod net;
mod random;
mod reading;
mod relanding;
mod sensitivity;
mod session;
mod spoken;
mod store;
mod stored;
mod sync;
mod syncing;
mod tokens;
mod upkeep;
mod views;
pub mod words;

use std::path::Path;
use std::sync::Arc;

use plainchart_access::PersonId as Person;

pub use cancel::CancelToken;
pub use clock::{Clock, FrozenClock, SystemClock};
pub use connect::{
    Candidate, Confirmation, ConnectRequest, Connected, ConnectedPerson, OfferView, Relation, SignInStep,
};
pub use error::{NotPermittedReason, PlainchartError, SignInReason, StorageReason};
pub use explain::{annotate, define};
pub use import::{ImportReport, ImportedPerson, SetAsideCount};
pub use plainchart_access::{Act, Basis, LogLine, Outcome, PersonId};
pub use plainchart_record::plot;
pub use plainchart_vault::{
    FileKey, FileKeystore, KeystoreError, MemoryKeystore, PassphraseCost, PlatformKeystore, Secret, Zeroizing,
    keystore_conformance,
};
pub use reading::Window;
pub use session::Configuration;
pub use store::Opened;
pub use sync::{Progress, ProgressListener, Quiet, SyncOptions, SyncReport, TypeReport};
pub use upkeep::{DoctorReport, LogCheck, LogEntry};
pub use url::Url;
pub use views::{
    AnalyteView, BandView, CorrectedView, CriticalView, PanelLine, PanelView, PointView, ResultDetail,
    ResultVersionView, SeriesView, TrendView, UndrawnView, WasView,
};
pub use views::{
    AttachmentSummary, AttachmentView, BlockView, CameOfView, CellView, ItemView, LineView, MedicineView, MentionView,
    PieceView, ReferralView, RenditionView, SpokenSection, StateView, StyleView, SupplyView, VersionView,
};
pub use views::{
    ChartView, DefinitionView, EntryKind, EntryView, FactView, LinkView, Listing, MarkView, MomentView, NoteSummary,
    NoteView, PartyView, PersonView, Reader, ResultView, RoleView, SectionView, SenseView, SourceState, Time,
};

use session::Session;

/// An open store. Cheap to clone; all clones are one. Calls may come from any thread.
#[derive(Clone, Debug)]
pub struct Plainchart {
    session: Arc<Session>,
}

impl Plainchart {
    /// Opens the store in the configuration's folder and unlocks it through the keystore's slot `device`; makes one
    /// where there is none.
    ///
    /// # Errors
    /// `VaultLocked` for a wrong key, `StorageUnavailable`, `VaultDamaged`, `InvalidInput{ca}`. Nothing is moved or
    /// deleted by any of them (V4).
    pub fn open(
        configuration: &Configuration,
        keystore: Arc<dyn PlatformKeystore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, PlainchartError> {
        Ok(Self { session: Arc::new(Session::open(configuration, keystore, clock)?) })
    }

    /// What opening found.
    #[must_use]
    pub fn opened(&self) -> Opened {
        self.session.opened
    }

    /// Everyone whose chart is here.
    ///
    /// # Errors
    /// `VaultLocked`, the vault's.
    pub fn people(&self) -> Result<Vec<PersonView>, PlainchartError> {
        self.session.people()
    }

    /// One person.
    ///
    /// # Errors
    /// `NotFound`, the vault's.
    pub fn person(&self, person: &Person) -> Result<PersonView, PlainchartError> {
        self.session.person(person)
    }

    /// The person with this id, or the only one whose name holds these words (in any case).
    ///
    /// # Errors
    /// `InvalidInput{person}` if nobody fits, or more than one; the vault's.
    pub fn find_person(&self, text: &str) -> Result<Person, PlainchartError> {
        let people = self.people()?;
        let wanted = text.trim().to_lowercase();
        if wanted.is_empty() {
            return Err(PlainchartError::invalid("person"));
        }
        let is_named = |person: &&PersonView| {
            let name = person.name.as_deref().unwrap_or_default().to_lowercase();
            name == wanted || name.split_whitespace().any(|word| word == wanted)
        };
        let by_id: Vec<&PersonView> = people.iter().filter(|person| person.id == wanted).collect();
        let found = if by_id.is_empty() { people.iter().filter(is_named).collect() } else { by_id };
        match found.as_slice() {
            [one] => Person::try_from(one.id.clone()).map_err(|_| PlainchartError::internal("person.id")),
            _ => Err(PlainchartError::invalid("person")),
        }
    }

    /// Starts a sign-in and answers with the address for the browser (A12: the app shows it, never the core).
    ///
    /// # Errors
    /// `InvalidInput{base}`, `ServerProblem`, `Offline`, the vault's.
    pub async fn begin_sign_in(&self, request: &ConnectRequest, cancel: &CancelToken) -> Result<Url, PlainchartError> {
        self.session.begin_sign_in(request, cancel).await
    }

    /// Whether an address is the answer to a sign-in that waits here. No side effect (A16).
    ///
    /// # Errors
    /// The vault's.
    pub fn owns_callback(&self, url: &str) -> Result<bool, PlainchartError> {
        self.session.owns_callback(url)
    }

    /// Takes the browser's answer. Nothing is kept before [`Plainchart::confirm`].
    ///
    /// # Errors
    /// `SignInRequired{bad_callback}`, `{declined}`; `ServerProblem`, `Offline`, the vault's.
    pub async fn complete_sign_in(&self, callback: &str, cancel: &CancelToken) -> Result<SignInStep, PlainchartError> {
        self.session.complete_sign_in(callback, cancel).await
    }

    /// The reader said who this is.
    ///
    /// # Errors
    /// `NotFound` for an offer that is gone, `InvalidInput`, the vault's.
    pub fn confirm(&self, offer: &str, confirmation: &Confirmation) -> Result<Connected, PlainchartError> {
        self.session.confirm(offer, confirmation)
    }

    /// The reader said no: no chart is made, and the access is given back. Always answers with an error that says so.
    ///
    /// # Errors
    /// `SignInRequired{not_this_person}`, `NotFound`, the vault's.
    pub async fn decline(&self, offer: &str) -> Result<(), PlainchartError> {
        self.session.decline(offer).await
    }

    /// Fetches what is new for a person. Reading goes on meanwhile (D5).
    ///
    /// # Errors
    /// `SignInRequired`, `LeaseEnded`, `Offline`, `ServerBusy`, `ServerProblem`, `NotPermitted`, `Cancelled`, the
    /// vault's. What came before an error is kept, and the next sync goes on from there (D11).
    pub async fn sync(
        &self,
        person: &Person,
        options: SyncOptions,
        listener: Arc<dyn ProgressListener>,
        cancel: &CancelToken,
    ) -> Result<SyncReport, PlainchartError> {
        self.session.sync(person, options, &listener, cancel).await
    }

    /// Brings a downloaded record in: a FHIR Bundle, a resource, NDJSON, or a folder of these.
    ///
    /// # Errors
    /// `InvalidInput{path}`, `InvalidInput{person}`, `Cancelled`, the vault's.
    pub fn import(
        &self,
        path: &Path,
        person: Option<&Person>,
        listener: Arc<dyn ProgressListener>,
        cancel: &CancelToken,
    ) -> Result<ImportReport, PlainchartError> {
        self.session.import(path, person, &listener, cancel)
    }

    /// The notes of a person, newest first.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`, the vault's.
    pub fn notes(&self, person: &Person, window: Window) -> Result<Listing<NoteSummary>, PlainchartError> {
        self.session.notes(person, window)
    }

    /// The results and vital signs of a person, newest first.
    ///
    /// # Errors
    /// As [`Plainchart::notes`].
    pub fn results(&self, person: &Person, window: Window) -> Result<Listing<ResultView>, PlainchartError> {
        self.session.results(person, window)
    }

    /// The reports of a person, newest first, each with its results in the lab's order; results that are in no report
    /// stand between them.
    ///
    /// # Errors
    /// As [`Plainchart::notes`].
    pub fn panels(&self, person: &Person, window: Window) -> Result<Listing<PanelView>, PlainchartError> {
        self.session.panels(person, window)
    }

    /// One report, open. `report`: its opaque id.
    ///
    /// # Errors
    /// As [`Plainchart::notes`].
    pub fn panel(&self, person: &Person, report: &str) -> Result<PanelView, PlainchartError> {
        self.session.panel(person, report)
    }

    /// One result, open: its parts, versions and links, and a form for reading aloud. `result`: its opaque id, or that
    /// of a component.
    ///
    /// # Errors
    /// As [`Plainchart::notes`].
    pub fn result(&self, person: &Person, result: &str) -> Result<ResultDetail, PlainchartError> {
        self.session.result(person, result)
    }

    /// The tests of a person that can be shown over time, the newest value first.
    ///
    /// # Errors
    /// As [`Plainchart::notes`].
    pub fn analytes(&self, person: &Person) -> Result<Listing<AnalyteView>, PlainchartError> {
        self.session.analytes(person)
    }

    /// The values of a test over time, from all sources (R2). `key`: a result's opaque id, the `analyte` of a result, or
    /// a LOINC code.
    ///
    /// # Errors
    /// As [`Plainchart::notes`].
    pub fn trend(&self, person: &Person, key: &str) -> Result<TrendView, PlainchartError> {
        self.session.trend(person, key)
    }

    /// The same with a layout on `width` by `height` units, for one's own drawing.
    ///
    /// # Errors
    /// As [`Plainchart::notes`].
    pub fn trend_plot(
        &self,
        person: &Person,
        key: &str,
        width: u32,
        height: u32,
    ) -> Result<(TrendView, plot::Plot), PlainchartError> {
        self.session.trend_plot(person, key, width, height)
    }

    /// The same as an SVG drawing in `currentColor`, without script, with a title and a description to be read out.
    ///
    /// # Errors
    /// As [`Plainchart::notes`].
    pub fn trend_svg(&self, person: &Person, key: &str, width: u32, height: u32) -> Result<String, PlainchartError> {
        self.session.trend_svg(person, key, width, height)
    }

    /// One list of the record: conditions, allergies, visits ..., newest first.
    ///
    /// # Errors
    /// As [`Plainchart::notes`].
    pub fn entries(
        &self,
        person: &Person,
        kind: EntryKind,
        window: Window,
    ) -> Result<Listing<EntryView>, PlainchartError> {
        self.session.entries(person, kind, window)
    }

    /// One entry of such a list, open: a visit with what belongs to it.
    ///
    /// # Errors
    /// As [`Plainchart::notes`].
    pub fn entry(&self, person: &Person, entry: &str) -> Result<EntryView, PlainchartError> {
        self.session.entry(person, entry)
    }

    /// The medicines on the lists of a person's sources: source by source, in each by state, in that newest first.
    ///
    /// # Errors
    /// As [`Plainchart::notes`].
    pub fn medicines(&self, person: &Person, window: Window) -> Result<Listing<MedicineView>, PlainchartError> {
        self.session.medicines(person, window)
    }

    /// The referrals and orders of a person, newest first, each with what came of it.
    ///
    /// # Errors
    /// As [`Plainchart::notes`].
    pub fn referrals(&self, person: &Person, window: Window) -> Result<Listing<ReferralView>, PlainchartError> {
        self.session.referrals(person, window)
    }

    /// One note with its sections and its words explained.
    ///
    /// # Errors
    /// As [`Plainchart::notes`]. A note without a body is no error: its remarks say why.
    pub fn read_note(&self, person: &Person, note: &str) -> Result<NoteView, PlainchartError> {
        self.session.read_note(person, note)
    }

    /// The same note from another of its files: `index` as in the note's `renditions`.
    ///
    /// # Errors
    /// As [`Plainchart::read_note`]; `NotFound` for a file that the note does not have.
    pub fn read_note_rendition(&self, person: &Person, note: &str, index: usize) -> Result<NoteView, PlainchartError> {
        self.session.read_note_rendition(person, note, index)
    }

    /// One of a note's files for the phone's own viewer or player, byte for byte: `index` as in the note's
    /// `attachments` or `renditions`.
    ///
    /// # Errors
    /// As [`Plainchart::notes`]; `NotFound` for a file that is not here.
    pub fn attachment(&self, person: &Person, note: &str, index: usize) -> Result<AttachmentView, PlainchartError> {
        self.session.attachment(person, note, index)
    }

    /// A note as it is read aloud; with `explain` what a word means is said after its first mention.
    ///
    /// # Errors
    /// As [`Plainchart::read_note`].
    pub fn spoken(&self, person: &Person, note: &str, explain: bool) -> Result<Vec<SpokenSection>, PlainchartError> {
        self.session.spoken(person, note, explain)
    }

    /// Whose note this is.
    ///
    /// # Errors
    /// `NotFound`, the vault's.
    pub fn whose_note(&self, note: &str) -> Result<Person, PlainchartError> {
        self.session.whose_note(note)
    }

    /// Who read what of this person's charts on this phone, oldest first.
    ///
    /// # Errors
    /// `NotFound`, the vault's.
    pub fn access_log(&self, person: &Person) -> Result<Vec<LogEntry>, PlainchartError> {
        self.session.access_log(person)
    }

    /// Verifies the chain of the whole access log.
    ///
    /// # Errors
    /// The vault's.
    pub fn verify_log(&self) -> Result<LogCheck, PlainchartError> {
        self.session.verify_log()
    }

    /// Signs out of a person's hospitals; what is saved stays readable.
    ///
    /// # Errors
    /// `NotFound`, the vault's.
    pub async fn sign_out(&self, person: &Person) -> Result<(), PlainchartError> {
        self.session.sign_out(person).await
    }

    /// Erases a person's charts for good.
    ///
    /// # Errors
    /// `NotFound`, the vault's.
    pub fn erase(&self, person: &Person) -> Result<(), PlainchartError> {
        self.session.erase(person)
    }

    /// Opens every block and verifies the log.
    ///
    /// # Errors
    /// The vault's.
    pub fn doctor(&self) -> Result<DoctorReport, PlainchartError> {
        self.session.doctor()
    }

    /// Wipes keys and everything that was read from memory; every call but [`Plainchart::unlock`] then says
    /// `VaultLocked`.
    ///
    /// # Errors
    /// The vault's; it is locked all the same.
    pub fn lock(&self) -> Result<(), PlainchartError> {
        self.session.lock()
    }

    /// Opens it again through the keystore's slot `device`.
    ///
    /// # Errors
    /// `VaultLocked`, the vault's.
    pub fn unlock(&self) -> Result<(), PlainchartError> {
        self.session.unlock()
    }

    /// Whether it is locked.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.session.store.is_locked()
    }

    /// Makes everything durable. The store closes when the last clone is dropped.
    ///
    /// # Errors
    /// The vault's.
    pub fn close(&self) -> Result<(), PlainchartError> {
        self.session.checkpoint_log()?;
        self.session.store.settle()
    }
}
