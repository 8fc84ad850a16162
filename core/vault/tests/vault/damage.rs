//! Files that are not what the vault wrote: found, named, contained; never a panic, never another's content.

use std::fs;

use plainchart_vault::{AnchorCheck, Batch, Damage, Error, IndexKind, Vault};

use crate::place::{NOTES, Place, RESULTS, files, flip, noise, put_value, scope, value};

fn filled(place: &Place) -> Vault {
    let vault = place.create();
    for at in 0..20_u64 {
        let mut batch = Batch::new();
        batch.put_value(scope(1, 0), NOTES, format!("n{at}").as_bytes(), &noise(at, 200));
        batch.put_row(scope(1, 1), RESULTS, &[at as u8 % 3], &[at as u8], at as i64, &noise(at + 100, 50));
        vault.commit(batch).unwrap();
    }
    put_value(&vault, scope(2, 0), "long", &noise(77, 300_000));
    vault.put_front_page(scope(1, 0), b"newest first").unwrap();
    vault.put_secret(b"connection", b"refresh token").unwrap();
    vault.append_to_ledger(b"event one").unwrap();
    vault.append_to_ledger(b"event two").unwrap();
    vault.append_to_access_log(b"opened", true).unwrap();
    vault
}

/// Reads everything; answers how many of the 20 notes, and how many rows, could be read. What is read must be right.
fn readable(vault: &Vault) -> (usize, usize) {
    let mut notes = 0;
    for at in 0..20_u64 {
        match vault.value(scope(1, 0), NOTES, format!("n{at}").as_bytes()) {
            Ok(Some(bytes)) => {
                assert_eq!(bytes.to_vec(), noise(at, 200));
                notes += 1;
            }
            Ok(None) | Err(Error::Damaged { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    let mut rows = 0;
    let visited = vault.for_each_row(scope(1, 1), RESULTS, &mut |_, row| {
        assert_eq!(row.bytes, noise(u64::from(row.id[0]) + 100, 50));
        rows += 1;
    });
    assert!(matches!(visited, Ok(()) | Err(Error::Damaged { .. })));
    if let Ok(Some(long)) = vault.value(scope(2, 0), NOTES, b"long") {
        assert_eq!(long.to_vec(), noise(77, 300_000));
    }
    let _ = vault
        .front_page(scope(1, 0))
        .map(|page| assert_eq!(page.map_or(b"newest first".to_vec(), |page| page.bytes.to_vec()), b"newest first"));
    let _ = vault.secret(b"connection").map(|token| assert_eq!(token.unwrap().expose(), b"refresh token"));
    (notes, rows)
}

/// Proves V3, V1: one byte changed in any file at many places: the open and every read end in the right bytes or a typed
/// error, and at most a few things are lost.
#[test]
fn a_changed_byte_anywhere_is_contained() {
    for (index, saved) in [(IndexKind::Snapshot, true), (IndexKind::Snapshot, false), (IndexKind::Sled, true)] {
        let place = Place::new(index);
        let vault = filled(&place);
        if saved {
            vault.checkpoint().unwrap();
        }
        drop(vault);
        for path in files(&place.dir()) {
            let length = fs::metadata(&path).unwrap().len() as usize;
            let name = path.strip_prefix(place.dir()).unwrap().to_owned();
            let points = if name.starts_with("blocks") { 60 } else { 6 };
            for point in 0..points.min(length) {
                let copy = place.copy();
                flip(
                    &copy.dir().join(&name),
                    point * length / points.min(length) + point % 7 % (length / points).max(1),
                );
                match copy.try_open() {
                    Ok((vault, report)) => {
                        let (notes, rows) = readable(&vault);
                        assert!(notes + rows >= 36, "{name:?} {point}: {notes} notes, {rows} rows, {report:?}");
                        if notes + rows < 40 && !saved {
                            assert!(
                                !report.damage.is_empty()
                                    || report.torn_bytes > 0
                                    || !vault.check().unwrap().is_sound()
                            );
                        }
                    }
                    Err(Error::Damaged { .. } | Error::WrongKey | Error::KeystoreUnavailable { .. }) => {
                        assert!(name.starts_with("keyring"), "{name:?} keeps the store from opening");
                    }
                    Err(error) => panic!("{name:?}: {error}"),
                }
            }
        }
    }
}

/// Proves V3: a damaged block is named, its neighbours are read, and once given up it can be written again.
#[test]
fn what_is_damaged_can_be_given_up_and_fetched_again() {
    let place = Place::new(IndexKind::Sled);
    let vault = filled(&place);
    vault.checkpoint().unwrap();
    drop(vault);
    let path = place.last_block_file();
    let bytes = fs::read(&path).unwrap();
    let mut lost = 0;
    for at in (0..bytes.len()).step_by(bytes.len() / 9) {
        flip(&path, at);
        lost += 1;
    }
    let (vault, _) = place.open();
    assert!(!vault.check().unwrap().is_sound());
    let dropped = vault.drop_damaged().unwrap();
    assert!(!dropped.is_empty() && dropped.len() <= lost);
    assert!(vault.check().unwrap().is_sound());
    let mut rows = 0;
    vault.for_each_row(scope(1, 1), RESULTS, &mut |_, _| rows += 1).unwrap();
    let mut notes = 0;
    vault.for_each_value(scope(1, 0), NOTES, &mut |_, _| notes += 1).unwrap();
    assert!(rows + notes >= 40 - dropped.len());
    let mut batch = Batch::new();
    for at in 0..20_u64 {
        batch.put_value(scope(1, 0), NOTES, format!("n{at}").as_bytes(), &noise(at, 200));
        batch.put_row(scope(1, 1), RESULTS, &[at as u8 % 3], &[at as u8], at as i64, &noise(at + 100, 50));
    }
    vault.commit(batch).unwrap();
    assert_eq!(readable(&vault), (20, 20));
}

/// Proves V1: two blocks swapped, or an older revision put back in place of a newer one of the same length, are
/// refused, because what to expect comes from the index.
#[test]
fn swapped_and_replayed_blocks_are_refused() {
    let place = Place::new(IndexKind::Snapshot);
    let s = scope(1, 0);
    let vault = place.create();
    let path = place.path("blocks/000001");
    // The first batch also registers the scope.
    put_value(&vault, s, "x", &noise(1, 100));
    let a = fs::metadata(&path).unwrap().len() as usize;
    put_value(&vault, s, "a", &noise(2, 100));
    let b = fs::metadata(&path).unwrap().len() as usize;
    put_value(&vault, s, "b", &noise(3, 100));
    let a2 = fs::metadata(&path).unwrap().len() as usize;
    put_value(&vault, s, "a", &noise(4, 100));
    vault.checkpoint().unwrap();
    drop(vault);
    let whole = fs::read(&path).unwrap();
    let length = u32::from_le_bytes(whole[a + 4..a + 8].try_into().unwrap()) as usize;
    let block = |at: usize| whole[at..at + length].to_vec();
    let with = |places: &[(usize, Vec<u8>)]| {
        let mut bytes = whole.clone();
        for (at, block) in places {
            bytes[*at..*at + length].copy_from_slice(block);
        }
        fs::write(&path, bytes).unwrap();
        place.open().0
    };
    let refused = |vault: &Vault, name: &str| {
        matches!(vault.value(s, NOTES, name.as_bytes()), Err(Error::Damaged { what: Damage::Block { number: 1, .. } }))
    };
    let swapped = with(&[(a2, block(b)), (b, block(a2))]);
    assert!(refused(&swapped, "a") && refused(&swapped, "b"));
    assert_eq!(value(&swapped, s, "x").unwrap(), noise(1, 100));
    drop(swapped);
    let replayed = with(&[(a2, block(a))]);
    assert!(refused(&replayed, "a"));
    assert_eq!(value(&replayed, s, "b").unwrap(), noise(3, 100));
    drop(replayed);
    // The same without an index: a commit record knows its blocks.
    place.lose_index();
    let rebuilt = with(&[(a2, block(a))]);
    assert!(!matches!(rebuilt.value(s, NOTES, b"a"), Ok(Some(bytes)) if bytes.to_vec() == noise(4, 100)));
}

/// Proves V1: a cut-off end that the index knows of, a missing block file, and an older copy of the whole store are all
/// noticed; what is left is readable.
#[test]
fn cut_missing_and_rolled_back_files_are_noticed() {
    let place = Place::new(IndexKind::Snapshot);
    let vault = filled(&place);
    vault.checkpoint().unwrap();
    vault.write_anchor().unwrap();
    drop(vault);
    let old = place.copy();
    let path = place.last_block_file();

    let cut = place.copy();
    let bytes = fs::read(&path).unwrap();
    fs::write(cut.last_block_file(), &bytes[..bytes.len() * 17 / 20]).unwrap();
    let (vault, report) = cut.open();
    assert!(report.damage.contains(&Damage::BlockFile { number: 1 }));
    let (notes, rows) = readable(&vault);
    assert!((30..40).contains(&(notes + rows)));
    put_value(&vault, scope(1, 0), "new", b"goes to another file");
    drop(vault);
    assert_eq!(files(&cut.path("blocks")).len(), 2);
    assert_eq!(value(&cut.open().0, scope(1, 0), "new").unwrap(), b"goes to another file");

    let cut_unindexed = place.copy();
    cut_unindexed.lose_index();
    fs::write(cut_unindexed.last_block_file(), &bytes[..bytes.len() * 17 / 20]).unwrap();
    let (_, report) = cut_unindexed.open();
    assert!(report.rolled_back(), "only the anchor can tell: {report:?}");

    let missing = place.copy();
    fs::remove_file(missing.last_block_file()).unwrap();
    let (vault, report) = missing.open();
    assert!(report.damage.contains(&Damage::BlockFile { number: 1 }));
    assert_eq!(readable(&vault), (0, 0));
    drop(vault);

    let (vault, report) = place.open();
    assert_eq!(report.anchor, AnchorCheck::Agrees);
    put_value(&vault, scope(1, 0), "newer", b"x");
    vault.write_anchor().unwrap();
    drop(vault);
    let (vault, report) = old.open();
    assert!(report.rolled_back());
    assert_eq!(readable(&vault), (20, 20));
    drop(vault);
    assert!(!place.open().1.rolled_back());

    fs::remove_dir_all(place.dir()).unwrap();
    assert!(matches!(place.try_open(), Err(Error::Damaged { what: Damage::StoreMissing })));
}

/// Proves V3: a batch in the middle of the files whose commit record is damaged costs nothing else, with no index at all.
#[test]
fn a_rebuild_walks_past_damage() {
    let place = Place::new(IndexKind::Snapshot);
    drop(filled(&place));
    let path = place.last_block_file();
    let whole = fs::read(&path).unwrap();
    for share in 1..12 {
        let mut bytes = whole.clone();
        let at = bytes.len() * share / 14;
        bytes[at..at + 40].fill(0);
        fs::write(&path, bytes).unwrap();
        place.lose_index();
        let (vault, report) = place.open();
        assert!(report.index_rebuilt);
        let (notes, rows) = readable(&vault);
        assert!(notes + rows >= 38, "{notes} notes, {rows} rows");
        if notes + rows < 40 {
            assert!(!report.damage.is_empty() || !vault.check().unwrap().is_sound(), "lost silently");
        }
    }
}

/// Proves V4: bodies, front pages, tokens that are damaged, missing or another's are typed errors.
#[test]
fn files_of_their_own_are_checked_too() {
    let place = Place::new(IndexKind::Snapshot);
    let vault = filled(&place);
    put_value(&vault, scope(2, 0), "other", &noise(78, 300_000));
    let bodies = files(&place.path("bodies"));
    let (a, b) = (fs::read(&bodies[0]).unwrap(), fs::read(&bodies[1]).unwrap());
    fs::write(&bodies[0], &b).unwrap();
    fs::write(&bodies[1], &a).unwrap();
    for name in [&b"long"[..], b"other"] {
        assert!(matches!(vault.value(scope(2, 0), NOTES, name), Err(Error::Damaged { what: Damage::Body })));
    }
    fs::remove_file(&bodies[0]).unwrap();
    fs::write(&bodies[1], &b).unwrap();
    let good = [&b"long"[..], b"other"].iter().filter(|name| vault.value(scope(2, 0), NOTES, name).is_ok()).count();
    assert_eq!(good, 1);

    vault.put_secret(b"other", b"another token").unwrap();
    let tokens = files(&place.path("tokens"));
    fs::copy(&tokens[0], &tokens[1]).unwrap();
    let answers = [vault.secret(b"connection"), vault.secret(b"other")];
    assert_eq!(
        answers.iter().filter(|answer| matches!(answer, Err(Error::Damaged { what: Damage::Token }))).count(),
        1
    );
    flip(&files(&place.path("front"))[0], 80);
    assert!(matches!(vault.front_page(scope(1, 0)), Err(Error::Damaged { what: Damage::FrontPage })));
}
