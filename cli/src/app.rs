//! A command at work: the home it reads, the store it opens, how it is stopped.

use std::fs;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plainchart::{CancelToken, Clock, Configuration, PersonId, PersonView, Plainchart, PlainchartError, SystemClock};
use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Runtime};

use crate::arguments::Shared;
use crate::failure::{Failure, exit, of_disk, of_keystore};
use crate::home::Home;
use crate::output::Output;
use crate::unlock::{self, Keystore};

/// Where the keystore keeps what follows; sealed, so that nobody slips a certificate in.
const SERVERS_SLOT: &str = "cli/servers";

/// Test servers that `connect` was told to trust, for the syncs that follow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Servers {
    /// Certificates on top of the bundled ones, PEM.
    #[serde(default)]
    pub roots_pem: String,
    /// Plain http to this computer.
    #[serde(default)]
    pub allow_http_loopback: bool,
}

impl Servers {
    /// What was asked for on the command line.
    ///
    /// # Errors
    /// `InvalidInput{ca}` if the file holds no certificate.
    pub fn asked(ca: Option<&Path>, allow_http_loopback: bool) -> Result<Self, Failure> {
        let mut servers = Self { allow_http_loopback, ..Self::default() };
        if let Some(file) = ca {
            let pem = fs::read_to_string(file).map_err(|_| PlainchartError::invalid("ca"))?;
            if !pem.contains("-----BEGIN CERTIFICATE-----") {
                return Err(PlainchartError::invalid("ca").into());
            }
            servers.roots_pem = format!("{}\n", pem.trim());
        }
        Ok(servers)
    }

    fn read(keystore: &Keystore) -> Result<Self, Failure> {
        let found = keystore.read(SERVERS_SLOT).map_err(of_keystore)?;
        Ok(found.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
    }

    /// Keeps them for the syncs that follow, beside those that were kept before.
    ///
    /// # Errors
    /// The keystore's.
    pub fn remember(&self, keystore: &Keystore) -> Result<(), Failure> {
        let before = Self::read(keystore)?;
        let mut all = before.clone();
        all.allow_http_loopback |= self.allow_http_loopback;
        if !all.roots_pem.contains(self.roots_pem.trim()) {
            all.roots_pem.push_str(&self.roots_pem);
        }
        if all == before {
            return Ok(());
        }
        let bytes = serde_json::to_vec(&all).map_err(|_| PlainchartError::internal("servers.write"))?;
        keystore.write(SERVERS_SLOT, &bytes).map_err(of_keystore)
    }

    /// The configuration of a store in this folder.
    pub fn configuration(&self, folder: &Path) -> Configuration {
        Configuration {
            folder: folder.to_owned(),
            extra_roots_pem: (!self.roots_pem.is_empty()).then(|| self.roots_pem.clone().into_bytes()),
            allow_http_loopback: self.allow_http_loopback,
        }
    }
}

/// A command at work.
pub struct App {
    pub home: Home,
    pub output: Output,
    given: Option<PathBuf>,
    clock: SystemClock,
}

impl App {
    /// # Errors
    /// `InvalidInput{home}`.
    pub fn new(shared: &Shared) -> Result<Self, Failure> {
        let home = Home::choose(shared.home.as_deref())?;
        let home = if shared.demo { home.demo() } else { home };
        Ok(Self { home, output: Output::new(shared.json), given: shared.home.clone(), clock: SystemClock })
    }

    /// `--home` as it was typed.
    pub fn given_home(&self) -> Option<&Path> {
        self.given.as_deref()
    }

    /// Wall time, ms since 1970 UTC.
    pub fn now_ms(&self) -> i64 {
        self.clock.wall_ms()
    }

    /// For measuring, ms.
    pub fn stopwatch_ms(&self) -> i64 {
        self.clock.monotonic_ms()
    }

    /// Opens the store, or makes one. Test servers that were signed in to before are trusted still.
    ///
    /// # Errors
    /// The keystore's and the vault's.
    pub fn open(&self) -> Result<Plainchart, Failure> {
        let keystore = unlock::keystore(&self.home)?;
        let servers = Servers::read(&keystore)?;
        self.open_store(&servers, &keystore)
    }

    /// Opens the store, or makes one, and trusts these test servers only: what was allowed for one sign-in is not
    /// allowed for the next.
    ///
    /// # Errors
    /// The keystore's and the vault's.
    pub fn open_trusting(&self, servers: &Servers) -> Result<(Plainchart, Keystore), Failure> {
        let keystore = unlock::keystore(&self.home)?;
        Ok((self.open_store(servers, &keystore)?, keystore))
    }

    fn open_store(&self, servers: &Servers, keystore: &Keystore) -> Result<Plainchart, Failure> {
        Ok(Plainchart::open(&servers.configuration(&self.home.store()), Arc::clone(keystore), Arc::new(self.clock))?)
    }

    /// Opens a store that is there: reading never makes one.
    ///
    /// # Errors
    /// `NotFound` where there is no store; as [`App::open`].
    pub fn open_existing(&self) -> Result<Plainchart, Failure> {
        if self.is_empty()? { Err(PlainchartError::NotFound.into()) } else { self.open() }
    }

    /// Whether no store was ever made here.
    ///
    /// # Errors
    /// The disk's.
    pub fn is_empty(&self) -> Result<bool, Failure> {
        Ok(self.home.made_with()?.is_none())
    }

    /// A person of the store, by id or name.
    ///
    /// # Errors
    /// `InvalidInput{person}`.
    pub fn person(&self, store: &Plainchart, text: &str) -> Result<(PersonId, PersonView), Failure> {
        let id = store.find_person(text)?;
        let view = store.person(&id)?;
        Ok((id, view))
    }

    /// A sentence beside the answer.
    ///
    /// # Errors
    /// When nobody reads it.
    pub fn note(&self, sentence: &str) -> Result<(), Failure> {
        Ok(writeln!(std::io::stderr(), "{sentence}")?)
    }
}

/// The runtime for commands that talk to a hospital.
///
/// # Errors
/// `Internal`.
pub fn runtime() -> Result<Runtime, Failure> {
    let made = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    Ok(made.map_err(|_| PlainchartError::internal("runtime"))?)
}

/// A handle that Ctrl-C pulls: the first asks to stop between two steps, the second ends the process.
pub fn cancel_on_interrupt(runtime: &Runtime) -> CancelToken {
    let cancel = CancelToken::new();
    let pulled = cancel.clone();
    runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            pulled.cancel();
        }
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(i32::from(exit::NOT_DONE));
        }
    });
    cancel
}

/// Reads a text that was handed in, at most this long.
///
/// # Errors
/// `InvalidInput{path}`; the disk's.
pub fn read_text(file: &Path, most_bytes: u64) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = |reader: &mut dyn std::io::Read, bytes: &mut Vec<u8>| {
        std::io::Read::take(reader, most_bytes + 1).read_to_end(bytes).map(|_| ())
    };
    let read = match file.to_str() {
        Some("-") => read(&mut std::io::stdin().lock(), &mut bytes),
        _ => fs::File::open(file).and_then(|mut file| read(&mut file, &mut bytes)),
    };
    match read {
        Ok(()) if bytes.len() as u64 > most_bytes => {
            Err(Failure::said(exit::INVALID_INPUT, "This text is too long to explain at once."))
        }
        Ok(()) => {
            Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(PlainchartError::invalid("path").into()),
        Err(error) if error.kind() == std::io::ErrorKind::IsADirectory => Err(PlainchartError::invalid("path").into()),
        Err(error) => Err(of_disk(&error)),
    }
}
