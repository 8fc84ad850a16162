//! A phone with the core on it: opens a store, signs in, syncs, reads, is closed and opened again.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use plainchart::{
    Basis, CancelToken, Clock, Configuration, Confirmation, ConnectRequest, FileKey, FileKeystore, FrozenClock,
    ImportReport, Listing, NoteSummary, NoteView, OfferView, PersonId as Person, Plainchart, PlainchartError,
    PlatformKeystore, Progress, ProgressListener, Quiet, Relation, ResultView, SignInStep, SyncOptions, SyncReport,
    SystemClock, Window,
};
use plainchart_sandbox::Sandbox;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// The key of every test's keystore file: what it guards is made up.
pub const KEY: [u8; 32] = [7; 32];
/// Where the browser comes back to.
pub const REDIRECT: &str = "org.plainchart.app:/callback";
/// The app as the hospitals know it.
pub const CLIENT: &str = "plainchart-demo";
/// Milliseconds of a day.
pub const DAY_MS: i64 = 24 * 3_600_000;

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime"));

/// Runs a call of the facade to its end.
pub fn wait<F: Future>(call: F) -> F::Output {
    RUNTIME.block_on(call)
}

/// Remembers what it is told.
#[derive(Default)]
struct Told(Mutex<Vec<Progress>>);

impl ProgressListener for Told {
    fn progress(&self, progress: &Progress) -> Result<(), PlainchartError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(progress.clone());
        Ok(())
    }
}

/// A phone.
pub struct Phone {
    app: Option<Plainchart>,
    /// Its clock; it stands still until it is moved.
    pub clock: Arc<FrozenClock>,
    configuration: Configuration,
    keystore_file: PathBuf,
    home: TempDir,
}

impl Phone {
    /// A new phone that trusts this hospital's certificate, with an empty store.
    #[must_use]
    pub fn for_hospital(hospital: &Sandbox) -> Self {
        Self::with_roots(hospital.ca_pem().map(|pem| pem.as_bytes().to_vec()))
    }

    /// The same with the time it has: two phones of one time can be compared.
    #[must_use]
    pub fn at_time(hospital: &Sandbox, now_ms: i64) -> Self {
        let roots = hospital.ca_pem().map(|pem| pem.as_bytes().to_vec());
        Self::at(tempfile::tempdir().expect("a folder"), roots, Arc::new(FrozenClock::at(now_ms)))
    }

    /// A new phone without a hospital.
    #[must_use]
    pub fn alone() -> Self {
        Self::with_roots(None)
    }

