//! Entries that decode and make no sense: skipped, reported, never a panic.

use std::collections::BTreeMap;

use ipld_core::ipld::Ipld;
use proptest::prelude::*;

use super::workbench::*;
use crate::document::apply::Misfit;
use crate::document::design::Design;
use crate::document::draft::{DesignDraft, DraftPart};
use crate::document::edit::{Edit, EditFacts, Given, Named, Path, Written};
use crate::document::value::Value;
use crate::id::EntryId;

const M: Author = 66;

fn field(name: &str) -> Path {
    Path::root([name])
}

fn skipped_alone(edit: Edit) -> Misfit {
    let line = DraftPart { part: "bolt".into(), ..DraftPart::default() };
    let draft = DesignDraft { bom: vec![line], ..described("twelve chars") };
    let (mut bench, first) = Workbench::create(A, &draft);
    let before = bench.design();
    let bad = bench.edit(M, &[first], vec![edit, set("version", "kept")]);
    let design = bench.design();
    assert_eq!(design.version.agreed().unwrap(), "kept");
    assert_eq!(
        (design.title, design.description, design.bom),
        (before.title, before.description, before.bom)
    );
    assert_eq!((design.skipped.len(), design.skipped[0].entry, design.skipped[0].edit), (1, bad, Some(0)));
    design.skipped[0].why.clone()
}

#[test]
fn a_splice_outside_of_its_text_is_skipped() {
    for (at, delete) in [(13, 0), (0, 13), (12, 1), (u64::MAX, u64::MAX), (5, u64::MAX - 4), (1 << 63, 1)] {
        assert!(matches!(skipped_alone(splice(at, delete, "x")), Misfit::OutOfText { len: 12, .. }));
    }
}

#[test]
fn what_names_nothing_in_the_document_is_skipped() {
    let nobody = Named(Some(EntryId::of(b"nobody")), 0);
    let itself = Named(None, u32::MAX);
    for item in [nobody, itself] {
        assert!(matches!(skipped_alone(Edit::Remove { item }), Misfit::NoItem(_)));
        assert!(matches!(skipped_alone(Edit::Move { item, order: "a1".into() }), Misfit::NoItem(_)));
        let path = Path::of(item, "note");
        assert!(matches!(skipped_alone(Edit::Set { path, to: Value::Nothing.into() }), Misfit::NoItem(_)));
        let splice = Edit::Splice {
            path: field("description"),
            text: Some(item),
            at: 0,
            delete: 0,
            insert: "x".into(),
        };
        assert!(matches!(skipped_alone(splice), Misfit::NoText(_)));
    }
    let nowhere = Edit::Splice { path: field("story"), text: None, at: 0, delete: 0, insert: "x".into() };
    assert!(matches!(skipped_alone(nowhere), Misfit::NoText(_)));
}

#[test]
fn what_is_not_of_the_fields_type_is_skipped() {
    let set_to = |name: &str, to: Given| Edit::Set { path: field(name), to };
    let wrong = |edit| assert!(matches!(skipped_alone(edit), Misfit::WrongType { .. }));
    wrong(set_to("title", Value::Integer(3).into()));
    wrong(set_to("description", Value::from("not a collaborative text").into()));
    wrong(Edit::Text { path: field("title"), insert: "x".into() });
    let add = |list: &str, name: &str, to: Given| Edit::Add {
        list: list.into(),
        order: "a1".into(),
        fields: BTreeMap::from([(name.to_owned(), to)]),
    };
    wrong(add("bom", "quantity", Value::from("many").into()));
    wrong(add("files", "path", Value::from("../../etc/passwd").into()));
    wrong(add("files", "len", Value::Integer(-1).into()));
    let part = |edit| assert!(matches!(skipped_alone(edit), Misfit::WrongPart(..)));
    part(add("authors", "name", Value::from("Maker A").into()));
    part(set_to("title", Given::Personal(0)));
    for order in ["", "zzz", "a00", "é"] {
        let edit = Edit::Add { list: "bom".into(), order: order.into(), fields: BTreeMap::new() };
        assert!(matches!(skipped_alone(edit), Misfit::Order(_)));
    }
}

#[test]
fn an_edit_of_a_newer_schema_is_skipped_and_its_fields_are_kept() {
    let (mut bench, first) = Workbench::titled("Pump");
    let newer = Written::Unknown(Ipld::Map(BTreeMap::from([("rotate".to_owned(), Ipld::Bool(true))])));
    let known = Edit::Set { path: Path::root(["tolerance", "fit"]), to: Value::from("H7").into() };
    bench.raw(B, &[first], vec![newer, known.into()]);
    let design = bench.design();
    assert_eq!(design.skipped[0].why, Misfit::UnknownEdit);
    assert_eq!(design.other["tolerance/fit"].agreed().unwrap().as_text(), Some("H7"));
}

