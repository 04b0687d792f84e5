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
    let record = id(&north.ask(&[
        "contribute",
        "--subject",
        &design,
        "--action",
        "work",
        "--quantity",
        "3 h",
        "--note",
        NOTE,
    ]));
    for workshop in others.iter().chain([&south]) {
        eventually("all hold the note", || {
            let shown = workshop.run(&["ledger", "show", &record, "--json"]);
            (shown.code == Some(0) && shown.json()["note"] == NOTE).then_some(())
        });
        assert!(lies_in(&workshop.home, NOTE));
    }
    let attested = id(&south.ask(&["attest", &record, "--confirm", "--note", "seen at the bench"]));
    let mut off: Vec<Workshop> = others.drain(1..).collect();
    for workshop in &mut off {
        workshop.down();
    }

    // Not by whoever likes to.
    south.run(&["redact", &record]).failed(2, &["was written in Workshop North"]);
    let redacted = north.ask(&["redact", &record, "--reason", "asked for by the person named"]);
    assert_eq!(redacted["erased"], true);
    north.run(&["redact", &record]).failed(2, &["is forgotten already"]);
    for workshop in [&north, &south, &others[0]] {
        eventually("the note is gone where the node was on", || {
            (!lies_in(&workshop.home, NOTE)).then_some(())
        });
    }
    assert!(off.iter().all(|workshop| lies_in(&workshop.home, NOTE)));
    for workshop in &mut off {
        workshop.up();
        eventually("the note is gone where the node was off", || {
            (!lies_in(&workshop.home, NOTE)).then_some(())
        });
    }
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
        assert!(!lies_in(&workshop.home, NOTE));
        let shown = workshop.ask(&["ledger", "show", &record]);
        assert_eq!(
            (shown["note"].is_null(), &shown["quantity"], &shown["standing"]),
            (true, &"3".into(), &"confirmed".into())
        );
        let audit = workshop.is_well();
        let said = audit["findings"].as_array().unwrap().iter().filter(|f| f["kind"] == "redacted").count();
        assert_eq!(said, 1, "{audit}");
    }
    assert!(lies_in(&north.home, "seen at the bench"), "what {attested} says is another's to redact");
}
