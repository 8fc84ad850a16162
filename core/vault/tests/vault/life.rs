//! Making, opening, locking, destroying; who else may; what lies on disk.

use std::fs;
use std::sync::Arc;

use plainchart_vault::{
    Batch, ChartId, Class, Error, IndexKind, KeystoreError, Log, MemoryKeystore, PlatformKeystore, Scope, Secret,
    UnlockSlot, Vault,
};

use crate::place::{NOTES, Place, RESULTS, files, flip, put_value, scope, value};

/// Proves A13, V6: locked, every call that reads or writes says so; unlocked again, all is there.
#[test]
fn a_locked_vault_answers_nothing() {
    let place = Place::new(IndexKind::Sled);
    let vault = place.create();
    let s = scope(1, 0);
    put_value(&vault, s, "a", b"one");
    vault.put_secret(b"t", b"token").unwrap();
    vault.put_front_page(s, b"page").unwrap();
    vault.lock();
    assert!(vault.is_locked());
    let mut batch = Batch::new();
    batch.put_value(s, NOTES, b"b", b"two");
    let answers: Vec<Result<(), Error>> = vec![
        vault.commit(batch).map(drop),
        vault.value(s, NOTES, b"a").map(drop),
        vault.value_names(s, NOTES).map(drop),
        vault.for_each_value(s, NOTES, &mut |_, _| {}),
        vault.rows(s, RESULTS, b"g").map(drop),
        vault.readable_rows(s, RESULTS, b"g").map(drop),
        vault.groups(s, RESULTS).map(drop),
        vault.for_each_row(s, RESULTS, &mut |_, _| {}),
        vault.front_page(s).map(drop),
        vault.put_front_page(s, b"x"),
        vault.secret(b"t").map(drop),
        vault.put_secret(b"t", b"x"),
        vault.delete_secret(b"t"),
        vault.secret_names().map(drop),
        vault.append_to_ledger(b"x").map(drop),
        vault.append_to_access_log(b"x", true).map(drop),
        vault.read_log(Log::Ledger).map(drop),
        vault.log_end(Log::AccessLog).map(drop),
        vault.compact_ledger(b"x"),
        vault.stats().map(drop),
        vault.check().map(drop),
        vault.checkpoint(),
        vault.compact(),
        vault.end_of_walk(),
        vault.write_anchor(),
        vault.drop_damaged().map(drop),
        vault.admit_again(s),
        vault.batch().map(drop),
    ];
    for (at, answer) in answers.into_iter().enumerate() {
        assert!(matches!(answer, Err(Error::Locked)), "call {at}: {answer:?}");
    }
    vault.unlock_keys().unwrap();
    assert_eq!(vault.front_page(s).unwrap().unwrap().bytes.to_vec(), b"page");
    assert_eq!(vault.secret(b"t").unwrap().unwrap().expose(), b"token");
    assert!(matches!(vault.value(s, NOTES, b"a"), Err(Error::Locked)), "the index is not there yet");
    vault.unlock().unwrap();
    assert_eq!(value(&vault, s, "a").unwrap(), b"one");
}

/// Proves V4: a second opening, in this process or another, is refused while the first lives.
#[test]
fn a_second_opening_is_in_use() {
    let place = Place::new(IndexKind::Sled);
    let vault = place.create();
    assert!(matches!(place.try_open(), Err(Error::InUse)));
    let through_a_link = place.folder.path().join("link");
    std::os::unix::fs::symlink(place.dir(), &through_a_link).unwrap();
    assert!(matches!(Vault::open(&through_a_link, place.keystore.clone()), Err(Error::InUse)));
    assert!(matches!(Vault::create(&place.dir(), place.keystore.clone()), Err(Error::InUse)));
    drop(vault);
    assert!(matches!(Vault::create(&place.dir(), place.keystore.clone()), Err(Error::Exists)));
    // Another process holds the file lock only.
    let file = fs::File::open(place.path("lock")).unwrap();
    rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).unwrap();
    assert!(matches!(place.try_open(), Err(Error::InUse)));
    drop(file);
    place.open();
}

