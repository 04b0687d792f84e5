use std::fs;
use std::path::Path;

use tempfile::{TempDir, tempdir};

use super::*;
use crate::store::tests::copy;

const OURS: Identity = [7; 32];

fn row(number: u32) -> Row {
    (format!("e/{number:05}").into_bytes(), Some(number.to_le_bytes().repeat(20)))
}

fn at(offset: u32) -> Position {
    Position { segment: 1, offset }
}

fn filled(folder: &Path, rows: u32) {
    let (index, rebuild) = Index::open(folder, OURS);
    assert_eq!(rebuild, Some(Rebuild::Missing));
    for first in (0..rows).step_by(10) {
        index.batch((first..first + 10).map(row).collect(), at(first + 10), 0).unwrap();
    }
    index.flush().unwrap();
}

/// A home for one index, and the index's folder.
fn place() -> (TempDir, std::path::PathBuf) {
    let home = tempdir().unwrap();
    let folder = home.path().join("index");
    (home, folder)
}

fn rows(index: &Index) -> Vec<(Vec<u8>, Vec<u8>)> {
    index.scan(b"").unwrap()
}

#[test]
fn rows_and_what_they_cover_are_there_after_a_restart() {
    let (_home, folder) = place();
    filled(&folder, 100);
    let (index, rebuild) = Index::open(&folder, OURS);
    assert_eq!((rebuild, index.covers(), index.len()), (None, at(100), 100));
    assert_eq!(index.get(b"e/00042").unwrap(), row(42).1);
    assert_eq!(index.get(b"e/99999").unwrap(), None);
    index.batch(vec![(b"e/00042".to_vec(), None), (b"p/1".to_vec(), Some(vec![1]))], at(101), 3).unwrap();
    index.note(vec![(b"p/1".to_vec(), Some(vec![2]))]).unwrap();
    drop(index);
    let (index, rebuild) = Index::open(&folder, OURS);
    assert_eq!((rebuild, index.covers(), index.generation(), index.len()), (None, at(101), 3, 100));
    assert_eq!(index.scan(b"p/").unwrap(), [(b"p/1".to_vec(), vec![2])]);
    let keys: Vec<_> = index.scan(b"e/").unwrap().into_iter().map(|(key, _)| key).collect();
    assert!(keys.is_sorted() && keys.len() == 99);
}

#[test]
fn the_index_of_another_journal_or_format_starts_empty_and_says_so() {
    let (_home, folder) = place();
    filled(&folder, 20);
    let (index, rebuild) = Index::open(&folder, [8; 32]);
    assert_eq!((rebuild, index.len(), index.covers()), (Some(Rebuild::OtherJournal), 0, Position::START));
    let mut meta = Meta::new(OURS).encode();
    meta[0] = 9;
    assert_eq!(Meta::decode(&meta), Err(Rebuild::Format(9)));
    for len in 4..meta.len() {
        assert!(Meta::decode(&Meta::new(OURS).encode()[..len]).is_err());
    }
}

#[test]
fn an_index_that_is_gone_emptied_or_a_plain_file_starts_empty_and_works() {
    type Surgery = fn(&Path);
    let surgeries: [Surgery; 4] = [
        |folder| fs::remove_dir_all(folder).unwrap(),
        |folder| fs::remove_file(folder.join("db")).unwrap(),
        |folder| fs::write(folder.join("db"), b"").unwrap(),
        |folder| {
            fs::remove_dir_all(folder).unwrap();
            fs::write(folder, b"not a folder").unwrap();
        },
    ];
    for (number, surgery) in surgeries.into_iter().enumerate() {
        let (_home, folder) = place();
        filled(&folder, 50);
        surgery(&folder);
        let (index, rebuild) = Index::open(&folder, OURS);
        assert!(rebuild.is_some(), "surgery {number}");
        assert!(!matches!(rebuild, Some(Rebuild::InMemory(_))), "surgery {number}: {rebuild:?}");
        assert_eq!((index.len(), index.covers()), (0, Position::START));
        index.batch(vec![row(1)], at(10), 0).unwrap();
        drop(index);
        let (index, rebuild) = Index::open(&folder, OURS);
        assert_eq!((rebuild, rows(&index).len()), (None, 1), "surgery {number}");
    }
}

#[test]
fn a_half_written_snapshot_is_taken_away_and_nothing_is_rebuilt() {
    for content in [&b""[..], b"half a snapshot"] {
        let (_home, folder) = place();
        filled(&folder, 50);
        fs::write(folder.join("snap.FFFFFFFFFFFFFFFF.generating"), content).unwrap();
        let (index, rebuild) = Index::open(&folder, OURS);
        assert_eq!((rebuild, index.len()), (None, 50));
    }
}

