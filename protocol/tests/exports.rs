//! What is written for others: read again it is the same design, and the official schemas take it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use aronde_protocol::document::draft::{DesignDraft, Draft};
use aronde_protocol::document::value::Value;
use aronde_protocol::interchange::okh::write::{self, Version};
use aronde_protocol::interchange::{Given, bom, okh};

const BOTH: [Version; 2] = [Version::One, Version::Two];

fn folder(variable: &str, default: &str, sign: &str) -> Option<PathBuf> {
    let default = format!("{}/../../{default}", env!("CARGO_MANIFEST_DIR"));
    let path = PathBuf::from(std::env::var(variable).unwrap_or(default));
    if path.join(sign).is_file() {
        return Some(path);
    }
    eprintln!("SKIPPED: nothing at {} (set {variable}); nothing was tested here", path.display());
    None
}

fn read(text: &str) -> DesignDraft {
    okh::read(text.as_bytes(), &Given::default()).unwrap_or_else(|e| panic!("{e}\n{text}")).draft
}

/// Names under which the formats have a field of the design: what is kept beside under these is written anew.
const NAMED: &[&str] = &[
    "okhv",
    "okh-manifest-version",
    "manifest-version",
    "documentation-language",
    "language",
    "keywords",
    "repo",
    "repository",
    "project-link",
    "documentation-home",
    "mass",
    "technology-readiness-level",
    "documentation-readiness-level",
    "safety",
    "health-safety-notice",
    "health-and-safety-notice",
    "standards-used",
    "standard-compliance",
    "standard",
    "tsdc",
    "processes",
    "license",
    "licence",
    "spdx-license",
    "hardware-license",
    "outer-dimensions",
    "derivative-of",
    "fork-of",
    "variant-of",
    "title",
    "name",
    "function",
    "intended-use",
    "version",
    "project-version",
    "description",
    "outer-dimensions-as-written",
    "license-documentation",
    "license-software",
    "readiness",
    "documentation-readiness",
    "sources",
];

fn spelled(name: &str) -> String {
    let mut spelled = String::new();
    let mut low = false;
    for c in name.strip_prefix("okh:").unwrap_or(name).chars() {
        if c.is_uppercase() && low {
            spelled.push('-');
        }
        low = c.is_lowercase() || c.is_ascii_digit();
        spelled.extend(if c == '_' || c == ' ' { '-' } else { c }.to_lowercase());
    }
    spelled
}

/// Custom keys: what no format names.
fn custom(draft: &DesignDraft) -> BTreeMap<String, Value> {
    let kind = &aronde_protocol::document::schema::design::KIND;
    let ours = |name: &str| kind.names(None).any(|own| own == name) || kind.list(name).is_some();
    let named = |name: &str| NAMED.contains(&name) || ours(name);
    let own = draft.unknown.iter().filter(|(name, _)| !named(&spelled(name)));
    // A list of one picture is that picture: version 1 has no place for a list.
    let one = |name: &str, value: Value| match value {
        Value::List(items)
            if ["image", "bom", "tool-list"].contains(&spelled(name).as_str()) && items.len() == 1 =>
        {
            items[0].clone()
        }
        value => value,
    };
    own.map(|(name, value)| (name.clone(), one(name, said(value)))).collect()
}

/// A value without what says nothing, which TOML cannot write.
fn said(value: &Value) -> Value {
    match value {
        Value::Map(parts) => {
            let says = parts.iter().filter(|(_, value)| **value != Value::Nothing);
            Value::Map(says.map(|(name, value)| (name.clone(), said(value))).collect())
        }
        Value::List(items) => Value::List(
            items.iter().map(|v| if *v == Value::Nothing { "".into() } else { said(v) }).collect(),
        ),
        value => value.clone(),
    }
}

