//! Who may do what, as its users meet it: members, workshops, motions, charters, nodes, with real processes.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/workshops.rs"]
mod workshops;

use serde_json::{Value, json};
use workshops::{Workshop, agree, eventually, id};

/// What `key show` says.
fn key(workshop: &Workshop, field: &str) -> String {
    workshop.ask(&["key", "show"])[field].as_str().unwrap().to_owned()
}

/// Three workshops whose nodes run, and who all stand at the newest charter.
fn three() -> [Workshop; 3] {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    south.up();
    let mut east = Workshop::joins(&north, &["--workshop", "Workshop East"], "Maker C", &[]);
    east.up();
    let all = [north, south, east];
    for workshop in &all {
        eventually("the charter with all three is followed", || {
            let voting = workshop.ask(&["workshop", "list"]);
            let votes = voting.as_array().unwrap().iter().filter(|w| w["votes"] == true).count();
            (votes == 3).then_some(())
        });
    }
    all
}

fn rows(answer: &Value) -> Vec<(String, String, bool)> {
    let row = |row: &Value| {
        let text = |field: &str| row[field].as_str().unwrap().to_owned();
        (text("name"), text("role"), row["removed"].as_bool().unwrap())
    };
    answer.as_array().unwrap().iter().map(row).collect()
}

fn row(name: &str, role: &str, removed: bool) -> (String, String, bool) {
    (name.to_owned(), role.to_owned(), removed)
}

#[test]
fn a_member_is_admitted_changed_removed_and_admitted_again() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let other = Workshop::founds("Maker B", "Elsewhere");
    let (did, next) = (key(&other, "did"), key(&other, "next"));
    let add = ["member", "add", did.as_str(), "--name", "Maker B", "--role", "maker", "--next", &next];
    let added = north.ask(&add);
    assert_eq!(added["role"], "maker");
    assert_eq!(added.get("notes"), None, "its next key is known");
    north.run(&add).failed(2, &["Maker B is maker here already"]);

    let listed = north.ask(&["member", "list"]);
    assert_eq!(rows(&listed), [row("Maker A", "steward", false), row("Maker B", "maker", false)]);
    assert_eq!(listed[1]["did"], did.as_str());
    assert_eq!(listed[1]["workshop"], north.status("workshop")["id"]);

    // By the beginning of the DID, by the name, by the DID.
    let begin = &did["did:key:".len()..][..14];
    assert_eq!(north.ask(&["member", "role", begin, "auditor"])["role"], "auditor");
    let shown = rows(&north.ask(&["member", "list"]));
    assert_eq!(shown, [row("Maker A", "steward", false), row("Maker B", "auditor", false)]);
    north.run(&["member", "role", "Maker B", "auditor"]).failed(2, &["Maker B is auditor already"]);

    let removed = north.ask(&["member", "remove", "Maker B", "--reason", "moved away"]);
    assert_eq!(removed["role"], Value::Null);
    let listed = north.ask(&["member", "list"]);
    assert_eq!(rows(&listed)[1], row("Maker B", "auditor", true));
    assert_eq!(listed[1]["reason"], "moved away");
    assert_eq!(listed[1]["removed_by"], json!([removed["id"]]));
    north.run(&["member", "remove", &did]).failed(2, &["was removed", "already"]);

    north.ask(&["member", "add", &did, "--name", "Maker B", "--role", "maker", "--with-work"]);
    assert_eq!(rows(&north.ask(&["member", "list"]))[1], row("Maker B", "maker", false));
    assert_eq!(north.status("counts")["parked"], 0, "nothing of all this strikes the rest");
}

#[test]
fn only_stewards_change_members_and_the_answer_says_who_they_are() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut maker = Workshop::joins(&north, &["--member", "--role", "maker"], "Maker B", &[]);
    maker.up();
    for arguments in [
        &["member", "role", "Maker A", "maker"][..],
        &["member", "remove", "Maker A"],
        &["workshop", "remove", "Workshop North", "--reason", "spite"],
        &["charter", "propose"],
        &["policy", "set", "quorum=2"],
        &["node", "unbind", &key(&north, "peer_id")],
    ] {
        let ran = maker.run(arguments);
        ran.failed(2, &["needs a steward"]);
        assert!(ran.stderr.contains("Maker A"), "the hint names who can: {}", ran.stderr);
    }
    let ran = north.run(&["member", "role", "Maker A", "maker"]);
    ran.failed(2, &["nobody changes their own role"]);

    // Anybody may leave; the last steward is told what follows.
    let left = maker.ask(&["member", "remove", "Maker B"]);
    assert!(left["notes"][0].as_str().unwrap().contains("remove yourself"), "{left}");
    let gone = maker.ask(&["status"]);
    assert!(gone["warnings"][0].as_str().unwrap().contains("no member of Workshop North any more"), "{gone}");
    let last = north.ask(&["member", "remove", "Maker A"]);
    let notes = last["notes"].to_string();
    assert!(notes.contains("last steward") && notes.contains("aronde workshop steward"), "{notes}");
}

