use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use tempfile::{TempDir, tempdir};

use super::*;
use crate::store::disk::faulty::Faulty;

const SMALL: Options = Options { segment_max: 400, free_for_entries: 0, free_for_files: 0 };

fn payload(number: usize) -> Vec<u8> {
    format!("entry {number:04}").into_bytes()
}

/// One row a record: where it lies.
fn row(location: Location, payload: &[u8]) -> Row {
    let value =
        [location.segment, location.offset, location.len].iter().flat_map(|n| n.to_le_bytes()).collect();
    ([b"e/", payload].concat(), Some(value))
}

/// Opens a store and replays it; returns also how many records were replayed and all damage.
fn ready(home: &Path) -> (Store, Opened, usize, Vec<Damage>) {
    let (mut store, opened) = Store::open(home, SMALL).unwrap();
    let (replayed, found) = replay(&mut store);
    let damage = opened.damage.iter().cloned().chain(found).collect();
    (store, opened, replayed, damage)
}

/// Replays a store: how many records, and what is damaged.
fn replay(store: &mut Store) -> (usize, Vec<Damage>) {
    let mut rows = Vec::new();
    let damage = store.replay(|location, payload| rows.push(row(location, payload))).unwrap();
    let replayed = rows.len();
    store.replayed(rows);
    (replayed, damage)
}

fn write(store: &mut Store, numbers: std::ops::Range<usize>) {
    for number in numbers {
        let payload = payload(number);
        store.append(&[&payload], |locations| vec![row(locations[0], &payload)]).unwrap();
    }
}

/// What the index knows and the journal gives for it.
fn known(store: &Store) -> Vec<Vec<u8>> {
    let mut payloads = Vec::new();
    for (_, value) in store.index().scan(b"e/").unwrap() {
        let number = |at: usize| u32::from_le_bytes(value[at..at + 4].try_into().unwrap());
        let location = Location { segment: number(0), offset: number(4), len: number(8) };
        payloads.extend(store.read(location).ok());
    }
    payloads
}

fn all(records: usize) -> Vec<Vec<u8>> {
    (0..records).map(payload).collect()
}

fn filled(records: usize) -> TempDir {
    let home = tempdir().unwrap();
    let (mut store, ..) = ready(home.path());
    write(&mut store, 0..records);
    home
}

/// Copies a folder with all that is in it.
pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap().map(Result::unwrap) {
        if item.file_type().unwrap().is_dir() {
            copy(&item.path(), &to.join(item.file_name()));
        } else {
            fs::copy(item.path(), to.join(item.file_name())).unwrap();
        }
    }
}

#[test]
fn a_sound_index_leaves_nothing_to_replay() {
    let home = filled(30);
    let (store, opened, replayed, damage) = ready(home.path());
    assert_eq!((opened.rebuild, opened.torn, replayed, damage), (None, None, 0, vec![]));
    assert_eq!(known(&store), all(30));
    assert!(store.journal().end().segment > 1);
}

#[test]
fn the_home_of_a_process_that_was_killed_holds_all_that_was_acknowledged() {
    let home = tempdir().unwrap();
    let (mut store, ..) = ready(home.path());
    write(&mut store, 0..30);
    // The files as they are while the first process still has them open: nothing was closed or flushed.
    let killed = tempdir().unwrap();
    copy(home.path(), killed.path());
    let (mut second, _, _, damage) = ready(killed.path());
    assert_eq!((known(&second), damage), (all(30), vec![]));
    write(&mut second, 30..35);
    assert_eq!(known(&second), all(35));
}

#[test]
fn an_index_that_is_deleted_garbled_or_of_another_home_is_rebuilt_from_the_journal() {
    type Surgery = fn(&Path);
    let surgeries: [Surgery; 3] = [
        |index| fs::remove_dir_all(index).unwrap(),
        |index| {
            for item in fs::read_dir(index).unwrap().map(Result::unwrap) {
                if item.file_type().unwrap().is_file() {
                    fs::write(item.path(), vec![0xA5; 5_000]).unwrap();
                }
            }
        },
        |index| {
            fs::remove_dir_all(index).unwrap();
            copy(&filled(30).path().join("index"), index);
        },
    ];
    for surgery in surgeries {
        let home = filled(30);
        surgery(&home.path().join("index"));
        let (store, opened, replayed, damage) = ready(home.path());
        assert!(opened.rebuild.is_some());
        assert_eq!((opened.replay_from, replayed, damage), (Position::START, 30, vec![]));
        assert_eq!(known(&store), all(30));
        drop(store);
        let (store, opened, replayed, _) = ready(home.path());
        assert_eq!((opened.rebuild, replayed, known(&store)), (None, 0, all(30)));
    }
}

#[test]
fn an_older_copy_of_the_index_is_brought_up_to_the_journal() {
    let home = filled(10);
    let old = tempdir().unwrap();
    copy(&home.path().join("index"), old.path());
    let (mut store, ..) = ready(home.path());
    write(&mut store, 10..25);
    drop(store);
    fs::remove_dir_all(home.path().join("index")).unwrap();
    copy(old.path(), &home.path().join("index"));
    let (store, opened, replayed, damage) = ready(home.path());
    assert_eq!((opened.rebuild, replayed, damage, known(&store)), (None, 15, vec![], all(25)));
}

#[test]
fn an_older_copy_of_the_journal_is_noticed_and_the_index_is_not_believed() {
    let home = filled(10);
    let old = tempdir().unwrap();
    copy(&home.path().join("journal"), old.path());
    let (mut store, ..) = ready(home.path());
    write(&mut store, 10..25);
    drop(store);
    fs::remove_dir_all(home.path().join("journal")).unwrap();
    copy(old.path(), &home.path().join("journal"));
    let (store, opened, replayed, damage) = ready(home.path());
    assert_eq!((opened.rebuild, replayed, known(&store)), (Some(Rebuild::Ahead), 10, all(10)));
    assert!(damage.iter().any(|d| d.what.contains("missing")), "{damage:?}");
}

