//! A write cut off anywhere.

use std::fs;

use plainchart_vault::{Batch, IndexKind};

use crate::place::{NOTES, Place, RESULTS, noise, put_value, scope, value};

/// Proves V3: with the file of the last batch cut at every byte, that batch is whole or absent, all earlier ones are
/// whole, and the store takes new batches.
#[test]
fn a_batch_cut_anywhere_is_absent_or_whole() {
    for (index, saved) in [(IndexKind::Snapshot, false), (IndexKind::Snapshot, true), (IndexKind::Sled, true)] {
        let place = Place::new(index);
        let s = scope(1, 0);
        let vault = place.create();
        put_value(&vault, s, "first", b"one");
        if saved {
            vault.checkpoint().unwrap();
        }
        let before = fs::metadata(place.last_block_file()).unwrap().len();
        let mut batch = Batch::new();
        batch.put_value(s, NOTES, b"first", b"two");
        batch.put_value(s, NOTES, b"second", &noise(7, 300));
        batch.put_row(s, RESULTS, b"g", b"r", 1, b"row");
        vault.commit(batch).unwrap();
        drop(vault);
        let whole = fs::read(place.last_block_file()).unwrap();
        // Every byte for the plain index; the sled one opens too slowly for that.
        let step = if index == IndexKind::Sled { 97 } else { 1 };
        for cut in (before as usize..whole.len()).step_by(step) {
            fs::write(place.last_block_file(), &whole[..cut]).unwrap();
            let (vault, report) = place.open();
            assert_eq!(report.torn_bytes, cut as u64 - before);
            assert!(report.damage.is_empty(), "{report:?}");
            assert_eq!(value(&vault, s, "first").unwrap(), b"one");
            assert_eq!(value(&vault, s, "second"), None);
            assert!(vault.rows(s, RESULTS, b"g").unwrap().is_empty());
            if cut % 61 == 0 {
                put_value(&vault, s, "after", b"three");
                drop(vault);
                let (vault, report) = place.open();
                assert_eq!(report.torn_bytes, 0);
                assert_eq!(value(&vault, s, "after").unwrap(), b"three");
                assert_eq!(value(&vault, s, "second"), None);
            }
            fs::write(place.last_block_file(), &whole).unwrap();
            if cut % 61 == 0 {
                // The saved index may know of the batch just tried.
                place.lose_index();
            }
        }
        fs::write(place.last_block_file(), &whole).unwrap();
        let (vault, report) = place.open();
        assert_eq!(report.torn_bytes, 0);
        assert_eq!(value(&vault, s, "first").unwrap(), b"two");
        assert_eq!(value(&vault, s, "second").unwrap(), noise(7, 300));
        assert_eq!(vault.rows(s, RESULTS, b"g").unwrap().len(), 1);
    }
}

/// Proves V3: power lost while the last batch was being written, any one sector of it left unwritten: the batch is absent
/// or whole, even where its commit record made it to the disk.
#[test]
fn a_batch_with_an_unwritten_sector_is_absent_or_whole() {
    let place = Place::new(IndexKind::Snapshot);
    let s = scope(1, 0);
    let vault = place.create();
    put_value(&vault, s, "first", b"one");
    let before = fs::metadata(place.last_block_file()).unwrap().len() as usize;
    let mut batch = Batch::new();
    batch.put_value(s, NOTES, b"first", b"two");
    batch.put_value(s, NOTES, b"second", &noise(7, 9000));
    batch.put_row(s, RESULTS, b"g", b"r", 1, &noise(8, 3000));
    vault.commit(batch).unwrap();
    drop(vault);
    let whole = fs::read(place.last_block_file()).unwrap();
    let mut sectors = 0;
    for start in (0..whole.len()).step_by(512).filter(|start| start + 512 > before) {
        let mut bytes = whole.clone();
        let end = (start + 512).min(bytes.len());
        bytes[start.max(before)..end].fill(0);
        fs::write(place.last_block_file(), bytes).unwrap();
        place.lose_index();
        let (vault, report) = place.open();
        assert_eq!(value(&vault, s, "first").unwrap(), b"one");
        assert_eq!(value(&vault, s, "second"), None);
        assert!(vault.rows(s, RESULTS, b"g").unwrap().is_empty());
        assert!(report.torn_bytes > 0 && vault.check().unwrap().is_sound());
        sectors += 1;
    }
    assert!(sectors > 20);
}

/// Proves V3: rubbish behind the last batch, whatever it looks like, is dropped and said.
#[test]
fn rubbish_at_the_end_is_dropped() {
    let place = Place::new(IndexKind::Snapshot);
    let s = scope(1, 0);
    let vault = place.create();
    put_value(&vault, s, "a", b"one");
    drop(vault);
    let whole = fs::read(place.last_block_file()).unwrap();
    for rubbish in [vec![0; 4096], noise(3, 777), whole.clone(), whole[..100].to_vec(), b"PCB1".repeat(40)] {
        fs::write(place.last_block_file(), [&whole[..], &rubbish].concat()).unwrap();
        place.lose_index();
        let (vault, report) = place.open();
        assert_eq!(report.torn_bytes, rubbish.len() as u64);
        assert_eq!((value(&vault, s, "a").unwrap(), report.batch.0), (b"one".to_vec(), 1));
        drop(vault);
        assert_eq!(fs::read(place.last_block_file()).unwrap(), whole);
    }
}
