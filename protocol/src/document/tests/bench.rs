//! How long documents take; printed, never asserted. `cargo test --release -p aronde-protocol
//! documents_in_time -- --ignored --nocapture`

use std::time::Instant;

use super::workbench::*;
use crate::document::DocumentEntry;
use crate::document::design::Design;
use crate::document::draft::DesignDraft;
use crate::document::edit::EditFacts;
use crate::document::materialise::Document;
use crate::id::EntryId;

fn print(what: &str, since: Instant) {
    println!("{what}: {:.3} s", since.elapsed().as_secs_f64());
}

/// A line of one author; between any two of its entries they may write elsewhere, or start a log.
fn line(count: usize, elsewhere: bool, new_log: bool) -> Workbench {
    let (mut bench, mut head) = Workbench::create(A, &described("A pump."));
    for (i, log) in (1..count).zip(1..) {
        if elsewhere {
            bench.elsewhere(A);
        }
        head = bench.edit(A, &[head], vec![set("version", i.to_string().as_str())]);
        if new_log {
            bench.entries[i].log = log;
        }
    }
    bench
}

#[test]
#[ignore = "a measurement"]
fn documents_in_time() {
    let manifest = (0..8).map(|f| (format!("f{f}"), format!("value {f}").as_str().into())).collect();
    let text = "Words of a design. ".repeat(16);
    let draft = DesignDraft { unknown: manifest, ..described(&text) };
    let documents: Vec<Vec<DocumentEntry>> = (0..10_000)
        .map(|i| {
            let (mut bench, mut head) = Workbench::create(A, &draft);
            for edit in [set("version", "2"), splice(i % 200, 5, "twelve chars"), set("title", "T")] {
                head = bench.edit(A, &[head], vec![edit]);
            }
            bench.entries
        })
        .collect();
    let start = Instant::now();
    let edits: usize = documents
        .iter()
        .flat_map(|d| d.iter().skip(1))
        .map(|e| EditFacts::decode(&e.facts).unwrap().edits.len())
        .sum();
    print(&format!("{edits} edits of 10,000 documents decoded, their creations aside"), start);
    let start = Instant::now();
    let merged: Vec<Document> = documents.iter().map(|d| Document::of(d[0].id, d).unwrap()).collect();
    print("10,000 documents of 4 entries merged", start);
    let start = Instant::now();
    let read = merged.iter().filter(|d| Design::of(d).unwrap().title.agreed().is_some()).count();
    print(&format!("{read} of them read"), start);
    drop(merged);

    let bench = line(10_000, false, false);
    let start = Instant::now();
    let document = bench.merged();
    print("one line of 10,000 entries merged", start);
    let start = Instant::now();
    Design::of(&document).unwrap();
    print("read", start);

    let bench = line(10_000, true, false);
    let start = Instant::now();
    bench.merged();
    print("the same, its author writing elsewhere in between", start);

    let bench = line(10_000, false, true);
    let start = Instant::now();
    bench.merged();
    print("the same, a log an entry", start);

    let (mut bench, mut head) = Workbench::create(A, &described("A pump."));
    for i in 0..5_000_u32 {
        head = bench.edit(B, &[head], vec![set("title", i.to_string().as_str())]);
        head = bench.edit(A, &[head], vec![set("version", i.to_string().as_str())]);
    }
    let start = Instant::now();
    bench.merged();
    print("one line of 10,000 entries, two authors taking turns", start);

    let (mut bench, first) = Workbench::create(A, &described("A pump."));
    let (mut a, mut b) = (first, first);
    for i in 0..5_000_u32 {
        a = bench.edit(A, &[a], vec![set("version", i.to_string().as_str())]);
        b = bench.edit(B, &[b], vec![set("title", i.to_string().as_str())]);
    }
    let start = Instant::now();
    bench.merged();
    print("two branches of 5,000 merged", start);

    let (mut bench, first) = Workbench::create(A, &described("A pump."));
    let mut heads: Vec<EntryId> = vec![first];
    for i in 0..1_000_u32 {
        let a = bench.edit(A, &heads, vec![set("version", i.to_string().as_str())]);
        let b = bench.edit(B, &heads, vec![set("title", i.to_string().as_str())]);
        heads = vec![a, b];
    }
    let start = Instant::now();
    bench.merged();
    print("1,000 rounds of two who merge each time", start);
}
