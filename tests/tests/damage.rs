//! A damaged store, a wrong key, a second program: each its typed error, nothing moved, nothing lost.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plainchart::{
    Clock, FileKey, FileKeystore, KeystoreError, MemoryKeystore, PersonId, Plainchart, PlainchartError, Relation,
    StorageReason, Window,
};
use plainchart_sandbox::Sandbox;
use plainchart_tests::phone::Phone;
use plainchart_tests::{chart, disk, hospital};

fn synced(fernway: &Sandbox) -> (Phone, PersonId) {
    let mut phone = Phone::for_hospital(fernway);
    let nora = phone.connect(fernway, "nora", "", Relation::Own);
    phone.sync(&nora).unwrap();
    let _ = phone.notes(&nora);
    phone.close();
    (phone, nora)
}

/// A store's file below its folder, and what kind it is: the first part of its path.
fn files(phone: &Phone) -> Vec<(String, PathBuf)> {
    let inside = |file: &PathBuf| file.strip_prefix(phone.folder()).unwrap().to_owned();
    let all = disk::files(phone.folder()).into_iter();
    let all = all.map(|file| (inside(&file).iter().next().unwrap().to_string_lossy().into_owned(), file));
    // The lock file holds nothing.
    all.filter(|(_, file)| fs::metadata(file).unwrap().len() > 0).collect()
}

fn open(phone: &Phone, keystore: Arc<dyn plainchart::PlatformKeystore>) -> Result<Plainchart, PlainchartError> {
    let clock: Arc<dyn Clock> = Arc::clone(&phone.clock) as Arc<dyn Clock>;
    Plainchart::open(phone.configuration(), keystore, clock)
}

fn spoil(file: &Path, how: &str) {
    let mut bytes = fs::read(file).unwrap();
    let (length, middle) = (bytes.len(), bytes.len() / 2);
    match how {
        "start" => bytes[0] ^= 0x40,
        "middle" => bytes[middle] ^= 0x01,
        "end" => bytes[length - 1] ^= 0x80,
        "cut" => bytes.truncate(middle),
        "empty" => bytes.clear(),
        "zeros" => bytes[middle..].fill(0),
        _ => unreachable!(),
    }
    fs::write(file, bytes).unwrap();
}

/// Proves V3, V4: whatever file of the store is spoiled and however, opening and reading end in typed errors or in
/// true content, never in a panic or in wrong content; what is readable stays so, and a sync makes the chart whole.
#[test]
fn any_file_spoiled_in_any_way() {
    let fernway = hospital::small();
    let (phone, nora) = synced(&fernway);
    let mut intact = phone.copy_of_disk();
    intact.reopen();
    let true_notes: Vec<String> = readable(&intact, &nora).1;
    intact.close();
    let mut kinds = std::collections::BTreeSet::new();
    for (number, (kind, _)) in files(&phone).into_iter().enumerate() {
        for how in ["start", "middle", "end", "cut", "empty", "zeros"] {
            let mut copy = phone.copy_of_disk();
            let (_, file) = files(&copy).remove(number);
            spoil(&file, how);
            let what = format!("{kind}, {how}");
            kinds.insert(kind.clone());
            match copy.try_reopen() {
                Ok(()) => {
                    let (errors, notes) = readable(&copy, &nora);
                    for error in errors {
                        let typed = matches!(
                            error,
                            PlainchartError::VaultDamaged | PlainchartError::NotFound | PlainchartError::LeaseEnded
                        );
                        assert!(typed, "{what}: {error:?}");
                    }
                    for note in &notes {
                        assert!(true_notes.contains(note), "{what}: a note with other words");
                    }
                    if copy.app().person(&nora).is_ok() && copy.sync_full(&nora).is_ok() {
                        let found = chart::differences(&mut copy, &nora, &fernway, hospital::NORA);
                        assert_eq!(found, [""; 0], "{what}: after a full sync");
                    }
                }
                Err(error) => {
                    let typed = matches!(
                        error,
                        PlainchartError::VaultDamaged
                            | PlainchartError::VaultLocked
                            | PlainchartError::StorageUnavailable { .. }
                    );
                    assert!(typed, "{what}: {error:?}");
                    assert!(kind == "keyring", "{what}: the rest could have been read: {error:?}");
                }
            }
        }
    }
    for kind in ["access-log", "blocks", "front", "index", "keyring", "ledger", "scopes", "tokens"] {
        assert!(kinds.contains(kind), "{kind} was spoiled too: {kinds:?}");
    }
}