/// What differs, if anything does.
fn differs(before: &DesignDraft, after: &DesignDraft) -> Option<String> {
    let fields = [
        ("title", before.title == after.title),
        ("description", before.description == after.description),
        ("version", before.version == after.version),
        ("licence", before.licence == after.licence),
        ("function", before.function == after.function),
        ("authors", before.authors == after.authors),
        ("bom", before.bom == after.bom),
        ("typed", before.typed == after.typed),
        ("lists", before.lists == after.lists),
        ("custom", custom(before) == custom(after)),
    ];
    let (name, _) = fields.iter().find(|(_, same)| !same)?;
    Some(match *name {
        "typed" => format!("typed {:?} became {:?}", before.typed, after.typed),
        "lists" => format!("lists {:?} became {:?}", before.lists, after.lists),
        "custom" => format!("custom {:?} became {:?}", custom(before), custom(after)),
        name => name.to_owned(),
    })
}

#[test]
fn every_real_manifest_is_the_same_design_after_export_and_import_in_both_formats() {
    let Some(data) = folder("ARONDE_DATA", "shared/data", "manifests/INDEX.csv") else { return };
    let mut index = csv::Reader::from_path(data.join("manifests/INDEX.csv")).unwrap();
    let mut figures: BTreeMap<String, usize> = BTreeMap::new();
    let mut typed: BTreeMap<String, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    for row in index.deserialize::<BTreeMap<String, String>>() {
        let row = row.unwrap();
        let bytes = std::fs::read(data.join("manifests").join(&row["file"])).unwrap();
        let Ok(manifest) = okh::read(&bytes, &Given::default()) else { continue };
        let before = manifest.draft;
        for name in before.typed.keys().chain(before.lists.keys()) {
            *typed.entry(name.clone()).or_default() += 1;
        }
        for version in BOTH {
            let text = write::manifest(&Draft::from(&before), version);
            let after = read(&text);
            let again = write::manifest(&Draft::from(&after), version);
            let why =
                differs(&before, &after).or((text != again).then(|| format!("written again:\n{again}")));
            if let Some(why) = why {
                failures.push(format!("{} as {version:?}: {why}\n{text}", row["file"]));
                continue;
            }
            *figures.entry(format!("{} → {version:?}", row["format"])).or_default() += 1;
        }
    }
    eprintln!("the same after export and import: {figures:?}\nread into typed fields: {typed:?}");
    let shown: Vec<String> = failures.iter().take(4).map(|f| f.chars().take(2_500).collect()).collect();
    assert!(failures.is_empty(), "{} differ, such as\n{}", failures.len(), shown.join("\n\n"));
    assert!(figures.values().sum::<usize>() > 4_000);
}

#[test]
fn exports_of_real_manifests_pass_the_official_schemas_but_for_what_their_sources_lack() {
    let Some(data) = folder("ARONDE_DATA", "shared/data", "manifests/INDEX.csv") else { return };
    let Some(refs) = folder("ARONDE_REFS", "shared/refs", "okh/okh-2.4/okh.schema.json") else { return };
    let schema = |name: &str| {
        let text = std::fs::read_to_string(refs.join("okh/okh-2.4").join(name)).unwrap();
        jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
    };
    let schemas = [(Version::One, schema("okh-v1.schema.json")), (Version::Two, schema("okh.schema.json"))];
    let mut index = csv::Reader::from_path(data.join("manifests/INDEX.csv")).unwrap();
    let mut figures: BTreeMap<(String, String), [usize; 3]> = BTreeMap::new();
    let mut causes: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for row in index.deserialize::<BTreeMap<String, String>>() {
        let row = row.unwrap();
        let bytes = std::fs::read(data.join("manifests").join(&row["file"])).unwrap();
        let Ok(manifest) = okh::read(&bytes, &Given::default()) else { continue };
        let draft = Draft::from(&manifest.draft);
        for (version, schema) in &schemas {
            let text = write::manifest(&draft, *version);
            let json: serde_json::Value = match version {
                Version::One => {
                    serde_json::to_value(serde_saphyr::from_str::<serde_json::Value>(&text).unwrap()).unwrap()
                }
                Version::Two => serde_json::to_value(toml::from_str::<toml::Value>(&text).unwrap()).unwrap(),
            };
            let figure = figures.entry((row["kind"].clone(), format!("{version:?}"))).or_default();
            let errors: Vec<String> =
                schema.iter_errors(&json).map(|e| format!("{} {}", e.instance_path(), e)).collect();
            let lacking = write::missing(&draft, *version);
            if errors.is_empty() {
                figure[0] += 1;
            } else if !lacking.is_empty() {
                figure[1] += 1;
            } else {
                figure[2] += 1;
                for error in errors {
                    let cause: String = error
                        .split(' ')
                        .next()
                        .unwrap_or_default()
                        .chars()
                        .filter(|c| !c.is_numeric())
                        .collect();
                    let entry = causes
                        .entry(format!("{version:?} {cause}"))
                        .or_insert((0, format!("{}: {error}", row["file"])));
                    entry.0 += 1;
                }
            }
        }
    }
    for ((kind, version), [pass, lacking, other]) in &figures {
        eprintln!(
            "{kind:20} {version:4} pass {pass:5}, source lacks what is asked for {lacking:4}, other {other:3}"
        );
    }
    for (cause, (count, first)) in &causes {
        let first: String = first.chars().take(240).collect();
        eprintln!("  {count:3} {cause}: {first}");
    }
    let other: usize = figures.values().map(|figure| figure[2]).sum();
    assert!(other * 50 < figures.values().flatten().sum::<usize>(), "{other} fail for other reasons");
}

