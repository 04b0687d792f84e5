//! Lists written for the point they show, and the real ones.

use std::collections::BTreeMap;
use std::path::Path;

use crate::document::value::Value;

use super::*;

fn plain(text: &str) -> Read {
    read(text.as_bytes(), "the file").unwrap_or_else(|e| panic!("{e}"))
}

fn refused(text: &str) -> String {
    read(text.as_bytes(), "the file").unwrap_err().to_string()
}

fn field(listed: &Listed, name: &str) -> String {
    listed.draft.fields.get(name).map(ToString::to_string).unwrap_or_default()
}

fn items<'a>(listed: &'a Listed, list: &str) -> Vec<BTreeMap<&'a str, String>> {
    let items = listed.draft.lists.get(list).map_or(&[][..], Vec::as_slice);
    items.iter().map(|item| item.fields.iter().map(|(n, v)| (n.as_str(), v.to_string())).collect()).collect()
}

#[test]
fn a_row_is_a_place_whatever_divides_it_and_whatever_its_columns_are_called() {
    for text in [
        "name,street,number,postcode,city,lat,lon,machines\nWorkshop North,Rue Haute,12,1000,Brussels,50.84,4.35,\"Laser cutter; CNC router\"\n",
        "\u{feff}Nom du lieu;Adresse;Numéro;Code postal;Ville;Latitude;Longitude;Équipements\nWorkshop North;Rue Haute;12;1000;Brussels;50,84;4,35;Laser cutter|CNC router\n",
        "Naam\tStraat\tHuisnummer\tPostcode\tGemeente\tBreedtegraad\tLengtegraad\tMachinepark\nWorkshop North\tRue Haute\t12\t1000\tBrussels\t50.84\t4.35\tLaser cutter, CNC router\n",
        "# Places\n\n| Name | Address | Number | Zip | City | Coordinates | Machines |\n|---|---|---|---|---|---|---|\n| Workshop North | Rue Haute | 12 | 1000 | Brussels | 50.84, 4.35 | Laser cutter; CNC router |\n",
    ] {
        let read = plain(text);
        assert_eq!((read.format, read.listed.len()), (Format::Table, 1), "{text}");
        let place = &read.listed[0];
        let shown =
            ["title", "street", "postcode", "city", "latitude", "longitude"].map(|name| field(place, name));
        assert_eq!(shown, ["Workshop North", "Rue Haute 12", "1000", "Brussels", "50.84", "4.35"], "{text}");
        let processes: Vec<String> = items(place, "machines").iter().map(|m| m["process"].clone()).collect();
        assert_eq!(processes, ["laser-cutting", "cnc-milling"], "{text}");
    }
    let latin: Vec<u8> = "Nom;Ville\nAtelier;Li\u{e8}ge\n".chars().map(|c| c as u8).collect();
    let read = read(&latin, "x").unwrap();
    assert_eq!(field(&read.listed[0], "city"), "Liège");
    assert!(read.findings[0].what.contains("Windows-1252"));
}

#[test]
fn a_machine_has_its_size_and_cost_exactly() {
    let read = plain(
        "{\"name\": \"Workshop North\", \"location\": {\"gps_coordinates\": \"50.85, 4.35\"}, \"equipment\": [{\"equipment_type\": \"Laser cutter\", \
         \"make\": \"Trotec\", \"bed_size\": \"1250 x 750 mm\", \"max_thickness\": \"12 mm\", \"cost_per_hour\": \"12,50 €/h\", \"materials_worked\": \"wood\", \
         \"materials\": [\"plywood\", \"acrylic\"], \"colour\": \"red\"}]}",
    );
    let machine = &items(&read.listed[0], "machines")[0];
    assert_eq!(
        ["name", "process", "make", "width", "depth", "thickness", "cost", "materials", "colour"]
            .map(|name| machine[name].as_str()),
        [
            "Laser cutter",
            "laser-cutting",
            "Trotec",
            "1250 mm",
            "750 mm",
            "12 mm",
            "12.50 EUR/h",
            "plywood; acrylic",
            "red"
        ]
    );
}

