use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::Ordering;

use tempfile::{TempDir, tempdir};

use super::*;
use crate::store::disk::faulty::Faulty;
use crate::store::segment::HEADER_LEN;

const SMALL: Limits = Limits { segment_max: 400, floor: 0 };
const LARGE: Limits = Limits { segment_max: 1 << 20, floor: 0 };

fn open(folder: &Path, limits: Limits, durable: Option<Position>) -> (Journal, Opening) {
    Journal::open(folder, limits, durable).unwrap()
}

fn payload(number: usize) -> Vec<u8> {
    format!("record {number:04} {}", "x".repeat(number % 7)).into_bytes()
}

fn filled(limits: Limits, records: usize) -> (TempDir, Vec<Location>) {
    let folder = tempdir().unwrap();
    let (mut journal, _) = open(folder.path(), limits, None);
    let locations = (0..records).map(|n| journal.append(&[payload(n)]).unwrap()[0]).collect();
    (folder, locations)
}

/// The payloads and the damage that a scan meets.
fn scanned(journal: &Journal) -> (Vec<Vec<u8>>, Vec<Damage>) {
    let (mut payloads, mut damage) = (Vec::new(), Vec::new());
    for found in journal.scan(Position::START) {
        match found.unwrap() {
            Found::Record { payload, location } => {
                assert_eq!(journal.read(location).unwrap(), payload);
                payloads.push(payload);
            }
            Found::Damage(found) => damage.push(found),
        }
    }
    (payloads, damage)
}

fn all(records: usize) -> Vec<Vec<u8>> {
    (0..records).map(payload).collect()
}

fn copy(from: &Path) -> TempDir {
    let to = tempdir().unwrap();
    for item in fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        fs::copy(item.path(), to.path().join(item.file_name())).unwrap();
    }
    to
}

fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

#[test]
fn records_are_read_back_in_order_over_many_segments_and_after_a_kill() {
    let folder = tempdir().unwrap();
    let (mut journal, opening) = open(folder.path(), SMALL, None);
    assert_eq!(opening, Opening::default());
    assert_eq!(journal.append::<&[u8]>(&[]).unwrap(), []);
    let mut locations = journal.append(&all(20)[..7]).unwrap();
    locations.extend(journal.append(&all(20)[7..]).unwrap());
    assert!(locations.last().unwrap().segment > 2);
    assert_eq!(locations.last().unwrap().end(), journal.end());
    std::mem::forget(journal);
    let (journal, opening) = open(folder.path(), SMALL, None);
    assert_eq!(opening, Opening::default());
    assert_eq!(scanned(&journal), (all(20), vec![]));
    assert_eq!(journal.read(locations[11]).unwrap(), payload(11));
    let behind = journal.scan(locations[11].end()).count();
    assert_eq!(behind, 8);
}

#[test]
fn an_append_larger_than_a_group_is_several_groups_and_one_record_over_the_limit_is_refused() {
    let folder = tempdir().unwrap();
    let (mut journal, _) = open(folder.path(), Limits { segment_max: 3 << 20, floor: 0 }, None);
    let large = vec![7; limits::RECORD_MAX];
    let locations = journal.append(&vec![large.clone(); 12]).unwrap();
    assert!(locations.iter().map(|l| l.segment).max().unwrap() >= 3);
    assert!(locations.iter().all(|l| journal.read(*l).unwrap() == large));
    let refusal = journal.append(&[vec![0; limits::RECORD_MAX + 1]]).unwrap_err();
    assert!(matches!(refusal, StoreError::RecordTooLarge { .. }));
    assert!(journal.append(&[b"small"]).is_ok());
}

