//! Smaller histories that still show what a larger one showed.

use std::collections::BTreeSet;

use aronde_protocol::entry::Entry;
use aronde_protocol::id::EntryId;

/// Drops entries, each with all that has it in its past, as long as the history still shows it.
pub fn shrink(entries: &[Entry], mut shows: impl FnMut(&[Entry]) -> bool) -> Vec<Entry> {
    let mut left = entries.to_vec();
    loop {
        let before = left.len();
        for entry in entries.iter().rev() {
            let fewer = without(&left, entry.id());
            if fewer.len() < left.len() && !fewer.is_empty() && shows(&fewer) {
                left = fewer;
            }
        }
        if left.len() == before {
            return left;
        }
    }
}

/// These entries, each after its past, without one and all that has it in its past.
pub fn without(entries: &[Entry], id: EntryId) -> Vec<Entry> {
    let mut gone = BTreeSet::from([id]);
    let mut left = Vec::new();
    for entry in entries {
        let header = entry.header();
        let names_it = header.prev.iter().chain(&header.seen).chain(&header.deps).any(|n| gone.contains(n));
        if names_it || entry.id() == id {
            gone.insert(entry.id());
        } else {
            left.push(entry.clone());
        }
    }
    left
}

/// What each entry of a history says, for people.
pub fn tell(entries: &[Entry]) -> String {
    let mut told = String::new();
    for entry in entries {
        let header = entry.header();
        let short = |ids: &[EntryId]| ids.iter().map(EntryId::short).collect::<Vec<_>>().join(" ");
        let prev = header.prev.map(|p| p.short()).unwrap_or_default();
        let line = format!(
            "{} by {:?} log {} prev {prev} seen [{}] deps [{}]: {}\n",
            entry.id().short(),
            entry.author(),
            header.log,
            short(&header.seen),
            short(&header.deps),
            super::model::brief(entry),
        );
        told.push_str(&line);
    }
    told
}
