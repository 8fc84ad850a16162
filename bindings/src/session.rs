//! The session: an open store.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use plainchart::{
    Basis, Confirmation, ConnectRequest, PersonId, Plainchart, Relation, SyncOptions, SystemClock, Window,
};

use crate::conversion::all;
use crate::error::PlainchartError;
use crate::keystore::{ForeignKeystore, PlatformKeystore};
use crate::listener::{CancelHandle, ForeignListener, SessionListener};
use crate::records::{
    Configuration, Connected, Definition, ImportSummary, LogLine, Mark, NoteList, NoteView, PersonView, ResultList,
    SignInStep, SyncSummary,
};
use crate::runtime::{blocking, spawn};

/// Opens the store in the configuration's folder, or makes one where there is none.
///
/// # Errors
/// `VaultLocked` for a wrong key, `StorageUnavailable`, `VaultDamaged`, `InvalidInput`. Nothing is moved or deleted.
#[uniffi::export]
pub async fn open_session(
    configuration: Configuration,
    keystore: Arc<dyn PlatformKeystore>,
) -> Result<Arc<PlainchartSession>, PlainchartError> {
    let configuration = plainchart::Configuration {
        folder: PathBuf::from(configuration.folder),
        extra_roots_pem: configuration.extra_roots_pem.map(String::into_bytes),
        allow_http_loopback: configuration.allow_http_loopback,
    };
    let keystore = Arc::new(ForeignKeystore(keystore));
    let open = move || Plainchart::open(&configuration, keystore, Arc::new(SystemClock));
    Ok(Arc::new(PlainchartSession { open: RwLock::new(Some(blocking(open).await?)) }))
}

/// Marks the words of a text that is nobody's chart. Needs no session.
///
/// # Errors
/// None today; fallible so that a defect cannot end the app.
#[uniffi::export]
pub async fn annotate(text: String) -> Result<Vec<Mark>, PlainchartError> {
    Ok(all(blocking(move || Ok(plainchart::annotate(&text))).await?))
}

/// Looks a word up. Needs no session.
///
/// # Errors
/// `InvalidInput` for an empty word.
#[uniffi::export]
pub async fn define(word: String, language: Option<String>) -> Result<Definition, PlainchartError> {
    Ok(blocking(move || plainchart::define(&word, language.as_deref())).await?.into())
}

/// An open store. Every call about a chart says whose. Close it when the app is done.
#[derive(uniffi::Object)]
pub struct PlainchartSession {
    open: RwLock<Option<Plainchart>>,
}

impl PlainchartSession {
    fn core(&self) -> Result<Plainchart, PlainchartError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.clone().ok_or_else(|| PlainchartError::internal("session.closed"))
    }
}

fn person_id(person: String) -> Result<PersonId, PlainchartError> {
    PersonId::try_from(person).map_err(|_| PlainchartError::invalid("person"))
}

fn window(offset: u64, limit: u64) -> Window {
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    Window { offset: size(offset), limit: size(limit) }
}

#[uniffi::export]
impl PlainchartSession {
    /// Everyone whose chart is here.
    ///
    /// # Errors
    /// `VaultLocked`.
    pub async fn people(&self) -> Result<Vec<PersonView>, PlainchartError> {
        let core = self.core()?;
        Ok(all(blocking(move || core.people()).await?))
    }

    /// Starts a sign-in; open the address in the system's browser, never in a web view.
    ///
    /// # Errors
    /// `InvalidInput`, `ServerProblem`, `Offline`.
    pub async fn begin_sign_in(
        &self,
        base: String,
        client_id: String,
        redirect_uri: String,
        cancel: Option<Arc<CancelHandle>>,
    ) -> Result<String, PlainchartError> {
        let core = self.core()?;
        let cancel = CancelHandle::token(cancel.as_ref());
        let request = ConnectRequest { base, client_id, redirect_uri, scope: None };
        let url = spawn(async move { core.begin_sign_in(&request, &cancel).await }).await?;
        Ok(url.to_string())
    }

    /// Whether an address that the app was opened with belongs to a sign-in. No side effect.
    ///
    /// # Errors
    /// `VaultLocked`: unlock first, then ask again.
    pub async fn owns_callback(&self, url: String) -> Result<bool, PlainchartError> {
        let core = self.core()?;
        blocking(move || core.owns_callback(&url)).await
    }

    /// Hands the browser's answer in.
    ///
    /// # Errors
    /// `SignInRequired`, `ServerProblem`, `Offline`.
    pub async fn complete_sign_in(
        &self,
        callback: String,
        cancel: Option<Arc<CancelHandle>>,
    ) -> Result<SignInStep, PlainchartError> {
        let core = self.core()?;
        let cancel = CancelHandle::token(cancel.as_ref());
        Ok(spawn(async move { core.complete_sign_in(&callback, &cancel).await }).await?.into())
    }

