//! Shares, by the command: who gets what, why, and the same by an independent computation.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/workshops.rs"]
mod workshops;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use workshops::{Workshop, eventually};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn design(workshop: &Workshop, title: &str) -> String {
    text(&workshop.ask(&["design", "new", "--title", title, "--licence", "CERN-OHL-S-2.0"])["id"])
}

fn did(workshop: &Workshop, subject: &str, quantity: &str, more: &[&str]) -> String {
    let said = ["contribute", "--subject", subject, "--action", "work", "--quantity", quantity];
    text(&workshop.ask(&[&said[..], more].concat())["id"])
}

/// What each is paid, by the first column of an independent computation.
fn paid(rows: &Value) -> BTreeMap<String, String> {
    let who = |row: &Value| if row["kind"] == "agent" { text(&row["agent"]) } else { text(&row["member"]) };
    rows.as_array().unwrap().iter().map(|row| (who(row), text(&row["amount"]))).collect()
}

/// The sum of decimals with as many digits, in their last digit.
fn sum(rows: &Value, field: &str) -> u64 {
    let units = |row: &Value| text(&row[field]).replace('.', "").parse::<u64>().unwrap();
    rows.as_array().unwrap().iter().map(units).sum()
}

/// What `tests/independent/shares.py` makes of the same records.
fn computed(
    workshop: &Workshop,
    subject: &str,
    rule: &Path,
    amount: &str,
    day: &str,
) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("ledger.json");
    let records = workshop.ask(&["ledger", "list", "--subject", subject]);
    std::fs::write(&ledger, records.to_string()).unwrap();
    let (amount, currency) = amount.split_once(' ').unwrap();
    let done = Command::new("python3")
        .arg(root().join("tests/independent/shares.py"))
        .args([rule.to_str().unwrap(), amount, currency, day])
        .stdin(File::open(ledger).unwrap())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

