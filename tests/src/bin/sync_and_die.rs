//! Opens a store and syncs a person over plain http on loopback. The tests kill it while it does.
//!
//! `sync-and-die HOME PERSON WALL_MS`; exit code 0: the sync ended.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use plainchart::{
    CancelToken, Configuration, FileKey, FileKeystore, FrozenClock, PersonId as Person, Plainchart, PlainchartError,
    Quiet, SyncOptions,
};
use plainchart_tests::phone::{KEY, wait};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [home, person, wall_ms] = arguments.as_slice() else { return ExitCode::from(64) };
    match sync(&PathBuf::from(home), person, wall_ms.parse().unwrap_or_default()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => ExitCode::from(error.exit_code()),
    }
}

fn sync(home: &std::path::Path, person: &str, wall_ms: i64) -> Result<(), PlainchartError> {
    let keystore = FileKeystore::open(&home.join("keystore"), &FileKey::Given(&KEY))?;
    let configuration = Configuration { folder: home.join("store"), extra_roots_pem: None, allow_http_loopback: true };
    let clock = Arc::new(FrozenClock::at(wall_ms));
    let app = Plainchart::open(&configuration, Arc::new(keystore), clock)?;
    let person = Person::try_from(person.to_owned()).map_err(|_| PlainchartError::NotFound)?;
    wait(app.sync(&person, SyncOptions::default(), Arc::new(Quiet), &CancelToken::new()))?;
    app.close()
}
