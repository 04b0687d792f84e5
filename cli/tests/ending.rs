//! How a node ends, and that a home has one process at a time.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/workshops.rs"]
mod workshops;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use workshops::{Workshop, agree, aronde, eventually, id, parts, terminate};

/// A node ends this soon, whatever it does.
const SOON: Duration = Duration::from_secs(5);

/// A folder of several MiB, so that taking it in and sending it take a while.
fn large(place: &Path, number: usize) -> PathBuf {
    let folder = place.join(format!("large-{number}"));
    parts(&folder, 32, 400_000);
    folder
}

fn import(folder: &Path) -> Vec<&str> {
    let given = ["--title", "Large", "--licence", "MIT", "--function", "Takes a while", "--json"];
    [["design", "import", folder.to_str().unwrap()].as_slice(), &given].concat()
}

/// A start after a good end has nothing to mend.
fn starts_without_recovery(workshop: &mut Workshop) {
    let ready = workshop.up().ready.clone();
    assert!(ready["warnings"].is_null(), "{ready}");
}

#[test]
fn a_node_that_imports_and_syncs_ends_within_five_seconds_of_sigterm_and_starts_without_recovery() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    south.up();
    let sources: Vec<PathBuf> = (0..12).map(|number| large(&north.beside("sources"), number)).collect();

    let stop = AtomicBool::new(false);
    let done = AtomicUsize::new(0);
    let home = north.home.clone();
    let acknowledged: Vec<String> = thread::scope(|scope| {
        let (stop, done, home) = (&stop, &done, &home);
        let importing = scope.spawn(move || {
            let mut acknowledged = Vec::new();
            for folder in &sources {
                let ran = aronde(home, &import(folder));
                if ran.code == Some(0) {
                    acknowledged.push(id(&ran.json()));
                    done.fetch_add(1, Ordering::SeqCst);
                }
                if stop.load(Ordering::SeqCst) {
                    break;
                }
            }
            acknowledged
        });
        eventually("imports are under way", || (done.load(Ordering::SeqCst) >= 2).then_some(()));
        // Both ends of the exchange, one after the other.
        let took = [south.down(), north.down()];
        stop.store(true, Ordering::SeqCst);
        assert!(took.iter().all(|took| *took < SOON), "{took:?}");
        importing.join().unwrap()
    });

    starts_without_recovery(&mut north);
    starts_without_recovery(&mut south);
    let whole = |workshop: &Workshop, design: &str| {
        let shown = workshop.shows(design)?;
        let files = shown["files"].as_array().unwrap();
        (files.len() == 32 && files.iter().all(|file| file["present"] == true)).then_some(())
    };
    for design in &acknowledged {
        whole(&north, design).unwrap();
        eventually("the files came after all", || whole(&south, design));
    }
    agree(&[&north, &south]);
    north.is_well();
    south.is_well();
}

#[test]
fn a_node_that_waits_for_a_sync_ends_within_five_seconds_of_sigterm() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let _south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    // A peer that takes the connection and says nothing keeps the sync waiting.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("/ip4/127.0.0.1/tcp/{}", silent.local_addr().unwrap().port());
    let peer = north.status("peers")[0]["peer_id"].as_str().unwrap().to_owned();
    north.down();
    north.dials(&[format!("{address}/p2p/{peer}")]);
    north.up();
    let home = north.home.clone();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| aronde(&home, &["sync", "--wait"]));
        silent.accept().unwrap();
        let took = north.down();
        assert!(took < SOON, "{took:?}");
        let answer = waiting.join().unwrap();
        answer.failed(3, &[]);
    });
    starts_without_recovery(&mut north);
}

#[test]
fn an_idle_node_ends_at_once_and_leaves_no_way_to_talk_to_it() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    assert!(north.home.join("http.token").exists());
    let took = north.down();
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert!(!north.home.join("http.token").exists());
    assert_eq!(north.status("node")["http"], Value::Null);
    starts_without_recovery(&mut north);
}

#[test]
fn a_second_node_on_a_home_is_told_at_once_who_has_it() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let pid = north.pid().to_string();
    let ran = north.run(&["up"]);
    ran.failed(2, &["in use", &pid]);
    assert!(ran.took < SOON, "{:?}", ran.took);
    // The first didn't notice, and commands go to it.
    assert_eq!(north.status("node")["http"], north.up_status()["node"]["http"]);
}

#[test]
fn a_home_held_by_a_command_is_waited_for_shortly_and_then_named() {
    let north = Workshop::founds("Maker A", "Workshop North");
    // A process that holds the home and answers nothing: as a command does that takes long.
    let lock = north.home.join("lock");
    let Ok(mut holder) = Command::new("flock").arg("-x").arg(&lock).args(["sleep", "60"]).spawn() else {
        eprintln!("SKIPPED: there is no flock program here to hold the home");
        return;
    };
    eventually("the home is held", || {
        let held = Command::new("flock").args(["-n", "-s"]).arg(&lock).arg("true").status().unwrap();
        (!held.success()).then_some(())
    });
    let status = north.run(&["status"]);
    let up = north.run(&["up"]);
    terminate(&holder);
    holder.wait().unwrap();
    status.failed(2, &["in use"]);
    up.failed(2, &["in use"]);
    assert!(status.took < SOON && up.took < SOON, "{:?} {:?}", status.took, up.took);
}

#[test]
fn commands_at_the_same_time_on_one_home_all_succeed_one_after_the_other() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    for running in [false, true] {
        if running {
            north.up();
        }
        let home = &north.home;
        thread::scope(|scope| {
            let all: Vec<_> = (0..6)
                .map(|number| {
                    scope.spawn(move || {
                        aronde(home, &["design", "new", "--title", &format!("Design {number}")])
                    })
                })
                .collect();
            for one in all {
                one.join().unwrap().done();
            }
        });
    }
    assert_eq!(north.ask(&["design", "list"]).as_array().unwrap().len(), 12);
    north.is_well();
}
