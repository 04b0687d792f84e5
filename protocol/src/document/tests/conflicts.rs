//! Concurrent values are all shown, and only those.

use super::workbench::*;
use crate::document::draft::{DesignDraft, DraftAuthor, DraftPart};
use crate::document::edit::{Edit, Named, Path};
use crate::document::resolve::{Choice, ResolveError, resolve};
use crate::document::update::{remove_item, set_fields};
use crate::document::value::Value;
use crate::document::view::{Field, Shown};

fn with_bom() -> DesignDraft {
    let line = |part: &str| DraftPart {
        part: part.into(),
        quantity: Some("2 {piece}".parse().unwrap()),
        ..DraftPart::default()
    };
    DesignDraft { bom: vec![line("bolt"), line("nut"), line("rod")], ..described("A pump.") }
}

#[test]
fn two_values_written_at_once_are_both_shown_with_their_hands_until_someone_decides() {
    let (mut bench, first) = Workbench::titled("Pump");
    let a = bench.edit(A, &[first], vec![set("version", "1.1.0")]);
    let b = bench.edit(B, &[first], vec![set("version", "2.0.0")]);
    let design = bench.design();
    let conflict = design.version.conflict().unwrap();
    assert_eq!(conflict.field, "version");
    let shown: Vec<_> =
        conflict.values.iter().map(|s| (s.by[0].entry, s.by[0].author, s.value.clone())).collect();
    let value = |text: &str| Shown::Value(text.into());
    let mut expected = vec![(a, key(A), value("1.1.0")), (b, key(B), value("2.0.0"))];
    expected.sort_by_key(|e| e.0);
    assert_eq!(shown, expected);
    assert_eq!(design.conflicts.len(), 1);
    assert_eq!(design.title.agreed().unwrap(), "Pump");

    let batches = set_fields(&bench.merged(), [("version", "1.1.0")]).unwrap();
    bench.write_all(C, &[a, b], &batches);
    assert_eq!(bench.design().version.agreed().unwrap(), "1.1.0");
    assert!(bench.design().conflicts.is_empty());
}

#[test]
fn equal_values_written_at_once_agree_and_name_both_hands() {
    let (mut bench, first) = Workbench::titled("Pump");
    bench.edit(A, &[first], vec![set("licence", "CERN-OHL-S-2.0")]);
    bench.edit(B, &[first], vec![set("licence", "CERN-OHL-S-2.0")]);
    let Field::Agreed(stated) = bench.design().licence else { panic!("not agreed") };
    assert_eq!(stated.by.len(), 2);
}

#[test]
fn writing_a_value_again_counts_against_a_concurrent_change() {
    let (mut bench, first) = Workbench::titled("Pump");
    bench.edit(A, &[first], vec![set("title", "Pump")]);
    bench.edit(B, &[first], vec![set("title", "Siphon")]);
    assert!(bench.design().title.conflict().is_some());
}

#[test]
fn a_removal_and_a_concurrent_edit_of_the_item_are_a_conflict_that_either_may_win() {
    for keep in [true, false] {
        let (mut bench, first) = Workbench::create(A, &with_bom());
        let item = bench.design().bom[1].id;
        let a = bench.edit(A, &[first], vec![Edit::Remove { item: item.into() }]);
        let quantity = Value::Quantity("3 {piece}".parse().unwrap());
        let b = bench.edit(
            B,
            &[first],
            vec![Edit::Set { path: Path::of(item, "quantity"), to: quantity.into() }],
        );
        let design = bench.design();
        assert_eq!(design.bom.len(), 3);
        let conflict = design.bom[1].removed.as_ref().unwrap();
        assert_eq!(conflict.values.len(), 2);
        assert_eq!(design.conflicts, vec![conflict.clone()]);

        let document = bench.merged();
        let decided = if keep {
            set_fields(&document, [("bom/2/quantity", "3 {piece}")]).unwrap()
        } else {
            remove_item(&document, "bom", &item.to_string()).unwrap()
        };
        bench.write_all(C, &[a, b], &decided);
        let design = bench.design();
        assert!(design.conflicts.is_empty());
        assert_eq!(design.bom.len(), if keep { 3 } else { 2 });
    }
}

