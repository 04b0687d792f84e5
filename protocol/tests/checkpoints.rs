//! Checkpoints: charters that say what their author held, and what others make of that (`docs/trust.md`, Checkpoints).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use aronde_protocol::authority::operation::{AdmitWorkshop, Charter, Endorse, Found, Operation, Seal};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::entry::{Entry, Kind};
use aronde_protocol::fork_proof::ForkProof;
use aronde_protocol::id::EntryId;
use aronde_protocol::key::{KeyCommitment, SecretKey};
use aronde_protocol::merkle;
use aronde_protocol::record::contribution::ContributionFacts;
use aronde_protocol::replica::{Replica, Roots, Sealed, Unheld};
use aronde_protocol::split_proof::{SplitProof, SplitProofError};

const NEXT: KeyCommitment = KeyCommitment([7; 32]);

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

/// A member at one installation: a log of operations and one of work.
struct Hand {
    key: SecretKey,
    replica: Replica,
    /// All that the replica took in, to be shown to others.
    entries: Vec<Entry>,
}

impl Hand {
    fn takes(&mut self, entries: &[Entry]) {
        let received = self.replica.receive(entries.iter().cloned());
        assert!(received.refused.is_empty(), "{:?}", received.refused);
        self.entries.extend(received.fresh);
    }

    fn beside(&self, seed: u8) -> Hand {
        let mut hand =
            Hand { key: key(seed), replica: Replica::new(self.replica.federation()), entries: vec![] };
        hand.takes(&self.entries);
        hand
    }

    fn writes(&mut self, log: u64, draft: Draft) -> EntryId {
        let mut burst = Burst::begin(&self.replica, &self.key, log, 2_000);
        let id = burst.add(draft).unwrap();
        let entries = burst.sign();
        self.takes(&entries);
        assert!(self.replica.holds(&id));
        id
    }

    fn operates(&mut self, said: &Operation) -> EntryId {
        let facts = said.to_facts().unwrap();
        self.writes(1, Draft { kind: said.kind(), subject: None, deps: vec![], facts, personal: None })
    }

    fn works(&mut self, hours: u32) -> EntryId {
        let facts = ContributionFacts::new("work", format!("{hours} h").parse().unwrap()).encode().unwrap();
        let subject = Some(self.replica.federation());
        self.writes(2, Draft { kind: Kind::CONTRIBUTION, subject, deps: vec![], facts, personal: None })
    }

    fn under(&self) -> EntryId {
        *self.replica.authority().memberships_of(self.key.member()).next().unwrap().0
    }

    /// A charter as honest software proposes it.
    fn drafts(&self) -> Charter {
        let authority = self.replica.authority();
        let (before, heals) = match &authority.alarm {
            Some(alarm) => (alarm.before, alarm.rivals.clone()),
            None => (authority.charter.unwrap(), vec![]),
        };
        let heads = self.replica.charter_heads();
        let named = Burst::begin(&self.replica, &self.key, 1, 2_000).names();
        let seal = self.replica.seal(&named, before, &heals, &heads);
        Charter { under: self.under(), before, heals, level: 1, heads, seal: seal.map(Box::new) }
    }

    fn proposes(&mut self) -> EntryId {
        let charter = self.drafts();
        self.operates(&Operation::Charter(charter))
    }

    fn endorses(&mut self, charter: EntryId) {
        assert!(matches!(self.replica.sealed(&charter), Sealed::Agrees(_)), "it is verified first");
        let under = self.under();
        self.operates(&Operation::Endorse(Endorse { under, charter }));
    }

    fn operations(&self) -> Vec<Entry> {
        self.entries.iter().filter(|e| e.header().kind.class().is_operation()).cloned().collect()
    }

    /// The runs that show an entry, up to the signature that vouches for it.
    fn shows(&self, id: EntryId) -> Vec<Entry> {
        self.entries.iter().filter(|e| e.id() == id).cloned().collect()
    }
}

/// The stewards of Workshop North, South and Middle, who hold the same, and a charter that settles all three.
fn federation() -> (Hand, Hand, Hand) {
    let found =
        Found { name: "Commons".into(), workshop: "Workshop North".into(), next: NEXT, nonce: [0; 16] };
    let (key, found) = (key(1), Operation::Found(found));
    let mut burst = Burst::found(&key, 1, 1_000);
    let facts = found.to_facts().unwrap();
    let under =
        burst.add(Draft { kind: found.kind(), subject: None, deps: vec![], facts, personal: None }).unwrap();
    let entries = burst.sign();
    let mut north = Hand { key, replica: Replica::new(under), entries: vec![] };
    north.takes(&entries);
    for (seed, name) in [(2, "Workshop South"), (3, "Workshop Middle")] {
        let admit = AdmitWorkshop { under, name: name.into(), key: self::key(seed).member(), next: NEXT };
        north.operates(&Operation::AdmitWorkshop(admit));
    }
    let first = north.proposes();
    assert_eq!(north.replica.authority().charter, Some(first));
    let (south, middle) = (north.beside(2), north.beside(3));
    (north, south, middle)
}

