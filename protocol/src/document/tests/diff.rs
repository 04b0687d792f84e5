//! What is different between two states of a document.

use std::collections::BTreeMap;

use super::workbench::*;
use crate::document::DocumentEntry;
use crate::document::diff::{Diff, ItemChange};
use crate::document::draft::{DesignDraft, DraftAuthor, DraftFile, DraftPart};
use crate::document::edit::{Edit, Path};
use crate::document::materialise::Document;
use crate::document::text_diff::Piece;
use crate::document::update::{set_fields, update_design};
use crate::document::value::Value;
use crate::document::view::Shown;
use crate::id::{EntryId, FileHash};

fn line(part: &str, quantity: &str) -> DraftPart {
    let quantity = Some(quantity.parse().unwrap());
    DraftPart { part: part.into(), quantity, ..DraftPart::default() }
}

fn stool() -> DesignDraft {
    DesignDraft {
        title: "Stool".into(),
        version: Some("1.0.0".into()),
        description: "A stool with three legs.\nPaint it.\n".into(),
        bom: vec![line("leg", "3 {piece}"), line("seat", "1 {piece}"), line("screw", "6 {piece}")],
        files: vec![DraftFile { path: "stool.step".into(), hash: FileHash::of(b"1"), len: 1, role: None }],
        authors: vec![DraftAuthor { name: "Maker A".into(), contact: None }],
        ..DesignDraft::default()
    }
}

/// The state at these heads, as if nothing else were accepted.
fn at(bench: &Workbench, heads: &[EntryId]) -> Document {
    let (mut past, mut todo) = (Vec::<DocumentEntry>::new(), heads.to_vec());
    while let Some(id) = todo.pop() {
        let entry = bench.entries.iter().find(|e| e.id == id).unwrap();
        if !past.iter().any(|p| p.id == id) {
            todo.extend(&entry.deps);
            past.push(entry.clone());
        }
    }
    Document::of(bench.document(), &past).unwrap()
}

/// What a change of the draft makes different.
fn difference(change: impl FnOnce(&mut DesignDraft)) -> Diff {
    let (mut bench, first) = Workbench::create(A, &stool());
    let old = bench.merged();
    let mut draft = stool();
    change(&mut draft);
    let batches = update_design(&old, &draft).unwrap();
    bench.write_all(B, &[first], &batches);
    Diff::between(&old, &bench.merged())
}

/// A line of a list as people would tell it: `- 2 seat`, `+ 3 washer`, `~ 1 leg quantity`.
fn told(item: &ItemChange) -> String {
    let label = item.label.as_deref().unwrap_or("?");
    let fields: Vec<&str> = item.fields.iter().map(|f| f.field.as_str()).collect();
    match (item.old, item.new) {
        (None, Some(at)) => format!("+ {at} {label}"),
        (Some(at), None) => format!("- {at} {label}"),
        (Some(old), Some(new)) if item.moved => format!("~ {old}>{new} {label} {}", fields.join(" ")),
        (_, at) => format!("~ {} {label} {}", at.unwrap(), fields.join(" ")),
    }
    .trim_end()
    .to_owned()
}

fn lines(diff: &Diff, list: &str) -> Vec<String> {
    diff.items.iter().filter(|i| i.list == list).map(told).collect()
}

fn text(text: &str) -> Vec<Shown> {
    vec![Shown::Value(text.into())]
}

#[test]
fn equal_states_differ_in_nothing() {
    let (bench, _) = Workbench::create(A, &stool());
    assert!(Diff::between(&bench.merged(), &bench.merged()).is_empty());
    assert!(difference(|_| {}).is_empty());
    // What is written and taken back again is no difference either.
    let (mut bench, first) = Workbench::create(A, &stool());
    let old = bench.merged();
    let there = bench.edit(B, &[first], vec![set("version", "2")]);
    bench.edit(B, &[there], vec![set("version", "1.0.0")]);
    assert!(Diff::between(&old, &bench.merged()).is_empty());
}

#[test]
fn fields_are_shown_with_what_stood_there_and_what_stands_there() {
    let diff = difference(|d| {
        d.version = Some("1.1.0".into());
        d.licence = Some("CERN-OHL-S-2.0".into());
    });
    let fields: Vec<_> = diff.fields.iter().map(|f| (f.field.as_str(), &f.old, &f.new)).collect();
    assert_eq!(
        fields,
        [("licence", &vec![], &text("CERN-OHL-S-2.0")), ("version", &text("1.0.0"), &text("1.1.0"))]
    );
    assert!(diff.items.is_empty() && diff.conflicts().is_empty());
    let back = difference(|d| d.version = None);
    assert_eq!((&back.fields[0].old, &back.fields[0].new), (&text("1.0.0"), &vec![]));
}

