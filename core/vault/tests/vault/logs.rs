//! The ledger and the access log.

use std::fs;

use plainchart_vault::{AnchorCheck, Damage, IndexKind, Log, LogGap, RecordKind};

use crate::place::{Place, flip};

fn events(place: &Place, count: u64) {
    let vault = place.create();
    for at in 1..=count {
        assert_eq!(vault.append_to_ledger(format!("event {at}").as_bytes()).unwrap(), at);
        vault.append_to_access_log(format!("line {at}").as_bytes(), false).unwrap();
    }
    vault.sync_access_log().unwrap();
}

/// Proves P6, V3: with the file cut at every byte, the records before the cut are all there, in order; what was torn is
/// dropped and said; the next record goes on from there.
#[test]
fn a_log_cut_anywhere_keeps_what_is_whole() {
    let place = Place::new(IndexKind::Snapshot);
    events(&place, 3);
    let whole = fs::read(place.path("ledger")).unwrap();
    let mut seen = vec![];
    for cut in 8..=whole.len() {
        fs::write(place.path("ledger"), &whole[..cut]).unwrap();
        let (vault, report) = place.open();
        assert!(report.damage.is_empty(), "{report:?}");
        let contents = vault.read_log(Log::Ledger).unwrap();
        assert!(contents.gaps.is_empty() && contents.torn_bytes == 0);
        for (at, record) in contents.records.iter().enumerate() {
            assert_eq!(
                (record.sequence, record.bytes.clone()),
                (at as u64 + 1, format!("event {}", at + 1).into_bytes())
            );
        }
        let count = contents.records.len() as u64;
        assert_eq!(vault.append_to_ledger(b"next").unwrap(), count + 1);
        drop(vault);
        let (vault, report) = place.open();
        assert_eq!(report.torn_log_bytes, 0);
        assert_eq!(vault.read_log(Log::Ledger).unwrap().records.len() as u64, count + 1);
        seen.push(count);
    }
    assert!(seen.is_sorted() && seen.first() == Some(&0) && seen.last() == Some(&3));
}

/// Proves P6: a record damaged, taken out, moved or repeated shows as a gap, and the others are read.
#[test]
fn damage_inside_a_log_is_a_gap() {
    let place = Place::new(IndexKind::Snapshot);
    events(&place, 5);
    let path = place.path("access-log");
    let whole = fs::read(&path).unwrap();
    let frame = (whole.len() - 8) / 5;
    let frames: Vec<&[u8]> = whole[8..].chunks(frame).collect();
    let with = |order: &[usize]| {
        let body: Vec<u8> = order.iter().flat_map(|at| frames[*at].to_vec()).collect();
        fs::write(&path, [&whole[..8], &body].concat()).unwrap();
        let (vault, report) = place.open();
        let contents = vault.read_log(Log::AccessLog).unwrap();
        assert_eq!(report.damage.contains(&Damage::AccessLog), !contents.gaps.is_empty());
        (contents.records.iter().map(|record| record.sequence).collect::<Vec<_>>(), contents.gaps)
    };
    assert_eq!(with(&[0, 1, 2, 3, 4]), (vec![1, 2, 3, 4, 5], vec![]));
    assert_eq!(with(&[0, 1, 3, 4]), (vec![1, 2, 4, 5], vec![LogGap { after: 2, before: 4 }]));
    assert_eq!(with(&[1, 2, 3, 4]), (vec![2, 3, 4, 5], vec![LogGap { after: 0, before: 2 }]));
    assert_eq!(with(&[0, 1, 1, 2, 3, 4]).1.len(), 1);
    assert!(!with(&[0, 2, 1, 3, 4]).1.is_empty());
    for at in [8, 12, 20, 60, frame + 7] {
        fs::write(&path, &whole).unwrap();
        flip(&path, at + frame);
        let (vault, report) = place.open();
        assert!(report.damage.contains(&Damage::AccessLog));
        let contents = vault.read_log(Log::AccessLog).unwrap();
        assert_eq!((contents.records.len(), contents.gaps.len()), (4, 1));
        vault.append_to_access_log(b"goes on", true).unwrap();
        assert_eq!(vault.log_end(Log::AccessLog).unwrap().count, 6);
    }
    // Two stores that went apart: the numbers fit, the chain does not.
    fs::write(&path, &whole[..8 + 2 * frame]).unwrap();
    let other = place.copy();
    let append = |place: &Place, lines: &[&str]| {
        let (vault, _) = place.open();
        for line in lines {
            vault.append_to_access_log(line.as_bytes(), true).unwrap();
        }
        drop(vault);
        fs::read(place.path("access-log")).unwrap()
    };
    let one = append(&place, &["line x"]);
    let two = append(&other, &["line y", "line z"]);
    fs::write(&path, [&one[..], &two[8 + 3 * frame..]].concat()).unwrap();
    let (vault, report) = place.open();
    assert_eq!(vault.read_log(Log::AccessLog).unwrap().gaps, [LogGap { after: 3, before: 4 }]);
    assert!(report.damage.contains(&Damage::AccessLog));
    drop(vault);
    // One log's records are not another's.
    fs::copy(place.path("ledger"), &path).unwrap();
    let (vault, _) = place.open();
    assert!(vault.read_log(Log::AccessLog).unwrap().records.is_empty());
}

/// Proves V3, V1: a ledger compacted to a snapshot goes on counting, keeps the file before, and still agrees with an
/// anchor from before; an older ledger put back does not agree with a later one.
#[test]
fn a_compacted_ledger_goes_on() {
    let place = Place::new(IndexKind::Snapshot);
    events(&place, 4);
    let (vault, _) = place.open();
    vault.write_anchor().unwrap();
    let before = fs::read(place.path("ledger")).unwrap();
    vault.compact_ledger(b"state after four").unwrap();
    assert_eq!(fs::read(place.path("ledger.previous")).unwrap(), before);
    drop(vault);
    let (vault, report) = place.open();
    assert_eq!(report.anchor, AnchorCheck::Agrees);
    assert_eq!(vault.append_to_ledger(b"event six").unwrap(), 6);
    let contents = vault.read_log(Log::Ledger).unwrap();
    let kinds: Vec<_> = contents.records.iter().map(|record| (record.sequence, record.kind)).collect();
    assert_eq!(kinds, [(5, RecordKind::Snapshot), (6, RecordKind::Event)]);
    assert!(contents.gaps.is_empty());
    vault.write_anchor().unwrap();
    drop(vault);
    fs::write(place.path("ledger"), &before).unwrap();
    assert!(place.open().1.rolled_back());
}

/// Proves P6: a log outlives the key of a chart, and its lines' lengths are rounded.
#[test]
fn lines_of_similar_length_look_the_same() {
    let place = Place::new(IndexKind::Snapshot);
    let vault = place.create();
    let mut lengths = vec![];
    for line in ["a", "a line", "a somewhat longer line"] {
        let before = fs::metadata(place.path("access-log")).unwrap().len();
        vault.append_to_access_log(line.as_bytes(), true).unwrap();
        lengths.push(fs::metadata(place.path("access-log")).unwrap().len() - before);
    }
    lengths.dedup();
    assert!(lengths.len() <= 2, "{lengths:?}");
}