fn everybody_meets(hands: &mut [&mut Hand]) {
    let all: Vec<Entry> = hands.iter().flat_map(|hand| hand.entries.clone()).collect();
    for hand in hands {
        hand.takes(&all);
    }
}

#[test]
fn a_seal_is_found_again_by_whoever_holds_what_it_covers_in_whatever_order_it_came() {
    let (mut north, mut south, mut middle) = federation();
    for hours in 1..5 {
        south.works(hours);
    }
    middle.works(9);
    everybody_meets(&mut [&mut north, &mut south, &mut middle]);
    let charter = north.proposes();
    south.takes(&north.entries);
    let Sealed::Agrees(seal) = south.replica.sealed(&charter) else { panic!() };
    // Everything but the charter itself is behind it.
    assert_eq!(seal.entries, south.replica.len() as u64 - 1);
    let mut backwards = north.entries.clone();
    backwards.reverse();
    let mut other = Replica::new(north.replica.federation());
    other.receive(backwards);
    assert_eq!(other.sealed(&charter), Sealed::Agrees(seal));
    // What comes later changes nothing.
    middle.takes(&south.entries);
    middle.works(3);
    south.takes(&middle.entries);
    assert_eq!(south.replica.sealed(&charter), Sealed::Agrees(seal));
}

#[test]
fn a_seal_that_does_not_come_out_is_named_with_what_does() {
    let (mut north, mut south, _) = federation();
    north.works(1);
    let mut charter = north.drafts();
    let right = *charter.seal.unwrap();
    let wrong = Seal { accepted: [9; 32], ..right };
    charter.seal = Some(Box::new(wrong));
    let charter = north.operates(&Operation::Charter(charter));
    south.takes(&north.entries);
    assert_eq!(south.replica.sealed(&charter), Sealed::Differs { said: wrong, found: right });
}

#[test]
fn a_history_only_grows_and_both_is_shown_by_a_dozen_hashes() {
    let (mut north, mut south, mut middle) = federation();
    let mut records = Vec::new();
    for round in 0..4_u32 {
        records.extend((1..20).map(|hours| middle.works(hours + round)));
        north.takes(&middle.entries);
        let charter = north.proposes();
        south.takes(&north.entries);
        south.endorses(charter);
        everybody_meets(&mut [&mut north, &mut south, &mut middle]);
        assert_eq!(middle.replica.authority().charter, Some(charter));
    }
    let newest = middle.replica.authority().charter.unwrap();
    let history = middle.replica.history(&newest).unwrap();
    assert_eq!(history.charters().len(), 5);
    for covering in history.charters() {
        assert_eq!(covering.said.as_ref().map(Roots::of), Some(covering.found));
    }
    let roots: Vec<Roots> = history.charters().iter().map(|covering| covering.found).collect();
    let tree = history.tree();
    for pair in roots.windows(2) {
        let (old, new) = (pair[0], pair[1]);
        let hashes = tree.consistency(old.entries, new.entries).unwrap();
        assert!(hashes.len() <= 12);
        let proven = merkle::continued(old.entries, old.history, new.entries, &hashes);
        assert_eq!(proven, Ok((old.history, new.history)));
    }
    // A record, the charter by which it was known, and its place.
    let (place, charter) = history.place(&records[25]).unwrap();
    assert_eq!(charter, history.charters()[2].charter);
    let hashes = tree.inclusion(history.len(), &[place]).unwrap();
    let shown = [(place, merkle::leaf(records[25].as_bytes()))];
    assert_eq!(merkle::included(history.len(), &shown, &hashes), Ok(roots[4].history));
    assert!(hashes.len() <= 8, "of {} entries", history.len());
    assert_eq!(history.place(&newest), None, "a charter does not cover itself");
}

