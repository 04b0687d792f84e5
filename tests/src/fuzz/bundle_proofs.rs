//! Proofs in bundles about a part of a commons: that its entries were known by a checkpoint.

use std::sync::LazyLock;

use aronde_protocol::bundle::Proofs;
use aronde_protocol::entry::Entry;
use aronde_protocol::id::EntryId;
use aronde_protocol::limits::{BUNDLE_CHECKPOINTS_MAX, BUNDLE_PROVEN_MAX};
use aronde_protocol::merkle::{Hash, MerkleError, Tree, continued, included, leaf};
use aronde_protocol::replica::{History, Replica};

use super::pieces::Script;
use crate::bundles::sample;

/// Hashes that are tried: what four places of a list of 64 bits of length can need.
const HASHES_MAX: usize = 256;

/// Bytes that begin like proofs are read as them: what decodes encodes to the same bytes, and what holds says the places
/// at which the entries stand. Others say lengths, places and hashes.
pub fn body(bytes: &[u8]) {
    match bytes {
        [0xa4, ..] => read(bytes),
        _ => tried(bytes),
    }
}

/// A federation with two checkpoints, what its newest covers, and all its entries.
struct Sample {
    replica: Replica,
    history: History,
    entries: Vec<EntryId>,
}

static SAMPLE: LazyLock<Sample> = LazyLock::new(|| {
    let (entries, newest) = sample::federation(6);
    let mut replica = Replica::new(entries[0].id());
    replica.receive(entries.iter().cloned());
    let history = replica.history(&newest).expect("all that is covered is held");
    Sample { replica, history, entries: entries.iter().map(Entry::id).collect() }
});

fn read(bytes: &[u8]) {
    let Ok(proofs) = Proofs::decode(bytes) else { return };
    assert_eq!(proofs.encode().as_deref(), Ok(bytes));
    assert!(proofs.places.0.len() <= BUNDLE_PROVEN_MAX && proofs.goes_on.0.len() <= BUNDLE_CHECKPOINTS_MAX);
    let Sample { replica, history, entries } = &*SAMPLE;
    let entries = &entries[..proofs.places.0.len().min(entries.len())];
    match proofs.check(entries, replica) {
        Ok(()) => {
            for (entry, said) in entries.iter().zip(&proofs.places.0) {
                let found = history.place(entry).map(|(place, _)| place);
                assert!(said.is_none() || *said == found, "{entry} stands at {found:?}, not at {said:?}");
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn tried(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let (old, new) = (script.number(), script.number());
    let hash = |script: &mut Script<'_>| [script.byte(); 32];
    let leaves: Vec<(u64, Hash)> =
        (0..script.byte() % 5).map(|_| (script.number(), hash(&mut script))).collect();
    let mut hashes: Vec<Hash> = Vec::new();
    while !script.is_empty() && hashes.len() < HASHES_MAX {
        hashes.push(hash(&mut script));
    }
    one_spelling(&hashes, |hashes| included(new, &leaves, hashes));
    one_spelling(&hashes, |hashes| continued(old, [1; 32], new, hashes));
    if new > 255 {
        return;
    }
    let tree = Tree::over((0..new).map(|n| leaf(&n.to_be_bytes())).collect());
    let places: Vec<u64> = leaves.iter().map(|(place, _)| *place).collect();
    if let Ok(hashes) = tree.inclusion(new, &places) {
        let shown: Vec<_> = places.iter().map(|place| (*place, leaf(&place.to_be_bytes()))).collect();
        assert!(new == 0 || included(new, &shown, &hashes) == tree.root(new));
    }
    if let Ok(hashes) = tree.consistency(old, new) {
        let roots = (tree.root(old).unwrap(), tree.root(new).unwrap());
        assert_eq!(continued(old, roots.0, new, &hashes), Ok(roots));
    }
}

/// Of the beginnings of these hashes one proves at most: fewer are missing, more are spare.
fn one_spelling<T>(hashes: &[Hash], proves: impl Fn(&[Hash]) -> Result<T, MerkleError>) {
    let mut proven = false;
    for count in 0..=hashes.len() {
        match proves(&hashes[..count]) {
            Err(MerkleError::Places) => return assert_eq!(count, 0, "places don't depend on hashes"),
            Err(MerkleError::Missing) => {
                assert!(!proven, "{count} hashes are too few, and fewer were enough");
            }
            Err(MerkleError::Spare) => {
                assert!(proven, "{count} hashes are too many, and no fewer were enough");
            }
            Ok(_) => assert!(!std::mem::replace(&mut proven, true), "two proofs of one thing"),
        }
    }
}

/// Proofs for all entries, for some, and for none; lengths, places and hashes, small and large.
pub fn seeds() -> Vec<Vec<u8>> {
    let Sample { history, entries, .. } = &*SAMPLE;
    let proofs = |entries: &[EntryId]| Proofs::of(history, entries).expect("there are checkpoints").encode();
    let mut seeds: Vec<Vec<u8>> =
        [&entries[..], &entries[..3], &[]].map(|entries| proofs(entries).unwrap()).to_vec();
    // Lengths before and after, the number of places with a hash each, hashes.
    seeds.push(vec![3, 7, 2, 1, 10, 5, 11, 20, 21, 22, 23, 24]);
    seeds.push(vec![4, 4, 1, 0, 10, 20, 21]);
    seeds.push([&[254, 9, 9, 9, 9, 255, 1, 0, 10][..], &[20; 80]].concat());
    seeds
}