#[test]
fn a_tail_torn_at_any_byte_is_cut_and_what_was_acknowledged_before_it_stays() {
    let (folder, locations) = filled(LARGE, 3);
    let last = locations[2];
    for end in last.offset..last.end().offset {
        for filled_with_zeros in [false, true] {
            let torn = copy(folder.path());
            change(&torn.path().join("00000001.seg"), |bytes| {
                let len = bytes.len();
                bytes.truncate(end as usize);
                if filled_with_zeros {
                    bytes.resize(len, 0);
                }
            });
            let clean = end == last.offset && !filled_with_zeros;
            // With what the index knew of the first two, and without an index.
            for durable in [None, Some(last).map(|l| Position { segment: 1, offset: l.offset })] {
                let torn = copy(torn.path());
                let (mut journal, opening) = open(torn.path(), LARGE, durable);
                assert_eq!(opening.torn.map(|t| t.offset), (!clean).then_some(last.offset), "{end}");
                assert_eq!(opening.damage, []);
                assert_eq!(scanned(&journal), (all(2), vec![]));
                journal.append(&[payload(2)]).unwrap();
                let (journal, opening) = open(torn.path(), LARGE, None);
                assert_eq!((opening, scanned(&journal)), (Opening::default(), (all(3), vec![])));
            }
        }
    }
}

#[test]
fn a_group_of_which_the_disk_kept_only_the_end_is_torn_and_not_damage() {
    let folder = tempdir().unwrap();
    let (mut journal, _) = open(folder.path(), LARGE, None);
    journal.append(&all(1)).unwrap();
    let group = journal.append(&all(6)[1..]).unwrap();
    drop(journal);
    change(&folder.path().join("00000001.seg"), |bytes| {
        bytes[group[1].offset as usize..group[3].offset as usize].fill(0);
    });
    let (journal, opening) = open(folder.path(), LARGE, None);
    assert_eq!(opening.torn.unwrap().offset, group[1].offset);
    assert_eq!(scanned(&journal), (all(2), vec![]));
}

#[test]
fn a_flipped_byte_anywhere_is_named_at_its_place_and_all_other_records_stay_readable() {
    let (folder, locations) = filled(SMALL, 12);
    let (journal, _) = open(folder.path(), SMALL, None);
    let end = journal.end();
    assert!(end.segment >= 2);
    drop(journal);
    for segment in 1..=end.segment {
        let name = format!("{segment:08}.seg");
        for at in 0..fs::read(folder.path().join(&name)).unwrap().len() {
            let hurt = copy(folder.path());
            let (journal, _) = open(hurt.path(), SMALL, None);
            change(&hurt.path().join(&name), |bytes| bytes[at] ^= 0x10);

            let at = u32::try_from(at).unwrap();
            let holds = |offset: u32, len: u32| (offset..offset + len).contains(&at);
            let mut expected = all(12);
            let victim =
                locations.iter().position(|l| l.segment == segment && holds(l.offset, RECORD_HEAD + l.len));
            if let Some(victim) = victim {
                expected.remove(victim);
                assert!(journal.read(locations[victim]).is_err());
            }
            let (payloads, damage) = scanned(&journal);
            assert_eq!(payloads, expected, "segment {segment} byte {at}");
            assert_eq!(damage.len(), 1, "segment {segment} byte {at}: {damage:?}");
            assert!(damage[0].segment == segment && holds(damage[0].offset, damage[0].len), "{damage:?}");
            drop(journal);

            // Opened again with an index that knew of it all, nothing is cut and writing goes on.
            let (mut journal, opening) = open(hurt.path(), SMALL, Some(end));
            assert_eq!(opening.torn, None);
            journal.append(&[payload(12)]).unwrap();
            expected.push(payload(12));
            assert_eq!(scanned(&journal), (expected.clone(), damage.clone()));
            let (journal, _) = open(hurt.path(), SMALL, Some(journal.end()));
            assert_eq!(scanned(&journal), (expected, damage));
        }
    }
}

#[test]
fn without_an_index_damage_before_the_last_group_is_still_never_cut() {
    let (folder, locations) = filled(LARGE, 6);
    for (victim, location) in locations.iter().enumerate().take(5) {
        let hurt = copy(folder.path());
        let Location { offset, len, .. } = *location;
        change(&hurt.path().join("00000001.seg"), |b| b[offset as usize..][..len as usize].fill(0xAA));
        let (journal, opening) = open(hurt.path(), LARGE, None);
        assert_eq!((opening.torn, opening.damage.len()), (None, 1));
        let mut expected = all(6);
        expected.remove(victim);
        assert_eq!(scanned(&journal).0, expected);
    }
}

