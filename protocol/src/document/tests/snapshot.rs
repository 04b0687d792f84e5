//! What was read of a document once need not be read again, and never says anything else.

use super::workbench::*;
use crate::document::batch::Batch;
use crate::document::design::Design;
use crate::document::edit::Edit;
use crate::document::snapshot::Snapshot;
use crate::document::value::Value;

/// A design with a personal field: who to ask.
fn personal() -> (Workbench, crate::id::EntryId) {
    let (mut bench, first) = Workbench::titled("Press");
    let mut batch = Batch::default();
    let contact = batch.give(Value::from("ask the maker behind the laser"), true);
    let fields = [("contact".to_owned(), contact)].into();
    batch.edits.push(Edit::Add { list: "authors".into(), order: "a1".into(), fields });
    let last = bench.write(A, &[first], &batch);
    (bench, last)
}

#[test]
fn later_entries_go_on_top_of_a_snapshot() {
    let (mut bench, mut last) = Workbench::titled("Press");
    for turn in 0..10 {
        last = bench.edit(
            if turn % 3 == 0 { A } else { B },
            &[last],
            vec![set("version", format!("{turn}").as_str())],
        );
        for held in 1..bench.entries.len() {
            let snapshot = Snapshot::from(
                crate::document::materialise::Document::of(bench.document(), &bench.entries[..held]).unwrap(),
            );
            assert!((0..bench.entries.len()).all(|n| snapshot.holds(&bench.entries[n].id) == (n < held)));
            let grown = snapshot.with(&without_facts(&bench.entries, held)).expect("a line");
            assert_eq!(Design::of(&grown).unwrap(), bench.design(), "{held} of {}", bench.entries.len());
        }
    }
}

#[test]
fn a_snapshot_is_of_no_use_where_something_was_withdrawn_or_written_beside_it() {
    let (mut bench, first) = Workbench::titled("Press");
    bench.edit(A, &[first], vec![set("version", "1")]);
    let snapshot = Snapshot::from(bench.merged());
    assert!(snapshot.clone().with(&bench.entries[..1]).is_none(), "withdrawn");
    bench.edit(B, &[first], vec![set("version", "2")]);
    assert!(snapshot.with(&bench.entries).is_none(), "written beside it");
}

#[test]
fn personal_values_are_not_in_a_snapshot_and_go_with_their_part() {
    let (mut bench, _) = personal();
    let bytes = Snapshot::from(bench.merged()).encode();
    assert!(!bytes.windows(9).any(|w| w == b"ask the m"));
    let with = |entries: &[_]| Design::of(&Snapshot::decode(&bytes).unwrap().with(entries).unwrap()).unwrap();
    assert_eq!(with(&without_facts(&bench.entries, 2)), bench.design());
    bench.entries[1].personal = None;
    assert_eq!(with(&without_facts(&bench.entries, 2)), bench.design());
    assert!(!format!("{:?}", bench.design()).contains("ask the m"));
    bench.entries[1].personal = Some(b"no part".to_vec());
    assert_eq!(with(&without_facts(&bench.entries, 2)), bench.design());
    assert_eq!(bench.design().skipped.len(), 1, "what is wrong with a part is said once");
    let again = Snapshot::from(bench.merged()).with(&bench.entries).unwrap();
    assert_eq!(Design::of(&again).unwrap(), bench.design());
}

#[test]
fn damaged_bytes_and_those_of_another_version_are_no_snapshot() {
    let (bench, _) = personal();
    let bytes = Snapshot::from(bench.merged()).encode();
    assert!(Snapshot::decode(&bytes).is_some());
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        assert!(Snapshot::decode(&damaged).is_none(), "at {at}");
        assert!(Snapshot::decode(&bytes[..at]).is_none(), "cut at {at}");
    }
}
