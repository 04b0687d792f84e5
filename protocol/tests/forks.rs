//! Forks of logs: what is a fork, how it is healed, and the proof of it, with a vector by which another
//! implementation can be checked.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{AdmitMember, Found, Operation};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::canonical;
use aronde_protocol::entry::{Entry, EntryError, Kind};
use aronde_protocol::fork_proof::{ForkProof, ForkProofError};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::SecretKey;
use aronde_protocol::proof::{Proof, ProofError, Proven};
use aronde_protocol::record::fork_healed::ForkHealedFacts;
use aronde_protocol::replica::{Fork, Refusal, Replica};
use proptest::prelude::*;

/// 2026-01-01T00:00:00Z.
const NEW_YEAR: u64 = 1_767_225_600_000;
/// The maker's log that forks, and another one.
const LOG: u64 = 9;
const OTHER: u64 = 10;

fn key(n: u8) -> SecretKey {
    SecretKey::from_seed(&[n; 32])
}

fn draft(kind: &'static str, facts: Vec<u8>) -> Draft {
    Draft { kind, subject: None, deps: vec![], facts, personal: None }
}

fn operation(operation: &Operation) -> Draft {
    draft(operation.kind(), operation.to_facts().unwrap())
}

/// A federation with its founder (key 1) and a maker (key 2), drawn by a number.
fn world(nonce: u8) -> Replica {
    let founder = key(1);
    let mut burst = Burst::found(&founder, 1, NEW_YEAR);
    let found = Found {
        name: "Commons".into(),
        workshop: "Workshop North".into(),
        next: key(101).member().commitment(),
        nonce: [nonce; 16],
    };
    let under = burst.add(operation(&Operation::Found(found))).unwrap();
    let admit = AdmitMember {
        under,
        key: key(2).member(),
        next: key(102).member().commitment(),
        role: Role::Maker,
        heads: vec![],
    };
    burst.add(operation(&Operation::AdmitMember(admit))).unwrap();
    let mut replica = Replica::new(under);
    assert_eq!(replica.receive(burst.sign()).fresh.len(), 2);
    replica
}

/// So many entries of the maker at the end of a log, signed once, as a copy of their home would write them
/// that holds this replica; `marks` tells copies apart.
fn writes(replica: &Replica, log: u64, marks: &str, count: usize) -> Vec<Entry> {
    let maker = key(2);
    let mut burst = Burst::begin(replica, &maker, log, NEW_YEAR + 2);
    for n in 0..count {
        burst.add(draft("record/weather", canonical::encode(&(marks, n)).unwrap())).unwrap();
    }
    burst.sign()
}

fn takes(replica: &mut Replica, entries: &[Entry]) {
    assert_eq!(replica.receive(entries.to_vec()).fresh.len(), entries.len());
}

fn ids(entries: &[Entry]) -> Vec<EntryId> {
    entries.iter().map(Entry::id).collect()
}

fn sorted(mut ids: Vec<EntryId>) -> Vec<EntryId> {
    ids.sort_unstable();
    ids
}

/// A replica with three entries of the maker, and what two copies of the maker's home wrote on top of them.
fn forked() -> (Replica, [Vec<Entry>; 2]) {
    let mut replica = world(0);
    let common = writes(&replica, LOG, "common", 3);
    takes(&mut replica, &common);
    let branches = [writes(&replica, LOG, "workshop", 2), writes(&replica, LOG, "laptop", 4)];
    for branch in &branches {
        takes(&mut replica, branch);
    }
    (replica, branches)
}

fn heals(replica: &Replica, log: u64, heads: Vec<EntryId>) -> Vec<Entry> {
    let maker = key(2);
    let mut burst = Burst::begin(replica, &maker, log, NEW_YEAR + 3);
    let facts = ForkHealedFacts { log: LOG, heads: sorted(heads) }.encode().unwrap();
    burst.add(draft(Kind::FORK_HEALED, facts)).unwrap();
    burst.sign()
}