#[test]
fn a_record_forged_inside_a_payload_is_not_found_when_the_record_around_it_is_damaged() {
    let folder = tempdir().unwrap();
    let (mut journal, _) = open(folder.path(), LARGE, None);
    let first = journal.append(&[b"honest"]).unwrap()[0];
    let real = fs::read(folder.path().join("00000001.seg")).unwrap()[first.offset as usize..].to_vec();
    let mut hostile = Vec::new();
    Sealer::new(&[0; 32], 1_000).seal(&mut hostile, 1, 180, 180, b"forged");
    for _ in 0..50 {
        hostile.extend_from_slice(&real);
    }
    let second = journal.append(&[hostile]).unwrap()[0];
    journal.append(&[b"behind"]).unwrap();
    change(&folder.path().join("00000001.seg"), |bytes| bytes[second.offset as usize + 5] ^= 1);
    let (payloads, damage) = scanned(&journal);
    assert_eq!(payloads, [b"honest".to_vec(), b"behind".to_vec()]);
    assert_eq!(damage.len(), 1);
}

#[test]
fn a_missing_shortened_or_foreign_segment_is_named_and_the_others_are_read() {
    let (folder, locations) = filled(SMALL, 24);
    let kept = |keep: &dyn Fn(&Location) -> bool| -> Vec<Vec<u8>> {
        (locations.iter().enumerate()).filter(|(_, l)| keep(l)).map(|(n, _)| payload(n)).collect()
    };

    let gone = copy(folder.path());
    fs::remove_file(gone.path().join("00000002.seg")).unwrap();
    let (journal, opening) = open(gone.path(), SMALL, None);
    let (payloads, damage) = scanned(&journal);
    assert_eq!((&opening.damage, payloads), (&damage, kept(&|l| l.segment != 2)));
    assert_eq!((damage[0].segment, damage.len()), (2, 1));

    // Cut exactly between two records, so that only the next segment's header can tell.
    let short = copy(folder.path());
    let last = *locations.iter().rfind(|l| l.segment == 2).unwrap();
    change(&short.path().join("00000002.seg"), |bytes| bytes.truncate(last.offset as usize));
    let (journal, opening) = open(short.path(), SMALL, None);
    let (payloads, damage) = scanned(&journal);
    assert_eq!((&opening.damage, payloads), (&damage, kept(&|l| *l != last)));
    assert_eq!((damage[0].segment, damage[0].offset, damage.len()), (2, last.offset, 1));

    let swapped = copy(folder.path());
    let (other, _) = filled(SMALL, 24);
    fs::copy(other.path().join("00000002.seg"), swapped.path().join("00000002.seg")).unwrap();
    let (journal, opening) = open(swapped.path(), SMALL, None);
    let (payloads, damage) = scanned(&journal);
    assert_eq!((&opening.damage, payloads), (&damage, kept(&|l| l.segment != 2)));
    assert_eq!((damage[0].segment, damage.len()), (2, 1));
}

#[test]
fn synced_records_that_only_the_index_still_knows_of_are_named() {
    let (folder, locations) = filled(LARGE, 4);
    let end = locations[3].end();
    change(&folder.path().join("00000001.seg"), |bytes| bytes.truncate(locations[3].offset as usize));
    let (mut journal, opening) = open(folder.path(), LARGE, Some(end));
    assert_eq!(opening.damage.len(), 1);
    assert_eq!((opening.damage[0].offset, opening.torn), (locations[3].offset, None));
    journal.append(&[b"goes on"]).unwrap();
    assert_eq!(scanned(&journal).0.len(), 4);
}

#[test]
fn a_lost_or_damaged_identity_is_taken_back_from_a_segment_and_a_journal_without_any_is_refused() {
    let (folder, _) = filled(SMALL, 12);
    let before = identity(folder.path()).unwrap();
    for damage in [|path: &Path| fs::remove_file(path).unwrap(), |path: &Path| change(path, |b| b[20] ^= 1)] {
        damage(&folder.path().join("identity"));
        assert_eq!(identity(folder.path()).unwrap(), before);
        let (journal, opening) = open(folder.path(), SMALL, None);
        assert_eq!((opening.damage.len(), Some(journal.identity())), (1, before));
        assert_eq!(scanned(&journal), (all(12), vec![]));
        assert_eq!(open(folder.path(), SMALL, None).1, Opening::default());
    }
    fs::remove_file(folder.path().join("identity")).unwrap();
    for item in fs::read_dir(folder.path()).unwrap() {
        change(&item.unwrap().path(), |bytes| bytes[40] ^= 1);
    }
    assert!(matches!(Journal::open(folder.path(), SMALL, None), Err(StoreError::NoIdentity(_))));
}