    /// The reader said who this is: `is_reader` true for "this is me", false for "I help this person".
    ///
    /// # Errors
    /// `NotFound` for an offer that is gone, `InvalidInput`.
    pub async fn confirm(
        &self,
        offer: String,
        patient: String,
        is_reader: bool,
        person: Option<String>,
    ) -> Result<Connected, PlainchartError> {
        let core = self.core()?;
        let relation =
            if is_reader { Relation::Own } else { Relation::Helper { basis: Basis::Helper, until_ms: None } };
        let person = person.map(person_id).transpose()?;
        let confirmation = Confirmation { patient, relation, person };
        Ok(blocking(move || core.confirm(&offer, &confirmation)).await?.into())
    }

    /// The reader said no: nothing is kept.
    ///
    /// # Errors
    /// `SignInRequired` always: it says what happened.
    pub async fn decline(&self, offer: String) -> Result<(), PlainchartError> {
        let core = self.core()?;
        spawn(async move { core.decline(&offer).await }).await
    }

    /// Fetches what is new for a person. Reading goes on meanwhile.
    ///
    /// # Errors
    /// `SignInRequired`, `LeaseEnded`, `Offline`, `ServerBusy`, `ServerProblem`, `Cancelled`. What came is kept.
    pub async fn sync(
        &self,
        person: String,
        listener: Option<Arc<dyn SessionListener>>,
        cancel: Option<Arc<CancelHandle>>,
    ) -> Result<SyncSummary, PlainchartError> {
        let (core, person) = (self.core()?, person_id(person)?);
        let cancel = CancelHandle::token(cancel.as_ref());
        let listener = Arc::new(ForeignListener(listener));
        let sync = async move { core.sync(&person, SyncOptions::default(), listener, &cancel).await };
        Ok(spawn(sync).await?.into())
    }

    /// Brings a downloaded record in.
    ///
    /// # Errors
    /// `InvalidInput`, `Cancelled`.
    pub async fn import_record(
        &self,
        path: String,
        person: Option<String>,
        listener: Option<Arc<dyn SessionListener>>,
        cancel: Option<Arc<CancelHandle>>,
    ) -> Result<ImportSummary, PlainchartError> {
        let core = self.core()?;
        let person = person.map(person_id).transpose()?;
        let cancel = CancelHandle::token(cancel.as_ref());
        let listener = Arc::new(ForeignListener(listener));
        let path = PathBuf::from(path);
        Ok(blocking(move || core.import(&path, person.as_ref(), listener, &cancel)).await?.into())
    }

    /// The notes of a person, newest first.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`.
    pub async fn notes(&self, person: String, offset: u64, limit: u64) -> Result<NoteList, PlainchartError> {
        let (core, person) = (self.core()?, person_id(person)?);
        Ok(blocking(move || core.notes(&person, window(offset, limit))).await?.into())
    }

    /// One note with its words explained: one call for one screen.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`.
    pub async fn read_note(&self, person: String, note: String) -> Result<NoteView, PlainchartError> {
        let (core, person) = (self.core()?, person_id(person)?);
        Ok(blocking(move || core.read_note(&person, &note)).await?.into())
    }

    /// The results and vital signs of a person, newest first.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`.
    pub async fn results(&self, person: String, offset: u64, limit: u64) -> Result<ResultList, PlainchartError> {
        let (core, person) = (self.core()?, person_id(person)?);
        Ok(blocking(move || core.results(&person, window(offset, limit))).await?.into())
    }

    /// Who read what of this person's chart on this phone, oldest first.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`.
    pub async fn access_log(&self, person: String) -> Result<Vec<LogLine>, PlainchartError> {
        let (core, person) = (self.core()?, person_id(person)?);
        Ok(all(blocking(move || core.access_log(&person)).await?))
    }

    /// Erases a person's charts for good.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn erase(&self, person: String) -> Result<(), PlainchartError> {
        let (core, person) = (self.core()?, person_id(person)?);
        blocking(move || core.erase(&person)).await
    }

    /// Wipes keys and everything read from memory. Every call but `unlock` then says `VaultLocked`.
    ///
    /// # Errors
    /// `StorageUnavailable`; it is locked all the same.
    pub async fn lock(&self) -> Result<(), PlainchartError> {
        let core = self.core()?;
        blocking(move || core.lock()).await
    }

    /// Opens it again. Show the device's prompt first.
    ///
    /// # Errors
    /// `VaultLocked`.
    pub async fn unlock(&self) -> Result<(), PlainchartError> {
        let core = self.core()?;
        blocking(move || core.unlock()).await
    }

    /// Makes everything durable and closes the store. Every later call is an error.
    ///
    /// # Errors
    /// `StorageUnavailable`; it is closed all the same.
    pub async fn close(&self) -> Result<(), PlainchartError> {
        let open = self.open.write().unwrap_or_else(PoisonError::into_inner).take();
        match open {
            Some(core) => blocking(move || core.close()).await,
            None => Ok(()),
        }
    }
}
