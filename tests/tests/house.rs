//! The rules of the house, checked on the tree itself: the architecture invariants that
//! `docs/architecture.md` names, and what keeps the repository readable for a stranger.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::Table;
use walkdir::WalkDir;

const CRATES: [&str; 4] = ["protocol", "node", "cli", "tests"];
/// One idea a file: a longer one has two.
const LINES_MAX: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file of the repository that is text: its path from the root, with `/`, and what it says.
fn texts() -> Vec<(String, String)> {
    let skipped = ["target", ".git"];
    let files = WalkDir::new(root()).sort_by_file_name().into_iter();
    let files = files.filter_entry(|e| !skipped.iter().any(|s| e.file_name().to_str() == Some(s)));
    let files = files.map(|entry| entry.expect("the tree can be read")).filter(|e| e.file_type().is_file());
    let texts: Vec<_> = files
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(root()).unwrap();
            let path: Vec<_> = path.iter().map(|part| part.to_str().expect("paths are UTF-8")).collect();
            Some((path.join("/"), String::from_utf8(std::fs::read(entry.path()).unwrap()).ok()?))
        })
        .collect();
    assert!(
        texts.iter().any(|(path, _)| path == "protocol/src/lib.rs"),
        "the tree is not where it should be"
    );
    texts
}

/// What a path ends in, after its last dot.
fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn rust() -> impl Iterator<Item = (String, String)> {
    texts().into_iter().filter(|(path, _)| extension(path) == "rs")
}

fn manifest(path: &str) -> Table {
    std::fs::read_to_string(root().join(path)).unwrap().parse().unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Lines that run outside tests, with their numbers: no comments, no `mod tests { … }` at the end of
/// a file, no file of tests.
fn shipped<'a>(path: &str, text: &'a str) -> Vec<(usize, &'a str)> {
    if path.ends_with("/tests.rs") || path.contains("/tests/") {
        return Vec::new();
    }
    let lines = text.lines().enumerate().map(|(n, line)| (n + 1, line.trim()));
    lines
        .take_while(|(_, line)| !line.starts_with("mod tests {"))
        .filter(|(_, line)| !line.starts_with("//"))
        .collect()
}

/// Where shipped code under a folder names one of these, as `path:line: name`.
fn uses(under: &str, names: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in rust().filter(|(path, _)| path.starts_with(under)) {
        for (number, line) in shipped(&path, &text) {
            for name in names.iter().filter(|name| contains_word(line, name)) {
                found.push(format!("{path}:{number}: {name}"));
            }
        }
    }
    found
}

/// Whether a line has this text, not as a part of a longer word.
fn contains_word(line: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (first, last) = (word.starts_with(is_word), word.ends_with(is_word));
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        let part = first && before.ends_with(is_word) || last && after.starts_with(is_word);
        !part
    })
}

fn assert_none(found: &[String], rule: &str) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

#[test]
fn dependencies_point_one_way() {
    let allowed: [(&str, &[&str]); 4] = [
        ("protocol", &[]),
        ("node", &["aronde-protocol"]),
        ("cli", &["aronde-protocol", "aronde-node"]),
        ("tests", &["aronde-protocol", "aronde-node", "aronde"]),
    ];
    for (krate, allowed) in allowed {
        let manifest = manifest(&format!("{krate}/Cargo.toml"));
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let named = manifest.get(section).and_then(|s| s.as_table()).into_iter().flatten();
            for (name, _) in named.filter(|(name, _)| name.starts_with("aronde")) {
                assert!(allowed.contains(&name.as_str()), "{krate} depends on {name}");
            }
        }
    }
}

#[test]
fn the_protocol_is_pure() {
    // A clock, randomness, a disk, a socket, a thread, an async runtime: given to it, never taken.
    let impure = [
        "std::time",
        "SystemTime",
        "Instant::",
        "::now()",
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "rand::",
        "rand_chacha::",
        "getrandom",
        "OsRng",
        "thread_rng",
        "tokio",
        "async fn",
        "println!",
        "eprintln!",
    ];
    assert_none(&uses("protocol/src/", &impure), "the protocol crate is pure");
    let manifest = manifest("protocol/Cargo.toml");
    for name in ["rand", "rand_chacha", "getrandom", "tokio", "libp2p", "sled", "axum", "tempfile", "walkdir"]
    {
        assert!(
            !manifest["dependencies"].as_table().unwrap().contains_key(name),
            "protocol depends on {name}"
        );
    }
}

#[test]
fn sled_is_an_index_and_one_module_knows_it() {
    let elsewhere: Vec<_> = uses("", &["sled::", "use sled", "extern crate sled"])
        .into_iter()
        .filter(|at| !at.starts_with("node/src/store/index"))
        .collect();
    assert_none(&elsewhere, "sled types stay below node/src/store/index");
}

#[test]
fn tantivy_is_a_cache_and_one_module_knows_it() {
    let elsewhere: Vec<_> = uses("", &["tantivy::", "use tantivy", "extern crate tantivy"])
        .into_iter()
        .filter(|at| !at.starts_with("node/src/search/") && !at.starts_with("node/src/search.rs"))
        .collect();
    assert_none(&elsewhere, "tantivy types stay below node/src/search");
}

#[test]
fn automerge_is_met_by_documents_only() {
    let elsewhere: Vec<_> = uses("", &["automerge::", "use automerge"])
        .into_iter()
        .filter(|at| !at.starts_with("protocol/src/document"))
        .collect();
    assert_none(&elsewhere, "Automerge stays below protocol/src/document");
}

