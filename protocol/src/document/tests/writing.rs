//! Wishes become edits, as few as needed.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::workbench::*;
use crate::document::authoring;
use crate::document::batch::DraftError;
use crate::document::design::Design;
use crate::document::draft::{DesignDraft, DraftAuthor, DraftFile, DraftPart};
use crate::document::edit::Edit;
use crate::document::update::{UpdateError, set_fields, update_design};
use crate::document::value::Value;
use crate::document::view::Field;
use crate::id::FileHash;
use crate::limits::{FACTS_MAX, PATH_NAME_MAX};

fn file(path: &str, content: &str) -> DraftFile {
    DraftFile {
        path: path.into(),
        hash: FileHash::of(content.as_bytes()),
        len: content.len() as u64,
        role: None,
    }
}

fn line(part: &str, quantity: &str) -> DraftPart {
    DraftPart {
        part: part.into(),
        quantity: Some(quantity.parse().unwrap()),
        unknown: BTreeMap::from([("Supplier".into(), "S".into())]),
        ..DraftPart::default()
    }
}

fn full() -> DesignDraft {
    DesignDraft {
        title: "Pump".into(),
        description: "A pump for water.\n".into(),
        version: Some("1.0.0".into()),
        licence: Some("CERN-OHL-S-2.0".into()),
        function: Some("moves water".into()),
        authors: vec![DraftAuthor { name: "Maker A".into(), contact: Some("a@example.org".into()) }],
        bom: vec![line("bolt", "2 {piece}"), line("nut", "4 {piece}"), line("rod", "0.50 m")],
        files: vec![file("okh.toml", "okhv"), file("cad/pump.step", "solid")],
        unknown: BTreeMap::from([("okhv".into(), "1.0".into()), ("a/b ~".into(), Value::Integer(3))]),
        ..DesignDraft::default()
    }
}

fn get<T: Clone>(field: &Field<T>) -> Option<T> {
    field.agreed().cloned()
}

/// The design read back as a draft; panics on anything in conflict.
fn as_draft(design: &Design) -> DesignDraft {
    assert!(design.conflicts.is_empty() && design.skipped.is_empty(), "{:?}", design.skipped);
    let text = |field: &Field<Value>| field.agreed().and_then(Value::as_text).map(str::to_owned);
    let present = |fields: &BTreeMap<String, Field<Value>>| {
        fields.iter().filter_map(|(name, f)| Some((name.clone(), get(f)?))).collect()
    };
    DesignDraft {
        title: get(&design.title).unwrap_or_default(),
        description: get(&design.description).unwrap_or_default(),
        version: get(&design.version),
        licence: get(&design.licence),
        function: get(&design.function),
        authors: design
            .authors
            .iter()
            .map(|a| DraftAuthor { name: text(&a.what.name).unwrap(), contact: text(&a.what.contact) })
            .collect(),
        bom: design
            .bom
            .iter()
            .map(|l| DraftPart {
                part: get(&l.what.part).unwrap_or_default(),
                quantity: get(&l.what.quantity),
                reference: get(&l.what.reference),
                note: get(&l.what.note),
                unknown: present(&l.what.other),
            })
            .collect(),
        files: design
            .files
            .iter()
            .map(|f| DraftFile {
                path: get(&f.what.path).unwrap(),
                hash: get(&f.what.file).unwrap(),
                len: get(&f.what.len).unwrap(),
                role: get(&f.what.role),
            })
            .collect(),
        unknown: present(&design.manifest),
        ..DesignDraft::default()
    }
}

#[test]
fn a_design_is_read_back_as_it_was_drafted_and_updating_it_to_itself_writes_nothing() {
    let (bench, _) = Workbench::create(A, &full());
    assert_eq!(bench.entries.len(), 1);
    assert_eq!(as_draft(&bench.design()), full());
    assert_eq!(update_design(&bench.merged(), &full()).unwrap(), vec![]);
}

