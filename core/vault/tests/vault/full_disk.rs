//! A disk with no room left: a small file system of its own, where that can be made (root on Linux).

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use plainchart_vault::{Batch, Error, IndexKind, MemoryKeystore, Options, Vault};

use crate::place::{NOTES, noise, scope, value};

struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=6m", "none"]).arg(folder.path()).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(SmallDisk(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).output();
    }
}

/// Proves V4: on a full disk a batch is refused as `Full`, everything saved is there, the store opens and reads while
/// still full, deleting and erasing work, and after that there is room again.
#[test]
fn a_full_disk_loses_nothing() {
    for index in [IndexKind::Sled, IndexKind::Snapshot] {
        let Some(disk) = SmallDisk::new() else {
            println!("skipped: no small file system can be mounted here");
            return;
        };
        let keystore = Arc::new(MemoryKeystore::new());
        let dir = disk.path().join("store");
        let options = Options { index };
        let vault = Vault::create_with(&dir, keystore.clone(), options).unwrap();
        let name = |at: u64| format!("n{at}");
        let put = |vault: &Vault, at: u64, length: usize| {
            let mut batch = Batch::new();
            batch.put_value(scope(at as u8 % 2 + 1, 0), NOTES, name(at).as_bytes(), &noise(at, length));
            vault.commit(batch)
        };
        let mut saved = 0;
        let full = loop {
            match put(&vault, saved, if saved % 9 == 8 { 300_000 } else { 60_000 }) {
                Ok(_) => saved += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(full, Error::Full), "{full}");
        assert!(saved > 20);
        // Down to the last page.
        while std::fs::write(disk.path().join(format!("filler{}", next_number())), [1; 4096]).is_ok() {}
        let all_there = |vault: &Vault, scopes: &[u8]| {
            for at in (0..saved).filter(|at| scopes.contains(&(*at as u8 % 2 + 1))) {
                let length = if at % 9 == 8 { 300_000 } else { 60_000 };
                assert_eq!(
                    value(vault, scope(at as u8 % 2 + 1, 0), &name(at)).unwrap(),
                    noise(at, length),
                    "note {at}"
                );
            }
        };
        all_there(&vault, &[1, 2]);
        assert!(matches!(put(&vault, 1000, 60_000), Err(Error::Full)));
        drop(vault);
        let (vault, report) = Vault::open_with(&dir, keystore.clone(), options).unwrap();
        assert!(report.damage.is_empty(), "{report:?}");
        all_there(&vault, &[1, 2]);
        assert!(vault.value(scope(1, 0), NOTES, name(1000).as_bytes()).unwrap().is_none());
        let mut batch = Batch::new();
        batch.delete_value(scope(2, 0), NOTES, name(1).as_bytes());
        vault.commit(batch).unwrap();
        vault.erase_scope(scope(1, 0)).unwrap();
        vault.compact().unwrap();
        put(&vault, 1001, 60_000).unwrap();
        assert!(value(&vault, scope(2, 0), &name(1)).is_none());
        assert_eq!(value(&vault, scope(2, 0), &name(3)).unwrap(), noise(3, 60_000));
        assert!(vault.check().unwrap().is_sound());
    }
}

fn next_number() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
