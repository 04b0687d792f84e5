//! Workshops that share one commons: three processes, three homes, real designs.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/workshops.rs"]
mod workshops;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use workshops::{Workshop, agree, eventually, id, parts, real_designs, tree};

/// Three workshops of one federation. The nodes of the first two run.
fn three() -> [Workshop; 3] {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    south.up();
    let east = Workshop::joins(&north, &["--workshop", "Workshop East"], "Maker C", &[]);
    [north, south, east]
}

/// Takes the real designs in, each with its id.
fn imports_all(workshop: &Workshop) -> Vec<(String, workshops::Package)> {
    real_designs().into_iter().map(|p| (workshop.imports(&p.folder, p.given), p)).collect()
}

/// A design as it is shown where all its files are here.
fn whole(workshop: &Workshop, design: &str) -> Option<Value> {
    let shown = workshop.shows(design)?;
    let files = shown["files"].as_array().unwrap();
    (!files.is_empty() && files.iter().all(|file| file["present"] == true)).then_some(shown)
}

/// The other workshop shows the designs as the first does, and writes out the bytes that went in.
fn has_all(other: &Workshop, first: &[(String, Value)], sources: &[(String, workshops::Package)]) {
    for ((design, shown), (_, package)) in first.iter().zip(sources) {
        let there = eventually("every file of the design is here", || whole(other, design));
        assert_eq!(there, *shown, "{}", package.folder.display());
        let out = other.beside(&format!("out-{}", &design[..8]));
        other.run(&["design", "files", design, "--out", out.to_str().unwrap()]).done();
        let (went, came) = (tree(&package.folder), tree(&out));
        assert_eq!(went.keys().collect::<Vec<_>>(), came.keys().collect::<Vec<_>>());
        assert!(went == came, "the bytes of {} differ", package.folder.display());
    }
}

fn shown_at(workshop: &Workshop, designs: &[(String, workshops::Package)]) -> Vec<(String, Value)> {
    designs.iter().map(|(id, _)| (id.clone(), whole(workshop, id).unwrap())).collect()
}

/// Says what was done for a design.
fn contributes(workshop: &Workshop, design: &str) -> String {
    let said = ["--action", "work", "--quantity", "3 h", "--note", "cut and deburred"];
    id(&workshop.ask(&[&["contribute", "--subject", design], said.as_slice()].concat()))
}

/// Confirms a record as soon as it is here.
fn confirms(workshop: &Workshop, record: &str) {
    let attested = eventually("the record is here", || {
        let ran = workshop.run(&["attest", record, "--confirm", "--json"]);
        (ran.code == Some(0)).then(|| ran.json())
    });
    assert_eq!(attested["standing"], "confirmed");
}

fn standing(workshop: &Workshop, record: &str) -> Option<Value> {
    let ran = workshop.run(&["ledger", "show", record, "--json"]);
    (ran.code == Some(0)).then(|| ran.json()["standing"].clone())
}

fn confirmed_at(workshop: &Workshop, record: &str) {
    eventually("the record is confirmed", || (standing(workshop, record)? == "confirmed").then_some(()));
}

#[test]
fn what_one_workshop_imports_all_have_within_seconds_and_what_two_say_the_third_knows() {
    let [north, south, mut east] = three();
    east.up();
    let begun = Instant::now();
    let designs = imports_all(&north);
    let shown = shown_at(&north, &designs);
    for other in [&south, &east] {
        for (design, _) in &designs {
            eventually("every file of the design is here", || whole(other, design));
        }
    }
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(30), "within seconds, not {took:?}");
    has_all(&south, &shown, &designs);
    has_all(&east, &shown, &designs);

    let record = contributes(&north, &designs[0].0);
    confirms(&south, &record);
    confirmed_at(&east, &record);
    agree(&[&north, &south, &east]);
    for workshop in [&north, &south, &east] {
        assert_eq!(workshop.is_well()["findings"], json!([]));
        assert_eq!(workshop.status("counts")["parked"], 0);
    }
}

#[test]
fn a_workshop_that_was_off_during_all_of_it_has_all_of_it_afterwards() {
    let [north, south, mut east] = three();
    let designs = imports_all(&north);
    let shown = shown_at(&north, &designs);
    let record = contributes(&north, &designs[0].0);
    confirms(&south, &record);
    confirmed_at(&north, &record);

    east.up();
    east.sync();
    assert_eq!(standing(&east, &record).unwrap(), "confirmed");
    agree(&[&north, &south, &east]);
    has_all(&east, &shown, &designs);
    for workshop in [&north, &south, &east] {
        workshop.is_well();
    }
}