#[test]
fn a_row_a_machine_is_one_sheet_a_place() {
    let read = plain(
        "atelier,ville,machine,marque,prix par heure\nNorth,Namur,Laser,Trotec,12 €/h\nNorth,Namur,Fraiseuse,Shopbot,\nSouth,Liège,Laser,,\n",
    );
    assert_eq!(read.listed.iter().map(|l| items(l, "machines").len()).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn a_catalogue_becomes_machine_models() {
    let read = plain(
        "Model,Brand,Laser Type,Working Area,Materials,Stock no\nA3,Maker,CO2,380 x 300 mm,\"MDF, glass (thin, clear)\",7\nB4,Maker,,huge,,\n",
    );
    let [first, second] = read.listed.as_slice() else { panic!() };
    assert_eq!(first.kind.name, "machine-model");
    assert_eq!(
        ["title", "process", "width", "materials", "okw/Stock no"].map(|name| field(first, name)),
        ["Maker A3", "laser-cutting", "380 mm", "MDF; glass (thin, clear)", "7"]
    );
    assert_eq!(field(second, "okw/Working Area"), "huge");
    assert!(read.findings.iter().any(|f| f.what.contains("can't be read exactly")));
}

#[test]
fn persons_lie_in_contacts_and_nowhere_else() {
    let read = plain(
        "title: North\ncontact: Maker A, a@example.org\ncontributors: [Maker B]\nlicensor: {name: Maker C, twitter: \"@c\"}\nprocesses: [sewing]\ndevelopment-stage: early\nx: {y: 1}\n",
    );
    let place = &read.listed[0];
    assert!(!format!("{:?}", place.draft.fields).contains("Maker"));
    let contacts = items(place, "contacts");
    assert_eq!((contacts[0]["name"].as_str(), contacts[0]["email"].as_str()), ("Maker A", "a@example.org"));
    assert_eq!((contacts[1]["role"].as_str(), contacts[2]["note"].as_str()), ("contributors", "twitter: @c"));
    assert_eq!((field(place, "status"), field(place, "okw/x/y")), ("early".into(), "1".into()));
    assert!(read.findings.iter().any(|f| f.field == "x.y"));
}

#[test]
fn geojson_and_lists_below_a_name_are_lists() {
    let read = plain(
        "{\"type\": \"FeatureCollection\", \"features\": [{\"type\": \"Feature\", \"geometry\": {\"type\": \"Point\", \"coordinates\": [4.35, 50.85]}, \"properties\": {\"nom\": \"North\"}}]}",
    );
    assert_eq!(
        (field(&read.listed[0], "latitude"), field(&read.listed[0], "longitude")),
        ("50.85".into(), "4.35".into())
    );
    let read = plain(
        "labs:\n  - name: North\n    city: Namur\n    capabilities: [laser, cnc_milling]\n  - city: nowhere\n",
    );
    assert_eq!(read.listed.len(), 1);
    assert_eq!(items(&read.listed[0], "processes").len(), 2);
    assert!(read.findings.iter().any(|f| f.what.contains("no name")));
}

#[test]
fn a_file_about_something_else_is_refused_with_line_and_reason() {
    for (text, why) in [
        ("identifier: Q1\nname: Mask\ndescription: a mask\n", "line 1: nothing in it is of a place"),
        ("file,repo,commit\na,b,c\n", "line 1: its columns are \"file, repo, commit\""),
        ("title: Press\nokhv: 1\nbom: x\n", "aronde design import"),
        ("# Notes\n\nWe met, and **nothing** was said.\n", "line 1:"),
        ("title: North\nprocesses:\n- a: 1\n    b: 2\n", "line 4"),
        ("[1, 2", "line 1, column"),
        ("", "it is empty"),
        ("name,city\n", "no row"),
    ] {
        assert!(refused(text).contains(why), "{}", refused(text));
    }
    assert_eq!(read(b"PK\x03\x04\0", ""), Err(OkwError::NotText));
}

#[test]
fn hostile_lists_are_bounded() {
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(read(deep.as_bytes(), "x").is_err());
    let wide = format!(
        "{{\"name\":\"North\",\"city\":\"Namur\",{}\"z\":1}}",
        (0..1_000).map(|n| format!("\"f{n}\":1")).collect::<Vec<_>>().join(",") + ","
    );
    assert!(plain(&wide).listed[0].draft.fields.len() < 300);
    let long = format!("name,city\n{}", "North,Namur\n".repeat(crate::limits::CAPACITY_ROWS_MAX + 3));
    assert_eq!(plain(&long).listed.len(), crate::limits::CAPACITY_ROWS_MAX);
}

/// What a sheet of a format can carry is the same when it is written and read again.
fn comes_back(listed: &Listed, what: &str) {
    for (text, format) in [(to_json(&listed.draft), Format::Json), (to_yaml(&listed.draft), Format::Yaml)] {
        let again = read(text.as_bytes(), "x").unwrap_or_else(|e| panic!("{what}: {e}\n{text}"));
        assert_eq!((again.format, again.listed.len()), (format, 1), "{what}");
        assert_eq!(again.listed[0].draft, listed.draft, "{what}\n{text}");
    }
}

#[test]
fn a_sheet_made_by_hand_comes_back_but_for_what_is_the_federations_own() {
    use crate::document::draft::{DraftItem, Wanted};
    let text = |text: &str| Value::Text(text.to_owned());
    let quantity = |text: &str| Value::Quantity(text.parse().unwrap());
    let several = |texts: &[&str]| Value::List(texts.iter().map(|t| text(t)).collect());
    let item = |fields: Vec<(&str, Value)>| -> DraftItem {
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Wanted>().into()
    };
    let fields: Wanted = [
        ("title", text("North: \"laser\" #1")),
        ("latitude", Value::Decimal("50.850".parse().unwrap())),
        ("longitude", Value::Decimal("-4.35".parse().unwrap())),
        ("materials", several(&["wood", "glass (thin, clear)"])),
        ("opening-hours", text("Tu 9:00-17:00\nTh - 20:00")),
        ("okw/x/y", Value::Integer(3)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let laser = item(vec![
        ("name", text("Laser")),
        ("process", text("laser-cutting")),
        ("cost", quantity("12.50 EUR/h")),
        ("width", quantity("12 [in_i]")),
        ("power", quantity("60 W")),
        ("materials", several(&["plywood", "acrylic"])),
        ("count", Value::Integer(2)),
        ("note", text("ask first")),
        ("colour", text("red")),
    ]);
    let stock = item(vec![
        ("material", text("plywood")),
        ("quantity", quantity("4 {sheet}")),
        ("secondary", Value::Boolean(true)),
    ]);
    let skill = item(vec![("skill", text("welding")), ("count", Value::Integer(1))]);
    let contact = item(vec![("name", text("Maker A")), ("email", text("a@example.org; b@example.org"))]);
    let lists = [("machines", laser), ("stocks", stock), ("skills", skill), ("contacts", contact)];
    let draft = Draft {
        fields,
        lists: lists.into_iter().map(|(list, item)| (list.to_owned(), vec![item])).collect(),
        whole: false,
    };
    let mut claimed = draft.clone();
    claimed.fields.insert("workshop".to_owned(), text(&"0".repeat(64)));
    comes_back(&Listed { kind: &crate::document::schema::capacity::KIND, draft }, "by hand");
    assert!(!to_json(&claimed.clone()).contains("workshop"));
}

#[test]
fn every_real_file_is_read_or_refused_with_the_reason_and_comes_back_the_same() {
    let folder = std::env::var("ARONDE_DATA")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").to_owned());
    let folder = Path::new(&folder).join("capacity");
    let Ok(files) = std::fs::read_dir(&folder) else {
        return eprintln!("SKIPPED: no real lists at {}", folder.display());
    };
    let mut figures: BTreeMap<String, (u64, u64, u64)> = BTreeMap::new();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let figure = |format: &str| format.to_owned();
        match read(&std::fs::read(&path).unwrap(), &name) {
            Ok(read) => {
                println!(
                    "{name}: {} of {}, {} findings",
                    read.listed.len(),
                    read.format,
                    read.findings.len()
                );
                let known = figures.entry(figure(&read.format.to_string())).or_default();
                (known.0, known.1) = (known.0 + 1, known.1 + read.listed.len() as u64);
                assert!(read.findings.iter().all(|f| !f.what.is_empty()));
                read.listed
                    .iter()
                    .filter(|l| l.kind.name == "capacity")
                    .for_each(|l| comes_back(l, &format!("{name}: {}", l.title())));
                for listed in &read.listed {
                    crate::document::authoring::create(listed.kind, &listed.draft)
                        .unwrap_or_else(|e| panic!("{name}: {e}"));
                }
            }
            Err(error) => {
                println!("{name}: {error}");
                assert!(error.to_string().contains("line "), "{error}");
                figures.entry("refused".to_owned()).or_default().2 += 1;
            }
        }
    }
    println!("{figures:?}");
    assert_eq!(figures["a table"], (3, 356 + 855 + 227, 0));
    assert_eq!(figures[&Format::Json.to_string()], (1, 2_237, 0));
    assert_eq!(figures[&Format::Markdown.to_string()].0, 1);
    assert!(figures[&Format::Yaml.to_string()].0 >= 10);
}
