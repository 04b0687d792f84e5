//! A change by somebody who does not keep a design: proposed, seen, taken in or declined; between real nodes.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/workshops.rs"]
mod workshops;

use std::fs;

use serde_json::{Value, json};
use workshops::{Workshop, agree, eventually, samples, tree};

/// Workshop North, which keeps a design, and Workshop South, which has it too. Both nodes run.
fn two() -> (Workshop, Workshop, String) {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    south.up();
    let stool = samples().into_iter().find(|p| p.folder.ends_with("workbench-stool")).unwrap();
    let design = north.imports(&stool.folder, stool.given);
    eventually("the design came", || south.shows(&design));
    (north, south, design)
}

/// Changes a design and says what was answered.
#[track_caller]
fn edits(workshop: &Workshop, design: &str, set: &[&str], further: &[&str]) -> Value {
    let set: Vec<&str> = set.iter().flat_map(|set| ["--set", set]).collect();
    workshop.ask(&[&["design", "edit", design], set.as_slice(), further].concat())
}

/// Proposes a change and says the proposal's id.
#[track_caller]
fn proposes(workshop: &Workshop, design: &str, set: &[&str], further: &[&str]) -> String {
    let edited = edits(workshop, design, set, further);
    assert_eq!(edited["accepted"], false, "{edited}");
    edited["entry"].as_str().unwrap().to_owned()
}

fn list(workshop: &Workshop, further: &[&str]) -> Vec<Value> {
    workshop.ask(&[&["proposal", "list"], further].concat()).as_array().unwrap().clone()
}

/// A proposal in a list, by its id.
fn listed(workshop: &Workshop, proposal: &str) -> Option<Value> {
    list(workshop, &[]).into_iter().find(|p| p["id"] == proposal)
}

#[track_caller]
fn came(workshop: &Workshop, proposal: &str) -> Value {
    eventually("the proposal came", || listed(workshop, proposal))
}

fn ids(proposals: &[Value]) -> Vec<&str> {
    proposals.iter().map(|p| p["id"].as_str().unwrap()).collect()
}

/// One change of a diff, by its field.
fn field<'a>(changes: &'a Value, name: &str) -> &'a Value {
    changes.as_array().unwrap().iter().find(|f| f["field"] == name).unwrap_or_else(|| panic!("{changes}"))
}

