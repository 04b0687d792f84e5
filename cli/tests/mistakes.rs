//! Mistakes and misfortunes as people meet them: one clear sentence, what to do next, the right exit code,
//! and nothing left behind.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/hostile.rs"]
mod hostile;
#[path = "common/workshops.rs"]
mod workshops;

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use workshops::{Ran, Workshop, agree, aronde, eventually, samples, tree};

const NAMES: [&str; 6] = ["--name", "Maker A", "--workshop", "Workshop North", "--federation", "Commons"];

fn init(home: &Path) -> Ran {
    aronde(home, &[&["init"], NAMES.as_slice()].concat())
}

#[test]
fn a_ticket_that_is_none_mistyped_cut_short_or_used_is_told_apart_and_leaves_nothing_behind() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let ticket = north.ticket(&["--workshop", "Workshop South"]);
    let swapped = match ticket.strip_suffix('x') {
        Some(rest) => format!("{rest}y"),
        None => format!("{}x", &ticket[..ticket.len() - 1]),
    };
    let newcomer = Workshop::nowhere();
    let join = |ticket: &str| newcomer.run(&["join", ticket, "--name", "Maker B"]);
    join("a word").failed(2, &["this is no ticket", "begins with \"aronde1\""]);
    join("").failed(2, &["this is no ticket"]);
    join(&swapped).failed(2, &["wrong or missing letter"]);
    join(&ticket[..ticket.len() / 2]).failed(2, &["wrong or missing letter"]);
    assert_eq!(newcomer.left_behind(), Vec::<String>::new());

    let south = Workshop::nowhere();
    south.run(&["join", &format!(" {ticket}\n"), "--name", "Maker B"]).done();
    join(&ticket).failed(2, &["was used already"]);
    assert_eq!(newcomer.left_behind(), Vec::<String>::new());
    // A refused newcomer changed nothing, and a good ticket still lets it in.
    join(&north.ticket(&["--workshop", "Workshop East"])).done();
}

#[test]
fn a_ticket_of_a_node_that_is_not_there_is_a_matter_of_the_network_and_stays_good() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let ticket = north.ticket(&["--workshop", "Workshop South"]);
    north.down();
    let newcomer = Workshop::nowhere();
    let join = ["join", ticket.as_str(), "--name", "Maker B"];
    newcomer.run(&join).failed(3, &["can't be reached"]);
    assert_eq!(newcomer.left_behind(), Vec::<String>::new());
    north.up();
    newcomer.run(&join).done();
}

#[test]
fn a_ticket_shown_to_another_federation_on_the_same_address_opens_nothing() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let ticket = north.ticket(&["--workshop", "Workshop South"]);
    north.down();
    // Somebody else's node answers there now.
    let mut other = Workshop::founds("Maker X", "Workshop Elsewhere");
    let listen = fs::read_to_string(north.home.join("config.toml")).unwrap();
    let listen = listen.lines().find(|line| line.starts_with("listen = ")).unwrap().to_owned();
    other.configure(|line| if line.starts_with("listen = ") { listen.clone() } else { line.to_owned() });
    other.up();
    let newcomer = Workshop::nowhere();
    newcomer.run(&["join", &ticket, "--name", "Maker B"]).failed(3, &["inviting node"]);
    assert_eq!(newcomer.left_behind(), Vec::<String>::new());
}

#[test]
fn a_missing_home_is_told_with_the_ways_to_one_and_is_not_made_by_asking() {
    let nowhere = Workshop::nowhere();
    let commands: [&[&str]; 8] = [
        &["status"],
        &["sync"],
        &["audit"],
        &["invite", "--member"],
        &["design", "list"],
        &["design", "new", "--title", "Press"],
        &["ledger", "list"],
        &["key", "show"],
    ];
    for command in commands {
        nowhere.run(command).failed(2, &["there is no Aronde home in", nowhere.home.to_str().unwrap()]);
    }
    assert_eq!(nowhere.left_behind(), Vec::<String>::new());
}