#[test]
fn a_rotation_takes_the_next_key_and_leaves_a_fresh_one() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    let before = north.designs("Before");
    let (old, next) = (key(&north, "did"), key(&north, "next"));
    // Once with the node off, once with it running.
    for running in [false, true] {
        if running {
            north.up();
        }
        let rotated = north.ask(&["member", "rotate"]);
        assert_eq!(rotated["did"], key(&north, "did").as_str());
        assert_ne!(key(&north, "next"), next);
        north.designs("After");
        north.is_well();
    }
    assert_ne!(key(&north, "did"), old);
    let listed = north.ask(&["member", "list"]);
    assert_eq!(rows(&listed), [row("Maker A", "steward", false)]);
    assert_eq!(listed[0]["old_keys"].as_array().unwrap().len(), 2);
    assert_eq!(listed[0]["old_keys"][0], old.as_str());
    assert!(north.shows(&before).is_some());
    assert_eq!(north.status("counts")["parked"], 0);
    assert_eq!(north.status("member")["role"], "steward");
    north.down();
    north.designs("After a start");
    assert_eq!(north.status("counts")["parked"], 0);

    // The words of the old next key are of no use any more.
    std::fs::remove_file(north.home.join("next.key")).unwrap();
    north.run(&["member", "rotate"]).failed(2, &["the next key is not there"]);
    let elsewhere = Workshop::founds("Maker B", "Elsewhere");
    let other = elsewhere.home.join("next.key");
    north
        .run(&["member", "rotate", "--next", other.to_str().unwrap()])
        .failed(2, &["is not the one that was named"]);
}

#[test]
fn a_rotation_that_a_crash_cut_off_is_finished_or_undone_at_the_next_start() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let (did, home) = (key(&north, "did"), north.home.clone());
    // Nothing was kept: what was written aside goes.
    for name in ["member.key", "next.key"] {
        std::fs::copy(home.join(name), home.join(format!("{name}.rotating"))).unwrap();
    }
    north.designs("Before");
    assert!(!home.join("member.key.rotating").exists() && !home.join("next.key.rotating").exists());
    assert_eq!(key(&north, "did"), did);

    // The rotation was kept, and the files were not swapped yet.
    let old = ["member.key", "next.key"].map(|name| (name, std::fs::read(home.join(name)).unwrap()));
    north.ask(&["member", "rotate"]);
    let new = key(&north, "did");
    for (name, bytes) in old {
        std::fs::rename(home.join(name), home.join(format!("{name}.rotating"))).unwrap();
        let file = home.join(name);
        std::fs::copy(home.join(format!("{name}.rotating")), &file).unwrap();
        std::fs::write(&file, bytes).unwrap();
    }
    assert_eq!(key(&north, "did"), did);
    north.designs("After");
    assert_eq!(key(&north, "did"), new);
    assert_eq!(north.status("counts")["parked"], 0);
}

#[test]
fn a_steward_replaces_a_lost_key_and_the_work_done_with_it_stands() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut lost = Workshop::joins(&north, &["--member", "--role", "maker"], "Maker B", &[]);
    lost.up();
    let design = lost.designs("Made before");
    eventually("the design is here", || north.shows(&design));
    lost.down();
    let fresh = Workshop::founds("Maker B", "Elsewhere");
    let (did, next) = (key(&fresh, "did"), key(&fresh, "next"));
    let replaced = north.ask(&["member", "replace", "Maker B", &did, "--next", &next]);
    assert_eq!((replaced["did"].as_str(), replaced["name"].as_str()), (Some(did.as_str()), Some("Maker B")));
    assert!(north.shows(&design).is_some());
    assert_eq!(north.status("counts")["parked"], 0);
    let agreed = rows(&north.ask(&["member", "list"]));
    assert!(
        agreed.contains(&row("Maker B", "maker", false)) && agreed.contains(&row("Maker B", "maker", true))
    );

    // What the old key says from now on does not count.
    lost.designs("Made after");
    lost.up();
    agree(&[&north, &lost]);
    eventually("it is parked", || (north.status("counts")["parked"] == 1).then_some(()));
}

