//! A disk that is really full: what was acknowledged stays, what is said is clear, and with room again
//! it goes on. Needs the right to mount a small tmpfs; without it the same is shown in the store's own
//! tests by a disk whose requests fail.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_journal-power-cut");

struct Mounted<'a>(&'a Path);

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

fn mount(options: &str, at: &Path) -> bool {
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "aronde"]).arg(at).output();
    mounted.is_ok_and(|output| output.status.success())
}

fn run(args: &[&str]) -> (Output, Option<u64>) {
    let output = Command::new(PROGRAM).args(args).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = text.lines().filter_map(|line| line.split_once(' ')?.1.parse().ok()).next_back();
    (output, number)
}

#[test]
fn a_full_disk_is_named_and_nothing_acknowledged_is_lost() {
    let place = tempfile::tempdir().unwrap();
    if !mount("size=24m", place.path()) {
        eprintln!("SKIPPED: no right to mount a tmpfs here, so no disk was really filled");
        return;
    }
    let _mounted = Mounted(place.path());
    let home = place.path().join("home");
    let home = home.to_str().unwrap();

    // It stops before the disk is full.
    let (stopped, acknowledged) = run(&["write", home, "8000000"]);
    let said = String::from_utf8_lossy(&stopped.stderr).into_owned();
    assert!(!stopped.status.success() && said.contains("kept in reserve"), "{said}");
    let (checked, recovered) = run(&["check", home]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    assert_eq!(recovered, acknowledged);

    // Without a reserve it runs into the wall.
    let (stopped, acknowledged) = run(&["write", home, "0"]);
    let said = String::from_utf8_lossy(&stopped.stderr).into_owned();
    assert!(!stopped.status.success() && said.contains("is full"), "{said}");
    assert!(acknowledged > recovered);
    let (checked, recovered) = run(&["check", home]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    assert!(recovered >= acknowledged, "{recovered:?} of {acknowledged:?}");

    // With room again it goes on behind what it has.
    assert!(mount("remount,size=48m", place.path()));
    let (stopped, more) = run(&["write", home, "8000000"]);
    assert!(String::from_utf8_lossy(&stopped.stderr).contains("kept in reserve"));
    assert!(more > recovered);
    let (checked, recovered) = run(&["check", home]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    assert_eq!(recovered, more);
}
