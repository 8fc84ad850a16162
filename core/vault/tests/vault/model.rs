//! The vault does what a plain map does, whatever happens to it in between.

use plainchart_vault::{Batch, Error, IndexKind, MemoryStore, RecordStore, Scope, Tree, Vault};
use proptest::prelude::*;

use crate::place::{NOTES, Place, RESULTS, noise, put_value, scope, value};

#[derive(Debug, Clone)]
enum Write {
    Put { scope: u8, name: u8, length: usize, plain: bool },
    Delete { scope: u8, name: u8 },
    PutRow { scope: u8, group: u8, id: u8, order: i8, length: usize },
    DeleteRow { scope: u8, group: u8, id: u8 },
}

#[derive(Debug, Clone)]
enum Action {
    Commit(Vec<Write>, u64),
    Reopen,
    LoseIndex,
    OtherIndex,
    LockAndUnlock,
    Checkpoint,
    Compact,
    Erase(u8),
}

fn of(number: u8) -> Scope {
    scope(number % 2 + 1, number / 2)
}

fn write() -> impl Strategy<Value = Write> {
    let (s, n) = (0_u8..4, 0_u8..6);
    // Some values have a file of their own, some rows are long enough to fold the tail.
    let length = prop_oneof![8 => 0_usize..600, 2 => 2_000_usize..30_000, 1 => 262_000_usize..262_300];
    prop_oneof![
        4 => (s.clone(), n.clone(), length, any::<bool>())
            .prop_map(|(scope, name, length, plain)| Write::Put { scope, name, length, plain }),
        1 => (s.clone(), n.clone()).prop_map(|(scope, name)| Write::Delete { scope, name }),
        6 => (s.clone(), 0_u8..4, 0_u8..20, any::<i8>(), prop_oneof![9 => 0_usize..900, 1 => 150_000_usize..400_000])
            .prop_map(|(scope, group, id, order, length)| Write::PutRow { scope, group, id, order, length }),
        2 => (s, 0_u8..4, 0_u8..20).prop_map(|(scope, group, id)| Write::DeleteRow { scope, group, id }),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        12 => (prop::collection::vec(write(), 1..10), any::<u64>()).prop_map(|(writes, seed)| Action::Commit(writes, seed)),
        3 => Just(Action::Reopen),
        1 => Just(Action::LoseIndex),
        1 => Just(Action::OtherIndex),
        1 => Just(Action::LockAndUnlock),
        1 => Just(Action::Checkpoint),
        2 => Just(Action::Compact),
        1 => (0_u8..4).prop_map(Action::Erase),
    ]
}

fn batch(writes: &[Write], seed: u64) -> Batch {
    let mut batch = Batch::new();
    for (at, write) in writes.iter().enumerate() {
        let bytes = |length| noise(seed.wrapping_add(at as u64), length);
        match write {
            Write::Put { scope, name, length, plain: false } => {
                batch.put_value(of(*scope), NOTES, &[*name], &bytes(*length));
            }
            Write::Put { scope, name, length, plain: true } => {
                batch.put_value_uncompressed(of(*scope), NOTES, &[*name], &bytes(*length));
            }
            Write::Delete { scope, name } => {
                batch.delete_value(of(*scope), NOTES, &[*name]);
            }
            Write::PutRow { scope, group, id, order, length } => {
                batch.put_row(of(*scope), RESULTS, &[*group], &[*id], (*order).into(), &bytes(*length));
            }
            Write::DeleteRow { scope, group, id } => {
                batch.delete_row(of(*scope), RESULTS, &[*group], &[*id]);
            }
        }
    }
    batch
}

type Everything = Vec<(Vec<Vec<u8>>, Vec<Option<Vec<u8>>>, Vec<(Vec<u8>, Vec<u8>, i64, Vec<u8>)>, Vec<Vec<u8>>)>;