#[test]
fn a_port_in_use_is_named_and_leaves_the_home_as_it_was() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap();
    let peers = format!("/ip4/127.0.0.1/tcp/{}", at.port());
    north.run(&["up", "--listen", &peers]).failed(2, &[&peers, "in use"]);
    north.run(&["up", "--http", &at.to_string()]).failed(2, &[&at.to_string(), "in use"]);
    north.run(&["up", "--listen", "/ip4/192.0.2.1/tcp/4001"]).failed(2, &["/ip4/192.0.2.1/tcp/4001"]);
    north.up();
    north.is_well();
}

#[test]
fn a_home_that_is_there_already_is_not_made_again() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let did = north.did();
    init(&north.home).failed(2, &["is an Aronde home already"]);
    north.run(&["join", "aronde1x", "--name", "Maker B"]).failed(2, &["is an Aronde home already"]);
    assert_eq!(north.did(), did);

    let occupied = Workshop::nowhere();
    fs::create_dir(&occupied.home).unwrap();
    fs::write(occupied.home.join("thesis.txt"), "words").unwrap();
    init(&occupied.home).failed(2, &["is not empty"]);
    assert_eq!(fs::read_dir(&occupied.home).unwrap().count(), 1);
}

#[test]
fn settings_that_cannot_be_read_are_named_by_line() {
    let north = Workshop::founds("Maker A", "Workshop North");
    north.configure(|line| line.replace("mdns = false", "mdns = perhaps"));
    let lines = fs::read_to_string(north.home.join("config.toml")).unwrap();
    let line = 1 + lines.lines().position(|line| line.starts_with("mdns")).unwrap();
    north.run(&["up"]).failed(2, &["config.toml", &format!("line {line}")]);
}

#[test]
fn a_truncated_manifest_is_refused_with_its_place_and_nothing_is_taken() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let before = north.status("held_digest");
    let whole = fs::read(samples()[0].folder.join("okh.yml")).unwrap();
    let toml = "okhv = \"2.4\"\nname = \"Lamp";
    let cut = [("okh.toml", toml.as_bytes()), ("okh.yml", b"title: Lamp\nlicense: {"), ("okh.yml", &[])];
    for (name, bytes) in cut {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), bytes).unwrap();
        fs::write(folder.path().join("README.md"), "# Lamp\n").unwrap();
        let ran = north.run(&["design", "import", folder.path().to_str().unwrap()]);
        ran.failed(2, &[name]);
    }
    assert_eq!(north.status("held_digest"), before);
    // A real one, cut anywhere: taken with findings or refused, never worse.
    for part in 1..10 {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("okh.yml"), &whole[..whole.len() * part / 10]).unwrap();
        let ran = north.run(&["design", "import", folder.path().to_str().unwrap(), "--json"]);
        if ran.code != Some(0) {
            ran.failed(2, &["okh.yml"]);
            assert!(ran.json()["error"]["message"].is_string());
        }
    }
    north.run(&["design", "import", "/nowhere/at/all"]).failed(2, &["is neither a folder nor a file"]);
    north.is_well();
}

#[test]
fn a_manifest_that_names_files_above_its_folder_is_taken_without_them() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("lamp");
    fs::create_dir(&folder).unwrap();
    fs::write(outer.path().join("secret.csv"), "Part,Qty\nnut,4\n").unwrap();
    let manifest = "okhv = \"2.4\"\nname = \"Lamp\"\nrepo = \"https://example.org/lamp\"\nlicense = \"MIT\"\n\
        licensor = \"Maker A\"\nfunction = \"Gives light\"\nbom = \"../secret.csv\"\nreadme = \"../../../etc/hostname\"\n";
    fs::write(folder.join("okh.toml"), manifest).unwrap();
    let imported = north.ask(&["design", "import", folder.to_str().unwrap()]);
    let findings = imported["findings"].as_array().unwrap();
    for field in ["bom", "readme"] {
        let told = findings.iter().find(|finding| finding["field"] == field).unwrap();
        assert!(told["what"].as_str().unwrap().contains("leads out of the folder"), "{told}");
    }
    let shown = north.shows(imported["id"].as_str().unwrap()).unwrap();
    assert_eq!((shown["bom"].clone(), shown["files"].as_array().unwrap().len()), (json!([]), 1));
}

