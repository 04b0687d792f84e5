//! Compact runs: consecutive entries of one log, on the wire and in the journal.

use aronde_protocol::entry::Entry;
use aronde_protocol::limits::{HEADER_MAX, RUN_ENTRIES_MAX, RUN_MAX};
use aronde_protocol::run::{self, Packed};

use super::entry::{check, same};
use super::samples;

/// What a run expands to is bounded, carried by runs again, and single entries are taken out as they are
/// when all are.
pub fn body(bytes: &[u8]) {
    let packed = Packed::read(bytes);
    let Ok(entries) = run::decode(bytes) else {
        if let Ok(packed) = packed {
            let sample = &samples_first();
            let _ = packed.entry(0, sample.author(), sample.header());
            let _ = packed.entry(usize::MAX, sample.author(), sample.header());
        }
        return;
    };
    assert!(bytes.len() <= RUN_MAX && entries.len() <= RUN_ENTRIES_MAX);
    let packed = packed.expect("what is decoded was read");
    for (index, entry) in entries.iter().enumerate() {
        let single = packed.entry(index, entry.author(), entry.header()).expect("it is there");
        same(&[single], std::slice::from_ref(entry));
    }
    let expanded: usize = entries.iter().map(Entry::len).sum();
    assert!(expanded <= RUN_ENTRIES_MAX * HEADER_MAX + RUN_MAX, "a run expands to {expanded} bytes");
    let again: Vec<Entry> =
        run::encode(&entries).iter().flat_map(|run| run::decode(run).expect("read back")).collect();
    same(&again, &entries);
    // Hashing dear keys and all parts again is left to the first and the last.
    for entry in entries.first().into_iter().chain(entries.last()) {
        check(entry);
    }
}

fn samples_first() -> Entry {
    thread_local!(static FIRST: Entry = samples::history(0).remove(0));
    FIRST.with(Clone::clone)
}

/// Runs of one entry, of several, and of several logs' entries.
pub fn seeds() -> Vec<Vec<u8>> {
    let history = samples::history(60);
    let mut seeds = run::encode(&history);
    let mut by_log: std::collections::BTreeMap<_, Vec<Entry>> = std::collections::BTreeMap::new();
    for entry in history {
        by_log.entry((entry.author(), entry.header().log)).or_default().push(entry);
    }
    seeds.extend(by_log.values().flat_map(|entries| run::encode(entries)));
    seeds.sort();
    seeds.dedup();
    seeds
}