#[test]
fn a_log_forks_where_its_branches_part_and_nowhere_else() {
    let (mut replica, branches) = forked();
    let parted = Fork {
        author: key(2).member(),
        log: LOG,
        seq: 3,
        entries: sorted(vec![branches[0][0].id(), branches[1][0].id()]),
        healed: None,
    };
    assert_eq!(replica.forks(), std::slice::from_ref(&parted), "one fork, however long its branches are");
    assert!(replica.is_forked(key(2).member(), LOG) && !replica.is_forked(key(1).member(), 1));
    let heads = vec![branches[0][1].id(), branches[1][3].id()];
    assert_eq!(replica.heads(key(2).member(), LOG), sorted(heads));
    for branch in &branches {
        let first = replica.get(&branch[0].id()).unwrap();
        let held: Vec<EntryId> = replica.branch(first).into_iter().map(|h| h.id).collect();
        assert_eq!(held, ids(branch));
    }

    // A branch that forks again is a second fork.
    let mut behind = world(0);
    takes(&mut behind, &writes(&world(0), LOG, "common", 3));
    takes(&mut behind, &branches[0]);
    let third = writes(&behind, LOG, "third", 1);
    let fourth = writes(&behind, LOG, "fourth", 1);
    takes(&mut replica, &third);
    takes(&mut replica, &fourth);
    let again = Fork { seq: 5, entries: sorted(vec![third[0].id(), fourth[0].id()]), ..parted.clone() };
    assert_eq!(replica.forks(), [parted, again]);
}

#[test]
fn a_fork_is_healed_by_a_word_of_its_owner_that_covers_every_branch_and_by_nothing_else() {
    let (mut replica, branches) = forked();
    let heads = replica.heads(key(2).member(), LOG);
    let healed = |replica: &Replica| replica.forks()[0].healed;

    let elsewhere = heals(&replica, OTHER, vec![heads[0], branches[0][0].id()]);
    takes(&mut replica, &elsewhere);
    assert_eq!(healed(&replica), None, "it leaves the end of a branch out");

    let founder = key(1);
    let mut burst = Burst::begin(&replica, &founder, OTHER, NEW_YEAR + 3);
    let facts = ForkHealedFacts { log: LOG, heads: heads.clone() }.encode().unwrap();
    burst.add(draft(Kind::FORK_HEALED, facts)).unwrap();
    takes(&mut replica, &burst.sign());
    assert_eq!(healed(&replica), None, "somebody else says it");

    let statement = heals(&replica, OTHER, heads);
    takes(&mut replica, &statement);
    assert_eq!(healed(&replica), Some(statement[0].id()));
    assert!(replica.get(&statement[0].id()).unwrap().verdict.counts());

    let later = writes(&replica, LOG, "a third hand", 1);
    takes(&mut replica, &later);
    assert_eq!(healed(&replica), None, "somebody still writes the log");
}

#[test]
fn a_healing_names_two_heads_or_more_each_once_in_order_and_no_subject() {
    let (mut replica, _) = forked();
    let heads = replica.heads(key(2).member(), LOG);
    let refused = |replica: &mut Replica, draft: Draft| {
        let maker = key(2);
        let mut burst = Burst::begin(replica, &maker, OTHER, NEW_YEAR + 3);
        burst.add(draft).unwrap();
        let received = replica.receive(burst.sign());
        assert!(received.fresh.is_empty());
        received.refused[0].1.clone()
    };
    let of =
        |heads: Vec<EntryId>| draft(Kind::FORK_HEALED, ForkHealedFacts { log: LOG, heads }.encode().unwrap());
    let unfit = |r: &Refusal| matches!(r, Refusal::Entry(EntryError::Unfit(_)));
    assert!(unfit(&refused(&mut replica, of(vec![heads[0]]))));
    let unsorted = refused(&mut replica, of(vec![heads[1], heads[0]]));
    assert_eq!(unsorted, Refusal::Entry(EntryError::Unsorted("list of heads")));
    let twice = refused(&mut replica, of(vec![heads[0], heads[0]]));
    assert_eq!(twice, Refusal::Entry(EntryError::Unsorted("list of heads")));
    let about = Draft { subject: Some(heads[0]), ..of(heads.clone()) };
    assert_eq!(refused(&mut replica, about), Refusal::SubjectUnfit);
}