#[test]
fn a_removal_that_knew_the_edit_removes() {
    let (mut bench, first) = Workbench::create(A, &with_bom());
    let item = bench.design().bom[0].id;
    let b = bench.edit(
        B,
        &[first],
        vec![Edit::Set { path: Path::of(item, "note"), to: Value::from("M6").into() }],
    );
    let a = bench.edit(A, &[b], vec![Edit::Remove { item: item.into() }]);
    assert_eq!(bench.design().bom.len(), 2);
    // An edit that knew the removal doesn't bring the item back: it doesn't fit.
    bench.edit(B, &[a], vec![Edit::Move { item: item.into(), order: "a9".into() }]);
    assert_eq!(bench.design().bom.len(), 2);
    assert_eq!(bench.design().skipped.len(), 1);
}

#[test]
fn two_concurrent_moves_of_one_item_are_a_conflict() {
    let (mut bench, first) = Workbench::create(A, &with_bom());
    let item = Named::from(bench.design().bom[0].id);
    let a = bench.edit(A, &[first], vec![Edit::Move { item, order: "a5".into() }]);
    let b = bench.edit(B, &[first], vec![Edit::Move { item, order: "a0V".into() }]);
    let design = bench.design();
    let moved = design.bom.iter().find_map(|l| l.moved.as_ref()).unwrap();
    assert_eq!(moved.values.len(), 2);
    assert_eq!(design.conflicts.len(), 1);
    bench.edit(C, &[a, b], vec![Edit::Move { item, order: "a5".into() }]);
    assert!(bench.design().conflicts.is_empty());
    assert_eq!(bench.design().bom[2].what.part.agreed().unwrap(), "bolt");
}

#[test]
fn concurrent_edits_of_different_fields_of_an_item_agree() {
    let (mut bench, first) = Workbench::create(A, &with_bom());
    let item = bench.design().bom[0].id;
    let note =
        |text: &str, name: &str| Edit::Set { path: Path::of(item, name), to: Value::from(text).into() };
    bench.edit(A, &[first], vec![note("M6", "note")]);
    bench.edit(B, &[first], vec![note("B1", "reference")]);
    let design = bench.design();
    assert!(design.conflicts.is_empty());
    assert_eq!(design.bom[0].what.note.agreed().unwrap(), "M6");
    assert_eq!(design.bom[0].what.reference.agreed().unwrap(), "B1");
}

#[test]
fn concurrent_splices_apart_merge_and_those_that_touch_are_both_shown() {
    // "0123456789": splices of two writers, and whether they touch.
    let cases = [
        ((1, 2, "ab"), (5, 2, "cd"), false),
        ((1, 2, "ab"), (3, 2, "cd"), true),
        ((1, 4, ""), (2, 1, "x"), true),
        ((4, 0, "x"), (4, 0, "y"), true),
        ((0, 0, "x"), (10, 0, "y"), false),
        ((2, 3, ""), (5, 0, "y"), true),
        ((2, 3, ""), (6, 0, "y"), false),
        ((2, 0, "abcdefghij"), (3, 1, ""), false),
    ];
    for (one, two, touch) in cases {
        let (mut bench, first) = Workbench::create(A, &described("0123456789"));
        let a = bench.edit(A, &[first], vec![splice(one.0, one.1, one.2)]);
        let b = bench.edit(B, &[first], vec![splice(two.0, two.1, two.2)]);
        let design = bench.design();
        assert_eq!(design.description.conflict().is_some(), touch, "{one:?} {two:?}");
        if let Some(conflict) = design.description.conflict() {
            let texts: Vec<_> = conflict.values.iter().map(|s| (s.by[0].entry, s.value.clone())).collect();
            let version = |(at, delete, insert): (u64, u64, &str)| {
                let (head, tail) = "0123456789".split_at(usize::try_from(at).unwrap());
                Shown::Text(format!("{head}{insert}{}", &tail[usize::try_from(delete).unwrap()..]))
            };
            assert!(texts.contains(&(a, version(one))) && texts.contains(&(b, version(two))), "{texts:?}");
        }
        let batches = set_fields(&bench.merged(), [("description", "decided")]).unwrap();
        bench.write_all(C, &[a, b], &batches);
        assert_eq!(bench.design().description.agreed().unwrap(), "decided");
    }
}

#[test]
fn splices_of_two_branches_are_compared_with_what_both_have_in_common() {
    let (mut bench, first) = Workbench::create(A, &described("0123456789"));
    let a1 = bench.edit(A, &[first], vec![splice(0, 0, "AAAA")]);
    let a2 = bench.edit(A, &[a1], vec![splice(0, 2, "")]);
    let b1 = bench.edit(B, &[first], vec![splice(9, 1, "B")]);
    assert_eq!(bench.design().description.agreed().unwrap(), "AA012345678B");
    let both = bench.edit(C, &[a2, b1], vec![splice(4, 1, "-")]);
    bench.edit(B, &[b1], vec![splice(2, 1, "+")]);
    assert!(bench.design().description.conflict().is_some());
    let alone = bench.edit(C, &[both], vec![]);
    assert_eq!(bench.merged().heads().len(), 2);
    assert!(bench.merged().heads().contains(&alone));
}

