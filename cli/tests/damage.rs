//! Disks that forget or lie, and processes that are killed: what is damaged is named, what was
//! acknowledged is there.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/workshops.rs"]
mod workshops;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use workshops::{Workshop, agree, eventually, id, parts, samples, started, tree};

/// Two workshops that hold one design with its files. The node of the first runs.
fn two() -> ([Workshop; 2], String) {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    let design = north.imports(&samples()[0].folder, samples()[0].given);
    south.sync();
    ([north, south], design)
}

/// Turns one bit of one byte of a file over.
fn flip(path: &Path, at: impl FnOnce(usize) -> usize) {
    let mut bytes = fs::read(path).unwrap();
    let at = at(bytes.len());
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn segment(workshop: &Workshop) -> PathBuf {
    workshop.home.join("journal/00000001.seg")
}

/// Where a file of a design lies in a home.
fn stored(workshop: &Workshop, hash: &str) -> PathBuf {
    let (first, rest) = hash.split_at(2);
    workshop.home.join("files").join(first).join(rest)
}

/// The findings of an audit that says no.
fn faults(workshop: &Workshop) -> Vec<Value> {
    let ran = workshop.run(&["audit", "--json"]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.stdout, ran.stderr);
    let audit = ran.json();
    assert_eq!(audit["ok"], false);
    audit["findings"].as_array().unwrap().clone()
}

fn hash_of(shown: &Value, path: &str) -> String {
    let files = shown["files"].as_array().unwrap();
    let file = files.iter().find(|file| file["path"] == path).unwrap();
    file["hash"].as_str().unwrap().to_owned()
}

#[test]
fn one_flipped_byte_in_a_stored_entry_is_found_by_audit_and_named() {
    let ([_north, south], _) = two();
    let design = south.designs("Press");
    south.is_well();
    // What was written last lies at the end.
    flip(&segment(&south), |len| len - 1);
    let found = faults(&south);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["kind"], &found[0]["entry"]), (&json!("damaged-entry"), &json!(design)));
    // No peer has it, and no number of starts and audits lets that be forgotten.
    for _ in 0..2 {
        let found = faults(&south);
        assert!(
            found.iter().any(|f| f["kind"] == "lost-entry" && f["entry"] == design.as_str()),
            "{found:?}"
        );
    }
}

#[test]
fn the_text_of_an_audit_names_what_is_damaged_too() {
    let home = Workshop::founds("Maker A", "Workshop North");
    let design = home.designs("Press");
    flip(&segment(&home), |len| len - 1);
    let ran = home.run(&["audit"]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("NOT WELL") && ran.stdout.contains(&design[..10]), "{}", ran.stdout);
}

#[test]
fn an_audit_finds_a_flipped_byte_wherever_in_the_journal_it_lies() {
    // Before the first record.
    const HEADER: usize = 80;
    let home = Workshop::founds("Maker A", "Workshop North");
    for title in ["Press", "Lathe", "Stool"] {
        home.designs(title);
    }
    home.is_well();
    let sound = fs::read(segment(&home)).unwrap();
    for part in 0..12 {
        flip(&segment(&home), |len| HEADER + (len - HEADER) * part / 12);
        let found = faults(&home);
        assert!(found.iter().any(|f| f["kind"] == "damaged-entry" && f["entry"].is_string()), "{found:?}");
        fs::write(segment(&home), &sound).unwrap();
        home.is_well();
    }
    // The header vouches for no entry: that it is damaged is told all the same.
    flip(&segment(&home), |_| HEADER / 2);
    let audit = home.run(&["audit", "--json"]).json();
    assert_eq!(audit["findings"][0]["kind"], "damaged-journal");
    assert_eq!(home.ask(&["design", "list"]).as_array().unwrap().len(), 3);
}

#[test]
fn a_damaged_entry_that_a_peer_holds_comes_back_from_it() {
    let ([north, mut south], design) = two();
    let digest = agree(&[&north, &south]);
    flip(&segment(&south), |len| len * 9 / 10);
    faults(&south);
    south.up();
    south.sync();
    south.down();
    south.is_well();
    assert_eq!(south.status("digest"), digest.as_str());
    assert_eq!(south.shows(&design).unwrap()["title"], north.shows(&design).unwrap()["title"]);
}

#[test]
fn one_flipped_byte_in_a_stored_file_is_found_named_and_the_file_is_fetched_again() {
    let ([north, south], design) = two();
    let shown = south.shows(&design).unwrap();
    let hash = hash_of(&shown, "README.md");
    flip(&stored(&south, &hash), |len| len / 2);
    let found = faults(&south);
    assert_eq!(found[0]["kind"], "damaged-file");
    assert_eq!(found[0]["entry"], hash.as_str());
    assert!(found[0]["what"].as_str().unwrap().contains("aronde sync"), "{found:?}");

    // The running node may have fetched it by itself before it is asked to.
    south.sync();
    assert_eq!(south.is_well()["findings"], json!([]));
    assert_eq!(south.shows(&design).unwrap(), shown);
    let out = south.beside("out");
    south.run(&["design", "files", &design, "--out", out.to_str().unwrap()]).done();
    assert!(tree(&out) == tree(&samples()[0].folder));
    north.is_well();
}

