//! A store's folder and keystore, and the made-up content that tests put there.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plainchart_vault::{
    Batch, BatchNumber, ChartId, Class, IndexKind, MemoryKeystore, OpenReport, Options, Scope, Tree, Vault,
};

pub const NOTES: Tree = Tree(1);
pub const RESULTS: Tree = Tree(2);

pub fn scope(chart: u8, class: u8) -> Scope {
    Scope { chart: ChartId([chart; 16]), class: Class(class) }
}

pub struct Place {
    pub folder: tempfile::TempDir,
    pub keystore: Arc<MemoryKeystore>,
    pub options: Options,
}

impl Place {
    pub fn new(index: IndexKind) -> Self {
        Place {
            folder: tempfile::tempdir().unwrap(),
            keystore: Arc::new(MemoryKeystore::new()),
            options: Options { index },
        }
    }

    pub fn dir(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    pub fn create(&self) -> Vault {
        Vault::create_with(&self.dir(), self.keystore.clone(), self.options).unwrap()
    }

    pub fn try_open(&self) -> plainchart_vault::Result<(Vault, OpenReport)> {
        Vault::open_with(&self.dir(), self.keystore.clone(), self.options)
    }

    pub fn open(&self) -> (Vault, OpenReport) {
        self.try_open().unwrap()
    }

    /// The same keystore over a copy of the files as they are now.
    pub fn copy(&self) -> Place {
        let copy =
            Place { folder: tempfile::tempdir().unwrap(), keystore: self.keystore.clone(), options: self.options };
        copy_folder(&self.dir(), &copy.dir());
        copy
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    /// Loses the saved index.
    pub fn lose_index(&self) {
        let _ = fs::remove_dir_all(self.path("index"));
        let _ = fs::remove_file(self.path("snapshot"));
    }

    pub fn last_block_file(&self) -> PathBuf {
        files(&self.path("blocks")).pop().unwrap()
    }
}

pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// All files below a folder, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

pub fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 0x41;
    fs::write(path, bytes).unwrap();
}

pub fn put_value(vault: &Vault, scope: Scope, name: &str, bytes: &[u8]) -> BatchNumber {
    let mut batch = Batch::new();
    batch.put_value(scope, NOTES, name.as_bytes(), bytes);
    vault.commit(batch).unwrap()
}

pub fn value(vault: &Vault, scope: Scope, name: &str) -> Option<Vec<u8>> {
    vault.value(scope, NOTES, name.as_bytes()).unwrap().map(|bytes| bytes.to_vec())
}

/// Bytes that do not compress, different for each seed.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let step = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    std::iter::repeat_with(step).take(length).collect()
}