#[test]
fn with_the_first_node_gone_for_ever_the_third_gets_everything_from_the_second() {
    let [mut north, south, mut east] = three();
    let designs = imports_all(&north);
    let shown = shown_at(&north, &designs);
    let record = contributes(&north, &designs[0].0);
    south.sync();
    north.is_killed();
    drop(north);

    confirms(&south, &record);
    east.up();
    has_all(&east, &shown, &designs);
    confirmed_at(&east, &record);
    agree(&[&south, &east]);
    south.is_well();
    east.is_well();
}

#[test]
fn a_sync_that_is_done_leaves_no_file_missing() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    for round in 0..8 {
        let folder = north.beside(&format!("design-{round}"));
        parts(&folder, 7, 3_000);
        north.imports(&folder, &["--title", "Parts", "--licence", "MIT", "--function", "Are many"]);
        assert_eq!(south.sync()["in_sync"], true);
        assert_eq!(south.is_well()["findings"], json!([]), "in round {round}");
    }
}

#[test]
fn a_workshop_finds_one_that_was_admitted_before_it_by_the_address_it_published() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    south.up();
    south.sync();
    // South was off when East was admitted, and has never heard of it.
    south.down();
    let mut east = Workshop::joins(&north, &["--workshop", "Workshop East"], "Maker C", &[]);
    north.down();
    let design = east.designs("Bracket");
    east.up();
    south.up();
    eventually("the design came", || south.shows(&design));
    agree(&[&south, &east]);
}

#[test]
fn two_workshops_that_were_admitted_apart_meet_once_the_charters_that_quarrel_are_healed() {
    // The founder has two nodes, which admit while apart: neither admission lies in the other's past, and each
    // node settled its own with a charter.
    let mut first = Workshop::founds("Maker A", "Workshop North");
    first.up();
    let key = first.home.join("member.key");
    let mut second = Workshop::joins(&first, &["--node"], "Maker A", &["--key", key.to_str().unwrap()]);
    let mut south = Workshop::joins(&first, &["--workshop", "Workshop South"], "Maker B", &[]);
    first.down();
    second.up();
    let mut east = Workshop::joins(&second, &["--workshop", "Workshop East"], "Maker C", &[]);
    second.down();

    let (at_south, at_east) = (south.designs("Press"), east.designs("Lathe"));
    assert_eq!(known(&south), ["Workshop North", "Workshop North"]);
    for node in [&mut first, &mut second, &mut south, &mut east] {
        node.up();
    }
    for founder in [&first, &second] {
        eventually("the quarrel is named", || {
            let warned = founder.status("warnings").to_string();
            (warned.contains("quarrel") && warned.contains("Workshop North endorsed more than one"))
                .then_some(())
        });
    }
    assert_eq!(first.ask(&["charter", "show"])["alarm"]["double_signers"][0]["name"], "Workshop North");
    let healing = id(&first.ask(&["charter", "propose"]));
    // What heals is never endorsed by itself.
    for workshop in [&south, &east] {
        eventually("the charter that heals is endorsed", || {
            let ran = workshop.run(&["charter", "endorse", &healing]);
            (ran.code == Some(0)).then_some(())
        });
    }
    for workshop in [&first, &second, &south, &east] {
        eventually("it is followed", || {
            (workshop.status("federation")["charter"] == healing.as_str()).then_some(())
        });
    }
    eventually("the design came", || east.shows(&at_south));
    eventually("the design came", || south.shows(&at_east));
    agree(&[&first, &second, &south, &east]);
    assert_eq!(known(&south), ["Workshop East", "Workshop North", "Workshop North"]);
    for workshop in [&first, &second, &south, &east] {
        assert!(workshop.ask(&["status"]).get("warnings").is_none_or(|w| !w.to_string().contains("quarrel")));
        workshop.is_well();
    }
}

/// The workshops of the peers that a node knows.
fn known(workshop: &Workshop) -> Vec<String> {
    let peers = workshop.status("peers");
    let names =
        peers.as_array().unwrap().iter().map(|peer| peer["workshop_name"].as_str().unwrap().to_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}
