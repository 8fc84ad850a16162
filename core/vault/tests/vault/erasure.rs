//! Erasing: the share goes, and with it everything it sealed.

use std::fs;

use plainchart_vault::{Batch, ChartId, Class, Error, IndexKind, KeystoreError, PlatformKeystore, Scope, Vault};

use crate::place::{NOTES, Place, RESULTS, copy_folder, files, noise, put_value, scope, value};

fn two_charts(place: &Place) -> Vault {
    let vault = place.create();
    for s in [scope(1, 0), scope(1, 1), scope(2, 0)] {
        put_value(&vault, s, "note", b"body of a note");
        put_value(&vault, s, "long", &noise(5, 300_000));
        let mut batch = Batch::new();
        batch.put_row(s, RESULTS, b"g", b"r", 1, b"row");
        vault.commit(batch).unwrap();
        vault.put_front_page(s, b"page").unwrap();
    }
    vault
}

fn all_there(vault: &Vault, s: Scope) {
    assert_eq!(value(vault, s, "note").unwrap(), b"body of a note");
    assert_eq!(value(vault, s, "long").unwrap(), noise(5, 300_000));
    assert_eq!(vault.rows(s, RESULTS, b"g").unwrap().len(), 1);
    assert_eq!(vault.front_page(s).unwrap().unwrap().bytes.to_vec(), b"page");
}

fn all_gone(vault: &Vault, s: Scope) {
    assert!(matches!(vault.value(s, NOTES, b"note"), Err(Error::Erased)));
    assert!(matches!(vault.rows(s, RESULTS, b"g"), Err(Error::Erased)));
    assert!(matches!(vault.front_page(s), Err(Error::Erased)));
    let mut batch = Batch::new();
    batch.put_value(s, NOTES, b"late", b"from a sync still running");
    assert!(matches!(vault.commit(batch), Err(Error::Erased)));
}

/// Proves V2: a chart is erased while the vault is locked, without opening any slot but its shares; twice is once; the
/// other chart is untouched; the bytes are gone after the next unlock, and no old copy of the files can be read.
#[test]
fn a_chart_is_erased_while_locked() {
    for index in [IndexKind::Sled, IndexKind::Snapshot] {
        let place = Place::new(index);
        let vault = two_charts(&place);
        vault.checkpoint().unwrap();
        drop(vault);
        let raw_copy = place.copy();
        let vault = Vault::open_locked(&place.dir(), place.keystore.clone(), place.options).unwrap();
        vault.erase_chart(ChartId([1; 16])).unwrap();
        vault.erase_chart(ChartId([1; 16])).unwrap();
        assert!(vault.is_locked());
        for class in [0, 1] {
            assert!(matches!(place.keystore.derive(&scope(1, class).slot(), false), Err(KeystoreError::Missing)));
        }
        let report = vault.unlock().unwrap();
        assert_eq!(report.erased, [scope(1, 0), scope(1, 1)]);
        assert!(report.damage.is_empty());
        all_gone(&vault, scope(1, 0));
        all_gone(&vault, scope(1, 1));
        all_there(&vault, scope(2, 0));
        assert_eq!(files(&place.path("bodies")).len(), 1);
        assert_eq!(files(&place.path("front")).len(), 1);
        assert!(vault.check().unwrap().is_sound());
        vault.compact().unwrap();
        drop(vault);
        place.lose_index();
        let (vault, report) = place.open();
        assert!(report.damage.is_empty() && report.erased.is_empty(), "{report:?}");
        all_gone(&vault, scope(1, 0));
        all_there(&vault, scope(2, 0));
        drop(vault);
        let (vault, report) = raw_copy.open();
        assert_eq!(report.erased.len(), 2, "a copy from before the erasure has no share either");
        all_gone(&vault, scope(1, 0));
        all_there(&vault, scope(2, 0));
    }
}

