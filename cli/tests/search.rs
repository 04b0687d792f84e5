//! Searching in real homes: with and without a running node, as things change, and with a cache that is gone or damaged.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/workshops.rs"]
mod workshops;

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use workshops::{Workshop, eventually};

fn titles(answer: &Value) -> Vec<&str> {
    answer["results"].as_array().unwrap().iter().map(|result| result["title"].as_str().unwrap()).collect()
}

fn search(workshop: &Workshop, words: &[&str]) -> Value {
    workshop.run(&[&["search", "--json"], words].concat()).done().json()
}

fn new(workshop: &Workshop, title: &str, fields: &[&str]) -> String {
    let id = workshop.ask(&["design", "new", "--title", title])["id"].as_str().unwrap().to_owned();
    let mut edit = vec!["design", "edit", &id];
    for field in fields {
        edit.extend(["--set", field]);
    }
    if !fields.is_empty() {
        workshop.ask(&edit);
    }
    id
}

fn cache(workshop: &Workshop) -> PathBuf {
    workshop.home.join("cache/search")
}

#[test]
fn what_changes_is_found_anew_and_what_ceases_to_count_is_not_found() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let shelf =
        new(&north, "Étagère", &["language=fr", "description=Coupez les planches à la découpe laser."]);
    let bracket =
        new(&north, "Wandbeugel", &["language=nl", "description=Voor lasersnijders.", "licence=MIT"]);
    assert!(!cache(&north).exists(), "a home that nobody searches has no index");

    assert_eq!(titles(&search(&north, &["planche", "decoupe"])), ["Étagère"]);
    let answer = search(&north, &["lasersnijder"]);
    let result = &answer["results"][0];
    assert_eq!(answer["total"], 1);
    assert_eq!((&result["id"], &result["kind"]), (&json!(bracket), &json!("design")));
    assert_eq!((&result["workshop_name"], &result["withdrawn"]), (&json!("Workshop North"), &json!(false)));
    assert_eq!(
        (&result["excerpt"], &result["found"]),
        (&json!("Voor lasersnijders."), &json!(["lasersnijders"]))
    );
    assert_eq!(answer["facets"]["licence"], json!([{"value": "MIT", "count": 1}]));
    assert_eq!(answer["facets"]["workshop"][0]["name"], "Workshop North");
    assert_eq!(answer["hints"], json!([]));

    north.ask(&["design", "edit", &shelf, "--set", "description=Vissez les montants."]);
    assert_eq!(titles(&search(&north, &["planche"])), [""; 0]);
    assert_eq!(titles(&search(&north, &["montant"])), ["Étagère"]);
    north.ask(&["design", "withdraw", &shelf, "--reason", "it falls"]);
    let all = search(&north, &[]);
    assert_eq!(titles(&all), ["Wandbeugel", "Étagère"], "what is withdrawn comes last");
    assert_eq!(all["results"][1]["withdrawn"], true);
    assert_eq!(titles(&search(&north, &["--licence", "mit"])), ["Wandbeugel"]);
    assert_eq!(titles(&search(&north, &["--without", "lasersnijder"])), ["Étagère"]);
}

#[test]
fn a_cache_that_is_gone_or_damaged_is_made_again() {
    let north = Workshop::founds("Maker A", "Workshop North");
    new(&north, "Plank", &["description=beuken"]);
    let found = search(&north, &["beuken"]);
    assert_eq!(titles(&found), ["Plank"]);
    let files = || fs::read_dir(cache(&north)).unwrap().map(|file| file.unwrap().path()).collect::<Vec<_>>();

    fs::remove_dir_all(cache(&north)).unwrap();
    assert_eq!(search(&north, &["beuken"]), found);
    for file in files() {
        fs::write(&file, "noise").unwrap();
    }
    assert_eq!(search(&north, &["beuken"]), found);
    fs::remove_dir_all(cache(&north)).unwrap();
    fs::write(cache(&north), "a file").unwrap();
    assert_eq!(search(&north, &["beuken"]), found);
}

#[test]
fn a_running_node_finds_what_comes_from_another_and_loses_what_is_removed() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    south.up();
    assert_eq!(search(&south, &["planche"])["total"], 0);
    new(&north, "Boekenplank", &["description=met planken"]);
    new(&south, "Kruk", &["description=ook van planken"]);
    eventually("both are found at both", || {
        [&north, &south].iter().all(|at| search(at, &["plank"])["total"] == 2).then_some(())
    });
    // With the node and without it the same is found.
    let found = search(&south, &["plank", "--workshop", "Workshop North"]);
    assert_eq!(titles(&found), ["Boekenplank"]);
    south.down();
    assert_eq!(search(&south, &["plank", "--workshop", "workshop north"]), found);
    south
        .run(&["search", "plank", "--workshop", "Workshop West"])
        .failed(2, &["no workshop \"Workshop West\""]);
}

#[test]
fn nothing_that_is_typed_is_an_error() {
    let north = Workshop::founds("Maker A", "Workshop North");
    new(&north, "Contreplaqué", &["description=planches"]);
    for words in ["\"", "-", "(a OR", "title:x^2", "*", "\u{202e}", "a* -b \"c", "\\"] {
        let answer = search(&north, &["--", words]);
        assert_eq!(answer["total"], 0, "{words}");
    }
    assert_eq!(
        search(&north, &["contreplque"])["hints"],
        json!(["nothing has \"contreplque\"; did you mean \"contreplaque\"?"])
    );
    assert_eq!(search(&north, &["--", "-"])["hints"], json!(["there is no word in that"]));
    assert_eq!(search(&north, &["--", "planche -vis"])["total"], 1);
    assert_eq!(north.run(&["search", "x", "--kind", "chair"]).code, Some(2));
    north.run(&["search", "--material", "12 mm"]).failed(2, &["names a material"]);
}
