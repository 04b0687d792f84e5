//! A process that is killed at any moment loses nothing that it acknowledged.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_journal-power-cut");

fn last_number(lines: impl Iterator<Item = String>, word: &str) -> Option<u64> {
    lines.filter_map(|line| line.strip_prefix(word)?.trim().parse().ok()).last()
}

#[test]
fn a_writer_killed_again_and_again_while_it_starts_writes_and_rolls_loses_no_acknowledged_group() {
    let home = tempfile::tempdir().unwrap();
    let mut before = 0;
    for cycle in 0u64..12 {
        let mut writer = Command::new(PROGRAM)
            .arg("write")
            .arg(home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(writer.stdout.take().unwrap());
        let lines = std::thread::spawn(move || last_number(out.lines().map_while(Result::ok), "ACK"));
        std::thread::sleep(Duration::from_millis(cycle * 67 % 410));
        writer.kill().unwrap();
        writer.wait().unwrap();
        let acknowledged = lines.join().unwrap().unwrap_or(before);

        let check = Command::new(PROGRAM).arg("check").arg(home.path()).output().unwrap();
        assert!(check.status.success(), "cycle {cycle}: {}", String::from_utf8_lossy(&check.stderr));
        let text = String::from_utf8(check.stdout).unwrap();
        let recovered = last_number(text.lines().map(str::to_owned), "RECOVERED").unwrap();
        assert!(recovered >= acknowledged, "cycle {cycle}: {recovered} of {acknowledged} groups");
        before = recovered;
    }
    assert!(before > 0, "it never came to write anything");
}
