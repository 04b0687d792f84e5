//! `audit --report`: a page and a document that say what the audit and the ledger's totals say.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/workshops.rs"]
mod workshops;

use std::fs;

use serde_json::{Value, json};
use workshops::{Workshop, samples};

/// Names that somebody put into a table to be shown on other people's machines.
const NAMES: [&str; 4] =
    ["<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "Maker \u{202e}B", "&amp;lt;b&gt;"];

/// A federation with one design, contributions in several units, and people with such names.
fn at_work() -> (Workshop, String) {
    let north = Workshop::founds("Maker A", "Workshop North");
    let design = north.designs("Press </title><svg onload=alert(3)>");
    let (table, map) = (north.beside("book.csv"), north.beside("map.toml"));
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let rows: Vec<String> = NAMES
        .iter()
        .enumerate()
        .map(|(n, name)| format!("{};2026-{:02}-03;{}.125", quoted(name), n + 1, n * 1_000))
        .collect();
    fs::write(&table, format!("Name;Date;Time\n{}\n", rows.join("\n"))).unwrap();
    fs::write(&map, "person = \"Name\"\nquantity = \"Time\"\nunit = \"h\"\nhappened = \"Date\"\n").unwrap();
    let (table, map) = (table.to_str().unwrap(), map.to_str().unwrap());
    let taken = north.ask(&["contribute", "import", table, "--subject", &design, "--map", map]);
    assert_eq!((&taken["imported"], &taken["findings"]), (&json!(4), &json!([])));
    for (action, quantity) in [
        ("work", "20 min"),
        ("work", "1 h"),
        ("use", "1.5 h"),
        ("consume", "750 g"),
        ("transfer", "12.50 EUR"),
    ] {
        north.ask(&["contribute", "--subject", &design, "--action", action, "--quantity", quantity]);
    }
    (north, design)
}

/// Reads a page as a browser that forgives nothing: every tag that is opened is closed where it may be. Says the tags.
fn tags(page: &str) -> Vec<String> {
    const VOID: [&str; 2] = ["meta", "br"];
    let body = page.strip_prefix("<!DOCTYPE html>").expect("a page says what it is");
    let (mut open, mut all) = (Vec::new(), Vec::new());
    for piece in body.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').unwrap_or_else(|| panic!("a tag that is not closed: <{piece}"));
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "closed where it is not open, in {open:?}");
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap();
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "<{tag}>");
        assert_eq!(tag.matches('"').count() % 2, 0, "<{tag}>");
        if !VOID.contains(&name) && !tag.ends_with('/') {
            open.push(name);
        }
        all.push(tag.to_owned());
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    all
}

fn read(north: &Workshop, name: &str, further: &[&str]) -> String {
    let file = north.beside(name);
    north.run(&[&["audit", "--report", file.to_str().unwrap()], further].concat()).done();
    fs::read_to_string(file).unwrap()
}

fn totals(north: &Workshop, group: &str) -> Value {
    north.ask(&["ledger", "totals", "--group", group])
}

#[test]
fn every_figure_of_the_totals_stands_in_the_page_in_each_language() {
    let (north, _) = at_work();
    for (language, says) in [
        ("en", "How to check again"),
        ("fr", "Comment vérifier à nouveau"),
        ("nl", "Hoe u het opnieuw nakijkt"),
    ] {
        let page = read(&north, &format!("{language}.html"), &["--language", language]);
        let tags = tags(&page);
        assert!(page.contains(&format!("<html lang=\"{language}\">")) && page.contains(says), "{page}");
        for group in ["member", "workshop", "subject", "month"] {
            for row in totals(&north, group).as_array().unwrap() {
                let quantity = row["quantity"].as_str().unwrap();
                assert!(page.contains(&format!("<data value=\"{quantity}\">")), "{group}: {row}");
            }
        }
        let digest = north.status("digest");
        assert!(page.contains(digest.as_str().unwrap()), "and what it was made from");
        let asks = |word: &str| tags.iter().filter(|tag| tag.contains(word)).count();
        assert_eq!(
            [asks("script"), asks("img "), asks("link "), asks("src="), asks("onload"), asks("style=")],
            [0; 6]
        );
        assert_eq!(asks("default-src 'none'"), 1, "and a browser is told so");
        assert_eq!(page.matches('\u{202e}').count(), 0, "nothing turns the order of what is read");
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "names are text");
        assert!(page.contains("&amp;amp;lt;b&amp;gt;"), "and shown as they are");
    }
    let english = read(&north, "a.html", &["--language", "en"]);
    assert!(english.contains(">3000.125</data>&nbsp;h"), "{english}");
    assert!(read(&north, "b.html", &["--language", "fr"]).contains(">3000,125</data>&nbsp;h"));
}