fn everything(store: &dyn RecordStore) -> Everything {
    let erased = |error: Error| assert!(matches!(error, Error::Erased), "{error}");
    let shown = |scope: Scope| {
        let names = store.value_names(scope, NOTES).unwrap_or_else(|error| {
            erased(error);
            vec![]
        });
        let values =
            (0..6_u8).map(|name| store.value(scope, NOTES, &[name]).ok().flatten().map(|v| v.to_vec())).collect();
        let mut rows = vec![];
        if let Err(error) = store.for_each_row(scope, RESULTS, &mut |group, row| {
            rows.push((group.to_vec(), row.id, row.order, row.bytes));
        }) {
            erased(error);
        }
        let single: Vec<_> = (0..4_u8)
            .flat_map(|group| {
                let rows = store.rows(scope, RESULTS, &[group]).unwrap_or_default();
                rows.into_iter().map(move |row| (vec![group], row.id, row.order, row.bytes))
            })
            .collect();
        assert!(single == rows, "rows by group and all rows differ");
        (names, values, rows, store.groups(scope, RESULTS).unwrap_or_default())
    };
    (0..4).map(of).map(shown).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// Proves V3, V5: with any mix of batches, reopening, lost or changed index, compaction, locking and erasing, the
    /// vault answers what a plain map answers, nothing is damaged, and files stay bounded after compaction.
    #[test]
    fn the_vault_is_a_map(actions in prop::collection::vec(action(), 1..25), sled in any::<bool>()) {
        let mut place = Place::new(if sled { IndexKind::Sled } else { IndexKind::Snapshot });
        let model = MemoryStore::new();
        let mut vault: Option<Vault> = Some(place.create());
        for action in actions {
            let open = vault.take().unwrap();
            vault = Some(match action {
                Action::Commit(writes, seed) => {
                    let expected = model.commit(batch(&writes, seed));
                    let got = open.commit(batch(&writes, seed));
                    prop_assert_eq!(expected.is_ok(), got.is_ok());
                    open
                }
                Action::LockAndUnlock => {
                    open.lock();
                    prop_assert!(matches!(open.stats(), Err(Error::Locked)));
                    prop_assert!(open.unlock().unwrap().damage.is_empty());
                    open
                }
                Action::Checkpoint => {
                    open.checkpoint().unwrap();
                    open
                }
                Action::Compact => {
                    open.compact().unwrap();
                    let stats = open.stats().unwrap();
                    prop_assert!(stats.file_bytes as f64 * 0.6 <= stats.live_bytes as f64 + 64.0 * 1024.0);
                    open
                }
                Action::Erase(number) => {
                    open.erase_scope(of(number)).unwrap();
                    model.erase_scope(of(number)).unwrap();
                    open
                }
                Action::Reopen | Action::LoseIndex | Action::OtherIndex => {
                    drop(open);
                    match action {
                        Action::LoseIndex => place.lose_index(),
                        Action::OtherIndex => place.options.index = match place.options.index {
                            IndexKind::Sled => IndexKind::Snapshot,
                            IndexKind::Snapshot => IndexKind::Sled,
                        },
                        _ => {}
                    }
                    let (open, report) = place.open();
                    prop_assert!(report.damage.is_empty(), "{:?}", report);
                    prop_assert_eq!(report.torn_bytes, 0);
                    prop_assert!(!report.rolled_back());
                    open
                }
            });
            let open = vault.as_ref().unwrap();
            prop_assert!(everything(open) == everything(&model));
        }
        let open = vault.unwrap();
        let check = open.check().unwrap();
        prop_assert!(check.is_sound(), "{:?}", check);
        drop(open);
        place.lose_index();
        let (open, report) = place.open();
        prop_assert!(report.damage.is_empty(), "{:?}", report);
        prop_assert!(open.check().unwrap().is_sound());
        prop_assert!(everything(&open) == everything(&model));
    }
}