#[test]
fn a_fourth_workshop_needs_a_second_vote_and_goes_on_by_itself_when_it_has_it() {
    let [north, south, east] = three();
    let mut west = Workshop::nowhere();
    let ticket = north.ticket(&["--workshop", "Workshop West"]);
    let joined = west.run(&["join", &ticket, "--name", "Maker D", "--json"]).done();
    assert!(joined.stderr.contains("waits for 1 more vote"), "{}", joined.stderr);
    let joined = joined.json();
    assert_eq!(joined["waits"]["needed"], 1);
    assert_eq!(joined["member"]["role"], Value::Null);
    west.keep_to_loopback();
    west.up();
    let warned = west.status("warnings").to_string();
    assert!(warned.contains("the admission of Workshop West waits for 1 more vote"), "{warned}");

    let motion = eventually("the motion is here", || {
        let open = south.ask(&["workshop", "motions"]);
        open.get(0).cloned()
    });
    assert_eq!((motion["kind"].as_str(), motion["quorum"].as_u64()), (Some("admit-workshop"), Some(2)));
    assert_eq!(motion["waits_for_us"], true);
    assert!(south.status("warnings").to_string().contains("waits for your workshop's vote"));
    let motion = id(&motion);
    north.run(&["workshop", "vote", &motion]).failed(2, &["your workshop has voted"]);
    let voted = south.ask(&["workshop", "vote", &motion[..12]]);
    assert_eq!(voted["carried"], true);
    eventually("east has it", || {
        let ran = east.run(&["workshop", "vote", &motion]);
        ran.stderr.contains("carried already").then_some(())
    });

    eventually("west is in", || (west.status("member")["role"] == "steward").then_some(()));
    agree(&[&north, &south, &east, &west]);
    let design = west.designs("From the west");
    eventually("it is everywhere", || north.shows(&design).and(east.shows(&design)));
    assert_eq!(west.status("counts")["parked"], 0);
}

#[test]
fn a_workshop_that_was_removed_is_talked_to_no_more_and_hands_in_what_it_wrote_meanwhile() {
    let [north, south, mut east] = three();
    let before = east.designs("Before");
    eventually("it is here", || north.shows(&before));
    east.down();
    let offline = east.designs("Offline");
    let reason = ["--reason", "closed for good"];
    let moved = north.ask(&[&["workshop", "remove", "Workshop East"], reason.as_slice()].concat());
    assert_eq!((moved["carried"].as_bool(), moved["needed"].as_u64()), (Some(false), Some(1)));
    let voted = eventually("the motion is here", || {
        let ran = south.run(&["workshop", "vote", &id(&moved), "--json"]);
        (ran.code == Some(0)).then(|| ran.json())
    });
    assert_eq!(voted["carried"], true);
    eventually("the charter without east is followed", || {
        let newest = north.ask(&["charter", "show"]);
        let workshops = newest["workshops"].as_array()?;
        (workshops.len() == 2).then_some(())
    });

    east.up();
    eventually("east knows", || {
        east.status("warnings").to_string().contains("no member of Workshop East any more").then_some(())
    });
    eventually("what east wrote is handed in, and parked", || {
        let held = north.status("counts")["parked"].as_u64()?;
        (held >= 1 && north.status("held_digest") == east.status("held_digest")).then_some(())
    });
    assert!(north.shows(&before).is_some(), "what was known stands");
    assert!(north.shows(&offline).is_none(), "what was not known is cut, everywhere");
    assert!(east.shows(&offline).is_none());
    let peers = north.status("peers");
    assert!(!peers.to_string().contains("Workshop East"), "{peers}");
}