    fn with_roots(extra_roots_pem: Option<Vec<u8>>) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(FrozenClock::at(SystemClock.wall_ms()));
        Self::at(home, extra_roots_pem, clock)
    }

    fn at(home: TempDir, extra_roots_pem: Option<Vec<u8>>, clock: Arc<FrozenClock>) -> Self {
        let configuration =
            Configuration { folder: home.path().join("store"), extra_roots_pem, allow_http_loopback: true };
        let keystore_file = home.path().join("keystore");
        let mut phone = Self { app: None, clock, configuration, keystore_file, home };
        phone.reopen();
        phone
    }

    /// Another phone with the same bytes on its disk, as they are now; it is not open yet.
    #[must_use]
    pub fn copy_of_disk(&self) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        crate::disk::copy(self.home.path(), home.path());
        let configuration = Configuration { folder: home.path().join("store"), ..self.configuration.clone() };
        let clock = Arc::new(FrozenClock::at(self.clock.wall_ms()));
        Self { app: None, clock, configuration, keystore_file: home.path().join("keystore"), home }
    }

    /// The open app.
    ///
    /// # Panics
    /// If it is closed.
    #[must_use]
    pub fn app(&self) -> &Plainchart {
        self.app.as_ref().expect("the app is open")
    }

    /// The store's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.configuration.folder
    }

    /// The folder that holds the store and the keystore's file.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// How the store is opened.
    #[must_use]
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// The keystore, read from its file.
    #[must_use]
    pub fn keystore(&self) -> Arc<dyn PlatformKeystore> {
        Arc::new(FileKeystore::open(&self.keystore_file, &FileKey::Given(&KEY)).expect("the keystore opens"))
    }

    /// Ends the app: all that was in memory is gone.
    pub fn close(&mut self) {
        self.app = None;
    }

    /// Starts the app again over what lies on the disk.
    pub fn reopen(&mut self) {
        self.try_reopen().expect("the store opens");
    }

    /// The same, where it may fail.
    ///
    /// # Errors
    /// Why the store did not open.
    pub fn try_reopen(&mut self) -> Result<(), PlainchartError> {
        self.close();
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as Arc<dyn Clock>;
        self.app = Some(Plainchart::open(&self.configuration, self.keystore(), clock)?);
        Ok(())
    }

    /// What the app asks a hospital for.
    #[must_use]
    pub fn request(&self, base: &str) -> ConnectRequest {
        ConnectRequest {
            base: base.to_owned(),
            client_id: CLIENT.to_owned(),
            redirect_uri: REDIRECT.to_owned(),
            scope: None,
        }
    }

    /// Starts a sign-in; the address for the browser.
    ///
    /// # Errors
    /// The facade's.
    pub fn begin(&self, base: &str) -> Result<String, PlainchartError> {
        let request = self.request(base);
        wait(self.app().begin_sign_in(&request, &CancelToken::new())).map(|url| url.to_string())
    }

    /// Hands the browser's answer in.
    ///
    /// # Errors
    /// The facade's.
    pub fn complete(&self, callback: &str) -> Result<SignInStep, PlainchartError> {
        wait(self.app().complete_sign_in(callback, &CancelToken::new()))
    }

    /// From the address of the hospital to the question "is this you?".
    ///
    /// # Errors
    /// The facade's.
    pub fn sign_in(&self, hospital: &Sandbox, login: &str, patient: &str) -> Result<OfferView, PlainchartError> {
        let url = self.begin(&hospital.base())?;
        let callback = hospital.approve(&url, login, patient).expect("the browser comes back");
        match self.complete(&callback)? {
            SignInStep::Offer(offer) => Ok(offer),
            SignInStep::OpenBrowser(_) => panic!("this hospital knows its scopes"),
        }
    }

    /// The reader's answer to the question.
    ///
    /// # Panics
    /// If the offer does not reach the patient.
    #[must_use]
    pub fn confirm(&self, offer: &OfferView, patient: &str, relation: Relation) -> Person {
        let confirmation = Confirmation { patient: patient.to_owned(), relation, person: None };
        let connected = self.app().confirm(&offer.id, &confirmation).expect("a confirmed offer");
        Person::try_from(connected.person.id).expect("a person's id")
    }

    /// Signs in and confirms.
    ///
    /// # Panics
    /// If any step fails.
    #[must_use]
    pub fn connect(&self, hospital: &Sandbox, login: &str, patient: &str, relation: Relation) -> Person {
        let offer = self.sign_in(hospital, login, patient).expect("a sign-in");
        let patient = offer.candidates.first().expect("somebody").patient.clone();
        self.confirm(&offer, &patient, relation)
    }

    /// "I help this person", until the end of the day after tomorrow.
    #[must_use]
    pub fn helper(&self) -> Relation {
        Relation::Helper { basis: Basis::Helper, until_ms: Some(self.clock.wall_ms() + 2 * DAY_MS) }
    }

    /// Syncs, a second later than whatever was before.
    ///
    /// # Errors
    /// The facade's.
    pub fn sync(&self, person: &Person) -> Result<SyncReport, PlainchartError> {
        self.sync_with(person, SyncOptions::default(), &CancelToken::new())
    }

    /// Syncs everything, whatever was walked before.
    ///
    /// # Errors
    /// The facade's.
    pub fn sync_full(&self, person: &Person) -> Result<SyncReport, PlainchartError> {
        self.sync_with(person, SyncOptions { full: true }, &CancelToken::new())
    }

    /// Syncs, and can be stopped.
    ///
    /// # Errors
    /// The facade's.
    pub fn sync_with(
        &self,
        person: &Person,
        options: SyncOptions,
        cancel: &CancelToken,
    ) -> Result<SyncReport, PlainchartError> {
        self.clock.advance(1000);
        wait(self.app().sync(person, options, Arc::new(Quiet), cancel))
    }

    /// Syncs, and tells every step of it.
    ///
    /// # Errors
    /// The facade's.
    pub fn sync_telling(
        &self,
        person: &Person,
        options: SyncOptions,
    ) -> Result<(SyncReport, Vec<Progress>), PlainchartError> {
        self.clock.advance(1000);
        let told = Arc::new(Told::default());
        let listener = Arc::clone(&told) as Arc<dyn ProgressListener>;
        let report = wait(self.app().sync(person, options, listener, &CancelToken::new()))?;
        let steps = told.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok((report, steps))
    }

    /// All notes.
    ///
    /// # Panics
    /// If they cannot be listed.
    #[must_use]
    pub fn notes(&self, person: &Person) -> Listing<NoteSummary> {
        self.app().notes(person, Window::ALL).expect("a list of notes")
    }

    /// All results.
    ///
    /// # Panics
    /// If they cannot be listed.
    #[must_use]
    pub fn results(&self, person: &Person) -> Listing<ResultView> {
        self.app().results(person, Window::ALL).expect("a list of results")
    }

    /// The note that holds these words, open.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn read(&self, person: &Person, words: &str) -> NoteView {
        self.find(person, words).expect("a note with these words")
    }

    /// The same, if there is one.
    ///
    /// # Panics
    /// If a listed note does not open.
    #[must_use]
    pub fn find(&self, person: &Person, words: &str) -> Option<NoteView> {
        let mut notes = self.notes(person).items.into_iter();
        notes.find_map(|note| {
            let note = self.app().read_note(person, &note.id).expect("a listed note opens");
            text_of(&note).contains(words).then_some(note)
        })
    }

    /// Brings a file or folder in.
    ///
    /// # Errors
    /// The facade's.
    pub fn import(&self, path: &Path) -> Result<ImportReport, PlainchartError> {
        self.app().import(path, None, Arc::new(Quiet), &CancelToken::new())
    }
}

/// The whole text of a note.
#[must_use]
pub fn text_of(note: &NoteView) -> String {
    let headings = |section: &plainchart::SectionView| section.heading.clone().unwrap_or_default();
    note.sections.iter().map(|section| format!("{}\n{}\n", headings(section), section.text)).collect()
}