#[test]
fn a_journal_that_is_gone_is_named_and_not_taken_for_a_new_home() {
    let home = filled(10);
    fs::remove_dir_all(home.path().join("journal")).unwrap();
    let (store, opened, replayed, damage) = ready(home.path());
    assert_eq!((opened.rebuild, replayed, damage.len()), (Some(Rebuild::OtherJournal), 0, 1));
    assert!(known(&store).is_empty());
}

#[test]
fn a_store_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Store>();
    shared::<Files>();
}

#[test]
fn a_flipped_byte_in_the_last_acknowledged_record_is_damage_and_not_a_torn_write() {
    let home = filled(5);
    let segment = home.path().join("journal/00000001.seg");
    let mut bytes = fs::read(&segment).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&segment, bytes).unwrap();
    let (mut store, opened, _, damage) = ready(home.path());
    assert_eq!((opened.rebuild, opened.torn, damage.len()), (None, None, 1));
    assert_eq!(known(&store), all(4));
    write(&mut store, 5..8);
    let found: Vec<_> = store.scan_from(Position::START).map(Result::unwrap).collect();
    assert_eq!(found.iter().filter(|f| matches!(f, Found::Damage(_))).count(), 1);
    assert_eq!(found.len(), 8);
}

#[test]
fn damage_in_the_middle_is_named_once_while_the_index_is_rebuilt_around_it() {
    let home = filled(30);
    let segment = home.path().join("journal/00000002.seg");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[200] ^= 1;
    fs::write(&segment, bytes).unwrap();
    fs::remove_dir_all(home.path().join("index")).unwrap();
    let (store, _, replayed, damage) = ready(home.path());
    assert_eq!((replayed, damage.len(), known(&store).len()), (29, 1, 29));
}

#[test]
fn a_second_process_is_refused_at_once_and_the_home_is_its_owners_alone() {
    let home = tempdir().unwrap();
    let home = home.path().join("home");
    let (mut store, ..) = ready(&home);
    store.tell(Some("127.0.0.1:1")).unwrap();
    let Err(StoreError::Locked { holder, .. }) = Store::open(&home, SMALL) else { panic!("it was let in") };
    assert_eq!(holder.http.as_deref(), Some("127.0.0.1:1"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&home), 0o700);
        assert_eq!(mode(&home.join("journal")), 0o700);
        drop(store);
        fs::set_permissions(&home, fs::Permissions::from_mode(0o755)).unwrap();
        drop(ready(&home));
        assert_eq!(mode(&home), 0o700);
    }
}

#[test]
fn nothing_is_appended_before_the_journal_was_replayed() {
    let home = filled(5);
    fs::remove_dir_all(home.path().join("index")).unwrap();
    let (mut store, _) = Store::open(home.path(), SMALL).unwrap();
    let refusal = store.append(&[b"early"], |_| vec![]).unwrap_err();
    assert!(matches!(refusal, StoreError::NotReplayed));
    replay(&mut store);
    write(&mut store, 5..6);
    assert_eq!(known(&store), all(6));
}

#[test]
fn a_failing_index_takes_nothing_back_and_the_next_start_repairs_it() {
    let home = filled(5);
    let (mut store, ..) = ready(home.path());
    let large = vec![0; limits::INDEX_VALUE_MAX + 1];
    store.append(&[payload(5)], |_| vec![(b"e/x".to_vec(), Some(large))]).unwrap();
    assert!(store.index().failure().is_some());
    write(&mut store, 6..9);
    drop(store);
    let (store, opened, replayed, _) = ready(home.path());
    assert_eq!((opened.rebuild, replayed, known(&store)), (None, 4, all(9)));
}

#[test]
fn whichever_request_to_the_disk_fails_the_next_start_has_all_that_was_acknowledged() {
    let mut stopped = 0;
    for fail_at in (0..60).step_by(4) {
        let home = tempdir().unwrap();
        let disk = Faulty::new(fail_at, true, ErrorKind::StorageFull);
        let (mut store, _) =
            Store::open_on(Box::new(disk), home.path(), Lock::take(home.path()).unwrap(), SMALL).unwrap();
        store.replayed(Vec::new());
        let acknowledged = (0..20)
            .take_while(|n| store.append(&[payload(*n)], |at| vec![row(at[0], &payload(*n))]).is_ok())
            .count();
        stopped += usize::from(acknowledged < 20);
        drop(store);
        let (store, opened, _, damage) = ready(home.path());
        let found = known(&store);
        let expected = (acknowledged == 0).then_some(Rebuild::Missing);
        assert_eq!((opened.rebuild, damage), (expected, vec![]));
        assert!(found.len() >= acknowledged, "{} of {acknowledged}", found.len());
        assert_eq!(found, all(found.len()));
    }
    assert!(stopped >= 10);
}

#[test]
fn an_index_that_is_distrusted_is_made_anew_at_the_next_start() {
    let home = filled(3);
    let (store, opened) = Store::open(home.path(), SMALL).unwrap();
    assert_eq!(opened.rebuild, None);
    store.distrust_index().unwrap();
    drop(store);
    let (mut store, opened) = Store::open(home.path(), SMALL).unwrap();
    assert_eq!(opened.rebuild, Some(Rebuild::Missing));
    replay(&mut store);
    assert_eq!(known(&store), all(3));
}