#[test]
fn a_node_that_is_unbound_is_disconnected_and_gets_nothing_more() {
    let [north, south, mut east] = three();
    let peer = key(&east, "peer_id");
    let listed = north.ask(&["node", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 3);
    north.run(&["node", "unbind", &peer]).failed(2, &["bound to Workshop East, not to your workshop"]);
    let ended = east.ask(&["node", "unbind", &peer[..20]]);
    assert_eq!(ended["bound"], false);
    eventually("nobody talks to it", || {
        let nodes = north.ask(&["node", "list"]);
        let gone = !nodes.to_string().contains(&peer);
        (gone && !south.status("peers").to_string().contains(&peer)).then_some(())
    });
    let design = north.designs("Not for east");
    eventually("south has it", || south.shows(&design));
    east.down();
    east.up();
    east.run(&["sync", "--wait", "--timeout", "3s"]);
    assert!(east.shows(&design).is_none());
    // Its steward binds it again.
    east.ask(&["node", "bind", &peer]);
    eventually("east is back", || east.shows(&design));
}

#[test]
fn a_charter_that_a_workshop_wants_to_see_first_waits_for_its_hand() {
    let [north, mut south, mut east] = three();
    for workshop in [&mut south, &mut east] {
        workshop.down();
        workshop.configure(|line| line.replace("\"by-itself\"", "\"by-hand\""));
        workshop.up();
    }
    let proposed = north.ask(&["charter", "propose"]);
    assert_eq!(proposed["in_force"], false);
    let charter = id(&proposed);
    eventually("south is told", || {
        south.status("warnings").to_string().contains("waits for your workshop's endorsement").then_some(())
    });
    let shown = south.ask(&["charter", "show", &charter[..10]]);
    assert_eq!(shown["would_change"], json!([]));
    assert_eq!(shown["charter"]["endorsed"][0]["name"], "Workshop North");
    let endorsed = south.ask(&["charter", "endorse"]);
    assert_eq!(endorsed["in_force"], true);
    south.run(&["charter", "endorse", &charter]).failed(2, &["has endorsed this charter already"]);
    eventually("north follows it", || {
        (north.status("federation")["charter"] == charter.as_str()).then_some(())
    });
    let list = north.ask(&["charter", "list"]);
    assert_eq!(list.as_array().unwrap().last().unwrap()["newest"], true);
}

#[test]
fn the_policy_is_set_by_motion_and_knows_its_values() {
    let [north, south, _east] = three();
    let values = |workshop: &Workshop| workshop.ask(&["policy", "show"]);
    let names: Vec<Value> =
        values(&north).as_array().unwrap().iter().map(|row| row["name"].clone()).collect();
    for name in ["charter-every-days", "confirmations", "quorum"] {
        assert!(names.contains(&name.into()), "{names:?}");
    }
    north.run(&["policy", "set", "qorum=3"]).failed(2, &["the policy has no value \"qorum\""]);
    north.run(&["policy", "set", "quorum=0"]).failed(2, &["quorum is from 1"]);
    let moved = north.ask(&["policy", "set", "quorum=3", "charter-every-days=30"]);
    let voted = eventually("the motion is here", || {
        let ran = south.run(&["workshop", "vote", &id(&moved), "--json"]);
        (ran.code == Some(0)).then(|| ran.json())
    });
    assert_eq!(voted["carried"], true);
    eventually("it is in effect with the charter that settles it", || {
        let rows = values(&north);
        let quorum = rows.as_array().unwrap().iter().find(|row| row["name"] == "quorum").cloned().unwrap();
        (quorum["value"] == 3 && quorum["effective"] == 3).then_some(())
    });
}

#[test]
fn a_workshop_left_alone_is_given_a_steward_and_only_then() {
    let [north, south, east] = three();
    let fresh = Workshop::founds("Maker F", "Elsewhere");
    let (did, next) = (key(&fresh, "did"), key(&fresh, "next"));
    let give = ["workshop", "steward", "Workshop East", did.as_str(), "--name", "Maker F", "--next", &next];
    north.run(&give).failed(2, &["Workshop East has a steward: Maker C"]);
    east.ask(&["member", "remove", "Maker C", "--reason", "retires"]);
    eventually("north knows", || {
        let rows = rows(&north.ask(&["member", "list"]));
        rows.contains(&row("Maker C", "steward", true)).then_some(())
    });
    let moved = north.ask(&give);
    let voted = eventually("the motion is here", || {
        let ran = south.run(&["workshop", "vote", &id(&moved), "--json"]);
        (ran.code == Some(0)).then(|| ran.json())
    });
    assert_eq!(voted["carried"], true);
    let rows = rows(&south.ask(&["member", "list"]));
    assert!(rows.contains(&row("Maker F", "steward", false)), "{rows:?}");
}
