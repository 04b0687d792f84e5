//! Workshops that write while apart, members of other kinds, and the same commands on and off line.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/workshops.rs"]
mod workshops;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use workshops::{Workshop, agree, eventually, id, samples};

/// Two nodes of one workshop: its steward's, and that of a maker who joined with a member ticket.
fn colleagues() -> [Workshop; 2] {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let maker = Workshop::joins(&north, &["--member"], "Maker B", &[]);
    [north, maker]
}

fn contributes(workshop: &Workshop, subject: &str, quantity: &str, further: &[&str]) -> String {
    let said = ["contribute", "--subject", subject, "--action", "work", "--quantity", quantity];
    id(&workshop.ask(&[&said, further].concat()))
}

fn sets(workshop: &Workshop, design: &str, field: &str) -> Value {
    workshop.ask(&["design", "edit", design, "--set", field])
}

fn ids(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(id).collect()
}

/// The one conflict of a design: its field, and each value with who gave it.
fn conflict(shown: &Value) -> (String, BTreeSet<(String, String)>) {
    let conflicts = shown["conflicts"].as_array().unwrap();
    assert_eq!(conflicts.len(), 1, "{shown}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let values = conflicts[0]["values"].as_array().unwrap().iter();
    (text(&conflicts[0]["field"]), values.map(|v| (text(&v["value"]), text(&v["author"]))).collect())
}

#[test]
fn two_who_wrote_while_apart_end_equal_with_nothing_lost_and_both_values_shown_until_one_decides() {
    let [mut north, mut maker] = colleagues();
    let design = north.designs("Press");
    maker.sync();
    north.down();

    // Apart, and without a node: each changes the same field, makes a design and says what was done.
    sets(&north, &design, "title=Bench press");
    sets(&north, &design, "version=1.1.0");
    sets(&maker, &design, "title=Arbor press");
    sets(&maker, &design, "licence=CERN-OHL-S-2.0");
    let made = [north.designs("Jig"), maker.designs("Stool"), design.clone()];
    let records = [contributes(&north, &design, "3 h", &[]), contributes(&maker, &design, "0.5 h", &[])];

    north.up();
    maker.up();
    agree(&[&north, &maker]);
    for workshop in [&north, &maker] {
        assert_eq!(ids(&workshop.ask(&["design", "list"])), BTreeSet::from(made.clone()));
        assert_eq!(ids(&workshop.ask(&["ledger", "list"])), BTreeSet::from(records.clone()));
        let shown = workshop.shows(&design).unwrap();
        assert_eq!((&shown["version"], &shown["licence"]), (&json!("1.1.0"), &json!("CERN-OHL-S-2.0")));
        assert_eq!(shown["title"], Value::Null, "no winner alone: {shown}");
        let both = [("Bench press".to_owned(), north.did()), ("Arbor press".to_owned(), maker.did())];
        assert_eq!(conflict(&shown), ("title".to_owned(), BTreeSet::from(both)));
        let text = workshop.run(&["design", "show", &design]).done().stdout;
        assert!(text.contains("\"Bench press\"") && text.contains("\"Arbor press\""), "{text}");
        assert_eq!(workshop.status("counts")["parked"], 0);
    }

    sets(&maker, &design, "title=Arbor press, 1 t");
    for workshop in [&north, &maker] {
        let shown = eventually("the decision is here", || {
            workshop.shows(&design).filter(|shown| shown["conflicts"] == json!([]))
        });
        assert_eq!(shown["title"], "Arbor press, 1 t");
        workshop.is_well();
    }
}

#[test]
fn an_edit_by_another_workshop_is_a_proposal_that_is_held_everywhere_and_changes_nothing() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    let design = north.designs("Press");
    south.sync();
    let proposed = sets(&south, &design, "title=Better press");
    assert_eq!(proposed["accepted"], false);
    south.sync();
    for workshop in [&north, &south] {
        assert_eq!(workshop.shows(&design).unwrap()["title"], "Press");
        assert_eq!(workshop.status("counts")["parked"], 1);
        let audit = workshop.is_well();
        assert_eq!(audit["findings"][0]["kind"], "parked");
        assert_eq!(audit["findings"][0]["entry"], proposed["entry"]);
    }
}

#[test]
fn every_command_answers_the_same_with_the_node_running_and_without() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    let package = &samples()[0];
    let mut written: Vec<String> = Vec::new();
    for running in [false, true] {
        if running {
            north.up();
        }
        // What writes.
        let design = north.designs("Press");
        sets(&north, &design, "title=Bench press");
        let record = contributes(&north, &design, "3 h", &["--at", "2026-11-20", "--note", "milled"]);
        let disputed = north.ask(&["attest", &record, "--dispute"]);
        assert_eq!(disputed["record"], record.as_str());
        if running {
            // The same folder again is the design that it became without the node.
            let folder = package.folder.to_str().unwrap();
            let again = north.run(&["design", "import", folder]);
            again.failed(2, &["is the design"]);
            assert_eq!(north.imports(&package.folder, &["--update", &written[0]]), written[0]);
        } else {
            written.push(north.imports(&package.folder, package.given));
        }
        written.extend([design, record]);
    }
    // What reads.
    let mut questions: Vec<Vec<&str>> = vec![vec!["design", "list"], vec!["ledger", "list"], vec!["audit"]];
    questions.extend(written.iter().map(|id| vec!["design", "show", id.as_str()]));
    questions.extend(written.iter().map(|id| vec!["ledger", "show", id.as_str()]));
    let answers = |workshop: &Workshop| -> Vec<_> {
        let ask = |json: &[&str]| {
            let ran = questions.iter().map(|question| workshop.run(&[question.as_slice(), json].concat()));
            ran.map(|ran| (ran.code, ran.stdout, ran.stderr)).collect::<Vec<_>>()
        };
        [ask(&[]), ask(&["--json"])].concat()
    };
    let (online, digest) = (answers(&north), north.status("digest"));
    north.down();
    assert_eq!(answers(&north), online);
    assert_eq!(north.status("digest"), digest);
}

