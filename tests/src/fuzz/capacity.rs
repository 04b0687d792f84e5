//! Lists of places and machines: Open Know-Where, tables, catalogues, pages.

use aronde_protocol::capacity::{Audience, Index, Query, disclosed};
use aronde_protocol::document::{authoring, edit};
use aronde_protocol::id::EntryId;
use aronde_protocol::interchange::{okw, spaceapi};
use aronde_protocol::limits::{CAPACITY_FILE_MAX, CAPACITY_ROWS_MAX, TITLE_MAX};

use super::manifest::told;

/// What is read fits into the entries of documents, can be looked through, and can be written for others; what is
/// written of a sheet is read as the same sheet.
pub fn body(bytes: &[u8]) {
    let read = match okw::read(bytes, "list") {
        Ok(read) => read,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert!(bytes.len() <= CAPACITY_FILE_MAX && (1..=CAPACITY_ROWS_MAX).contains(&read.listed.len()));
    told(&read.findings);
    for listed in &read.listed {
        assert!(!listed.title().trim().is_empty() && listed.title().len() <= TITLE_MAX);
        for batch in authoring::create(listed.kind, &listed.draft).expect("a draft can be written") {
            let written: Vec<edit::Written> = batch.edits.iter().cloned().map(edit::Written::Known).collect();
            assert_eq!(edit::check(&written), Ok(()));
        }
        let said = disclosed(&listed.draft, Audience::Public);
        assert!(!said.lists.contains_key("contacts"));
        assert!(serde_json::from_str::<serde_json::Value>(&spaceapi::write(&said).0).is_ok());
        assert!(serde_json::from_str::<serde_json::Value>(&okw::to_json(&listed.draft)).is_ok());
    }
    let index = Index::of(read.listed.iter().map(|listed| (EntryId([7; 32]), &listed.draft)));
    let query =
        Query { size: "100x100x3".parse().ok(), material: Some("plywood".into()), ..Query::default() };
    assert!(index.find(&query).len() <= index.len());
}

/// Lists as programs and people write them.
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "name,url,country,city,lat,lon,machines\nWorkshop North,https://example.org,BE,Brussels,50.85,4.35,\"Laser cutter; CNC router\"\n",
        "Nom du lieu;Ville;Latitude;Longitude;Machine;Marque;Prix par heure\nAtelier;Namur;50,46;4,86;Laser;Maker;12,50 \u{20ac}/h\n",
        "Model,Brand,Laser Type,Working Area,Materials\nA3,Maker,CO2,380 x 300 mm,\"MDF, glass (thin)\"\nB4,Maker,,12\" x 24\",\n",
        "title: Workshop North\ncontact: Maker A, a@example.org\ntool-list-atoms:\n  - identifier: Q3834994\n    description: 3D printer\n    link: https://www.wikidata.org/wiki/Q3834994\nprocesses:\n  - identifier: Q652122\n    description: sewing\nsupply-atoms: []\n",
        "[{\"facility\":{\"name\":\"North\",\"facility_id\":\"c94d1c69-8036\"},\"geocoding\":{\"latitude\":50.85,\"longitude\":-4.350},\"address\":null,\"region\":{\"country\":\"BE\"}}]",
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[4.35,50.85]},\"properties\":{\"name\":\"North\"}}]}",
        "{\"okw\":\"1\",\"name\":\"North\",\"equipment\":[{\"name\":\"Laser\",\"bed_size\":\"60x90 cm\",\"cost\":\"12 EUR/h\",\"x\":[1]}],\"stocks\":[{\"material\":\"oak\",\"quantity\":\"4 {sheet}\"}]}",
        "# Wood\n\n**North:**\\\n[https://example.org](https://example.org)\\\n+32 2 000 00 00\\\nRue Haute 12, 1000 Brussels\n\n**South**\\\n[https://example.com](https://example.com)\n",
        "| Name | City | GPS |\n|---|---|---|\n| North | Namur | 50.46, 4.86 |\n",
    ];
    let mut seeds: Vec<Vec<u8>> = texts.map(|text| text.as_bytes().to_vec()).to_vec();
    seeds.push("Nom;Ville\nAtelier;Li\u{e8}ge\n".chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect());
    seeds
}
