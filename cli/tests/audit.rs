//! `audit bundle` and `audit verify`: a commons in one file, judged where there is none.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/workshops.rs"]
mod workshops;

use std::fs;

use serde_json::{Value, json};
use workshops::Workshop;

/// North with a design that South has booked work on, and the files' folder beside North's home.
fn at_work() -> (Workshop, Workshop, String) {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    let design = north.designs("Press");
    north.designs("Something else");
    south.sync();
    south.ask(&[
        "contribute",
        "--subject",
        &design,
        "--action",
        "work",
        "--quantity",
        "2 h",
        "--note",
        "filed the frame",
    ]);
    south.sync();
    north.down();
    (north, south, design)
}

fn kinds(audit: &Value) -> Vec<String> {
    let findings = audit["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_bundle_is_judged_where_there_is_no_commons_and_says_what_it_rests_on() {
    let (north, south, design) = at_work();
    let nowhere = Workshop::nowhere();
    let file = north.beside("commons.bundle");
    let path = file.to_str().unwrap();
    let made = north.ask(&["audit", "bundle", path]);
    assert_eq!(made["exporter"], json!(north.did()));
    assert_eq!(made["entries"], north.ask(&["audit"])["checked"]["entries"]);
    north.run(&["audit", "bundle", path]).failed(2, &["is there already"]);
    north.run(&["audit", "bundle", "/nowhere/at/all"]).failed(2, &["no folder"]);

    let verified = nowhere.run(&["audit", "verify", path, "--json"]).done().json();
    assert_eq!((&verified["ok"], &verified["checked"]["entries"]), (&json!(true), &made["entries"]));
    assert_eq!(verified["trusted"]["exporter"], json!(north.did()));
    assert_eq!(
        nowhere.run(&["audit", "verify", path, "--json"]).done().json(),
        verified,
        "the same each time"
    );
    let text = nowhere.run(&["audit", "verify", path]).done().stdout;
    assert!(text.contains("holds: ") && text.contains("as the bundle says"), "{text}");
    assert!(nowhere.left_behind().is_empty(), "no home is made for it");

    let (did, federation) = (north.did(), made["federation"].as_str().unwrap().to_owned());
    nowhere.run(&["audit", "verify", path, "--exporter", &did, "--federation", &federation]).done();
    let other = south.did();
    let refused = nowhere.run(&["audit", "verify", path, "--exporter", &other, "--json"]);
    assert_eq!(kinds(&refused.json()), ["other-exporter"]);
    let refused = nowhere.run(&["audit", "verify", path, "--federation", &design]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stdout.contains("does NOT hold"), "{}", refused.stdout);

    // One bit, anywhere.
    let mut bytes = fs::read(&file).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    let changed = north.beside("changed.bundle");
    fs::write(&changed, &bytes).unwrap();
    let refused = nowhere.run(&["audit", "verify", changed.to_str().unwrap(), "--json"]).json();
    assert_eq!((&refused["ok"], kinds(&refused)), (&json!(false), vec!["damaged-bundle".to_owned()]));
    assert!(refused["findings"][0]["entry"].is_string(), "the entry is named: {refused}");
    nowhere.run(&["audit", "verify", "/nowhere/at/all"]).failed(2, &["cannot be read"]);
}

#[test]
fn a_bundle_about_something_has_what_is_about_it_and_none_without_names_has_them() {
    let (north, south, design) = at_work();
    let nowhere = Workshop::nowhere();
    let judged = |name: &str, further: &[&str]| {
        let file = north.beside(name);
        let path = file.to_str().unwrap();
        let made = north.ask(&[&["audit", "bundle", path], further].concat());
        let verified = nowhere.run(&["audit", "verify", path, "--json"]).done().json();
        (made, verified, fs::read(&file).unwrap())
    };
    let has = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());

    let (whole, _, bytes) = judged("whole", &[]);
    assert!(has(&bytes, "Something else") && has(&bytes, "filed the frame") && has(&bytes, "Maker B"));
    let (part, verified, bytes) = judged("press", &["--subject", &design[..8]]);
    assert!(part["entries"].as_u64() < whole["entries"].as_u64());
    assert_eq!(verified["trusted"]["subject"], json!(design));
    assert!(has(&bytes, "Press") && has(&bytes, "filed the frame"), "the design and the record on it");
    let (_, verified, bytes) = judged("plain", &["--without-personal"]);
    assert_eq!(kinds(&verified), ["left-out"]);
    assert!(!has(&bytes, "filed the frame") && !has(&bytes, "Maker B"));

    // A workshop, by whoever holds it.
    let workshop = south.ask(&["workshop", "list"]);
    let named = |w: &&Value| w["name"] == "Workshop South";
    let id = workshop.as_array().unwrap().iter().find(named).unwrap()["id"].as_str().unwrap();
    let (_, verified, bytes) = judged("south", &["--subject", id]);
    assert_eq!(verified["ok"], json!(true));
    assert!(has(&bytes, "filed the frame"), "what its members recorded");
    north.run(&["audit", "bundle", "x.bundle", "--subject", "ffffffff"]).failed(2, &["no id of an entry"]);
}

/// The kinds of findings that only an audit of everything has.
fn all_checked(audit: &Value) -> bool {
    kinds(audit).contains(&"all-checked".to_owned())
}

#[test]
fn an_audit_since_a_day_checks_what_came_behind_the_last_one_that_ended_well() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let design = north.designs("Press");
    let work =
        ["contribute", "--subject", &design, "--action", "work", "--quantity", "2 h", "--note", "filed"];
    let old = workshops::id(&north.ask(&work));
    let since = |day: &str| north.run(&["audit", "--since", day, "--json"]).json();

    // Nobody has audited here yet: all is checked, and that is said.
    let first = since("2100-01-01");
    assert!(first["since"].is_null() && all_checked(&first), "{first}");
    let held = first["checked"]["entries"].clone();
    assert_eq!(held, north.ask(&["audit"])["checked"]["entries"]);
    // None is as old as that.
    assert!(all_checked(&since("2001-01-01")));

    // An entry counts as new by when it came, whatever day it speaks of.
    north.ask(&[&work[..], &["--at", "2001-01-01"]].concat());
    let part = since("2100-01-01");
    assert_eq!((&part["since"]["entries"], &part["checked"]["entries"]), (&held, &json!(1)), "{part}");
    assert_eq!(part["checked"]["records"], 1);
    assert_eq!(since("2100-01-01")["checked"]["entries"], 0, "the part that ended well is a mark too");
    let text = north.run(&["audit", "--since", "2100-01-01"]).done().stdout;
    assert!(text.contains("New since the audit of "), "{text}");

    // A torn file of marks is no fault.
    let marks = north.home.join("audits.json");
    let written = fs::read(&marks).unwrap();
    fs::write(&marks, &written[..written.len() / 2]).unwrap();
    assert!(all_checked(&since("2100-01-01")));

    // A redaction rewrites the journal: its places are others now.
    north.ask(&["redact", &old, "--reason", "asked for"]);
    let after = since("2100-01-01");
    assert!(after["ok"] == true && all_checked(&after), "{after}");
    assert!(after["findings"].to_string().contains("was rewritten"), "{after}");
    assert!(!all_checked(&since("2100-01-01")));

    // What was damaged before the mark is for an audit of everything to find.
    let segment = north.home.join("journal/00000001.seg");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[300] ^= 1;
    fs::write(&segment, &bytes).unwrap();
    assert_eq!(since("2100-01-01")["ok"], true);
    assert_eq!(north.run(&["audit", "--json"]).json()["ok"], false);
}