#[test]
fn two_histories_shown_to_two_workshops_are_found_by_each_at_the_next_checkpoint() {
    let (mut north, mut south, mut middle) = federation();
    // Middle writes two entries at one place of its log, and shows each to one of the others. It stands between
    // them, and passes on operations and what does not rest on the other branch.
    let mut twin = middle.beside(3);
    let (to_north, to_south) = (middle.works(1), twin.works(2));
    north.takes(&middle.entries);
    south.takes(&twin.entries);
    assert!(north.replica.forks().is_empty() && south.replica.forks().is_empty(), "nobody can know yet");

    // The policy's rhythm: each proposes what it holds, and hears of the other's.
    let (norths, souths) = (north.proposes(), south.proposes());
    south.takes(&north.operations());
    north.takes(&south.operations());
    let unheld = |charter, head| Sealed::Unheld(Unheld { charter, heads: vec![head] });
    assert_eq!(
        south.replica.sealed(&norths),
        unheld(norths, to_north),
        "South finds it, and does not endorse"
    );
    assert_eq!(north.replica.sealed(&souths), unheld(souths, to_south), "so does North");

    // Middle tells each that its checkpoint is right.
    middle.takes(&north.operations());
    middle.endorses(norths);
    twin.takes(&south.entries[..south.entries.len() - 1]);
    twin.takes(&south.operations());
    let under = twin.under();
    let endorse = Operation::Endorse(Endorse { under, charter: souths });
    twin.operates(&endorse);
    for hand in [&mut north, &mut south] {
        hand.takes(&middle.operations());
        hand.takes(&twin.operations());
    }

    // Both are in force at the one before: each has the alarm, and who signed both.
    for hand in [&north, &south] {
        let alarm = hand.replica.authority().alarm.as_ref().expect("an alarm");
        let middle_workshop = middle.replica.authority().memberships[&middle.under()].workshop;
        assert_eq!(alarm.double_signers, [middle_workshop].into());
        let mut rivals = vec![norths, souths];
        rivals.sort_unstable();
        assert_eq!(alarm.rivals, rivals);
        // The evidence is of operations alone, so each has it, whatever work was kept from them.
        let proof = SplitProof::of(&hand.operations(), norths, souths).unwrap();
        let proven = proof.check().unwrap();
        assert_eq!(proven.workshop, middle_workshop);
        assert_eq!(proven.members, [middle.key.member()]);
        assert_eq!(proven.charters, <[EntryId; 2]>::try_from(rivals).unwrap());
    }

    // Each shows to the other the head that is missing there: now the log's fork is seen, and proven to anyone.
    let (one, other) = (north.shows(to_north), south.shows(to_south));
    north.takes(&other);
    south.takes(&one);
    for hand in [&north, &south] {
        let forks = hand.replica.forks();
        let fork = forks.iter().find(|fork| fork.entries.contains(&to_north)).unwrap();
        assert!(fork.entries.contains(&to_south));
        let proven = ForkProof::of(&hand.shows(to_north), &hand.shows(to_south)).unwrap().check().unwrap();
        assert_eq!(proven.author, middle.key.member());
    }
}

#[test]
fn a_home_that_was_set_back_sees_that_the_others_had_more() {
    let (mut north, mut south, _) = federation();
    let earlier = north.entries.clone();
    let lost = north.works(4);
    south.takes(&north.entries);
    let charter = south.proposes();
    north.takes(&south.entries);
    north.endorses(charter);
    // Set back to what it was, it hears of the charter that it endorsed itself, before it has the work again.
    let mut set_back = Replica::new(north.replica.federation());
    set_back.receive(earlier.into_iter().chain(north.operations()));
    assert_eq!(set_back.authority().charter, Some(charter));
    assert_eq!(set_back.unheld(), Some(Unheld { charter, heads: vec![lost] }));
    assert_eq!(set_back.history(&charter).unwrap_err(), Unheld { charter, heads: vec![lost] });
    set_back.receive(north.entries.iter().cloned());
    assert_eq!(set_back.unheld(), None);
    // What it covers that is not held can't be sealed again.
    assert!(matches!(set_back.sealed(&charter), Sealed::Agrees(_)));
}

#[test]
fn nobody_seals_over_what_they_do_not_hold() {
    let (mut north, mut south, mut middle) = federation();
    middle.works(1);
    north.takes(&middle.entries);
    let charter = north.proposes();
    middle.takes(&north.operations());
    middle.endorses(charter);
    north.takes(&middle.operations());
    south.takes(&north.operations());
    assert_eq!(south.replica.authority().charter, Some(charter), "two of three have signed");
    assert_eq!(south.drafts().seal, None);
    south.takes(&north.entries);
    assert!(south.drafts().seal.is_some());
}

#[test]
fn who_signs_charters_one_after_the_other_has_split_nothing() {
    let (mut north, mut south, middle) = federation();
    let first = north.proposes();
    south.takes(&north.operations());
    south.endorses(first);
    north.works(1);
    north.takes(&south.operations());
    let second = north.proposes();
    south.takes(&north.entries);
    south.endorses(second);
    let all = south.operations();
    assert_eq!(SplitProof::of(&all, first, second).unwrap_err(), SplitProofError::NoRivals);
    assert_eq!(SplitProof::of(&all, first, first).unwrap_err(), SplitProofError::NoRivals);
    assert_eq!(SplitProof::of(&middle.operations(), first, second).unwrap_err(), SplitProofError::NoCharter);
}