#[test]
fn the_document_has_the_audit_and_all_totals_and_a_running_node_writes_the_same() {
    let (mut north, _) = at_work();
    let alone: Value = serde_json::from_str(&read(&north, "alone.json", &[])).unwrap();
    assert_eq!(alone["format"], "aronde report 1");
    for group in ["member", "workshop", "subject", "month"] {
        assert_eq!(alone["totals"][group], totals(&north, group), "{group}");
    }
    assert_eq!(alone["audit"], north.ask(&["audit"]));
    assert_eq!(alone["contributions"], json!({ "claimed": 9 }));
    assert_eq!((&alone["held_digest"], &alone["came_in"]), (&north.status("held_digest"), &json!(0)));
    assert_eq!(alone["made"]["by"], json!(north.did()));

    north.up();
    let mut running: Value = serde_json::from_str(&read(&north, "running.json", &[])).unwrap();
    // A node that runs has said where it can be reached.
    for differs in ["made", "digest", "held_digest", "audit"] {
        running[differs] = alone[differs].clone();
    }
    assert_eq!(running, alone);
    north.down();
}

#[test]
fn a_report_ends_as_its_audit_does_and_is_written_over_nothing() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let design = north.imports(&samples()[0].folder, samples()[0].given);
    let file = north.beside("audit.html");
    let path = file.to_str().unwrap();
    let made = north.ask(&["audit", "--report", path]);
    assert_eq!((&made["ok"], &made["report"]), (&json!(true), &json!(path)));
    assert_eq!(made["bytes"], json!(fs::metadata(&file).unwrap().len()));
    north.run(&["audit", "--report", path]).failed(2, &["is there already"]);
    north.run(&["audit", "--report", "audit.pdf"]).failed(2, &["neither in .html nor in .json"]);
    north.run(&["audit", "--report", "/nowhere/at/all.html"]).failed(2, &["no folder"]);
    assert_eq!(north.run(&["audit", "--language", "fr"]).code, Some(2), "a language of nothing");

    let shown = north.shows(&design).unwrap();
    let hash = shown["files"][0]["hash"].as_str().unwrap();
    fs::write(north.home.join("files").join(&hash[..2]).join(&hash[2..]), b"another").unwrap();
    let bad = north.beside("bad.html");
    let ran = north.run(&["audit", "--report", bad.to_str().unwrap()]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.stdout, ran.stderr);
    let page = fs::read_to_string(bad).unwrap();
    tags(&page);
    assert!(
        page.contains("Not well") && page.contains("Damaged file") && page.contains(&hash[..12]),
        "{page}"
    );
}

#[test]
fn what_was_redacted_is_in_no_report() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let design = north.designs("Press");
    let (table, map) = (north.beside("book.csv"), north.beside("map.toml"));
    fs::write(&table, "Name,What\nMaker Z,with a bad back\n").unwrap();
    fs::write(&map, "person = \"Name\"\nunit = \"h\"\nnote = \"What\"\n").unwrap();
    let (table, map) = (table.to_str().unwrap(), map.to_str().unwrap());
    north.ask(&["contribute", "import", table, "--subject", &design, "--map", map]);
    let named = |text: &str| text.contains("Maker Z");
    assert!(named(&read(&north, "before.html", &[])) && named(&read(&north, "before.json", &[])));

    let agent = north.ask(&["agent", "list"])[0]["id"].as_str().unwrap().to_owned();
    north.run(&["redact", &agent, "--reason", "asked for it"]).done();
    for name in ["after.html", "after.json"] {
        let text = read(&north, name, &[]);
        assert!(!named(&text) && !text.contains("bad back"), "{text}");
        assert!(text.contains(&agent[..10]), "what they did stays, with no name");
        assert!(text.contains("redacted"), "and it is said that something was");
    }
}