#[test]
fn a_peer_s_design_with_a_file_above_its_folder_is_never_written_there() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    fs::create_dir(north.beside("out")).unwrap();
    let mut south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    for path in ["../evil.txt", "/etc/evil.txt", ".git/config", "a/../../evil.txt"] {
        let design = hostile::design_with_file(&south.home, path, b"evil");
        south.up();
        let shown = eventually("the design came", || north.shows(&design));
        let out = north.beside("out").join("here");
        for force in [&[][..], &["--force"]] {
            let files = ["design", "files", &design, "--out", out.to_str().unwrap()];
            let ran = north.run(&[&files, force].concat());
            if shown["files"] == json!([]) {
                // No path at all: the edit has no effect, and the answer, the design and an audit say so.
                let said = ran.done().stdout;
                assert!(
                    said.contains("1 edit of this design does not fit") && said.contains("design show"),
                    "{said}"
                );
                let left = shown["left_out"].as_array().unwrap();
                assert!(left[0]["why"].as_str().unwrap().contains("relative path"), "{shown}");
                let audit = north.is_well();
                let told = audit["findings"].as_array().unwrap();
                let told = told.iter().find(|f| f["kind"] == "skipped-edit" && f["entry"] == design.as_str());
                assert!(told.unwrap()["what"].as_str().unwrap().contains("relative path"), "{audit}");
            } else {
                ran.failed(2, &[path, "can't be written here"]);
            }
        }
        assert_eq!(tree(&north.beside("out")).len(), 0, "{path}");
        assert!(!out.join(".git").exists() && !Path::new("/etc/evil.txt").exists());
        south.down();
    }
    // The rest of the commons goes on.
    south.up();
    north.designs("Press");
    agree(&[&north, &south]);
    north.is_well();
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let design = north.imports(&samples()[0].folder, samples()[0].given);
    // Whoever may do everything cannot make a folder below a file either.
    let file = north.beside("file");
    fs::write(&file, "").unwrap();
    let below = file.join("below");
    init(&below).failed(2, &[below.to_str().unwrap(), "Not a directory"]);
    init(&file).failed(2, &[file.to_str().unwrap()]);
    let out = ["design", "files", &design, "--out", below.to_str().unwrap()];
    north.run(&out).failed(2, &[below.to_str().unwrap(), "Not a directory"]);

    let place = north.beside("read-only");
    let Some(mounted) = Mounted::at(&place, "size=4m") else { return };
    mounted.again("ro");
    let home = place.join("home");
    init(&home).failed(2, &[place.to_str().unwrap(), "Read-only"]);
    let out = place.join("out");
    let out = ["design", "files", &design, "--out", out.to_str().unwrap()];
    north.run(&out).failed(2, &[place.to_str().unwrap(), "Read-only"]);
    assert_eq!(fs::read_dir(&place).unwrap().count(), 0);
}

/// A small disk of its own, gone with the test.
struct Mounted<'a>(&'a Path);

impl<'a> Mounted<'a> {
    /// None, told loudly, where nothing may be mounted.
    fn at(place: &'a Path, options: &str) -> Option<Self> {
        fs::create_dir(place).unwrap();
        if mount(place, options) {
            return Some(Self(place));
        }
        eprintln!("SKIPPED: no right to mount a disk here, so it was neither read-only nor full");
        None
    }

    fn again(&self, options: &str) {
        assert!(mount(self.0, &format!("remount,{options}")));
    }
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

fn mount(place: &Path, options: &str) -> bool {
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "aronde"]).arg(place).output();
    mounted.is_ok_and(|output| output.status.success())
}