/// Proves V4: no store, another keystore's key, a keystore that cannot answer: typed, and not a byte is changed.
#[test]
fn a_key_that_does_not_fit_changes_nothing() {
    let place = Place::new(IndexKind::Snapshot);
    assert!(matches!(place.try_open(), Err(Error::NotFound)));
    let vault = place.create();
    put_value(&vault, scope(1, 0), "a", b"one");
    drop(vault);
    let before: Vec<_> = files(&place.dir()).into_iter().map(|path| (fs::read(&path).unwrap(), path)).collect();
    let unchanged = || before.iter().all(|(bytes, path)| fs::read(path).unwrap() == *bytes);

    let empty = Arc::new(MemoryKeystore::new());
    let refused = Vault::open_with(&place.dir(), empty, place.options);
    assert!(matches!(refused, Err(Error::KeystoreUnavailable { reason: KeystoreError::Missing })));
    assert!(unchanged());

    place.keystore.fail_with(Some(KeystoreError::KeyInvalidated));
    let refused = place.try_open();
    assert!(matches!(refused, Err(Error::KeystoreUnavailable { reason: KeystoreError::KeyInvalidated })));
    assert!(unchanged());
    place.keystore.fail_with(None);

    // Another store's keyring under our block files: the slot opens, the key is not the one.
    struct OtherBundle(Arc<MemoryKeystore>);
    impl PlatformKeystore for OtherBundle {
        fn wrap(&self, slot: &str, secret: &[u8]) -> Result<Vec<u8>, KeystoreError> {
            self.0.wrap(slot, secret)
        }
        fn unwrap(&self, slot: &str, wrapped: &[u8]) -> Result<Secret, KeystoreError> {
            let mut bundle = self.0.unwrap(slot, wrapped)?.expose().to_vec();
            *bundle.last_mut().unwrap() ^= 1;
            Ok(Secret::new(bundle))
        }
        fn derive(&self, slot: &str, create: bool) -> Result<plainchart_vault::Zeroizing<[u8; 32]>, KeystoreError> {
            self.0.derive(slot, create)
        }
        fn create_key(&self, slot: &str) -> Result<String, KeystoreError> {
            self.0.create_key(slot)
        }
        fn sign(&self, slot: &str, bytes: &[u8]) -> Result<Vec<u8>, KeystoreError> {
            self.0.sign(slot, bytes)
        }
        fn read(&self, slot: &str) -> Result<Option<Vec<u8>>, KeystoreError> {
            self.0.read(slot)
        }
        fn write(&self, slot: &str, value: &[u8]) -> Result<(), KeystoreError> {
            self.0.write(slot, value)
        }
        fn delete(&self, slot: &str) -> Result<(), KeystoreError> {
            self.0.delete(slot)
        }
    }
    let other = Arc::new(OtherBundle(place.keystore.clone()));
    assert!(matches!(Vault::open_with(&place.dir(), other, place.options), Err(Error::WrongKey)));
    assert!(unchanged());
    assert_eq!(value(&place.open().0, scope(1, 0), "a").unwrap(), b"one");
}

/// Proves V4: a store of a newer or older format is refused as such, and one damaged copy of the keyring is not enough
/// to lose it.
#[test]
fn formats_and_keyring_copies() {
    let place = Place::new(IndexKind::Snapshot);
    let vault = place.create();
    assert_eq!(vault.unlock_slots(), [UnlockSlot::Device]);
    drop(vault);
    let path = place.path("keyring");
    let whole = fs::read(&path).unwrap();
    assert_eq!(whole.len(), 16_384);
    let with_format = |format: u16| {
        let mut bytes = whole.clone();
        for copy in [0, 8192] {
            let length = u32::from_le_bytes(bytes[copy..copy + 4].try_into().unwrap()) as usize;
            bytes[copy + 8..copy + 10].copy_from_slice(&format.to_le_bytes());
            let check = ring::digest::digest(&ring::digest::SHA256, &bytes[copy + 4..copy + 4 + length]);
            bytes[copy + 4 + length..copy + 36 + length].copy_from_slice(check.as_ref());
        }
        fs::write(&path, bytes).unwrap();
        place.try_open().map(drop)
    };
    assert!(matches!(with_format(2), Err(Error::NewerFormat { found: 2 })));
    assert!(matches!(with_format(0), Err(Error::OlderFormat { found: 0 })));
    for at in [0, 4, 30, 8192, 8200, 8230] {
        fs::write(&path, &whole).unwrap();
        flip(&path, at);
        place.try_open().unwrap_or_else(|error| panic!("byte {at}: {error}"));
    }
    fs::write(&path, &whole).unwrap();
    flip(&path, 20);
    flip(&path, 8192 + 20);
    assert!(matches!(place.try_open(), Err(Error::Damaged { what: plainchart_vault::Damage::Keyring })));
    fs::remove_file(&path).unwrap();
    put_back_is_refused(&place);
}

/// A store without its keyring is never taken for an empty place.
fn put_back_is_refused(place: &Place) {
    assert!(matches!(place.try_open(), Err(Error::Damaged { .. })));
    fs::write(place.path("blocks/000009"), b"x").unwrap();
    assert!(matches!(Vault::create(&place.dir(), place.keystore.clone()), Err(Error::Damaged { .. })));
}