const CLAIMED: &str = "
name = \"claimed\"
version = \"1\"
currency = \"EUR\"
cap = \"20%\"
rest = \"spread\"
[standing]
confirmed = 1
claimed = \"1/3\"
[age]
half-life-days = 365
[commons]
share = \"1/7\"
[[bucket]]
name = \"commits\"
share = \"2/3\"
actions = [\"work\"]
divide = \"quantity\"
[[bucket.tariff]]
unit = \"{commit}\"
rate = \"1.7\"
[[bucket]]
name = \"reviews\"
share = \"50%\"
of = \"remaining\"
actions = [\"cite\"]
divide = \"records\"
[[bucket]]
name = \"all\"
share = \"100%\"
of = \"remaining\"
divide = \"people\"
";

#[test]
fn a_real_history_is_shared_as_an_independent_computation_shares_it() {
    let default = root().join("../shared/data");
    let data = std::env::var_os("ARONDE_DATA").map_or(default, PathBuf::from).join("contributions");
    if !data.is_dir() {
        eprintln!("SKIPPED: no histories in {}; set ARONDE_DATA", data.display());
        return;
    }
    let north = Workshop::founds("Maker A", "Workshop North");
    let folder = tempfile::tempdir().unwrap();
    let rule = folder.path().join("rule.toml");
    std::fs::write(&rule, CLAIMED).unwrap();
    let file = data.join("LibreSolar__mppt-1210-hus.csv");
    let subject = design(&north, "Charge controller");
    north.ask(&["contribute", "import", file.to_str().unwrap(), "--subject", &subject]);
    for amount in ["12500 EUR", "0.07 EUR", "99999.99 EUR"] {
        let words = ["shares", &subject, "--rule", rule.to_str().unwrap(), "--amount", amount];
        let rows = north.ask(&[&words[..], &["--on", "2026-11-21"]].concat());
        assert_eq!(paid(&rows), computed(&north, &subject, &rule, amount, "2026-11-21"), "{amount}");
        assert_eq!(sum(&rows, "share"), 10_u64.pow(12), "{amount}");
    }
}

#[test]
fn every_example_is_recomputed_and_nothing_is_counted_twice() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    south.up();
    let subject = design(&north, "Press");
    let mut records = vec![
        did(&north, &subject, "90 min", &["--role", "training"]),
        did(&north, &subject, "7 h", &["--role", "design", "--at", "2021-03-01"]),
        did(&north, &subject, "2.5 h", &["--person", "=cmd|'x'!A1"]),
    ];
    let money = ["contribute", "--subject", &subject, "--action", "consume", "--quantity", "33.35 EUR"];
    records.push(text(&north.ask(&money)["id"]));
    let words = |rule: &str| {
        ["shares", &subject, "--rule", rule, "--amount", "1000 EUR", "--on", "2026-11-21"].map(str::to_owned)
    };
    let ask = |rule: &str, more: &[&str]| {
        let words = words(rule);
        north.ask(&words.iter().map(String::as_str).chain(more.iter().copied()).collect::<Vec<_>>())
    };
    let words_of = words("pie");
    let words_of: Vec<&str> = words_of.iter().map(String::as_str).collect();
    north.run(&words_of).failed(2, &["nothing can be shared", "4 claimed only"]);

    for record in &records {
        eventually("the record came", || {
            (south.run(&["ledger", "show", record]).code == Some(0)).then_some(())
        });
        south.ask(&["attest", record, "--confirm"]);
        eventually("it is confirmed", || {
            (north.ask(&["ledger", "show", record])["standing"] == "confirmed").then_some(())
        });
    }
    for (rule, amount) in [("buckets", "1000 EUR"), ("pie", "1000 EUR"), ("budget", "1000 EUR")] {
        let rows = ask(rule, &[]);
        let file = root().join(format!("node/src/rules/{rule}.toml"));
        assert_eq!(paid(&rows), computed(&north, &subject, &file, amount, "2026-11-21"), "{rule}");
        assert_eq!(sum(&rows, "amount"), 100_000, "{rule}");
    }

    let folder = tempfile::tempdir().unwrap();
    let sheet = folder.path().join("shares.csv");
    let rows = ask("pie", &["--explain", "--sheet", sheet.to_str().unwrap()]);
    let steps = rows.as_array().unwrap().iter().flat_map(|row| row["steps"].as_array().unwrap());
    let told: Vec<String> = steps.filter_map(|step| step["record"].as_str().map(str::to_owned)).collect();
    assert!(records.iter().all(|record| told.contains(record)), "every record is named: {told:?}");
    let sheet = std::fs::read_to_string(sheet).unwrap();
    assert!(records.iter().all(|record| sheet.contains(record.as_str())), "{sheet}");
    assert!(sheet.contains("1.5 × 20 × 2 = 60"), "{sheet}");
    let formula = |cell: &str| cell.trim_start_matches('"').starts_with(['=', '+', '@']);
    assert!(!sheet.lines().flat_map(|line| line.split(',')).any(formula), "{sheet}");

    north.ask(&["settle", &records[1], "--by", "shares"]);
    let again = ask("pie", &["--explain"]);
    assert!(!again.to_string().contains(&records[1]), "it was shared already");
    assert_eq!(sum(&again, "amount"), 100_000);
}

#[test]
fn a_part_goes_to_the_source_of_a_derived_design() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    south.up();
    let source = design(&north, "Press");
    north.ask(&["design", "release", &source, "1.0.0"]);
    let released = format!("{source}@1.0.0");
    let derived = north.ask(&["design", "derive", &released, "--title", "Press for paper"]);
    let derived = text(&derived["id"]);
    let old = did(&north, &source, "10 h", &["--person", "Maker Y"]);
    let new = did(&north, &derived, "1 h", &["--person", "Maker Z"]);
    for record in [&old, &new] {
        eventually("the record came", || {
            (south.run(&["ledger", "show", record]).code == Some(0)).then_some(())
        });
        south.ask(&["attest", record, "--confirm"]);
        eventually("it is confirmed", || {
            (north.ask(&["ledger", "show", record])["standing"] == "confirmed").then_some(())
        });
    }
    let folder = tempfile::tempdir().unwrap();
    let rule = folder.path().join("rule.toml");
    let upstream = "name = \"u\"\nversion = \"1\"\n[upstream]\nshare = \"25%\"\ndepth = 2\n[[bucket]]\nname = \"all\"\n\
                    share = 1\ndivide = \"records\"\n";
    std::fs::write(&rule, upstream).unwrap();
    let rule = rule.to_str().unwrap();
    let rows = north.ask(&["shares", &derived, "--rule", rule, "--amount", "100 EUR"]);
    let amounts: BTreeMap<String, String> =
        rows.as_array().unwrap().iter().map(|row| (text(&row["member"]), text(&row["amount"]))).collect();
    let both = [("Maker Y".to_owned(), "25.00".to_owned()), ("Maker Z".to_owned(), "75.00".to_owned())];
    assert_eq!(amounts, both.into());
}

#[test]
fn a_bad_rule_is_refused_with_its_file_and_line() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let subject = design(&north, "Press");
    let folder = tempfile::tempdir().unwrap();
    let rule = folder.path().join("rule.toml");
    std::fs::write(&rule, "name = \"x\"\nversion = \"1\"\ncap = 0.5\n").unwrap();
    let shares = |rule: &str, amount: &str| {
        north.run(&["shares", subject.as_str(), "--rule", rule, "--amount", amount])
    };
    let path = rule.to_str().unwrap();
    shares(path, "10 EUR").failed(2, &[path, "line 3", "write \"0.5\""]);
    shares("pies", "10 EUR").failed(2, &["pies can't be read"]);
    shares("pie", "10 h").failed(2, &["\"h\" is no currency"]);
    shares("budget", "10 CHF").failed(2, &["the rule is for EUR"]);
    shares("pie", "10 EUR").failed(2, &["nothing was written about this work yet"]);
    let rules = north.ask(&["shares", "rules"]);
    let names: Vec<&Value> = rules.as_array().unwrap().iter().map(|row| &row["name"]).collect();
    assert_eq!(json!(names), json!(["buckets", "budget", "pie"]));
}