#[test]
fn whichever_request_to_the_disk_fails_nothing_acknowledged_is_lost_and_nothing_more_is_acknowledged() {
    let mut met = std::collections::BTreeSet::new();
    for kind in [ErrorKind::StorageFull, ErrorKind::Other] {
        for for_ever in [true, false] {
            for fail_at in 0..200 {
                let folder = tempdir().unwrap();
                let disk = Faulty::new(fail_at, for_ever, kind);
                let Ok((mut journal, _)) =
                    Journal::open_on(Box::new(disk.clone()), folder.path(), SMALL, None)
                else {
                    panic!("a new journal asks nothing of the disk before its first record")
                };
                let mut acknowledged = 0;
                let mut refusal = None;
                while acknowledged < 40 {
                    match journal.append(&all(100)[acknowledged..acknowledged + 2]) {
                        Ok(_) => acknowledged += 2,
                        Err(error) => {
                            refusal = Some(error);
                            break;
                        }
                    }
                }
                let Some(refusal) = refusal else { break };
                met.insert(disk.failed.lock().unwrap().unwrap());
                match kind {
                    ErrorKind::StorageFull => {
                        assert!(matches!(refusal, StoreError::DiskFull(_)), "{refusal}");
                    }
                    _ => assert!(matches!(refusal, StoreError::Io { .. }), "{refusal}"),
                }
                // The disk may answer again: the journal does not.
                assert!(matches!(journal.append(&[b"more"]), Err(StoreError::Refusing(_))));
                assert_eq!(scanned(&journal), (all(acknowledged), vec![]));
                drop(journal);
                let (mut journal, opening) = open(folder.path(), SMALL, None);
                let (payloads, damage) = scanned(&journal);
                assert_eq!((opening.damage, damage), (vec![], vec![]));
                // What was written and not acknowledged may be there; it is the beginning of what was meant.
                assert!((acknowledged..=acknowledged + 2).contains(&payloads.len()));
                assert_eq!(payloads, all(payloads.len()));
                journal.append(&[b"goes on"]).unwrap();
            }
        }
    }
    assert_eq!(met.into_iter().collect::<Vec<_>>(), ["create", "rename", "sync", "sync folder", "write"]);
}

#[test]
fn an_fsync_that_fails_once_is_never_asked_again() {
    let folder = tempdir().unwrap();
    // Requests: create, write, sync, rename, sync folder of the segment; then write, sync.
    let disk = Faulty::new(6, false, ErrorKind::Other);
    let (mut journal, _) = Journal::open_on(Box::new(disk.clone()), folder.path(), LARGE, None).unwrap();
    assert!(journal.append(&[b"one"]).is_err());
    assert_eq!(*disk.failed.lock().unwrap(), Some("sync"));
    for _ in 0..3 {
        let refusal = journal.append(&[b"one"]).unwrap_err();
        assert!(matches!(refusal, StoreError::Refusing(_)));
        assert!(refusal.to_string().contains("start again"), "{refusal}");
    }
}

#[test]
fn writing_stops_before_the_disk_is_full_and_goes_on_when_there_is_room() {
    let folder = tempdir().unwrap();
    let disk = Faulty::new(usize::MAX, false, ErrorKind::Other);
    let limits = Limits { floor: 1_000, ..LARGE };
    let (mut journal, _) = Journal::open_on(Box::new(disk.clone()), folder.path(), limits, None).unwrap();
    journal.append(&[b"one"]).unwrap();
    disk.available.store(1_010, Ordering::SeqCst);
    assert!(matches!(journal.append(&[b"two"]), Err(StoreError::DiskLow { available: 1_010, .. })));
    disk.available.store(2_000, Ordering::SeqCst);
    journal.append(&[b"two"]).unwrap();
    assert_eq!(scanned(&journal).0.len(), 2);
    assert_eq!(journal.end().offset, HEADER_LEN + 2 * (RECORD_HEAD + 3));
}

