//! Homes restored from older copies: what they learn before they write, the forks of those that wrote
//! too early, and proofs that need no node.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/workshops.rs"]
mod workshops;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use workshops::{Workshop, agree, aronde, eventually};

/// North, which founded, and South, both off line with one design of North's.
fn apart() -> (Workshop, Workshop, String) {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    let design = north.designs("Press");
    south.sync();
    north.down();
    (north, south, design)
}

fn copies(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let (path, there) = (item.path(), to.join(item.file_name()));
        if path.is_dir() {
            copies(&path, &there);
        } else {
            let _ = fs::copy(&path, &there).unwrap();
        }
    }
}

/// Puts a copy back into the same folder, as a snapshot of the disk does: nothing shows that it is not
/// the home that it was.
fn is_set_back(home: &Path, copy: &Path) {
    for item in fs::read_dir(home).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
    }
    copies(copy, home);
}

fn sets(workshop: &Workshop, design: &str, field: &str) -> String {
    workshop.ask(&["design", "edit", design, "--set", field])["entry"].as_str().unwrap().to_owned()
}

/// The warnings of `status` that hold these words.
fn warned(status: &Value, words: &str) -> bool {
    status["warnings"].as_array().is_some_and(|all| all.iter().any(|w| w.as_str().unwrap().contains(words)))
}

