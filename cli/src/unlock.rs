//! Which key opens a home (DESIGN "Keystore of the command line").

use std::env;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use plainchart::{FileKey, FileKeystore, KeystoreError, PassphraseCost, PlainchartError, PlatformKeystore};
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use crate::failure::{Failure, exit, of_disk, of_keystore};
use crate::home::{Home, MadeWith, write_private};
use crate::keychain::{self, Key};
use crate::terminal;

const VARIABLE: &str = "PLAINCHART_PASSPHRASE";
/// For a passphrase that is chosen on a terminal.
const SHORTEST_PASSPHRASE: usize = 8;

/// A keystore to open the store with.
pub type Keystore = Arc<dyn PlatformKeystore>;

/// Opens the home's keystore, or makes one: `PLAINCHART_PASSPHRASE`, else the system keychain, else a prompt, else
/// nothing opens. A home stays with what it was made with.
///
/// # Errors
/// `VaultLocked` where no key is to be had or it is the wrong one; the disk's.
pub fn keystore(home: &Home) -> Result<Keystore, Failure> {
    let made_with = home.made_with()?;
    if made_with == Some(MadeWith::Demo) {
        return open(home, &FileKey::Given(&*demo_key(home)?));
    }
    if let Some(passphrase) = passphrase_from_environment()? {
        return with_passphrase(home, &passphrase, made_with.as_ref());
    }
    match &made_with {
        Some(MadeWith::Keychain { account }) => {
            let key = keychain::look_up(account).ok_or_else(|| {
                Failure::said(
                    exit::LOCKED,
                    "The system keychain that holds the key did not answer. Unlock it and try again.",
                )
            })?;
            open(home, &FileKey::Given(&key))
        }
        Some(_) => with_passphrase(home, &prompt("Passphrase: ")?, made_with.as_ref()),
        None => match new_key_in_keychain(home)? {
            Some(keystore) => Ok(keystore),
            None => with_passphrase(home, &choose_passphrase()?, None),
        },
    }
}

/// Opens the demo's keystore, or makes one with a plain key beside it.
///
/// # Errors
/// The disk's; `InvalidInput{home}` when the folder is a home for real charts.
pub fn demo_keystore(home: &Home) -> Result<Keystore, Failure> {
    match home.made_with()? {
        Some(MadeWith::Demo) => {}
        Some(_) => return Err(PlainchartError::invalid("home").into()),
        None => {
            home.make()?;
            let mut text = keychain::to_hex(&random::<32>()?[..]);
            text.push('\n');
            let text = Zeroizing::new(text);
            write_private(&home.demo_key(), text.as_bytes()).map_err(|error| of_disk(&error))?;
            home.remember(&MadeWith::Demo)?;
        }
    }
    open(home, &FileKey::Given(&*demo_key(home)?))
}

fn demo_key(home: &Home) -> Result<Key, Failure> {
    let text = read_secret(&home.demo_key())?;
    Ok(keychain::from_hex(text.trim_ascii()).ok_or(PlainchartError::VaultLocked)?)
}

fn read_secret(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    match fs::read(path) {
        Ok(bytes) => Ok(Zeroizing::new(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(PlainchartError::VaultLocked.into()),
        Err(error) => Err(of_disk(&error)),
    }
}

fn open(home: &Home, key: &FileKey<'_>) -> Result<Keystore, Failure> {
    let keystore = FileKeystore::open(&home.keystore(), key).map_err(of_keystore)?;
    Ok(Arc::new(keystore))
}

fn with_passphrase(home: &Home, passphrase: &[u8], made_with: Option<&MadeWith>) -> Result<Keystore, Failure> {
    home.make()?;
    let key = FileKey::Passphrase(passphrase, PassphraseCost::DEFAULT);
    let keystore = match FileKeystore::open(&home.keystore(), &key) {
        Err(KeystoreError::AuthenticationNeeded) if matches!(made_with, Some(MadeWith::Keychain { .. })) => {
            let sentence =
                format!("This store was made with the system keychain. Without {VARIABLE} it opens with that.");
            return Err(Failure::said(exit::LOCKED, sentence));
        }
        opened => opened.map_err(of_keystore)?,
    };
    if made_with.is_none() {
        home.remember(&MadeWith::Passphrase)?;
    }
    Ok(Arc::new(keystore))
}

/// A new key in the keychain, if there is a keychain. The home remembers the account before the key is used, so that
/// nothing is ever sealed with a key that cannot be found again.
fn new_key_in_keychain(home: &Home) -> Result<Option<Keystore>, Failure> {
    let account = keychain::to_hex(&random::<8>()?[..]);
    let key = random::<32>()?;
    if !keychain::store(&account, &key) {
        return Ok(None);
    }
    home.make()?;
    home.remember(&MadeWith::Keychain { account })?;
    open(home, &FileKey::Given(&key)).map(Some)
}

fn passphrase_from_environment() -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    let Some(value) = env::var_os(VARIABLE) else { return Ok(None) };
    let bytes = Zeroizing::new(value.into_encoded_bytes());
    if bytes.is_empty() { Err(PlainchartError::invalid("passphrase").into()) } else { Ok(Some(bytes)) }
}

fn prompt(question: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if !terminal::can_ask() {
        let sentence = format!("The store is locked, and there is nobody here to ask. Set {VARIABLE} to open it.");
        return Err(Failure::said(exit::LOCKED, sentence));
    }
    match rpassword::prompt_password(question) {
        Ok(typed) => Ok(Zeroizing::new(typed.into_bytes())),
        Err(_) => Err(PlainchartError::VaultLocked.into()),
    }
}

fn choose_passphrase() -> Result<Zeroizing<Vec<u8>>, Failure> {
    loop {
        let chosen = prompt("Choose a passphrase for your charts (nobody can reset it): ")?;
        if chosen.len() < SHORTEST_PASSPHRASE {
            writeln!(std::io::stderr(), "Please use {SHORTEST_PASSPHRASE} letters or more.")?;
        } else if chosen == prompt("The same again: ")? {
            return Ok(chosen);
        } else {
            writeln!(std::io::stderr(), "These were not the same. Please try again.")?;
        }
    }
}

fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, Failure> {
    let mut bytes = Zeroizing::new([0; N]);
    SystemRandom::new().fill(&mut bytes[..]).map_err(|_| PlainchartError::internal("random"))?;
    Ok(bytes)
}