#[test]
fn a_design_with_everything_survives_both_formats() {
    let text = "title: Wall bracket\ndescription: |\n  Holds tools.\n\n  Second part: yes.\nfunction: holds tools\nversion: '1.10'\n\
        license: {hardware: CERN-OHL-S-2.0, documentation: CC-BY-SA-4.0}\nlicensor: {name: Maker A, email: a@example.org}\n\
        contributors: [{name: Maker B, url: 'https://example.org/b'}, {name: Maker C}]\nkeywords: [tool, wall]\n\
        repo: https://example.org/north/bracket\nmass: 0.50\nouter-dimensions: {width: 10.0, depth: 5, height: 2.5}\n\
        safety: sharp edges\nnorms: [ISO 2768-m]\ngeneral-tolerance: ISO 2768-m\nend-of-life: take apart\n\
        sources:\n  - {title: Older bracket 1.0.0, release: abcd, licence: CERN-OHL-S-2.0, attribution: Workshop North, relation: derived}\n\
        steps:\n  - {title: Drill, text: \"Drill.\\nDeburr.\", parts: [plate], tools: [drill 4 mm], torque: 2.5 N.m}\n\
        quality:\n  - {criterion: load, acceptance: 5 kg}\nbom-lines:\n  - {part: plate, quantity: '2 {piece}', material: steel, Shop: here}\n\
        rpm: 666\nweird: {deep: [1, 2.50, 'true', '1e3']}\n";
    let before = read(text);
    assert_eq!(before.lists["steps"][0]["torque"], Value::Quantity("2.5 N.m".parse().unwrap()));
    assert_eq!(before.typed["mass"], Value::Quantity("0.50 g".parse().unwrap()));
    assert_eq!(before.bom[0].quantity.as_ref().unwrap().to_string(), "2 {piece}");
    for version in BOTH {
        let text = write::manifest(&Draft::from(&before), version);
        assert_eq!(differs(&before, &read(&text)), None, "{text}");
        assert!(text.contains("Workshop North") && text.contains("Older bracket"), "{text}");
    }
}

#[test]
fn what_was_edited_goes_before_what_the_old_manifest_said() {
    let mut draft = Draft::from(&read(
        "title: x\nlicense: MIT\nmass: 3\nkeywords: [a]\nproject-link: https://example.org/x\n",
    ));
    draft.fields.insert("mass".into(), Value::Quantity("4 g".parse().unwrap()));
    draft.fields.insert("keywords".into(), Value::List(vec!["b".into()]));
    draft.fields.insert("licence".into(), "CC-BY-4.0".into());
    for version in BOTH {
        let text = write::manifest(&draft, version);
        let after = read(&text);
        assert_eq!(after.typed["mass"], Value::Quantity("4 g".parse().unwrap()), "{text}");
        assert_eq!(after.typed["keywords"], Value::List(vec!["b".into()]));
        assert_eq!(after.licence.as_deref(), Some("CC-BY-4.0"));
    }
}

