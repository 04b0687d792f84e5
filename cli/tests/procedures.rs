//! Procedures between real nodes: pages as others write them, adopted by another workshop, changed by proposal.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/workshops.rs"]
mod workshops;

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use workshops::{Workshop, agree, eventually};

const PAGE: &str = "# Cutting plywood\n\n## Safety\n\n- Fire\n  - precaution: stay\n\n## Steps\n\n1. Lay the sheet\n\n   ![sheet](img/sheet.png)\n2. Close the lid\n\n## Checks\n\n- [ ] Edges are brown\n";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot quite";

fn page(workshop: &Workshop) -> PathBuf {
    let folder = workshop.beside("pages");
    fs::create_dir_all(folder.join("img")).unwrap();
    fs::write(folder.join("img/sheet.png"), PNG).unwrap();
    fs::write(folder.join("cutting"), PAGE).unwrap();
    folder.join("cutting")
}

fn shown(workshop: &Workshop, id: &str) -> Option<Value> {
    let ran = workshop.run(&["sop", "show", id, "--json"]);
    (ran.code == Some(0)).then(|| ran.json())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn a_page_comes_with_its_pictures_and_goes_out_as_it_came() {
    let north = Workshop::founds("Maker A", "Workshop North");
    let path = page(&north);
    let imported = north.ask(&["sop", "import", text(&json!(path))]);
    let taken = &imported["imported"][0];
    assert_eq!((&taken["title"], &taken["files"]), (&json!("Cutting plywood"), &json!(1)));
    assert_eq!(imported["findings"].as_array().unwrap().len(), 1, "only the licence: {imported}");
    let id = text(&taken["id"]);
    let list = north.ask(&["sop", "list"]);
    assert_eq!(list[0]["id"], taken["id"]);
    assert_eq!(
        (&list[0]["title"], &list[0]["workshop_name"]),
        (&json!("Cutting plywood"), &json!("Workshop North"))
    );
    assert!(list[0]["workshop"].is_string());
    let show = shown(&north, id).unwrap();
    assert_eq!(show["steps"][0]["picture"], "img/sheet.png");
    assert_eq!(show["hazards"][0]["precaution"], "stay");

    let out = north.beside("out");
    fs::create_dir(&out).unwrap();
    let md = out.join("page.md");
    north.run(&["sop", "export", id, "--format", "md", "--out", text(&json!(md))]).done();
    assert_eq!(fs::read(out.join("img/sheet.png")).unwrap(), PNG);
    north.run(&["sop", "import", text(&json!(md))]).failed(2, &["already"]);
    north
        .run(&["sop", "export", id, "--format", "md", "--out", text(&json!(md))])
        .failed(2, &["there already"]);
    let html = out.join("page.html");
    north.run(&["sop", "export", id, "--format", "html", "--out", text(&json!(html))]).done();
    let html = fs::read_to_string(html).unwrap();
    assert!(html.contains("data:image/png;base64,") && !html.contains("<script"), "{html}");

    // The same page after a change.
    fs::write(&path, PAGE.replace("Close the lid", "Close the lid well")).unwrap();
    north.run(&["sop", "import", text(&json!(path)), "--update", id]).done();
    let show = shown(&north, id).unwrap();
    assert_eq!(
        (&show["steps"][1]["text"], show["steps"].as_array().unwrap().len()),
        (&json!("Close the lid well"), 2)
    );
    for (name, bytes, why) in
        [("a.md", &b"\x7fELF\0\0"[..], "not text"), ("b.md", b"a,b\n1,2\n", "CSV"), ("c.md", b"", "empty")]
    {
        let path = north.beside(name);
        fs::write(&path, bytes).unwrap();
        north.run(&["sop", "import", text(&json!(path))]).failed(2, &["line 1", why]);
    }
}

#[test]
fn another_workshop_adopts_a_revision_proposes_a_change_and_records_runs() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    south.up();
    let path = page(&north);
    let imported = north.ask(&["sop", "import", text(&json!(path))]);
    let id = text(&imported["imported"][0]["id"]).to_owned();
    let first = eventually("the procedure came", || shown(&south, &id))["revision"].clone();
    let adopt = format!("{id}@{}", &text(&first)[..8]);
    let adopted = south.ask(&["sop", "adopt", &adopt]);
    assert_eq!((&adopted["revision"], &adopted["current"]), (&first, &json!(true)));

    let edited = south.ask(&["sop", "edit", &id, "--set", "controls/1/acceptance=no black"]);
    assert_eq!(edited["accepted"], false);
    let proposal = text(&edited["entry"]).to_owned();
    let said = eventually("the proposal came", || {
        let ran = north.run(&["proposal", "show", &proposal]);
        (ran.code == Some(0)).then_some(ran.stdout)
    });
    assert!(said.contains("procedure") && said.contains("no black") && !said.contains("design"), "{said}");
    let accepted = north.ask(&["proposal", "accept", &proposal]);
    assert_eq!((&accepted["kind"], &accepted["design"]), (&json!("procedure"), &json!(id)));

    // South goes on by what it adopted, until it adopts another revision.
    let now = eventually("the change came", || shown(&south, &id).filter(|s| s["revision"] != first));
    let run = south.ask(&[
        "sop",
        "run",
        &id,
        "--result",
        "failed",
        "--reading",
        "1=black edge",
        "--note",
        "Maker C",
    ]);
    assert_eq!((&run["revision"], &run["current"]), (&first, &json!(false)));
    south.ask(&["sop", "adopt", &id]);
    south.ask(&["sop", "approve", &id]);
    let seen = eventually("South's words came", || {
        shown(&north, &id).filter(|s| s["approvals"].as_array().is_some_and(|a| a.len() == 1))
    });
    assert_eq!(seen["adoptions"].as_array().unwrap().len(), 1, "the later takes the earlier's place: {seen}");
    assert_eq!(
        (&seen["adoptions"][0]["revision"], &seen["adoptions"][0]["workshop_name"]),
        (&now["revision"], &json!("Workshop South"))
    );
    assert_eq!(
        (&seen["runs"][0]["result"], &seen["runs"][0]["readings"][0]["control"]),
        (&json!("failed"), &json!("Edges are brown"))
    );
    agree(&[&north, &south]);
    north.is_well();
}

/// Every page that nobody here wrote. Run with `--nocapture` for the figures.
#[test]
fn every_real_page_is_taken_in_or_refused_with_the_reason() {
    let data = std::env::var("ARONDE_DATA")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").to_owned());
    let folder = PathBuf::from(data).join("sops");
    if !folder.is_dir() {
        eprintln!("SKIPPED: no real pages in {}; set ARONDE_DATA", folder.display());
        return;
    }
    let north = Workshop::founds("Maker A", "Workshop North");
    let imported = north.ask(&["sop", "import", text(&json!(folder))]);
    let (taken, findings) =
        (imported["imported"].as_array().unwrap(), imported["findings"].as_array().unwrap());
    let refused = findings.iter().filter(|f| text(&f["what"]).starts_with("is not taken")).count();
    let files = fs::read_dir(&folder).unwrap().count();
    assert_eq!(taken.len() + refused, files, "each is one of both");
    assert!(taken.len() > 60);
    let list = north.ask(&["sop", "list"]);
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), taken.len());
    let sum = |field: &str| list.iter().map(|s| s[field].as_u64().unwrap()).sum::<u64>();
    eprintln!(
        "{} pages taken in, {refused} refused, {} findings; {} steps, {} control points",
        taken.len(),
        findings.len(),
        sum("step_count"),
        sum("control_count")
    );
}
