//! Capacity sheets between real nodes: lists taken in, claimed by the workshops in them, booked by others.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/workshops.rs"]
mod workshops;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use workshops::{Workshop, eventually};

fn list(workshop: &Workshop) -> Vec<Value> {
    workshop.ask(&["capacity", "list"]).as_array().unwrap().clone()
}

fn titled<'a>(sheets: &'a [Value], title: &str) -> Vec<&'a Value> {
    sheets.iter().filter(|sheet| sheet["title"] == title).collect()
}

/// The words that book the laser cutter of a sheet for an hour.
fn book(of: &str) -> [&str; 9] {
    let (from, to) = ("2031-01-07T08:00:00Z", "2031-01-07T09:00:00Z");
    ["capacity", "book", of, "--machine", "Laser cutter", "--from", from, "--to", to]
}

#[test]
fn a_listed_workshop_claims_its_sheet_and_others_book_its_machines() {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    south.up();
    let folder = tempfile::tempdir().unwrap();
    let places = folder.path().join("places.csv");
    fs::write(&places, "name,city,lat,lon,machines\nAtelier South,Namur,50.46,4.86,Laser cutter\nElsewhere,Gent,51.05,3.72,\n").unwrap();
    let places = places.to_str().unwrap();
    let imported = north.ask(&["capacity", "import", places]);
    assert_eq!(imported["imported"].as_array().unwrap().len(), 2);
    assert_eq!(imported["findings"], json!([]));

    eventually("the list came", || (list(&south).len() == 2).then_some(()));
    let listed = titled(&list(&south), "Atelier South")[0].clone();
    assert_eq!((&listed["workshop"], &listed["listed"]), (&Value::Null, &json!(true)));
    // Nobody books what nobody answers for.
    let id = listed["id"].as_str().unwrap();
    north.run(&book(id)).failed(2, &["only listed"]);

    // The importer keeps the listed sheet, so the workshop takes it over by one of its own.
    let claimed = south.ask(&["capacity", "claim", id]);
    assert_eq!((&claimed["created"], &claimed["accepted"]), (&json!(true), &json!(true)));
    let own = claimed["id"].as_str().unwrap();
    assert_ne!(own, id);
    eventually("the claim came", || {
        (titled(&list(&north), "Atelier South")[0]["listed"] == false).then_some(())
    });
    let sheets = list(&north);
    let [sheet] = titled(&sheets, "Atelier South")[..] else { panic!("{sheets:?}") };
    assert_eq!((sheet["id"].as_str(), sheet["workshop_name"].as_str()), (Some(own), Some("Workshop South")));
    south.run(&["capacity", "claim", "Elsewhere"]).failed(2, &["your workshop has the sheet"]);

    // The list again leaves the claimed sheet to its workshop.
    let again = north.ask(&["capacity", "import", places]);
    assert!(again["imported"].as_array().unwrap().iter().all(|row| row["state"] == "same"), "{again}");
    assert_eq!(list(&north).len(), 2);

    let booked = north.ask(&book("Workshop South"));
    let shown = eventually("the booking came", || {
        let shown = south.ask(&["capacity", "show", "Atelier South"]);
        (!shown["bookings"].as_array().unwrap().is_empty()).then_some(shown)
    });
    assert_eq!(shown["bookings"][0]["id"], booked["id"]);
    assert_eq!(shown["bookings"][0]["author_name"], "Maker A");
    south.run(&book("Workshop South")).failed(2, &["booked already"]);
    // Who keeps the sheet cancels too.
    south.ask(&["capacity", "cancel", booked["id"].as_str().unwrap()]);
    assert_eq!(south.ask(&["capacity", "show", own])["bookings"], json!([]));

    // Another workshop's change waits as a proposal.
    let changed = north.ask(&["capacity", "set", "--sheet", own, "city=Liège"]);
    assert_eq!(changed["accepted"], false);
    north.run(&["capacity", "set", "--sheet", own, "citty=Liège"]).failed(2, &["did you mean \"city\""]);
}

#[test]
fn every_real_file_is_taken_in_once_or_refused_with_the_line() {
    let data = std::env::var("ARONDE_DATA")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").to_owned());
    let folder = Path::new(&data).join("capacity");
    let Ok(files) = fs::read_dir(&folder) else {
        return eprintln!("SKIPPED: no real lists at {}", folder.display());
    };
    let north = Workshop::founds("Maker A", "Workshop North");
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    // The largest last: each command reads all that is there.
    paths.sort_by_key(|path| path.metadata().unwrap().len());
    let (mut taken, mut refused) = (0, 0);
    for path in &paths {
        let ran = north.run(&["capacity", "import", path.to_str().unwrap(), "--json"]);
        if ran.code == Some(0) {
            taken += ran.json()["imported"].as_array().unwrap().len();
        } else {
            refused += 1;
            let said = ran.json()["error"]["message"].as_str().unwrap().to_owned();
            assert!(said.contains("line ") && ran.code == Some(2), "{said}");
        }
    }
    eprintln!("{taken} rows of {} files, {refused} files refused", paths.len());
    let (sheets, held) = (list(&north).len(), north.ask(&["status"])["counts"]["entries"].clone());
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "md")) {
        north.run(&["capacity", "import", path.to_str().unwrap(), "--json"]);
    }
    assert_eq!(list(&north).len(), sheets);
    assert_eq!(
        north.ask(&["status"])["counts"]["entries"],
        held,
        "nothing is written for what is here already"
    );
}
