//! What is published of capacity sheets passes the schema of those who read it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::Path;

use aronde_protocol::capacity::{Audience, disclosed};
use aronde_protocol::interchange::{okw, spaceapi};

const SHEETS: &str = "name,street,postcode,city,country,lat,lon,url,logo,opening hours,processes,contact,email,phone\n\
    Workshop North,Rue Haute 12,1000,Brussels,BE,50.8503,4.3517,https://example.org,https://example.org/logo.png,Tu 9-17,\
    laser cutting; couture,Maker A,a@example.org,+32 2 000 00 00\n\
    Bare,,,Namur,,,,,,,,,,\n";

#[test]
fn every_sheet_is_a_space_by_the_official_schema() {
    let refs = std::env::var("ARONDE_REFS")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/refs").to_owned());
    let path = Path::new(&refs).join("spaceapi/15.json");
    let Ok(schema) = std::fs::read_to_string(&path) else {
        return eprintln!("SKIPPED: no schema of SpaceAPI at {}", path.display());
    };
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let mut sheets = okw::read(SHEETS.as_bytes(), "sheets").unwrap().listed;
    let data = std::env::var("ARONDE_DATA")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").to_owned());
    match std::fs::read(Path::new(&data).join("capacity/okw_fablabs_world.json")) {
        Ok(world) => sheets.extend(okw::read(&world, "world").unwrap().listed),
        Err(_) => eprintln!("SKIPPED: no real lists at {data}"),
    }
    let mut checked = 0;
    for sheet in &sheets {
        for audience in [Audience::Public, Audience::Federation, Audience::Workshop] {
            let (text, _) = spaceapi::write(&disclosed(&sheet.draft, audience));
            let space = serde_json::from_str(&text).unwrap();
            let faults: Vec<String> = schema.iter_errors(&space).map(|fault| fault.to_string()).collect();
            assert_eq!(faults, Vec::<String>::new(), "{text}");
            checked += 1;
        }
    }
    println!("{checked} documents pass {}", path.display());
}

#[test]
fn the_public_learns_of_no_person_and_no_street() {
    let sheets = okw::read(SHEETS.as_bytes(), "sheets").unwrap().listed;
    let said = disclosed(&sheets[0].draft, Audience::Public);
    let public = spaceapi::write(&said).0 + &okw::to_json(&said);
    for hidden in ["Maker A", "a@example.org", "+32", "Rue Haute", "50.8503"] {
        assert!(!public.contains(hidden), "{hidden} in {public}");
    }
    assert!(public.contains("laser cutting") && public.contains("sewing") && public.contains("50.85"));
    assert!(spaceapi::write(&disclosed(&sheets[0].draft, Audience::Federation)).0.contains("a@example.org"));
}
