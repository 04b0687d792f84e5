//! What is personal in an entry is forgotten by every node, those that were off included.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/workshops.rs"]
mod workshops;

use std::fs;
use std::path::Path;

use workshops::{Workshop, eventually, id};

const NOTE: &str = "with the maker who limps";

/// Whether a text lies in any file under a folder.
fn lies_in(folder: &Path, text: &str) -> bool {
    fs::read_dir(folder).unwrap().any(|item| {
        let path = item.unwrap().path();
        if path.is_dir() {
            return lies_in(&path, text);
        }
        // A file that is written aside may be gone meanwhile.
        let bytes = fs::read(path).unwrap_or_default();
        bytes.windows(text.len()).any(|bytes| bytes == text.as_bytes())
    })
}

/// What a photograph shows, as often as it takes to be a file that is fetched in several ranges.
const PHOTO: &str = "the maker who limps, at the bench with the vice; ";

/// A photograph beside a workshop's home.
fn photo(of: &Workshop) -> String {
    let path = of.beside("camera.jpg");
    fs::write(&path, PHOTO.repeat(2_000)).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A record with a note and a photograph, which goes from the camera to the commons.
fn records(workshop: &Workshop, design: &str) -> String {
    let photo = photo(workshop);
    let said = ["contribute", "--subject", design, "--action", "work", "--quantity", "3 h"];
    let record = id(&workshop.ask(&[&said[..], &["--note", NOTE, "--evidence", &photo]].concat()));
    fs::remove_file(photo).unwrap();
    record
}

/// Whether a workshop's home, or what its node said, has the words or the photograph in any file.
fn knows(workshop: &Workshop) -> bool {
    let said = fs::read_to_string(workshop.beside("node.log")).unwrap_or_default();
    let log = said.contains(NOTE) || said.contains(PHOTO);
    log || lies_in(&workshop.home, NOTE) || lies_in(&workshop.home, PHOTO)
}

/// All have the note and the photograph, and have looked for and at them in every way that leaves traces.
fn all_know<'a>(workshops: impl Iterator<Item = &'a Workshop>, record: &str, design: &str) {
    for workshop in workshops {
        eventually("all hold the note", || {
            let shown = workshop.run(&["ledger", "show", record, "--json"]);
            (shown.code == Some(0) && shown.json()["note"] == NOTE).then_some(())
        });
        eventually("all hold the photograph", || lies_in(&workshop.home, PHOTO).then_some(()));
        assert_eq!(workshop.run(&["search", "limps", "--json"]).json()["total"], 0);
        workshop.ask(&["design", "show", design]);
        workshop.ask(&["ledger", "totals"]);
        assert!(lies_in(&workshop.home, NOTE));
    }
}

/// A copy of a home, as a backup makes it.
fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, from.metadata().unwrap().permissions()).unwrap();
    for item in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copied(&item.path(), &target);
        } else {
            fs::copy(item.path(), target).unwrap();
        }
    }
}

/// What a workshop shows of the record, now that its words are gone: all but these.
fn stays(workshop: &Workshop, record: &str, standing: &str, redacted: usize) {
    assert!(!knows(workshop));
    let shown = workshop.ask(&["ledger", "show", record]);
    assert_eq!(
        (shown["note"].is_null(), &shown["quantity"], &shown["standing"]),
        (true, &"3".into(), &standing.into())
    );
    assert_eq!(shown["evidence"], serde_json::json!([]));
    let out = workshop.beside("photos");
    let out = out.to_str().unwrap();
    workshop.run(&["ledger", "evidence", record, "--out", out]).failed(2, &["shows no files"]);
    let audit = workshop.is_well();
    let of = |kind: &str| audit["findings"].as_array().unwrap().iter().filter(|f| f["kind"] == kind).count();
    assert_eq!((of("redacted"), of("missing-file")), (redacted, 0), "{audit}");
}

