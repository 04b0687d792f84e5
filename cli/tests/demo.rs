//! `aronde demo` through the program: it comes to its end, says what it showed, and leaves nothing behind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What the demo promises on any machine, after the build.
const AT_MOST: Duration = Duration::from_secs(60);

/// Starts the demo with this folder for temporary files, and no other surroundings.
fn demo(temporary: &Path, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_aronde"))
        .arg("demo")
        .args(arguments)
        .env_clear()
        .env("TMPDIR", temporary)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for its end, but not for ever: exit code, stdout, stderr.
fn end(mut child: Child) -> (i32, String, String) {
    let began = Instant::now();
    let read = |mut from: Box<dyn Read + Send>| {
        std::thread::spawn(move || {
            let mut text = String::new();
            from.read_to_string(&mut text).unwrap();
            text
        })
    };
    let stdout = read(Box::new(child.stdout.take().unwrap()));
    let stderr = read(Box::new(child.stderr.take().unwrap()));
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > AT_MOST {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the demo took more than {} s:\n{}", AT_MOST.as_secs(), stdout.join().unwrap());
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    (status.code().expect("ended by itself"), stdout.join().unwrap(), stderr.join().unwrap())
}

fn left_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn three_workshops_end_audited_and_equal_and_nothing_is_left() {
    let temporary = tempfile::tempdir().unwrap();
    let (code, stdout, stderr) = end(demo(temporary.path(), &["--json"]));
    assert_eq!(code, 0, "{stdout}\n{stderr}");
    let shown: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(shown["ok"], true);
    let workshops = shown["workshops"].as_array().unwrap();
    let names: Vec<_> = workshops.iter().map(|w| w["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Workshop North", "Workshop South", "Workshop East"]);
    for workshop in workshops {
        assert_eq!(workshop["audit_ok"], true, "{workshop}");
        let digest = workshop["digest"].as_str().unwrap();
        assert_eq!((digest.len(), digest), (64, workshops[0]["digest"].as_str().unwrap()));
    }
    assert!(shown["idle_bytes"].as_u64().unwrap() <= 1_000, "equal nodes: at most a kilobyte");
    assert!(shown["entries"].as_u64().unwrap() > 10 && shown["files"].as_u64().unwrap() > 5, "{shown}");
    assert_eq!(left_in(temporary.path()), [""; 0]);
}

#[test]
fn the_story_shows_the_commands_one_would_type() {
    let temporary = tempfile::tempdir().unwrap();
    let (code, story, stderr) = end(demo(temporary.path(), &[]));
    assert_eq!((code, stderr.as_str()), (0, ""), "{story}");
    for line in [
        "1. Workshop North founds a federation",
        "$ aronde --home north invite --workshop \"Workshop South\"",
        "$ aronde --home east design files ",
        "version 1.1.0 by Maker A",
        "version 2.0.0 by Maker D",
        "the record stands as confirmed",
        "Workshop East: audit ok",
    ] {
        assert!(story.contains(line), "{line}\n{story}");
    }
    assert!(!story.contains('\u{1b}'), "no colours where no terminal is");
    assert_eq!(left_in(temporary.path()), [""; 0]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_and_nothing_is_left() {
    let temporary = tempfile::tempdir().unwrap();
    let mut child = demo(temporary.path(), &[]);
    let mut story = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("invite") {
        line.clear();
        assert_ne!(story.read_line(&mut line).unwrap(), 0, "the story ended too early");
    }
    assert_ne!(left_in(temporary.path()), [""; 0]);
    let pid = rustix::process::Pid::from_raw(child.id().try_into().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    child.stdout = Some(story.into_inner());
    let (code, _, stderr) = end(child);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("the demo was ended before it was over"), "{stderr}");
    assert_eq!(left_in(temporary.path()), [""; 0]);
}
