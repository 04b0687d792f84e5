//! A document is a function of the set of its entries.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::workbench::*;
use crate::document::actor;
use crate::document::design::Design;
use crate::document::draft::{DesignDraft, DraftPart};
use crate::document::edit::{Edit, Path};
use crate::document::history::History;
use crate::document::materialise::Document;
use crate::document::snapshot::Snapshot;
use crate::document::value::Value;
use crate::id::EntryId;

/// One step of a random history: who writes, which heads they know, what they do.
#[derive(Debug, Clone)]
struct Step {
    author: u8,
    log: u64,
    elsewhere: u64,
    knows: u64,
    fork: bool,
    what: u8,
    place: u16,
    text: String,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let hand = (0_u8..4, prop::sample::select(vec![0, 0, 0, 7]), 0_u64..3, prop::bool::weighted(0.1));
    let step = (hand, any::<u64>(), 0_u8..9, any::<u16>(), "[a-zé🔩]{0,6}").prop_map(
        |((author, log, elsewhere, fork), knows, what, place, text)| Step {
            author,
            log,
            elsewhere,
            knows,
            fork,
            what,
            place,
            text,
        },
    );
    prop::collection::vec(step, 1..40)
}

/// A history: each author knows the last entry of the log they write in (an older one when it forks)
/// and some others, and writes elsewhere in between.
fn history(steps: &[Step]) -> Workbench {
    let line = DraftPart { part: "bolt".into(), ..DraftPart::default() };
    let draft = DesignDraft { bom: vec![line.clone(), line], ..described("0123456789") };
    let (mut bench, first) = Workbench::create(A, &draft);
    let mut own: BTreeMap<(u8, u64), Vec<(EntryId, u64)>> = BTreeMap::from([((A, 0), vec![(first, 0)])]);
    for step in steps {
        let written = own.entry((step.author, step.log)).or_default();
        let back = if step.fork { 2 } else { 1 };
        let last = written.len().checked_sub(back).map(|i| written[i]);
        let (prev, seq) = (last.map(|l| l.0), last.map_or(0, |l| l.1 + 1) + step.elsewhere);
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
        let id = bench.place((step.author, step.log, seq), &deps, facts.unwrap(), None);
        own.entry((step.author, step.log)).or_default().push((id, seq));
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
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

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

    #[test]
    fn a_snapshot_of_what_was_there_before_makes_the_same_document_or_none(
        steps in steps(),
        cut in any::<prop::sample::Index>(),
    ) {
        let bench = history(&steps);
        let before = &bench.entries[..=cut.index(bench.entries.len())];
        let read = Document::of(bench.document(), before).unwrap();
        let bytes = Snapshot::from(read.clone()).encode();
        let unchanged = Snapshot::decode(&bytes).unwrap().with(&without_facts(before, before.len()));
        prop_assert_eq!(Design::of(&unchanged.unwrap()).unwrap(), Design::of(&read).unwrap());

        let grown = Snapshot::decode(&bytes).unwrap().with(&without_facts(&bench.entries, before.len()));
        if let Some(grown) = grown {
            let reference = bench.merged();
            prop_assert_eq!(&grown.changes, &reference.changes);
            prop_assert_eq!(Design::of(&grown).unwrap(), Design::of(&reference).unwrap());
        }
    }

    #[test]
    fn the_entries_of_one_actor_are_of_one_log_and_each_is_in_the_past_of_the_next(steps in steps()) {
        let bench = history(&steps);
        let history = History::new(bench.document(), &bench.entries);
        let actors = actor::assign(&history.nodes);
        for (later, node) in history.nodes.iter().enumerate() {
            let past = history.closure(&[later]);
            for (earlier, other) in history.nodes.iter().enumerate().take(later) {
                if actors[earlier] == actors[later] {
                    prop_assert_eq!((other.author, other.log), (node.author, node.log));
                    prop_assert!(past.contains(earlier) && other.seq < node.seq);
                }
            }
        }
    }

    #[test]
    fn a_log_without_forks_has_one_actor_whatever_its_author_writes_elsewhere(mut steps in steps()) {
        for step in &mut steps {
            step.fork = false;
        }
        let bench = history(&steps);
        let history = History::new(bench.document(), &bench.entries);
        let actors: BTreeSet<_> = actor::assign(&history.nodes).into_iter().collect();
        let logs: BTreeSet<_> = history.nodes.iter().map(|n| (n.author, n.log)).collect();
        prop_assert_eq!(actors.len(), logs.len());
    }

    #[test]
    fn what_its_authors_write_elsewhere_changes_nothing_in_a_document(steps in steps(), gaps in 2_u64..9) {
        let mut bench = history(&steps);
        let before = bench.merged();
        for entry in &mut bench.entries {
            entry.seq = entry.seq * gaps + gaps / 2;
        }
        let after = bench.merged();
        prop_assert_eq!(&after.changes, &before.changes);
        prop_assert_eq!(Design::of(&after).unwrap(), Design::of(&before).unwrap());
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
fn an_entry_has_the_actor_of_the_one_it_continues_and_each_branch_of_a_fork_its_own() {
    let (mut bench, first) = Workbench::titled("Pump");
    bench.elsewhere(A);
    let second = bench.edit(A, &[first], vec![set("version", "1")]);
    let other = bench.edit(B, &[second], vec![set("version", "2")]);
    let unnamed = bench.edit(A, &[other], vec![set("version", "3")]);
    let facts = bench.entries[1].facts.clone();
    let next = bench.entries[3].seq + 1;
    let left = bench.place((A, 0, next), &[unnamed], facts.clone(), None);
    let right = bench.place((A, 0, next), &[unnamed], vec![0], None);
    let after = bench.place((A, 0, next + 5), &[left, other], facts.clone(), None);
    let joined = bench.place((A, 0, next + 6), &[after, right], facts.clone(), None);
    let not_later = bench.place((A, 0, next + 6), &[joined], facts.clone(), None);
    let other_log = bench.place((A, 1, next + 7), &[joined], facts, None);
    let history = History::new(first, &bench.entries);
    let actors = actor::assign(&history.nodes);
    let of = |id: EntryId| actors[history.index[&id]].clone();
    assert_eq!(of(second), of(first));
    // The last of its log isn't among its deps, though it is in their past.
    for start in [first, other, unnamed, left, right, not_later, other_log] {
        assert_eq!(of(start), actor::started_by(start));
    }
    assert_eq!(of(after), of(left));
    assert_eq!(of(joined), of(after));
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