/// What can still be read: errors, and each note's words.
fn readable(phone: &Phone, person: &PersonId) -> (Vec<PlainchartError>, Vec<String>) {
    let (mut errors, mut notes) = (Vec::new(), Vec::new());
    errors.extend(phone.app().people().err());
    errors.extend(phone.app().results(person, Window::ALL).err());
    errors.extend(phone.app().access_log(person).err());
    errors.extend(phone.app().doctor().err());
    match phone.app().notes(person, Window::ALL) {
        Err(error) => errors.push(error),
        Ok(listing) => {
            for note in listing.items {
                match phone.app().read_note(person, &note.id) {
                    Ok(note) if !note.sections.is_empty() => notes.push(plainchart_tests::phone::text_of(&note)),
                    Ok(_) => {}
                    Err(error) => errors.push(error),
                }
            }
        }
    }
    (errors, notes)
}

/// Proves V3: the index is lost: it is built anew, nothing else is, and the doctor says that nothing is lost by it.
#[test]
fn a_lost_index_is_built_anew() {
    let fernway = hospital::small();
    let (mut phone, nora) = synced(&fernway);
    fs::remove_dir_all(phone.folder().join("index")).unwrap();
    phone.reopen();
    assert!(phone.app().opened().index_rebuilt);
    assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
}

/// Proves V3: a damaged part is named by the doctor, is not offered as true, and the next sync brings it again.
#[test]
fn a_damaged_block_is_named_and_comes_again() {
    let fernway = hospital::small();
    let (mut phone, nora) = synced(&fernway);
    let (_, block) = files(&phone).into_iter().find(|(kind, _)| kind == "blocks").unwrap();
    let mut bytes = fs::read(&block).unwrap();
    // One flipped bit in every fourth kilobyte.
    for at in (600..bytes.len()).step_by(4096) {
        bytes[at] ^= 0x10;
    }
    fs::write(&block, bytes).unwrap();
    phone.try_reopen().unwrap();
    let doctor = phone.app().doctor().unwrap();
    assert!(!doctor.sound && doctor.damaged > 0 && !doctor.remarks.is_empty());
    phone.sync_full(&nora).unwrap();
    assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
    assert!(phone.app().doctor().unwrap().sound, "and then all is sound");
}

/// Proves V4: a wrong key is "locked", changes not one byte, and the right key opens it afterwards.
#[test]
fn a_wrong_key_changes_nothing() {
    let fernway = hospital::small();
    let (mut phone, nora) = synced(&fernway);
    let bytes = |phone: &Phone| files(phone).into_iter().map(|(_, file)| fs::read(file).unwrap()).collect::<Vec<_>>();
    let before = bytes(&phone);
    assert_eq!(open(&phone, Arc::new(MemoryKeystore::new())).unwrap_err(), PlainchartError::VaultLocked);
    let wrong = FileKeystore::open(&phone.home().join("keystore"), &FileKey::Given(&[8; 32]));
    assert_eq!(wrong.unwrap_err(), KeystoreError::AuthenticationNeeded);
    assert!(before == bytes(&phone));
    phone.reopen();
    assert!(phone.notes(&nora).total > 0);
}