#[test]
fn a_bill_of_materials_is_read_back_from_its_table() {
    let text = "title: x\nlicense: MIT\nbom-lines:\n  - {part: plate, quantity: '2 {piece}', reference: P1, note: flat, material: steel}\n  \
        - {part: rod, quantity: 0.50 m, Shop: '=HYPERLINK()'}\n  - {part: tape, quantity: '3 {rolls}'}\n  - {part: glue, supplier: here}\n";
    let draft = read(text);
    let table = write::bom(&Draft::from(&draft));
    let again = bom::read("BOM.csv", table.as_bytes()).unwrap().parts;
    let told = |parts: &[aronde_protocol::document::draft::DraftPart]| -> Vec<_> {
        let part = |p: &aronde_protocol::document::draft::DraftPart| {
            (
                p.part.clone(),
                p.quantity.as_ref().map(ToString::to_string),
                p.reference.clone(),
                p.note.clone(),
            )
        };
        parts.iter().map(part).collect()
    };
    assert_eq!(told(&again), told(&draft.bom), "{table}");
    assert!(table.contains("'=HYPERLINK"), "no spreadsheet runs it: {table}");
}

#[test]
fn tables_of_other_programs_are_read() {
    for (style, table) in [
        ("KiCad", "\"Reference\",\"Value\",\"Footprint\",\"Qty\"\n\"R1,R2\",\"10k\",\"R_0603\",\"2\"\n"),
        ("FreeCAD", "Index,Name,File Name,Quantity\n1,10k,r.FCStd,2\n"),
        ("spreadsheet, French", "Pièce;Quantité;Fournisseur\r\n10k;2;ici\r\n"),
        ("spreadsheet, tabs", "Part\tQty\tUnit\n10k\t2\tpcs\n"),
    ] {
        let parts = bom::read("t", table.as_bytes()).unwrap_or_else(|e| panic!("{style}: {e}")).parts;
        let found: Vec<_> =
            parts.iter().map(|p| (p.part.as_str(), p.quantity.as_ref().unwrap().to_string())).collect();
        assert_eq!(found, [("10k", "2 {piece}".to_owned())], "{style}");
    }
}

#[test]
fn what_the_format_asks_for_and_is_not_there_is_named() {
    let draft = Draft::from(&read("title: x\nlicense: MIT\n"));
    let names = |version| write::missing(&draft, version).into_iter().collect::<BTreeSet<_>>();
    assert_eq!(names(Version::Two), BTreeSet::from(["repo", "licensor", "function"]));
    assert_eq!(names(Version::One), BTreeSet::from(["description", "project-link"]));
    let draft = Draft::from(&read("title: x\nlicense: MIT\nfunction: holds\n"));
    assert!(!write::missing(&draft, Version::One).contains(&"description"));
}

proptest::proptest! {
    /// Texts of any kind, in places of any kind.
    #[test]
    fn whatever_a_draft_holds_is_read_again(
        title in "[a-zA-Z0-9:#'\"\\\\éß ]{1,20}",
        description in "\\PC{0,40}(\n\\PC{0,40}){0,4}",
        key in "[a-z][a-z0-9 .\"é-]{0,12}",
        text in "\\PC{0,40}",
        number in -1_000_000_i64..1_000_000,
        scale in 0_u32..8,
    ) {
        proptest::prop_assume!(title.trim().len() > 1 && !["value"].contains(&title.trim()));
        let value = Value::Map(BTreeMap::from([
            (key.clone(), Value::List(vec![text.as_str().into(), Value::Integer(number), Value::Boolean(true)])),
            (format!("{key}2"), Value::Decimal(rust_decimal::Decimal::new(number, scale))),
        ]));
        let before = DesignDraft {
            title: title.split_whitespace().collect::<Vec<_>>().join(" "),
            description: description.trim().to_owned(),
            licence: Some("MIT".into()),
            unknown: BTreeMap::from([(format!("x {key}"), value), ("y".into(), text.as_str().into())]),
            ..DesignDraft::default()
        };
        proptest::prop_assume!(!["", "value", "...", "…"].contains(&before.title.trim_matches(['[', ']', '<', '>', '\'', '"'])));
        for version in BOTH {
            let written = write::manifest(&Draft::from(&before), version);
            let after = read(&written);
            proptest::prop_assert_eq!(&after.title, &before.title);
            proptest::prop_assert_eq!(custom(&after), custom(&before), "{}", written);
        }
    }
}
