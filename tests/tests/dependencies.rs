//! The dependency tree keeps to `deny.toml`: its bans and its source are enforced here too, so that
//! they hold on a machine without cargo-deny.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;

use semver::{Version, VersionReq};
use toml::{Table, Value};

/// The bans without which a known attack is open again, by name; `deny.toml` says why.
const FLOORS: [&str; 5] = [
    "libp2p-gossipsub:<0.50.1",
    "yamux:<0.13.10",
    "quinn-proto:<0.11.15",
    "hickory-proto:<0.26.1",
    "libp2p-rendezvous",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(file: &str) -> Table {
    std::fs::read_to_string(root().join(file)).unwrap().parse().unwrap_or_else(|e| panic!("{file}: {e}"))
}

fn tables<'a>(value: &'a Value, what: &str) -> impl Iterator<Item = &'a Table> {
    value.as_array().unwrap_or_else(|| panic!("{what} is a list")).iter().filter_map(Value::as_table)
}

/// What `deny.toml` bans: a crate, and which of its versions (all, where none is named).
fn bans() -> Vec<(String, VersionReq)> {
    let deny = read("deny.toml");
    let bans: Vec<_> = tables(&deny["bans"]["deny"], "bans.deny")
        .map(|ban| {
            assert!(ban["reason"].as_str().is_some_and(|r| r.len() > 20), "a ban gives its reason: {ban}");
            let spec = ban["crate"].as_str().unwrap();
            let (name, versions) = spec.split_once(':').unwrap_or((spec, "*"));
            (name.to_owned(), VersionReq::parse(versions).unwrap())
        })
        .collect();
    for floor in FLOORS {
        let (name, versions) = floor.split_once(':').unwrap_or((floor, "*"));
        let versions = VersionReq::parse(versions).unwrap();
        assert!(bans.contains(&(name.to_owned(), versions)), "deny.toml no longer bans {floor}");
    }
    bans
}

#[test]
fn no_banned_version_is_in_the_lock_file() {
    let lock = read("Cargo.lock");
    let bans = bans();
    let (mut checked, mut found) = (0, Vec::new());
    for package in tables(&lock["package"], "package") {
        let name = package["name"].as_str().unwrap();
        let version = Version::parse(package["version"].as_str().unwrap()).unwrap();
        checked += usize::from(bans.iter().any(|(banned, _)| banned == name));
        if bans.iter().any(|(banned, versions)| banned == name && versions.matches(&version)) {
            found.push(format!("{name} {version}"));
        }
    }
    assert!(found.is_empty(), "banned in deny.toml, with the reason: {}", found.join(", "));
    assert!(
        checked >= 4,
        "only {checked} of the crates with a floor are in the tree: are their names right?"
    );
}

/// The registry that cargo uses unless it is told otherwise is where serde comes from.
#[test]
fn every_package_comes_from_the_public_registry() {
    let lock = read("Cargo.lock");
    let source = |package: &Table| package.get("source").and_then(Value::as_str).map(str::to_owned);
    let serde = tables(&lock["package"], "package").find(|p| p["name"].as_str() == Some("serde")).unwrap();
    let registry = source(serde).unwrap();
    assert!(registry.starts_with("registry+"), "serde comes from {registry}");
    for package in tables(&lock["package"], "package") {
        let name = package["name"].as_str().unwrap();
        match source(package) {
            Some(source) => assert_eq!(source, registry, "{name} comes from elsewhere"),
            None => assert!(name.starts_with("aronde"), "{name} has no source and is not of this workspace"),
        }
    }
}

/// A licence that deny.toml doesn't allow can't come in unseen. Licences of files inside a package are
/// for cargo-deny to look at.
#[test]
fn every_licence_is_allowed() {
    let deny = read("deny.toml");
    let allowed: Vec<&str> =
        deny["licenses"]["allow"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let out = cargo(&["metadata", "--locked", "--format-version", "1"]);
    let metadata: serde_json::Value = serde_json::from_str(&out).unwrap();
    let mut refused = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let licence = package["license"].as_str().unwrap_or_default();
        let mode = spdx::ParseMode::LAX;
        let fits = spdx::Expression::parse_mode(licence, mode).is_ok_and(|expression| {
            expression.evaluate(|needed| allowed.contains(&needed.to_string().as_str()))
        });
        if !fits {
            refused.push(format!("{} ({licence})", package["name"].as_str().unwrap()));
        }
    }
    assert!(refused.is_empty(), "not allowed by deny.toml: {}", refused.join(", "));
}

fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let out = Command::new(cargo).args(arguments).current_dir(root()).output().unwrap();
    assert!(out.status.success(), "cargo {}: {}", arguments.join(" "), String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// Features are united over the whole tree, so a crate far below could switch one on.
#[test]
fn signatures_are_verified_by_one_criterion() {
    let deny = read("deny.toml");
    let banned: Vec<_> = tables(&deny["bans"]["features"], "bans.features")
        .filter(|t| t["crate"].as_str() == Some("ed25519-dalek"))
        .flat_map(|t| t["deny"].as_array().unwrap().iter().filter_map(Value::as_str))
        .collect();
    assert_eq!(banned, ["batch", "legacy_compatibility", "hazmat"]);
    let tree =
        cargo(&["tree", "--workspace", "--locked", "--offline", "--prefix", "none", "--format", "{p} [{f}]"]);
    let mut seen = 0;
    for line in tree.lines().filter(|l| l.starts_with("ed25519-dalek ")) {
        seen += 1;
        let features = line.split_once('[').and_then(|(_, f)| f.split_once(']')).unwrap().0;
        for feature in features.split(',') {
            assert!(!banned.contains(&feature), "something switches on {feature}: {line}");
        }
    }
    assert!(seen > 0, "ed25519-dalek is not in the tree");
}