#[test]
fn a_proposal_is_seen_as_a_diff_and_taken_in_by_who_keeps_the_design() {
    let (north, south, design) = two();
    let before = north.shows(&design).unwrap();
    let said = south.run(&["design", "edit", &design, "--set", "version=2.0.0"]).done().stdout;
    assert!(said.contains("Workshop North keeps it; your change waits for them"), "{said}");
    let proposal = proposes(&south, &design, &["bom/1/quantity=9 {piece}", "bom/2/note=oak"], &[]);

    let seen = came(&north, &proposal);
    assert_eq!((&seen["state"], &seen["edits"]), (&json!("open"), &json!(2)));
    assert_eq!((&seen["author_name"], &seen["workshop_name"]), (&json!("Maker B"), &json!("Workshop South")));
    assert_eq!((&seen["design"], &seen["title"]), (&json!(design), &before["title"]));
    assert!(seen.get("reason").is_none() && seen["author"] == south.did());

    let shown = north.ask(&["proposal", "show", &proposal[..8]]);
    let version = field(&shown["diff"]["fields"], "version");
    assert_eq!((&version["old"][0], &version["new"]), (&before["version"], &json!(["2.0.0"])));
    let parts = shown["diff"]["items"].as_array().unwrap();
    assert_eq!(parts.len(), 2, "{shown}");
    assert_eq!((&parts[0]["list"], &parts[0]["change"]), (&json!("bom"), &json!("changed")));
    assert_eq!(parts[0]["label"], before["bom"][0]["part"]);
    assert_eq!(field(&parts[0]["fields"], "quantity")["new"], json!(["9 {piece}"]));
    assert_eq!((&shown["unknown_edits"], &shown["conflicts"]), (&json!(0), &json!([])));
    let text = north.run(&["proposal", "show", &proposal]).done().stdout;
    for words in ["→ \"2.0.0\"", "→ \"9 {piece}\"", "aronde proposal accept", "Maker B"] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    assert_eq!(north.shows(&design).unwrap()["version"], before["version"], "looking changes nothing");

    // Whoever does not keep the design decides nothing, and is told who does.
    south.run(&["proposal", "accept", &proposal]).failed(2, &["Workshop North keeps this design"]);
    south.run(&["proposal", "decline", &proposal, "--reason", "no"]).failed(2, &["Workshop North keeps"]);
    assert!(!south.run(&["proposal", "show", &proposal]).done().stdout.contains("proposal accept"));

    let accepted = north.ask(&["proposal", "accept", &proposal]);
    assert_eq!((&accepted["edits"], &accepted["conflicts"]), (&json!(2), &json!([])));
    assert_eq!(accepted["by"][0]["author_name"], "Maker B");
    agree(&[&north, &south]);
    for workshop in [&north, &south] {
        let after = workshop.shows(&design).unwrap();
        assert_eq!((&after["version"], &after["bom"][0]["quantity"]), (&json!("2.0.0"), &json!("9")));
        assert_eq!((&after["bom"][1]["note"], &after["proposals"]), (&json!("oak"), &json!([])));
        assert_eq!(list(workshop, &[]), [] as [Value; 0]);
        assert_eq!(workshop.status("counts")["parked"], 0);
        assert_eq!(workshop.is_well()["findings"], json!([]));
    }
    north.run(&["proposal", "accept", &proposal]).failed(2, &["counts already"]);
}

#[test]
fn a_declined_proposal_says_why_everywhere_and_the_next_change_does_not_go_on_from_it() {
    let (north, south, design) = two();
    let first = proposes(&south, &design, &["function=Floats"], &[]);
    came(&north, &first);
    north.run(&["proposal", "decline", &first, "--reason", "  "]).failed(2, &["the reason is empty"]);
    north.ask(&["proposal", "decline", &first, "--reason", "it sinks"]);
    let declined = eventually("the word came", || {
        listed(&south, &first).filter(|proposal| proposal["state"] == "declined")
    });
    assert_eq!((&declined["declined_by_name"], &declined["reason"]), (&json!("Maker A"), &json!("it sinks")));
    assert_eq!(declined["declined_by"], north.did());
    let text = south.run(&["proposal", "list"]).done().stdout;
    assert!(text.contains("declined by Maker A: it sinks"), "{text}");
    assert_eq!(north.shows(&design).unwrap()["proposals"], json!([]), "only open ones wait");

    let second = proposes(&south, &design, &["version=2.0.0"], &[]);
    assert_eq!(came(&north, &second)["edits"], 1);
    // By name it can be gone on from, and nobody is fooled.
    let stubborn = proposes(&south, &design, &["title=Raft"], &["--on", &first]);
    assert_eq!((&came(&north, &stubborn)["state"], &listed(&north, &first)), (&json!("open"), &None));
    assert_eq!(north.ask(&["proposal", "show", &stubborn])["declined_before"], json!([first]));
    // It takes nothing away: a keeper may think again.
    assert_eq!(north.ask(&["proposal", "accept", &first])["edits"], 1);
    assert_eq!(north.shows(&design).unwrap()["function"], "Floats");
    agree(&[&north, &south]);
    assert_eq!(ids(&list(&south, &[])), [second.as_str(), stubborn.as_str()]);
    assert_eq!(north.ask(&["proposal", "show", &stubborn])["declined_before"], json!([]));
    south.is_well();
}