#[test]
fn a_parts_list_is_compared_line_by_line() {
    let bom = |change: &dyn Fn(&mut Vec<DraftPart>)| lines(&difference(|d| change(&mut d.bom)), "bom");
    assert_eq!(bom(&|b| b[0].quantity = Some("4 {piece}".parse().unwrap())), ["~ 1 leg quantity"]);
    assert_eq!(bom(&|b| b.insert(1, line("washer", "6 {piece}"))), ["+ 2 washer"]);
    assert_eq!(bom(&|b| drop(b.remove(1))), ["- 2 seat"]);
    assert_eq!(bom(&|b| b.rotate_left(1)), ["~ 1>3 leg"], "one moved, the others kept their order");
    assert_eq!(
        bom(&|b| {
            b.remove(0);
            b[1].note = Some("galvanised".into());
            b.push(line("foot", "3 {piece}"));
        }),
        ["~ 2 screw note", "+ 3 foot", "- 1 leg"]
    );
}

#[test]
fn an_added_and_a_removed_line_show_all_that_is_in_them() {
    let diff = difference(|d| d.bom = vec![line("beam", "0.50 m")]);
    let [added, removed] = [0, 1].map(|n| &diff.items[n]);
    let fields: Vec<_> = added.fields.iter().map(|f| (f.field.as_str(), f.old.len(), &f.new)).collect();
    let quantity = vec![Shown::Value(Value::Quantity("0.50 m".parse().unwrap()))];
    assert_eq!(fields, [("part", 0, &text("beam")), ("quantity", 0, &quantity)]);
    assert!(removed.new.is_none() && removed.fields.iter().all(|f| f.old.len() == 1 && f.new.is_empty()));
}

#[test]
fn a_line_is_the_same_line_though_everything_in_it_changed() {
    let (mut bench, first) = Workbench::create(A, &stool());
    let old = bench.merged();
    let mut head = first;
    for (field, value) in [("bom/1/part", "post"), ("bom/1/quantity", "4 {piece}"), ("bom/1/note", "oak")] {
        head = bench.write_all(B, &[head], &set_fields(&bench.merged(), [(field, value)]).unwrap());
    }
    assert_eq!(lines(&Diff::between(&old, &bench.merged()), "bom"), ["~ 1 post note part quantity"]);
}

#[test]
fn files_and_authors_are_items_too() {
    let diff = difference(|d| {
        d.files[0].hash = FileHash::of(b"2");
        d.files[0].len = 2;
        d.authors.push(DraftAuthor { name: "Maker B".into(), contact: None });
    });
    assert_eq!(lines(&diff, "files"), ["~ 1 stool.step file len"]);
    assert_eq!(lines(&diff, "authors"), ["+ 2 Maker B"]);
}

#[test]
fn long_texts_are_compared_by_their_words_and_short_ones_are_not() {
    let diff = difference(|d| {
        d.description = "A stool with four legs.\nPaint it.\n".into();
        d.title = "Bench".into();
    });
    let by_name: BTreeMap<&str, _> = diff.fields.iter().map(|f| (f.field.as_str(), f.pieces())).collect();
    let kept = |text: &str| Piece::Kept(text.into());
    let words = vec![
        kept("A stool with "),
        Piece::Gone("three".into()),
        Piece::Come("four".into()),
        kept(" legs.\nPaint it.\n"),
    ];
    assert_eq!(by_name, BTreeMap::from([("description", Some(words)), ("title", None)]));
}

#[test]
fn what_would_be_in_conflict_is_named_with_all_values() {
    let (mut bench, first) = Workbench::create(A, &stool());
    let seat = bench.design().bom[1].id;
    let keeper = bench.edit(
        A,
        &[first],
        vec![
            set("version", "1.1.0"),
            Edit::Set { path: Path::of(seat, "note"), to: Value::from("oak").into() },
        ],
    );
    let proposed = bench.edit(
        B,
        &[first],
        vec![set("version", "2.0.0"), set("function", "carries"), Edit::Remove { item: seat.into() }],
    );
    let diff = Diff::between(&at(&bench, &[keeper]), &at(&bench, &[keeper, proposed]));
    assert_eq!(diff.conflicts(), ["version".to_owned(), format!("bom/{seat}/@presence")]);
    let version = diff.fields.iter().find(|f| f.field == "version").unwrap();
    assert_eq!((&version.old, version.new.len()), (&text("1.1.0"), 2));
    assert!(version.new.contains(&Shown::Value("2.0.0".into())));
    assert_eq!(lines(&diff, "bom"), ["~ 2 seat @presence"]);
    // The other way round the conflict is settled, and no field is left in one.
    let settled = Diff::between(&at(&bench, &[keeper, proposed]), &at(&bench, &[keeper]));
    assert_eq!((settled.conflicts().len(), settled.fields.len()), (0, 2));
}

#[test]
fn values_that_were_redacted_are_told_apart_by_their_hands() {
    let (mut bench, first) = Workbench::create(A, &stool());
    let named = set_fields(&bench.merged(), [("authors/1/name", "Maker Z")]).unwrap();
    let renamed = bench.write_all(B, &[first], &named);
    bench.entries.iter_mut().for_each(|entry| entry.personal = None);
    let (old, new) = (at(&bench, &[first]), at(&bench, &[renamed]));
    assert!(Diff::between(&old, &old).is_empty());
    let diff = Diff::between(&old, &new);
    assert_eq!(lines(&diff, "authors"), ["~ 1 ? name"]);
    assert_eq!(diff.items[0].fields[0].new, [Shown::Withheld]);
}
