//! Forms: what is unchanged changes nothing, and what is changed changes that alone.

use proptest::prelude::*;

use super::*;
use crate::document::authoring;
use crate::document::batch::Batch;
use crate::document::draft::{Draft, Wanted};
use crate::document::edit::{Edit, Path};
use crate::document::materialise::Document;
use crate::document::schema::design::KIND;
use crate::document::tests::workbench::*;
use crate::document::update::update;
use crate::document::value::Value;

fn texts(items: &[&str]) -> Value {
    Value::List(items.iter().map(|item| Value::from(*item)).collect())
}

fn press() -> Workbench {
    let step = |title: &str, text: &str| {
        Wanted::from([("title".into(), title.into()), ("text".into(), text.into())]).into()
    };
    let line = |part: &str, quantity: &str| {
        let quantity = Value::Quantity(quantity.parse().unwrap());
        Wanted::from([
            ("part".into(), part.into()),
            ("quantity".into(), quantity),
            ("Lot".into(), "7".into()),
        ])
        .into()
    };
    let draft = Draft {
        fields: Wanted::from([
            ("title".into(), "Press: \"the\" big one".into()),
            ("version".into(), "1.10".into()),
            ("description".into(), "Two plates.\n\nAnd a screw.\n".into()),
            ("keywords".into(), texts(&["press", "no", "bois, métal"])),
            ("manifest/rpm".into(), Value::Decimal("1.50".parse().unwrap())),
            ("manifest/deep".into(), Value::Map([("a".into(), texts(&["1", "x"]))].into())),
        ]),
        lists: [
            ("bom".to_owned(), vec![line("M3 screw", "4 {piece}"), line("plate", "1.50 kg")]),
            ("steps".to_owned(), vec![step("Cut", "Cut it.\nWear gloves."), step("Glue", "Glue it.")]),
        ]
        .into(),
        whole: false,
    };
    let mut bench = Workbench::default();
    let batches = authoring::create(&KIND, &draft).unwrap();
    bench.write_all(A, &[], &batches);
    bench
}

fn edits(document: &Document, text: &str) -> Vec<Edit> {
    let batches: Vec<Batch> = update(document, &read(document, text).unwrap()).unwrap();
    batches.into_iter().flat_map(|batch| batch.edits).collect()
}

#[test]
fn a_form_that_nobody_changed_changes_nothing() {
    let document = press().merged();
    let text = write(&document, "Press\nsave to change");
    assert!(text.starts_with("# Press\n# save to change\n# written from "), "{text}");
    assert_eq!(heads(&text), Some(document.heads()));
    assert_eq!(heads("title: x\n# written from 12"), None);
    assert!(text.contains("description: |\n  Two plates.\n\n  And a screw.\n"), "{text}");
    assert_eq!(edits(&document, &text), vec![], "{text}");
}

#[test]
fn one_changed_line_is_one_edit() {
    let document = press().merged();
    let text = write(&document, "");
    let changed = edits(&document, &text.replace("quantity: 4 {piece}", "quantity: 6 {piece}"));
    let screw = document.items("bom")[0].id;
    let six = Value::Quantity("6 {piece}".parse().unwrap());
    assert_eq!(changed, vec![Edit::Set { path: Path::of(screw, "quantity"), to: six.into() }]);

    let changed = edits(&document, &text.replace("Wear gloves.", "Wear thin gloves."));
    let [Edit::Splice { insert, delete: 0, .. }] = changed.as_slice() else { panic!("{changed:?}") };
    assert_eq!(insert, "thin ");

    // A known version 1.10 stays a text, whatever YAML thinks of it.
    let changed = edits(&document, &text.replace("version: \"1.10\"", "version: 1.20"));
    let [Edit::Set { to, .. }] = changed.as_slice() else { panic!("{changed:?} {text}") };
    assert_eq!(*to, Value::from("1.20").into());
}