/// Proves V4: a keystore that cannot be reached, or says no, is a typed error; it heals without a loss.
#[test]
fn a_keystore_that_fails_is_a_typed_error() {
    let phone = Phone::alone();
    let folder = tempfile::tempdir().unwrap();
    let configuration = plainchart::Configuration { folder: folder.path().join("s"), ..Default::default() };
    let keystore = Arc::new(MemoryKeystore::new());
    let clock = || Arc::clone(&phone.clock) as Arc<dyn Clock>;
    let open =
        || Plainchart::open(&configuration, Arc::clone(&keystore) as Arc<dyn plainchart::PlatformKeystore>, clock());
    drop(open().unwrap());
    for (failure, expected) in [
        (KeystoreError::AuthenticationNeeded, PlainchartError::VaultLocked),
        (KeystoreError::DeviceLocked, PlainchartError::VaultLocked),
        (KeystoreError::KeyInvalidated, PlainchartError::VaultLocked),
        (KeystoreError::Unavailable, PlainchartError::VaultLocked),
        (KeystoreError::Cancelled, PlainchartError::Cancelled),
    ] {
        keystore.fail_with(Some(failure));
        assert_eq!(open().unwrap_err(), expected, "{failure:?}");
    }
    keystore.fail_with(None);
    assert!(!open().unwrap().opened().created, "the store is the same");
}

/// Proves V4: a second handle and a second program are told that the store is in use.
#[test]
fn a_store_in_use_is_told() {
    let phone = Phone::alone();
    let in_use = PlainchartError::StorageUnavailable { reason: StorageReason::InUse };
    assert_eq!(open(&phone, phone.keystore()).unwrap_err(), in_use);
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_sync-and-die"));
    child.arg(phone.home()).arg("0011223344556677").arg("1");
    child.stdin(std::process::Stdio::null());
    assert_eq!(child.status().unwrap().code(), Some(i32::from(in_use.exit_code())));
}

/// Proves V4: a folder that is not a store, or cannot be written, is a typed error and stays as it is.
#[test]
fn a_folder_that_cannot_be_a_store() {
    let phone = Phone::alone();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    fs::write(&file, "not a folder").unwrap();
    let try_at = |folder: &Path| {
        let configuration = plainchart::Configuration { folder: folder.to_owned(), ..Default::default() };
        let clock: Arc<dyn Clock> = Arc::clone(&phone.clock) as Arc<dyn Clock>;
        Plainchart::open(&configuration, Arc::new(MemoryKeystore::new()), clock)
    };
    let error = try_at(&file).unwrap_err();
    assert!(matches!(error, PlainchartError::StorageUnavailable { .. }), "{error:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "not a folder");
    let error = try_at(&file.join("below")).unwrap_err();
    assert!(matches!(error, PlainchartError::StorageUnavailable { .. }), "{error:?}");
}

/// Proves V4: an older copy of the store in its place is noticed; nothing is erased, and a sync brings the rest.
#[test]
fn an_older_copy_of_the_store_is_noticed() {
    let fernway = hospital::small();
    let (mut phone, nora) = synced(&fernway);
    let old = phone.copy_of_disk();
    phone.reopen();
    fernway.store().put(&hospital::note("roll-1", hospital::NORA, "After the copy.").to_string()).unwrap();
    phone.sync(&nora).unwrap();
    phone.close();
    fs::copy(phone.home().join("keystore"), old.home().join("keystore")).unwrap();
    let mut old = old;
    old.reopen();
    assert!(old.app().opened().rolled_back);
    assert!(old.find(&nora, "After the copy.").is_none() && old.notes(&nora).total > 0);
    old.sync_full(&nora).unwrap();
    assert_eq!(chart::differences(&mut old, &nora, &fernway, hospital::NORA), [""; 0]);
}

/// Proves V6: folders and files of a store are for their owner alone.
#[test]
fn a_store_is_for_its_owner_alone() {
    let fernway = hospital::small();
    let (phone, _) = synced(&fernway);
    for file in disk::files(phone.folder()) {
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file:?}");
    }
    assert_eq!(fs::metadata(phone.folder()).unwrap().permissions().mode() & 0o077, 0);
}