#[test]
fn with_any_byte_changed_the_index_is_either_whole_or_rebuilt_and_never_wrong() {
    let (home, folder) = place();
    filled(&folder, 200);
    let before: Vec<_> = (0..200).map(row).map(|(key, value)| (key, value.unwrap())).collect();
    let len = fs::metadata(folder.join("db")).unwrap().len();
    let used = fs::read(folder.join("db")).unwrap().iter().rposition(|b| *b != 0).unwrap();
    assert!(len > 0 && used > 1_000);
    let (mut whole, mut emptied) = (0, 0);
    for step in 0..60 {
        let place = home.path().join(format!("hurt-{step}"));
        copy(&folder, &place);
        let mut bytes = fs::read(place.join("db")).unwrap();
        bytes[step * used / 60] ^= 0x40;
        fs::write(place.join("db"), bytes).unwrap();
        // Without its snapshot sled reads the log, so the flipped byte is met.
        for item in fs::read_dir(&place).unwrap().map(Result::unwrap) {
            if item.file_name().to_string_lossy().starts_with("snap.") {
                fs::remove_file(item.path()).unwrap();
            }
        }
        let (index, rebuild) = Index::open(&place, OURS);
        if rebuild.is_none() {
            // An older state that is whole is as good: the journal tells the rest.
            let found = rows(&index);
            assert_eq!(found, before[..found.len()]);
            assert_eq!(
                index.covers(),
                if found.is_empty() { Position::START } else { at(u32::try_from(found.len()).unwrap()) }
            );
            whole += 1;
        } else {
            assert!(index.is_empty());
            emptied += 1;
        }
    }
    assert!(emptied > 0, "{whole} whole, {emptied} emptied");
}

#[test]
fn a_row_that_was_lost_or_changed_behind_the_sum_makes_the_index_unbelievable() {
    for change in [None, Some(&b"other"[..])] {
        let (_home, folder) = place();
        filled(&folder, 20);
        let db = sled::open(&folder).unwrap();
        match change {
            None => drop(db.remove(b"re/00007").unwrap().unwrap()),
            Some(value) => drop(db.insert(b"re/00007", value).unwrap().unwrap()),
        }
        db.flush().unwrap();
        drop(db);
        let (index, rebuild) = Index::open(&folder, OURS);
        assert!(matches!(rebuild, Some(Rebuild::Damaged(_))), "{rebuild:?}");
        assert!(index.is_empty());
        assert!(folder.with_file_name("index.bad-1").is_dir());
    }
}

#[test]
fn only_the_newest_damaged_index_is_kept() {
    let (home, folder) = place();
    for number in 1..4 {
        fs::create_dir(home.path().join(format!("index.bad-{number}"))).unwrap();
    }
    filled(&folder, 10);
    let bad = |number: u32| home.path().join(format!("index.bad-{number}")).exists();
    assert!(!bad(1) && !bad(2) && bad(3));
}

#[test]
fn a_row_over_the_limits_is_refused_and_nothing_behind_it_is_ever_covered() {
    let (_home, folder) = place();
    filled(&folder, 10);
    let (index, _) = Index::open(&folder, OURS);
    let large = vec![0; limits::INDEX_VALUE_MAX + 1];
    assert!(matches!(
        index.note(vec![(b"n".to_vec(), Some(large.clone()))]),
        Err(IndexError::RowTooLarge { .. })
    ));
    assert_eq!(index.failure(), None);
    assert!(index.batch(vec![(b"n".to_vec(), Some(large))], at(11), 0).is_err());
    assert!(matches!(index.batch(vec![row(12)], at(12), 0), Err(IndexError::Failed(_))));
    assert_eq!((index.covers(), index.len()), (at(10), 10));
}

#[test]
fn where_no_folder_can_be_made_the_index_lives_in_memory() {
    let (home, _) = place();
    let blocked = home.path().join("file");
    fs::write(&blocked, b"").unwrap();
    let (index, rebuild) = Index::open(&blocked.join("index"), OURS);
    assert!(matches!(rebuild, Some(Rebuild::InMemory(_))), "{rebuild:?}");
    index.batch((0..5).map(row).collect(), at(5), 0).unwrap();
    index.batch(vec![(b"e/00003".to_vec(), None)], at(6), 0).unwrap();
    assert_eq!((index.scan(b"e/").unwrap().len(), index.len(), index.covers()), (4, 4, at(6)));
    index.flush().unwrap();
}