#[test]
fn a_segment_is_rewritten_at_one_stroke_and_the_journal_goes_on() {
    for newest in [true, false] {
        let folder = tempdir().unwrap();
        let (mut journal, _) = open(folder.path(), LARGE, None);
        let mut locations = journal.append(&[b"one".as_slice(), b"secret", b"three"]).unwrap();
        locations.extend(journal.append(&[b"four"]).unwrap());
        if !newest {
            journal.begin_segment().unwrap();
            journal.append(&[b"five"]).unwrap();
        }
        let end = journal.end();
        // Shorter than filler, longer, and much shorter than what was there.
        for instead in [b"S".to_vec(), vec![b'L'; 500], Vec::new()] {
            let generation = journal.generation();
            let secret = locations[1];
            let moved = journal.rewrite(1, |at, _| (at == secret).then(|| instead.clone())).unwrap();
            assert!(journal.generation() > generation);
            for location in &mut locations {
                *location = moved[location];
            }
            assert_eq!(journal.read(locations[1]).unwrap(), instead);
            assert_eq!(journal.read(locations[3]).unwrap(), b"four");
        }
        assert!(journal.end() >= end);
        let more = journal.append(&[b"more"]).unwrap();
        assert_eq!(journal.read(more[0]).unwrap(), b"more");
        drop(journal);
        let (journal, opening) = open(folder.path(), LARGE, None);
        assert_eq!((opening.torn, opening.damage), (None, vec![]));
        let mut expected: Vec<&[u8]> = vec![b"one", b"", b"three", b"four"];
        expected.extend((!newest).then_some(b"five".as_slice()));
        expected.push(b"more");
        assert_eq!(scanned(&journal), (expected.into_iter().map(<[u8]>::to_vec).collect(), vec![]));
        let bytes = fs::read(folder.path().join("00000001.seg")).unwrap();
        assert!(!bytes.windows(6).any(|w| w == b"secret"));
    }
}

#[test]
fn a_rewrite_that_the_disk_refuses_leaves_the_segment_or_the_new_one() {
    for failing in 0..6 {
        let folder = tempdir().unwrap();
        let (mut journal, _) = open(folder.path(), LARGE, None);
        let locations = journal.append(&[b"one".as_slice(), b"secret"]).unwrap();
        drop(journal);
        // Requests of opening: sync, sync folder; of the rewrite: create, write, sync, rename, sync folder.
        let disk = Faulty::new(2 + failing, true, ErrorKind::Other);
        let (mut journal, _) = Journal::open_on(Box::new(disk.clone()), folder.path(), LARGE, None).unwrap();
        let done = journal.rewrite(1, |at, _| (at == locations[1]).then(|| b"gone".to_vec()));
        assert_eq!(done.is_ok(), failing == 5);
        drop(journal);
        let (journal, opening) = open(folder.path(), LARGE, None);
        assert_eq!((opening.torn, opening.damage), (None, vec![]));
        let (payloads, damage) = scanned(&journal);
        assert!(damage.is_empty());
        assert!(
            payloads == [b"one".to_vec(), b"secret".to_vec()]
                || payloads == [b"one".to_vec(), b"gone".to_vec()]
        );
    }
}

#[test]
fn what_is_damaged_in_a_segment_that_is_rewritten_is_zeros_and_stays_named() {
    let folder = tempdir().unwrap();
    let (mut journal, _) = open(folder.path(), LARGE, None);
    let mut locations = Vec::new();
    for payload in [b"one".as_slice(), b"a secret that nobody reads any more", b"three"] {
        locations.extend(journal.append(&[payload]).unwrap());
    }
    drop(journal);
    let path = folder.path().join("00000001.seg");
    let mut bytes = fs::read(&path).unwrap();
    bytes[locations[1].offset as usize + RECORD_HEAD as usize] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let (mut journal, _) = open(folder.path(), LARGE, None);
    let moved = journal.rewrite(1, |at, _| (at == locations[0]).then(|| b"1".to_vec())).unwrap();
    assert_eq!(journal.read(moved[&locations[2]]).unwrap(), b"three");
    let (payloads, damage) = scanned(&journal);
    assert_eq!((payloads.len(), damage.len()), (2, 1));
    let bytes = fs::read(&path).unwrap();
    assert!(!bytes.windows(6).any(|w| w == b"secret"));
}