#[test]
fn another_members_key_file_signs_as_that_member_with_the_node_running_and_without() {
    let [mut north, maker] = colleagues();
    let key = maker.home.join("member.key");
    let key = key.to_str().unwrap();
    let design = id(&north.ask(&["design", "new", "--title", "Press", "--key", key]));
    let online = contributes(&north, &design, "1 h", &["--key", key]);
    north.down();
    let offline = contributes(&north, &design, "2 h", &["--key", key]);
    let own = contributes(&north, &design, "4 h", &[]);
    for (record, author) in [(online, maker.did()), (offline, maker.did()), (own, north.did())] {
        assert_eq!(north.ask(&["ledger", "show", &record])["author"], author.as_str());
    }
    // One key wrote from two homes, each in a log of its own: no fork.
    maker.designs("Stool");
    north.up();
    maker.sync();
    assert_eq!(ids(&maker.ask(&["design", "list"])).len(), 2);
    for workshop in [&north, &maker] {
        assert_eq!(workshop.is_well()["findings"], json!([]));
    }
}

#[test]
fn a_stranger_s_key_file_signs_nothing() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let stranger = Workshop::founds("Maker X", "Workshop Elsewhere");
    let key = stranger.home.join("member.key");
    let before = north.status("held_digest");
    north
        .run(&["design", "new", "--title", "Press", "--key", key.to_str().unwrap()])
        .failed(2, &["is no member of the federation Commons"]);
    assert_eq!(north.status("held_digest"), before);
}

#[test]
fn a_member_ticket_gives_the_role_it_says_and_an_auditor_attests_but_does_not_write() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut roles = Vec::new();
    for role in ["steward", "maker", "auditor"] {
        let mut member = Workshop::joins(&north, &["--member", "--role", role], &format!("The {role}"), &[]);
        member.up();
        let status = member.ask(&["status"]);
        assert_eq!(status["member"]["role"], role);
        assert_eq!(status["member"]["name"], format!("The {role}"));
        assert_eq!(status["workshop"], north.status("workshop"));
        roles.push(member);
    }
    let [steward, maker, auditor] = <[Workshop; 3]>::try_from(roles).ok().unwrap();
    let design = maker.designs("Press");
    let record = contributes(&maker, &design, "3 h", &[]);
    agree(&[&north, &steward, &maker, &auditor]);

    let before = auditor.status("held_digest");
    let refused: [&[&str]; 4] = [
        &["design", "new", "--title", "Stool"],
        &["design", "edit", &design, "--set", "title=Stool"],
        &["contribute", "--subject", &design, "--action", "work", "--quantity", "1 h"],
        &["invite", "--member"],
    ];
    for command in refused {
        auditor.run(command).failed(2, &["is auditor here"]);
    }
    maker.run(&["invite", "--member"]).failed(2, &["is maker here"]);
    assert_eq!(auditor.status("held_digest"), before);

    assert_eq!(auditor.ask(&["attest", &record, "--confirm"])["standing"], "confirmed");
    agree(&[&north, &steward, &maker, &auditor]);
    assert_eq!(north.ask(&["ledger", "show", &record])["standing"], "confirmed");

    // The second steward admits, while the first is off.
    north.down();
    let fifth = Workshop::joins(&steward, &["--member"], "Maker E", &[]);
    assert_eq!(fifth.status("member")["role"], "maker");
    assert_eq!(ids(&fifth.ask(&["design", "list"])), BTreeSet::from([design]));
}

#[test]
fn a_further_node_of_a_member_writes_as_the_same_member_without_forking_its_log() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let key = north.home.join("member.key");
    let mut second = Workshop::joins(&north, &["--node"], "Maker A", &["--key", key.to_str().unwrap()]);
    assert_eq!(second.status("member"), north.status("member"));
    assert_ne!(second.status("node")["peer_id"], north.status("node")["peer_id"]);

    north.down();
    let made = BTreeSet::from([north.designs("Press"), second.designs("Stool")]);
    north.up();
    second.up();
    agree(&[&north, &second]);
    for workshop in [&north, &second] {
        assert_eq!(ids(&workshop.ask(&["design", "list"])), made);
        assert_eq!(workshop.is_well()["findings"], json!([]));
    }
}

#[test]
fn a_node_ticket_without_the_member_s_key_says_how_to_bring_it() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let ticket = north.ticket(&["--node"]);
    let newcomer = Workshop::nowhere();
    newcomer.run(&["join", &ticket, "--name", "Maker A"]).failed(2, &["has a key already"]);
    let stranger = Workshop::founds("Maker X", "Workshop Elsewhere");
    let key = stranger.home.join("member.key");
    newcomer
        .run(&["join", &ticket, "--name", "Maker A", "--key", key.to_str().unwrap()])
        .failed(2, &["further node of a member"]);
    assert_eq!(newcomer.left_behind(), Vec::<String>::new());
}
