//! Finding machines, and that the index forgets none.

use super::*;
use crate::document::draft::DraftItem;
use crate::id::EntryId;

fn sheet(latitude: &str, longitude: &str, machines: &[&[(&str, Value)]]) -> Draft {
    let degrees = |text: &str| Value::Decimal(text.parse().unwrap());
    let fields =
        Wanted::from([("latitude".into(), degrees(latitude)), ("longitude".into(), degrees(longitude))]);
    let item = |fields: &&[(&str, Value)]| {
        DraftItem::from(fields.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect::<Wanted>())
    };
    Draft {
        fields,
        lists: BTreeMap::from([(MACHINES.into(), machines.iter().map(item).collect())]),
        whole: false,
    }
}

fn quantity(text: &str) -> Value {
    Value::Quantity(text.parse().unwrap())
}

fn id(n: u8) -> DocumentId {
    EntryId([n; 32])
}

fn laser(size: Option<&str>, materials: &[&str]) -> Vec<(&'static str, Value)> {
    let mut fields = vec![("name", "Laser".into()), ("process", "laser-cutting".into())];
    if let Some(side) = size {
        fields.extend([
            ("width", quantity(side)),
            ("depth", quantity("600 mm")),
            ("thickness", quantity("15 mm")),
        ]);
    }
    if !materials.is_empty() {
        fields.push(("materials", Value::List(materials.iter().map(|m| (*m).into()).collect())));
    }
    fields
}

#[test]
fn what_fits_comes_first_and_what_is_not_stated_is_said() {
    let (fits, small, unsaid, far) = (
        laser(Some("1200 mm"), &["wood"]),
        laser(Some("600 mm"), &["wood"]),
        laser(None, &[]),
        laser(Some("2 m"), &["plywood"]),
    );
    let sheets = [
        (id(1), sheet("50.80", "4.30", &[&unsaid])),
        (id(2), sheet("50.85", "4.35", &[&small])),
        (id(3), sheet("50.90", "4.40", &[&fits])),
        (id(4), sheet("48.85", "2.35", &[&far])),
    ];
    let index = Index::of(sheets.iter().map(|(id, draft)| (*id, draft)));
    let near = Near { latitude: 50.85, longitude: 4.35, within: Some(20.0) };
    let query = Query {
        process: Some("découpe laser".into()),
        material: Some("birch plywood".into()),
        size: Some("1200x600x12".parse().unwrap()),
        near: Some(near),
    };
    let found = index.find(&query);
    assert_eq!(found.iter().map(|hit| hit.sheet).collect::<Vec<_>>(), [id(3), id(1)]);
    assert_eq!(found[0].why, ["takes 1200 mm x 600 mm, up to 15 mm thick", "works wood"]);
    assert_eq!(found[1].unknown, ["size not stated", "materials not stated"]);
    assert!((found[0].distance.unwrap() - 6.57).abs() < 0.1, "{:?}", found[0].distance);
    let anywhere = Query { near: Some(Near { within: None, ..near }), ..query };
    assert_eq!(index.find(&anywhere).len(), 3);
}

proptest::proptest! {
    #[test]
    fn the_index_finds_what_a_walk_over_all_finds(
        places in proptest::collection::vec((-900_i32..=900, -1_800_i32..=1_800, 0_usize..5, 1_u32..20), 0..40),
        at in (-900_i32..=900, -1_800_i32..=1_800), within in proptest::option::of(0_u32..25_000), asked in 0_usize..5) {
        let processes = ["laser-cutting", "fdm-printing", "3d-printing", "basket weaving", "turning"];
        let degrees = |tenths: i32| format!("{}{}.{}", if tenths < 0 { "-" } else { "" }, tenths.abs() / 10, tenths.abs() % 10);
        let sheets: Vec<(DocumentId, Draft)> = places.iter().enumerate().map(|(n, (north, east, process, size))| {
            let machine = [("process", processes[*process].into()), ("width", quantity(&format!("{size} dm"))), ("depth", quantity("1 m"))];
            (id(u8::try_from(n).unwrap()), sheet(&degrees(*north), &degrees(*east), &[&machine]))
        }).collect();
        let index = Index::of(sheets.iter().map(|(id, draft)| (*id, draft)));
        let near = Near { latitude: f64::from(at.0) / 10.0, longitude: f64::from(at.1) / 10.0, within: within.map(f64::from) };
        let query = Query { process: Some(processes[asked].into()), size: "900x400".parse().ok(), near: Some(near), material: None };
        proptest::prop_assert_eq!(index.find(&query), linear(&index, &query));
    }
}