#[test]
fn signatures_are_checked_strictly_or_not_at_all() {
    let loose = uses("", &[".verify(", "verify_batch", "verify_prehashed", "use ed25519_dalek::Verifier"]);
    assert_none(&loose, "signatures are verified by verify_strict alone");
}

#[test]
fn every_crate_is_documented_and_safe_by_lint() {
    let lints = &manifest("Cargo.toml")["workspace"]["lints"]["rust"];
    assert_eq!(lints["missing_docs"].as_str(), Some("warn"));
    assert_eq!(lints["unsafe_code"].as_str(), Some("forbid"));
    for krate in CRATES {
        let manifest = manifest(&format!("{krate}/Cargo.toml"));
        assert_eq!(manifest["lints"]["workspace"].as_bool(), Some(true), "{krate} doesn't inherit the lints");
        assert_eq!(
            manifest["package"]["license"]["workspace"].as_bool(),
            Some(true),
            "{krate} has no licence"
        );
    }
    let run = std::fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(run.contains("-D warnings"), "a lint that only warns must fail in .ci/run");
    let silenced = uses("", &["allow(missing_docs", "allow(unsafe_code", "expect(missing_docs"]);
    assert_none(&silenced, "nobody silences these lints");
}

#[test]
fn every_file_is_short_and_named_for_what_it_holds() {
    let mut found = Vec::new();
    for (path, text) in rust() {
        let (lines, name) = (text.lines().count(), path.rsplit('/').next().unwrap());
        if lines > LINES_MAX {
            found.push(format!("{path} has {lines} lines, more than {LINES_MAX}"));
        }
        for vague in
            ["mod.rs", "utils.rs", "util.rs", "helper.rs", "helpers.rs", "manager.rs", "misc.rs", "common.rs"]
        {
            if name == vague {
                found.push(format!("{path} says nothing of what it holds"));
            }
        }
    }
    assert_none(&found, "one idea a file, named for it");
}

#[test]
fn nothing_is_left_open() {
    let open = [
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
        concat!("#[ig", "nore]"), // without a reason
    ];
    let mut found = Vec::new();
    for (path, text) in rust() {
        for (number, line) in text.lines().enumerate() {
            for name in open.iter().filter(|name| contains_word(line, name)) {
                found.push(format!("{path}:{}: {name}", number + 1));
            }
        }
    }
    assert_none(&found, "what is begun is finished");
}

/// The repository speaks of the project: no path of a machine, no word of how it came to be.
#[test]
fn the_repository_speaks_of_the_project_only() {
    let foreign = [
        concat!("/wo", "rk/"),
        concat!("/fa", "rm/"),
        concat!("/ro", "ot/"),
        concat!("/Us", "ers/"),
        concat!("C:\\Us", "ers"),
        concat!(".car", "go/registry"),
        concat!("index.crates", ".io"),
        concat!("L", "LM"),
        concat!("AI ass", "istant"),
        concat!("Co-Author", "ed-By"),
        concat!("NOTE_FROM", "_"),
    ];
    let mut found = Vec::new();
    for (path, text) in texts().into_iter().filter(|(path, _)| path != "Cargo.lock") {
        for (number, line) in text.lines().enumerate() {
            for name in foreign.iter().filter(|name| contains_word(line, name)) {
                found.push(format!("{path}:{}: {name}", number + 1));
            }
        }
    }
    assert_none(&found, "paths of a machine and words that do not belong in the project");
}

/// A page of the documentation, or the README.
fn pages() -> Vec<(String, String)> {
    let is_page = |path: &str| extension(path) == "md" && (path.starts_with("docs/") || !path.contains('/'));
    texts().into_iter().filter(|(path, _)| is_page(path)).collect()
}

#[test]
fn every_command_is_written_about() {
    let folder = root().join("cli/src/commands");
    let files = WalkDir::new(&folder).max_depth(1).into_iter().filter_map(Result::ok);
    let commands: BTreeSet<String> = files
        .filter_map(|entry| {
            entry.file_name().to_str()?.strip_suffix(".rs").map(|name| name.replace('_', "-"))
        })
        .collect();
    assert!(!folder.is_dir() || !commands.is_empty(), "cli/src/commands holds no command");
    let pages = pages();
    for command in commands {
        let words = format!("aronde {command}");
        assert!(pages.iter().any(|(_, text)| text.contains(&words)), "no page tells of `{words}`");
    }
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let mut found = Vec::new();
    let pages = pages();
    assert!(pages.iter().any(|(path, _)| path == "docs/architecture.md"));
    for (path, text) in &pages {
        let here = root().join(path).parent().unwrap().to_owned();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap();
            if !target.is_empty() && !target.contains("://") && !here.join(target).exists() {
                found.push(format!("{path}: {link}"));
            }
        }
    }
    assert_none(&found, "links that lead nowhere");
}

#[test]
fn decisions_are_numbered_without_repetition() {
    let numbers: Vec<String> = texts()
        .into_iter()
        .filter_map(|(path, _)| path.strip_prefix("docs/decisions/").map(str::to_owned))
        .map(|name| {
            let (number, rest) = name.split_once('-').unwrap_or((&name, ""));
            let numbered = number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit());
            assert!(numbered && extension(rest) == "md", "docs/decisions/{name} is not NNNN-title.md");
            number.to_owned()
        })
        .collect();
    let distinct: BTreeSet<_> = numbers.iter().collect();
    assert_eq!(distinct.len(), numbers.len(), "two decisions have one number: {numbers:?}");
}