#[test]
fn an_update_writes_only_what_changed() {
    let (bench, _) = Workbench::create(A, &full());
    let edits_to = |change: &dyn Fn(&mut DesignDraft)| {
        let mut draft = full();
        change(&mut draft);
        let batches = update_design(&bench.merged(), &draft).unwrap();
        assert_eq!(batches.len(), 1);
        batches[0].edits.clone()
    };
    assert_eq!(edits_to(&|d| d.version = Some("1.1.0".into())), vec![set("version", "1.1.0")]);
    assert_eq!(edits_to(&|d| d.version = None), vec![set("version", Value::Nothing)]);
    let longer = |d: &mut DesignDraft| d.description = "A good pump for water.\n".into();
    assert_eq!(edits_to(&longer), vec![splice(2, 0, "good ")]);
    assert_eq!(edits_to(&|d| drop(d.bom.remove(1))).len(), 1);
    assert!(matches!(edits_to(&|d| d.bom.rotate_left(1))[..], [Edit::Move { .. }]));
    assert!(matches!(edits_to(&|d| d.bom.insert(1, line("washer", "4 {piece}")))[..], [Edit::Add { .. }]));
    assert!(matches!(
        edits_to(&|d| d.files[1] = file("cad/pump.step", "other"))[..],
        [Edit::Set { .. }, Edit::Set { .. }] | [Edit::Set { .. }]
    ));
    assert!(matches!(edits_to(&|d| d.bom[0].unknown.clear())[..], [Edit::Set { .. }]));
}

#[test]
fn an_update_decides_what_stood_in_conflict() {
    let (mut bench, first) = Workbench::create(A, &full());
    let a = bench.edit(A, &[first], vec![set("version", "2"), splice(2, 0, "red ")]);
    let item = bench.design().bom[0].id;
    let b = bench.edit(
        B,
        &[first],
        vec![set("version", "3"), splice(2, 0, "blue "), Edit::Remove { item: item.into() }],
    );
    let item = crate::document::edit::Path::of(item, "note");
    let c = bench.edit(C, &[first], vec![Edit::Set { path: item, to: Value::from("M6").into() }]);
    assert_eq!(bench.design().conflicts.len(), 3);
    let batches = update_design(&bench.merged(), &full()).unwrap();
    bench.write_all(A, &[a, b, c], &batches);
    assert_eq!(as_draft(&bench.design()), full());
}