#[test]
fn what_is_redacted_is_in_no_home_at_the_end_of_which_two_were_off() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    south.up();
    let mut others: Vec<Workshop> = ["Maker C", "Maker D", "Maker E"]
        .iter()
        .map(|name| {
            let mut workshop = Workshop::joins(&north, &["--member"], name, &[]);
            workshop.up();
            workshop
        })
        .collect();
    let design = north.designs("Face shield");
    let record = records(&north, &design);
    all_know(others.iter().chain([&south]), &record, &design);
    let shown = others[0].beside("photos");
    others[0].ask(&["ledger", "evidence", &record, "--out", shown.to_str().unwrap()]);
    assert!(lies_in(&shown, PHOTO));
    fs::remove_dir_all(shown).unwrap();
    let attested = id(&south.ask(&["attest", &record, "--confirm", "--note", "seen at the bench"]));
    let mut off: Vec<Workshop> = others.drain(1..).collect();
    for workshop in &mut off {
        workshop.down();
    }

    // Not by whoever likes to.
    others[0].run(&["redact", &record]).failed(2, &["this needs its author or a steward"]);
    let redacted = north.ask(&["redact", &record, "--reason", "asked for by the person named"]);
    assert_eq!(redacted["erased"], true);
    north.run(&["redact", &record]).failed(2, &["is forgotten already"]);
    for workshop in [&north, &south, &others[0]] {
        eventually("the note is gone where the node was on", || (!knows(workshop)).then_some(()));
    }
    assert!(off.iter().all(|workshop| lies_in(&workshop.home, NOTE) && lies_in(&workshop.home, PHOTO)));
    let backup = off[0].beside("backup");
    copied(&off[0].home, &backup);
    for workshop in &mut off {
        workshop.up();
        eventually("the note is gone where the node was off", || (!knows(workshop)).then_some(()));
    }

    // An old backup is put in the place of a home: it has met the others when it says that it is up.
    off[0].down();
    fs::remove_dir_all(&off[0].home).unwrap();
    fs::rename(&backup, &off[0].home).unwrap();
    assert!(knows(&off[0]));
    off[0].up();
    assert!(off[0].ask(&["ledger", "show", &record])["note"].is_null());
    eventually("the backup obeys", || (!knows(&off[0])).then_some(()));
    // Who comes later gets everything but that.
    let mut later = Workshop::joins(&south, &["--member"], "Maker F", &[]);
    later.up();
    eventually("a newcomer holds the record", || later.shows(&design));
    let digest = north.status("held_digest");
    for workshop in others.iter().chain(&off).chain([&south, &later, &north]) {
        eventually("all hold the same", || {
            (workshop.status("held_digest") == digest
                || workshop.status("held_digest") == north.status("held_digest"))
            .then_some(())
        });
        stays(workshop, &record, "confirmed", 1);
    }
    assert!(lies_in(&north.home, "seen at the bench"), "what {attested} says is another's to redact");
}

/// Neither the author nor a steward of theirs does it: two other workshops decide.
#[test]
fn what_a_motion_redacts_is_in_no_home_at_the_end_of_which_two_were_off() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    south.up();
    let mut east = Workshop::joins(&north, &["--workshop", "Workshop East"], "Maker C", &[]);
    east.up();
    let mut off = ["Maker D", "Maker E"].map(|name| Workshop::joins(&north, &["--member"], name, &[]));
    for workshop in &mut off {
        workshop.up();
    }
    eventually("three workshops vote", || {
        let all = south.ask(&["workshop", "list"]);
        let voting = all.as_array().unwrap().iter().filter(|workshop| workshop["votes"] == true).count();
        (voting == 3).then_some(())
    });
    let design = north.designs("Face shield");
    let record = records(&north, &design);
    all_know(off.iter().chain([&south, &east]), &record, &design);
    let totals = north.ask(&["ledger", "totals"]);
    for workshop in &mut off {
        workshop.down();
    }

    let moved = south.ask(&["redact", &record, "--reason", "asked for by the person named"]);
    assert_eq!((&moved["erased"], &moved["motion"]["carried"]), (&false.into(), &false.into()));
    assert_eq!(moved["motion"]["needed"], 1);
    let motion = id(&moved);
    south.run(&["redact", &record]).failed(2, &["a motion to redact", "is open already"]);
    let row = eventually("the motion is known", || {
        east.ask(&["workshop", "motions"]).as_array().unwrap().first().cloned()
    });
    let what = row["what"].as_str().unwrap();
    assert!(what.starts_with("redact what is personal in ") && what.ends_with("by Maker A"), "{what}");
    assert_eq!(east.ask(&["ledger", "show", &record])["note"], NOTE, "an open motion hides nothing");
    let carried = east.ask(&["workshop", "vote", &motion]);
    assert_eq!(carried["carried"], true);
    assert!(east.ask(&["ledger", "show", &record])["note"].is_null(), "hidden at once");
    let out = east.beside("photos");
    let out = out.to_str().unwrap();
    east.run(&["ledger", "evidence", &record, "--out", out]).failed(2, &["shows no files"]);

    // The charter that erases was proposed with it; South's node endorses it, North's leaves it to its steward.
    for workshop in [&north, &south, &east] {
        eventually("the note is gone where the node was on", || (!knows(workshop)).then_some(()));
    }
    let charters = north.ask(&["charter", "list"]);
    let newest = charters.as_array().unwrap().iter().find(|charter| charter["newest"] == true).unwrap();
    let mut endorsed: Vec<&str> =
        newest["endorsed"].as_array().unwrap().iter().map(|w| w["name"].as_str().unwrap()).collect();
    endorsed.sort_unstable();
    assert_eq!(endorsed, ["Workshop East", "Workshop South"]);
    north.run(&["redact", &record]).failed(2, &["is forgotten already"]);
    assert!(off.iter().all(|workshop| lies_in(&workshop.home, NOTE) && lies_in(&workshop.home, PHOTO)));
    for workshop in &mut off {
        workshop.up();
        eventually("the note is gone where the node was off", || (!knows(workshop)).then_some(()));
    }
    for workshop in off.iter().chain([&north, &south, &east]) {
        eventually("all hold the same", || {
            (workshop.status("held_digest") == north.status("held_digest")).then_some(())
        });
        stays(workshop, &record, "claimed", 1);
        assert_eq!(workshop.ask(&["ledger", "totals"]), totals);
    }
}
