//! Every keystore owes the same.

use std::fs;
use std::sync::Arc;

use plainchart_vault::{
    FileKey, FileKeystore, KeystoreError, MemoryKeystore, Options, PassphraseCost, PlatformKeystore, Secret, Vault,
    Zeroizing, keystore_conformance,
};

use crate::place::{flip, put_value, scope, value};

/// Cheap on purpose: tests prove the format, not the cost.
const CHEAP: PassphraseCost = PassphraseCost { memory_kib: 64, passes: 1, lanes: 1 };

/// Proves A12: both keystores of ours keep the rules of the trait.
#[test]
fn our_keystores_conform() {
    keystore_conformance(&MemoryKeystore::new()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keystore");
    keystore_conformance(&FileKeystore::open(&path, &FileKey::Given(&[7; 32])).unwrap()).unwrap();
}

/// Proves A12: the conformance test catches a keystore that breaks a rule.
#[test]
fn the_conformance_test_catches_faults() {
    struct Faulty(MemoryKeystore, &'static str);
    impl PlatformKeystore for Faulty {
        fn wrap(&self, slot: &str, secret: &[u8]) -> Result<Vec<u8>, KeystoreError> {
            if self.1 == "wraps in clear" { Ok(secret.to_vec()) } else { self.0.wrap(slot, secret) }
        }
        fn unwrap(&self, slot: &str, wrapped: &[u8]) -> Result<Secret, KeystoreError> {
            self.0.unwrap(slot, wrapped)
        }
        fn derive(&self, slot: &str, create: bool) -> Result<Zeroizing<[u8; 32]>, KeystoreError> {
            match self.1 {
                "one share for all" => Ok(Zeroizing::new([1; 32])),
                "always creates" => self.0.derive(slot, true),
                _ => self.0.derive(slot, create),
            }
        }
        fn create_key(&self, slot: &str) -> Result<String, KeystoreError> {
            self.0.create_key(slot)
        }
        fn sign(&self, slot: &str, bytes: &[u8]) -> Result<Vec<u8>, KeystoreError> {
            if self.1 == "signs the wrong bytes" { self.0.sign(slot, b"other") } else { self.0.sign(slot, bytes) }
        }
        fn read(&self, slot: &str) -> Result<Option<Vec<u8>>, KeystoreError> {
            if self.1 == "forgets" { Ok(None) } else { self.0.read(slot) }
        }
        fn write(&self, slot: &str, value: &[u8]) -> Result<(), KeystoreError> {
            self.0.write(slot, value)
        }
        fn delete(&self, slot: &str) -> Result<(), KeystoreError> {
            if self.1 == "keeps what is deleted" { Ok(()) } else { self.0.delete(slot) }
        }
    }
    assert!(keystore_conformance(&Faulty(MemoryKeystore::new(), "none")).is_ok());
    for fault in [
        "wraps in clear",
        "one share for all",
        "always creates",
        "signs the wrong bytes",
        "forgets",
        "keeps what is deleted",
    ] {
        assert!(keystore_conformance(&Faulty(MemoryKeystore::new(), fault)).is_err(), "{fault}");
    }
}

/// Proves V4, V6: the file opens with its passphrase only, survives a reopening, says a wrong passphrase and damage
/// apart, is never replaced by an empty one, and shows nothing of what is in it.
#[test]
fn the_file_keystore_keeps_and_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keystore");
    let right = FileKey::Passphrase(b"correct horse", CHEAP);
    let keystore = FileKeystore::open(&path, &right).unwrap();
    let share = keystore.derive("chart/x/0", true).unwrap();
    let wrapped = keystore.wrap("device", b"vault key").unwrap();
    keystore.write("anchor", b"MARKER-value").unwrap();
    let jwk = keystore.create_key("sign").unwrap();
    drop(keystore);

    let other_cost = PassphraseCost { memory_kib: 128, passes: 2, lanes: 1 };
    let again = FileKeystore::open(&path, &FileKey::Passphrase(b"correct horse", other_cost)).unwrap();
    assert_eq!(*again.derive("chart/x/0", false).unwrap(), *share);
    assert_eq!(again.unwrap("device", &wrapped).unwrap().expose(), b"vault key");
    assert_eq!(again.read("anchor").unwrap().unwrap(), b"MARKER-value");
    assert_eq!(again.create_key("sign").unwrap(), jwk);
    assert!(!format!("{again:?} {right:?}").contains("horse"));
    drop(again);

    let whole = fs::read(&path).unwrap();
    assert!(!whole.windows(6).any(|window| window == b"MARKER" || window == &share[..6]));
    for wrong in [FileKey::Passphrase(b"wrong", CHEAP), FileKey::Given(&[0; 32])] {
        assert!(matches!(FileKeystore::open(&path, &wrong), Err(KeystoreError::AuthenticationNeeded)));
    }
    for at in 0..whole.len() {
        // A flipped bit of the cost would only make the test slow.
        if (7..19).contains(&at) {
            continue;
        }
        flip(&path, at);
        let refused = FileKeystore::open(&path, &right);
        assert!(matches!(refused, Err(KeystoreError::AuthenticationNeeded | KeystoreError::Unavailable)), "byte {at}");
        fs::write(&path, &whole).unwrap();
    }
    for cut in [0, 5, 60, whole.len() - 1] {
        fs::write(&path, &whole[..cut]).unwrap();
        assert!(FileKeystore::open(&path, &right).is_err(), "cut at {cut}");
        assert_eq!(fs::read(&path).unwrap().len(), cut);
    }
    let mut costly = whole.clone();
    costly[7..11].copy_from_slice(&u32::MAX.to_le_bytes());
    fs::write(&path, costly).unwrap();
    assert!(matches!(FileKeystore::open(&path, &right), Err(KeystoreError::Unavailable)), "a cost beyond bounds");
}

/// Proves V2: a vault over the file keystore, closed and opened with the passphrase; an erased share is gone from the
/// file too.
#[test]
fn a_vault_over_a_file_keystore() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = (folder.path().join("store"), folder.path().join("keystore"));
    let open = || Arc::new(FileKeystore::open(&path, &FileKey::Passphrase(b"correct horse", CHEAP)).unwrap());
    let vault = Vault::create(&store, open()).unwrap();
    put_value(&vault, scope(1, 0), "a", b"one");
    put_value(&vault, scope(2, 0), "a", b"two");
    drop(vault);
    let vault = Vault::open_locked(&store, open(), Options::default()).unwrap();
    vault.erase_scope(scope(1, 0)).unwrap();
    drop(vault);
    let (vault, report) = Vault::open(&store, open()).unwrap();
    assert_eq!(report.erased, [scope(1, 0)]);
    assert_eq!(value(&vault, scope(2, 0), "a").unwrap(), b"two");
}
