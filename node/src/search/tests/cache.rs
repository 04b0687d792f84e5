//! The index is a cache: brought up to date, dropped, never in the way.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

#[test]
fn what_changed_is_put_in_again_and_what_ceased_to_count_goes() {
    let (one, two) = (Made::design(1, "Plank", &[]), Made::design(2, "Hout", &[]));
    let (mut index, folder) = index_of(&[one.content(), two.content()]);
    let before = index.marks().unwrap();
    assert_eq!(before.len(), 2);

    let changed = one.set_apart("title", "Beugel").content();
    assert_ne!(before[&changed.id], changed.mark);
    put(&mut index, std::slice::from_ref(&changed));
    assert_eq!(titles(&index, "plank"), [""; 0]);
    assert_eq!(titles(&index, "beugel"), ["Beugel"]);
    assert_eq!(index.len(), 2);

    let mut update = index.update().unwrap();
    update.remove(&two.id()).unwrap();
    update.remove(&EntryId([3; 32])).unwrap();
    update.commit(Some([8; 32])).unwrap();
    update.end().unwrap();
    assert_eq!(titles(&index, "hout"), [""; 0]);
    drop(index);

    // All of it lies on the disk.
    let mut index = Index::open(&folder.path().join("search")).unwrap();
    assert_eq!(index.state(), Some([8; 32]));
    assert_eq!(index.marks().unwrap(), [(changed.id, changed.mark)].into());
    assert_eq!(titles(&index, "beugel"), ["Beugel"]);
}

#[test]
fn what_is_not_committed_is_forgotten_and_a_state_is_said_when_it_is_whole() {
    let (mut index, folder) = index_of(&[]);
    let mut update = index.update().unwrap();
    update.put(&Made::design(1, "Plank", &[]).content()).unwrap();
    update.commit(None).unwrap();
    update.put(&Made::design(2, "Hout", &[]).content()).unwrap();
    drop(update);
    drop(index);
    let mut index = Index::open(&folder.path().join("search")).unwrap();
    assert_eq!((index.state(), index.marks().unwrap().len()), (None, 1));
}

#[test]
fn a_mark_names_the_heads_and_who_keeps_a_document_under_which_name() {
    let (a, b) = (EntryId([1; 32]), EntryId([2; 32]));
    let marks = [
        mark(&[a], &[]),
        mark(&[a, b], &[]),
        mark(&[a], &[(b, String::new())]),
        mark(&[a], &[(b, "Workshop North".into())]),
        mark(&[a], &[(b, "Workshop South".into())]),
    ];
    for (n, one) in marks.iter().enumerate() {
        assert!(marks.iter().skip(n + 1).all(|other| other != one));
    }
}

/// A folder with an index of two documents, closed.
fn closed() -> (tempfile::TempDir, PathBuf) {
    let contents = [
        Made::design(1, "Plank", &[("description", "beuken")]).content(),
        Made::design(2, "Hout", &[]).content(),
    ];
    let (index, folder) = index_of(&contents);
    drop(index);
    let path = folder.path().join("search");
    (folder, path)
}

fn files(path: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

/// What must hold of whatever lies there: it opens, and either is what it was or is empty, to be made again.
fn opens(path: &Path, how: &str) {
    let mut index = Index::open(path).unwrap_or_else(|error| panic!("{how}: {error}"));
    let found = index.find(&Query::read("beuken"), 10).unwrap_or_else(|error| panic!("{how}: {error}"));
    let marks = index.marks().unwrap();
    match index.state() {
        Some(_) => assert_eq!((found.total, marks.len()), (1, 2), "{how}"),
        None => assert_eq!((found.total, marks.len()), (0, 0), "{how}"),
    }
    put(&mut index, &[Made::design(4, "Nieuw", &[]).content()]);
    assert_eq!(titles(&index, "nieuw"), ["Nieuw"], "{how}");
}

#[test]
fn damage_anywhere_drops_the_index_and_nothing_else() {
    let (_folder, path) = closed();
    for number in 0..files(&path).len() {
        for how in [
            "cut",
            "emptied",
            "gone",
            "flipped at the end",
            "flipped in the middle",
            "flipped first",
            "noise",
        ] {
            let (_folder, path) = closed();
            let file = &files(&path)[number];
            let mut bytes = fs::read(file).unwrap();
            let len = bytes.len();
            match how {
                "cut" => bytes.truncate(len / 2),
                "emptied" => bytes.clear(),
                "noise" => bytes = blake3::hash(b"noise").as_bytes().repeat(4),
                "flipped at the end" => bytes.iter_mut().rev().take(1).for_each(|b| *b ^= 0x10),
                "flipped in the middle" => bytes.iter_mut().skip(len / 2).take(1).for_each(|b| *b ^= 0x10),
                "flipped first" => bytes.iter_mut().take(1).for_each(|b| *b ^= 0x10),
                _ => {}
            }
            if how == "gone" {
                fs::remove_file(file).unwrap();
            } else {
                fs::write(file, bytes).unwrap();
            }
            opens(&path, &format!("{} {how}", file.display()));
        }
    }
}

/// The engine keeps no checksum of this one, and believes it.
#[test]
fn damage_to_any_part_of_the_list_of_files_is_noticed() {
    let (_folder, path) = closed();
    let len = fs::read(path.join("meta.json")).unwrap().len();
    for at in (0..len).step_by(len / 24) {
        let (_folder, path) = closed();
        let mut bytes = fs::read(path.join("meta.json")).unwrap();
        bytes[at] ^= 1;
        fs::write(path.join("meta.json"), bytes).unwrap();
        let index = Index::open(&path).unwrap();
        assert_eq!((index.state(), index.len()), (None, 0), "byte {at}");
    }
}

#[test]
fn an_index_of_another_version_or_of_something_else_is_dropped() {
    let (_folder, path) = closed();
    let meta = path.join("meta.json");
    let said = fs::read_to_string(&meta).unwrap();
    assert!(said.contains("aronde search 1"));
    let said = said.replace("aronde search 1", "aronde search 0");
    let seal = blake3::derive_key("aronde 2026 seal of a search index", said.as_bytes());
    fs::write(&meta, said).unwrap();
    fs::write(path.join("seal"), seal).unwrap();
    opens(&path, "another version");

    let (_folder, path) = closed();
    fs::remove_dir_all(&path).unwrap();
    opens(&path, "a folder that is gone");

    let (_folder, path) = closed();
    fs::remove_dir_all(&path).unwrap();
    fs::write(&path, "a file").unwrap();
    opens(&path, "a file in its place");

    let (_folder, path) = closed();
    fs::remove_dir_all(&path).unwrap();
    let schema = tantivy::schema::Schema::builder().build();
    fs::create_dir(&path).unwrap();
    tantivy::Index::create_in_dir(&path, schema).unwrap();
    opens(&path, "another index");
}