#[test]
fn what_is_gone_is_emptied_or_removed_and_what_is_new_is_added() {
    let bench = press();
    let document = bench.merged();
    let text = write(&document, "");
    let plate = document.items("bom")[1].id;
    let start = text.find(&format!("  - item: {}.{}", plate.entry.short(), plate.edit)).unwrap();
    let end = text[start..].find("# fields of an item of bom").unwrap() + start;
    let new = "  - part: washer\n    quantity: 8 {piece}\n";
    let changed = format!("{}{new}{}", &text[..start], &text[end..]).replace("version: \"1.10\"\n", "");
    let found = edits(&document, &changed);
    let [Edit::Set { to, .. }, Edit::Remove { item }, Edit::Add { list, fields, .. }] = found.as_slice()
    else {
        panic!("{found:?}")
    };
    assert_eq!((to, *item, list.as_str()), (&Value::Nothing.into(), plate.into(), "bom"));
    assert_eq!(fields.len(), 2);
}

#[test]
fn a_conflict_is_shown_and_only_who_writes_the_field_decides_it() {
    let (mut bench, first) = Workbench::titled("Pump");
    bench.edit(A, &[first], vec![set("version", "1.1.0")]);
    bench.edit(B, &[first], vec![set("version", "2.0.0")]);
    let document = bench.merged();
    let text = write(&document, "");
    assert!(text.contains("# version: 2 values, nobody has decided between them\n"), "{text}");
    assert_eq!(edits(&document, &text), vec![]);
    assert_eq!(edits(&document, &format!("version: 2.1.0\n{text}")), vec![set("version", "2.1.0")]);
}

#[test]
fn a_slip_is_told_with_its_line() {
    let document = press().merged();
    let told = |text: &str| read(&document, text).unwrap_err().to_string();
    assert_eq!(
        told("title: Press\nverison: 2\n"),
        "line 2: a design has no field \"verison\"; did you mean \"version\"?"
    );
    assert_eq!(
        told("bom:\n  - part: nut\n    quantity: many\n"),
        "line 3: the field \"bom/quantity\" takes a quantity such as \"3 h\", not \"many\""
    );
    assert!(told("title: [\n").starts_with("line "), "{}", told("title: [\n"));
    assert_eq!(told("a: 1\na: 2\n"), "line 2: the field \"a\" is given twice");
    assert_eq!(told("bom: 3\n"), "line 1: \"bom\" is a list: write each of its items behind a \"-\"");
    let id = document.items("bom")[0].id;
    let twice = format!("bom:\n  - item: {id}\n  - item: {id}\n");
    assert!(told(&twice).contains("twice"), "{}", told(&twice));
    assert!(told("bom:\n  - item: 12\n").contains("names no item"));
}

proptest! {
    #[test]
    fn any_texts_come_back_as_they_were(
        title in ".{1,40}",
        description in "[ -~\n\té\u{85}\u{2028}]{0,60}",
        note in any::<String>(),
        keyword in "[^;]{1,20}",
    ) {
        let keywords = Value::List(vec![Value::Text(keyword)]);
        let item = Wanted::from([("part".into(), Value::Text(note.clone())), ("note".into(), Value::Text(note.clone()))]);
        let step = Wanted::from([("text".into(), Value::Text(description.clone())), ("title".into(), "x".into())]);
        let draft = Draft {
            fields: Wanted::from([
                ("title".into(), Value::Text(title)),
                ("description".into(), Value::Text(description)),
                ("keywords".into(), keywords),
                ("manifest/x".into(), Value::Text(note)),
            ]),
            lists: [("bom".to_owned(), vec![item.into()]), ("steps".to_owned(), vec![step.into()])].into(),
            whole: false,
        };
        let mut bench = Workbench::default();
        bench.write_all(A, &[], &authoring::create(&KIND, &draft).unwrap());
        let document = bench.merged();
        let text = write(&document, "");
        let read = read(&document, &text);
        prop_assert!(read.is_ok(), "{:?}\n{}", read, text);
        prop_assert_eq!(update(&document, &read.unwrap()).unwrap(), vec![], "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let document = press().merged();
        let _ = read(&document, &text);
    }
}