/// Proves V2: one class goes, the chart's other class stays; admitted again it begins empty, under another share.
#[test]
fn a_class_is_erased_and_admitted_again() {
    let place = Place::new(IndexKind::Sled);
    let vault = two_charts(&place);
    let s = scope(1, 1);
    let share = place.keystore.derive(&s.slot(), false).unwrap();
    vault.erase_scope(s).unwrap();
    all_gone(&vault, s);
    all_there(&vault, scope(1, 0));
    vault.admit_again(s).unwrap();
    assert_ne!(*place.keystore.derive(&s.slot(), false).unwrap(), *share);
    assert_eq!(value(&vault, s, "note"), None);
    assert!(vault.value_names(s, NOTES).unwrap().is_empty());
    assert!(vault.front_page(s).unwrap().is_none());
    put_value(&vault, s, "note", b"fetched again");
    drop(vault);
    place.lose_index();
    let (vault, report) = place.open();
    assert!(report.damage.is_empty());
    assert_eq!(value(&vault, s, "note").unwrap(), b"fetched again");
    assert_eq!(value(&vault, s, "long"), None);
    all_there(&vault, scope(1, 0));
}

/// Proves V2, V4: a keystore that does not answer erases nothing and loses nothing; the erasure is finished when it does.
#[test]
fn an_erasure_survives_a_keystore_that_fails() {
    let place = Place::new(IndexKind::Snapshot);
    let vault = two_charts(&place);
    vault.lock();
    place.keystore.fail_with(Some(KeystoreError::DeviceLocked));
    let refused = vault.erase_scope(scope(2, 0));
    assert!(matches!(refused, Err(Error::KeystoreUnavailable { reason: KeystoreError::DeviceLocked })));
    assert!(matches!(vault.unlock(), Err(Error::KeystoreUnavailable { .. })));
    place.keystore.fail_with(None);
    assert_eq!(vault.unlock().unwrap().erased, [scope(2, 0)]);
    all_gone(&vault, scope(2, 0));
    all_there(&vault, scope(1, 0));
}

/// Proves V2, V3: the clear table of scopes lost or damaged, erasing while locked still deletes the shares, and the table
/// comes back from the sealed records.
#[test]
fn a_lost_table_of_scopes_comes_back() {
    for damage in [None, Some(b"rubbish".as_slice())] {
        let place = Place::new(IndexKind::Snapshot);
        let vault = two_charts(&place);
        vault.erase_scope(scope(1, 1)).unwrap();
        drop(vault);
        match damage {
            None => fs::remove_file(place.path("scopes")).unwrap(),
            Some(rubbish) => fs::write(place.path("scopes"), rubbish).unwrap(),
        }
        let vault = Vault::open_locked(&place.dir(), place.keystore.clone(), place.options).unwrap();
        vault.erase_chart(ChartId([2; 16])).unwrap();
        let report = vault.unlock().unwrap();
        assert_eq!(report.erased, [scope(2, 0)]);
        all_there(&vault, scope(1, 0));
        all_gone(&vault, scope(1, 1));
        all_gone(&vault, scope(2, 0));
        drop(vault);
        assert!(place.open().1.damage.is_empty());
    }
}

/// Proves V2: no file, block or front page mixes scopes: with a scope's share alone replaced, everything else opens.
#[test]
fn blocks_of_one_scope_do_not_open_with_anothers_share() {
    let place = Place::new(IndexKind::Snapshot);
    drop(two_charts(&place));
    let slot = scope(1, 0).slot();
    place.keystore.delete(&slot).unwrap();
    place.keystore.derive(&slot, true).unwrap();
    let (vault, _) = place.open();
    assert!(vault.value(scope(1, 0), NOTES, b"note").unwrap().is_none(), "names need the share as well");
    assert!(!vault.check().unwrap().is_sound());
    all_there(&vault, scope(1, 1));
    all_there(&vault, scope(2, 0));
}

/// Proves V2: what a scope is called in headers is drawn anew, so nothing in block files names a chart.
#[test]
fn block_files_do_not_name_charts() {
    let place = Place::new(IndexKind::Sled);
    let chart = ChartId(*b"chart-id-marker!");
    let vault = place.create();
    put_value(&vault, Scope { chart, class: Class(0) }, "note", b"x");
    vault.put_front_page(Scope { chart, class: Class(0) }, b"x").unwrap();
    vault.checkpoint().unwrap();
    drop(vault);
    let away = tempfile::tempdir().unwrap();
    copy_folder(&place.dir(), away.path());
    for path in files(away.path()) {
        let found = fs::read(&path).unwrap().windows(16).any(|window| window == chart.0);
        assert_eq!(found, path.ends_with("scopes"), "{path:?}");
    }
}
