//! The ledger, by its commands: records and what becomes of them, histories taken in, exports for others.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/workshops.rs"]
mod workshops;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use workshops::{Workshop, eventually};

/// The histories that lie beside the repository, where they do.
fn histories() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let data = std::env::var_os("ARONDE_DATA").map_or(default, PathBuf::from).join("contributions");
    if data.is_dir() {
        return Some(data);
    }
    eprintln!("SKIPPED: no histories in {}; set ARONDE_DATA", data.display());
    None
}

fn design(workshop: &Workshop, title: &str) -> String {
    let made = workshop.ask(&["design", "new", "--title", title, "--licence", "CERN-OHL-S-2.0"]);
    made["id"].as_str().unwrap().to_owned()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// What `totals` says of each group, in one unit.
fn totals(workshop: &Workshop, more: &[&str]) -> BTreeMap<String, String> {
    let rows = workshop.ask(&[&["ledger", "totals"], more].concat());
    rows.as_array().unwrap().iter().map(|row| (text(&row["group"]), text(&row["quantity"]))).collect()
}

#[test]
fn histories_are_taken_in_once_and_their_totals_are_those_of_an_independent_computation() {
    let Some(data) = histories() else { return };
    let north = Workshop::founds("Maker A", "Workshop North");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/independent/totals.py");
    for file in [
        "LibreSolar__mppt-1210-hus.csv",
        "wenzel-lab__modular-microfluidics-workstation-controller.csv",
        "KiCad__kicad-footprints.csv",
    ] {
        let (path, subject) = (data.join(file), design(&north, file));
        let path = path.to_str().unwrap();
        let import = ["contribute", "import", path, "--subject", subject.as_str()];
        let first = north.ask(&import);
        assert_eq!((&first["findings"], &first["already"]), (&json!([]), &json!(0)));
        let (rows, took) = (first["rows"].as_u64().unwrap(), first["milliseconds"].as_u64().unwrap());
        println!(
            "{file}: {rows} rows, {} records in {took} ms, {} rows a second",
            first["imported"],
            rows * 1_000 / took.max(1)
        );
        let again = north.ask(&import);
        assert_eq!((&again["imported"], &again["already"]), (&json!(0), &first["imported"]));

        for action in ["work", "cite"] {
            let computed = Command::new("python3").arg(&script).args([path, action]).output().unwrap();
            let computed: BTreeMap<String, u64> = serde_json::from_slice(&computed.stdout).unwrap();
            let computed: BTreeMap<_, _> =
                computed.into_iter().map(|(name, n)| (name, n.to_string())).collect();
            let ours = totals(&north, &["--group", "member", "--subject", &subject, "--action", action]);
            assert_eq!(ours, computed, "{file}, {action}");
        }
    }
    let audit = north.ask(&["audit"]);
    assert_eq!(audit["ok"], true);
}

/// A Python that has the package, if there is one: the machine's, or the one that `ARONDE_PYTHON` names.
fn python_with(package: &str) -> Option<std::ffi::OsString> {
    let python = std::env::var_os("ARONDE_PYTHON").unwrap_or_else(|| "python3".into());
    let asked = Command::new(&python).args(["-c", &format!("import {package}")]).output();
    if asked.is_ok_and(|done| done.status.success()) {
        return Some(python);
    }
    eprintln!("SKIPPED: {} has no {package}; set ARONDE_PYTHON to one that does", python.display());
    None
}

#[test]
fn a_ledger_in_parquet_is_that_in_json_to_a_library_of_others() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let subject = design(&north, "Press");
    if let Some(data) = histories() {
        let table = data.join("OpenEVSE__ESP32_WiFi_V4.x.csv");
        north.ask(&["contribute", "import", table.to_str().unwrap(), "--subject", &subject]);
    }
    let used = ["contribute", "--subject", &subject, "--action", "use", "--quantity", "1h30"];
    let used =
        text(&north.ask(&[&used[..], &["--note", "un \"café\"", "--resource", "laser"]].concat())["id"]);
    north.ask(&["settle", &used, "--by", "cash"]);
    north.ask(&["settle", &used, "--by", "gift"]);
    let (parquet, listed) = (north.beside("ledger.parquet"), north.beside("ledger.json"));
    let (parquet, listed) = (parquet.to_str().unwrap(), listed.to_str().unwrap());
    let export = |format: &str, file: &str| {
        north.ask(&["ledger", "export", "--format", format, "--out", file])["records"].as_u64().unwrap()
    };
    let records = export("parquet", parquet);
    assert_eq!(records, export("json", listed));
    let bytes = std::fs::read(parquet).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    north.run(&["ledger", "export", "--format", "parquet"]).failed(2, &["no text that can be printed"]);

    let Some(python) = python_with("pyarrow") else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/independent/parquet.py");
    let done = Command::new(python).arg(&script).args([parquet, listed]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(String::from_utf8_lossy(&done.stdout).trim(), records.to_string());
}

/// More entries than wait for their past at once, in one table and in one audit.
#[test]
fn a_long_table_by_as_many_people_is_taken_in_whole_and_all_of_it_is_audited() {
    const ROWS: usize = 9_000;
    let north = Workshop::founds("Maker A", "Workshop North");
    let (table, map) = (north.beside("long.csv"), north.beside("long.toml"));
    let rows: Vec<String> = (0..ROWS).map(|n| format!("Maker {n},0.25,2026-11-21")).collect();
    std::fs::write(&table, ["Name,Hours,Date\n", rows.join("\n").as_str()].concat()).unwrap();
    std::fs::write(&map, "person = \"Name\"\nquantity = \"Hours\"\nunit = \"h\"\nhappened = \"Date\"\n")
        .unwrap();
    let subject = design(&north, "Long");
    let (table, map) = (table.to_str().unwrap(), map.to_str().unwrap());
    let taken = north.ask(&["contribute", "import", table, "--map", map, "--subject", &subject]);
    assert_eq!((&taken["imported"], &taken["agents"]), (&json!(ROWS), &json!(ROWS)));
    let sum = totals(&north, &["--group", "subject"]);
    assert_eq!(sum[&subject], "2250");
    let audit = north.ask(&["audit"]);
    assert_eq!((&audit["ok"], &audit["findings"]), (&json!(true), &json!([])));
    assert!(audit["checked"]["entries"].as_u64().unwrap() > 2 * ROWS as u64);
}

#[test]
fn a_bad_row_is_named_and_the_others_are_taken() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let subject = design(&north, "Press");
    let folder = tempfile::tempdir().unwrap();
    let (table, map) = (folder.path().join("book.csv"), folder.path().join("map.toml"));
    std::fs::write(
        &table,
        "Name;Date;Time;Paid\nMaker B;21/11/2026;1,5;CASH\nMaker B;soon;1;\nMaker C;20/11/2026;30 min;\n",
    )
    .unwrap();
    std::fs::write(
        &map,
        "person = \"Name\"\nquantity = \"Time\"\nunit = \"h\"\nhappened = \"Date\"\ndates = \"day-first\"\n",
    )
    .unwrap();
    let (table, map) = (table.to_str().unwrap(), map.to_str().unwrap());
    north
        .run(&["contribute", "import", table, "--subject", &subject])
        .failed(2, &["says nothing here without a map"]);
    let taken = north.ask(&["contribute", "import", table, "--subject", &subject, "--map", map]);
    assert_eq!((&taken["imported"], &taken["rows"]), (&json!(2), &json!(3)));
    assert_eq!(taken["findings"][0]["field"], "book.csv:3");
    assert!(text(&taken["findings"][0]["what"]).contains("\"soon\""));
    let both = [("Maker B".to_owned(), "1.5".to_owned()), ("Maker C".to_owned(), "30".to_owned())];
    assert_eq!(totals(&north, &[]), both.into());
}

