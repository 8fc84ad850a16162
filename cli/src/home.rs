//! The folder that holds a store, and what it remembers about its key.
//!
//! `home.json` says with which kind of key the home was made, `keystore` is the sealed key file, `store` the vault's
//! folder. `demo.key` is there in a demo's home only.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use plainchart::PlainchartError;
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, of_disk};

/// With what a home was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "keystore", rename_all = "snake_case")]
pub enum MadeWith {
    /// A passphrase.
    Passphrase,
    /// A key in the system keychain.
    Keychain {
        /// Under which account it lies there; random, no name.
        account: String,
    },
    /// A plain key beside the store: made-up people only.
    Demo,
}

/// A home; it need not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    folder: PathBuf,
}

impl Home {
    /// `--home`, else `PLAINCHART_HOME`, else the platform's data folder.
    ///
    /// # Errors
    /// `InvalidInput{home}` where none of them is there.
    pub fn choose(given: Option<&Path>) -> Result<Self, Failure> {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let folder = given.map(Path::to_owned).or_else(|| set("PLAINCHART_HOME").map(PathBuf::from));
        let folder = folder.or_else(|| data_folder(&set)).ok_or(PlainchartError::invalid("home"))?;
        Ok(Self { folder })
    }

    /// The home of the made-up charts inside this one.
    pub fn demo(&self) -> Self {
        Self { folder: self.folder.join("demo") }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The vault's folder.
    pub fn store(&self) -> PathBuf {
        self.folder.join("store")
    }

    /// The sealed key file.
    pub fn keystore(&self) -> PathBuf {
        self.folder.join("keystore")
    }

    /// The demo's plain key.
    pub fn demo_key(&self) -> PathBuf {
        self.folder.join("demo.key")
    }

    /// What it remembers.
    pub fn memory(&self) -> PathBuf {
        self.folder.join("home.json")
    }

    /// With what it was made; `None` for a home that was never made.
    ///
    /// # Errors
    /// The disk's.
    pub fn made_with(&self) -> Result<Option<MadeWith>, Failure> {
        match fs::read(self.memory()) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).unwrap_or(MadeWith::Passphrase))),
            // A sealed key file without its note: only a passphrase can be asked for.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(self.keystore().exists().then_some(MadeWith::Passphrase))
            }
            Err(error) => Err(of_disk(&error)),
        }
    }

    /// Makes the folder, for its owner only.
    ///
    /// # Errors
    /// The disk's.
    pub fn make(&self) -> Result<(), Failure> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder).map_err(|error| of_disk(&error))
    }

    /// Writes down with what it was made.
    ///
    /// # Errors
    /// The disk's.
    pub fn remember(&self, made_with: &MadeWith) -> Result<(), Failure> {
        let mut bytes = serde_json::to_vec(made_with).map_err(|_| PlainchartError::internal("home.write"))?;
        bytes.push(b'\n');
        write_private(&self.memory(), &bytes).map_err(|error| of_disk(&error))
    }
}

/// Writes a new file that only its owner may read, on disk when it returns.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(target_os = "macos")]
fn data_folder(set: &impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    Some(PathBuf::from(set("HOME")?).join("Library/Application Support/org.plainchart"))
}

#[cfg(windows)]
fn data_folder(set: &impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    Some(PathBuf::from(set("APPDATA")?).join("plainchart"))
}

/// XDG Base Directory Specification: a path that is not absolute is passed over.
#[cfg(not(any(target_os = "macos", windows)))]
fn data_folder(set: &impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let named = set("XDG_DATA_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let folder = named.or_else(|| Some(PathBuf::from(set("HOME")?).join(".local/share")))?;
    Some(folder.join("plainchart"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_remembers_with_what_it_was_made() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::choose(Some(&folder.path().join("a/b"))).unwrap();
        assert_eq!(home.made_with().unwrap(), None);
        home.make().unwrap();
        let made = MadeWith::Keychain { account: "00ff".into() };
        home.remember(&made).unwrap();
        assert_eq!(home.made_with().unwrap(), Some(made));
        assert_eq!(home.demo().made_with().unwrap(), None, "the demo's home is another one");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_enter_a_home() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let home = Home::choose(Some(&folder.path().join("home"))).unwrap();
        home.make().unwrap();
        home.remember(&MadeWith::Passphrase).unwrap();
        assert_eq!(fs::metadata(home.folder()).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::metadata(home.memory()).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(not(any(target_os = "macos", windows)))]
    #[test]
    fn the_platform_s_data_folder_is_the_default() {
        let set = |name: &str| match name {
            "HOME" => Some(OsString::from("/home/rosa")),
            _ => None,
        };
        assert_eq!(data_folder(&set), Some(PathBuf::from("/home/rosa/.local/share/plainchart")));
        let relative = |name: &str| (name == "XDG_DATA_HOME").then(|| OsString::from("here"));
        assert_eq!(data_folder(&relative), None);
    }
}
