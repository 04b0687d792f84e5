//! A document is a function of the set of its entries.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::workbench::*;
use crate::document::actor;
use crate::document::design::Design;
use crate::document::draft::{DesignDraft, DraftPart};
use crate::document::edit::{Edit, Path};
use crate::document::history::History;
use crate::document::materialise::Document;
use crate::document::value::Value;
use crate::id::EntryId;

/// One step of a random history: who writes, which heads they know, what they do.
#[derive(Debug, Clone)]
struct Step {
    author: u8,
    knows: u64,
    fork: bool,
    what: u8,
    place: u16,
    text: String,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0_u8..4, any::<u64>(), prop::bool::weighted(0.1), 0_u8..9, any::<u16>(), "[a-zé🔩]{0,6}")
        .prop_map(|(author, knows, fork, what, place, text)| Step { author, knows, fork, what, place, text });
    prop::collection::vec(step, 1..40)
}

/// A history: each author knows their own last entry (an older one when their log forks) and some
/// others.
fn history(steps: &[Step]) -> Workbench {
    let line = DraftPart { part: "bolt".into(), ..DraftPart::default() };
    let draft = DesignDraft { bom: vec![line.clone(), line], ..described("0123456789") };
    let (mut bench, first) = Workbench::create(A, &draft);
    let mut own: BTreeMap<u8, Vec<EntryId>> = BTreeMap::new();
    for step in steps {
        let written = own.entry(step.author).or_default();
        let back = if step.fork { 2 } else { 1 };
        let prev = written.len().checked_sub(back).map(|i| written[i]);
        let mut deps: Vec<EntryId> = (0..64)
            .filter(|bit| step.knows >> bit & 1 == 1 && bit % 5 == 0)
            .map(|bit| bench.entries[bit % bench.entries.len()].id)
            .chain(prev)
            .collect();
        if deps.is_empty() {
            deps.push(first);
        }
        deps.sort_unstable();
        deps.dedup();
        // What the author sees decides what they can do.
        let seen = known(&bench, &deps);
        let design = Design::of(&seen).unwrap();
        let len = seen.texts(None, "description").first().map_or(0, |t| t.1.chars().count()) as u64;
        let (at, item) = (u64::from(step.place) % (len + 1), step.place as usize % design.bom.len().max(1));
        let item = design.bom.get(item).map(|l| l.id);
        let text = step.text.as_str();
        let edit = match (step.what, item) {
            (0, _) => set("title", text),
            (1, _) => set("version", text),
            (2 | 3, _) => splice(at, u64::from(step.place % 3).min(len - at), text),
            (4, Some(item)) => Edit::Remove { item: item.into() },
            (5, Some(item)) => {
                let order = if step.place % 2 == 0 { "a5" } else { "a0V" };
                Edit::Move { item: item.into(), order: order.into() }
            }
            (6 | 7, Some(item)) => Edit::Set { path: Path::of(item, "note"), to: Value::from(text).into() },
            _ => Edit::Add { list: "bom".into(), order: "a1".into(), fields: BTreeMap::new() },
        };
        let facts = crate::canonical::encode(&crate::document::edit::EditFacts { edits: vec![edit.into()] });
        let id = bench.push(step.author, prev, &deps, facts.unwrap(), None);
        own.entry(step.author).or_default().push(id);
    }
    bench
}