#[test]
fn a_text_replaced_while_another_splices_it_is_a_conflict() {
    let (mut bench, first) = Workbench::create(A, &described("old words"));
    let path = Path::root(["description"]);
    bench.edit(A, &[first], vec![Edit::Text { path, insert: "new text".into() }]);
    bench.edit(B, &[first], vec![splice(0, 3, "all")]);
    let design = bench.design();
    let texts: Vec<_> = design.description.conflict().unwrap().values.iter().map(|s| &s.value).collect();
    assert!(texts.contains(&&Shown::Text("new text".into())));
    assert!(texts.contains(&&Shown::Text("all words".into())));
}

#[test]
fn a_personal_value_is_withheld_when_its_part_is_gone_and_nothing_else_changes() {
    let author = DraftAuthor { name: "Maker A".into(), contact: Some("a@example.org".into()) };
    let draft = DesignDraft { authors: vec![author], ..described("A pump.") };
    let (mut bench, _) = Workbench::create(A, &draft);
    let before = bench.design();
    assert_eq!(before.authors[0].what.name.agreed().unwrap().as_text(), Some("Maker A"));
    assert!(!String::from_utf8_lossy(&bench.entries[0].facts).contains("Maker A"));
    bench.entries[0].personal = None;
    let after = bench.design();
    assert!(matches!(after.authors[0].what.name, Field::Withheld(_)));
    assert_eq!(
        (after.title, after.description, after.heads),
        (before.title, before.description, before.heads)
    );
}

#[test]
fn a_conflict_is_decided_by_taking_one_of_its_values_or_another() {
    let (mut bench, first) = Workbench::create(A, &with_bom());
    let item = bench.design().bom[1].id;
    let of_item = |name: &str, to: &str| Edit::Set { path: Path::of(item, name), to: Value::from(to).into() };
    let a = bench.edit(A, &[first], vec![set("version", "1.1.0"), of_item("note", "steel")]);
    let b = bench.edit(B, &[first], vec![set("version", "2.0.0"), of_item("note", "brass")]);
    let note = format!("bom/{item}/note");
    let refused = |field: &str, choice| resolve(&bench.merged(), field, choice).unwrap_err();
    assert_eq!(refused("title", Choice::Written(a)), ResolveError::NoConflict("title".into()));
    assert_eq!(refused("version", Choice::Written(first)), ResolveError::NotAmongThem("version".into()));

    let batches = resolve(&bench.merged(), "version", Choice::Written(a)).unwrap();
    let c = bench.write_all(C, &[a, b], &batches);
    let batches = resolve(&bench.merged(), &note, Choice::Value("bronze")).unwrap();
    bench.write_all(C, &[c], &batches);
    let design = bench.design();
    assert_eq!(design.version.agreed().unwrap(), "1.1.0");
    assert_eq!(design.bom[1].what.note.agreed().unwrap(), "bronze");
    assert!(design.conflicts.is_empty(), "{:?}", design.conflicts);
}

#[test]
fn whether_and_where_an_item_stands_is_decided_by_taking_a_value() {
    for keep in [true, false] {
        let (mut bench, first) = Workbench::create(A, &with_bom());
        let item = bench.design().bom[1].id;
        let a = bench.edit(A, &[first], vec![Edit::Remove { item: item.into() }]);
        let note = Edit::Set { path: Path::of(item, "note"), to: Value::from("steel").into() };
        let b = bench.edit(B, &[first], vec![note]);
        let field = format!("bom/{item}/@presence");
        let no_value = resolve(&bench.merged(), &field, Choice::Value("yes")).unwrap_err();
        assert_eq!(no_value, ResolveError::NoValue(field.clone()));
        let batches = resolve(&bench.merged(), &field, Choice::Written(if keep { b } else { a })).unwrap();
        bench.write_all(C, &[a, b], &batches);
        let design = bench.design();
        assert!(design.conflicts.is_empty(), "{:?}", design.conflicts);
        assert_eq!(design.bom.len(), if keep { 3 } else { 2 });
    }
}