/// Proves V5: many rows over many batches are folded and compacted; every row is there, the files hold little else, and
/// a rebuilt index finds the same.
#[test]
fn folding_and_compaction_keep_every_row() {
    let place = Place::new(IndexKind::Sled);
    let vault = place.create();
    let s = scope(1, 0);
    let text = "Haemoglobin 13.1 g/dL, as the laboratory gave it. ".repeat(12);
    for round in 0..60_u32 {
        let mut batch = Batch::new();
        for at in 0..200_u32 {
            let id = (round * 200 + at) % 9_000;
            let row = format!("{id} in round {round}: {text}");
            batch.put_row(s, RESULTS, &[(id % 50) as u8], &id.to_le_bytes(), id.into(), row.as_bytes());
        }
        vault.commit(batch).unwrap();
    }
    let verify = |vault: &Vault| {
        let mut seen = 0;
        vault
            .for_each_row(s, RESULTS, &mut |_, row| {
                let id = u32::from_le_bytes(row.id.try_into().unwrap());
                let round = if id < 3_000 { 45 + id / 200 } else { id / 200 };
                assert!(row.bytes.starts_with(format!("{id} in round {round}:").as_bytes()));
                seen += 1;
            })
            .unwrap();
        assert_eq!(seen, 9_000);
        assert!(vault.check().unwrap().is_sound());
    };
    verify(&vault);
    // Folded segments still lie in the files; a rebuild must not take them for rows.
    drop(vault);
    place.lose_index();
    let (vault, report) = place.open();
    assert!(report.damage.is_empty(), "{report:?}");
    verify(&vault);
    vault.end_of_walk().unwrap();
    let stats = vault.stats().unwrap();
    assert!(stats.file_bytes < 4 << 20, "9,000 rows of 600 bytes took {} bytes", stats.file_bytes);
    verify(&vault);
    drop(vault);
    place.lose_index();
    let (vault, report) = place.open();
    assert!(report.index_rebuilt && report.damage.is_empty());
    verify(&vault);
}

/// Proves V3: a deleted value stays deleted when the file of its tombstone is compacted while an older file still holds
/// the value, and the index is lost then.
#[test]
fn what_was_deleted_does_not_come_back() {
    let place = Place::new(IndexKind::Snapshot);
    let vault = place.create();
    let s = scope(1, 0);
    // The first file stays: nearly all of it is live.
    put_value(&vault, s, "victim", b"to be deleted");
    for at in 0..40_u64 {
        put_value(&vault, s, &format!("stays {at}"), &noise(at, 250_000));
    }
    let mut batch = Batch::new();
    batch.delete_value(s, NOTES, b"victim");
    vault.commit(batch).unwrap();
    for round in 0..30_u64 {
        put_value(&vault, s, "churn", &noise(1000 + round, 250_000));
    }
    let files_before = vault.stats().unwrap().files;
    assert!(files_before >= 2);
    vault.compact().unwrap();
    assert!(place.path("blocks/000001").exists() && !place.path("blocks/000002").exists());
    drop(vault);
    place.lose_index();
    let (vault, report) = place.open();
    assert!(report.damage.is_empty());
    assert_eq!(value(&vault, s, "victim"), None);
    assert_eq!(value(&vault, s, "stays 7").unwrap(), noise(7, 250_000));
    assert_eq!(value(&vault, s, "churn").unwrap(), noise(1029, 250_000));
}

/// Proves V3: a batch that is refused changes nothing.
#[test]
fn a_refused_batch_changes_nothing() {
    let place = Place::new(IndexKind::Snapshot);
    let vault = place.create();
    let mut batch = Batch::new();
    batch.put_value(scope(1, 0), NOTES, b"kept?", b"no");
    batch.put_value(scope(1, 0), NOTES, &[0; 1025], b"a name too long");
    assert!(matches!(vault.commit(batch), Err(Error::TooLarge)));
    let mut batch = Batch::new();
    batch.put_value(scope(1, 0), Tree(255), b"x", b"the vault's own tree");
    assert!(matches!(vault.commit(batch), Err(Error::TooLarge)));
    assert!(vault.value(scope(1, 0), NOTES, b"kept?").unwrap().is_none());
    assert_eq!(vault.batch().unwrap().0, 0);
}
