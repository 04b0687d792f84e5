use std::fs;
use std::io::{self, Read};

use tempfile::{TempDir, tempdir};

use super::*;

type Surgery = fn(&Path);

fn sample(len: usize) -> Vec<u8> {
    (0..len).map(|i| u8::try_from((i * 7 + i / 255) % 256).unwrap()).collect()
}

fn files() -> (TempDir, Files) {
    let home = tempdir().unwrap();
    let files = Files::open(&home.path().join("files"), 0).unwrap();
    (home, files)
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

/// Sends all that is missing from one folder of files to another.
fn fetch(from: &Files, to: &mut Partial) {
    for range in to.missing() {
        to.accept(&range, &from.encode_range(to.hash(), &range).unwrap()).unwrap();
    }
}

#[test]
fn a_file_is_found_under_its_hash_with_its_bytes() {
    let (home, files) = files();
    for len in [0, 1, 16_384, 300_000] {
        let bytes = sample(len);
        let hash = FileHash::of(&bytes);
        assert_eq!(files.put_reader(bytes.as_slice()).unwrap(), (hash, len as u64));
        assert!(files.has(hash));
        let mut read = Vec::new();
        files.open_read(hash).unwrap().read_to_end(&mut read).unwrap();
        assert_eq!((read, files.check(hash)), (bytes, Verdict::Sound));
    }
    let source = home.path().join("part.stl");
    fs::write(&source, b"solid").unwrap();
    assert_eq!(files.put_path(&source).unwrap().0, FileHash::of(b"solid"));
    files.encode_range(FileHash::of(&sample(300_000)), &(0..300_000)).unwrap();
    let listed = files.list().unwrap();
    assert_eq!(listed.len(), 5, "hash pairs beside a file are no file");
    assert!(listed.contains(&(FileHash::of(b"solid"), 5)));
    assert!(is_empty(&home.path().join("files/tmp")));
    assert!(matches!(files.open_read(FileHash::of(b"none")), Err(FileError::Absent(_))));
}

#[test]
fn a_source_that_fails_halfway_leaves_nothing_behind() {
    struct Breaks(usize);
    impl Read for Breaks {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or_else(|| io::Error::other("unplugged"))?;
            buffer.fill(1);
            Ok(buffer.len())
        }
    }
    let (home, files) = files();
    let refusal = files.put_reader(Breaks(3)).unwrap_err();
    assert!(refusal.to_string().contains("unplugged"));
    assert!(files.list().unwrap().is_empty() && is_empty(&home.path().join("files/tmp")));
}

#[test]
fn a_file_over_the_limit_a_folder_and_a_nearly_full_disk_are_refused() {
    let (home, files) = files();
    let large = home.path().join("large");
    File::create(&large).unwrap().set_len(limits::FILE_MAX + 1).unwrap();
    assert!(matches!(files.put_path(&large), Err(FileError::TooLarge(_))));
    assert!(files.put_path(home.path()).is_err());
    assert!(matches!(files.partial(FileHash::of(b""), limits::FILE_MAX + 1), Err(FileError::TooLarge(_))));
    let full = Files::open(&home.path().join("full"), u64::MAX).unwrap();
    assert!(matches!(full.put_reader(&b"x"[..]), Err(FileError::NoRoom { .. })));
    assert!(matches!(full.partial(FileHash::of(b"x"), 1), Err(FileError::NoRoom { .. })));
    assert!(full.list().unwrap().is_empty());
}

#[test]
fn a_flipped_byte_is_found_and_the_file_is_never_served_but_wanted_again() {
    let bytes = sample(100_000);
    let hash = FileHash::of(&bytes);
    for at in [0, 50_000, 99_999] {
        for serve in [false, true] {
            let (_home, files) = files();
            files.put_reader(bytes.as_slice()).unwrap();
            if serve {
                files.encode_range(hash, &(0..100_000)).unwrap();
            }
            flip(&files.path(hash), at);
            assert_eq!(files.check(hash), Verdict::Damaged);
            assert!(files.has(hash), "an audit only looks");
            let refusal = if serve {
                files.encode_range(hash, &(0..100_000)).unwrap_err()
            } else {
                files.open_read(hash).unwrap_err()
            };
            assert!(matches!(refusal, FileError::Damaged(_)), "{refusal}");
            assert_eq!((files.has(hash), files.check(hash)), (false, Verdict::Absent));
            files.put_reader(bytes.as_slice()).unwrap();
            assert_eq!(files.check(hash), Verdict::Sound);
        }
    }
}

#[test]
fn a_good_copy_heals_a_damaged_file_in_place() {
    let (_home, files) = files();
    let (hash, _) = files.put_reader(&b"drawing"[..]).unwrap();
    flip(&files.path(hash), 3);
    files.put_reader(&b"drawing"[..]).unwrap();
    assert_eq!(files.check(hash), Verdict::Sound);
}