/// Found by fuzzing: these facts took ten seconds, all of them for the sentences of errors nobody read.
#[test]
fn facts_of_deeply_nested_lists_are_read_quickly() {
    let mut nested = Ipld::List(vec![]);
    for _ in 0..120 {
        nested = Ipld::List(vec![nested]);
    }
    let edits = vec![Written::Unknown(nested); 1_000];
    let bytes = crate::canonical::encode(&EditFacts { edits }).unwrap();
    let begun = std::time::Instant::now();
    assert_eq!(EditFacts::decode(&bytes).unwrap().edits.len(), 1_000);
    assert!(begun.elapsed() < std::time::Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[test]
fn an_entry_whose_facts_or_personal_part_cannot_be_read_changes_nothing() {
    let (mut bench, first) = Workbench::titled("Pump");
    let bad = bench.push(M, &[first], b"\xff\x00".to_vec(), Some(b"\xff".to_vec()));
    let design = bench.design();
    assert_eq!(design.title.agreed().unwrap(), "Pump");
    assert_eq!(design.heads, vec![bad]);
    assert_eq!(design.skipped.len(), 2);
}

#[test]
fn entries_that_name_each_other_or_themselves_are_left_out() {
    let (mut bench, first) = Workbench::titled("Pump");
    let one = bench.edit(A, &[first], vec![]);
    let two = bench.edit(A, &[one], vec![]);
    bench.entries[1].deps = vec![first, two];
    bench.entries[2].deps = vec![two];
    let document = bench.merged();
    assert_eq!(document.heads(), vec![first]);
    assert_eq!(document.history.left_out.len(), 2);
}

#[test]
fn positions_count_unicode_scalar_values() {
    let (mut bench, first) = Workbench::create(A, &described("é🔩\u{301}👩‍🔧x"));
    let next = bench.edit(A, &[first], vec![splice(6, 1, "é")]);
    assert_eq!(bench.design().description.agreed().unwrap(), "é🔩\u{301}👩‍🔧é");
    bench.edit(A, &[next], vec![splice(1, 2, "|")]);
    assert_eq!(bench.design().description.agreed().unwrap(), "é|👩‍🔧é");
}

fn any_edit() -> impl Strategy<Value = Edit> {
    let named = (prop::option::of(0_usize..6), 0_u32..4)
        .prop_map(|(e, i)| Named(e.map(|e| EntryId::of(&[u8::try_from(e).unwrap()])), i));
    let name =
        prop::sample::select(vec!["title", "description", "quantity", "name", "path", "x/~", "@place"]);
    let path = (prop::option::of(named.clone()), prop::collection::vec(name, 1..3))
        .prop_map(|(of, name)| Path { of, name: name.into_iter().map(str::to_owned).collect() });
    let to = prop_oneof![
        any::<u32>().prop_map(Given::Personal),
        any::<i64>().prop_map(|i| Value::Integer(i).into()),
        ".{0,9}".prop_map(|t| Value::Text(t).into()),
        Just(Value::Nothing.into()),
    ];
    let order = prop::sample::select(vec!["a0", "a1", "Zz", "", "a00", "~"]).prop_map(str::to_owned);
    let number = prop_oneof![0_u64..20, any::<u64>()];
    prop_oneof![
        (path.clone(), to.clone()).prop_map(|(path, to)| Edit::Set { path, to }),
        (path.clone(), ".{0,9}").prop_map(|(path, insert)| Edit::Text { path, insert }),
        (path, prop::option::of(named.clone()), number.clone(), number, ".{0,9}")
            .prop_map(|(path, text, at, delete, insert)| Edit::Splice { path, text, at, delete, insert }),
        (prop::sample::select(vec!["bom", "files", "authors", "steps"]), order.clone(), to).prop_map(
            |(list, order, to)| Edit::Add {
                list: list.into(),
                order,
                fields: BTreeMap::from([("name".into(), to)])
            }
        ),
        named.clone().prop_map(|item| Edit::Remove { item }),
        (named, order).prop_map(|(item, order)| Edit::Move { item, order }),
    ]
}

proptest! {
    #[test]
    fn whatever_edits_say_the_document_is_built_and_the_same_in_both_directions(
        entries in prop::collection::vec((0_u8..3, any::<u8>(), prop::collection::vec(any_edit(), 0..6)), 1..12),
    ) {
        let (mut bench, first) = Workbench::create(A, &described("text"));
        for (author, on, edits) in entries {
            let dep = bench.entries[usize::from(on) % bench.entries.len()].id;
            let edits = edits.into_iter().map(|e| aimed(e, first)).map(Written::Known).collect();
            bench.raw(author, &[dep, first], edits);
        }
        let document = bench.merged();
        bench.entries.reverse();
        let other = crate::document::materialise::Document::of(first, &bench.entries).unwrap();
        prop_assert_eq!(Design::of(&document).unwrap(), Design::of(&other).unwrap());
    }

    #[test]
    fn bytes_of_any_form_are_refused_or_read_and_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = crate::document::edit::EditFacts::decode(&bytes);
        let _ = crate::document::edit::CreateFacts::decode(&bytes);
        let _ = crate::document::edit::PersonalPart::decode(&bytes);
    }
}

/// Some of the names in random edits are made to hit: the first of them stands for the first entry.
fn aimed(mut edit: Edit, first: EntryId) -> Edit {
    let aim = |n: &mut Named| {
        if n.0 == Some(EntryId::of(&[0])) {
            n.0 = Some(first);
        }
    };
    match &mut edit {
        Edit::Set { path, .. } | Edit::Text { path, .. } => path.of.iter_mut().for_each(aim),
        Edit::Splice { path, text, .. } => path.of.iter_mut().chain(text).for_each(aim),
        Edit::Remove { item } | Edit::Move { item, .. } => aim(item),
        Edit::Add { .. } => {}
    }
    edit
}
