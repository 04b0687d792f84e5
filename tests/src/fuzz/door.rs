//! The door: what a replica makes of entries that anyone hands over.

use std::collections::{BTreeMap, BTreeSet};

use aronde_protocol::entry::{Entry, Header};
use aronde_protocol::id::EntryId;
use aronde_protocol::reference;
use aronde_protocol::replica::Replica;
use aronde_protocol::run;

use super::{pieces, samples};

/// The reference is quadratic, and a few dozen entries hold every relation between entries.
const ENTRIES_MAX: usize = 48;

/// Pieces: a compact run each. Where an entry bears a signature and its author is one of the sample's
/// keys, it is signed anew, as if hostile members had written it. One by one or all at once from behind
/// and twice, the same is held and counts, it is authentic, and the reference agrees.
pub fn body(bytes: &[u8]) {
    let mut entries: Vec<Entry> = Vec::new();
    for piece in pieces::split(bytes) {
        entries.extend(run::decode(piece).unwrap_or_default().into_iter().map(resigned));
    }
    entries.truncate(ENTRIES_MAX);
    let Some(founding) = entries.iter().find(|e| e.header().kind.founds()).map(Entry::id) else { return };

    let mut one_by_one = Replica::new(founding);
    let mut fresh = Vec::new();
    for entry in &entries {
        fresh.extend(one_by_one.receive([entry.clone()]).fresh);
    }
    let mut from_behind = Replica::new(founding);
    from_behind.receive(entries.iter().rev().chain(&entries).cloned());

    let held = |replica: &Replica| replica.held().map(|h| h.id).collect::<BTreeSet<_>>();
    assert_eq!(held(&one_by_one), held(&from_behind), "what is held depends on the order");
    assert_eq!(one_by_one.digest().root(), from_behind.digest().root());
    assert_eq!(
        one_by_one.accepted().root(),
        from_behind.accepted().root(),
        "what counts depends on the order"
    );
    authentic(&fresh);

    let places: BTreeMap<EntryId, usize> = fresh.iter().enumerate().map(|(n, e)| (e.id(), n)).collect();
    for (n, entry) in fresh.iter().enumerate() {
        assert!(
            names(entry.header()).all(|id| places.get(&id).is_some_and(|past| *past < n)),
            "a past is missing"
        );
    }
    let accepted = reference::accepted(&fresh);
    assert_eq!(one_by_one.accepted().len(), accepted.len(), "the reference differs");
    let digest: aronde_protocol::digest::Digest = accepted.into_iter().collect();
    assert_eq!(one_by_one.accepted().root(), digest.root(), "the reference differs");
}

/// Signed by its author anew, where it bears a signature and the sample has the key.
pub fn resigned(entry: Entry) -> Entry {
    match samples::key_of(entry.author()).filter(|_| entry.signature().is_some()) {
        Some(key) => entry.signed(key),
        None => entry,
    }
}

fn names(header: &Header) -> impl Iterator<Item = EntryId> + use<'_> {
    header.prev.iter().chain(&header.seen).chain(&header.deps).copied()
}

/// Each bears a signature that holds, or is vouched for by one that does, or that is vouched for.
fn authentic(held: &[Entry]) {
    let mut vouched: BTreeSet<EntryId> = BTreeSet::new();
    for entry in held.iter().rev() {
        assert!(
            entry.signature_holds() || vouched.contains(&entry.id()),
            "{:?} is not authentic",
            entry.id()
        );
        vouched.extend(held.iter().filter(|before| entry.vouches_for(before)).map(Entry::id));
    }
}

/// A federation, whole and in parts, with forks and repetitions.
pub fn seeds() -> Vec<Vec<u8>> {
    let history = samples::history(30);
    let forked: Vec<Entry> = samples::history(12).into_iter().chain(history.iter().rev().cloned()).collect();
    let mut seeds: Vec<Vec<u8>> =
        [8, 16, 30].map(|n| pieces::join(run::encode(&samples::history(n)))).to_vec();
    seeds.push(pieces::join(run::encode(&forked)));
    seeds.push(pieces::join(history.iter().flat_map(|e| run::encode(std::slice::from_ref(e)))));
    seeds
}