#[test]
fn damaged_hash_pairs_are_made_again_and_the_file_is_still_served() {
    let (home, files) = files();
    let bytes = sample(200_000);
    let (hash, len) = files.put_reader(bytes.as_slice()).unwrap();
    let sent = files.encode_range(hash, &(0..len)).unwrap();
    let pairs = files.outboard_path(hash);
    let surgeries: [Surgery; 4] = [
        |pairs| flip(pairs, 70),
        |pairs| fs::remove_file(pairs).unwrap(),
        |pairs| fs::write(pairs, b"short").unwrap(),
        |pairs| fs::write(pairs, vec![0; 100_000]).unwrap(),
    ];
    for surgery in surgeries {
        surgery(&pairs);
        assert_eq!(files.encode_range(hash, &(0..len)).unwrap(), sent);
        assert_eq!(files.outboard(hash).unwrap(), fs::read(&pairs).unwrap());
    }
    assert!(is_empty(&home.path().join("files/damaged")));
}

#[cfg(unix)]
#[test]
fn a_symlink_is_neither_taken_nor_followed() {
    let (home, files) = files();
    let secret = home.path().join("secret");
    fs::write(&secret, b"key").unwrap();
    let link = home.path().join("part.stl");
    std::os::unix::fs::symlink(&secret, &link).unwrap();
    assert!(files.put_path(&link).is_err());

    let hash = FileHash::of(b"key");
    let path = files.path(hash);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(&secret, &path).unwrap();
    assert!(!files.has(hash) && files.open_read(hash).is_err() && files.encode_range(hash, &(0..3)).is_err());
    assert!(files.list().unwrap().is_empty());
    files.put_reader(&b"key"[..]).unwrap();
    assert!(fs::symlink_metadata(&path).unwrap().is_file());
    assert!(Files::open(&link, 0).is_err());
}

#[test]
fn a_download_goes_on_where_it_stopped_and_ends_under_its_name() {
    let (_there, theirs) = files();
    let (home, ours) = files();
    let bytes = sample(3_000_000);
    let (hash, len) = theirs.put_reader(bytes.as_slice()).unwrap();
    let mut partial = ours.partial(hash, len).unwrap();
    assert!(matches!(ours.partial(hash, len), Err(FileError::Busy(_))));
    let missing = partial.missing();
    assert_eq!((missing.len(), missing[0].clone(), missing[2].end), (3, 0..1_048_576, len));
    for range in [1_000_000..1_000_001, 2_900_000..len] {
        partial.accept(&range, &theirs.encode_range(hash, &range).unwrap()).unwrap();
    }
    let received = partial.received();
    assert!(received > 100_000 && !ours.has(hash));
    assert!(matches!(partial.finish(), Err(FileError::Incomplete(_))));
    drop(partial);

    let ours = Files::open(&home.path().join("files"), 0).unwrap();
    assert_eq!(ours.partials().unwrap(), [(hash, len)]);
    let mut partial = ours.partial(hash, len).unwrap();
    assert_eq!(partial.received(), received);
    fetch(&theirs, &mut partial);
    assert!(partial.is_complete() && !ours.has(hash));
    partial.finish().unwrap();
    drop(partial);
    assert_eq!((ours.check(hash), ours.partials().unwrap()), (Verdict::Sound, vec![]));
    assert_eq!(ours.outboard(hash).unwrap(), theirs.outboard(hash).unwrap());
    assert!(is_empty(&home.path().join("files/partial")));
}

#[test]
fn wrong_bytes_from_a_peer_change_nothing_and_never_appear_under_the_name() {
    let (_there, theirs) = files();
    let (_here, ours) = files();
    let bytes = sample(60_000);
    let (hash, len) = theirs.put_reader(bytes.as_slice()).unwrap();
    let sent = theirs.encode_range(hash, &(0..len)).unwrap();
    let mut partial = ours.partial(hash, len).unwrap();
    for at in (0..sent.len()).step_by(1_009) {
        let mut wrong = sent.clone();
        wrong[at] ^= 1;
        assert!(matches!(
            partial.accept(&(0..len), &wrong),
            Err(FileError::Range(RangeError::WrongBytes { .. }))
        ));
    }
    assert!(partial.accept(&(0..len), &sent[..sent.len() - 1]).is_err());
    assert!(partial.accept(&(0..len + 1), &sent).is_err());
    assert_eq!((partial.received(), ours.has(hash)), (0, false));
    partial.accept(&(0..len), &sent).unwrap();
    partial.finish().unwrap();
    assert_eq!(ours.check(hash), Verdict::Sound);
}