/// Ids and logs of the entries of a fork's branches.
fn branches(fork: &Value) -> Vec<Vec<String>> {
    let of = |branch: &Value| {
        let entries = branch["entries"].as_array().unwrap().iter();
        entries.map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
    };
    fork["branches"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn a_home_that_was_set_back_has_its_newer_entries_again_before_it_writes_and_nothing_forks() {
    let (mut north, mut south, design) = apart();
    let copy = north.beside("copy");
    copies(&north.home, &copy);
    // What the copy does not have, and South does.
    let lost = sets(&north, &design, "version=1.1.0");
    south.up();
    north.sync();

    is_set_back(&north.home, &copy);
    assert_eq!(north.shows(&design).unwrap()["version"], Value::Null);
    north.up();
    assert!(
        warned(north.up_status(), "peers gave this home 1 entry of its own logs"),
        "{}",
        north.up_status()
    );
    assert_eq!(north.shows(&design).unwrap()["version"], "1.1.0");
    sets(&north, &design, "version=1.2.0");
    agree(&[&north, &south]);
    for workshop in [&north, &south] {
        assert_eq!(workshop.ask(&["forks"]), json!([]));
        assert_eq!(workshop.shows(&design).unwrap()["version"], "1.2.0");
        workshop.is_well();
    }
    let record = ["contribute", "--subject", &design, "--action", "work", "--quantity", "1 h"];
    let id = north.ask(&record)["id"].as_str().unwrap().to_owned();
    assert_eq!(north.ask(&["ledger", "show", &id])["seq"], 1, "a fresh log, after the edit above");
    assert!(!lost.is_empty());
}

#[test]
fn a_sync_without_a_node_tells_what_came_back() {
    let (north, mut south, design) = apart();
    let copy = north.beside("copy");
    copies(&north.home, &copy);
    sets(&north, &design, "version=1.1.0");
    south.up();
    north.sync();
    is_set_back(&north.home, &copy);
    let ran = north.run(&["sync", "--wait", "--json"]).done();
    assert_eq!(ran.json()["entries_received"], 1, "what came before it could write is counted");
    assert!(ran.stderr.contains("peers gave this home 1 entry of its own logs"), "{}", ran.stderr);
    sets(&north, &design, "version=1.2.0");
    north.sync();
    assert_eq!(south.ask(&["forks"]), json!([]));
}

#[test]
fn a_home_that_is_copied_to_another_place_writes_to_a_fresh_log_though_nobody_answers() {
    let (north, south, design) = apart();
    let copy = north.beside("copy");
    copies(&north.home, &copy);
    let moved = |arguments: &[&str]| aronde(&copy, arguments).done();
    moved(&["design", "edit", &design, "--set", "version=1.1.0"]);
    sets(&north, &design, "licence=CERN-OHL-S-2.0");
    let mut south = south;
    south.up();
    north.sync();
    let ran = moved(&["sync", "--wait"]);
    assert!(ran.stderr.contains("or the home that it was copied from still writes"), "{}", ran.stderr);
    assert_eq!(south.ask(&["forks"]), json!([]), "both wrote, each a log of its own");
    let shown = south.shows(&design).unwrap();
    assert_eq!((&shown["version"], &shown["licence"]), (&json!("1.1.0"), &json!("CERN-OHL-S-2.0")));
}

#[test]
fn a_fork_is_listed_alike_everywhere_proven_anywhere_and_healed_by_one_command() {
    let (mut north, mut south, design) = apart();
    let copy = north.beside("copy");
    copies(&north.home, &copy);
    let one = [sets(&north, &design, "version=1.1.0"), sets(&north, &design, "title=Bench press")];
    south.up();
    north.sync();
    // Set back, and written on before anybody was asked.
    is_set_back(&north.home, &copy);
    let other = [sets(&north, &design, "version=2.0.0")];
    north.up();
    agree(&[&north, &south]);

    let forks = north.ask(&["forks"]);
    assert_eq!(forks, south.ask(&["forks"]));
    assert_eq!(forks.as_array().unwrap().len(), 1, "{forks}");
    let fork = &forks[0];
    assert_eq!((&fork["author"], &fork["healed"]), (&json!(north.did()), &Value::Null));
    let mut begin = [one[0].clone(), other[0].clone()];
    begin.sort();
    assert_eq!(fork["entries"], json!(begin));
    for workshop in [&north, &south] {
        let shown = workshop.ask(&["forks", "show", &begin[1][..8]]);
        let mut both = branches(&shown);
        both.sort_by_key(Vec::len);
        assert_eq!(both, [other.to_vec(), one.to_vec()]);
        let place =
            format!("{}/{}/{}", fork["author"].as_str().unwrap(), fork["log"].as_str().unwrap(), fork["seq"]);
        assert_eq!(workshop.ask(&["forks", "show", &place]), shown);
        // Edits on both branches are concurrent edits like any others.
        let design = workshop.shows(&design).unwrap();
        assert_eq!(design["title"], "Bench press");
        let values = design["conflicts"][0]["values"].as_array().unwrap();
        assert_eq!((&design["conflicts"][0]["field"], values.len()), (&json!("version"), 2));
        workshop.is_well();
    }
    assert!(warned(&north.ask(&["status"]), "this member's log forks in one place"));
    assert!(!warned(&south.ask(&["status"]), "forks"), "it is not South's log");

    // On neither branch anything more is written.
    sets(&north, &design, "version=2.0.1");
    agree(&[&north, &south]);
    assert_eq!(south.ask(&["forks"]), forks);

    // Evidence that needs no node, made by whoever holds the fork.
    let proof = south.beside("fork.proof");
    let made = south.ask(&["forks", "--proof", proof.to_str().unwrap()]);
    assert_eq!(made["entries"], json!(begin));
    let nowhere = Workshop::nowhere();
    let verified = nowhere.run(&["verify", proof.to_str().unwrap(), "--json"]).done().json();
    for field in ["author", "log", "seq", "entries"] {
        assert_eq!(verified[field], fork[field], "{field}");
    }
    assert_eq!((&verified["holds"], &verified["kind"]), (&json!(true), &json!("fork")));
    let text = nowhere.run(&["verify", proof.to_str().unwrap()]).done().stdout;
    assert_eq!(text.lines().count(), 1, "one paragraph: {text}");
    assert!(text.contains("The proof holds") && text.contains(north.did().as_str()), "{text}");
    assert!(nowhere.left_behind().is_empty(), "no home is made for it");

    // Only its owner heals it, on any machine it shows.
    south.run(&["forks", "heal", &begin[0]]).failed(2, &["only its owner heals it"]);
    assert_eq!(south.ask(&["forks", "heal"]), json!([]));
    let healed = north.ask(&["forks", "heal"]);
    assert_eq!(healed[0]["log"], fork["log"]);
    agree(&[&north, &south]);
    for workshop in [&north, &south] {
        let forks = workshop.ask(&["forks"]);
        assert_eq!(forks[0]["healed"]["entry"], healed[0]["id"], "{forks}");
        let listed = workshop.run(&["forks"]).done().stdout;
        assert!(listed.contains("healed by its owner on 20"), "{listed}");
        assert_eq!(workshop.status("counts")["parked"], 0);
        workshop.is_well();
    }
    assert!(!warned(&north.ask(&["status"]), "forks"));
    assert_eq!(north.ask(&["forks", "heal"]), json!([]), "once is enough");
    north.down();
    north.up();
    assert!(!warned(north.up_status(), "forks"), "{}", north.up_status());
}

#[test]
fn what_writes_while_a_node_that_was_set_back_meets_its_peers_waits_for_them() {
    let (mut north, mut south, design) = apart();
    let copy = north.beside("copy");
    copies(&north.home, &copy);
    sets(&north, &design, "version=1.1.0");
    south.up();
    north.sync();
    is_set_back(&north.home, &copy);
    // Asked for as soon as somebody answers, before the node says that it is up.
    let node = workshops::started(&north.home, &["up"]);
    let answers = || north.home.join("lock").exists().then(|| north.run(&["status", "--json"]));
    eventually("the node answers", || {
        answers().filter(|ran| ran.code == Some(0) && ran.stdout.contains("http://"))
    });
    sets(&north, &design, "title=Bench press");
    drop(node);
    north.up();
    agree(&[&north, &south]);
    assert_eq!(south.ask(&["forks"]), json!([]));
    assert_eq!(south.shows(&design).unwrap()["version"], "1.1.0");
}

#[test]
fn a_file_that_is_no_proof_and_a_proof_that_does_not_hold_end_differently() {
    let (mut north, mut south, design) = apart();
    let copy = north.beside("copy");
    copies(&north.home, &copy);
    sets(&north, &design, "version=1.1.0");
    south.up();
    north.sync();
    is_set_back(&north.home, &copy);
    sets(&north, &design, "version=2.0.0");
    north.up();
    agree(&[&north, &south]);
    let proof = north.beside("fork.proof");
    let file = proof.to_str().unwrap();
    north.run(&["forks", "--proof", file]).done();
    north.run(&["forks", "--proof", file]).failed(2, &["cannot be written", "fork.proof"]);

    let whole = fs::read(&proof).unwrap();
    for at in [40, whole.len() / 2, whole.len() - 1] {
        let mut corrupt = whole.clone();
        corrupt[at] ^= 1;
        fs::write(&proof, corrupt).unwrap();
        let ran = north.run(&["verify", file, "--json"]);
        assert_eq!((ran.code, &ran.json()["holds"]), (Some(1), &json!(false)), "byte {at}: {}", ran.stdout);
        let ran = north.run(&["verify", file]);
        assert!(ran.code == Some(1) && ran.stdout.contains("does NOT hold"), "{}", ran.stdout);
    }
    fs::write(&proof, "no proof at all").unwrap();
    north.run(&["verify", file]).failed(2, &["cannot be checked", "no proof that Aronde writes"]);
    north.run(&["verify", "nowhere.proof"]).failed(2, &["nowhere.proof", "cannot be read"]);
    north.run(&["forks", "show", "did:key:zNobody/1/2"]).failed(2, &["no fork is held here"]);
    let south = Workshop::founds("Maker C", "Workshop East");
    south.run(&["forks", "--proof", "x.proof"]).failed(2, &["nothing to prove"]);
}