#[test]
fn a_damaged_file_is_never_written_out_nor_given_to_a_peer() {
    let ([mut north, mut south], design) = two();
    let hash = hash_of(&north.shows(&design).unwrap(), "README.md");
    north.down();
    // Both copies are damaged, and the second differs in length too.
    flip(&stored(&north, &hash), |len| len / 2);
    fs::write(stored(&south, &hash), b"not this").unwrap();
    let out = north.beside("out");
    let ran = north.run(&["design", "files", &design, "--out", out.to_str().unwrap()]);
    ran.failed(2, &[&hash, "damaged"]);
    assert!(!out.join("README.md").exists());
    faults(&south);

    // A third workshop gets the rest, and knows what it lacks.
    north.up();
    south.up();
    let mut east = Workshop::joins(&north, &["--workshop", "Workshop East"], "Maker C", &[]);
    east.up();
    let shown = eventually("all but one file is here", || {
        let shown = east.shows(&design)?;
        let files = shown["files"].as_array().unwrap();
        (files.iter().filter(|file| file["present"] == false).count() == 1).then_some(shown)
    });
    let absent = shown["files"].as_array().unwrap().iter().find(|f| f["present"] == false).unwrap();
    assert_eq!(absent["hash"], hash.as_str());
    let audit = east.is_well();
    assert_eq!(audit["findings"][0]["kind"], "missing-file");

    // Its maker imports it again, and everyone is whole.
    north.run(&["design", "import", samples()[0].folder.to_str().unwrap(), "--update", &design]).done();
    for workshop in [&north, &south, &east] {
        eventually("the file is here", || stored(workshop, &hash).exists().then_some(()));
        assert_eq!(workshop.is_well()["findings"], json!([]));
    }
}

#[test]
fn an_index_that_is_deleted_or_spoilt_is_rebuilt_at_the_next_start() {
    let ([mut north, south], design) = two();
    let index = south.home.join("index");
    let before = (south.status("digest"), south.status("held_digest"), south.shows(&design));
    let same = |workshop: &Workshop| {
        assert_eq!(
            (workshop.status("digest"), workshop.status("held_digest"), workshop.shows(&design)),
            before
        );
        workshop.is_well();
    };
    fs::remove_dir_all(&index).unwrap();
    let said = south.ask(&["status"]);
    assert!(said["warnings"][0].as_str().unwrap().contains("index was rebuilt"), "{said}");
    assert!(index.exists());
    same(&south);

    for file in tree(&index).keys() {
        fs::write(index.join(file), b"not an index").unwrap();
    }
    same(&south);

    // A node too, which then exchanges as before.
    north.down();
    fs::remove_dir_all(north.home.join("index")).unwrap();
    north.up();
    same(&north);
    north.designs("Press");
    south.sync();
    agree(&[&north, &south]);
}

/// A design folder of its own, large enough that a kill meets its import.
fn folder(place: &Path, number: usize) -> PathBuf {
    let folder = place.join(format!("design-{number}"));
    parts(&folder, 24, 60_000);
    folder
}

const GIVEN: [&str; 6] = ["--title", "Many parts", "--licence", "MIT", "--function", "Is imported"];

#[test]
fn a_node_killed_while_it_imports_has_all_that_it_acknowledged() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    let mut acknowledged: Vec<String> = Vec::new();
    let place = north.beside("sources");
    for cycle in 0..4_usize {
        north.up();
        for number in 0..2 {
            acknowledged.push(north.imports(&folder(&place, cycle * 3 + number), &GIVEN));
        }
        let source = folder(&place, cycle * 3 + 2);
        let import = [&["design", "import", source.to_str().unwrap()], GIVEN.as_slice()].concat();
        let _import = started(&north.home, &import);
        // Early, in the middle, late, and when it may be done.
        let part = format!("part-{}.stl", [0, 8, 20, 23][cycle]);
        let hash = blake3::hash(&fs::read(source.join(part)).unwrap()).to_hex().to_string();
        eventually("the import is under way", || stored(&north, &hash).exists().then_some(()));
        north.is_killed();

        let audit = north.is_well();
        assert!(audit["checked"]["documents"].as_u64().unwrap() >= acknowledged.len() as u64);
        for design in &acknowledged {
            let shown = north.shows(design).unwrap();
            let files = shown["files"].as_array().unwrap();
            assert!(files.len() == 24 && files.iter().all(|file| file["present"] == true), "{shown}");
        }
        // What was cut short can be done again, if it came too late to be acknowledged.
        let again = north.run(&import);
        if again.code != Some(0) {
            again.failed(2, &["is the design"]);
        }
    }
}

#[test]
fn a_command_killed_while_it_imports_without_a_node_leaves_a_sound_home() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let place = north.beside("sources");
    let kept = id(&north.ask(&["design", "new", "--title", "Press"]));
    for cycle in 0..4_usize {
        let source = folder(&place, cycle);
        let import = [&["design", "import", source.to_str().unwrap()], GIVEN.as_slice()].concat();
        let mut importing = started(&north.home, &import);
        std::thread::sleep(Duration::from_millis(15 + 25 * cycle as u64));
        importing.0.kill().unwrap();
        importing.0.wait().unwrap();
        north.is_well();
        assert_eq!(north.shows(&kept).unwrap()["title"], "Press");
    }
}