#[test]
fn one_line_of_work_is_one_proposal_and_a_line_of_its_own_is_another() {
    let (north, south, design) = two();
    let first = proposes(&south, &design, &["version=2.0.0"], &[]);
    let on = edits(&south, &design, &["function=Carries two"], &[]);
    assert_eq!((&on["on"], &on["edits"]), (&json!(first), &json!(2)));
    let second = on["entry"].as_str().unwrap().to_owned();
    assert_eq!(ids(&list(&south, &["--mine", "--design", &design])), [second.as_str()]);

    let apart = proposes(&south, &design, &["title=Bench"], &["--apart"]);
    assert_eq!(listed(&south, &apart).unwrap()["edits"], 1);
    south
        .run(&["design", "edit", &design, "--set", "licence=MIT"])
        .failed(2, &["2 proposals of yours wait for this document"]);
    let longer = proposes(&south, &design, &["bom/1/note=ash"], &["--on", &apart[..10]]);
    assert_eq!(list(&south, &[]).len(), 2);
    came(&north, &longer);

    // What was looked at is taken in, not what came on top of it.
    let shown = north.ask(&["proposal", "show", &apart]);
    assert_eq!(shown["further"], json!([longer]));
    assert_eq!(north.ask(&["proposal", "accept", &apart])["edits"], 1);
    let after = north.shows(&design).unwrap();
    assert_eq!((&after["title"], &after["bom"][0]["note"] == "ash"), (&json!("Bench"), false));
    assert_eq!(north.ask(&["proposal", "accept", &second])["edits"], 2);
    assert_eq!(listed(&north, &longer).unwrap()["edits"], 1);
    agree(&[&north, &south]);
    assert_eq!(ids(&list(&south, &[])), [longer.as_str()]);
    assert_eq!(list(&north, &["--mine"]), [] as [Value; 0]);
    north.is_well();
}

#[test]
fn a_keeper_is_told_that_the_design_moved_and_what_would_be_in_conflict() {
    let (north, south, design) = two();
    let proposal = proposes(&south, &design, &["version=2.0.0", "function=Carries two"], &[]);
    came(&north, &proposal);
    let own = edits(&north, &design, &["version=1.5.0"], &[]);
    assert_eq!((&own["accepted"], &own["edits"]), (&json!(true), &json!(0)));

    let shown = north.ask(&["proposal", "show", &proposal]);
    assert_eq!((&shown["unknown_edits"], &shown["conflicts"]), (&json!(1), &json!(["version"])));
    let version = field(&shown["diff"]["fields"], "version");
    assert_eq!((&version["old"], version["new"].as_array().unwrap().len()), (&json!(["1.5.0"]), 2));
    let text = north.run(&["proposal", "show", &proposal]).done().stdout;
    assert!(text.contains("its author did not know 1 edit of it") && text.contains("2 values"), "{text}");

    // Its author sees the same, and can settle it on top of what came since.
    eventually("the edit came", || (south.shows(&design)?["version"] == "1.5.0").then_some(()));
    let settled = proposes(&south, &design, &["version=2.1.0"], &[]);
    came(&north, &settled);
    let shown = north.ask(&["proposal", "show", &settled]);
    assert_eq!((&shown["unknown_edits"], &shown["conflicts"]), (&json!(0), &json!([])));
    north.ask(&["proposal", "accept", &settled]);
    let after = north.shows(&design).unwrap();
    assert_eq!((&after["version"], &after["conflicts"]), (&json!("2.1.0"), &json!([])));
    north.is_well();
}