#[test]
fn a_field_is_set_by_a_text_read_by_its_type() {
    let (mut bench, mut head) = Workbench::create(A, &full());
    for (field, text) in [
        ("bom/3/quantity", "3 h"),
        ("title", "Siphon"),
        ("description", "A siphon for water.\n"),
        ("manifest/okhv", "2.0"),
        ("authors/1/name", "Maker B"),
        ("function", ""),
    ] {
        let batches = set_fields(&bench.merged(), [(field, text)]).unwrap();
        head = bench.write_all(B, &[head], &batches);
    }
    let mut expected = full();
    expected.bom[2].quantity = Some("3 h".parse().unwrap());
    expected.title = "Siphon".into();
    expected.description = "A siphon for water.\n".into();
    expected.unknown.insert("okhv".into(), "2.0".into());
    expected.authors[0].name = "Maker B".into();
    expected.function = None;
    assert_eq!(as_draft(&bench.design()), expected);
    let written: Vec<u8> = bench.entries.iter().flat_map(|e| e.facts.clone()).collect();
    assert!(!String::from_utf8_lossy(&written).contains("Maker"));

    let document = bench.merged();
    let error = set_fields(&document, [("bom/1/quantity", "many")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the field \"bom/1/quantity\" takes a quantity such as \"3 h\", not \"many\""
    );
    let error = set_fields(&document, [("title", "Siphon 2"), ("titel", "x")]).unwrap_err();
    assert!(matches!(error, UpdateError::NoSuchField(_)));
    // A column that somebody's parts list brought is a field of every line.
    assert_eq!(set_fields(&document, [("bom/2/Supplier", "T")]).unwrap().len(), 1);
    assert!(set_fields(&document, [("bom/2/colour", "red")]).is_err());
    for field in ["bom/9/part", "bom/0/part"] {
        let error = set_fields(&document, [(field, "x")]).unwrap_err();
        assert!(matches!(error, UpdateError::Draft(DraftError::NoItem { .. })), "{field}");
    }
    for field in ["bom", "", "bom/1"] {
        let error = set_fields(&document, [(field, "x")]).unwrap_err();
        assert!(matches!(error, UpdateError::Draft(DraftError::NoField { .. })), "{field}");
    }
}

#[test]
fn fields_that_are_set_together_go_into_one_entry() {
    let (mut bench, head) = Workbench::create(A, &full());
    let wishes = [("version", "2"), ("title", "Siphon"), ("authors/1/name", "Maker B"), ("bom/1/note", "M8")];
    let batches = set_fields(&bench.merged(), wishes).unwrap();
    assert_eq!(batches.len(), 1);
    bench.write_all(A, &[head], &batches);
    let mut expected = full();
    expected.version = Some("2".into());
    expected.title = "Siphon".into();
    expected.authors[0].name = "Maker B".into();
    expected.bom[0].note = Some("M8".into());
    assert_eq!(as_draft(&bench.design()), expected);
}

#[test]
fn a_design_too_big_for_one_entry_takes_several_and_what_fits_none_is_refused() {
    let files = (0..3_000).map(|i| file(&format!("cad/part-{i:04}.step"), &i.to_string())).collect();
    let big = DesignDraft {
        description: "wörter ".repeat(30_000),
        authors: (0..300)
            .map(|i| DraftAuthor { name: format!("Maker {i}"), ..DraftAuthor::default() })
            .collect(),
        files,
        ..full()
    };
    let (bench, _) = Workbench::create(A, &big);
    assert!(bench.entries.len() > 3);
    assert!(bench.entries.iter().all(|e| e.facts.len() <= FACTS_MAX));
    assert_eq!(as_draft(&bench.design()), big);

    let refused = |draft: DesignDraft| authoring::create_design(&draft).unwrap_err();
    let title = DesignDraft { title: "x".repeat(FACTS_MAX), ..full() };
    assert!(matches!(refused(title), DraftError::TooBig { .. }));
    let manifest =
        BTreeMap::from([("k".repeat(PATH_NAME_MAX + 1), Value::Nothing), (String::new(), "x".into())]);
    assert!(matches!(refused(DesignDraft { unknown: manifest, ..full() }), DraftError::Refused { .. }));
    let files = vec![file("../up", "x")];
    assert!(matches!(refused(DesignDraft { files, ..full() }), DraftError::WrongType { .. }));
}

fn drafts() -> impl Strategy<Value = DesignDraft> {
    let name = "[a-d]{1,2}";
    let bom = prop::collection::vec((name, 0_u32..4), 0..8).prop_map(|lines| {
        lines.into_iter().map(|(part, n)| line(&part, &format!("{n} {{piece}}"))).collect::<Vec<_>>()
    });
    let files = prop::collection::btree_map(name, "[xy]{1}", 0..6)
        .prop_map(|files| files.iter().map(|(path, c)| file(path, c)).collect::<Vec<_>>())
        .prop_shuffle();
    let manifest = prop::collection::btree_map("[a-c/~]{1,3}", "[xy]{1,2}".prop_map(Value::Text), 0..3);
    ("[a-cé]{0,12}", prop::option::of(name), bom, files, manifest).prop_map(
        |(description, version, bom, files, manifest)| DesignDraft {
            description,
            version,
            bom,
            files,
            unknown: manifest,
            ..DesignDraft::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn an_update_makes_any_design_any_draft(drafts in prop::collection::vec(drafts(), 2..5)) {
        let (mut bench, mut head) = Workbench::create(A, &drafts[0]);
        for draft in &drafts {
            let batches = update_design(&bench.merged(), draft).unwrap();
            if !batches.is_empty() {
                head = bench.write_all(A, &[head], &batches);
            }
            prop_assert_eq!(&as_draft(&bench.design()), draft);
            prop_assert!(update_design(&bench.merged(), draft).unwrap().is_empty());
        }
    }
}