/// Proves V1, V6: nothing that was put in can be found in any file, nor in `Debug` of what the vault hands out.
#[test]
fn no_marker_is_found_in_any_file() {
    const MARKER: &[u8] = b"MARKER-Wilhelmina-Testperson";
    let text = String::from_utf8(MARKER.to_vec()).unwrap();
    for index in [IndexKind::Sled, IndexKind::Snapshot] {
        let place = Place::new(index);
        let vault = place.create();
        let s = Scope { chart: ChartId([3; 16]), class: Class(4) };
        let mut batch = Batch::new();
        batch.put_value(s, NOTES, MARKER, MARKER);
        batch.put_value_uncompressed(s, NOTES, b"plain", &MARKER.repeat(3));
        batch.put_value(s, NOTES, b"long", &MARKER.repeat(20_000));
        batch.put_row(s, RESULTS, MARKER, MARKER, 5, MARKER);
        vault.commit(batch).unwrap();
        vault.put_front_page(s, MARKER).unwrap();
        vault.put_secret(MARKER, MARKER).unwrap();
        vault.append_to_ledger(MARKER).unwrap();
        vault.append_to_access_log(MARKER, true).unwrap();
        vault.compact_ledger(MARKER).unwrap();
        vault.end_of_walk().unwrap();
        let shown = format!(
            "{vault:?} {:?} {:?} {:?} {:?} {:?}",
            vault.rows(s, RESULTS, MARKER).unwrap(),
            vault.front_page(s).unwrap(),
            vault.secret(MARKER).unwrap(),
            vault.read_log(Log::Ledger).unwrap(),
            s,
        );
        assert!(!shown.contains(&text) && !shown.contains("77, 65, 82, 75"), "{shown}");
        assert_eq!(vault.value_names(s, NOTES).unwrap()[0], MARKER);
        assert_eq!(vault.secret_names().unwrap().names, [MARKER]);
        drop(vault);
        let found = files(&place.dir());
        assert!(found.len() >= 8);
        for path in found {
            let bytes = fs::read(&path).unwrap();
            assert!(!bytes.windows(10).any(|window| window == &MARKER[..10]), "{path:?}");
            assert!(!path.to_string_lossy().contains("MARKER"));
        }
    }
}

/// Proves A6, A16: a secret is replaced whole, survives a reopening, can be taken out, and its file is never compressed.
#[test]
fn secrets_are_kept_replaced_and_deleted() {
    let place = Place::new(IndexKind::Sled);
    let vault = place.create();
    vault.put_secret(b"connection 1", b"first").unwrap();
    vault.put_secret(b"connection 1", b"second").unwrap();
    vault.put_secret(b"pending 1", b"verifier").unwrap();
    fs::write(place.path("tokens/left.new"), b"half a replacement").unwrap();
    drop(vault);
    let (vault, _) = place.open();
    assert_eq!(vault.secret(b"connection 1").unwrap().unwrap().expose(), b"second");
    vault.delete_secret(b"pending 1").unwrap();
    vault.delete_secret(b"pending 1").unwrap();
    assert!(vault.secret(b"pending 1").unwrap().is_none());
    let names = vault.secret_names().unwrap();
    assert_eq!((names.names, names.damaged), (vec![b"connection 1".to_vec()], 0));
    vault.put_secret(b"repeats", &[b'a'; 5000]).unwrap();
    let longest = files(&place.path("tokens")).iter().map(|path| fs::metadata(path).unwrap().len()).max().unwrap();
    assert!(longest > 5000);
}

/// Proves V3: an index deleted or full of rubbish is rebuilt from the block files, and nothing is lost.
#[test]
fn a_lost_index_is_rebuilt() {
    for index in [IndexKind::Sled, IndexKind::Snapshot] {
        let place = Place::new(index);
        let vault = place.create();
        for at in 0..30 {
            put_value(&vault, scope(1, 0), &format!("n{at}"), format!("text {at}").as_bytes());
        }
        vault.checkpoint().unwrap();
        drop(vault);
        assert_eq!(place.open().1.replayed, 0, "the saved index is used");
        for spoil in [true, false] {
            if spoil {
                for path in files(&place.path("index")).into_iter().chain([place.path("snapshot")]) {
                    if path.exists() {
                        let length = fs::metadata(&path).unwrap().len() as usize;
                        fs::write(&path, vec![0xee; length]).unwrap();
                    }
                }
            } else {
                place.lose_index();
            }
            let (vault, report) = place.open();
            assert!(report.index_rebuilt && report.damage.is_empty() && report.replayed == 30, "{report:?}");
            for at in 0..30 {
                assert_eq!(value(&vault, scope(1, 0), &format!("n{at}")).unwrap(), format!("text {at}").as_bytes());
            }
            vault.checkpoint().unwrap();
            drop(vault);
            assert!(!place.open().1.index_rebuilt);
        }
    }
}

