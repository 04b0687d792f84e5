//! Proofs: files that anyone hands over to be checked.

use aronde_protocol::authority::operation::{Charter, Operation};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::entry::Entry;
use aronde_protocol::fork_proof::ForkProof;
use aronde_protocol::limits::{FORK_PROOF_CHAIN_MAX, PROOF_FILE_MAX};
use aronde_protocol::proof::{Proof, Proven};
use aronde_protocol::replica::Replica;
use aronde_protocol::run;
use aronde_protocol::split_proof::SplitProof;

use super::{door, pieces, samples};

/// Bytes that begin like a proof are read as one. Others are pieces, a compact run each, signed anew where the
/// sample has the key: what the first two prove can be written, read and checked.
pub fn body(bytes: &[u8]) {
    if bytes.starts_with(b"\x82\x6e") {
        if let Ok(proof) = Proof::decode(bytes) {
            assert!(bytes.len() <= PROOF_FILE_MAX);
            assert_eq!(proof.encode().as_deref(), Ok(bytes));
            check(&proof);
        }
        return;
    }
    let mut branches = pieces::split(bytes).into_iter().map(|piece| {
        let entries = run::decode(piece).unwrap_or_default();
        entries.into_iter().map(door::resigned).collect::<Vec<Entry>>()
    });
    let (one, other) = (branches.next().unwrap_or_default(), branches.next().unwrap_or_default());
    let Ok(proof) = ForkProof::of(&one, &other) else { return };
    let proof = Proof::Fork(proof);
    let Some(Proven::Fork(proven)) = check(&proof) else { panic!("what is made holds") };
    let mut entries = [one[0].id(), other[0].id()];
    entries.sort_unstable();
    assert_eq!(proven.entries, entries);
    assert!([&one, &other].iter().all(|branch| branch[0].author() == proven.author));
    assert!([&one, &other].iter().all(|branch| branch[0].header().seq == proven.seq));
    assert!(one.len().max(other.len()) <= FORK_PROOF_CHAIN_MAX);
    let written = proof.encode().expect("what is made can be written");
    assert!(written.len() <= PROOF_FILE_MAX, "a proof of {} bytes is read by nobody", written.len());
    assert_eq!(Proof::decode(&written), Ok(proof));
}

fn check(proof: &Proof) -> Option<Proven> {
    let proven = proof.check().inspect_err(|error| assert!(!error.to_string().is_empty())).ok()?;
    match &proven {
        Proven::Fork(fork) => assert!(fork.entries[0] < fork.entries[1], "one entry is no fork"),
        Proven::Split(split) => assert!(split.charters[0] < split.charters[1] && !split.members.is_empty()),
        Proven::Release(release) => assert!(!release.heads.is_empty() && !release.rights.is_empty()),
    }
    let shown = serde_json::to_string(&proven).expect("what is proven can be shown");
    assert_eq!(serde_json::from_str::<Proven>(&shown).expect("and read"), proven);
    Some(proven)
}

/// Two charters that Maker A signs after the founding, neither of which knows the other.
fn split() -> Vec<u8> {
    let [a, ..] = samples::keys();
    let mut operations: Vec<Entry> = samples::history(0);
    operations.retain(|entry| entry.header().kind.class().is_operation());
    let under = operations[0].id();
    let mut replica = Replica::new(under);
    replica.receive(operations.iter().cloned());
    let charters = [1, 2].map(|log| {
        let charter = Charter { under, before: under, heals: vec![], level: 1, heads: vec![], seal: None };
        let charter = Operation::Charter(charter);
        let mut burst = Burst::begin(&replica, a, log, 600_000);
        let facts = charter.to_facts().unwrap();
        burst
            .add(Draft { kind: charter.kind(), subject: None, deps: vec![], facts, personal: None })
            .unwrap();
        burst.sign()
    });
    let [one, other] = [charters[0][0].id(), charters[1][0].id()];
    operations.extend(charters.into_iter().flatten());
    Proof::Split(SplitProof::of(&operations, one, other).unwrap()).encode().unwrap()
}

/// A split; a fork of one entry each, one whose branches go on before they are signed, the runs of both, and two
/// entries of one branch.
pub fn seeds() -> Vec<Vec<u8>> {
    let history = samples::history(0);
    let mut replica = Replica::new(history[0].id());
    replica.receive(history.iter().cloned());
    let branch = |n: usize, len: usize| samples::burst(&replica, n, len);
    let (one, other, longer) = (branch(0, 1), branch(1, 1), branch(2, 3));
    let proof =
        |one: &[Entry], other: &[Entry]| Proof::Fork(ForkProof::of(one, other).unwrap()).encode().unwrap();
    let runs = |of: &[&[Entry]]| pieces::join(of.iter().flat_map(|entries| run::encode(entries)));
    vec![
        split(),
        proof(&one, &other),
        proof(&one, &longer),
        runs(&[&one, &other]),
        runs(&[&longer, &other]),
        runs(&[&longer[2..], &one]),
    ]
}