#[test]
fn a_partial_download_that_rots_between_two_sessions_is_fetched_again_where_it_rotted() {
    let (_there, theirs) = files();
    let (_here, ours) = files();
    let bytes = sample(200_000);
    let (hash, len) = theirs.put_reader(bytes.as_slice()).unwrap();
    let mut partial = ours.partial(hash, len).unwrap();
    fetch(&theirs, &mut partial);
    // Rot while it is open: the last check finds it, and says what to fetch again.
    flip(&ours.partial_path(hash, len), 100_000);
    assert!(matches!(partial.finish(), Err(FileError::Incomplete(_))));
    let rotten = 98_304..114_688;
    assert_eq!((partial.missing(), ours.has(hash)), (vec![rotten.clone()], false));
    fetch(&theirs, &mut partial);
    drop(partial);
    flip(&ours.partial_path(hash, len), 100_001);
    let mut partial = ours.partial(hash, len).unwrap();
    assert_eq!(partial.missing(), [rotten]);
    fetch(&theirs, &mut partial);
    partial.finish().unwrap();
    assert_eq!(ours.check(hash), Verdict::Sound);
}

#[test]
fn a_download_under_a_wrong_length_never_ends_and_can_be_given_up() {
    let (_there, theirs) = files();
    let (home, ours) = files();
    let bytes = sample(100_000);
    let (hash, len) = theirs.put_reader(bytes.as_slice()).unwrap();
    let mut partial = ours.partial(hash, len + 20_000).unwrap();
    for range in partial.missing() {
        let known = range.start..range.end.min(len);
        let _ = partial.accept(&range, &theirs.encode_range(hash, &known).unwrap());
    }
    assert!(!partial.is_complete() && partial.finish().is_err() && !ours.has(hash));
    drop(partial);
    ours.discard(hash, len + 20_000).unwrap();
    assert!(is_empty(&home.path().join("files/partial")));
}

#[test]
fn the_empty_file_can_be_fetched() {
    let (_there, theirs) = files();
    let (_here, ours) = files();
    let (hash, len) = theirs.put_reader(&b""[..]).unwrap();
    let mut partial = ours.partial(hash, len).unwrap();
    fetch(&theirs, &mut partial);
    partial.finish().unwrap();
    assert_eq!(ours.check(hash), Verdict::Sound);
}

#[test]
fn many_threads_may_bring_the_same_and_other_files_at_once() {
    let (_home, files) = files();
    std::thread::scope(|scope| {
        for thread in 0..8u8 {
            let files = files.clone();
            scope.spawn(move || {
                for number in 0..20u8 {
                    files.put_reader(&[number][..]).unwrap();
                    files.put_reader(&[number, thread][..]).unwrap();
                }
            });
        }
    });
    let listed = files.list().unwrap();
    assert_eq!(listed.len(), 20 + 8 * 20);
    assert!(listed.iter().all(|(hash, _)| files.check(*hash) == Verdict::Sound));
}

#[test]
fn a_file_is_removed_with_all_that_was_kept_of_it_and_a_download_under_way_comes_to_nothing() {
    let (home, from) = files();
    let (other, to) = files();
    let bytes = sample(300_000);
    let (hash, len) = from.put_reader(bytes.as_slice()).unwrap();
    from.encode_range(hash, &(0..len)).unwrap();
    let (kept, _) = from.put_reader(b"solid".as_slice()).unwrap();
    let mut partial = to.partial(hash, len).unwrap();
    fetch(&from, &mut partial);

    let everything = |home: &TempDir| {
        let mut found: Vec<String> = Vec::new();
        let mut open = vec![home.path().join("files")];
        while let Some(folder) = open.pop() {
            for item in fs::read_dir(folder).unwrap().map(|item| item.unwrap().path()) {
                if item.is_dir() { open.push(item) } else { found.push(item.display().to_string()) }
            }
        }
        found
    };
    assert!(from.remove(hash).unwrap() && to.remove(hash).unwrap());
    assert!(partial.finish().is_err(), "its bytes are gone");
    drop(partial);
    assert_eq!(everything(&other), Vec::<String>::new());
    assert_eq!(everything(&home).len(), 1, "another file stays");
    assert!(from.has(kept) && !from.has(hash));
    assert!(from.remove(hash).unwrap(), "what is gone is gone");

    // A copy that was set aside is a copy.
    from.put_reader(bytes.as_slice()).unwrap();
    from.set_aside(hash).unwrap();
    from.remove(hash).unwrap();
    assert_eq!(everything(&home).len(), 1);
}

#[test]
fn nothing_is_removed_while_files_are_taken_in() {
    let (_home, files) = files();
    let (first, second) = (files.taking_in(), files.taking_in());
    let (hash, _) = files.put_reader(b"solid".as_slice()).unwrap();
    for taking in [first, second] {
        assert!(!files.remove(hash).unwrap() && files.has(hash));
        drop(taking);
    }
    assert!(files.remove(hash).unwrap() && !files.has(hash));
}