/// The proof of the fork, as its bytes.
fn proof() -> (Vec<u8>, [Vec<Entry>; 2]) {
    let (_, branches) = forked();
    let proof = ForkProof::of(&branches[0], &branches[1]).unwrap();
    (Proof::Fork(proof).encode().unwrap(), branches)
}

#[test]
fn a_proof_says_who_signed_what_for_which_place() {
    let (bytes, branches) = proof();
    let Proven::Fork(proven) = Proof::decode(&bytes).unwrap().check().unwrap() else { panic!("a fork") };
    assert_eq!((proven.author, proven.log, proven.seq), (key(2).member(), LOG, 3));
    assert_eq!(proven.federation, world(0).federation());
    assert_eq!(proven.entries.to_vec(), sorted(vec![branches[0][0].id(), branches[1][0].id()]));
    assert_eq!(proven.kinds, ["record/weather", "record/weather"]);
    let swapped = ForkProof::of(&branches[1], &branches[0]).unwrap();
    assert_eq!(Proof::Fork(swapped).encode().unwrap(), bytes, "one fork, one sequence of bytes");
    let personal = bytes.windows(8).any(|part| part == b"workshop");
    assert!(!personal, "what the entries say is not in the proof");
}

#[test]
fn a_proof_of_one_that_was_signed_at_once_needs_one_header_a_branch() {
    let mut replica = world(0);
    let branches = [writes(&replica, LOG, "a", 1), writes(&replica, LOG, "b", 1)];
    takes(&mut replica, &branches[0]);
    let bytes = Proof::Fork(ForkProof::of(&branches[0], &branches[1]).unwrap()).encode().unwrap();
    assert!(bytes.len() < 1_000, "{} bytes", bytes.len());
}

#[test]
fn what_is_no_fork_can_not_be_proven() {
    let (mut replica, [one, other]) = forked();
    let no = |one: &[Entry], other: &[Entry]| ForkProof::of(one, other).unwrap_err();
    assert_eq!(no(&one, &one), ForkProofError::SameEntry);
    assert_eq!(no(&one, &other[1..]), ForkProofError::OtherPlace, "another place");
    assert_eq!(no(&one, &[]), ForkProofError::Empty);
    assert_eq!(no(&one[..1], &other), ForkProofError::BadSignature, "nothing that vouches");
    let gap = [other[0].clone(), other[3].clone()];
    assert_eq!(no(&one, &gap), ForkProofError::BrokenChain, "a header is left out");
    let borrowed = other[3].signature().copied();
    let stolen = [one[0].clone().with_signature(borrowed)];
    assert_eq!(no(&stolen, &other), ForkProofError::BadSignature, "the signature of another entry");
    let elsewhere = writes(&replica, OTHER, "x", 4);
    assert_eq!(no(&one, &elsewhere[3..]), ForkProofError::OtherPlace, "another log");
    takes(&mut replica, &elsewhere);
    let mut foreign = world(1);
    let common = writes(&foreign, LOG, "common", 3);
    takes(&mut foreign, &common);
    let abroad = writes(&foreign, LOG, "abroad", 1);
    assert_eq!(no(&one, &abroad), ForkProofError::OtherPlace, "another federation");
}