#[test]
fn a_folder_is_proposed_with_its_files_and_they_are_here_before_it_is_taken_in() {
    let (north, south, design) = two();
    let copy = south.beside("stool");
    south.sync();
    south.run(&["design", "files", &design, "--out", copy.to_str().unwrap()]).done();
    let files = tree(&copy);
    let table = "bom.csv".to_owned();
    let longer = format!("{}washer,8,M8,\n", String::from_utf8(files[&table].clone()).unwrap());
    fs::write(copy.join(&table), longer).unwrap();
    fs::write(copy.join("glue.md"), "Glue it.\n").unwrap();
    let imported = south.ask(&["design", "import", copy.to_str().unwrap(), "--update", &design]);
    let proposal = imported["proposal"].as_str().unwrap();

    came(&north, proposal);
    let shown = north.ask(&["proposal", "show", proposal]);
    let items = shown["diff"]["items"].as_array().unwrap();
    let of =
        |label: &str| items.iter().find(|item| item["label"] == label).unwrap_or_else(|| panic!("{shown}"));
    assert_eq!((&of("glue.md")["change"], &of(&table)["change"]), (&json!("added"), &json!("changed")));
    assert_eq!(of("washer")["change"], "added");
    // The bytes of both files come before anybody decides, the replaced one's too.
    north.sync();
    let hash = field(&of(&table)["fields"], "file")["new"][0].as_str().unwrap().to_owned();
    eventually("the proposed file is here", || {
        tree(&north.home).keys().any(|path| path.contains(&hash[2..])).then_some(())
    });
    north.ask(&["proposal", "accept", proposal]);
    let out = north.beside("out");
    let written = north.ask(&["design", "files", &design, "--out", out.to_str().unwrap()]);
    assert_eq!((&written["missing"], &written["left_out"]), (&json!([]), &json!(0)));
    assert!(tree(&out) == tree(&copy), "the bytes that were proposed");
    north.is_well();
}