/// Fills a disk to its last byte.
fn fill(file: &Path) {
    let full = std::io::copy(&mut std::io::repeat(1), &mut fs::File::create(file).unwrap()).unwrap_err();
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
}

#[test]
fn a_full_disk_is_told_loses_nothing_and_leaves_no_half_a_home() {
    let north = Workshop::nowhere();
    let place = north.beside("disk");
    let Some(mounted) = Mounted::at(&place, "size=80m") else { return };
    let home = place.join("home");
    init(&home).done();
    let wrote = aronde(&home, &["design", "new", "--title", "Press", "--json"]).done().json();

    // Files are refused while entries still find room.
    let folder = samples()[0].folder.clone();
    let import = ["design", "import", folder.to_str().unwrap()];
    aronde(&home, &import).failed(2, &["too little room for files", "bytes free"]);

    fill(&place.join("filler"));
    let new = ["design", "new", "--title", "Lathe"];
    aronde(&home, &new).failed(2, &["free some space"]);
    init(&place.join("second")).failed(2, &["No space left"]);
    let mut left: Vec<_> = fs::read_dir(&place).unwrap().map(|item| item.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["filler", "home"]);
    // What was acknowledged is there, and can be read and checked.
    let list = aronde(&home, &["design", "list", "--json"]).done().json();
    assert_eq!(list[0]["id"], wrote["id"]);
    aronde(&home, &["audit"]).done();

    mounted.again("size=400m");
    aronde(&home, &new).done();
    aronde(&home, &import).done();
    aronde(&home, &["audit"]).done();
}

#[test]
fn json_is_one_document_on_stdout_and_nothing_else_there_whatever_happens() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    let design = north.imports(&samples()[0].folder, samples()[0].given);
    let folder = samples()[0].folder.clone();
    let out = north.beside("out");
    let commands: Vec<(i32, Vec<&str>)> = vec![
        (0, vec!["status"]),
        (0, vec!["design", "list"]),
        (0, vec!["design", "show", &design]),
        (0, vec!["design", "new", "--title", "Press"]),
        (0, vec!["design", "edit", &design, "--set", "version=9"]),
        (0, vec!["design", "files", &design, "--out", out.to_str().unwrap(), "--force"]),
        (0, vec!["contribute", "--subject", &design, "--action", "work", "--quantity", "3 h"]),
        (0, vec!["ledger", "list"]),
        (0, vec!["audit"]),
        (0, vec!["invite", "--member"]),
        (0, vec!["key", "show"]),
        (2, vec!["design", "import", folder.to_str().unwrap()]),
        (2, vec!["design", "show", "ffff"]),
        (2, vec!["attest", "ffff", "--confirm"]),
        (2, vec!["up", "--listen", "/ip4/192.0.2.1/tcp/4001"]),
        (2, [&["init"], NAMES.as_slice()].concat()),
        (3, vec!["sync"]),
    ];
    for running in [false, true] {
        if running {
            north.up();
        }
        for (code, command) in &commands {
            // An edit that changes nothing is refused.
            let edited = format!("version={}", i32::from(running) + 9);
            let command: Vec<&str> = command
                .iter()
                .map(|word| if *word == "version=9" { edited.as_str() } else { *word })
                .collect();
            let ran = north.run(&[&command, ["--json"].as_slice()].concat());
            assert_eq!(ran.code, Some(*code), "{command:?}: {}{}", ran.stdout, ran.stderr);
            let document = ran.json();
            if *code == 0 {
                assert!(document["error"].is_null(), "{command:?}: {document}");
            } else {
                ran.failed(*code, &[document["error"]["message"].as_str().unwrap()]);
            }
        }
    }
}

#[test]
fn a_sync_that_reaches_nobody_says_so() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.run(&["sync", "--wait"]).failed(3, &["no other node of this federation is known"]);
    north.up();
    let south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    north.down();
    south.run(&["sync", "--wait"]).failed(3, &["no peer can be reached"]);
}