#[test]
fn a_git_history_is_taken_in_with_its_trailers() {
    let folder = tempfile::tempdir().unwrap();
    let git = |words: &[&str]| {
        let done = Command::new("git")
            .args([
                "-C",
                folder.path().to_str().unwrap(),
                "-c",
                "user.name=Maker D",
                "-c",
                "user.email=d@example.org",
            ])
            .args(words)
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    git(&["init", "--quiet"]);
    std::fs::write(folder.path().join("press.scad"), "cube(1);\n").unwrap();
    git(&["add", "."]);
    let message =
        "A press\n\nCo-authored-by: Maker E <e@example.org>\nReviewed-by: Maker F <f@example.org>\n";
    git(&["commit", "--quiet", "-m", message]);
    let north = Workshop::founds("Maker A", "Workshop North");
    let subject = design(&north, "Press");
    let import = ["contribute", "import-git", folder.path().to_str().unwrap(), "--subject", &subject];
    assert_eq!(north.ask(&import)["imported"], 3);
    assert_eq!(north.ask(&import)["already"], 3);
    let of = |action: &str| totals(&north, &["--action", action]).into_keys().collect::<Vec<_>>();
    assert_eq!(
        (of("work"), of("cite")),
        (vec!["Maker D".into(), "Maker E".into()], vec!["Maker F".to_owned()])
    );
    let elsewhere = folder.path().join("none");
    std::fs::create_dir(&elsewhere).unwrap();
    let words = ["contribute", "import-git", "/nowhere", "--subject", &subject];
    north.run(&words).failed(2, &["git cannot read /nowhere"]);
}

#[test]
fn a_record_is_corrected_settled_disputed_and_retracted() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let subject = design(&north, "Press");
    let said = north.ask(&["contribute", "--subject", "press", "--action", "work", "--quantity", "1h30"]);
    let record = text(&said["id"]);
    let other = text(
        &north.ask(&["contribute", "--subject", &subject, "--action", "work", "--quantity", "1.5 h"])["id"],
    );
    let member = north.did();
    assert_eq!(totals(&north, &[]), [(member.clone(), "3".to_owned())].into(), "90 min and 1.5 h");

    let corrected = text(&north.ask(&["correct", &record, "--quantity", "2h"])["id"]);
    let before = north.ask(&["ledger", "show", &record]);
    assert_eq!((&before["standing"], &before["corrected_by"]), (&json!("corrected"), &json!([corrected])));
    let after = north.ask(&["ledger", "show", &corrected]);
    assert_eq!(
        (&after["standing"], &after["at"]),
        (&json!("claimed"), &before["at"]),
        "it was done when it was"
    );
    north.run(&["correct", &record, "--quantity", "3h"]).failed(2, &["was corrected already"]);
    assert_eq!(totals(&north, &[]), [(member.clone(), "3.5".to_owned())].into());

    north.ask(&["settle", &corrected, "--by", "cash", "--amount", "4.50 EUR"]);
    let odd = north.run(&["settle", &corrected, "--by", "cash", "--amount", "4.505 EUR"]);
    assert!(odd.code == Some(2) && odd.stderr.contains("at most 2 decimals"), "{}", odd.stderr);
    let settled = north.ask(&["ledger", "show", &corrected]);
    assert_eq!(
        (&settled["settlements"][0]["amount"], &settled["settled"]),
        (&json!("4.50 EUR"), &json!(["cash"]))
    );

    north.ask(&["retract", &other]);
    assert_eq!(totals(&north, &[]), [(member.clone(), "2".to_owned())].into());
    assert_eq!(totals(&north, &["--standing", "retracted"]), [(member, "1.5".to_owned())].into());
    north.run(&["correct", &other, "--quantity", "3h"]).failed(2, &["retracted, which is final"]);
    let odd = north.run(&["contribute", "--subject", "press", "--action", "work", "--quantity", "3 widgets"]);
    assert!(odd.code == Some(2) && odd.stderr.contains("{widgets}"), "{}", odd.stderr);
    north
        .run(&["contribute", "--subject", "press", "--action", "dig", "--quantity", "3 h"])
        .failed(2, &["no action"]);
}