/// Proves V1: an entry of the sled index put back to an older sealed state, with all else as it is, is not believed.
#[test]
fn an_older_index_entry_is_not_believed() {
    let place = Place::new(IndexKind::Sled);
    let vault = place.create();
    put_value(&vault, scope(1, 0), "a", b"old");
    put_value(&vault, scope(1, 0), "b", b"kept");
    vault.checkpoint().unwrap();
    drop(vault);
    let entries = || -> Vec<(Vec<u8>, Vec<u8>)> {
        let database = sled::Config::new().path(place.path("index")).segment_size(64 << 10).open().unwrap();
        database.iter().map(|pair| pair.unwrap()).map(|(name, entry)| (name.to_vec(), entry.to_vec())).collect()
    };
    let old = entries();
    let (vault, _) = place.open();
    put_value(&vault, scope(1, 0), "a", b"new");
    vault.checkpoint().unwrap();
    drop(vault);
    let new = entries();
    let (name, older) =
        old.iter().find(|(name, entry)| name.len() == 16 && !new.contains(&(name.clone(), entry.clone()))).unwrap();
    {
        let database = sled::Config::new().path(place.path("index")).segment_size(64 << 10).open().unwrap();
        database.insert(name, older.clone()).unwrap();
        database.flush().unwrap();
    }
    let (vault, report) = place.open();
    assert!(report.index_rebuilt);
    assert_eq!(value(&vault, scope(1, 0), "a").unwrap(), b"new");
}

/// Proves V2: destroying deletes keys first and then every file; the handle is closed and a new store can be made.
#[test]
fn destroying_leaves_nothing() {
    let place = Place::new(IndexKind::Sled);
    let vault = place.create();
    put_value(&vault, scope(1, 0), "a", b"one");
    vault.put_secret(b"t", b"token").unwrap();
    vault.append_to_ledger(b"event").unwrap();
    vault.checkpoint().unwrap();
    vault.lock();
    vault.destroy().unwrap();
    assert!(matches!(vault.unlock(), Err(Error::Closed)));
    drop(vault);
    assert_eq!(files(&place.dir()), [place.path("lock")]);
    for slot in ["device".to_owned(), scope(1, 0).slot()] {
        assert!(matches!(place.keystore.derive(&slot, false), Err(KeystoreError::Missing)));
    }
    assert!(place.keystore.read("anchor").unwrap().is_none());
    assert!(matches!(place.try_open(), Err(Error::NotFound)));
    place.create();
}

/// Proves V3: whoever visits rows or values may call the vault while visiting.
#[test]
fn a_visitor_may_call_the_vault() {
    let place = Place::new(IndexKind::Snapshot);
    let vault = place.create();
    let s = scope(1, 0);
    put_value(&vault, s, "a", b"one");
    put_value(&vault, s, "b", b"two");
    let mut seen = 0;
    vault
        .for_each_value(s, NOTES, &mut |name, bytes| {
            let mut batch = Batch::new();
            batch.put_row(s, RESULTS, name, name, 0, bytes);
            vault.commit(batch).unwrap();
            seen += 1;
        })
        .unwrap();
    vault
        .for_each_row(s, RESULTS, &mut |group, row| {
            put_value(&vault, s, "a", &row.bytes);
            assert_eq!(vault.rows(s, RESULTS, group).unwrap(), [row]);
            seen += 1;
        })
        .unwrap();
    assert_eq!(seen, 4);
}

/// Proves D5: reading goes on while another thread commits.
#[test]
fn readers_and_a_writer_share_a_vault() {
    let place = Place::new(IndexKind::Snapshot);
    let vault = place.create();
    put_value(&vault, scope(1, 0), "a", b"0");
    std::thread::scope(|threads| {
        let reader = || {
            let mut last = 0;
            while last < 150 {
                let now: u32 = String::from_utf8(value(&vault, scope(1, 0), "a").unwrap()).unwrap().parse().unwrap();
                assert!(now >= last, "a reader went back in time");
                last = now;
                let rows = vault.rows(scope(1, 0), RESULTS, b"g").unwrap();
                assert!(rows.len() as u32 >= now);
            }
        };
        threads.spawn(reader);
        threads.spawn(reader);
        for at in 1..=150_u32 {
            let mut batch = Batch::new();
            batch.put_row(scope(1, 0), RESULTS, b"g", &at.to_le_bytes(), at.into(), b"row");
            batch.put_value(scope(1, 0), NOTES, b"a", at.to_string().as_bytes());
            vault.commit(batch).unwrap();
        }
    });
}
