//! Attacks on the rules of trust, each a scenario with its expected outcome. They read with `docs/trust.md`;
//! `docs/attacks.md` lists them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
// People are called by one letter, and a charter has heads and heals.
#![allow(clippy::many_single_char_names, clippy::similar_names)]

use std::collections::BTreeSet;

#[path = "attacks/acts.rs"]
mod acts;
#[path = "attacks/hand.rs"]
mod hand;
#[path = "attacks/world.rs"]
mod world;

#[path = "attacks/adoption.rs"]
mod adoption;
#[path = "attacks/charters.rs"]
mod charters;
#[path = "attacks/circles.rs"]
mod circles;
#[path = "attacks/door.rs"]
mod door;
#[path = "attacks/forks.rs"]
mod forks;
#[path = "attacks/keepers.rs"]
mod keepers;
#[path = "attacks/keys.rs"]
mod keys;
#[path = "attacks/motions.rs"]
mod motions;
#[path = "attacks/redactions.rs"]
mod redactions;
#[path = "attacks/removal.rs"]
mod removal;
#[path = "attacks/returning.rs"]
mod returning;

/// The scenarios, as `module::name`.
fn scenarios() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/attacks");
    let mut names = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        let (module, text) =
            (file.file_stem().unwrap().to_str().unwrap(), std::fs::read_to_string(&file).unwrap());
        let tests = text.split("#[test]\n").skip(1);
        let tests = tests.map(|rest| rest.trim_start_matches("fn ").split('(').next().unwrap());
        names.extend(tests.map(|test| format!("{module}::{test}")));
    }
    names
}

/// What stands between backticks on the page.
fn named_on_the_page() -> Vec<String> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/attacks.md");
    let page = std::fs::read_to_string(page).unwrap();
    page.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_page_of_attacks_names_every_scenario_and_no_other() {
    let named: BTreeSet<_> = named_on_the_page().into_iter().filter(|name| name.contains("::")).collect();
    let scenarios = scenarios();
    assert!(scenarios.len() > 80, "the scenarios are not where they should be");
    assert_eq!(
        named.difference(&scenarios).collect::<Vec<_>>(),
        [""; 0],
        "named in docs/attacks.md, but not there"
    );
    assert_eq!(scenarios.difference(&named).collect::<Vec<_>>(), [""; 0], "missing in docs/attacks.md");
}

#[test]
fn what_the_page_of_attacks_names_elsewhere_is_there() {
    let named = named_on_the_page();
    let elsewhere: Vec<_> = named.iter().filter_map(|name| name.split_once(".rs: ")).collect();
    assert!(!elsewhere.is_empty());
    for (file, test) in elsewhere {
        let path = format!("{}/../{file}.rs", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        assert!(text.contains(&format!("fn {test}(")), "{file}.rs has no {test}");
    }
}