#[test]
fn an_agent_is_claimed_by_a_member_and_the_work_counts_as_theirs() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    south.up();
    let subject = design(&north, "Press");
    let work =
        ["contribute", "--subject", &subject, "--action", "work", "--quantity", "2 h", "--person", "p_1"];
    let record = text(&north.ask(&work)["id"]);
    eventually("the record came", || {
        south
            .ask(&["agent", "list"])
            .as_array()
            .unwrap()
            .first()
            .map(|agent| assert_eq!(agent["name"], "p_1"))
    });
    let claimed = south.ask(&["agent", "claim", "p_1", "--note", "my name there"]);
    let member = south.did();
    assert_eq!(claimed["agent"]["claimed_by"], json!([member]));
    eventually("the claim came", || (totals(&north, &[]).keys().next() == Some(&member)).then_some(()));
    // Who did it can't confirm it, and who said it can't either.
    for workshop in [&north, &south] {
        workshop.run(&["attest", &record, "--confirm"]).failed(2, &["cannot confirm it"]);
    }
    // A rival claim: neither counts until it is disputed.
    let rival = text(&north.ask(&["agent", "claim", "p_1"])["id"]);
    assert_eq!(totals(&north, &[]).keys().next().map(String::as_str), Some("p_1"));
    eventually("the rival came", || (totals(&south, &[]).keys().next().unwrap() == "p_1").then_some(()));
    south.ask(&["attest", &rival, "--dispute"]);
    assert_eq!(totals(&south, &[]).keys().next(), Some(&member));
}