/// The names of the workshops that keep a design.
fn keepers(workshop: &Workshop, design: &str) -> Vec<String> {
    let kept = workshop.ask(&["design", "keepers", design, "list"]);
    let keepers = kept["keepers"].as_array().unwrap().iter();
    keepers.map(|keeper| keeper["workshop_name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_workshop_keeps_a_design_from_when_it_is_added_until_it_is_dropped_and_its_work_stands() {
    let (north, south, design) = two();
    assert_eq!(keepers(&north, &design), ["Workshop North"]);
    let earlier = proposes(&south, &design, &["function=Carries one"], &[]);
    let by_south = ["design", "keepers", &design, "add", "Workshop South"];
    south.run(&by_south).failed(2, &["only a steward of Workshop North, which keeps this design"]);
    let added = north.ask(&by_south);
    assert_eq!(added["signed"].as_array().unwrap().len(), 1);
    assert!(added["keepers"][0].get("grant").is_none() && added["keepers"][1]["by_name"] == "Maker A");
    north.run(&by_south).failed(2, &["keeps this design already"]);
    north.run(&["design", "keepers", &design, "add", "Workshop West"]).failed(2, &["Workshop West"]);

    eventually("South keeps it", || (keepers(&south, &design).len() == 2).then_some(()));
    assert_eq!(edits(&south, &design, &["version=1.5.0"], &[])["accepted"], true);
    // Its earlier change did not know the grant: it waits, and South decides on it too.
    assert_eq!(ids(&list(&south, &[])), [earlier.as_str()]);
    assert_eq!(south.ask(&["proposal", "accept", &earlier])["edits"], 1);
    agree(&[&north, &south]);
    let shown = north.shows(&design).unwrap();
    assert_eq!((&shown["version"], &shown["function"]), (&json!("1.5.0"), &json!("Carries one")));
    assert_eq!(shown["keepers"].as_array().unwrap().len(), 2);
    assert!(
        north.run(&["design", "show", &design]).done().stdout.contains("Workshop North and Workshop South")
    );

    let dropped = north.ask(&["design", "keepers", &design, "drop", "Workshop South"]);
    assert_eq!(dropped["keepers"].as_array().unwrap().len(), 1);
    eventually("South keeps it no more", || (keepers(&south, &design).len() == 1).then_some(()));
    assert_eq!(edits(&south, &design, &["version=1.6.0"], &[])["accepted"], false);
    agree(&[&north, &south]);
    for workshop in [&north, &south] {
        let after = workshop.shows(&design).unwrap();
        assert_eq!((&after["version"], &after["function"]), (&json!("1.5.0"), &json!("Carries one")));
        workshop.is_well();
    }
    north
        .run(&["design", "keepers", &design, "drop", "Workshop North"])
        .failed(2, &["nobody would keep this design"]);
}

#[test]
fn whom_a_keeper_added_stays_a_keeper_when_that_one_is_dropped_be_it_who_created_the_design() {
    let (north, south, design) = two();
    let mut east = Workshop::joins(&north, &["--workshop", "Workshop East"], "Maker C", &[]);
    east.up();
    north.ask(&["design", "keepers", &design, "add", "Workshop South"]);
    eventually("East is here", || {
        let ran = south.run(&["design", "keepers", &design, "add", "Workshop East"]);
        (ran.code == Some(0)).then_some(())
    });
    eventually("East keeps it", || (keepers(&east, &design).len() == 3).then_some(()));
    // What North created and granted stands when North goes, and what South granted when South goes.
    east.ask(&["design", "keepers", &design, "drop", "Workshop North"]);
    assert_eq!(keepers(&east, &design), ["Workshop South", "Workshop East"]);
    east.ask(&["design", "keepers", &design, "drop", "Workshop South"]);
    assert_eq!(keepers(&east, &design), ["Workshop East"]);
    assert_eq!(edits(&east, &design, &["version=3.0.0"], &[])["accepted"], true);
    agree(&[&north, &south, &east]);
    for workshop in [&north, &south, &east] {
        assert_eq!(keepers(workshop, &design), ["Workshop East"]);
        assert_eq!(workshop.shows(&design).unwrap()["version"], "3.0.0");
    }
    assert_eq!(edits(&north, &design, &["version=4.0.0"], &[])["accepted"], false);
}

#[test]
fn what_a_removed_member_wrote_later_is_taken_in_only_by_a_keeper_who_answers_for_them() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let laptop = Workshop::joins(&north, &["--member", "--role", "maker"], "Maker D", &[]);
    let design = north.designs("Bracket");
    laptop.sync();
    assert_eq!(edits(&laptop, &design, &["version=1.1.0"], &[])["accepted"], true);
    laptop.sync();
    north.run(&["member", "remove", &laptop.did(), "--reason", "left"]).done();
    // The laptop has not heard of it, and writes on.
    edits(&laptop, &design, &["version=9.9.9"], &[]);
    laptop.sync();

    assert_eq!(north.shows(&design).unwrap()["version"], "1.1.0", "what lies behind the cut stands");
    let waiting = list(&north, &[]);
    assert_eq!((waiting.len(), &waiting[0]["author_name"]), (1, &json!("Maker D")));
    assert_eq!(waiting[0]["workshop"], Value::Null);
    let proposal = waiting[0]["id"].as_str().unwrap();
    assert_eq!(north.ask(&["proposal", "show", proposal])["by"][0]["without_right"], true);
    assert!(north.run(&["proposal", "show", proposal]).done().stdout.contains("--yes, and answer by name"));
    north
        .run(&["proposal", "accept", proposal])
        .failed(2, &["without any right, by Maker D", "answers for them"]);
    assert_eq!(north.shows(&design).unwrap()["version"], "1.1.0");
    let said = north.run(&["proposal", "accept", proposal, "--yes"]).done().stdout;
    assert!(said.contains("you answer for what Maker D"), "{said}");
    assert_eq!(north.shows(&design).unwrap()["version"], "9.9.9");
    north.is_well();
}

#[test]
fn a_field_that_is_none_is_refused_with_the_name_that_was_meant() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let design = north.imports(&samples()[0].folder, samples()[0].given);
    let sets = |field: &str| north.run(&["design", "edit", &design, "--set", &format!("{field}=x")]);
    sets("titel").failed(2, &["no field \"titel\"", "did you mean \"title\"?"]);
    assert!(sets("titel").stderr.contains("title, version, licence, licence-documentation"));
    sets("bom/1/quantitty").failed(2, &["did you mean \"bom/1/quantity\"?"]);
    sets("colour").failed(2, &["no field \"colour\""]);
    sets("manifest/colour").done();
    assert_eq!(north.status("counts")["entries"], north.is_well()["checked"]["entries"]);
}