/// The document of these entries and their past.
fn known(bench: &Workbench, heads: &[EntryId]) -> Document {
    let all = History::new(bench.document(), &bench.entries);
    let heads: Vec<usize> = heads.iter().map(|h| all.index[h]).collect();
    let past = all.closure(&heads);
    let entries: Vec<_> = bench.entries.iter().filter(|e| past.contains(all.index[&e.id])).cloned().collect();
    Document::of(bench.document(), &entries).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn every_order_of_arrival_gives_the_same_document(
        steps in steps(),
        shuffles in prop::collection::vec(any::<prop::sample::Index>(), 3 * 40),
    ) {
        let bench = history(&steps);
        let reference = bench.merged();
        let design = Design::of(&reference).unwrap();
        let mut changes = reference.changes.clone();
        changes.sort_unstable();
        for turn in shuffles.chunks(40) {
            let mut entries = bench.entries.clone();
            for (i, index) in (1..entries.len()).zip(turn) {
                entries.swap(i, index.index(i + 1));
            }
            let other = Document::of(bench.document(), &entries).unwrap();
            let mut same = other.changes.clone();
            same.sort_unstable();
            // Equal change hashes: Automerge itself did the same, not only what is shown of it.
            prop_assert_eq!(&same, &changes);
            prop_assert_eq!(&Design::of(&other).unwrap(), &design);
        }
        prop_assert!(design.skipped.is_empty(), "{:?}", design.skipped);
        prop_assert_eq!(&design.heads, &reference.heads());
    }

    /// Without forks of a log: a fork that becomes known later gives its branches other actors.
    #[test]
    fn an_entry_does_in_the_whole_what_it_did_in_its_own_past(mut steps in steps()) {
        for step in &mut steps {
            step.fork = false;
        }
        let bench = history(&steps);
        let whole = bench.merged();
        for head in whole.heads() {
            let part = known(&bench, &[head]);
            prop_assert!(
                part.changes.iter().all(|c| whole.changes.contains(c)),
                "the past of {head} alone gives other changes"
            );
        }
    }
}

#[test]
fn an_entry_shares_the_actor_of_its_prev_and_each_branch_of_a_fork_starts_its_own() {
    let (mut bench, first) = Workbench::titled("Pump");
    let second = bench.edit(A, &[first], vec![set("version", "1")]);
    let other = bench.edit(B, &[second], vec![set("version", "2")]);
    let third = bench.edit(A, &[other], vec![set("version", "3")]);
    let facts = bench.entries[1].facts.clone();
    let left = bench.push(A, Some(third), &[third], facts.clone(), None);
    let right = bench.push(A, Some(third), &[third], vec![0], None);
    let after = bench.push(A, Some(left), &[left], facts, None);
    let history = History::new(first, &bench.entries);
    let actors = actor::assign(&history.nodes, &history.successors);
    let of = |id: EntryId| actors[history.index[&id]].clone();
    assert_eq!(of(first), actor::started_by(first));
    assert_eq!(of(second), of(first));
    assert_eq!(of(other), actor::started_by(other));
    // Its `prev` isn't among its deps, though it is in their past.
    assert_eq!(of(third), actor::started_by(third));
    assert_eq!(of(left), actor::started_by(left));
    assert_eq!(of(right), actor::started_by(right));
    assert_eq!(of(after), of(left));
    assert_eq!(bench.merged().heads().len(), 2);
}

#[test]
fn an_entry_without_its_past_is_left_out_and_named() {
    let (mut bench, first) = Workbench::titled("Pump");
    let second = bench.edit(A, &[first], vec![set("version", "1")]);
    let third = bench.edit(A, &[second], vec![set("version", "2")]);
    bench.entries.remove(1);
    let document = bench.merged();
    assert_eq!(document.history.left_out, vec![third]);
    assert_eq!(document.heads(), vec![first]);
    assert!(Document::of(second, &bench.entries).is_err());
}

#[test]
fn more_branches_than_are_kept_open_are_built_all_the_same() {
    let (mut bench, first) = Workbench::create(A, &described("0123456789"));
    let count = crate::limits::STRANDS_MAX + 20;
    let author = |i: usize| u8::try_from(i).unwrap();
    let heads: Vec<EntryId> =
        (0..count).map(|i| bench.edit(author(i), &[first], vec![splice(5, 0, &format!("<{i}>"))])).collect();
    let mid = bench.edit(B, &heads, vec![splice(0, 1, "")]);
    // Every branch goes on, so each strand waits for a taker while the others are built.
    for (i, head) in heads.iter().enumerate() {
        let deps = [*head, heads[(i + 1) % heads.len()]];
        bench.edit(author(i), &deps, vec![set("version", i.to_string().as_str())]);
    }
    let document = bench.merged();
    assert_eq!(document.heads().len(), count + 1);
    assert!(document.heads().contains(&mid));
    let mut entries = bench.entries.clone();
    entries.reverse();
    let other = Document::of(first, &entries).unwrap();
    assert_eq!(Design::of(&other).unwrap(), Design::of(&document).unwrap());
}