#[test]
fn a_policy_asks_for_words_from_other_workshops() {
    let north = Workshop::founds("Maker A", "Workshop North");
    north.run(&["policy", "set", "confirmations=2", "confirmations-elsewhere=1", "large-hours=40"]).done();
    let shown = north.run(&["policy", "show"]).done().stdout;
    for name in
        ["confirmations = 2", "confirmations-elsewhere = 1", "large-hours = 40", "late-days = not set"]
    {
        assert!(shown.contains(name), "{shown}");
    }
}

#[test]
fn an_export_is_a_table_without_formulas_and_events_in_the_words_of_valueflows() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let subject = design(&north, "Press");
    let work =
        ["contribute", "--subject", &subject, "--action", "use", "--quantity", "20 min", "--used", "1 pcs"];
    north.ask(&[&work[..], &["--resource", "Laser cutter", "--note", "=HYPERLINK(\"x\")"]].concat());
    north.ask(&["contribute", "--subject", &subject, "--action", "produce", "--quantity", "4 kg"]);
    let folder = tempfile::tempdir().unwrap();
    let export = |format: &str| {
        let path = folder.path().join(format);
        let done = north.ask(&["ledger", "export", "--format", format, "--path", path.to_str().unwrap()]);
        assert_eq!(done["records"], 2);
        std::fs::read_to_string(path).unwrap()
    };
    let table = export("csv");
    assert!(table.contains("\"'=HYPERLINK(\"\"x\"\")\"") && table.lines().count() == 3, "{table}");
    let rows: Value = serde_json::from_str(&export("json")).unwrap();
    assert_eq!(rows[0]["resource"], "Laser cutter");
    let graph: Value = serde_json::from_str(&export("valueflows")).unwrap();
    let of = |kind: &str| {
        let nodes = graph["@graph"].as_array().unwrap().iter().filter(|node| node["@type"] == kind);
        nodes.cloned().collect::<Vec<Value>>()
    };
    let used = &of("EconomicEvent")[0];
    assert_eq!(used["action"], "use");
    assert_eq!(used["effortQuantity"]["hasNumericalValue"], 20);
    assert!(text(&used["effortQuantity"]["hasUnit"]).ends_with("om-2/minute-Time"));
    assert_eq!(used["resourceQuantity"]["hasNumericalValue"], 1);
    assert_eq!(of("EconomicEvent")[1]["resourceQuantity"]["hasNumericalValue"], 4);
    assert_eq!((of("Agent").len(), of("Unit").len(), of("Process").len()), (2, 3, 1));
}

#[test]
fn an_audit_asks_people_to_look_at_what_is_odd_and_is_well_all_the_same() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let press = design(&north, "Press");
    let odd = |workshop: &Workshop| -> Vec<String> {
        let audit = workshop.is_well();
        audit["findings"].as_array().unwrap().iter().map(|finding| text(&finding["kind"])).collect()
    };
    let used = |from: &str, to: &str| {
        let use_of =
            ["--action", "use", "--quantity", "2 h", "--resource", "Laser", "--at", from, "--to", to];
        north.ask(&[&["contribute", "--subject", &press], use_of.as_slice()].concat());
    };
    used("2026-11-02T09:00:00Z", "2026-11-02T11:00:00Z");
    north.ask(&[
        "contribute",
        "--subject",
        &press,
        "--action",
        "work",
        "--quantity",
        "14 h",
        "--at",
        "2026-11-02",
    ]);
    assert_eq!(odd(&north), Vec::<String>::new());
    used("2026-11-02T10:00:00Z", "2026-11-02T12:00:00Z");
    north.ask(&[
        "contribute",
        "--subject",
        &press,
        "--action",
        "work",
        "--quantity",
        "11 h",
        "--at",
        "2026-11-02",
    ]);
    assert_eq!(odd(&north), ["long-day", "machine-twice-at-once"]);
    // Two lasers can be used at once.
    north.ask(&["capacity", "set", "title=Workshop North"]);
    north.ask(&["capacity", "add", "machines", "--set", "name=Laser", "--set", "count=2"]);
    assert_eq!(odd(&north), ["long-day"]);
    for day in ["2026-11-03", "2026-11-04"] {
        let shown = ["--quantity", "1 h", "--at", day, "--link", "https://example.org/photo"];
        north.ask(&[&["contribute", "--subject", &press, "--action", "work"], shown.as_slice()].concat());
    }
    assert_eq!(odd(&north), ["long-day", "evidence-twice"]);
}