#[test]
fn a_chain_does_not_cross_what_vouching_does_not() {
    let replica = world(0);
    let long = writes(&replica, LOG, "long", 1_026);
    let short = writes(&replica, LOG, "short", 1_025);
    // The entries at 1,023 bear signatures of their own; the ends of the bursts are beyond.
    assert!(ForkProof::of(&long[..1_024], &short[..1_024]).is_ok());
    let stripped: Vec<Entry> = long[..1_025].iter().map(|e| e.clone().with_signature(None)).collect();
    let over = [&stripped[1..1_024], &long[1_024..1_025]].concat();
    let over: Vec<Entry> = over.iter().map(|e| e.clone().signed(&key(2))).collect();
    let same_place = &short[1..1_024];
    assert_eq!(ForkProof::of(&over, same_place).unwrap_err(), ForkProofError::BrokenChain);
    assert_eq!(
        ForkProof::of(&long[..1_025], &short[..1_024]).unwrap_err(),
        ForkProofError::TooLong(1_024),
        "and is never longer"
    );
}

#[test]
fn a_file_that_is_no_proof_is_told_from_one_that_does_not_hold() {
    let (bytes, _) = proof();
    for other in [&b""[..], b"\x82", b"hello", b"{\"aronde\": \"proof 1\"}", &bytes[1..]] {
        assert_eq!(Proof::decode(other).unwrap_err(), ProofError::NotAProof);
    }
    let mut newer = bytes.clone();
    newer[15] = b'2';
    assert_eq!(Proof::decode(&newer).unwrap_err(), ProofError::Newer);
    let cut = Proof::decode(&bytes[..bytes.len() - 1]).unwrap_err();
    assert!(matches!(cut, ProofError::Damaged(_)), "{cut}");
}

#[test]
fn every_bit_of_a_proof_matters() {
    let (bytes, _) = proof();
    let holds = |bytes: &[u8]| Proof::decode(bytes).is_ok_and(|proof| proof.check().is_ok());
    assert!(holds(&bytes));
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut corrupt = bytes.clone();
            corrupt[at] ^= 1 << bit;
            assert!(!holds(&corrupt), "bit {bit} of byte {at}");
        }
    }
}

proptest! {
    #[test]
    fn no_corruption_of_a_proof_holds_or_stops_the_reader(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        let (bytes, _) = proof();
        let mut corrupt = bytes.clone();
        for (at, byte, what) in edits {
            let at = at.index(corrupt.len().max(1));
            match what {
                0 => corrupt.insert(at, byte),
                1 if !corrupt.is_empty() => drop(corrupt.remove(at)),
                _ if !corrupt.is_empty() => corrupt[at] = byte,
                _ => {}
            }
        }
        let holds = Proof::decode(&corrupt).is_ok_and(|proof| proof.check().is_ok());
        prop_assert_eq!(holds, corrupt == bytes);
    }
}

/// Rewritten with `ARONDE_WRITE_VECTORS=1`; otherwise what this code makes must be what is committed.
#[test]
fn the_committed_vector_holds() {
    let (bytes, branches) = proof();
    let Proven::Fork(proven) = Proof::decode(&bytes).unwrap().check().unwrap() else { panic!("a fork") };
    let headers = |branch: &[Entry]| branch.iter().map(|e| hex::encode(e.header_bytes())).collect::<Vec<_>>();
    let [one, other] = if branches[0][0].id() < branches[1][0].id() { [0, 1] } else { [1, 0] };
    let vector = serde_json::json!({
        "about": "A fork proof. The seed is the secret key of the log's author.",
        "seed": hex::encode([2; 32]),
        "branches": [headers(&branches[one]), headers(&branches[other])],
        "proof": hex::encode(&bytes),
        "proves": proven,
    });
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/fork-proof.json");
    if std::env::var_os("ARONDE_WRITE_VECTORS").is_some() {
        std::fs::write(path, serde_json::to_string_pretty(&vector).unwrap() + "\n").unwrap();
    }
    let committed: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(committed, vector);
}
